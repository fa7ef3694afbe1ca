"""Compressed files."""

from __future__ import annotations

import gzip
from pathlib import Path

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import UnreadableError


def unpacked(path: Path, folder: Path) -> Path:
    """The file without its compression, in a private folder; stops at `base.LARGEST`."""
    target = folder / (path.stem or "content")
    size = 0
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            while piece := source.read(2**20):
                size += len(piece)
                if size > base.LARGEST:
                    raise UnreadableError("it unpacks to more than 8 GiB")
                sink.write(piece)
    except (OSError, EOFError) as error:
        raise UnreadableError(f"gzip: {type(error).__name__}") from error
    return target
