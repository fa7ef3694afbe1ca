"""A damaged value beside what it was: is it that value with a small, known kind of damage, and was that accounted for?

A name with a typo stands in no word list, so nothing proves it by itself. It is excused if two things hold, both
looked up here and taken on nobody's word: the value before the damage passes the scan of its column, and the damaged
one comes of it by one edit of a letter, one reading error of a scanner, a change of case or space, a cut at the end, or
a wrong decoding. Only entities without a reserved range are excused so (names, places, firms, dates of birth): a direct
identifier has to lie in its reserved range, damaged or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from synthgen.columns import Column, Inserted
from synthgen.privacy.account import INDIRECT
from synthgen.privacy.examine import Flag
from synthgen.privacy.leaves import Leaf

NOTHING = frozenset(
    {"n/a", "na", "-", "", "null", "unknown", "none", "?", "nan", "missing"}
)  # what is written where nothing is known
_READ = (
    ("0", "O"), ("1", "l"), ("I", "l"), ("5", "S"), ("8", "B"), ("o", "0"), ("rn", "m"), ("cl", "d"), ("e", "c"),
    ("h", "b"),
)  # fmt: skip
_OPEN = {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # bytes that Windows-1252 leaves open
_BYTES = {(bytes([b]).decode("cp1252") if b not in _OPEN else chr(b)): b for b in range(256)}
_LEAST_CUT = 2


def is_damaged(value: str, before: str) -> bool:
    """Whether a value comes of another by one known kind of damage.

    >>> is_damaged("Jhon", "John"), is_damaged("Srnith", "Smith"), is_damaged("Baker", "Smith")
    (True, True, False)
    """
    if value.strip().casefold() in NOTHING:
        return True
    if _spaced(value) == _spaced(before):
        return True
    if len(value) >= _LEAST_CUT and before.startswith(value):
        return True
    return one_edit(value, before) or _misread(value, before) or _decoded(value, before)


def one_edit(a: str, b: str) -> bool:
    """Whether two texts are one insertion, deletion, substitution or transposition of neighbours apart."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return longer[start + 1 :] == shorter[start:]
    if a[start + 1 :] == b[start + 1 :]:
        return True
    return a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip()).casefold()


def _misread(value: str, before: str) -> bool:
    """Whether one place of the text before was read as something that looks like it."""
    start = next(
        (i for i, (x, y) in enumerate(zip(value, before, strict=False)) if x != y), min(len(value), len(before))
    )
    for one, other in _READ:
        for seen, read in ((one, other), (other, one)):
            for at in (start, start - 1):  # `m` for `rn` differs at its first letter, `cl` for `d` too
                end = before[at + len(seen) :] if at >= 0 else None
                if end is not None and before[at : at + len(seen)] == seen and value == before[:at] + read + end:
                    return True
    return False


def _decoded(value: str, before: str) -> bool:
    """Whether the text before was decoded wrongly: read as Windows-1252, or what is not ASCII was lost."""
    if before.isascii():
        return False
    if value in (re.sub(r"[^\x00-\x7F]", "\ufffd", before), re.sub(r"[^\x00-\x7F]", "?", before)):
        return True
    try:
        return bytes(_BYTES[c] for c in value).decode("utf-8") == before
    except (KeyError, UnicodeDecodeError):
        return False


def excused(
    flags: Sequence[Flag],
    name: str,
    column: Column,
    scan: Callable[[Leaf, Sequence[Inserted]], list[Flag]],
) -> list[Flag]:
    """The flags without the rows whose value is a damaged one of a value that passes.

    `scan` is the scan of the column, as any value of it is scanned. Rows without a value before have no excuse.
    """
    before = column.before
    assert before is not None
    left = []
    for flag in flags:
        rows = flag.rows
        if flag.entity in INDIRECT and not flag.unscanned and before.dtype == pl.String:
            rows = rows.filter(~_accounted(rows, name, column, before, scan))
        if len(rows):
            left.append(flag if len(rows) == len(flag.rows) else flag.at(rows))
    return left


def _accounted(
    rows: pl.Series,
    name: str,
    column: Column,
    before: pl.Series,
    scan: Callable[[Leaf, Sequence[Inserted]], list[Flag]],
) -> pl.Series:
    """For each row, whether its value is a damaged one of a value that passes the column's scan."""
    pairs = pl.DataFrame({"v": column.values.gather(rows).cast(pl.String), "b": before.gather(rows)})
    distinct = pairs.drop_nulls().unique()
    damaged = [is_damaged(value, was) for value, was in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("d", damaged, dtype=pl.Boolean))
    holds = pairs.join(known, on=["v", "b"], how="left", maintain_order="left")["d"].fill_null(False)
    own = tuple(Inserted(i.values.gather(rows), i.declared) for i in column.inserted)
    for flag in scan(Leaf(name, pairs["b"]), own):
        holds = holds & ~pl.arange(len(rows), eager=True).is_in(flag.rows.implode())
    return holds
