"""Which paths a recipe may name: those inside its project."""

from __future__ import annotations

from pathlib import Path


def project_root(recipe: Path) -> Path:
    """The current folder if the recipe lies in it, else the recipe's own folder."""
    here, folder = Path.cwd().resolve(), recipe.resolve().parent
    return here if inside(here, folder) else folder


def copy_name(path: str) -> str:
    """What a copy of an input is called inside an export: its path as the recipe writes it, with `up` for `..`.

    >>> copy_name("../schemas/shop.odcs.yaml")
    'up/schemas/shop.odcs.yaml'
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join("up" if part == ".." else part for part in parts)


def inside(root: Path, path: Path) -> bool:
    """Whether a path, links resolved, is the root or below it."""
    return path.resolve().is_relative_to(root.resolve())
