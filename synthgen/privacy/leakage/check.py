"""An export's columns against the hashes of a source: values, near copies, rows, combinations, passages, canaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.account import plain_reserved_email
from synthgen.privacy.leakage import shingles
from synthgen.privacy.leakage.chance import ALLOWANCE, COMBINATION_LEVEL, ROW_LEVEL, expected, pairs_within
from synthgen.privacy.leakage.columns import flattened, is_text, traits_of
from synthgen.privacy.leakage.evidence import Evidence
from synthgen.privacy.leakage.hashing import U64, Keys, Members, distinct, spread
from synthgen.privacy.leakage.near import Editor, eligible
from synthgen.privacy.leakage.normal import as_texts, normal
from synthgen.privacy.leakage.prints import Combination, Passages, Rows, TablePrint
from synthgen.privacy.leakage.shingles import Runs, Shingler
from synthgen.privacy.leakage.tokens import tokens
from synthgen.privacy.leakage.traits import COLUMN, Trait, by_name, complete, pairings, people, trait_hashes

NEAR, ROW, COMBINATION, PASSAGE, CANARY = "NEAR_COPY", "SOURCE_ROW", "RARE_COMBINATION", "SOURCE_TEXT", "CANARY"
SHORTEST = 6
"""Shorter values are compared only with the source's column of the same name: elsewhere they meet by chance."""
_DIGITS = 100_000
"""Integers below this hold no identifying value, but in a column that is named as the source's."""


@dataclass(frozen=True)
class Canaries:
    """Marks that must never turn up: as whole values, and as runs of words by their number."""

    values: Members
    phrases: Mapping[int, Members]

    def __len__(self) -> int:
        return len(self.values)


@dataclass
class Cells:
    """A column of an export: its distinct values (`once`), their normal forms and hashes, each made when asked for."""

    name: str
    rows: pl.Series | None
    texts: pl.Series
    keys: Keys

    @cached_property
    def once(self) -> pl.Series:
        """Distinct values as text, without null."""
        return self.texts.unique(maintain_order=True).drop_nulls()

    @cached_property
    def plain(self) -> pl.Series:
        """The normal form of each distinct value."""
        return normal(self.once)

    @cached_property
    def hashes(self) -> U64:
        """The hash of each distinct value."""
        return self.keys.texts(self.plain.to_list())

    @cached_property
    def every(self) -> U64:
        """The hash of each value."""
        made = np.append(self.hashes, np.uint64(0))
        once = pl.concat([self.once, pl.Series([None], dtype=pl.String)])
        return spread(self.texts, once, made)

    def places(self, hit: NDArray[np.bool_]) -> pl.Series:
        """The rows that hold the distinct values marked in `hit`."""
        index = self.texts.is_in(self.once.filter(pl.Series(hit)).implode()).fill_null(False).arg_true()
        return index if self.rows is None else self.rows.gather(index).unique()


