"""JUnit XML, the format that test dashboards read: a suite for each file, a failure for each finding."""

from __future__ import annotations

import io

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from synthgen.reporting.report import Item, Report, clean, sentence


def junit(report: Report) -> str:
    """The report as an XML document.

    A finding that makes the scan fail is a failure, and an error where something could not be scanned. One that does
    not is a skipped case, so that what the dashboard says agrees with the exit code. A file without findings is a case
    that passed.
    """
    xml = JUnitXml("synthgen scan")
    for name, items in report.by_file().items():
        suite = TestSuite(clean(name))
        suite.add_property("synthgen.suppressed", str(report.suppressed))
        cases = [_case(report, item, clean(name)) for item in items]
        suite.add_testcases(cases or [TestCase("no personal data", clean(name))])
        xml.append(suite)  # type: ignore[no-untyped-call]  # the package is annotated in part
    xml.update_statistics()  # type: ignore[no-untyped-call]  # as above
    buffer = io.BytesIO()
    xml.write(buffer, pretty=True)
    return buffer.getvalue().decode()


def _case(report: Report, item: Item, name: str) -> TestCase:
    finding = item.finding
    place = report.place(finding)
    case = TestCase(f"{finding.kind} in {place}" if place else finding.kind, name)
    kind = Skipped if not item.fails else Error if finding.code == "unscanned" else Failure
    result = kind(sentence(item, place), item.rule.name)
    result.text = f"{item.rule.level}; fingerprint {finding.fingerprint}\n{item.rule.remedy}"
    case.result = [result]
    return case
