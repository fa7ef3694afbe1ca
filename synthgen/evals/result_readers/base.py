"""What every reader of a result file gives: scored answers, as the file has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synthgen.errors import usage

Json = Any  # str, int, float, bool, None, or lists and dicts of them
FORMATS = (
    "an Inspect log (.eval or .json), promptfoo -o out.json, lm-eval samples_*.jsonl, a DeepEval run, or JSON Lines"
)
PASSED = "passed"
"""Metric of whether the harness itself says that the case passed; there is one wherever it says so."""


@dataclass(frozen=True)
class Row:
    """One scored answer.

    `scores` are the raw values by metric. `epoch` tells repeated answers to one case apart, empty if the file has no
    such notion. `digest` identifies the gold that the answer was scored with, as `kind:hash`, empty if unknown; only
    digests of one kind are compared. `failed`: the run broke off here, so there is no score.
    """

    id: str
    scores: Mapping[str, Json]
    metadata: Mapping[str, Json] = field(default_factory=dict)
    epoch: str = ""
    passed: bool | None = None
    digest: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Run:
    """All answers of one result file; `default` is the metric that stands for the run unless another is asked for."""

    path: Path
    format: str
    rows: tuple[Row, ...]
    default: str = ""
    model: str = ""


def digest(kind: str, value: Json) -> str:
    """`kind:hash` of a JSON value; empty for None."""
    if value is None:
        return ""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def mapping(value: Json) -> dict[str, Json]:
    """A mapping as it is, or written as JSON text as some harnesses keep it; empty for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return dict(value) if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """A list as it is; empty for anything else."""
    return value if isinstance(value, list) else []


def first(*values: Json) -> str:
    """The first value that is something, as text; empty if none is."""
    return next((str(v) for v in values if v is not None and v != ""), "")


def numbered(rows: Sequence[tuple[Row, str]]) -> Iterator[Row]:
    """Rows of a harness that repeats cases without a number: the same id with the same content is a further epoch.

    Each row comes with a hash of its content. The same id with other content is
    counted anew, so that its epochs repeat and it is found as a doubled id.
    """
    seen: dict[tuple[str, str], int] = {}
    for row, content in rows:
        seen[row.id, content] = seen.get((row.id, content), 0) + 1
        yield replace(row, epoch=str(seen[row.id, content]))


def json_lines(path: Path, lines: Iterable[str]) -> Iterator[dict[str, Json]]:
    """The objects of JSON Lines; empty lines are skipped, anything else is a UsageError with the line's number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            message = f"{path}, line {number} is not JSON"
            raise usage(
                "bad-json", message, "the file may be cut off: run the eval again, or write one object a line"
            ) from error
        if not isinstance(value, dict):
            raise usage("bad-json", f"{path}, line {number} is not an object", 'write {"id": "case-1", "score": 1}')
        yield value
