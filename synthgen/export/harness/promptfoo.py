"""promptfoo: a configuration, tests in JSON Lines, and an assertion that scores as in every other harness.

promptfoo renders variables and asserted values with Nunjucks, and reads a value that begins with `file://` from disk.
So every text is escaped (it comes out as it went in, and reads neither the environment nor a file), and a prompt is the
JSON text of chat messages, which begins with a bracket whatever the case holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import (
    LABELS,
    about,
    as_dicts,
    held,
    is_label,
    line,
    messages,
    prompts,
    write,
    write_lines,
    write_readme,
    write_scoring,
    yaml_text,
)

_ABOUT = """
One folder a set. Put your model under `providers` in `promptfooconfig.yaml`; prompts are chat messages as JSON. Plain
labels are compared by promptfoo itself, everything else by `assertion.py` with `scoring/SET.py`: Python must be on the
path, or named by PROMPTFOO_PYTHON. `synthgen eval compare` reads `results.json`.
"""
_RUN = """cd {name}
promptfoo eval -c promptfooconfig.yaml -o results.json"""
_ASSERTION = '''"""Scores an answer of promptfoo with the scorer of this folder."""

import importlib.util
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location("scored", HERE / "scored.py")
scored = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scored)


def get_assert(output, context):
    answer = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    found = scored.score("{name}", context["vars"]["case_id"], answer)
    further = {metric: value for metric, value in found.items() if metric != "score"}
    return {"pass": found["score"] >= 1.0, "score": found["score"], "reason": json.dumps(found), "namedScores": further}
'''
_BARE = r"output.replace(/^[\s\"'`*(\[{]+|[\s\"'`*)\]}.!]+$/g, '').toLowerCase().replace(/[\s_-]+/g, '_')"
"""JavaScript of what `scoring.label` strips from an answer before it compares."""
_TAG = re.compile(r"\{(?=[{%#])|(?<=#)\}")  # the lexer stops at the end of a comment that never began, too


class Promptfoo:
    """A folder for each set: configuration, tests, assertion. Example: `evals: [promptfoo]`."""

    def holds(self, s: EvalSet) -> bool:
        """Any set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write a folder for each set."""
        found = held(self, "promptfoo", sets)
        for name, s in found:
            inside = folder / name
            write_lines(inside / "tests.jsonl", (_test(c, s) for c in s.cases))
            if not all(_native(c, s) for c in s.cases):
                write_scoring(name, s, inside)
                write(inside / "assertion.py", _ASSERTION.replace("{name}", name))
            write(inside / "promptfooconfig.yaml", f"# {s.canary}\n{yaml_text(_config(s))}")
        write_readme(folder, "Eval sets for promptfoo", _ABOUT, _RUN.format(name=found[0][0]), found)


def _config(s: EvalSet) -> dict[str, Any]:
    return {
        "description": escaped(f"{s.name} {s.version} ({s.family}, {len(s.cases)} cases)"),
        "prompts": [
            {"label": f"{p.name} {p.version}" if p else s.name, "raw": f"{{{{ chat{suffix} }}}}"}
            for suffix, p in prompts(s)
        ],
        "providers": ["openai:chat:YOUR-MODEL"],
        "tests": "file://tests.jsonl",
    }


def _test(case: EvalCase, s: EvalSet) -> dict[str, Any]:
    chats = {f"chat{x}": escaped(line(as_dicts(messages(case, s, p)))) for x, p in prompts(s)}
    return {
        "description": case.id,
        "vars": {"case_id": case.id, **chats},
        "assert": [_assertion(case, s)],
        "metadata": _escaped(about(case, s)),
        "options": {"disableVarExpansion": True},
    }


def _native(case: EvalCase, s: EvalSet) -> bool:
    """Whether promptfoo's own comparison decides the case as the scorer does: one plain label."""
    return s.scorer == LABELS and is_label(case) and re.fullmatch(r"[A-Za-z0-9_ -]+", str(case.target)) is not None


def _assertion(case: EvalCase, s: EvalSet) -> dict[str, Any]:
    if not _native(case, s):
        return {"type": "python", "value": "file://assertion.py"}
    return {"type": "equals", "value": re.sub(r"[\s_-]+", "_", case.target.strip().lower()), "transform": _BARE}


def escaped(text: str) -> str:
    """The text for Nunjucks: what would open a tag, or name a file, is written as an expression that gives it back.

    >>> escaped("{{env.HOME}}")
    "{{ '{' }}{env.HOME}}"
    >>> escaped("file://x")
    "{{ 'f' }}ile://x"
    """
    head = text.lstrip()
    if head.lower().startswith("file://"):
        at = len(text) - len(head)
        return f"{text[:at]}{{{{ '{head[0]}' }}}}{escaped(head[1:])}"
    return _TAG.sub(lambda brace: f"{{{{ '{brace[0]}' }}}}", text)


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _escaped(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_escaped(v) for v in value]
    return escaped(value) if isinstance(value, str) else value
