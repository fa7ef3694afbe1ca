"""Jupyter notebooks: the sources of their cells and what these put out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from synthgen.privacy.readers.base import Item, Piece, Unread
from synthgen.privacy.readers.records import json as document
from synthgen.privacy.readers.records import loads, records
from synthgen.privacy.readers.text import blocks, decoder, lines_of

_PICTURES = ("image/", "audio/", "video/", "application/pdf")


def notebook(piece: Piece) -> Iterator[Item]:
    """Lines of each cell (`part` is `cell 3`, counted from 1) and its output, then the metadata.

    Pictures are told by their media type and not read. A file of another form is read as JSON.
    """
    try:
        content = loads(decoder().decode(b"".join(blocks(piece)), final=True))
    except ValueError:
        content = None
    cells = _cells(content)
    if cells is None:
        yield from document(piece)
        return
    for number, cell in enumerate(cells, 1):
        yield from lines_of(_joined(cell.get("source", cell.get("input", ""))), f"cell {number}")
        for output in cell.get("outputs") or ():
            yield from _output(output, f"cell {number} output")
        rest = {k: v for k, v in cell.items() if k not in ("source", "input", "outputs", "attachments", "id")}
        yield records([rest], f"cell {number} metadata")
        for files in (cell.get("attachments") or {}).values():
            yield from _bundle(files, f"cell {number} attachment")
    yield records([{k: v for k, v in content.items() if k not in ("cells", "worksheets")}], "metadata")


def _cells(content: Any) -> list[dict[str, Any]] | None:
    """The cells of a notebook of format 4, or of 3 with its worksheets; None if it has another form."""
    if not isinstance(content, dict):
        return None
    found = content.get("cells")
    if found is None and isinstance(content.get("worksheets"), list):
        found = [c for sheet in content["worksheets"] if isinstance(sheet, dict) for c in sheet.get("cells", ())]
    if not isinstance(found, list) or not all(isinstance(c, dict) for c in found):
        return None
    well = all(isinstance(c.get("outputs") or [], list) and isinstance(c.get("attachments") or {}, dict) for c in found)
    return found if well else None


def _output(output: Any, part: str) -> Iterator[Item]:
    """A stream's text, results by media type, or an error with its traceback."""
    if not isinstance(output, dict):
        yield from lines_of(str(output), part)
        return
    for name in ("text", "ename", "evalue", "traceback"):
        if name in output:
            yield from lines_of(_joined(output[name], "\n" if name == "traceback" else ""), part)
    if "data" in output:
        yield from _bundle(output["data"], part)
    rest = {k: v for k, v in output.items() if k not in ("text", "ename", "evalue", "traceback", "data")}
    yield records([rest], f"{part} metadata")


def _bundle(data: Any, part: str) -> Iterator[Item]:
    """Results by media type: text by lines, JSON as records."""
    if not isinstance(data, dict):
        yield records([data], part)
        return
    for media, content in data.items():
        if media.startswith(_PICTURES) and media != "image/svg+xml":
            yield Unread(media=media, part=part)
        elif isinstance(content, str) or (isinstance(content, list) and all(isinstance(c, str) for c in content)):
            yield from lines_of(_joined(content), part)
        else:
            yield from lines_of(json.dumps(content, ensure_ascii=False, indent=0), part)


def _joined(source: Any, between: str = "") -> str:
    """A text that is stored as one string or as a list of lines."""
    if isinstance(source, list):
        return between.join(str(s) for s in source)
    return source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)
