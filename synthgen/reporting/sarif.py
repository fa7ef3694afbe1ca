"""SARIF 2.1.0, the format that code hosts and editors read (OASIS standard, errata 01).

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from synthgen.artifacts import Finding
from synthgen.reporting.report import Item, Report, Rule, clean, sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "synthgen/v1"
_SEVERITY = {"error": "8.0", "warning": "5.5", "note": "2.0"}
"""`security-severity`, by which code hosts sort: high, medium, low."""


def sarif(report: Report, version: str) -> dict[str, Any]:
    """The report as a SARIF log of one run; `version` is that of this program.

    Lines are regions. A row of a table has no line, so it stands in the message and the properties, and the column in a
    logical location. Findings that were let pass are counted in the run's properties and left out otherwise.
    """
    rules = report.rules
    index = {rule.name: i for i, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "synthgen", "version": version, "rules": [_rule(r) for r in rules]}},
        "automationDetails": {"id": "synthgen/scan"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, item, index[item.rule.name]) for item in report.items],
        "properties": {"files": len(report.files), "rows": report.rows, "suppressed": report.suppressed},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def uri(path: str) -> str:
    """A path as the reference that SARIF asks for: relative, with slashes and percent-encoded; `file:` for others.

    >>> uri("data/a b#1.csv")
    'data/a%20b%231.csv'
    """
    if "://" in path:
        return quote(path, safe="/:@?=&%+,;~-._")
    plain = PurePath(path).as_posix()
    encoded = quote(os.fsencode(plain), safe="/~-._")
    return f"file://{encoded}" if plain.startswith("/") else encoded


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.about},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "precision": rule.precision,
            "security-severity": _SEVERITY[rule.level],
            "tags": list(rule.tags),
        },
    }


def _result(report: Report, item: Item, index: int) -> dict[str, Any]:
    finding = item.finding
    found: dict[str, Any] = {
        "ruleId": item.rule.name,
        "ruleIndex": index,
        "level": item.rule.level,
        "message": {"text": sentence(item, report.place(finding))},
        "locations": [_location(report, finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": _properties(finding),
    }
    if finding.score is not None:
        found["rank"] = round(100 * finding.score, 1)
    return found


def _location(report: Report, finding: Finding) -> dict[str, Any]:
    path = report.file(finding)
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(path)}}
    if "://" not in path and not path.startswith("/"):
        physical["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.column is not None and finding.line is None:
        name = clean(f"{finding.table}.{finding.column}")
        location["logicalLocations"] = [{"name": clean(finding.column), "fullyQualifiedName": name, "kind": "member"}]
    return location


def _properties(finding: Finding) -> dict[str, Any]:
    fields = {
        "code": finding.code,
        "entity": finding.entity,
        "table": clean(finding.table),
        "column": None if finding.column is None else clean(finding.column),
        "row": finding.row,
        "count": finding.count,
        "recognizer": finding.recognizer,
    }
    return {k: v for k, v in fields.items() if v is not None}
