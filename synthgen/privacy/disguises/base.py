"""What a disguise is: one way to hide text, with a prefilter for columns and a decoder for what it lets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Disguise:
    """One way to hide text.

    `prefilter` is a regex in Rust syntax of every text that it could stand in. `decode` undoes it in place, in linear
    time, and gives the text back as it is where there is nothing to undo.
    """

    kind: str
    prefilter: str
    decode: Callable[[str], str]
