"""Where names lead: the own table first, then parents, then references; never to two places."""

from __future__ import annotations

import pytest

from synthgen.plan.model import Reference
from synthgen.plan.references import UnknownReferenceError, ancestors, link_of, resolve, splits, targets
from synthgen.recipe.model import TableSpec
from tests.plan.worlds import read, write

TABLES = """
a: {rows: 5, key: id, columns: {id: {id: int}, v: {integer: [1, 9]}}}
"dotted.name": {rows: 5, key: id, columns: {id: {id: int}, "w.x": {integer: [1, 9]}}}
b:
  per: a
  count: {constant: 1}
  key: id
  columns: {id: {id: int}, a: {ref: a, null: 0.5}, own: {ref: a}, v: {id: int}}
c:
  per: b
  count: {constant: 1}
  columns:
    skewed: {ref: b, pick: {zipf: 1}}
    b: {ref: b}
    product: {ref: products}
    other: {ref: products}
    x: {ref: two.x}
    y: {ref: two.y, with: x}
    d: {ref: dotted.name}
    "a.v": {constant: 1}
products: {rows: 5, key: id, columns: {id: {id: int}, price: {integer: [1, 9]}}}
two: {rows: 5, key: [x, y], columns: {x: {id: int}, y: {id: int}, z: {id: int}}}
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TableSpec]:
    return dict(read(write(tmp_path_factory.mktemp("references"), TABLES)).tables)


@pytest.mark.parametrize(
    ("table", "name", "found"),
    [
        ("b", "v", Reference("own", "b", "v")),
        ("b", "a.v", Reference("up", "a", "v", up=1)),
        ("b", "a.id", Reference("up", "a", "id", up=1)),
        ("c", "b.v", Reference("up", "b", "v", up=1)),
        ("c", "a.id", Reference("up", "a", "id", up=2)),
        ("c", "a.v", Reference("own", "c", "a.v")),  # its own column is called so
        ("c", "skewed.v", Reference("via", "b", "v", via="skewed")),
        ("c", "product.price", Reference("via", "products", "price", via="product")),
        ("c", "other.price", Reference("via", "products", "price", via="other")),
        ("c", "two.z", Reference("via", "two", "z", via="x")),  # the one that picks, not its companion
        ("c", "y.z", Reference("via", "two", "z", via="y")),
        ("c", "dotted.name.w.x", Reference("via", "dotted.name", "w.x", via="d")),
        ("c", "d.w.x", Reference("via", "dotted.name", "w.x", via="d")),
    ],
)
def test_names(table: str, name: str, found: Reference, tables: dict[str, TableSpec]) -> None:
    assert resolve(name, tables[table], tables) == found


@pytest.mark.parametrize(
    ("table", "name", "words", "remedy"),
    [
        ("c", "products.price", "product or other", "write product.price or other.price"),
        ("c", "products.prize", "no column 'prize'", "did you mean 'price'?"),
        ("c", "product.prize", "no column 'prize'", "did you mean 'price'?"),
        ("a", "products.price", "leads nowhere", "add a column with 'ref: products' to a"),
        ("a", "b.v", "leads nowhere", "add a column with 'ref: b' to a"),
        ("b", "vv", "no column 'vv' in b", "did you mean 'v'?"),
        ("c", "prodcut", "no column 'prodcut' in c", "did you mean 'product'?"),
        ("c", "b.", "no column 'b.' in c", None),
        ("c", "", "no column '' in c", None),
    ],
)
def test_names_that_lead_nowhere_or_to_two_places(
    table: str, name: str, words: str, remedy: str | None, tables: dict[str, TableSpec]
) -> None:
    with pytest.raises(UnknownReferenceError, match=words) as refused:
        resolve(name, tables[table], tables)
    assert remedy is None or refused.value.remedy == remedy


def test_links_and_chains(tables: dict[str, TableSpec]) -> None:
    assert link_of(tables["b"], tables) == "own"  # the first is null now and then
    assert link_of(tables["c"], tables) == "b"  # the first picks
    assert link_of(tables["a"], tables) is None
    assert ancestors(tables["c"], tables) == ["b", "a"] and ancestors(tables["a"], tables) == []
    assert targets(tables["c"], tables) == {
        "skewed": "b", "b": "b", "product": "products", "other": "products", "x": "two", "y": "two", "d": "dotted.name",
    }  # fmt: skip


def test_every_split_of_a_dotted_name() -> None:
    assert list(splits("a.b.c")) == [("a", "b.c"), ("a.b", "c")]
    assert list(splits("a")) == list(splits(".a")) == list(splits("a.")) == []
