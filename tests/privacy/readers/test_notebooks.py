"""Jupyter notebooks: sources, outputs, attachments, metadata, by cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.privacy.readers.planted import REAL, TWIN, places, scanned


def write(path: Path, cells: list[dict[str, Any]], **metadata: Any) -> None:
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


def cell(source: str | list[str], *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "execution_count": 1, "outputs": list(outputs)}


def test_cells_and_outputs(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    picture = {"output_type": "display_data", "data": {"image/png": "aGVsbG8=", "text/plain": ["<Figure>"]}}
    frame = {"output_type": "execute_result", "data": {"text/html": ["<td>\n", f"{REAL}</td>"]}, "metadata": {}}
    data = {"output_type": "display_data", "data": {"application/json": {"to": REAL}}, "metadata": {}}
    error = {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["one", f"two {REAL}"]}
    stream = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n", REAL]}
    write(
        path, [cell(f"mail = '{TWIN}'"), cell(["x = 1\n", f"y = '{REAL}'"]), cell("", stream, picture), cell("", frame),
               cell("", data), cell("", error)],
    )  # fmt: skip
    assert places(path) == [
        ("#cell 2", None, None, 2), ("#cell 3 output", None, None, 3), ("#cell 4 output", None, None, 2),
        ("#cell 5 output", None, None, 2), ("#cell 6 output", None, None, 2),
    ]  # fmt: skip
    assert scanned(path).described["skipped"] == {"image/png": 1}


def test_metadata_attachments_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    text = {"cell_type": "markdown", "metadata": {"by": REAL}, "source": f"{REAL} <!-- synthgen: allow -->"}
    text["attachments"] = {"a.txt": {"text/plain": REAL}, "b.png": {"image/png": "aGVsbG8="}}
    write(path, [text], authors=[{"mail": REAL}])
    assert places(path) == [
        ("#cell 1 metadata", "metadata.by", 0, None), ("#metadata", "metadata.authors[].mail", 0, None),
        ("#cell 1 attachment", None, None, 1),
    ]  # fmt: skip
    assert scanned(path).suppressed == 1


def test_older_and_other_forms(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": [f"a = '{REAL}'"]}]}]}))
    assert places(path) == [("#cell 1", None, None, 1)]
    path.write_text(json.dumps({"cells": {"mail": REAL}}))
    assert places(path) == [("", "cells.mail", 0, None)]
    path.write_text(f"no json\n{REAL}\n")
    assert places(path) == [("", None, None, 2)]
