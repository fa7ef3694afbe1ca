"""The kernels: functions of nodes that stand for methods whose code is not traced, by the place of the method."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from synthgen.generators.compiled import colors, identifiers, numbers, registrants, words


@lru_cache(maxsize=1)
def table() -> dict[str, Callable[..., Any]]:
    """Every kernel by `module:Class.method` of what it stands for (see `providers.place_of`)."""
    return words.KERNELS | identifiers.KERNELS | colors.KERNELS | numbers.KERNELS | registrants.KERNELS
