"""What a recipe lets its files hold: our own exports pass, and what nobody declared does not."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.errors import RecipeError
from synthgen.expectations import Expectations, Place
from synthgen.scanning import ScanResult, scan

ROOT = Path(__file__).resolve().parents[1]
EMAIL = "jane.doe" + "@" + "gmail.com"
RECIPE = """\
synthgen: 1
seed: 5
clock: "2026-09-01T00:00:00Z"
locale: {en_US: 1}
tables:
  customers:
    rows: 60
    key: id
    entities: {person: [first_name, last_name, email, phone]}
    columns:
      id: {id: int}
      note: {template: "Asked {first_name} {last_name} of Bluewater to call back."}
      tier: {choice: [basic, vip]}
export: {formats: [parquet, csv, jsonl]}
"""
SYNTHETIC = """\
synthgen: 1
clock: "2026-09-01T00:00:00Z"
privacy: {pii: synthetic}
tables:
  leads:
    rows: 30
    key: id
    columns:
      id: {id: int}
      mailbox: {pattern: "[a-z]{8}@[a-z]{6}\\\\.com", pii: EMAIL_ADDRESS}
export: {formats: [csv]}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of the recipe, beside it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "recipe.yaml").write_text(RECIPE)
    done = pipeline.run(folder / "recipe.yaml", out=folder / "export", partition_rows=25)
    assert done.target is not None
    return folder / "export"


@pytest.fixture
def export(made: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(made, tmp_path / "export"))


def told(result: ScanResult) -> set[tuple[str, str | None, str | None]]:
    return {(f.code, f.column, f.entity) for f in result.findings}


def test_our_own_export_passes_and_says_what_it_was_held_to(made: Path) -> None:
    result = scan([made])
    assert result.findings == () and result.verdict.passed
    assert result.notes == (f"{made} is held to the recipe in it (pii: reserved)",)


def test_its_templates_pass_by_the_recipe_alone(made: Path, tmp_path: Path) -> None:
    """Without the recipe the names in the notes are findings, so that the accounts are what lets them pass."""
    (tmp_path / "notes").mkdir()
    for file in made.glob("customers/*.csv"):
        shutil.copy(file, tmp_path / "notes" / file.name)
    assert ("pii", "note", "PERSON") in told(scan([tmp_path / "notes"]))


def test_partitions_are_known_by_their_rows(made: Path) -> None:
    places = Expectations.of_export(made, pipeline_manifest(made), pipeline.planned_export(made).recipe).places
    assert {p.first for p in places.values()} == {0, 25, 50} and len(places) == 9


def pipeline_manifest(export: Path):  # type: ignore[no-untyped-def]  # a helper of one test
    from synthgen.export.verify import read_manifest

    return read_manifest(export)


def changed(file: Path, column: str, row: int, value: str) -> None:
    """One cell written anew."""
    frame = pl.read_csv(file, infer_schema=False)
    values = frame[column].to_list()
    values[row] = value
    frame.with_columns(pl.Series(column, values)).write_csv(file)


@pytest.mark.parametrize(
    ("column", "value", "entity"),
    [
        ("note", f"Write to {EMAIL}.", "EMAIL_ADDRESS"),
        ("note", "Asked Margaret Thatcher of Bluewater to call back.", "PERSON"),
        ("tier", "+1 212 456 7890", "PHONE_NUMBER"),
        ("email", EMAIL, "EMAIL_ADDRESS"),
        ("first_name", "Xqzwbvnm", "PERSON"),
    ],
)
def test_what_nobody_declared_is_a_finding(export: Path, column: str, value: str, entity: str) -> None:
    changed(export / "customers" / "part-00001.csv", column, 3, value)
    result = scan([export])
    assert not result.verdict.passed
    [finding] = result.findings
    assert (finding.code, finding.column, finding.entity, finding.row) == ("pii", column, entity, 3)
    assert finding.table.endswith("part-00001.csv") and value not in str(finding)


def test_a_column_that_is_missing_is_a_finding(export: Path) -> None:
    file = export / "customers" / "part-00000.csv"
    pl.read_csv(file, infer_schema=False).drop("email").write_csv(file)
    [finding] = scan([export]).findings
    assert (finding.code, finding.column) == ("contract", "email") and "no such column" in finding.message


def test_a_column_that_holds_something_else_is_a_finding(export: Path) -> None:
    file = export / "customers" / "part-00000.csv"
    pl.read_csv(file, infer_schema=False).with_columns(pl.lit("green").alias("email")).write_csv(file)
    [finding] = scan([export]).findings
    assert (finding.code, finding.column) == ("contract", "email") and "something else" in finding.message
    assert "green" not in str(finding)


def test_a_stricter_rule_overrules_the_recipe(made: Path) -> None:
    found = told(scan([made], pii="none"))
    assert ("pii", "email", "EMAIL_ADDRESS") in found and ("pii", "first_name", "PERSON") in found


