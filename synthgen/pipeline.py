"""The line, and the Python API: check, preview, run, verify, init. `scan` is in `scanning`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from synthgen import inputs, produce, provenance
from synthgen.artifacts import Finding, Verdict
from synthgen.cases.line import EvalsMade, preview_evals, produce_evals, regenerated_cases
from synthgen.engine.base import Engine
from synthgen.errors import Problem, RecipeError, did_you_mean, usage
from synthgen.export.layout import MANIFEST, RECIPE, SIGNATURE, stems
from synthgen.export.manifest import InputEntry, Overrides, RecipeEntry, TableEntry, build_manifest, canonical
from synthgen.export.staging import Staging
from synthgen.gate import clear, judge
from synthgen.llm.permit import Permit
from synthgen.plan.compile import compile_recipe
from synthgen.plan.model import Plan
from synthgen.plan.partition import partition
from synthgen.plan.planting import first_rows
from synthgen.plan.sources import open_sources
from synthgen.plan.world import World
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.load import collect
from synthgen.recipe.model import Recipe, Window
from synthgen.recording import record
from synthgen.registry import ENGINES
from synthgen.signing import read_private
from synthgen.tables import table_entries

if TYPE_CHECKING:
    from synthgen.evals.audit import Examined
    from synthgen.privacy.leakage.fingerprint import Fingerprint

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RunResult:
    """What `run` came to. `target` is None where the gate refused; `tables` as in the manifest.

    `signed_by` is the id of the key that has signed the export; `signature_lost` tells that it has replaced another
    one, which was signed, and is not signed itself. `notes` say how columns were made that may surprise.
    """

    verdict: Verdict
    target: Path | None
    tables: dict[str, dict[str, Any]]
    seconds: float
    evals: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_by: tuple[str, ...] = ()
    signature_lost: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerifyResult:
    """What `verify` found; `tables` as in the manifest. `regenerated` counts rows and cases that were made anew."""

    verdict: Verdict
    tables: dict[str, dict[str, Any]]
    seconds: float
    evals: dict[str, dict[str, Any]] = field(default_factory=dict)
    trust: provenance.Trust = field(default_factory=lambda: provenance.Trust("none"))
    regenerated: int = 0


@dataclass(frozen=True)
class InitResult:
    """What `init` wrote, and what it could not carry over."""

    recipe: Path
    contract: Path
    tables: list[str]
    warnings: list[Problem] = field(default_factory=list)


def check(recipe: Path, *, allow_outside: bool = False) -> list[Problem]:
    """Every problem of a recipe, of its reading and of its plan at once, and the plan's notes; no row is made."""
    found, problems = collect(recipe, allow_outside=allow_outside)
    if found is None:
        return problems
    try:
        plan = compile_recipe(found, problems)
    except RecipeError as error:
        return [*(p for p in problems if p.severity == "warning"), *error.problems]
    return [*problems, *(Problem("how-it-is-made", note, severity="note") for note in plan.notes)]


