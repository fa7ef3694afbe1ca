"""Near copies: which values lie one edit (a character put in, left out or replaced) from a source's value.

Each value is hashed character by character by simple tabulation (Zobrist, 1970): h(v) is the XOR of a random 64-bit
word for each (position, character), from a table that comes from the salt. So the hash of a value with one character
replaced, left out or put in follows from prefixes and suffixes, without hashing it anew. The source's values are kept
(V), and each with each of its characters replaced by a wildcard (W). Then, exactly:

- v and s differ in one character: v with a wildcard for one character is in W;
- v lacks one character of s: v with a wildcard put in is in W;
- v has one character more: v without one character is in V.

The XORs are never stored: SipHash makes a pseudorandom function of them (two values collide with probability 2^-64).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.leakage.hashing import U64, Keys, Members, siphash

SHORTEST = 6
LONGEST = 64
"""Characters of the values that near copies are sought of."""
LETTERS = 4
"""Letters that such a value must hold: numbers lie too dense for a neighbour to prove anything."""
_PLANES = 3
_POSITIONS = LONGEST + 2


def eligible(values: pl.Series) -> pl.Series:
    """The values, in their normal form, that have near copies."""
    length, letters = values.str.len_chars(), values.str.count_matches(r"\p{L}")
    return values.filter((length >= SHORTEST) & (length <= LONGEST) & (letters >= LETTERS))


class Editor:
    """Hashes values and their neighbours under one salt."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._final = keys.pair("near")

    @cached_property
    def _tables(self) -> NDArray[np.uint64]:
        """Random words by plane (byte of the code point), position and byte; a zero byte above the first is nothing."""
        count = _PLANES * _POSITIONS * 256 + _POSITIONS
        made = b"".join(self._keys.derive(f"near {i}", 64) for i in range(-(-count // 8)))
        return np.frombuffer(made, dtype="<u8").astype(np.uint64)[:count]

    @cached_property
    def _planes(self) -> NDArray[np.uint64]:
        planes = self._tables[: _PLANES * _POSITIONS * 256].reshape(_PLANES, _POSITIONS, 256).copy()
        planes[1:, :, 0] = 0
        return planes

    @cached_property
    def _wild(self) -> U64:
        return self._tables[_PLANES * _POSITIONS * 256 :]

    def values(self, texts: Sequence[str]) -> U64:
        """The hash of each value, in the order of the texts."""
        made = np.empty(len(texts), dtype=np.uint64)
        for index, codes in _by_length(texts):
            made[index] = np.bitwise_xor.reduce(self._words(codes, 0), axis=1)
        return siphash(self._final, [made])

    def patterns(self, texts: Sequence[str]) -> U64:
        """All hashes of each value with one of its characters a wildcard."""
        made = [self._replaced(codes).ravel() for _, codes in _by_length(texts)]
        return siphash(self._final, [np.concatenate(made)]) if made else np.zeros(0, dtype=np.uint64)

    def near(self, texts: Sequence[str], values: Members, patterns: Members) -> NDArray[np.bool_]:
        """For each text whether it is one edit from a value of the source."""
        found = np.zeros(len(texts), dtype=np.bool_)
        if not len(values):
            return found
        for index, codes in _by_length(texts):
            size, length = codes.shape
            here = self._words(codes, 0)
            before = np.zeros((size, length + 1), dtype=np.uint64)
            np.bitwise_xor.accumulate(here, axis=1, out=before[:, 1:])
            hit = [self._any(patterns, self._replaced(codes, here))]
            if length > SHORTEST:
                hit.append(self._any(values, before[:, :length] ^ self._after(codes, -1)[:, 1:]))
            if length < LONGEST:
                hit.append(self._any(patterns, before ^ self._after(codes, 1) ^ self._wild[: length + 1]))
            found[index] = np.stack(hit).any(axis=0)
        return found

    def _any(self, members: Members, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        flat = siphash(self._final, [np.ascontiguousarray(hashes).ravel()])
        hit: NDArray[np.bool_] = np.logical_or.reduce(members.mask(flat).reshape(hashes.shape), axis=1)
        return hit

    def _replaced(self, codes: NDArray[np.uint32], words: NDArray[np.uint64] | None = None) -> NDArray[np.uint64]:
        words = self._words(codes, 0) if words is None else words
        whole = np.bitwise_xor.reduce(words, axis=1, keepdims=True)
        made: NDArray[np.uint64] = whole ^ words ^ self._wild[: codes.shape[1]]
        return made

    def _after(self, codes: NDArray[np.uint32], shift: int) -> NDArray[np.uint64]:
        """XOR of the words from each position to the end, all of them moved by `shift` positions."""
        made = np.zeros((codes.shape[0], codes.shape[1] + 1), dtype=np.uint64)
        moved = self._words(codes, shift)
        made[:, :-1] = np.bitwise_xor.accumulate(moved[:, ::-1], axis=1)[:, ::-1]
        return made

    def _words(self, codes: NDArray[np.uint32], shift: int) -> NDArray[np.uint64]:
        """The word of each character at its position; a first character moved to before the beginning is left out."""
        places = np.maximum(np.arange(codes.shape[1]) + shift, 0)
        made = self._planes[0][places, codes & np.uint32(255)]
        for plane in range(1, _PLANES):
            part = (codes >> np.uint32(8 * plane)) & np.uint32(255)
            if part.any():
                made ^= self._planes[plane][places, part]
        return made


def _by_length(texts: Sequence[str], most: int = 1 << 14) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """Texts of one length at a time, at most `most` of them: their indices, and code points (rows by characters)."""
    lengths = np.fromiter((len(t) for t in texts), dtype=np.int64, count=len(texts))
    order = np.argsort(lengths, kind="stable")
    cuts = np.flatnonzero(np.diff(lengths[order])) + 1
    for group in np.split(order, cuts):
        if not len(group) or not SHORTEST <= (length := int(lengths[group[0]])) <= LONGEST:
            continue
        for start in range(0, len(group), most):
            index = group[start : start + most]
            joined = "".join(texts[i] for i in index.tolist()).encode("utf-32-le", "surrogatepass")
            yield index, np.frombuffer(joined, dtype="<u4").reshape(len(index), length)
