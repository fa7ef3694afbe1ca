"""Columns joined from parts: one proof for every text that the parts can make, however many rows hold one.

Forms are regular expressions that treat all ASCII small letters alike, all capitals alike, and all digits alike, but
for literals without q, Q and 0. So a word may be told by its pattern (`Anna12` by `Qqqq00`): what takes the pattern
takes the word, character by character. A column is proven if the form takes the patterns of all words of all parts in
every combination; words of short lists stand as they are. What is not proven is looked at by value.
"""

from __future__ import annotations

from itertools import product

import polars as pl

from synthgen.columns import Column

_SHORT = 64
"""Words up to which a list is taken as it is: domains, which have literals in their form."""
_MOST = 100_000
"""Combinations that are tried."""
FOREIGN = r"[^0-9A-Za-f ()./:+\t\r\n-]|(?s:[a-f].*[A-Z]|[A-Z].*[a-f])"
"""Rust regex of what stands in no part of a number: other characters, or small and capital letters together."""


def patterns(words: pl.Series) -> pl.Series:
    """The distinct patterns of words; those of a short list as they are.

    >>> patterns(pl.Series(["Anna12"] * 99)).to_list()
    ['Qqqq00']
    """
    distinct = words.drop_nulls().unique(maintain_order=True)
    if len(distinct) <= _SHORT and len(words) <= _SHORT:
        return distinct
    made = distinct.str.replace_all("[a-z]", "q").str.replace_all("[A-Z]", "Q").str.replace_all("[0-9]", "0")
    return made.unique(maintain_order=True)


class JoinedProofs:
    """Remembers which lists, joined, are of which form. Keep one per scanner."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Column, bool]] = {}

    def all_of(self, column: Column, form: str) -> bool:
        """Whether every value of a joined column matches an anchored form, for certain."""
        key: list[object] = [form]
        for part in column.parts:
            widths = _widths(part)
            if part.vocabulary is None and widths is None:
                return False
            key.append(id(part.vocabulary) if part.vocabulary is not None else widths)
        name = tuple(key)
        if name not in self._known:  # the column keeps its vocabularies, so that their identities stay taken
            self._known[name] = (_lists(column), _all_of(column, form))
        return self._known[name][1]


def never(column: Column, foreign: str = FOREIGN) -> bool:
    """Whether each value of a joined column holds something foreign, because all words of one part do."""
    return any(
        part.vocabulary is not None and bool(part.vocabulary.values.cast(pl.String).str.contains(foreign).all())
        for part in column.parts
    )


def _lists(column: Column) -> Column:
    """The column's vocabularies without its rows."""
    none = pl.Series([], dtype=pl.UInt32)
    return Column.joined(*(Column(vocabulary=part.vocabulary, codes=none) for part in column.parts))


def _widths(part: Column) -> tuple[int, int] | None:
    """Digits of the least and the greatest of plain non-negative integers; None for anything else."""
    if part.plain is None or not part.plain.dtype.is_integer():
        return None
    least, most = part.plain.min(), part.plain.max()
    if not isinstance(least, int) or not isinstance(most, int) or least < 0:
        return None
    return len(str(least)), len(str(most))


def _all_of(column: Column, form: str) -> bool:
    lists: list[list[str]] = []
    combinations = 1
    for part in column.parts:
        if part.vocabulary is None:
            least, most = _widths(part) or (1, 0)
            words = ["0" * width for width in range(least, most + 1)]
        elif part.vocabulary.values.dtype == pl.String:
            words = patterns(part.vocabulary.values).to_list()
        else:
            return False
        lists.append(words)
        combinations *= len(words)
        if not 0 < combinations <= _MOST:
            return False
    every = pl.Series(["".join(words) for words in product(*lists)], dtype=pl.String)
    return bool(every.str.contains(form).all())
