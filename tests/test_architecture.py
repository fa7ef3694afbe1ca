"""The floors and sizes of the house: imports go down only, heavy packages stay in one file each, files stay small."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "synthgen"

FLOORS: tuple[frozenset[str], ...] = (  # from the ground up; docs/architecture.md shows the same
    frozenset({"buffers", "processors", "errors", "seeds", "elementary", "units", "sql", "scoring"}),
    frozenset({"columns", "llm", "quantiles", "registry", "schema", "calendars"}),
    frozenset({"generator", "distributions", "curves", "scatter", "defects"}),
    frozenset({"recipe", "relations", "generators", "artifacts", "evalcase"}),
    frozenset({"engine", "evals", "privacy", "gate", "export", "reporting", "signing", "plots"}),
    frozenset({"plan"}),
    frozenset({"produce"}),
    frozenset({"inputs", "tables", "cases", "provenance", "in_memory", "expectations", "recording"}),
    frozenset({"pipeline"}),
    frozenset({"evaluation", "held", "redteam", "plotting"}),
    frozenset({"scanning"}),
    frozenset({"cli", "pytest_plugin"}),
    frozenset({"__main__"}),
)
HEAVY = (
    "holidays",
    "sdv",
    "torch",
    "presidio_analyzer",
    "spacy",
    "datasets",
    "ray",
    "dataframely",
    "faker",
    "tldextract",
    "cryptography",
    "rfc8785",
    "securesystemslib",
    "plotext",
    "altair",
    "vl_convert",
    "openai",
)
LAZY = {*HEAVY, "polars", "numpy", "pydantic", "duckdb", "sqlglot", "sqlalchemy", "pyarrow", "phonenumbers", "yaml"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[tuple[str, ast.stmt]]:
    """Every dotted name that a file imports, wherever in the file and for whatever purpose."""
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def floor(name: str) -> int:
    return next((i for i, rooms in enumerate(FLOORS) if name in rooms), -1)


def test_every_room_has_a_floor_and_every_floor_is_lived_in() -> None:
    rooms = {room(p) for p in modules()} - {"__init__"}
    assert rooms == set().union(*FLOORS)


def test_the_documentation_shows_the_floors() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in shown] == list(range(len(FLOORS), 0, -1))
    assert [set(re.findall(r"`(\w+)`", rooms)) for _, rooms in reversed(shown)] == list(FLOORS)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    for name, _ in imported(path):
        parts = name.split(".")
        if parts[0] != "synthgen" or parts[1] == "__version__":
            continue
        there = parts[1]
        assert floor(there) >= 0, f"{path}: {name} is not a room: import from a module, never from the package root"
        assert there == here or floor(there) < floor(here), f"{path}: {here} must not import {there}"


def test_the_package_root_holds_the_version_alone() -> None:
    body = tree(SOURCE / "__init__.py").body
    assert [type(n).__name__ for n in body] == ["Expr", "Assign"]


def test_file_and_function_sizes() -> None:
    for path in modules():
        assert len(path.read_text(encoding="utf-8").splitlines()) < 400, path
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno + 1 < 60, f"{path}: {node.name}"


@pytest.mark.parametrize("package", HEAVY)
def test_heavy_packages_are_imported_in_one_file_and_lazily(package: str) -> None:
    places = [(p, node) for p in modules() for name, node in imported(p) if name.split(".")[0] == package]
    files = {"faker": 3}.get(package, 1)  # its words serve entities, its methods `faker`, its code the compiler
    assert len({p for p, _ in places}) <= files, [str(p) for p, _ in places]
    for path, node in places:
        assert node not in _at_import(tree(path)), f"{path}: {package} is imported with the file"


def _at_import(module: ast.Module) -> list[ast.stmt]:
    """Statements that run when the module is imported: not inside functions, nor under TYPE_CHECKING."""
    found: list[ast.stmt] = []
    todo: list[ast.stmt] = list(module.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo += node.orelse
            continue
        found.append(node)
        todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return found


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from synthgen.cli.main import execute\n"
        "assert execute(['--help']) == 0\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(ast.literal_eval(done.stderr.splitlines()[-1]))
    assert not loaded & LAZY


def test_help_is_quick() -> None:
    """Under 0.3 s of processor time, so that a busy machine does not matter."""
    command = [sys.executable, "-m", "synthgen", "--help"]
    spent = []
    for _ in range(3):
        before = os.times()
        subprocess.run(command, capture_output=True, timeout=60, check=True)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(spent) < 0.3


def test_no_file_names_a_package_registry() -> None:
    """Locks and settings hold hashes and no address: whoever installs decides where from."""
    for path in [*(ROOT / "requirements").iterdir(), ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]:
        assert "://" not in path.read_text(encoding="utf-8"), path
    assert not (ROOT / "uv.lock").exists() or "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8")
