"""Cells of child tables over time are functions of (parent, ordinal), whatever else is made with them."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import synthgen.plan.world
from synthgen.plan.compile import compile_recipe
from synthgen.plan.world import World
from tests.plan.worlds import CLOCK, Frames, at, frames, problems, read, world, write

TIME = """
city:
  rows: 5000
  key: at
  columns:
    at: {tick: {from: 2026-01-01, every: 1h}}
    load:
      series: {level: 50, seasons: [{every: 1d, amplitude: 9}], noise: {sd: 1, memory: 0.9}}
      timezone: Europe/Berlin
      missing: {rate: 0.05, stretch: [2, 6]}
      anomalies: {rate: 0.1, kinds: [stuck, drift], stretch: [3, 9]}
    kind: {truth: load, part: kind}
    tariff: {changing: {uniform: [0, 1]}, stay: 0.9}
sensors:
  rows: 150
  key: sensor_id
  columns:
    sensor_id: {id: int}
    since: {datetime: {from: "2025-01-01", to: "2026-01-01"}}
    base: {uniform: [10, 30]}
    tier: {choice: [x, y]}
readings:
  per: sensors
  count: {when: {"tier = 'y'": {constant: 90}}, else: {poisson: 30}}
  key: [sensor_id, at]
  columns:
    sensor_id: {ref: sensors}
    at: {tick: {from: sensors.since, every: 6h}, jitter: 1h}
    month: {tick: {from: sensors.since, every: month}}
    load:
      series:
        level: sensors.base
        trend: {uniform: [-1, 1]}
        seasons: [{every: 1d, amplitude: {uniform: [2, 5]}}]
        noise: {sd: 1, memory: 0.8}
      missing: {rate: 0.05, stretch: [2, 6]}
      anomalies: {rate: 0.2, kinds: [spike, drop, level_shift, drift, stuck, noise], stretch: [3, 9]}
    kind: {truth: load, part: kind}
    window: {truth: load, part: window}
    clean: {truth: load, part: clean}
    rough: {series: {noise: {sd: 2, memory: -0.6}}, null: 0.1}
    either: {when: {"kind is null": {series: {level: 1, noise: {sd: 1, memory: 0.5}}}}, else: {constant: 0}}
visits:
  per: sensors
  count:
    arrivals:
      rate: {uniform: [0.02, 0.2]}
      from: since
      weekdays: {mon-fri: 1, sat: 3}
      timezone: Europe/Berlin
      half_life: 90d
  columns: {sensor_id: {ref: sensors}, at: {arrivals: time}, n: {id: ordinal}}
steps:
  per: visits
  count:
    walk:
      start: {a: 0.7, b: 0.3}
      moves: {a: {b: 0.5, c: 0.2, exit: 0.3}, b: {a: 0.6, exit: 0.4}, c: {}}
      dwell: {else: {exponential: 40s}, b: {uniform: [1s, 9s]}}
      when: {"n = 1": {moves: {a: {b: 1}}, dwell: {a: {exponential: 1h}}}}
  columns:
    state: {walk: state}
    previous: {walk: previous}
    next: {walk: next}
    at: {walk: time, from: visits.at}
    stay: {walk: dwell}
life:
  per: sensors
  count:
    walk:
      start: new
      moves: {new: {used: 1}, used: {idle: 0.7, broken: 0.3}, idle: {used: 1}, broken: {}}
      dwell: {else: {exponential: 60d}}
      from: since
      until: clock
  columns: {sensor_id: {ref: sensors}, state: {walk: state}, at: {walk: time}, stay: {walk: dwell}, next: {walk: next}}
versions:
  per: sensors
  count: {history: {from: since, every: {exponential: 60d}}}
  key: [sensor_id, version]
  columns:
    sensor_id: {ref: sensors}
    version: {history: number}
    valid_from: {history: from}
    valid_to: {history: to}
    current: {history: current}
    place: {changing: {choice: [north, south, east]}, stay: 0.6}
    base: {changing: {when: {"sensors.tier = 'x'": {uniform: [0, 1]}}, else: {uniform: [5, 6]}}, stay: 0.9}
    owner: {changing: {uniform: [0, 1]}, stay: 1}
months:
  per: sensors
  count: {retention: {curve: {1: 0.8, 12: 0.3}, from: since}}
  key: [sensor_id, month]
  columns: {sensor_id: {ref: sensors}, month: {tick: {from: sensors.since, every: month}}, out: {retention: churned}}
