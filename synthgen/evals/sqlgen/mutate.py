"""Wrong statements: one part of the SQL changed at a time, and databases around the literals that tell them apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sqlglot import exp

from synthgen.evals.sqlgen.databases import Databases, Rows, attempt
from synthgen.evals.sqlgen.schema import Schema, quoted
from synthgen.evals.sqlgen.statement import literal

_FLIP = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE, exp.NEQ: exp.EQ}
_STRICT = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}
_OTHER = {exp.Avg: exp.Sum, exp.Sum: exp.Avg, exp.Min: exp.Max, exp.Max: exp.Min}
_SETS = {exp.Union: exp.Intersect, exp.Intersect: exp.Union, exp.Except: exp.Intersect}


def mutated(tree: Any, schema: Schema) -> Iterator[tuple[str, str]]:
    """Kinds of mistakes with the statement that makes each: `comparison`, `boundary`, `aggregate`, `distinct`, ...

    The tree is changed in place, written, and changed back, which is much faster than a copy for each.
    """
    for node in list(tree.walk()):
        for kind, put, back in _changes(node, schema):
            if node is tree and isinstance(put, exp.Expr):
                yield kind, put.sql("sqlite", copy=False)
            elif isinstance(put, exp.Expr):
                node.replace(put)
                yield kind, tree.sql("sqlite", copy=False)
                put.replace(node)
            else:
                name, value = put
                (back or node).set(name, value[0])
                yield kind, tree.sql("sqlite", copy=False)
                (back or node).set(name, value[1])


def _changes(node: Any, schema: Schema) -> Iterator[tuple[str, Any, Any]]:
    """Kinds of changes, each with what to put: another node in this one's place, or an argument's new and old value.

    The third part is the node whose argument it is, where that is not this one.
    """
    kind = type(node)
    if kind in _FLIP and not isinstance(node.expression, exp.Boolean):
        if not (isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column)):
            yield "comparison", _twin(_FLIP[kind], node), None
            if kind in _STRICT and _sharp(node):
                yield "boundary", _twin(_STRICT[kind], node), None
    elif kind is exp.EQ and isinstance(node.expression, exp.Boolean):
        yield "comparison", ("expression", (exp.Boolean(this=not node.expression.this), node.expression)), None
    elif kind in _OTHER and not isinstance(node.this, exp.Case | exp.Count) and not _inside_window(node):
        yield "aggregate", _OTHER[kind](this=node.this.copy()), None
    elif kind is exp.Count and isinstance(node.this, exp.Distinct):
        yield "distinct", ("this", (node.this.expressions[0].copy(), node.this)), None
    elif kind is exp.Select:
        yield from _select(node)
    elif kind in _SETS:
        yield "set", _SETS[kind](this=node.this.copy(), expression=node.expression.copy(), distinct=True), None
    elif kind is exp.Join and node.side:
        yield "join", ("side", (None, node.args["side"])), None
    elif kind is exp.Limit:
        longer = exp.Literal.number(int(node.expression.name) + 1)
        yield "limit", ("expression", (longer, node.expression)), None
    elif kind is exp.Not and isinstance(node.this, exp.Exists | exp.Is):
        yield "negation", node.this.copy(), None
    elif kind is exp.Or:
        yield "connective", _twin(exp.And, node), None
    elif kind is exp.Ordered and node.parent.expressions[0] is node:
        yield "order", ("desc", (not node.args.get("desc"), node.args.get("desc"))), None
    if kind is exp.Column and _swappable(node):
        other = _neighbour(node, schema)
        if other:
            yield "column", ("this", (exp.to_identifier(other, quoted=quoted(other) != other), node.this)), None


def _twin(kind: Any, node: Any) -> Any:
    return kind(this=node.this.copy(), expression=node.expression.copy())


def _select(node: Any) -> Iterator[tuple[str, Any, Any]]:
    if node.args.get("distinct"):
        yield "distinct", ("distinct", (None, node.args["distinct"])), None
    for part in ("where", "having"):
        clause = node.args.get(part)
        if clause is None:
            continue
        tests = list(clause.this.flatten()) if isinstance(clause.this, exp.And) else [clause.this]
        for test in tests:
            if isinstance(test, exp.EQ) and isinstance(test.expression, exp.Column):
                continue  # a correlation, not a filter
            rest = [t.copy() for t in tests if t is not test]
            if rest:
                yield "filter", ("this", (exp.and_(*rest), clause.this)), clause
            else:
                yield "filter", (part, (None, clause)), None


def _sharp(node: Any) -> bool:
    """Whether data can stand exactly on the bound: a column, or a small count, against a literal."""
    bound = literal(node.expression)
    if bound is None or node.this.find(exp.Avg, exp.Sum):
        return False
    return not node.this.find(exp.Count) or float(bound) <= 4


def _inside_window(node: Any) -> bool:
    return node.find_ancestor(exp.Window) is not None


def _swappable(node: Any) -> bool:
    """Columns that are shown or aggregated; those of joins, groups, conditions and orders stay."""
    up = node.parent
    while isinstance(up, exp.Alias | exp.Round | exp.AggFunc):
        up = up.parent
    if not isinstance(up, exp.Select) or node.arg_key == "joins":
        return False
    grouped = up.args.get("group")
    shown = any(node is n for e in up.expressions for n in e.walk())
    return shown and (grouped is None or all(node.name != g.name for g in grouped.find_all(exp.Column)))


def _neighbour(node: Any, schema: Schema) -> str | None:
    """Another column of the same table and kind."""
    table = _table_of(node, schema)
    if table is None:
        return None
    own = next((c for c in schema.tables[table].columns.values() if c.name == node.name), None)
    if own is None:
        return None
    alike = [c.name for c in schema.tables[table].columns.values() if c.name != own.name and _alike(c.kind, own.kind)]
    return alike[0] if alike else None


def _alike(a: str, b: str) -> bool:
    numbers = ("integer", "number")
    return a == b or (a in numbers and b in numbers)


def _table_of(node: Any, schema: Schema) -> str | None:
    select = node.find_ancestor(exp.Select)
    while select is not None:
        tables = [t for t in select.find_all(exp.Table) if t.find_ancestor(exp.Select) is select]
        for table in tables:
            if table.name in schema.tables and (not node.table or node.table == table.alias_or_name):
                return table.name
        select = select.find_ancestor(exp.Select)
    return None


def bounds(tree: Any, schema: Schema) -> list[list[str]]:
    """Statements that put rows exactly on the bounds that it compares with: a few on each, then all on one."""
    found: list[tuple[str, str]] = []
    for node in tree.find_all(*_STRICT, exp.Between):
        columns = list(node.this.find_all(exp.Column))
        if len(columns) != 1 or node.this.find(exp.AggFunc):
            continue
        table = _table_of(columns[0], schema)
        values = [node.args["low"], node.args["high"]] if isinstance(node, exp.Between) else [node.expression]
        if table is None or columns[0].name not in schema.tables[table].columns:
            continue
        name = quoted(columns[0].name)
        for i, value in enumerate(v for v in values if literal(v) is not None):
            found.append(
                (f"UPDATE OR IGNORE {quoted(table)} SET {name} = {value.sql('sqlite')}", f" WHERE rowid % 3 = {i}")
            )
    return [[update + some for update, some in found], *([update] for update, _ in found)] if found else []


def survivors(tree: Any, sql: str, databases: Databases, same: Any, ordered: bool) -> list[str]:
    """Kinds of mutants that no database tells from the statement."""
    mutants = list(mutated(tree, databases.schema))
    gold = databases.ask(sql)
    left = []
    for kind, mutant in mutants:
        rows = None if kind == "boundary" else databases.ask(mutant)
        if kind == "boundary" or (rows is not None and same(gold, rows, ordered)):
            left.append((kind, mutant))
    updates = bounds(tree, databases.schema)
    for database in databases.reseeded:
        if not left:
            break
        left = _surviving(database, sql, left, updates, same, ordered)
    return [kind for kind, _ in left]


def _surviving(
    database: sqlite3.Connection,
    sql: str,
    mutants: list[tuple[str, str]],
    updates: Sequence[Sequence[str]],
    same: Any,
    ordered: bool,
) -> list[tuple[str, str]]:
    """Mutants that a database does not kill, as it is and with rows on the bounds."""
    for prepared in ([], *updates):
        if not mutants:
            break
        for update in prepared:
            database.execute(update)
        gold = attempt(database, sql)
        rest = []
        for kind, mutant in mutants:
            rows: Rows | None = attempt(database, mutant)
            if gold is None or (rows is not None and same(gold, rows, ordered)):
                rest.append((kind, mutant))
        mutants = rest
        if prepared:
            database.rollback()
    return mutants
