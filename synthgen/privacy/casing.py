"""Capitals for texts that have none or nothing else: models and vocabularies tell names by them."""

from __future__ import annotations

import re
from functools import lru_cache

from synthgen.privacy.name_words import FUNCTION_WORDS
from synthgen.privacy.names import common_words, names
from synthgen.privacy.place_words import MONTHS, is_demonym
from synthgen.privacy.places import countries

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def recased(text: str) -> str:
    """The text with capitals where names are likely, if it is written in one case throughout; else the text itself.

    The length does not change. A word gets a capital if it is a first name and no ordinary word, or follows one and is
    no ordinary word, or names a place or a people.

    >>> recased("please call anna schmidt today")
    'please call Anna Schmidt today'
    """
    if any(c.isupper() for c in text):
        return text
    known, ordinary, said = names(), _ordinary(), _announced(text)
    made, end, after = [], 0, False
    for match in _WORD.finditer(text):
        word = match.group()
        gap = text[end : match.start()]
        plain = word.removesuffix("'s").removesuffix("\u2019s")
        follows = after and gap in (" ", "-")
        is_first = plain in known.first and plain not in ordinary and len(plain) > 2
        is_last = (
            follows
            and len(plain) > 1
            and (plain not in ordinary or (plain in known.last and plain not in FUNCTION_WORDS))
        )
        capital = is_first or is_last or is_demonym(plain) or plain in _titles() or match.start() in said
        made += [gap, _capitalised(word) if capital else word]
        after = is_first or (is_last and not follows)
        end = match.end()
    made.append(text[end:])
    return "".join(made)


def _capitalised(word: str) -> str:
    head = word[0].upper()
    return head + word[1:] if len(head) == 1 else word


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    """Ordinary words, with the function words that no list of nouns has."""
    return common_words() | MONTHS | FUNCTION_WORDS


_SAID = re.compile(
    r"(?m)(?:\bname is|\bcalls? (?:me|him|her)|\b(?:is|was) called|\blast name\?|\bmaiden name(?: is)?"
    r"|^[ \t>?*-]*(?:full |last |first )?name:"
    r"|\b(?:user|customer|patient|contact|attn):|\b(?:mr|mrs|ms|dr)\.) +((?:[^\W\d_]+\.?(?:-[^\W\d_]+)? ?){1,3})"
)


def _announced(text: str) -> set[int]:
    """Where the words stand that a cue announces as a name, up to the first ordinary word; and places."""
    found: set[int] = set()
    for match in _SAID.finditer(text):
        for word in _WORD.finditer(text, *match.span(1)):
            if word.group() in _ordinary():
                break
            found.add(word.start())
    for match in _countries().finditer(text):
        found |= {m.start() for m in _WORD.finditer(text, *match.span()) if m.group() not in ("of", "the", "and")}
    return found


def _titles() -> frozenset[str]:
    return frozenset({"mr", "mrs", "ms", "dr", "prof"})


@lru_cache(maxsize=1)
def _countries() -> re.Pattern[str]:
    """Countries, and states of the USA, that are no ordinary words."""
    listed = sorted((c for c in countries() if c not in _ordinary()), key=lambda c: (-len(c), c))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)")
