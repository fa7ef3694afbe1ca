"""What exporters of eval sets share: cases as JSON lines, prompts crossed with cases, copies of scorers and files.

An export runs where synthgen is not installed: every scorer is copied beside the cases that it scores.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from synthgen.evalcase import EvalCase, EvalSet, Message, Prompt, chat

FILES = "files"
"""Folder of what scorers read beside the case (databases)."""


class Harness(Protocol):
    """Writes eval sets in the form that one harness reads. The bytes depend on the sets alone."""

    def holds(self, made: EvalSet) -> bool:
        """Whether the harness can hold a set of this family."""

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write all files into the folder, which exists and is empty."""


@dataclass(frozen=True)
class Variation:
    """A set with one of its prompts, or with the family's own instruction. `name` is unique in the export."""

    made: EvalSet
    prompt: Prompt | None = None

    @property
    def name(self) -> str:
        """The set's name, with the prompt's where there is one."""
        return self.made.name if self.prompt is None else f"{self.made.name}__{self.prompt.name}"

    def messages(self, case: EvalCase) -> list[Message]:
        """What a chat model is sent.

        A prompt is the whole user message; before a conversation it is the system message.
        """
        if self.prompt is None:
            return list(chat(case, self.made.instruction))
        text = rendered(self.prompt, case, self.made.instruction)
        if case.messages:
            return [Message("system", text), *case.messages]
        return [Message("user", text)]

    def text(self, case: EvalCase) -> str:
        """The same for a model that completes text: one turn as it is, several with their roles before them."""
        messages = self.messages(case)
        turns = [m for m in messages if m.role != "system"]
        system = [m.content for m in messages if m.role == "system"]
        if len(turns) == 1:
            return "\n\n".join([*system, turns[0].content])
        return "\n\n".join([*system, *(f"{m.role}: {m.content}" for m in turns), "assistant:"])


def variations(made: EvalSet) -> list[Variation]:
    """The set crossed with its prompts; once with the family's instruction if it has none."""
    return [Variation(made, p) for p in made.prompts] or [Variation(made)]


def rendered(prompt: Prompt, case: EvalCase, instruction: str) -> str:
    """The prompt's text with the case's fields; values are inserted as they are, never rendered themselves."""
    plain = case.plain()
    fields = {
        "input": case.input,
        "choices": list(case.choices),
        "context": plain.get("context", []),
        "tools": plain.get("tools", []),
        "messages": plain.get("messages", []),
        "instruction": instruction,
    }
    return str(_template(prompt.text).render(fields))


@lru_cache(maxsize=64)
def _template(text: str) -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON Lines, UTF-8, characters as they are; line separators inside texts are escaped."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(line(row) + "\n")


def line(value: Any) -> str:
    """A JSON value on one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def write_text(path: Path, text: str) -> None:
    """A text file with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def scorer_name(made: EvalSet) -> str:
    """What the copy of the set's scorer is called, as a Python module: `scoring_label`."""
    return "scoring_" + made.scorer.rpartition(".")[2]


def copy_scorer(made: EvalSet, folder: Path) -> str:
    """Copy the scorer's source and the files that it reads; returns the module's name."""
    spec = importlib.util.find_spec(made.scorer)
    assert spec is not None and spec.origin is not None, made.scorer
    name = scorer_name(made)
    write_text(folder / f"{name}.py", Path(spec.origin).read_text(encoding="utf-8"))
    for file, source in made.files.items():
        target = folder / FILES / file
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            shutil.copyfile(source, target)
    return name


def scored_by(case: EvalCase) -> dict[str, Any]:
    """What the scorer needs of a case: target, choices and metadata, without the texts."""
    plain = case.plain()
    return {k: plain[k] for k in ("target", "choices", "metadata") if k in plain}


def group_of(case: EvalCase) -> str:
    """What a standard error must cluster by."""
    return case.groups[0] if case.groups else case.parent or case.id


def readme(title: str, sets: Sequence[EvalSet], how: str) -> str:
    """A short README: the sets, and how to run them."""
    lines = [f"# {title}", "", "| set | family | cases | version | canary |", "|---|---|---|---|---|"]
    lines += [f"| {s.name} | {s.family} | {len(s.cases)} | {s.version} | {s.canary} |" for s in sets]
    return "\n".join([*lines, "", how.strip(), ""])
