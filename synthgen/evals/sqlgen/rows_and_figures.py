"""Levels 1 to 3: filters and projections; order, limit and distinct; aggregates over one table."""

from __future__ import annotations

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.asker import Asked, Asker, Pattern, Shape, things_of
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.scope import conditions, single
from synthgen.evals.sqlgen.words import listed, mark, wording


def _filterable(known: Known) -> list[Shape]:
    return [(t, c) for t in known.filled for c in known.columns(t, lambda f: f.filtered)]


def _with_two(known: Known) -> list[Shape]:
    tables = known.filled
    return [(t,) for t in tables if len(known.columns(t, lambda f: f.filtered and f.distinct >= 15)) >= 2]


def _where(ask: Asker, shape: Shape) -> Asked | None:
    table, column = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    found = ask.selection(scope, first=scope.field(column))
    fields = ask.shown(scope.fields, 1, 4)
    if not found or not fields:
        return None
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order="")
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase)


def _either(ask: Asker, shape: Shape) -> Asked | None:
    scope = single(ask.known, shape[0])
    one, many = things_of(scope)
    fine = [f for f in scope.fields if f.facts.distinct >= 15]
    found = [c for f in ask.draw.shuffled(fine) for c in ask.selection(scope, fields=[f], most=20)[:1]][:2]
    fields = ask.shown(scope.fields, 1, 4)
    if len(found) < 2 or not fields:
        return None
    columns, said = ask.columns(fields)
    where, such = ask.where(found, "or")
    phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order="")
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase)


def _orderable(known: Known) -> list[Shape]:
    return [
        (t, c)
        for t in known.filled
        if known.keyed(t)
        for c in known.columns(t, lambda f: (f.measure or f.dated or f.named) and f.full)
    ]


def _measured(known: Known) -> list[Shape]:
    return [s for s in _orderable(known) if not known.of[s[0]][s[1]].named]


def _top(ask: Asker, shape: Shape) -> Asked | None:
    table, column = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    by = scope.field(column)
    found = ask.filters(scope.fields, 0, 2, avoid=(by,))
    number, n = ask.number(2, 15)
    fields = ask.shown(scope.fields, 1, 4, must=(by,) if ask.draw.chance(0.6) else (scope.key,))
    order, ordered, way = ask.order([(by.sql, by.phrase, by.kind)], ask.tie(scope))
    best = mark("direction", ask.draw.pick(wording()["superlatives"][by.kind][way]))
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    phrase = ask.line(
        "top", n=n, things=many, thing=one, where=such, best=best, column=by.phrase, columns=said, order=ordered
    )
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}{order} LIMIT {number}", phrase, True, least=2)


def _sorted(ask: Asker, shape: Shape) -> Asked | None:
    table, column = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    by = scope.field(column)
    found = ask.selection(scope)
    fields = ask.shown(scope.fields, 2, 4, must=(by,) if ask.draw.chance(0.7) else (scope.key,))
    order, ordered, _ = ask.order([(by.sql, by.phrase, by.kind)], ask.tie(scope))
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order=ordered)
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}{order}", phrase, True, least=2) if found else None


def _repeating(known: Known) -> list[Shape]:
    return [
        (t, c)
        for t in known.filled
        for c in known.columns(
            t,
            lambda f: f.full and f.short and f.column.role != "key" and f.distinct >= 2 and f.rows >= 1.3 * f.distinct,
        )
        if known.of[t][c].column.kind in ("text", "integer", "date")
    ]


def _distinct(ask: Asker, shape: Shape) -> Asked | None:
    table, column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    first = scope.field(column)
    others = [f for f in scope.fields if (table, f.facts.column.name) in _repeating(ask.known) and f != first]
    fields = ask.draw.shuffled([first, *ask.draw.sample(others, ask.draw.below(2))])
    found = ask.filters(scope.fields, 1, 2, avoid=fields)
    order, ordered = "", list[Piece]()
    if len(fields) == 1 and ask.draw.chance(0.5):
        order, ordered, _ = ask.order([(first.sql, first.phrase, first.kind)], None)
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    unlike = mark("distinct", ask.draw.pick(wording()["unlike"]))
    template = "combined" if len(fields) > 1 else "distinct"
    phrase = ask.line(template, distinct=unlike, columns=said, things=many, where=such, order=ordered)
    return Asked(f"SELECT DISTINCT {columns} FROM {scope.sql}{where}{order}", phrase, bool(order), least=2)


