"""Imports a live database (any SQLAlchemy URL) or a SQLite file: tables, keys, references, checks, row counts."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from synthgen.errors import Problem, RecipeError, usage
from synthgen.schema.importers.duckdb_file import import_duckdb
from synthgen.schema.importers.result import ImportResult, safe_names
from synthgen.schema.importers.sql_draft import in_order
from synthgen.schema.importers.sql_narrow import narrowed
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema
from synthgen.schema.types import Attributes, from_name, from_text

_SYSTEM = ("information_schema", "pg_catalog", "sys", "mysql", "performance_schema", "INFORMATION_SCHEMA")
_COUNT_LIMIT = 1_000_000  # above, a table is not counted: it would take long


def import_database(url: str) -> ImportResult:
    """Every table of a database; raises UsageError if it cannot be reached and RecipeError if it has no table.

    The URL's password appears in no problem.
    """
    if re.match(r"duckdb(\+\w+)?:", url):
        return import_duckdb(Path(re.sub(r"^duckdb(\+\w+)?:/{0,3}", "/" if url.count("/") >= 4 else "", url)))
    try:
        engine = sa.create_engine(_driver(url))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        message = f"this is not a database URL that SQLAlchemy understands: {_safe(str(error), url)}"
        raise usage("bad-url", message, "write dialect://user:password@host/database") from None
    except ImportError as error:
        name = error.name or "the driver"
        raise usage("missing-driver", f"the driver {name} is not installed", f"install {name}") from None
    try:
        with warnings.catch_warnings(), engine.connect() as connection:
            warnings.simplefilter("ignore", SAWarning)
            return _Reflection(connection).result()
    except (SQLAlchemyError, OSError, UnicodeError) as error:
        text = _safe(str(getattr(error, "orig", None) or error).split("\n")[0], url)
        message = f"cannot read the database {_shown(url)}: {text}"
        raise usage("unreachable", message, "check host, database, user and password") from None
    finally:
        engine.dispose()


def import_sqlite(path: Path) -> ImportResult:
    """Every table of a SQLite file; the file is opened read-only."""
    return import_database(f"sqlite:///file:{quote(str(path.resolve()))}?mode=ro&uri=true")


def _driver(url: str) -> str:
    """psycopg 3 for PostgreSQL, unless another driver is named."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _shown(url: str) -> str:
    """The URL without its password and query."""
    return re.sub(r"(//[^:/@]*):.*@", r"\1:***@", url.partition("?")[0])


def _safe(text: str, url: str) -> str:
    """An error's text without the URL and what its credentials hold."""
    match = re.match(r"[\w+]+://[^:/@]*:(.*)@", url)
    password = match[1] if match else ""
    if "@" in password or "/" in password:  # the driver took a part of it for the host
        return "the password holds '@' or '/', which a URL writes as %40 and %2F"
    for secret in (url, password, unquote(password)):
        text = text.replace(secret, "***") if secret else text
    return text[:300]


