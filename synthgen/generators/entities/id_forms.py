"""Forms of identity numbers that keep every rule of their authority but one: the check digit is never the right one.

A form is written as a template: `#` is a digit, `?` a capital letter, `[A-D]` one of these characters, `{01-28}` a
number of fixed width, `{a|b}` one of these words, `*` the check digit (`**` a check number of two digits), anything
else stands for itself. `number` makes a `NationalId` of it. A rule that reserves a range needs no check: the template
alone says what is never issued.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.generators.digits import Bytes, decimal, literal, strings
from synthgen.seeds import U64

Values = NDArray[np.int64]
Check = Callable[[Values], Values]
_MOST = 2**62


@dataclass(frozen=True)
class NationalId:
    """A form: its entity (Presidio's name where it has one), how many values, the values by rank, and who says so."""

    entity: str
    capacity: int
    spell: Callable[[U64], pl.Series]
    authority: str = ""


_TOKEN = re.compile(r"#{1,18}|\?|\[([^\]]+)\]|\{([^}]+)\}|\*+|[^#?\[{*]+")


@dataclass(frozen=True)
class _Part:
    """A piece of a template: `words` to choose from, `digits` in a row, a literal (one word), or `check` digits."""

    words: tuple[bytes, ...] = ()
    digits: int = 0
    check: int = 0

    @property
    def size(self) -> int:
        return 10**self.digits if self.digits else max(1, len(self.words))


@lru_cache(maxsize=512)
def _parts(template: str) -> tuple[_Part, ...]:
    found = []
    for match in _TOKEN.finditer(template):
        token = match.group()
        if token[0] == "#":
            found.append(_Part(digits=len(token)))
        elif token == "?":
            found.append(_Part(words=tuple(bytes([65 + i]) for i in range(26))))
        elif token[0] == "[":
            found.append(_Part(words=tuple(c.encode() for c in _class(match.group(1)))))
        elif token[0] == "{":
            found.append(_Part(words=tuple(w.encode() for w in _choices(match.group(2)))))
        elif token[0] == "*":
            found.append(_Part(check=len(token)))
        else:
            found.append(_Part(words=(token.encode(),)))
    return tuple(found)


def _class(text: str) -> list[str]:
    spread = re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), text)
    return list(spread)


def _choices(text: str) -> list[str]:
    found: list[str] = []
    for choice in text.split("|"):
        low, dash, high = choice.partition("-")
        if dash and low.isdigit() and high.isdigit():
            found += [f"{n:0{len(low)}d}" for n in range(int(low), int(high) + 1)]
        else:
            found.append(choice)
    return found


def number(
    entity: str, authority: str, template: str, check: Check | None = None, alphabet: str = "0123456789"
) -> NationalId:
    """An identity number by its template. `check` gives the right check digit of each row; the next one is written.

    `check` sees the values of all letters and digits but the check digit's (A is 10), one row each, and returns an
    index into `alphabet`, or for `**` a number of two digits.
    """
    parts = _parts(template)
    capacity = prod(p.size for p in parts)

    def spell(rank: U64) -> pl.Series:
        return _spelled(parts, rank % np.uint64(min(capacity, _MOST)), check, alphabet)

    return NationalId(entity, min(capacity, _MOST), spell, authority)


def _spelled(parts: Sequence[_Part], rank: U64, check: Check | None, alphabet: str) -> pl.Series:
    if not len(rank):  # of no row it cannot be seen where the separators stand
        return pl.Series([], dtype=pl.String)
    indices: list[U64] = []
    rest = rank
    for part in parts:
        indices.append(rest % np.uint64(part.size))
        rest = rest // np.uint64(part.size)
    if not all(len(w) == len(p.words[0]) and w.isascii() for p in parts for w in p.words):
        words = [_words(p, i) for p, i in zip(parts, indices, strict=True)]
        return pl.select(pl.concat_str([pl.lit(w) for w in words])).to_series()
    columns = [None if p.check else _written(p, i) for p, i in zip(parts, indices, strict=True)]
    if check is not None:
        body = np.concatenate([c for c in columns if c is not None], axis=1)
        wrong = _wrong(check(_values(body)), max(p.check for p in parts), alphabet)
        columns = [wrong if c is None else c for c in columns]
    return strings(np.concatenate([c for c in columns if c is not None], axis=1))


