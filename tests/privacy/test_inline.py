"""Comments that let a line pass, in any comment style."""

from __future__ import annotations

import doctest

import pytest

from synthgen.privacy import inline


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("x  # synthgen: allow", frozenset()), ("/* synthgen:allow */", frozenset()),
        ("synthgen: allow this is our own", frozenset()), ("synthgen: allow - URL of us", frozenset()),
        ("# synthgen: allow EMAIL_ADDRESS", {"EMAIL_ADDRESS"}),
        ("% synthgen: allow URL, US_SSN why", {"URL", "US_SSN"}),
        ("<!-- synthgen:  allow URL-->", {"URL"}), ("synthgen: allowed", None), ("synthgen: allow-list", None),
        ("synthgen: allow_all", None), ("synthgen allow", None), ("nothing", None),
        ("synthgen: allow URLs", frozenset()),
    ],
)  # fmt: skip
def test_what_a_comment_allows(text: str, entities: set[str] | None) -> None:
    assert inline.allowed(text) == entities


def test_a_misspelt_entity_lets_nothing_else_pass() -> None:
    assert not inline.lets_pass(inline.allowed("synthgen: allow EMIAL_ADDRESS"), "EMAIL_ADDRESS")
    assert inline.lets_pass(inline.allowed("synthgen: allow"), "EMAIL_ADDRESS")
    assert not inline.lets_pass(inline.allowed("synthgen: allow"), None)


def test_examples() -> None:
    assert doctest.testmod(inline).failed == 0
