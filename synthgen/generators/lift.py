"""Planted effects: what each arm of an experiment adds, by segment, fading with time, and what that truly comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from synthgen.columns import Rows
from synthgen.elementary import exp
from synthgen.generator import Params
from synthgen.units import duration_us, is_duration

Floats = NDArray[np.float64]
_LN2 = 0.6931471805599453


def _amount(value: Any) -> Any:
    Lift.read(value)
    return value


Amount = Annotated[float | str, BeforeValidator(_amount)]  # 0.02 (absolute) or "20%" (relative)
Amounts = Amount | dict[str, Amount]


@dataclass(frozen=True)
class Lift:
    """What an arm adds: an absolute amount, or a share of what the control would be."""

    size: float
    relative: bool = False

    @classmethod
    def read(cls, value: Any) -> Lift:
        """From `0.02` or `20%`; raises ValueError.

        >>> Lift.read("5%")
        Lift(size=0.05, relative=True)
        """
        if isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value):
            return cls(float(value))
        text = str(value).strip()
        if text.endswith("%"):
            try:
                size = float(text[:-1]) / 100
            except ValueError:
                size = float("nan")
            if np.isfinite(size):
                return cls(size, True)
        raise ValueError(f"'{value}' is no lift; write an amount such as 0.02, or a share of the baseline such as 20%")

    def absolute(self, base: float) -> float:
        """The amount that is added to a base."""
        return self.size * base if self.relative else self.size


class Decay(Params):
    """`decay: {half_life: 7d, at: column, from: date, keep: 0}`: an effect that wears off (novelty)."""

    half_life: str
    at: str
    from_: Any = Field(alias="from", description="write from: 2026-01-01, the day that the experiment began")
    keep: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _positive(self) -> Decay:
        if not is_duration(self.half_life) or duration_us(self.half_life) <= 0:
            raise ValueError("a half-life is a duration above 0, such as 7d")
        return self

    def left(self, rows: Rows, start: datetime) -> Floats:
        """The share of the effect that is left in each row: all of it at the start, `keep` of it in the end."""
        times = rows.values(self.at).cast(pl.Datetime("us"))
        began = pl.Series([start], dtype=pl.Datetime("us")).to_physical()[0]
        passed = times.to_physical().fill_null(began).to_numpy() - began
        halves = np.maximum(passed, 0) * (1.0 / duration_us(self.half_life))
        return self.keep + (1 - self.keep) * exp(halves * -_LN2)


class Segment(Params):
    """What one segment has of its own: a `baseline` (rates only) and a `lift`."""

    baseline: float | None = Field(default=None, ge=0, le=1)
    lift: Amounts | None = None


@dataclass(frozen=True)
class Effects:
    """The planted numbers of all arms and segments. `baseline` is None for metrics, which have a distribution.

    `lifts[segment][arm]` holds the treatments; the segment "" stands for all that are not named.
    """

    control: str
    arms: tuple[str, ...]
    column: str | None
    baselines: Mapping[str, float | None]
    lifts: Mapping[str, Mapping[str, Lift]]

    def impossible(self) -> str | None:
        """What is wrong with the rates, if one lies outside 0 to 1."""
        for segment, base in self.baselines.items():
            for arm, lift in self.lifts[segment].items():
                rate = None if base is None else base + lift.absolute(base)
                if rate is not None and not 0 <= rate <= 1:
                    where = f" in segment {segment}" if segment else ""
                    return f"{arm} would convert at a rate of {rate:g}{where}"
        return None

    def per_row(self, arms: pl.Series, segments: pl.Series | None) -> tuple[Floats, Floats, Floats]:
        """For each row: the baseline (NaN for metrics), the absolute lift, and the relative one."""
        count = len(arms)
        base, plus, times = np.empty(count), np.zeros(count), np.zeros(count)
        place = _place(segments, [s for s in self.baselines if s], count)
        which = _place(arms, list(self.arms), count)
        for code, segment in enumerate(["", *(s for s in self.baselines if s)]):
            inside = place == code
            known = self.baselines[segment]
            base[inside] = np.nan if known is None else known
            for number, arm in enumerate(self.arms):
                lift = self.lifts[segment].get(arm)
                if lift is not None:
                    (times if lift.relative else plus)[inside & (which == number + 1)] = lift.size
        return base, plus, times

    def truth(self, mean: float | None, segment_shares: Mapping[str, float] | None) -> dict[str, Any]:
        """What is true of every arm: of units outside the named segments, of each segment, and over all of them.

        `mean` is that of a metric's control, where it is known; `segment_shares` weigh the segments, where known.
        """
        told = {s: self._told(s, mean if b is None else b) for s, b in self.baselines.items()}
        found: dict[str, Any] = {"control": self.control, **told[""]}
        named = {s: t for s, t in told.items() if s}
        if not named:
            return found
        found["segments"] = {"column": self.column, "values": named}
        if segment_shares and sum(segment_shares.values()) > 0 and all("rates" in t for t in told.values()):
            weighed = {
                arm: sum(w * told[s if s in named else ""]["rates"][arm] for s, w in segment_shares.items())
                for arm in (self.control, *self.arms)
            }
            found["overall"] = _spelled(weighed, self.control)
        return found

    def _told(self, segment: str, base: float | None) -> dict[str, Any]:
        lifts = self.lifts[segment]
        if base is None:
            amounts = {arm: {"relative" if x.relative else "absolute": x.size} for arm, x in lifts.items()}
            return {"lift": amounts}
        rates = {self.control: base, **{arm: base + x.absolute(base) for arm, x in lifts.items()}}
        return _spelled({a: rates.get(a, base) for a in (self.control, *self.arms)}, self.control)


def _spelled(rates: Mapping[str, float], control: str) -> dict[str, Any]:
    """Rates, with the lift of each arm over the control, to 12 significant digits."""
    base = rates[control]
    lifts = {
        arm: {"absolute": _short(rate - base)} | ({"relative": _short(rate / base - 1)} if base else {})
        for arm, rate in rates.items()
        if arm != control
    }
    return {"rates": {arm: _short(rate) for arm, rate in rates.items()}, "lift": lifts}


def _short(x: float) -> float:
    return float(f"{x:.12g}")


def _place(values: pl.Series | None, known: list[str], count: int) -> NDArray[np.int64]:
    """1 + position of each value in `known`; 0 for others and nulls."""
    if values is None or not known:
        return np.zeros(count, np.int64)
    codes = {value: number + 1 for number, value in enumerate(known)}
    found = values.cast(pl.String).replace_strict(codes, default=0, return_dtype=pl.Int64)
    return found.fill_null(0).to_numpy()
