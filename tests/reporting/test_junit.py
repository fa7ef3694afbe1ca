"""JUnit: read back by the parser, counted as the exit code counts, whatever the names hold."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from synthgen.reporting.junit import junit
from synthgen.reporting.report import clean
from synthgen.scanning import FailOn
from tests.reporting.samples import FINDINGS, NASTY, nasty, report


def test_a_suite_for_each_file_and_a_case_for_each_finding() -> None:
    xml = JUnitXml.fromstring(junit(report()).encode())
    suites = {s.name: list(s) for s in xml}
    assert list(suites) == [
        "data/customers.csv", "data/shop.xlsx", "docs/a.md", "docs/blob.bin", ".synthgen-allow.yaml", "docs/clean.txt",
    ]  # fmt: skip
    assert [len(cases) for cases in suites.values()] == [4, 1, 2, 1, 1, 1]
    [clean_case] = suites["docs/clean.txt"]
    assert clean_case.is_passed and clean_case.name == "no personal data"
    [first, *_] = suites["data/customers.csv"]
    [failure] = first.result
    assert isinstance(failure, Failure) and failure.type == "EMAIL_ADDRESS" and "row 3" in failure.message
    assert FINDINGS[0].fingerprint in failure.text
    [error] = suites["docs/blob.bin"][0].result
    assert isinstance(error, Error)
    assert all(p.value == "2" for s in xml for p in s.properties())


@pytest.mark.parametrize(
    ("fail_on", "failures", "skipped"), [("error", 6, 2), ("warning", 7, 1), ("note", 8, 0), ("never", 0, 8)]
)
def test_counts_agree_with_what_fails(fail_on: FailOn, failures: int, skipped: int) -> None:
    xml = JUnitXml.fromstring(junit(report(fail_on=fail_on)).encode())
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (10, failures, 1, skipped)
    results = [r for suite in xml for case in suite for r in case.result]
    assert sum(isinstance(r, Skipped) for r in results) == skipped


def test_the_form_is_that_of_the_common_schema() -> None:
    root = ElementTree.fromstring(junit(report()))
    assert root.tag == "testsuites"
    for suite in root:
        assert [e.tag for e in suite][:1] == ["properties"] and {e.tag for e in suite} == {"properties", "testcase"}
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for case in suite.findall("testcase"):
            assert case.attrib["name"] and case.attrib["classname"]
            assert [e.tag for e in case] in ([], ["failure"], ["error"], ["skipped"])


def test_names_cannot_break_the_document() -> None:
    xml = JUnitXml.fromstring(junit(nasty()).encode())
    assert [s.name for s in xml] == [clean(n) for n in NASTY]
    assert xml.tests == xml.failures == 2 * len(NASTY)
