"""Dirty on purpose, end to end: what is planted, what is told of it, and that the truth gives the clean table back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest
import yaml

from synthgen import pipeline, scanning
from synthgen.defects.restore import cleaned

TABLES: dict[str, Any] = {
    "customers": {
        "rows": 4000,
        "key": "customer_id",
        "unique": ["email"],
        "entities": {
            "person": ["first_name", "last_name", "email", "phone", "birth_date"],
            "address": ["street", "city", "country"],
        },
        "columns": {
            "customer_id": {"id": "int"},
            "age": {"integer": [18, 90]},
            "income": {"lognormal": {"median": 30000, "sigma": 0.5}, "decimals": 2},
            "weight": {"normal": {"mean": 70, "sd": 9}},
            "vip": {"bernoulli": 0.2},
            "status": {"choice": {"paid": 0.7, "open": 0.3}, "null": 0.1},
            "signup_on": {"date": {"from": "2024-01-01", "to": "clock"}},
            "seen_at": {"datetime": {"from": "2024-01-01", "to": "clock"}},
            "opens_at": {"time": {"from": "08:00", "to": "10:00"}},
            "code": {"id": "INV-{n:06d}"},
            "note": {"template": "Dear {first_name} {last_name}, write to {email} or call {phone}"},
        },
    },
    "orders": {
        "per": "customers",
        "count": {"poisson": 2},
        "key": "order_id",
        "columns": {
            "order_id": {"id": "uuid"},
            "customer_id": {"ref": "customers"},
            "amount": {"uniform": [1, 90], "decimals": 2},
        },
    },
}
EVERYTHING: dict[str, Any] = {
    "missing": {"email": 0.05, "income": {"rate": 0.2, "where": "age > 60"}, "opens_at": 0.1},
    "disguised": {"last_name": 0.01, "age": 0.02, "phone": 0.01, "vip": 0.01, "opens_at": 0.1, "seen_at": 0.01},
    "typos": {"last_name": 0.02, "email": 0.02, "street": 0.02, "note": 0.02},
    "ocr": {"code": 0.02, "last_name": 0.01, "note": 0.01},
    "casing": {"city": 0.05, "email": 0.01, "first_name": 0.02, "note": 0.02},
    "spaces": {"first_name": 0.02, "email": 0.01, "phone": 0.01},
    "misspelt": {"status": {"rate": 0.05, "as": {"paid": ["payed", "PAID"]}}},
    "truncated": {"street": {"rate": 0.02, "length": 8}, "note": {"rate": 0.01, "length": 30}},
    "encoding": {"last_name": 0.3, "city": 0.2},
    "outliers": {"income": 0.01, "weight": {"rate": 0.01, "factor": -1}},
    "units": {"income": {"rate": 0.02, "unit": "cents"}, "weight": {"rate": 0.1, "unit": "pounds"}},
    "formats": {"signup_on": 0.1, "phone": 0.05, "vip": 0.1, "birth_date": 0.05, "seen_at": 0.02, "weight": 0.05},
    "late": {"seen_at": {"rate": 0.05, "delay": ["1h", "3d"]}},
    "conflicts": {"country": 0.02, "first_name": 0.01},
    "swapped": [{"columns": ["first_name", "last_name"], "rate": 0.02}],
    "duplicates": {"rate": 0.03, "change": ["last_name", "phone"], "key": "new"},
    "shuffled": {"rate": 0.3, "within": 50},
}


def recipe(folder: Path, dirty: Any = None, orders: Any = None, **more: Any) -> Path:
    """A recipe file with `dirty:` for its two tables."""
    tables = json.loads(json.dumps(TABLES))
    for name, value in (("customers", dirty), ("orders", orders)):
        if value is not None:
            tables[name]["dirty"] = value
    content = {
        "synthgen": 1, "seed": 7, "clock": "2026-09-01T00:00:00Z", "locale": {"en_US": 0.6, "de_DE": 0.4},
        "tables": tables, **more,
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def read(target: Path | None, path: str) -> pl.DataFrame:
    assert target is not None
    whole = target / f"{path}.parquet"
    return pl.read_parquet(whole if whole.exists() else target / path / "*.parquet")


def run(path: Path, **options: Any) -> Path:
    result = pipeline.run(path, out=path.parent / "out", **options)
    assert result.verdict.passed, result.verdict.findings
    assert result.target is not None
    return result.target


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(recipe(tmp_path_factory.mktemp("clean") / "r"))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    orders = {"orphans": {"customer_id": 0.02}, "duplicates": {"rate": 0.02}, "missing": {"amount": 0.1}}
    formats = {"formats": ["parquet", "csv", "jsonl", "arrow"]}
    return run(recipe(tmp_path_factory.mktemp("all") / "r", EVERYTHING, orders, export=formats))


def restored(target: Path, clean: Path, table: str) -> None:
    was = read(clean, table)
    again = cleaned(read(target, table), read(target, f"truth/{table}.dirty"), dict(was.schema))
    assert again.equals(was)


@pytest.mark.parametrize("kind", [*EVERYTHING])
def test_the_truth_of_each_kind_gives_the_clean_table_back(kind: str, clean: Path, tmp_path: Path) -> None:
    target = run(recipe(tmp_path, {kind: EVERYTHING[kind]}))
    truth = read(target, "truth/customers.dirty")
    planted = {"duplicates": "duplicate"}.get(kind, kind)
    assert planted in set(truth["kind"])
    dirty, was = read(target, "customers"), read(clean, "customers")
    assert not dirty.equals(was)
    restored(target, clean, "customers")
    assert read(target, "orders").equals(read(clean, "orders")), "other tables read clean values"
    if kind in ("duplicates", "shuffled"):
        return
    for name in was.columns:  # every difference is told, and everything told is a difference
        now = dirty[name] if dirty[name].dtype == was[name].dtype else None
        told = set(truth.filter(pl.col("column") == name)["row"])
        if now is not None:
            assert set(now.ne_missing(was[name]).arg_true()) == told, name


def test_all_kinds_at_once_give_the_clean_tables_back(everything: Path, clean: Path) -> None:
    restored(everything, clean, "customers")
    restored(everything, clean, "orders")
    truth = read(everything, "truth/customers.dirty")
    cells = truth.filter(pl.col("column").is_not_null())
    assert cells.select("row", "column").is_unique().all(), "a cell has one defect at most"
    texts = pl.read_csv(everything / "customers.csv", infer_schema=False)
    told = pl.read_csv(everything / "truth/customers.dirty.csv", infer_schema=False)
    was = read(clean, "customers")
    assert cleaned(texts, told, dict(was.schema)).equals(was), "from text alone, too"


def test_any_partition_and_worker_count_writes_the_same(everything: Path, tmp_path: Path) -> None:
    path = everything.parent / "recipe.yaml"
    small = pipeline.run(path, out=tmp_path / "small", partition_rows=771).target
    two = pipeline.run(path, out=tmp_path / "two", partition_rows=3001, workers=2).target
    for name in ("customers", "orders", "truth/customers.dirty", "truth/orders.dirty"):
        whole = read(everything, name)
        assert read(small, name).equals(whole), name
        assert read(two, name).equals(whole), name


def test_more_rows_change_nothing_before_them(everything: Path, tmp_path: Path) -> None:
    path = everything.parent / "recipe.yaml"
    more = pipeline.run(path, out=tmp_path / "more", rows={"customers": 5000}).target
    rows = read(everything, "customers").height // 50 * 50 - 50  # the last window is open
    own = [c for c in read(more, "customers").columns if c not in ("customer_id", "country", "first_name", "note")]
    # new keys go on counting after the last row; a conflicting value may be that of a new row
    assert read(more, "customers")[:rows].select(own).equals(read(everything, "customers")[:rows].select(own))


def test_rates_are_hit(everything: Path) -> None:
    truth = read(everything, "truth/customers.dirty")
    counts = {(k, c): n for k, c, n in truth.group_by("kind", "column").len().iter_rows()}
    rows = 4000
    for kind, column, rate in (
        ("missing", "email", 0.05), ("formats", "signup_on", 0.1), ("late", "seen_at", 0.05), ("ocr", "code", 0.02),
        ("units", "weight", 0.1), ("swapped", "last_name", 0.02), ("spaces", "first_name", 0.02),
    ):  # fmt: skip
        sd = (rows * rate * (1 - rate)) ** 0.5
        assert abs(counts[kind, column] - rows * rate) < 4 * sd, (kind, column, counts[kind, column])
    assert abs(counts["duplicate", None] - rows * 0.03) <= 4, "exact, but for the last block"
    old = read(everything, "customers").height
    assert old == rows + counts["duplicate", None]


def test_a_condition_decides_who_is_missing(clean: Path, tmp_path: Path) -> None:
    mnar = {"missing": {"income": {"rate": 0.5, "where": "income > 40000"}, "weight": {"rate": 0.3, "where": "vip"}}}
    target = run(recipe(tmp_path, mnar))
    dirty, was = read(target, "customers"), read(clean, "customers")
    gone = was.filter(dirty["income"].is_null())
    assert gone.height > 100 and (gone["income"] > 40000).all()
    assert was.filter(dirty["weight"].is_null())["vip"].all()


def test_shuffled_rows_stay_within_their_window(clean: Path, tmp_path: Path) -> None:
    target = run(recipe(tmp_path, {"shuffled": {"rate": 1, "within": 20}}))
    ids = read(target, "customers")["customer_id"] - 1
    places = pl.Series(range(4000))
    assert ids.n_unique() == 4000 and ((ids - places).abs() < 20).all() and (ids != places).sum() > 3500


def test_the_manifest_counts_defects_and_keeps_what_still_holds(everything: Path, clean: Path) -> None:
    tables = json.loads((everything / "manifest.json").read_text())["tables"]
    truth = read(everything, "truth/customers.dirty")
    told = tables["customers"]["dirty"]
    assert told["rows"] == 4000 and tables["customers"]["rows"] == read(everything, "customers").height
    for kind, columns in told["defects"].items():
        for column, count in columns.items():
            mine = truth.filter((pl.col("kind") == kind) & pl.col("column").fill_null("*").eq(column))
            assert mine.height == count, (kind, column)
    assert told["types"]["signup_on"] == "Date" and told["types"]["vip"] == "Boolean"
    written = {c["name"]: c["dtype"] for c in tables["customers"]["columns"]}
    assert written["signup_on"] == "String"
    assert tables["customers"]["key"] == ["customer_id"], "copies have keys of their own"
    assert tables["customers"]["unique"] == [] and told["unique"] == [["email"]]
    assert tables["orders"]["key"] == [] and tables["orders"]["references"] == []
    assert tables["orders"]["dirty"]["references"] and tables["orders"]["dirty"]["key"] == ["order_id"]
    assert "dirty" not in json.loads((clean / "manifest.json").read_text())["tables"]["orders"]


def test_verify_makes_dirty_rows_and_truth_anew(everything: Path, tmp_path: Path) -> None:
    assert pipeline.verify(everything, regenerate=300).verdict.passed
    assert pipeline.verify(everything, regenerate=100_000).verdict.passed, "every row, every line"


def test_verify_finds_a_truth_that_is_not_the_recipes(everything: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from synthgen.defects import values

    monkeypatch.setattr(values, "CONVERSIONS", values.CONVERSIONS | {"cents": (1000.0, 0.0)})
    found = pipeline.verify(everything, regenerate=100_000).verdict.findings
    assert {(f.table, f.column) for f in found} == {("customers", "income")}


def test_an_export_with_defects_passes_a_scan_of_its_files(everything: Path) -> None:
    result = scanning.scan([everything])
    assert result.verdict.passed, result.verdict.findings


def test_names_with_typos_pass_by_their_clean_values_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recipe(tmp_path, {"typos": {"last_name": 0.1}})
    target = run(path)
    assert scanning.scan([target], recipe=path).verdict.passed
    monkeypatch.setattr("synthgen.privacy.scanner.excused", lambda flags, *rest: list(flags))
    for verdict in (pipeline.run(path, out=tmp_path / "no").verdict, scanning.scan([target]).verdict):
        assert not verdict.passed
        assert {(f.column, f.entity) for f in verdict.findings} == {("last_name", "PERSON")}


def test_contracts_and_checks_hold_for_clean_rows(tmp_path: Path) -> None:
    dirty = {"outliers": {"age": {"rate": 0.5, "factor": [100]}}}
    target = run(recipe(tmp_path, dirty, checks=["customers: age <= 90"]))
    assert (read(target, "customers")["age"] > 90).any()


def test_orphans_refer_to_nobody_and_are_told(everything: Path) -> None:
    known = read(everything, "customers")["customer_id"]
    truth = read(everything, "truth/orders.dirty").filter(kind="orphans")
    orders = read(everything, "orders").with_row_index("row")
    lost = orders.filter(~pl.col("customer_id").is_in(range(1, 4001)))
    assert set(lost["row"]) == set(truth["row"]) and truth.height > 50
    assert known.len() > 4000


class Customer(dy.Schema):
    """What a data team would check."""

    age = dy.Int64(nullable=False, min=18, max=90)
    email = dy.String(nullable=False, regex=r"^[^@\s]+@[^@\s]+$")
    status = dy.Enum(["paid", "open"], nullable=True)


def test_a_data_quality_tool_finds_exactly_the_planted_rows(clean: Path, tmp_path: Path) -> None:
    dirty = {
        "missing": {"email": 0.03},
        "disguised": {"age": {"rate": 0.02, "as": [-999]}},
        "spaces": {"email": 0.02},
        "misspelt": {"status": {"rate": 0.05, "as": {"paid": ["payed"], "open": ["opne"]}}},
    }
    target = run(recipe(tmp_path, dirty))
    frame = read(target, "customers")
    words = frame["status"].is_in(["paid", "open"]) | frame["status"].is_null()
    typed = frame.with_columns(status=pl.when(words).then("status").otherwise(None).cast(pl.Enum(["paid", "open"])))
    _, failure = Customer.filter(typed.select("age", "email", "status"))
    broken = typed.with_row_index("row").join(
        failure.invalid().unique(), on=["age", "email", "status"], nulls_equal=True
    )
    truth = read(target, "truth/customers.dirty")
    found = set(broken["row"]) | set((~words).arg_true())
    assert found == set(truth["row"]) and len(found) > 300


def test_damage_of_every_kind_of_personal_data_passes_the_gate(tmp_path: Path) -> None:
    """In four locales; what could make somebody real is an error of the plan, so what is left must pass."""
    direct = ["national_id", "iban", "ip", "ipv6", "mac", "card_number", "vat_id", "email", "phone", "imei", "url"]
    names = ["full_name", "company", "full_address"]
    prose = [*names, "text"]
    table = {
        "rows": 1500,
        "key": "id",
        "entities": {
            "person": ["full_name", "username", "national_id", "job", "email", "phone"],
            "company": ["company", "url", "vat_id", "domain"],
            "payment": ["card_number", "iban", "bic", "bank"],
            "device": ["ip", "ipv6", "mac", "user_agent", "imei", "hostname"],
            "address": ["full_address", "postcode", "state"],
        },
        "columns": {"id": {"id": "int"}, "text": {"text": {"sentences": [1, 3]}}},
        "dirty": {
            "missing": dict.fromkeys(direct, 0.05),
            "disguised": dict.fromkeys([*direct, *names], 0.05),
            "conflicts": {"card_number": 0.1, "vat_id": 0.1, "phone": 0.1},
            "spaces": dict.fromkeys([*direct, "full_name"], 0.1),
            "typos": dict.fromkeys([*prose, "job", "bank", "email", "state", "user_agent"], 0.1),
            "ocr": dict.fromkeys([*prose, "email", "postcode"], 0.1),
            "casing": dict.fromkeys([*prose, "email"], 0.1),
            "encoding": dict.fromkeys(prose, 0.2),
            "truncated": {name: {"rate": 0.1, "length": 9} for name in prose},
            "formats": {"phone": 0.3},
            "duplicates": {"rate": 0.1, "change": ["full_name", "phone", "email", "company"]},
        },
    }
    locale = {"en_US": 0.4, "de_DE": 0.3, "fr_FR": 0.2, "ja_JP": 0.1}
    path = tmp_path / "people.yaml"
    path.write_text(yaml.safe_dump({"synthgen": 1, "locale": locale, "tables": {"people": table}}, sort_keys=False))
    result = pipeline.run(path, out=tmp_path / "out")
    assert result.verdict.passed, result.verdict.findings
