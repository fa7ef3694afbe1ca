"""Template sets: YAML files that hold, per label, many ways to say one thing, and facts that belong to no label.

Built-in sets lie in `synthgen/evals/templates/`; a recipe adds its own file, which is laid over the built-in set that
it extends. In a wording, `[a|b]` is a choice and `{slot}` a value. What is wrong with a file is told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice, product
from pathlib import Path
from typing import Any

from synthgen.errors import Problem, did_you_mean
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS
from synthgen.evals.wording import slots
from synthgen.generator import BuildError
from synthgen.recipe.model import Node
from synthgen.recipe.source import parse

FOLDER = Path(__file__).parent / "templates"
BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "support": ("support.yaml", "support_more.yaml"),
    "sentiment": ("sentiment.yaml",),
    "urgency": ("urgency.yaml",),
}
"""Sets that ship with the package: name -> files, laid over each other in this order."""
DIFFICULTIES = ("easy", "medium", "hard")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SET = ("name", "extends", "question", "letter", "joinable", "registers", "labels", "asides", "details")
_LABEL = ("means", "never", "templates", "contrasts", "registers")
_MOST_EXPANDED = 64


@dataclass(frozen=True)
class Wording:
    """A sentence or two with choices: what may be said, in one of several ways."""

    text: str

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        pieces = _CHOICE.split(self.text)
        return tuple(tuple(p.split("|")) if i % 2 else (p,) for i, p in enumerate(pieces) if p or i % 2)

    @cached_property
    def slots(self) -> frozenset[str]:
        """Names of all slots, in any choice."""
        return frozenset(slots(self.text))

    def say(self, draw: Draw) -> str:
        """The text with every choice made; slots stay.

        >>> Wording("[Hello|Hello], [we|we] are {n}.").say(Draw(1))
        'Hello, we are {n}.'
        """
        return tidy("".join(part[0] if len(part) == 1 else draw.pick(part) for part in self._parts))

    def expanded(self) -> Iterator[str]:
        """The texts that the choices give, the first few dozen of them, each choice at least once."""
        for combination in islice(product(*self._parts), _MOST_EXPANDED):
            yield tidy("".join(combination))
        for i in range(max((len(part) for part in self._parts), default=0)):
            yield tidy("".join(part[i % len(part)] for part in self._parts))


def tidy(text: str) -> str:
    """Without the spaces that an empty choice leaves.

    >>> tidy("We  stop , please .")
    'We stop, please.'
    """
    return re.sub(r" +([.,;:?!])", r"\1", re.sub(r" {2,}", " ", text)).strip()


@dataclass(frozen=True)
class Template:
    """One matter of a label, in several wordings."""

    id: str
    label: str
    difficulty: str
    wordings: tuple[Wording, ...]


@dataclass(frozen=True)
class Label:
    """What a label means, how it is said, how it is denied, and which words would give it away."""

    name: str
    means: str = ""
    never: tuple[str, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)
    contrasts: tuple[Wording, ...] = ()
    registers: tuple[str, ...] = ()

    def over(self, below: Label) -> Label:
        """This label laid over another one of the same name."""
        return Label(
            self.name,
            self.means or below.means,
            tuple(dict.fromkeys([*below.never, *self.never])),
            {**below.templates, **self.templates},
            (*below.contrasts, *self.contrasts),
            self.registers or below.registers,
        )


@dataclass(frozen=True)
class TemplateSet:
    """Labels with their templates, and what can be said beside them.

    `letter` says whether texts have a greeting, a closing and a signature, `joinable` whether two labels can stand in
    one text (a review that is good and bad has a third one). `question` is what a model is asked.
    """

    name: str = ""
    question: str = ""
    letter: bool = True
    joinable: bool = True
    registers: tuple[str, ...] = REGISTERS
    labels: Mapping[str, Label] = field(default_factory=dict)
    asides: tuple[Wording, ...] = ()
    details: tuple[Wording, ...] = ()
    extends: str | None = None

    def over(self, below: TemplateSet) -> TemplateSet:
        """This set laid over another one."""
        labels = dict(below.labels)
        for name, label in self.labels.items():
            labels[name] = label.over(labels[name]) if name in labels else label
        return replace(
            self,
            letter=self.letter and below.letter,
            joinable=self.joinable and below.joinable,
            registers=tuple(r for r in below.registers if r in self.registers) or self.registers,
            name=self.name or below.name,
            question=self.question or below.question,
            labels=labels,
            asides=(*below.asides, *self.asides),
            details=(*below.details, *self.details),
        )

    def leaks(self, labels: Sequence[str]) -> re.Pattern[str]:
        """What may stand in no text: the words of these labels in their forms, and what the labels forbid."""
        found = []
        for name in labels:
            words = [w for w in re.split(r"[\s_-]+", name.casefold()) if w]
            if len(words) > 1:
                found.append(r"[\s_-]+".join(map(re.escape, words)) + r"s?\b")
            elif words:
                found.append(re.escape(re.sub(r"(?<=\w{3})s$", "", words[0])) + r"\w{0,4}\b")
            found += [re.escape(w.casefold()) for w in (self.labels[name].never if name in self.labels else ())]
        return re.compile(r"\b(?:" + "|".join(found) + ")", re.IGNORECASE)

    def chosen(self, labels: Sequence[str]) -> TemplateSet:
        """The set with these labels only, in this order, without wordings that hold one of the labels' words."""
        leak = self.leaks(labels)

        def clean(wordings: Sequence[Wording]) -> tuple[Wording, ...]:
            return tuple(w for w in wordings if not leak.search(w.text))

        found = {}
        for name in labels:
            label = self.labels[name]
            kept = {t.id: replace(t, wordings=clean(t.wordings)) for t in label.templates.values()}
            templates = {i: t for i, t in kept.items() if t.wordings}
            found[name] = replace(label, templates=templates, contrasts=clean(label.contrasts))
        return replace(self, labels=found, asides=clean(self.asides), details=clean(self.details))


