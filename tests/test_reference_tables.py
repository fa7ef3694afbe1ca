"""Reference tables: kept as they are in every format, referred to, scanned, copied into the export."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from synthgen import pipeline, scanning
from synthgen.errors import RecipeError, UsageError

PLANS = """code,name,monthly,share,launched,at,active,zip,note
F,Free,0.00,70,2020-01-01,2020-01-01T10:00:00Z,true,01234,
P,Pro,12.50,25,2021-06-01,2021-06-01 11:30:00,true,00501,""
E,"Enterprise, big",99.9,5,,2021-06-01T11:30:00.5,false,90210,x
"""
USERS = {
    "rows": 3000,
    "key": "id",
    "columns": {
        "id": {"id": "int"},
        "plan": {"ref": "plans", "pick": {"weight": "share"}},
        "price": {"copy": "plans.monthly"},
        "yearly": {"expr": "plans.monthly * 12", "decimals": 2},
    },
}


def recipe(folder: Path, plans: Any, **more: Any) -> Path:
    content = {"synthgen": 1, "tables": {"plans": plans, **more}}
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def run(path: Path, name: str = "out", **options: Any) -> Path:
    result = pipeline.run(path, out=path.parent / name, **options)
    assert result.verdict.passed, result.verdict.findings
    assert result.target is not None
    return result.target


def test_types_are_what_all_values_are(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text(PLANS)
    frame = pl.read_parquet(run(recipe(tmp_path, {"from": "plans.csv", "key": "code"})) / "plans.parquet")
    assert frame.columns == PLANS.splitlines()[0].split(","), "in the file's order"
    assert frame["monthly"].to_list() == [Decimal("0.00"), Decimal("12.50"), Decimal("99.90")]
    assert frame["launched"].to_list() == [date(2020, 1, 1), date(2021, 6, 1), None]
    assert frame["at"][2] == datetime(2021, 6, 1, 11, 30, 0, 500_000)
    assert frame["active"].dtype == pl.Boolean and frame["share"].dtype == pl.Int64
    assert frame["zip"].to_list() == ["01234", "00501", "90210"]
    assert frame["note"].to_list() == [None, "", "x"], "an empty field is nothing, quotes are an empty text"


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "inline"])
def test_every_form_of_a_table_gives_the_same_rows(suffix: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"code": ["F", "P", "E"], "monthly": [0, 12, 99], "share": [70, 25, 5]})
    source: Any = f"plans.{suffix}"
    if suffix == "inline":
        source = frame.to_dicts()
    elif suffix == "parquet":
        frame.write_parquet(tmp_path / source)
    elif suffix == "jsonl":
        frame.write_ndjson(tmp_path / source)
    else:
        frame.write_csv(tmp_path / source, separator="\t" if suffix == "tsv" else ",")
    target = run(recipe(tmp_path, {"from": source, "key": "code"}, users=USERS), partition_rows=1000)
    assert pl.read_parquet(target / "plans.parquet").equals(frame)
    users = pl.read_parquet(target / "users" / "*.parquet")
    assert users.join(frame, left_on="plan", right_on="code").filter(pl.col("price") != pl.col("monthly")).is_empty()
    shares = dict(users["plan"].value_counts(normalize=True).iter_rows())
    assert abs(shares["F"] - 0.7) < 0.04 and abs(shares["P"] - 0.25) < 0.04
    content = json.loads((target / "manifest.json").read_text())
    assert content["tables"]["plans"]["columns"][0]["generator"] == "from"
    assert content["tables"]["users"]["references"][0]["table"] == "plans"
    kept = [i for i in content["inputs"] if i["role"] == "reference"]
    assert [i["path"] for i in kept] == ([] if suffix == "inline" else [f"inputs/plans.{suffix}"])
    if suffix != "inline":
        (tmp_path / source).unlink()
    assert pipeline.verify(target, regenerate=100).verdict.passed, "the export needs nothing else"
    assert scanning.scan([target]).verdict.passed


def test_a_changed_copy_of_the_file_shows(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text(PLANS)
    target = run(recipe(tmp_path, {"from": "plans.csv", "key": "code"}))
    (target / "inputs/plans.csv").write_text(PLANS.replace("Free", "Gratis"))
    assert not pipeline.verify(target, regenerate=10).verdict.passed


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("contact", ["k.baumann@acme-industries.com", "sales@acme-industries.com"]),
        ("owner", ["Maria Garcia", "Thomas Schneider"]),
        ("hotline", ["+44 20 7183 8750", "+49 30 901820"]),
    ],
)
def test_real_data_in_a_file_blocks_the_export(column: str, values: list[str], tmp_path: Path) -> None:
    pl.DataFrame({"code": ["F", "P"], column: values}).write_csv(tmp_path / "plans.csv")
    result = pipeline.run(recipe(tmp_path, {"from": "plans.csv", "key": "code"}), out=tmp_path / "out")
    assert not result.verdict.passed and result.target is None
    assert {(f.table, f.column) for f in result.verdict.findings} == {("plans", column)}


def test_what_a_parquet_file_carries_besides_its_rows_stays_out(tmp_path: Path) -> None:
    frame = pl.DataFrame({"code": ["F", "P"]})
    frame.write_parquet(tmp_path / "plans.parquet", metadata={"author": "k.baumann@acme-industries.com"})
    target = run(recipe(tmp_path, {"from": "plans.parquet", "key": "code"}))
    assert b"baumann" not in (target / "inputs/plans.parquet").read_bytes()
    assert pipeline.verify(target, regenerate=10).verdict.passed


def test_types_are_asked_for_by_the_recipe_or_a_contract(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text("code,rank,price\n1,2,3\n4,5,6\n")
    asked = {"from": "plans.csv", "key": "code", "types": {"code": "text", "price": "number"}}
    frame = pl.read_parquet(run(recipe(tmp_path, asked)) / "plans.parquet")
    assert frame.dtypes == [pl.String, pl.Int64, pl.Float64]


def test_sizes_stay_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text(PLANS)
    path = recipe(tmp_path, {"from": "plans.csv", "key": "code"}, users=USERS)
    target = run(path, scale=2.0)
    assert pl.read_parquet(target / "plans.parquet").height == 3
    assert pl.read_parquet(target / "users.parquet").height == 6000
    assert pipeline.verify(target, regenerate=10).verdict.passed
    with pytest.raises(UsageError, match="reference table"):
        pipeline.run(path, out=tmp_path / "no", rows={"plans": 9})


def test_further_columns_and_defects_stand_beside_the_files_own(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text(PLANS)
    plans = {
        "from": "plans.csv", "key": "code",
        "columns": {"seats": {"integer": [1, 9]}, "next": {"ref": "plans"}},
        "dirty": {"missing": {"name": {"rate": 1, "where": "code = 'P'"}}},
    }  # fmt: skip
    target = run(recipe(tmp_path, plans))
    frame = pl.read_parquet(target / "plans.parquet")
    assert frame.columns[-2:] == ["seats", "next"] and frame["name"].to_list() == ["Free", None, "Enterprise, big"]
    assert (frame["next"] != frame["code"]).all()
    assert (target / "inputs/plans.csv").read_text() == PLANS


def test_a_key_of_several_columns_is_checked_when_it_is_read(tmp_path: Path) -> None:
    rows = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}]
    target = run(recipe(tmp_path, {"from": rows, "key": ["a", "b"]}))
    assert json.loads((target / "manifest.json").read_text())["tables"]["plans"]["key"] == ["a", "b"]
    with pytest.raises(RecipeError, match="rows 1, 2 of the file share it"):
        pipeline.run(recipe(tmp_path, {"from": rows, "key": "a"}), out=tmp_path / "no")


def test_a_file_of_the_neighbours_is_out_of_reach(tmp_path: Path) -> None:
    inner = tmp_path / "project"
    inner.mkdir()
    (tmp_path / "plans.csv").write_text(PLANS)
    (inner / "link.csv").symlink_to(tmp_path / "plans.csv")
    for name in ("../plans.csv", "link.csv", str(tmp_path / "plans.csv")):
        path = recipe(inner, {"from": name, "key": "code"})
        assert [p.code for p in pipeline.check(path)] == ["outside"], name
    shutil.copy(tmp_path / "plans.csv", inner / "plans.csv")
    assert pipeline.check(recipe(inner, {"from": "plans.csv", "key": "code"})) == []


def test_weights_that_cannot_be_are_a_problem_at_their_place(tmp_path: Path) -> None:
    for share in (-1, 0):
        rows = [{"code": "a", "share": share}, {"code": "b", "share": 0}]
        path = recipe(tmp_path, {"from": rows, "key": "code"}, users={**USERS, "columns": {
            "id": {"id": "int"}, "plan": {"ref": "plans", "pick": {"weight": "share"}}}})  # fmt: skip
        with pytest.raises(RecipeError, match="negative somewhere, or 0 everywhere"):
            pipeline.run(path, out=tmp_path / "no")


def test_a_contract_says_what_a_files_columns_are(tmp_path: Path) -> None:
    fields = [
        {"name": "code", "logicalType": "string", "primaryKey": True, "required": True},
        {"name": "price", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
    ]
    contract = {
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "plans", "version": "1.0.0", "status": "active",
        "schema": [{"name": "plans", "properties": fields}],
    }  # fmt: skip
    (tmp_path / "plans.odcs.yaml").write_text(yaml.safe_dump(contract))
    (tmp_path / "plans.csv").write_text("code,price\n1,2\n4,5\n")
    path = recipe(tmp_path, {"from": "plans.csv", "schema": "plans.odcs.yaml"})
    frame = pl.read_parquet(run(path) / "plans.parquet")
    assert frame.to_dicts() == [{"code": "1", "price": 2.0}, {"code": "4", "price": 5.0}]
    (tmp_path / "plans.csv").write_text("code,price\n1,2\n4,-5\n")
    refused = pipeline.run(path, out=tmp_path / "no").verdict
    assert [(f.code, f.column, f.row) for f in refused.findings] == [("contract", "price", 1)]
