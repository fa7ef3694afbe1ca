"""How fast eval sets are made, proven and audited, and what the audit says of each family.

    python benchmarks/evals.py                 # 20,000 cases of classification, 5,000 of each other family, 2 processes
    python benchmarks/evals.py --cases 2000 --families needle rag_qa

Times are of the whole work of a run without harness files: records, rendering, proofs, oracle, null answers, mutated
golds, near-duplicates, baseline and the scan for personal data.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from synthgen import pipeline
from synthgen.registry import FAMILIES

TABLES = """\
synthgen: 1
name: bench
seed: 5
clock: "2026-09-01T00:00:00Z"
tables:
  customers:
    rows: 20000
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
    "classification": "labels: [billing, bug, cancellation, how_to, feature_request]",
    "extraction": "from: invoices, target: [invoice_no, issued_on, amount, customers.last_name]",
    "pii_spans": "from: customers",
    "text_to_sql": "tables: [customers, invoices]",
    "table_qa": "from: invoices",
    "tool_call": "from: invoices",
}
FIGURES = ("proven", "rendered_again", "oracle", "null", "chance", "baseline", "near_duplicates", "caught", "mutants")


def main() -> None:
    """Run and print one line for each family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", nargs="*", default=FAMILIES.names())
    parser.add_argument("--cases", type=int, help="cases of each family")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    print(f"{'family':16}{'cases':>8}{'seconds':>9}  verdict  " + "  ".join(FIGURES))
    for family in asked.families:
        cases = asked.cases or (20_000 if family == "classification" else 5_000)
        options = OPTIONS.get(family)
        line = f"  set: {{family: {family}, cases: {cases}{', ' + options if options else ''}}}\n"
        with tempfile.TemporaryDirectory() as folder:
            recipe = Path(folder) / "bench.yaml"
            recipe.write_text(f"{TABLES}evals:\n{line}splits: {{dev: 0.2, test: 0.8}}\n", encoding="utf-8")
            started = time.perf_counter()
            result = pipeline.run(recipe, out=Path(folder) / "out", seed=asked.seed, workers=asked.workers)
            seconds = time.perf_counter() - started
        audit = result.evals["set"]["audit"]
        shown = "  ".join(f"{audit.get(f, 0):.4g}" for f in FIGURES)
        print(f"{family:16}{cases:>8,}{seconds:>9.1f}  {result.verdict.word:8} {shown}", flush=True)
        for finding in result.verdict.findings[:5]:
            what = " ".join(w for w in (finding.code, finding.column, finding.entity, finding.message) if w)
            print(f"    {what} ({finding.count})")


if __name__ == "__main__":
    main()
