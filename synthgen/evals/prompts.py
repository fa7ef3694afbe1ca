"""Prompts as code: text files with front matter, versioned, and locked by hash.

    ---
    name: router
    version: 1.2.0
    variables: [input, choices]
    model: {temperature: 0, max_tokens: 20}
    ---
    Which of {{ choices | join(", ") }} is this about?

    {{ input }}

The text is a Jinja template, rendered in a sandbox. A lock file, `prompts.lock` beside the prompts, holds the hash of
each version; a text that changes under the same version is an error, so that two results with the same version are of
the same prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from synthgen.errors import Problem, did_you_mean
from synthgen.evalcase import Prompt, digest

LOCK = "prompts.lock"
VARIABLES = ("input", "choices", "context", "tools", "messages", "instruction")
"""What a prompt can show of a case: its text, its labels, its passages (id, title, text), its tools, its conversation,
and the family's own instruction."""
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n(.*)\Z", re.DOTALL)
_KEYS = ("name", "version", "variables", "model", "description")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


def parse_prompt(text: str, file: str) -> tuple[Prompt | None, list[Problem]]:
    """The prompt in a file's text, and everything that is wrong with it (None if anything is)."""
    found = _FRONT.match(text)
    if found is None:
        remedy = "begin with '---', then name: and version:, then '---', then the prompt"
        return None, [Problem("bad-prompt", f"{file} has no front matter", remedy=remedy)]
    try:
        front = yaml.safe_load(found.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark is not None else ""
        return None, [Problem("bad-prompt", f"the front matter of {file} is not YAML{where}")]
    if not isinstance(front, dict):
        return None, [Problem("bad-prompt", f"the front matter of {file} is not a mapping")]
    body = found.group(2).strip("\n")
    problems = [*_front(front, file), *_body(front, body, file)]
    if problems:
        return None, problems
    name = str(front.get("name", PurePosixPath(file).stem))
    model = dict(front.get("model") or {})
    variables = tuple(front.get("variables") or ("input",))
    content = digest([body, list(variables), model])
    return Prompt(name, str(front["version"]), body, variables, model, content), []


def _front(front: Mapping[str, Any], file: str) -> Iterable[Problem]:
    for key in front:
        if key not in _KEYS:
            remedy = did_you_mean(str(key), _KEYS)
            yield Problem("unknown-key", f"'{key}' is not a key of a prompt's front matter ({file})", remedy=remedy)
    version = front.get("version")
    if version is None:
        yield Problem("missing-key", f"{file} has no version", remedy='add version: "1.0.0" to its front matter')
    elif not _VERSION.fullmatch(str(version)):
        yield Problem("bad-value", f"'{version}' is not a version ({file})", remedy='write version: "1.0.0"')
    variables = front.get("variables")
    if variables is not None and not (isinstance(variables, list) and all(v in VARIABLES for v in variables)):
        message = f"'variables' of {file} is a list of what a case has"
        yield Problem("bad-value", message, remedy=f"known: {', '.join(VARIABLES)}")
    if not isinstance(front.get("model") or {}, dict):
        yield Problem("bad-value", f"'model' of {file} is a mapping of settings", remedy="write {temperature: 0}")


def _body(front: Mapping[str, Any], body: str, file: str) -> Iterable[Problem]:
    from jinja2 import TemplateSyntaxError, meta
    from jinja2.sandbox import SandboxedEnvironment

    try:
        used = meta.find_undeclared_variables(SandboxedEnvironment().parse(body))
    except TemplateSyntaxError as error:
        yield Problem("bad-prompt", f"{file} is no Jinja template: {error.message} (line {error.lineno} of its text)")
        return
    declared = front.get("variables") or ["input"]
    for name in sorted(used - set(map(str, declared if isinstance(declared, list) else []))):
        remedy = did_you_mean(name, VARIABLES) if name not in VARIABLES else f"add {name} to its 'variables'"
        yield Problem("unknown-variable", f"{file} uses '{name}', which is not among its variables", remedy=remedy)
    if not body.strip():
        yield Problem("bad-prompt", f"{file} has no text", remedy="write the prompt below the front matter")


def locked(text: str | None) -> dict[str, dict[str, str]]:
    """The lock file's content: name -> version -> hash. Raises ValueError for anything else."""
    if text is None:
        return {}
    content = json.loads(text)
    if not isinstance(content, dict) or not all(isinstance(v, dict) for v in content.values()):
        raise ValueError("not a mapping of names to versions")
    return {str(n): {str(v): str(h) for v, h in versions.items()} for n, versions in content.items()}


def against_lock(prompt: Prompt, lock: Mapping[str, Mapping[str, str]]) -> Problem | None:
    """What is wrong between a prompt and the lock: a changed text is an error, one that is not locked yet a warning."""
    known = lock.get(prompt.name, {}).get(prompt.version)
    if known is None:
        message = f"prompt {prompt.name} {prompt.version} is not in {LOCK}"
        return Problem("unlocked-prompt", message, remedy="run: synthgen eval lock PROMPTS_FOLDER", severity="warning")
    if known != prompt.digest:
        message = f"the text of prompt {prompt.name} changed, but its version is still {prompt.version}"
        return Problem("changed-prompt", message, remedy=f"write the next version, such as {_next(prompt.version)}")
    return None


def with_prompts(
    lock: Mapping[str, Mapping[str, str]], prompts: Iterable[Prompt]
) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """The lock with all prompts added, and those that it may not take because their version holds another text."""
    made = {name: dict(versions) for name, versions in lock.items()}
    problems = []
    for prompt in prompts:
        problem = against_lock(prompt, made)
        if problem is not None and problem.severity == "error":
            problems.append(problem)
        else:
            made.setdefault(prompt.name, {})[prompt.version] = prompt.digest
    return made, problems


def written(lock: Mapping[str, Mapping[str, str]]) -> str:
    """The lock file's one form."""
    return json.dumps(lock, indent=2, sort_keys=True) + "\n"


def _next(version: str) -> str:
    major, minor, _ = version.split(".")
    return f"{major}.{int(minor) + 1}.0"
