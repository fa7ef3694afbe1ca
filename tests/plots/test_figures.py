from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from synthgen.plots.figures import Figure, Line, figures
from synthgen.plots.terminal import drawn

START = datetime(2026, 1, 1, tzinfo=UTC)


def only(frame: pl.DataFrame, **more: object) -> Figure:
    found = figures("t", frame, **more)  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def test_categories_are_bars_by_size_with_their_shares() -> None:
    figure = only(pl.DataFrame({"tier": ["a", "b", "b", None, "b"]}))
    assert (figure.kind, figure.labels, figure.shares) == ("bars", ["b", "a"], [0.75, 0.25])
    assert figure.note == "20.0% empty"


def test_many_categories_are_cut_and_the_note_says_so() -> None:
    values = [f"w{i}" for i in range(40) for _ in range(40 - i)]
    figure = only(pl.DataFrame({"word": values}))
    assert figure.labels == [f"w{i}" for i in range(12)]
    left_out = sum(40 - i for i in range(12, 40)) / len(values)
    assert figure.note == f"{left_out:.1%} are 28 others"


def test_text_that_differs_from_row_to_row_is_not_drawn() -> None:
    assert figures("t", pl.DataFrame({"name": [f"n{i}" for i in range(50)]})) == []


def test_identifiers_are_not_drawn() -> None:
    frame = pl.DataFrame({"id": list(range(50)), "x": [i / 7 for i in range(50)]})
    assert [f.title for f in figures("t", frame, identifiers=["id"])] == ["t.x"]


def test_a_histogram_holds_all_values_but_a_far_tail() -> None:
    figure = only(pl.DataFrame({"x": [*(float(i) for i in range(1000)), 1e6]}))
    assert figure.kind == "histogram" and figure.edges[-1] < 1001
    assert sum(figure.shares) == pytest.approx(0.989, abs=0.002)
    assert "lie beyond" in figure.note
    even = only(pl.DataFrame({"x": [float(i) for i in range(1000)]}))
    assert sum(even.shares) == pytest.approx(1) and even.note == ""


def test_few_whole_numbers_are_bars_in_their_order() -> None:
    figure = only(pl.DataFrame({"n": [3, 1, 1, 2, 10]}))
    assert (figure.kind, figure.labels) == ("bars", ["1", "2", "3", "10"])


def test_rows_that_follow_each_other_are_lines() -> None:
    times = [START + timedelta(hours=i) for i in range(30)]
    frame = pl.DataFrame(
        {
            "sensor": [1] * 30 + [2] * 30,
            "at": times * 2,
            "value": [float(i) for i in range(59)] + [None],
            "odd": [False] * 29 + [True] + [False] * 30,
        }
    )
    found = figures("t", frame, identifiers=["sensor"], parent="sensor", truths={"value": "odd"})
    lines = next(f for f in found if f.kind == "lines")
    assert [line.name for line in lines.lines] == ["sensor 1", "sensor 2"]
    assert lines.lines[0].marked == [29] and lines.lines[1].marked == []
    assert lines.lines[0].x[1] - lines.lines[0].x[0] == 3600
    assert math.isnan(lines.lines[1].y[-1])


def test_times_in_no_order_are_no_clock() -> None:
    times = [START + timedelta(hours=(i * 7) % 50) for i in range(50)]
    found = figures("t", pl.DataFrame({"at": times, "x": [i / 3 for i in range(50)]}))
    assert {f.kind for f in found} == {"histogram"}


def test_a_terminal_shows_labels_shares_and_notes() -> None:
    text = drawn([Figure("t.tier", "bars", labels=["basic", "vip\x1b[31m"], shares=[0.9, 0.1], note="2 % empty")], 80)
    head, basic, vip = text.splitlines()
    assert head == "t.tier  (2 % empty)"
    assert "90.0%" in basic and basic.count("█") > 8 * vip.count("█") > 0
    assert "\x1b" not in text


def test_a_terminal_draws_lines_and_histograms_within_its_width() -> None:
    line = Line("s", [0.0, 86400.0, 2 * 86400.0], [0.0, 5.0, 2.0], marked=[1])
    text = drawn(
        [
            Figure("t.x over at", "lines", lines=[line], time=True),
            Figure("t.y", "histogram", shares=[0.2, 0.8], edges=[0.0, 1.0, 2.0]),
        ],
        60,
    )
    assert "01-02 00:00" in text and "80.0" in text
    assert max(len(row) for row in text.splitlines()) <= 60
