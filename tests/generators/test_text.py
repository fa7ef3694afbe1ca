from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.doubles import RefusedError, column


def test_sentences() -> None:
    values = column({"text": "sentence"}).values(500)
    assert values.str.contains(r"^[A-Z][a-z ]+\.$").all()
    assert values.n_unique() > 400


def test_amounts() -> None:
    paragraphs = column({"text": {"sentences": [2, 4]}}).values(500)
    assert set(paragraphs.str.count_matches(r"\.")) == {2, 3, 4}
    words = column({"text": {"words": [2, 5]}}).values(500)
    assert set(words.str.split(" ").list.len()) == {2, 3, 4, 5}
    assert set(column({"text": {"words": 3}}).values(50).str.split(" ").list.len()) == {3}


@given(st.sampled_from(["word", "sentence", "paragraph"]), st.integers(1, 300))
def test_max_length_holds(kind: str, limit: int) -> None:
    values = column({"text": kind, "max_length": limit}).values(100)
    assert values.str.len_chars().max() <= limit  # type: ignore[operator]  # polars types it loosely
    assert values.str.len_chars().min() >= 1  # type: ignore[operator]


def test_single_texts_are_coded_and_enumerable() -> None:
    made = column({"text": "word"})
    assert made.make(5).codes is not None
    assert made.nth(range(made.generator.capacity)).n_unique() == made.generator.capacity
    assert column({"text": "paragraph"}).generator.capacity is None


@pytest.mark.parametrize(
    "text", ["words", {"words": 1, "sentences": 2}, {}, {"words": 0}, {"words": [3, 2]}, {"sentences": [1, 2, 3]}]
)
def test_problems(text: Any) -> None:
    with pytest.raises(RefusedError):
        column({"text": text})
