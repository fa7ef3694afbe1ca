"""People in a text, from what a language model says, what vocabularies know, and what cue words announce.

The model alone calls products, brands and codes people, so a finding of its needs corroboration: a word in a name
vocabulary, or the form of a full name. The vocabularies and cues find names that the model missed. A name that is found
once is known: its parts count wherever else in the same text they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from synthgen.privacy.cues import CUED, NAME_WORD, accepted, cued, titled
from synthgen.privacy.name_words import ORDINARY, PARTICLES, PLACES, RANKS, TAILS, TITLES
from synthgen.privacy.names import LOWER, UPPER, common_words, full_names, names
from synthgen.privacy.ner import Span
from synthgen.privacy.place_words import MONTHS, WEEKDAYS, is_demonym
from synthgen.privacy.places import known_places
from synthgen.privacy.texts import MASK

SURE = 0.7
"""Score from which a person counts in the gate, where a false alarm stops an export."""


_LEGAL = r"(?:Inc|Ltd|LLC|LLP|PLC|GmbH|AG|KG|Corp|Corporation|Company|Co|Group|Holdings?|Bank|University)(?![A-Za-z])"
_FIRM_AFTER = re.compile(rf",? {_LEGAL}")


@dataclass(frozen=True)
class Person:
    """A span that is a person's name: character offsets, score in [0, 1], and what found it."""

    start: int
    end: int
    score: float
    by: str


def believable(sentence: str, start: int, end: int) -> bool:
    """Whether a span that the model calls a person is corroborated.

    A word of it is in a name vocabulary and no ordinary word, or it is two or more capitalised words, none of
    them ordinary. The model alone calls products, brands and codes people.
    """
    words = [w.strip(".,'\u2019()\"") for w in re.split(r"[\s]+", sentence[start:end])]
    words = [w for w in words if w and w != MASK]
    if re.search(rf" {_LEGAL}\.?$", sentence[start:end]):
        return False
    if (
        not words
        or words[0].lower() in PLACES
        or _FIRM_AFTER.match(sentence, end)
        or any(re.search(r"[0-9@/_<>=#]", w) for w in words)
    ):
        return False
    capitalised = [w for w in words if re.fullmatch(rf"[{UPPER}][{UPPER}{LOWER}.-]+", w)]
    known, ordinary = names(), common_words()
    before = sentence[:start]
    for word in capitalised:
        low = word.lower().removesuffix("'s").removesuffix("\u2019s")
        if low in known.first and low not in ordinary:
            return True
        if low in known.last and low not in ordinary and (len(capitalised) > 1 or titled(before)):
            return True
    proper = [w for w in capitalised if w.lower() not in ordinary and not w.isupper()]
    return len(proper) >= 2 and len(proper) == len(words)


def named(sentence: str, spans: Iterable[Span]) -> bool:
    """Whether a sentence names a person for certain: what the gate asks of each sentence.

    >>> named("Please ask Mrs. Garcia.", ()), named("Please ask the garden shop.", ())
    (True, False)
    """
    spans = list(spans)
    if any(label == "PERSON" and believable(sentence, a, b) for a, b, label in spans):
        return True
    return any(person.score >= SURE for person in _announced(sentence, spans))


def announced(values: pl.Series) -> pl.Series:
    """Boolean per value: whether a field's name, a title or an initial announces a name in it. Needs no model."""
    likely = values.str.contains(CUED).fill_null(False)
    if not likely.any():
        return likely
    where = likely.arg_true()
    texts = values.gather(where)
    sure = [t for t in texts.unique().to_list() if any(p.score >= SURE for p in _announced(t[:_LONG], []))]
    return likely.scatter(where, texts.is_in(sure))


_LONG = 20_000
"""Characters of a value that are searched for announced names; texts longer than that are prose."""


def people(text: str, spans: Iterable[Span]) -> list[Person]:
    """The people in a text, without overlap and in order; `spans` is what the model found in it.

    Scores: 0.85 for what the model says and vocabularies or form confirm, 0.8 for a full name by vocabulary, 0.6 to
    0.85 for what a cue announces, 0.65 for a part of a name that stands elsewhere, 0.5 for what only the model says.
    """
    spans = list(spans)
    found = [*_said(text, spans), *_announced(text, spans)]
    found = _apart(p for p in found if p.end - p.start > 1)
    found += _single(text, found, spans)
    found += _listed(text, found, spans)
    found += _meant(text, found, spans)
    found = [p for p in found if not _in_firm(text, p)]
    return _apart([*found, *_again(text, found)])


