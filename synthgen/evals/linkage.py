"""Record linkage: how two records of one entity come to differ, and what tells two entities apart.

A corruption is a list of operations, each with its field and the value before and after, so that it can be checked one
by one: `explains` says whether an operation leads from one value to the other, without drawing it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.variants.typos import slip

_DATA = Path(__file__).parent / "templates" / "matching.yaml"
_NAMES = (
    ("first", r"first_?name|given_?name|forename"), ("last", r"last_?name|surname|family_?name"),
    ("phone", r"phone|mobile|tel"), ("email", r"e?_?mail"), ("street", r"street|address"), ("city", r"city|town"),
    ("postcode", r"post_?code|zip"),
)  # fmt: skip
ADDRESS = ("street", "city", "postcode")
MOVING = (*ADDRESS, "phone")
IDENTITY = ("first", "last", "date", "email", "text", "number")
_DATES = ("%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%Y/%m/%d", "%B %d, %Y", "%Y%m%d")
LEVELS: Mapping[int, tuple[str, ...]] = {
    0: ("form",),
    1: ("form", "typo"),
    2: ("soft", "form"),
    3: ("big", "typo", "form"),
    4: ("big", "soft", "typo", "form", "missing"),
}
"""What is done to a record at each level, in order: a kind of operation stands for one that applies."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "form": ("case", "date", "phone"),
    "typo": ("typo", "spelling", "cut"),
    "soft": ("nickname", "initial", "abbreviation"),
    "big": ("moved", "swapped"),
    "missing": ("missing",),
}
HOUSEHOLDS: Mapping[str, tuple[str, ...]] = {
    "twins": ("last", "date", "street", "city", "postcode"),
    "parent": ("first", "last", "street", "city", "postcode"),
    "namesake": ("first", "last", "city", "postcode"),
    "block": ("last", "city", "postcode"),
    "housemate": ("street", "city", "postcode"),
}
"""Two entities that are easily taken for one: the roles of the fields that they share."""


@dataclass(frozen=True)
class Operation:
    """One change of one field."""

    kind: str
    field: str
    before: str
    after: str


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """Nicknames, abbreviations and questions."""
    found: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _short() -> Mapping[str, str]:
    """Abbreviations in small letters to the long words."""
    return {short.casefold().rstrip("."): long.casefold() for long, short in data()["abbreviations"].items()}


@lru_cache(maxsize=1)
def spellings() -> Mapping[str, str]:
    """Names that sound like others, each with its other spelling. A typing error would make words of no vocabulary."""
    return {a: b for pair in data()["spellings"] for a, b in (pair, pair[::-1])}


def role_of(column: str, dtype: pl.DataType, few: bool) -> str:
    """What a column's values are, so that it is known how they can differ. `few`: it draws from a few values."""
    if dtype == pl.Date:
        return "date"
    if dtype == pl.Boolean or few:
        return "trait"
    if dtype.is_numeric():
        return "number"
    if dtype != pl.String:
        return "trait"
    return next((role for role, pattern in _NAMES if re.search(pattern, column.lower())), "text")


def corrupted(
    values: Mapping[str, str], roles: Mapping[str, str], level: int, draw: Draw, *, elsewhere: Mapping[str, str] | None,
    kept: frozenset[str] = frozenset(),
) -> list[Operation]:  # fmt: skip
    """Operations of a level on a record, each on a field of its own.

    `elsewhere` are the values of the address that the entity moves to; None for one that stays. `kept` fields are not
    left out or shortened: they tell the entity from another.
    """
    now, found = dict(values), list[Operation]()
    for step, kind in enumerate(LEVELS[level]):
        done: dict[str, set[str]] = {}
        for o in found:
            done.setdefault(o.kind, set()).add(o.field)
        for name in draw.child(step, "kinds").shuffled(KINDS[kind]):
            made = _operate(name, now, roles, draw.child(step, name), done, elsewhere, kept)
            if made:
                found += made
                now |= {o.field: o.after for o in made}
                break
    return found


