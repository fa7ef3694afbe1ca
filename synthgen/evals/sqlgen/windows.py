"""Level 8: window functions: the best of each group, running totals, changes, shares and ranks."""

from __future__ import annotations

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.asker import Asked, Asker, Pattern, Shape, things_of
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.scope import Field, Scope, joined, single
from synthgen.evals.sqlgen.words import Phrase, mark, wording


def _partitioned(known: Known) -> list[Shape]:
    return [
        (t, g, c)
        for t in known.filled
        if known.keyed(t)
        for g in known.columns(t, lambda f: f.groups and f.full)
        for c in known.columns(t, lambda f: (f.measure or f.dated) and f.full)
        if g != c
    ]


def _first_rows(ask: Asker, scope: Scope, group: Field, by: Field, most: int, template: str) -> Asked | None:
    """The first rows of each group in order of a field, by ROW_NUMBER."""
    one, many = things_of(scope)
    way = ask.draw.pick(["asc", "desc"])
    apart = (group, by)
    found = ask.selection(scope, avoid=apart, most=60) if most == 1 else ask.filters(scope.fields, 0, 2, avoid=apart)
    number, n = ask.number(1 if most == 1 else 2, most)
    fields = ask.shown(scope.fields, 2, 4, must=(group, scope.key) if group != scope.key else (scope.key,))
    where, such = ask.where(found)
    names = [ask.known.schema.alias(f"out_{i + 1}") for i in range(len(fields))]
    place = ask.known.schema.alias("place")
    shown = ", ".join(f"{f.sql} AS {n}" for f, n in zip(fields, names, strict=True))
    over = f"PARTITION BY {group.sql} ORDER BY {by.sql}{' DESC' if way == 'desc' else ''}, {scope.key.sql}"
    inner = f"SELECT {shown}, ROW_NUMBER() OVER ({over}) AS {place} FROM {scope.sql}{where}"
    _, said = ask.columns(fields)
    best = mark("direction", ask.draw.pick(wording()["superlatives"][by.kind][way]))
    slots: dict[str, Phrase | str] = {"date" if template == "latest" else "column": by.phrase}
    phrase = ask.line(
        template, group=group.phrase, n=n, things=many, thing=one, where=such, best=best, columns=said,
        key=scope.key.phrase, order="", **slots,
    )  # fmt: skip
    return Asked(f"SELECT {', '.join(names)} FROM ({inner}) AS f WHERE {place} <= {number}", phrase, least=2)


def _ranked(ask: Asker, shape: Shape) -> Asked | None:
    scope = single(ask.known, shape[0])
    return _first_rows(ask, scope, scope.field(shape[1]), scope.field(shape[2]), 4, "ranked")


def _dated_links(known: Known) -> list[Shape]:
    return [
        (x.id, c)
        for x in known.links
        if known.keyed(x.child)
        for c in known.columns(x.child, lambda f: f.dated and f.full)
    ]


def _latest(ask: Asker, shape: Shape) -> Asked | None:
    link = ask.known.schema.link(shape[0])
    scope = joined(ask.known, [link])
    group = scope.field(link.column)
    return _first_rows(ask, scope, group, scope.field(shape[1]), 1, "latest")


def _runs(known: Known) -> list[Shape]:
    return [
        (t, d, c)
        for t in known.filled
        if known.keyed(t)
        for d in known.columns(t, lambda f: f.dated and f.full)
        for c in known.columns(t, lambda f: f.measure and f.full)
    ]


def _running(ask: Asker, shape: Shape) -> Asked | None:
    table, dated, column = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    day, field = scope.field(dated), scope.field(column)
    if day.facts.column.kind == "datetime":
        return None  # "on the same day" would not say what decides
    found = ask.selection(scope, first=day, most=30)
    if not found:
        return None
    more = [f for f in (scope.key, day, field) if ask.draw.chance(0.7)] or [scope.key]
    fields = ask.draw.shuffled(more)
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    figure = ask.figure("sum", field)
    inner = figure.sql.removeprefix("ROUND(").removesuffix(", 2)")
    over = f"{inner} OVER (ORDER BY {day.sql}, {scope.key.sql} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    name = ask.known.schema.alias("running")
    sql = f"SELECT {columns}, {f'ROUND({over}, 2)' if figure.notes else over} AS {name} FROM {scope.sql}{where}"
    phrase = ask.line(
        "running", columns=said, things=many, thing=one, where=such, figure=figure.phrase, date=day.phrase,
        key=scope.key.phrase, order="",
    )  # fmt: skip
    return Asked(sql, phrase, notes=figure.notes, least=2)


def _changes(known: Known) -> list[Shape]:
    found: list[Shape] = []
    for t in known.filled:
        for d in known.columns(t, lambda f: f.dated and f.full):
            found += [(t, d, "count")] + [(t, d, "sum", c) for c in known.columns(t, lambda f: f.measure and f.full)]
    return found


