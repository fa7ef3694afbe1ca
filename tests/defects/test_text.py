"""Damage to text: what each kind does, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from synthgen.defects import formats, text, values
from synthgen.defects.spec import Cell, Disguised, Formats, Late, Misspelt, Outliers, Truncated, Units
from synthgen.privacy.edits import NOTHING, is_damaged, one_edit
from synthgen.seeds import draws, stream_key

RATE = Cell(rate=1)
WORDS = [
    "Smith",
    "Jhonson",
    "O'Neill",
    "Straße 12",
    "anna.maria7@post.example.com",
    "Dear Bob, see shop.example/x",
    "日本",
]
BITS = draws(stream_key(3, "t", "x"), 0, 7 * 300)
MANY = pl.Series(WORDS * 300)


@pytest.mark.parametrize("change", [text.typos, text.ocr, text.casing, text.spaces, text.encoding])
def test_each_kind_is_one_known_damage_and_changes_something(change: text.Change) -> None:
    damaged = change(MANY, BITS, RATE)
    pairs = {(a, b) for a, b in zip(damaged, MANY, strict=True) if a != b}
    assert len(pairs) > 5
    for value, before in pairs:
        assert is_damaged(value, before), (value, before)


def test_typos_are_one_edit_of_a_letter() -> None:
    damaged = text.typos(MANY, BITS, RATE)
    for value, before in zip(damaged, MANY, strict=True):
        assert value == before or one_edit(value, before)
        digits = [c for c in before if c.isdigit()]
        assert [c for c in value if c.isdigit()] == digits
    assert all(damaged.filter(w == MANY).n_unique() > 5 for w in WORDS[:3])
    kinds = {len(v) - len("Smith") for v in damaged.filter(MANY == "Smith")}
    assert kinds == {-1, 0, 1}, "left out, changed or swapped, and struck twice"


@pytest.mark.parametrize("change", [text.typos, text.ocr, text.casing, text.spaces, text.encoding, text.truncated])
def test_what_is_reserved_of_an_address_stays(change: text.Change) -> None:
    mail = pl.Series(["anna.maria7@post.example.com"]).new_from_index(0, 2000)
    damaged = change(mail, BITS[:2000], Truncated(rate=1, length=20))
    assert damaged.str.to_lowercase().str.contains(r"@post\.example\.com\s*$|^$").all()
    if change is not text.truncated:
        assert not damaged.str.starts_with("@").any()
    prose = pl.Series(["write to b@x.example or see shop.example/x, call 555-0123"]).new_from_index(0, 2000)
    for value in change(prose, BITS[:2000], Truncated(rate=1, length=12)).unique():
        if change is not text.truncated:
            assert "@x.example" in value.lower() and "shop.example/x" in value.lower()
        else:
            assert "@" not in value


def test_what_cannot_be_damaged_comes_back() -> None:
    plain = pl.Series(["", "12-34", "abc"])
    bits = BITS[:3]
    assert text.typos(plain, bits, RATE)[:2].to_list() == ["", "12-34"]
    assert text.encoding(plain, bits, RATE).to_list() == plain.to_list()
    assert text.misspelt(plain, bits, Misspelt(rate=1, **{"as": {"paid": ["payed"]}})).to_list() == plain.to_list()
    assert text.casing(plain, bits, RATE).to_list() == ["", "12-34", "ABC"]


def test_numbers_keep_their_type_or_stay() -> None:
    small = pl.Series([100, -100, 5], dtype=pl.Int8)
    grown = values.outliers(small, BITS[:3], Outliers(rate=1, factor=[10]))
    assert grown.dtype == pl.Int8 and grown.to_list() == [100, -100, 50]
    unsigned = pl.Series([3], dtype=pl.UInt16)
    assert values.outliers(unsigned, BITS[:1], Outliers(rate=1, factor=[-1])).to_list() == [3]
    assert values.units(pl.Series([20.0]), BITS[:1], Units(rate=1, unit="fahrenheit")).to_list() == [68.0]


def test_forms_and_stand_ins_follow_the_type() -> None:
    dates = pl.Series(["2026-04-03"]).str.to_date()
    one = Formats(rate=1, **{"as": ["day_first"]})
    assert formats.formats(dates, BITS[:1], one).to_list() == ["03/04/2026"]
    assert formats.written(pl.Series([1234567]), "thousands").to_list() == ["1,234,567"]
    assert values.stand_ins(pl.Int64(), Disguised(rate=1)).to_list() == [-999]
    assert values.stand_ins(pl.Int64(), Disguised(rate=1, **{"as": ["N/A", -1]})).to_list() == ["N/A", "-1"]
    assert {w.casefold() for w in values.STAND_INS} == set(NOTHING) - {"na"}, "the scanner knows the same words"


def test_delays_are_between_their_bounds() -> None:
    at = pl.Series(["2026-04-03T12:00:00"]).str.to_datetime(time_unit="us").new_from_index(0, 2000)
    moved = values.late(at, BITS[:2000], Late(rate=1, delay=("1h", "3d"))) - at
    hours = moved.dt.total_seconds() / 3600
    assert hours.is_between(1, 72).all() and hours.min() < 2 and hours.max() > 70


def test_other_rows_are_other_rows() -> None:
    numbers = np.arange(100, dtype=np.uint64)
    others = values.other_rows(numbers, BITS[:100], 100)
    assert (others != numbers.astype(np.int64)).all() and others.min() >= 0 and others.max() < 100
    assert values.other_rows(numbers[:1], BITS[:1], 1).tolist() == [0]
