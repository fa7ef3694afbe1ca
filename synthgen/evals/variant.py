"""What a variant is: the same case said another way, with a gold that stays or changes by a stated rule (CheckList).

Variants change wording and leave labelled pieces as they are, in their order. The functions here are what they share:
the changed case, its sentences, and the words that hold meaning and so are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

import yaml

from synthgen.evalcase import EvalCase, Message, Piece, Relation, text_of
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.similarity import normal
from synthgen.evals.wording import merged

_DATA = Path(__file__).parent / "templates" / "variants.yaml"
_STOP = re.compile(r"(?<=[.!?])\s+(?=[^\s\d])|\s*\n\s*")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Variant(Protocol):
    """A kind of change. `relation` is INV where the gold stays and DIR where it changes by `rule`, one sentence."""

    relation: ClassVar[Relation]
    rule: ClassVar[str]

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The changed case with an id of its own and `parent`; None where the change does not apply."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, or what stands before a line break, with the white space after it."""

    pieces: tuple[Piece, ...]
    after: str

    @property
    def text(self) -> str:
        """The sentence without the space after it."""
        return text_of(self.pieces)

    @property
    def labelled(self) -> bool:
        """Whether it holds values."""
        return any(p.label for p in self.pieces)

    @property
    def leans(self) -> bool:
        """Whether it begins with a word that points back (`It`, `But`): it cannot be parted from the one before."""
        first = re.match(r"\W*(\w+)", self.text)
        return first is not None and first.group(1).casefold() in data()["leaning"]


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """The word lists of the variants."""
    found: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return {k: frozenset(v) if k in ("leaning", "kept") else v for k, v in found.items()}


def additions() -> tuple[str, ...]:
    """All sentences that variants may add. They say nothing about a matter, so proofs may pass over them."""
    return tuple(line for key in ("distractors", "before", "after") for line in data()[key])


def changed(case: EvalCase, pieces: Sequence[Piece], name: str, family: Family, *, change: str = "") -> EvalCase | None:
    """The case with other wording, and the gold where its places have moved; None if the text is the same.

    `name` is the variant's; `change` says which of its changes was made and becomes the slice `change`. A conversation
    gets the new text in its last user turn; None if the input does not stand there. A text that is another one's plain
    words, without capitals and stops, counts as the same: duplicates are found by these words.
    """
    text = text_of(pieces)
    if text == case.input or text == normal(case.input):
        return None
    messages = case.messages
    if messages:
        last = max((i for i, m in enumerate(messages) if m.role == "user"), default=-1)
        if last < 0 or not case.input or case.input not in messages[last].content:
            return None
        content = messages[last].content.replace(case.input, text, 1)
        messages = (*messages[:last], Message("user", content), *messages[last + 1 :])
    slices = {**case.slices, "variant": name} | ({"change": change} if change else {})
    found = replace(
        case, id=f"{case.id}-{name}", pieces=tuple(pieces), messages=messages, variant=name, relation="INV",
        parent=case.id, slices=slices, must_pass=False,
    )  # fmt: skip
    return replace(found, target=family.retarget(found))


def reworded(pieces: Sequence[Piece], change: Callable[[str], str]) -> list[Piece]:
    """The pieces with every run of wording changed."""
    return merged(p if p.label else replace(p, text=change(p.text)) for p in pieces)


def sentences(pieces: Sequence[Piece]) -> list[Sentence]:
    """The text in sentences: cut after stops and at line breaks of the wording, never inside a labelled piece.

    >>> [s.text for s in sentences([Piece("Hi. I am "), Piece("Dr. Who", "name"), Piece(". Help!")])]
    ['Hi.', 'I am Dr. Who.', 'Help!']
    """
    found: list[Sentence] = []
    run: list[Piece] = []
    for piece in pieces:
        if piece.label:
            run.append(piece)
            continue
        at = 0
        for match in _STOP.finditer(piece.text):
            if match.start() > at:
                run.append(Piece(piece.text[at : match.start()]))
            if run:
                found.append(Sentence(tuple(run), match.group()))
            elif found:
                found[-1] = replace(found[-1], after=found[-1].after + match.group())
            else:
                found.append(Sentence((), match.group()))
            run, at = [], match.end()
        if at < len(piece.text):
            run.append(Piece(piece.text[at:]))
    return [*found, Sentence(tuple(run), "")] if run else found


def together(parts: Sequence[Sentence]) -> list[Piece]:
    """The sentences as one text again: `together(sentences(pieces))` is the text of `pieces`."""
    return merged(p for s in parts for p in (*s.pieces, *((Piece(s.after),) if s.after else ())))


def meaningful(case: EvalCase) -> frozenset[str]:
    """Words of four letters and more that a change may not touch: negations, numbers, days, and words of the gold."""
    gold = " ".join([case.target_text, *case.choices])
    return data()["kept"] | {w.casefold() for w in _WORD.findall(gold)}


def english(case: EvalCase) -> bool:
    """Whether English sentences may be added: not where a slice names another language."""
    return str(case.slices.get("language", case.slices.get("locale", "en"))).lower().startswith("en")


def places(parts: Sequence[Sentence]) -> Iterator[int]:
    """Where another sentence may stand: before sentences of the same line that do not point back."""
    for i in range(1, len(parts)):
        before = parts[i - 1]
        if before.after == " " and before.text[-1:] in {".", "!", "?"} and not parts[i].leans:
            yield i
