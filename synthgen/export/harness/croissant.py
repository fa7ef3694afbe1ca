"""Croissant metadata (MLCommons, version 1.0) for eval sets in JSON Lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalSet, digest
from synthgen.export.harness.base import write_text

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


@dataclass(frozen=True)
class Records:
    """A set's JSON Lines files (by split), and the text fields of theirs that Croissant describes."""

    made: EvalSet
    files: dict[str, str]
    fields: tuple[str, ...]


def write_croissant(records: Sequence[Records], folder: Path) -> None:
    """Write `croissant.json` for files that stand in the folder."""
    files = [(r, split, path) for r in records for split, path in r.files.items()]
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "_".join(r.made.name for r in records)[:100],
        "description": "Synthetic eval sets with proven gold: " + ", ".join(r.made.name for r in records) + ".",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "url": "https://example.org/synthgen",
        "version": max((r.made.version for r in records), default="1.0.0"),
        "datePublished": "2026-01-01",
        "creator": {"@type": "sc:Organization", "name": "synthgen"},
        "citeAs": digest([r.made.content_digest for r in records]),
        "keywords": sorted({r.made.family for r in records} | {r.made.canary for r in records}),
        "distribution": [_file(folder, r, split, path) for r, split, path in files],
        "recordSet": [_records(r, split) for r, split, _ in files],
    }
    write_text(folder / "croissant.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _file(folder: Path, records: Records, split: str, path: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{records.made.name}-{split}-file",
        "name": f"{records.made.name}-{split}-file",
        "contentUrl": path,
        "encodingFormat": "application/jsonlines",
        "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
    }


def _records(records: Records, split: str) -> dict[str, Any]:
    name = f"{records.made.name}-{split}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field}",
                "name": field,
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": f"{name}-file"}, "extract": {"column": field}},
            }
            for field in records.fields
        ],
    }