@dataclass(frozen=True)
class Preview:
    """The first rows of tables, the first cases of evals with what their audit found, and the plan's notes."""

    tables: dict[str, pl.DataFrame]
    evals: dict[str, list[Examined]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def preview(recipe: Path, name: str | None = None, rows: int = 5, *, allow_outside: bool = False) -> Preview:
    """The first rows of one table or eval, or of every one: the very rows and cases that `run` would write."""
    plan = planned(recipe, allow_outside=allow_outside, show_missing=True)
    if name is not None and name not in plan.tables and name not in plan.evals:
        known = [*plan.tables, *plan.evals]
        raise usage("unknown-table", f"there is no table or eval '{name}' in {recipe}", did_you_mean(name, known))
    world = World(plan)
    names = [name] if name is not None else list(plan.tables)
    frames = {t: produce.frame_of(first_rows(world, t, rows)) for t in names if t in plan.tables}
    evals = [name] if name is not None else list(plan.evals)
    notes = tuple(n for n in plan.notes if n.partition(".")[0] in frames)
    return Preview(frames, preview_evals(plan, world, [e for e in evals if e in plan.evals], rows), notes)


def run(
    recipe: Path,
    *,
    out: Path | None = None,
    seed: int | None = None,
    rows: Mapping[str, int] | None = None,
    scale: float | None = None,
    engine: str = "local",
    workers: int = 1,
    partition_rows: int | None = None,
    allow_outside: bool = False,
    sign: Path | None = None,
    attack: Callable[[Plan, World], Mapping[str, Any]] | None = None,
    permit: Permit | None = None,
    window: Window | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Generate, scan, gate and export a recipe. A refusal is a verdict that did not pass, and nothing is written.

    `window` bounds the days of tables that grow: with a start, only later rows are written, an increment. `permit` says
    which language models may be asked for answers that are not on record: none without it. `sign` is the file of a
    private key: the export is published with its signature, or not at all. `attack` measures the gate (see
    `synthgen.redteam`); what it returns stands under `redteam` in what the verdict says of the scan.
    """
    started = time.perf_counter()
    signer = None if sign is None else read_private(sign)
    found, problems = _read(recipe, allow_outside=allow_outside)
    changed = replace(overridden(found, seed, rows or {}, scale, window), permit=permit or Permit())
    plan = compile_recipe(changed, problems)
    target = out or Path(changed.export.to or f"outputs/{changed.name}")
    runner = cast(Engine, ENGINES.get(engine)(workers))
    sources = open_sources(changed)
    with Staging(target) as staging:
        recorded = record(plan, changed.permit, progress)
        world = World(plan)
        done = _produce(plan, world, staging.path, runner, partition_rows, progress, sources)
        sets = produce_evals(changed, plan, world, staging.path, runner, progress, sources)
        kept = [staging.copy_input(c.path, c.content, c.role) for c in inputs.copies(found, plan, recorded.files)]
        read = inputs.scanned(staging.path, kept, plan)
        findings = produce.merged([*produce.found(done), *sets.findings, *read])
        scanned = {**Scanner(changed.privacy.pii).describe(), "rows": {t: world.size(t) for t in plan.tables}}
        scanned |= {"sources": [source.describe() for source in sources]} if sources else {}
        scanned |= {"redteam": dict(attack(plan, world))} if attack is not None else {}
        verdict = judge(findings, on_finding=changed.privacy.on_finding, scanned=scanned)
        entries = table_entries(plan, world, done, recorded.columns)
        tables = {name: entry.model_dump(mode="json") for name, entry in entries.items()}
        evals = {name: entry.model_dump(mode="json") for name, entry in sets.entries.items()}
        if not verdict.passed:
            seconds = time.perf_counter() - started
            return RunResult(verdict, None, _unwritten(tables), seconds, _unwritten(evals), notes=plan.notes)
        overrides = _overrides(rows or {}, scale, window)
        written = _manifest(staging, changed, entries, sets, verdict, overrides, kept)
        signature, lost = provenance.carried(staging.target, written, signer)
        if signature is not None:
            staging.write(SIGNATURE, signature)
        staging.publish(clear(verdict))
    signed_by = () if signer is None else (signer.public_key.keyid,)
    return RunResult(verdict, target, tables, time.perf_counter() - started, evals, signed_by, lost, plan.notes)


def verify(
    export: Path, *, regenerate: int = 0, keys: Sequence[Path] = (), sources: Sequence[Path] = ()
) -> VerifyResult:
    """Check every file of an export against its manifest, and with `regenerate` that many rows of each table anew.

    `keys` are files of public keys; one of them must have signed the export as it is. `sources` are fingerprints, or
    data files, of which nothing may stand in the export.
    """
    from synthgen.export.verify import read_manifest, verify_files  # readers of every format, as above

    started = time.perf_counter()
    findings: list[Finding] = verify_files(export)
    trust = provenance.check(export, keys)
    tables: dict[str, dict[str, Any]] = {}
    evals: dict[str, dict[str, Any]] = {}
    regenerated = 0
    scanned: dict[str, Any] = {}
    if not findings and not any(f.code == "integrity" for f in trust.findings):
        manifest = read_manifest(export)
        tables = {name: entry.model_dump(mode="json") for name, entry in manifest.tables.items()}
        evals = {name: entry.model_dump(mode="json") for name, entry in manifest.evals.items()}
        if regenerate:
            plan = planned_export(export)
            world = World(plan)
            findings += inputs.regenerated(export, manifest, world, regenerate)
            cases = inputs.cases(export, manifest, regenerate)
            findings += regenerated_cases(plan, world, cases)
            regenerated = inputs.chosen_rows(manifest, regenerate) + sum(map(len, cases.values()))
        if sources:
            leaked, scanned["sources"] = inputs.leaked(export, manifest, sources)
            findings += leaked
    sides = [side for table in tables.values() for side in table.get("sides", {}).values()]
    scanned["files"] = sum(len(part["files"]) for part in [*tables.values(), *sides, *evals.values()])
    verdict = judge([*findings, *trust.findings], on_finding="block", scanned=scanned)
    return VerifyResult(verdict, tables, time.perf_counter() - started, evals, trust, regenerated)


def init(source: str, out: Path, *, dialect: str | None = None, force: bool = False) -> InitResult:
    """Write a recipe and its contract from a schema that exists: DDL, a database, samples."""
    from synthgen.recipe.write import write_recipe  # importers are heavy: only `init` pays for them
    from synthgen.schema.importers.source import import_source
    from synthgen.schema.save import dump_contract

    name = out.name.removesuffix(".yaml").removesuffix(".yml")
    contract = out.parent / "schemas" / f"{name}.odcs.yaml"
    for path in (out, contract):
        if path.exists() and not force:
            raise usage("exists", f"{path} exists already", "choose another name with -o, or overwrite it with --force")
    found = import_source(source, dialect=dialect)
    relative = f"schemas/{contract.name}"
    recipe = write_recipe(found.tables, name, contract_file=relative, warnings=found.warnings)
    contract.parent.mkdir(parents=True, exist_ok=True)
    contract.write_text(dump_contract(found.tables, name), encoding="utf-8")
    out.write_text(recipe, encoding="utf-8")
    return InitResult(out, contract, [t.name for t in found.tables], list(found.warnings))


def planned(recipe: Path, *, allow_outside: bool = False, show_missing: bool = False) -> Plan:
    """The plan of a recipe; raises RecipeError with all its problems.

    With `show_missing`, a cell whose answer is not on record shows the prompt instead of being an error.
    """
    found, problems = _read(recipe, allow_outside=allow_outside)
    return compile_recipe(replace(found, missing_answers="show" if show_missing else "fail"), problems)


def planned_export(export: Path) -> Plan:
    """The plan of the recipe that an export holds, with the seed and the sizes that it was run with."""
    return compile_recipe(_recorded(export))


# -- parts


def _read(recipe: Path, *, allow_outside: bool) -> tuple[Recipe, list[Problem]]:
    """The recipe and its problems; raises RecipeError where nothing can be read at all."""
    found, problems = collect(recipe, allow_outside=allow_outside)
    if found is None:
        raise RecipeError(problems)
    return found, problems


def overridden(
    recipe: Recipe, seed: int | None, rows: Mapping[str, int], scale: float | None, window: Window | None = None
) -> Recipe:
    """The recipe with another seed and other sizes; raises UsageError for tables that state no rows."""
    if scale is not None and not 0 < scale <= 1e6:
        raise usage("bad-value", f"--scale {scale}: not a factor above 0", "write --scale 10")
    tables = dict(recipe.tables)
    if window is not None and (window.start or window.end):
        _growing(recipe, window)
    for name in rows:
        if name not in tables:
            raise usage("unknown-table", f"--rows: there is no table '{name}'", did_you_mean(name, tables))
        if tables[name].reference is not None:
            message = f"--rows: {name} is a reference table, kept as it is"
            raise usage("contradiction", message, "change its file, or leave it out of --rows")
        if tables[name].per is not None:
            parent = tables[name].per
            message = f"--rows: {name} is made per {parent}, which decides its rows"
            raise usage("contradiction", message, f"write --rows {parent}=N, or --scale X")
        if tables[name].growth is not None:
            message = f"--rows: {name} grows by day, which decides its rows"
            raise usage("contradiction", message, "write --to-date, or --scale X")
    for name, table in tables.items():
        if name in rows:
            tables[name] = replace(table, rows=rows[name])
        elif scale is not None and table.rows is not None and table.reference is None:
            tables[name] = replace(table, rows=max(1, round(table.rows * scale)) if table.rows else 0)
    grows = replace(window or Window(), scale=scale or 1.0)
    return replace(recipe, tables=tables, window=grows, seed=recipe.seed if seed is None else seed)


def _growing(recipe: Recipe, window: Window) -> None:
    """Raises UsageError where a window of days makes no sense for the recipe."""
    if all(table.growth is None for table in recipe.tables.values()):
        message = "--from-date and --to-date: no table of the recipe grows by day"
        raise usage("contradiction", message, "give a table growth: {from: 2026-01-01, per_day: 100} in place of rows")
    if window.start and window.end and window.start > window.end:
        message = f"--from-date {window.start} comes after --to-date {window.end}"
        raise usage("contradiction", message, "name the earlier day first")
    if window.start and recipe.evals:
        message = "--from-date makes an increment, but the cases of eval sets are made of all rows"
        raise usage("contradiction", message, "leave --from-date out, or take the evals out of the recipe")


def _overrides(rows: Mapping[str, int], scale: float | None, window: Window | None) -> Overrides:
    """What the command line changed, for the manifest."""
    start, end = (
        None if d is None else d.isoformat() for d in ((window.start, window.end) if window else (None, None))
    )
    return Overrides(rows=dict(rows), scale=scale, from_date=start, to_date=end)


def _produce(
    plan: Plan,
    world: World,
    staging: Path,
    runner: Engine,
    partition_rows: int | None,
    progress: Progress | None,
    sources: tuple[Fingerprint, ...],
) -> list[produce.Produced]:
    """All partitions, in task order."""
    tasks = partition(world, partition_rows)
    index = {root: world.index(root) for root in plan.roots}
    setup = produce.Setup(plan.recipe, index, staging, stems(plan.tables), sources, world)
    total = sum(world.size(name) for name in plan.tables)
    done: dict[int, produce.Produced] = {}
    made = 0
    for number, part in runner.run(produce.prepare, produce.work, setup, tasks):
        done[number] = part
        made += sum(part.rows.values())
        if progress is not None:
            progress("rows", made, total)
    return [done[i] for i in range(len(tasks))]


def _manifest(
    staging: Staging,
    used: Recipe,
    entries: Mapping[str, TableEntry],
    sets: EvalsMade,
    verdict: Verdict,
    overrides: Overrides,
    kept: Sequence[InputEntry],
) -> bytes:
    """Write the manifest to staging; returns its bytes. `kept` are the copies of what was read."""
    content = build_manifest(
        recipe=RecipeEntry(name=used.name, sha256=used.digest),
        seed=used.seed,
        clock=used.clock,
        overrides=overrides,
        tables=entries,
        evals=sets.entries,
        harness=sets.harness,
        inputs=kept,
        verdict=verdict,
    )
    return staging.write(MANIFEST, canonical(content)).read_bytes()


def _recorded(export: Path) -> Recipe:
    """The recipe that an export holds, with the seed and the sizes that it was run with."""
    from synthgen.export.verify import read_manifest

    manifest = read_manifest(export)
    recipe, problems = collect(export / RECIPE, copies=export / inputs.FOLDER)
    if recipe is None:
        raise RecipeError(problems)
    used = manifest.overrides
    start, end = (None if d is None else date.fromisoformat(d) for d in (used.from_date, used.to_date))
    changed = overridden(recipe, manifest.seed, used.rows, used.scale, Window(start, end))
    return replace(changed, name=manifest.recipe.name)


def _unwritten(tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries without files, of their sides too: a refused run has written none."""
    return {
        name: {**table, "files": []} | ({"sides": _unwritten(table["sides"])} if "sides" in table else {})
        for name, table in tables.items()
    }
