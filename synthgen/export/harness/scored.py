"""Scores answers to the cases of this folder. Stand-alone: it needs the files beside it and the standard library.

`cases/SET.jsonl` holds the cases, `scoring/SET.py` scores them, `files/SET/` holds further files that the scorer reads.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_FIRST = b'{"id":'


def score(name: str, identity: str, answer: str) -> dict[str, float]:
    """The scores of an answer to one case of a set: `score` from 0 to 1, further metrics beside it."""
    return scored(name, case(name, identity), answer)


def scored(name: str, found: Mapping[str, Any], answer: str) -> dict[str, float]:
    """The scores of an answer to a case that is given whole, as `case` and `case_of` return it."""
    return {metric: float(value) for metric, value in scorer(name)(dict(found), answer, folder(name)).items()}


def case(name: str, identity: str) -> dict[str, Any]:
    """One case of a set, by its id. Raises KeyError where there is none."""
    path = HERE / "cases" / f"{name}.jsonl"
    offset = _offsets(path)[identity]
    with path.open("rb") as file:
        file.seek(offset)
        found: dict[str, Any] = json.loads(file.readline())
    return found


def case_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The case of a row whose nested columns are JSON text, as the tables of a set hold it."""
    target = json.loads(row["target"]) if row["target_is_json"] else row["target"]
    nested = {key: json.loads(row[key]) for key in ("choices", "messages", "context", "tools")}
    found = {
        "id": row["id"],
        "input": row["input"],
        "target": target,
        **nested,
        "metadata": json.loads(row["metadata"]),
    }
    return {k: v for k, v in found.items() if v != [] or k == "target"}


def folder(name: str) -> str:
    """Where the files lie that the set's scorer reads."""
    return str(HERE / "files" / name)


@lru_cache
def scorer(name: str) -> Callable[[dict[str, Any], str, str], dict[str, float]]:
    """The scoring function of a set."""
    module = f"synthgen_scoring_{name}"
    spec = importlib.util.spec_from_file_location(module, HERE / "scoring" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"scoring/{name}.py cannot be loaded")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module] = loaded
    spec.loader.exec_module(loaded)
    found: Callable[[dict[str, Any], str, str], dict[str, float]] = loaded.score
    return found


@lru_cache
def _offsets(path: Path) -> dict[str, int]:
    """Where each case begins; the id comes first in every line."""
    found, at, decoder = {}, 0, json.JSONDecoder()
    with path.open("rb") as file:
        for line in file:
            head = line[len(_FIRST) :].decode() if line.startswith(_FIRST) else ""
            identity = decoder.raw_decode(head)[0] if head else json.loads(line)["id"]
            found[identity] = at
            at += len(line)
    return found
