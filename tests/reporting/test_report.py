"""Reports: which file a finding is in, where there, what one line says of it, and what is cleaned from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.artifacts import Finding
from synthgen.reporting.report import Report, clean, sentence
from tests.reporting.samples import FILES, report


def test_the_file_of_a_part_is_the_file_that_was_read() -> None:
    made = report()
    assert made.file(Finding("pii", "data/shop.xlsx#Orders")) == "data/shop.xlsx"
    assert made.file(Finding("pii", "unknown#part")) == "unknown#part"
    odd = Report([], ["a#b.csv", "a"])
    assert odd.file(Finding("pii", "a#b.csv")) == "a#b.csv"
    assert odd.file(Finding("pii", "a#b.csv#Sheet")) == "a"  # a file of that name was read too: the first one counts


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (Finding("pii", "data/customers.csv", "email", 3), "email, row 3"),
        (Finding("pii", "data/shop.xlsx#Orders", "email", 0), "Orders.email, row 0"),
        (Finding("pii", "docs/a.md", line=7), "line 7"),
        (Finding("pii", "docs/a.md", "line", line=7), "line 7"),
        (Finding("unscanned", "docs/a.md"), ""),
        (Finding("contract", "data/customers.csv", "iban"), "iban"),
    ],
)
def test_places(finding: Finding, place: str) -> None:
    assert report().place(finding) == place


def test_a_sentence_says_what_where_how_often_and_how_sure() -> None:
    first, *_, last = report().items
    assert sentence(first, "email, row 3") == (
        "EMAIL_ADDRESS: e-mail address, at private and reserved domains too; first in email, row 3, 12 times"
        " (score 0.95, synthgen:email_address)"
    )
    assert sentence(last, "line 4") == (
        "allow: an entry of the allow-list has expired; the entry expired on 2026-01-01; in line 4"
    )


def test_files_are_grouped_and_clean_ones_come_last() -> None:
    grouped = report().by_file()
    assert [len(items) for items in grouped.values()] == [4, 1, 2, 1, 1, 0]
    assert list(grouped)[-1] == "docs/clean.txt" and set(FILES) < set(grouped)


def test_levels_and_rules_are_those_that_occur() -> None:
    made = report()
    assert made.levels == {"error": 7, "warning": 1, "note": 1}
    names = [r.name for r in made.rules]
    assert names == sorted(names) and "GPE" in names and "leak" in names and "unscanned" in names
    assert report(()).levels == {} and report(()).rules == []


@given(st.text(st.characters(), max_size=40))
def test_cleaned_text_holds_nothing_that_is_not_shown(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.isprintable() and len(cleaned) == len(text)
    assert clean(cleaned) == cleaned
    cleaned.encode()


def test_what_is_kept_is_kept() -> None:
    assert clean("a\nb\rc\x1b", keep="\r\n") == "a\nb\rc\N{MIDDLE DOT}"
