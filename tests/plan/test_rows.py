"""What a generator sees of its rows: a subset, in any order, has the ids, streams, values and parents of its rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from synthgen.plan.rows import Slice, SliceRows
from synthgen.plan.world import World
from tests.plan.worlds import world

TABLES = """
a: {rows: 50, key: id, columns: {id: {id: int}, tier: {choice: [x, y, z]}}}
b: {per: a, count: {integer: [0, 4]}, key: id, columns: {id: {id: int}, a: {ref: a}, n: {integer: [1, 99]}}}
c: {per: b, count: {poisson: 2}, columns: {v: {integer: [1, 9]}, tier: {copy: a.tier}, of: {expr: "n"}, n: {copy: b.n}}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("rows"), TABLES, "locale: {en_US: 0.5, de_DE: 0.3, fr_FR: 0.2}\n")


def parts(made: World) -> dict[str, Slice]:
    b = made.rows("a", 0, 50).child("b")
    return {"children": b, "scattered": made.rows_at("b", np.array([9, 3, 30, 31, 8, 3], np.uint64))}


@pytest.mark.parametrize("which", ["children", "scattered"])
def test_a_subset_is_the_rows_that_it_names(which: str, made: World) -> None:
    part = parts(made)[which]
    rows = SliceRows(part, "n", owner=part.planned.columns["n"])
    index = np.array([4, 1, 5])
    some = rows.take(index)
    again = some.take(np.array([2, 0]))
    for chosen, where in ((some, index), (again, index[[2, 0]])):
        assert chosen.table == "b" and chosen.count == len(where)
        assert chosen.numbers.tolist() == rows.numbers[where].tolist()
        assert chosen.ids.tolist() == rows.ids[where].tolist()
        assert chosen.bits("s").tolist() == rows.bits("s")[where].tolist()
        assert chosen.scoped("deep").bits().tolist() == rows.scoped("deep").bits()[where].tolist()
        assert chosen.parent_ids().tolist() == rows.parent_ids()[where].tolist()
        for mine, theirs in zip(chosen.parent_rows(), rows.parent_rows(), strict=True):
            assert mine.tolist() == theirs[where].tolist()
        assert chosen.locales[0] == ("en_US", "de_DE", "fr_FR")
        assert chosen.locales[1].tolist() == rows.locales[1][where].tolist()


def test_parents_and_ordinals(made: World) -> None:
    part = made.rows("a", 10, 30).child("b")
    parents, ordinals = SliceRows(part, "x").parent_rows()
    assert (np.diff(parents) >= 0).all() and parents.min() >= 10 and parents.max() < 40
    for parent in np.unique(parents):
        assert ordinals[parents == parent].tolist() == list(range((parents == parent).sum()))
    assert part.column("a").values.to_list() == (parents + 1).tolist()


def test_children_of_a_subset(made: World) -> None:
    part = made.rows("a", 0, 50)
    rows = SliceRows(part, "x")
    for table, depth in (("b", 1), ("c", 2)):
        column = "n" if depth == 1 else "v"
        values, owner = rows.children(table, column)
        mine, own = rows.take(np.array([7, 2, 30])).children(table, column)
        for place, row in enumerate((7, 2, 30)):
            assert (
                mine.gather(np.flatnonzero(own == place)).to_list()
                == values.gather(np.flatnonzero(owner == row)).to_list()
            )
    assert rows.children("c", "")[1].tolist() == rows.children("c", "v")[1].tolist()


def test_slots_scopes_and_columns_have_streams_of_their_own(made: World) -> None:
    part = made.rows("a", 0, 50)
    rows, other = SliceRows(part, "x"), SliceRows(part, "y")
    streams = [rows.bits(), rows.bits("s"), rows.scoped("s").bits(), rows.scoped("s").scoped("t").bits(), other.bits()]
    assert len({tuple(s.tolist()) for s in streams}) == len(streams)
    assert rows.bits().tolist() == SliceRows(part, "x").bits().tolist()


def test_elements_of_lists(made: World) -> None:
    part = made.rows_at("b", np.array([5, 17, 6], np.uint64))
    part_again = made.rows_at("b", np.array([6, 5], np.uint64))
    rows, again = SliceRows(part, "n"), SliceRows(part_again, "n")
    elements = rows.expand(np.array([2, 0, 3]))
    assert elements.count == 5 and len(set(elements.ids.tolist())) == 5
    assert elements.numbers.tolist() == [5, 5, 6, 6, 6]
    assert again.expand(np.array([4, 2])).bits().tolist()[:3] == elements.bits().tolist()[2:]  # of row 6
    assert again.expand(np.array([4, 2])).bits().tolist()[4:] == elements.bits().tolist()[:2]  # of row 5
    inner = elements.expand(np.array([1, 1, 0, 2, 0]))
    assert inner.count == 4 and len({*inner.ids.tolist(), *elements.ids.tolist()}) == 9


def test_what_is_made_once_is_kept_per_rows_stream_and_scope(made: World) -> None:
    part = made.rows("a", 0, 50)
    rows = SliceRows(part, "x")
    calls: list[str] = []

    def make(name: str) -> str:
        calls.append(name)
        return name

    assert rows.memo("k", lambda: make("one")) == "one"
    assert SliceRows(part, "x").memo("k", lambda: make("two")) == "one"
    assert rows.memo("other", lambda: make("three")) == "three"
    assert rows.scoped("s").memo("k", lambda: make("four")) == "four"
    assert SliceRows(part, "y").memo("k", lambda: make("five")) == "five"
    assert rows.take(np.array([0])).memo("k", lambda: make("six")) == "six"
    assert SliceRows(made.rows("a", 0, 10), "x").memo("k", lambda: make("seven")) == "seven"
    assert calls == ["one", "three", "four", "five", "six", "seven"]


def test_columns_reached_through_parents_and_references(made: World) -> None:
    part = made.rows("a", 0, 50).child("b").child("c")
    assert part.column("n").values.equals(part.parent.column("n").values.gather(part.parent_index).alias("n"))
    assert part.column("of").values.equals(part.column("n").values.alias("of"))
    up = part.parent.parent.column("tier").values.gather(part.parent.parent_index[part.parent_index])
    assert part.column("tier").values.equals(up.alias("tier"))
    assert part.frame().keys() == {"v", "tier", "of", "n"} and len(part.column("v")) == part.count
    assert made.lookup("b", "n", np.array([3, -1, 0])).values.null_count() == 1
    assert made.lookup("b", "n", np.array([-1, -1])).values.to_list() == [None, None]
    assert made.lookup("b", "n", np.array([], np.int64)).values.dtype == pl.Int64
