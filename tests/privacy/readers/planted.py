"""What a scan of a file says, in short: place below the file, column, row, line, entity."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from synthgen.privacy.files import ScanResult, scan_paths

REAL, TWIN = "anna.keller@gmail.com", "anna.keller@example.com"

Place = tuple[str, str | None, int | None, int | None]


def scanned(path: Path, **settings: object) -> ScanResult:
    result = scan_paths([path], ner="off", **settings)  # type: ignore[arg-type]
    assert REAL not in str([asdict(f) for f in result.findings])
    return result


def places(path: Path, **settings: object) -> list[Place]:
    found = scanned(path, **settings).findings
    assert all((f.code, f.entity) == ("pii", "EMAIL_ADDRESS") for f in found), found
    return [(f.table.removeprefix(str(path)), f.column, f.row, f.line) for f in found]


def unread(path: Path, **settings: object) -> dict[str, str]:
    found = [f for f in scanned(path, **settings).findings if f.code == "unscanned"]
    return {f.table.removeprefix(str(path)): f.message for f in found}
