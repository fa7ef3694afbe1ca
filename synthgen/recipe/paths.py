"""Which paths a recipe may name: those inside its project."""

from __future__ import annotations

from pathlib import Path


def project_root(recipe: Path) -> Path:
    """The current folder if the recipe lies in it, else the recipe's own folder."""
    here, folder = Path.cwd().resolve(), recipe.resolve().parent
    return here if inside(here, folder) else folder


def inside(root: Path, path: Path) -> bool:
    """Whether a path, links resolved, is the root or below it."""
    return path.resolve().is_relative_to(root.resolve())
