"""table_qa: proofs, wrong answers, changed tables, every layout and kind, hostile cells, thin tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthgen.cases.make import Maker, Setup
from synthgen.errors import RecipeError
from synthgen.evals.tableqa.answers import ABSENT
from synthgen.evals.tableqa.layouts import LAYOUTS, read
from synthgen.evals.tableqa.questions import KINDS, wording
from synthgen.recipe.load import collect

TABLES = """\
customers:
  rows: 700
  key: customer_id
  entities: {person: [first_name, last_name, email, phone]}
  columns:
    customer_id: {id: int}
    plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
invoices:
  per: customers
  count: {constant: 2}
  key: invoice_no
  columns:
    invoice_no: {id: "INV-{n:07d}"}
    customer_id: {ref: customers}
    issued_on: {date: {from: "2025-01-01", to: clock}}
    amount: {lognormal: {median: 800, sigma: 1.1}, range: [5, 50000], decimals: 2}
    paid_on: {date: {from: "2025-01-01", to: clock}, null: 0.2}
    pages: {integer: [1, 4000]}
    status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""
HOSTILE = """\
notes:
  rows: 400
  columns:
    "pipe | head":
      choice: ['a|b', 'back\\slash', '"quoted"', 'comma, here', "it's", '{braces}', 'naïve 日本', '- dash', '=1+1']
    value: {uniform: [-500, 5000], decimals: 3}
    done: {choice: [true, false]}
    day: {date: {from: "2024-01-01", to: clock}, null: 0.3}
"""
Plan = Callable[..., Any]


def test_cases_hold(line: Plan) -> None:
    cases = line("family: table_qa, from: invoices", TABLES).holds(400)
    assert {c.slices["kind"] for c in cases} == set(KINDS)
    assert Counter(c.slices["layout"] for c in cases) == dict.fromkeys(LAYOUTS, 100)
    hard = Counter(c.difficulty for c in cases)
    assert min(hard[d] for d in ("easy", "medium", "hard")) > 40
    assert 20 < sum(c.target == ABSENT for c in cases) < 80
    assert all(4 <= len(read(c.slices["layout"], c.input)) - 1 <= 12 for c in cases)


def test_people_and_the_cast(line: Plan) -> None:
    line("family: table_qa, from: customers, rows_shown: 20", TABLES).holds(200)
    cases = line("family: table_qa").holds(200)
    assert all(s.startswith("@people:") for c in cases for s in c.sources)


def test_hostile_cells(line: Plan) -> None:
    cases = line("family: table_qa, from: notes", HOSTILE).holds(300)
    for layout in LAYOUTS:
        cells = {cell for c in cases if c.slices["layout"] == layout for row in read(layout, c.input) for cell in row}
        assert {"a|b", '"quoted"', "back\\slash", "comma, here", "naïve 日本"} <= cells


def test_a_changed_cell_is_seen(line: Plan) -> None:
    made = line("family: table_qa, from: invoices", TABLES)
    for case in made.cases(100):
        places = [i for i, p in enumerate(case.pieces) if p.label == "cell" and p.text]
        piece = case.pieces[places[len(case.id) % len(places)]]
        other = replace(piece, text="9" if piece.text != "9" else "8")
        where = case.pieces.index(piece)
        changed = replace(case, pieces=(*case.pieces[:where], other, *case.pieces[where + 1 :]))
        assert made.prove(changed), case.input


def test_another_question_is_seen(line: Plan) -> None:
    """Each question is asked as another kind, compares otherwise, or asks for another place."""
    made = line("family: table_qa, from: invoices, unanswerable: 0", TABLES)
    kinds = {
        "sum": "mean",
        "max": "min",
        "argmax": "argmin",
        "latest": "earliest",
        "place": "place_up",
        "greater": "sum",
    }
    seen = Counter[str]()
    for case in made.cases(300):
        kind = case.slices["kind"]
        if kind not in kinds:
            continue
        ask = wording()["ask"][kinds[kind]][0]
        pieces = tuple(replace(p, text=ask) if p.label == "ask" else p for p in case.pieces)
        faults = made.prove(replace(case, pieces=pieces))
        middle = kind == "place" and not faults  # the middle of an odd number of rows is the same from both ends
        seen[kind] += bool(faults) or middle
        assert faults or middle, case.input
    assert set(seen) == set(kinds)


def test_wrong_targets(line: Plan) -> None:
    made = line("family: table_qa, from: invoices", TABLES)
    for case in made.cases(150):
        for target in (None, True, [], {}, "", "x", -77, 0.123, str(case.target) + " "):
            assert made.prove(replace(case, target=target))


@pytest.mark.parametrize(
    "tables",
    [
        "tiny:\n  rows: 40\n  columns:\n    a: {choice: [x, y]}\n    b: {choice: [u, v]}\n",
        "same:\n  rows: 40\n  columns:\n    a: {choice: [x]}\n    n: {integer: [3, 3]}\n    m: {integer: [1, 9]}\n",
    ],
)
def test_thin_tables(line: Plan, tables: str) -> None:
    made = line("family: table_qa", tables)
    for case in made.cases(20):
        assert not made.prove(case)


def test_bad_parameters(tmp_path: Path) -> None:
    def problems(options: str) -> list[str]:
        path = tmp_path / "bad.yaml"
        body = "".join(
            f"  {row}\n" for row in (TABLES + "lone:\n  rows: 9\n  columns:\n    a: {choice: [x, y]}\n").splitlines()
        )
        head = 'synthgen: 1\nname: bad\nseed: 1\nclock: "2026-09-01T00:00:00Z"\ntables:\n'
        path.write_text(f"{head}{body}evals:\n  one: {{family: table_qa, {options}}}\n", "utf-8")
        recipe, found = collect(path, allow_outside=True)
        if recipe is None:
            return [p.code for p in found]
        try:
            Maker(Setup(recipe, {}, tmp_path))
        except RecipeError as error:
            return [p.code for p in error.problems]
        return []

    assert problems("from: invoices") == []
    assert problems("from: invoces") == ["unknown-table"]
    assert problems("from: invoices, tables: [customers]") == ["two-sources"]
    assert problems("layouts: [html]") == ["unknown-layout"]
    assert problems("from: lone") == ["no-columns"]
    assert problems("rows_shown: 1") != []
