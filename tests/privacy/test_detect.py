"""Detection by span: what is found where, in the text as it was given."""

from __future__ import annotations

from itertools import pairwise

import pytest

from synthgen.errors import UsageError
from synthgen.privacy import ner
from synthgen.privacy.base import Match
from synthgen.privacy.detect import Detector, kept_apart

SENTENCE = (
    "Mr. Johnson, a 36 year old Norwegian nurse from Bergen, works for Acme Widgets Ltd. since 3 May 2021; "
    "write to kari.nordmann@acme.org or call +1 212 456 7890."
)
AT = "\uff20"


@pytest.fixture(scope="module")
def every() -> Detector:
    return Detector(entities="all")


def found(detector: Detector, text: str) -> dict[str, list[str]]:
    spans: dict[str, list[str]] = {}
    for match in detector.detect([text])[0]:
        spans.setdefault(match.entity, []).append(text[match.start : match.end])
    return spans


def test_all_kinds_in_one_sentence(every: Detector) -> None:
    spans = found(every, SENTENCE)
    assert spans["TITLE"] == ["Mr."]
    assert spans["PERSON"] == ["Johnson"]
    assert spans["AGE"] == ["36"]
    assert spans["NRP"] == ["Norwegian"]
    assert spans["GPE"] == ["Bergen"]
    assert spans["ORGANIZATION"] == ["Acme Widgets Ltd."]
    assert spans["DATE_TIME"] == ["3 May 2021"]
    assert spans["EMAIL_ADDRESS"] == ["kari.nordmann@acme.org"]
    assert spans["PHONE_NUMBER"] == ["+1 212 456 7890"]


def test_quasi_entities_are_found_only_when_asked_for() -> None:
    assert set(found(Detector(), SENTENCE)) == {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER"}
    assert found(Detector(entities=["GPE", "AGE"]), SENTENCE) == {"AGE": ["36"], "GPE": ["Bergen"]}


def test_matches_do_not_overlap_and_stand_in_order(every: Detector) -> None:
    texts = [SENTENCE, "Send it to 12 Maple Street, Springfield, IL 62704, USA by Friday, says Maria Garcia of Paris."]
    for text, matches in zip(texts, every.detect(texts), strict=True):
        assert all(0 <= m.start < m.end <= len(text) for m in matches)
        assert all(a.end <= b.start for a, b in pairwise(matches))


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        (f"write to anna.schmidt{AT}corp.org now", "EMAIL_ADDRESS", f"anna.schmidt{AT}corp.org"),
        ("call \uff0b\uff11 212 456 7890 now", "PHONE_NUMBER", "\uff0b\uff11 212 456 7890"),
        ("ask Mar\u200bia Gar\u200bcia today", "PERSON", "Mar\u200bia Gar\u200bcia"),
        ("ask Jose\u0301 Garci\u0301a today", "PERSON", "Jose\u0301 Garci\u0301a"),
        ("\ufb01ne, but ask Maria Garcia today", "PERSON", "Maria Garcia"),
        ("IBAN DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 please", "IBAN_CODE", None),
    ],
)
def test_offsets_are_those_of_the_original_text(every: Detector, text: str, entity: str, value: str | None) -> None:
    """Normalising makes the ligature two letters, takes zero-width characters out and composes accents."""
    spans = found(every, text)
    assert spans[entity] == [value or text[5:-7]]


def test_a_text_in_one_case_is_read_with_capitals(every: Detector) -> None:
    text = "my name is kateryna melnyk and i moved here from costa rica"
    assert found(every, text) == {"PERSON": ["kateryna melnyk"], "GPE": ["costa rica"]}


def test_without_an_engine_cues_and_vocabularies_remain() -> None:
    detector = Detector(ner="off", entities="all")
    assert found(detector, "Herr Zielke hat Maria Garcia getroffen.")["PERSON"] == ["Zielke", "Maria Garcia"]


def test_equal_texts_are_read_once_and_answered_each(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(ner, "entities", lambda texts, configuration: given.extend(texts) or [[] for _ in texts])
    results = Detector().detect(["Ask Maria Garcia.", "Nothing.", "Ask Maria Garcia."])
    assert given == ["Ask Maria Garcia.", "Nothing."]
    assert results[0] == results[2] != []


def test_a_column_that_is_named_for_bare_numbers() -> None:
    assert [m.entity for m in Detector().detect(["536-22-8145"], column="ssn")[0]] == ["US_SSN"]


@pytest.mark.parametrize("entities", [["PERSONN"], ["EMAIL"], "everything"])
def test_entities_that_do_not_exist_are_usage_errors(entities: list[str]) -> None:
    with pytest.raises(UsageError, match="there is no entity"):
        Detector(entities=entities)


def test_an_engine_that_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Detector(ner="spacy:").detect(["Ask Maria Garcia."])


def test_of_overlapping_matches_the_surer_one_is_kept() -> None:
    mail = Match("EMAIL_ADDRESS", 0, 10, 0.7, "a")
    person = Match("PERSON", 0, 4, 0.9, "b")
    place = Match("GPE", 20, 26, 0.6, "synthgen:address")
    other = Match("PERSON", 18, 26, 0.85, "b")
    assert kept_apart([person, mail, other, place], {"EMAIL_ADDRESS"}) == [mail, place]
    assert kept_apart([person, mail]) == [person]


def test_texts_without_people_are_silent(every: Detector) -> None:
    texts = [
        "The server restarts every night and writes its log to the disk.",
        "Press the red button to open the door, then wait until the light is green.",
        "",
        "\n\n\t",
    ]
    assert [m for matches in every.detect(texts) for m in matches] == []
