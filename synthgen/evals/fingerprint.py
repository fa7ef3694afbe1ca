"""Which labels a text speaks for: read from its words alone, against word groups that only one label's templates hold.

This is the way to a classification's gold that does not go through rendering: it sees the finished text, in whatever
register, and knows nothing of the case's template or target.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from synthgen.evalcase import Piece
from synthgen.evals.phrasing import registers
from synthgen.evals.templates_file import TemplateSet, Wording

_BREAK = re.compile(r"[.!?:;\n]+|\{[a-z_0-9.]+\}")
_WORD = re.compile(r"\w+")
_SAME: Mapping[str, str] = {
    "you": "u", "your": "ur", "youre": "ur", "please": "", "pls": "", "thanks": "thx", "because": "bc", "with": "w",
    "and": "n", "has": "have", "does": "do", "dont": "do not", "doesnt": "do not", "do": "do", "cant": "cannot",
    "wont": "will not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "didnt": "did not",
    "havent": "have not", "hasnt": "have not", "couldnt": "could not", "wouldnt": "would not", "im": "i am",
    "ive": "i have", "weve": "we have", "were": "were", "its": "it is", "thats": "that is", "theres": "there is",
    "id": "i would", "wed": "we would", "ill": "i will", "the": "", "a": "", "an": "", "really": "", "simply": "",
    "actually": "", "quite": "", "perfectly": "", "just": "", "something": "smth", "people": "ppl", "peoples": "ppl",
    "though": "tho", "tomorrow": "tmrw", "message": "msg", "messages": "msg", "knowing": "know", "am": "am",
    "since": "for", "tell": "say", "needing": "need", "informations": "information", "feedbacks": "feedback",
}  # fmt: skip
"""Spellings of registers that count as one word; empty: left out."""

Gram = tuple[str, ...]


def words(text: str) -> list[str]:
    """A text's words in one spelling for all registers.

    >>> words("Please don't close the account")
    ['do', 'not', 'close', 'account']
    """
    found: list[str] = []
    for word in _WORD.findall(re.sub("['\u2019]", "", text.casefold())):
        same = _SAME.get(word)
        found += [word] if same is None else same.split()
    return found


def grams(text: str) -> Iterator[Gram]:
    """Pairs and triples of neighbouring words; nothing reaches over a stop or a slot."""
    for part in _BREAK.split(text):
        found = words(part)
        yield from pairwise(found)
        yield from zip(found, found[1:], found[2:], strict=False)


class Fingerprint:
    """The pairs and triples of words that occur in the templates of one label, and nowhere else in a set."""

    def __init__(self, templates: TemplateSet, beside: Sequence[str]) -> None:
        """`beside` are lines that may stand in any text."""
        owners: dict[Gram, str] = {}
        for label in templates.labels.values():
            for template in label.templates.values():
                for gram in _all(template.wordings):
                    owners[gram] = label.name if owners.get(gram, label.name) == label.name else ""
        lines = [line for style in registers().values() for kind in style.lines.values() for line in kind]
        neutral = [*templates.asides, *templates.details, *map(Wording, [*lines, *beside])]
        for contrasts in (label.contrasts for label in templates.labels.values()):
            neutral += contrasts
        for gram in _all(neutral):
            owners[gram] = ""
        self.owners = {gram: label for gram, label in owners.items() if label}

    def votes(self, pieces: Iterable[Piece]) -> dict[str, int]:
        """How many of each label's word groups stand in a text; labels in the order in which the text names them."""
        text = "".join(p.text if not p.label else " {v} " for p in pieces)
        found: dict[str, int] = {}
        for part in _BREAK.split(text):
            known = words(part)
            for i in range(len(known) - 1):
                for gram in (tuple(known[i : i + 2]), tuple(known[i : i + 3])):
                    label = self.owners.get(gram)
                    if label is not None:
                        found[label] = found.get(label, 0) + 1
        return found


def _all(wordings: Iterable[Wording]) -> set[Gram]:
    return {gram for wording in wordings for text in wording.expanded() for gram in grams(text)}
