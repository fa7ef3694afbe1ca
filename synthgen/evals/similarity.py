"""Near-duplicates: MinHash signatures over word shingles, and an index that finds similar ones (Broder 1997).

Two texts are near-duplicates where the estimated Jaccard similarity of their shingles of three words is at least 0.8.
Candidates come from locality-sensitive hashing: 16 bands of 8 values, which finds a pair of similarity 0.8 with a
probability of 0.95 and one of 0.9 with 0.9998.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synthgen.seeds import U64, draws, stream_key

SHINGLE = 3
VALUES, BANDS = 128, 16
THRESHOLD = 0.8
_MERSENNE = np.uint64((1 << 31) - 1)
_A = (draws(stream_key(0, "minhash", "a"), 0, VALUES) % (_MERSENNE - np.uint64(1))) + np.uint64(1)
_B = draws(stream_key(0, "minhash", "b"), 0, VALUES) % _MERSENNE
_WORD = re.compile(r"\w+")

Signature = NDArray[np.uint32]


def normal(text: str) -> str:
    """The words of a text, lower-case, one space between: what exact duplicates are compared by."""
    return " ".join(_WORD.findall(text.lower()))


def signature(text: str) -> Signature:
    """128 values whose share of equal ones estimates the Jaccard similarity of two texts' shingles."""
    words = normal(text).split(" ")
    count = max(1, len(words) - SHINGLE + 1)
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(count)}
    codes: U64 = np.fromiter((_code(s) for s in shingles), np.uint64, len(shingles))
    hashed = (codes[:, None] * _A[None, :] + _B[None, :]) % _MERSENNE
    return hashed.min(axis=0).astype(np.uint32)


def _code(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=4).digest(), "little") & 0x7FFFFFFF


def similarity(a: Signature, b: Signature) -> float:
    """Estimated Jaccard similarity, standard error at most 0.044."""
    return float((a == b).mean())


@dataclass
class Index:
    """Signatures seen so far, by number; finds the first earlier text that a new one nearly repeats."""

    signatures: dict[int, Signature] = field(default_factory=dict)
    _bands: list[dict[bytes, list[int]]] = field(default_factory=lambda: [{} for _ in range(BANDS)])

    def near(self, new: Signature, apart: frozenset[int] = frozenset()) -> int | None:
        """The number of a near-duplicate, those in `apart` aside; None if there is none."""
        seen: set[int] = set()
        for band, part in zip(self._bands, new.reshape(BANDS, -1), strict=True):
            for number in band.get(part.tobytes(), ()):
                if number in seen or number in apart:
                    continue
                seen.add(number)
                if similarity(self.signatures[number], new) >= THRESHOLD:
                    return number
        return None

    def add(self, number: int, new: Signature) -> None:
        """Remember a text's signature."""
        self.signatures[number] = new
        for band, part in zip(self._bands, new.reshape(BANDS, -1), strict=True):
            band.setdefault(part.tobytes(), []).append(number)
