"""One spelling for equal values: what is compared with a source is compared in this form.

Case, accents, outer and double spaces, full-width and invisible characters do not count. Numbers of phones, cards,
accounts and identities lose their separators; dates and times are written one way; a number's trailing zeros are cut.
"""

from __future__ import annotations

import polars as pl

from synthgen.privacy.texts import normalised

_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "ð": "d", "þ": "th"}
"""Letters that have no decomposition in Unicode, and what stands for them where they cannot be typed."""
_TIME = r"^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(?::(\d\d))?(?:[.,]\d+)?(?:z|\+00:?00)?$"
_DECIMAL = r"^-?\d+\.\d+$"
_MANY_DIGITS = 6
"""A value of fewer digits than this is no identity, phone or card number, and keeps its separators."""


def as_texts(values: pl.Series) -> pl.Series | None:
    """A flat column as text, whatever its type; None for bytes, and for types that have no text."""
    kind = values.dtype
    if kind == pl.String:
        return values
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is not None:
            values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return values.dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind in (pl.Binary, pl.Object, pl.Null) or kind.is_nested():
        return None
    if isinstance(kind, pl.Duration):
        return values.to_physical().cast(pl.String)
    return values.cast(pl.String)


def plain_words(texts: pl.Series) -> pl.Series:
    """Texts in lower case, without accents, invisible characters and disguises; spaces as they were."""
    made = normalised(texts)
    if made.str.contains(r"[^\x00-\x7f]").any():
        folded = made.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
        return folded.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    return made.str.to_lowercase()


def normal(texts: pl.Series) -> pl.Series:
    """The normal form of each text; what is empty becomes null.

    >>> normal(pl.Series(["  José  NÚÑEZ ", "+1 (202) 555-0134", "DE89 3704-0044", "1.50"])).to_list()
    ['jose nunez', '12025550134', 'de8937040044', '1.5']
    >>> normal(pl.Series(["2024-01-05T00:00:00Z", "2024-01-05", "1/2", " "])).to_list()
    ['20240105', '20240105', '1/2', None]
    """
    plain = plain_words(texts).str.replace_all(r"\s+", " ").str.strip_chars()
    value = pl.col("v")
    frame = pl.DataFrame({"v": plain})
    if plain.str.contains(_TIME).any():
        dated = value.str.replace(_TIME, "${1} ${2}:${3}").str.replace(r":$", ":00").str.replace(r" 00:00:00$", "")
        frame = frame.select(v=pl.when(value.str.contains(_TIME)).then(dated).otherwise(value))
    if plain.str.contains(_DECIMAL).any():
        cut = value.str.replace(r"0+$", "").str.replace(r"\.$", "")
        cut = pl.when(cut == "-0").then(pl.lit("0")).otherwise(cut)
        frame = frame.select(v=pl.when(value.str.contains(_DECIMAL)).then(cut).otherwise(value))
    letters = value.str.count_matches(r"\p{L}")
    digits = value.str.count_matches(r"\p{N}")
    numbered = (digits >= _MANY_DIGITS) & (digits >= letters) & ~value.str.contains("@", literal=True)
    numbered = numbered & ~value.str.contains(_DECIMAL)
    bare = value.str.replace_all(r"[^\p{L}\p{N}]", "").str.replace(r"^00([1-9]\d{7,})$", "${1}")
    frame = frame.select(v=pl.when(numbered).then(bare).otherwise(value))
    return frame.select(pl.when(value.str.len_bytes() > 0).then(value)).to_series()


def column_name(name: str) -> str:
    """The normal form of a column's name: `E-Mail`, `e_mail` and `EMAIL` are one name.

    >>> column_name("Cust.E-Mail ")
    'custemail'
    """
    made = plain_words(pl.Series([name])).str.replace_all(r"[^\p{L}\p{N}]", "").item()
    return str(made) or name.strip().lower()
