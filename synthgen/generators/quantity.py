"""Parameters of number generators: numbers or durations, intervals, and decimal columns from whole numbers."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationInfo

from synthgen.buffers import decimals as decimals
from synthgen.units import duration_us, is_duration


def quantity(value: Any) -> float:
    """A finite number, or the microseconds of a duration; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("write a number, or a duration such as 90d")
    if isinstance(value, str):
        if not is_duration(value):
            raise ValueError(f"'{value}' is neither a number nor a duration such as 90d")
        return float(duration_us(value))
    if not math.isfinite(value):
        raise ValueError("write a finite number")
    return float(value)


def _checked(value: Any) -> Any:
    quantity(value)
    return value


def _positive(value: Any, info: ValidationInfo) -> Any:
    if not quantity(value) > 0:
        raise ValueError(f"{info.field_name} must be above 0")
    return value


def _interval(value: Any) -> Any:
    interval(value)
    return value


Number = Annotated[float | str, BeforeValidator(_checked)]  # a number, or a duration such as 90d
PositiveNumber = Annotated[float | str, BeforeValidator(_checked), AfterValidator(_positive)]
Positive = Annotated[float, AfterValidator(_positive)]
Interval = Annotated[list[float | str], BeforeValidator(_interval)]


def interval(value: Any) -> tuple[float, float]:
    """The two ends of `[low, high]`; raises ValueError."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("an interval is [low, high]")
    low, high = quantity(value[0]), quantity(value[1])
    if is_duration(value[0]) != is_duration(value[1]) and 0 not in (low, high):
        raise ValueError("write both ends as durations, or both as numbers")
    if low > high:
        raise ValueError(f"the interval is reversed: {value[0]} is above {value[1]}")
    return low, high


def durations(value: Any) -> set[bool]:
    """Which kinds of quantity appear: True for durations, False for plain numbers other than 0."""
    if isinstance(value, BaseModel):
        return durations(value.model_dump())
    if isinstance(value, dict):
        return set().union(*(durations(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(durations(v) for v in value))
    return set() if value is None or value == 0 else {is_duration(value)}


def lattice(low: float, high: float, places: int) -> tuple[int | None, int | None]:
    """The least and greatest multiple of 10**-places within [low, high], in units of it (None: unbounded)."""
    step = 10**places

    def steps(x: float, up: bool) -> int | None:
        if not math.isfinite(x):
            return None
        scaled = x * step
        near = round(scaled)  # 0.29 * 100 is 28.999999999999996
        if abs(scaled - near) <= 1e-9 * max(1.0, abs(scaled)):
            return near
        return math.ceil(scaled) if up else math.floor(scaled)

    return steps(low, True), steps(high, False)
