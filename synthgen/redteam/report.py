"""What an attack came to: recall with its interval, by form and by entity, and what was missed, by place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any

from synthgen.artifacts import Finding
from synthgen.errors import usage
from synthgen.pipeline import planned
from synthgen.plan.model import Plan
from synthgen.plan.world import World
from synthgen.redteam.attack import ROWS, attack
from synthgen.redteam.forms import FORMS, PLAIN
from synthgen.redteam.plants import Plant

PLAIN_LEAST, MUTATED_LEAST = 1.0, 0.95
"""Recall that the gate must reach: of plain plants, and of mutated ones."""
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Recall:
    """How many plants were caught, of how many."""

    planted: int
    caught: int

    @classmethod
    def of(cls, caught: Iterable[bool]) -> Recall:
        """Count the plants."""
        every = list(caught)
        return cls(len(every), sum(every))

    @property
    def share(self) -> float:
        """Caught of planted; 1 where nothing was planted."""
        return self.caught / self.planted if self.planted else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of the share (Wilson 1927, J. Am. Stat. Assoc. 22:209).

        >>> [round(x, 3) for x in Recall(100, 100).interval]
        [0.963, 1.0]
        """
        n = self.planted
        if not n:
            return 0.0, 1.0
        middle = (self.share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(self.share * (1 - self.share) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def to_json(self) -> dict[str, Any]:
        """Counts, share and interval."""
        low, high = self.interval
        return {
            "planted": self.planted,
            "caught": self.caught,
            "recall": round(self.share, 6),
            "interval": [round(low, 6), round(high, 6)],
        }


@dataclass(frozen=True)
class Report:
    """An attack's result. `left_out` counts values that were not planted, by reason; `clean` are findings without any.

    `rows` are the rows and cases that were planted in, `seed` is what the values were drawn from.
    """

    plants: Sequence[tuple[Plant, bool]]
    left_out: Mapping[str, int] = field(default_factory=dict)
    clean: Sequence[Finding] = ()
    rows: int = 0
    seed: int = 0

    @property
    def plain(self) -> Recall:
        """Recall of plain plants."""
        return Recall.of(caught for plant, caught in self.plants if plant.form == PLAIN)

    @property
    def mutated(self) -> Recall:
        """Recall of all other forms together."""
        return Recall.of(caught for plant, caught in self.plants if plant.form != PLAIN)

    @property
    def forms(self) -> dict[str, Recall]:
        """Recall by form."""
        return {f: Recall.of(c for p, c in self.plants if p.form == f) for f in FORMS}

    @property
    def entities(self) -> dict[str, tuple[Recall, Recall]]:
        """Recall by entity, plain and mutated."""
        names = list(dict.fromkeys(p.entity for p, _ in self.plants))
        groups: dict[str, tuple[list[bool], list[bool]]] = {name: ([], []) for name in names}
        for plant, caught in self.plants:
            groups[plant.entity][plant.form != PLAIN].append(caught)
        return {name: (Recall.of(plain), Recall.of(mutated)) for name, (plain, mutated) in groups.items()}

    @property
    def missed(self) -> list[Plant]:
        """Plants that the gate let through."""
        return [plant for plant, caught in self.plants if not caught]

    @property
    def passed(self) -> bool:
        """Whether recall is what it must be, and nothing was found where nothing was planted."""
        return not self.clean and self.plain.share >= PLAIN_LEAST and self.mutated.share >= MUTATED_LEAST

    def summary(self) -> dict[str, Any]:
        """What a manifest keeps: the same for the same recipe, seed and version."""
        return {
            "seed": self.seed,
            "rows": self.rows,
            "plain": self.plain.to_json(),
            "mutated": self.mutated.to_json(),
            "forms": {form: [recall.caught, recall.planted] for form, recall in self.forms.items()},
            "clean": len(self.clean),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything; no value is in it, because none was kept."""
        return {
            **self.summary(),
            "entities": {
                name: {"plain": plain.to_json(), "mutated": mutated.to_json()}
                for name, (plain, mutated) in self.entities.items()
            },
            "left_out": dict(self.left_out),
            "missed": [vars(plant) for plant in self.missed],
        }


def examine(plan: Plan, world: World, *, rows: int = ROWS, seed: int = 0) -> Report:
    """Attack a plan whose world is there already."""
    outcome = attack(plan, world, rows=rows, seed=seed)
    return Report(outcome.caught, dict(outcome.left_out), outcome.clean, outcome.rows, seed)


def measured(plan: Plan, world: World) -> dict[str, Any]:
    """The summary that `synthgen run --redteam` keeps in the manifest."""
    return examine(plan, world).summary()


def redteam(recipe: Path, *, rows: int = ROWS, seed: int = 0, allow_outside: bool = False) -> Report:
    """Plant values in what a recipe makes, run its gate over them, and count what it caught; nothing is written.

    Raises RecipeError for a recipe that cannot run, UsageError for `rows` below 1.
    """
    if rows < 1:
        raise usage("bad-value", f"--rows {rows}: not a number of rows", "write --rows 200")
    plan = planned(recipe, allow_outside=allow_outside)
    return examine(plan, World(plan), rows=rows, seed=seed)
