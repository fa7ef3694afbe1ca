"""Free text from a grammar that the recipe writes: rules with alternatives, and holes that columns and slots fill."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, BuildError, Generator, Params, Spec
from synthgen.generators.choice import checked_weights
from synthgen.generators.english import FORMS, formed
from synthgen.generators.phrases import (
    Alternatives,
    Drawing,
    Fixed,
    Formed,
    Hole,
    Names,
    Optional,
    Phrase,
    Sequence,
    cut,
)
from synthgen.generators.template import FORMAT
from synthgen.scatter import Index, spread
from synthgen.seeds import U64, Alias, below

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_HOLE = re.compile(r"\s*(?P<name>[\w.]+)\s*(?::(?P<form>[^?]+?))?\s*(?P<maybe>\?(?P<share>\d*\.?\d+)?)?\s*")
_TABLE = 65_536  # a grammar of no more texts is a vocabulary
_JOINED = 20_000  # texts that neighbouring parts are joined into
_CHARACTERS = 4_000_000  # of all the texts of one list
_LONGEST = 20_000  # characters of a text without its holes
_PHRASES = 5_000  # parts that the rules are unfolded to


@dataclass(frozen=True)
class _Mention:
    """A hole: the name of a rule, slot or column, its form, and the share of texts that have it."""

    name: str
    form: str | None
    share: float | None


class GrammarParams(Params):
    """`grammar: {start: "{opinion} {detail}", opinion: [...], detail: {...}}`."""

    grammar: dict[str, str | list[str] | dict[str, float]] = Field(
        min_length=1, max_length=500, description='write grammar: {start: "{greeting}, {name}", greeting: [Hi, Hello]}'
    )
    slots: dict[str, Spec] = Field(default={}, description="write slots: {amount: {poisson: 3}}")
    sentences: int | list[int] = Field(default=1, description="write sentences: 3, or sentences: [1, 3]")
    max_length: int | None = Field(default=None, ge=1, description="write max_length: 200")
    depth: int = Field(default=3, ge=1, le=20, description="how often a rule may stand in itself, from 1 to 20")

    @field_validator("grammar")
    @classmethod
    def _begins(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "start" not in value:
            raise ValueError("a grammar needs the rule 'start', from which every text is made")
        for name, rule in value.items():
            if not re.fullmatch(r"\w+", name):
                raise ValueError(f"'{name}' cannot name a rule; use letters, digits and _")
            if not isinstance(rule, str) and not rule:
                raise ValueError(f"the rule '{name}' has no alternative")
            if isinstance(rule, dict):
                checked_weights(list(rule.values()))
        return value

    @field_validator("sentences")
    @classmethod
    def _interval(cls, value: int | list[int]) -> int | list[int]:
        ends = [value, value] if isinstance(value, int) else value
        if len(ends) != 2 or not 1 <= ends[0] <= ends[1] <= 50:
            raise ValueError("write a number, or [least, most], between 1 and 50")
        return value


class Grammar(BaseGenerator[GrammarParams]):
    """Text from a grammar: rules with weighted alternatives, and holes: `{rule}`, `{column}`, `{slot}`, `{maybe?}`.

    `{noun:a}`, `{noun:plural}`, `{phrase:capital}` agree in English. A rule is drawn anew wherever it stands; a slot
    has one value in a text. What columns and slots insert is known exactly. `sentences` repeats the start.

    Example: `review: {grammar: {start: "{opinion} {detail?}", opinion: [Fine, Bad], detail: {"Arrived on time.": 1}}}`.
    """

    Params = GrammarParams
    dtype = pl.String()

    def __init__(self, params: GrammarParams, build: Build) -> None:
        super().__init__(params, build)
        ends = [params.sentences] * 2 if isinstance(params.sentences, int) else params.sentences
        self.low, self.high = ends
        self.slots = {name: build.nested(spec, "slots", name) for name, spec in params.slots.items()}
        for name in self.slots:
            if name in params.grammar:
                raise build.fail("duplicate", f"'{name}' is a rule and a slot", "rename one of them", "slots", name)
        self.columns: dict[str, None] = {}
        rules = {
            name: self._parsed(name, dict.fromkeys([rule] if isinstance(rule, str) else rule, 1.0) | _weights(rule))
            for name, rule in params.grammar.items()
        }
        self.phrase = self._unfolded(rules)
        slots = [n for g in self.slots.values() for n in g.needs]
        self.needs = tuple(dict.fromkeys([*self.columns, *slots]))
        self.vocabulary: Vocabulary | None = None
        if self.high == 1 and isinstance(self.phrase, Fixed) and len(self.phrase.texts) <= _TABLE:
            texts = pl.Series(list(self.phrase.texts))
            texts = texts if params.max_length is None else cut(texts, (), params.max_length)
            shares = _summed(zip(texts.to_list(), self.phrase.texts.values(), strict=True))
            self.vocabulary = Vocabulary(f"grammar:{build.table}.{build.column}", pl.Series(list(shares)))
            self.alias = Alias(list(shares.values()))
            self.capacity = len(shares)

    def _parsed(self, rule: str, alternatives: dict[str, float]) -> list[tuple[list[str | _Mention], float]]:
        try:
            found = [(_pieces(text), weight) for text, weight in alternatives.items()]
        except ValueError as error:
            raise self.build.fail("bad-grammar", f"the rule '{rule}': {error}", "see {name}", "grammar", rule) from None
        for pieces, _ in found:
            for piece in pieces:
                if isinstance(piece, _Mention) and piece.name not in self.params.grammar:
                    self._check(piece, rule)
        return found

    def _check(self, hole: _Mention, rule: str) -> None:
        """Whether a slot or a column can be written in that form."""
        build, name = self.build, hole.name
        if name in self.slots:
            kind = self.slots[name].dtype
        else:
            try:
                kind = build.dtype_of(name)
            except BuildError as error:
                near = did_you_mean(name, [*self.params.grammar, *self.slots])
                unknown = error.problem is not None and error.problem.code == "unknown-column"
                if not unknown or near is None or not near.startswith("did you mean"):
                    raise
                message = f"'{name}' is neither a rule, a slot nor a column"
                raise build.fail("unknown-hole", message, near, "grammar", rule) from None
            self.columns[name] = None
        if kind.is_nested() or kind == pl.Binary():
            message = f"'{name}' is {kind}, which cannot be written into text"
            raise build.fail("wrong-type", message, "name a plain column", "grammar", rule)
        if hole.form is None or hole.form in FORMS:
            return
        wanted = kind.is_temporal() if hole.form.startswith("%") else kind.is_numeric()
        if not wanted or isinstance(kind, pl.Duration):
            message = f"the format '{hole.form}' does not fit {name}, which is {kind}"
            remedy = f"use %Y-%m-%d for dates, .2f or 06d for numbers, or one of {', '.join(FORMS)}"
            raise build.fail("wrong-type", message, remedy, "grammar", rule)

    def _unfolded(self, rules: dict[str, list[tuple[list[str | _Mention], float]]]) -> Phrase:
        build = self.build
        try:
            found = _Unfolding(rules, self.params.depth).rule("start", ())
            if found is None:
                message = "the rule 'start' never ends: every alternative leads back to it"
                raise build.fail("endless", message, "give a rule on the way an alternative without holes", "grammar")
            return _named(found, Names(_PHRASES))
        except OverflowError:
            message = "the rules unfold to too many parts, or to texts that are too long"
            remedy = "lower 'depth', or let a rule stand in fewer places"
            raise build.fail("too-large", message, remedy, "grammar") from None
        except _PluralError as error:
            message = f"'{error}' has holes in it, so it has no plural"
            raise build.fail("bad-grammar", message, "write :plural at the noun", "grammar") from None

    def generate(self, rows: Rows) -> Column:
        """One text per row, with what was inserted."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, self.alias.pick(rows.bits()))
        room = Drawing(rows.count, lambda name: self._fetched(name, rows))
        every = np.arange(rows.count, dtype=np.int64)
        text = self.phrase.draw(rows, every, room) if self.high == 1 else self._repeated(rows, every, room)
        inserted = room.inserted()
        if self.params.max_length is not None:
            text = cut(text, inserted, self.params.max_length)
        return Column.of(text.rename(""), inserted=inserted)

    def _repeated(self, rows: Rows, every: Index, room: Drawing) -> pl.Series:
        """Sentences joined by spaces, as many as fit."""
        many = below(rows.bits("many"), self.high - self.low + 1).astype(np.int64) + self.low
        limit = self.params.max_length
        parts: list[pl.Series] = []
        length = np.full(rows.count, -1, np.int64)  # the first one has no space before it
        for i in range(self.high):
            mine = np.flatnonzero(many > i) if i >= self.low or limit is not None else every
            made = self.phrase.draw(rows.scoped(f"sentence{i}").take(mine), mine, room)
            if limit is not None:
                length[mine] += made.str.len_chars().fill_null(0).to_numpy().astype(np.int64) + 1
                if i:
                    over = length > limit
                    many[over] = np.minimum(many[over], i)
                    made, mine = made.filter(pl.Series(~over[mine])), mine[~over[mine]]
            parts.append(spread(made, mine, rows.count).alias(str(i)))
        return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()

    def _fetched(self, name: str, rows: Rows) -> Column:
        slot: Generator | None = self.slots.get(name)
        return rows.column(name) if slot is None else slot.generate(rows.scoped(f"slot:{name}"))

    def nth(self, index: U64, rows: Rows) -> Column:
        """The text at a position; for grammars without holes whose texts can be listed."""
        assert self.vocabulary is not None
        return Column.coded(self.vocabulary, index.astype(np.uint32))


