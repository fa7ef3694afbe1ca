"""Every method of every main locale runs, and nothing that it makes is a finding: held by the scanner itself."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from synthgen.generators.compiled.coverage import COMMON, LOCALES
from synthgen.generators.faked import coverage, methods
from synthgen.privacy.scanner import Scanner
from tests.conformance.doubles import column

_ROWS = 2000
_OF_EACH = frozenset({"misc", "profile", "credit_card", "python", "passport"})  # made of other methods of the locale
_ARGS = {"enum": {"enum_cls": ["red", "green", "blue"]}}


@lru_cache(maxsize=1)
def _own() -> dict[str, tuple[str, ...]]:
    """Each main locale's methods, without those that an earlier one has from the same provider."""
    seen: set[Any] = set()
    found = {}
    for locale in LOCALES:
        mine = []
        for name, provider in methods.providers(locale).items():
            key = (name, type(provider))
            if key not in seen or methods.room(name, locale) in _OF_EACH:
                mine.append(name)
            seen.add(key)
        found[locale] = tuple(mine)
    return found


def _findings(names: Any, locale: str, rows: int) -> list[Any]:
    """What the scanner finds in columns that are named like their methods."""
    scanner, found = Scanner("reserved"), []
    for name in names:
        made = column({"faker": name, "args": _ARGS.get(name, {})}, locales=(locale,))
        values = made.make(rows)
        assert len(values.values) == rows
        assert values.values.dtype == made.generator.dtype, name
        found += [(name, f.entity, f.column, f.count, f.recognizer) for f in scanner.scan("things", {name: values})]
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_method_runs_and_passes_the_scanner(locale: str) -> None:
    assert _findings(_own()[locale], locale, _ROWS) == []


_BROKEN = {("es_AR", "name_female"), ("es_AR", "name_male"), ("es_CL", "name_nonbinary")}  # in Faker itself
_REST = sorted(set(methods.locales()) - set(LOCALES))


@pytest.mark.parametrize("locale", _REST)
def test_identifiers_of_every_other_locale_pass(locale: str) -> None:
    """All methods that only this locale's providers have, of the kinds that identify somebody."""
    rooms = {"ssn", "phone_number", "bank", "passport", "automotive", "person", "company"}
    names = [
        name
        for name, provider in methods.providers(locale).items()
        if type(provider).__module__.rpartition(".")[2] == locale
        and methods.room(name, locale) in rooms
        and (locale, name) not in _BROKEN
    ]
    assert _findings(names, locale, 120) == []


def test_most_methods_are_compiled() -> None:
    every = coverage.table()
    common = [m for m in every if m.name in COMMON]
    assert {m.name for m in every if m.locale == "en_US"} == set(methods.providers("en_US"))
    assert sum(m.compiled for m in common) / len(common) >= 0.85
    assert sum(m.compiled for m in every) / len(every) >= 0.6
    assert coverage.share(every, [coverage.COMPILED, coverage.RESERVED]) >= 0.8


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "faker.md"
    assert page.read_text(encoding="utf-8") == coverage.page(), (
        "python -m synthgen.generators.faked.coverage docs/faker.md"
    )
