import re
import uuid
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.doubles import RefusedError, column


def test_int_counts_from_one() -> None:
    assert column({"id": "int"}).values([0, 1, 41]).to_list() == [1, 2, 42]
    assert column({"id": "int", "start": 100}).values([0, 1]).to_list() == [100, 101]


def test_uuids_are_canonical_version_4_and_distinct() -> None:
    values = column({"id": "uuid"}).values(20_000)
    assert values.n_unique() == 20_000
    for text in values[:200]:
        assert str(uuid.UUID(text)) == text
        assert uuid.UUID(text).version == 4
    # every hex digit that is free takes all values
    digits = np.array([list(t) for t in values[:3000]])
    free = [i for i in range(36) if i not in (8, 13, 14, 18, 19, 23)]
    assert all(len(set(digits[:, i])) == 16 for i in free)
    assert set(digits[:, 19]) == set("89ab")


def test_uuids_of_different_seeds_differ() -> None:
    a, b = column({"id": "uuid"}, seed=1).values(2000), column({"id": "uuid"}, seed=2).values(2000)
    assert not set(a) & set(b)


@given(
    st.lists(st.integers(0, 2**40), min_size=1, max_size=30), st.integers(0, 12), st.sampled_from(["d", "x", "X", ""])
)
def test_formats_are_pythons(numbers: list[int], pad: int, kind: str) -> None:
    form = f"Ä-{{n:{f'0{pad}' if pad else ''}{kind}}}/€" if pad or kind else "Ä-{n}/€"
    made = column({"id": form})
    assert made.values(numbers).to_list() == [form.format(n=n + 1) for n in numbers]


def test_ordinals_count_within_the_parent() -> None:
    made = column({"id": "ordinal"}, per="orders")
    assert made.values(7).to_list() == [1, 2, 3, 1, 2, 3, 1]
    assert not made.generator.distinct
    with pytest.raises(RefusedError, match="no-parent"):
        column({"id": "ordinal"})


@pytest.mark.parametrize("form", ["PRD", "{n}{n}", "{m}", "{n:6d}", "{n:06f}", "", "UUID"])
def test_bad_formats_are_refused(form: str) -> None:
    with pytest.raises(RefusedError, match=re.escape("is not int, uuid, ordinal or text")):
        column({"id": form})


def test_what_cannot_fit_is_refused() -> None:
    with pytest.raises(RefusedError, match="36 characters"):
        column({"id": "uuid", "max_length": 35})
    with pytest.raises(RefusedError, match="10 characters"):
        column({"id": "PRD-{n:06d}", "max_length": 9})
    assert column({"id": "PRD-{n:06d}", "max_length": 10}).values(1).to_list() == ["PRD-000001"]


@pytest.mark.parametrize("snippet", [{"id": "int"}, {"id": "uuid"}, {"id": "x{n}"}])
def test_identifiers_say_that_they_are_distinct(snippet: Any) -> None:
    made = column(snippet)
    assert made.generator.distinct
    assert made.generator.dtype == (pl.Int64 if snippet["id"] == "int" else pl.String)
