"""JSON and CSV texts of values that may be nodes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from synthgen.generators.compiled import strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Node


def dumps(value: Any, *, indent: Any = None, cls: Any = None, **options: Any) -> Any:
    """`json.dumps(value)`; texts are escaped character by character, as json does."""
    if options or cls is not None or indent is not None:
        raise UnsupportedError("it writes JSON with options")
    return strings.joined(_json(value))


def _json(value: Any) -> list[Any]:
    if isinstance(value, Node):
        if value.kind == "str":
            return ['"', *(strings.changed(p, _escaped) for p in strings.parts_of(value)), '"']
        if value.kind == "int":
            return [strings.text(value)]
        raise UnsupportedError(f"it writes a {value.kind} as JSON")
    made: list[Any] = []
    if isinstance(value, dict):
        for key, item in value.items():
            made += [", " if made else "", json.dumps(key), ": ", *_json(item)]
        return ["{", *made, "}"]
    if isinstance(value, list | tuple):
        for item in value:
            made += [*([", "] if made else []), *_json(item)]
        return ["[", *made, "]"]
    return [json.dumps(value)]


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


@lru_cache(maxsize=16)
def _doubled(quote: str) -> Callable[[str], str]:
    return lambda text: text.replace(quote, quote * 2)


class Writer:
    """`csv.writer` for a dialect that quotes every field."""

    def __init__(self, target: Any, dialect: Any = "excel", **options: Any) -> None:
        self._target = target
        self._dialect = csv.get_dialect(dialect) if isinstance(dialect, str) else dialect
        self._delimiter = options.pop("delimiter", self._dialect.delimiter)
        quoted = self._dialect.quoting == csv.QUOTE_ALL and self._dialect.doublequote
        if options or not quoted:
            raise UnsupportedError("it writes rows in a dialect that does not quote every field")

    def writerow(self, row: Any) -> None:
        """One line."""
        quote = self._dialect.quotechar or '"'
        made: list[Any] = []
        for field in row:
            pieces = strings.parts_of(field if isinstance(field, Node) else str(field))
            changed = [strings.changed(p, _doubled(quote)) for p in pieces]
            made += [self._delimiter if made else "", quote, *changed, quote]
        self._target.pieces += [*made, self._dialect.lineterminator]


class Buffer:
    """`io.StringIO` that rows are written to."""

    def __init__(self) -> None:
        self.pieces: list[Any] = []

    def getvalue(self) -> Any:
        """What was written."""
        return strings.joined(self.pieces)
