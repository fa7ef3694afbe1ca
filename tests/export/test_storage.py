"""A finished file is on its way to the disk, and stays what it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthgen.export.storage import start_writing


def test_a_file_that_is_being_written_back_reads_as_before(tmp_path: Path) -> None:
    file = tmp_path / "part.parquet"
    file.write_bytes(bytes(range(256)) * 4096)
    start_writing(file)
    assert file.read_bytes() == bytes(range(256)) * 4096


def test_systems_and_disks_without_it_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "part.parquet"
    file.write_bytes(b"x")

    def refuse(*_: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "posix_fadvise", refuse, raising=False)
    start_writing(file)
    monkeypatch.delattr(os, "posix_fadvise")
    start_writing(tmp_path / "nothing here")  # not even looked at
    assert file.read_bytes() == b"x"
