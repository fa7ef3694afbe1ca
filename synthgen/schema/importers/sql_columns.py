"""Column definitions, table constraints and ALTER TABLE actions, from sqlglot's tree into a draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from synthgen.schema.importers.sql_draft import Draft, DraftKey, Name
from synthgen.schema.importers.sql_types import TypeReader
from synthgen.schema.table import FieldSchema

_IDENTITY = (exp.AutoIncrementColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)
_CLUSTERED = (exp.ClusteredColumnConstraint, exp.NonClusteredColumnConstraint)


def table_name(node: Any) -> Name:
    """(database schema, table) of a table in the tree."""
    inner = node.this if isinstance(node, exp.Schema) else node
    return (str(inner.args["db"].name) if inner.args.get("db") else "", str(inner.name))


def on_delete(options: list[Any]) -> str | None:
    """What a reference does when its parent is deleted: CASCADE, SET NULL, ..."""
    text = " ".join(str(o) for o in options)
    match = re.search(r"ON\s+DELETE\s+(CASCADE|SET\s+NULL|SET\s+DEFAULT|RESTRICT|NO\s+ACTION)", text, re.IGNORECASE)
    return " ".join(match[1].upper().split()) if match else None


def reference(node: exp.Reference, columns: tuple[str, ...], spaced: Callable[[Name], Name]) -> DraftKey:
    """A REFERENCES clause."""
    target = node.this
    names = tuple(e.name for e in target.expressions) if isinstance(target, exp.Schema) else ()
    return DraftKey(columns, spaced(table_name(target)), names, on_delete(node.args.get("options") or []))


class ColumnReader:
    """Fills a draft. `lost` gathers what has no place in it."""

    def __init__(self, types: TypeReader, draft: Draft, spaced: Callable[[Name], Name]) -> None:
        self.types, self.draft, self.spaced = types, draft, spaced
        self.lost: list[str] = []

    def take(self, part: Any) -> None:
        """One item of a CREATE TABLE: a column or a constraint."""
        if isinstance(part, exp.ColumnDef):
            self._column(part)
        elif isinstance(part, exp.Constraint):
            self._named(part)
        elif isinstance(part, exp.Identifier):
            self.draft.fields.setdefault(part.name, FieldSchema(part.name))  # SQLite: a column without a type
        elif not isinstance(part, exp.LikeProperty):
            self._constraint(part)

    def _named(self, part: exp.Constraint) -> None:
        clustered = [e for e in part.expressions if isinstance(e, _CLUSTERED) and isinstance(e.this, list)]
        for inner in part.expressions:
            if clustered and isinstance(inner, exp.PrimaryKeyColumnConstraint):
                self.draft.key = tuple(_column(c) for c in clustered[0].this)
            elif clustered and isinstance(inner, exp.UniqueColumnConstraint) and inner.this is None:
                self.draft.uniques.append(tuple(_column(c) for c in clustered[0].this))
            else:
                self._constraint(inner)

    def _column(self, node: exp.ColumnDef) -> None:
        name, kind = node.name, node.args.get("kind")
        made: dict[str, Any] = self.types.read(kind)
        if isinstance(kind, exp.DataType) and kind.args.get("nullable") is False and self.types.dialect == "clickhouse":
            made["nullable"] = False
        if isinstance(kind, exp.DataType) and "SERIAL" in str(getattr(kind.this, "name", "")):
            made |= {"identity": True, "nullable": False}
        self.draft.fields[name] = FieldSchema(name, **made)
        for constraint in node.args.get("constraints") or []:
            self._inline(name, constraint.kind if isinstance(constraint, exp.ColumnConstraint) else constraint)

    def _inline(self, name: str, kind: Any) -> None:
        draft = self.draft
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            draft.key = draft.key or (name,)
        elif isinstance(kind, exp.UniqueColumnConstraint):
            draft.uniques.append((name,))
        elif isinstance(kind, exp.NotNullColumnConstraint):
            draft.change(name, nullable=bool(kind.args.get("allow_null")))
        elif isinstance(kind, exp.CheckColumnConstraint):
            draft.checks.append(kind.this)
        elif isinstance(kind, exp.Reference):
            draft.references.append(reference(kind, (name,), self.spaced))
        elif isinstance(kind, exp.ForeignKey):
            self._constraint(kind)
        elif isinstance(kind, _IDENTITY):
            draft.change(name, identity=True)
            if isinstance(kind, exp.GeneratedAsIdentityColumnConstraint) and kind.args.get("expression") is not None:
                draft.change(name, identity=False, generated=kind.args["expression"].sql(dialect="duckdb"))
        elif isinstance(kind, exp.ComputedColumnConstraint | exp.GeneratedAsRowColumnConstraint):
            expression = kind.this.unnest().sql(dialect="duckdb") if isinstance(kind.this, exp.Expression) else "NULL"
            draft.change(name, generated=expression)
        elif isinstance(kind, exp.DefaultColumnConstraint):
            default = kind.this.sql(dialect="duckdb") if kind.this is not None else None
            draft.change(name, default=default, **({"identity": True} if "nextval" in (default or "").lower() else {}))
        elif isinstance(kind, exp.CommentColumnConstraint):
            draft.change(name, description=kind.this.name)

    def _constraint(self, node: Any) -> None:
        draft = self.draft
        if isinstance(node, exp.PrimaryKey):
            draft.key = tuple(_column(e) for e in node.expressions)
        elif isinstance(node, exp.PrimaryKeyColumnConstraint):
            names = node.this.expressions if isinstance(node.this, exp.Schema) else node.expressions
            draft.key = tuple(_column(e) for e in names) or draft.key
        elif isinstance(node, exp.UniqueColumnConstraint):
            inner = node.this
            names = (
                inner.expressions if isinstance(inner, exp.Schema | exp.Tuple) else [inner] if inner is not None else []
            )
            if names:
                draft.uniques.append(tuple(_column(e) for e in names))
        elif isinstance(node, exp.ForeignKey):
            target = node.args.get("reference")
            columns = tuple(_column(e) for e in node.expressions)
            if isinstance(target, exp.Reference):
                key = reference(target, columns, self.spaced)
                key.on_delete = key.on_delete or (str(node.args["delete"]).upper() if node.args.get("delete") else None)
                draft.references.append(key)
        elif isinstance(node, exp.CheckColumnConstraint | exp.Check):
            draft.checks.append(node.this)
        elif isinstance(node, exp.ExcludeColumnConstraint):
            self.lost.append("an EXCLUDE constraint")

    def alter(self, action: Any) -> None:
        """One action of an ALTER TABLE."""
        draft = self.draft
        if isinstance(action, exp.AddConstraint):
            for inner in action.expressions:
                self.take(inner)
        elif isinstance(action, exp.ColumnDef):
            self._column(action)
        elif isinstance(action, exp.AlterColumn):
            self._alter_column(action)
        elif isinstance(action, exp.ModifyColumn):
            inner = action.this
            if isinstance(inner, exp.ColumnDef):
                self._column(inner)
        elif isinstance(action, exp.RenameColumn):
            old, new = draft.column(action.this.name), action.args["to"].name
            draft.fields = {(new if n == old else n): f for n, f in draft.fields.items()}
            draft.change(new, name=new)
        elif isinstance(action, exp.Drop) and (action.args.get("kind") or "").upper() == "COLUMN":
            draft.fields.pop(draft.column(action.this.name), None)
        elif isinstance(action, exp.Schema):
            for inner in action.expressions:
                self.take(inner)

    def _alter_column(self, action: exp.AlterColumn) -> None:
        draft, name = self.draft, action.this.name
        if action.args.get("dtype") is not None:
            before = draft.fields.get(draft.column(name))
            made: dict[str, Any] = self.types.read(action.args["dtype"])
            if before is not None:
                kept = {"nullable": before.nullable, "default": before.default, "identity": before.identity}
                draft.fields[before.name] = FieldSchema(
                    before.name, **({k: v for k, v in made.items() if k != "nullable"} | kept)
                )
        elif action.args.get("default") is not None:
            text = action.args["default"].sql(dialect="duckdb")
            draft.change(name, default=text, **({"identity": True} if "nextval" in text.lower() else {}))
        elif action.args.get("allow_null") is not None:
            draft.change(name, nullable=bool(action.args["allow_null"] or action.args.get("drop")))


def _column(node: Any) -> str:
    """The column that a key's part names (it may carry an order or a prefix length)."""
    while (
        not isinstance(node, exp.Identifier) and getattr(node, "this", None) is not None and not isinstance(node, str)
    ):
        if isinstance(node, exp.Column):
            return str(node.name)
        node = node.this
    return str(node.name) if isinstance(node, exp.Expression) else str(node)
