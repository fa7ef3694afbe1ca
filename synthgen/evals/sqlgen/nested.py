"""Level 7: subqueries, EXISTS, set operations and aggregates of aggregates."""

from __future__ import annotations

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.asker import Asked, Asker, Pattern, Shape, things_of
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.scope import Condition, Field, conditions, single
from synthgen.evals.sqlgen.words import Phrase, mark, say, wording


def _measures(known: Known) -> list[Shape]:
    return [(t, c, k) for t in known.filled for c in known.columns(t, lambda f: f.measure and f.full) for k in ("avg",)]


def _sign(ask: Asker) -> tuple[str, Phrase]:
    how = ask.draw.pick(["gt", "lt"])
    return {"gt": ">", "lt": "<"}[how], mark("op", ask.draw.pick(wording()["ops"]["number"][how]))


def _compare(ask: Asker, shape: Shape) -> Asked | None:
    """Rows above or below the mean of all, among a selection."""
    table, column, kind = shape
    scope = single(ask.known, table)
    many = scope.base.nouns
    field = scope.field(column)
    found = ask.selection(scope, avoid=(field,))
    fields = ask.shown(scope.fields, 1, 3, must=(field,) if ask.draw.chance(0.6) else ())
    if not found or not fields:
        return None
    sign, op = _sign(ask)
    where, such = ask.where(found)
    columns, said = ask.columns(fields)
    figure = ask.figure(kind, field).phrase
    order, ordered = _maybe_sorted(ask, scope.key if ask.known.keyed(table) else None, fields)
    phrase = ask.line(
        "compare", things=many, where=such, column=field.phrase, op=op, figure=figure, columns=said, order=ordered,
        all=ask.line("all", things=many),
    )  # fmt: skip
    sub = f"(SELECT {kind.upper()}({field.sql}) FROM {scope.sql})"
    return Asked(f"SELECT {columns} FROM {scope.sql}{where} AND {field.sql} {sign} {sub}{order}", phrase, bool(order))


def _maybe_sorted(ask: Asker, key: Field | None, fields: list[Field]) -> tuple[str, Phrase]:
    if key is None or not ask.draw.chance(0.35):
        return "", []
    usable = [f for f in fields if f.facts.full]
    by = ask.draw.pick(usable) if usable else key
    order, ordered, _ = ask.order([(by.sql, by.phrase, by.kind)], (key.sql, key.phrase))
    return order, ordered


def _own_groups(known: Known) -> list[Shape]:
    return [
        (t, c, g)
        for t in known.filled
        for c in known.columns(t, lambda f: f.measure and f.full)
        for g in known.columns(t, lambda f: f.full and (f.groups or f.column.role == "reference") and f.distinct >= 2)
    ]


def _compare_own(ask: Asker, shape: Shape) -> Asked | None:
    """Rows above or below the mean of the rows that share a value with them."""
    table, column, grouped = shape
    outer, inner = single(ask.known, table, "a"), single(ask.known, table, "b")
    many = outer.base.nouns
    field, group = outer.field(column), outer.field(grouped)
    found = ask.selection(outer, avoid=(field,))
    if not found:
        return None
    fields = ask.shown(outer.fields, 1, 3, must=(field,) if ask.draw.chance(0.6) else ())
    sign, op = _sign(ask)
    where, such = ask.where(found)
    columns, said = ask.columns(fields)
    figure = ask.figure("avg", field).phrase
    phrase = ask.line(
        "compare", things=many, where=such, column=field.phrase, op=op, figure=figure, columns=said, order="",
        all=ask.line("same", things=many, group=group.phrase),
    )  # fmt: skip
    sub = f"(SELECT AVG({inner.field(column).sql}) FROM {inner.sql} WHERE {inner.field(grouped).sql} = {group.sql})"
    return Asked(f"SELECT {columns} FROM {outer.sql}{where} AND {field.sql} {sign} {sub}", phrase)


def _parents(known: Known) -> list[Shape]:
    return [(x.id,) for x in known.links if known.keyed(x.parent) and known.columns(x.child, lambda f: f.filtered)]


def _children(ask: Asker, shape: Shape, negated: bool) -> Asked | None:
    link = ask.known.schema.link(shape[0])
    above, below = single(ask.known, link.parent, "p"), single(ask.known, link.child, "c")
    parent, child = ask.known.table(link.parent), ask.known.table(link.child)
    that = ask.filters(below.fields, 1, 2)
    found = ask.selection(above, most=40 if negated else 100)
    if not that or not found:
        return None
    fields = ask.shown(above.fields, 1, 3, must=(above.key,) if ask.draw.chance(0.5) else ())
    columns, said = ask.columns(fields)
    order, ordered = _maybe_sorted(ask, above.key, fields)
    if negated:
        inner = " AND ".join([f"{below.field(link.column).sql} = {above.key.sql}", *(c.sql for c in that)])
        test = f"NOT EXISTS (SELECT 1 FROM {below.sql} WHERE {inner})"
        phrase = ask.line(
            "never", things=parent.nouns, where=conditions(ask.draw, found), child=child.noun, columns=said,
            that=conditions(ask.draw, that), order=ordered,
            never=mark("lacks", ask.draw.pick(wording()["lacks"])),
        )  # fmt: skip
    else:
        inner = " AND ".join(c.sql for c in that)
        least = ask.draw.integer(2, 3)
        op = [*mark("op", ask.draw.pick(["at least", "no less than"])), Piece(" "), *mark("value", str(least))]
        grouped = f"GROUP BY {below.field(link.column).sql} HAVING COUNT(*) >= {least}"
        sub = f"SELECT {below.field(link.column).sql} FROM {below.sql} WHERE {inner} {grouped}"
        test = f"{above.key.sql} IN ({sub})"
        phrase = ask.line(
            "often", things=parent.nouns, where=conditions(ask.draw, found), children=child.nouns, columns=said,
            that=conditions(ask.draw, that), bound=op, order=ordered,
        )  # fmt: skip
    where = " AND ".join([*(c.sql for c in found), test])
    return Asked(f"SELECT {columns} FROM {above.sql} WHERE {where}{order}", phrase, bool(order))


