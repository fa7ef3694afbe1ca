"""The documentation is executed: recipes are checked, commands are run, doctests hold, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synthgen import pipeline
from synthgen.registry import ENTITIES, EXPORTERS, GENERATORS
from tests.pages import FENCE, PAGES, ROOT, as_recipe


def snippets(language: str) -> list[pytest.ParameterSet]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match[1] == language:
                found.append(pytest.param(match[2], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the ready recipes and schemas, which is the current folder."""
    for folder in ("recipes", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("snippet", snippets("yaml"))
def test_recipes_can_run(snippet: str, project: Path) -> None:
    recipe = project / "recipes" / "snippet.yaml"
    recipe.write_text(as_recipe(snippet), encoding="utf-8")
    assert [p.format() for p in pipeline.check(recipe) if p.severity != "note"] == []
    shown = pipeline.preview(recipe, rows=3)
    assert all(frame.height for frame in shown.tables.values())
    assert all(cases and not any(e.reasons for e in cases) for cases in shown.evals.values())


@pytest.mark.parametrize(
    "page", [p for p in PAGES if "```console" in p.read_text(encoding="utf-8")], ids=lambda p: p.name
)
def test_commands_say_what_is_shown(page: Path, project: Path) -> None:
    """A page's commands run in order in one folder; each line below a command occurs in what it prints."""
    steps: list[tuple[str, list[str]]] = [("synthgen run recipes/shop.yaml --scale 0.1 --quiet", [])]
    for _, block in [m for m in FENCE.findall(page.read_text(encoding="utf-8")) if m[0] == "console"]:
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    for line, shown in steps:
        command, _, note = line.partition("  # exit code ")
        program, *arguments = shlex.split(command)
        assert program == "synthgen"
        done = subprocess.run(
            [sys.executable, "-m", "synthgen", *arguments], capture_output=True, text=True, timeout=300, cwd=project
        )
        assert done.returncode == int(note or 0), f"$ {command}\n{done.stdout}{done.stderr}"
        assert all(text in done.stdout for text in shown), f"$ {command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("snippet", snippets("python"))
def test_python_runs(snippet: str, project: Path) -> None:
    exec(compile(snippet, "snippet", "exec"), {"__name__": "snippet"})


def test_every_generator_entity_and_format_is_documented() -> None:
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    used = set(
        re.findall(r"[\w.]+(?=:)", "".join(body for language, body in FENCE.findall(text) if language == "yaml"))
    )
    builtin = [n for n in GENERATORS.names() if GENERATORS.source(n) == "synthgen"]
    assert [n for n in builtin if n not in used] == []
    for name in ENTITIES.names():
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        assert row.split("|")[2].split() == list(ENTITIES.get(name).attributes()), name
    assert all(name in text for name in EXPORTERS.names())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = [line.strip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert lines[1].startswith("make demo") and lines[2].startswith("make test")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\ndemo:" in makefile and "\ntest:" in makefile


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((ROOT / "synthgen").rglob("*.py")) if ">>> " in p.read_text(encoding="utf-8")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_doctests(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0 and result.failed == 0
