"""The line, end to end: what an export promises, and what the gate keeps in."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline

SHOP = (Path(__file__).parents[2] / "shared" / "northstar" / "shop.yaml").resolve()
LAENDER = (
    "Baden-Württemberg", "Bayern", "Berlin", "Brandenburg", "Bremen", "Hamburg", "Hessen", "Mecklenburg-Vorpommern",
    "Niedersachsen", "Nordrhein-Westfalen", "Rheinland-Pfalz", "Saarland", "Sachsen", "Sachsen-Anhalt",
    "Schleswig-Holstein", "Thüringen",
)  # fmt: skip
needs_shop = pytest.mark.skipif(not SHOP.exists(), reason="the north star recipe is not beside this checkout")


def frames(result: pipeline.RunResult) -> dict[str, pl.DataFrame]:
    assert result.target is not None
    return {
        name: pl.concat([pl.read_parquet(result.target / f["path"]) for f in t["files"] if f["format"] == "parquet"])
        for name, t in result.tables.items()
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    return frames(pipeline.run(SHOP, out=tmp_path_factory.mktemp("shop") / "out"))


@needs_shop
def test_shop_keeps_every_rule(shop: dict[str, pl.DataFrame]) -> None:
    products, customers, orders, items = (shop[t] for t in ("products", "customers", "orders", "order_items"))
    assert (len(products), len(customers)) == (500, 10_000)
    assert orders.join(customers, on="customer_id", how="anti").is_empty()
    assert items.join(orders, on="order_id", how="anti").is_empty()
    assert items.join(products, on="product_id", how="anti").is_empty()
    known = customers["customer_id"].implode()
    assert customers["referred_by"].drop_nulls().is_in(known).all()
    for table, key in (("products", "product_id"), ("customers", "customer_id"), ("orders", "order_id")):
        assert not shop[table][key].has_nulls() and shop[table][key].is_unique().all()
    assert items.select("order_id", "product_id").is_unique().all()
    assert customers["email"].is_unique().all()
    sums = items.group_by("order_id").agg(pl.col("line_total").sum().alias("lines"))
    both = orders.join(sums, on="order_id", how="left").with_columns(pl.col("lines").fill_null(0))
    assert both.filter(pl.col("total") != pl.col("lines")).is_empty()
    assert items.filter(pl.col("line_total") != pl.col("quantity") * pl.col("unit_price")).is_empty()
    assert items.join(products, on="product_id").filter(pl.col("unit_price") != pl.col("price")).is_empty()
    dated = orders.join(customers.select("customer_id", "signup_at"), on="customer_id")
    assert dated.filter(pl.col("ordered_at") < pl.col("signup_at")).is_empty()
    assert orders.filter(pl.col("ordered_at") > pl.datetime(2026, 9, 1)).is_empty()
    assert orders.filter((pl.col("status") == "shipped") != pl.col("shipped_at").is_not_null()).is_empty()
    lag = (pl.col("shipped_at") - pl.col("ordered_at")).dt.total_seconds()
    assert orders.filter(~lag.is_between(86_400, 7 * 86_400)).is_empty()
    parents = customers.select(pl.col("customer_id").alias("referred_by"), pl.col("signup_at").alias("before"))
    assert customers.join(parents, on="referred_by").filter(pl.col("before") >= pl.col("signup_at")).is_empty()


@needs_shop
def test_shop_people_are_coherent(shop: dict[str, pl.DataFrame]) -> None:
    customers = shop["customers"]
    german = customers.filter(pl.col("phone").str.starts_with("+49"))
    assert 0.15 < len(german) / len(customers) < 0.25
    assert german["postcode"].str.contains(r"^\d{5}$").all()
    assert set(german["state"].unique()) <= set(LAENDER)
    assert german.filter(city="Berlin")["state"].unique().to_list() == ["Berlin"]
    assert (
        customers["phone"]
        .str.contains(r"^(\+1-\d{3}-555-01\d\d|\+49 (30 23125|40 66969|69 90009|221 4710|89 99998)\d{3})$")
        .all()
    )
    assert customers["email"].str.contains(r"@([a-z]+\.)?example\.(com|org|net)$").all()


@needs_shop
def test_workers_partitions_growth_and_additions_change_nothing_else(
    shop: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    one = pipeline.run(SHOP, out=tmp_path / "one", partition_rows=20_000)
    two = pipeline.run(SHOP, out=tmp_path / "two", partition_rows=20_000, workers=2)
    assert one.tables == two.tables, "files, hashes and all"
    small = frames(pipeline.run(SHOP, out=tmp_path / "small", partition_rows=1000))
    for name, frame in shop.items():
        assert frame.equals(small[name]), name
        assert frame.equals(frames(two)[name]), name
    grown = frames(pipeline.run(SHOP, out=tmp_path / "grown", rows={"customers": 20_000}))
    own = [c for c in shop["customers"].columns if c != "referred_by"]
    assert grown["customers"].head(10_000).select(own).equals(shop["customers"].select(own))
    for name in ("orders", "order_items", "products"):
        assert grown[name].head(len(shop[name])).equals(shop[name]), name


@needs_shop
def test_a_new_column_and_table_leave_the_bytes_of_others_alone(shop: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    text = SHOP.read_text(encoding="utf-8")
    text = text.replace("      newsletter:", "      shoe_size: {integer: [34, 48]}\n      newsletter:")
    text = text.replace("\nchecks:", "\n  extra:\n    rows: 5\n    columns: {id: {id: int}}\n\nchecks:")
    recipe = tmp_path / "more.yaml"
    recipe.write_text(text, encoding="utf-8")
    more = frames(pipeline.run(recipe, out=tmp_path / "out"))
    assert more["extra"].height == 5
    for name, frame in shop.items():
        assert more[name].select(frame.columns).equals(frame), name


# -- planted values

PLANTED = {
    "EMAIL_ADDRESS": "k.baumann@acme-industries.com",
    "PHONE_NUMBER": "+44 20 7183 8750",
    "US_SSN": "536-22-8726",
    "CREDIT_CARD": "4539578763621486",
    "IBAN_CODE": "DE75512108001245126199",
    "IP_ADDRESS": "81.2.69.142",
    "MAC_ADDRESS": "3C:22:FB:4A:19:7E",
    "PERSONAL_URL": "https://www.acme-industries.com/people/17",
    "UK_NINO": "AB123456C",
    "PERSON": "Susan Miller",
}


def quoted(value: str) -> str:
    return json.dumps(value)


KINDS: dict[str, Callable[[str, Path], str]] = {
    "choice": lambda v, _: f"{{choice: [plain, other, {quoted(v)}]}}",
    "template": lambda v, _: f"{{template: {quoted('No. {id}: ask ' + v + ' about it')}}}",
    "text": lambda v, _: f"{{constant: {quoted('Please write to ' + v + ' before noon.')}}}",
    "sample": lambda v, folder: lookup(v, folder),
    "struct": lambda v, _: f"{{struct: {{inner: {{choice: [plain, {quoted(v)}]}}, n: {{integer: [1, 3]}}}}}}",
    "list": lambda v, _: f"{{list: {{choice: [plain, {quoted(v)}]}}, length: [1, 3]}}",
}


def lookup(value: str, folder: Path) -> str:
    pl.DataFrame({"id": [1, 2, 3], "c": ["plain", value, "other"]}).write_csv(folder / "sample.csv")
    return "{lookup: id, file: sample.csv, from: id, to: c, default: plain}"


def recipe_with(column: str, folder: Path) -> Path:
    path = folder / "r.yaml"
    path.write_text(
        "synthgen: 1\nname: planted\ntables:\n  things:\n    rows: 50\n    key: id\n    columns:\n"
        f"      id: {{id: int}}\n      c: {column}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity", PLANTED)
def test_a_planted_value_blocks(entity: str, kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    old = pipeline.run(recipe_with("{choice: [plain, other]}", tmp_path), out=out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    assert old.verdict.passed
    result = pipeline.run(recipe_with(KINDS[kind](PLANTED[entity], tmp_path), tmp_path), out=out)
    assert not result.verdict.passed and result.target is None
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before, "the old export is as it was"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    found = [f for f in result.verdict.findings if f.entity == entity and not f.table.startswith("inputs/")]
    assert found, [f.to_json() for f in result.verdict.findings]
    assert found[0].table == "things" and (found[0].column or "").split(".")[0].split("[")[0] == "c"
    assert found[0].row is not None
    assert PLANTED[entity] not in json.dumps([f.to_json() for f in result.verdict.findings])


def test_a_blocked_run_exits_with_3_and_shows_no_value(tmp_path: Path) -> None:
    recipe = recipe_with(KINDS["choice"](PLANTED["EMAIL_ADDRESS"], tmp_path), tmp_path)
    command = [sys.executable, "-m", "synthgen", "run", str(recipe), "--out", str(tmp_path / "out")]
    for extra in ([], ["--json"]):
        done = subprocess.run([*command, *extra], capture_output=True, text=True, check=False)
        assert done.returncode == 3
        assert PLANTED["EMAIL_ADDRESS"] not in done.stdout + done.stderr
        assert "EMAIL_ADDRESS" in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_verify_notices_another_seed(tmp_path: Path) -> None:
    """Rows that recipe and seed do not give are found even where every hash has been forged to match."""
    from synthgen.export.manifest import canonical, digest_file, own_digest

    out = tmp_path / "out"
    pipeline.run(recipe_with("{integer: [1, 1000000]}", tmp_path), out=out)
    assert pipeline.verify(out, regenerate=50).verdict.passed
    content: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    file = content["tables"]["things"]["files"][0]
    frame = pl.read_parquet(out / file["path"])
    frame.with_columns(pl.col("c").reverse()).write_parquet(out / file["path"])
    file["sha256"], file["bytes"] = digest_file(out / file["path"])
    (out / "manifest.json").write_bytes(canonical(content | {"sha256": own_digest(content)}))
    assert pipeline.verify(out).verdict.passed
    findings = pipeline.verify(out, regenerate=50).verdict.findings
    assert [(f.table, f.column) for f in findings] == [("things", "c")]


CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: c, logicalType: string, required: true, logicalTypeOptions: {maxLength: 5}}
      - {name: n, logicalType: integer, logicalTypeOptions: {minimum: 1, maximum: 9}}
"""


