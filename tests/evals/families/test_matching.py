"""Matching: graded corruption that can be replayed, and hard negatives that share a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase
from synthgen.evals.draw import Draw
from synthgen.evals.linkage import HOUSEHOLDS, alike, conflicts, corrupted, edits, explains, parsed_date
from synthgen.registry import VARIANTS

TABLES = """\
customers:
  rows: 900
  key: customer_id
  entities: {person: [first_name, last_name, email, phone]}
  columns:
    customer_id: {id: int}
    plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
    joined: {date: {from: "2015-01-01", to: clock}}
parts:
  rows: 400
  key: part_no
  columns:
    part_no: {id: int}
    label: {pattern: "[a-z]{6,9} [a-z]{5,9}"}
    note: {pattern: '["{|<é] [a-z]{6,9} "q" [a-z]{5,9}'}
    code: {pattern: "[A-Z]{2}-[0-9]{6}"}
    weight: {integer: [1, 900000]}
    colour: {choice: [red, green, blue]}
colours:
  rows: 10
  key: id
  columns:
    id: {id: int}
    name: {choice: [red, green]}
"""
ROLES = {
    "first_name": "first",
    "last_name": "last",
    "birth_date": "date",
    "street": "street",
    "city": "city",
    "phone": "phone",
}
ADA = {"first_name": "William", "last_name": "Stewart", "birth_date": "1937-01-18", "street": "46 Sandra Burgs",
       "city": "Greensboro", "phone": "+1-952-555-0115"}  # fmt: skip
Plan = Callable[..., Any]


def records(case: EvalCase) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for span in case.spans:
        name, _, column = span.label.partition(".")
        found.setdefault(name, {})[column] = span.value
    return found


def test_a_set_of_people_holds(line: Plan) -> None:
    cases = line("family: matching").holds(400, mutants=2)
    assert {c.slices["level"] for c in cases} == set("01234")
    assert {c.slices["kind"] for c in cases} == {*HOUSEHOLDS, "same", "cluster"}
    pairs = [c for c in cases if c.choices]
    assert 90 <= len(cases) - len(pairs) <= 110
    assert abs(sum(c.target == "same" for c in pairs) / len(pairs) - 0.5) < 0.05
    for case in cases:
        if case.target == "different":
            a, b = records(case).values()
            assert a != b and any(alike("text", a.get(k, "?"), b.get(k, "!")) for k in ("last_name", "city", "street"))


def test_tables_of_a_recipe(line: Plan) -> None:
    for table, columns in (("customers", {"first_name", "joined", "plan"}), ("parts", {"note", "weight", "colour"})):
        cases = line(f"{{family: matching, from: {table}}}", TABLES).holds(200, mutants=2)
        assert columns <= {c for case in cases for r in records(case).values() for c in r}
        assert all("customer_id" not in c.input and "part_no" not in c.input for c in cases)


def test_a_shallow_rule_does_not_solve_it(line: Plan) -> None:
    cases = [c for c in line("{family: matching, clusters: 0}").cases(600) if c.choices]
    rules = {
        "name": lambda a, b: (a.get("first_name"), a.get("last_name")) == (b.get("first_name"), b.get("last_name")),
        "phone": lambda a, b: alike("phone", a.get("phone", "1"), b.get("phone", "2")),
        "street": lambda a, b: a.get("street") == b.get("street"),
        "date": lambda a, b: parsed_date(a.get("birth_date", "")) == parsed_date(b.get("birth_date", "")),
    }
    for rule in rules.values():
        right = sum((c.target == "same") == rule(*records(c).values()) for c in cases)
        assert right / len(cases) < 0.93


def test_groups_are_transitive_and_hold_several(line: Plan) -> None:
    cases = line("{family: matching, clusters: 1}").cases(150)
    for case in cases:
        entity = dict(zip(case.extra["ids"], case.extra["entities"], strict=True))
        assert case.target and all(len({entity[i] for i in g}) == 1 and len(g) > 1 for g in case.target)
        assert len(set(entity.values())) >= 2 and case.target == sorted(case.target)
        named = [i for g in case.target for i in g]
        assert len(named) == len(set(named))


@pytest.mark.parametrize("level", range(5))
def test_operations_explain_what_they_did(level: int) -> None:
    kinds = set()
    for seed in range(300):
        to = {k: f"{v} Elsewhere" for k, v in ADA.items()}
        made = corrupted(ADA, ROLES, level, Draw(seed, level), elsewhere=to)
        assert made and len({o.field for o in made}) == len(made)
        for o in made:
            kinds.add(o.kind)
            assert ADA[o.field] == o.before != o.after
            assert o.kind in ("moved", "swapped") or explains(o.kind, ROLES[o.field], o.before, o.after)
            others = {"case", "date", "nickname", "initial", "missing"} - {o.kind}
            assert not any(explains(k, ROLES[o.field], o.before, o.after) for k in others)
        assert conflicts(ADA, {**ADA, **{o.field: o.after for o in made}}, ROLES) == []
    wanted = {0: {"case", "date", "phone"}, 1: {"typo", "cut"}, 2: {"nickname", "initial", "abbreviation"}}
    assert wanted.get(level, {"moved", "swapped"}) <= kinds and ("missing" in kinds) == (level == 4)


def test_distance_and_likeness() -> None:
    words = (("", ""), ("abc", "acb"), ("abc", "ab"), ("kitten", "sitting"), ("ca", "abc"))
    assert [edits(a, b) for a, b in words] == [0, 1, 1, 3, 3]
    assert alike("first", "Bill", "WILLIAM") and alike("first", "W.", "William") and not alike("first", "Anna", "Amy L")
    assert alike("date", "1937-01-18", "January 18, 1937") and not alike("date", "1937-01-18", "1937-01-19")
    assert alike("street", "46 Sandra Bgs", "46 SANDRA BURGS") and not alike("postcode", "27408", "27409")
    assert conflicts({**ADA, "first_name": "Stewart", "last_name": "William"}, ADA, ROLES) == []
    assert conflicts({**ADA, "birth_date": "1967-02-18"}, ADA, ROLES) == ["birth_date"]


def planted(case: EvalCase, other: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    extra = dict(case.extra)
    value = next(p for p in case.pieces if p.label.endswith("birth_date"))
    pieces = tuple(replace(p, text="1901-01-01") if p is value else p for p in case.pieces)
    twice = tuple(replace(p, text=p.text[:-1]) if p.label.endswith("last_name") else p for p in case.pieces)
    forged = [[*ops, ["case", "city", "x", "X"]] for ops in extra["operations"]]
    kinds = [
        [["case", *o[1:]] if o[0] in ("typo", "date") else ["typo", *o[1:]] for o in ops] for ops in extra["operations"]
    ]
    return [
        replace(case, pieces=pieces),
        replace(case, pieces=twice),
        replace(case, extra=extra | {"operations": forged}),
        replace(case, extra=extra | {"operations": kinds}),
        replace(case, extra=extra | {"entities": [e + 1 for e in extra["entities"]]}),
        replace(case, pieces=other.pieces, extra=dict(other.extra), target=["same"] if case.choices else []),
    ]


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: matching")
    cases = made.cases(60)
    wrong = [w for a, b in zip(cases[::2], cases[1::2], strict=True) for w in planted(a, b)]
    assert [w for w in wrong if not made.prove(w)] == [] and len(wrong) == 180


def test_variants_keep_records(line: Plan) -> None:
    made = line("family: matching")
    for case in made.cases(40):
        for name in VARIANTS.names():
            changed = VARIANTS.get(name)().apply(case, Draw(3, case.id, name), made.family)
            assert changed is None or made.prove(changed) == []


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: matching, levels: [0, 7]}", "bad-level"),
        ("{family: matching, levels: []}", "bad-level"),
        ("{family: matching, from: colours}", "too-few-columns"),
        ("{family: matching, from: colour}", "unknown-table"),
        ("{family: matching, clusters: 2}", "bad-value"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family, TABLES)
    assert code in {p.code for p in caught.value.problems}
    assert all(p.place is not None for p in caught.value.problems)
