"""text_to_sql: levels, proofs, wrong golds, hostile names, thin schemas, and the database that the scorer reads."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthgen.cases.make import Maker, Setup
from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.draw import Draw
from synthgen.evals.families.text_to_sql import TextToSql
from synthgen.evals.sqlgen.patterns import LEVELS
from synthgen.recipe.load import collect
from synthgen.scoring.rows import score

TABLES = """\
customers:
  rows: 600
  key: customer_id
  entities: {person: [first_name, last_name, email, phone]}
  columns:
    customer_id: {id: int}
    plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
invoices:
  per: customers
  count: {poisson: 2}
  key: invoice_no
  columns:
    invoice_no: {id: "INV-{n:07d}"}
    customer_id: {ref: customers}
    issued_on: {date: {from: "2025-01-01", to: clock}}
    amount: {lognormal: {median: 80, sigma: 0.7}, range: [5, 5000], decimals: 2}
    status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""
HOSTILE = """\
"Order Details":
  rows: 300
  key: "Group"
  columns:
    "Group": {id: int}
    "select": {choice: ["it's", 'a "b"', "{x}", "100%", "naïve; --"]}
    "Unit Price": {uniform: [1, 900], decimals: 2, null: 0.1}
    'say "when"': {date: {from: "2024-01-01", to: clock}}
    isOpen: {choice: [true, false]}
    seenAt: {datetime: {from: "2024-01-01", to: clock}}
order:
  rows: 200
  key: id
  columns:
    id: {id: int}
    parent: {ref: "Order Details"}
    total: {integer: [1, 500]}
    note: {choice: [left, right, up, down], null: 0.2}
"""
DATA = Path(__file__).parents[4] / "shared" / "data" / "B_relational"
Plan = Callable[..., Any]


def test_cases_hold(line: Plan) -> None:
    cases = line("family: text_to_sql, tables: [customers, invoices]", TABLES).holds(400)
    assert Counter(c.difficulty for c in cases) == dict.fromkeys(map(str, LEVELS), 50)
    assert len({c.slices["pattern"] for c in cases}) >= 22
    for case in cases:
        assert len(case.target["rows"]) >= 1 and case.context[0].text.startswith("CREATE TABLE customers")
        assert all(len(row) == case.target["columns"] for row in case.target["rows"])
    sides: dict[str, set[str]] = {}
    for case in cases:
        sides.setdefault(case.template, set()).add(case.split)
    assert all(len(s) == 1 for s in sides.values())


def test_question_and_sql_agree_by_eye(line: Plan) -> None:
    made = line("{family: text_to_sql, levels: {1: 1}}", TABLES)
    for case in made.cases(40):
        values = [p.text for p in case.pieces if p.label == "value"]
        plain = [v for v in values if v in ("free", "pro", "enterprise", "paid", "open", "overdue")]
        assert all(f"'{v}'" in case.target["sql"] for v in plain)
        assert ("over " in case.input or "above" in case.input or "more than" in case.input) <= (
            ">" in case.target["sql"] or "<=" in case.target["sql"]
        )


def test_wrong_questions_are_rejected(line: Plan) -> None:
    """The same SQL and rows under a question that says something else."""
    made = line("family: text_to_sql", TABLES)
    swaps = {
        "above": "below", "below": "above", "at least": "at most", "more than": "less than", "after": "before",
        "average": "total", "total": "average", "highest": "lowest", "highest first": "lowest first",
        "latest first": "earliest first", "paid": "open", "free": "pro", "two": "three", "5": "6",
        "amount": "issue date",
    }  # fmt: skip
    tried = 0
    for case in made.cases(200):
        for i, piece in enumerate(case.pieces):
            if not piece.label or piece.text not in swaps:
                continue
            wrong = replace(piece, text=swaps[piece.text])
            if piece.text == "amount" and Counter(p.text for p in case.pieces)["amount"] > 1:
                continue
            if sum(p.text == piece.text for p in case.pieces) > 1:
                continue
            changed = replace(case, pieces=(*case.pieces[:i], wrong, *case.pieces[i + 1 :]))
            assert made.prove(changed), (piece.text, changed.input, case.target["sql"])
            tried += 1
    assert tried > 60


def test_wrong_sql_is_rejected(line: Plan) -> None:
    made = line("family: text_to_sql", TABLES)
    for case in made.cases(24):
        target = case.target
        for sql in ("SELECT 1", "DROP TABLE invoices", f"{target['sql']}; SELECT 1", "SELECT", ""):
            assert made.prove(replace(case, target={**target, "sql": sql}))
        assert made.prove(replace(case, target={**target, "ordered": not target["ordered"]}))
        assert made.prove(replace(case, target={**target, "rows": []}))
        assert made.prove(replace(case, target="SELECT 1"))
    rows = made.room.frame("invoices").height
    assert made.family.world(made.room).known.databases.ask("SELECT COUNT(*) FROM invoices") == [(min(500, rows),)]


def test_weights_of_levels(line: Plan) -> None:
    made = line("{family: text_to_sql, levels: {3: 1, 8: 3}}", TABLES)
    found = Counter(c.difficulty for c in made.cases(80))
    assert set(found) == {"3", "8"} and found["8"] > found["3"]


