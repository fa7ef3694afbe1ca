"""Templates to pieces of text: wording that variants may change, and values that they may not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from synthgen.evalcase import Piece

_SLOT = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")


def slots(template: str) -> tuple[str, ...]:
    """The names of a template's slots, in order.

    >>> slots("Hello {name}, about {invoice_no}")
    ('name', 'invoice_no')
    """
    return tuple(_SLOT.findall(template))


def fill(template: str, values: Mapping[str, Piece | str]) -> list[Piece]:
    """The template's text with each `{slot}` replaced by its value.

    A value that is plain text becomes a labelled piece that declares no personal data. Raises KeyError for a slot
    without a value.

    >>> [p.text for p in fill("Hello {name}!", {"name": "Ada"})]
    ['Hello ', 'Ada', '!']
    """
    found: list[Piece] = []
    at = 0
    for match in _SLOT.finditer(template):
        if match.start() > at:
            found.append(Piece(template[at : match.start()]))
        value = values[match.group(1)]
        found.append(value if isinstance(value, Piece) else Piece(value, match.group(1)))
        at = match.end()
    if at < len(template):
        found.append(Piece(template[at:]))
    return found


def joined(parts: Iterable[Sequence[Piece] | str], between: str = " ") -> list[Piece]:
    """Parts, each pieces or plain wording, with wording between those that are not empty."""
    found: list[Piece] = []
    for part in parts:
        pieces = [Piece(part)] if isinstance(part, str) else list(part)
        if not any(p.text for p in pieces):
            continue
        found += ([Piece(between)] if found and between else []) + pieces
    return merged(found)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The same text with neighbouring wording in one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and not piece.label and not found[-1].label:
            found[-1] = replace(found[-1], text=found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return found
