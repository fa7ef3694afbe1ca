"""Schedules in the five fields of cron."""

from __future__ import annotations

from itertools import product
from typing import Literal

from pydantic import Field, field_validator

from synthgen.generator import Build, Params
from synthgen.generators.expressions import Node
from synthgen.generators.mixes import Mix, mix, mixed
from synthgen.generators.spelled import Spelled, either, words

_KINDS = {
    "minutes": 0.2, "hourly": 0.15, "daily": 0.3, "weekdays": 0.1, "weekly": 0.1, "monthly": 0.1, "quarterly": 0.05,
}  # fmt: skip


class CronParams(Params):
    """`cron: any`, one kind, or kinds with weights."""

    cron: (
        Literal["any", "minutes", "hourly", "daily", "weekdays", "weekly", "monthly", "quarterly"] | dict[str, float]
    ) = Field(description="write cron: any, minutes, hourly, daily, weekdays, weekly, monthly or quarterly")
    step: int = Field(default=5, ge=1, le=30, description="minutes are multiples of this: 1, 2, 3, 5, 6, 10, 15 or 30")

    @field_validator("cron")
    @classmethod
    def _known(cls, value: Mix) -> Mix:
        return mix(value, _KINDS)

    @field_validator("step")
    @classmethod
    def _divides(cls, value: int) -> int:
        if 60 % value:
            raise ValueError(f"{value} minutes do not divide an hour; write 1, 2, 3, 5, 6, 10, 15 or 30")
        return value


class Cron(Spelled[CronParams]):
    """A schedule in cron's five fields: minute, hour, day of month, month, day of week; each one can come due.

    Example: `schedule: {cron: any}`.
    """

    Params = CronParams

    def __init__(self, params: CronParams, build: Build) -> None:
        super().__init__(params, build)
        found = mixed(params.cron, _KINDS)
        trees = ((weight, _schedules(kind, params.step)) for kind, weight in found.items())
        self.spell(f"cron:{build.table}.{build.column}", either(trees))


def _schedules(kind: str, step: int) -> Node:
    """The schedules of a kind; no two kinds share one, and no day of month is above 28, which February has."""
    minutes = range(0, 60, step)
    times = [f"{m} {h}" for h, m in product(range(24), minutes)]
    if kind == "minutes":
        return words({f"*/{n} * * * *": w for n, w in {2: 0.5, 5: 4.0, 10: 3.0, 15: 4.0, 20: 1.0, 30: 3.0}.items()})
    if kind == "hourly":
        plain = {f"{m} * * * *": 12 / len(minutes) for m in minutes}
        every = {f"{m} */{n} * * *": 2 / len(minutes) for n in (2, 3, 4, 6, 8, 12) for m in minutes}
        return words(plain | every)
    if kind == "daily":
        return words([f"{t} * * *" for t in times])
    if kind == "weekdays":
        return words([f"{t} * * 1-5" for t in times])
    if kind == "weekly":
        return words([f"{t} * * {d}" for d in range(7) for t in times])
    months = "*" if kind == "monthly" else "1,4,7,10"
    return words([f"{t} {d} {months} *" for d in range(1, 29) for t in times])