def test_a_synthetic_export_passes_by_its_recipe_and_not_where_reserved_values_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(SYNTHETIC)
    pipeline.run(tmp_path / "recipe.yaml", out=tmp_path / "export")
    result = scan([tmp_path / "export"])
    assert result.verdict.passed and result.notes[0].endswith("(pii: synthetic)")
    assert told(scan([tmp_path / "export"], pii="reserved")) == {("pii", "mailbox", "EMAIL_ADDRESS")}
    changed(tmp_path / "export" / "leads.csv", "id", 0, EMAIL)
    assert told(scan([tmp_path / "export"])) == {("pii", "id", "EMAIL_ADDRESS")}


def test_files_are_matched_to_a_recipe_by_name(made: Path, tmp_path: Path) -> None:
    """Whatever the format, whatever the folder; in the order that the recipe gives."""
    whole = pl.concat(pl.read_parquet(f) for f in sorted(made.glob("customers/*.parquet")))
    (tmp_path / "data").mkdir()
    whole.write_csv(tmp_path / "data" / "customers.csv")
    whole.write_ndjson(tmp_path / "data" / "customers.v2.jsonl")
    whole.write_parquet(tmp_path / "data" / "other.parquet")
    recipe = made.parent / "recipe.yaml"
    result = scan([tmp_path / "data"], recipe=recipe)
    assert {Path(f.table).name for f in result.findings} == {"other.parquet"}  # nobody knows this one
    assert result.notes == (f"files of its tables are held to {recipe} (pii: reserved)",)


def test_a_given_recipe_overrules_the_one_in_an_export(made: Path, tmp_path: Path) -> None:
    assert scan([made], recipe=made.parent / "recipe.yaml").findings == ()
    other = tmp_path / "other.yaml"
    other.write_text(
        RECIPE.replace("[first_name, last_name, email, phone]", "[first_name, last_name, email, phone, national_id]")
    )
    assert {f.code for f in scan([made], recipe=other).findings} == {"contract"}
    other.write_text("synthgen: 1\ntables: {}\nnonsense: 1\n")
    with pytest.raises(RecipeError):
        scan([made], recipe=other)


def test_an_export_whose_recipe_is_gone_is_held_to_reserved_ranges(export: Path) -> None:
    (export / "recipe.yaml").write_text("synthgen: 1\nbroken: [\n")
    result = scan([export])
    assert "cannot be used" in result.notes[0] and ("pii", "note", "PERSON") in told(result)


def test_a_manifest_of_somebody_else_is_a_file_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"owner": EMAIL}))
    result = scan([tmp_path])
    assert result.notes == () and told(result) == {("pii", "owner", "EMAIL_ADDRESS")}


def test_an_export_and_other_files_are_scanned_at_once(made: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(f"id,contact\n1,{EMAIL}\n")
    result = scan([made, tmp_path / "other.csv"])
    assert told(result) == {("pii", "contact", "EMAIL_ADDRESS")} and len(result.notes) == 1
    assert result.files == len(result.names) and str(tmp_path / "other.csv") in result.names
    assert {Path(name).name for name in result.scanned["columns"]} >= {"other.csv.contact", "part-00000.csv.email"}


def test_workers_know_the_same(export: Path) -> None:
    changed(export / "customers" / "part-00001.csv", "note", 3, f"Write to {EMAIL}.")
    assert scan([export], workers=2).findings == scan([export], workers=1).findings != ()


def test_expectations_travel_without_their_tables(made: Path) -> None:
    known = Expectations(pipeline.planned_export(made).recipe)
    assert known.place("x/customers.csv.gz") == Place("customers") and known.place("x/orders.csv") is None
    assert known.place("x/customers/part-00002.csv") == Place("customers", None)
    assert known.place("book.xlsx#customers") == Place("customers")
    assert known.plan.tables
    again = pickle.loads(pickle.dumps(known))
    frame = pl.read_csv(made / "customers" / "part-00000.csv", infer_schema=False)
    for one in (known, again):
        found = one.known("customers.csv", 0, {c.name: c for c in frame.get_columns()})
        assert found is not None and found.findings == []
        assert found.columns["email"].declared is not None and len(found.columns["note"].inserted) == 2
        assert found.columns["tier"].declared is None
    assert known.known("customers/part-00002.csv", 0, {"note": frame["note"]}).columns["note"].inserted == ()  # type: ignore[union-attr]
    assert known.known("orders.csv", 0, {}) is None


def test_eval_sets_are_made_anew_where_something_is_found_in_them(tmp_path: Path) -> None:
    export = tmp_path / "guardrails"
    recipe = (ROOT / "recipes" / "guardrails.yaml").read_text().replace("{zero_failures: 0.01}", "40")
    (tmp_path / "recipe.yaml").write_text(recipe)
    pipeline.run(tmp_path / "recipe.yaml", out=export)
    result = scan([export])
    assert result.verdict.passed and result.findings == ()
    assert "of eval sets with findings are what recipe and seed give" in result.notes[1]
    victim = next(iter(sorted(export.rglob("evals/**/*.jsonl"))))
    victim.write_text(victim.read_text().replace("the ", f"the {EMAIL} ", 1))
    broken = scan([export])
    assert {f.entity for f in broken.findings} >= {"EMAIL_ADDRESS"}
    assert {f.table for f in broken.findings} == {str(victim)}
