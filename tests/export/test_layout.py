"""Every table gets a file name that every file system takes, and no two get the same."""

from __future__ import annotations

import doctest
import tempfile
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.export import layout
from synthgen.export.layout import part_path, stems

ODD = [
    "Bad Name 123!@#", "../x", "CON", "con", "nul.txt", "", ".", "..", "a/b", "a\\b", ".hidden", "-rf", "x ", "a" * 400,
    "orders.parquet", "manifest", "recipe", "é" * 90, "e\u0301", "\u00e9", "tab\tle", "nul\0l", "\ud800", "日本",
]  # fmt: skip
names = st.lists(st.text(max_size=20) | st.sampled_from([*ODD, "orders", "Orders", "ORDERS"]), unique=True, max_size=12)


@given(names)
def test_stems_are_safe_and_distinct(tables: list[str]) -> None:
    found = stems(tables)
    assert list(found) == tables
    folded = {unicodedata.normalize("NFC", s).casefold() for s in found.values()}
    assert len(folded) == len(tables) and not folded & {"manifest", "recipe", "inputs", "evals"}
    for stem in found.values():
        assert 0 < len(stem.encode()) <= 130
        assert all(c.isalnum() or c in "_-" for c in stem) and stem[0] != "-"
        assert not PureWindowsPath(stem + ".csv").is_reserved()


@given(names)
def test_a_table_that_is_added_at_the_end_moves_no_other(tables: list[str]) -> None:
    assert list(stems(tables).items())[:-1] == list(stems(tables[:-1]).items())


def test_names_that_are_safe_stay() -> None:
    assert stems(["customers", "order_items", "Größen", "t1"]) == {
        "customers": "customers", "order_items": "order_items", "Größen": "Größen", "t1": "t1",
    }  # fmt: skip


def test_a_table_named_after_our_name_for_another() -> None:
    ours = stems(["Bad Name"])["Bad Name"]
    assert len(set(stems([ours, "Bad Name"]).values())) == 2


@pytest.mark.parametrize("partitions", [1, 3])
def test_files_of_all_tables_fit_in_one_folder(partitions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [part_path(s, x, p, partitions)
                 for s in stems(ODD).values() for x in (".parquet", ".csv") for p in range(partitions)]  # fmt: skip
        for path in paths:
            file = Path(folder, path)
            file.parent.mkdir(exist_ok=True)
            file.touch(exist_ok=False)
            assert file.resolve().is_relative_to(Path(folder).resolve())


def test_paths_of_parts() -> None:
    assert part_path("orders", ".csv", 0, 1) == "orders.csv"
    assert part_path("orders", ".csv", 12, 13) == "orders/part-00012.csv"


def test_the_documentation_is_right() -> None:
    assert doctest.testmod(layout).failed == 0
