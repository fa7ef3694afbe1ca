"""The manifest is a pure function of what it is given, in one canonical form, with nothing of the machine in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from synthgen import __version__
from synthgen.artifacts import Finding
from synthgen.export.manifest import (
    ColumnEntry,
    EvalEntry,
    FileEntry,
    InputEntry,
    Manifest,
    Overrides,
    ProofEntry,
    RecipeEntry,
    ReferenceEntry,
    TableEntry,
    build_manifest,
    canonical,
    digest_file,
    library_versions,
    listed,
    own_digest,
)
from synthgen.export.verify import read_manifest
from synthgen.gate import judge
from tests.export.made import content, make

GOLDEN = Path(__file__).parent / "golden" / "manifest.json"
SHA = "0123456789abcdef" * 4


def example() -> dict[str, Any]:
    finding = Finding("pii", "customers", "notes", 17, "EMAIL_ADDRESS", 0.95, 3, "outside every reserved range")
    customers = TableEntry(
        rows=2,
        stem="customers",
        key=("id",),
        unique=(("email",),),
        columns=(
            ColumnEntry(name="id", dtype="Int64", generator="id"),
            ColumnEntry(
                name="email", dtype="String", generator="person.email",
                pii=ProofEntry(entity="EMAIL_ADDRESS", proof="reserved"),
            ),
        ),
        files=(FileEntry(path="customers.parquet", format="parquet", rows=2, bytes=900, sha256=SHA),),
    )  # fmt: skip
    orders = TableEntry(
        rows=3,
        stem="Bad_Name-0a1b2c3d",
        columns=(ColumnEntry(name="Größe", dtype="Decimal(18, 2)", generator="normal"),),
        references=(ReferenceEntry(columns=("customer_id",), table="customers", references=("id",)),),
        files=tuple(
            FileEntry(path=f"Bad_Name-0a1b2c3d/part-0000{n}.csv", format="csv", rows=rows, bytes=40, sha256=SHA)
            for n, rows in enumerate((2, 1))
        ),
    )
    return build_manifest(
        recipe=RecipeEntry(name="shop", sha256=SHA),
        seed=2**63,
        clock=datetime(2026, 9, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        overrides=Overrides(rows={"customers": 2}, scale=0.5),
        tables={"customers": customers, "Bad Name!": orders},
        evals={
            "routing": EvalEntry(
                family="classification",
                cases=3,
                base_cases=2,
                version="1.2.0",
                canary="canary",
                sha256=SHA,
                splits={"test": 3},
                variants={"typos": 1},
                prompts={"router": "1.0.0 abc"},
                size={"n": 2, "method": "given"},
                audit={"oracle": 1.0},
                files=(FileEntry(path="evals/routing.csv", format="csv", rows=3, bytes=40, sha256=SHA),),
            )
        },
        harness=[FileEntry(path="evals/jsonl/README.md", format="jsonl", rows=3, bytes=40, sha256=SHA)],
        inputs=[
            InputEntry(path="recipe.yaml", role="recipe", bytes=10, sha256=SHA),
            InputEntry(path="contracts/shop.odcs.yaml", role="contract", bytes=10, sha256=SHA),
        ],
        verdict=judge([finding], on_finding="warn", scanned={"recognizers": ["EMAIL_ADDRESS"], "values": 5}),
        versions={"polars": "2.1.0"},
    )  # fmt: skip


def test_the_golden_manifest() -> None:
    """The form of the manifest is a contract: after a change on purpose, raise FORMAT and write the file anew."""
    made = example() | {"synthgen": "0.0.0"}
    made["sha256"] = own_digest(made)
    assert canonical(made).decode() == GOLDEN.read_text(encoding="utf-8")
    assert Manifest.model_validate_json(GOLDEN.read_bytes()).clock == "2026-09-01T00:00:00Z"


def test_it_reads_back_as_it_was_built() -> None:
    made = example()
    manifest = Manifest.model_validate_json(canonical(made))
    assert canonical(manifest.model_dump(mode="json")) == canonical(made)
    assert manifest.synthgen == __version__
    assert set(manifest.paths()) == listed(made) == {
        "evals/routing.csv", "evals/jsonl/README.md",
        "customers.parquet", "Bad_Name-0a1b2c3d/part-00000.csv", "Bad_Name-0a1b2c3d/part-00001.csv",
        "recipe.yaml", "contracts/shop.odcs.yaml",
    }  # fmt: skip


def test_the_same_run_elsewhere_gives_the_same_bytes(tmp_path: Path) -> None:
    first = content(make(tmp_path / "one", partitions=2))
    second = content(make(tmp_path / "deep" / "two", partitions=2))
    assert first == second
    assert str(tmp_path) not in first["manifest.json"].decode()


def test_every_change_changes_the_digest(tmp_path: Path) -> None:
    made = example()
    assert own_digest(made) == made["sha256"]
    for key in made.keys() - {"sha256"}:
        assert own_digest(made | {key: "changed"}) != made["sha256"], key
    assert read_manifest(make(tmp_path / "shop", seed=43)).seed == 43


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "a\\b", "..", ".", "a\0b"]
)
def test_paths_stay_inside_the_export(path: str) -> None:
    with pytest.raises(ValidationError):
        FileEntry(path=path, format="csv", rows=0, bytes=0, sha256=SHA)


@pytest.mark.parametrize("content", [None, [], {}, {"synthgen": 1}, {"synthgen": "1"}, {"synthgen": "1", "tables": 3}])
def test_what_is_no_manifest_of_ours_lists_nothing(content: Any) -> None:
    assert listed(content) is None


def test_no_number_that_json_lacks() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": float("nan")})


def test_versions_are_of_the_libraries_that_shape_bytes() -> None:
    assert list(library_versions()) == ["faker", "numpy", "polars", "pyarrow"]
    assert json.loads(canonical(example()))["versions"] == {"polars": "2.1.0"}


def test_the_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_file(tmp_path / "abc") == (known, 3)