"""
CHILDREN = ("city", "readings", "visits", "steps", "life", "versions", "months")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("time"), TIME)


@pytest.fixture(scope="module")
def whole(made: World) -> Frames:
    return frames(made)


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    assert one.height == other.height and one.schema == other.schema
    return all(one[c].equals(other[c], null_equal=True) for c in one.columns)


def test_there_is_enough_to_compare(whole: Frames) -> None:
    for name in CHILDREN:
        assert whole[name].height > 300, name


@pytest.mark.parametrize("partition_rows", [1_000, 777])
def test_partitions_change_nothing(partition_rows: int, tmp_path: Path, whole: Frames) -> None:
    parts = frames(world(tmp_path, TIME), partition_rows)
    assert all(same(whole[name], parts[name]) for name in CHILDREN)


@pytest.mark.parametrize("block", [1, 64])
def test_blocks_change_nothing(block: int, tmp_path: Path, whole: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthgen.plan.world, "BLOCK", block)
    fresh = world(tmp_path, TIME)
    for name in CHILDREN:
        assert fresh.size(name) == whole[name].height
        some = random.Random(block).sample(range(whole[name].height), 60)
        assert same(at(fresh, name, some), whole[name][some]), name


@pytest.mark.parametrize("name", CHILDREN)
def test_scattered_rows_equal_contiguous_ones(name: str, made: World, whole: Frames) -> None:
    some = random.Random(3).sample(range(whole[name].height), 200)
    assert same(at(made, name, some), whole[name][some])
    one = some[7]
    assert same(at(made, name, [one]), whole[name][[one]])


def test_columns_alone_and_in_another_order_are_the_same(made: World, tmp_path: Path, whole: Frames) -> None:
    for name in CHILDREN:
        fresh = world(tmp_path, TIME)
        part = fresh.rows_at(name, made.rows(name, 0, 150).numbers)
        for column in reversed(whole[name].columns):
            assert part.column(column).values.equals(whole[name][column].head(150), null_equal=True), (name, column)


def test_a_stuck_series_may_read_columns_of_its_parent_only(tmp_path: Path) -> None:
    stuck = "anomalies: {rate: 0.2, kinds: [drift, stuck], stretch: [3, 9]}"
    tables = """
    p: {rows: 3, key: id, columns: {id: {id: int}, on: {date: {from: 2026-01-01, to: 2026-02-01}}}}
    c:
      per: p
      count: {constant: 90}
      columns:
        p: {ref: p}
        on: {date: {from: 2026-01-01, to: 2026-02-01}}
        at: {tick: {from: 2026-01-01, every: 1d}}
        y: {series: {level: 5, noise: 1}, regimes: [{from: %s, shift: 9}], %s}
    """
    assert problems(tmp_path, tables % ("p.on", stuck)) == []
    refused = problems(tmp_path, tables % ("on", stuck))
    assert [p.code for p in refused] == ["contradiction"] and "'stuck' repeats" in refused[0].message


def test_the_index_keeps_no_draws(tmp_path: Path) -> None:
    fresh = world(tmp_path, TIME)
    assert fresh.size("steps") > 300 and fresh.size("life") > 300
    kept = [part for block in fresh._skeletons.values() for part in block.values()]
    assert kept and not any(part.memos for part in kept)


def test_the_clock_adds_rows_and_changes_none(tmp_path: Path, whole: Frames) -> None:
    """What happened by an earlier day is the same whenever one looks."""
    path = write(tmp_path, TIME)
    path.write_text(path.read_text(encoding="utf-8").replace(CLOCK, "2026-06-01T00:00:00Z"), encoding="utf-8")
    then = datetime(2026, 6, 1)
    early = frames(World(compile_recipe(read(path))))
    for name, when, columns in (
        ("visits", "at", ["sensor_id", "at", "n"]),
        ("life", "at", ["sensor_id", "state", "at"]),
        ("versions", "valid_from", ["sensor_id", "version", "valid_from", "place", "base"]),
        ("months", "month", ["sensor_id", "month"]),
    ):
        assert 0 < early[name].height < whole[name].height
        assert same(early[name].select(columns), whole[name].filter(pl.col(when) <= then).select(columns)), name


def test_more_parents_and_columns_change_nothing(tmp_path: Path, whole: Frames) -> None:
    more = TIME.replace("    kind: {truth", "    extra: {normal: {mean: 0, sd: 1}}\n    kind: {truth", 1)
    grown = frames(world(tmp_path, more, rows={"sensors": 170}))
    for name in CHILDREN:
        kept = grown[name].head(whole[name].height).select(whole[name].columns)
        assert same(whole[name], kept), name
