"""What a question may speak of: fields of one table or of several joined ones, and conditions on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.sqlgen.facts import Facts, Known
from synthgen.evals.sqlgen.schema import Link, SqlTable
from synthgen.evals.sqlgen.words import (
    MONTHS,
    Phrase,
    date_text,
    listed,
    mark,
    number_text,
    quoted_text,
    wording,
)


@dataclass(frozen=True)
class Field:
    """A column in a query: its SQL, what the question calls it, and its values."""

    sql: str
    noun: str
    facts: Facts

    @property
    def phrase(self) -> Phrase:
        """The field's name as a marked piece."""
        return mark("column", self.noun)

    @property
    def kind(self) -> str:
        """`number`, `date` or `text`: how it is compared and ordered in words."""
        kind = self.facts.column.kind
        return "number" if kind in ("integer", "number", "boolean") else "date" if kind.startswith("date") else "text"

    @property
    def day(self) -> str:
        """SQL of the day of a date or a date with time."""
        return self.sql if self.facts.column.kind == "date" else f"SUBSTR({self.sql}, 1, 10)"


@dataclass(frozen=True)
class Condition:
    """A condition: its SQL, and in words the field, a verb and the rest, which may bring its own verb."""

    sql: str
    field: Field
    verb: str
    rest: tuple[Piece, ...]


@dataclass(frozen=True)
class Scope:
    """A FROM clause with its fields. `base` is the table whose rows are asked about."""

    base: SqlTable
    sql: str
    alias: str
    fields: tuple[Field, ...]

    def field(self, column: str) -> Field:
        """A field of the base table."""
        return next(f for f in self.fields if f.facts.column.name == column and f.facts.table == self.base.name)

    def own(self) -> list[Field]:
        """Fields of the base table."""
        return [f for f in self.fields if f.facts.table == self.base.name]

    def others(self) -> list[Field]:
        """Fields of the joined tables."""
        return [f for f in self.fields if f.facts.table != self.base.name]

    @property
    def key(self) -> Field:
        """The base table's key."""
        return self.field(self.base.key[0])


def single(known: Known, table: str, alias: str = "") -> Scope:
    """One table."""
    base = known.table(table)
    lead = f"{alias}." if alias else ""
    fields = tuple(Field(lead + f.column.sql, f.column.noun, f) for f in known.of[table].values())
    return Scope(base, f"{base.sql} AS {alias}" if alias else base.sql, alias, fields)


def joined(known: Known, links: Sequence[Link]) -> Scope:
    """The child of the first link with its parent, and that one's parent; their fields are called after their owner."""
    base = known.table(links[0].child)
    taken: list[str] = []
    alias = _alias(base.name, taken)
    fields = [Field(f"{alias}.{f.column.sql}", f.column.noun, f) for f in known.of[base.name].values()]
    sql, below = f"{base.sql} AS {alias}", alias
    for link in links:
        parent = known.table(link.parent)
        above = _alias(parent.name, taken)
        left = known.table(link.child).columns[link.column].sql
        sql += f" JOIN {parent.sql} AS {above} ON {below}.{left} = {above}.{parent.columns[link.target].sql}"
        fields += [
            Field(f"{above}.{f.column.sql}", owned(link.noun, f.column.noun), f)
            for f in known.of[parent.name].values()
            if f.column.name != link.target  # the reference already says it
        ]
        below = above
    return Scope(base, sql, alias, tuple(fields))


def owned(owner: str, noun: str) -> str:
    """A field's name with its owner before it, unless it begins so.

    >>> owned("customer", "plan"), owned("customer", "customer ID")
    ('customer plan', 'customer ID')
    """
    if noun.startswith('"'):
        return f"{noun} of the {owner}"
    return noun if noun == owner or noun.startswith(f"{owner} ") else f"{owner} {noun}"


