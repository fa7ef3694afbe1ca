"""Databases in memory: the eval's data on SQLite and DuckDB, and reseeded ones of the same schema that kill mutants."""

from __future__ import annotations

import atexit
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.evals.draw import Draw
from synthgen.evals.sqlgen.schema import Kind, Schema, SqlTable

RESEEDED, SMALL = 3, 120
STEPS = 20_000  # callbacks of 1,000 SQLite operations each, about a second, before a statement is given up
Rows = list[tuple[Any, ...]]


@dataclass
class Databases:
    """One process's databases. `rows` are the rows of each table as SQLite holds them."""

    schema: Schema
    rows: Mapping[str, Rows]
    cap: int = 2000
    _answers: dict[str, Rows | None] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: Schema, frame: Callable[[str], pl.DataFrame], most: int) -> Databases:
        """Databases with the first `most` rows of each table, and every row that those refer to."""
        whole = {name: _plain(frame(name), table) for name, table in schema.tables.items()}
        return cls(schema, _closed(schema, whole, most))

    def __post_init__(self) -> None:
        self.main = _sqlite(self.schema, self.rows)
        self.reseeded = [_sqlite(self.schema, _resampled(self.schema, self.rows, i)) for i in range(RESEEDED)]
        self.duck: Any = _duckdb(self.schema, self.rows)
        atexit.register(_closing, weakref.ref(self))

    def ask(self, sql: str) -> Rows | None:
        """Rows of a statement on SQLite; None where it fails or takes too long. Answers are kept."""
        if sql not in self._answers:
            if len(self._answers) > 20_000:
                self._answers.clear()
            self._answers[sql] = attempt(self.main, sql, self.cap)
        return self._answers[sql]

    def ask_duckdb(self, sql: str) -> Rows | None:
        """Rows of the same statement on DuckDB."""
        import duckdb

        try:
            return [tuple(_alike(v) for v in row) for row in self.duck.execute(sql).fetchmany(self.cap)]
        except duckdb.Error:
            return None

    def write(self, path: Path) -> None:
        """The database as a file whose bytes depend on schema and rows alone; put in place by one rename."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".database-") as folder:
            fresh = Path(folder) / "database"
            with closing(sqlite3.connect(fresh)) as made:
                made.execute("PRAGMA page_size = 4096")
                made.execute("PRAGMA journal_mode = OFF")
                _filled(made, self.schema, self.rows)
                made.execute("VACUUM")
            fresh.replace(path)


def _closing(kept: weakref.ref[Databases]) -> None:
    """Let DuckDB go before the interpreter ends: its bindings complain on stderr about what outlives them."""
    databases = kept()
    if databases is not None and databases.duck is not None:
        databases.duck.close()
        databases.duck = None


def attempt(database: sqlite3.Connection, sql: str, cap: int = 2000) -> Rows | None:
    """At most `cap` rows of one statement; None where it fails or takes too many steps."""
    left = [STEPS]

    def step() -> int:
        left[0] -= 1
        return left[0] < 0

    database.set_progress_handler(step, 1000)
    try:
        return database.execute(sql).fetchmany(cap)
    except sqlite3.Error:
        return None


def _alike(value: Any) -> Any:
    """A value of DuckDB as SQLite gives it."""
    import decimal

    if isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, decimal.Decimal) else value


def _plain(frame: pl.DataFrame, table: SqlTable) -> Rows:
    """A table's rows as plain values: dates are ISO texts, decimals floats, truth values 0 and 1."""
    columns = [_cast(frame[name], c.kind).alias(f"c{i}") for i, (name, c) in enumerate(table.columns.items())]
    return pl.DataFrame(columns).rows()


def _cast(series: pl.Series, kind: Kind) -> pl.Series:
    if kind in ("integer", "boolean"):
        return series.cast(pl.Int64, strict=False)
    if kind == "number":
        found = series.cast(pl.Float64)
        return found.set(~found.is_finite(), None)
    if kind == "datetime":
        return series.dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind in ("date", "time"):
        return series.dt.strftime("%Y-%m-%d" if kind == "date" else "%H:%M:%S")
    return series.cast(pl.String)


