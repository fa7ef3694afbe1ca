"""What entities share: attributes, weighted segments of merged vocabularies, and ASCII slugs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Declared, ProofKind, Rows
from synthgen.generator import Params
from synthgen.seeds import U64, Alias

Codes = NDArray[np.uint32]


@dataclass(frozen=True)
class Trait:
    """One attribute of an entity: dtype, the PII entity it declares with its proof, and most characters."""

    dtype: pl.DataType
    entity: str | None = None
    proof: ProofKind = "vocabulary"

    @property
    def declared(self) -> Declared | None:
        """What columns of it declare."""
        return Declared(self.entity, self.proof) if self.entity else None


class EntityParams(Params):
    """`max_length`: the most characters that a text attribute may have."""

    max_length: int | None = Field(default=None, ge=1)


class Segments:
    """Weighted word lists side by side in one vocabulary, one segment for each group (locale, gender).

    `pick` takes 64 bits and each row's segment, and returns indices into the whole vocabulary; alias tables as in
    `seeds.Alias`. Two groups may share one list.
    """

    def __init__(self, lists: Sequence[tuple[Sequence[str], Sequence[float]]], groups: Sequence[int]) -> None:
        self.words: list[str] = []
        starts, thresholds, aliases, sizes = [], [], [], []
        for words, weights in lists:
            start = len(self.words)
            table = Alias(weights)
            self.words += words
            starts.append(start)
            sizes.append(len(words))
            thresholds.append(table.threshold)
            aliases.append(table.alias + np.uint32(start))
        self._threshold, self._alias = np.concatenate(thresholds), np.concatenate(aliases).astype(np.uint32)
        self._start = np.array([starts[g] for g in groups], dtype=np.uint32)
        self._size = np.array([sizes[g] for g in groups], dtype=np.uint64)

    def pick(self, bits: U64, group: NDArray[np.integer[Any]] | int) -> Codes:
        """Index of a word for each row."""
        shift = np.uint64(32)
        if isinstance(group, int) or len(self._start) == 1:
            g = group if isinstance(group, int) else 0
            index = (((bits >> shift) * self._size[g]) >> shift).astype(np.uint32) + self._start[g]
        else:
            index = (((bits >> shift) * self._size.take(group)) >> shift).astype(np.uint32) + self._start.take(group)
        keep = (bits & np.uint64(0xFFFFFFFF)) < self._threshold.take(index)
        return np.where(keep, index, self._alias.take(index))


def locale_group(rows: Rows) -> NDArray[np.uint8] | int:
    """Each row's locale index, or 0 where there is one locale only."""
    names, index = rows.locales
    return 0 if len(names) == 1 else index


def fitting(words: Sequence[str], weights: Sequence[float], limit: int | None) -> tuple[list[str], list[float]]:
    """The words of at most `limit` characters with their weights; the shortest ones, cut, if none fits."""
    if limit is None:
        return list(words), list(weights)
    kept = [(w, x) for w, x in zip(words, weights, strict=True) if len(w) <= limit]
    if not kept:
        kept = [(w[:limit].strip() or w[:1], 1.0) for w in sorted(words, key=len)[:20]]
        kept = list(dict(kept).items())
    return [w for w, _ in kept], [x for _, x in kept]


_SPECIAL = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "\u0131": "i"}
)


def slug(text: str) -> str:
    """Lower-case ASCII letters of a text; `user` where it has none."""
    folded = unicodedata.normalize("NFKD", text.translate(_SPECIAL)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", folded.lower()) or "user"


def country_of(locale: str) -> str:
    """Country code of a locale such as `de_DE`."""
    return locale.partition("_")[2]
