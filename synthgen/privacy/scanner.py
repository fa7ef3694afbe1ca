"""The scanner: every value of every column, accounted for or a finding.

What is known is proven once: a vocabulary by its entries, an insertion of a template by its own column, a column of
reserved addresses by one regular expression. Only what is left is looked at by value, and each distinct value once.
"""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column, Inserted, Vocabulary
from synthgen.generator import PiiMode
from synthgen.privacy.account import Account
from synthgen.privacy.adjacent import spanning
from synthgen.privacy.edits import excused
from synthgen.privacy.examine import Examiner, Flag
from synthgen.privacy.expected import Expected
from synthgen.privacy.leaves import Leaf, leaves
from synthgen.privacy.ner import check
from synthgen.privacy.parts import JoinedProofs
from synthgen.privacy.texts import HANDLE

_Key = tuple[int, str, str]


@dataclass
class _Proven:
    """The flags of a vocabulary's entries, with the vocabulary itself so that its identity stays taken."""

    vocabulary: Vocabulary
    flags: list[tuple[str, Flag]] = field(default_factory=list)


class Scanner:
    """Scans batches while they are in memory. Keep one per process: it remembers vocabularies, sentences and values.

    `mode` is the recipe's `privacy.pii`. `ner` names the engine that finds names in free text (`ner.ENGINES`); with
    `off`, vocabularies alone do. `entities` are those to look for, None for all direct and indirect ones. Not
    thread-safe. `expected` is for scans of files, which ask it what their tables declare. Raises UsageError for an
    engine that is not installed.
    """

    def __init__(
        self,
        mode: PiiMode,
        *,
        ner: str = "auto",
        entities: Collection[str] | None = None,
        expected: Expected | None = None,
    ) -> None:
        check(ner)
        self.expected = expected
        self.mode: PiiMode = mode
        self.examiner = Examiner(ner, None if entities is None else frozenset(entities))
        self._ner = ner
        self._proven: dict[_Key, _Proven] = {}
        self._joined = JoinedProofs()
        self._refuted: dict[str, Counter[tuple[str, ...]]] = {}

    def scan(
        self,
        table: str,
        columns: Mapping[str, Column],
        first_row: int = 0,
        *,
        declared: Mapping[str, str] | None = None,
    ) -> list[Finding]:
        """Findings of one batch, one per column and entity; rows count from `first_row`.

        `declared` maps columns to the entities that the recipe's `pii:` modifiers declare.
        """
        return [
            Finding(
                code="unscanned" if flag.unscanned else "pii", table=table, column=leaf,
                row=first_row + flag.row, entity=flag.entity, score=flag.score, count=flag.count,
                message=flag.message, recognizer=flag.recognizer,
            )
            for leaf, flag in self.flags(table, columns, declared)
        ]  # fmt: skip

    def flags(
        self, table: str, columns: Mapping[str, Column], declared: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, Flag]]:
        """What `scan` makes findings of: each leaf's name with a flag, which knows all rows concerned."""
        accounts = {n: Account.of(self.mode, c.declared, (declared or {}).get(n)) for n, c in columns.items()}
        for name, column in columns.items():
            yield from self._column(table, name, column, accounts[name])
        yield from spanning(columns, accounts, self.examiner.matcher, self._refuted.setdefault(table, Counter()))

    def _column(self, table: str, name: str, column: Column, account: Account) -> Iterator[tuple[str, Flag]]:
        if self.mode == "none" and column.declared is not None and column.declared.entity != "LOREM":
            flag = _declared_at_all(column)
            if flag is not None:
                yield name, flag
            return
        if column.vocabulary is not None and column.codes is not None:
            yield from self._coded(table, name, column, account)
            return
        if column.halves is not None or self._is_proven(name, column, account):
            yield from ((name, flag) for flag in self.examiner.by_name(Leaf(name, column.values), account))
            return
        for leaf in leaves(name, column.values):
            inserted = column.inserted if leaf.rows is None else tuple(_by_element(leaf, i) for i in column.inserted)
            flags = self.examiner.flags(leaf, account, inserted)
            if flags and column.before is not None and leaf.name == name:
                flags = excused(flags, name, column, partial(self._again, account))
            for flag in flags:
                yield leaf.name, flag

    def _again(self, account: Account, leaf: Leaf, inserted: Sequence[Inserted]) -> list[Flag]:
        """The flags of other values of a column, by the column's own account."""
        return self.examiner.flags(leaf, account, inserted)

    def _is_proven(self, name: str, column: Column, account: Account) -> bool:
        """Whether all values that the parts of a joined column can make are of a form that settles the column."""
        if not column.parts:
            return False
        form = account.whole
        if account.entity is None and not self.examiner.matcher.named(name):
            form = HANDLE
        return form is not None and self._joined.all_of(column, form)

    def _coded(self, table: str, name: str, column: Column, account: Account) -> Iterator[tuple[str, Flag]]:
        """Flags of the entries, each with the rows whose codes draw a bad entry."""
        vocabulary, codes = column.vocabulary, column.codes
        assert vocabulary is not None and codes is not None
        key = (id(vocabulary), table, name)
        if key not in self._proven:
            flags = [
                (leaf.name, flag)
                for leaf in leaves(name, vocabulary.values)
                for flag in self.examiner.flags(leaf, account, ())
            ]
            self._proven[key] = _Proven(vocabulary, flags)
        for leaf_name, flag in self._proven[key].flags:
            drawn = codes.cast(pl.Int64).is_in(flag.rows.cast(pl.Int64).implode()).fill_null(False)
            rows = drawn.arg_true()
            if len(rows):
                yield leaf_name, flag.at(rows)

    def describe(self) -> dict[str, Any]:
        """What scanned: mode, recognizers, model and versions, for the manifest."""
        return {
            "mode": self.mode,
            "recognizers": self.examiner.matcher.describe(),
            "names": "faker person vocabularies",
            "ner": "off" if self._ner == "off" else self.examiner.model,
            "second_opinion": f"presidio-analyzer=={importlib.metadata.version('presidio-analyzer')}",
            "versions": {p: importlib.metadata.version(p) for p in ("phonenumbers", "python-stdnum", "faker")},
        }


def _by_element(leaf: Leaf, inserted: Inserted) -> Inserted:
    """What was inserted into the row that each element of a list stands in."""
    assert leaf.rows is not None
    return replace(inserted, values=inserted.values.gather(leaf.rows))


def _declared_at_all(column: Column) -> Flag | None:
    """In mode `none` a column that declares PII is a finding by that alone."""
    present = (column.codes if column.codes is not None else column.values).is_not_null()
    rows = present.arg_true()
    assert column.declared is not None
    return Flag(column.declared.entity, 1.0, "declared", rows) if len(rows) else None
