"""Real data, read once and in pieces, becomes the hashes of a fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from synthgen.privacy.leakage import shingles
from synthgen.privacy.leakage.chance import Marginal, counted, pairs_within
from synthgen.privacy.leakage.columns import COMBINATIONS, Identifying, Roles, flattened, roles, traits_of
from synthgen.privacy.leakage.hashing import NOTHING, U64, Keys, Members, distinct
from synthgen.privacy.leakage.near import Editor, eligible
from synthgen.privacy.leakage.normal import as_texts, column_name, normal, plain_words
from synthgen.privacy.leakage.prints import Combination, Passages, Rows, TablePrint
from synthgen.privacy.leakage.shingles import Shingler
from synthgen.privacy.leakage.traits import COLUMN, RARE, Trait, by_name, complete, pairings, people, trait_hashes
from synthgen.privacy.leaves import Leaf
from synthgen.privacy.reserved import reserved_mask

PHRASE_WORDS = range(2, 9)
"""Words of an identifying value that is sought inside texts."""


@dataclass(frozen=True)
class Settings:
    """What the user says about a source, besides what is found by itself; columns by name, case and `_` aside.

    `identifying` columns count whatever they hold. `key` numbers the rows and is no part of a copied row. `combine`
    lists more combinations of columns.
    """

    identifying: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    combine: tuple[tuple[str, ...], ...] = ()


@dataclass
class _Texts:
    """Passages so far."""

    kept: list[pl.DataFrame] = field(default_factory=list)
    wholes: list[U64] = field(default_factory=list)
    count: int = 0


class Source:
    """Takes the rows of one table in batches, and gives its print. Memory: 8 bytes for each cell, no value."""

    def __init__(self, name: str, keys: Keys, settings: Settings) -> None:
        self.name, self.keys, self.settings = name, keys, settings
        self.rows = 0
        self.roles = Roles()
        self.seen: set[str] = set()
        self._judged: set[str] = set()
        self._editor, self._shingler = Editor(keys), Shingler(keys)
        self._cells: dict[str, list[U64]] = {}
        self._values: dict[str, list[U64]] = {}
        self._near: list[U64] = []
        self._patterns: list[U64] = []
        self._phrases: dict[tuple[str, int], list[U64]] = {}
        self._traits: dict[str, dict[str, list[U64]]] = {}
        self._texts = _Texts()
        self._left_out = 0
        self._wanted = tuple(tuple(COLUMN + keys.name(c) for c in columns) for columns in settings.combine)

    def add(self, columns: Mapping[str, pl.Series], rows: int) -> None:
        """The next rows."""
        flat, several = flattened(columns)
        self.seen |= {column_name(name) for name in (*flat, *(leaf.name for leaf in several))}
        self._judge(flat, several)
        for name, values in flat.items():
            hashes = self.keys.column(values)
            if hashes is not None:
                cells = self._cells.setdefault(name, [np.zeros(self.rows, dtype=np.uint64)] if self.rows else [])
                cells.append(hashes)
        for name, cells in self._cells.items():
            if name not in flat or flat[name].dtype == pl.Binary:
                cells.append(np.zeros(rows, dtype=np.uint64))
        for name, values in [*flat.items(), *((leaf.name, leaf.values) for leaf in several)]:
            if name in self.roles.identifying:
                self._identifying(name, values, self.roles.identifying[name])
            if name in self.roles.texts and name not in self.roles.identifying:
                self._passages(values)
        self._people(flat)
        self.rows += rows

    def _judge(self, flat: Mapping[str, pl.Series], several: Sequence[Leaf]) -> None:
        """The roles of columns that were not there before."""
        new = {name: values for name, values in flat.items() if name not in self._judged}
        lists = [leaf for leaf in several if leaf.name not in self._judged]
        self._judged |= {*new, *(leaf.name for leaf in lists)}
        if not new and not lists:
            return
        by_user = frozenset(map(column_name, self.settings.identifying))
        made, old = roles(new, lists, by_user, frozenset(map(column_name, self.settings.key))), self.roles
        traits = old.traits if self.rows else {**old.traits, **made.traits}
        self.roles = Roles(
            {**old.identifying, **made.identifying}, traits, old.texts | made.texts, old.surrogates | made.surrogates
        )

    def _identifying(self, name: str, values: pl.Series, what: Identifying) -> None:
        texts = as_texts(values)
        if texts is None:
            return
        once = texts.drop_nulls().unique(maintain_order=True)
        if not what.by_user:
            free = ~reserved_mask(once, what.entity)
            self._left_out += len(once) - int(free.sum())
            once = once.filter(free)
        plain = normal(once)
        self._values.setdefault(name, []).append(self.keys.texts(plain.to_list()))
        self._neighbours(plain)
        if what.by_user:
            several = plain_words(once).str.count_matches(r"[\p{L}\p{N}]+")
            for size in PHRASE_WORDS:
                phrases = once.filter(several == size)
                if len(phrases):
                    made, _ = self._shingler.phrases(self._shingler.runs(phrases), size)
                    self._phrases.setdefault((what.entity, size), []).append(made)

    def _neighbours(self, plain: pl.Series) -> None:
        """Values and wildcard patterns of those that were not met before, so that a pattern met twice is a pair."""
        close = eligible(plain.drop_nulls()).unique(maintain_order=True)
        hashes = self._editor.values(close.to_list())
        new = ~np.isin(hashes, np.concatenate(self._near)) if self._near else np.ones(len(hashes), dtype=np.bool_)
        self._near.append(hashes[new])
        self._patterns.append(self._editor.patterns(close.filter(pl.Series(new)).to_list()))

    def _passages(self, values: pl.Series) -> None:
        once = values.drop_nulls()
        runs = self._shingler.runs(once)
        self._texts.kept.append(self._shingler.kept(runs).with_columns(o=pl.col("o") + self._texts.count))
        self._texts.wholes.append(self._shingler.wholes(runs))
        self._texts.count += len(once)

    def _people(self, flat: Mapping[str, pl.Series]) -> None:
        """Traits by column, in the order in which the first rows had them."""
        present = {name: trait for name, trait in traits_of(flat).items() if name in self.roles.traits}
        if len(present) != len(self.roles.traits):
            return  # rows that lack a column of traits (a document without a field) are nobody's combination
        found = trait_hashes(flat, present, self.keys)
        found |= by_name(flat, (t for several in self._wanted for t in several), self.keys)
        columns = {(trait, name) for trait, several in found.items() for name, _ in several}
        if self._traits and columns != {(t, n) for t, several in self._traits.items() for n in several}:
            return
        for trait, several in found.items():
            for name, hashes in several:
                self._traits.setdefault(trait, {}).setdefault(name, []).append(hashes)

    # -- what the whole table comes to

    def finish(self) -> TablePrint:
        """The print of all rows."""
        made = self.roles
        values: dict[str, list[U64]] = {}
        columns = []
        for name, what in made.identifying.items():
            parts = self._values.get(name, [])
            if what.entity == "IDENTIFIER" and not what.by_user and not self._unique(name):
                continue
            values.setdefault(what.entity, []).extend(parts)
            columns.append((self.keys.name(name), what.entity, what.by_user))
        near = np.concatenate(self._near) if self._near else np.zeros(0, dtype=np.uint64)
        patterns = np.concatenate(self._patterns) if self._patterns else np.zeros(0, dtype=np.uint64)
        return TablePrint(
            name=self.name,
            rows=self.rows,
            columns=tuple(columns),
            values={entity: Members.of(np.concatenate(parts)) for entity, parts in values.items() if parts},
            near=Members.of(near),
            patterns=Members.of(patterns),
            near_pairs=pairs_within(patterns),
            phrases={key: Members.of(np.concatenate(parts)) for key, parts in self._phrases.items()},
            whole=self._whole(made),
            combinations=tuple(self._combinations()),
            passages=self._finished_texts(),
            left_out=self._left_out,
        )

    def _unique(self, name: str) -> bool:
        cells = np.concatenate(self._cells[name])
        present = cells[cells != NOTHING]
        return len(distinct(present)) == len(present)

    def _whole(self, made: Roles) -> Rows | None:
        used = sorted((self.keys.name(n), n) for n in self._cells if n not in made.surrogates)
        if len(used) < 2 or not self.rows:
            return None
        cells = [np.concatenate(self._cells[n]) for _, n in used]
        found, counts = counted(self.keys.combined(cells, "row"))
        return Rows(tuple(h for h, _ in used), Members(found[counts == 1]), tuple(map(Marginal.of, cells)))

    def _combinations(self) -> Iterable[Combination]:
        found: dict[str, list[Trait]] = {
            trait: [(n, np.concatenate(h)) for n, h in several.items()] for trait, several in self._traits.items()
        }
        chosen = people(found, self.keys)
        found = {trait: [(n, h[chosen]) for n, h in several] for trait, several in found.items()}
        for wanted in (*COMBINATIONS, *self._wanted):
            parts: list[list[U64]] = []
            for _, hashes in pairings(found, wanted):
                mask = complete(hashes)
                parts.append([h[mask] for h in hashes])
            if not parts or not any(len(p[0]) for p in parts):
                continue
            columns: list[U64] = [np.concatenate(column) for column in zip(*parts, strict=True)]
            whole = self.keys.combined(columns, "+".join(wanted))
            met, counts = counted(whole)
            rare = Members(met[counts <= RARE])
            yield Combination(
                wanted, rare, len(whole), pairs_within(whole), tuple(Marginal.of(c, singles=True) for c in columns)
            )

    def _finished_texts(self) -> Passages | None:
        if not self._texts.count:
            return None
        kept = pl.concat(self._texts.kept)
        wholes = np.concatenate(self._texts.wholes)
        sizes = np.bincount(kept["o"].to_numpy(), minlength=self._texts.count)
        kept = shingles.uncommon(kept, shingles.COMMON)
        found, counts = counted(wholes[wholes != NOTHING])
        rare = found[counts <= shingles.COMMON]
        pairs = shingles.self_pairs(kept, wholes[np.isin(wholes, rare)], sizes)
        return Passages(kept["h"].to_numpy(), kept["o"].to_numpy().astype(np.uint32), Members(rare), pairs)


def unknown_columns(names: Sequence[str], tables: Iterable[Source]) -> list[str]:
    """Which of the names no table has."""
    seen: set[str] = set()
    for table in tables:
        seen |= table.seen
    return [name for name in names if column_name(name) not in seen]