def _announced(text: str, spans: list[Span]) -> Iterator[Person]:
    """Full names by vocabulary, names after a cue, and last names after initials: what needs no model.

    A full name that the model calls something else, and a cue before a word that no vocabulary has, count for less.
    """
    other = [(a, b) for a, b, label in spans if label != "PERSON"]
    for start, end in full_names(text):
        yield Person(start, end, 0.6 if _overlaps(other, start, end) else 0.8, "vocabulary")
    for start, end, score in cued(text):
        yield Person(start, end, score if score >= 0.8 or _known(text[start:end]) else min(score, 0.6), "cue")
    for start, end in _initialled(text):
        yield Person(start, end, 0.7, "initial")


def _apart(found: Iterable[Person]) -> list[Person]:
    """The spans without overlap: the longer of two as long as it is not much weaker."""
    kept: list[Person] = []
    for person in sorted(found, key=lambda p: (p.score < 0.6, p.start - p.end, -p.score)):
        rivals = [k for k in kept if k.start < person.end and person.start < k.end]
        if not rivals:
            kept.append(person)
        elif len(rivals) == 1 and person.score > rivals[0].score:
            kept[kept.index(rivals[0])] = Person(rivals[0].start, rivals[0].end, person.score, rivals[0].by)
    return sorted(kept, key=lambda p: p.start)


_WORD = re.compile(rf"[{UPPER}{LOWER}][{UPPER}{LOWER}.\u2019'-]*")
_NEXT = re.compile(rf" ({NAME_WORD})(?![{UPPER}{LOWER}])")
_NOBLE = frozenset({"van", "von", "de", "di", "da"})
_NOISE = re.compile(r"[0-9@/_<>=#|\\]")


def _said(text: str, spans: Iterable[Span]) -> Iterator[Person]:
    """What the model calls a person, cut to the words that can be a name, with the score that it earns."""
    for start, end, label in spans:
        if label != "PERSON":
            continue
        for a, b, whole in _lines(text, start, end):
            trimmed = _trimmed(text, a, b)
            if trimmed is None:
                continue
            a, b = trimmed
            if believable(text, a, b) or _ranked(text[:a]):
                yield Person(a, _extended(text, a, b), 0.85, "model")
            elif whole and _plausible(text, a, b):
                yield Person(a, _extended(text, a, b), 0.5, "model")


def _plausible(text: str, start: int, end: int) -> bool:
    """Whether what only the model calls a person may be one: words that can be a name, and not a part of more."""
    known, ordinary, inside = names(), common_words(), text[start:end]
    words = [w.lower().strip(".") for w in _WORD.findall(inside)]
    if not words or _NOISE.search(inside) or not inside[0].isupper() or not all(_possible(w) for w in words):
        return False
    if all(w in ordinary and w not in known.first and w not in known.last for w in words):
        return False
    return inside.lower() not in known_places() and not _part_of_more(text, start, end)


def _ranked(before: str) -> bool:
    """Whether a title or a rank stands right before a name."""
    last = before.rsplit(None, 1)[-1] if before.endswith(" ") and before.strip() else ""
    return last.lower().strip(".") in (TITLES | RANKS) - {"jr", "ii", "iii", "iv"} and last[:1].isupper()


def _part_of_more(text: str, start: int, end: int) -> bool:
    """Whether the words before or after are capitalised too, in the same sentence: a longer name of something else."""
    return _NEXT.match(text, end) is not None or _PROPER_BEFORE.search(text, 0, start) is not None


def _known(name: str) -> bool:
    """Whether a word of a name is in a name vocabulary and no ordinary word."""
    known, ordinary = names(), common_words()
    words = (w.lower().removesuffix("'s") for w in _WORD.findall(name))
    return any((w in known.first or w in known.last) and w not in ordinary for w in words)


def _possible(word: str) -> bool:
    return word not in MONTHS and word not in WEEKDAYS and not is_demonym(word)