@lru_cache(maxsize=8)
def built_in(name: str) -> TemplateSet:
    """A set that ships with the package."""
    found = TemplateSet()
    for file in BUILT_IN[name]:
        found = read_set((FOLDER / file).read_text(encoding="utf-8"), file).over(found)
    return found


def known_labels() -> Mapping[str, str]:
    """Every label that a built-in set knows, and its set."""
    return {label: name for name in BUILT_IN for label in built_in(name).labels}


def gather(labels: Sequence[str], own: TemplateSet | None, fail: Callable[..., BuildError]) -> TemplateSet:
    """The set that a recipe's labels are rendered from: its own file over the built-in set that it extends.

    Without `extends:` that is the built-in set that knows one of the labels; where none does, the file stands alone.
    Raises BuildError for labels that no set knows, or that lie in two sets.
    """
    known = known_labels()
    theirs = {} if own is None else own.labels
    sets = dict.fromkeys(known[x] for x in labels if x in known and x not in theirs)
    base = own.extends if own is not None and own.extends is not None else next(iter(sets), None)
    if base is None and own is not None and own.extends is None:
        base = next((known[x] for x in labels if x in known), None)
    for i, label in enumerate(labels):
        if label in theirs or (label in known and known[label] == base):
            continue
        if label in known:
            message = f"'{label}' belongs to the set {known[label]}, others to {base}"
            raise fail("mixed-labels", message, "make one eval per set, or write templates for it", "labels", i)
        near = did_you_mean(label, [*known, *theirs]) or "known: " + ", ".join(known)
        remedy = f"{near}; or add texts for it in a file: templates: my_labels.yaml (see docs/evals/classification.md)"
        raise fail("unknown-label", f"no template set knows the label '{label}'", remedy, "labels", i)
    below = built_in(base) if base in BUILT_IN else TemplateSet()
    found = (below if own is None else own.over(below)).chosen(labels)
    for i, label in enumerate(labels):
        if len(found.labels[label].templates) < 2:
            message = f"label '{label}' has fewer than two templates that do not hold a label's own word"
            raise fail("too-few-templates", message, "add some in a file: templates: my_labels.yaml", "labels", i)
    return found


def read_set(text: str, name: str, slots_known: Sequence[str] = ()) -> TemplateSet:
    """A template file; raises BuildError with the first thing that is wrong and its line.

    `slots_known` are the slots that can be filled; without any, slots are not checked.
    """
    node, problems = parse(text, name)
    reader = _Reader(problems, frozenset(slots_known))
    found = reader.set(node) if node is not None else TemplateSet()
    if reader.problems:
        first, more = reader.problems[0], len(reader.problems) - 1
        raise BuildError(replace(first, message=first.message + (f" (and {more} more in this file)" if more else "")))
    return found


