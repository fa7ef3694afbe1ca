"""Archives and compressed files: their members, one at a time, in a private folder, within limits."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from synthgen.privacy.readers import base
from synthgen.privacy.readers.base import Unread, UnreadableError

ERRORS = (
    OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What the libraries raise for broken and foreign files."""

NESTED = 2
"""How many archives may stand in one another inside the first."""

LAYERS = 4
"""How often a file may be compressed and archived at most, all in all."""


class TooLargeError(UnreadableError):
    """The archive unpacks to more than the limits allow: nothing more of it is read."""


@dataclass
class Budget:
    """How much an archive has unpacked to, archives inside it included, against its own size in bytes."""

    packed: int
    unpacked: int = 0

    def spend(self, size: int) -> None:
        """Raises TooLargeError when it is too much."""
        self.unpacked += size
        if self.unpacked > base.LARGEST:
            raise TooLargeError(
                f"it unpacks to more than {base.LARGEST / 2**30:.3g} GiB: unpack it, then scan the files"
            )
        if self.unpacked > base.RATIO_FROM and self.unpacked > base.RATIO * self.packed:
            raise TooLargeError(f"it unpacks to more than {base.RATIO} times its size: unpack it first")


@dataclass(frozen=True)
class Member:
    """One unpacked file: where it is, and how its place is shown (empty where there is but one)."""

    path: Path
    inner: str


def members(path: Path, format: str, folder: Path, budget: Budget) -> Iterator[Member | Unread]:
    """Every file inside, each gone when the next is asked for. Raises TooLargeError, and `ERRORS` for broken files."""
    if format == "zip":
        yield from _zip(path, folder, budget)
    elif format == "tar":
        yield from _tar(path, folder, budget)
    else:
        target = folder / _safe(_stem(path))
        with _opened(path, format) as source:
            _copy(source, target, budget)
        yield Member(target, "")


def _stem(path: Path) -> str:
    """The name without the compression's suffix; `.tgz` and the like hold a `.tar`."""
    short = path.suffix.lower() in (".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
    return f"{path.stem}.tar" if short else path.stem


def _zip(path: Path, folder: Path, budget: Budget) -> Iterator[Member | Unread]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            inner = f"!{info.filename}"
            if info.flag_bits & 0x1:
                yield Unread("it is encrypted", inner=inner)
                continue
            target = folder / _safe(info.filename)
            try:
                with archive.open(info) as source:
                    _copy(source, target, budget)
            except ERRORS as error:
                yield Unread(f"zip: {type(error).__name__}", inner=inner)
                continue
            yield Member(target, inner)
            target.unlink()


def _tar(path: Path, folder: Path, budget: Budget) -> Iterator[Member | Unread]:
    with tarfile.open(path, "r:") as archive:
        for info in archive:
            if not info.isreg():
                continue  # folders, devices, and links to what stands in the archive itself or outside
            source = archive.extractfile(info)
            assert source is not None
            target = folder / _safe(info.name)
            with source:
                _copy(source, target, budget)
            yield Member(target, f"!{info.name}")
            target.unlink()


def _zstd(path: Path) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")


def _opened(path: Path, format: str) -> Any:
    if format == "gzip":
        return gzip.open(path)
    if format == "bzip2":
        return bz2.open(path)
    return lzma.open(path) if format == "xz" else _zstd(path)


def _copy(source: IO[bytes], target: Path, budget: Budget) -> None:
    with target.open("wb") as sink:
        while block := source.read(2**20):
            budget.spend(len(block))
            sink.write(block)


def _safe(name: str) -> str:
    """A file name for the private folder: no path, no odd characters, the suffix kept."""
    last = re.sub(r"[^A-Za-z0-9._-]", "_", name.rpartition("/")[2].rpartition("\\")[2])
    return f"_{last[-100:]}"