def _closed(schema: Schema, whole: Mapping[str, Rows], most: int) -> dict[str, Rows]:
    """The first rows of each table and all rows that they refer to, in their order."""
    kept = {name: set(range(min(most, len(rows)))) for name, rows in whole.items()}
    places: dict[tuple[str, str], dict[Any, int]] = {}
    for link in schema.links:
        at = list(schema.tables[link.parent].columns).index(link.target)
        places[link.parent, link.target] = {row[at]: i for i, row in enumerate(whole[link.parent])}
    fresh = dict(kept)
    while any(fresh.values()):
        found: dict[str, set[int]] = {name: set() for name in kept}
        for link in schema.links:
            at = list(schema.tables[link.child].columns).index(link.column)
            known = places[link.parent, link.target]
            values = {whole[link.child][i][at] for i in fresh[link.child]}
            found[link.parent] |= {known[v] for v in values if v in known} - kept[link.parent]
        for name, rows in found.items():
            kept[name] |= rows
        fresh = found
    return {name: [whole[name][i] for i in sorted(rows)] for name, rows in kept.items()}


def _sqlite(schema: Schema, rows: Mapping[str, Rows]) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    _filled(made, schema, rows)
    return made


def _filled(made: sqlite3.Connection, schema: Schema, rows: Mapping[str, Rows]) -> None:
    for statement in schema.ddl():
        made.execute(statement)
    for name, table in schema.tables.items():
        marks = ", ".join("?" * len(table.columns))
        made.executemany(f"INSERT OR IGNORE INTO {table.sql} VALUES ({marks})", rows[name])
    made.commit()


def _duckdb(schema: Schema, rows: Mapping[str, Rows]) -> Any:
    import duckdb

    made = duckdb.connect(":memory:")
    made.execute("SET threads = 1")
    made.execute("PRAGMA disable_optimizer")
    types = {"integer": pl.Int64, "boolean": pl.Boolean, "number": pl.Float64}
    for name, table in schema.tables.items():
        kinds = {c.name: types.get(c.kind, pl.String) for c in table.columns.values()}
        columns = [[row[i] for row in rows[name]] for i in range(len(kinds))]
        booleans = {c.name for c in table.columns.values() if c.kind == "boolean"}
        series = [
            pl.Series(n, [None if v is None else bool(v) for v in values] if n in booleans else values, dtype=kinds[n])
            for n, values in zip(kinds, columns, strict=True)
        ]
        made.register("fresh_rows", pl.DataFrame(series).to_arrow())
        made.execute(f"CREATE TABLE {table.sql} AS SELECT * FROM fresh_rows")
        made.unregister("fresh_rows")
    return made


def _resampled(schema: Schema, rows: Mapping[str, Rows], number: int) -> dict[str, Rows]:
    """A small database of the same schema: some rows, values exchanged between them, references drawn anew.

    Parents come first, so that every reference leads somewhere; about a third of them get no child.
    """
    found: dict[str, Rows] = {}
    for name in _ordered(schema):
        table, links = schema.tables[name], {x.column: x for x in schema.links if x.child == name}
        draw = Draw("#reseeded", number, name)
        names, source = list(table.columns), rows[name]
        if not source:
            found[name] = []
            continue
        made = [list(row) for row in draw.sample(source, min(len(source), SMALL - 20 * number))]
        for at, column in enumerate(names):
            if column in table.key and column not in links:
                continue
            if column in links and links[column].parent in found:
                link = links[column]
                place = list(schema.tables[link.parent].columns).index(link.target)
                known = [row[place] for row in found[link.parent]]
                for row in made:
                    if known and row[at] is not None:
                        row[at] = known[draw.below(max(1, len(known) * 2 // 3))]
            else:
                values = [row[at] for row in made]
                for row, value in zip(made, draw.shuffled(values), strict=True):
                    row[at] = values[draw.below(len(values))] if draw.chance(0.3) else value
        found[name] = _unique([tuple(row) for row in made], [names.index(k) for k in table.key])
    return found


def _unique(rows: Rows, key: Sequence[int]) -> Rows:
    if not key:
        return rows
    return list({tuple(row[i] for i in key): row for row in rows}.values())


def _ordered(schema: Schema) -> list[str]:
    """Parents before children, as far as there is no circle."""
    found: list[str] = []
    left = list(schema.tables)
    while left:
        free = [n for n in left if all(x.parent in found for x in schema.links if x.child == n)]
        found += free or left[:1]
        left = [n for n in left if n not in found]
    return found