class _Reflection:
    """One pass over a connection's tables, in every database schema that is not the system's."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.inspector: Any = sa.inspect(connection)
        self.dialect = connection.dialect.name
        self.warnings: list[Problem] = []

    def result(self) -> ImportResult:
        """All tables; names are bare where they are unique."""
        places = list(self._places())
        if not places:
            raise RecipeError(Problem("no-tables", "the database has no tables", remedy="name another database"))
        bare = [t.lower() for _, t in places]
        words = [t if bare.count(t.lower()) == 1 or not s else f"{s}_{t}" for s, t in places]
        names = dict(zip(places, safe_names(words), strict=True))
        return ImportResult([self._table(p, names) for p in places], self.warnings)

    def _places(self) -> Iterator[tuple[str | None, str]]:
        default = self.inspector.default_schema_name
        for schema in self.inspector.get_schema_names():
            if schema in _SYSTEM or schema.startswith(("pg_toast", "pg_temp", "_timescaledb")):
                continue
            own = None if schema == default else schema
            for table in sorted(self.inspector.get_table_names(schema=own)):
                yield own, table

    def _table(self, place: tuple[str | None, str], names: dict[tuple[str | None, str], str]) -> TableSchema:
        schema, table = place
        inspector = self.inspector
        fields = {c["name"]: self._column(c) for c in inspector.get_columns(table, schema=schema)}
        key = tuple(
            c for c in (inspector.get_pk_constraint(table, schema=schema) or {})["constrained_columns"] if c in fields
        )
        for column in key:
            fields[column] = replace(fields[column], nullable=False)
        uniques = [tuple(u["column_names"]) for u in self._optional("get_unique_constraints", place)]
        auto = {"include_auto_indexes": True} if self.dialect == "sqlite" else {}  # how SQLite keeps UNIQUE
        uniques += [
            tuple(i["column_names"]) for i in self._optional("get_indexes", place, **auto) if _is_plain_unique(i)
        ]
        groups = []
        for group in dict.fromkeys(uniques):
            if group == key or not all(c in fields for c in group):
                continue
            if len(group) == 1:
                fields[group[0]] = replace(fields[group[0]], unique=True)
            else:
                groups.append(group)
        conditions = [c["sqltext"] for c in self._optional("get_check_constraints", place) if c.get("sqltext")]
        checks, lost = narrowed(fields, conditions, self.dialect)
        for text in lost:
            message = f"the CHECK ({text[:200]}) of {table} is not carried over"
            self.warnings.append(Problem("check-dropped", message, severity="warning"))
        return TableSchema(
            name=names[place],
            fields=tuple(fields.values()),
            primary_key=key,
            uniques=tuple(groups),
            foreign_keys=in_order(self._keys(place, names, fields), list(fields)),
            checks=tuple(checks),
            description=self._comment(place),
            rows=self._rows(place),
            namespace=schema,
        )

    def _optional(self, what: str, place: tuple[str | None, str], **more: bool) -> list[Any]:
        try:
            return list(getattr(self.inspector, what)(place[1], schema=place[0], **more))
        except (NotImplementedError, SQLAlchemyError):
            return []

    def _comment(self, place: tuple[str | None, str]) -> str | None:
        try:
            return self.inspector.get_table_comment(place[1], schema=place[0]).get("text") or None
        except (NotImplementedError, SQLAlchemyError):
            return None

    def _keys(
        self, place: tuple[str | None, str], names: dict[tuple[str | None, str], str], fields: dict[str, FieldSchema]
    ) -> Iterator[ForeignKey]:
        for key in self.inspector.get_foreign_keys(place[1], schema=place[0]):
            target = (key["referred_schema"], key["referred_table"])
            lower = {(s, t.lower()): n for (s, t), n in names.items()}
            name = names.get(target) or lower.get((target[0], target[1].lower()))
            columns, references = tuple(key["constrained_columns"]), tuple(key["referred_columns"])
            if not references and name is not None:  # SQLite: the reference names no column
                pk = self.inspector.get_pk_constraint(target[1], schema=target[0])
                references = tuple(pk["constrained_columns"])
            if name is None or len(columns) != len(references) or not all(c in fields for c in columns):
                message = f"{place[1]} ({', '.join(columns)}) refers to {target[1]}, which is not there: left out"
                self.warnings.append(Problem("unknown-table", message, severity="warning"))
                continue
            rule = (key.get("options") or {}).get("ondelete")
            yield ForeignKey(columns, name, references, str(rule).upper() if rule else None)

    def _column(self, column: dict[str, Any]) -> FieldSchema:
        made = self._type(column["type"])
        computed = column.get("computed") or {}
        default = column.get("default")
        identity = (
            bool(column.get("identity")) or column.get("autoincrement") is True or "nextval(" in str(default or "")
        )
        return FieldSchema(
            name=column["name"],
            nullable=bool(column.get("nullable", True)),
            default=str(default) if default is not None and not identity else None,
            generated=computed.get("sqltext"),
            identity=identity,
            description=column.get("comment") or None,
            **made,
        )

    def _type(self, kind: Any) -> Attributes:
        if isinstance(kind, sa.Enum) and kind.enums:
            return {"type": "string", "enum": tuple(kind.enums), "physical": kind.name or "enum"}
        if isinstance(kind, sa.ARRAY):
            return {"type": "array", "items": FieldSchema("item", **self._type(kind.item_type))}
        inner = getattr(kind, "data_type", None)  # a PostgreSQL domain
        if inner is not None and kind.__class__.__name__ == "DOMAIN":
            return self._type(inner)
        try:
            text = kind.compile(dialect=self.connection.dialect)
        except SQLAlchemyError:
            text = kind.__class__.__name__
        values = getattr(kind, "values", None)
        if kind.__class__.__name__ == "SET" and values:
            return {"type": "string", "enum": tuple(values), "format": "set", "physical": "SET"}
        if kind.__class__.__name__ == "TINYINT" and getattr(kind, "display_width", None) == 1:
            return {"type": "boolean", "physical": text}
        plain = re.sub(r"\s+(COLLATE|CHARACTER SET|CHARSET)\s+\S+", "", text)
        return (from_text(plain) or from_name(kind.__class__.__name__) or {"type": "string"}) | {"physical": plain}

    def _rows(self, place: tuple[str | None, str]) -> int | None:
        """Row count up to a million; None where counting fails or there are more."""
        table = sa.table(place[1], schema=place[0])
        some = sa.select(sa.literal(1)).select_from(table).limit(_COUNT_LIMIT + 1).subquery()
        try:
            found = int(self.connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())
        except SQLAlchemyError:
            return None
        return found if 0 < found <= _COUNT_LIMIT else None


def _is_plain_unique(index: dict[str, Any]) -> bool:
    options = index.get("dialect_options") or {}
    partial = any(k.endswith("_where") and v is not None for k, v in options.items())
    return bool(index.get("unique")) and None not in index["column_names"] and not partial
