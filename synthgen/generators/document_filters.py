"""Filters of document templates, and the budget that bounds their work and remembers what declared values became."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from synthgen.columns import Declared
from synthgen.generators import currencies

_STEPS = 100_000  # turns of loops and values that filters look at, in one document
_TEXT = 20_000  # characters of a text that a filter or `+` makes
_ALL_TEXT = 1_000_000  # characters of all of them in one document
_RANGE = 1_000


class Marked(str):
    """Text that comes from a column which declares what it is."""

    declared: Declared


class _MarkedDate(date):
    declared: Declared


def marked(value: Any, declared: Declared | None) -> Any:
    """The value, with what its column declares; anything but text and dates stays as it is."""
    if declared is None:
        return value
    made: Any = value
    if isinstance(value, str):
        made = Marked(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        made = _MarkedDate(value.year, value.month, value.day)
    elif isinstance(value, list):
        return [marked(v, declared) for v in value]
    if made is not value:
        made.declared = declared
    return made


class Record:
    """A row of a child table, or a row reached through the parent: its columns as attributes, and nothing else."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        """The column of that name."""
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


class Written(str):
    """Text that stands in the document as it is, such as what `tojson` makes."""


class Budget:
    """What one document may cost, and the declared values in it. `kind` is text, html or json."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.reset()

    def reset(self) -> None:
        """Begin a new document."""
        self.steps, self.characters = 0, 0
        self.kept: list[tuple[Declared, str]] = []

    def counted(self, values: Iterable[Any]) -> Iterator[Any]:
        """The values one by one; raises OverflowError for too many."""
        for value in values:
            self.steps += 1
            if self.steps > _STEPS:
                raise OverflowError(f"the document takes more than {_STEPS:,} steps")
            yield value

    def range(self, *ends: int) -> range:
        """Like Python's, of up to 1,000 numbers."""
        found = range(*ends)
        if len(found) > _RANGE:
            raise OverflowError(f"a range has more than {_RANGE:,} numbers")
        return found

    def text(self, text: str) -> str:
        """The text; raises OverflowError for one that is too long, or too much of it."""
        self.characters += len(text)
        if len(text) > _TEXT or self.characters > _ALL_TEXT:
            raise OverflowError("the text that filters make is too long")
        return text

    def keep(self, value: Any, text: str | None = None) -> None:
        """Remember a declared value as it stands in the document."""
        declared = getattr(value, "declared", None)
        if declared is not None:
            self.kept.append((declared, str(value) if text is None else text))

    def written(self, value: Any) -> str:
        """A value as the document writes it."""
        if isinstance(value, Written):
            return str(value)
        if self.kind == "json":
            return str(_tojson(self, value))
        text = "" if value is None else _plain(value)
        if self.kind == "html":
            text = _escaped(text)
        self.keep(value, text)
        return text


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _escaped(text: str) -> str:
    """HTML's special characters; the apostrophe is none where attributes stand in double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _like(value: Any, text: str) -> str:
    """The text, declared as the value was."""
    made: str = marked(text, getattr(value, "declared", None))
    return made


def _cased(change: Callable[[str], str]) -> Callable[..., Any]:
    def changed(budget: Budget, value: Any) -> Any:
        return _like(value, budget.text(change(_plain("" if value is None else value))))

    return changed


def _truncate(budget: Budget, value: Any, length: int = 80, end: str = "...") -> Any:
    text = _plain(value)
    return value if len(text) <= length else budget.text(text[: max(0, length - len(end))] + end)


def _default(budget: Budget, value: Any, other: Any = "") -> Any:
    return other if value is None or type(value).__name__ == "StrictUndefined" else value


def _of(item: Any, attribute: str | None) -> Any:
    if attribute is None:
        return item
    if not isinstance(item, Record) or attribute.startswith("_"):
        raise TypeError("an attribute names a column of child rows")
    return getattr(item, attribute)


def _map(budget: Budget, values: Any, attribute: str) -> list[Any]:
    return [_of(v, attribute) for v in budget.counted(values)]


def _known(budget: Budget, values: Any, attribute: str | None) -> list[Any]:
    """The values that are there, of one attribute."""
    return [v for v in (_of(i, attribute) for i in budget.counted(values)) if v is not None]


def _sum(budget: Budget, values: Any, attribute: str | None = None) -> Any:
    return sum(_known(budget, values, attribute))


def _least(budget: Budget, values: Any, attribute: str | None = None) -> Any:
    return min(_known(budget, values, attribute), default=None)


def _most(budget: Budget, values: Any, attribute: str | None = None) -> Any:
    return max(_known(budget, values, attribute), default=None)


def _first(budget: Budget, values: Any) -> Any:
    return next(iter(values), None)


def _last(budget: Budget, values: Any) -> Any:
    return (list(budget.counted(values)) or [None])[-1]


def _length(budget: Budget, values: Any) -> int:
    return len(values)


def _sort(budget: Budget, values: Any, attribute: str | None = None, reverse: bool = False) -> list[Any]:
    return sorted(budget.counted(values), key=lambda v: _of(v, attribute), reverse=reverse)


def _reverse(budget: Budget, values: Any) -> list[Any]:
    return list(budget.counted(values))[::-1]


def _unique(budget: Budget, values: Any, attribute: str | None = None) -> list[Any]:
    return list({_of(v, attribute): v for v in reversed(list(budget.counted(values)))}.values())[::-1]


_TRIED: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _select(budget: Budget, values: Any, attribute: str, test: str | None = None, other: Any = None) -> list[Any]:
    """Items whose attribute is true, or passes a comparison with another value."""
    if test is None:
        return [v for v in budget.counted(values) if _of(v, attribute)]
    if test not in _TRIED:
        raise TypeError(f"a comparison is one of {', '.join(_TRIED)}")
    return [v for v in budget.counted(values) if _TRIED[test](_of(v, attribute), other)]


def _reject(budget: Budget, values: Any, attribute: str, test: str | None = None, other: Any = None) -> list[Any]:
    kept = [id(v) for v in _select(budget, values, attribute, test, other)]
    return [v for v in values if id(v) not in kept]


def _join(budget: Budget, values: Any, between: str = "", attribute: str | None = None) -> str:
    parts = _known(budget, values, attribute)
    texts = [_plain(p) for p in parts]
    if sum(map(len, texts)) + len(between) * len(texts) > _TEXT:
        raise OverflowError("the text that join makes is too long")
    for part, text in zip(parts, texts, strict=True):
        budget.keep(part, _escaped(text) if budget.kind == "html" else text)
    return budget.text(str(between).join(texts))


def _number(budget: Budget, value: Any, decimals: int = 2, grouping: bool = True) -> Any:
    return _grouped(_exact(value, decimals), grouping)


def _money(budget: Budget, value: Any, currency: str = "", symbol: bool = False, grouping: bool = True) -> str:
    """An amount with the decimals of its currency, its code before it, or its sign."""
    number = _exact(value, currencies.places(str(currency)))
    text = _grouped(abs(number), grouping)
    mark = currencies.sign(str(currency)) if symbol else str(currency)
    gap = " " if mark and (not symbol or mark[-1].isalpha()) else ""
    minus = "-" if number < 0 else ""
    return f"{minus}{mark}{gap}{text}" if symbol else f"{mark}{gap}{minus}{text}"


def _exact(value: Any, decimals: int) -> Decimal:
    if not isinstance(value, int | float | Decimal) or not 0 <= decimals <= 12:
        raise TypeError("an amount is a number, with up to 12 decimals")
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _grouped(number: Decimal, grouping: bool) -> str:
    return f"{number:,f}" if grouping else f"{number:f}"


def _date(budget: Budget, value: Any, form: str = "%Y-%m-%d") -> Any:
    if not isinstance(value, date | time):
        raise TypeError("the date filter takes dates and times")
    if len(form) > 100 or any(c.isdigit() for c in form):
        raise TypeError("a date's format is text such as %d %B %Y")
    return _like(value, value.strftime(form))


def _tojson(budget: Budget, value: Any) -> Written:
    def plain(item: Any) -> Any:
        if isinstance(item, Decimal):
            return float(item)
        if isinstance(item, timedelta):
            return item.total_seconds()
        raise TypeError("JSON holds text, numbers, times and lists of them")

    ready = [_ready(v) for v in budget.counted(value)] if isinstance(value, list) else _ready(value)
    for item in value if isinstance(value, list) else [value]:
        budget.keep(item, json.dumps(_ready(item), ensure_ascii=False)[1:-1])
    return Written(budget.text(json.dumps(ready, ensure_ascii=False, default=plain)))


def _ready(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "_counted": lambda budget, values: budget.counted(values),
    "upper": _cased(lambda t: t.replace("ß", "ẞ").upper()), "lower": _cased(str.lower), "title": _cased(str.title),
    "capitalize": _cased(lambda t: t[:1].upper() + t[1:]), "trim": _cased(str.strip), "truncate": _truncate,
    "default": _default, "d": _default, "length": _length, "count": _length, "first": _first, "last": _last,
    "sum": _sum, "min": _least, "max": _most, "sort": _sort, "reverse": _reverse, "unique": _unique, "map": _map,
    "selectattr": _select, "rejectattr": _reject, "join": _join, "number": _number, "money": _money, "date": _date,
    "round": lambda budget, value, decimals=0: round(value, decimals), "abs": lambda budget, value: abs(value),
    "int": lambda budget, value: int(value), "float": lambda budget, value: float(value), "tojson": _tojson,
}  # fmt: skip
