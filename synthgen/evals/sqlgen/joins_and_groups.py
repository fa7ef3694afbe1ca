"""Levels 4 and 5: one join; groups and having."""

from __future__ import annotations

from collections.abc import Sequence

from synthgen.evalcase import Piece
from synthgen.evals.sqlgen.asker import Asked, Asker, Figure, Pattern, Shape, things_of
from synthgen.evals.sqlgen.facts import Known
from synthgen.evals.sqlgen.schema import Link
from synthgen.evals.sqlgen.scope import Condition, Field, Scope, conditions, joined, owned, single
from synthgen.evals.sqlgen.words import Phrase, listed, mark, wording


def _linked(known: Known) -> list[Shape]:
    return [(link.id,) for link in known.links]


def _list(ask: Asker, shape: Shape) -> Asked | None:
    scope = joined(ask.known, [ask.known.schema.link(shape[0])])
    one, many = things_of(scope)
    found = ask.selection(scope)
    others = [f for f in scope.others() if f.facts.shown]
    if not found or not others:
        return None
    fields = ask.shown(scope.fields, 2, 4, must=ask.draw.sample(others, 1))
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    phrase = ask.line("list", columns=said, things=many, thing=one, where=such, order="")
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}", phrase)


def _ranked_links(known: Known) -> list[Shape]:
    return [
        (link.id, c)
        for link in known.links
        if known.keyed(link.child)
        for c in known.columns(link.child, lambda f: (f.measure or f.dated) and f.full)
    ]


def _top(ask: Asker, shape: Shape) -> Asked | None:
    scope = joined(ask.known, [ask.known.schema.link(shape[0])])
    one, many = things_of(scope)
    by = scope.field(shape[1])
    others = [f for f in scope.others() if f.facts.shown]
    if not others:
        return None
    found = ask.filters(scope.fields, 0, 2, avoid=(by,))
    number, n = ask.number(2, 12)
    fields = ask.shown(scope.fields, 2, 4, must=[by, *ask.draw.sample(others, 1)])
    order, ordered, way = ask.order([(by.sql, by.phrase, by.kind)], ask.tie(scope))
    best = mark("direction", ask.draw.pick(wording()["superlatives"][by.kind][way]))
    columns, said = ask.columns(fields)
    where, such = ask.where(found)
    phrase = ask.line(
        "top", n=n, things=many, thing=one, where=such, best=best, column=by.phrase, columns=said, order=ordered
    )
    return Asked(f"SELECT {columns} FROM {scope.sql}{where}{order} LIMIT {number}", phrase, True, least=2)


def _figured_links(known: Known) -> list[Shape]:
    found: list[Shape] = []
    for link in known.links:
        if known.columns(link.parent, lambda f: f.filtered):
            found.append((link.id, "count"))
            for c in known.columns(link.child, lambda f: f.measure):
                found += [(link.id, kind, c) for kind in ("sum", "avg", "max", "min")]
    return found


def _figure(ask: Asker, scope: Scope, shape: Sequence[str], many: str) -> Figure:
    return ask.figure(shape[0], scope.field(shape[1]) if len(shape) > 1 else None, many)


def _aggregate(ask: Asker, shape: Shape) -> Asked | None:
    scope = joined(ask.known, [ask.known.schema.link(shape[0])])
    _, many = things_of(scope)
    first = ask.filters(scope.others(), 1, 1)
    if not first:
        return None
    found = [*first, *ask.filters(scope.fields, 0, 2, avoid=[first[0].field])]
    made = _figure(ask, scope, shape[1:], many)
    where, such = ask.where(found)
    name = ask.known.schema.alias(f"{made.name}_value")
    if shape[1] == "count":
        phrase = ask.line("count", count=[made.phrase[0]], things=many, where=such)
    else:
        phrase = ask.line("aggregate", figure=made.phrase, things=many, where=such)
    return Asked(f"SELECT {made.sql} AS {name} FROM {scope.sql}{where}", phrase, notes=made.notes)


def _owners(ask: Asker, shape: Shape) -> Asked | None:
    link = ask.known.schema.link(shape[0])
    scope = joined(ask.known, [link])
    child, parent = ask.known.table(link.child), ask.known.table(link.parent)
    that = ask.selection(scope, fields=scope.own())
    own = _parent_fields(ask.known, scope, link)
    if not that or not own:
        return None
    found = ask.filters(own[1:], 0, 1)
    plain = [_plain(f) for f in own]
    fields = ask.shown(own, 1, 3, must=own[:1])
    said = listed([mark("shown", plain[own.index(f)].noun) for f in fields])
    columns = ", ".join(f.sql for f in fields)
    sql = " AND ".join(c.sql for c in [*that, *found])
    unlike = mark("distinct", ask.draw.pick(wording()["unlike"]))
    phrase = ask.line(
        "owners", distinct=unlike, things=parent.nouns, thing=parent.noun, where=conditions(ask.draw, found),
        child=child.noun, that=conditions(ask.draw, that), columns=said, order="",
    )  # fmt: skip
    return Asked(f"SELECT DISTINCT {columns} FROM {scope.sql} WHERE {sql}", phrase)


def _plain(field: Field) -> Field:
    return Field(field.sql, field.facts.column.noun, field.facts)


