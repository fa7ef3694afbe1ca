"""Values over neighbouring columns are found, by column and by row; ordinary tables give nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stdnum import luhn

from synthgen.artifacts import Finding
from synthgen.columns import Column, Declared
from synthgen.privacy.readers import batches
from synthgen.privacy.scanner import Scanner

TABLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "A_tables"
WORDS = ["red", "green", "blue"] * 40
CODES = [f"PRD-{i:06d}" for i in range(120)]


def cards(count: int) -> list[str]:
    draw = random.Random("cards")
    bodies = ["453" + "".join(draw.choices("0123456789", k=12)) for _ in range(count)]
    return [b + luhn.calc_check_digit(b) for b in bodies]


def ssns(count: int) -> list[str]:
    draw = random.Random("ssns")
    return [f"{draw.randint(1, 600):03d}{draw.randint(1, 99):02d}{draw.randint(1, 9999):04d}" for _ in range(count)]


def cut(values: Sequence[str], *sizes: int) -> list[list[str]]:
    columns, at = [], 0
    for size in sizes:
        columns.append([v[at : at + size] for v in values])
        at += size
    return columns


def scan(table: Mapping[str, Sequence[Any]], mode: str = "reserved") -> list[Finding]:
    columns = {name: Column.of(pl.Series(values)) for name, values in table.items()}
    found = Scanner(mode, ner="off").scan("t", columns)  # type: ignore[arg-type]
    return [f for f in found if (f.recognizer or "").endswith("+columns")]


def test_card_numbers_in_four_columns() -> None:
    columns = cut(cards(60), 4, 4, 4, 4)
    (found,) = scan(dict(zip("abcd", columns, strict=True)))
    assert (found.entity, found.column, found.count, found.message) == ("CREDIT_CARD", "a", 60, "with b and c and d")
    assert "".join(c[0] for c in columns) not in str(found)


def test_numbers_in_columns_of_integers() -> None:
    columns = [[int(v) for v in c] for c in cut(cards(60), 8, 8)]
    (found,) = scan({"first": columns[0], "second": columns[1]})
    assert (found.entity, found.column, found.message) == ("CREDIT_CARD", "first", "with second")


def test_a_few_rows_are_enough_and_four_are_not() -> None:
    assert scan(dict(zip("ab", cut(cards(5), 8, 8), strict=True)))
    assert not scan(dict(zip("ab", [[*c, *["12345678"] * 8] for c in cut(cards(4), 8, 8)], strict=True)))


def test_an_ssn_in_three_columns_is_told_by_the_columns_names() -> None:
    area, group, serial = cut(ssns(60), 3, 2, 4)
    (found,) = scan({"ssn_area": area, "ssn_group": group, "ssn_serial": serial})
    assert (found.entity, found.count, found.message) == ("US_SSN", 60, "with ssn_group and ssn_serial")
    assert scan({"shelf": area, "row": group, "box": serial}) == []


def test_a_phone_in_three_columns() -> None:
    (found,) = scan(
        {
            "phone_country": ["+49", "+1"] * 10,
            "phone_area": ["30", "212"] * 10,
            "phone_number": ["20920012", "7365000"] * 10,
        }
    )
    assert (found.entity, found.column) == ("PHONE_NUMBER", "phone_country")


def test_an_address_as_user_and_domain() -> None:
    (found,) = scan({"user": ["anna", "bert"] * 5, "domain": ["posteo.de", "gmx.de"] * 5})
    assert (found.entity, found.column, found.count) == ("EMAIL_ADDRESS", "user", 10)
    assert scan({"user": ["anna", "bert"] * 5, "domain": ["example.com", "mail.test"] * 5}) == []
    assert scan({"firm": ["anna", "bert"] * 5, "domain": ["posteo.de", "gmx.de"] * 5}) == []
    assert scan({"user": ["anna", "bert"] * 5, "plan": ["v1.basic", "v2.pro"] * 5}) == []


SPLIT = {
    "EMAIL_ADDRESS": [("mara.q@", "posteo.de"), ("mara.q", "@posteo.de")],
    "CREDIT_CARD": [("4539 1488", "0343 6467"), ("45391488", "03436467")],
    "US_SSN": [("536-22-", "8145"), ("536", "22-8145")],
    "PHONE_NUMBER": [("+44 7911", "123456")],
    "IBAN_CODE": [("DE7551210800", "1245126199"), ("DE75 5121 0800", "1245 1261 99")],
    "IP_ADDRESS": [("84.17.", "44.21")],
    "MAC_ADDRESS": [("3c:22:fb:", "9a:1b:7e")],
}


@pytest.mark.parametrize("rest", [WORDS, CODES], ids=["words", "codes"])
@pytest.mark.parametrize(("entity", "halves"), [(e, h) for e, several in SPLIT.items() for h in several])
def test_one_value_out_of_place_in_two_columns(rest: list[str], entity: str, halves: tuple[str, str]) -> None:
    left, right = list(rest), list(reversed(rest))
    left[70], right[70] = halves
    found = scan({"size": [1] * 120, "left": left, "right": right})
    assert [(f.entity, f.column, f.row, f.count, f.message) for f in found] == [(entity, "left", 70, 1, "with right")]


def test_three_columns_cut_at_the_hyphens() -> None:
    columns = [list(WORDS) for _ in range(3)]
    for column, part in zip(columns, ("536", "22", "8145"), strict=True):
        column[7] = part
    (found,) = scan(dict(zip("abc", columns, strict=True)))
    assert (found.entity, found.row, found.message) == ("US_SSN", 7, "with b and c")


def test_reserved_values_pass_in_mode_reserved_and_in_no_other() -> None:
    columns = dict(zip("ab", cut(["4242424242424242"] * 20, 8, 8), strict=True))
    assert scan(columns) == []
    assert [f.entity for f in scan(columns, "none")] == ["CREDIT_CARD"]


def test_what_a_column_declares_is_its_own_matter() -> None:
    first, second = (pl.Series(c) for c in cut(cards(20), 8, 8))
    card = Declared("CREDIT_CARD", "unlinked")
    columns = {"a": Column.of(first, card), "b": Column.of(second, card)}
    assert Scanner("synthetic", ner="off").scan("t", columns) == []


def test_a_whole_value_beside_a_number_is_no_split_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scan({"phone": ["+49 30 20920012"] * 20, "age": [str(20 + i) for i in range(20)]})
    assert found == []


def ordinary() -> dict[str, Callable[[random.Random], Any]]:
    return {
        "integers": lambda r: r.randrange(10 ** r.randint(1, 12)),
        "digits": lambda r: str(r.randrange(10**8)),
        "prices": lambda r: f"{r.random() * 1000:.2f}",
        "codes": lambda r: "".join(r.choices("ABCDEFGH0123456789", k=8)),
        "dates": lambda r: f"{r.randint(1990, 2026)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}",
        "postcodes": lambda r: f"{r.randrange(100_000):05d}",
        "mixed": lambda r: r.choice(
            ["n/a", str(r.randrange(10**9)), f"A{r.randrange(1000)}-", f"-{r.randrange(1000)}"]
        ),
    }


@pytest.mark.parametrize("seed", range(3))
def test_ordinary_columns_beside_each_other_give_nothing(seed: int) -> None:
    draw = random.Random(seed)
    kinds = list(ordinary().values()) * 2
    draw.shuffle(kinds)
    assert scan({f"c{i}": [kind(draw) for _ in range(3000)] for i, kind in enumerate(kinds)}) == []


@pytest.mark.parametrize("path", sorted(TABLES.glob("*")) if TABLES.is_dir() else [], ids=lambda p: p.name)
def test_public_tables_have_nothing_in_disguise_and_nothing_split(path: Path) -> None:
    scanner = Scanner("reserved", ner="off")
    for batch in batches(path):
        columns = {name: Column.of(values) for name, values in batch.columns.items()}
        found = [f for f in scanner.scan(path.name, columns) if "+" in (f.recognizer or "")]
        assert found == []
