"""Keyed hashes of values: without the salt they tell nothing, and two fingerprints with other salts share none.

Values are hashed by BLAKE2b with a key that comes from the salt, cut to 64 bits. Hashes are combined (rows,
combinations of columns, word runs) by SipHash-2-4 (Aumasson and Bernstein, 2012), a keyed pseudorandom function that
needs only 64-bit additions, rotations and XORs, so numpy computes it for a whole column at once.

Why 64 bits: a check of m distinct values against n stored ones meets a false match m * n / 2^64 times. For four
million against four million that is 9e-7: one wrong finding in a million checks of that size. 48 bits would give 0.06.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.leakage.normal import as_texts, column_name, normal

U64 = NDArray[np.uint64]
BITS = 64
NOTHING = np.uint64(0)
"""Stands for null and for empty text."""
_PERSON = b"synthgen-leak-1"
_BLOCK = 1 << 15
"""Values that SipHash works on at once: its state stays in the processor's cache."""


class Keys:
    """The keys of one fingerprint, all derived from its salt (any bytes; 16 random ones or more)."""

    def __init__(self, salt: bytes) -> None:
        self._root = hashlib.blake2b(salt, digest_size=32, person=_PERSON).digest()

    def derive(self, purpose: str, size: int = 32) -> bytes:
        """`size` bytes (at most 64) for one purpose."""
        return hashlib.blake2b(purpose.encode(), key=self._root, digest_size=size, person=_PERSON).digest()

    @cached_property
    def check(self) -> str:
        """Sixteen hexadecimal digits by which a salt is recognised as the right one."""
        return self.derive("check", 8).hex()

    @cached_property
    def value(self) -> bytes:
        """The key of values."""
        return self.derive("value")

    def pair(self, purpose: str) -> tuple[int, int]:
        """A key of SipHash."""
        made = self.derive(purpose, 16)
        return int.from_bytes(made[:8], "little"), int.from_bytes(made[8:], "little")

    def name(self, column: str) -> str:
        """The hash of a column's name, 16 hexadecimal digits: headers can hold data, so no file shows them."""
        made = column_name(column).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(made, key=self.derive("name"), digest_size=8).hexdigest()

    def texts(self, texts: Sequence[str | None]) -> U64:
        """Hashes of texts as they are, one BLAKE2b each; null gives NOTHING."""
        key, make = self.value, hashlib.blake2b
        empty = bytes(8)
        made = b"".join(
            [empty if t is None else make(t.encode("utf-8", "replace"), digest_size=8, key=key).digest() for t in texts]
        )
        return np.frombuffer(made, dtype="<u8").astype(np.uint64)

    def column(self, values: pl.Series) -> U64 | None:
        """One hash for each value of a flat column, in its normal form; each distinct value is hashed once.

        None for a column of bytes.
        """
        texts = as_texts(values)
        if texts is None:
            return None
        once = texts.unique(maintain_order=True)
        return spread(texts, once, self.texts(normal(once).to_list()))

    def combined(self, parts: Sequence[U64], purpose: str) -> U64:
        """One hash for each row over several columns of hashes, in this order."""
        return siphash(self.pair(purpose), parts)


def spread(values: pl.Series, once: pl.Series, hashes: U64) -> U64:
    """The hashes of the distinct values (`once`), for all values."""
    if len(once) == len(values) and once.equals(values, null_equal=True):
        return hashes
    index = pl.Series(np.arange(len(once), dtype=np.uint32))
    found = pl.DataFrame({"v": values}).join(
        pl.DataFrame({"v": once, "i": index}), on="v", how="left", nulls_equal=True, maintain_order="left"
    )
    made: U64 = hashes[found["i"].to_numpy()]
    return made