_SMALL = re.compile(rf"(?<= )[{LOWER}]{{2,}}(?![{UPPER}{LOWER}.-])")


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The parts of a span on each line and between commas, up to a small word, and whether there is none.

    A name runs over none of them.
    """
    for match in re.finditer(r"[^\n\r\t,;:\"]+", text[start:end]):
        begin, inside = start + match.start(), match.group()
        small = next((w for w in _SMALL.finditer(inside) if w.group() not in PARTICLES and w.start()), None)
        yield begin, begin + (len(inside[: small.start()].rstrip()) if small else len(inside)), small is None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A span without titles before it, possessive endings and punctuation around it."""
    words = list(_WORD.finditer(text, start, end))
    while words and (words[0].group().lower().strip(".") in TITLES | RANKS or words[0].group() in PARTICLES - _NOBLE):
        words = words[1:] if len(words) > 1 else []
    words = _behind_title(words)
    if len(words) > 1 and _opens(text, words[0].start()):
        first = names().first
        if words[0].group().lower() not in first and words[1].group().lower() in first:
            words = words[1:]
    while words and words[-1].group() in PARTICLES:
        words = words[:-1]
    if not words:
        return None
    stop = words[-1].end()
    last = words[-1].group()
    for tail in ("'s", "\u2019s", "'", "\u2019", "-"):
        if last.endswith(tail):
            stop -= len(tail)
            break
    else:
        if last.endswith(".") and len(last) > 3 and last.lower().strip(".") not in TITLES:
            stop -= 1
    return (words[0].start(), stop) if stop > words[0].start() else None


