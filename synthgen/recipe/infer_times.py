"""Dates that follow other dates of the row: ends after starts, updates after creations, deliveries after orders."""

from __future__ import annotations

import re

from synthgen.recipe.infer_text import Options
from synthgen.schema.names import words
from synthgen.schema.table import FieldSchema, TableSchema

_FIRST = frozenset(
    """created create creation inserted registered registration signup joined hire hired start started begin from open
    opened order ordered issue issued rental requested launch launched invoice submitted enrolled admission check_in
    checkin purchase purchased booked erstellt angelegt beginn cree debut creado inicio createdon startedon""".split()  # noqa: SIM905
)
_LATER = frozenset(
    """updated update modified changed shipped sent paid processed approved last_update aktualisiert geaendert modifie
    actualizado reviewed payment confirmed accepted received""".split()  # noqa: SIM905
)
_LAST = frozenset(
    """end ended to until finish finished completed closed close delivered delivery returned return due required expiry
    expires expiration expired termination deleted archived cancelled canceled purged checkout discharge resolved ende
    fin termine completedon keepuntil valid_to terminated maintenance""".split()  # noqa: SIM905
)
_AHEAD = frozenset("due required expiry expires expiration until keepuntil end to".split())  # noqa: SIM905
_COMPARISON = re.compile(r'\s*"?(?P<left>[^"<>=!]+?)"?\s*(?P<op><=|>=|<|>)\s*"?(?P<right>[^"<>=!]+?)"?\s*')


def follow(schema: TableSchema, columns: dict[str, Options], fixed: frozenset[str]) -> None:
    """Rewrite columns in place: `after` with a delay where a pair of names (or a CHECK) says so.

    Columns in `fixed` (keys, unique ones) keep their generators; both columns of a pair have one type.
    """
    times = [f for f in schema.fields if f.type in ("date", "timestamp") and _free(f, columns)]
    forced = _checked(schema)
    stages = {f.name: _stage(f) for f in times}
    for field in times:
        base = next((f for f in times if f.name == field.hints.get("after") and f.type == field.type), None)
        if base is not None and field.name not in fixed and not _reaches(columns, base.name, field.name):
            columns[field.name] = {"after": base.name, "delay": {"exponential": field.hints["delay"]}}
            continue
        if field.name in fixed or field.minimum is not None or field.maximum is not None or field.hints:
            continue
        earlier = [f for f in times if f.type == field.type and f.name != field.name]
        base = next((f for f in earlier if (f.name, field.name) in forced), None)
        strict = base is not None
        if base is None:
            earlier = [f for f in earlier if 0 < stages[f.name] < stages[field.name]]
            base = max(earlier, key=lambda f: _kin(f, field, stages), default=None)
        if base is None or _reaches(columns, base.name, field.name):
            continue
        columns[field.name] = _after(field, base, strict)


def _free(field: FieldSchema, columns: dict[str, Options]) -> bool:
    return bool({"date", "datetime"} & columns[field.name].keys())


def _stage(field: FieldSchema) -> int:
    name = set(words(field.name))
    joined = "".join(words(field.name))
    if name & _LAST or joined in _LAST:
        return 3
    if name & _LATER or joined in _LATER:
        return 2
    return 1 if name & _FIRST or joined in _FIRST else 0


def _kin(base: FieldSchema, field: FieldSchema, stages: dict[str, int]) -> tuple[int, int]:
    """How well two names belong together: words in common, then the nearer stage."""
    common = set(words(base.name)) & set(words(field.name)) - {"at", "on", "date", "time", "timestamp"}
    is_record = {"created", "updated", "deleted", "modified"}
    both = bool(is_record & set(words(base.name))) == bool(is_record & set(words(field.name)))
    return (2 * len(common) + both, -stages[base.name])


def _reaches(columns: dict[str, Options], start: str, goal: str) -> bool:
    """Whether `start` already comes after `goal`, directly or not."""
    at: str | None = start
    while at is not None:
        if at == goal:
            return True
        at = columns[at].get("after") if at in columns else None
    return False


def _after(field: FieldSchema, base: FieldSchema, strict: bool) -> Options:
    name = set(words(field.name))
    if field.type == "date":
        made: Options = {"after": base.name, "delay": {"uniform": ["1d", "60d"]}}
    elif strict:
        made = {"after": base.name, "delay": {"uniform": ["1m", "30d"]}}
    else:
        made = {"after": base.name, "delay": {"exponential": "14d"}}
    return made if strict or name & _AHEAD else made | {"before": "clock"}


def _checked(schema: TableSchema) -> set[tuple[str, str]]:
    """(earlier, later) pairs that CHECKs demand."""
    found = set()
    for check in schema.checks:
        match = _COMPARISON.fullmatch(check)
        if match:
            pair = (match["left"], match["right"])
            found.add(pair if match["op"].startswith("<") else (pair[1], pair[0]))
    return found
