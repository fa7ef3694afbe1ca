"""presidio-research (presidio-evaluator): texts with spans, to measure recognizers of personal data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import line, readme, write_text

HOW = """
    import spacy
    from presidio_evaluator import InputSample
    spacy.blank("en").to_disk("blank_en")
    samples = InputSample.read_dataset_json("NAME.json", token_model_version="blank_en")

Then measure a model of presidio-evaluator with `SpanEvaluator`.
"""


class PresidioResearch:
    """Samples with spans in JSON. Example: `evals: [presidio-research]`."""

    def holds(self, made: EvalSet) -> bool:
        """Sets of spans."""
        return made.family == "pii_spans"

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One file for each set."""
        for made in sets:
            samples = ",\n".join(line(_sample(c, made, i)) for i, c in enumerate(made.cases))
            write_text(folder / f"{made.name}.json", f"[\n{samples}\n]\n")
        write_text(folder / "README.md", readme("Eval sets for presidio-research", sets, HOW))


def _sample(case: EvalCase, made: EvalSet, number: int) -> dict[str, Any]:
    spans = sorted(case.target, key=lambda s: s["start"])
    masked, at = [], 0
    for span in spans:
        masked += [case.input[at : span["start"]], f"{{{{{span['entity']}}}}}"]
        at = span["end"]
    return {
        "full_text": case.input,
        "masked": "".join([*masked, case.input[at:]]),
        "spans": [
            {
                "entity_type": s["entity"],
                "entity_value": case.input[s["start"] : s["end"]],
                "start_position": s["start"],
                "end_position": s["end"],
            }
            for s in spans
        ],
        "template_id": number,
        "metadata": {"id": case.id, "template": case.template, "split": case.split, "canary": made.canary},
    }