class _Reader:
    """Reads a set from a YAML node and notes what is wrong."""

    def __init__(self, problems: Sequence[Problem], known: frozenset[str]) -> None:
        self.problems = list(problems)
        self.known = known

    def wrong(self, node: Node, message: str, remedy: str, key: str | None = None) -> None:
        self.problems.append(node.problem("bad-templates", message, remedy, key=key))

    def mapping(self, node: Node, what: str, keys: Sequence[str] = ()) -> Mapping[Any, Node]:
        """The children of a mapping; unknown keys are noted where keys are given."""
        if not isinstance(node.value, dict):
            self.wrong(node, f"{what} is a mapping", f"write {what.split(' ')[-1]}: followed by indented keys")
            return {}
        for key in node.value if keys else ():
            if key not in keys:
                remedy = did_you_mean(key, keys) or "known: " + ", ".join(keys)
                self.wrong(node, f"unknown key '{key}' in {what}", remedy, key=key)
        return node.children

    def set(self, node: Node) -> TemplateSet:
        parts = self.mapping(node, "a template file", _SET)
        labels = {}
        if "labels" in parts:
            labels = {str(k): self.label(str(k), n) for k, n in self.mapping(parts["labels"], "labels").items()}
        extends = self.text(parts, "extends")
        if extends not in (None, "none", *BUILT_IN):
            self.wrong(parts["extends"], f"there is no built-in set '{extends}'", "known: none, " + ", ".join(BUILT_IN))
        return TemplateSet(
            self.text(parts, "name") or "",
            self.text(parts, "question") or "",
            self.flag(parts, "letter"),
            self.flag(parts, "joinable"),
            self.registers(parts) or REGISTERS,
            labels,
            self.wordings(parts, "asides"),
            self.wordings(parts, "details"),
            extends,
        )

    def label(self, name: str, node: Node) -> Label:
        parts = self.mapping(node, f"label {name}", _LABEL)
        templates: dict[str, Template] = {}
        if "templates" in parts:
            for key, child in self.mapping(parts["templates"], "templates").items():
                found = self.template(name, str(key), child)
                templates |= {found.id: found} if found is not None else {}
        never = tuple(str(v) for v in self.items(parts["never"])) if "never" in parts else ()
        contrasts = self.wordings(parts, "contrasts")
        return Label(name, self.text(parts, "means") or "", never, templates, contrasts, self.registers(parts))

    def template(self, label: str, key: str, node: Node) -> Template | None:
        """`ID: [wordings]` or `ID: {easy|medium|hard: [wordings]}`."""
        if isinstance(node.value, list):
            return Template(f"{label}/{key}", label, "medium", self.sentences(node))
        parts = self.mapping(node, f"template {key}", DIFFICULTIES)
        if len(parts) != 1:
            self.wrong(node, f"template {key} has one difficulty", "write {easy: [..]}, {medium: [..]} or {hard: [..]}")
            return None
        difficulty, child = next(iter(parts.items()))
        return Template(f"{label}/{key}", label, str(difficulty), self.sentences(child))

    def wordings(self, parts: Mapping[Any, Node], key: str) -> tuple[Wording, ...]:
        return self.sentences(parts[key]) if key in parts else ()

    def sentences(self, node: Node) -> tuple[Wording, ...]:
        return tuple(w for i in range(len(self.items(node))) if (w := self.wording(node.at(i))) is not None)

    def wording(self, node: Node) -> Wording | None:
        text = node.value
        if not isinstance(text, str) or not text.strip():
            self.wrong(node, "a wording is a text", 'put it in quotes: - "Where is {order_no}?"')
            return None
        bare = _CHOICE.sub("", text)
        if "[" in bare or "]" in bare:
            self.wrong(node, "a bracket is not closed, or stands inside another", "write choices as [one|two]")
        if any("|" not in c for c in _CHOICE.findall(text)):
            self.wrong(node, "a choice needs two ways to say it", "write [one|two], or [one|] to leave it out")
        unknown = [s for s in slots(text) if self.known and s not in self.known]
        if unknown:
            remedy = did_you_mean(unknown[0], self.known) or "known: " + ", ".join(sorted(self.known))
            self.wrong(node, f"there is no value for the slot {{{unknown[0]}}}", remedy)
        if re.search(r"[{}]", re.sub(r"\{[a-z_][a-z0-9_.]*\}", "", text)):
            self.wrong(node, "a brace stands alone", "a slot is {name} in small letters")
        return Wording(text)

    def items(self, node: Node) -> Sequence[Any]:
        if isinstance(node.value, list):
            return node.value
        self.wrong(node, "this is a list", 'write each on a line of its own: - "..."')
        return ()

    def text(self, parts: Mapping[Any, Node], key: str) -> str | None:
        if key not in parts:
            return None
        value = parts[key].value
        if not isinstance(value, str):
            self.wrong(parts[key], f"'{key}' is a text", "put it in quotes")
            return None
        return value

    def flag(self, parts: Mapping[Any, Node], key: str) -> bool:
        value = parts[key].value if key in parts else True
        if not isinstance(value, bool):
            self.wrong(parts[key], f"'{key}' is true or false", f"write {key}: false, or leave it out")
        return bool(value)

    def registers(self, parts: Mapping[Any, Node]) -> tuple[str, ...]:
        if "registers" not in parts:
            return ()
        found = tuple(str(r) for r in self.items(parts["registers"]))
        for i, name in enumerate(found):
            if name not in REGISTERS:
                remedy = did_you_mean(name, REGISTERS) or "known: " + ", ".join(REGISTERS)
                self.wrong(parts["registers"].at(i), f"there is no register '{name}'", remedy)
        return found
