"""Engines that read names: the same entities as spaCy's own pipeline, by any configuration, offsets in the text."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from synthgen.errors import UsageError
from synthgen.privacy import ner

TEXTS = [
    "Mr. John Smith of Berlin met the French president on 3 May 2021.",
    "",
    "nothing to see here",
    "Angela Merkel spoke to the World Bank in Paris.\nThen she met Barack Obama.",
    "a",
]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ner.engine.cache_clear()
    yield
    ner.engine.cache_clear()


def test_people_and_what_else_stands_in_a_sentence() -> None:
    found = ner.entities(TEXTS)
    named = [{(TEXTS[i][a:b], label) for a, b, label in spans} for i, spans in enumerate(found)]
    assert {("John Smith", "PERSON"), ("Berlin", "GPE"), ("French", "NORP"), ("3 May 2021", "DATE")} <= named[0]
    assert named[1] == named[2] == named[4] == set()
    assert {("Angela Merkel", "PERSON"), ("Barack Obama", "PERSON"), ("Paris", "GPE")} <= named[3]
    assert ner.people(TEXTS)[0] == [(4, 14)]


def test_the_recognizer_alone_finds_what_the_whole_pipeline_finds() -> None:
    nlp = importlib.import_module("spacy").load(ner.model_path())
    texts = [*TEXTS, *(t * 3 for t in TEXTS), "Maria was late. " * 40, "I saw Tim Cook at 5 pm with Dr. Wu from Texas"]
    kept = set(ner._LABELS)
    expected = [[(e.start_char, e.end_char, e.label_) for e in d.ents if e.label_ in kept] for d in nlp.pipe(texts)]
    assert ner.entities(texts) == expected
    assert isinstance(ner.engine("auto"), ner._Spacy)
    assert ner.engine("auto")._alone is not None  # type: ignore[attr-defined]


def test_long_texts_are_read_to_the_end() -> None:
    text = "Ask Angela Merkel in Paris about it now. " * 1_000
    spans = [(a, b) for a, b, label in ner.entities([text])[0] if label == "PERSON"]
    assert len(spans) > 950
    assert {text[a:b] for a, b in spans} == {"Angela Merkel"}
    assert spans[-1][0] > len(text) - 60
    assert ner.people(["x" * 30_000]) == [[]]  # no place to cut


def test_off_reads_nothing() -> None:
    assert ner.entities(TEXTS, "off") == [[] for _ in TEXTS]
    assert ner.model_name("off") is None


def test_a_named_spacy_model() -> None:
    configuration = f"spacy:{ner.model_path()}"
    assert ner.people(TEXTS, configuration) == ner.people(TEXTS)
    assert ner.model_name(configuration).startswith("spacy:")  # type: ignore[union-attr]


def test_a_saved_pipeline_of_rules(tmp_path: Path) -> None:
    """Not the statistical recognizer, so the pipeline runs as it is; a label of another language's models is ours."""
    nlp = importlib.import_module("spacy").blank("de")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Hänsel"}])
    nlp.to_disk(tmp_path / "rules")
    found = ner.entities(["Gretel rief Hänsel."], f"spacy:{tmp_path / 'rules'}")
    assert found == [[(12, 18, "PERSON")]]
    assert str(tmp_path) not in (ner.model_name(f"spacy:{tmp_path / 'rules'}") or "")


def test_presidio_as_the_engine() -> None:
    text = TEXTS[0]
    assert [(text[a:b], label) for a, b, label in ner.entities([text], "presidio")[0]] == [
        ("John Smith", "PERSON"),
        ("Berlin", "LOC"),
        ("French", "NORP"),
        ("3 May 2021", "DATE"),
    ]


class _FakeModel:
    """What the wiring uses of a GLiNER model."""

    loaded: ClassVar[list[tuple[str, bool]]] = []

    @classmethod
    def from_pretrained(cls, model: str, *, local_files_only: bool) -> _FakeModel:
        cls.loaded.append((model, local_files_only))
        if model == "absent":
            raise OSError("not in the cache")
        return cls()

    def inference(self, texts: list[str], labels: list[str], *, threshold: float) -> list[list[dict[str, Any]]]:
        assert "person" in labels
        assert threshold == 0.5
        return [[{"start": 0, "end": 4, "label": "person"}, {"start": 1, "end": 2, "label": "colour"}] for _ in texts]


@pytest.fixture
def gliner(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("gliner")
    module.GLiNER = _FakeModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", module)
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda n: "0.2.0" if n == "gliner" else real(n))


@pytest.mark.usefixtures("gliner")
def test_gliner_is_asked_for_our_labels_and_loads_nothing_from_the_network() -> None:
    assert ner.entities(["Anna was here", ""], "gliner:some/model") == [[(0, 4, "PERSON")], [(0, 4, "PERSON")]]
    assert _FakeModel.loaded[-1] == ("some/model", True)
    assert ner.model_name("gliner:some/model") == "gliner:some/model (gliner==0.2.0)"


@pytest.mark.usefixtures("gliner")
def test_a_gliner_model_that_is_not_there_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="absent"):
        ner.entities(["x"], "gliner:absent")


@pytest.mark.parametrize("configuration", ["autp", "spacy:", "gliner:", "", "spacy:xx_no_such_model", "flair:x"])
def test_engines_that_do_not_exist_are_usage_errors(configuration: str) -> None:
    with pytest.raises(UsageError):
        ner.entities(["x"], configuration)


def test_gliner_without_its_package_names_the_remedy() -> None:
    with pytest.raises(UsageError) as caught:
        ner.check("gliner:urchade/gliner_small-v2.1")
    assert caught.value.problems[0].remedy == "pip install gliner"


def test_a_model_without_a_recognizer_is_a_usage_error(tmp_path: Path) -> None:
    importlib.import_module("spacy").blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(UsageError, match="recognizes no entities"):
        ner.entities(["x"], f"spacy:{tmp_path / 'blank'}")


def test_without_any_model_auto_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ner, "_MODELS", ())
    assert ner.model_name() is None
    with pytest.raises(LookupError):
        ner.people(["x"])


def test_batches_are_bounded_by_texts_and_by_characters() -> None:
    lengths = [5] * 300 + [9_000] * 7 + [30_000]
    parts = list(ner._batches(range(len(lengths)), lengths))
    assert [i for part in parts for i in part] == list(range(len(lengths)))
    assert max(map(len, parts)) == ner._BATCH
    assert all(len(part) == 1 or sum(lengths[i] for i in part) <= ner._CHARACTERS for part in parts)
