"""presidio-research (presidio-evaluator): texts with spans, to measure recognizers of personal data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import about, held, line, write, write_readme

_ABOUT = """
`SET.json` holds samples for `InputSample.read_dataset_json`; `masked` is the text with the entities in place of the
values. A blank spaCy model cuts the tokens, so that nothing is fetched. Run a recognizer by:
"""
_RUN = """python -c "import spacy
from presidio_evaluator import InputSample
from presidio_evaluator.evaluation import SpanEvaluator
from presidio_evaluator.models import PresidioAnalyzerWrapper
spacy.blank('en').to_disk('blank_en')
samples = InputSample.read_dataset_json('{name}.json', token_model_version='blank_en')
predicted = PresidioAnalyzerWrapper().predict_dataset(samples)
result = SpanEvaluator(skip_words=[]).calculate_score_on_df(results_df=predicted)
print(result.pii_recall, result.pii_precision, result.per_type)\""""


class PresidioResearch:
    """Samples with spans in JSON. Example: `evals: [presidio-research]`."""

    def holds(self, s: EvalSet) -> bool:
        """Sets of spans."""
        return s.family == "pii_spans"

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one file for each set."""
        found = held(self, "presidio-research", sets)
        for name, s in found:
            templates = {t: i for i, t in enumerate(dict.fromkeys(c.template for c in s.cases))}
            samples = ",\n".join(line(_sample(c, s, templates[c.template])) for c in s.cases)
            write(folder / f"{name}.json", f"[\n{samples}\n]\n")
        write_readme(folder, "Eval sets for presidio-research", _ABOUT, _RUN.format(name=found[0][0]), found)


def _sample(case: EvalCase, s: EvalSet, template: int) -> dict[str, Any]:
    text = case.input
    spans = sorted(case.target, key=lambda span: (span["start"], span["end"]))
    masked, at = [], 0
    for span in spans:
        masked += [text[at : span["start"]], f"{{{{{span['entity']}}}}}"]
        at = max(at, span["end"])
    return {
        "full_text": text,
        "masked": "".join([*masked, text[at:]]),
        "spans": [
            {
                "entity_type": span["entity"],
                "entity_value": text[span["start"] : span["end"]],
                "start_position": span["start"],
                "end_position": span["end"],
            }
            for span in spans
        ],
        "template_id": template,
        "metadata": about(case, s),
    }