def _behind_title(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """The words behind a title among them (Sie Frau | Lindau), as long as there are any."""
    at = next(
        (i for i, w in enumerate(words[:-1]) if w.group().lower().strip(".") in TITLES - {"jr", "ii", "iii"}), None
    )
    return words if at is None else words[at + 1 :]


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here: its first word has a capital anyway."""
    return re.search(r"(?:^|[.!?\n:>] ?)$", text[:start]) is not None


def _extended(text: str, start: int, end: int) -> int:
    """The end of a name, with what follows right away and the model left out.

    That is a last name that vocabularies know, what a particle announces (Emil Du | Bois), or any word that is not
    ordinary after a lone first name.
    """
    known, ordinary = names(), common_words()
    while match := _NEXT.match(text, end):
        word = match.group(1).lower().removesuffix("'s")
        last = text[start:end].rsplit(" ", 1)[-1].lower()
        lone = last in known.first and " " not in text[start:end] and accepted(text, *match.span(1)) is not None
        if word in TAILS or not (last in PARTICLES or lone or (word in known.last and word not in ordinary)):
            break
        end = match.start(1) + len(word)
    return end


_INITIALS = re.compile(rf"(?<![{UPPER}{LOWER}.&'-])(?:[{UPPER}]\. ?){{1,3}}({NAME_WORD})(?![{UPPER}{LOWER}])")


def _initialled(text: str) -> Iterator[tuple[int, int]]:
    """Initials before a last name of the vocabularies."""
    known, ordinary = names(), common_words()
    for match in _INITIALS.finditer(text):
        low = match.group(1).lower().removesuffix("'s")
        if low in known.last and low not in ordinary and low not in TAILS and not _NEXT.match(text, match.end()):
            yield match.start(), match.start(1) + len(low)


_PRONOUN = re.compile(
    r"\b(?:he|she|his|her|him|himself|herself)\b|^ ?['\u2019]s (?:husband|wife|father|mother|brother|sister|son"
    r"|daughter|family"
    r"|career|death|life|own|birth|childhood|marriage|friend)"
)


def _meant(text: str, found: list[Person], spans: list[Span]) -> Iterator[Person]:
    """Single words that the model calls a firm or a place, of which the sentence speaks as of a man or a woman."""
    ordinary, taken = common_words(), [(p.start, p.end) for p in found]
    for start, end, label in spans:
        word = text[start:end].removesuffix("'s").rstrip(" '\u2019")
        if label not in ("ORG", "GPE", "NORP") or not re.fullmatch(NAME_WORD, word) or _overlaps(taken, start, end):
            continue
        low, stop = word.lower(), re.compile(r"[.!?\n]").search(text, end)
        if low in ordinary or low in known_places() or low in PLACES or not _possible(low):
            continue
        if _PRONOUN.search(text[start + len(word) : stop.start() if stop else len(text)]):
            yield Person(start, start + len(word), 0.55, "context")


def _single(text: str, found: list[Person], spans: list[Span]) -> Iterator[Person]:
    """First names that no one else has found: with an unknown last name after them, or alone.

    One alone counts if it is no ordinary word, rank or place, and no part of a longer name of something else.
    """
    known, ordinary = names(), common_words()
    taken = [(p.start, p.end) for p in found]
    other = [(a, b) for a, b, label in spans if label in ("ORG", "GPE", "LOC", "FAC", "NORP")]
    for match in _FIRST.finditer(text):
        low = match.group().lower()
        stem = low.removesuffix("'s").removesuffix("\u2019s")
        if stem not in known.first or stem in ordinary or stem in PLACES or stem in RANKS or len(stem) < 3:
            continue
        if not _possible(stem) or _overlaps(taken, *match.span()):
            continue
        start, end = match.start(), match.start() + len(stem)
        labelled = [(a, b) for a, b in other if a < end and start < b]
        after = _NEXT.match(text, end)
        if after and accepted(text, *after.span(1)) and after.group(1).lower() not in known_places():
            last = after.start(1) + len(after.group(1).removesuffix("'s"))
            if not labelled:
                yield Person(start, last, 0.65, "vocabulary")
            elif labelled == [(start, last)]:
                yield Person(start, last, 0.55, "vocabulary")
        elif after is None and not _PROPER_BEFORE.search(text, 0, start) and stem not in known_places():
            if any((a, b) != (start, end) for a, b in labelled) or (
                _opens(text, start) and not _CALLED.match(text, end) and not labelled
            ):
                continue
            yield Person(start, end, 0.5, "vocabulary")


_CALLED = re.compile(r" ?[,:(]|['\u2019]s ")
_FIRST = re.compile(rf"(?<![{UPPER}{LOWER}.@/\\-]){NAME_WORD}(?![{UPPER}{LOWER}@/-])")
_PROPER_BEFORE = re.compile(rf"(?:[^\s.!?:;,\"] ?[{UPPER}][{LOWER}]+|\b[Tt]he|\b[Ss]t\.?) $")


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in taken)


def _again(text: str, found: list[Person]) -> Iterator[Person]:
    """Parts of names that were found, elsewhere in the text."""
    parts: set[str] = set()
    for person in found:
        if person.score >= 0.6:
            parts |= {w for w in re.findall(NAME_WORD, text[person.start : person.end]) if _telling(w)}
    if not parts:
        return
    either = "|".join(re.escape(p) for p in sorted(parts, key=lambda p: (-len(p), p)))
    for match in re.finditer(rf"(?<![{UPPER}{LOWER}-])(?:{either})(?![{UPPER}{LOWER}-]|['\u2019](?!s))", text):
        if not any(p.start < match.end() and match.start() < p.end for p in found):
            yield Person(match.start(), match.end(), 0.65, "known")


_ITEM = rf"{NAME_WORD}(?: {NAME_WORD})?"
_LIST = re.compile(
    rf"(?<![{UPPER}{LOWER}.'-]){_ITEM}(?:(?: ?, | ?,? (?:and|or|&|und|et|y|e) ){_ITEM})+(?![{UPPER}{LOWER}])"
)
_FIRM = re.compile(
    rf"{NAME_WORD}(?:, {NAME_WORD})* and {NAME_WORD}(?= (?:Orchestra|Group|Ltd|Inc|LLC|PLC|Foundation)\b|[ \t]*$)", re.M
)


def _listed(text: str, found: list[Person], spans: list[Span]) -> Iterator[Person]:
    """Items of an enumeration of which at least half are people, where nothing says that they are something else."""
    other = [(a, b) for a, b, label in spans if label in ("ORG", "GPE", "LOC", "FAC", "NORP", "DATE")]
    for match in _LIST.finditer(text):
        items = [(m.start(), m.end()) for m in re.finditer(_ITEM, match.group())]
        items = [(match.start() + a, match.start() + b) for a, b in items]
        people = [i for i in items if any(p.start < i[1] and i[0] < p.end for p in found)]
        if len(people) < 2 or 2 * len(people) < len(items) or len(people) == len(items):
            continue
        for a, b in items:
            told = len(people) >= 3 or not any(x < b and a < y for x, y in other)
            if (a, b) not in people and told and accepted(text, a, b) == b:
                yield Person(a, b, 0.6, "list")


def _in_firm(text: str, person: Person) -> bool:
    """Whether a last name is one of a firm that lists its partners: three names, alone on a line or before its kind."""
    begin = text.rfind("\n", 0, person.start) + 1
    for match in _FIRM.finditer(text, begin):
        if match.start() > person.start:
            break
        line = text[begin : match.start()].strip(" \t>?*|")
        told = line in ("", "The") or text[match.end() : match.end() + 1] == " "
        if person.end <= match.end() and told:
            return match.group().count(",") > 0
    return False


def _telling(word: str) -> bool:
    low = word.lower()
    return len(low) > 2 and low not in common_words() and low not in ORDINARY and low not in PARTICLES
