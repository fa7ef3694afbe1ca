"""The eval line: cases made, scanned, audited and written; and cases made anew to verify an export."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from synthgen.artifacts import Finding
from synthgen.engine.base import Engine
from synthgen.export.manifest import EvalEntry, FileEntry
from synthgen.plan.model import Plan
from synthgen.plan.world import World
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.model import Recipe

if TYPE_CHECKING:
    from synthgen.evals.audit import Examined
    from synthgen.privacy.leakage.fingerprint import Fingerprint

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class EvalsMade:
    """What all evals of a run came to."""

    entries: Mapping[str, EvalEntry] = field(default_factory=dict)
    harness: Sequence[FileEntry] = ()
    findings: Sequence[Finding] = ()


def produce_evals(
    recipe: Recipe,
    plan: Plan,
    world: World,
    staging: Path,
    engine: Engine,
    progress: Progress | None,
    sources: Sequence[Fingerprint] = (),
) -> EvalsMade:
    """Make, scan, audit and write every eval of the plan to staging; nothing is imported for a plan without evals.

    `sources` are real data that no text of a case may share anything with.
    """
    if not plan.evals:
        return EvalsMade()
    from synthgen.cases.make import Maker, Setup, make
    from synthgen.cases.publish import audited, eval_set, finding, write_sets
    from synthgen.cases.tables import leaked_cases, scan_cases

    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        index = {root: world.index(root) for root in plan.roots}
        maker = Maker(Setup(recipe, index, Path(folder)), plan, world)
        made = make(maker, engine, progress)
        sets = [eval_set(maker, plan.evals[n], [e.case for e in examined]) for n, examined in made.items()]
        reports = {name: audited(plan.evals[name], examined) for name, examined in made.items()}
        findings = [finding(name, fault) for name, report in reports.items() for fault in report.faults]
        scanner = Scanner(recipe.privacy.pii)
        for one in sets:
            findings += scan_cases(one, scanner)
            findings += leaked_cases(one, sources)
        formats, harnesses = recipe.export.formats, recipe.export.evals
        entries, files = write_sets(sets, reports, plan.evals, formats, harnesses, staging)
    return EvalsMade(entries, files, findings)


def preview_evals(plan: Plan, world: World, names: Sequence[str], count: int) -> dict[str, list[Examined]]:
    """The first cases of some evals, with their variants after each."""
    if not names:
        return {}
    from synthgen.cases.make import Maker, Setup

    found: dict[str, list[Examined]] = {}
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        maker = Maker(Setup(plan.recipe, {}, Path(folder)), plan, world)
        for name in names:
            block = plan.evals[name].family.block
            whole = -(-min(count, plan.evals[name].n) // block) * block
            base = maker.proven(name, range(whole))[:count]
            found[name] = [
                x for e in base for x in (e, *(maker.examined(name, v) for v in maker.variants(name, e.case)))
            ]
    return found


def regenerated_cases(plan: Plan, world: World, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Finding]:
    """Findings where cases of an export differ from what recipe and seed give; `rows` are rows of its case tables."""
    from synthgen.cases.make import Maker, Setup
    from synthgen.cases.tables import frame_of_cases

    found: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        maker = Maker(Setup(plan.recipe, {}, Path(folder)), plan, world)
        for name, several in rows.items():
            for row in several:
                identity = str(row["parent"] or row["id"])
                number = int(identity.rpartition("-")[2])
                case = maker.case(name, number, int(str(row["attempt"])))
                planned, room, _ = maker.room(name)
                if planned.paraphraser is not None and '"wording":"model"' in str(row["slices"]):
                    case = planned.paraphraser.apply(case, planned.family, room)
                if row["variant"]:
                    kinds = {v.variant: v for v in maker.variants(name, case)}
                    case = kinds.get(str(row["variant"]), case)
                made = frame_of_cases([case], str(row["canary"])).row(0, named=True)
                differing = [c for c in made if _written(made[c]) != _written(row[c])]
                if differing:
                    message = f"case {row['id']} differs from what recipe and seed give"
                    found.append(Finding("integrity", name, differing[0], number, message=message))
    return found


def _written(value: object) -> str:
    """A cell as text formats write it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
