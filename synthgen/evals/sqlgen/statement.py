"""A statement's syntax tree, and what it says: comparisons, literals, columns, aggregates, orders and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from synthgen.evals.sqlgen.words import plain_number

SIGNS = {exp.GT: "gt", exp.GTE: "gte", exp.LT: "lt", exp.LTE: "lte", exp.NEQ: "neq", exp.EQ: "eq"}
AGGREGATES = {exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max"}


@dataclass
class Said:
    """What a statement, or a question, says.

    `compared` holds pairs of an operator and a literal (None for a subquery), `figured` those whose left side is an
    aggregate, with its kind; `flags` are tests for missing values and truth values; `limits` numbers of rows;
    `aggregates` are kinds with the column that they are of (empty for rows, `*` for figures of groups); `columns` are
    names in small letters, and `shown` those of the answer in their order (for a question: the sets of columns that a
    name may stand for).
    """

    compared: set[tuple[str, str | None]] = field(default_factory=set)
    figured: set[tuple[str, str | None, str]] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    aggregates: set[tuple[str, str]] = field(default_factory=set)
    shown: list[Any] = field(default_factory=list)
    directions: set[str] = field(default_factory=set)
    limits: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)


@lru_cache(maxsize=4096)
def parsed(sql: str) -> Any:
    """The tree of one SELECT, or None for anything else."""
    try:
        trees = sqlglot.parse(sql, read="sqlite")
    except sqlglot.errors.SqlglotError:
        return None
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Select | exp.SetOperation):
        return None
    return None if next(tree.find_all(exp.DML, exp.DDL, exp.Command), tree) is not tree else tree


@lru_cache(maxsize=4096)
def read_statement(sql: str, names: frozenset[str]) -> Said:
    """What a statement says, without what only holds it together: join keys, tie rules, rounding."""
    tree, found = parsed(sql), Said()
    held = _structural(tree)
    for node in tree.walk():
        if id(node) in held:
            continue
        if type(node) in SIGNS:
            _compared(node, names, found)
        elif isinstance(node, exp.Between):
            found.compared |= {("between", literal(node.args["low"])), ("between", literal(node.args["high"]))}
        elif isinstance(node, exp.In) and node.expressions:
            found.compared |= {("eq", literal(x)) for x in node.expressions}
        elif isinstance(node, exp.Is):
            found.flags.add("known" if isinstance(node.parent, exp.Not) else "missing")
        elif type(node) in AGGREGATES and not _counts(node):
            found.aggregates.add((AGGREGATES[type(node)], _of(node.this, names)))
        elif isinstance(node, exp.Count):
            distinct = isinstance(node.this, exp.Distinct)
            inner = node.this.expressions[0] if distinct else node.this
            named = isinstance(inner, exp.Column) and id(inner) not in held
            found.aggregates.add(("distinct" if distinct else "count", _of(inner, names) if named else ""))
        elif isinstance(node, exp.SetOperation):
            found.others.add(f"{type(node).__name__.lower()}{'' if node.args.get('distinct') else ' all'}")
        elif isinstance(node, exp.Or):
            found.others.add("or")
        elif isinstance(node, exp.Not) and isinstance(node.this, exp.Exists):
            found.others.add("not")
        elif isinstance(node, exp.Join) and node.side:
            found.others.add(node.side.lower())
        elif isinstance(node, exp.Select) and node.args.get("distinct"):
            found.others.add("distinct")
        elif isinstance(node, exp.Limit):
            found.limits.add(plain_number(node.expression.name))
        elif isinstance(node, exp.Column) and node.name.lower() in names:
            found.columns.add(node.name.lower())
    found.shown = shown(tree, names)
    outer = [e.unalias().sql() for e in getattr(tree, "expressions", ())]
    if len(set(outer)) < len(outer):
        found.others.add("a column twice")
    for order in tree.find_all(exp.Order):
        desc = order.expressions[0].args.get("desc")
        if not _sequence(order):
            found.directions.add("desc" if desc else "asc")
        elif desc:
            found.others.add("backwards")
    return found


def _of(node: Any, names: frozenset[str]) -> str:
    return node.name.lower() if isinstance(node, exp.Column) and node.name.lower() in names else "*"


def shown(tree: Any, names: frozenset[str]) -> list[str]:
    """The columns of the answer that are a table's own, in order; a computed one is left out.

    Of a set operation both sides are listed, one after the other.
    """
    if isinstance(tree, exp.SetOperation):
        return shown(tree.this, names) + shown(tree.expression, names)
    inner = {a.alias.lower(): a.this for a in tree.find_all(exp.Alias) if isinstance(a.this, exp.Column)}
    found = []
    for node in tree.expressions:
        node = node.this if isinstance(node, exp.Alias) else node
        if isinstance(node, exp.Column) and node.name.lower() not in names:
            node = inner.get(node.name.lower(), node)
        if isinstance(node, exp.Column) and node.name.lower() in names:
            found.append(node.name.lower())
    return found


def _structural(tree: Any) -> set[int]:
    """Nodes that the question does not speak of: equal columns, what a subquery hands on, the whole of a share."""
    found: set[int] = set()

    def leave(node: Any) -> None:
        found.update(id(n) for n in node.walk())

    for node in tree.find_all(exp.EQ):
        if isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column):
            leave(node)
    for node in tree.find_all(exp.Exists):
        found.update(id(n) for e in node.this.expressions for n in e.walk())
    for node in tree.find_all(exp.In):
        query = node.args.get("query")
        if query is not None:
            found.update(id(n) for n in node.this.walk())
            inner = query.this if isinstance(query, exp.Subquery) else query
            found.update(id(n) for e in inner.expressions for n in e.walk())
            group = inner.args.get("group")
            if group is not None:
                leave(group)
                found.update(id(n) for n in inner.find_all(exp.Count))
    for node in tree.find_all(exp.Div):  # the share of a part: the whole is what is asked about
        if node.this.find(exp.Case):
            leave(node.expression)
    for node in tree.find_all(exp.Count):
        if any(j.side for s in [node.find_ancestor(exp.Select)] if s for j in s.args.get("joins") or ()):
            found.update(id(n) for n in node.walk() if n is not node)
    return found


def _compared(node: Any, names: frozenset[str], found: Said) -> None:
    left, right = node.this, node.expression
    sign = SIGNS[type(node)]
    if isinstance(right, exp.Boolean):
        found.flags.add("set" if right.this == (sign == "eq") else "unset")
    elif isinstance(left, exp.Column) and left.name.lower() not in names and sign == "lte":
        found.limits.add(plain_number(right.name))
    elif isinstance(right, exp.Subquery):
        if sign != "eq":
            found.compared.add((sign, None))
        elif not _same_selection(node, right.this):
            found.others.add("uneven")
    else:
        found.compared.add((sign, literal(right)))
        figure = left.find(*AGGREGATES, exp.Count)
        if figure is not None and not _counts(figure):
            kind = AGGREGATES.get(type(figure)) or ("distinct" if isinstance(figure.this, exp.Distinct) else "count")
            found.figured.add((sign, literal(right), kind))


def _same_selection(node: Any, inner: Any) -> bool:
    """Whether a subquery's extreme is taken over the very rows that the statement looks at."""
    outer = node.find_ancestor(exp.Select)
    sides = []
    for select in (outer, inner):
        where = select.args.get("where")
        tests = [] if where is None else list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
        sides.append({t.sql() for t in tests if t is not node})
    return sides[0] == sides[1]


def _counts(node: Any) -> bool:
    """SUM over CASE ... 1 ELSE 0, or over a window's figures, adds up what is already named."""
    return isinstance(node, exp.Sum) and isinstance(node.this, exp.Case | exp.Count | exp.Sum)


def _sequence(order: Any) -> bool:
    """Orders inside windows that run in order of time."""
    window = order.parent
    return isinstance(window, exp.Window) and not isinstance(window.this, exp.RowNumber | exp.Rank)


def literal(node: Any) -> str | None:
    """A literal in its plainest spelling; None for anything else."""
    negative = isinstance(node, exp.Neg)
    node = node.this if negative else node
    if not isinstance(node, exp.Literal):
        return None
    return node.name if node.is_string else plain_number(("-" if negative else "") + node.name)
