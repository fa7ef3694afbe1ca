"""What may be replaced: nothing, an empty folder, or an export in which nobody has put anything of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from synthgen.errors import UsageError, usage
from synthgen.export.layout import MANIFEST, SIGNATURE
from synthgen.export.manifest import listed

_CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what desktops leave behind in every folder they show


def check_target(target: Path) -> None:
    """Raise UsageError where replacing `target` (a resolved path) would destroy something that is not an export."""
    if not target.exists():
        return
    if not target.is_dir():
        raise usage("not-a-folder", f"{target} is a file", "choose another folder with --out")
    if Path.cwd().is_relative_to(target):
        message = f"{target} is the folder that you are in, or holds it"
        raise usage("current-folder", message, "choose a folder inside it, such as --out export")
    if target.is_mount():
        raise usage("mount-point", f"{target} is a mount point", "choose a folder inside it, with --out")
    with os.scandir(target) as entries:
        if not any(entry.name not in _CLUTTER for entry in entries):
            return
    expected = _listed(target)
    if expected is None:
        raise _not_ours(target, "is neither empty nor an export of synthgen")
    stranger = next((path for path in files(target) if path not in expected), None)
    if stranger is not None:
        raise _not_ours(target, f"holds '{stranger}', which is not part of the export there")


def files(folder: Path) -> Iterator[str]:
    """Every file and link below a folder, as sorted relative paths with slashes, but for what desktops leave behind."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(base, name))]  # noqa: PTH114, PTH118
        for name in sorted([*names, *links]):
            if name not in _CLUTTER:
                yield (Path(base) / name).relative_to(folder).as_posix()


def _listed(target: Path) -> set[str] | None:
    try:
        found = listed(json.loads((target / MANIFEST).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
    return None if found is None else found | {MANIFEST, SIGNATURE}


def _not_ours(target: Path, what: str) -> UsageError:
    remedy = "move what you want to keep, delete the folder yourself, or choose another one with --out"
    return usage("target-in-use", f"{target} {what}; it is left as it is", remedy)
