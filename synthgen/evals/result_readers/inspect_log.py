"""Inspect logs, `.eval` and `.json`, read without Inspect (format of inspect-ai 0.3.285, log version 2)."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthgen.errors import UsageError, usage
from synthgen.evals.result_readers.base import Row, Run, digest, first, mapping, sequence

_ZSTANDARD = 93  # compression method of APPNOTE 6.3.7; Python's zipfile reads it from 3.14 on
_LIMIT = 512 * 2**20  # bytes of one sample: logs hold whole transcripts, but not this


def knows(document: Any) -> bool:
    """Whether the JSON document is an Inspect log."""
    return isinstance(document, dict) and isinstance(document.get("eval"), dict) and "status" in document


def read(document: Any, path: Path) -> Run:
    """The run of a `.json` log."""
    return _run(document, sequence(document.get("samples")), path)


def read_zip(path: Path) -> Run:
    """The run of an `.eval` log: a zip with `header.json` and one member for each sample and epoch."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {m.filename: m for m in archive.infolist()}
            if "header.json" not in members:
                if "_journal/start.json" in members:
                    raise _unfinished(path, "has no header: the run was broken off")
                raise usage(
                    "unknown-format", f"{path} is a zip file, but not an Inspect log", "name the .eval file itself"
                )
            header = _member(path, members["header.json"])
            samples = [_member(path, m) for name, m in members.items() if name.startswith("samples/")]
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError) as error:
        raise usage(
            "bad-file", f"{path} is damaged: {type(error).__name__}", "copy it again, or run the eval again"
        ) from error
    return _run(header, samples, path)


def _member(path: Path, info: zipfile.ZipInfo) -> Any:
    """One member of the archive, parsed; its checksum is checked."""
    if info.file_size > _LIMIT:
        raise usage(
            "too-large",
            f"{path}: {info.filename} has {info.file_size:,} bytes",
            "run the eval with a shorter transcript",
        )
    with path.open("rb") as file:
        file.seek(info.header_offset)
        name, extra = struct.unpack("<HH", file.read(30)[26:30])
        file.seek(name + extra, 1)
        data = file.read(info.compress_size)
    if info.compress_type == _ZSTANDARD:
        import pyarrow as pa

        data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(_LIMIT)
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        data = zlib.decompressobj(-15).decompress(data, _LIMIT)
    if zlib.crc32(data) != info.CRC:
        raise ValueError("checksum")
    return json.loads(data)


def _unfinished(path: Path, what: str) -> UsageError:
    return usage("run-failed", f"{path} {what}", "finish it with: inspect eval-retry FILE, and compare the new log")


def _run(header: dict[str, Any], samples: list[Any], path: Path) -> Run:
    status = header.get("status")
    if status != "success":
        raise _unfinished(path, f"is the log of a run with status '{status}'")
    if not samples:
        remedy = "run without --no-log-samples (and name the log, not its header)"
        raise usage("no-cases", f"{path} holds no samples", remedy)
    rows = tuple(_rows(samples))
    results = mapping(header.get("results"))
    scored = [str(mapping(s).get("name")) for s in sequence(results.get("scores"))]
    main = first(mapping(results.get("headline")).get("scorer"), *scored)
    names = list(dict.fromkeys(name for row in rows for name in row.scores))
    of_main = [n for n in names if n == main or n.startswith(f"{main}/")] or names
    default = next((n for n in of_main if n.endswith("/score")), of_main[0] if of_main else "")
    return Run(path, "Inspect", rows, default, str(mapping(header["eval"]).get("model", "")))


def _rows(samples: list[Any]) -> Iterator[Row]:
    for sample in map(mapping, samples):
        metadata = mapping(sample.get("metadata"))
        scores: dict[str, Any] = {}
        for scorer, given in mapping(sample.get("scores")).items():
            value = mapping(given).get("value")
            if isinstance(value, dict):
                scores |= {f"{scorer}/{key}": part for key, part in value.items()}
            else:
                scores[scorer] = value
        yield Row(
            id=first(metadata.get("id"), sample.get("id")),
            scores=scores,
            metadata=metadata,
            epoch=str(sample.get("epoch", 1)),
            digest=digest("inspect target", sample.get("target")),
            failed=bool(sample.get("error")) or not scores,
        )
