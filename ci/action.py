"""What action.yml runs: `action.py install`, then `action.py scan`. Needs nothing but Python.

Inputs come as environment variables INPUT_*. They may be strings of strangers: each becomes one argument of one program
and is never read by a shell, and nothing of it can end a workflow command, an output or a cell of the summary.
"""

from __future__ import annotations

import html
import json
import os
import secrets
import subprocess
import sys
import urllib.parse
import venv
from pathlib import Path
from typing import Any

SHOWN = 50
"""Annotations and rows of the summary; the SARIF file has all findings."""

OPTIONS = ("PII", "ENTITIES", "MIN_SCORE", "FAIL_ON", "ALLOW")
"""Inputs that are passed on as options of the same name."""

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def environment() -> Path:
    """The virtual environment of the action, so that the one of the job stays as it is."""
    return Path(os.environ["RUNNER_TEMP"]) / "synthgen-action"


def python() -> str:
    """The interpreter in it."""
    folder = environment()
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def given(name: str) -> str:
    """An input, without the space around it; empty if it is not given."""
    return os.environ.get(f"INPUT_{name}", "").strip()


def lines(name: str) -> list[str]:
    """An input that holds one value a line."""
    return [line.strip() for line in given(name).splitlines() if line.strip()]


def install() -> int:
    """Make the environment and install the package, by default the checkout that this file is part of."""
    venv.create(environment(), with_pip=True, clear=True, symlinks=os.name != "nt")
    package = given("PACKAGE") or str(Path(__file__).resolve().parents[1])
    command = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", package]
    return subprocess.run(command, check=False).returncode


def arguments(sarif: Path) -> list[str]:
    """The arguments of `synthgen` that the inputs ask for; paths come after `--`, so that none is an option."""
    found = ["scan", "--no-progress", "--format=sarif", f"--output={sarif}"]
    found += [f"--{name.lower().replace('_', '-')}={given(name)}" for name in OPTIONS if given(name)]
    if given("DIFF_BASE"):
        found.append(f"--diff={given('DIFF_BASE')}")
    return [*found, *lines("EXTRA_ARGS"), "--", *(lines("PATHS") or ["."])]


def scan() -> int:
    """Scan, and tell it in every way that a workflow knows; returns the exit code of `synthgen scan`."""
    sarif = Path(given("SARIF_FILE") or "synthgen.sarif")
    sarif.parent.mkdir(parents=True, exist_ok=True)
    sarif.unlink(missing_ok=True)  # an old report must not pass for this one
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)  # what the scan prints is no command, whatever files are called
    code = subprocess.run([python(), "-m", "synthgen", *arguments(sarif)], check=False).returncode
    print(f"\n::{token}::", flush=True)
    run = report(sarif) if code in (0, 3) else None
    verdict = {0: "pass", 3: "blocked"}.get(code, "error") if run is not None else "error"
    results = run["results"] if run is not None else []
    for result in sorted(results, key=lambda r: list(COMMANDS).index(level(r)))[:SHOWN]:
        print(annotation(result))
    if run is None:
        print("::error title=synthgen scan::The scan failed, so nothing is known of the data: see the log.")
    append("GITHUB_STEP_SUMMARY", summary(verdict, results, run))
    output("findings", "" if run is None else str(len(results)))
    output("verdict", verdict)
    output("sarif-file", str(sarif) if sarif.is_file() else "")
    return code if run is not None or code not in (0, 3) else 1


def report(sarif: Path) -> dict[str, Any] | None:
    """The one run of the report; None where there is no whole report."""
    try:
        (run,) = json.loads(sarif.read_text(encoding="utf-8"))["runs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(run)


def place(result: dict[str, Any]) -> tuple[str, int | None]:
    """The file of a result, and the line if it has one."""
    physical = result["locations"][0]["physicalLocation"] if result.get("locations") else {}
    uri = urllib.parse.unquote(physical.get("artifactLocation", {}).get("uri", ""))
    return uri, physical.get("region", {}).get("startLine")


def level(result: dict[str, Any]) -> str:
    """The level of a result; SARIF says that one without any is a warning, and `none` is below all."""
    said = result.get("level", "warning")
    return said if said in COMMANDS else "note"


def annotation(result: dict[str, Any]) -> str:
    """A workflow command, with the escapes of the runner's toolkit (actions/toolkit, packages/core/src/command.ts)."""
    file, line = place(result)
    fields = {"file": file, "line": "" if line is None else str(line), "title": result["ruleId"]}
    said = ",".join(
        f"{name}={escaped(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in fields.items() if value
    )
    return f"::{COMMANDS[level(result)]} {said}::{escaped(result['message']['text'])}"


def escaped(text: str) -> str:
    """Text that ends no command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summary(verdict: str, results: list[dict[str, Any]], run: dict[str, Any] | None) -> str:
    """What the page of the run shows, as Markdown."""
    if run is None:
        return "## synthgen scan: error\n\nThe scan failed, so nothing is known of the data: see the log.\n"
    counts = run.get("properties", {})
    seen = f"{counts.get('files', 0):,} files, {counts.get('rows', 0):,} rows; {counts.get('suppressed', 0):,} let pass"
    said = [f"## synthgen scan: {verdict}", "", f"{len(results):,} findings in {seen}.", ""]
    if results:
        said += ["| level | file | line | finding |", "|---|---|---|---|"]
    for result in results[:SHOWN]:
        file, line = place(result)
        cells = (level(result), file, "" if line is None else str(line), result["message"]["text"])
        said.append("| " + " | ".join(map(cell, cells)) + " |")
    if len(results) > SHOWN:
        said += ["", f"... and {len(results) - SHOWN:,} more: the SARIF file has them all."]
    return "\n".join(said) + "\n"


def cell(text: str) -> str:
    """Text in a table: no markup of it is read."""
    return "".join(f"&#{ord(c)};" if c in "|`[]!*_\\~#:@" else c for c in html.escape(" ".join(text.split())))


def append(variable: str, text: str) -> None:
    """Add to the file that the runner names."""
    if os.environ.get(variable):
        with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
            file.write(text)


def output(name: str, value: str) -> None:
    """Set an output; the delimiter is random, so that no value can end its own."""
    mark = f"end_{secrets.token_hex(16)}"
    append("GITHUB_OUTPUT", f"{name}<<{mark}\n{value}\n{mark}\n")


if __name__ == "__main__":
    sys.exit({"install": install, "scan": scan}[sys.argv[1]]())
