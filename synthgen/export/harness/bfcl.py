"""BFCL (Berkeley Function-Calling Leaderboard): questions with functions, and possible answers, by its categories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import about, as_dicts, held, messages, write_lines, write_readme

_ABOUT = """
One folder a set, laid out as BFCL's own data: `BFCL_v4_CATEGORY.json` holds the questions with their functions,
`possible_answer/BFCL_v4_CATEGORY.json` the ground truth, where "" means that an argument may be left out. Categories
are told by the number of functions and of calls; cases without a call, and those that must ask for a missing argument,
are `irrelevance`, which has no ground truth. BFCL compares calls without regard to order. Copy a set's files over those
of BFCL's `bfcl_eval/data`, and run one category:
"""
_RUN = """bfcl generate --model MODEL --test-category simple_python
bfcl evaluate --model MODEL --test-category simple_python"""
_TYPES = {"object": "dict", "number": "float"}
_IRRELEVANCE = "irrelevance"


class Bfcl:
    """Questions and possible answers. Example: `evals: [bfcl]`."""

    def holds(self, s: EvalSet) -> bool:
        """Sets of tool calls."""
        return s.family == "tool_call"

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write a folder for each set, with two files for each category."""
        found = held(self, "bfcl", sets)
        for name, s in found:
            kinds: dict[str, list[EvalCase]] = {}
            for case in s.cases:
                kinds.setdefault(_category(case), []).append(case)
            for kind, cases in sorted(kinds.items()):
                file = f"BFCL_v4_{kind}.json"
                write_lines(folder / name / file, (_question(c, s, f"{kind}_{i}") for i, c in enumerate(cases)))
                if kind != _IRRELEVANCE:
                    answers = (_answer(c, f"{kind}_{i}") for i, c in enumerate(cases))
                    write_lines(folder / name / "possible_answer" / file, answers)
        write_readme(folder, "Eval sets in the form of BFCL", _ABOUT, _RUN, found)


def _category(case: EvalCase) -> str:
    calls = len(case.target["calls"])
    if not calls:
        return _IRRELEVANCE
    if calls == 1:
        return "simple_python" if len(case.tools) == 1 else "multiple"
    return "parallel" if len(case.tools) == 1 else "parallel_multiple"


def _question(case: EvalCase, s: EvalSet, identity: str) -> dict[str, Any]:
    """The passages and the conversation; the functions go beside them, and BFCL writes its own instruction."""
    sent = messages(case, s, None, bare=True)
    functions = [_function(dict(t)) for t in case.tools]
    return {"id": identity, "question": [as_dicts(sent)], "function": functions, "metadata": about(case, s)}


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    """The function of an OpenAI tool with the type names that BFCL uses."""
    function = dict(tool.get("function", tool))
    kept = {k: function[k] for k in ("name", "description") if k in function}
    return {**kept, "parameters": _typed(function.get("parameters", {"type": "object", "properties": {}}))}


def _typed(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _TYPES.get(v, v) if k == "type" and isinstance(v, str) else _typed(v) for k, v in schema.items()}
    return [_typed(v) for v in schema] if isinstance(schema, list) else schema


def _answer(case: EvalCase, identity: str) -> dict[str, Any]:
    truth = [
        {call["name"]: {k: [_allowed(v) for v in allowed] for k, allowed in call.get("arguments", {}).items()}}
        for call in case.target["calls"]
    ]
    return {"id": identity, "ground_truth": truth}


def _allowed(value: Any) -> Any:
    """An allowed value; inside objects, BFCL lists the allowed values of each key."""
    if isinstance(value, dict):
        return {k: [_allowed(v)] for k, v in value.items()}
    return [_allowed(v) for v in value] if isinstance(value, list) else value
