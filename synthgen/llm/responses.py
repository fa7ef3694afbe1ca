"""Recorded answers: a file of one JSON object per line, by the key of what was asked."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from synthgen.llm.request import Request

Refusal = Literal["invalid", "finding"]
_LARGEST = 2 << 30  # bytes of a file of answers


class BadRecordError(ValueError):
    """A file of answers that cannot be read; says which line."""


@dataclass(frozen=True)
class Answer:
    """What a model wrote, what it took, and why it was not taken, if so. `counted`: the tokens are the server's own."""

    key: str
    text: str
    prompt_tokens: int
    completion_tokens: int
    counted: bool = True
    refused: Refusal | None = None

    def line(self) -> str:
        """The line that keeps it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


@dataclass(frozen=True)
class Wanted:
    """A request without an answer, the generator that asks, and what stands in its prompt: values and declarations."""

    request: Request
    owner: Any
    inserted: tuple[tuple[str | None, Any], ...] = ()


@dataclass
class Responses:
    """The answers in one file, and what a pass over the rows asks of them.

    `name` is the file as the recipe writes it. `collect` gathers requests without an answer in `wanted` instead of
    failing on them, and `show_missing` shows the prompt in their place. Later lines of a file take the place of earlier
    ones with the same key; a last line without its end, which a crash leaves, counts as none.
    """

    name: str
    path: Path
    show_missing: bool = False
    collect: bool = False
    wanted: dict[str, Wanted] = field(default_factory=dict)
    _known: dict[str, Answer] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def known(self) -> dict[str, Answer]:
        """All answers by key; read when they are first asked for. Raises BadRecordError."""
        if self._known is None:
            self._known = read(self.path) if self.path.is_file() else {}
        return self._known

    def get(self, request: Request) -> Answer | None:
        """The answer to a request, if there is one."""
        return self.known.get(request.key)

    def keep(self, answer: Answer) -> None:
        """Remember an answer and write it to the file at once: what was paid for is never lost."""
        with self._lock:
            self.known[answer.key] = answer
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+") as file:
                size = file.seek(0, os.SEEK_END)
                torn = False
                if size:
                    file.seek(size - 1)
                    torn = file.read(1) != b"\n"
                file.write(("\n" if torn else "").encode() + answer.line().encode())
                file.flush()
                os.fsync(file.fileno())

    def refuse(self, key: str, reason: Refusal) -> None:
        """Note that an answer is not to be taken; it stays, for it was paid for."""
        self.keep(replace(self.known[key], refused=reason))

    def lines(self, keys: Iterable[str]) -> bytes:
        """The file's content with these answers alone, in order of their keys."""
        return "".join(self.known[k].line() for k in sorted(set(keys)) if k in self.known).encode()


def read(path: Path) -> dict[str, Answer]:
    """The answers in a file; raises BadRecordError for a line that is none."""
    if path.stat().st_size > _LARGEST:
        raise BadRecordError(f"more than {_LARGEST >> 30} GiB")
    found: dict[str, Answer] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found |= _entry(json.loads(line))
            except (ValueError, TypeError, KeyError):
                if line.endswith(b"\n") and file.peek(1):
                    raise BadRecordError(f"line {number} is no recorded answer") from None
    return found


def _entry(content: Mapping[str, Any]) -> dict[str, Answer]:
    answer = Answer(**content)
    fits = (
        isinstance(answer.key, str) and isinstance(answer.text, str) and answer.refused in (None, "invalid", "finding")
    )
    if not fits or not all(isinstance(n, int) and n >= 0 for n in (answer.prompt_tokens, answer.completion_tokens)):
        raise ValueError("not an answer")
    return {answer.key: answer}
