"""The pytest plug-in: a test fails where its data holds personal data.

It is loaded into every pytest that finds synthgen installed, so it imports nothing but pytest until it is used. What it
says names entity, column, row and score. It never shows a value, and neither does pytest: the tracebacks of its
failures, which would show the data among the arguments and local variables of a test, are cut down to the message.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from synthgen.artifacts import Finding
    from synthgen.privacy.scanner import Scanner

    Allow = str | os.PathLike[str] | Mapping[str, str | Collection[str]] | None

_SHOWN = 20  # findings in a message
_DEEPEST = 50  # errors within errors


class PersonalDataError(AssertionError):
    """Personal data was found, or something could not be scanned. `findings` hold no values."""

    findings: tuple[Finding, ...] = ()


class DataScanner:
    """Scans data of tests. It keeps what is slow to load, so one serves a whole session."""

    def __init__(self) -> None:
        self._scanners: dict[tuple[Any, ...], Scanner] = {}

    def findings(self, data: Any, *, allow: Allow = None, **settings: Any) -> tuple[Finding, ...]:
        """The findings that make `assert_no_pii` fail, which explains the settings; none for clean data.

        Raises UsageError for bad settings, and PersonalDataError where the scan itself fails.
        """
        __tracebackhide__ = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a library's warning about data may show it
                return self._failing(data, allow, **settings)
        except Exception as error:
            failure = _told(error)
        raise failure from None

    def _failing(
        self,
        data: Any,
        allow: Allow,
        pii: str = "reserved",
        entities: Collection[str] | None = None,
        min_score: float | None = None,
        fail_on: str = "warning",
        ner: str = "auto",
    ) -> tuple[Finding, ...]:
        from synthgen import in_memory, scanning
        from synthgen.privacy.scanner import Scanner
        from synthgen.reporting.allow import load, today

        level = scanning.checked(pii, min_score, fail_on)
        wanted = scanning.selected(entities)
        excused = _excused(allow) if isinstance(allow, Mapping) else {}
        if isinstance(data, os.PathLike):
            listed = Path(allow) if isinstance(allow, str | os.PathLike) else None
            found: Collection[Finding] = scanning.scan(
                [Path(data)], pii=pii, ner=ner, entities=entities, min_score=min_score, fail_on=fail_on, allow=listed
            ).findings
        else:
            key = (pii, ner, wanted)
            if key not in self._scanners:
                self._scanners[key] = Scanner("none" if pii == "none" else "reserved", ner=ner, entities=wanted)
            scanner = self._scanners[key]
            found = [f for f in in_memory.scan(data, scanner) if f.score is None or f.score >= (min_score or 0)]
            if isinstance(allow, str | os.PathLike):
                found = load(Path(allow)).apply(found, [in_memory.LABEL], today()).findings
        return tuple(
            f for f in found
            if scanning.counts(f, level) and f.kind not in excused.get(f.column or "", set()) | excused.get("*", set())
        )  # fmt: skip


_SCANNER = DataScanner()


def assert_no_pii(
    data: Any,
    *,
    pii: str = "reserved",
    entities: Collection[str] | None = None,
    min_score: float | None = None,
    fail_on: str = "warning",
    allow: Allow = None,
    ner: str = "auto",
) -> None:
    """Fail if data holds personal data, or something that cannot be scanned.

    - `data`: a frame or series of polars, pandas or whatever speaks Arrow; a mapping of columns; a record, or a list of
      them, nested as JSON is; a text (a `str` is never taken for a path); or a path to a file or folder.
    - `pii`: `reserved` (values of ranges that are never assigned may stand) or `none`.
    - `entities`: classes (`direct`, `indirect`, `quasi`) or entities to look for; direct and indirect ones by default.
    - `min_score`: findings below are left out. `fail_on`: `error`, `warning` or `note`, as in `synthgen scan`.
    - `allow`: columns with the entities that they may hold, `{"contact": "EMAIL_ADDRESS"}`, `*` for any column; or the
      path of an allow-list.
    - `ner`: the engine for names in texts, `off` for none.

    Raises PersonalDataError (an AssertionError); UsageError for bad settings and for data that has no form to be read.
    """
    __tracebackhide__ = True
    found = _SCANNER.findings(
        data, pii=pii, entities=entities, min_score=min_score, fail_on=fail_on, allow=allow, ner=ner
    )
    if found:
        error = PersonalDataError(_message(found))
        error.findings = found
        raise error from None


@pytest.fixture(scope="session")
def synthgen_scanner() -> DataScanner:
    """The scanner of the session, for tests that want the findings and no failure."""
    return _SCANNER


@pytest.fixture(scope="session", name="assert_no_pii")
def _assert_no_pii() -> Callable[..., None]:
    """`assert_no_pii`, without an import."""
    return assert_no_pii


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Cut what is shown of our failures down to the message: everything else may show the data."""
    report = yield
    if call.excinfo is not None and _holds_ours(call.excinfo.value):
        report.longrepr = call.excinfo.getrepr(style="value", showlocals=False, funcargs=False)
    return report


# -- parts


def _excused(allow: Mapping[str, str | Collection[str]]) -> dict[str, set[str]]:
    from synthgen.scanning import selected

    named = {column: {kinds} if isinstance(kinds, str) else set(kinds) for column, kinds in allow.items()}
    return {column: set(selected(kinds) or ()) for column, kinds in named.items()}


def _told(error: Exception) -> Exception:
    """The error as it may be shown. Of an unexpected one that is its type and place: its text could hold a value."""
    from synthgen.errors import SynthgenError

    if isinstance(error, SynthgenError):
        error.__synthgen_hidden__ = True  # type: ignore[attr-defined]
        return error.with_traceback(None)
    trace, where = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("synthgen."):
            where = f" in {name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return PersonalDataError(f"could not be scanned, so nothing is known of it: {type(error).__name__}{where}")


def _message(found: Sequence[Finding]) -> str:
    """The findings line by line. The first line says the most: it is all that a summary shows."""
    from synthgen.reporting.report import Item, Report, sentence
    from synthgen.scanning import rule

    report = Report([], sorted({f.table for f in found}))
    lines = [sentence(Item(f, rule(f), True), report.place(f)) for f in found[:_SHOWN]]
    more = len(found) - len(lines)
    return "\n".join(lines + ([f"... and {more:,} more findings"] if more else []))


def _holds_ours(error: BaseException | None, depth: int = 0) -> bool:
    """Whether an error is ours, was raised while one of ours was handled, or is a group with one of ours."""
    if error is None or depth > _DEEPEST:
        return False
    inner = getattr(error, "exceptions", ())
    return (
        isinstance(error, PersonalDataError)
        or hasattr(error, "__synthgen_hidden__")
        or any(_holds_ours(e, depth + 1) for e in (error.__cause__, error.__context__, *inner) if e is not error)
    )
