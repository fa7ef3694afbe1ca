"""JSON: lines, documents, documents larger than the memory, and what is no JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthgen.privacy.readers import base, batches, records
from tests.privacy.readers.planted import REAL, TWIN, places, scanned


def test_lines_that_are_no_json_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"mail": "{TWIN}"}}\n\n{{"mail": "{REAL}"}}\n{{torn "{REAL}"\n')
    assert places(path) == [("", "mail", 2, None), ("", "value", 3, None)]
    assert scanned(path).rows == 4


def test_a_name_that_stands_twice_keeps_both_values(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(f'{{"mail": "{REAL}", "mail": "{TWIN}"}}')
    assert places(path) == [("", "mail[][]", 0, None)]


def test_json_that_is_lines_or_none(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(f'{{"mail": "{TWIN}"}}\n{{"mail": "{REAL}"}}\n')
    assert places(path) == [("", "mail", 1, None)]
    path.write_text(f"// a comment\n{{'mail': '{REAL}'}}\n")
    assert places(path) == [("", None, None, 2)]
    path.write_text("[" * 100_000 + REAL)
    assert places(path) == [("", None, None, 1)]


def test_jsonl_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.jsonl"
    rows = [{"mail": f"u{i}@example.com"} for i in range(500)]
    rows[444] = {"mail": REAL}
    path.write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setattr(base, "PIECE", 1000)
    assert places(path) == [("", "mail", 444, None)]


def test_a_line_that_is_too_long_for_the_memory_is_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "word " * 4000, "mail": REAL}) + "\n")
    monkeypatch.setattr(base, "PIECE", 1000)
    assert places(path) == [("", None, None, 1)]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_that_is_too_large_for_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    path = tmp_path / "x.json"
    rows: list[object] = [{"mail": f"u{i}@example.com", "n": [i, [i]]} for i in range(30_000)]
    rows[25_000] = {"mail": REAL}
    rows[3] = [["a", 12345], "x"]
    path.write_text("  " + json.dumps(rows, indent=indent, ensure_ascii=False))
    whole = places(path)
    assert whole == [("", "mail", 25_000, None)]
    assert sum(b.rows for b in batches(path)) == 30_000
    monkeypatch.setattr(base, "PIECE", 10_000)
    assert places(path) == whole
    assert sum(b.rows for b in batches(path)) == 30_000
    path.write_text(json.dumps(rows)[:-300] + f" torn {REAL}")
    assert len(places(path)) == 2


def test_objects_that_are_tables_by_key(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    people = {f"key{i}": {"mail": f"u{i}@example.com", "age": i} for i in range(2000)}
    people["key1999"]["mail"] = REAL
    path.write_text(json.dumps(people))
    assert places(path) == [("", "*.mail[]", 0, None)]
    batch = records.records([people])
    assert set(batch.columns) == {"*.mail", "*.age", "(keys)"}
