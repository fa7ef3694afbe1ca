"""Cases as a table: flat columns that every format can hold, and their scan for personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthgen.artifacts import Finding
from synthgen.columns import Column, Declared
from synthgen.evalcase import EvalCase, EvalSet, Piece, compact
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.texts import MASK

if TYPE_CHECKING:
    from synthgen.privacy.leakage.fingerprint import Fingerprint

TEXT = ("input", "target", "messages", "context", "tools", "extra")
"""Columns that hold text of cases, and so may hold personal data."""
_START = r"(?:(?<!\w)|(?<=\\[nrt]))"
"""Before a whole word: no letter, but for that of an escaped line end in JSON."""


def frame_of_cases(cases: Sequence[EvalCase], canary: str) -> pl.DataFrame:
    """One row per case. Lists and mappings are JSON text, so that CSV holds them too."""
    plain = [case.plain() for case in cases]
    return pl.DataFrame(
        {
            "id": [c.id for c in cases],
            "split": [c.split for c in cases],
            "input": [c.input for c in cases],
            "target": [c.target_text for c in cases],
            "choices": [compact(list(c.choices)) for c in cases],
            "messages": [compact(p.get("messages", [])) for p in plain],
            "context": [compact(p.get("context", [])) for p in plain],
            "tools": [compact(p.get("tools", [])) for p in plain],
            "family": [c.family for c in cases],
            "difficulty": [c.difficulty for c in cases],
            "slices": [compact(dict(c.slices)) for c in cases],
            "variant": [c.variant for c in cases],
            "relation": [c.relation for c in cases],
            "parent": [c.parent for c in cases],
            "template": [c.template for c in cases],
            "groups": [compact(list(c.groups)) for c in cases],
            "sources": [compact(list(c.sources)) for c in cases],
            "must_pass": [c.must_pass for c in cases],
            "attempt": pl.Series([c.attempt for c in cases], dtype=pl.Int64),
            "extra": [compact(dict(c.extra)) for c in cases],
            "canary": [canary] * len(cases),
        },
        schema_overrides={"must_pass": pl.Boolean},
    )


def scan_cases(made: EvalSet, scanner: Scanner) -> list[Finding]:
    """Findings in the cases: values without a proof, and personal data that no value accounts for.

    What a family inserted is known piece by piece. The values are scanned as columns of their own with the proof that
    they declare; the texts are scanned with those values masked. The language model that looks for names reads English,
    so cases whose slice `language` is another are searched for names by vocabulary alone.
    """
    findings: list[Finding] = []
    values: dict[Declared, dict[str, int]] = {}
    for row, case in enumerate(made.cases):
        for piece in _declared(case):
            assert piece.declared is not None
            values.setdefault(piece.declared, {}).setdefault(piece.text, row)
    for declared, known in values.items():
        column = Column.of(pl.Series(list(known)), declared)
        for finding in scanner.scan(made.name, {"input": column}):
            findings.append(_at(finding, list(known.values())))
    frame = frame_of_cases(made.cases, made.canary)
    texts = {"input": [_masked(c) for c in made.cases]}
    inserted = [[p.text for p in _declared(c)] for c in made.cases]
    for name in TEXT[1:]:
        texts[name] = list(map(_without, _lines(name, frame, made.cases), inserted))
    english = [c.slices.get("language", "en") == "en" for c in made.cases]
    by_words = type(scanner)(scanner.mode, ner="off") if not all(english) else scanner
    for reader, wanted in ((scanner, True), (by_words, False)):
        rows = [i for i, is_english in enumerate(english) if is_english == wanted]
        columns = {n: Column.of(pl.Series([t[i] for i in rows], dtype=pl.String)) for n, t in texts.items()}
        findings += [_at(f, rows) for f in reader.scan(made.name, columns)] if rows else []
    return findings


def leaked_cases(made: EvalSet, sources: Sequence[Fingerprint]) -> list[Finding]:
    """Findings where texts of the cases hold something of a source."""
    if not sources:
        return []
    frame = frame_of_cases(made.cases, made.canary)
    texts = pl.DataFrame({n: _lines(n, frame, made.cases) for n in TEXT})
    return [finding for source in sources for finding in source.check(made.name, texts)]


def _lines(name: str, frame: pl.DataFrame, cases: Sequence[EvalCase]) -> list[str]:
    """A column as it is read: passages and turns line by line, so that sentences which recur are read once."""
    if name == "context":
        return ["\n".join(line for p in c.context for line in (p.id, p.title, p.text)) for c in cases]
    if name == "messages":
        return ["\n".join(m.content for m in c.messages) for c in cases]
    return frame[name].to_list()


def _declared(case: EvalCase) -> Iterable[Piece]:
    return (p for p in (*case.pieces, *case.inserted) if p.declared is not None and p.text)


def _masked(case: EvalCase) -> str:
    """The input with declared values masked where they were put, and wherever else they stand."""
    text = "".join(MASK if p.declared is not None else p.text for p in case.pieces)
    return _without(text, [p.text for p in _declared(case)])


def _without(text: str, values: Iterable[str]) -> str:
    """A text, or a JSON text, with the values masked, longest first."""
    for value in sorted(set(values), key=len, reverse=True):
        for written in dict.fromkeys((value, compact(value)[1:-1])):
            if written in text:
                text = re.sub(rf"{_START}{re.escape(written)}(?!\w)", MASK, text)
    return text


def _at(finding: Finding, rows: Sequence[int]) -> Finding:
    """The finding at the case that its row stands for."""
    return replace(finding, row=rows[finding.row] if finding.row is not None else None)
