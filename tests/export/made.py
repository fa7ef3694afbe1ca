"""A small export as a run makes it, for the tests of staging and verify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.columns import Column
from synthgen.export.layout import MANIFEST, stems
from synthgen.export.manifest import (
    ColumnEntry,
    FileEntry,
    Overrides,
    ProofEntry,
    RecipeEntry,
    ReferenceEntry,
    TableEntry,
    build_manifest,
    canonical,
)
from synthgen.export.partition import write_partition
from synthgen.export.staging import Staging
from synthgen.gate import clear, judge
from synthgen.registry import EXPORTERS

RECIPE = b"synthgen: 1\nname: shop\n"
CLOCK = datetime(2026, 9, 1, tzinfo=UTC)
KEYS = {"customers": ("id",), "orders": ("id",), "order items": ("order_id", "line"), "returns": ()}
REFERENCES = {
    "customers": (ReferenceEntry(columns=("referred_by",), table="customers", references=("id",)),),
    "orders": (ReferenceEntry(columns=("customer_id",), table="customers", references=("id",)),),
    "order items": (ReferenceEntry(columns=("order_id",), table="orders", references=("id",)),),
    "returns": (ReferenceEntry(columns=("order_id", "line"), table="order items", references=("order_id", "line")),),
}
UNIQUE = {"customers": (("email",),)}


def shop(rows: int = 20) -> dict[str, pl.DataFrame]:
    """Four tables that keep their keys and references: simple, self, composite."""
    ids = list(range(1, rows + 1))
    items = [(order, line) for order in ids for line in range(1, order % 3 + 1)]
    return {
        "customers": pl.DataFrame(
            {
                "id": ids,
                "email": [None if i % 7 == 0 else f"ann{i}@example.com" for i in ids],
                "referred_by": [None if i < 3 else i // 2 for i in ids],
                "score": [float("nan") if i == 5 else i / 7 for i in ids],
            }
        ),
        "orders": pl.DataFrame(
            {
                "id": [f"O-{i:03d}" for i in ids],
                "customer_id": [1 + i * 7 % rows for i in ids],
                "total": pl.Series([Decimal(i * 101).scaleb(-2) for i in ids], dtype=pl.Decimal(18, 2)),
                "at": [datetime(2026, 1, 1, i % 24) for i in ids],
            }
        ),
        "order items": pl.DataFrame(
            {"order_id": [f"O-{o:03d}" for o, _ in items], "line": [n for _, n in items], "tags": [["a"]] * len(items)}
        ),
        "returns": pl.DataFrame(
            {
                "order_id": [None if i % 5 == 0 else f"O-{o:03d}" for i, (o, _) in enumerate(items)],
                "line": [n for _, n in items],
            }
        ),
    }


def make(
    target: Path,
    tables: dict[str, pl.DataFrame] | None = None,
    formats: Sequence[str] = ("parquet", "csv"),
    partitions: int = 1,
    seed: int = 42,
) -> Path:
    """Write and publish an export of these tables; returns the target."""
    tables = shop() if tables is None else tables
    exporters = {name: EXPORTERS.get(name)() for name in formats}
    names, entries = stems(tables), {}
    with Staging(target) as staging:
        for table, frame in tables.items():
            files: list[FileEntry] = []
            for part in range(partitions):
                piece = frame[part * frame.height // partitions : (part + 1) * frame.height // partitions]
                columns = {s.name: Column.of(s) for s in piece.iter_columns()}
                files += write_partition(columns, exporters, staging.path, names[table], part, partitions)
            entries[table] = entry(table, frame, names[table], files)
        copied = [staging.copy_input("recipe.yaml", RECIPE, "recipe")]
        verdict = judge([], on_finding="block", scanned={"recognizers": ["EMAIL_ADDRESS"], "values": 40})
        manifest = build_manifest(
            recipe=RecipeEntry(name="shop", sha256=copied[0].sha256),
            seed=seed,
            clock=CLOCK,
            overrides=Overrides(rows={"customers": 20}),
            tables=entries,
            inputs=copied,
            verdict=verdict,
        )
        staging.write(MANIFEST, canonical(manifest))
        staging.publish(clear(verdict))
    return target


def entry(table: str, frame: pl.DataFrame, stem: str, files: list[FileEntry]) -> TableEntry:
    """What the manifest says about one of the tables."""
    proof = {"email": ProofEntry(entity="EMAIL_ADDRESS", proof="reserved")}
    return TableEntry(
        rows=frame.height,
        stem=stem,
        columns=tuple(
            ColumnEntry(name=name, dtype=str(dtype), generator="constant", pii=proof.get(name))
            for name, dtype in frame.schema.items()
        ),
        key=KEYS.get(table, ()),
        unique=UNIQUE.get(table, ()),
        references=REFERENCES.get(table, ()),
        files=tuple(files),
    )


def content(folder: Path) -> dict[str, Any]:
    """Every file of a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
