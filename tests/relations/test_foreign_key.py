"""References lead to rows that exist, to the ones that were asked for, and never to the row itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import synthgen.plan.world
import synthgen.relations.foreign_key
from tests.plan.worlds import Frames, frames, make, orphans, pointed, problems, the_problem, world

LARGE = """
a: {rows: 70000, key: id, columns: {id: {id: int}}}
b: {rows: 3000, columns: {a: {ref: a, pick: {zipf: 0.9}}}}
"""
PARENT = "a: {rows: 200, key: id, columns: {id: {id: 'A-{n:04d}'}, n: {integer: [1, 50]}}}\n"


def test_uniform_picks_reach_every_row_about_equally(tmp_path: Path) -> None:
    made = make(tmp_path, PARENT + "b: {rows: 20000, columns: {a: {ref: a}}}")
    counts = made["b"]["a"].value_counts()["count"]
    assert orphans(made["b"], ["a"], made["a"], ["id"]) == 0
    assert len(counts) == 200 and counts.min() > 60 and counts.max() < 150  # type: ignore[operator]  # mean 100


@pytest.mark.parametrize("exponent", [0.5, 1.1, 3])
def test_zipf_picks_have_the_shares_of_their_law(exponent: float, tmp_path: Path) -> None:
    made = make(tmp_path, PARENT + f"b: {{rows: 40000, columns: {{a: {{ref: a, pick: {{zipf: {exponent}}}}}}}}}")
    assert orphans(made["b"], ["a"], made["a"], ["id"]) == 0
    shares = made["b"]["a"].value_counts(sort=True)["count"] / 40_000
    weights = [k**-exponent for k in range(1, 201)]
    for rank in (0, 1, 2):
        expected = weights[rank] / sum(weights)
        assert abs(shares[rank] - expected) < 5 * (expected / 40_000) ** 0.5 + 0.002, rank
    popular = made["b"]["a"].value_counts(sort=True)["a"][:3].to_list()
    assert popular != ["A-0001", "A-0002", "A-0003"]  # which rows are popular is random


def test_a_zipf_exponent_of_zero_is_uniform(tmp_path: Path) -> None:
    plain = make(tmp_path, PARENT + "b: {rows: 500, columns: {a: {ref: a}}}")
    zero = make(tmp_path, PARENT + "b: {rows: 500, columns: {a: {ref: a, pick: {zipf: 0}}}}")
    assert plain["b"].equals(zero["b"])


def test_nulls_have_their_share(tmp_path: Path) -> None:
    made = make(tmp_path, PARENT + "b: {rows: 10000, columns: {a: {ref: a, null: 0.25}, n: {copy: a.n}}}")
    assert 0.23 < made["b"]["a"].null_count() / 10_000 < 0.27
    assert (made["b"]["a"].is_null() == made["b"]["n"].is_null()).all()
    assert orphans(made["b"], ["a"], made["a"], ["id"]) == 0


def test_any_column_can_be_referred_to(tmp_path: Path) -> None:
    made = make(tmp_path, PARENT + "b: {rows: 300, columns: {n: {ref: a.n}, id: {copy: n.id}}}")
    pairs = made["b"].join(made["a"], on=["n", "id"], how="semi")
    assert pairs.height == 300  # the copy comes from the very row that was picked


# -- references into the own table


def test_a_reference_into_the_own_table_never_picks_its_own_row(tmp_path: Path) -> None:
    tables = """
    a:
      rows: 12
      key: id
      columns: {id: {id: int}, one: {ref: a}, skewed: {ref: a, pick: {zipf: 2}}, ring: {ref: a, unique: true}}
    b: {rows: 1, key: id, columns: {id: {id: int}, one: {ref: b}, ring: {ref: b, unique: true}}}
    c: {rows: 2, key: id, columns: {id: {id: int}, one: {ref: c}, ring: {ref: c, unique: true}}}
    """
    made = make(tmp_path, tables)
    for table in ("a", "c"):
        for name in set(made[table].columns) - {"id"}:
            assert made[table][name].null_count() == 0, name
            assert (made[table][name] != made[table]["id"]).all(), name
            assert made[table][name].is_in(made[table]["id"].implode()).all()
    assert made["b"].rows() == [(1, None, None)]
    assert made["a"]["ring"].n_unique() == 12
    assert sorted(made["c"]["ring"].to_list()) == [1, 2]


def test_a_unique_reference_into_the_own_table_is_one_ring(tmp_path: Path) -> None:
    made = make(tmp_path, "a: {rows: 1000, key: id, columns: {id: {id: int}, next: {ref: a, unique: true}}}")
    after = dict(made["a"].rows())
    seen, row = [1], after[1]
    while row != 1:
        seen.append(row)
        row = after[row]
    assert sorted(seen) == list(range(1, 1001))
    assert sum(abs(a - b) == 1 for a, b in after.items()) < 20  # in random order


# -- composite keys


def test_with_takes_the_row_that_the_other_column_picked(tmp_path: Path) -> None:
    tables = """
    orders: {rows: 40, key: id, columns: {id: {id: int}}}
    items:
      per: orders
      count: {integer: [1, 5]}
      key: [order_id, line]
      columns: {order_id: {ref: orders}, line: {integer: [1, 20]}, name: {choice: [x, y, z]}}
    returns:
      rows: 3000
      columns:
        line: {ref: items.line, with: order_id}
        order_id: {ref: items.order_id, pick: {zipf: 0.8}, null: 0.2}
        name: {copy: items.name}
    audits:
      per: returns
      count: {constant: 1}
      columns: {line: {ref: items.line, with: order_id}, order_id: {ref: items.order_id}}
    """
    made = make(tmp_path, tables)
    for table in ("returns", "audits"):
        assert orphans(made[table], ["order_id", "line"], made["items"], ["order_id", "line"]) == 0
        assert (made[table]["order_id"].is_null() == made[table]["line"].is_null()).all()
    found = made["returns"].drop_nulls().join(made["items"], on=["order_id", "line"], how="left")
    assert (found["name"] == found["name_right"]).all()
    assert 0.17 < made["returns"]["line"].null_count() / 3000 < 0.23


def test_children_refer_to_a_parent_with_a_composite_key(tmp_path: Path) -> None:
    tables = """
    sites: {rows: 30, key: [country, number], columns: {country: {choice: [DE, US]}, number: {integer: [1, 40]}}}
    rooms:
      per: sites
      count: {integer: [0, 3]}
      key: id
      columns:
        id: {id: int}
        country: {ref: sites.country}
        number: {ref: sites.number, with: country}
    """
    made = make(tmp_path, tables)
    per = made["rooms"].group_by("country", "number", maintain_order=True).len()
    assert orphans(made["rooms"], ["country", "number"], made["sites"], ["country", "number"]) == 0
    assert per.height > 15 and per["len"].max() <= 3  # type: ignore[operator]  # not empty
    order = made["sites"].with_row_index("i").join(per, on=["country", "number"])["i"].to_list()
    assert order == sorted(order)  # each parent's rows stand together, in the parents' order


# -- cycles between tables


def test_tables_may_refer_to_each_other(tmp_path: Path) -> None:
    tables = """
    staff:
      rows: 60
      key: id
      columns: {id: {id: int}, team: {ref: teams}, hired: {date: {from: 2020-01-01, to: 2024-01-01}}}
    teams:
      rows: 7
      key: id
      columns: {id: {id: 'T{n}'}, lead: {ref: staff, null: 0.2}, since: {copy: staff.hired}}
    """
    made = make(tmp_path, tables)
    assert orphans(made["staff"], ["team"], made["teams"], ["id"]) == 0
    assert orphans(made["teams"], ["lead"], made["staff"], ["id"]) == 0
    led = made["teams"].drop_nulls().join(made["staff"], left_on="lead", right_on="id")
    assert led.height >= 3 and (led["since"] == led["hired"]).all()


def test_parents_may_refer_to_their_children(tmp_path: Path) -> None:
    tables = """
    albums: {rows: 50, key: id, columns: {id: {id: int}, cover: {ref: photos, null: 0.1}, at: {copy: photos.at}}}
    photos:
      per: albums
      count: {poisson: 3}
      key: id
      columns: {id: {id: uuid}, album: {ref: albums}, at: {date: {from: 2020-01-01, to: 2024-01-01}}}
    """
    made = make(tmp_path, tables)
    assert orphans(made["albums"], ["cover"], made["photos"], ["id"]) == 0
    assert orphans(made["photos"], ["album"], made["albums"], ["id"]) == 0
    covers = made["albums"].drop_nulls().join(made["photos"], left_on="cover", right_on="id")
    assert covers.height > 30 and (covers["at"] == covers["at_right"]).all()


# -- tables without rows


def test_nothing_to_refer_to_is_a_problem_only_where_there_are_rows(tmp_path: Path) -> None:
    empty = "a: {rows: 0, key: id, columns: {id: {id: int}}}\n"
    fine = "b: {per: a, count: {poisson: 3}, key: id, columns: {id: {id: int}, a: {ref: a}, other: {ref: a}}}\n"
    made = make(tmp_path, empty + fine + "c: {rows: 3, columns: {a: {ref: a, null: 1}}}\n")
    assert made["b"].height == 0 and made["b"].schema["a"] == pl.Int64
    assert made["c"]["a"].to_list() == [None] * 3
    below = "b: {per: p, count: {constant: 0}, key: id, columns: {id: {id: int}}}\n"
    below += "c: {per: b, count: {constant: 2}, columns: {b: {ref: b}, a: {ref: a}}}\n"
    made = make(tmp_path, empty + "p: {rows: 3, key: id, columns: {id: {id: int}}}\n" + below)
    assert made["c"].height == 0
    problem = the_problem(tmp_path, empty + "c: {rows: 3, columns: {a: {ref: a}}}\n")
    assert problem.code == "empty-target" and pointed(tmp_path, problem).startswith("{ref: a}}}")
    childless = "a: {rows: 5, key: id, columns: {id: {id: int}}}\nb: {per: a, count: {constant: 0}, key: id, columns: "
    childless += "{id: {id: int}}}\nc: {rows: 3, columns: {b: {ref: b}}}\n"
    assert the_problem(tmp_path, childless).code == "empty-target"


# -- mistakes


@pytest.mark.parametrize(
    ("column", "code", "remedy", "at"),
    [
        ("{ref: aa}", "unknown-table", "did you mean 'a'?", "ref: aa}"),
        ("{ref: a.idd}", "unknown-column", "did you mean 'id'?", "ref: a.idd}"),
        ("{ref: two}", "no-single-key", "write ref: two.x", "ref: two}"),
        ("{ref: none}", "no-single-key", "write ref: none.z", "ref: none}"),
        ("{ref: two.y, with: id}", "bad-with", "name a column with 'ref: two'", "with: id}"),
        ("{ref: two.y, with: nope}", "unknown-column", "known: id, c, two.x, two.y", "{ref"),
        ("{ref: a, pick: {zipf: -1}}", "bad-value", None, "-1}}"),
        ("{ref: a, pick: {zpif: 1}}", "unknown-key", "did you mean 'zipf'?", "zpif"),
        ("{ref: a, pick: popular}", "wrong-type", None, "popular}"),
    ],
)
def test_mistakes_are_told(column: str, code: str, remedy: str | None, at: str, tmp_path: Path) -> None:
    others = "two: {rows: 9, key: [x, y], columns: {x: {id: int}, y: {id: int}}}\n"
    others += "none: {rows: 9, columns: {z: {id: int}}}\n"
    found = problems(tmp_path, PARENT + f"b: {{rows: 5, columns: {{id: {{id: int}}, c: {column}}}}}\n" + others)
    assert code in [p.code for p in found]
    problem = next(p for p in found if p.code == code)
    assert pointed(tmp_path, problem).startswith(at), problem.format()
    assert remedy is None or problem.remedy == remedy


def test_with_beside_pick_is_a_contradiction(tmp_path: Path) -> None:
    two = "two: {rows: 9, key: [x, y], columns: {x: {id: int}, y: {id: int}}}\n"
    for more in ("pick: {zipf: 1}", "where: 'parent.x > 3'"):
        problem = the_problem(
            tmp_path, two + f"b: {{rows: 5, columns: {{x: {{ref: two.x}}, y: {{ref: two.y, with: x, {more}}}}}}}"
        )
        assert problem.code == "contradiction" and pointed(tmp_path, problem).startswith("with: x")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    return frames(world(tmp_path_factory.mktemp("large"), LARGE))


def test_popularity_without_a_table_is_the_same(large: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets that are too long for tables are picked and looked up row by row, with the same result."""
    monkeypatch.setattr(synthgen.relations.foreign_key, "TABLE_LIMIT", 1000)
    monkeypatch.setattr(synthgen.plan.world, "KEEP_ROWS", 1000)
    assert make(tmp_path, LARGE)["b"].equals(large["b"])