def _change(ask: Asker, shape: Shape) -> Asked | None:
    table, dated, kind, *column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    day = scope.field(dated)
    found = ask.filters(scope.fields, 0, 2, avoid=(day,))
    figure = ask.figure(kind, scope.field(column[0]) if column else None, "rows")
    month, value = ask.known.schema.alias("month"), ask.known.schema.alias("figure")
    change = ask.known.schema.alias("change")
    where, such = ask.where(found)
    part = f"SUBSTR({day.sql}, 1, 7)"
    totals = f"SELECT {part} AS {month}, {figure.sql} AS {value} FROM {scope.sql}{where} GROUP BY {part}"
    moved = f"{value} - LAG({value}) OVER (ORDER BY {month})"
    moved = f"ROUND({moved}, 2)" if figure.notes else moved
    order, ordered = "", list[Piece]()
    if ask.draw.chance(0.5):
        order, ordered, _ = ask.order([(month, [Piece("month")], "date")], None)
    sql = f"WITH totals AS ({totals}) SELECT {month}, {value}, {moved} AS {change} FROM totals{order}"
    phrase = ask.line("change", date=day.phrase, figure=figure.phrase, things=many, where=such, order=ordered)
    return Asked(sql, phrase, bool(order), figure.notes, least=3)


def _portions(known: Known) -> list[Shape]:
    found: list[Shape] = []
    for t in known.filled:
        for g in known.columns(t, lambda f: f.groups and f.full):
            measures = [c for c in known.columns(t, lambda f: f.measure and f.full) if c != g]
            found += [(t, g, "count")] + [(t, g, "sum", c) for c in measures]
    return found


def _portion(ask: Asker, shape: Shape) -> Asked | None:
    table, grouped, kind, *column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    group = scope.field(grouped)
    found = ask.filters(scope.fields, 0 if column else 1, 2, avoid=(group,))
    figure = ask.figure(kind, scope.field(column[0]) if column else None, "rows")
    inner = figure.sql.removeprefix("ROUND(").removesuffix(", 2)")
    name = ask.known.schema.alias("percentage")
    where, such = ask.where(found)
    order, ordered = "", list[Piece]()
    if ask.draw.chance(0.5):
        said = [Piece("percentage")]
        order, ordered, _ = ask.order([(name, said, "number")], (group.sql, group.phrase))
    sql = f"SELECT {group.sql}, ROUND(100.0 * {inner} / SUM({inner}) OVER (), 1) AS {name} FROM {scope.sql}{where}"
    phrase = ask.line("portion", group=group.phrase, figure=figure.phrase, things=many, where=such, order=ordered)
    return Asked(f"{sql} GROUP BY {group.sql}{order}", phrase, bool(order), ("percent",), least=2)


def _standings(known: Known) -> list[Shape]:
    found: list[Shape] = []
    for t in known.filled:
        grouped = known.columns(t, lambda f: f.full and (f.groups or f.column.role == "reference") and f.distinct >= 5)
        for g in grouped:
            measures = [c for c in known.columns(t, lambda f: f.measure and f.full) if c != g]
            found += [(t, g, "count")] + [(t, g, "sum", c) for c in measures]
    return found


def _standing(ask: Asker, shape: Shape) -> Asked | None:
    table, grouped, kind, *column = shape
    scope = single(ask.known, table)
    _, many = things_of(scope)
    group = scope.field(grouped)
    found = ask.filters(scope.fields, 1, 2, avoid=(group,))
    figure = ask.figure(kind, scope.field(column[0]) if column else None, "rows")
    number, n = ask.number(2, 6)
    way = ask.draw.pick(["asc", "desc"]) if column else "desc"
    best = mark("direction", ask.draw.pick(wording()["superlatives"]["number"][way]))
    value, place, who = (ask.known.schema.alias(a) for a in ("figure", "place", "owner_of"))
    where, such = ask.where(found)
    totals = f"SELECT {group.sql} AS {who}, {figure.sql} AS {value} FROM {scope.sql}{where} GROUP BY {group.sql}"
    rank = f"RANK() OVER (ORDER BY {value}{' DESC' if way == 'desc' else ''}) AS {place}"
    sql = (
        f"WITH totals AS ({totals}), ranked AS (SELECT {rank}, {who}, {value} FROM totals) "
        f"SELECT {place}, {who}, {value} FROM ranked WHERE {place} <= {number}"
    )
    phrase = ask.line(
        "standing", group=group.phrase, figure=figure.phrase, things=many, where=such, best=best, n=n, order=""
    )
    return Asked(sql, phrase, notes=figure.notes, least=2)


PATTERNS = (
    Pattern(8, "ranked", _partitioned, _ranked),
    Pattern(8, "latest", _dated_links, _latest),
    Pattern(8, "running", _runs, _running),
    Pattern(8, "change", _changes, _change),
    Pattern(8, "portion", _portions, _portion),
    Pattern(8, "standing", _standings, _standing),
)
