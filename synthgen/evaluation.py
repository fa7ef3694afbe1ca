"""The eval verbs, and their Python API: audit, diff, lock."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

from synthgen.cases.make import Maker, Setup, make
from synthgen.cases.publish import audited
from synthgen.engine.base import Engine
from synthgen.errors import Problem, RecipeError, did_you_mean, usage
from synthgen.evals import prompts
from synthgen.evals.audit import Report
from synthgen.evals.diff import Difference, compare
from synthgen.export.layout import MANIFEST
from synthgen.export.manifest import Manifest
from synthgen.export.reading import read_cases
from synthgen.export.storage import storage
from synthgen.export.verify import read_manifest
from synthgen.pipeline import planned, planned_export
from synthgen.plan.world import World
from synthgen.registry import ENGINES

Progress = Callable[[str, int, int], None]


def audit(
    source: Path,
    name: str | None = None,
    *,
    workers: int = 1,
    allow_outside: bool = False,
    progress: Progress | None = None,
) -> dict[str, Report]:
    """Make the eval sets of a recipe, or of the recipe that an export holds, and audit them; nothing is written."""
    is_export = source.is_dir() and (source / MANIFEST).is_file()
    plan = planned_export(source) if is_export else planned(source, allow_outside=allow_outside)
    if name is not None and name not in plan.evals:
        raise usage("unknown-eval", f"there is no eval '{name}' in {source}", did_you_mean(name, plan.evals))
    if not plan.evals:
        raise usage("no-evals", f"{source} has no evals", "add 'evals:' to the recipe; see docs/evals.md")
    world = World(plan)
    names = [name] if name is not None else list(plan.evals)
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        index = {root: world.index(root) for root in plan.roots}
        maker = Maker(Setup(plan.recipe, index, Path(folder)), plan, world)
        made = make(maker, cast(Engine, ENGINES.get("local")(workers)), progress, names)
        return {n: audited(plan.evals[n], examined) for n, examined in made.items()}


def diff(old: Path, new: Path) -> list[Difference]:
    """What changed between the eval sets of two exports, one difference for each set of either."""
    before, after = read_manifest(old), read_manifest(new)
    names = list(dict.fromkeys([*before.evals, *after.evals]))
    if not names:
        raise usage("no-evals", f"neither {old} nor {new} holds eval sets", "name two exports of recipes with evals")
    return [_difference(name, old, new, before, after) for name in names]


def _difference(name: str, old: Path, new: Path, before: Manifest, after: Manifest) -> Difference:
    first, second = before.evals.get(name), after.evals.get(name)
    rows = [
        read_cases(export, entry).to_dicts() if entry is not None else []
        for export, entry in ((old, first), (new, second))
    ]
    versions = (first.version if first else "0.0.0", second.version if second else (first.version if first else ""))
    return compare(name, *versions, *rows)


def lock(folder: Path) -> dict[str, dict[str, str]]:
    """Add every prompt of a folder to its lock file; returns name -> version -> hash.

    Raises RecipeError with all that is wrong with prompts, a text that changed under its version included; then nothing
    is written.
    """
    if not folder.is_dir():
        raise usage("not-a-folder", f"{folder} is not a folder", "name the folder that holds the prompts")
    files = sorted([*folder.glob("*.md"), *folder.glob("*.txt"), *folder.glob("*.j2")])
    if not files:
        raise usage("no-prompts", f"{folder} holds no prompt", "prompts are files that end with .md, .txt or .j2")
    problems: list[Problem] = []
    found = []
    for file in files:
        prompt, wrong = prompts.parse_prompt(file.read_text(encoding="utf-8", errors="replace"), str(file))
        problems += wrong
        found += [prompt] if prompt is not None else []
    path = folder / prompts.LOCK
    try:
        known = prompts.locked(path.read_text(encoding="utf-8") if path.is_file() else None)
    except ValueError:
        raise usage("bad-lock", f"{path} is not a lock file", "restore it from version control, or remove it") from None
    made, wrong = prompts.with_prompts(known, found)
    problems += wrong
    if problems:
        raise RecipeError(problems)
    write_text(path, prompts.written(made))
    return made


def write_text(path: Path, text: str) -> None:
    """Write a report; raises SynthgenError where the disk refuses."""
    with storage(path):
        path.write_text(text, encoding="utf-8")
