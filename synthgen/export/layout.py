"""Where things lie in an export: a file name for every table, whatever the table is called."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable

MANIFEST = "manifest.json"
SIGNATURE = "manifest.dsse.json"
"""Who vouches for the export: an envelope that the manifest cannot list, since it is made after it."""
RECIPE = "recipe.yaml"
EVALS = "evals"
"""Folder of the eval sets: cases as tables, and a folder for each harness."""

TRUTH = "truth"
"""Folder of the sides of tables: what was planted into them, and where."""

_LONGEST = 100  # bytes of a stem: leaves room for suffixes below the 255 of most file systems
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}  # of Windows
_TAKEN = {"manifest", "recipe", "inputs", EVALS, TRUTH}  # what else an export holds


def stems(tables: Iterable[str]) -> dict[str, str]:
    """A file name without suffix for each table, safe on every file system and distinct where case does not count.

    A harmless name is its own stem. Others get a readable form and the start of the name's sha256; so does the later
    of two names that differ in case alone.

    >>> stems(["orders", "Orders", "../x"])
    {'orders': 'orders', 'Orders': 'Orders-b7e8acdd', '../x': 'x-d6b96a97'}
    """
    found: dict[str, str] = {}
    taken = set(_TAKEN)
    for table in tables:
        stem = _safe(table)
        if stem != table or _folded(stem) in taken:
            digest = hashlib.sha256(table.encode("utf-8", "surrogatepass")).hexdigest()
            length = 8
            stem, base = f"{stem}-{digest[:length]}", stem
            while _folded(stem) in taken:  # someone named a table after our name for another
                length += 8
                stem = f"{base}-{digest[:length]}"
        taken.add(_folded(stem))
        found[table] = stem
    return found


def side_stem(stem: str, side: str) -> str:
    """What the files of a side are named after; no stem holds a dot, so no two sides share one.

    >>> side_stem("orders", "dirty")
    'truth/orders.dirty'
    """
    return f"{TRUTH}/{stem}.{stems([side])[side]}"


def part_path(stem: str, suffix: str, partition: int, partitions: int) -> str:
    """Path of one partition's file inside the export: `orders.parquet`, or `orders/part-00003.parquet` of several."""
    return f"{stem}{suffix}" if partitions == 1 else f"{stem}/part-{partition:05d}{suffix}"


def _safe(name: str) -> str:
    """The name with nothing but letters, digits, `_` and inner `-`, of bounded length; no name of a Windows device."""
    kept = "".join(c if c.isalnum() or c in "_-" else "_" for c in unicodedata.normalize("NFC", name))
    if kept != name or kept[:1] in ("", "-") or len(kept.encode()) > _LONGEST:
        kept = kept.encode()[:_LONGEST].decode("utf-8", "ignore").strip("_-") or "table"
    return f"{kept}_" if kept.casefold() in _DEVICES else kept


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())