def _parent_fields(known: Known, scope: Scope, link: Link) -> list[Field]:
    """The parent's fields in a join, its key first; the key is taken from the child where it bears the same name."""
    parent = known.table(link.parent)
    above = scope.sql.rpartition(" AS ")[2].split(" ")[0]
    order = [link.target, *(c for c in parent.columns if c != link.target)]
    fields = [known.of[link.parent][c] for c in order]
    return [Field(f"{above}.{f.column.sql}", owned(link.noun, f.column.noun), f) for f in fields if f.shown]


# -- level 5


def _groupable(known: Known) -> list[Shape]:
    return [
        (t, c, how)
        for t in known.filled
        for c in known.columns(t, lambda f: f.groups and f.full)
        for how in ("plain", "having")
    ]


def grouped_by(
    ask: Asker, scope: Scope, group: Field, first: Figure | None, having: bool, template: str
) -> Asked | None:
    """Figures of a scope's rows by a field."""
    found = ask.filters(scope.fields, 0 if having else 1, 2, avoid=(group,))
    figures = ask.figures(scope, "rows", 1 if having else ask.draw.integer(1, 2), first, dates=not having)
    return by_group(ask, scope, (group.sql, group.phrase, group.kind), figures, found, having, template)


def by_group(
    ask: Asker, scope: Scope, group: tuple[str, Phrase, str], figures: Sequence[Figure], found: Sequence[Condition],
    having: bool, template: str, name: str = "", alias: str = "",
) -> Asked | None:  # fmt: skip
    """The common form of all groupings: SELECT group, figures ... GROUP BY group [HAVING] [ORDER BY]."""
    _, many = things_of(scope)
    where, such = ask.where(found)
    names = ask.named(figures)
    columns = ", ".join(f"{f.sql} AS {n}" for f, n in zip(figures, names, strict=True))
    grouped = f" GROUP BY {group[0]}"
    bounded: Phrase = []
    if having:
        inner = figures[0].sql.removeprefix("ROUND(").removesuffix(", 2)")
        bound = ask.bound(f"SELECT {inner} FROM {scope.sql}{where}{grouped}", inner.startswith("COUNT"))
        if bound is None:
            return None
        grouped += f" HAVING {inner} {bound[0]}"
        bounded = ask.line("having", figure=figures[0].phrase, bound=bound[1])
    order, ordered = "", list[Piece]()
    called = [Piece(name)] if name else group[1]
    if ask.draw.chance(0.6):
        if ask.draw.chance(0.5):
            first = figures[0]
            dated = first.sql.startswith(("MIN", "MAX")) and "date" in _kind_of(ask, scope, first)
            by = (names[0], first.phrase, "date" if dated else "number")
            order, ordered, _ = ask.order([by], (group[0], called))
        else:
            order, ordered, _ = ask.order([(group[0], called, group[2])], None)
    shown = f"{group[0]} AS {alias}" if alias else group[0]
    sql = f"SELECT {shown}, {columns} FROM {scope.sql}{where}{grouped}{order}"
    said = listed([f.phrase for f in figures])
    slots: dict[str, Phrase | str] = {"date" if name else "group": group[1]}
    phrase = ask.line(template, figures=said, things=many, where=such, having=bounded, order=ordered, **slots)
    return Asked(sql, phrase, bool(order), tuple(n for f in figures for n in f.notes), least=2)


def _kind_of(ask: Asker, scope: Scope, figure: Figure) -> str:
    inner = figure.sql[4:-1]
    return next((f.kind for f in scope.fields if f.sql == inner), "number")


def _group(ask: Asker, shape: Shape) -> Asked | None:
    scope = single(ask.known, shape[0])
    return grouped_by(ask, scope, scope.field(shape[1]), None, shape[2] == "having", "group")


def _parent_groups(known: Known) -> list[Shape]:
    return [
        (link.id, c, how)
        for link in known.links
        for c in known.columns(link.parent, lambda f: f.groups and f.full)
        for how in ("plain", "having")
    ]


def _parent_group(ask: Asker, shape: Shape) -> Asked | None:
    scope = joined(ask.known, [ask.known.schema.link(shape[0])])
    group = next((f for f in scope.others() if f.facts.column.name == shape[1]), None)
    return None if group is None else grouped_by(ask, scope, group, None, shape[2] == "having", "group")


def _reference_groups(known: Known) -> list[Shape]:
    return [(link.id, *rest[1:]) for link in known.links for rest in _figures_of(known, link)]


def _figures_of(known: Known, link: Link) -> list[Shape]:
    found: list[Shape] = [(link.id, "count")]
    for c in known.columns(link.child, lambda f: f.measure):
        found += [(link.id, "sum", c), (link.id, "avg", c)]
    return found


def _per_parent(ask: Asker, shape: Shape) -> Asked | None:
    link = ask.known.schema.link(shape[0])
    scope = single(ask.known, link.child)
    group = scope.field(link.column)
    return grouped_by(ask, scope, group, _figure(ask, scope, shape[1:], "rows"), True, "group")


PATTERNS = (
    Pattern(4, "list", _linked, _list),
    Pattern(4, "top", _ranked_links, _top),
    Pattern(4, "aggregate", _figured_links, _aggregate),
    Pattern(4, "owners", _linked, _owners),
    Pattern(5, "group", _groupable, _group),
    Pattern(5, "parent_group", _parent_groups, _parent_group),
    Pattern(5, "per_parent", _reference_groups, _per_parent),
)