def siphash(key: tuple[int, int], words: Sequence[U64]) -> U64:
    """SipHash-2-4 of messages of `len(words)` 64-bit words, for each position of the arrays.

    NOTHING is what nulls hash to, so a result of 0 is moved to 1.
    """
    size = len(words[0])
    made = np.empty(size, dtype=np.uint64)
    for start in range(0, size, _BLOCK):
        piece = slice(start, min(start + _BLOCK, size))
        made[piece] = _siphash(key, [w[piece] for w in words])
    made[made == NOTHING] = np.uint64(1)
    return made


def _siphash(key: tuple[int, int], words: Sequence[U64]) -> U64:
    size = len(words[0])
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    state = [np.full(size, s ^ key[i % 2], dtype=np.uint64) for i, s in enumerate(start)]
    spare = np.empty(size, dtype=np.uint64)
    length = np.full(size, ((8 * len(words)) & 0xFF) << 56, dtype=np.uint64)
    for word in (*words, length):
        state[3] ^= word
        _rounds(state, spare, 2)
        state[0] ^= word
    state[2] ^= np.uint64(0xFF)
    _rounds(state, spare, 4)
    made: U64 = state[0] ^ state[1] ^ state[2] ^ state[3]
    return made


def _rounds(state: list[U64], spare: U64, count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a += b
        _rotate(b, 13, spare)
        b ^= a
        _rotate(a, 32, spare)
        c += d
        _rotate(d, 16, spare)
        d ^= c
        a += d
        _rotate(d, 21, spare)
        d ^= a
        c += b
        _rotate(b, 17, spare)
        b ^= c
        _rotate(c, 32, spare)


def _rotate(word: U64, by: int, spare: U64) -> None:
    np.right_shift(word, np.uint64(64 - by), out=spare)
    np.left_shift(word, np.uint64(by), out=word)
    np.bitwise_or(word, spare, out=word)


def distinct(hashes: U64) -> U64:
    """Sorted and distinct, without NOTHING (by sorting: ten times as fast as numpy's `unique` over millions)."""
    made = np.sort(hashes)
    keep = made != NOTHING
    keep[1:] &= made[1:] != made[:-1]
    return made[keep]


class Members:
    """A sorted array of distinct hashes, asked whether it holds others: a bitmap first, then a binary search."""

    def __init__(self, hashes: U64) -> None:
        self.hashes = hashes

    @classmethod
    def of(cls, hashes: U64) -> Members:
        """Sorted and distinct, without NOTHING."""
        return cls(distinct(hashes))

    def __len__(self) -> int:
        return len(self.hashes)

    @cached_property
    def _bitmap(self) -> tuple[np.uint64, NDArray[np.uint8]]:
        """One bit for each value of the top bits: 32 bits of map for each hash, so 97 % of others stop here."""
        bits = max(10, len(self.hashes).bit_length() + 5)
        drop = np.uint64(BITS - bits)
        top = self.hashes >> drop
        marks = np.zeros(1 << bits, dtype=np.bool_)
        marks[top] = True
        return drop, np.packbits(marks, bitorder="little")

    def mask(self, hashes: U64) -> NDArray[np.bool_]:
        """For each hash whether it is here."""
        if not len(self.hashes) or not len(hashes):
            return np.zeros(len(hashes), dtype=np.bool_)
        drop, bitmap = self._bitmap
        top = hashes >> drop
        maybe = (bitmap[top >> np.uint64(3)] >> (top & np.uint64(7)).astype(np.uint8)) & np.uint8(1)
        found = maybe.astype(np.bool_)
        candidates = np.flatnonzero(found)
        found[candidates] = self.at(hashes[candidates]) >= 0
        return found

    def at(self, hashes: U64) -> NDArray[np.int64]:
        """The index of each hash, -1 where it is not here."""
        if not len(self.hashes):
            return np.full(len(hashes), -1, dtype=np.int64)
        index = np.searchsorted(self.hashes, hashes)
        index[index == len(self.hashes)] = 0
        return np.where(self.hashes[index] == hashes, index, -1).astype(np.int64)