def article(noun: str) -> str:
    """`a` or `an`.

    >>> article("amount"), article("unit price"), article("hour"), article("plan")
    ('an', 'a', 'an', 'a')
    """
    return "an" if re.match(r"(?i)(?!uni|use|eu|one)[aeiou]|hour|honou?r", noun) else "a"


def _alias(table: str, taken: list[str]) -> str:
    letter = next((c.lower() for c in table if c.isascii() and c.isalpha()), "t")
    name, number = letter, 1
    while name in taken:
        number += 1
        name = f"{letter}{number}"
    taken.append(name)
    return name


def condition(field: Field, draw: Draw, narrow: bool = True) -> Condition | None:
    """A condition that some rows meet; `narrow` asks for few rather than most."""
    facts = field.facts
    kind = facts.column.kind
    if kind == "boolean":
        yes = draw.chance(0.5)
        text = draw.pick(wording()["flags"]["set" if yes else "unset"])
        return Condition(f"{field.sql} = {'TRUE' if yes else 'FALSE'}", field, "", tuple(mark("flag", text)))
    if facts.groups:
        return _of_groups(field, draw)
    if facts.measure:
        return _of_measure(field, draw, narrow)
    if facts.dated:
        return _of_date(field, draw, narrow)
    if facts.named:
        return _of_name(field, draw)
    return None


def _of_groups(field: Field, draw: Draw) -> Condition:
    facts = field.facts
    values = [v for v in facts.common if v != "#"]
    how = draw.weighted({"eq": 0.65, "neq": 0.15 if facts.full else 0, "in": 0.2 if len(values) > 3 else 0})
    if how == "in":
        some = draw.sample(values, 2 if len(values) < 6 else draw.integer(2, 3))
        sql = f"{field.sql} IN ({', '.join(literal(v) for v in some)})"
        return Condition(sql, field, "is", (Piece("either "), *listed([_value(field, v, draw) for v in some], " or ")))
    value = draw.pick(values)
    said = _value(field, value, draw)
    if how == "neq":
        op = mark("op", draw.pick(wording()["ops"]["number"]["neq"]))
        return Condition(f"{field.sql} <> {literal(value)}", field, "is", (*op, Piece(" "), *said))
    return Condition(f"{field.sql} = {literal(value)}", field, "is", tuple(said))


def _value(field: Field, value: Any, draw: Draw) -> Phrase:
    if isinstance(value, str):
        return quoted_text(draw, value, field.facts.column.declared)
    return mark("value", number_text(draw, value))


def _of_measure(field: Field, draw: Draw, narrow: bool) -> Condition | None:
    values = field.facts.sorted
    how = draw.weighted({"gt": 3.0, "gte": 2.0, "lt": 3.0, "lte": 2.0, "between": 2.0})
    if how == "between":
        start = draw.unit() * (0.85 if narrow else 0.5)
        low = rounded(values[int(start * (len(values) - 1))], draw)
        high = rounded(values[int((start + (0.1 if narrow else 0.5)) * (len(values) - 1))], draw)
        if low >= high:
            return None
        pair = [mark("value", number_text(draw, v)) for v in (low, high)]
        return _between(field, field.sql, str(low), str(high), pair)
    share = draw.unit() * (0.2 if narrow else 0.75) + (0.02 if narrow else 0.1)
    at = 1 - share if how in ("gt", "gte") else share
    bound = rounded(values[int(at * (len(values) - 1))], draw)
    return comparison(field.sql, field, how, str(bound), mark("value", number_text(draw, bound)), "number", draw)


def comparison(sql: str, field: Field, how: str, written: str, said: Phrase, kind: str, draw: Draw) -> Condition:
    """A comparison of something with a literal."""
    sign = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[how]
    op = mark("op", draw.pick(wording()["ops"][kind][how]))
    return Condition(f"{sql} {sign} {written}", field, "is", (*op, Piece(" "), *said))


