"""Free text: each sentence's skeleton is read once, and no name is lost by it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from synthgen.privacy import ner, prose
from synthgen.privacy.prose import Reader, is_prose
from synthgen.privacy.skeleton import NAME, certain_name, plain_fillings, with_one_name

TEMPLATE = "{name} called about invoice INV-2024-{n:05d} of {d} March and paid ${n},{d:03d}.00 by card."
FIRST = ("Maria", "Peter", "Laura", "Kevin", "Susan", "Brian", "Nicole", "Thomas", "Julia", "Daniel")
LAST = ("Schmidt", "Johnson", "Garcia", "Miller", "Rodriguez", "Wagner", "Dubois", "Nowak", "Thompson", "Murphy")


def calls(count: int) -> list[str]:
    return [
        TEMPLATE.format(name=f"{FIRST[i % 10]} {LAST[i // 10 % 10]}", n=i * 37 % 9999, d=1 + i % 28)
        for i in range(count)
    ]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences that the model is given."""
    given: list[str] = []
    entities = ner.entities

    def watched(texts: Sequence[str], configuration: str = "auto") -> list[list[ner.Span]]:
        given.extend(texts)
        return entities(texts, configuration)

    monkeypatch.setattr(prose.ner, "entities", watched)
    return given


def test_sentences_of_a_template_are_read_once(read: list[str]) -> None:
    reader = Reader()
    assert reader.search(pl.Series(calls(500))).hits.all()
    assert len(read) == reader.read == 1
    assert reader.search(pl.Series(calls(700)[500:])).hits.all()
    assert len(read) == 1, "the next batch remembers"


def test_a_name_that_no_vocabulary_has_is_found_among_ten_thousand(read: list[str]) -> None:
    texts = [t.replace("and paid", "and then paid") for t in calls(10_000)]
    texts = ["The customer" + t[t.index(" called") :] for t in texts]
    texts[7_777] = "Yesterday Thulani Mokgadi" + texts[7_777][12:]
    assert Reader().search(pl.Series(texts)).hits.arg_true().to_list() == [7_777]
    assert any("Mokgadi" in s for s in read) and len(read) < 10


def test_what_is_found_does_not_depend_on_the_rest_of_the_batch() -> None:
    texts = [*calls(20), "Morgan Stanley raised its forecast for the second half of the year.", "Nothing to see here."]
    together = Reader().search(pl.Series(texts)).hits.to_list()
    assert together == [Reader().search(pl.Series([t])).hits[0] for t in texts]


def test_without_an_engine_nothing_is_read(read: list[str]) -> None:
    assert not Reader("off").search(pl.Series(calls(5))).hits.any()
    assert read == []


def test_memory_for_sentences_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "_REMEMBERED", 3)
    monkeypatch.setattr(prose.ner, "people", lambda texts, engine: [[] for _ in texts])
    reader = Reader()
    for word in ("Alpha", "Bravo", "Cedar", "Delta", "Eagle", "Ferry"):
        reader.search(pl.Series([f"It was sold to the {word} works at once."]))
        assert len(reader.seen) <= 4


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("due 3 May 2024 or May 4th, 2025", "due 0 March 0 or 0 March 0"),
        ("on 2024-05-03 at 12:45", "on 0-0 at 0"),
        ("$1,999.00 and EUR 5 and £7", "$0 and $0 and $0"),
        ("see INV-2024-0017, KB4711 and #55", "see A-0, A-0 and #0"),
        ("ask jo.doe@corp.io or https://x.io/a?b=1", "ask a@b.c or https://b.c"),
        ("I saw May at the Marching band in 1999", "I saw May at the Marching band in 0"),
    ],
)
def test_fillings_are_made_the_same(text: str, same: str) -> None:
    assert plain_fillings(pl.Series([text])).to_list() == [same]


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("Maria Schmidt", "Maria Schmidt"),
        ("Dear Maria Schmidt", "Maria Schmidt"),
        ("Maria Schmidt Street", None),
        ("Maria Schmidt & Sons", None),
        ("Amber White", None),
        ("Santa Maria", None),
        ("Thulani Mokgadi", None),
    ],
)
def test_which_names_are_certain(run: str, name: str | None) -> None:
    assert certain_name(run) == name


def test_several_names_in_a_sentence() -> None:
    texts = pl.Series(["Maria Schmidt met Peter Wagner and Maria Schmidt.", "Nobody met anybody.", "Ask Peter Wagner."])
    assert with_one_name(texts).to_list() == [
        f"{NAME} met {NAME} and {NAME}.", "Nobody met anybody.", f"Ask {NAME}.",
    ]  # fmt: skip


def test_labels_are_no_prose() -> None:
    texts = pl.Series(["Maria Schmidt", "Rue de la Paix", "the parcel was late", "Order number 5"])
    assert is_prose(texts).to_list() == [False, False, True, False]
