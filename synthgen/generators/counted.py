"""Columns that read what the count of their table has drawn: the walk, the arrivals, the history of a parent."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import Discriminator

from synthgen.generator import BaseGenerator, Build

WORD_OR_SHAPE = Discriminator(lambda value: "word" if isinstance(value, str) else "shape")  # a column, or a count
G = TypeVar("G", bound=BaseGenerator[Any])


def counted_by(kind: type[G], name: str, example: str, build: Build) -> G:
    """The generator of this table's `count`, which must be of that kind; otherwise a problem says what to write."""
    made = build.count_generator()
    if not isinstance(made, kind) or isinstance(getattr(made.params, name), str):
        message = f"the rows of this table are not counted by {name}"
        remedy = f"write count: {example}"
        if made is not None and not isinstance(made, kind):
            remedy += "; what differs between parents stands inside it"
        raise build.fail(f"no-{name}", message, remedy, name)
    return made
