"""How people write: one matter in many registers, from a letter to a text typed on a bus.

A family says what is meant (`core`), what is said beside it (`asides`) and who signs (`name`); `dress` puts a greeting,
filler and a closing around it and gives the wording the register's spelling. Labelled pieces (names, amounts, dates)
come out as they went in, so whatever is known of them stays true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.wording import merged

REGISTERS = ("formal", "plain", "curt", "angry", "second_language", "mobile")
_FILE = Path(__file__).parent / "templates" / "phrasing.yaml"


@dataclass(frozen=True)
class Rewrite:
    """One habit of spelling: each match of `pattern` becomes `to` with a probability.

    `to` is a template of the expression; `{last}` is its last group with a capital,
    `{upper}` the match in capitals.
    """

    pattern: re.Pattern[str]
    to: str
    probability: float

    def apply(self, text: str, draw: Draw) -> str:
        """The text with the habit applied, each match decided by its own draw."""

        def one(match: re.Match[str]) -> str:
            if not draw.chance(self.probability):
                return match.group()
            if self.to == "{upper}":
                return match.group().upper()
            if self.to == "{last}":
                last = match.group(match.re.groups)
                return last[0].upper() + last[1:]
            return match.expand(self.to)

        return self.pattern.sub(one, text)


@dataclass(frozen=True)
class Register:
    """A way of writing: what is put around a matter, how often, and how words are spelt."""

    share: Mapping[str, float]
    lines: Mapping[str, tuple[str, ...]]
    rewrites: tuple[Rewrite, ...]
    layout: str = " "
    lower: bool = False
    stop: float = 0.0


@dataclass(frozen=True)
class _Said:
    """Parts of a message with the space that stands before each."""

    parts: list[tuple[str, list[Piece]]] = field(default_factory=list)

    def add(self, between: str, what: Sequence[Piece] | str) -> bool:
        """Say something, unless it is empty; whether it was said."""
        pieces = [Piece(what)] if isinstance(what, str) else list(what)
        if any(p.text for p in pieces):
            self.parts.append((between if self.parts else "", pieces))
            return True
        return False

    def pieces(self) -> list[Piece]:
        return merged(p for between, pieces in self.parts for p in [Piece(between), *pieces] if p.text)


@lru_cache(maxsize=1)
def registers() -> Mapping[str, Register]:
    """The registers of the data file, by name."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        name: Register(
            share=found["share"],
            lines={k: tuple(found[k]) for k in ("greeting", "opener", "closing", "signoff")},
            rewrites=tuple(Rewrite(re.compile(p), to, chance) for p, to, chance in found["rewrites"] if chance),
            layout=found["layout"],
            lower=found.get("lower", False),
            stop=found.get("stop", 0.0),
        )
        for name, found in read.items()
    }


def dress(
    core: Sequence[Piece],
    draw: Draw,
    register: str,
    *,
    asides: Sequence[Sequence[Piece] | str] = (),
    name: Sequence[Piece] = (),
    letter: bool = True,
) -> list[Piece]:
    """The matter as somebody would write it in a register.

    Every aside is used, before or after the matter. `name` signs, if the register signs at all; `letter=False` leaves
    greeting, filler, closing and signature out (a review, a note). The text differs between draws in all of these.
    Raises KeyError for a register that is not one of `REGISTERS`.

    >>> from synthgen.evalcase import Piece, text_of
    >>> text_of(dress([Piece("Please send it to me. I do not have it.")], Draw(1), "mobile", letter=False))
    'pls send it to me. i do not have it'
    """
    style = registers()[register]
    parts = draw.child("dress")

    def line(kind: str) -> str:
        return parts.pick(style.lines[kind]) if letter and parts.chance(style.share[kind]) else ""

    sides = [(parts.chance(0.4), aside) for aside in asides]
    said, greeting = _Said(), line("greeting")
    said.add("", greeting)
    between = style.layout
    for part in [line("opener"), *(a for early, a in sides if early), core, *(a for early, a in sides if not early)]:
        between = " " if said.add(between, part) else between
    rest = _Said()
    rest.add("", _spelt(said.pieces(), style, draw.child("spelling")))
    rest.add(style.layout if parts.chance(0.5) else " ", line("closing"))
    if letter and name and parts.chance(style.share["signoff"]):
        rest.add(style.layout, [Piece(parts.pick(style.lines["signoff"])), *name])
    return rest.pieces()


def _spelt(pieces: Sequence[Piece], style: Register, draw: Draw) -> list[Piece]:
    """The pieces with the register's spelling in all wording, the last full stop perhaps left out."""
    found = []
    for piece in pieces:
        if piece.label:
            found.append(piece)
            continue
        text = piece.text
        for rewrite in style.rewrites:
            text = rewrite.apply(text, draw)
        found.append(replace(piece, text=text.lower() if style.lower else text))
    if found and not found[-1].label and found[-1].text.endswith(".") and draw.chance(style.stop):
        found[-1] = replace(found[-1], text=found[-1].text[:-1])
    return merged(found)
