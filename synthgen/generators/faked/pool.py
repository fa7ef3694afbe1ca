"""Pools: values that real Faker makes once, with their frequencies, for rows to draw from.

A pool is a function of method, arguments, locale, size and the recipe's clock; it never looks at the table, so that
more rows change no other cell.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from synthgen.columns import Declared
from synthgen.generators.faked import values
from synthgen.generators.faked.held import CLEANED, SIMPLER, UNLIKE, HeldFaker, UnknownMethodError, held

LONGEST = 10_000
"""Characters or bytes of one value, elements of one list, and any argument that is a size."""
BUDGET = 4_000_000
"""Characters and bytes of one pool; a method of long values has fewer of them."""
FEWEST = 16
_HEAVY = frozenset(
    {
        "profile",
        "simple_profile",
        "json",
        "json_bytes",
        "csv",
        "dsv",
        "psv",
        "tsv",
        "fixed_width",
        "xml",
        "pystruct",
        "pydict",
        "pylist",
        "pyset",
        "pytuple",
        "pyiterable",
        "time_series",
        "tar",
        "zip",
    }
)
_DEFAULTS: dict[str, dict[str, Any]] = {
    "binary": {"length": 64},
    "tar": {"uncompressed_size": 8192, "num_files": 2, "min_file_size": 1024},
    "zip": {"uncompressed_size": 8192, "num_files": 2, "min_file_size": 1024},
    "time_series": {"start_date": "-30d", "end_date": "now", "precision": 86_400},
}
"""Arguments where Faker's own would make values of a megabyte."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


_POOLED = _HEAVY | frozenset({"credit_card_full", "passport_full", "passport_owner", "pyobject", "pystr_format"})
_POOLED |= frozenset({"org_and_vat_id", "bank", "image", "enum", *CLEANED, *UNLIKE})
"""Methods whose values can hold identifiers or names, or that are corrected: only a safe Faker makes them."""


def compilable(method: str, args: Mapping[str, Any]) -> bool:
    """Whether a compiled sampler may make a method's values where identifiers must be reserved."""
    return method not in _POOLED and "{{" not in str(args)


class PoolError(Exception):
    """A pool that cannot be made: code, message, remedy and the recipe's key that is at fault."""

    def __init__(self, code: str, message: str, remedy: str | None, place: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.place = code, message, remedy, place


@dataclass(frozen=True)
class Pool:
    """Distinct plain values with how often each came, and what stands in each of them by vocabulary or range."""

    values: tuple[Any, ...]
    weights: tuple[float, ...]
    notes: tuple[tuple[tuple[str, Declared], ...], ...]

    @property
    def size(self) -> int:
        """How many values were made, the repeated ones included."""
        return int(sum(self.weights))


def default_size(method: str) -> int:
    """Values of a pool where the recipe does not say: fewer of documents and other large ones."""
    return 200 if method in _HEAVY else 1000


def arguments(method: str, args: Mapping[str, Any], clock: dt.datetime) -> dict[str, Any]:
    """The recipe's arguments as Faker takes them: days as dates, members of an enumeration as one."""
    found = {**_DEFAULTS.get(method, {}), **{name: _argument(value) for name, value in args.items()}}
    if method == "passport_dates" and "birthday" not in found:
        found["birthday"] = clock.date()
    if method == "enum":
        members = args.get("enum_cls")
        if not isinstance(members, list) or not members or not all(isinstance(m, str) for m in members):
            remedy = "write args: {enum_cls: [red, green]}"
            raise PoolError("bad-args", "enum needs the names of its members", remedy, "args")
        found = {"enum_cls": enum.Enum("Choice", {m: m for m in members})}
    return found


def _argument(value: Any) -> Any:
    if value == "clock":
        return "now"
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def seed_of(method: str, args: Mapping[str, Any]) -> str:
    """What a pool is seeded with: the method and its arguments, as the recipe writes them."""
    return f"synthgen:{method}:{sorted(args.items())!r}"


def made(method: str, args: Mapping[str, Any], locale: str, size: int, clock: dt.datetime, safe: bool) -> Pool:
    """The pool of a method in a locale; raises PoolError where Faker refuses or values are too large."""
    return _made(method, _Args(args), locale, size, clock, safe)


class _Args(dict[str, Any]):
    """Arguments as part of a cache's key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items())))


@lru_cache(maxsize=64)
def _made(method: str, args: _Args, locale: str, size: int, clock: dt.datetime, safe: bool) -> Pool:
    faker = held(locale, safe)
    given = {**(SIMPLER.get(method, {}) if safe else {}), **arguments(method, args, clock)}
    found: dict[str, int] = {}
    kept: list[Any] = []
    notes: list[tuple[tuple[str, Declared], ...]] = []
    weights: list[float] = []
    total = 0
    with faker.at(clock):
        faker.generator.seed_instance(seed_of(method, args))
        for count in range(size):
            value = value_of(faker, method, given)
            if safe and method in UNLIKE and UNLIKE[method].match(str(value)):
                continue
            key = repr(value)
            if key in found:
                weights[found[key]] += 1.0
                continue
            total += values.size(value)
            if total > BUDGET and count >= FEWEST:
                break
            found[key] = len(kept)
            kept.append(value)
            notes.append(tuple(faker.noted) if not isinstance(value, str) or _compound(faker, value) else ())
            weights.append(1.0)
    return Pool(tuple(kept), tuple(weights), tuple(notes))


def _compound(faker: HeldFaker, value: str) -> bool:
    """Whether a text holds more than the one thing that was noted while it was made."""
    return [text for text, _ in faker.noted] != [value]


def value_of(faker: HeldFaker, method: str, given: Mapping[str, Any]) -> Any:
    """One plain value; what Faker raises becomes a PoolError."""
    try:
        value = values.plain(faker.call(method, given))
    except PoolError:
        raise
    except UnknownMethodError as error:
        message = f"Faker has no method '{error.args[0]}' in {faker.locale}"
        raise PoolError("unknown-method", message, "see Faker's documentation", "args") from None
    except Exception as error:  # Faker's providers raise whatever their code runs into
        message = f"Faker's {method} does not take these args: {type(error).__name__}: {error}"
        raise PoolError("bad-args", message, "see Faker's documentation of the method", "args") from None
    if values.size(value) > LONGEST and not isinstance(value, bytes):
        what = "texts" if isinstance(value, str) else "values"
        message = f"{method} makes {what} of more than {LONGEST:,} characters"
        raise PoolError("wrong-type", message, "lower its length in args", "faker")
    return value
