"""Contracts: what is written validates against the standard's own schema and reads back the same."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.errors import RecipeError
from synthgen.schema.load import load_contract, load_contracts
from synthgen.schema.save import dump_contract
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

SHARED = (Path(__file__).parents[3] / "shared" / "data" / "E_schemas" / "odcs").resolve()
STANDARD = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft201909Validator(STANDARD)

PARENT = TableSchema(
    "parent",
    (
        FieldSchema("a", "integer", "BIGINT", nullable=False, bits=64, identity=True),
        FieldSchema("b", "string", "CHAR(2)", nullable=False, max_length=2, pattern="^[A-Z]+$"),
        FieldSchema(
            "email", "string", unique=True, format="email", classification="restricted", description="where to"
        ),
        FieldSchema("price", "decimal", "DECIMAL(8, 2)", precision=8, scale=2, minimum=0.01, maximum=99.5),
        FieldSchema("kind", "string", enum=("x", "y"), default="'x'"),
        FieldSchema("born", "date", minimum="1990-01-01", maximum="2020-12-31"),
        FieldSchema("doc", "json", "JSONB"),
        FieldSchema("token", "uuid", "UUID"),
        FieldSchema("tags", "array", items=FieldSchema("item", "string", max_length=9), max_length=5),
        FieldSchema(
            "geo", "object", fields=(FieldSchema("lat", "number", bits=32), FieldSchema("n", "integer", bits=8))
        ),
        FieldSchema("raw", "binary", max_length=16),
        FieldSchema("wait", "duration", "INTERVAL"),
        FieldSchema("net", "decimal", precision=8, scale=2, generated="price * 2"),
        FieldSchema("n", "integer", bits=24, unsigned=True, semantic="measure", hints={"null_share": 0.25}),
    ),
    primary_key=("b", "a"),
    uniques=(("price", "kind"),),
    checks=("price > n",),
    description="the parents",
    rows=12,
    namespace="sales",
)
CHILD = TableSchema(
    "Bad Name 1!",
    (
        FieldSchema("x y", "integer"),
        FieldSchema("b", "string"),
        FieldSchema("up", "integer"),
        FieldSchema("e", "string"),
    ),
    foreign_keys=(
        ForeignKey(("up",), "Bad Name 1!", ("x y",), "CASCADE"),
        ForeignKey(("e",), "parent", ("email",)),
        ForeignKey(("b", "x y"), "parent", ("b", "a"), "SET NULL"),
    ),
)


def back(tables: list[TableSchema], folder: Path) -> list[TableSchema]:
    path = folder / "c.odcs.yaml"
    path.write_text(dump_contract(tables, "shop"), encoding="utf-8")
    return load_contracts(path)


def errors(text: str) -> list[str]:
    return [e.message for e in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_everything_reads_back(tmp_path: Path) -> None:
    assert errors(dump_contract([PARENT, CHILD], "shop")) == []
    assert back([PARENT, CHILD], tmp_path) == [PARENT, CHILD]


def test_it_depends_on_its_arguments_alone() -> None:
    text = dump_contract([PARENT], "shop", description="what for")
    assert text == dump_contract([PARENT], "shop", description="what for")
    found = yaml.safe_load(text)
    assert (found["apiVersion"], found["kind"], found["name"]) == ("v3.2.0", "DataContract", "shop")
    assert found["schema"][0]["properties"][0]["primaryKeyPosition"] == 2


NAMES = st.text(alphabet="abAB01_-. '\":#{}[]&*!|>%@é漢\u2028\t", min_size=1, max_size=9).map(lambda s: f"n{s}n")


@st.composite
def columns(draw: st.DrawFn) -> FieldSchema:
    kind = draw(
        st.sampled_from(["string", "integer", "number", "decimal", "boolean", "date", "timestamp", "time", "uuid"])
    )
    more: dict[str, Any] = {"nullable": draw(st.booleans()), "unique": draw(st.booleans())}
    if kind == "string":
        more["max_length"] = draw(st.none() | st.integers(1, 99))
        more["enum"] = tuple(draw(st.lists(NAMES, max_size=3, unique=True)))
        more["description"] = draw(st.none() | NAMES)
    elif kind == "integer":
        more["bits"] = draw(st.sampled_from([8, 16, 24, 32, 64]))
        more["minimum"] = draw(st.none() | st.integers(-9, 9))
    elif kind == "decimal":
        more |= {"precision": draw(st.integers(1, 18)), "scale": draw(st.integers(0, 6))}
    return FieldSchema(draw(NAMES), kind, **more)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(columns(), min_size=1, max_size=5, unique_by=lambda f: f.name), NAMES)
def test_any_table_reads_back(tmp_path: Path, fields: list[FieldSchema], name: str) -> None:
    table = TableSchema(name, tuple(fields))
    assert errors(dump_contract([table], "c")) == []
    assert back([table], tmp_path) == [table]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared contracts are not beside this checkout")
@pytest.mark.parametrize("path", sorted(SHARED.glob("*.odcs.yaml")), ids=lambda p: p.name[:20])
def test_real_contracts(path: Path, tmp_path: Path) -> None:
    tables = load_contracts(path)
    assert tables and all(t.fields for t in tables)
    assert back(tables, tmp_path) == tables


@pytest.mark.skipif(not SHARED.exists(), reason="the shared contracts are not beside this checkout")
def test_what_a_real_contract_says() -> None:
    orders = load_contract(SHARED / "export__datacontract.large.odcs.yaml", "orders")
    key, total = orders.field("order_id"), orders.field("order_total")
    assert key is not None and (key.min_length, key.max_length, key.pattern) == (8, 10, "^B[0-9]+$")
    assert total is not None and (total.type, total.scale, total.minimum) == ("decimal", 2, 0)
    placed = orders.field("order_placed_at")
    assert placed is not None and placed.type == "timestamp"
    lines = load_contract(SHARED / "dbml__datacontract.odcs.yaml", "line_items")
    assert lines.foreign_keys == (ForeignKey(("order_id",), "orders", ("order_id",)),)


CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
schema:
- name: orders
  physicalName: t_orders
  properties:
  - {name: id, logicalType: integer, primaryKey: true}
  - name: total
    logicalType: number
    quality: [{type: sql, query: "SELECT COUNT(*) FROM orders WHERE total < 0", mustBe: 0}]
  - {name: state, logicalType: string, quality: [{metric: nullValues, mustBe: 0}]}
  - {name: kind, quality: [{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}]}
  - {name: attributes, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}}
  - {name: embedding, logicalType: vector, logicalTypeOptions: {dimensions: 3}}
"""


