"""The kernels: functions of nodes that stand for methods whose code is not traced, by the place of the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def table() -> dict[str, Callable[..., Any]]:
    """Every kernel by `module:Class.method` of what it stands for (see `providers.place_of`)."""
    return {}
