"""Messages with labels: proven two ways, hard for words alone, and template files of a user's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import Piece
from synthgen.evals.audit import shallow
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS
from synthgen.evals.templates_file import BUILT_IN, built_in, known_labels

Plan = Callable[..., Any]
FIVE = "family: classification, labels: [billing, bug, cancellation, how_to, feature_request]"
SUPPORT = f"family: classification, labels: [{', '.join(built_in('support').labels)}]"
MINE = """
extends: none
labels:
  alpha:
    means: wants tea
    templates:
      cup: ["[Bring|Pour] me a cup of green leaves, {n} spoons.", "A hot pot of leaves for {colleague}, {n} cups."]
      pot: {hard: ["Fill the pot once more, {n} of us wait.", "The pot is empty, {n} guests are thirsty for leaves."]}
  beta:
    means: wants bread
    never: [loaf]
    templates:
      roll: ["[Bake|Make] {n} rolls for {firm}, dark ones.", "We are hungry, {n} rolls with seeds would help."]
      slice: ["Cut {n} slices, not too thin, {colleague} eats them.", "{n} slices of the dark kind for the table."]
asides: ["[The sun|Rain] came at {time}.", "We sit in {city}.", "{colleague} says hello.", "It is {date}."]
"""


@pytest.mark.parametrize(
    "family",
    [
        FIVE,
        SUPPORT,
        *(f"family: classification, labels: [{', '.join(built_in(s).labels)}]" for s in ("sentiment", "urgency")),
    ],
    ids=["five", "support", "sentiment", "urgency"],
)
def test_built_in_sets_hold_what_every_set_holds(line: Plan, family: str) -> None:
    made = line(family)
    cases = made.holds(300)
    counts = Counter(c.target for c in cases)
    assert set(counts) == set(made.family.labels) and max(counts.values()) - min(counts.values()) <= 2
    assert sum(c.slices["kind"] == "contrast" for c in cases) == pytest.approx(90, abs=6)


def test_ambiguity_is_labelled_and_the_first_matter_counts(line: Plan) -> None:
    made = line(FIVE + ", ambiguous: 0.5, hard: 0.2")
    cases = [c for c in made.cases(200) if c.extra.get("ambiguous")]
    assert len(cases) == pytest.approx(100, abs=5)
    for case in cases:
        first, second = case.extra["accepted"]
        assert case.target == first and case.difficulty == "hard" and made.family.chance(case) == 2 / 5
        assert made.family.score(case, second) == 1.0
        assert list(made.family.fingerprint.votes(case.pieces)) == [first, second]


def test_several_labels(line: Plan) -> None:
    made = line(FIVE + ", multi: {max: 3}")
    cases = made.holds(300)
    assert Counter(len(c.target) for c in cases) == {1: 100, 2: 100, 3: 100}
    assert all(c.target == sorted(set(c.target)) for c in cases)


def test_no_label_word_stands_in_a_text(line: Plan) -> None:
    words = r"\bbill|\bbug|\bcancel|unsubscrib|terminat|\bhow[ _-]?to\b|\bfeature|\brequest|glitch"
    for case in line(FIVE).cases(400):
        assert not re.search(words, case.input, re.IGNORECASE), case.input


def test_words_alone_do_not_solve_the_default_set(line: Plan) -> None:
    found = shallow(line(FIVE).cases(1045))
    assert found is not None and 0.35 < found <= 0.80


def test_texts_of_other_labels_are_caught(line: Plan) -> None:
    made = line(FIVE)
    cases = [c for c in made.cases(300) if not c.extra.get("ambiguous")]
    for case, other in pairwise(cases):
        if case.target != other.target:
            assert made.prove(replace(case, pieces=other.pieces))  # text and template disagree
            swapped = replace(case, target=other.target, extra=other.extra, template=other.template)
            assert any(
                "the text speaks for" in r for r in made.prove(swapped)
            )  # template and label agree, text does not
            lost = replace(case, template=other.template, extra=other.extra)
            assert "the templates belong to other labels than the gold" in made.prove(lost)
    leaked = replace(cases[0], pieces=(*cases[0].pieces, Piece(" It is a bug.")))
    assert "a label's own word stands in the text" in made.prove(leaked)


def test_taking_back_turns_the_gold(line: Plan) -> None:
    made = line(FIVE)
    turned = [t for c in made.cases(200) if (t := made.family.negate(c, Draw("n", c.id))) is not None]
    assert len(turned) > 120
    assert all(not made.prove(t) and t.target != t.extra["taken_back"] for t in turned)
    assert all(made.prove(replace(t, target=t.extra["taken_back"])) for t in turned)


def test_records_fill_slots_and_are_groups(line: Plan) -> None:
    tables = """\
        customers:
          rows: 300
          key: customer_id
          entities: {person: [first_name, last_name, email]}
          columns: {customer_id: {id: int}}
        invoices:
          per: customers
          count: {constant: 3}
          key: invoice_no
          columns:
            invoice_no: {id: "RE/{n:05d}"}
            amount: {uniform: [5, 900], decimals: 2}
    """
    made = line(FIVE + ", from: invoices", tables)
    cases = made.cases(200)
    assert all(c.groups[0].startswith("customers:") and c.sources[0].startswith("invoices:") for c in cases)
    assert sum("RE/" in c.input for c in cases) > 10
    assert not {g for c in cases if c.split == "dev" for g in c.groups} & {
        g for c in cases if c.split == "test" for g in c.groups
    }


def test_registers_can_be_weighted(line: Plan) -> None:
    cases = line(FIVE + ", registers: {curt: 3, formal: 1}").cases(200)
    found = Counter(c.slices["register"] for c in cases)
    assert set(found) == {"curt", "formal"} and found["curt"] > 2 * found["formal"]


def test_templates_of_a_users_own(line: Plan, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    made = line("family: classification, labels: [alpha, beta], templates: mine.yaml, ambiguous: 0")
    cases = made.cases(80)
    assert not [r for c in cases for r in made.prove(c)]
    assert {c.template for c in cases} == {"alpha/cup", "alpha/pot", "beta/roll", "beta/slice"}
    (tmp_path / "more.yaml").write_text(
        "labels:\n  billing:\n    templates:\n      mine: ['Who paid the {amount} of {date}?']\n"
    )
    merged = line(FIVE + ", templates: more.yaml").family
    assert "billing/mine" in merged.templates and "billing/double_charge" in merged.templates


@pytest.mark.parametrize(
    ("family", "told"),
    [
        ("family: classification, labels: [billing, bugs]", r"unknown-label.*'bugs'(?s:.*)did you mean 'bug'"),
        ("family: classification, labels: [billing, positive]", r"mixed-labels.*positive"),
        ("family: classification, labels: [positive, negative], multi: {max: 2}", r"one-label"),
        (FIVE + ", registers: {loud: 1}", r"unknown-register.*loud(?s:.*)known: formal"),
        (FIVE + ", templates: gone.yaml", r"unreadable.*gone.yaml"),
        (FIVE + ", from: nowhere", r"unknown-table.*nowhere"),
        ("family: classification, labels: [billing, billing]", r"a label stands in the list twice"),
    ],
)
def test_mistakes_are_told_with_their_remedy(line: Plan, family: str, told: str) -> None:
    with pytest.raises(RecipeError, match=told):
        line(family)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "labels:\n  billing:\n    templates:\n      x: ['a {amont} b']\n",
            r"bad.yaml:4:\d+: bad-templates.*amont(?s:.*)amount",
        ),
        ("labels:\n  billing:\n    templates:\n      x: ['a [b c']\n", r"bad.yaml:4:\d+: bad-templates: a bracket"),
        ("labels:\n  billing:\n    templates:\n      x: ['a [b] c']\n", r"bad.yaml:4.*two ways"),
        ("labels:\n  billing:\n    templats: {}\n", r"bad.yaml:3.*templats(?s:.*)did you mean 'templates'"),
        ("labels:\n  billing:\n    templates:\n      x: {heavy: ['a']}\n", r"bad.yaml:4.*heavy"),
        ("extends: nothing\n", r"bad.yaml:1.*nothing"),
        ("registers: [shouting]\n", r"bad.yaml:1.*shouting"),
        ("labels: [\n", r"bad.yaml:\d+"),
        ("- a\n", r"bad.yaml:1.*mapping"),
        ("letter: 3\n", r"bad.yaml:1.*true or false"),
    ],
)
def test_bad_template_files_are_told_with_their_line(line: Plan, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match=told):
        line(FIVE + ", templates: bad.yaml")


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_built_in_sets_are_whole(name: str) -> None:
    found = built_in(name)
    for label in found.labels.values():
        assert label.means and len(label.templates) >= 18, label.name
        assert all(len(t.wordings) >= 3 for t in label.templates.values()), label.name
        assert label.contrasts and {t.difficulty for t in label.templates.values()} == {"easy", "medium", "hard"}
        leak = found.leaks([label.name])
        assert not [w.text for t in label.templates.values() for w in t.wordings if leak.search(w.text)], label.name
    assert set(known_labels()) >= set(found.labels)
    assert set(found.registers) <= set(REGISTERS)
