"""What entities share: attributes, weighted segments of merged vocabularies, words that fit a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Declared, ProofKind, Rows
from synthgen.generator import Params
from synthgen.seeds import U64, Alias, Permutation, cells, picked

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
        self.lists = [list(words) for words, _ in lists]
        self.groups = np.array(groups)
        starts, thresholds, aliases, sizes = [], [], [], []
        for words, weights in lists:
            start = len(self.words)
            table = Alias(weights)
            self.words += words
            starts.append(start)
            sizes.append(len(words))
            thresholds.append(table.threshold)
            aliases.append(table.alias + np.uint32(start))
        self._cells = cells(np.concatenate(thresholds), np.concatenate(aliases).astype(np.uint32))
        self._start = np.array([starts[g] for g in groups], dtype=np.uint64)
        self._one = len(set(groups)) == 1  # every group has the same list
        self._size = np.array([sizes[g] for g in groups], dtype=np.uint64)

    def pick(self, bits: U64, group: NDArray[np.integer[Any]] | int) -> Codes:
        """Index of a word for each row."""
        if isinstance(group, int) or self._one:
            g = group if isinstance(group, int) else 0
            return picked(bits, self._cells, int(self._size[g]), int(self._start[g]))
        return picked(bits, self._cells, self._size, self._start, group)


def locale_group(rows: Rows) -> NDArray[np.uint8] | int:
    """Each row's locale index, or 0 where there is one locale only."""
    names, index = rows.locales
    return 0 if len(names) == 1 else index


def fitting(words: Sequence[str], limit: int | None) -> list[str]:
    """The words, those of more than `limit` characters replaced by others that fit (cut, if none does).

    Order and length stay, so that a draw that meets a fitting word without a limit meets it with one too.
    """
    if limit is None or all(len(w) <= limit for w in words):
        return list(words)
    short = [w for w in words if len(w) <= limit]
    if not short:
        return [w[:limit].strip() or w[:1] for w in words]
    return [w if len(w) <= limit else short[i % len(short)] for i, w in enumerate(words)]


def distinct(rows: Rows, slot: str, size: int) -> U64:
    """A different number in [0, size) for each row of a table of at most `size` rows, whatever else it holds."""
    return Permutation(rows.stream(slot), size)(rows.numbers % np.uint64(size))


def text(*parts: pl.Series | str) -> pl.Series:
    """The parts side by side, row by row."""
    return pl.select(pl.concat_str([pl.lit(p) for p in parts])).to_series()


_COUNTRIES = {"ar_AA": "EG", "dk_DK": "DK", "fr_QC": "CA", "es_CA": "ES", "en_MS": "MY", "lb_LU": "LU"}
_LANGUAGES = {
    "cs": "CZ",
    "da": "DK",
    "de": "DE",
    "el": "GR",
    "en": "US",
    "es": "ES",
    "fr": "FR",
    "ja": "JP",
    "sw": "KE",
}


def country_of(locale: str) -> str:
    """Country code of a locale such as `de_DE`; the most usual one where the locale names none (`ar_AA`, `th`)."""
    language, _, country = locale.partition("_")
    return _COUNTRIES.get(locale) or country or _LANGUAGES.get(language, language.upper())
