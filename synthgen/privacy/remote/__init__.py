"""What a scan reads by URL: databases, object storage, files of the web. The only network is what the user names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from synthgen.errors import usage
from synthgen.privacy.sources import Input, files

OBJECTS = ("s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss")


def inputs(url: str, exclude: Sequence[str] = ()) -> Iterator[Input]:
    """Everything that a URL stands for. Raises UsageError if it cannot be reached or is of no known kind."""
    scheme = url.partition("://")[0].lower()
    if scheme == "file":
        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost"):
            raise usage("bad-url", f"a file of another machine: {parts.netloc}", "write file:///path")
        yield from files(Path(unquote(parts.path)), exclude)
    elif scheme in ("http", "https"):
        from synthgen.privacy.remote.web import WebInput

        yield WebInput(url)
    elif scheme in OBJECTS:
        from synthgen.privacy.remote.objects import objects

        yield from objects(url, exclude)
    else:
        from synthgen.privacy.remote.sql import tables

        yield from tables(url, exclude)
