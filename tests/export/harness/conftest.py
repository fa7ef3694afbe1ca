"""Exports of the hand-made sets, one folder a harness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from synthgen.evalcase import EvalSet
from synthgen.registry import HARNESSES
from tests.export.harness import made


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> list[EvalSet]:
    folder = tmp_path_factory.mktemp("scorer")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield made.all_sets(folder)


Export = Callable[..., tuple[Path, list[EvalSet]]]


@pytest.fixture
def export(sets: list[EvalSet], tmp_path: Path) -> Export:
    """Exports what a harness holds of the sets, and returns the folder and those sets."""

    def write(harness: str, given: Sequence[EvalSet] | None = None) -> tuple[Path, list[EvalSet]]:
        exporter = HARNESSES.get(harness)()
        held = [s for s in given or sets if exporter.holds(s)]
        folder = tmp_path / "export"
        folder.mkdir()
        exporter.write(held, folder)
        return folder, held

    return write
