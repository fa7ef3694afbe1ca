"""What a scan holds files to: plain files to reserved ranges, exports to the recipe that they were made by."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from synthgen.artifacts import Finding
from synthgen.cases.line import produce_evals
from synthgen.engine.base import Engine
from synthgen.errors import RecipeError, SynthgenError
from synthgen.expectations import Expectations
from synthgen.export.layout import MANIFEST
from synthgen.export.manifest import Manifest
from synthgen.generator import PiiMode
from synthgen.pipeline import planned, planned_export
from synthgen.plan.world import World
from synthgen.privacy.leakage.fingerprint import Fingerprint
from synthgen.registry import ENGINES

Progress = Callable[[Any, int, int], None]


@dataclass(frozen=True)
class How:
    """How files are read and searched (see `synthgen.privacy.files.scan_paths`), and a source to check against."""

    ner: str = "auto"
    entities: frozenset[str] | None = None
    workers: int | None = None
    exclude: tuple[str, ...] = ()
    diff: str | None = None
    source: Fingerprint | None = None


@dataclass(frozen=True)
class Scanned:
    """What the scan of one part came to; `notes` say what it was held to."""

    findings: tuple[Finding, ...]
    files: int
    rows: int
    suppressed: int
    described: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Files that are held to the same rule: a mode, and the recipe whose tables they may be."""

    paths: tuple[str | Path, ...]
    mode: PiiMode = "reserved"
    expected: Expectations | None = None
    export: tuple[Path, Manifest] | None = None
    notes: tuple[str, ...] = field(default=())

    def scan(self, how: How, progress: Progress) -> Scanned:
        """Scan the files. Eval sets of an export are made anew where something is found in them; see `_remade`."""
        from synthgen.privacy.files import inputs_of, scan_paths  # readers of every format: only a scan pays for them
        from synthgen.privacy.leakage.scan_files import leaks

        found = scan_paths(
            self.paths,
            cast(Literal["none", "reserved"], self.mode),
            ner=how.ner,
            entities=how.entities,
            workers=how.workers,
            exclude=how.exclude,
            diff=how.diff,
            expected=self.expected,
            progress=progress,
        )
        findings, notes = list(found.findings), self.notes
        if self.export is not None:
            findings, more = _remade(*self.export, findings)
            notes += more
        if how.source is not None:
            findings += leaks(how.source, inputs_of(self.paths, how.exclude, how.diff), progress)
        return Scanned(tuple(findings), found.files, found.rows, found.suppressed, found.described, notes)


def held(targets: Sequence[str | Path], pii: str | None, recipe: Path | None, *, whole: bool = True) -> list[Part]:
    """The targets by what they are held to.

    `pii` overrules the mode of a recipe. An export whose recipe cannot be planned any more is held to reserved ranges,
    and so is every target that is not read as a `whole` (changes since a revision are no export).
    Raises RecipeError for a `recipe` that cannot be used.
    """
    mode = cast(PiiMode | None, pii)
    if recipe is not None:
        plan = planned(recipe)
        expected = Expectations(plan.recipe)
        for target in targets:
            manifest = manifest_of(target)
            if manifest is not None:
                expected.places |= Expectations.of_export(Path(target), manifest, plan.recipe).places
        note = f"files of its tables are held to {recipe} (pii: {mode or plan.recipe.privacy.pii})"
        return [Part(tuple(targets), mode or plan.recipe.privacy.pii, expected, notes=(note,))]
    if not whole:
        return [Part(tuple(targets), mode or "reserved")]
    parts = []
    plain: list[str | Path] = []
    for target in targets:
        part = _export(target, mode)
        if part is None:
            plain.append(target)
        else:
            parts.append(part)
    return ([Part(tuple(plain), mode or "reserved")] if plain else []) + parts


def manifest_of(target: str | Path) -> Manifest | None:
    """The manifest of an export of ours; None for everything else."""
    folder = Path(target)
    if "://" in str(target) or not (folder / MANIFEST).is_file():
        return None
    from synthgen.export.verify import read_manifest

    try:
        return read_manifest(folder)
    except SynthgenError:
        return None


def _export(target: str | Path, mode: PiiMode | None) -> Part | None:
    """An export, held to its own recipe."""
    manifest = manifest_of(target)
    if manifest is None:
        return None
    folder = Path(target)
    try:
        recipe = planned_export(folder).recipe
    except RecipeError:
        note = f"the recipe in {target} cannot be used, so only reserved ranges excuse a value there"
        return Part((target,), mode or "reserved", notes=(note,))
    rule = mode or recipe.privacy.pii
    note = f"{target} is held to the recipe in it (pii: {rule})"
    return Part((target,), rule, Expectations.of_export(folder, manifest, recipe), (folder, manifest), (note,))


def _remade(export: Path, manifest: Manifest, findings: Sequence[Finding]) -> tuple[list[Finding], tuple[str, ...]]:
    """Findings without those in eval sets that are, byte for byte, what recipe and seed give.

    A case is text, and no column says what was put into it. So where something is found in the files of eval sets, the
    sets are made anew, which scans each case with the values that it was made from. A file that comes out the same
    has been accounted for by that; what was found in the making is found here. One that differs keeps its findings.
    """
    listed = [f.path for e in manifest.evals.values() for f in e.files] + [f.path for f in manifest.harness]
    labels = {str(export / path): path for path in listed} | {str(export / MANIFEST): MANIFEST}
    touched = {labels[f.table.partition("#")[0]] for f in findings if f.table.partition("#")[0] in labels}
    if not manifest.evals or not touched:
        return list(findings), ()
    plan = planned_export(export)
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        engine = cast(Engine, ENGINES.get("local")(1))
        made = produce_evals(plan.recipe, plan, World(plan), Path(folder), engine, None)
        same = {path for path in touched - {MANIFEST} if _equal(Path(folder) / path, export / path)}
        entries = {name: entry.model_dump(mode="json") for name, entry in made.entries.items()}
    described = entries == {name: entry.model_dump(mode="json") for name, entry in manifest.evals.items()}
    kept = [f for f in findings if not _accounted(f, labels, same, described)]
    again = [replace(f, table=str(export / MANIFEST), column=f"evals.{f.table}") for f in made.findings]
    note = f"{len(same)} of {len(touched - {MANIFEST})} files of eval sets with findings are what recipe and seed give"
    return [*kept, *again], (note,)


def _accounted(finding: Finding, labels: dict[str, str], same: set[str], described: bool) -> bool:
    path = labels.get(finding.table.partition("#")[0])
    if path == MANIFEST:
        return described and (finding.column or "").startswith("evals.")
    return path in same


def _equal(made: Path, found: Path) -> bool:
    return made.is_file() and found.is_file() and made.read_bytes() == found.read_bytes()
