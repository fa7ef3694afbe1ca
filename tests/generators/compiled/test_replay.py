"""A tree that makes other values than Faker is refused, whatever the reason."""

from __future__ import annotations

from datetime import datetime

import pytest

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.compiler import session
from synthgen.generators.compiled.replay import Recorder, replay, same
from synthgen.generators.compiled.trace import Branch, Leaf

CLOCK = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("method", "locale"),
    [
        ("name", "en_US"), ("phone_number", "de_DE"), ("address", "pt_BR"), ("ssn", "es_ES"), ("cpf", "pt_BR"),
        ("nif", "es_ES"), ("iban", "es_ES"), ("credit_card_number", "en_US"), ("json", "ja_JP"), ("isbn13", "en_US"),
        ("vin", "en_US"), ("ipv4_private", "en_US"), ("siren", "fr_FR"), ("kvnr", "de_DE"), ("dga", "en_US"),
    ],
)  # fmt: skip
def test_traced_trees_make_fakers_own_values(method: str, locale: str) -> None:
    tree, dtype = session(locale, CLOCK).tree(method, {})
    assert replay(tree, dtype, method, locale, {}, 200)


def test_another_methods_tree_is_refused() -> None:
    tree, dtype = session("en_US", CLOCK).tree("first_name", {})
    with pytest.raises(UnsupportedError, match=r"differ|otherwise"):
        replay(tree, dtype, "last_name", "en_US", {}, 40)


def test_a_single_wrong_word_is_refused() -> None:
    tree, dtype = session("en_US", CLOCK).tree("color_name", {})
    assert isinstance(tree, Leaf)
    tree.result.values[3] = "Nocolour"
    tree.result.__dict__.pop("table", None)
    try:
        with pytest.raises(UnsupportedError, match="differ"):
            replay(tree, dtype, "color_name", "en_US", {}, 2_000)
    finally:
        session.cache_clear()


def test_a_kernel_cannot_be_replayed() -> None:
    tree, dtype = session("en_US", CLOCK).tree("uuid4", {})
    assert not replay(tree, dtype, "uuid4", "en_US", {}, 5)


def test_ways_are_told_apart_as_late_as_may_be() -> None:
    tree, _ = session("en_US", CLOCK).tree("name", {})
    assert isinstance(tree, Branch)
    assert len(tree.children) < 20  # formats, not names


def test_the_recorder_logs_what_it_gives() -> None:
    source = Recorder(3)
    assert source.choice("abc") == "abc"[source.log[-1][1]]
    assert source.randint(5, 9) == source.log[-1][1][1]
    assert source.uniform(2.0, 4.0) == 2.0 + 2.0 * source.log[-1][1]
    assert source.sample("abcdef", 3) == ["abcdef"[i] for i in source.log[-1][1]]


def test_values_are_compared_in_the_types_of_columns() -> None:
    assert same(("a", 1), ["a", 1])
    assert same({"a": 0.5}, {"a": 0.5})
    assert not same(1, True)
    assert not same("a", "b")
    assert not same([1], [1, 2])
