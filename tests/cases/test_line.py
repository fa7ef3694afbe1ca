"""The eval line from recipe to manifest, with a family of the smallest kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.errors import RecipeError

Write = Callable[..., Path]
SPLITS = "splits: {dev: 0.2, test: 0.8}\n"


def cases(export: Path, name: str = "plans") -> pl.DataFrame:
    return pl.read_parquet(export / "evals" / f"{name}.parquet")


def run(path: Path, out: str, **options: Any) -> pipeline.RunResult:
    return pipeline.run(path, out=Path(out), **options)


def test_a_set_is_made_proven_and_listed(recipe: Write) -> None:
    result = run(recipe("plans: {family: toy, from: customers, cases: 300}", rest=SPLITS), "out")
    assert result.verdict.passed and result.target is not None
    made = cases(result.target)
    assert made.height == 300 and made["id"].n_unique() == 300
    entry = json.loads((result.target / "manifest.json").read_text())["evals"]["plans"]
    assert entry["cases"] == 300 and entry["audit"]["proven"] == 300 and entry["audit"]["oracle"] == 1.0
    assert entry["audit"]["mutants"] == entry["audit"]["caught"] == 2 * 300
    low, high = entry["audit"]["chance_interval"]
    assert low <= entry["audit"]["null"] <= high and low < 1 / 3 < high
    assert entry["splits"] == {"test": 240, "dev": 60}
    assert made["canary"].n_unique() == 1 and made["canary"][0] == entry["canary"]


def test_no_group_stands_on_two_sides(recipe: Write) -> None:
    result = run(recipe("plans: {family: toy, from: customers, cases: 400}", rest=SPLITS, rows=150), "out")
    assert result.target is not None
    sides: dict[str, set[str]] = {}
    for groups, split in cases(result.target).select("groups", "split").iter_rows():
        for group in json.loads(groups):
            sides.setdefault(group, set()).add(split)
    assert len(sides) > 100 and all(len(s) == 1 for s in sides.values())


def test_a_set_that_grows_keeps_its_cases(recipe: Write) -> None:
    small = run(recipe("plans: {family: toy, from: customers, cases: 120}", rest=SPLITS), "small")
    large = run(recipe("plans: {family: toy, from: customers, cases: 300}", rest=SPLITS), "large")
    assert small.target is not None and large.target is not None
    a, b = cases(small.target).drop("canary"), cases(large.target).drop("canary")
    assert b.head(120).equals(a)


def test_other_evals_and_seeds_change_other_cases_alone(recipe: Write) -> None:
    one = run(recipe("plans: {family: toy, from: customers, cases: 100}"), "one")
    both = run(
        recipe("more: {family: toy, from: customers, cases: 50}\nplans: {family: toy, from: customers, cases: 100}"),
        "both",
    )
    other = run(recipe("plans: {family: toy, from: customers, cases: 100}", seed=4), "other")
    assert one.target is not None and both.target is not None and other.target is not None
    assert cases(one.target).drop("canary").equals(cases(both.target).drop("canary"))
    assert not cases(one.target)["input"].equals(cases(other.target)["input"])


def test_a_wrong_gold_blocks_the_export(recipe: Write) -> None:
    result = run(recipe("plans: {family: toy, from: customers, cases: 100, wrong: true}"), "out")
    assert not result.verdict.passed and result.target is None and not Path("out").exists()
    found = [f for f in result.verdict.findings if f.code == "gold"]
    assert any("another plan" in f.message for f in found)
    assert any("first renderings" in f.message and f.count > 50 for f in found)


def test_a_rare_gold_that_is_not_proven_is_rendered_again_and_counted(recipe: Write) -> None:
    result = run(recipe("plans: {family: toy, from: customers, cases: 300, flaky: 151}", rest=SPLITS), "rare")
    assert result.verdict.passed and result.target is not None
    audit = result.evals["plans"]["audit"]
    assert (audit["rendered_again"], audit["proven"]) == (2, 300)
    assert cases(result.target).filter(pl.col("attempt") > 0)["id"].to_list() == ["plans-00000", "plans-00151"]
    assert pipeline.verify(result.target, regenerate=300).verdict.passed
    small = run(recipe("plans: {family: toy, from: customers, cases: 24, flaky: 100}"), "small")
    assert small.verdict.passed and small.evals["plans"]["audit"]["rendered_again"] == 1
    often = run(recipe("plans: {family: toy, from: customers, cases: 300, flaky: 20}", rest=SPLITS), "often")
    assert [f.count for f in often.verdict.findings] == [15] and not often.verdict.passed


def test_cases_that_cannot_differ_block_the_export(recipe: Write) -> None:
    path = recipe("plans: {family: toy, from: customers, cases: 400, same: true}", rows=2)
    result = run(path, "out")
    assert not result.verdict.passed
    assert {f.code for f in result.verdict.findings} == {"audit"}


def test_personal_data_that_no_piece_declares_blocks_the_export(recipe: Write) -> None:
    path = recipe("plans: {family: toy, from: customers, cases: 20, leak: ' Mail to someone@company.de'}")
    result = run(path, "out")
    found = [f for f in result.verdict.findings if f.code == "pii"]
    assert [(f.table, f.column, f.entity, f.count) for f in found] == [("plans", "input", "EMAIL_ADDRESS", 20)]
    assert "company.de" not in repr(result.verdict)


def test_limits_of_the_recipe_fail_the_gate(recipe: Write) -> None:
    result = run(
        recipe("plans: {family: toy, from: customers, cases: 200, audit: {distinct: 0.99, self_bleu: 0.1}}"), "out"
    )
    messages = " ".join(f.message for f in result.verdict.findings)
    assert not result.verdict.passed and "distinct_2" in messages and "self_bleu" in messages


def test_must_pass_marks_its_share(recipe: Write) -> None:
    result = run(recipe("plans: {family: toy, from: customers, cases: 200, must_pass: 0.1}"), "out")
    assert result.target is not None
    assert cases(result.target)["must_pass"].sum() == 20


@pytest.mark.parametrize("formats", ["parquet", "csv", "jsonl"])
def test_verify_makes_cases_anew_and_finds_a_changed_one(recipe: Write, formats: str) -> None:
    path = recipe("plans: {family: toy, from: customers, cases: 60}", rest=f"export: {{formats: [{formats}]}}\n")
    result = run(path, "out")
    assert result.target is not None
    assert pipeline.verify(result.target, regenerate=60).verdict.passed
    _change(result.target, formats)
    verdict = pipeline.verify(result.target, regenerate=60).verdict
    assert not verdict.passed


def _change(export: Path, formats: str) -> None:
    """Another gold in one case, with a manifest that agrees: only making the case anew can tell."""
    from synthgen.export.manifest import canonical, digest_file, own_digest

    path = export / "evals" / f"plans.{formats}"
    if formats == "parquet":
        frame = pl.read_parquet(path)
        changed = [("team" if t == "free" else "free") if i == 7 else t for i, t in enumerate(frame["target"])]
        frame.with_columns(target=pl.Series(changed)).write_parquet(path)
    else:
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[7] = lines[7].replace("matter", "natter", 1)
        path.write_text("\n".join(lines), encoding="utf-8")
    manifest = json.loads((export / "manifest.json").read_text())
    entry = manifest["evals"]["plans"]["files"][0]
    entry["sha256"], entry["bytes"] = digest_file(path)
    manifest["sha256"] = own_digest(manifest)
    (export / "manifest.json").write_bytes(canonical(manifest))


def test_an_eval_alone_needs_no_tables_and_a_table_that_is_missing_is_named(recipe: Write) -> None:
    with pytest.raises(RecipeError) as caught:
        run(recipe("plans: {family: toy, from: custmers, cases: 60}"), "out")
    problem = caught.value.problems[0]
    assert (
        problem.code == "unknown-table" and problem.remedy == "did you mean 'customers'?" and problem.place is not None
    )


def test_preview_shows_the_cases_that_run_writes(recipe: Write) -> None:
    path = recipe("plans: {family: toy, from: customers, cases: 40}")
    result = run(path, "out")
    assert result.target is not None
    shown = pipeline.preview(path, "plans", 3)
    assert not shown.tables
    assert [e.case.input for e in shown.evals["plans"]] == cases(result.target)["input"].head(3).to_list()
