"""Documents from templates: Markdown, HTML, JSON or plain text, with the row's columns and its child rows in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Declared, Inserted, Rows
from synthgen.generator import BaseGenerator, Build, BuildError, CellError, Params
from synthgen.generators.document_filters import Record, marked

if TYPE_CHECKING:
    from synthgen.generators.sandbox import Document as Sandboxed

_CHILDREN = 3  # child rows of the trial
_LARGEST_FILE = 200_000  # bytes


class _ChildBuild(Build, Protocol):
    """What the plan knows of child tables."""

    def descendant(self, reference: str, *path: str | int) -> tuple[str, str]: ...

    def dtype_in(self, table: str, column: str) -> pl.DataType: ...


class _ChildRows(Rows, Protocol):
    def child_column(self, table: str, column: str) -> tuple[Column, NDArray[np.int64]]: ...


class TemplateFile(Params):
    """`document: {file: letters/welcome.html}`."""

    file: str = Field(description="write file: letters/welcome.html, from the recipe's folder on")


class DocumentParams(Params):
    """`document: "# Order {{ order_id }}"`, or `document: {file: invoice.html}`."""

    document: str | TemplateFile = Field(description='write document: "Dear {{ first_name }}", or {file: letter.md}')
    as_: Literal["text", "markdown", "html", "json"] | None = Field(
        default=None, alias="as", description="write text, markdown, html or json"
    )
    children: str | list[str] = Field(
        default_factory=list, description="write children: lines, a table made per this one"
    )

    @field_validator("children")
    @classmethod
    def _several(cls, value: str | list[str]) -> list[str]:
        return [value] if isinstance(value, str) else value


class Document(BaseGenerator[DocumentParams]):
    """A document from a Jinja template: holes for columns, conditions, loops over child rows, filters.

    HTML is escaped, JSON is checked. The template runs in a sandbox with bounded work, and cannot call anything. What
    it writes of columns that declare personal data is known to the scanner.

    Example: `letter: {document: "Dear {{ first_name }},{% if total > 99 %} thank you!{% endif %}"}`.
    """

    Params = DocumentParams
    dtype = pl.String()

    def __init__(self, params: DocumentParams, build: Build) -> None:
        super().__init__(params, build)
        from synthgen.generators.sandbox import Document as Compiled
        from synthgen.generators.sandbox import UnusableTemplateError

        self._unusable = UnusableTemplateError
        source, kind = self._source()
        related = cast(_ChildBuild, build)
        for name in params.children:
            table, column = related.descendant(name, "children")
            if column:
                raise build.fail("bad-value", f"'{name}' names a column", f"write children: {table}", "children")
        try:
            self.template: Sandboxed = Compiled(source, kind, params.children)
        except UnusableTemplateError as error:
            raise build.fail("bad-template", str(error), error.remedy, "document") from None
        self._resolve(related)
        self.needs = (*self.plain, *(f"{t}.{c}" for t, names in self.records.items() for c in names))
        try:
            self.template.render(self._trial(related))
        except UnusableTemplateError as error:
            if "DivisionByZero" not in str(error) and "ZeroDivision" not in str(error):
                raise build.fail("bad-template", str(error), error.remedy, "document") from None

    def _source(self) -> tuple[str, str]:
        """The template and what it makes."""
        written, build = self.params.document, self.build
        if isinstance(written, str):
            return written, "text" if self.params.as_ in (None, "markdown") else str(self.params.as_)
        path = (build.root / written.file).resolve()
        if not path.is_relative_to(Path(build.root).resolve()):
            message = f"'{written.file}' lies outside the project"
            raise build.fail("outside", message, "move the file in", "document", "file")
        try:
            if path.stat().st_size > _LARGEST_FILE:
                message = f"{written.file} has more than {_LARGEST_FILE:,} bytes"
                raise build.fail("too-large", message, "shorten the template", "document", "file")
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            message = f"cannot read {written.file} as UTF-8 text"
            raise build.fail("missing-file", message, "check the path", "document", "file") from None
        suffixes = {"html" if s in (".html", ".htm") else s[1:] for s in path.suffixes}
        guessed = next((k for k in ("html", "json") if k in suffixes), "text")
        kind = self.params.as_ or guessed
        return text, "text" if kind == "markdown" else kind

    def _resolve(self, build: _ChildBuild) -> None:
        """Which names are columns, and which are tables whose columns a row here leads to."""
        self.plain: list[str] = []
        self.records: dict[str, list[str]] = {}
        for name, attributes in self.template.free.items():
            try:
                build.dtype_of(name)
                self.plain.append(name)
            except BuildError as error:
                unknown = error.problem is not None and error.problem.code == "unknown-column"
                if not unknown or not attributes:
                    raise
                for attribute in sorted(attributes):
                    build.dtype_of(f"{name}.{attribute}")
                self.records[name] = sorted(attributes)
        self.fields = {table: sorted(names) for table, names in self.template.fields.items()}
        for table, names in self.fields.items():
            for column in names:
                build.dtype_in(table, column)

    @property
    def reads_below(self) -> tuple[tuple[str, str], ...]:
        """Columns of child rows that are read."""
        return tuple((table, column) for table, names in self.fields.items() for column in names)

    @property
    def tables_below(self) -> tuple[str, ...]:
        """Tables whose rows are looped over."""
        return tuple(self.fields)

    def _trial(self, build: _ChildBuild) -> Mapping[str, Any]:
        """Values of the right types, so that mistakes show before a row is made."""
        values: dict[str, Any] = {name: _sample(build.dtype_of(name)) for name in self.plain}
        for table, names in self.records.items():
            values[table] = Record({c: _sample(build.dtype_of(f"{table}.{c}")) for c in names})
        for table, names in self.fields.items():
            values[table] = [Record({c: _sample(build.dtype_in(table, c)) for c in names})] * _CHILDREN
        return values

    def generate(self, rows: Rows) -> Column:
        """One document per row; rows with the same values share one."""
        columns = {name: rows.column(name) for name in self.needs}
        values = [c.values.to_list() for c in columns.values()]
        declared = [c.declared for c in columns.values()]
        below = {table: _grouped(cast(_ChildRows, rows), table, names) for table, names in self.fields.items()}
        texts: list[str] = []
        kept: list[list[tuple[Declared, str]]] = []
        memo: dict[Any, tuple[str, list[tuple[Declared, str]]]] = {}
        for i in range(rows.count):
            cell = tuple(v[i] for v in values)
            key = None if below or any(isinstance(c, list | dict) for c in cell) else cell
            found = memo.get(key) if key is not None else None
            if found is None:
                found = self._rendered(cell, declared, {table: lists[i] for table, lists in below.items()})
                if key is not None:
                    memo[key] = found
            texts.append(found[0])
            kept.append(found[1])
        inserted = [*_layers(kept), *(part for c in columns.values() for part in c.inserted)]
        return Column.of(pl.Series(texts, dtype=pl.String), inserted=tuple(inserted))

    def _rendered(
        self, cell: tuple[Any, ...], declared: list[Declared | None], below: Mapping[str, list[Any]]
    ) -> tuple[str, list[tuple[Declared, str]]]:
        ready = iter([marked(v, d) for v, d in zip(cell, declared, strict=True)])
        context: dict[str, Any] = {name: next(ready) for name in self.plain}
        for table, names in self.records.items():
            context[table] = Record({c: next(ready) for c in names})
        try:
            text, kept = self.template.render({**context, **below})
        except self._unusable as error:
            raise CellError("bad-template", str(error), error.remedy) from None
        return text, list(dict.fromkeys(kept))


def _grouped(rows: _ChildRows, table: str, names: list[str]) -> list[list[Any]]:
    """The child rows of each row, as records in order."""
    made: list[list[Any]] = [[] for _ in range(rows.count)]
    columns: dict[str, list[Any]] = {}
    index = rows.children(table, "")[1]
    for name in names:
        column, index = rows.child_column(table, name)
        columns[name] = [marked(v, column.declared) for v in column.values.to_list()]
    for j, owner in enumerate(index.tolist()):
        made[owner].append(Record({name: values[j] for name, values in columns.items()}))
    return made


def _layers(kept: list[list[tuple[Declared, str]]]) -> Iterator[Inserted]:
    """What was inserted, one value for each row: as many columns as a row has insertions of one declaration."""
    layers: dict[tuple[Declared, int], dict[int, str]] = {}
    for row, pairs in enumerate(kept):
        seen: dict[Declared, int] = {}
        for declared, text in pairs:
            seen[declared] = seen.get(declared, -1) + 1
            layers.setdefault((declared, seen[declared]), {})[row] = text
    for (declared, _), texts in layers.items():
        yield Inserted(pl.Series([texts.get(i) for i in range(len(kept))], dtype=pl.String), declared)


_SAMPLES: tuple[tuple[Any, Any], ...] = (
    (pl.String, "text"), (pl.Boolean, True), (pl.Date, date(2026, 1, 31)), (pl.Datetime, datetime(2026, 1, 31, 12)),
    (pl.Time, time(12, 30)), (pl.Duration, timedelta(hours=3)), (pl.Decimal, Decimal("3.5")),
)  # fmt: skip


def _sample(kind: pl.DataType) -> Any:
    if isinstance(kind, pl.List):
        return [_sample(kind.inner)] * _CHILDREN  # type: ignore[arg-type]  # the dtype of a built column
    if isinstance(kind, pl.Struct):
        return {f.name: _sample(f.dtype) for f in kind.fields}  # type: ignore[arg-type]  # as above
    for known, value in _SAMPLES:
        if isinstance(kind, known):
            return value
    return 3 if kind.is_integer() else 3.5
