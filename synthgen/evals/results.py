"""Reads the result file of an eval run, whatever harness wrote it: one score for each case, and what it is sliced by.

Formats are known by content, not by name. Repeated answers to a case (epochs) are averaged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synthgen.errors import did_you_mean, usage
from synthgen.evals.result_readers import deepeval, inspect_log, lm_eval, plain, promptfoo
from synthgen.evals.result_readers.base import FORMATS, Row, Run, first, json_lines, mapping, sequence

SLICES = ("eval", "family", "difficulty", "variant")
"""Metadata that results are always sliced by, beside those under `slices`."""
_WORDS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}  # Inspect: correct, incorrect, partial, no answer
_WORDS |= {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}
_SET = ("content_hash", "set_digest", "set_version")  # metadata that identifies the whole set
_SHOWN = 3


@dataclass(frozen=True)
class CaseResult:
    """One case's result. `score` lies in [0, 1] and is the mean over `samples` answers; `passed`: every one was right.

    `cluster` is the record or template that the case shares with others (the case's own id if it shares none).
    `digest` identifies the gold (see `Row.digest`), `version` the set, where the file says so.
    """

    id: str
    score: float
    passed: bool
    slices: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    must_pass: bool = False
    samples: int = 1
    digest: str = ""
    version: str = ""


@dataclass(frozen=True)
class Results:
    """A run: its scored cases by id, and the ids that the run left without a score."""

    path: Path
    format: str
    metric: str
    metrics: tuple[str, ...]
    model: str
    cases: Mapping[str, CaseResult]
    unscored: tuple[str, ...] = ()


def load(path: Path, *, metric: str | None = None, slices: Iterable[str] = (), cluster: str = "group_id") -> Results:
    """Read a result file or folder.

    `metric` chooses one of several scores (`passed`: the harness's own verdict on the case). `slices` are further keys
    of the metadata to slice by, `cluster` is the key of the metadata that names a case's cluster.
    Raises UsageError: no such file, a format that is not known, no ids, doubled ids, no score, one outside 0 to 1.
    """
    return results_of(read(path), metric=metric, slices=slices, cluster=cluster)


def read(path: Path) -> Run:
    """All rows of a result file or folder, as they stand.

    `FILE#PROVIDER#PROMPT` names one of several runs in a promptfoo file, by what tells it apart: one name may do.
    """
    columns: tuple[str, ...] = ()
    if "#" in path.name and not path.exists():
        name, *rest = path.name.split("#")
        path, columns = path.with_name(name), tuple(rest)
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise usage("no-file", f"{path} does not exist", f"name a result file: {FORMATS}")
    if path.stat().st_size == 0:
        raise usage("empty-file", f"{path} is empty", "the run wrote nothing: run the eval again")
    with path.open("rb") as file:
        head = file.read(4)
    if columns:
        return _column(path, columns)
    if head == b"PK\x03\x04":
        return inspect_log.read_zip(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unknown(path, "is not text") from error
    try:
        document = json.loads(text)
    except ValueError:
        return _lines(path, text)
    except RecursionError as error:
        raise _unknown(path, "is nested too deeply") from error
    return _document(path, document)


def _column(path: Path, columns: tuple[str, ...]) -> Run:
    """One run of a file that holds several."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        document = None
    if not promptfoo.knows(document):
        raise usage("unknown-format", f"'#' chooses a run of a promptfoo file, but {path} is none", "leave '#...' out")
    run = promptfoo.read(document, path, columns)
    return replace(run, path=path.with_name("#".join((path.name, *columns))))


def _document(path: Path, document: Any) -> Run:
    for reader in (inspect_log, promptfoo, deepeval):
        if reader.knows(document):
            return reader.read(document, path)
    if isinstance(document, list) and document and all(isinstance(r, dict) for r in document):
        return _rows(path, document)
    if isinstance(document, dict) and ("score" in document or "correct" in document or "doc_id" in document):
        return _rows(path, [document])
    if isinstance(document, dict) and isinstance(document.get("results"), dict) and "configs" in document:
        message = f"{path} holds lm-eval's totals alone, not the cases"
        raise usage("no-cases", message, "run with --log_samples, and name the samples_*.jsonl beside it")
    raise _unknown(path, "is JSON, but no result file that is known")


def _lines(path: Path, text: str) -> Run:
    start = text.lstrip()[:1]
    if start != "{" or "\n" not in text.strip():
        if start in ("{", "["):
            raise usage("bad-json", f"{path} is not whole JSON", "the file may be cut off: run the eval again")
        raise _unknown(path, "is no result file that is known")
    return _rows(path, list(json_lines(path, text.split("\n"))))


def _rows(path: Path, rows: list[dict[str, Any]]) -> Run:
    if lm_eval.knows_row(rows[0]):
        return lm_eval.read_rows(rows, path)
    if promptfoo.knows_row(rows[0]):
        return promptfoo.read_rows(rows, path)
    return plain.read_rows(rows, path)


def _folder(path: Path) -> Run:
    samples = sorted(path.rglob("samples_*.jsonl"))
    if samples:
        tasks = [lm_eval.task_of(s) for s in samples]
        if len(set(tasks)) < len(tasks):
            raise usage(
                "several-runs", f"{path} holds several lm-eval runs of a task", "name the samples_*.jsonl of one run"
            )
        many = len(tasks) > 1
        runs = [
            lm_eval.read_rows(list(json_lines(s, s.read_text(encoding="utf-8").split("\n"))), s, task if many else "")
            for s, task in zip(samples, tasks, strict=True)
        ]
        return Run(path, "lm-eval", tuple(row for run in runs for row in run.rows), runs[0].default)
    found = [*path.rglob("*.eval"), *path.glob(".deepeval/.latest_test_run.json"), *path.glob(".latest_test_run.json")]
    if len(found) != 1:
        what = f"holds {len(found)} result files" if found else "holds no result file that is known"
        raise usage("several-runs" if found else "unknown-format", f"{path} {what}", f"name the file: {FORMATS}")
    return read(found[0])


def _unknown(path: Path, what: str) -> Exception:
    return usage("unknown-format", f"{path} {what}", f"name a result file: {FORMATS}")


def results_of(run: Run, *, metric: str | None, slices: Iterable[str], cluster: str) -> Results:
    """One result for each case of a run."""
    if not run.rows:
        raise usage("no-cases", f"{run.path} holds no cases", "the run wrote nothing: run the eval again")
    metrics = tuple(dict.fromkeys(name for row in run.rows for name in row.scores))
    chosen = metric or run.default
    if chosen not in metrics and any(row.scores for row in run.rows):
        known = did_you_mean(chosen, metrics) or "see the file for its metrics"
        raise usage("unknown-metric", f"{run.path} has no metric '{chosen}'", known)
    answers: dict[str, list[Row]] = {}
    for number, row in enumerate(run.rows, 1):
        if not row.id:
            message = f"{run.path}: case {number} has no id, so that its result cannot be paired"
            raise usage("no-id", message, _remedy_of_ids(run.format))
        answers.setdefault(row.id, []).append(row)
    _once(run, answers)
    cases, unscored, wanted = {}, [], tuple(slices)
    for identity, rows in answers.items():
        if any(r.failed or r.scores.get(chosen) is None for r in rows):
            unscored.append(identity)
        else:
            cases[identity] = _case(run, rows, chosen, wanted, cluster)
    return Results(run.path, run.format, chosen, metrics, run.model, cases, tuple(unscored))


def _remedy_of_ids(format: str) -> str:
    return {
        "promptfoo": "give each test a description, or an id in its metadata",
        "DeepEval": "give each test case a name, or an id in its metadata",
    }.get(format, 'give each case an "id" that is the same in both runs')


def _once(run: Run, answers: Mapping[str, list[Row]]) -> None:
    """Raise if an id occurs twice, other than as numbered epochs of one case."""
    doubled = [i for i, rows in answers.items() if len(rows) > 1 and len({r.epoch for r in rows} - {""}) < len(rows)]
    if doubled:
        remedy = "ids must be unique; repeated answers to a case need a number each"
        remedy += (
            ': {"id": ..., "epoch": 2, "score": ...}' if run.format == "JSON Lines" else ", as the harness writes it"
        )
        raise usage("doubled-id", f"{run.path}: {some(doubled, 'id')} occur more than once", remedy)


def _case(run: Run, rows: list[Row], metric: str, slices: tuple[str, ...], cluster: str) -> CaseResult:
    head, metadata = rows[0], _metadata(rows[0])
    scores = [_score(run, row, metric) for row in rows]
    cuts = {k: metadata[k] for k in (*SLICES, *slices) if k in metadata} | mapping(metadata.get("slices"))
    groups = sequence(metadata.get("groups")) if cluster == "group_id" else []
    told = [metadata.get(k) for k in ("content_digest", "gold_digest")]
    return CaseResult(
        id=head.id,
        score=sum(scores) / len(scores),
        passed=all(s >= 1 for s in scores) if metric != run.default else all(map(_passed, rows, scores)),
        slices={str(k): first(v) for k, v in cuts.items() if isinstance(v, str | int | float) and first(v)},
        cluster=first(metadata.get(cluster), *groups[:1], metadata.get("parent"), head.id),
        must_pass=metadata.get("must_pass") in (True, "true", "True", 1),
        samples=len(rows),
        digest=f"metadata:{first(*told)}" if first(*told) else head.digest,
        version=first(*[metadata.get(k) for k in _SET]),
    )


def _metadata(row: Row) -> dict[str, Any]:
    """The case's metadata; exports of synthgen carry more of it in what their scorers need, under `case`."""
    return {**mapping(mapping(row.metadata.get("case")).get("metadata")), **row.metadata}


def _passed(row: Row, score: float) -> bool:
    return score >= 1 if row.passed is None else row.passed


def _score(run: Run, row: Row, metric: str) -> float:
    value = row.scores[metric]
    if isinstance(value, str):
        value = _WORDS.get(value, _WORDS.get(value.lower(), _number(value)))
    if not isinstance(value, bool | int | float):
        message = f"{run.path}: the '{metric}' of {row.id} is not a number"
        others = [m for m in row.scores if m != metric]
        remedy = f"choose another with --metric: {', '.join(others)}" if others else "write numbers from 0 to 1"
        raise usage("bad-score", message, remedy)
    if not math.isfinite(value) or not 0 <= value <= 1:
        message = f"{run.path}: the '{metric}' of {row.id} is {value:g}, but scores lie from 0 to 1"
        raise usage("score-range", message, "divide scores by their maximum, or choose another with --metric")
    return float(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def some(ids: Iterable[str], noun: str, count: Callable[[int], str] = "{:,}".format) -> str:
    """`3 ids (a, b, c)`, with the first few named."""
    found = list(ids)
    more = ", ..." if len(found) > _SHOWN else ""
    return f"{count(len(found))} {noun}{'' if len(found) == 1 else 's'} ({', '.join(found[:_SHOWN])}{more})"
