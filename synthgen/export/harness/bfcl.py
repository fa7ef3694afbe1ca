"""BFCL (Berkeley Function-Calling Leaderboard): questions with functions, and possible answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import Variation, copy_scorer, readme, variations, write_lines, write_text

HOW = """
`BFCL_NAME.json` holds the questions with their functions, `possible_answer/BFCL_NAME.json` the ground truth: for each call,
each argument's allowed values, where "" means that it may be left out. Cases without a call, and those that must ask for a
missing argument, have an empty ground truth (irrelevance detection).
"""
_TYPES = {"object": "dict", "number": "float"}


class Bfcl:
    """Questions and possible answers. Example: `evals: [bfcl]`."""

    def holds(self, made: EvalSet) -> bool:
        """Sets of tool calls."""
        return made.family == "tool_call"

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Two files for each set and prompt."""
        (folder / "possible_answer").mkdir()
        for made in sets:
            copy_scorer(made, folder)
            for variation in variations(made):
                name = f"BFCL_{variation.name}.json"
                write_lines(folder / name, (_question(c, variation) for c in made.cases))
                write_lines(folder / "possible_answer" / name, (_answer(c) for c in made.cases))
        write_text(folder / "README.md", readme("Eval sets in the form of BFCL", sets, HOW))


def _question(case: EvalCase, variation: Variation) -> dict[str, Any]:
    turns = case.messages or variation.messages(case)[-1:]
    messages = [{"role": m.role, "content": m.content} for m in turns]
    return {"id": case.id, "question": [messages], "function": [_function(dict(t)) for t in case.tools]}


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    """The function of an OpenAI tool with the type names that BFCL uses."""
    function = dict(tool.get("function", tool))
    kept = {k: function[k] for k in ("name", "description") if k in function}
    return {**kept, "parameters": _typed(function.get("parameters", {"type": "object", "properties": {}}))}


def _typed(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _TYPES.get(v, v) if k == "type" and isinstance(v, str) else _typed(v) for k, v in schema.items()}
    return [_typed(v) for v in schema] if isinstance(schema, list) else schema


def _answer(case: EvalCase) -> dict[str, Any]:
    calls = case.target.get("calls", [])
    return {"id": case.id, "ground_truth": [{c["name"]: c.get("arguments", {})} for c in calls]}
