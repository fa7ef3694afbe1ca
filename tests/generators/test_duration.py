from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.conformance.doubles import RefusedError, column

READ = TypeAdapter(timedelta)  # reads ISO 8601 and clocks


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 400_000), st.sampled_from(["second", "minute", "hour"]))
def test_all_forms_say_the_same(low: int, more: int, precision: str) -> None:
    snippet = {"duration": [f"{low}s", f"{low + more + 3600}s"], "precision": precision}
    iso, clock, seconds = (column({**snippet, "as": form}).values(100) for form in ("iso", "clock", "seconds"))
    unit = {"second": 1, "minute": 60, "hour": 3600}[precision]
    for text, at, count in zip(iso, clock, seconds, strict=True):
        assert low <= count <= low + more + 3600 and count % unit == 0
        assert READ.validate_python(text).total_seconds() == count
        hours, minutes, rest = (int(x) for x in at.split(":"))
        assert hours * 3600 + minutes * 60 + rest == count and minutes < 60 > rest


def test_ends_are_reached_and_zero_is_written() -> None:
    assert set(column({"duration": ["0s", "2s"]}).values(200)) == {"PT0S", "PT1S", "PT2S"}
    assert set(column({"duration": ["90m", "90m"]}).values(3)) == {"PT1H30M"}


def test_of_a_generator() -> None:
    made = column({"duration": {"exponential": "1h"}, "as": "seconds", "precision": "minute"})
    values = made.values(20_000)
    assert (values % 60 == 0).all() and values.mean() == pytest.approx(3570, rel=0.03)
    assert made.generator.dtype == pl.Int64()


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"duration": ["1h"]}, "least, most"),
        ({"duration": [60, 90]}, "duration"),
        ({"duration": ["2h", "1h"]}, "reversed"),
        ({"duration": ["-2h", "1h"]}, "never negative"),
        ({"duration": {"uniform": [1, 5]}}, "not durations"),
        ({"duration": {"normal": {"mean": "1h", "sd": "1h"}}}, "can be negative"),
        ({"duration": ["61s", "119s"], "precision": "minute"}, "no whole minute"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
