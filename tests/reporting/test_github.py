"""Annotations: one command a line, escaped as the runner unescapes, the worst first."""

from __future__ import annotations

import re

import pytest

from synthgen.artifacts import Finding
from synthgen.reporting.github import github
from synthgen.reporting.report import clean
from tests.reporting.samples import NASTY, nasty, report

COMMAND = re.compile(r"^::(error|warning|notice) ([^\n]*?)::(.*)$")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: properties end at the first `::`, then at commas; then escapes are undone."""
    match = COMMAND.fullmatch(line)
    assert match, line
    fields = dict(part.split("=", 1) for part in match[2].split(","))
    return match[1], {k: _undone(v, True) for k, v in fields.items()}, _undone(match[3], False)


def _undone(text: str, property: bool) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), *((("%3A", ":"), ("%2C", ",")) if property else ()), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_one_command_for_each_finding_and_a_last_line() -> None:
    lines = github(report()).splitlines()
    assert lines[-1] == "synthgen scan: 7 errors, 1 warning, 1 note in 5 files; 2 let pass"
    commands = [read(line) for line in lines[:-1]]
    assert [c[0] for c in commands] == ["error"] * 7 + ["warning", "notice"]
    kind, fields, message = next(c for c in commands if "API_KEY" in c[1]["title"])
    assert kind == "error" and fields["file"] == "docs/a.md" and fields["line"] == "7"
    assert fields["title"].startswith("API_KEY (") and "revoke" in message
    table = next(c for c in commands if "EMAIL_ADDRESS (" in c[1]["title"])
    assert "line" not in table[1] and "row 3" in table[2]


def test_nothing_found() -> None:
    assert github(report((), suppressed=0)) == "synthgen scan: 0 findings in 5 files\n"


def test_no_name_ends_a_command_or_begins_one() -> None:
    lines = github(nasty()).split("\n")
    commands = [read(line) for line in lines[:-2]]
    assert len(commands) == 2 * len(NASTY)
    assert [c[1]["file"] for c in commands[: len(NASTY)]] == [clean(n, keep="\r\n") for n in NASTY]
    assert all(line.isprintable() for line in lines)
    "".join(lines).encode()


@pytest.mark.parametrize(("name", "written"), [("a%b", "a%25b"), ("a\r\nb", "a%0D%0Ab"), ("a:b,c", "a%3Ab%2Cc")])
def test_escapes_are_those_of_the_runner(name: str, written: str) -> None:
    line = github(report((Finding("pii", name, entity="US_SSN"),), (name,))).splitlines()[0]
    assert f"file={written}," in line
