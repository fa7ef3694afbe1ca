"""The nouns of the eval line: pieces of text, cases and sets. Families make them, exporters write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from synthgen.columns import Declared

Json = Any  # str, int, float, bool, None, or lists and dicts of them
Relation = Literal["MFT", "INV", "DIR"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. With a `label` it is a value that must stay as it is (a name, an amount); without, it is wording.

    Variants may change wording only. `declared` says what personal data the value is, and its proof.
    """

    text: str
    label: str = ""
    declared: Declared | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text, in characters: `text[start:end] == value`."""

    start: int
    end: int
    label: str
    value: str


def text_of(pieces: Iterable[Piece]) -> str:
    """The pieces as one text."""
    return "".join(p.text for p in pieces)


def spans_of(pieces: Iterable[Piece]) -> list[Span]:
    """Where the labelled pieces stand in the text."""
    found, at = [], 0
    for piece in pieces:
        if piece.label:
            found.append(Span(at, at + len(piece.text), piece.label, piece.text))
        at += len(piece.text)
    return found


@dataclass(frozen=True, slots=True)
class Passage:
    """A document that a case may be answered from."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


@dataclass(frozen=True)
class EvalCase:
    """One case: what goes in, what must come out, and where both came from.

    - `pieces` is the input; `messages` replaces it with a conversation whose last user turn is the input.
    - `target` is the gold, any JSON value. `choices` are the labels to choose from, if there are any.
    - `context` are the passages and `tools` the OpenAI tool schemas that the model is given.
    - `slices` are the named cuts that results are reported by (`register: curt`).
    - `variant` is the kind of change made to the case `parent`: MFT (a plain case), INV (gold stays), DIR (gold changes
      by the variant's rule).
    - `sources` are the records it was made from (`invoices:12`), `groups` what may not stand on both sides of a split
      (`customers:3`, `template:refund-4`).
    - `inserted` are values with their proofs that stand in target, context, messages or tools.
    - `extra` is whatever else the scorer needs; it is exported in the metadata.
    """

    id: str
    eval: str
    family: str
    pieces: tuple[Piece, ...]
    target: Json
    number: int = 0
    attempt: int = 0
    split: str = ""
    difficulty: str = "medium"
    choices: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    context: tuple[Passage, ...] = ()
    tools: tuple[Mapping[str, Any], ...] = ()
    slices: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""
    relation: Relation = "MFT"
    parent: str = ""
    template: str = ""
    sources: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    inserted: tuple[Piece, ...] = ()
    must_pass: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)

    @cached_property
    def input(self) -> str:
        """The input as text."""
        return text_of(self.pieces)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where the labelled values stand in the input."""
        return tuple(spans_of(self.pieces))

    @property
    def target_text(self) -> str:
        """The gold as text: a string as it is, anything else as JSON."""
        return self.target if isinstance(self.target, str) else compact(self.target)

    @property
    def metadata(self) -> dict[str, Json]:
        """What exports carry beside input and target."""
        found: dict[str, Json] = {
            "eval": self.eval,
            "family": self.family,
            "split": self.split,
            "difficulty": self.difficulty,
            "variant": self.variant,
            "relation": self.relation,
            "parent": self.parent,
            "template": self.template,
            "group_id": self.groups[0] if self.groups else "",
            "groups": list(self.groups),
            "sources": list(self.sources),
            "must_pass": self.must_pass,
            "slices": dict(self.slices),
        }
        return {k: v for k, v in found.items() if v not in ("", [], {})} | dict(self.extra)

    def plain(self) -> dict[str, Json]:
        """The case as a JSON object: what JSON Lines hold and what a scorer is given."""
        found: dict[str, Json] = {
            "id": self.id,
            "input": self.input,
            "target": self.target,
            "choices": list(self.choices),
            "messages": [{"role": m.role, "content": m.content} for m in self.messages],
            "context": [{"id": p.id, "title": p.title, "text": p.text} for p in self.context],
            "tools": [dict(t) for t in self.tools],
            "metadata": self.metadata,
        }
        return {k: v for k, v in found.items() if v != [] or k == "target"}

    @property
    def gold_digest(self) -> str:
        """Hash of the gold: the target, and what the scorer needs beside it."""
        return digest([self.target, dict(self.extra)])

    @property
    def content_digest(self) -> str:
        """Hash of all that a model and its scorer see."""
        return digest(self.plain())


@dataclass(frozen=True)
class EvalSet:
    """All cases of one eval, in order, and what an exporter must know about them.

    `scorer` is the stand-alone scoring module (`synthgen.scoring.label`); `files` are further files that the scorer
    reads (a database), by the name under which they are exported. `instruction` is the family's own prompt; `prompts`
    are the recipe's, rendered per case with `{{input}}` and the case's other fields as variables.
    """

    name: str
    family: str
    cases: tuple[EvalCase, ...]
    scorer: str
    instruction: str = ""
    canary: str = ""
    version: str = "1.0.0"
    description: str = ""
    language: tuple[str, ...] = ("en",)
    files: Mapping[str, Path] = field(default_factory=dict)
    prompts: tuple[Prompt, ...] = ()

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that occur, in order of first use."""
        return tuple(dict.fromkeys(c.split for c in self.cases))

    @cached_property
    def content_digest(self) -> str:
        """Hash over all cases; results are compared only between equal ones."""
        return digest([c.content_digest for c in self.cases])


@dataclass(frozen=True)
class Prompt:
    """A versioned prompt: a Jinja template over the case's fields, with the model settings it was written for."""

    name: str
    version: str
    text: str
    variables: tuple[str, ...] = ("input",)
    model: Mapping[str, Json] = field(default_factory=dict)
    digest: str = ""


def compact(value: Json) -> str:
    """JSON with sorted keys and no spaces, all characters as they are.

    >>> compact({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Json) -> str:
    """The sha256 of a JSON value, in hexadecimal."""
    return hashlib.sha256(compact(value).encode()).hexdigest()


def chat(case: EvalCase, instruction: str) -> Sequence[Message]:
    """What a chat model is sent: the instruction, the passages, and the conversation or the input.

    An empty instruction leaves the system message out.
    """
    parts = [instruction] if instruction else []
    if case.context:
        parts.append("\n\n".join(f"{f'[{p.id}] {p.title}'.rstrip()}\n{p.text}" for p in case.context))
    head = [Message("system", "\n\n".join(parts))] if parts else []
    return [*head, *(case.messages or (Message("user", case.input),))]