def _never(ask: Asker, shape: Shape) -> Asked | None:
    return _children(ask, shape, True)


def _often(ask: Asker, shape: Shape) -> Asked | None:
    return _children(ask, shape, False)


def _sets(known: Known) -> list[Shape]:
    return [
        (t, c, how)
        for t in known.filled
        for c in known.columns(t, lambda f: f.full and f.short and f.distinct >= 3 and f.rows >= 1.2 * f.distinct)
        if known.of[t][c].column.kind in ("text", "integer", "date") and known.of[t][c].column.role != "key"
        and len(known.columns(t, lambda f: f.filtered)) >= 2
        for how in ("union", "intersect", "except")
    ]  # fmt: skip


def _set(ask: Asker, shape: Shape) -> Asked | None:
    table, column, how = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    field = scope.field(column)
    sides: list[list[Condition]] = []
    for _ in range(2):
        sides.append(ask.filters(scope.fields, 1, 2, avoid=(field,), narrow=how == "union"))
    if not all(sides) or [c.sql for c in sides[0]] == [c.sql for c in sides[1]]:
        return None
    parts = [f"SELECT {field.sql} FROM {scope.sql}{ask.where(s)[0]}" for s in sides]
    order, ordered = "", list[Piece]()
    if ask.draw.chance(0.5):
        order, ordered, _ = ask.order([(field.sql, field.phrase, field.kind)], None)
    template = ask.draw.pick(wording()["sets"][how])
    phrase = say(
        template, column=mark("shown", field.noun), things=many, where=conditions(ask.draw, sides[0]),
        other=conditions(ask.draw, sides[1]), order=ordered,
        either=mark("either", ask.draw.pick(wording()["either"][how])),
    )  # fmt: skip
    return Asked(f"{parts[0]} {how.upper()} {parts[1]}{order}", phrase, bool(order))


def _nests(known: Known) -> list[Shape]:
    found: list[Shape] = []
    for t in known.filled:
        groups = known.columns(t, lambda f: f.full and (f.groups or f.column.role == "reference") and f.distinct >= 3)
        for g in groups:
            found += [(t, g, "count", outer) for outer in ("avg", "max", "min")]
            for c in [c for c in known.columns(t, lambda f: f.measure) if c != g]:
                found += [(t, g, inner, outer, c) for inner in ("sum", "max") for outer in ("avg", "max", "min")]
    return [s for s in found if s[2] != s[3]]


def _nested(ask: Asker, shape: Shape) -> Asked | None:
    """A figure over the figures of all groups."""
    table, grouped, inner, outer, *column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    group = scope.field(grouped)
    found = ask.filters(scope.fields, 1, 2, avoid=(group,))
    made = ask.figure(inner, scope.field(column[0]) if column else None, many)
    raw = made.sql.removeprefix("ROUND(").removesuffix(", 2)")
    name, outside = ask.known.schema.alias("figure"), ask.known.schema.alias(f"{outer}_value")
    where, such = ask.where(found)
    rounds = outer == "avg" or made.notes
    top = f"ROUND({outer.upper()}({name}), 2)" if rounds else f"{outer.upper()}({name})"
    figure = mark("outer", ask.draw.pick(wording()["aggregates"]["number"][outer]))
    said = made.phrase[:-1] if inner == "count" else made.phrase
    said = [*said, Piece(" rows")] if inner == "count" else said
    phrase = ask.line("nested", inner=said, group=group.phrase, things=many, where=such, figure=figure)
    sub = f"SELECT {raw} AS {name} FROM {scope.sql}{where} GROUP BY {group.sql}"
    return Asked(f"SELECT {top} AS {outside} FROM ({sub}) AS f", phrase, notes=("rounding",) if rounds else ())


def _extremes(known: Known) -> list[Shape]:
    return [
        (t, c, k)
        for t in known.filled
        for c in known.columns(t, lambda f: (f.measure or f.dated) and f.full)
        for k in ("max", "min")
    ]


def _extreme(ask: Asker, shape: Shape) -> Asked | None:
    """The rows that hold the greatest or least value of a selection, all of them."""
    table, column, kind = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    field = scope.field(column)
    found = ask.filters(scope.fields, 1, 3, avoid=(field,))
    if not found:
        return None
    fields = ask.shown(scope.fields, 2, 4, must=(field,))
    made = ask.figure(kind, field)
    where, such = ask.where(found)
    columns, said = ask.columns(fields)
    phrase = ask.line("extreme", things=many, thing=one, where=such, figure=made.phrase, columns=said, order="")
    sub = f"(SELECT {kind.upper()}({field.sql}) FROM {scope.sql}{where})"
    return Asked(f"SELECT {columns} FROM {scope.sql}{where} AND {field.sql} = {sub}", phrase)


PATTERNS = (
    Pattern(7, "compare", _measures, _compare),
    Pattern(7, "compare_own", _own_groups, _compare_own),
    Pattern(7, "never", _parents, _never),
    Pattern(7, "often", _parents, _often),
    Pattern(7, "set", _sets, _set),
    Pattern(7, "nested", _nests, _nested),
    Pattern(7, "extreme", _extremes, _extreme),
)
