"""The kernel of decimal numbers of up to 100 digits, which are floats here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Computed
from synthgen.generators.compiled.randomness import SymbolicRandom

_TENS = np.array([10.0**i for i in range(101)])


def pydecimal(context: Any, left_digits: Any, right_digits: Any, positive: Any, min_value: Any, max_value: Any) -> Any:
    """A number of 0 to 100 digits before the point and as many behind it, as a float (16 digits are kept)."""
    if min_value is not None or max_value is not None:
        raise UnsupportedError("it makes decimals between bounds")
    if any(d is not None and not 0 <= d <= 100 for d in (left_digits, right_digits)):
        raise UnsupportedError("it makes decimals of more than 100 digits")
    random = SymbolicRandom()
    sign = random.choice((1.0, -1.0)) if positive is None else (1.0 if positive else -1.0)
    left = random.randint(0, 100) if left_digits is None else left_digits
    right = random.randint(0, 100) if right_digits is None else right_digits

    def make(s: Any, digits: Any, places: Any, u: Any, v: Any) -> Any:
        first = _TENS[np.maximum(np.asarray(digits) - 1, 0)]
        whole = np.where(np.asarray(digits) == 0, 0.0, np.floor(first * (1.0 + 9.0 * u)))
        scale = _TENS[np.minimum(np.asarray(places), 15)]
        return s * (whole + np.floor(v * scale) / scale)

    return Computed("float", make, sign, left, right, random.random(), random.random())


KERNELS: dict[str, Callable[..., Any]] = {"python:Provider.pydecimal": pydecimal}
