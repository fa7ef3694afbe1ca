"""Every family through the whole line: golds proven, wrong golds caught, nothing repeated, leaked or personal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.registry import FAMILIES

TABLES = """\
synthgen: 1
name: families
seed: 5
clock: "2026-09-01T00:00:00Z"
tables:
  customers:
    rows: 3000
    key: customer_id
    entities: {person: [first_name, last_name, email, phone]}
    columns:
      customer_id: {id: int}
      plan: {choice: {free: 0.6, pro: 0.3, enterprise: 0.1}}
  invoices:
    per: customers
    count: {poisson: 2}
    key: invoice_no
    columns:
      invoice_no: {id: "INV-{n:07d}"}
      customer_id: {ref: customers}
      issued_on: {date: {from: "2025-01-01", to: clock}}
      amount: {lognormal: {median: 80, sigma: 0.7}, range: [5, 5000], decimals: 2}
      status: {choice: {paid: 0.75, open: 0.2, overdue: 0.05}}
"""
OPTIONS = {
    "classification": ["labels: [billing, bug, cancellation, how_to, feature_request]"],
    "extraction": ["", "from: invoices, target: [invoice_no, issued_on, amount, customers.last_name]"],
    "pii_spans": ["from: customers"],
    "text_to_sql": ["tables: [customers, invoices]"],
    "table_qa": ["from: invoices"],
    "tool_call": ["from: invoices", ""],
}
EACH = [(f, o) for f in FAMILIES.names() if f != "toy" for o in OPTIONS.get(f, [""])]
CASES = 300


def recipe(folder: Path, family: str, options: str, cases: int = CASES, more: str = "") -> Path:
    path = folder / f"{family}.yaml"
    keys = ", ".join(part for part in (f"family: {family}", f"cases: {cases}", options, more) if part)
    path.write_text(f"{TABLES}evals:\n  made: {{{keys}}}\nsplits: {{dev: 0.2, test: 0.8}}\n", encoding="utf-8")
    return path


def run(path: Path, out: Path, **options: Any) -> pipeline.RunResult:
    result = pipeline.run(path, out=out, **options)
    assert result.verdict.passed, [f.to_json() for f in result.verdict.findings[:5]]
    return result


@pytest.mark.parametrize(("family", "options"), EACH, ids=[f"{f}-{i}" for i, (f, _) in enumerate(EACH)])
def test_a_family_passes_its_audit(family: str, options: str, tmp_path: Path) -> None:
    result = run(recipe(tmp_path, family, options), tmp_path / "out")
    made = result.evals["made"]
    audit = made["audit"]
    assert CASES <= made["base_cases"] < CASES + 8  # whole blocks of twins or languages
    assert audit["proven"] == made["cases"] and audit["oracle"] == 1.0
    assert audit["mutants"] >= 200 and audit["caught"] == audit["mutants"]
    low, high = audit["chance_interval"]
    assert low - 1e-9 <= audit["null"] <= high + 1e-9 and audit["chance"] < 0.75
    assert audit["duplicates"] == 0 and audit["near_duplicates"] < 0.01
    assert audit["group_leaks"] == 0 and len(audit["difficulty"]) > 1
    cases = pl.read_parquet(tmp_path / "out" / "evals" / "made.parquet")
    assert cases["id"].n_unique() == cases.height
    for text, target in cases.select("input", "target").iter_rows():
        assert text.strip() and target is not None
    assert all(json.loads(s) for s in cases["groups"]) or family == "needle"  # each text is one of a kind
    assert pipeline.verify(tmp_path / "out", regenerate=25).verdict.passed


@pytest.mark.parametrize("family", ["classification", "text_to_sql", "rag_qa", "guardrail"])
def test_two_workers_make_the_same_bytes(family: str, tmp_path: Path) -> None:
    path = recipe(tmp_path, family, OPTIONS.get(family, [""])[0], cases=520)
    one = run(path, tmp_path / "one")
    two = run(path, tmp_path / "two", workers=2)
    assert one.evals == two.evals
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


VARIANTS = (
    "variants: {typos: 0.2, casing: 0.2, punctuation: 0.2, distractor: 0.2, format: 0.2, synonym: 0.2, length: 0.2}"
)


@pytest.mark.parametrize("family", ["classification", "extraction", "pii_spans", "tool_call", "rag_qa"])
def test_variants_keep_or_change_the_gold_as_they_say(family: str, tmp_path: Path) -> None:
    path = recipe(tmp_path, family, OPTIONS.get(family, [""])[0], cases=150, more=VARIANTS)
    result = run(path, tmp_path / "out")
    made = result.evals["made"]
    assert made["audit"]["proven"] == made["cases"] > made["base_cases"]
    cases = pl.read_parquet(tmp_path / "out" / "evals" / "made.parquet")
    parents = {row["id"]: row for row in cases.filter(pl.col("variant") == "").to_dicts()}
    changed = cases.filter(pl.col("variant") != "").to_dicts()
    assert len({row["variant"] for row in changed}) >= 4
    for row in changed:
        parent = parents[row["parent"]]
        assert row["split"] == parent["split"] and row["groups"] == parent["groups"]
        assert row["input"] != parent["input"] or row["messages"] != parent["messages"]
        if row["relation"] == "INV" and family != "pii_spans":
            assert row["target"] == parent["target"]