def test_quality_rules_and_newer_types(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    table = load_contract(path, "t_orders")
    assert table == load_contract(path, None)
    fields = {f.name: f for f in table.fields}
    assert table.checks == () and fields["total"].minimum == 0
    assert not fields["state"].nullable and fields["kind"].enum == ("a", "b")
    items = fields["attributes"].items
    assert items is not None and [f.name for f in items.fields] == ["key", "value"]
    assert (fields["embedding"].type, fields["embedding"].max_length) == ("array", 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "bad-yaml"), ("- 1", "invalid-contract"),
        ("kind: DataContract\napiVersion: v3.0.0", "invalid-contract"),
        ("kind: Pod\nschema: []", "invalid-contract"), ("apiVersion: v2.2.2\nschema: [{name: a}]", "invalid-contract"),
        ("schema: [{name: a}]", "invalid-contract"), ("schema: [{properties: [{name: x}]}]", "invalid-contract"),
        ("schema: [{name: a, properties: [{logicalType: string}]}]", "invalid-contract"),
        ("schema: [{name: a, properties: [{name: x, required: maybe}]}]", "invalid-contract"),
    ],
)  # fmt: skip
def test_mistakes_are_told(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_contracts(path)
    assert {p.code for p in caught.value.problems} == {code}
    assert all(p.remedy for p in caught.value.problems)


def test_unknown_objects_and_files(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="missing-file"):
        load_contract(tmp_path / "none.yaml", "x")
    back([PARENT, CHILD], tmp_path)
    with pytest.raises(RecipeError, match="did you mean 'parent'"):
        load_contract(tmp_path / "c.odcs.yaml", "parnet")
    with pytest.raises(RecipeError, match="ambiguous-object"):
        load_contract(tmp_path / "c.odcs.yaml", None)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert [t.name for t in back([PARENT], tmp_path)] == ["parent"]
    assert [t.name for t in back([PARENT, CHILD], tmp_path)] == ["parent", "Bad Name 1!"]
