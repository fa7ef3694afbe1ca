"""promptfoo: a configuration, tests in JSON Lines, and an assertion that scores like every other harness.

Variables and asserted values pass through Nunjucks, and a value that begins with `file://` is read from disk, so every
text is escaped: it comes out of the renderer as it went in, and can read neither the environment nor a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import (
    FILES,
    copy_scorer,
    group_of,
    readme,
    scored_by,
    variations,
    write_lines,
    write_text,
)

HOW = """
    cd NAME
    promptfoo eval -c promptfooconfig.yaml -o results.json

Set your model under `providers`. Cases are scored by `assertion.py`, which needs Python on the path, or PROMPTFOO_PYTHON;
plain labels are compared by promptfoo itself.
"""
ASSERTION = '''"""Scores an answer of promptfoo with the scorer that lies beside this file."""

import json
import sys
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import MODULE as scoring


@lru_cache(maxsize=1)
def cases():
    with open(HERE / "cases.jsonl", encoding="utf-8") as file:
        return {case["id"]: case for case in map(json.loads, file)}


def get_assert(output, context):
    found = scoring.score(cases()[context["vars"]["case_id"]], str(output), str(HERE / "FILES"))
    named = {name: float(value) for name, value in found.items() if name != "score"}
    return {"pass": found["score"] >= 1.0, "score": found["score"], "reason": str(found), "namedScores": named}
'''
_TAG = re.compile(r"\{(?=[{%#])")
_PLAIN = re.compile(r"[\w .,-]+")


class Promptfoo:
    """A folder for each set: configuration, tests, assertion. Example: `evals: [promptfoo]`."""

    def holds(self, made: EvalSet) -> bool:
        """Every set."""
        return True

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One folder for each set."""
        for made in sets:
            inside = folder / made.name
            inside.mkdir()
            write_lines(inside / "tests.jsonl", (_test(c, made) for c in made.cases))
            if not all(_native(c) for c in made.cases):
                module = copy_scorer(made, inside)
                rows = ({"id": c.id, **scored_by(c)} for c in made.cases)
                write_lines(inside / "cases.jsonl", rows)
                write_text(inside / "assertion.py", ASSERTION.replace("MODULE", module).replace("FILES", FILES))
            config = yaml.safe_dump(_config(made), sort_keys=False, allow_unicode=True)
            write_text(inside / "promptfooconfig.yaml", f"# {made.canary}\n{config}")
        write_text(folder / "README.md", readme("Eval sets for promptfoo", sets, HOW))


def _config(made: EvalSet) -> dict[str, Any]:
    prompts = [
        {
            "id": v.name,
            "label": v.name if v.prompt is None else f"{v.prompt.name} {v.prompt.version}",
            "raw": f"{{{{{_variable(v.prompt)}}}}}",
        }
        for v in variations(made)
    ]
    return {
        "description": f"{made.name} {made.version} ({made.family}, {len(made.cases)} cases)",
        "prompts": prompts,
        "providers": ["openai:chat:YOUR-MODEL"],
        "tests": "file://tests.jsonl",
    }


def _variable(prompt: Any) -> str:
    return "prompt" if prompt is None else f"prompt_{re.sub(r'[^0-9A-Za-z]', '_', prompt.name)}"


def _test(case: EvalCase, made: EvalSet) -> dict[str, Any]:
    texts = {_variable(v.prompt): escaped(v.text(case)) for v in variations(made)}
    about = {"id": case.id, "split": case.split, "group_id": group_of(case), "must_pass": case.must_pass}
    slices = {k: escaped(str(v)) for k, v in {"difficulty": case.difficulty, **case.slices}.items()}
    return {
        "description": case.id,
        "vars": {**texts, "case_id": case.id},
        "assert": [_assertion(case)],
        "metadata": {**about, "family": case.family, "slices": slices, "content_hash": made.content_digest},
        "options": {"disableVarExpansion": True},
    }


def _native(case: EvalCase) -> bool:
    """Whether promptfoo's own comparison decides the case: one plain label."""
    plain = isinstance(case.target, str) and case.target in case.choices and bool(_PLAIN.fullmatch(case.target))
    return plain and not case.extra.get("accepted")


def _assertion(case: EvalCase) -> dict[str, Any]:
    if not _native(case):
        return {"type": "python", "value": "file://assertion.py"}
    label = re.sub(r"[\s_-]+", "_", case.target.casefold())
    bare = r"output.trim().replace(/^[\s\"'`*(\[{]+|[\s\"'`*)\]}.!]+$/g, '').toLowerCase().replace(/[\s_-]+/g, '_')"
    return {"type": "equals", "value": label, "transform": bare}


def escaped(text: str) -> str:
    """The text for Nunjucks: what would open a tag, or name a file, is written as an expression that gives it back.

    >>> escaped("{{env.HOME}} file://x")
    "{{ '{' }}{env.HOME}} file://x"
    """
    if text.lstrip().lower().startswith("file://"):
        at = text.lower().index("file://")
        return f"{escaped(text[:at])}{{{{ '{text[at]}' }}}}{escaped(text[at + 1 :])}"
    return _TAG.sub("{{ '{' }}", text)
