"""How each of Faker's methods is made, locale by locale: the table of docs/faker.md.

    python -m synthgen.generators.faked.coverage docs/faker.md

writes the page anew; without a file it prints it. What the page says is computed: a test compares the two for the ten
main locales.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from synthgen.generators.compiled.compiler import compile_method, why
from synthgen.generators.compiled.coverage import COMMON, LOCALES
from synthgen.generators.faked import methods
from synthgen.generators.faked.identifiers import reserved
from synthgen.generators.faked.net import TARGETS
from synthgen.generators.faked.pool import compilable

_CLOCK = datetime(2026, 1, 1)
RESERVED, COMPILED, SAFE, POOLED = "reserved", "compiled", "safe pool", "pool"


@dataclass(frozen=True)
class Method:
    """One method in one locale: how it is made under `pii: reserved`, and why a compiled one is not taken."""

    name: str
    locale: str
    how: str
    compiled: bool
    reason: str = ""


def method(name: str, locale: str) -> Method:
    """How a method is made in a locale."""
    sampler = compile_method(name, locale, {}, _CLOCK)
    made = sampler is not None
    if name in TARGETS or reserved(name, locale) is not None:
        return Method(name, locale, RESERVED, made)
    if not compilable(name, {}):
        return Method(name, locale, SAFE, made, "its values can hold names or identifiers")
    return (
        Method(name, locale, COMPILED, True) if made else Method(name, locale, POOLED, False, why(name, locale) or "")
    )


@lru_cache(maxsize=4)
def table(locales: tuple[str, ...] = LOCALES) -> tuple[Method, ...]:
    """Every method of every locale; compiling them takes a minute, so it is done once."""
    return tuple(method(name, locale) for locale in locales for name in methods.providers(locale))


def share(found: Iterable[Method], how: Sequence[str]) -> float:
    """Share of methods that are made in one of these ways."""
    every = list(found)
    return sum(m.how in how for m in every) / len(every)


_HEAD = """# Faker's methods

How [`faker: NAME`](generators/faker.md) makes its values under `pii: reserved`, for every method of ten locales. This
page is written by `python -m synthgen.generators.faked.coverage docs/faker.md`; a test says when it is out of date.

- **compiled**: made for all rows at once with Faker's own words, weights and formats.
- **reserved**: a direct identifier; its values lie in ranges that nobody has, in the locale's form.
- **safe pool**: drawn from values that Faker makes, with reserved identifiers in the place of its own.
- **pool**: drawn from values that Faker makes.

Under `pii: synthetic` reserved methods are compiled too, where their table says so, and no pool is a safe one.
"""


def page(locales: tuple[str, ...] = LOCALES) -> str:
    """The page of docs/faker.md."""
    found = table(locales)
    lines = [
        _HEAD,
        "## By locale",
        "",
        "| locale | methods | compiled | reserved | safe pool | pool | can be compiled |",
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    for locale in locales:
        mine = [m for m in found if m.locale == locale]
        counts = [sum(m.how == how for m in mine) for how in (COMPILED, RESERVED, SAFE, POOLED)]
        can = sum(m.compiled for m in mine) / len(mine)
        lines.append(f"| {locale} | {len(mine)} | {' | '.join(map(str, counts))} | {can:.0%} |")
    common = [m for m in found if m.name in COMMON]
    lines += [
        "",
        f"Of the 30 methods that are used most, {sum(m.compiled for m in common) / len(common):.0%} can be compiled.",
    ]
    for how, title in ((COMPILED, "Compiled"), (RESERVED, "Reserved"), (SAFE, "Safe pools"), (POOLED, "Pools")):
        lines += ["", f"## {title}", "", *_listed([m for m in found if m.how == how], locales)]
    return "\n".join(lines) + "\n"


def _listed(found: Sequence[Method], locales: Sequence[str]) -> list[str]:
    """One line a method: its locales (`all` where each that has it agrees), and reasons."""
    having = {name: [lo for lo in locales if name in methods.providers(lo)] for name in {m.name for m in found}}
    lines = ["| method | locales | |", "|---|---|---|"]
    for name in sorted(having):
        mine = [m for m in found if m.name == name]
        where = [m.locale for m in mine]
        shown = "all" if where == list(locales) else ", ".join(where)
        reasons = "; ".join(sorted({m.reason for m in mine if m.reason}))
        if mine[0].how == RESERVED:
            reasons = "compiled under synthetic" if all(m.compiled for m in mine) else ""
        lines.append(f"| `{name}` | {shown} | {reasons} |")
    return lines


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        print(page())
