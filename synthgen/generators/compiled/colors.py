"""Kernels of Faker's human-friendly colours: hue, then saturation, then brightness, each in bounds of the former."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Computed, trace
from synthgen.generators.compiled.randomness import Between, SymbolicRandom

Number = NDArray[np.float64]


def generate_hsv(context: Any, hue: Any, luminosity: Any) -> Any:
    """Hue, saturation and brightness of any colour."""
    if hue is not None or luminosity is not None:
        raise UnsupportedError("it makes colours of a chosen hue or luminosity")
    owner = context.provider
    least, most = np.empty(361, np.int64), np.empty(361, np.int64)
    dark = np.zeros((361, 101), np.int64)
    for value in range(361):
        least[value], most[value] = owner.get_saturation_range(value)
        for saturation in range(least[value], most[value] + 1):
            dark[value, saturation] = owner.get_minimum_brightness(value, saturation)
    h = SymbolicRandom().randint(0, 360)
    low = Computed("int", least.take, h, lo=0, hi=100)
    high = Computed("int", most.take, h, lo=0, hi=100)
    s = trace().add(Between(trace().place(), low, high))
    floor = Computed("int", lambda a, b: dark[a, b], h, s, lo=0, hi=100)
    v = trace().add(Between(trace().place(), floor, 100))
    return h, s, v


def hsv_to_rgb_float(context: Any, hsv: Any) -> Any:
    """Red, green and blue in [0, 1], by the formulas of Python's colorsys."""
    return tuple(Computed("float", lambda h, s, v, i=i: _rgb(h, s, v)[i], *hsv, lo=0.0, hi=1.0) for i in range(3))


def _rgb(hue: Any, saturation: Any, value: Any) -> tuple[Number, Number, Number]:
    h = np.clip(hue, 1, 359) / 360
    s, v = np.asarray(saturation) / 100, np.asarray(value) / 100
    sector = np.trunc(h * 6.0)
    f = h * 6.0 - sector
    p, q, t = v * (1.0 - s), v * (1.0 - s * f), v * (1.0 - s * (1.0 - f))
    order = sector.astype(np.int64) % 6
    choices = [(v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q)]
    made = [np.choose(order, [c[i] for c in choices]) for i in range(3)]
    return tuple(np.where(s == 0.0, v, m) for m in made)  # type: ignore[return-value]  # three


def hsv_to_hsl(context: Any, hsv: Any) -> Any:
    """Hue, saturation and lightness, as whole numbers."""
    h, s, v = hsv

    def lightness(s: Any, v: Any) -> Number:
        return 0.5 * (np.asarray(v) / 100.0) * (2 - np.asarray(s) / 100.0)

    def saturation(s: Any, v: Any) -> Any:
        light = lightness(s, v)
        flat = (light == 0) | (light == 1)
        span = np.where(flat, 1.0, 1 - np.abs(2 * light - 1))
        made = np.where(flat, 0.0, np.asarray(v) / 100.0 * (np.asarray(s) / 100.0) / span)
        return (made * 100).astype(np.int64)

    return (
        h,
        Computed("int", saturation, s, v, lo=0, hi=100),
        Computed("int", lambda s, v: (lightness(s, v) * 100).astype(np.int64), s, v, lo=0, hi=100),
    )


KERNELS: dict[str, Callable[..., Any]] = {
    "color.color:RandomColor.generate_hsv": generate_hsv,
    "color.color:RandomColor.hsv_to_rgb_float": hsv_to_rgb_float,
    "color.color:RandomColor.hsv_to_hsl": hsv_to_hsl,
}
