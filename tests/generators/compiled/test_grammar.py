"""Grammars make the texts of their trees, with their probabilities."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from synthgen.generators.compiled.compiler import compile_method, session
from synthgen.generators.compiled.draws import Env
from synthgen.generators.compiled.grammar import Words, _merged, grammar_of
from synthgen.generators.compiled.samplers import evaluate
from synthgen.generators.compiled.validate import homogeneity
from tests.generators.compiled.rows import IdRows

CLOCK = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("method", "locale"),
    [("name", "en_US"), ("phone_number", "en_US"), ("street_address", "en_GB"), ("company", "ja_JP")],
)
def test_a_grammar_agrees_with_its_tree(method: str, locale: str) -> None:
    tree, dtype = session(locale, CLOCK).tree(method, {})
    grammar = grammar_of(tree)
    assert grammar is not None
    rows = IdRows(np.arange(6_000))
    quick = grammar.draw(rows, "q").to_list()  # type: ignore[arg-type]  # all that it asks of rows
    slow = evaluate(tree, Env(rows, "s"), dtype).to_list()  # type: ignore[arg-type]
    for feature in (len, lambda v: v[:2], lambda v: v[-2:], lambda v: sum(c.isdigit() for c in v)):
        assert homogeneity(map(feature, quick), map(feature, slow)) > 1e-4


def test_neighbours_are_merged() -> None:
    digits = Words(tuple("0123456789"), None)
    found = _merged([Words(("(",), None), digits, digits, Words((") ",), None), digits])
    assert len(found) == 1
    assert len(found[0].words) == 1000
    assert {"(07) 3", "(99) 9"} <= set(found[0].words)


def test_weighted_lists_are_not_merged_with_each_other() -> None:
    weighted = Words(("a", "b"), (0.9, 0.1))
    assert _merged([weighted, weighted]) == [weighted, weighted]
    assert _merged([weighted, Words(("!",), None)]) == [Words(("a!", "b!"), (0.9, 0.1))]


def test_a_repeated_draw_gives_one_value() -> None:
    """Pieces of a text that follow one draw agree with each other."""
    sampler = compile_method("numerify", "en_US", {"text": "#"}, CLOCK)
    assert sampler is not None
    counts = Counter(sampler.sample(IdRows(np.arange(5_000))).values.to_list())
    assert set(counts) == set("0123456789")
    plates = compile_method("license_plate", "en_US", {}, CLOCK)
    assert plates is not None
    assert plates.kind == "grammar"
