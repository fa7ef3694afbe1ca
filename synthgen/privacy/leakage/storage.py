"""The file form of a fingerprint: a zip of a JSON header and plain arrays, with nothing in it that runs.

    header.json     {"format": "synthgen-fingerprint", "version": 1, "salt": HEX or null, "salt_check": HEX,
                     "source": NAME, "tables": [...], "canaries": {...}, "arrays": {NAME: [KIND, LENGTH]}}
    arrays/NAME     one array

An array of kind `sorted` holds ascending 64-bit numbers as differences to the one before (the first to 0); kind `u64`
and `u32` hold numbers as they are. All are little-endian with their bytes transposed (first all lowest bytes, then all
second ones, ...), which lets deflate take away the zero bytes of differences: 200,000 hashes take 5.9 bytes each
instead of 8. Zip checks every entry by its CRC-32. Entries have no time, so equal content gives equal bytes.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgen.errors import UsageError, usage

FORMAT = "synthgen-fingerprint"
VERSION = 1
LARGEST = 2**32
"""Bytes of one array, unpacked; a header that asks for more is refused."""
_HEADER = "header.json"
_HEADER_BYTES = 2**26
_KINDS: dict[str, type[np.unsignedinteger[Any]]] = {"sorted": np.uint64, "u64": np.uint64, "u32": np.uint32}

Arrays = Mapping[str, tuple[str, NDArray[Any]]]


def write(path: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a fingerprint file; `arrays` gives kind and numbers by name."""
    shapes = {name: [kind, len(values)] for name, (kind, values) in arrays.items()}
    content = {"format": FORMAT, "version": VERSION, **header, "arrays": shapes}
    with zipfile.ZipFile(path, "w") as archive:
        _entry(archive, _HEADER, (json.dumps(content, sort_keys=True, indent=1) + "\n").encode())
        for name, (kind, values) in sorted(arrays.items()):
            _entry(archive, f"arrays/{name}", _packed(kind, values))


def read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and all arrays of a fingerprint file.

    Raises UsageError for a file that is missing, of another kind, of another version, cut short or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            header = _header(path, archive)
            arrays = {name: _unpacked(archive, name, *shape) for name, shape in header["arrays"].items()}
    except FileNotFoundError:
        raise usage("missing-file", f"there is no file '{path}'", "make it with synthgen fingerprint") from None
    except IsADirectoryError:
        raise usage("not-a-fingerprint", f"{path} is a folder", "name a file that synthgen fingerprint wrote") from None
    except UsageError:
        raise
    except zipfile.BadZipFile:
        raise _broken(path) if is_fingerprint(path) else _foreign(path) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError, zlib.error):
        raise _broken(path) from None
    return header, arrays


def is_fingerprint(path: Path) -> bool:
    """Whether a file begins as a fingerprint does; a damaged one does too."""
    try:
        with path.open("rb") as file:
            head = file.read(30 + len(_HEADER))
    except OSError:
        return False
    return head.startswith(b"PK\x03\x04") and head.endswith(_HEADER.encode())


def _header(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        info = archive.getinfo(_HEADER)
    except KeyError:
        raise _foreign(path) from None
    if info.file_size > _HEADER_BYTES:
        raise _broken(path)
    header = json.loads(archive.read(info))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _foreign(path)
    if header.get("version") != VERSION:
        message = f"{path} is a fingerprint of version {header.get('version')}; this synthgen reads version {VERSION}"
        raise usage("fingerprint-version", message, "make the fingerprint again with this version")
    return header


def _entry(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content, compresslevel=1)


def _packed(kind: str, values: NDArray[Any]) -> bytes:
    numbers = values.astype(_KINDS[kind])
    if kind == "sorted" and len(numbers):
        numbers = np.concatenate([numbers[:1], np.diff(numbers)])
    return np.ascontiguousarray(_bytes(numbers).T).tobytes()


def _bytes(numbers: NDArray[Any]) -> NDArray[np.uint8]:
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(numbers), numbers.dtype.itemsize)


def _unpacked(archive: zipfile.ZipFile, name: str, kind: str, length: int) -> NDArray[Any]:
    """One array; raises ValueError where its size is not the one that the header states."""
    number = np.dtype(_KINDS[kind])
    info = archive.getinfo(f"arrays/{name}")
    if not 0 <= length * number.itemsize == info.file_size <= LARGEST:
        raise ValueError("size")
    planes = np.frombuffer(archive.read(info), dtype=np.uint8).reshape(number.itemsize, length)
    made = np.ascontiguousarray(planes.T).view(number.newbyteorder("<")).reshape(length).astype(number)
    return np.cumsum(made, dtype=number) if kind == "sorted" else made


def _foreign(path: Path) -> UsageError:
    return usage("not-a-fingerprint", f"{path} is no fingerprint", "name a file that synthgen fingerprint wrote")


def _broken(path: Path) -> UsageError:
    message = f"{path} is damaged: it was cut short or changed"
    return usage("broken-fingerprint", message, "copy it again, or make it anew with synthgen fingerprint")
