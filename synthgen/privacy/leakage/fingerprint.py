"""A fingerprint of a source: what an export is checked against, where the source itself must not be.

Whoever holds the file and its salt can test guesses: hash every phone number there is and look which ones are in. That
is true of any such file. So the salt can be kept apart (`salt.given_salt`); the file alone then tells row counts,
entities and how often values recur, and nothing about any value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from synthgen.artifacts import Finding
from synthgen.errors import Problem, UsageError, usage
from synthgen.privacy.leakage import storage
from synthgen.privacy.leakage.check import Canaries, Checker
from synthgen.privacy.leakage.codec import Encoder, decoded_canaries, decoded_table
from synthgen.privacy.leakage.evidence import Evidence, judged
from synthgen.privacy.leakage.hashing import Keys, Members
from synthgen.privacy.leakage.normal import normal
from synthgen.privacy.leakage.prints import TablePrint
from synthgen.privacy.leakage.salt import VARIABLE, given_salt
from synthgen.privacy.leakage.shingles import Shingler
from synthgen.privacy.leakage.source import Settings, Source, unknown_columns
from synthgen.privacy.readers import Batch


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of a source and the salt that they were made with.

    `name` is what findings call the source. `identity` is the sha256 of the file it was loaded from or saved to, empty
    before. `salt_inside` says whether the file holds the salt.
    """

    name: str
    salt: bytes = field(repr=False)
    tables: tuple[TablePrint, ...]
    canaries: Canaries
    salt_inside: bool = True
    identity: str = ""

    @classmethod
    def load(cls, path: Path, salt: bytes | None = None) -> Fingerprint:
        """Read a fingerprint file. A salt that it does not hold is `salt`, or of the variable SYNTHGEN_SALT.

        Raises UsageError: a file that is missing, no fingerprint, damaged or of another version; a salt that is
        missing or another one.
        """
        header, arrays = storage.read(path)
        try:
            inside = header["salt"]
            tables = tuple(decoded_table(t, arrays) for t in header["tables"])
            canaries = decoded_canaries(header["canaries"], arrays)
            name, check = str(header["source"]), str(header["salt_check"])
            found = bytes.fromhex(inside) if inside is not None else salt or given_salt()
        except (KeyError, TypeError, ValueError, AttributeError):
            message = f"{path} is damaged: its header does not fit its content"
            raise usage("broken-fingerprint", message, "make it anew with synthgen fingerprint") from None
        if found is None:
            message = f"the salt of {path} is kept apart from it, and no salt was given"
            raise usage("missing-salt", message, f"set {VARIABLE} to the salt that the fingerprint was made with")
        if Keys(found).check != check:
            message = f"the salt is not the one that {path} was made with"
            raise usage("wrong-salt", message, f"set {VARIABLE} to the salt that the fingerprint was made with")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(name, found, tables, canaries, inside is not None, digest)

    def save(self, path: Path) -> Fingerprint:
        """Write the file; gives the fingerprint with its identity. Equal data and salt give equal bytes."""
        encoder = Encoder()
        header = {
            "source": self.name,
            "salt": self.salt.hex() if self.salt_inside else None,
            "salt_check": self.keys.check,
            "tables": [encoder.table(str(i), table) for i, table in enumerate(self.tables)],
            "canaries": encoder.canaries(self.canaries),
        }
        try:
            storage.write(path, header, encoder.arrays)
        except OSError as error:
            raise usage("unwritable", f"{path} cannot be written ({type(error).__name__})", "check the path") from None
        return replace(self, identity=hashlib.sha256(path.read_bytes()).hexdigest())

    @cached_property
    def keys(self) -> Keys:
        """The keys that the salt gives."""
        return Keys(self.salt)

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.name, self.keys, self.tables, self.canaries)

    def check(self, table: str, frame: pl.DataFrame) -> list[Finding]:
        """Findings of a whole table: everything that it shares with the source beyond chance."""
        return judged(self.evidence(table, {c.name: c for c in frame.get_columns()}))

    def evidence(self, table: str, columns: Mapping[str, pl.Series], first_row: int = 0) -> list[Evidence]:
        """What one batch of a table shares with the source; `judged` weighs the evidence of all batches together."""
        return self._checker.evidence(table, columns, first_row)

    def describe(self) -> dict[str, Any]:
        """What the manifest says: name, sha256 of the file, and rows by table."""
        return {"source": self.name, "sha256": self.identity, "rows": {t.name: t.rows for t in self.tables}}

    def __reduce__(self) -> tuple[Any, ...]:
        """Only what was read goes to another process; bitmaps and tables are made there."""
        return Fingerprint, (self.name, self.salt, self.tables, self.canaries, self.salt_inside, self.identity)


def make(
    name: str,
    batches: Iterable[tuple[str, Batch]],
    salt: bytes,
    settings: Settings | None = None,
    canaries: Sequence[str] = (),
    *,
    salt_inside: bool = True,
) -> Fingerprint:
    """The fingerprint of batches, each with the name of its table. Raises UsageError for columns that no table has."""
    keys, chosen = Keys(salt), settings or Settings()
    tables: dict[str, Source] = {}
    for table, batch in batches:
        tables.setdefault(table, Source(table, keys, chosen)).add(batch.columns, batch.rows)
    asked = dict.fromkeys([*chosen.identifying, *chosen.key, *(c for several in chosen.combine for c in several)])
    missing = unknown_columns(list(asked), tables.values())
    if missing:
        remedy = "columns are compared without case, spaces and '_'; write them as in the source"
        problems = [Problem("unknown-column", f"no table has a column '{n}'", remedy=remedy) for n in missing]
        raise UsageError(problems)
    prints = tuple(source.finish() for source in tables.values())
    return Fingerprint(name, salt, prints, marked(keys, canaries), salt_inside)


def marked(keys: Keys, canaries: Sequence[str]) -> Canaries:
    """Canaries as hashes: as values in their normal form, and as runs of words (of the longest, the first words)."""
    shingler = Shingler(keys)
    texts = pl.Series(list(dict.fromkeys(c.strip() for c in canaries if c.strip())), dtype=pl.String)
    if texts.is_empty():
        return Canaries(Members(np.zeros(0, dtype=np.uint64)), {})
    phrases: dict[int, Members] = {}
    runs = shingler.runs(texts)
    for size in sorted(set(np.minimum(runs.counts, shingler.longest).tolist()) - {0}):
        made, owner = shingler.phrases(runs, size)
        first = np.concatenate([[True], owner[1:] != owner[:-1]])
        fit = np.minimum(runs.counts, shingler.longest)[owner] == size
        phrases[size] = Members.of(made[first & fit])
    return Canaries(Members.of(keys.texts(normal(texts).to_list())), phrases)
