"""Reads a recipe file into the model and reports every problem at once; knows the language, but no generator."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from synthgen.errors import Problem, RecipeError
from synthgen.recipe.evals import read_evals, read_splits
from synthgen.recipe.model import CheckSpec, ExportSpec, Node, Privacy, Recipe, TableSpec
from synthgen.recipe.paths import inside, project_root
from synthgen.recipe.reading import Reading
from synthgen.recipe.source import read
from synthgen.recipe.sources import read_sources
from synthgen.recipe.tables import read_table
from synthgen.registry import EXPORTERS, HARNESSES, Registry, did_you_mean

TOP = (
    "synthgen", "name", "description", "seed", "clock", "locale", "privacy", "tables", "checks", "export", "meta",
    "evals", "splits",
)  # fmt: skip
DEFAULT_CLOCK = "2026-01-01T00:00:00Z"
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}")


def load(path: Path, *, allow_outside: bool = False) -> Recipe:
    """Read a recipe; raises RecipeError with all its problems."""
    recipe, problems = collect(path, allow_outside=allow_outside)
    errors = [p for p in problems if p.severity == "error"]
    if recipe is None or errors:
        raise RecipeError(problems)
    return recipe


def collect(
    path: Path, *, allow_outside: bool = False, copies: Path | None = None
) -> tuple[Recipe | None, list[Problem]]:
    """The recipe as far as it can be read (None if not at all), and every problem found in it.

    With `copies`, the files that it names are read from that folder of an export, as `paths.copy_name` calls them.
    With errors among the problems the recipe is partial: columns that could not be read stand in `order` alone.
    """
    root, problems, data = read(path)
    if root is None:
        return None, problems
    reading = Reading(path, copies or project_root(path), allow_outside or copies is not None, problems, copies)
    recipe = _recipe(root, reading, data)
    return recipe, in_order(reading.problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Distinct problems by their place in the file."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.place.line, p.place.column) if p.place else (0, 0))


def _recipe(root: Node, reading: Reading, data: bytes) -> Recipe | None:
    if not isinstance(root.value, dict):
        reading.add(root.problem("wrong-type", "a recipe is a mapping of keys", "start with 'synthgen: 1'"))
        return None
    reading.keys(root, TOP)
    version = root.value.get("synthgen")
    if version is None:
        reading.add(root.problem("missing-key", "'synthgen' is missing", "start with 'synthgen: 1'"))
    elif version != 1 or isinstance(version, bool):
        message = f"format version {version} is not known"
        reading.add(root.at("synthgen").problem("bad-version", message, "write 'synthgen: 1'"))
    name = reading.text(root, "name", default=reading.path.stem)
    if name is not None and not _NAME.fullmatch(name):
        remedy = "use letters, digits, spaces, '_', '.' and '-'"
        reading.add(root.at("name").problem("bad-value", "the name cannot name a folder", remedy))
    evals = read_evals(root, reading)
    tables = _tables(root, reading)
    return Recipe(
        name=name or reading.path.stem,
        source=reading.path,
        root=reading.root,
        node=root,
        seed=reading.whole(root, "seed", default=0, low=-(2**63), high=2**63 - 1) or 0,
        clock=_clock(root, reading),
        locale=_locale(root, reading),
        privacy=_privacy(root, reading),
        tables=tables,
        checks=_checks(root, tables, reading),
        export=_export(root, reading),
        allow_outside=reading.allow_outside,
        copies=reading.copies,
        evals=evals,
        splits=read_splits(root, tables, reading),
        data=data,
        digest=hashlib.sha256(data).hexdigest(),
        description=reading.text(root, "description"),
        meta=root.value.get("meta") or {},
    )


def _tables(root: Node, reading: Reading) -> dict[str, TableSpec]:
    node = root.children.get("tables")
    if node is None:
        if "evals" not in root.value:
            reading.add(root.problem("missing-key", "'tables' is missing", "add 'tables:' with one table or more"))
        return {}
    if not isinstance(node.value, dict) or not node.value:
        reading.add(
            node.problem("wrong-type", "'tables' is a mapping of table names", "write 'customers: {rows: 100, ...}'")
        )
        return {}
    names = list(node.value)
    return {name: read_table(name, node.children[name], names, reading) for name in names}


def _clock(root: Node, reading: Reading) -> datetime:
    default = datetime.fromisoformat(DEFAULT_CLOCK)
    text = reading.text(root, "clock", default=DEFAULT_CLOCK)
    try:
        found = datetime.fromisoformat(text or DEFAULT_CLOCK)
    except ValueError:
        remedy = 'write a date such as "2026-09-01T00:00:00Z"'
        reading.add(root.at("clock").problem("bad-value", f"'{text}' is not a date", remedy))
        return default
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _locale(root: Node, reading: Reading) -> dict[str, float]:
    node = root.children.get("locale")
    if node is None:
        return {"en_US": 1.0}
    found: dict[str, Any] = {node.value: 1.0} if isinstance(node.value, str) else node.value
    if not isinstance(found, dict) or not found:
        reading.add(
            node.problem(
                "wrong-type", "a locale is a word or a mapping of weights", "write en_US or {en_US: 0.8, de_DE: 0.2}"
            )
        )
        return {"en_US": 1.0}
    for name, weight in found.items():
        key = name if isinstance(node.value, dict) else None
        if not _LOCALE.fullmatch(name):
            known = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_BR", "pl_PL", "sv_SE", "ja_JP"]
            remedy = did_you_mean(name.replace("-", "_"), known) or "write a language and a country, such as en_US"
            reading.add(node.problem("unknown-locale", f"'{name}' is not a locale", remedy, key=key))
        if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
            reading.add(node.at(name).problem("bad-value", "a weight is a number of at least 0", "write 0.2"))
    weights = [w for w in found.values() if isinstance(w, int | float) and w >= 0]
    if not sum(weights) > 0:
        reading.add(node.problem("bad-value", "all weights are 0", "give one locale a weight"))
        return {"en_US": 1.0}
    return {n: float(w) for n, w in found.items() if isinstance(w, int | float) and w > 0}


def _privacy(root: Node, reading: Reading) -> Privacy:
    node = root.children.get("privacy")
    if node is None:
        return Privacy()
    if not reading.mapping(node, "privacy", "{pii: reserved, on_finding: block}"):
        return Privacy()
    reading.keys(node, ("pii", "on_finding", "sources"))
    pii = reading.one_of(node, "pii", ("none", "reserved", "synthetic"), "reserved")
    on_finding = reading.one_of(node, "on_finding", ("block", "warn"), "block")
    sources = read_sources(node, reading)
    return Privacy(pii, on_finding, sources)  # type: ignore[arg-type]  # one_of returns one of the words


def _checks(root: Node, tables: dict[str, TableSpec], reading: Reading) -> tuple[CheckSpec, ...]:
    node = root.children.get("checks")
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        reading.add(node.problem("wrong-type", "'checks' is a list", 'write - "orders: total >= 0"'))
        return ()
    found = []
    for i, item in enumerate(node.value):
        place = node.children[i]
        table, sep, sql = str(item).partition(":")
        quoted = next((t for t in sorted(tables, key=len, reverse=True) if str(item).startswith(f"{t}:")), None)
        if quoted is not None:
            table, sep, sql = quoted, ":", str(item)[len(quoted) + 1 :]
        if not isinstance(item, str) or not sep or not sql.strip():
            reading.add(place.problem("bad-check", "a check is 'table: SQL condition'", 'write "orders: total >= 0"'))
        elif table.strip() not in tables:
            message = f"there is no table '{table.strip()}'"
            reading.add(place.problem("unknown-table", message, did_you_mean(table.strip(), tables)))
        else:
            found.append(CheckSpec(table.strip(), sql.strip(), place))
    return tuple(found)


def _export(root: Node, reading: Reading) -> ExportSpec:
    node = root.children.get("export")
    if node is None:
        return ExportSpec()
    if not reading.mapping(node, "export", "{to: outputs/shop, formats: [parquet, csv]}"):
        return ExportSpec()
    reading.keys(node, ("to", "formats", "evals"))
    to = reading.text(node, "to")
    if to is not None and not reading.allow_outside and not inside(Path.cwd(), Path.cwd() / to):
        message = f"'{to}' lies outside the current folder"
        reading.add(node.at("to").problem("outside", message, "write a path below it, or run with --out"))
    formats = _formats(node, "formats", ("parquet",), EXPORTERS, "there is no export format", reading)
    evals = _formats(node, "evals", (), HARNESSES, "there is no eval harness", reading)
    if evals and "evals" not in root.value:
        reading.add(node.problem("contradiction", "the recipe has no evals to export", "add 'evals:'", key="evals"))
    return ExportSpec(to, formats, evals)


def _formats(
    node: Node, key: str, default: tuple[str, ...], known: Registry[Any], missing: str, reading: Reading
) -> tuple[str, ...]:
    """A list of names of one kind of plug-in."""
    words = node.value.get(key, list(default))
    place = node.at(key)
    if isinstance(words, str):
        words = [words]
    if not isinstance(words, list) or (not words and key in node.value):
        example = ", ".join(known.names()[:2])
        reading.add(place.problem("wrong-type", f"'{key}' is a list", f"write [{example}]"))
        return default
    for i, word in enumerate(words):
        if word not in known:
            remedy = did_you_mean(str(word), known.names())
            code = "unknown-format" if key == "formats" else "unknown-harness"
            reading.add(place.at(i).problem(code, f"{missing} '{word}'", remedy))
        elif word in words[:i]:
            reading.add(place.at(i).problem("duplicate", f"'{word}' appears twice", "remove one"))
    return tuple(str(w) for w in words)
