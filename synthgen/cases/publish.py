"""Eval sets into staging: cases in every format, files for every harness, and what the manifest says about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from synthgen.artifacts import Finding
from synthgen.cases.make import Maker
from synthgen.cases.tables import frame_of_cases
from synthgen.columns import Column
from synthgen.evalcase import EvalCase, EvalSet
from synthgen.evals.audit import Auditor, Examined, Fault, Report
from synthgen.export.layout import EVALS, stems
from synthgen.export.manifest import EvalEntry, FileEntry, digest_file
from synthgen.export.partition import write_partition
from synthgen.plan.model import PlannedEval
from synthgen.registry import EXPORTERS, HARNESSES

_NAMESPACE = uuid.UUID("6f1d0f5e-3c1b-4f0e-9a57-6d1c8e2b7a40")


def eval_set(maker: Maker, planned: PlannedEval, cases: Sequence[EvalCase]) -> EvalSet:
    """The set as exporters see it."""
    recipe, family = maker.setup.recipe, planned.family
    name = f"{recipe.digest}\x1f{recipe.seed}\x1f{planned.name}"
    room = maker.room(planned.name)[1]
    spoken = [c.slices["language"] for c in cases if "language" in c.slices]
    return EvalSet(
        name=planned.name,
        family=planned.spec.family,
        cases=tuple(cases),
        scorer=family.scorer,
        instruction=family.instruction,
        canary=f"synthgen canary {uuid.uuid5(_NAMESPACE, name)}",
        version=planned.spec.version,
        description=planned.spec.description or "",
        language=tuple(dict.fromkeys(spoken or [locale.split("_")[0] for locale in recipe.locale])),
        files=dict(family.files(room)),
        prompts=planned.prompts,
    )


def audited(planned: PlannedEval, examined: Sequence[Examined]) -> Report:
    """The audit of one set, with the recipe's limits."""
    return Auditor(planned.spec.audit, planned.family.block).report(examined)


def finding(name: str, fault: Fault) -> Finding:
    """A fault of an audit as a finding of the gate."""
    return Finding(fault.code, name, row=fault.number, count=fault.count, message=fault.message)


def write_sets(
    sets: Sequence[EvalSet],
    reports: Mapping[str, Report],
    plans: Mapping[str, PlannedEval],
    formats: Sequence[str],
    harnesses: Sequence[str],
    staging: Path,
) -> tuple[dict[str, EvalEntry], list[FileEntry]]:
    """Write all sets; returns the manifest's entries and the harnesses' files."""
    entries: dict[str, EvalEntry] = {}
    exporters = {name: EXPORTERS.get(name)() for name in formats}
    names = stems(s.name for s in sets)
    for made in sets:
        frame = frame_of_cases(made.cases, made.canary)
        columns = {name: Column.of(frame[name]) for name in frame.columns}
        (staging / EVALS).mkdir(exist_ok=True)
        files = write_partition(columns, exporters, staging, f"{EVALS}/{names[made.name]}")
        entries[made.name] = _entry(made, reports[made.name], plans[made.name], files)
    written: list[FileEntry] = []
    for name in harnesses:
        written += _harness(name, sets, staging)
    return entries, written


def _harness(name: str, sets: Sequence[EvalSet], staging: Path) -> list[FileEntry]:
    """One harness's folder."""
    harness = HARNESSES.get(name)()
    held = [s for s in sets if harness.holds(s)]
    folder = staging / EVALS / name
    folder.mkdir(parents=True)
    harness.write(held, folder)
    cases = sum(len(s.cases) for s in held)
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest, size = digest_file(path)
        relative = path.relative_to(staging).as_posix()
        found.append(FileEntry(path=relative, format=name, rows=cases, bytes=size, sha256=digest))
    return found


def _entry(made: EvalSet, report: Report, planned: PlannedEval, files: Sequence[FileEntry]) -> EvalEntry:
    base = [c for c in made.cases if not c.variant]
    return EvalEntry(
        family=made.family,
        cases=len(made.cases),
        base_cases=len(base),
        version=made.version,
        canary=made.canary,
        sha256=made.content_digest,
        splits={s: sum(c.split == s for c in made.cases) for s in made.splits},
        variants={v: sum(c.variant == v for c in made.cases) for v in planned.spec.variants},
        prompts={p.name: f"{p.version} {p.digest}".strip() for p in made.prompts},
        size=asdict(planned.size),
        audit=dict(report.figures),
        files=tuple(files),
    )
