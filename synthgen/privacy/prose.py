"""Names in free text: which sentences need the language model, and which of its findings to believe."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from synthgen.privacy import ner
from synthgen.privacy.corroborate import named
from synthgen.privacy.cues import CUED
from synthgen.privacy.names import LOWER, UPPER, common_words, names
from synthgen.privacy.skeleton import plain_fillings, with_one_name
from synthgen.privacy.texts import MASK, sentences

_INNER = rf"[^\s.!?:][ ,;(\x22]+[{UPPER}][{LOWER}]"
_INITIAL = rf"^[^{UPPER}{LOWER}0-9]*([{UPPER}][{LOWER}]+)"
_NEUTRAL = (
    r"(?:Mr|Mrs|Ms|Dr|Republican|Democrat|American|Congress|January|February|March|April|June|July|August|September"
    r"|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|English|German|French|Spanish|Italian"
    r"|Internet|Order|Invoice|Customer|Account|I|OK|Inc|Ltd)"
)
_PROSE = r"(?:^|[\s(,])[a-z]{2,}[ ,.;:!?)].*(?:^|[\s(,])[a-z]{2,}"
"""At least two lower-case words: a text, not a label."""
_REMEMBERED = 200_000
"""Most sentences whose results are kept."""
_AGENT = r"^[A-Za-z]+/[0-9]+\.[0-9]"
"""A browser's user agent: words, but no text."""


_PARTICLES = (
    r"(?-u:\b)(?:de|del|della|di|da|do|dos|das|du|des|la|le|las|les|los|van|von|der|den|dem|und|et|of|the|and|y|e|en|al)"
    r"(?-u:\b)"
)


def is_prose(values: pl.Series) -> pl.Series:
    """Boolean per value: at least two lower-case words besides the particles that names and places have."""
    likely = (values.str.contains(_PROSE) & ~values.str.contains(_AGENT)).fill_null(False)
    if not likely.any():
        return likely
    sure = values.filter(likely).str.replace_all(_PARTICLES, "-").str.contains(_PROSE)
    return likely.scatter(likely.arg_true(), sure)


@dataclass
class Prose:
    """What a search gave: for each text whether it holds a name, or could not be read where a model is missing."""

    hits: pl.Series
    missing_model: bool = False
    sentences: int = 0


@dataclass
class Reader:
    """Runs an engine of `ner.ENGINES` on sentences that are new to it, and remembers results for the next batch."""

    engine: str = "auto"
    seen: dict[str, bool] = field(default_factory=dict)
    read: int = 0

    def search(self, texts: pl.Series) -> Prose:
        """Whether each text holds a person's name by the model's judgement, corroborated by vocabularies and cues."""
        none = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
        if texts.is_empty() or self.engine == "off":
            return Prose(none)
        parts = sentences(texts)
        parts = parts.with_columns(s=plain_fillings(parts["s"]))
        whole = parts["s"].unique(maintain_order=True)
        whole = whole.filter(self._needs(whole))
        skeletons = with_one_name(whole)
        needed = skeletons.unique(maintain_order=True)
        fresh = [s for s in needed.to_list() if s not in self.seen]
        if fresh:
            try:
                found = ner.entities(fresh, self.engine)
            except LookupError:
                skipped = whole.filter(skeletons.is_in(fresh))
                unread = parts.filter(pl.col("s").is_in(skipped.implode()))["i"].unique()
                return Prose(pl.arange(0, len(texts), eager=True).is_in(unread.implode()), missing_model=True)
            self.read += len(fresh)
            if len(self.seen) > _REMEMBERED:
                self.seen.clear()
            for sentence, spans in zip(fresh, found, strict=True):
                self.seen[sentence] = named(sentence, spans)
        bad = [s for s in needed.to_list() if self.seen.get(s)]
        if not bad:
            return Prose(none, sentences=len(fresh))
        holding = whole.filter(skeletons.is_in(bad))
        rows = parts.filter(pl.col("s").is_in(holding.implode()))["i"].unique()
        return Prose(pl.arange(0, len(texts), eager=True).is_in(rows.implode()), sentences=len(fresh))

    @staticmethod
    def _needs(distinct: pl.Series) -> pl.Series:
        """Sentences with a capital inside, or that begin with a first name that is no ordinary word."""
        bare = distinct.str.replace_all(rf"(?-u:\b){_NEUTRAL}(?-u:\b)\.?", MASK)
        inner = bare.str.contains(_INNER)
        start = distinct.str.extract(_INITIAL, 1)
        ordinary, first = common_words(), names().first
        heads = [h for h in start.unique().drop_nulls().to_list() if h.lower() in first and h.lower() not in ordinary]
        return (inner | distinct.str.contains(CUED) | start.is_in(heads).fill_null(False)).fill_null(False)
