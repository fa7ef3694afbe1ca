"""Joined columns: what is proven of their parts holds for every value, and what else they hold is found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.columns import Column, Declared, Vocabulary
from synthgen.privacy.account import Account, plain_reserved_email
from synthgen.privacy.matching import Matcher
from synthgen.privacy.parts import JoinedProofs, never, patterns
from synthgen.privacy.patterns import PatternRecognizer
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.texts import HANDLE
from tests.privacy.planted import REAL

EMAIL, STREET = Declared("EMAIL_ADDRESS", "reserved"), Declared("LOCATION", "vocabulary")
STREET_FORM = Account.of("reserved", STREET).whole or ""
FORMS = (plain_reserved_email(), STREET_FORM)


def part(words: list[str], rows: int = 100) -> Column:
    """Every word in turn, from a list long enough that its patterns stand for it."""
    many = (words * (100 // len(words) + 1))[: max(100, len(words))]
    return Column.coded(Vocabulary("w", pl.Series(many)), np.arange(rows, dtype=np.uint32) % np.uint32(len(many)))


def numbers(first: int, rows: int = 100) -> Column:
    return Column.of(pl.Series(np.arange(first, first + rows)))


def domains(*words: str, rows: int = 100) -> Column:
    """A list so short that it is taken as it is."""
    return Column.coded(Vocabulary("d", pl.Series(words)), np.arange(rows, dtype=np.uint32) % np.uint32(len(words)))


def test_values_are_the_parts_side_by_side() -> None:
    made = Column.joined(part(["anna.", "b_"]), part(["smith"]), numbers(7), domains("@a.test"))
    assert made.values[:2].to_list() == ["anna.smith7@a.test", "b_smith8@a.test"] and len(made) == 100
    assert made.gather(pl.Series([1, 1, 0])).values.to_list() == [made.values[i] for i in (1, 1, 0)]


def test_addresses_and_streets_are_proven() -> None:
    mails = Column.joined(part(["anna.", "bo_", "c."]), part(["smith", "queen"]), numbers(1), domains("@example.com"))
    assert JoinedProofs().all_of(mails, plain_reserved_email())
    streets = Column.joined(part(["1 ", "9999 "]), part(["Queen Street", "Müller Weg", "O'Neil Road"]))
    assert JoinedProofs().all_of(streets, STREET_FORM)


@pytest.mark.parametrize(
    "parts",
    [
        (part(["anna."]), part(["smith"]), domains("@gmail.com", "@example.com")),
        (part(["anna."]), part(["smith"]), part(["@example.com"])),  # a long list of domains proves nothing
        (part(["anna."]), part(["smith"]), numbers(999_999_950), domains("@example.com")),  # a number of ten digits
        (part(["anna."]), part(["smith"]), numbers(-5), domains("@example.com")),
        (domains("ex"), part(["a"]), domains("mple.com")),
        (part(["415 555 2671 "]), part(["Oak Street"])),
        (part(["1 "]), part(["One Two Three Four Five Six"])),
    ],
)
def test_what_is_not_certain_is_not_proven(parts: tuple[Column, ...]) -> None:
    assert not any(JoinedProofs().all_of(Column.joined(*parts), form) for form in FORMS)


WORDS = st.lists(
    st.text(st.sampled_from("abqzAQZ059 .@'_-üß"), max_size=5)
    | st.sampled_from(["example.com", "@example", ".com", "test", "@a.", "12 ", "Oak ", "Weg"]),
    min_size=1,
    max_size=4,
)


@given(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=3), st.sampled_from(FORMS))
def test_a_proof_holds_for_every_value(lists: list[tuple[list[str], bool]], form: str) -> None:
    parts = [domains(*words) if short else part(words) for words, short in lists]
    if not JoinedProofs().all_of(Column.joined(*parts), form):
        return
    every = [""]
    for words, _ in lists:
        every = [left + right for left in every for right in words]
    assert pl.Series(every).str.contains(form).all()


@pytest.mark.parametrize("declared", [EMAIL, STREET, Declared("PERSON", "vocabulary"), None])
@pytest.mark.parametrize("entity", REAL)
def test_a_real_value_in_pieces_is_found_as_in_one(entity: str, declared: Declared | None) -> None:
    """Whatever a generator declares, and wherever it cuts, a joined column is judged like a plain one."""
    for value in REAL[entity]:
        cut = len(value) // 2
        made = Column.joined(part(["x", value[:cut]]), part(["y", value[cut:]]), declared=declared)
        found, plain = (
            {(f.entity, f.count, f.row) for f in Scanner("reserved", ner="off").scan("t", {"c": c})}
            for c in (made, Column.of(made.values, declared))
        )
        assert found == plain, value
        if declared in (EMAIL, None) and entity in ("EMAIL_ADDRESS", "US_SSN", "CREDIT_CARD", "IBAN_CODE"):
            assert entity in {e for e, _, _ in found}, value


def test_no_street_of_the_form_would_be_flagged_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form lets nothing pass that the recognizers, asked one by one, take for anything: context words and all."""
    told = {w for r in Matcher().recognizers.values() if isinstance(r, PatternRecognizer) for w in r.told}
    spoken = {"zero", "one", "two", "three", "four", "five", "six", "nine", "at", "dot", "com", "plus", "eins", "zwei"}
    words = sorted({w.title() for w in told | spoken})
    words += [f"{a} {b}" for a, b in zip(words, words[7:], strict=False)]
    made = [f"{n}{w}{m}" for w in words for n in ("", "7 ", "1234 ", "9021 ") for m in ("", " 8", " 4111")]
    streets = pl.Series(made).filter(pl.Series(made).str.contains(STREET_FORM))
    assert len(streets) > 10_000
    monkeypatch.setattr(Account, "whole", None)
    assert Scanner("reserved", ner="off").scan("t", {"street": Column.of(streets, STREET)}) == []


