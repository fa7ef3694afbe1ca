"""Values that are split over neighbouring columns: an SSN in three, a card number in four, an e-mail address in two.

Cells that hold nothing but a part of a number or an address are joined row by row, over two to four neighbours, and a
match counts only if it is the whole of what was joined and no part is one by itself. Ordinary columns join to something
now and then (one number in ten has Luhn's check digit), so a row proves nothing alone. One of these must hold:

- address: a cell ends or begins with the `@`, or the columns' names say user and domain.
- column: at least half of the rows, five or more, join to a number whose check digit is right, or to one that the
  columns' names speak of.
- row: the parts are out of place. A cell ends with the hyphen or dot that leads to its neighbour, in a column where
  hardly any does, or hardly any cell of each column has that form (`0000-AA`, whatever its digits and letters are).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from synthgen.columns import Column, Vocabulary
from synthgen.privacy.account import Account
from synthgen.privacy.base import Match
from synthgen.privacy.entities import entity
from synthgen.privacy.examine import Flag
from synthgen.privacy.matching import FEW, Matcher
from synthgen.privacy.parts import never
from synthgen.privacy.patterns import LIKELY, STRONG, mentions, named
from synthgen.privacy.texts import normalised

WIDEST = 4
"""Columns that one value may be split over."""
SHARE, LEAST = 0.5, 5
"""Share and number of a column's rows that must hold."""
RARE = 0.02
"""Share of a column's cells up to which they are out of place there."""
_USUAL = 0.005
_FEW, _SAMPLE = 10, 40
_FORMS = 1_000
_ENOUGH = 2
"""Batches of a table after which columns that held no split number are not sampled again."""
_MOST = 5_000
"""Rows out of place that are looked at in one batch."""

_NUMBER = r"^\s*(?:[(+]?[A-Z0-9][A-Z0-9 ()./:-]{0,30}|[0-9a-f:]{2,24})$"
_LEADS, _FOLLOWS = r"^[0-9A-Za-f ()./:-]*[0-9A-Za-f][-.:]\s*$", r"^\s*[-.:][0-9A-Za-f]"
_USER = r"^[\pL\pN._%+-]+@?$"
_HOST = r"^@?[\pL\pN-]+(?:\.[\pL\pN-]+)+$"
_USERS = ("user", "local", "local part", "login", "mailbox", "username", "email", "mail", "account", "alias")
_HOSTS = ("domain", "host", "provider", "mail server", "server")
_SIZE = "[0-9A-Za-z]"
_SIZES = (7, 34)
"""Letters and digits of the shortest and the longest number: an IP address, an IBAN."""

_NONE = pl.Series([], dtype=pl.UInt32)
_Test = Callable[[pl.Series], pl.Series]
_known: WeakKeyDictionary[Vocabulary, dict[_Test, pl.Series]] = WeakKeyDictionary()
"""What tests told of the entries of vocabularies."""


@dataclass(frozen=True)
class _Part:
    """A column that may hold parts of values.

    The masks say which cells are parts of numbers, lead on to the next column, follow the one before, and have a form
    that the column's other cells have not.
    """

    name: str
    column: Column
    text: bool
    filled: int
    number: pl.Series
    leads: pl.Series
    follows: pl.Series
    odd: pl.Series

    @cached_property
    def is_led(self) -> bool:
        """Whether some cell leads on."""
        return bool(self.leads.any())

    @cached_property
    def is_following(self) -> bool:
        """Whether some cell follows."""
        return bool(self.follows.any())

    @cached_property
    def is_odd(self) -> bool:
        """Whether some cell has an unusual form."""
        return bool(self.odd.any())

    def cells(self, index: pl.Series) -> pl.Series:
        """These cells as text."""
        return normalised(_gathered(self.column, index).cast(pl.String).str.strip_chars())

    def ends(self) -> pl.Series:
        """Whether each cell ends with the `@`, false for null."""
        return self._edge(_ends, -1)

    def starts(self) -> pl.Series:
        """Whether each cell begins with the `@`, false for null."""
        return self._edge(_starts, 0)

    def _edge(self, test: _Test, at: int) -> pl.Series:
        """Of a joined column the part at that edge tells, if none of its words is empty."""
        if self.column.parts:
            words = self.column.parts[at].vocabulary
            if words is not None and words.values.dtype == pl.String:
                none = words.values.null_count() + int((words.values == "").sum() or 0) == 0
                if none and not _listed(words, test).any():
                    return _mask(len(self.column))
        return _tested(self.column, test)


