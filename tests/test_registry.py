"""Registries: names without loading, loading by name, and each kind of failure told for the name that it concerns."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

import synthgen.registry
from synthgen.errors import PluginError
from synthgen.registry import ENGINES, ENTITIES, EXPORTERS, GENERATORS, RECOGNIZERS, Registry, did_you_mean

ALL: list[Registry[Any]] = [GENERATORS, ENTITIES, EXPORTERS, ENGINES, RECOGNIZERS]


class Package:
    """Stands for an installed distribution."""

    def __init__(self, name: str) -> None:
        self.name = name


def entry(name: str, value: str, package: str | None = "outside") -> EntryPoint:
    point = EntryPoint(name=name, value=value, group="synthgen.things")
    if package is not None:
        vars(point)["dist"] = Package(package)
    return point


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Registry[Any]:
    points = [
        entry("decimal", "decimal:Decimal"),
        entry("taken", "decimal:Decimal", "bold"),
        entry("twice", "decimal:Decimal", "one"),
        entry("twice", "fractions:Fraction", "two"),
        entry("gone", "no_such_module:X"),
        entry("renamed", "decimal:NoSuchName"),
        entry("explodes", "tests.no_such_module:X", None),
    ]
    monkeypatch.setattr(synthgen.registry, "_installed", lambda path: EntryPoints(points))
    return Registry("things", {"path": "pathlib:Path", "taken": "pathlib:Path", "broken": "synthgen.nowhere:X"})


def test_names(things: Registry[Any]) -> None:
    assert things.names() == ["broken", "decimal", "explodes", "gone", "path", "renamed", "taken", "twice"]
    assert "path" in things and "decimal" in things and "nope" not in things and 3 not in things
    assert things.source("path") == "synthgen" and things.source("decimal") == "outside"
    assert things.source("nope") == "unknown" and things.source("explodes") == "tests.no_such_module:X"


def test_loading(things: Registry[Any]) -> None:
    from decimal import Decimal
    from pathlib import Path

    assert things.get("path") is Path and things.get("decimal") is Decimal
    assert things.get("path") is things.get("path")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("pth", "unknown-plugin", ["no things plug-in is called 'pth'"]),
        ("taken", "duplicate-plugin", ["synthgen", "bold"]),
        ("twice", "duplicate-plugin", ["one", "two"]),
        ("gone", "broken-plugin", ["outside", "no_such_module"]),
        ("renamed", "broken-plugin", ["outside", "NoSuchName"]),
        ("broken", "broken-plugin", ["synthgen", "nowhere"]),
    ],
)
def test_failures_concern_one_name(name: str, code: str, words: list[str], things: Registry[Any]) -> None:
    with pytest.raises(PluginError) as raised:
        things.get(name)
    (problem,) = raised.value.problems
    assert problem.code == code and problem.remedy
    assert all(word in problem.message for word in words), problem.message
    assert things.get("decimal") is not None  # the others are fine


def test_an_unknown_name_is_corrected(things: Registry[Any]) -> None:
    with pytest.raises(PluginError, match="did you mean 'decimal'"):
        things.get("decmial")


@pytest.mark.parametrize("registry", ALL, ids=lambda r: r.kind)
def test_every_built_in_loads(registry: Registry[Any]) -> None:
    assert registry.names() == sorted(registry.names()) and registry.names()
    for name in registry.names():
        assert registry.get(name) is not None
        if registry.source(name) == "synthgen":
            assert registry.get(name) is registry.get(name)


def test_names_of_generators_and_entities_are_disjoint() -> None:
    """A column names one of either with one key."""
    assert not set(GENERATORS.names()) & set(ENTITIES.names())


def test_names_load_nothing() -> None:
    program = "import sys; from synthgen.registry import GENERATORS as g; g.names(); 'id' in g; g.source('id')\n"
    program += "print([m for m in sys.modules if m in ('polars', 'numpy', 'pydantic', 'faker') or 'generators' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize(
    ("word", "known", "remedy"),
    [
        ("emial", ["email", "phone"], "did you mean 'email'?"),
        ("zzz", ["email", "phone"], "known: email, phone"),
        ("zzz", [f"name{i}" for i in range(13)], None),
        ("zzz", [], None),
        ("Email", ["email"], "did you mean 'email'?"),
    ],
)
def test_did_you_mean(word: str, known: list[str], remedy: str | None) -> None:
    assert did_you_mean(word, known) == remedy
    assert did_you_mean(word, iter(known)) == remedy