@given(st.lists(st.text(st.sampled_from("abcghAFG019 .:/()+-@_ü'"), max_size=8), min_size=1, max_size=4))
def test_what_holds_something_foreign_is_no_part_of_a_number(words: list[str]) -> None:
    from synthgen.privacy.adjacent import _NUMBER

    if never(Column.joined(part(words))):
        assert not pl.Series(words).str.contains(_NUMBER).any()


def test_patterns_tell_lengths_and_kinds() -> None:
    assert patterns(pl.Series(["Anna12", "Zoë"] * 50)).to_list() == ["Qqqq00", "Qqë"]
    assert patterns(pl.Series(["Anna12", "Zoë"])).to_list() == ["Anna12", "Zoë"]


def test_uuids_pass_unless_their_column_is_named_for_somebody() -> None:
    """What is spelt from halves is a UUID for certain; what a name identifies is asked as for text."""
    bits = np.arange(1, 301, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    made = Column.uuids(bits, bits[::-1].copy())
    for name in ("order_id", "api_key", "phone", "ssn"):
        found, plain = (
            {(f.entity, f.count) for f in Scanner("reserved", ner="off").scan("t", {name: c, "n": numbers(1, 300)})}
            for c in (made, Column.of(made.values))
        )
        assert found == plain, name


def test_no_user_name_of_the_form_would_be_flagged_by_value() -> None:
    """Context words, digits spelt out and numbers of up to eight digits, in columns whose name speaks of no number."""
    told = {w for r in Matcher().recognizers.values() if isinstance(r, PatternRecognizer) for w in r.told}
    words = {"".join(c for c in w.lower() if "a" <= c <= "z")[:21] for w in told}
    words |= {"deadbeef", "bc", "ltc", "x", "f", "fourtwoone", "sixsixsixsixsixsixsix", "sevenseven", "de", "gb"}
    made = [w + n for w in sorted(words) if w for n in ("", "7", "123", "12345", "1234567", "12345678", "19850312")]
    assert pl.Series(made).str.contains(HANDLE).all()
    for name in ("user", "account", "phone"):
        assert Scanner("reserved", ner="off").scan("t", {name: Column.of(pl.Series(made))}) == [], name


def test_user_names_are_asked_for_their_column_too() -> None:
    """`passport_no` lets a letter and eight digits count, however they were joined."""
    made = Column.joined(part(["c", "f", "g"]), numbers(10_111_111))
    assert JoinedProofs().all_of(made, HANDLE)
    for name in ("passport_no", "reisepass", "handle"):
        found, plain = (
            {(f.entity, f.count) for f in Scanner("reserved", ner="off").scan("t", {name: c})}
            for c in (made, Column.of(made.values))
        )
        assert found == plain, name
