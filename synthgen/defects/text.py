"""Damage to text: typing, scanning, case, space, spelling, length and encoding.

Each function takes values without nulls, 64 random bits for each, and the recipe's options, and gives damaged values; a
value that a kind of damage cannot befall comes back as it is. Letters alone are typed wrong, never digits, and of an
e-mail address the part before the `@` alone: what is reserved stays reserved.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from synthgen.defects.spec import Cell, Misspelt, Truncated
from synthgen.seeds import U64, draws_at

Change = Callable[[pl.Series, U64, Cell], pl.Series]

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
CONFUSED = (
    ("0", "O"), ("O", "0"), ("1", "l"), ("l", "1"), ("I", "l"), ("5", "S"), ("S", "5"), ("8", "B"), ("B", "8"),
    ("o", "0"), ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("e", "c"), ("h", "b"),
)  # fmt: skip
"""What optical recognition reads for what."""


def _neighbours() -> dict[str, str]:
    """The letters beside each letter of a QWERTY keyboard, in both cases."""
    found: dict[str, set[str]] = {}
    for y, row in enumerate(_ROWS):
        for x, letter in enumerate(row):
            for dy, dx in ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0)):
                if 0 <= y + dy < len(_ROWS) and 0 <= x + dx < len(_ROWS[y + dy]):
                    found.setdefault(letter, set()).add(_ROWS[y + dy][x + dx])
    lower = {letter: "".join(sorted(beside)) for letter, beside in found.items()}
    return lower | {letter.upper(): beside.upper() for letter, beside in lower.items()}


_BESIDE = _neighbours()


def more(bits: U64, number: int) -> U64:
    """Further independent bits for each value, by a number of one's own."""
    return draws_at((0x5EED + number, np.uint64(0xD1F7 + number)), bits)


def _letters(values: pl.Series) -> pl.DataFrame:
    """Characters that may be typed wrong: one row each, with `i` (the value), `p` (its place) and `c`.

    Out of the question are words with a digit, a dot, a colon or a slash inside (numbers, addresses of the net), and
    whatever follows an `@`.
    """
    words = pl.DataFrame({"i": pl.Series(np.arange(len(values), dtype=np.uint32)), "v": values}).with_columns(
        pl.col("v").str.extract_all(r"\s+|\S+").alias("w")
    )
    parts = words.select("i", "w").explode("w").drop_nulls()
    length = pl.col("w").str.len_chars()
    parts = parts.with_columns((length.cum_sum().over("i") - length).alias("from"))
    own = (
        pl.when(pl.col("w").str.contains("@", literal=True))
        .then(pl.col("w").str.extract(r"^([^@]*)"))
        .otherwise(pl.when(pl.col("w").str.contains(r"[0-9]|\S[.:/\\]\S")).then(pl.lit("")).otherwise(pl.col("w")))
    )
    chars = parts.with_columns(own.str.split("").alias("c")).filter(pl.col("c").list.len() > 0)
    chars = chars.with_columns(pl.int_ranges(0, pl.col("c").list.len()).alias("o")).explode("c", "o")
    chars = chars.filter(pl.col("c").str.contains(r"^\p{L}$"))
    return chars.select("i", (pl.col("from") + pl.col("o")).cast(pl.Int64).alias("p"), "c")


