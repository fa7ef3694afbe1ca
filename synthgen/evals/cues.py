"""Templates with cues: the words that carry the meaning of a request are marked, so that a reader can find them again.

`[mark] invoice {key} as {value}`: the word in brackets becomes a piece with the label `cue`, which variants leave
alone; `[order:then]` gives it another label. A proof reads cues and values back from the text and never asks what was
meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from synthgen.evalcase import Piece
from synthgen.evals.wording import fill, merged

_CUE = re.compile(r"\[(?:([a-z_.]+):)?([^\[\]]+)\]")


def cues(template: str, label: str = "cue") -> tuple[str, ...]:
    """The cues of a template with that label, in order.

    >>> cues("[mark] it, [order:then] [send] it")
    ('mark', 'send')
    """
    return tuple(m.group(2) for m in _CUE.finditer(template) if (m.group(1) or "cue") == label)


def cued(template: str, values: Mapping[str, Piece | str | Sequence[Piece]]) -> list[Piece]:
    """The template with cues as labelled pieces and slots filled; a value may be several pieces.

    >>> [(p.text, p.label) for p in cued("[mark] it as {value}.", {"value": "paid"})]
    [('mark', 'cue'), (' it as ', ''), ('paid', 'value'), ('.', '')]
    """
    found: list[Piece] = []
    at = 0
    plain = {name: value for name, value in values.items() if isinstance(value, Piece | str)}
    many = {name: value for name, value in values.items() if not isinstance(value, Piece | str)}
    for match in _CUE.finditer(template):
        found += _filled(template[at : match.start()], plain, many)
        found.append(Piece(match.group(2), match.group(1) or "cue"))
        at = match.end()
    return merged([*found, *_filled(template[at:], plain, many)])


def _filled(template: str, plain: Mapping[str, Piece | str], many: Mapping[str, Sequence[Piece]]) -> list[Piece]:
    found: list[Piece] = []
    for part in re.split(r"(\{[a-z_]+\})", template):
        if part[1:-1] in many:
            found += many[part[1:-1]]
        else:
            found += fill(part, plain)
    return found


def capital(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with a capital at the start, if they start with wording or a cue."""
    if not pieces:
        return []
    first, *rest = pieces
    if first.label not in ("", "cue", "order"):
        return list(pieces)
    return [replace(first, text=first.text[:1].upper() + first.text[1:]), *rest]
