"""Reports to render: findings of every kind, in files whose names attack the formats."""

from __future__ import annotations

from synthgen.artifacts import Finding
from synthgen.reporting.report import Item, Report
from synthgen.scanning import FailOn, counts, rule

FINDINGS = (
    Finding("pii", "data/customers.csv", "email", 3, "EMAIL_ADDRESS", 0.95, 12, recognizer="synthgen:email_address"),
    Finding("pii", "data/customers.csv", "note", 41, "PERSON", 0.85, 1, recognizer="ner:en_core_web_sm"),
    Finding("pii", "data/shop.xlsx#Orders", "phone", 0, "PHONE_NUMBER", 1.0, 2, recognizer="synthgen:phone_number"),
    Finding("pii", "docs/a.md", entity="API_KEY", score=1.0, recognizer="synthgen:api_key", line=7, mark="0a1b2"),
    Finding("pii", "docs/a.md", entity="GPE", score=0.6, recognizer="ner:en_core_web_sm", line=9, mark="0a1b3"),
    Finding("unscanned", "docs/blob.bin", message="cannot be read: a binary format that cannot be scanned"),
    Finding("contract", "data/customers.csv", "iban", message="the recipe declares IBAN_CODE here"),
    Finding("leak", "data/customers.csv", "email", 5, "EMAIL_ADDRESS", message="values of source 'crm'"),
    Finding("allow", ".synthgen-allow.yaml", message="the entry expired on 2026-01-01", line=4, mark="abcde"),
)
FILES = (
    "data/customers.csv",
    "data/shop.xlsx",
    "docs/a.md",
    "docs/blob.bin",
    "docs/clean.txt",
)

NASTY = (
    "new\nline.csv",
    "return\r.csv",
    "cmd::error file=x::y.csv",
    "comma,colon:equal=.csv",
    "per%0Acent%25.csv",
    "quote\"'<&>]]>.csv",
    "right\u202eto\u2066left.csv",
    "escape\x1b[31m.csv",
    "nul\x01\x0b\u2028.csv",
    "half\udcff.csv",
    "space and ünïcode 名.csv",
    "a:b.csv",
    "-dash#hash?.csv",
)
"""Names of files that could end a command, a tag, a string or a line."""


def report(
    findings: tuple[Finding, ...] = FINDINGS,
    files: tuple[str, ...] = FILES,
    fail_on: FailOn = "warning",
    suppressed: int = 2,
) -> Report:
    """A report with the rules of a scan."""
    return Report([Item(f, rule(f), counts(f, fail_on)) for f in findings], files, 1200, suppressed)


def nasty() -> Report:
    """One finding in each file with a nasty name, in a column with that name."""
    found = tuple(Finding("pii", name, name, 0, "EMAIL_ADDRESS", 1.0, message=name) for name in NASTY)
    lines = tuple(Finding("pii", name, entity="US_SSN", score=1.0, line=2, mark="00000") for name in NASTY)
    return report(found + lines, NASTY)