def typos(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """One slip of the keyboard: the key beside, two letters in the wrong order, one left out, or one struck twice."""
    letters = _letters(values).group_by("i", maintain_order=True).agg("p")
    frame = pl.DataFrame({"v": values, "b": bits, "how": more(bits, 1) % np.uint64(4), "key": more(bits, 2)})
    frame = frame.with_row_index("i").join(letters, on="i", how="left", maintain_order="left")
    count = pl.col("p").list.len()
    frame = frame.with_columns(
        count.alias("n"), pl.col("p").list.get(pl.col("b") % count, null_on_oob=True).alias("at")
    )
    v, at = pl.col("v"), pl.col("at")
    head, letter, follower, tail = v.str.slice(0, at), v.str.slice(at, 1), v.str.slice(at + 1, 1), v.str.slice(at + 1)
    beside = letter.replace_strict(_BESIDE, default=None, return_dtype=pl.String)
    struck = beside.str.slice((pl.col("key") % beside.str.len_chars()).cast(pl.Int64), 1)
    next_is_letter = pl.col("p").list.contains(at + 1)
    twice = pl.concat_str(head, letter, letter, tail)
    how = pl.col("how")
    typed = (
        pl.when(at.is_null()).then(v)
        .when((how == 0) & struck.is_not_null()).then(pl.concat_str(head, struck, tail))
        .when((how == 1) & next_is_letter & (letter != follower))
        .then(pl.concat_str(head, follower, letter, v.str.slice(at + 2)))
        .when((how == 2) & (pl.col("n") > 2)).then(pl.concat_str(head, tail))
        .otherwise(twice)
    )  # fmt: skip
    return frame.select(typed.alias("v")).to_series()


def ocr(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """One reading error of a scanner: 0 for O, 1 for l, rn for m, ... No address of the net is touched, but for what
    stands before the `@` of an e-mail address.
    """
    whole = values.str.contains(r"^\S*@\S*$")
    away = pl.DataFrame({"v": values, "a": whole}).select(
        pl.when("a").then(pl.col("v").str.extract(r"(@.*)$"))
        .otherwise(pl.col("v").str.extract(r"(?s)((?:\S*@|\S+[.:/\\]\S).*)$")).fill_null("").alias("v")
    )  # fmt: skip
    rest = away.to_series()
    own = pl.DataFrame({"v": values, "r": rest}).select(
        pl.col("v").str.slice(0, pl.col("v").str.len_chars() - pl.col("r").str.len_chars())
    ).to_series()  # fmt: skip
    base = pl.DataFrame({"own": own, "rest": rest, "v": values, "b": bits}).with_row_index("i")
    tried = []
    for number, (seen, read) in enumerate(CONFUSED):
        start = pl.col("own").str.find(seen, literal=True)
        tried.append(
            base.lazy().filter(start.is_not_null())
            .select("i", pl.lit(number, pl.Int32).alias("k"), pl.col("own").str.replace(seen, read, literal=True, n=1))
        )  # fmt: skip
    found = pl.concat(tried).sort("i", "k").group_by("i", maintain_order=True).agg("own").collect()
    joined = base.drop("own").join(found, on="i", how="left", maintain_order="left")
    read_as = pl.col("own").list.get(pl.col("b") % pl.col("own").list.len(), null_on_oob=True)
    return joined.select(pl.coalesce(pl.concat_str(read_as, "rest"), pl.col("v")).alias("v")).to_series()


def casing(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """All capitals, or none; whichever the value is not already."""
    frame = pl.DataFrame({"v": values, "b": bits % np.uint64(2)})
    v, upper, lower = pl.col("v"), pl.col("v").str.to_uppercase(), pl.col("v").str.to_lowercase()
    shout = ((pl.col("b") == 0) | (v == lower)) & (v != upper)
    return frame.select(pl.when(shout).then(upper).otherwise(lower).alias("v")).to_series()


def spaces(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """A space before, one or two behind, or one too many between two words."""
    frame = pl.DataFrame({"v": values, "b": bits % np.uint64(4)})
    v, b = pl.col("v"), pl.col("b")
    inner = v.str.replace(" ", "  ", literal=True, n=1)
    padded = (
        pl.when(b == 0).then(pl.concat_str(pl.lit(" "), v))
        .when((b == 1) & (inner != v)).then(inner)
        .when(b == 2).then(pl.concat_str(v, pl.lit("  ")))
        .otherwise(pl.concat_str(v, pl.lit(" ")))
    )  # fmt: skip
    return frame.select(padded.alias("v")).to_series()


def misspelt(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """One of the recipe's spellings of the value."""
    assert isinstance(options, Misspelt)
    frame = pl.DataFrame({"v": values, "b": bits})
    known = pl.DataFrame({"v": list(options.as_), "s": list(options.as_.values())})
    joined = frame.join(known, on="v", how="left", maintain_order="left")
    spelt = pl.col("s").list.get(pl.col("b") % pl.col("s").list.len(), null_on_oob=True)
    return joined.select(pl.coalesce(spelt, "v").alias("v")).to_series()


def truncated(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """The first characters. A word with an `@` is kept whole or left out: half an address could be somebody's."""
    assert isinstance(options, Truncated)
    cut = values.str.slice(0, options.length)
    frame = pl.DataFrame({"v": values, "c": cut})
    inside = pl.col("v").str.slice(options.length, 1).str.contains(r"\S")
    bare = pl.when(inside).then(pl.col("c").str.replace(r"\S*@\S*$", "")).otherwise("c")
    return frame.select(bare.alias("v")).to_series()


def encoding(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """UTF-8 read as Windows-1252 (`Ã¼` for `ü`), or what cannot be read replaced by U+FFFD or `?`.

    Text in ASCII survives every such mistake, so it stays as it is.
    """
    distinct = values.filter(values.str.contains(r"[^\x00-\x7F]")).unique(maintain_order=True)
    if distinct.is_empty():
        return values
    words = distinct.to_list()
    frame = pl.DataFrame({"v": values, "b": bits % np.uint64(4)})
    known = pl.DataFrame(
        {
            "v": distinct,
            "read": [mojibake(w) for w in words],
            "lost": distinct.str.replace_all(r"[^\x00-\x7F]", "\ufffd"),
            "asked": distinct.str.replace_all(r"[^\x00-\x7F]", "?"),
        }
    )
    joined = frame.join(known, on="v", how="left", maintain_order="left")
    b = pl.col("b")
    damaged = pl.when(b < 2).then("read").when(b == 2).then("lost").otherwise("asked")
    return joined.select(pl.coalesce(damaged, "v").alias("v")).to_series()


def mojibake(text: str) -> str:
    """UTF-8 read as Windows-1252; the five bytes that it leaves open are read as in Latin-1.

    >>> mojibake("Müller")
    'MÃ¼ller'
    """
    return "".join(_LATIN[byte] for byte in text.encode("utf-8", "surrogatepass"))


_LATIN = [bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in range(256)]