def _operate(
    name: str, now: Mapping[str, str], roles: Mapping[str, str], draw: Draw, done: Mapping[str, set[str]],
    elsewhere: Mapping[str, str] | None, kept: frozenset[str],
) -> list[Operation]:  # fmt: skip
    """One operation on a field that was not touched; nothing where it applies to none."""
    free = [f for f in now if now[f] and not any(f in fields for fields in done.values())]
    if name == "moved":
        if elsewhere is None:
            return []
        fields = [f for f in free if roles[f] in (MOVING if draw.chance(0.5) else ADDRESS)]
        if not fields or any(not elsewhere[f] or now[f] == elsewhere[f] for f in fields):
            return []
        return [Operation("moved", f, now[f], elsewhere[f]) for f in fields]
    if name == "swapped":
        pair = [f for f in free if roles[f] in ("first", "last")]
        if len(pair) != 2 or now[pair[0]] == now[pair[1]]:
            return []
        a, b = pair
        return [Operation("swapped", a, now[a], now[b]), Operation("swapped", b, now[b], now[a])]
    for field in draw.shuffled(free):
        moved = name == "missing" and "moved" in done and roles[field] in IDENTITY  # what is left must tell who it is
        if moved or (name in ("missing", "initial") and field in kept):
            continue
        after = _changed(name, now[field], roles[field], draw.child(field))
        if after is not None and after != now[field]:
            return [Operation(name, field, now[field], after)]
    return []


def _changed(name: str, text: str, role: str, draw: Draw) -> str | None:
    """A value after an operation; None where the operation does not fit the value."""
    if name == "case" and role in ("first", "last", "street", "city", "text"):
        return draw.pick((text.upper(), text.lower()))
    if name == "date" and role == "date":
        return datetime.strptime(text, "%Y-%m-%d").strftime(draw.pick(_DATES[1:]))
    if name == "phone" and role == "phone":
        return re.sub(r"[-. ]", draw.pick((" ", "", ".")), text)
    if name == "typo" and role in ("street", "city", "text"):
        long = list(re.finditer(r"[^\W\d_]{4,}", text))
        if not long:
            return None
        word = draw.pick(long)
        return text[: word.start()] + slip(word.group(), draw) + text[word.end() :]
    if name == "spelling" and role in ("first", "last"):
        return spellings().get(text)
    if name == "cut" and role in ("first", "last"):
        return text[:-1] if len(text) > 5 and text[-2:].isalpha() else None
    if name == "nickname" and role == "first":
        known = data()["nicknames"].get(text)
        return draw.pick(known) if known else None
    if name == "initial" and role == "first":
        return f"{text[0]}." if text[:1].isalpha() and len(text) > 2 else None
    if name == "abbreviation" and role in ("street", "text"):
        words = text.split(" ")
        places = [i for i, w in enumerate(words) if i and w in data()["abbreviations"]]
        if not places:
            return None
        words[places[-1]] = data()["abbreviations"][words[places[-1]]]
        return " ".join(words)
    if name == "missing" and role in ("phone", "street", "postcode", "date", "email", "number", "text"):
        return ""
    return None


