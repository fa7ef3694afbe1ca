"""Databases by the URL of SQLAlchemy: every table of every schema that is not the system's, streamed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from synthgen.errors import usage
from synthgen.privacy.readers import Batch, Item, UnreadableError, cells
from synthgen.privacy.readers import base as limits
from synthgen.privacy.sources import Input, Source, excluded, files

_SYSTEM = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "sys", "mysql", "performance_schema", "guest", "system"}
)
_FILES = ("sqlite", "duckdb")


@dataclass(frozen=True)
class TableInput:
    """One table: `shown` is the URL without password and query, with schema and table."""

    url: str = field(repr=False)
    schema: str | None
    table: str
    shown: str

    @property
    def size(self) -> int:
        """Not known before it is read."""
        return 0

    def sources(self) -> Iterator[Source]:
        """One: a table is streamed by one worker, over a connection of its own."""
        yield self

    def items(self) -> Iterator[Item]:
        """All rows, by a cursor of the server where the driver has one, in a transaction that only reads."""
        import sqlalchemy as sa

        query = sa.select(sa.text("*")).select_from(sa.table(self.table, schema=self.schema))
        try:
            with _connected(self.url) as connection:
                streamed = connection.execution_options(stream_results=True, max_row_buffer=limits.ROWS)
                result = streamed.execute(query)
                names = list(result.keys())
                for rows in result.partitions(limits.ROWS):
                    yield Batch(cells.columns(names, rows), len(rows))
        except (sa.exc.SQLAlchemyError, ValueError, OverflowError) as error:
            kind = type(getattr(error, "orig", None) or error).__name__
            raise UnreadableError(f"the database answers {kind}") from None


def tables(url: str, exclude: Sequence[str] = ()) -> Iterator[Input]:
    """Every table and materialized view; views, foreign tables and the system's own are left out.

    Files of SQLite and DuckDB are read as files, without a driver. Raises UsageError if the database cannot be reached.
    """
    import sqlalchemy as sa

    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise usage("bad-url", "this is no URL of a database", "dialect://user:password@host/database") from None
    if address.get_backend_name() in _FILES:
        if not address.database or address.database == ":memory:":
            raise usage("bad-url", "this URL names no file", f"write {address.get_backend_name()}:///path")
        yield from files(Path(address.database))
        return
    shown = address.set(query={}).render_as_string(hide_password=True)
    found: list[TableInput] = []
    try:
        with warnings.catch_warnings(), _connected(url) as connection:
            warnings.simplefilter("ignore", sa.exc.SAWarning)  # types that SQLAlchemy does not know
            for schema, table in _names(connection):
                place = f"{schema}.{table}" if schema else table
                if not excluded(place, exclude):
                    found.append(TableInput(url, schema, table, f"{shown}#{place}"))
    except (sa.exc.SQLAlchemyError, OSError, UnicodeError) as error:
        text = _safe(str(getattr(error, "orig", None) or error).partition("\n")[0], address)
        message = f"cannot read the database {shown}: {text}"
        raise usage("unreachable", message, "check host, database, user and password") from None
    yield from found


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """A connection of its own, closed at the end."""
    import sqlalchemy as sa

    address = sa.make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {"postgresql_readonly": True} if address.get_backend_name() == "postgresql" else {}
    try:
        engine = sa.create_engine(address, poolclass=sa.pool.NullPool, execution_options=options)
    except sa.exc.NoSuchModuleError:
        scheme = address.drivername
        raise usage("bad-url", f"'{scheme}://' is neither a database nor a storage that is known") from None
    except ImportError as error:
        name = error.name or "of this database"
        remedy = "pip install 'synthgen[postgres]'" if name == "psycopg" else f"install {name}"
        raise usage("missing-driver", f"the driver {name} is not installed", remedy) from None
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _names(connection: Any) -> Iterator[tuple[str | None, str]]:
    """Schemas and tables in order; a partition of a table is read with its table."""
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    parts: set[tuple[str, str]] = set()
    if connection.dialect.name == "postgresql":
        query = "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relispartition"
        parts = {(schema, table) for schema, table in connection.execute(sa.text(query))}
    for schema in sorted(inspector.get_schema_names()):
        if schema.lower() in _SYSTEM or schema.startswith(("pg_temp", "pg_toast")):
            continue
        names = set(inspector.get_table_names(schema))
        with suppress(NotImplementedError):
            names |= set(inspector.get_materialized_view_names(schema))
        yield from ((schema, name) for name in sorted(names) if (schema, name) not in parts)


def _safe(text: str, address: Any) -> str:
    """An error's text without the password."""
    password = str(address.password or "")
    for secret in {password, unquote(password)} - {""}:
        text = text.replace(secret, "***")
    return text[:300]
