"""Level 6: dates, missing values, parents without children, and several joins."""

from __future__ import annotations

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.asker import Asked, Asker, Pattern, Shape, things_of
from synthgen.evals.sqlgen.facts import Facts, Known
from synthgen.evals.sqlgen.joins_and_groups import by_group, grouped_by
from synthgen.evals.sqlgen.scope import conditions, joined, missing, single
from synthgen.evals.sqlgen.words import Phrase, listed, mark, wording


def _months(known: Known) -> list[Shape]:
    return [
        (t, c, how)
        for t in known.filled
        for c in known.columns(t, lambda f: f.dated and f.full)
        for how in ("month", "having", "year")
    ]


def _month(ask: Asker, shape: Shape) -> Asked | None:
    table, column, how = shape
    scope = single(ask.known, table)
    day = scope.field(column)
    length, name = (4, "year") if how == "year" else (7, "month")
    template = name
    found = ask.filters(scope.fields, 0 if how != "year" else 1, 2, avoid=() if how == "month" else (day,))
    figures = ask.figures(scope, "rows", 1 if how == "having" else ask.draw.integer(1, 3), dates=how != "having")
    group = (f"SUBSTR({day.sql}, 1, {length})", day.phrase, "date")
    return by_group(ask, scope, group, figures, found, how == "having", template, name, ask.known.schema.alias(name))


def _with_children(known: Known) -> list[Shape]:
    return [(link.id,) for link in known.links if known.keyed(link.parent)]


def _zero(ask: Asker, shape: Shape) -> Asked | None:
    link = ask.known.schema.link(shape[0])
    child, parent = ask.known.table(link.child), ask.known.table(link.parent)
    above, below = single(ask.known, link.parent, "p"), single(ask.known, link.child, "c")
    found = ask.selection(above)
    that = ask.filters(below.fields, 0, 2)
    if not found:
        return None
    label = [f for f in above.fields if f.facts.shown and f.facts.full and f != above.key]
    fields = ask.shown(above.fields, 1, 2, must=[above.key, *ask.draw.sample(label, ask.draw.below(2))])
    columns, said = ask.columns(fields)
    on = " AND ".join([f"c.{child.columns[link.column].sql} = {above.key.sql}", *(c.sql for c in that)])
    where, such = ask.where(found)
    name = ask.known.schema.alias("n")
    counted = f"COUNT({below.field(link.column).sql}) AS {name}"
    order, ordered = "", list[Piece]()
    if ask.draw.chance(0.5):
        order, ordered, _ = ask.order([(name, _number_of(ask, child.nouns), "number")], ask.tie(above))
    tables = f"{above.sql} LEFT JOIN {child.sql} AS c ON {on}"
    sql = f"SELECT {columns}, {counted} FROM {tables}{where} GROUP BY {columns}{order}"
    phrase = ask.line(
        "zero", thing=parent.noun, things=parent.nouns, where=such, columns=said, children=child.nouns, order=ordered,
        count=mark("aggregate", ask.draw.pick(wording()["aggregates"]["count"])), that=conditions(ask.draw, that),
        none=mark("none", ask.draw.pick(wording()["none"])),
    )  # fmt: skip
    return Asked(sql, phrase, bool(order))


def _number_of(ask: Asker, things: str) -> Phrase:
    return [*mark("aggregate", ask.draw.pick(wording()["aggregates"]["count"])), Piece(f" {things}")]


def _paths(known: Known) -> list[Shape]:
    return [
        (a.id, b.id, how)
        for a in known.links
        for b in known.links
        if a.parent == b.child and b.parent not in (a.child, a.parent)
        for how in ("list", "figure", "group")
    ]


