"""Every bad recipe gives all its errors, each with a place and a remedy, as its golden file says.

Set SYNTHGEN_GOLDEN=write to write the golden files anew; read the difference before committing it.
"""

import os
import time
from pathlib import Path

import pytest

from synthgen.pipeline import check

FOLDER = Path(__file__).parents[1] / "golden" / "recipes"
RECIPES = sorted(FOLDER.glob("*.yaml"))
WHOLE_FILE = {"missing", "empty"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)


def test_there_are_at_least_forty() -> None:
    assert len(RECIPES) >= 40


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda p: p.stem)
def test_bad_recipe(recipe: Path) -> None:
    check(recipe.relative_to(FOLDER))  # the first call imports plug-ins
    start = time.process_time()
    problems = check(recipe.relative_to(FOLDER))
    assert time.process_time() - start < 1.0
    text = "\n".join(p.format() for p in problems) + "\n"
    golden = recipe.with_suffix(".txt")
    if os.environ.get("SYNTHGEN_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert problems
    assert text == golden.read_text(encoding="utf-8")
    for problem in problems:
        assert problem.place is not None and problem.place.line >= 1, problem
        assert problem.remedy, problem
        assert problem.code and problem.message, problem
    assert "Traceback" not in text and "pydantic" not in text


@pytest.mark.parametrize("what", ["missing.yaml", "."])
@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_read(what: str) -> None:
    (problem,) = check(Path(what))
    assert problem.remedy and what in problem.message