class Checker:
    """Checks batches of an export against one source. Keep one per process: it keeps bitmaps and tables."""

    def __init__(self, source: str, keys: Keys, tables: Sequence[TablePrint], canaries: Canaries) -> None:
        self.source, self.keys, self.tables, self.canaries = source, keys, tables, canaries
        self._editor, self._shingler = Editor(keys), Shingler(keys)

    def evidence(self, table: str, columns: Mapping[str, pl.Series], first: int = 0) -> list[Evidence]:
        """Everything that the columns share with the source; rows count from `first`."""
        flat, several = flattened(columns)
        leaves = [(n, v, None) for n, v in flat.items()] + [(f.name, f.values, f.rows) for f in several]
        found: list[Evidence] = []
        cells = []
        for name, values, rows in leaves:
            texts = as_texts(values)
            if texts is None:
                continue
            cell = Cells(name, rows, texts, self.keys)
            cells.append(cell)
            kind = values.dtype
            if not (kind.is_temporal() or kind.is_float() or kind == pl.Boolean):
                found += self._column(table, cell, kind)
        plain = {c.name: c for c in cells if c.rows is None}
        traits = self._traits(flat)
        for source in self.tables:
            if source.whole is not None:
                found += self._rows(table, plain, source.whole)
            for combination in source.combinations:
                found += self._combination(table, traits, combination)
        return [_moved(e, first) for e in found]

    # -- one column

    def _column(self, table: str, cell: Cells, kind: pl.DataType) -> Iterator[Evidence]:
        name = self.keys.name(cell.name)
        same = {i for i, t in enumerate(self.tables) if any(h == name for h, _, _ in t.columns)}
        if kind.is_integer() and not same and not len(self.canaries):
            top = cell.texts.str.len_chars().max()
            if not isinstance(top, int) or top < len(str(_DIGITS)):
                return
        long = is_text(cell.texts)
        runs = self._shingler.runs(cell.once) if kind == pl.String and (long or self._phrases) else None
        found = tokens(cell.once) if kind == pl.String and self._has_values and _spaced(cell.once) else None
        for i, source in enumerate(self.tables):
            yield from self._values(table, cell, source, i in same)
            if found is not None:
                yield from self._tokens(table, cell, found, source)
            if runs is not None:
                yield from self._sought(table, cell, runs, source.phrases)
                if long and source.passages is not None:
                    yield from self._passages(table, cell, runs, source.passages)
        yield from self._canary(table, cell, runs)

    @cached_property
    def _has_values(self) -> bool:
        return any(len(m) for t in self.tables for m in t.values.values())

    @cached_property
    def _phrases(self) -> bool:
        return bool(self.canaries.phrases) or any(t.phrases for t in self.tables)

    def _evidence(self, table: str, cell: Cells, entity: str, what: str, hit: NDArray[np.bool_]) -> Iterator[Evidence]:
        if hit.any():
            rows = cell.places(hit)
            first = rows.min()
            assert isinstance(first, int)
            yield Evidence(self.source, table, cell.name, entity, what, len(rows), first, int(hit.sum()))

    def _values(self, table: str, cell: Cells, source: TablePrint, same: bool) -> Iterator[Evidence]:
        """Whole values, and those one edit away from one."""
        fit = np.ones(len(cell.once), dtype=np.bool_)
        if not same:
            fit = (cell.plain.str.len_chars().fill_null(0) >= SHORTEST).to_numpy()
        exact = np.zeros(len(cell.once), dtype=np.bool_)
        for entity, members in source.values.items():
            hit = members.mask(cell.hashes) & fit
            exact |= hit
            yield from self._evidence(table, cell, entity, "equals an identifying value of source", hit)
        yield from self._near(table, cell, cell.plain, source, exact, same)

    def _near(
        self, table: str, cell: Cells, plain: pl.Series, source: TablePrint, exact: NDArray[np.bool_], same: bool
    ) -> Iterator[Evidence]:
        left = pl.DataFrame({"i": pl.Series(range(len(plain)), dtype=pl.UInt32), "v": plain}).filter(~pl.Series(exact))
        if not same:
            left = left.filter(pl.col("v").str.contains(r"[0-9@]") & ~pl.col("v").str.contains(r"\s"))
        near, pairs = self._neighbours(left["v"], source)
        if near.any():
            hit = np.zeros(len(plain), dtype=np.bool_)
            hit[left["i"].to_numpy()[near]] = True
            for e in self._evidence(table, cell, NEAR, "is one character from an identifying value of source", hit):
                yield _weighed(e, 0.0, pairs)

    def _neighbours(self, plain: pl.Series, source: TablePrint) -> tuple[NDArray[np.bool_], tuple[int, int]]:
        """Which values are near copies, and the pairs of near values within the source and among these values."""
        near = np.zeros(len(plain), dtype=np.bool_)
        if not len(source.near) or plain.is_empty():
            return near, (0, 0)
        fit = plain.is_in(eligible(plain.drop_nulls()).implode()).fill_null(False)
        if not source.by_user:  # then no value of the source is reserved
            fit &= ~plain.str.contains(plain_reserved_email()).fill_null(True)
        texts = plain.filter(fit).to_list()
        near[fit.to_numpy()] = self._editor.near(texts, source.near, source.patterns)
        own = pairs_within(self._editor.patterns(list(set(texts)))) if source.near_pairs and near.any() else 0
        return near, (source.near_pairs, own)

    def _tokens(self, table: str, cell: Cells, found: pl.DataFrame, source: TablePrint) -> Iterator[Evidence]:
        hashes = self.keys.texts(found["t"].to_list())
        owner = found["i"].to_numpy()
        exact = np.zeros(len(hashes), dtype=np.bool_)
        for entity, members in source.values.items():
            hit = np.zeros(len(cell.once), dtype=np.bool_)
            hit[owner[members.mask(hashes)]] = True
            hit &= ~members.mask(cell.hashes)  # those are told as whole values
            exact |= members.mask(hashes)
            yield from self._evidence(table, cell, entity, "holds an identifying value of source", hit)
        addresses = found.filter(pl.col("t").str.contains("@", literal=True) & ~pl.Series(exact))
        near, pairs = self._neighbours(addresses["t"], source)
        if near.any():
            hit = np.zeros(len(cell.once), dtype=np.bool_)
            hit[addresses["i"].to_numpy()[near]] = True
            for e in self._evidence(table, cell, NEAR, "holds a text one character from one of source", hit):
                yield _weighed(e, 0.0, pairs)

    def _sought(
        self, table: str, cell: Cells, runs: Runs, phrases: Mapping[tuple[str, int], Members]
    ) -> Iterator[Evidence]:
        """Identifying values of several words, inside longer texts."""
        for (entity, size), members in phrases.items():
            hit = self._holds(runs, size, members) & (runs.counts > size)
            yield from self._evidence(table, cell, entity, "holds an identifying value of source", hit)

    def _canary(self, table: str, cell: Cells, runs: Runs | None) -> Iterator[Evidence]:
        if not len(self.canaries):
            return
        hit = self.canaries.values.mask(cell.hashes)
        for size, members in self.canaries.phrases.items() if runs is not None else ():
            assert runs is not None
            hit = hit | self._holds(runs, size, members)
        yield from self._evidence(table, cell, CANARY, "holds a canary of source", hit)

    def _holds(self, runs: Runs, size: int, members: Members) -> NDArray[np.bool_]:
        made, owner = self._shingler.phrases(runs, size)
        hit = np.zeros(runs.texts, dtype=np.bool_)
        hit[owner[members.mask(made)]] = True
        return hit

    def _passages(self, table: str, cell: Cells, runs: Runs, known: Passages) -> Iterator[Evidence]:
        kept = self._shingler.kept(runs)
        sizes = np.bincount(kept["o"].to_numpy(), minlength=runs.texts)
        wholes = self._shingler.wholes(runs)
        hit = known.wholes.mask(wholes)
        chance = 0.0
        met = kept.filter(pl.Series(known.members.mask(kept["h"].to_numpy())))
        if not met.is_empty():
            ours = shingles.uncommon(met, max(shingles.PHRASE, runs.texts // 100))
            copies, chance = shingles.copies(ours, known.frame, sizes)
            hit[copies["o"].to_numpy()] = True
        if hit.any():
            own = shingles.self_pairs(shingles.uncommon(kept, shingles.COMMON), wholes, sizes)
            repeats = self._repeats(cell, hit)
            for e in self._evidence(table, cell, PASSAGE, "holds a passage of a text of source", hit):
                yield _weighed(e, chance, (known.pairs, own + repeats))

    @staticmethod
    def _repeats(cell: Cells, hit: NDArray[np.bool_]) -> int:
        """Pairs of rows that hold one and the same of the texts."""
        counts = cell.texts.filter(cell.texts.is_in(cell.once.filter(pl.Series(hit)).implode())).value_counts()["count"]
        return int((counts.cast(pl.Int64) * (counts.cast(pl.Int64) - 1) // 2).sum())

    # -- several columns together

    def _rows(self, table: str, plain: Mapping[str, Cells], whole: Rows) -> Iterator[Evidence]:
        by_hash = {self.keys.name(name): cell for name, cell in plain.items()}
        if any(column not in by_hash for column in whole.columns) or not len(whole.once):
            return
        parts = [by_hash[column].every for column in whole.columns]
        made = self.keys.combined(parts, "row")
        hit = whole.once.mask(made)
        if hit.any():
            chance = expected(len(whole.once), whole.marginals, parts)
            rows = np.flatnonzero(hit)
            met = len(distinct(made[hit]))
            what = "is a row of source"
            yield Evidence(self.source, table, None, ROW, what, len(rows), int(rows[0]), met, chance, level=ROW_LEVEL)

    def _traits(self, flat: Mapping[str, pl.Series]) -> dict[str, list[Trait]]:
        wanted = {t for source in self.tables for c in source.combinations for t in c.traits}
        if not wanted:
            return {}
        found = trait_hashes(flat, traits_of(flat), self.keys)
        return found | by_name(flat, (t for t in wanted if t.startswith(COLUMN)), self.keys)

    def _combination(self, table: str, traits: Mapping[str, list[Trait]], wanted: Combination) -> Iterator[Evidence]:
        index = people({t: traits[t] for t in traits}, self.keys)
        for names, hashes in pairings(traits, wanted.traits):
            one = [h[index] for h in hashes]
            mask = complete(one)
            one = [h[mask] for h in one]
            if not len(one[0]):
                continue
            made = self.keys.combined(one, "+".join(wanted.traits))
            met = distinct(made[wanted.rare.mask(made)])
            every = np.flatnonzero(complete(hashes))
            rows = every[Members(met).mask(self.keys.combined([h[every] for h in hashes], "+".join(wanted.traits)))]
            chance = expected(wanted.rows, wanted.marginals, one)
            said = " + ".join(t for t in wanted.traits if not t.startswith(COLUMN)) or "columns"
            what = f"is a rare combination ({said}) of source"
            first = int(rows[0]) if len(rows) else 0
            pairs = (wanted.pairs, pairs_within(made))
            yield Evidence(
                self.source, table, names, COMBINATION, what, len(rows), first, len(met), ALLOWANCE * chance, pairs,
                COMBINATION_LEVEL,
            )  # fmt: skip


def _spaced(values: pl.Series) -> bool:
    return bool(values.str.contains(r"\S[\s,;:(]").any())


def _moved(e: Evidence, first: int) -> Evidence:
    return replace(e, row=e.row + first)


def _weighed(e: Evidence, independent: float, pairs: tuple[int, int]) -> Evidence:
    return replace(e, independent=independent, pairs=pairs, level=COMBINATION_LEVEL)
