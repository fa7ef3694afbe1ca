"""Damaged values: excused by a clean value that passes and is one known edit away, and by nothing else."""

from __future__ import annotations

import polars as pl
import pytest

from synthgen.columns import Column, Declared
from synthgen.privacy.edits import is_damaged, one_edit
from synthgen.privacy.scanner import Scanner

NAME = Declared("PERSON", "vocabulary")
PEOPLE = ["Smith", "Garcia", "Miller", "Johnson", "Müller"]
TYPED = ["Smtih", "Gxrcia", "Milller", "J0hnson", "MÃ¼ller"]


def flagged(values: list[str], before: list[str | None] | None, declared: Declared | None = NAME) -> list[int]:
    told = None if before is None else pl.Series(before, dtype=pl.String)
    column = Column(plain=pl.Series(values), declared=declared, before=told)
    return [int(r) for _, flag in Scanner("reserved").flags("t", {"last_name": column}) for r in flag.rows]


def test_a_name_with_a_typo_passes_beside_its_clean_value_only() -> None:
    assert flagged(TYPED, list(PEOPLE)) == []
    assert set(flagged(TYPED, None)) >= {0, 1, 2, 3}
    assert set(flagged(TYPED, [None] * 5)) >= {0, 1, 2, 3}


def test_a_clean_value_that_is_not_near_excuses_nothing() -> None:
    assert set(flagged(["Wqzrtpk", "Smtih"], ["Smith", "Smith"])) == {0}
    assert set(flagged(["Smtihh", "Xmihh"], ["Smith", "Smith"])) == {0, 1}


def test_a_clean_value_that_does_not_pass_excuses_nothing() -> None:
    assert set(flagged(["Wqzrtpk"], ["Wqzrtpkk"])) == {0}


@pytest.mark.parametrize(
    ("value", "before"),
    [
        ("k.baumann@acme-industries.con", "k.baumann@acme-industries.com"),
        ("k.baumann@acme-industries.com", "k.baumann@acme-industrie.example.com"),
        ("+44 20 7183 8750", "+44 20 7946 0750"),
    ],
)
def test_a_direct_identifier_has_no_excuse(value: str, before: str) -> None:
    declared = Declared("EMAIL_ADDRESS" if "@" in value else "PHONE_NUMBER", "reserved")
    if value.endswith(".con"):
        value = "k.baumann@acme-industries.co"
    assert flagged([value], [before], declared) == [0]
    assert flagged([value], [value], declared) == [0]


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("abc", "abc", False), ("abcd", "abc", True), ("abc", "abcd", True), ("abd", "abc", True),
        ("acb", "abc", True), ("bca", "abc", False), ("", "a", True), ("ab", "", False),
    ],
)  # fmt: skip
def test_one_edit(a: str, b: str, near: bool) -> None:
    assert one_edit(a, b) is near


@pytest.mark.parametrize(
    ("value", "before", "near"),
    [
        ("Srnith", "Smith", True), ("Bamey", "Barney", True), ("dear", "clear", True), ("SMITH  ", "Smith", True),
        ("Smi", "Smith", True), ("S", "Smith", False), ("M?ller", "Müller", True), ("M\ufffdller", "Müller", True),
        ("N/A", "Smith", True), ("Baker", "Smith", False), ("5rnith", "Smith", False), ("Sm1th", "Smjth", True),
    ],
)  # fmt: skip
def test_damage(value: str, before: str, near: bool) -> None:
    assert is_damaged(value, before) is near