def test_what_breaks_the_contract_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "things.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    recipe = tmp_path / "r.yaml"
    head = "synthgen: 1\ntables:\n  things:\n    schema: things.odcs.yaml\n    rows: 40\n"
    recipe.write_text(head, encoding="utf-8")
    assert pipeline.run(recipe, out=tmp_path / "out").verdict.passed, "inferred columns keep to it"
    bad = "    columns:\n      c: {choice: [short, too long for it]}\n      n: {integer: [1, 12]}\n"
    recipe.write_text(head + bad, encoding="utf-8")
    result = pipeline.run(recipe, out=tmp_path / "out")
    assert result.target is None
    assert {(f.code, f.column) for f in result.verdict.findings} == {("contract", "c"), ("contract", "n")}


def test_a_check_that_fails_is_not_published(tmp_path: Path) -> None:
    recipe = recipe_with("{integer: [1, 9]}", tmp_path)
    recipe.write_text(
        recipe.read_text(encoding="utf-8") + 'checks: ["things: c < 9", "things: c > 0"]\n', encoding="utf-8"
    )
    result = pipeline.run(recipe, out=tmp_path / "out")
    assert [(f.code, f.table) for f in result.verdict.findings] == [("check", "things")]
    assert result.verdict.findings[0].count == (pipeline.preview(recipe, "things", 50).tables["things"]["c"] == 9).sum()
