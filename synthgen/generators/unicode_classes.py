"""Unicode's classes of characters, as far as patterns make them: the letters that fonts have and people type."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Blocks of the Unicode Standard that the general categories are taken from: Basic Latin to Latin Extended-A, Greek,
# Cyrillic. Without them `\p{L}` would be 140,000 letters, most of which no font shows.
_BLOCKS = ((0x21, 0x17F), (0x386, 0x3CE), (0x400, 0x45F))
_SCRIPTS = {
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x17F)),
    "Greek": ((0x386, 0x386), (0x388, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    "Cyrillic": ((0x400, 0x45F),),
    "Hebrew": ((0x5D0, 0x5EA),),
    "Arabic": ((0x621, 0x63A), (0x641, 0x64A)),
    "Devanagari": ((0x904, 0x939),),
    "Thai": ((0xE01, 0xE2E),),
    "Hiragana": ((0x3041, 0x3096),),
    "Katakana": ((0x30A1, 0x30FA),),
    "Hangul": ((0xAC00, 0xAC00 + 4999),),
    "Han": ((0x4E00, 0x4E00 + 2999),),
}
_CATEGORIES = ("L", "Lu", "Ll", "N", "Nd", "P", "Pd", "S", "Sc", "Sm")
CLASSES = (*_CATEGORIES, *_SCRIPTS)


@lru_cache(maxsize=64)
def letters(name: str) -> str | None:
    """The characters of a general category or a script, as ranges for a set of a pattern; None for an unknown name.

    `Nd` is 0 to 9. `Han` and `Hangul` are the first few thousand of their block.

    >>> letters("Greek")[-3:], letters("Nd")
    ('Σ-ώ', '0-9')
    """
    if name in _SCRIPTS:
        return "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in _SCRIPTS[name])
    if name not in _CATEGORIES:
        return None
    found = [i for a, b in _BLOCKS for i in range(a, b + 1) if unicodedata.category(chr(i)).startswith(name)]
    if name in ("N", "Nd"):
        return "0-9"
    return "".join(f"\\{c}" if c in r"\]^-[&~|" else c for c in map(chr, found))