def spanning(
    columns: Mapping[str, Column],
    accounts: Mapping[str, Account],
    matcher: Matcher,
    refuted: Counter[tuple[str, ...]] | None = None,
) -> Iterator[tuple[str, Flag]]:
    """Direct identifiers that span columns and that nothing accounts for: the first column's name, and a flag.

    Columns are neighbours as the mapping orders them. The flag's message names the other columns. `refuted` remembers,
    from one batch of a table to the next, which columns together hold no split numbers; rows out of place are looked
    for in every batch.
    """
    search = _Search(accounts, matcher, Counter() if refuted is None else refuted)
    run: list[_Part] = []
    for name, column in columns.items():
        part = _part(name, column)
        if part is None:
            yield from search.run(run)
            run = []
        else:
            run.append(part)
    yield from search.run(run)


def _part(name: str, column: Column) -> _Part | None:
    """None for a column of another type than text and integers."""
    listed = column.values if column.vocabulary is None else column.vocabulary.values
    kind = listed.dtype
    filled = _filled(column)
    if kind.is_integer():
        values = column.values
        none = _mask(len(values))
        negative = _rare(filled, (values < 0).fill_null(False))
        return _Part(name, column, False, filled, values.is_not_null(), none, negative, none)
    if kind not in (pl.String, pl.Categorical, pl.Enum):
        return None
    words = column.halves is not None or (column.parts and never(column))  # a UUID is longer than any number
    numbers = _mask(len(column)) if words else _tested(column, _contains(_NUMBER))
    if not numbers.any():
        none = _mask(len(numbers))
        return _Part(name, column, True, filled, none, none, none, none)
    number, leads, follows = (numbers & _tested(column, _contains(p)) for p in ("[0-9]", _LEADS, _FOLLOWS))
    odd = _rare(filled, _odd(column, number))
    return _Part(name, column, True, filled, number, _rare(filled, leads), _rare(filled, follows), odd)


def _filled(column: Column) -> int:
    """Cells that are not null."""
    if column.vocabulary is None or column.codes is None or column.vocabulary.values.null_count():
        return len(column) - column.values.null_count()
    return len(column) - column.codes.null_count()


def _gathered(column: Column, index: pl.Series) -> pl.Series:
    """The values of these rows."""
    if column.vocabulary is None or column.codes is None:
        return column.values.gather(index)
    return column.vocabulary.values.gather(column.codes.gather(index))


def _tested(column: Column, test: _Test) -> pl.Series:
    """Boolean per row: whether a test of texts holds, false for null; of a vocabulary each entry is tested once."""
    if column.vocabulary is None or column.codes is None or len(column.vocabulary.values) > len(column):
        return test(column.values.cast(pl.String)).fill_null(False)
    holds = _listed(column.vocabulary, test)
    if holds.all():
        return column.codes.is_not_null()
    return holds.gather(column.codes).fill_null(False) if holds.any() else _mask(len(column))


def _listed(vocabulary: Vocabulary, test: _Test) -> pl.Series:
    """The test of each entry, remembered for the next batch."""
    known = _known.setdefault(vocabulary, {})
    if test not in known:
        known[test] = test(vocabulary.values.cast(pl.String)).fill_null(False)
    return known[test]


def _ends(values: pl.Series) -> pl.Series:
    return values.str.ends_with("@")


def _starts(values: pl.Series) -> pl.Series:
    return values.str.starts_with("@")


@lru_cache(maxsize=256)  # one function for a pattern, so that what it tells of a vocabulary is known again
def _contains(pattern: str) -> _Test:
    return lambda values: values.str.contains(pattern)


def _rare(filled: int, mask: pl.Series, share: float = RARE) -> pl.Series:
    """The mask, or an empty one where more of the filled cells than a few are like that."""
    few = int(mask.sum()) <= max(1, share * filled)
    return mask if few else _mask(len(mask))


