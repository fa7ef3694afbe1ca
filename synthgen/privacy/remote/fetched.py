"""A file that is fetched into a private folder, read there and removed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from synthgen.privacy.readers import Item, TextlessError, Unread, UnreadableError, pieces, read

STEP = 16 * 2**20
"""Bytes that are fetched at a time."""


def fetched(name: str, fetch: Callable[[Path], None], named: bool) -> Iterator[Item]:
    """The content of what `fetch` writes to the path that it is given; the suffix of `name` is kept.

    Raises UnreadableError; a medium without text is told as such, or is an error where the file is `named`.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / ("_" + re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:])
        fetch(target)
        try:
            for piece in pieces(target):
                yield from read(piece)
        except TextlessError as error:
            yield Unread(str(error)) if named else Unread(media=error.media)
        except OSError as error:
            raise UnreadableError(type(error).__name__) from error
