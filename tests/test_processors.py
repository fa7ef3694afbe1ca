"""Worker processes get their part of the threads, and the allocator keeps what will be wanted again."""

from __future__ import annotations

import os
import sys

import pytest

from synthgen.processors import divided, keep_freed_memory


def test_threads_are_divided_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    with divided(3):
        assert os.environ["POLARS_MAX_THREADS"] == "2"
    assert "POLARS_MAX_THREADS" not in os.environ
    with divided(20):
        assert os.environ["POLARS_MAX_THREADS"] == "1"


def test_what_the_user_says_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "5")
    with pytest.raises(ValueError, match="stop"), divided(4):
        assert os.environ["POLARS_MAX_THREADS"] == "5"
        raise ValueError("stop")
    assert os.environ["POLARS_MAX_THREADS"] == "5"


def test_freed_memory_is_kept_where_the_allocator_can(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.confstr("CS_GNU_LIBC_VERSION" if sys.platform == "linux" else "CS_PATH"):
        assert keep_freed_memory() is (sys.platform == "linux")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_freed_memory() is False