def _odd(column: Column, number: pl.Series) -> pl.Series:
    """Numbers of another form than the usual ones, which a sample of the cells tells."""
    if not number.any():
        return number
    every = pl.arange(0, len(number), max(1, len(number) // _FORMS), eager=True)
    some = _gathered(column, every).cast(pl.String).drop_nulls()
    forms = some.filter(some.str.contains(_NUMBER)).str.replace_all("[0-9]+", "0").str.replace_all("[A-Z]+", "A")
    counts = forms.alias("form").value_counts(name="n").filter(pl.col("n") > max(1, _USUAL * len(some)))
    usual = ["".join({"0": "[0-9]+", "A": "[A-Z]+"}.get(c, re.escape(c)) for c in form) for form in counts["form"]]
    return number & ~_tested(column, _contains(f"^(?:{'|'.join(usual)})$")) if usual else number


def _mask(size: int, where: pl.Series | None = None) -> pl.Series:
    """True at these positions alone."""
    mask = np.zeros(size, dtype=np.bool_)
    if where is not None:
        mask[where.to_numpy()] = True
    return pl.Series(mask)


@dataclass(frozen=True)
class _Search:
    """Looks through runs of neighbouring columns."""

    accounts: Mapping[str, Account]
    matcher: Matcher
    refuted: Counter[tuple[str, ...]]

    def run(self, parts: Sequence[_Part]) -> Iterator[tuple[str, Flag]]:
        """All windows, the widest first; rows that a wider one found are left out of those inside it."""
        found: list[tuple[set[str], pl.Series]] = []
        for width in range(min(WIDEST, len(parts)), 1, -1):
            for window in (parts[i : i + width] for i in range(len(parts) - width + 1)):
                names = {p.name for p in window}
                done = [rows for wider, rows in found if names < wider]
                flags = list(self._numbers(window, done))
                found += [(names, flag.rows) for flag in flags]
                yield from ((window[0].name, flag) for flag in flags)
        for left, right in pairwise(parts):
            yield from ((left.name, flag) for flag in self._addresses(left, right))

    def _addresses(self, left: _Part, right: _Part) -> Iterator[Flag]:
        if not left.text or not right.text:
            return
        ends, starts = left.ends(), right.starts()
        rows = ends ^ starts
        if mentions(_USERS, named(left.name)) and mentions(_HOSTS, named(right.name)):
            rows = rows | ~(ends | starts)
        if not rows.any():
            return
        index = rows.arg_true()
        user, host = left.cells(index), right.cells(index)
        whole = (user.str.contains(_USER) & host.str.contains(_HOST)).fill_null(False)
        joined = user.filter(whole).str.strip_chars_end("@") + "@" + host.filter(whole).str.strip_chars_start("@")
        yield from self._flags([left, right], index.filter(whole), joined, "", LIKELY)

    def _numbers(self, window: Sequence[_Part], done: Sequence[pl.Series]) -> Iterator[Flag]:
        rows = window[0].number
        for part in window[1:]:
            rows = rows & part.number
        for known in done:
            rows = rows & ~_mask(len(rows), known)
        if not rows.any():
            return
        strays = _out_of_place(window)
        placed = _NONE if strays is None else (rows & strays).arg_true().head(_MOST)
        odd = all(p.is_odd for p in window)
        cuts = ("", " ", "-") if odd else ("",)  # where groups ended, or a space or hyphen stood
        some = False
        for between in cuts:
            if not len(placed):
                break
            for flag in self._flags(window, placed, _joined(window, placed, between), "", LIKELY):
                some = True
                placed = placed.filter(~placed.is_in(flag.rows.cast(placed.dtype).implode()))
                yield flag
        if some:
            return
        names = tuple(p.name for p in window)
        if self.refuted[names] >= _ENOUGH:
            return
        index = rows.arg_true()
        if len(index) < max(LEAST, SHARE * min(p.filled for p in window)):
            return
        spoken = " ".join(names)
        for between in ("", "-"):
            if self._holds(window, index, between, spoken):
                yield from self._flags(window, index, _joined(window, index, between), spoken, STRONG)
                return
        self.refuted[names] += 1

    def _holds(self, window: Sequence[_Part], index: pl.Series, between: str, spoken: str) -> bool:
        """Whether enough of the rows join to a number: of a few, so that most columns cost little, and then of more."""
        for size in (_FEW, _SAMPLE):
            some = index.gather_every(max(1, len(index) // size)).head(size)
            found = self._found(window, some, _joined(window, some, between), spoken, STRONG)
            if len(found) < SHARE * len(some) * (0.5 if size < _SAMPLE else 1):
                return False
        return True

    def _flags(
        self, window: Sequence[_Part], index: pl.Series, joined: pl.Series, spoken: str, least: float
    ) -> Iterator[Flag]:
        """Flags, by entity, of rows whose joined text is a match that no column's account covers."""
        found: dict[tuple[str, str], tuple[float, list[int]]] = {}
        for row, match, text in self._found(window, index, joined, spoken, least):
            if not any(self.accounts[p.name].covers(match.entity, text) for p in window):
                score, rows = found.setdefault((match.entity, match.recognizer), (match.score, []))
                rows.append(row)
        others = " and ".join(p.name for p in window[1:])
        for (name, recognizer), (score, rows) in found.items():
            yield Flag(name, score, f"{recognizer}+columns", pl.Series(rows), f"with {others}")

    def _found(
        self, window: Sequence[_Part], index: pl.Series, joined: pl.Series, spoken: str, least: float
    ) -> list[tuple[int, Match, str]]:
        """Row, match and text of every row whose joined text is one match, and none of whose parts is one."""
        sizes = joined.str.count_matches(_SIZE)
        keep = (joined.str.contains("@", literal=True) | sizes.is_between(*_SIZES)).fill_null(False)
        rows, texts = index.filter(keep).to_list(), joined.filter(keep).to_list()
        if not rows:
            return []
        told = {r.entity for r in self.matcher.named(spoken)} if spoken else None
        distinct = list(dict.fromkeys(texts))
        if len(distinct) > FEW:
            distinct = self.matcher.candidates(pl.Series(distinct), spoken).to_list()
        if not distinct:
            return []
        best = {t: _whole(t, ms, told, least) for t, ms in self._matches(distinct, spoken)}
        found = [(r, m, t) for r, t in zip(rows, texts, strict=True) if (m := best.get(t))]
        if not found:
            return []
        at = pl.Series([r for r, _, _ in found], dtype=pl.UInt32)
        parts = list(zip(*(p.cells(at).to_list() for p in window), strict=True))
        single = list(dict.fromkeys(cell for cells in parts for cell in cells))
        alone = {t for t, ms in self._matches(single, "") if _whole(t, ms, None, LIKELY)}
        return [f for f, cells in zip(found, parts, strict=True) if alone.isdisjoint(cells)]

    def _matches(self, texts: list[str], column: str) -> Iterator[tuple[str, list[Match]]]:
        yield from zip(texts, self.matcher.matches(texts, column), strict=True)


def _whole(text: str, matches: Sequence[Match], told: set[str] | None, least: float) -> Match | None:
    """The strongest match of a direct identifier that is the whole text.

    With `told`, the entities that the columns' names speak of, a match must be of those or have its check digit.
    """
    whole = [m for m in matches if m.end - m.start == len(text) and entity(m.entity).kind == "direct"]
    if told is None:
        whole = [m for m in whole if m.score >= least]
    else:
        whole = [m for m in whole if m.entity in told or (m.score >= least and _checked(m.entity))]
    return max(whole, key=lambda m: m.score, default=None)


def _checked(name: str) -> bool:
    return "checksum" in entity(name).proof and name != "PHONE_NUMBER"


def _out_of_place(window: Sequence[_Part]) -> pl.Series | None:
    """Rows in which every cell leads on to the next, follows the one before, or has, like the next, an unusual form.

    None where there are none.
    """
    if not all(left.is_led or right.is_following or (left.is_odd and right.is_odd) for left, right in pairwise(window)):
        return None
    rows = ~_mask(len(window[0].number))
    for left, right in pairwise(window):
        rows = rows & (left.leads | right.follows | (left.odd & right.odd))
    return rows


def _joined(window: Sequence[_Part], index: pl.Series, between: str) -> pl.Series:
    """The cells of these rows as one text each."""
    cells = [p.cells(index).alias(str(i)) for i, p in enumerate(window)]
    return pl.DataFrame(cells).select(pl.concat_str(pl.all(), separator=between)).to_series()