def test_hostile_names(line: Plan) -> None:
    made = line("family: text_to_sql", HOSTILE)
    cases = made.holds(200)
    assert any('"Order Details"' in c.target["sql"] for c in cases)
    assert any('"order"' in c.target["sql"] for c in cases)
    assert any("''" in c.target["sql"] for c in cases)
    assert any("missing" in c.input or "IS NULL" in c.target["sql"] for c in cases)


@pytest.mark.parametrize(
    "tables",
    [
        "one:\n  rows: 50\n  key: id\n  columns:\n    id: {id: int}\n    size: {integer: [1, 400]}\n",
        "one:\n  rows: 60\n  columns:\n    kind: {choice: [a, b, c]}\n"
        "    day: {date: {from: '2024-01-01', to: clock}}\n",
        "one:\n  rows: 60\n  columns:\n    same: {choice: [x]}\n    size: {integer: [1, 900]}\n"
        "none:\n  rows: 0\n  columns:\n    size: {integer: [1, 9]}\n",
    ],
)
def test_thin_schemas(line: Plan, tables: str) -> None:
    made = line("family: text_to_sql", tables)
    for case in made.cases(20):
        assert not made.prove(case)


def test_nothing_to_ask(line: Plan) -> None:
    with pytest.raises(RecipeError, match="no-case"):
        line("family: text_to_sql", "one:\n  rows: 1\n  columns:\n    size: {integer: [1, 9]}\n").case(0)


def test_bad_parameters(tmp_path: Path) -> None:
    def problems(eval_line: str, tables: str = TABLES) -> list[str]:
        path = tmp_path / "bad.yaml"
        body = "".join(f"  {row}\n" for row in tables.splitlines())
        head = 'synthgen: 1\nname: bad\nseed: 1\nclock: "2026-09-01T00:00:00Z"\ntables:\n'
        path.write_text(f"{head}{body}evals:\n  one: {{family: text_to_sql, {eval_line}}}\n", "utf-8")
        recipe, found = collect(path, allow_outside=True)
        if recipe is None:
            return [p.code for p in found]
        try:
            Maker(Setup(recipe, {}, tmp_path))
        except RecipeError as error:
            return [p.code for p in error.problems]
        return []

    assert problems("tables: [custmers]") == ["unknown-table"]
    assert problems("tables: [customers, customers]") == ["duplicate"]
    assert problems("levels: {9: 1}") == ["bad-level"]
    assert problems("levels: {1: 0}") == ["bad-level"]
    assert problems("rows: 2") != []
    assert problems("cases: 3", "one:\n  rows: 2\n  columns:\n    raw: {binary: 4}\n") == ["no-columns"]


def test_the_scorer_reads_the_exported_database(line: Plan, tmp_path: Path) -> None:
    made = line("family: text_to_sql", TABLES)
    case: EvalCase = made.case(3)
    (name, path), *rest = made.family.files(made.room).items()
    assert not rest and case.extra["database"] == name and path.is_file()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / name).write_bytes(path.read_bytes())
    assert score(case.plain(), made.family.oracle(case), str(tmp_path / "there"))["score"] == 1.0
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made.family.world(made.room).known.databases.write(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_values_with_personal_data_carry_their_proof(line: Plan) -> None:
    made = line("family: text_to_sql", TABLES)
    known = set(made.room.frame("customers")["email"].to_list())
    shown = 0
    for case in made.cases(150):
        inserted = {p.text for p in case.inserted if isinstance(p, Piece) and p.declared is not None}
        for row in case.target["rows"]:
            for value in row:
                assert value not in known or value in inserted
                shown += value in known
    assert shown > 20


def test_mutants_come_in_many_kinds(line: Plan) -> None:
    made = line("family: text_to_sql", TABLES)
    changed = Counter[str]()
    for case in made.cases(60):
        for mutant in made.family.mutants(case, Draw(1, case.id)):
            changed["sql" if mutant.target["sql"] != case.target["sql"] else "rows"] += 1
            assert made.prove(mutant)
    assert changed["sql"] > 100 and changed["rows"] > 100


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("source", ["chinook/chinook.sqlite.gz", "northwind/northwind_postgres.sql.gz", "jaffle_shop"])
def test_real_schemas(tmp_path: Path, source: str) -> None:
    """500 cases over eight levels on schemas that `init` imports; all golds are proven on both engines."""
    from typer.testing import CliRunner

    from synthgen.cli.main import app

    recipe = tmp_path / "shop.yaml"
    made = CliRunner().invoke(app, ["init", "--from", str(DATA / source), "-o", str(recipe)])
    assert made.exit_code == 0, made.output
    text = recipe.read_text("utf-8").replace(
        "\nexport:", "\nevals:\n  one: {family: text_to_sql, cases: 500}\n\nexport:"
    )
    recipe.write_text(text, "utf-8")
    loaded, problems = collect(recipe, allow_outside=True)
    assert loaded is not None and not problems
    maker = Maker(Setup(loaded, {}, tmp_path))
    planned, room, _ = maker.room("one")
    family = planned.family
    assert isinstance(family, TextToSql)
    found = Counter[str]()
    for number in range(500):
        case = maker.case("one", number)
        assert not family.prove(case, room)
        assert family.score(case, family.oracle(case), room) == 1.0
        if number % 2:
            mutants = family.mutants(case, Draw(1, case.id))
            assert mutants and all(family.prove(m, room) for m in mutants), case.input
        found[case.difficulty] += 1
    assert len(found) == 8 and min(found.values()) >= 60
