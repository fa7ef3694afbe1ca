"""The real line for families: cases of a recipe, with what every set of cases must hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from synthgen.cases.make import Maker, Setup, Unrepeated
from synthgen.cases.publish import eval_set
from synthgen.cases.tables import scan_cases
from synthgen.evalcase import EvalCase
from synthgen.evals.audit import Auditor, Examined, examine
from synthgen.privacy.scanner import Scanner
from synthgen.recipe.load import collect

HEAD = """\
synthgen: 1
name: families
seed: 11
clock: "2026-09-01T00:00:00Z"
splits: {dev: 0.2, test: 0.8}
"""


@dataclass(frozen=True)
class Line:
    """One eval of a recipe: its family, its room, and its cases as the line makes them."""

    maker: Maker
    name: str

    @property
    def family(self) -> Any:
        return self.maker.plan.evals[self.name].family

    @property
    def room(self) -> Any:
        return self.maker.room(self.name)[1]

    def case(self, number: int, attempt: int = 0) -> EvalCase:
        return self.maker.case(self.name, number, attempt)

    def cases(self, count: int) -> list[EvalCase]:
        return [self.case(i) for i in range(count)]

    def prove(self, case: EvalCase) -> list[str]:
        found: list[str] = self.family.prove(case, self.room)
        return found

    def settled(self, cases: Sequence[EvalCase]) -> list[Examined]:
        """Examined cases, all with wrong golds too, and with repeats rendered again."""
        family, seed = self.family, self.maker.setup.recipe.seed
        return Unrepeated(self.maker, self.name).settle(
            [examine(c, family, self.room, seed, mutate=True) for c in cases]
        )

    def holds(self, count: int = 300, mutants: int = 2) -> list[EvalCase]:
        """Assert what every set of cases must hold; returns the cases."""
        first = self.cases(count)
        examined = self.settled(first)
        cases = [e.case for e in examined]
        report = Auditor({}, self.family.block).report(examined)
        assert not report.faults, [f.message for f in report.faults]
        figures = report.figures
        assert figures["proven"] == count and figures["oracle"] == 1.0
        assert figures["caught"] == figures["mutants"] >= mutants * count * 0.7
        assert figures["duplicates"] == 0 and figures["near_duplicates"] < 0.01
        assert sum(a.attempt != b.attempt for a, b in zip(first, cases, strict=True)) < 0.03 * count
        assert self.cases(20) == first[:20]
        planned = self.maker.plan.evals[self.name]
        found = scan_cases(eval_set(self.maker, planned, cases), Scanner("reserved"))
        assert not found, [(f.entity, f.column, cases[f.row or 0].input) for f in found]
        return cases


@pytest.fixture
def line(tmp_path: Path) -> Callable[..., Line]:
    """A function that plans one eval (`family: ...`) beside tables and gives its line."""

    def plan(family: str, tables: str = "", *, head: str = HEAD) -> Line:
        path = tmp_path / "families.yaml"
        text = head + (f"tables:\n{indent(dedent(tables), '  ')}\n" if tables else "")
        body = family.strip() if family.startswith("{") else f"{{{family}}}"
        path.write_text(text + f"evals:\n  one: {{cases: 300, {body[1:]}\n", "utf-8")
        recipe, problems = collect(path, allow_outside=True)
        assert recipe is not None and not problems, [p.format() for p in problems]
        return Line(Maker(Setup(recipe, {}, tmp_path)), "one")

    return plan
