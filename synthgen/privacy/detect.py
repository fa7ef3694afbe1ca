"""Span-level detection: every entity in a text, with offsets in the text as it was given.

Patterns, vocabularies, cue words and the language model look at the normalised text (full-width characters made plain,
invisible ones removed); what they find is mapped back. Of overlapping matches one is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from synthgen.errors import did_you_mean, usage
from synthgen.privacy import ner
from synthgen.privacy.addresses import address_matches, postcodes
from synthgen.privacy.base import Match
from synthgen.privacy.casing import recased
from synthgen.privacy.corroborate import people
from synthgen.privacy.dates import ages, dates
from synthgen.privacy.entities import ENTITIES, QUASI, looked_for
from synthgen.privacy.matching import Matcher
from synthgen.privacy.places import Named, groups, organizations, places
from synthgen.privacy.texts import plain
from synthgen.privacy.titles import titles
from synthgen.registry import RECOGNIZERS

_MODELLED = frozenset({"PERSON", "GPE", "LOCATION", "ORGANIZATION", "NRP", "DATE_TIME"})


class Detector:
    """Finds entities in texts. Keep one: it holds the recognizers and the engine.

    `ner` names the engine (see `synthgen.privacy.ner`). `entities` are names from `synthgen.privacy.entities`; `"all"`
    means every one; without it, quasi entities (dates, cities, ages, ...) are left out, as in the gate. Raises a usage
    error for names that do not exist, and LookupError while detecting if `auto` finds no model.
    """

    def __init__(self, ner: str = "auto", entities: Collection[str] | Literal["all"] | None = None) -> None:
        self._ner = ner
        self._wanted = _asked(entities)
        self._matcher = Matcher(self._wanted)

    def detect(self, texts: Sequence[str], column: str = "") -> list[list[Match]]:
        """For each text its matches, in order and without overlap; `column` is the name of the column they stand in."""
        distinct = list(dict.fromkeys(texts))
        found: dict[str, list[Match]] = {}
        for at in range(0, len(distinct), 512):
            part = distinct[at : at + 512]
            found.update(zip(part, self._batch(part, column), strict=True))
        return [list(found[text]) for text in texts]

    def _batch(self, texts: list[str], column: str) -> list[list[Match]]:
        aligned = [_aligned(text) for text in texts]
        read = [recased(text) for text, _ in aligned]
        patterns = self._matcher.matches([text for text, _ in aligned], column)
        modelled = bool(self._wanted & _MODELLED) and self._ner != "off"
        spans = ner.entities(read, self._ner) if modelled else [[] for _ in read]
        found = []
        for text, (_, offsets), matches, named in zip(read, aligned, patterns, spans, strict=True):
            every = [m for m in matches if m.entity != "LOCATION"]
            every += self._prose(text, Named(tuple(named)))
            kept = kept_apart(every, {m.entity for m in matches} - QUASI)
            found.append([_back(m, offsets) for m in kept if m.entity in self._wanted])
        return found

    def _prose(self, text: str, named: Named) -> Iterator[Match]:
        """What only prose holds: people, addresses, and quasi entities."""
        persons = people(text, named.spans)
        for person in persons:
            yield Match("PERSON", person.start, person.end, person.score, f"synthgen:{person.by}")
        yield from address_matches(text)
        yield from postcodes(text)
        yield from places(text, named)
        yield from organizations(text, named)
        yield from groups(text, named)
        yield from dates(text, named.spans)
        yield from ages(text)
        yield from titles(text, [(p.start, p.end) for p in persons])


def _asked(entities: Collection[str] | str | None) -> frozenset[str]:
    known = frozenset(ENTITIES) | frozenset(RECOGNIZERS.names())
    if entities is None:
        return frozenset(e for e in known if looked_for(e))
    if entities == "all":
        return known
    asked = [entities] if isinstance(entities, str) else list(entities)
    for entity in asked:
        if entity not in known:
            raise usage("unknown-entity", f"there is no entity '{entity}'", did_you_mean(entity, known))
    return frozenset(asked)


def kept_apart(matches: Iterable[Match], direct: Collection[str] = frozenset()) -> list[Match]:
    """The matches without overlap: patterns of direct entities first, then addresses, then by score and length."""

    def rank(match: Match) -> tuple[int, float, int, int]:
        tier = 0 if match.entity in direct else 1 if match.recognizer == "synthgen:address" else 2
        return (tier, -match.score, match.start - match.end, match.start)

    kept: list[Match] = []
    for match in sorted(matches, key=rank):
        if not any(k.start < match.end and match.start < k.end for k in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: (m.start, m.end))


# -- normalisation that remembers where each character came from


def _aligned(text: str) -> tuple[str, Sequence[int] | None]:
    """The text normalised, and for each of its characters (and its end) the offset in the original; None if equal."""
    if text.isascii() or plain(text) == text:
        return text, None
    made: list[str] = []
    offsets: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        part = _plain(cluster.group())
        made.append(part)
        offsets += [cluster.start()] * len(part)
    offsets.append(len(text))
    return "".join(made), offsets


_CLUSTER = re.compile(r"(?s).[\u0300-\u036f\u0591-\u05c7\u3099\u309a]*")
_plain = lru_cache(maxsize=10_000)(plain)


def _back(match: Match, offsets: Sequence[int] | None) -> Match:
    """The match with offsets in the original text: up to where the character after its last one begins."""
    if offsets is None:
        return match
    start, last = offsets[match.start], offsets[match.end - 1]
    end = next((o for o in offsets[match.end :] if o > last), offsets[-1])
    return Match(match.entity, start, end, match.score, match.recognizer)
