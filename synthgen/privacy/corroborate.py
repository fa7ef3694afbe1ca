"""Which of a language model's findings to believe: a span counts where vocabularies and its form speak for it."""

from __future__ import annotations

import re

from synthgen.privacy.name_words import PLACES
from synthgen.privacy.names import LOWER, UPPER, common_words, names
from synthgen.privacy.texts import MASK


def believable(sentence: str, start: int, end: int) -> bool:
    """Whether a span that the model calls a person is corroborated.

    A word of it is in a name vocabulary and no ordinary word, or it is two or more capitalised words, none of
    them ordinary. The model alone calls products, brands and codes people.
    """
    words = [w.strip(".,'\u2019()\"") for w in re.split(r"[\s]+", sentence[start:end])]
    words = [w for w in words if w and w != MASK]
    if not words or words[0].lower() in PLACES or any(re.search(r"[0-9@/_<>=#]", w) for w in words):
        return False
    capitalised = [w for w in words if re.fullmatch(rf"[{UPPER}][{UPPER}{LOWER}.-]+", w)]
    known, ordinary = names(), common_words()
    titled = re.search(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|M)\.? ?$", sentence[:start]) is not None
    for word in capitalised:
        low = word.lower().removesuffix("'s").removesuffix("\u2019s")
        if low in known.first and low not in ordinary:
            return True
        if low in known.last and low not in ordinary and (len(capitalised) > 1 or titled):
            return True
    proper = [w for w in capitalised if w.lower() not in ordinary and not w.isupper()]
    return len(proper) >= 2 and len(proper) == len(words)
