"""Text before matching: normalised, harmless shapes set aside, inserted values masked, sentences told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import polars as pl

MASK = "\ue000"
"""Stands where an accounted value stood: neither letter nor digit, so nothing can be built across it."""

_ODD = (
    r"[\x{ad}\x{34f}\x{61c}\x{180b}-\x{180f}\x{200b}-\x{200f}\x{2024}\x{2028}-\x{202f}\x{2060}-\x{206f}\x{feff}"
    r"\x{fe00}-\x{fe0f}\x{e0000}-\x{e01ef}\x{b2}\x{b3}\x{b9}\x{2070}-\x{209f}\x{2460}-\x{24ff}\x{2776}-\x{2793}"
    r"\x{ff00}-\x{ffef}\x{1d400}-\x{1d7ff}\x{1f100}-\x{1f169}\x{a0}\x{2000}-\x{200a}\x{2010}-\x{2015}\x{fe58}-\x{fe6f}]"
    r"|[\p{Cf}\p{Nd}&&[^0-9]]"
)
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_ISO = (
    "(?:1[6-9]|2[0-9])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    "(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?"
)
_CLOCK = "[0-2]?[0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?"
SHAPES = (
    rf"^\{{?{_UUID}\}}?$",
    rf"^{_ISO}$",
    rf"^{_CLOCK}$",
    r"^[A-Za-z]{1,8}[-_]?[0-9]{1,8}$",
    r"^-?[0-9]{1,8}(?:[.,][0-9]{1,20})?$",
)
"""Whole values that are never PII by themselves: UUIDs, ISO dates and times, short codes, short numbers."""

HANDLE = r"^[a-z]{1,21}[0-9]{0,8}$"
"""A user name: small letters, fewer than a telephone number's digits spelt out have, and a number behind."""

_SAFE = re.compile(rf"(?<![\w-])(?:{_UUID}|{_ISO})(?![\w-])")
_JOINERS = frozenset(map(chr, (0x34F, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks that show as nothing, besides those of Unicode's category Cf: variation selectors and a joiner of graphemes."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-"))


def normalised(values: pl.Series) -> pl.Series:
    """The values with full-width and other disguised characters made plain (NFKC), invisible ones removed.

    Digits of every script become ASCII digits. Most columns hold no such character and come back as they are.
    """
    wide = (values.str.len_bytes() != values.str.len_chars()).fill_null(False)  # all that is odd is outside ASCII
    if not wide.any():
        return values
    where = wide.arg_true()
    odd = wide.scatter(where, values.gather(where).str.contains(_ODD))
    if not odd.any():
        return values
    changed = values.filter(odd).map_elements(plain, return_dtype=pl.String)
    frame = pl.DataFrame({"v": values}).with_row_index("i")
    fixed = pl.DataFrame({"i": frame["i"].filter(odd), "w": changed})
    return frame.join(fixed, on="i", how="left", maintain_order="left").select(pl.coalesce("w", "v")).to_series()


def plain(text: str) -> str:
    """One text, normalised.

    >>> plain("42\\u200b42 \\uff14\\uff12")
    '4242 42'
    """
    made = unicodedata.normalize("NFKC", text)
    kept = (c for c in made if unicodedata.category(c) != "Cf" and c not in _JOINERS)
    digits = (str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in kept)
    return "".join(digits).translate(_DASHES).replace("\u2028", "\n")


def without_safe(text: str) -> str:
    """The text with UUIDs and ISO timestamps masked, length unchanged."""
    return _SAFE.sub(lambda m: MASK * len(m.group()), text)


def settled(values: pl.Series, shapes: Sequence[str], sample: int = 24) -> pl.Series:
    """The values that are not of the shape which the first ones share; all of them if those share none.

    One regex pass decides a column of UUIDs, ISO dates or reserved addresses.
    """
    if values.is_empty():
        return values
    head = values.head(sample)
    for shape in shapes:
        if head.str.contains(shape).all():
            return values.filter(~values.str.contains(shape))
    return values


def masked(texts: pl.Series, inserted: Sequence[pl.Series]) -> pl.Series:
    """Texts in which each inserted value is replaced by MASK, row by row, where it stands as a whole word."""
    frame = pl.DataFrame([texts.alias("t")])
    for values in inserted:
        width = pl.col("i").str.len_chars()
        frame = frame.with_columns(values.cast(pl.String).alias("i")).with_columns(
            m=pl.when(width.fill_null(0) > 0).then(pl.col("t").str.split(pl.col("i")).list.join(MASK)).otherwise("t")
        )
        torn = frame["m"].str.contains(rf"[\pL0-9_]{MASK}|{MASK}[\pL0-9_]").fill_null(False)
        if torn.any():
            rows = frame.filter(torn)
            fixed = [_mask(t, i) for t, i in zip(rows["t"].to_list(), rows["i"].to_list(), strict=True)]
            index = pl.arange(0, len(frame), eager=True).filter(torn)
            frame = frame.with_columns(m=frame["m"].scatter(index, pl.Series(fixed, dtype=pl.String)))
        frame = frame.select(t="m")
    return frame["t"]


def _mask(text: str, value: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)


_SHORT = r"(?-u:\b)(Mr|Mrs|Ms|Dr|Prof|Sr|Sra|Mme|Hr|Fr|Dhr|St|[A-Z])\.[ \t]+"
"""Titles and initials with a full stop that ends no sentence."""


def sentences(values: pl.Series) -> pl.DataFrame:
    """Columns `i` (index into values) and `s`: the sentences and lines of each text."""
    frame = pl.DataFrame({"s": values}).with_row_index("i")
    whole = pl.col("s").str.replace_all(_SHORT, "${1}.\ue001")  # no sentence ends there
    cut = frame.lazy().with_columns(s=whole.str.replace_all(r"([.!?])\s+", "${1}\n").str.split("\n"))
    cut = cut.explode("s").drop_nulls().with_columns(s=pl.col("s").str.replace_all("\ue001", " ", literal=True))
    return cut.filter(pl.col("s").str.len_bytes() > 0).collect()
