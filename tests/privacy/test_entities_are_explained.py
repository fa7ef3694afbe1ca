"""What the entities make is accounted for: each text attribute, in many locales, in the line and in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.generator import Attribute
from synthgen.plan.compile import compile_recipe
from synthgen.plan.world import World
from synthgen.privacy.files import scan_paths
from synthgen.privacy.reserved import explain
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.load import load
from synthgen.registry import ENTITIES

LOCALES = (
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "sv_SE",
    "en_AU",
    "ja_JP",
    "hi_IN",
    "ru_RU",
)
RESERVED = ("person_email", "person_phone", "company_email", "company_phone", "payment_iban", "device_ip", "device_mac")


def traits(entity: str) -> Mapping[str, Attribute]:
    found: Mapping[str, Attribute] = ENTITIES.get(entity).attributes()
    return found


def columns(folder: Path, locale: str) -> dict[str, Column]:
    lines = []
    for name in ENTITIES.names():
        texts = [a for a, t in traits(name).items() if t.dtype == pl.String()]
        lines.append(f"      {name}: {{{', '.join(f'{a}: {name}_{a}' for a in texts)}}}\n")
    entities = "".join(lines)
    text = (
        f"synthgen: 1\nname: all\nseed: 7\nclock: '2026-09-01T00:00:00Z'\nlocale: {locale}\n"
        f"tables:\n  t:\n    rows: 300\n    key: id\n    entities:\n{entities}    columns:\n      id: {{id: int}}\n"
    )
    (folder / "recipe.yaml").write_text(text)
    return World(compile_recipe(load(folder / "recipe.yaml"))).rows("t", 0, 300).frame()


def told(findings: list[Finding] | tuple[Finding, ...]) -> list[tuple[str | None, str | None, str | None]]:
    return [(f.column, f.entity, f.recognizer) for f in findings]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_attribute_passes(tmp_path: Path, locale: str) -> None:
    made = columns(tmp_path, locale)
    assert told(Scanner("reserved").scan("t", made)) == []
    for name in RESERVED:
        entity = made[name].declared
        assert entity is not None
        assert [v for v in made[name].values.unique() if explain(v, entity.entity) is None] == [], name


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR"])
def test_an_export_of_entities_passes_as_a_file(tmp_path: Path, locale: str) -> None:
    made = columns(tmp_path, locale)
    pl.DataFrame([c.values.alias(n) for n, c in made.items()]).write_csv(tmp_path / "export.csv")
    assert told(scan_paths([tmp_path / "export.csv"]).findings) == []


def test_mode_none_refuses_what_the_entities_declare(tmp_path: Path) -> None:
    made = columns(tmp_path, "en_US")
    found = {f.column for f in Scanner("none").scan("t", made)}
    assert {n for n, c in made.items() if c.declared} <= found