def parsed_date(text: str) -> date | None:
    """A date in one of the spellings of records."""
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def edits(a: str, b: str) -> int:
    """Edit distance with swaps of neighbours (optimal string alignment), O(len(a) len(b))."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before_last = row, before
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        before = last
    return row[-1]


def expanded(text: str) -> str:
    """A text in small letters, abbreviations written out."""
    words = [w.rstrip(".") for w in text.casefold().split(" ")]
    return " ".join([*words[:1], *(_short().get(w, w) for w in words[1:])])


def explains(kind: str, role: str, before: str, after: str) -> bool:
    """Whether one operation leads from a value to another. `moved` and `swapped` are for the caller to check."""
    if before == after or not before:
        return False
    if kind == "case":
        return before.casefold() == after.casefold()
    if kind == "typo":
        return edits(before.casefold(), after.casefold()) == 1
    if kind == "cut":
        return after == before[:-1] and len(after) > 4
    if kind == "spelling":
        return spellings().get(before) == after
    if kind == "date":
        return parsed_date(before) is not None and parsed_date(before) == parsed_date(after)
    if kind == "phone":
        return re.sub(r"[-. ]", "", before) == re.sub(r"[-. ]", "", after)
    if kind == "nickname":
        return after in data()["nicknames"].get(before, ())
    if kind == "initial":
        return role == "first" and after == f"{before[0]}."
    if kind == "abbreviation":
        return expanded(before) == expanded(after)
    return kind == "missing" and after == ""


def alike(role: str, a: str, b: str) -> bool:
    """Whether two values can be one entity's: equal, one letter off, shortened, in another form, or one left out."""
    if not a or not b:
        return True
    if role == "date":
        return parsed_date(a) == parsed_date(b)
    if role == "phone":
        return re.sub(r"\D", "", a) == re.sub(r"\D", "", b)
    x, y = a.casefold(), b.casefold()
    if x == y:
        return True
    if role in ("number", "postcode", "email"):
        return False
    if role == "first":
        short = {n.casefold() for n in (*nicks(x), x)} & {n.casefold() for n in (*nicks(y), y)}
        if short or x == f"{y[0]}." or y == f"{x[0]}.":
            return True
    if role in ("first", "last") and spellings().get(a.title(), "").casefold() == y:
        return True
    return edits(x, y) <= 1 or edits(expanded(x), expanded(y)) <= 1


def far(role: str, a: str, b: str) -> bool:
    """Whether two values that differ do so by more than what an operation and chance could make."""
    return edits(a.casefold(), b.casefold()) >= 3 and (role != "first" or a[:1].casefold() != b[:1].casefold())


def nicks(name: str) -> Sequence[str]:
    """Short forms of a first name in any case."""
    found: Sequence[str] = data()["nicknames"].get(name.title(), ())
    return found


def conflicts(a: Mapping[str, str], b: Mapping[str, str], roles: Mapping[str, str]) -> list[str]:
    """Fields that tell two records apart: values of one entity that cannot be each other's. Addresses can change.

    First and last name are compared crosswise too.
    """
    found = [f for f in a if roles[f] in IDENTITY and not alike(roles[f], a[f], b[f])]
    names = [f for f in a if roles[f] in ("first", "last")]
    if len(names) == 2 and set(names) & set(found):
        one, two = names
        if alike("last", a[one], b[two]) and alike("last", a[two], b[one]):
            found = [f for f in found if f not in names]
    return found


def shared(a: Mapping[str, str], b: Mapping[str, str], roles: Mapping[str, str]) -> list[str]:
    """Fields whose values two records have in common, in some spelling: what blocks them together."""
    return [f for f in a if a[f] and b[f] and alike(roles[f], a[f], b[f])]


def laid_out(pieces: Mapping[str, Piece], layout: str, draw: Draw) -> list[Piece]:
    """Values with their names: one a line, as JSON, between bars, or for people in a sentence."""
    columns = list(pieces)
    found: list[Piece] = []
    if layout == "sentence":
        links = {
            "first_name": "", "last_name": " ", "birth_date": ", born on ", "street": ", living at ", "city": ", ",
            "postcode": " ", "phone": ", telephone ",
        }  # fmt: skip
        for column in columns:
            link = links[column].lstrip(", ") if not found else links[column]
            found += [Piece(link), pieces[column]]
        return [*found, Piece(".")]
    if layout == "json":
        for column in columns:
            found += [Piece(f'{", " if found else "{"}"{column}": "'), pieces[column], Piece('"')]
        return [*found, Piece("}")]
    if layout == "pipes":
        for column in columns:
            found += [Piece(" | " if found else ""), pieces[column]]
        return [Piece(" | ".join(columns) + "\n"), *found]
    named = draw.pick(("{}: ", "{} = ", "- {}: "))
    for column in columns:
        name = column.replace("_", " ")
        found += [Piece(("\n" if found else "") + named.replace("{}", name)), pieces[column]]
    return found
