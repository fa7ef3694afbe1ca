"""The manifest: what an export holds, how it was made, and what it was cleared by.

It is a pure function of recipe, seed and versions: no time of day, no host, no absolute path. It is written in one
canonical form (sorted keys, two spaces, UTF-8) and carries the sha256 of that form less this one key, so that a single
changed byte of it shows, white space included.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from synthgen import __version__
from synthgen.artifacts import Verdict

FORMAT = 2
"""Version of the manifest's own form."""
SHAPING = ("faker", "numpy", "polars", "pyarrow")
"""Libraries whose version can change the bytes of an export."""


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if (
        not parts
        or path.startswith("/")
        or ".." in parts
        or "\\" in path
        or "\0" in path
        or str(PurePosixPath(path)) != path
    ):
        raise ValueError("not a plain path inside the export")
    return path


Inside = Annotated[str, AfterValidator(_inside)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
InputRole = Literal["recipe", "contract", "lookup", "reference", "eval", "responses", "template"]


class Entry(BaseModel):
    """Base of all parts of a manifest: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FileEntry(Entry):
    """One file of a table: one partition in one format. `path` is relative to the export, with slashes."""

    path: Inside
    format: str
    rows: Count
    bytes: Count
    sha256: Sha256


class InputEntry(Entry):
    """A copy, inside the export, of something that the run read: the recipe, a contract, a lookup file, a prompt."""

    path: Inside
    role: InputRole
    bytes: Count
    sha256: Sha256


class ProofEntry(Entry):
    """The PII entity that a column declares, and the proof that excuses its values."""

    entity: str
    proof: str


class ColumnEntry(Entry):
    """One column: its polars dtype as text, the generator that made it, what it declares.

    `truth` is what a planted effect truly is (a lift, a label's meaning), as its generator tells it; `llm` is what a
    language model took for it: answers, tokens and their price. Both are left out where there is nothing to say.
    """

    name: str
    dtype: str
    generator: str
    pii: ProofEntry | None = None
    truth: dict[str, Any] = {}
    llm: dict[str, Any] = {}

    @model_serializer(mode="wrap")
    def _without_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        return {k: v for k, v in content.items() if v or k not in ("truth", "llm")}


class ReferenceEntry(Entry):
    """Columns whose values, where none is null, stand in columns of another table."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


class DirtyEntry(Entry):
    """What was planted into a table, and what its clean rows were.

    `rows` are the clean rows. `defects` counts by kind and column (`*` for whole rows). `types` are the clean columns'
    dtypes where others are written. `key`, `unique` and `references` hold for the clean rows; the table's own entry
    lists those of them that hold for what is written.
    """

    rows: Count
    defects: dict[str, dict[str, Count]]
    types: dict[str, str] = {}
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[ReferenceEntry, ...] = ()


class TableEntry(Entry):
    """One table. `files` hold its partitions in row order, for each format; `stem` is what they are named after.

    `sides` are files beside it by name, tables themselves: a `role` of truth says what was planted into the table. They
    are left out where there are none. `first_row` is the number of the first row in the whole table, of which an
    increment leaves out the rows before.
    """

    rows: Count
    stem: str
    columns: tuple[ColumnEntry, ...]
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[ReferenceEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    role: Literal["table", "truth"] = "table"
    sides: dict[str, TableEntry] = {}
    dirty: DirtyEntry | None = None
    first_row: Count = 0

    @model_serializer(mode="wrap")
    def _without_sides(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        empty = {
            "role": self.role == "table",
            "sides": not self.sides,
            "dirty": self.dirty is None,
            "first_row": self.first_row == 0,
        }
        return {k: v for k, v in content.items() if not empty.get(k)}

    def formats(self) -> list[str]:
        """The formats that the table is written in."""
        return list(dict.fromkeys(file.format for file in self.files))


class EvalEntry(Entry):
    """One eval set.

    `sha256` is over the content of all cases: results are compared only between sets that agree in it. `size` says
    where the number of cases comes from, `audit` what was measured. `files` hold the cases as tables; what was written
    for harnesses stands in the manifest's `harness`.
    """

    family: str
    cases: Count
    base_cases: Count
    version: str
    canary: str
    sha256: Sha256
    splits: dict[str, int]
    variants: dict[str, int] = {}
    prompts: dict[str, str] = {}
    size: dict[str, Any] = {}
    audit: dict[str, Any] = {}
    files: tuple[FileEntry, ...] = ()


class RecipeEntry(Entry):
    """The recipe by name and by the sha256 of its bytes."""

    name: str
    sha256: Sha256


class Overrides(Entry):
    """What the command line changed about the recipe's sizes; the seed that was used stands in the manifest itself.

    `from_date` and `to_date` are the first day that was written and the last one made, of tables that grow.
    """

    rows: dict[str, int] = {}
    scale: float | None = None
    from_date: str | None = None
    to_date: str | None = None

    @model_serializer(mode="wrap")
    def _without_dates(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        return {k: v for k, v in content.items() if v is not None or k not in ("from_date", "to_date")}


class Manifest(Entry):
    """A whole manifest."""

    format: int
    synthgen: str
    recipe: RecipeEntry
    seed: int
    clock: str
    overrides: Overrides
    versions: dict[str, str]
    tables: dict[str, TableEntry]
    evals: dict[str, EvalEntry] = {}
    harness: tuple[FileEntry, ...] = ()
    inputs: tuple[InputEntry, ...]
    verdict: dict[str, Any]
    sha256: Sha256

    def with_sides(self) -> dict[str, TableEntry]:
        """Every table, and every side as `table.side`."""
        found = dict(self.tables)
        for name, table in self.tables.items():
            found |= {f"{name}.{side}": entry for side, entry in table.sides.items()}
        return found

    def paths(self) -> list[str]:
        """Every file that the export holds besides the manifest."""
        return [path for _, path, _, _ in self.listed()]

    def listed(self) -> list[tuple[str, str, int, str]]:
        """Every file besides the manifest: what it belongs to (a table, an eval, nothing), path, bytes and sha256."""
        found = [(n, f.path, f.bytes, f.sha256) for n, t in self.with_sides().items() for f in t.files]
        found += [(n, f.path, f.bytes, f.sha256) for n, e in self.evals.items() for f in e.files]
        found += [("", f.path, f.bytes, f.sha256) for f in self.harness]
        return found + [("", i.path, i.bytes, i.sha256) for i in self.inputs]


def build_manifest(
    *,
    recipe: RecipeEntry,
    seed: int,
    clock: datetime,
    overrides: Overrides,
    tables: Mapping[str, TableEntry],
    inputs: Sequence[InputEntry],
    verdict: Verdict,
    evals: Mapping[str, EvalEntry] | None = None,
    harness: Sequence[FileEntry] = (),
    versions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest as a plain object, its own sha256 included; `versions` are the installed ones unless given."""
    content = {
        "format": FORMAT,
        "synthgen": __version__,
        "recipe": recipe.model_dump(mode="json"),
        "seed": seed,
        "clock": clock.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "overrides": overrides.model_dump(mode="json"),
        "versions": dict(library_versions() if versions is None else versions),
        "tables": {name: table.model_dump(mode="json") for name, table in tables.items()},
        "evals": {name: entry.model_dump(mode="json") for name, entry in (evals or {}).items()},
        "harness": [entry.model_dump(mode="json") for entry in sorted(harness, key=lambda entry: entry.path)],
        "inputs": [entry.model_dump(mode="json") for entry in sorted(inputs, key=lambda entry: entry.path)],
        "verdict": {
            "word": verdict.word,
            "counts": dict(Counter(_counted(f.code, f.entity) for f in verdict.findings)),
            "findings": [finding.to_json() for finding in verdict.findings],
            "scanned": verdict.scanned,
        },
    }
    return content | {"sha256": own_digest(content)}


def _counted(code: str, entity: str | None) -> str:
    return code if entity is None else f"{code}:{entity}"


def library_versions() -> dict[str, str]:
    """Installed versions of the libraries that shape bytes."""
    found = {}
    for name in SHAPING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one form in which a manifest is written; raises ValueError for what JSON cannot hold."""
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def own_digest(content: Mapping[str, Any]) -> str:
    """The sha256 of a manifest's content without the key `sha256`."""
    return hashlib.sha256(canonical({k: v for k, v in content.items() if k != "sha256"})).hexdigest()


def digest_file(path: Path) -> tuple[str, int]:
    """The sha256 of a file, in hexadecimal, and its size in bytes."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def listed(content: Any) -> set[str] | None:
    """The files that a manifest of any version lists, or None if this is no manifest of ours."""
    if not isinstance(content, dict) or not isinstance(content.get("synthgen"), str):
        return None
    try:
        tables = list(content["tables"].values())
        sides = [side for table in tables for side in table.get("sides", {}).values()]
        parts = [*tables, *sides, *content.get("evals", {}).values()]
        files = [f["path"] for part in parts for f in part["files"]]
        others = [entry["path"] for entry in [*content["inputs"], *content.get("harness", [])]]
        return {str(path) for path in [*files, *others]}
    except (AttributeError, KeyError, TypeError):
        return None