def _path(ask: Asker, shape: Shape) -> Asked | None:
    links = [ask.known.schema.link(i) for i in shape[:2]]
    scope = joined(ask.known, links)
    one, many = things_of(scope)
    far = [f for f in scope.others() if f.facts.table == links[1].parent]
    if shape[2] == "group":
        groups = [f for f in far if f.facts.full and f.facts.short and f.facts.column.kind in ("text", "integer")]
        groups = [f for f in groups if f.facts.groups] or groups
        return grouped_by(ask, scope, ask.draw.pick(groups), None, ask.draw.chance(0.4), "group") if groups else None
    first = ask.filters(far, 1, 1, narrow=True)
    near = [f for f in scope.fields if f not in far]
    if shape[2] == "list":
        found = ask.selection(scope, fields=near, always=first)
    else:
        found = [*first, *ask.filters(near, 1, 2)]
    where, such = ask.where(found)
    if shape[2] == "list":
        shown = [f for f in far if f.facts.shown]
        if not shown or not found:
            return None
        fields = ask.shown(scope.fields, 2, 4, must=ask.draw.sample(shown, 1))
        columns, said = ask.columns(fields)
        phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order="")
        return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase)
    if not first:
        return None
    made = ask.figures(scope, many, ask.draw.integer(2, 3))
    names = ask.named(made)
    columns = ", ".join(f"{f.sql} AS {n}" for f, n in zip(made, names, strict=True))
    phrase = ask.line("several", things=many, where=such, figures=listed([f.phrase for f in made], ", then "))
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase, notes=tuple(n for f in made for n in f.notes))


def _period_links(known: Known) -> list[Shape]:
    return [
        (link.id, c, d)
        for link in known.links
        for c in known.columns(link.child, lambda f: f.dated and f.full)
        for d in known.columns(link.parent, _grouping)
    ]


def _grouping(facts: Facts) -> bool:
    return facts.groups and facts.full


def _period(ask: Asker, shape: Shape) -> Asked | None:
    """By month of a child's date, over rows whose parent meets a condition."""
    scope = joined(ask.known, [ask.known.schema.link(shape[0])])
    day = scope.field(shape[1])
    first = next((f for f in scope.others() if f.facts.column.name == shape[2]), None)
    if first is None:
        return None
    found = ask.filters(scope.fields, 1, 2, first=first, avoid=(day,))
    having = ask.draw.chance(0.4)
    figures = ask.figures(scope, "rows", ask.draw.integer(1, 2), dates=not having)
    group = (f"SUBSTR({day.sql}, 1, 7)", day.phrase, "date")
    return by_group(ask, scope, group, figures, found, having, "month", "month", ask.known.schema.alias("month"))


def _gaps(known: Known) -> list[Shape]:
    return [
        (t, c, how)
        for t in known.filled
        for c in known.columns(t, lambda f: f.nullable and f.short)
        for how in ("missing", "presence")
    ]


def _gap(ask: Asker, shape: Shape) -> Asked | None:
    table, column, how = shape
    scope = single(ask.known, table)
    one, many = things_of(scope)
    field = scope.field(column)
    words = wording()["aggregates"]["count"]
    if how == "presence":
        found = ask.filters(scope.fields, 1, 2, avoid=(field,))
        where, such = ask.where(found)
        a, b = ask.known.schema.alias("n_all"), ask.known.schema.alias("n_known")
        phrase = ask.line(
            "presence", things=many, where=such, column=mark("counted", field.noun), count=mark("aggregate", words[0])
        )
        return Asked(f"SELECT COUNT(*) AS {a}, COUNT({field.sql}) AS {b} FROM {scope.sql}{where}", phrase)
    known = ask.draw.chance(0.4)
    found = ask.selection(scope, avoid=(field,), always=[missing(field, ask.draw, known)])
    if not found:
        return None
    where, such = ask.where(found)
    fields = ask.shown(scope.fields, 1, 3, must=(field,) if known else ())
    fields = [f for f in fields if known or f != field]
    if not fields:
        return None
    columns, said = ask.columns(fields)
    phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order="")
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase)


PATTERNS = (
    Pattern(6, "month", _months, _month),
    Pattern(6, "zero", _with_children, _zero),
    Pattern(6, "path", _paths, _path),
    Pattern(6, "period", _period_links, _period),
    Pattern(6, "gap", _gaps, _gap),
)