def _weights(rule: Any) -> dict[str, float]:
    return {text: float(weight) for text, weight in rule.items()} if isinstance(rule, dict) else {}


def _pieces(text: str) -> list[str | _Mention]:
    """Literal text and holes; the space before a hole that may be missing goes with it."""
    out: list[str | _Mention] = []
    last = 0
    for match in _BRACES.finditer(text):
        out.append(_plain(text[last : match.start()]))
        last = match.end()
        if match.group() in ("{{", "}}"):
            out.append(match.group()[0])
            continue
        hole = _HOLE.fullmatch(match[1])
        if hole is None:
            raise ValueError(f"'{match.group()}' is not a hole; write {{name}}, {{name:a}} or {{name?0.3}}")
        form, share = hole["form"], (float(hole["share"] or 0.5) if hole["maybe"] else None)
        if form is not None and form not in FORMS and not FORMAT.fullmatch(form):
            raise ValueError(f"'{form}' is no form; write one of {', '.join(FORMS)}, or a format such as .2f")
        if share is not None and share > 1:
            raise ValueError(f"'{match.group()}' asks for a share above 1")
        out.append(_Mention(hole["name"], form, share))
    out.append(_plain(text[last:]))
    return [piece for piece in out if piece != ""]


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError("a brace stands alone; double it to write it")
    return text


