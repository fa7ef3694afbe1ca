"""Verify sees every byte that changes, every file that comes or goes, and every key that breaks."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import polars as pl
import pytest

from synthgen.artifacts import Finding
from synthgen.errors import BlockedError, UsageError
from synthgen.export.layout import MANIFEST
from synthgen.export.manifest import canonical, own_digest
from synthgen.export.verify import read_manifest, verify_files
from tests.export.made import make, shop

ALL = ("parquet", "arrow", "csv", "jsonl")


@pytest.mark.parametrize("formats", [ALL, ("parquet",), ("arrow",), ("csv",), ("jsonl",), ("csv", "jsonl")])
@pytest.mark.parametrize("partitions", [1, 3])
def test_an_export_as_it_was_published_has_no_findings(
    formats: tuple[str, ...], partitions: int, tmp_path: Path
) -> None:
    assert verify_files(make(tmp_path / "shop", formats=formats, partitions=partitions)) == []
    small = {name: frame.head(0) for name, frame in shop().items()}
    assert verify_files(make(tmp_path / "none", small, formats, partitions)) == []


def flips(path: Path, rng: random.Random, count: int) -> list[tuple[int, int]]:
    """Positions, first and last included, each with the bits to flip."""
    size = path.stat().st_size
    places = [0, size - 1, *(rng.randrange(size) for _ in range(count))]
    return [(place, 1 << rng.randrange(8)) for place in places]


def test_any_byte_of_any_file(tmp_path: Path) -> None:
    export = make(tmp_path / "shop", formats=ALL, partitions=2)
    rng = random.Random(2)
    for path in sorted(p for p in export.rglob("*") if p.is_file()):
        original = path.read_bytes()
        name = path.relative_to(export).as_posix()
        for place, bits in flips(path, rng, 60 if name == MANIFEST else 4):
            changed = bytearray(original)
            changed[place] ^= bits
            path.write_bytes(changed)
            found = verify_files(export)
            assert found and {f.code for f in found} == {"integrity"}, (name, place, bits)
            assert any(name in f.message for f in found)
        path.write_bytes(original)
    assert verify_files(export) == []


def test_a_byte_more_or_less(tmp_path: Path) -> None:
    export = make(tmp_path / "shop")
    for path in sorted(p for p in export.rglob("*") if p.is_file()):
        original = path.read_bytes()
        for changed in (original + b" ", original + b"\n", original[:-1], b""):
            path.write_bytes(changed)
            assert verify_files(export), (path.name, len(changed) - len(original))
        path.write_bytes(original)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"42", b'"x"', b"{}\n", b"\xff\xfe", b"[" * 100_000, b'{"sha256": 1e999}', b"9" * 5000,
     b'{"sha256": "\\ud800"}'],
    ids=lambda c: repr(c[:12]),
)  # fmt: skip
def test_a_manifest_that_is_none_is_a_finding(content: bytes, tmp_path: Path) -> None:
    export = make(tmp_path / "shop")
    (export / MANIFEST).write_bytes(content)
    (finding,) = verify_files(export)
    assert finding.code == "integrity" and MANIFEST in finding.message
    with pytest.raises(BlockedError):
        read_manifest(export)


def rewritten(export: Path, **changes: object) -> None:
    content = json.loads((export / MANIFEST).read_text(encoding="utf-8")) | changes
    content["sha256"] = own_digest(content)
    (export / MANIFEST).write_bytes(canonical(content))


def test_a_forged_manifest_with_a_right_hash_is_still_checked(tmp_path: Path) -> None:
    export = make(tmp_path / "shop")
    tables = json.loads((export / MANIFEST).read_text(encoding="utf-8"))["tables"]
    tables["orders"]["files"][0]["path"] = "../outside.parquet"
    rewritten(export, tables=tables)
    assert [f.code for f in verify_files(export)] == ["integrity"]
    rewritten(export, tables={}, surprise=1)
    assert [f.code for f in verify_files(export)] == ["integrity"]
    rewritten(make(tmp_path / "other"), seed="42")
    assert verify_files(tmp_path / "other")


def test_a_newer_form_of_manifest_is_not_called_damaged(tmp_path: Path) -> None:
    export = make(tmp_path / "shop")
    rewritten(export, format=3)
    with pytest.raises(UsageError, match="form 3"):
        verify_files(export)


def test_what_is_no_export_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file", tmp_path / "folder", tmp_path / "nowhere"):
        with pytest.raises(UsageError) as caught:
            verify_files(path)
        assert caught.value.problems[0].remedy


def test_files_that_go_and_files_that_come(tmp_path: Path) -> None:
    export = make(tmp_path / "shop", partitions=2)
    (export / "orders" / "part-00001.csv").unlink()
    (export / "orders" / "part-00002.csv").write_text("x")
    (export / "notes.txt").write_text("x")
    (export / "link").symlink_to(tmp_path)
    (export / ".DS_Store").write_text("a desktop was here")
    assert {f.message for f in verify_files(export)} == {
        "orders/part-00001.csv is missing",
        "orders/part-00002.csv is not part of the export",
        "notes.txt is not part of the export",
        "link is not part of the export",
    }


def test_a_file_behind_a_link_is_missing(tmp_path: Path) -> None:
    export = make(tmp_path / "shop", partitions=2)
    shutil.move(export / "orders", tmp_path / "moved")
    (export / "orders").symlink_to(tmp_path / "moved")
    assert {f.message for f in verify_files(export) if f.table == "orders"} == {
        f"orders/part-0000{n}.{suffix} is missing" for n in (0, 1) for suffix in ("csv", "parquet")
    }


def broken(table: str, **columns: pl.Expr) -> dict[str, pl.DataFrame]:
    tables = shop()
    tables[table] = tables[table].with_row_index("n").with_columns(**columns).drop("n")
    return tables


@pytest.mark.parametrize("formats", [("parquet",), ("arrow",), ("csv",), ("jsonl",)])
@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            broken("orders", id=pl.when(pl.col("n") == 7).then(pl.lit("O-001")).otherwise("id")),
            [("order items", "order_id", 7, 2, "orders"), ("orders", "id", 0, 2, "unique")],
        ),
        (broken("customers", id=pl.when(pl.col("n") != 19).then("id")),
         [("customers", "id", 19, 1, "null"), ("orders", "customer_id", 16, 1, "customers")]),
        (broken("orders", customer_id=pl.when(pl.col("n") > 17).then(900).otherwise("customer_id")),
         [("orders", "customer_id", 18, 2, "customers")]),
        (broken("customers", email=pl.when(pl.col("n") % 9 == 3).then(pl.lit("ann1@example.com")).otherwise("email")),
         [("customers", "email", 0, 3, "unique")]),
        (broken("customers", referred_by=pl.when(pl.col("n") == 4).then(0).otherwise("referred_by")),
         [("customers", "referred_by", 4, 1, "customers")]),
        (broken("returns", line=pl.when(pl.col("n") == 1).then(3).otherwise("line")),
         [("returns", "order_id, line", 1, 1, "order items")]),
        (broken("order items", line=pl.lit(1, pl.Int64)),
         [("order items", "order_id, line", 1, 14, "unique"), ("returns", "order_id, line", 2, 5, "order items")]),
    ],
    ids=["doubled", "null", "orphans", "unique", "self", "composite", "composite key"],
)  # fmt: skip
def test_broken_keys_and_references(
    formats: tuple[str, ...],
    partitions: int,
    tables: dict[str, pl.DataFrame],
    expected: list[tuple[str, str, int, int, str]],
    tmp_path: Path,
) -> None:
    found = verify_files(make(tmp_path / "shop", tables, formats, partitions))
    assert [(f.table, f.column, f.row, f.count) for f in found] == [e[:4] for e in expected]
    for finding, (*_, word) in zip(found, expected, strict=True):
        assert word in finding.message and "example.com" not in finding.message and "O-0" not in finding.message


def test_a_file_with_a_right_hash_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    export = make(tmp_path / "shop", formats=("parquet",))
    content = json.loads((export / MANIFEST).read_text(encoding="utf-8"))
    (export / "recipe.yaml").rename(export / "orders.parquet")
    file, recipe = content["tables"]["orders"]["files"][0], content["inputs"].pop()
    file["sha256"], file["bytes"] = recipe["sha256"], recipe["bytes"]
    rewritten(export, tables=content["tables"], inputs=[])
    found = verify_files(export)
    assert found and {f.table for f in found} >= {"orders"} and {f.code for f in found} == {"integrity"}


def test_a_wrong_count_of_rows_is_a_finding(tmp_path: Path) -> None:
    export = make(tmp_path / "shop", formats=("parquet",))
    tables = json.loads((export / MANIFEST).read_text(encoding="utf-8"))["tables"]
    tables["orders"]["rows"] = 21
    rewritten(export, tables=tables)
    assert verify_files(export) == [Finding("integrity", "orders", message="has 20 rows, its manifest says 21")]