def _between(field: Field, sql: str, low: str, high: str, said: Sequence[Phrase]) -> Condition:
    rest = (*mark("op", "between"), Piece(" "), *said[0], Piece(" and "), *said[1], Piece(" inclusive"))
    return Condition(f"{sql} BETWEEN {low} AND {high}", field, "is", rest)


def rounded(value: float, draw: Draw) -> int | float:
    """A bound as people choose it: two or three leading digits."""
    if isinstance(value, int) and abs(value) < 100:
        return value
    digits = draw.integer(2, 3)
    found = float(f"{value:.{digits}g}")
    return int(found) if found.is_integer() else found


def _of_date(field: Field, draw: Draw, narrow: bool) -> Condition:
    values = field.facts.sorted
    how = draw.weighted({"gt": 2.0, "gte": 1.5, "lt": 2.0, "lte": 1.5, "between": 1.5, "month": 3.0, "year": 1.0})
    pick = values[draw.below(len(values))]
    if how == "month":
        said = mark("value", f"{MONTHS[int(pick[5:7]) - 1]} {pick[:4]}")
        return Condition(f"SUBSTR({field.sql}, 1, 7) = '{pick[:7]}'", field, "is", (Piece("in "), *said))
    if how == "year":
        said = mark("value", pick[:4])
        return Condition(f"SUBSTR({field.sql}, 1, 4) = '{pick[:4]}'", field, "is", (Piece("in "), *said))
    if how == "between":
        last = date.fromisoformat(pick[:10]) + timedelta(days=draw.integer(6, 45 if narrow else 200))
        pair = [mark("value", date_text(draw, d)) for d in (pick, last.isoformat())]
        return _between(field, field.day, f"'{pick[:10]}'", f"'{last.isoformat()}'", pair)
    share = 0.03 + draw.unit() * (0.2 if narrow else 0.7)
    at = 1 - share if how in ("gt", "gte") else share
    day = values[int(at * (len(values) - 1))][:10]
    return comparison(field.day, field, how, f"'{day}'", mark("value", date_text(draw, day)), "date", draw)


def _of_name(field: Field, draw: Draw) -> Condition | None:
    letter = draw.pick(field.facts.sorted)[:1]
    if not (letter.isascii() and letter.isalpha()):
        return None
    rest = (Piece("starts with "), *quoted_text(draw, letter))
    return Condition(f"SUBSTR({field.sql}, 1, 1) = '{letter}'", field, "", rest)


def literal(value: Any) -> str:
    """A value as SQL writes it."""
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def missing(field: Field, draw: Draw, known: bool = False) -> Condition:
    """That a value is not there, or is."""
    text = draw.pick(wording()["flags"]["known" if known else "missing"])
    return Condition(f"{field.sql} IS {'NOT ' if known else ''}NULL", field, "", tuple(mark("flag", text)))


def conditions(draw: Draw, field_count: Sequence[Condition], joint: str = "and") -> Phrase:
    """Conditions in words, with a space before; nothing for none."""
    if not field_count:
        return []
    short = joint == "and" and all(c.verb for c in field_count)
    style = draw.pick(["where", "whose", "with"] if short else ["where", "whose"])
    parts: list[Phrase] = []
    for i, c in enumerate(field_count):
        lead = "the " if style == "where" else "whose " if style == "whose" and i else ""
        if style == "with" and i == 0 and draw.chance(0.3):
            lead = f"{article(c.field.noun)} "
        said = [Piece(lead), *c.field.phrase, Piece(" ")]
        parts.append([*said, *([Piece(f"{c.verb} ")] if c.verb and style != "with" else []), *c.rest])
    found = listed(parts, " and " if joint == "and" else [Piece(" "), *mark("joint", "or"), Piece(" ")])
    tail = draw.pick([" (or both)", " or both", ""]) if joint == "or" and len(parts) == 2 else ""
    return [Piece(f" {style} "), *found, *([Piece(tail)] if tail else [])]
