"""The scanner end to end: a planted value is found in every kind of column, its reserved twin passes."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from synthgen.columns import Column, Declared, Inserted, Vocabulary
from synthgen.generator import PiiMode
from synthgen.privacy import ner
from synthgen.privacy.scanner import Scanner
from tests.privacy.planted import KINDS, NAMES, REAL, TWINS, column


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner("reserved")


def entities(scanner: Scanner, made: Column, name: str = "c") -> list[str | None]:
    return [f.entity for f in scanner.scan("t", {name: made})]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity", REAL)
def test_a_planted_value_is_found_and_never_echoed(scanner: Scanner, entity: str, kind: str) -> None:
    for value in REAL[entity]:
        made, leaf, row = column(kind, value)
        found = scanner.scan("t", {"c": made}, first_row=1000)
        match = [f for f in found if f.entity == entity]
        assert match, value
        assert (match[0].code, match[0].table, match[0].column, match[0].row) == ("pii", "t", leaf, 1000 + row)
        assert match[0].count == (2 if kind in ("choice", "sample", "template") else 1)
        assert value not in str([dataclasses.asdict(f) for f in found])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity", TWINS)
def test_its_reserved_twin_passes(scanner: Scanner, entity: str, kind: str) -> None:
    for value in TWINS[entity]:
        assert entities(scanner, column(kind, value)[0]) == [], value


@pytest.mark.parametrize(
    "entity",
    sorted(
        set(TWINS)
        - {
            "CA_SIN",
            "DE_TAX_ID",
            "FR_NIR",
            "ES_NIF",
            "ES_NIE",
            "IT_FISCAL_CODE",
            "BR_CPF",
            "SE_PERSONNUMMER",
            "AU_MEDICARE",
            "CH_AHV",
        }
    ),
)
def test_mode_none_refuses_reserved_values_too(entity: str) -> None:
    """Identity numbers with wrong check digits are no identity numbers; everything else is PII-shaped."""
    none = Scanner("none")
    for value in TWINS[entity]:
        assert entities(none, column("sample", value)[0]) != [], value


def test_mode_none_refuses_declared_columns() -> None:
    names = Column.coded(Vocabulary("faker:x", pl.Series(["Anna", "Bert"])), np.array([0, 1, 1], np.uint32), NAMES)
    finding = Scanner("none").scan("t", {"c": names})
    assert [(f.entity, f.row, f.count) for f in finding] == [("PERSON", 0, 3)]


def test_mode_synthetic_allows_any_shape_where_it_is_declared() -> None:
    synthetic = Scanner("synthetic")
    real = Column.of(pl.Series(["anna.keller@gmail.com"]), Declared("EMAIL_ADDRESS", "regenerated"))
    assert entities(synthetic, real) == []
    assert entities(synthetic, Column.of(real.values)) == ["EMAIL_ADDRESS"]
    by_recipe = synthetic.scan("t", {"c": Column.of(real.values)}, declared={"c": "EMAIL_ADDRESS"})
    assert by_recipe == []
    wrong = Column.of(pl.Series(["536-22-8145"]), Declared("EMAIL_ADDRESS", "regenerated"))
    assert entities(synthetic, wrong) == ["US_SSN"]
    national = Column.of(pl.Series(["536-22-8145", "AB123456C"]), Declared("NATIONAL_ID", "reserved"))
    assert entities(synthetic, national) == []
    assert entities(synthetic, Column.of(pl.Series(["John Smith"]))) == ["PERSON"]


def test_the_pii_modifier_proves_nothing_in_mode_reserved(scanner: Scanner) -> None:
    found = scanner.scan("t", {"c": Column.of(pl.Series(["John Smith"]))}, declared={"c": "PERSON"})
    assert [f.entity for f in found] == ["PERSON"]


def test_a_column_that_declares_one_entity_may_not_hold_another(scanner: Scanner) -> None:
    names = Column.of(pl.Series(["Anna", "anna.keller@gmail.com"]), NAMES)
    assert "EMAIL_ADDRESS" in entities(scanner, names)
    phones = Column.of(pl.Series(["+1 212-555-0123", "John Smith"]), Declared("PHONE_NUMBER", "reserved"))
    assert entities(scanner, phones) == ["PERSON"]


def test_declared_names_are_checked_word_by_word(scanner: Scanner) -> None:
    good = ["Anna Smith", "Dr. Hans-Peter Müller", "José de la Cruz", "O'Brien", "Mary J. Jones MD"]
    assert entities(scanner, Column.of(pl.Series(good), NAMES)) == []
    bad = Column.of(pl.Series([*good, "Anna Xqzvwpk"]), NAMES)
    assert [(f.entity, f.row, f.count) for f in scanner.scan("t", {"c": bad})] == [("PERSON", 5, 1)]
    in_list = Column.coded(Vocabulary("faker:y", pl.Series(["Anna", "Xqzvwpk"])), np.array([0, 0, 1], np.uint32), NAMES)
    assert [f.row for f in scanner.scan("t", {"c": in_list})] == [2]


def test_a_vocabulary_entry_that_is_never_drawn_is_no_finding(scanner: Scanner) -> None:
    words = Vocabulary("recipe:t.d", pl.Series(["red", "anna.keller@gmail.com"]))
    assert scanner.scan("t", {"d": Column.coded(words, np.array([0, 0], np.uint32))}) == []
    found = scanner.scan("t", {"d": Column.coded(words, np.array([0, 1], np.uint32))}, first_row=50)
    assert [(f.row, f.count) for f in found] == [(51, 1)]


def test_a_vocabulary_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner("reserved")
    words = Vocabulary("recipe:t.e", pl.Series(["red", "green"]))
    made = Column.coded(words, np.array([0, 1], np.uint32))
    scanner.scan("t", {"e": made})
    monkeypatch.setattr(scanner.examiner, "flags", lambda *_: pytest.fail("looked at twice"))
    assert scanner.scan("t", {"e": made}) == []


def test_disguised_digits_and_invisible_letters_hide_nothing(scanner: Scanner) -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in "4539148803436467")
    arabic = "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in "536-22-8145")
    hidden = "anna\u200b.keller@gm\u00adail.com"
    dashes = "536\u201122\u20118145"
    for value, entity in (
        (full_width, "CREDIT_CARD"),
        (arabic, "US_SSN"),
        (hidden, "EMAIL_ADDRESS"),
        (dashes, "US_SSN"),
    ):
        assert entities(scanner, Column.of(pl.Series(["x", value]))) == [entity], entity


def test_a_reserved_address_cannot_carry_another_identifier(scanner: Scanner) -> None:
    assert entities(scanner, Column.of(pl.Series(["536-22-8145@example.com"]))) == ["US_SSN"]
    assert entities(scanner, Column.of(pl.Series(["https://example.com/?u=anna@gmail.com"]))) == ["EMAIL_ADDRESS"]


def test_numbers_dates_and_flags_are_no_pii(scanner: Scanner) -> None:
    n = 3000
    columns = {
        "id": pl.Series(range(1, n + 1)),
        "big": pl.Series(range(10**15, 10**15 + n * 791_912_345, 791_912_345)),
        "price": pl.Series([Decimal("19.99")] * n),
        "whole": pl.Series([Decimal(i) for i in range(n)], dtype=pl.Decimal(18, 0)),
        "ratio": pl.Series([i / 7 for i in range(n)]),
        "flag": pl.Series([True, False] * (n // 2)),
        "day": pl.Series([date(2020, 1, 1)] * n),
        "birth_date": pl.Series([date(1980, 1, 1)] * n),
        "nothing": pl.Series([None] * n),
    }
    assert scanner.scan("t", {k: Column.of(v) for k, v in columns.items()}) == []


def test_integers_count_by_the_column_name_or_as_cards(scanner: Scanner) -> None:
    assert entities(scanner, Column.of(pl.Series([536228145, 536228146])), "ssn") == ["US_SSN"]
    assert entities(scanner, Column.of(pl.Series([536228145, 536228146])), "amount") == []
    assert entities(scanner, Column.of(pl.Series([2127365000])), "phone") == ["PHONE_NUMBER"]
    assert entities(scanner, Column.of(pl.Series([4539148803436467, 123])), "code") == ["CREDIT_CARD"]


def test_bare_digits_need_context(scanner: Scanner) -> None:
    assert entities(scanner, Column.of(pl.Series(["536228145"])), "reference") == []
    assert entities(scanner, Column.of(pl.Series(["536228145"])), "customerSSN") == ["US_SSN"]
    assert entities(scanner, Column.of(pl.Series(["the ssn is 536228145"]))) == ["US_SSN"]
    assert entities(scanner, Column.of(pl.Series(["44051401359"])), "pesel") == ["PL_PESEL"]
    assert entities(scanner, Column.of(pl.Series(["44051401359"])), "pieces") == []


def test_dates_of_birth_need_context(scanner: Scanner) -> None:
    assert entities(scanner, Column.of(pl.Series(["the patient, born 12.03.1981, called again"]))) == ["DATE_OF_BIRTH"]
    assert entities(scanner, Column.of(pl.Series(["the patient called on 12.03.1981 again"]))) == []
    dates = Column.of(pl.Series([None, date(1981, 3, 12)]))
    assert [(f.entity, f.row) for f in Scanner("none").scan("t", {"birth_date": dates})] == [("DATE_OF_BIRTH", 1)]


def test_a_template_is_excused_what_it_inserted_and_nothing_else(scanner: Scanner) -> None:
    first, last = pl.Series(["Anna", "Al", "Jo"]), pl.Series(["Smith", "Keller", "Also"])
    mail = pl.Series(["a.smith@example.com", "al@example.org", "jo@example.net"])
    texts = pl.Series(
        [f"Dear {f} {s}, we also wrote to {m} about it." for f, s, m in zip(first, last, mail, strict=True)]
    )
    parts = (Inserted(first, NAMES), Inserted(last, NAMES), Inserted(mail, Declared("EMAIL_ADDRESS", "reserved")))
    assert entities(scanner, Column.of(texts, inserted=parts)) == []
    assert "PERSON" in entities(scanner, Column.of(texts))
    assert entities(scanner, Column.of(texts + " Ask Maria Gonzalez.", inserted=parts)) == ["PERSON"]


def test_a_name_within_the_name_of_a_street_does_not_tear_it(scanner: Scanner) -> None:
    name, street = pl.Series(["Gilbert"]), pl.Series(["72 rue Alexandrie Gilbert"])
    texts = pl.Series(["Dear Gilbert, we have sent it to 72 rue Alexandrie Gilbert, as you asked us to."])
    parts = (Inserted(name, NAMES), Inserted(street, Declared("LOCATION", "vocabulary")))
    assert entities(scanner, Column.of(texts, inserted=parts)) == []


def test_an_insertion_that_lies_about_itself_is_found(scanner: Scanner) -> None:
    mail = pl.Series(["x@example.com", "anna.keller@gmail.com"])
    texts = pl.Series([f"please write to {m} soon" for m in mail])
    lying = (Inserted(mail, Declared("EMAIL_ADDRESS", "reserved")),)
    found = scanner.scan("t", {"c": Column.of(texts, inserted=lying)})
    assert [(f.entity, f.row, f.count) for f in found] == [("EMAIL_ADDRESS", 1, 1)]


def test_a_number_put_together_by_a_template_is_found(scanner: Scanner) -> None:
    a, b, c = pl.Series(["536"]), pl.Series(["22"]), pl.Series(["8145"])
    made = Column.of(pl.Series(["536-22-8145"]), inserted=(Inserted(a), Inserted(b), Inserted(c)))
    assert entities(scanner, made) == ["US_SSN"]


def test_names_in_free_text_are_found_by_the_model(scanner: Scanner) -> None:
    if ner.model_name() is None:
        pytest.skip("no spaCy model is installed")
    texts = pl.Series(["the parcel was left with Zbigniew Kowalczyk at the door", "the parcel was left at the door"])
    found = scanner.scan("t", {"c": Column.of(texts)})
    assert [(f.entity, f.row, f.count) for f in found] == [("PERSON", 0, 1)]


def test_without_a_model_free_text_is_unscanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ner, "_MODELS", ())
    monkeypatch.setattr(ner, "engine", ner.engine.__wrapped__)
    scanner = Scanner("reserved")
    texts = Column.of(pl.Series(["the order is late", "we asked for Berta at the door today"]))
    found = scanner.scan("t", {"c": texts, "d": Column.of(pl.Series(["plain", "words"]))})
    assert [(f.code, f.column, f.row) for f in found] == [("unscanned", "c", 1)]
    assert scanner.describe()["ner"] == "none"
    off = Scanner("reserved", ner="off")
    assert off.scan("t", {"c": texts}) == []
    assert [f.entity for f in off.scan("t", {"c": Column.of(pl.Series(["it was for John Smith, they said"]))})] == [
        "PERSON"
    ]


def test_a_type_that_cannot_be_read_is_unscanned(scanner: Scanner) -> None:
    made = Column.of(pl.Series([object(), object()], dtype=pl.Object))
    assert [(f.code, f.column) for f in scanner.scan("t", {"c": made})] == [("unscanned", "c")]


def test_bytes_that_are_text_are_scanned(scanner: Scanner) -> None:
    made = Column.of(pl.Series([b"\xff\xfe\x00", b"anna.keller@gmail.com"]))
    assert [(f.entity, f.row) for f in scanner.scan("t", {"c": made})] == [("EMAIL_ADDRESS", 1)]


def test_nulls_do_not_shift_rows(scanner: Scanner) -> None:
    made = Column.of(pl.Series([None, "x", None, None, "anna.keller@gmail.com", None]))
    assert [(f.row, f.count) for f in scanner.scan("t", {"c": made}, first_row=10)] == [(14, 1)]
    nested = Column.of(pl.Series([None, [{"m": "x"}], [], [{"m": None}, {"m": "anna.keller@gmail.com"}]]))
    assert [(f.column, f.row) for f in scanner.scan("t", {"c": nested})] == [("c[].m", 3)]


@pytest.mark.parametrize("mode", ["none", "reserved", "synthetic"])
def test_describe_says_what_scanned(mode: PiiMode) -> None:
    described = Scanner(mode).describe()
    assert described["mode"] == mode
    assert {"EMAIL_ADDRESS", "US_SSN", "PHONE_NUMBER", "CREDIT_CARD"} <= set(described["recognizers"])
    assert "==" in described["second_opinion"]