def _counted(known: Known) -> list[Shape]:
    return [(t,) for t in known.filled if known.columns(t, lambda f: f.filtered)]


def _count(ask: Asker, shape: Shape) -> Asked | None:
    scope = single(ask.known, shape[0])
    _, many = things_of(scope)
    joint = "or" if ask.draw.chance(0.2) else "and"
    found = ask.filters(scope.fields, 1 if joint == "and" else 2, 3 if joint == "and" else 2)
    if not found or (joint == "or" and len(found) < 2):
        return None
    where, such = ask.where(found, joint)
    count = mark("aggregate", ask.draw.pick(wording()["aggregates"]["count"]))
    name = ask.known.schema.alias("n")
    phrase = ask.line("count", count=count, things=many, where=such)
    return Asked(f"SELECT COUNT(*) AS {name} FROM {scope.sql}{where}", phrase)


def _aggregated(known: Known) -> list[Shape]:
    found = [(t, k, c) for t in known.filled for c in known.columns(t, lambda f: f.measure) for k in _FIGURES]
    dates = [(t, k, c) for t in known.filled for c in known.columns(t, lambda f: f.dated) for k in ("min", "max")]
    other = [
        (t, "distinct", c)
        for t in known.filled
        for c in known.columns(
            t, lambda f: f.distinct >= 3 and f.rows >= 1.2 * f.distinct and f.column.kind != "number"
        )
    ]
    return [*found, *dates, *other]


_FIGURES = ("sum", "avg", "min", "max")


def _aggregate(ask: Asker, shape: Shape) -> Asked | None:
    table, kind, column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    field = scope.field(column)
    found = ask.filters(scope.fields, 1, 2, avoid=() if kind in ("avg", "sum") else (field,))
    made = ask.figure(kind, field)
    where, such = ask.where(found)
    name = ask.known.schema.alias(f"{made.name}_value")
    phrase = ask.line("aggregate", figure=made.phrase, things=many, where=such)
    return Asked(f"SELECT {made.sql} AS {name} FROM {scope.sql}{where}", phrase, notes=made.notes)


def _measures(known: Known) -> list[Shape]:
    return [(t,) for t in known.filled if known.columns(t, lambda f: f.measure or f.dated)]


def _several(ask: Asker, shape: Shape) -> Asked | None:
    scope = single(ask.known, shape[0])
    _, many = things_of(scope)
    found = ask.filters(scope.fields, 1, 2)
    made = ask.figures(scope, many, ask.draw.integer(2, 4))
    if len(made) < 2:
        return None
    names = ask.named(made)
    columns = ", ".join(f"{f.sql} AS {n}" for f, n in zip(made, names, strict=True))
    where, such = ask.where(found)
    phrase = ask.line("several", things=many, where=such, figures=listed([f.phrase for f in made], ", then "))
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase, notes=tuple(n for f in made for n in f.notes))


def _share(ask: Asker, shape: Shape) -> Asked | None:
    table, column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    part = ask.filters(scope.fields, 1, 1, first=scope.field(column))
    found = ask.filters(scope.fields, 0, 2, avoid=[scope.field(column)])
    if not part:
        return None
    where, such = ask.where(found)
    name = ask.known.schema.alias("percentage")
    sql = f"SELECT ROUND(100.0 * SUM(CASE WHEN {part[0].sql} THEN 1 ELSE 0 END) / COUNT(*), 1) AS {name}"
    phrase = ask.line("share", things=many, where=such, part=conditions(ask.draw, part))
    return Asked(f"{sql} FROM {scope.sql}{where}", phrase, notes=("percent",))


PATTERNS = (
    Pattern(1, "where", _filterable, _where),
    Pattern(1, "either", _with_two, _either),
    Pattern(2, "top", _measured, _top),
    Pattern(2, "sorted", _orderable, _sorted),
    Pattern(2, "distinct", _repeating, _distinct),
    Pattern(3, "count", _counted, _count),
    Pattern(3, "aggregate", _aggregated, _aggregate),
    Pattern(3, "several", _measures, _several),
    Pattern(3, "share", _filterable, _share),
)