class _PluralError(ValueError):
    """A plural is asked of a rule that has holes."""


class _Unfolding:
    """Rules unfolded into phrases, each rule at most `depth` times within itself."""

    def __init__(self, rules: dict[str, list[tuple[list[str | _Mention], float]]], depth: int) -> None:
        self.rules, self.depth = rules, depth
        self._known: dict[Any, Phrase | None] = {}
        self._left = _PHRASES  # rules that are looked at in all

    def rule(self, name: str, above: tuple[str, ...]) -> Phrase | None:
        """The phrase of a rule below those of `above`; None where no alternative ends in time."""
        key = (name, tuple(sorted(Counter(above).items())))
        if key not in self._known:
            self._left -= 1
            if self._left < 0:
                raise OverflowError
            inner = (*above, name)
            made = [(self._sequence(pieces, inner), weight) for pieces, weight in self.rules[name] if weight > 0]
            self._known[key] = _one_of([(phrase, weight) for phrase, weight in made if phrase is not None])
        return self._known[key]

    def _sequence(self, pieces: Iterable[str | _Mention], above: tuple[str, ...]) -> Phrase | None:
        parts: list[Phrase] = []
        for piece in pieces:
            if isinstance(piece, str):
                parts.append(Fixed({piece: 1.0}))
                continue
            made = self._mention(piece, above)
            if made is None:
                if piece.share is None or piece.share == 1:
                    return None
                continue
            if piece.share is not None:
                last = parts[-1] if parts else None
                if isinstance(last, Fixed) and all(t.endswith(" ") for t in last.texts):
                    parts[-1] = Fixed({t.removesuffix(" "): w for t, w in last.texts.items()})
                    made = _joined([Fixed({" ": 1.0}), made])
                made = _sometimes(made, piece.share)
            parts.append(made)
        return _joined(parts)

    def _mention(self, hole: _Mention, above: tuple[str, ...]) -> Phrase | None:
        if hole.name not in self.rules:
            return Hole(hole.name, hole.form)
        if above.count(hole.name) > self.depth:
            return None
        made = self.rule(hole.name, above)
        if made is None or hole.form is None:
            return made
        if isinstance(made, Fixed):
            texts = formed(pl.Series(list(made.texts), dtype=pl.String), hole.form)
            return Fixed(_summed(zip(texts.to_list(), made.texts.values(), strict=True)))
        if hole.form == "plural":
            raise _PluralError(hole.name)
        return Formed(made, hole.form)


