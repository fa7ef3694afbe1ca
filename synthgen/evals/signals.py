"""Series and event logs that can be made again without their anomalies: each is a function of a few parameters.

Noise is the sum of twelve uniform integers (Irwin-Hall, close to a normal distribution) cut at three standard
deviations, so that it is the same on every machine and no ordinary value is an outlier.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from synthgen.evals.draw import Draw
from synthgen.seeds import draws, stream_key

SEEDS = 1_000_000  # a longer number could be taken for one of a card or a telephone
SIGMAS = 4.0  # how far, in standard deviations of the noise, an anomaly departs from the clean value
SERIES = ("spike", "level_shift", "drift", "missing", "frozen")
EVENTS = ("burst", "gap", "out_of_order", "duplicate")
LENGTHS: Mapping[str, tuple[int, int]] = {
    "spike": (1, 3), "level_shift": (8, 25), "drift": (20, 40), "missing": (5, 20), "frozen": (8, 22),
}  # fmt: skip
"""Fewest and most points of each anomaly of a series."""
SIZES: Mapping[str, tuple[float, float]] = {"spike": (7, 14), "level_shift": (5, 9), "drift": (8, 14)}
"""Departure in standard deviations: of every point, at the end of a drift."""


def noise(seed: int, count: int) -> list[float]:
    """Noise with mean 0 and standard deviation 1, at most 3."""
    bits = draws(stream_key(seed, "#anomaly", "noise"), 0, 12 * count).reshape(count, 12) >> np.uint64(32)
    return [min(3.0, max(-3.0, int(total) / 2**32 - 6.0)) for total in bits.sum(axis=1)]


@dataclass(frozen=True)
class Series:
    """Parameters of a series: `value(t) = level + trend t + amplitude sin(2 pi (t + phase) / period) + sigma noise(t)`.

    `step` is in minutes, everything else in points and in the unit of the values.
    """

    seed: int
    count: int
    start: str
    step: int
    level: float
    trend: float
    amplitude: float
    period: int
    phase: int
    sigma: float
    decimals: int

    def stamps(self) -> list[str]:
        """The times of all readings."""
        first = datetime.fromisoformat(self.start)
        return [f"{first + timedelta(minutes=self.step * t):%Y-%m-%d %H:%M}" for t in range(self.count)]

    def clean(self) -> list[float]:
        """The values without any anomaly, rounded as they are written."""
        found = []
        for t, z in enumerate(noise(self.seed, self.count)):
            season = self.amplitude * math.sin(2 * math.pi * (t + self.phase) / self.period)
            found.append(round(self.level + self.trend * t + season + self.sigma * z, self.decimals))
        return found


@dataclass(frozen=True)
class Injected:
    """An anomaly of a series: points `first .. last`, with its size in standard deviations, signed."""

    kind: str
    first: int
    last: int
    size: float = 0.0

    def apply(self, values: Sequence[float | None], sigma: float, decimals: int) -> list[float | None]:
        """The values with the anomaly; missing ones are None."""
        found = list(values)
        stuck = values[self.first - 1]
        length = self.last - self.first + 1
        for i in range(self.first, self.last + 1):
            value = values[i]
            if self.kind == "missing":
                found[i] = None
            elif self.kind == "frozen":
                found[i] = stuck
            elif value is not None:
                part = (i - self.first + 1) / length if self.kind == "drift" else 1.0
                found[i] = round(value + self.size * sigma * part, decimals)
        return found


def drawn_series(domain: Mapping[str, Any], start: datetime, draw: Draw) -> Series:
    """Parameters of a series of a domain."""
    level = _between(domain["level"], draw)
    sigma = level * _between(domain["noise"], draw)
    count = draw.integer(60, 240)
    return Series(
        draw.below(SEEDS), count, start.isoformat(), draw.pick(domain["steps"]), round(level, 3),
        round(sigma * (draw.unit() - 0.5) * 8 / count, 6), round(sigma * (3 + 5 * draw.unit()), 4),
        draw.integer(12, 48), draw.integer(0, 47), round(sigma, 4), 2 if level < 1000 else 1,
    )  # fmt: skip


def drawn_anomalies(kinds: Sequence[str], count: int, draw: Draw) -> list[Injected] | None:
    """Anomalies at places of their own, at least 12 points apart; None where they do not fit."""
    found: list[Injected] = []
    for i, kind in enumerate(kinds):
        chosen = draw.child("anomaly", i)
        length = chosen.integer(*LENGTHS[kind])
        if length > count // 3:
            return None
        first = chosen.integer(6, count - length - 6)
        last = first + length - 1
        if any(first - 12 <= other.last and other.first <= last + 12 for other in found):
            return None
        size = _between(SIZES[kind], chosen) * chosen.pick((-1, 1)) if kind in SIZES else 0.0
        found.append(Injected(kind, first, last, round(size, 3)))
    return sorted(found, key=lambda a: a.first)


@dataclass(frozen=True)
class Log:
    """Parameters of an event log: `count` events, from half of `every` to one and a half of it in seconds apart."""

    seed: int
    count: int
    start: str
    every: int
    prefix: str
    says: tuple[str, ...]

    def clean(self) -> list[tuple[datetime, str]]:
        """Times and texts of all events, without any anomaly."""
        at, found = datetime.fromisoformat(self.start), []
        draw = Draw(self.seed, "log")
        number = draw.integer(1000, 80000)
        for _ in range(self.count):
            at += timedelta(seconds=max(1, round(self.every * (0.5 + draw.unit()))))
            number += draw.integer(1, 9)
            found.append((at, f"{self.prefix}-{number} {draw.pick(self.says)}"))
        return found


def drawn_log(domain: Mapping[str, Any], start: datetime, draw: Draw) -> Log:
    """Parameters of an event log of a domain."""
    low, high = domain["every"]
    return Log(
        draw.below(SEEDS), draw.integer(60, 140), start.isoformat(), draw.integer(low, high), domain["id"],
        tuple(domain["says"]),
    )  # fmt: skip


Event = tuple[datetime, str]


def disturbed(events: Sequence[Event], kind: str, every: int, draw: Draw) -> tuple[list[Event], datetime, datetime]:
    """The events with an anomaly, and when it begins and ends."""
    found = list(events)
    at = draw.integer(8, len(events) - 24)
    if kind == "gap":
        length = draw.integer(8, 14)
        return [*found[:at], *found[at + length :]], found[at - 1][0], found[at + length][0]
    if kind == "duplicate":
        later = at + draw.integer(1, 4)
        return [*found[:later], found[at], *found[later:]], found[at][0], found[at][0]
    if kind == "out_of_order":
        moved = found.pop(at)
        later = at + draw.integer(4, 12)
        return [*found[:later], moved, *found[later:]], moved[0], moved[0]
    begin, number = found[at][0], int(found[-1][1].split(" ")[0].rpartition("-")[2])
    prefix = found[at][1].rpartition("-")[0]
    extra = []
    for i in range(draw.integer(14, 24)):
        begin += timedelta(seconds=max(1, round(every * 0.12 * (0.5 + draw.unit()))))
        said = found[draw.below(len(found))][1].split(" ")[1]
        extra.append((begin, f"{prefix}-{number + 1 + i} {said}"))
    merged = sorted([*found, *extra], key=lambda e: e[0])
    return merged, extra[0][0], extra[-1][0]


def _between(limits: Sequence[float], draw: Draw) -> float:
    low, high = limits
    return low + (high - low) * draw.unit()
