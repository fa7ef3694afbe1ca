"""Loads a presidio-research export and measures spans from a table with SpanEvaluator; prints {set: figures}."""

import contextlib
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import spacy  # noqa: E402  # quiet first
from presidio_evaluator import InputSample, span_to_tag  # noqa: E402
from presidio_evaluator.evaluation import SpanEvaluator  # noqa: E402
from presidio_evaluator.models import BaseModel  # noqa: E402

folder, plan, work = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3])
blank = work / "blank_en"
spacy.blank("en").to_disk(blank)


class Table(BaseModel):
    def __init__(self, table):
        super().__init__(verbose=False)
        self.table = table

    def predict(self, sample, **kwargs):
        spans = json.loads(self.table[sample.full_text])
        return span_to_tag(
            scheme="IO", text=sample.full_text, tokens=sample.tokens, token_model_version=str(blank),
            starts=[s["start"] for s in spans], ends=[s["end"] for s in spans], tags=[s["entity"] for s in spans],
        )  # fmt: skip

    def batch_predict(self, dataset, **kwargs):
        return [self.predict(sample) for sample in dataset]


found = {}
for name, table in plan.items():
    with contextlib.redirect_stdout(sys.stderr):
        samples = InputSample.read_dataset_json(str(folder / f"{name}.json"), token_model_version=str(blank))
        for sample in samples:
            for span in sample.spans:
                assert sample.full_text[span.start_position : span.end_position] == span.entity_value
        predicted = Table(table).predict_dataset(samples)
        result = SpanEvaluator(skip_words=[]).calculate_score_on_df(results_df=predicted)
    found[name] = {
        "recall": result.pii_recall,
        "precision": result.pii_precision,
        "spans": sum(len(s.spans) for s in samples),
        "texts": [s.full_text for s in samples],
        "masked": [s.masked for s in samples],
        "templates": [s.template_id for s in samples],
    }
print(json.dumps(found))
