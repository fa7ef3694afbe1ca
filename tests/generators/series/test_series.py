"""What is planted in a series is recovered from its values, and stands in its truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from synthgen.generators.series.noise import Remembering
from synthgen.generators.series.params import KINDS
from tests.conformance.doubles import RefusedError, column
from tests.plan.worlds import make, world

Floats = NDArray[np.float64]
AT = {"at": {"tick": {"from": "2026-01-05", "every": "1h"}}}
PLANTED = {
    "series": {"level": 100, "noise": {"sd": 1, "memory": 0.5}},
    "missing": {"rate": 0.04, "stretch": [3, 20]},
    "anomalies": {"rate": 0.05, "kinds": dict.fromkeys(KINDS, 1.0), "size": [4, 8], "stretch": [5, 30]},
}


def numbers(snippet: Any, n: int = 20_000, **more: Any) -> Floats:
    return column(snippet, others={**AT, **more}).values(n).cast(pl.Float64).to_numpy()


def told(part: str, n: int = 20_000, planted: Any = PLANTED) -> pl.Series:
    return column({"truth": "load", "part": part}, others={**AT, "load": planted}).values(n)


def wave(hours: Floats, period: float, peak: float) -> Floats:
    return np.cos(2 * np.pi * (hours - peak) / period)


def test_trend_and_seasons_are_recovered_by_least_squares() -> None:
    seasons = [{"every": "1d", "amplitude": 5, "peak": "15:00"}, {"every": "week", "amplitude": 2, "peak": "sat 12:00"}]
    noise = {"sd": 0.5, "memory": 0.6}
    y = numbers({"series": {"level": 20, "trend": 0.1, "seasons": seasons, "noise": noise}})
    hours = np.arange(len(y), dtype=np.float64)
    columns = [np.ones(len(y)), hours / 24]
    for period in (24, 168):
        columns += [wave(hours, period, 0), wave(hours, period, period / 4)]
    design = np.stack(columns, axis=1)
    found, *_ = np.linalg.lstsq(design, y, rcond=None)
    level, trend, day_cos, day_sin, week_cos, week_sin = found
    assert level == pytest.approx(20, abs=0.06) and trend == pytest.approx(0.1, abs=2e-4)
    assert np.hypot(day_cos, day_sin) == pytest.approx(5, abs=0.05)
    assert np.arctan2(day_sin, day_cos) * 24 / 2 / np.pi % 24 == pytest.approx(15, abs=0.05)
    assert np.hypot(week_cos, week_sin) == pytest.approx(2, abs=0.05)
    assert np.arctan2(week_sin, week_cos) * 168 / 2 / np.pi % 168 == pytest.approx(5 * 24 + 12, abs=1)
    rest = y - design @ found
    assert rest.std() == pytest.approx(0.5, rel=0.03)
    assert np.corrcoef(rest[1:], rest[:-1])[0, 1] == pytest.approx(0.6, abs=0.02)


def test_statsmodels_takes_it_apart() -> None:
    from statsmodels.tsa.seasonal import seasonal_decompose

    y = numbers(
        {"series": {"level": 50, "trend": 0.2, "seasons": [{"every": "1d", "amplitude": 4}], "noise": 0.5}}, 4800
    )
    parts = seasonal_decompose(y, period=24)
    hours = np.arange(4800.0)
    assert np.abs(parts.seasonal - 4 * wave(hours, 24, 0)).max() < 0.2
    inside = ~np.isnan(parts.trend)
    assert np.abs(parts.trend - (50 + 0.2 * hours / 24))[inside].max() < 0.5
    assert np.nanstd(parts.resid) == pytest.approx(0.5, rel=0.05)


def test_statsmodels_takes_a_multiplicative_series_apart() -> None:
    from statsmodels.tsa.seasonal import seasonal_decompose

    series = {"level": 50, "trend": 0.005, "seasons": [{"every": "1d", "amplitude": 0.3}], "noise": 0.02}
    y = numbers({"series": {**series, "multiplicative": True}}, 4800)
    parts = seasonal_decompose(y, model="multiplicative", period=24)
    hours = np.arange(4800.0)
    assert np.abs(parts.seasonal - (1 + 0.3 * wave(hours, 24, 0))).max() < 0.01
    inside = ~np.isnan(parts.trend)
    assert np.abs(parts.trend / (50 * 1.005 ** (hours / 24)) - 1)[inside].max() < 0.02


def test_a_shape_steps_through_its_period_from_monday_on() -> None:
    shape = [1, 2, 3, 4, 5, -10, -20]
    y = numbers({"series": {"level": 0, "seasons": [{"every": "7d", "shape": shape}]}}, 24 * 14)  # 2026-01-05: a Monday
    assert y.reshape(14, 24)[:, 0].tolist() == shape * 2 and (y.reshape(14, 24).std(axis=1) == 0).all()


def test_holidays_multiply_their_days() -> None:
    y = numbers({"series": {"level": 10, "holidays": {"factor": 0.5, "dates": ["01-06", "2026-01-08"]}}}, 24 * 400)
    days = y.reshape(400, 24)
    assert np.flatnonzero(days[:, 0] == 5).tolist() == [1, 3, 366]  # 2026-01-06, 2026-01-08, 2027-01-06
    assert set(days.ravel()) == {5.0, 10.0}


def test_holidays_of_a_country_are_known() -> None:
    y = numbers({"series": {"level": 10, "holidays": {"factor": 2, "country": "DE", "subdivision": "BY"}}}, 24 * 360)
    days = np.flatnonzero(y.reshape(360, 24)[:, 0] == 20)
    assert {1, 88, 116, 353 - 8} & set(days.tolist()) >= {1, 116}  # Epiphany in Bavaria, 1 May
    assert 10 <= len(days) <= 16


def test_seasons_go_by_the_wall_clock() -> None:
    series = {"series": {"level": 0, "seasons": [{"every": "1d", "amplitude": 1, "peak": "15:00"}]}}
    y = numbers({**series, "timezone": "Europe/Berlin"}, 24 * 200).reshape(200, 24)
    assert set(y[:80].argmax(axis=1)) == {14} and set(y[90:].argmax(axis=1)) == {13}  # summer time from 29 March on
    zones = {"choice": ["Asia/Tokyo", "UTC"]}
    mixed = numbers({**series, "timezone": "zone"}, 24 * 200, zone=zones)
    zone = column(zones, others=AT, column="zone").values(24 * 200)
    expected = np.where(
        zone == "UTC", numbers(series, 24 * 200), numbers({**series, "timezone": "Asia/Tokyo"}, 24 * 200)
    )
    assert np.array_equal(mixed, expected)


def test_regimes_change_level_trend_and_noise() -> None:
    regimes = [{"from": "2026-01-15", "shift": 7}, {"from": "2026-01-25", "trend": -2, "noise": 3}]
    y = numbers({"series": {"level": 0, "trend": 1}, "regimes": regimes}, 24 * 40).reshape(40, 24)[:, 0]
    assert y[9] == 9 and y[10] == 17 and y[19] == 26
    assert y[20] == 20 and y[25] == 10
    turns = [{"from": "2026-01-15", "trend": 2}, {"from": "2026-01-25", "trend": -1}, {"from": "2026-01-30"}]
    bent = numbers({"series": {"level": 0, "trend": 1}, "regimes": turns}, 24 * 40).reshape(40, 24)[:, 0]
    assert np.diff(bent).tolist() == [1] * 10 + [2] * 10 + [-1] * 5 + [1] * 14
    grown = {"level": 1, "trend": 0.1, "multiplicative": True}
    turn = {"from": "2026-01-15", "trend": -0.2, "shift": 1}
    pace = numbers({"series": grown, "regimes": [turn]}, 24 * 20)[::24]
    assert pace[1:10] / pace[:9] == pytest.approx([1.1] * 9) and pace[11:] / pace[10:-1] == pytest.approx([0.8] * 9)
    assert pace[10] / pace[9] == pytest.approx(2.2)
    quiet = numbers({"series": {"level": 0, "noise": 1}, "regimes": regimes[1:]}, 9600)
    assert quiet[480:].std() > 2.8
    assert np.std(quiet[:480]) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("memory", [0.8, 0.3, -0.7, 0.99, 0.0])
def test_noise_has_the_autocorrelation_that_is_stated(memory: float) -> None:
    z = numbers({"series": {"noise": {"sd": 2, "memory": memory}}}, 200_000)
    stated = Remembering(memory)
    error = 4 * np.sqrt((1 + abs(memory)) / (1 - abs(memory)) / len(z))
    assert z.mean() == pytest.approx(0, abs=2 * error) and z.std() == pytest.approx(2, rel=2 * error)
    for lag in (1, 2, 5, stated.window):
        assert np.corrcoef(z[lag:], z[:-lag])[0, 1] == pytest.approx(stated.autocorrelation(lag), abs=2 * error)
    assert abs(stated.autocorrelation(stated.window)) == 0
    assert stated.autocorrelation(1) == pytest.approx(memory, abs=0.001)


def test_missing_stretches_have_their_rate_and_lengths() -> None:
    made = column(PLANTED, others=AT, column="load").values(200_000)
    gone = made.is_null().to_numpy()
    assert gone.mean() == pytest.approx(0.04, abs=0.004)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], gone.astype(np.int8), [0]])))
    lengths = (edges[1::2] - edges[::2])[1:-1]
    assert lengths.min() == 3 and lengths.max() <= 40  # neighbours may touch
    assert np.median(lengths) == pytest.approx(11.5, abs=2)
    assert told("missing", 200_000).to_numpy().tolist() == gone.tolist()


def test_anomalies_are_where_the_truth_says_and_nowhere_else() -> None:
    n = 200_000
    y = column(PLANTED, others=AT, column="load").values(n).to_numpy()
    quiet = column({"series": PLANTED["series"]}, others=AT, column="load").values(n).to_numpy()
    kind, flag = told("kind", n), told("flag", n).to_numpy()
    assert (kind.is_not_null().to_numpy() == flag).all()
    assert not flag[np.isnan(y)].any()
    changed = (y != quiet) & ~np.isnan(y)
    assert not changed[~flag].any()
    assert flag.sum() / n == pytest.approx(0.05 * 0.96, abs=0.006)
    rough = (kind.to_numpy() != "stuck") & flag  # a stuck window begins with a row as it is
    assert changed[rough].all()
    assert set(kind.drop_nulls().unique()) == set(KINDS)
    frame = pl.DataFrame({"kind": kind, "y": y, "quiet": quiet, "window": told("window", n)})
    windows = frame.drop_nulls().group_by("kind", "window").agg(pl.len(), by=pl.col("y") - pl.col("quiet"), y="y")
    shares = windows.group_by("kind").len()["len"]
    assert shares.min() > 0.7 * shares.max()  # type: ignore[operator]
    for what, _, rows, by, values in windows.iter_rows():
        if what in ("spike", "drop"):
            assert rows == 1 and 4 <= (by[0] if what == "spike" else -by[0]) <= 8
        if what == "level_shift":
            assert max(by) - min(by) < 1e-9 and 4 <= abs(by[0]) <= 8
        if what == "drift":
            assert (np.diff(np.abs(by)) > 0).all() and len({x > 0 for x in by}) == 1 and abs(by[-1]) <= 8
        if what == "stuck":
            assert len(set(values)) == 1


def test_clean_values_hold_no_noise_no_gap_and_no_anomaly() -> None:
    assert told("clean").to_list() == [100.0] * 20_000
    assert told("trend").to_list() == [100.0] * 20_000 and set(told("season")) == {0.0}
    y = column({"series": PLANTED["series"]}, others=AT, column="load").values(20_000)
    assert np.allclose(told("noise").to_numpy(), y.to_numpy() - 100)


def test_a_truth_file_names_every_planted_row() -> None:
    made = column(PLANTED, others=AT, column="load")
    rows = made.rows(20_000)
    lines = pl.DataFrame({name: c.values for name, c in made.generator.truth_rows(rows).items()})
    y, normal = made.values(20_000), told("normal")
    gone, kind = lines.filter(pl.col("kind") == "missing"), told("kind")
    assert gone["row"].to_list() == y.is_null().arg_true().to_list()
    assert lines.filter(pl.col("kind") != "missing")["row"].to_list() == kind.is_not_null().arg_true().to_list()
    assert lines["normal"].equals(normal.gather(lines["row"]), check_names=False)
    stretches = gone.group_by("window").agg(pl.len(), span=pl.col("row").max() - pl.col("row").min() + 1)
    assert (stretches["len"] == stretches["span"]).all() and stretches["len"].max() == 20
    part = made.generator.truth_rows(rows.take(np.arange(500, 900)))
    assert part["row"].values.to_list() == lines.filter(pl.col("row").is_between(500, 899))["row"].to_list()
    assert column({"series": {"noise": 1}}, others=AT).generator.truth_rows(rows) is None


def test_range_saturates_and_decimals_are_exact() -> None:
    made = column({"series": {"level": 10, "noise": 5}, "range": [5, 12], "decimals": 1}, others=AT).values(5000)
    assert made.dtype == pl.Decimal(18, 1)
    assert float(made.min()) == 5 and float(made.max()) == 12  # type: ignore[arg-type]
    assert (made == 5).sum() > 500


def test_whole_numbers_are_rounded() -> None:
    made = column({"series": {"level": 10, "noise": 2}, "whole": True, "missing": {"rate": 0.1}}, others=AT).values(
        5000
    )
    plain = column({"series": {"level": 10, "noise": 2}}, others=AT).values(5000)
    assert made.dtype == pl.Int64 and made.null_count() > 300
    assert ((made - plain).abs().drop_nulls() <= 0.5).all()


def test_levels_are_drawn_once_per_parent(tmp_path: Path) -> None:
    tables = """
    stores: {rows: 40, key: id, columns: {id: {id: int}, base: {uniform: [100, 200]}}}
    days:
      per: stores
      count: {constant: 30}
      columns:
        store: {ref: stores}
        at: {tick: {from: 2026-01-01, every: 1d}}
        drawn: {series: {level: {uniform: [10, 30]}}}
        read: {series: {level: stores.base, seasons: [{every: week, amplitude: {uniform: [1, 9]}}]}}
    """
    made = make(tmp_path, tables)
    per = made["days"].group_by("store").agg(pl.col("drawn").n_unique(), pl.col("drawn").first().alias("value"))
    assert per["drawn"].to_list() == [1] * 40 and per["value"].n_unique() == 40
    both = made["days"].join(made["stores"], left_on="store", right_on="id")
    swing = both.with_columns(by=(pl.col("read") - pl.col("base")).abs()).group_by("store").agg(pl.col("by").max())
    assert swing["by"].n_unique() == 40 and swing["by"].is_between(0.9, 9).all()


def test_the_truth_stands_in_the_plan(tmp_path: Path) -> None:
    tables = """
    t:
      rows: 5
      columns:
        at: {tick: {from: 2026-01-01, every: 1d}}
        y: {series: {level: 3, noise: {sd: 1, memory: 0.5}}, anomalies: {rate: 0.1, kinds: [spike]}}
    """
    truth = world(tmp_path, tables).plan.tables["t"].columns["y"].generator.truth  # type: ignore[attr-defined]
    assert truth["series"] == {"level": 3.0, "noise": {"sd": 1.0, "memory": 0.5}}
    assert truth["anomalies"]["rate"] == 0.1
    assert truth["noise"]["autocorrelation"]["1"] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"series": {"level": 1}, "over": "when"}, "there is no column 'when'"),
        ({"series": {"level": 1}, "over": "total"}, "not a date or datetime"),
        ({"series": {"trend": 1}, "over": "signup_at"}, "nothing says when the trend begins"),
        ({"series": {"level": "tier"}}, "'tier' is String, not a number"),
        ({"series": {"level": {"choice": ["a"]}}}, "not a number"),
        ({"series": {"seasons": [{"every": "1d"}]}}, "either an amplitude"),
        ({"series": {"seasons": [{"every": "1d", "amplitude": 1, "peak": "26:00"}]}}, "not a place in a season"),
        ({"series": {"seasons": [{"every": "1d", "amplitude": 1, "peak": "sun"}]}}, "outside a season"),
        ({"series": {"level": 1}, "anomalies": {"rate": 0.1}}, "there is none"),
        ({"series": {"noise": 1}, "anomalies": {"rate": 0.1, "kinds": ["spikes"]}}, "kinds"),
        ({"series": {"noise": 1}, "anomalies": {"rate": 0.9, "kinds": ["spike", "drift"]}}, "cover at most"),
        ({"series": {"noise": 1}, "missing": {"rate": 0.9, "stretch": [1, 20]}}, "cover at most"),
        ({"series": {"noise": 1}, "missing": {"rate": 0.1, "stretch": [20, 3]}}, "the least first"),
        ({"series": {"noise": 1}, "over": "signup_at", "anomalies": {"rate": 0.1, "kinds": ["stuck"]}}, "needs ticks"),
        ({"series": {"level": 0, "multiplicative": True}}, "a level of 0 stays 0"),
        ({"series": {"level": 1, "multiplicative": True, "seasons": [{"every": "1d", "amplitude": 5}]}}, "not above 0"),
        ({"series": {"noise": {"sd": 1, "memory": 1}}}, "less than or equal to 0.999"),
        ({"series": {"level": 1}, "timezone": "Berlin"}, "there is no column 'Berlin'"),
        ({"series": {"level": 1}, "whole": True, "decimals": 2}, "contradict each other"),
        ({"series": {"level": 1}, "regimes": [{"from": "2026-02-01"}, {"from": "2026-01-01"}]}, "order of time"),
        ({"series": {"level": 1, "holidays": {"factor": 0, "dates": ["13-01"]}}}, "not a day of the year"),
        ({"series": {"level": 1, "holidays": {"factor": 0, "country": "XX"}}}, "no calendar of holidays is known"),
        ({"series": {"level": 1, "holidays": {"factor": 0}}}, "which days are holidays"),
        ({"truth": "total"}, "nothing is planted in 'total'"),
        ({"truth": "load", "part": "kinds"}, "no part 'kinds'"),
    ],
)
def test_first_mistakes(snippet: Any, words: str) -> None:
    from tests.conformance.doubles import OTHERS

    with pytest.raises(RefusedError) as caught:
        column(snippet, others={**OTHERS, **AT})
    assert words in str(caught.value)