def _summed(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text, weight in pairs:
        found[text] = found.get(text, 0.0) + weight
    return found


def _one_of(made: list[tuple[Phrase, float]]) -> Phrase | None:
    """Alternatives by weight; those without holes become one list of texts."""
    total = sum(weight for _, weight in made)
    fixed = [(t, w * share / total) for p, w in made if isinstance(p, Fixed) for t, share in p.texts.items()]
    open_ = [(p, w / total) for p, w in made if not isinstance(p, Fixed)]
    if not fixed:
        return open_[0][0] if len(open_) == 1 else _alternatives(open_)
    texts = _summed(fixed)
    weight = sum(texts.values())
    whole = Fixed({t: w / weight for t, w in texts.items()})
    return whole if not open_ else _alternatives([(whole, weight), *open_])


def _alternatives(parts: list[tuple[Phrase, float]]) -> Phrase | None:
    return Alternatives(tuple(p for p, _ in parts), tuple(w for _, w in parts), "") if parts else None


def _sometimes(part: Phrase, share: float) -> Phrase:
    if isinstance(part, Fixed):
        return Fixed(_summed([("", 1 - share), *((t, w * share) for t, w in part.texts.items())]))
    return Optional(part, share, "")


def _joined(parts: list[Phrase]) -> Phrase:
    """Parts in a row; neighbours without holes are joined as far as the list stays short."""
    out: list[Phrase] = []
    for part in [p for whole in parts for p in (whole.parts if isinstance(whole, Sequence) else [whole])]:
        last = out[-1] if out else None
        if isinstance(part, Fixed) and isinstance(last, Fixed) and _fits(last, part):
            out[-1] = Fixed(_summed((a + b, v * w) for a, v in last.texts.items() for b, w in part.texts.items()))
        else:
            out.append(part)
    if len(out) > _PHRASES:
        raise OverflowError
    return out[0] if len(out) == 1 else Sequence(tuple(out)) if out else Fixed({"": 1.0})


def _fits(a: Fixed, b: Fixed) -> bool:
    count, length = len(a.texts) * len(b.texts), max(map(len, a.texts)) + max(map(len, b.texts))
    if length > _LONGEST:
        raise OverflowError
    return count <= _JOINED and count * length <= _CHARACTERS


def _named(phrase: Phrase, names: Names) -> Phrase:
    """The phrase with a stream of its own for each part, in the order of the text."""
    slot = names()
    if isinstance(phrase, Sequence | Alternatives):
        return replace(phrase, parts=tuple(_named(p, names) for p in phrase.parts), slot=slot)
    if isinstance(phrase, Optional | Formed):
        return replace(phrase, part=_named(phrase.part, names), slot=slot)
    return replace(phrase, slot=slot) if isinstance(phrase, Fixed | Hole) else phrase
