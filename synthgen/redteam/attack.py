"""The attack: values planted in what a recipe makes, the gate run over it, and what it caught.

Each plant stands in a row of its own, so that whatever the gate finds in that row is due to it; the row without the
plant is in the batch too, and clean. The scanner is the recipe's own: its mode, the accounts that its generators
declare, and its `pii:` modifiers.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.gate import judge
from synthgen.plan.model import Plan
from synthgen.plan.world import World
from synthgen.privacy.account import Account
from synthgen.privacy.scanner import Scanner
from synthgen.redteam.forms import PLAIN
from synthgen.redteam.plants import Plant, Target, planted_column, split, targets, texts
from synthgen.redteam.values import make

ROWS = 200
"""Rows of each table, and cases of each eval, that values are planted in."""
SPREAD, APART = 20, 120
"""Clean rows for each plant of a column, so that plants stay rare, as parts of values must be to look out of place."""


@dataclass
class Outcome:
    """What became of every plant, how many were left out and why, and what was found without any plant."""

    caught: list[tuple[Plant, bool]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    clean: list[Finding] = field(default_factory=list)
    rows: int = 0


def attack(plan: Plan, world: World, *, rows: int = ROWS, seed: int = 0) -> Outcome:
    """Plant values in every table and every eval of a plan. The same plan, rows and seed give the same outcome."""
    outcome = Outcome()
    scanner = Scanner(plan.recipe.privacy.pii)
    for name in plan.tables:
        count = min(rows, world.size(name))
        if count:
            _Table(plan, world, name, count, scanner).attack(seed, outcome)
    if plan.evals:
        _attack_evals(plan, world, rows, seed, scanner, outcome)
    return outcome


class _Table:
    """One table: a sample of its rows, planted in again and again."""

    def __init__(self, plan: Plan, world: World, name: str, count: int, scanner: Scanner) -> None:
        self.name, self.count, self.scanner = name, count, scanner
        spec = plan.tables[name].spec
        self.marked = {c.name: c.pii for c in spec.columns.values() if c.pii}
        self.columns = dict(world.rows(name, 0, count).frame())
        mode = plan.recipe.privacy.pii
        self.accounts = {n: Account.of(mode, c.declared, self.marked.get(n)) for n, c in self.columns.items()}

    def attack(self, seed: int, outcome: Outcome) -> None:
        """The clean rows, then one value a row, then one over two columns, then one in each column of integers."""
        outcome.clean += self.scanner.scan(self.name, self.columns, declared=self.marked)
        outcome.rows += self.count
        found = targets(self.name, self.columns, self.accounts)
        planted: list[tuple[Plant, dict[str, tuple[str, bool]]]] = []
        most = 0
        for target in found:
            several = [(p, {target.name: (t, f)}) for p, t, f in texts(target, seed, outcome.left_out)]
            planted += several
            most = max(most, len(several))
        self._plant(planted, SPREAD * most, outcome)
        parts = [
            (plant, {left.name: (first, False), right.name: (second, False)})
            for plant, (left, first), (right, second) in split(found, self.columns, seed, outcome.left_out)
        ]
        most = max(Counter(p.column for p, _ in parts).values(), default=0)
        self._plant(parts, APART * most, outcome)
        self._integers(seed, outcome)

    def _plant(
        self, planted: Sequence[tuple[Plant, Mapping[str, tuple[str, bool]]]], clean: int, outcome: Outcome
    ) -> None:
        """Scan clean rows, and behind them one row for each plant."""
        if not planted:
            return
        size = max(clean, self.count) + len(planted)
        first = size - len(planted)
        rows = pl.arange(size, eager=True) % self.count
        columns = {}
        for name, column in self.columns.items():
            cells = {first + i: cells[name] for i, (_, cells) in enumerate(planted) if name in cells}
            columns[name] = planted_column(column, rows, cells)
        hit = blocked(self._findings(columns))
        outcome.caught += [(plant, first + i in hit) for i, (plant, _) in enumerate(planted)]

    def _findings(self, columns: Mapping[str, Column]) -> Iterator[Finding]:
        """One finding for each row concerned."""
        for leaf, flag in self.scanner.flags(self.name, columns, self.marked):
            code = "unscanned" if flag.unscanned else "pii"
            for row in flag.rows.to_list():
                yield Finding(code, self.name, leaf, row, flag.entity, flag.score)  # type: ignore[arg-type]

    def _integers(self, seed: int, outcome: Outcome) -> None:
        """A card number in each column of integers that can hold it, alone: many of them would be a column of cards."""
        for name, column in self.columns.items():
            values = column.values
            if values.dtype not in (pl.Int64, pl.UInt64):
                continue
            plant = Plant(self.name, name, "CREDIT_CARD", PLAIN)
            card = make("CREDIT_CARD", Draw(seed, "redteam", self.name, name, "integer")).value.replace(" ", "")
            rows = pl.arange(SPREAD * self.count, eager=True) % self.count
            made = values.gather(rows).extend(pl.Series([int(card)], dtype=values.dtype))
            columns = {name: Column.of(made, column.declared)}
            outcome.caught.append((plant, len(made) - 1 in blocked(self._findings(columns))))


def blocked(findings: Iterable[Finding]) -> set[int]:
    """Rows for which the gate, asked to block, refuses the export."""
    by_row: dict[int, list[Finding]] = {}
    for finding in findings:
        by_row.setdefault(finding.row or 0, []).append(finding)
    return {r for r, several in by_row.items() if not judge(several, on_finding="block", scanned={}).passed}


class _EachRow(Scanner):
    """A scanner that gives one finding for each row concerned."""

    def scan(
        self,
        table: str,
        columns: Mapping[str, Column],
        first_row: int = 0,
        *,
        declared: Mapping[str, str] | None = None,
    ) -> list[Finding]:
        """See `Scanner.scan`."""
        return [
            Finding("unscanned" if flag.unscanned else "pii", table, leaf, first_row + row, flag.entity, flag.score)
            for leaf, flag in self.flags(table, columns, declared)
            for row in flag.rows.to_list()
        ]


def _attack_evals(plan: Plan, world: World, rows: int, seed: int, scanner: Scanner, outcome: Outcome) -> None:
    """Values planted in the inputs of cases, as sentences that follow the input."""
    from synthgen.cases.make import Maker, Setup
    from synthgen.cases.publish import eval_set
    from synthgen.cases.tables import scan_cases

    each = _EachRow(scanner.mode)
    with tempfile.TemporaryDirectory(prefix="synthgen-") as folder:
        maker = Maker(Setup(plan.recipe, {}, Path(folder)), plan, world)
        for name, planned in plan.evals.items():
            block = planned.family.block
            whole = -(-min(rows, planned.n) // block) * block
            base = [e.case for e in maker.proven(name, range(whole))]
            outcome.clean += scan_cases(eval_set(maker, planned, base), each)
            outcome.rows += len(base)
            target = Target(name, "input", "input", True, Account.of(scanner.mode, None), False)
            planted = list(texts(target, seed, outcome.left_out))
            cases = [
                replace(base[i % len(base)], pieces=(*base[i % len(base)].pieces, Piece(f"\n{text}")))
                for i, (_, text, _) in enumerate(planted)
            ]
            hit = blocked(scan_cases(eval_set(maker, planned, [*base, *cases]), each))
            outcome.caught += [(plant, len(base) + i in hit) for i, (plant, _, _) in enumerate(planted)]
