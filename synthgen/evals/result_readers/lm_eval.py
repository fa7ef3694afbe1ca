"""lm-eval's `--log_samples` files, one for each task (format of lm-eval 0.4.13)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthgen.evals.result_readers.base import Row, Run, first, mapping, sequence


def knows_row(row: dict[str, Any]) -> bool:
    """Whether the object is a line of a samples file."""
    return "doc_id" in row and "doc" in row


def read_rows(rows: list[dict[str, Any]], path: Path, task: str = "") -> Run:
    """The run of one samples file; `task` is put before the ids where several files are one run.

    The id is that of the document (`doc.id`, `doc.metadata.id`), or else its number, which the hash of the document
    guards. A document that went through several filters has one row for each: their metrics become `metric/filter`.
    """
    filters = list(dict.fromkeys(str(r.get("filter", "none")) for r in rows))
    merged: dict[str, Row] = {}
    default = ""
    for row in rows:
        doc = mapping(row.get("doc"))
        metadata = mapping(doc.get("metadata")) or {k: v for k, v in doc.items() if isinstance(v, str | int | bool)}
        named = first(doc.get("id"), metadata.get("id"))
        identity = named or str(row["doc_id"])
        suffix = f"/{row.get('filter')}" if len(filters) > 1 else ""
        scores = {f"{name}{suffix}": row.get(name) for name in map(str, sequence(row.get("metrics")))}
        default = default or next(iter(scores), "")
        # the same document twice under one filter is a doubled id, so it must not be merged
        key = f"{row['doc_id']}"
        before = merged.get(key)
        if before is not None and not set(before.scores) & set(scores):
            scores = {**before.scores, **scores}
        elif before is not None:
            key = f"{key} again {len(merged)}"
        merged[key] = Row(
            id=f"{task}/{identity}" if task else identity,
            scores=scores,
            metadata=metadata,
            digest=_digest(row, "target_hash" if named else "doc_hash"),
        )
    return Run(path, "lm-eval", tuple(merged.values()), default)


def _digest(row: dict[str, Any], key: str) -> str:
    return f"lm-eval {key}:{row[key]}" if row.get(key) else ""


def task_of(path: Path) -> str:
    """The task of a samples file: `samples_TASK_TIME.jsonl`."""
    return path.stem.removeprefix("samples_").rpartition("_")[0]