def _written(part: _Part, index: U64) -> Bytes:
    """The bytes of a part for each row; all its words have one length."""
    if part.digits:
        return decimal(index, part.digits)
    if len(part.words) == 1:
        return literal(part.words[0], len(index))
    table = np.frombuffer(b"".join(part.words), np.uint8).reshape(len(part.words), -1)
    return table[index.astype(np.int64)]


def _words(part: _Part, index: U64) -> pl.Series:
    """The same as text: words of other alphabets, or of several lengths."""
    if part.digits:
        return strings(decimal(index, part.digits))
    return pl.Series([w.decode() for w in part.words]).gather(pl.Series(index.astype(np.uint32)))


def _values(body: Bytes) -> Values:
    """Values of the letters and digits of each row, separators left out (they stand at the same places in all rows)."""
    first = body[0] if len(body) else np.zeros(body.shape[1], np.uint8)
    is_digit, is_letter = (first >= 48) & (first <= 57), (first >= 65) & (first <= 90)
    kept = body[:, is_digit | is_letter].astype(np.int64)
    return np.where(kept >= 65, kept - 55, kept - 48)


def _wrong(right: Values, width: int, alphabet: str) -> Bytes:
    """Another check digit than the right one (a right one beyond the alphabet does not exist, so any is wrong)."""
    if width == 2:
        return decimal(((right + 1) % 97 + 1).astype(np.uint64), 2)
    letters = np.frombuffer(alphabet.encode(), np.uint8)
    return letters[(right + 1) % len(alphabet)][:, None]


# -- check digits


def weighted(weights: str | Sequence[int], modulus: int, *, complement: bool = True, last: str = "") -> Check:
    """Products with the weights, summed, modulo; `complement`: what is missing to a multiple.

    The weights belong to the last places. `last` maps remainders that are no digit: `10=0` writes 0 for 10.
    """
    factors = np.array([int(w) for w in weights] if isinstance(weights, str) else weights, np.int64)
    mapped = {int(a): int(b) for a, _, b in (pair.partition("=") for pair in last.split())}

    def check(values: Values) -> Values:
        total = (values[:, -len(factors) :] * factors).sum(axis=1) % modulus
        found = (modulus - total) % modulus if complement else total
        for a, b in mapped.items():
            found = np.where(found == a, b, found)
        return found

    return check


def luhn(values: Values) -> Values:
    """Luhn's check digit of the digits (ISO/IEC 7812-1)."""
    doubled = values[:, ::-1][:, ::2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + values[:, ::-1][:, 1::2].sum(axis=1)
    return (10 - total % 10) % 10


def luhn_of(count: int) -> Check:
    """Luhn's check digit of the last `count` places."""
    return lambda values: luhn(values[:, -count:])


def iso_11_10(values: Values) -> Values:
    """ISO 7064 Mod 11,10 over the digits (letters before them are left out)."""
    product = np.full(len(values), 10, np.int64)
    for i in range(values.shape[1]):
        total = (values[:, i] + product) % 10
        product = (np.where(total == 0, 10, total) * 2) % 11
    return (11 - product) % 10


def last(count: int, check: Check) -> Check:
    """A check of the last `count` places alone."""
    return lambda values: check(values[:, -count:])


def remainder(modulus: int, count: int, offset: int = 0, sign: int = 1) -> Check:
    """(offset + sign * number) modulo: the number that the last `count` digits make."""

    def check(values: Values) -> Values:
        found = np.zeros(len(values), np.int64)
        for i in range(values.shape[1] - count, values.shape[1]):
            found = (found * 10 + values[:, i]) % modulus
        return (offset + sign * found) % modulus

    return check
