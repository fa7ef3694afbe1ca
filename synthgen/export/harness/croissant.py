"""Croissant 1.1: what the data files of an export are, for catalogues. Written as plain JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalSet, digest
from synthgen.export.harness.base import write
from synthgen.export.manifest import digest_file

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"text": "sc:Text", "boolean": "sc:Boolean", "integer": "sc:Integer"}


@dataclass(frozen=True)
class Table:
    """One data file: its path in the export, its media type, and the columns that are text, booleans or integers."""

    name: str
    path: str
    media: str
    columns: Mapping[str, str]
    description: str = ""


def write_croissant(folder: Path, sets: Sequence[EvalSet], tables: Sequence[Table]) -> None:
    """Write `croissant.json` over files that are written already; their hashes are taken from the files."""
    title = "_".join(re.sub(r"\W+", "_", s.name) for s in sets)[:80]
    described = "; ".join(s.description or f"{s.name} ({s.family})" for s in sets)
    canaries = sorted({s.canary for s in sets if s.canary})
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": title,
        "description": f"Eval sets: {described}",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "version": sets[0].version if len({s.version for s in sets}) == 1 else "1.0.0",
        "keywords": ["eval", "synthetic", *sorted({s.family for s in sets})],
        "inLanguage": sorted({language for s in sets for language in s.language}),
        "identifier": digest([s.content_digest for s in sets]),
        "rai:dataCollection": "Made by synthgen from a recipe and a seed; gold is known by construction.",
        "rai:personalSensitiveInformation": "No real persons: names and identifiers are made up.",
        "rai:dataUseCases": " ".join(["Evaluation, never training.", *canaries]),
        "distribution": [_file(t, folder) for t in tables],
        "recordSet": [_records(t) for t in tables],
    }
    write(folder / "croissant.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _file(table: Table, folder: Path) -> dict[str, Any]:
    sha256, size = digest_file(folder / table.path)
    return {
        "@type": "cr:FileObject",
        "@id": table.path,
        "name": table.path,
        "contentUrl": table.path,
        "contentSize": f"{size} B",
        "encodingFormat": table.media,
        "sha256": sha256,
    }


def _records(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description or table.name,
        "key": {"@id": f"{table.name}/id"},
        "field": [_field(table, column, kind) for column, kind in table.columns.items()],
    }


def _field(table: Table, column: str, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column}",
        "name": column,
        "dataType": _TYPES[kind],
        "source": {"fileObject": {"@id": table.path}, "extract": {"column": column}},
    }
