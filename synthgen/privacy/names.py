"""Names of people: public vocabularies, and what in a text reads like a person.

The vocabularies are the first and last names of Faker's providers. All locales prove names (a column that declares
names is fine if every word is in a vocabulary); the larger Latin locales detect them, since a set of all names of the
world contains most short words. A pair counts where a first name is followed by a last name, both capitalised, unless
both are ordinary words (Amber White) or the run goes on as a street or an organisation does (Jordan Hill Road).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import polars as pl

from synthgen.privacy.name_words import ORDINARY, PARTICLES, PLACES, TAILS, TITLES
from synthgen.privacy.texts import plain

_MAIN = (
    "en", "en_US", "en_GB", "en_IN", "en_IE", "en_NZ", "de_DE", "de_AT", "fr_FR", "es_ES", "es_MX", "it_IT",
    "pt_BR", "pt_PT", "nl_NL", "sv_SE", "no_NO", "da_DK", "fi_FI", "pl_PL", "cs_CZ", "hu_HU", "ro_RO", "tr_TR",
    "hr_HR", "vi_VN",
)  # fmt: skip
UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĽŁŃŅŇŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽ"
LOWER = "a-zß-öø-ÿāăąćčďđēęěğģīįıķĺľłńņňőœřśşšţťūůűųźżž'\u2019"
WORD = f"[{UPPER}](?:[{LOWER}]+|[{LOWER}]*-?[{UPPER}][{LOWER}]+)(?:-[{UPPER}][{LOWER}]+)?"
_ORGANISATION = (
    r"[A-Za-z]*(?:,? (?:AG|KGaA|KG|GmbH|OHG|GbR|UG|e\.\s?[GKV]|LLC|LLP|PLC|Ltda?|Inc|S[./]?A|S\.?L|S\.?R\.?L|S\.Co|S\.C"
    r"|SARL|SAS|SNC|B\.?V|N\.?V|& |- EI|- ME|et Fils|e Filhos|and Sons|und Söhne))?"
)
_STREETS = (
    "rue|avenue|chemin|boulevard|place|impasse|allée|quai|calle|plaza|paseo|camino|ronda|rambla|glorieta|cuesta|vial|acceso"
    "|callejón|cañada|via|viale|piazza|corso|largo|vicolo|strada|contrada|borgo|rua|avenida|alameda|travessa|praça|estrada"
    "|rodovia|trevo|pátio|passarela|feira|lagoa|loteamento|distrito|aeroporto|fazenda|colônia|vila|viela|ladeira|c|av"
)
_PARTICLE = "(?:van|von|de|der|den|da|di|del|la|le|bin|al) "
_HEAD = rf"(?:[0-9]+[A-Za-z]?,? )?(?:(?i:{_STREETS})[ .]{{1,2}}(?:(?:de|du|des|della|dei|di|da|do|dos) )?)?"
RUN = rf"{_HEAD}{WORD}(?: (?:{_PARTICLE}){{0,2}}(?:[{UPPER}]\.? )?{WORD})+{_ORGANISATION}"
WHOLE = rf"^(?:[{UPPER}]{{2,20}},? [{UPPER}]{{2,20}}|{WORD}, {WORD}(?: [{UPPER}]\.?)?)$"
"""Runs of capitalised words, with what tells an address or an organisation; whole values that only lists write so."""


_MARKS = frozenset({"&", "EI", "ME", "Fils", "Filhos", "Sons", "S.Co", "S.C", "S", "A", "SA", "Ltda", "Söhne", "-"})


@dataclass(frozen=True)
class Names:
    """Lower-case first and last names of the larger Latin locales."""

    first: frozenset[str]
    last: frozenset[str]


def _listed(source: object) -> Iterable[str]:
    if isinstance(source, dict | list | tuple | set | frozenset):
        return (w for w in source if isinstance(w, str))
    return ()


def _lists(locales: Iterable[str]) -> Iterator[tuple[bool, set[str]]]:
    """The name lists of locales in Faker's person providers (public word lists): whether of first names, and words."""
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            is_first = attribute.startswith(("first_name", "given"))
            if is_first or attribute.startswith("last_name") or "surname" in attribute:
                yield is_first, {w.lower().strip() for w in _listed(getattr(provider, attribute))}


@lru_cache(maxsize=1)
def names() -> Names:
    """First and last names of the larger locales."""
    every = [_names_of(locale) for locale in _MAIN]
    return Names(frozenset().union(*(n.first for n in every)), frozenset().union(*(n.last for n in every)))


@lru_cache(maxsize=len(_MAIN))
def _names_of(locale: str) -> Names:
    first: set[str] = set()
    last: set[str] = set()
    for is_first, words in _lists((locale,)):
        (first if is_first else last).update(words)
        if not is_first:  # van der Heyden is Heyden too
            last |= {
                w.rsplit(" ", 1)[-1]
                for w in words
                if w.partition(" ")[0] in PARTICLES and len(w.rsplit(" ", 1)[-1]) > 3
            }
    return Names(frozenset(first), frozenset(last))


def _not_listed(words: Iterable[str]) -> list[str]:
    """Words that no larger locale lists as they stand; locales are read one by one, until no word is left."""
    left = set(words)
    for locale in sorted(_MAIN, key=lambda name: name != "en_US"):
        if not left:
            break
        known = _names_of(locale)
        left -= known.first
        left -= known.last
    return sorted(left)


@lru_cache(maxsize=1)
def every_name() -> frozenset[str]:
    """Names of all locales, and the parts of compound ones; 0.3 s, so for words that the larger locales do not have."""
    package = importlib.import_module("faker.providers.person")
    locales = [i.name for i in pkgutil.iter_modules(package.__path__)]
    every = {w for _, words in _lists(locales) for w in words} | _besides(locales)
    return frozenset(every | {_bare(part) for name in every for part in re.split(r"[\s'-]+", name)})


def _besides(locales: Iterable[str]) -> set[str]:
    """Titles, middle names and patronyms of all locales, and names that their providers list with other spellings."""
    found: set[str] = set()
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            if "name" in attribute or "prefix" in attribute or "suffix" in attribute or "title" in attribute:
                known = getattr(provider, attribute)
                several = [w for w in known if isinstance(w, tuple)] if isinstance(known, list | tuple) else []
                for words in (_listed(known), *several):
                    found |= {w.lower().strip() for w in words if isinstance(w, str) and "{{" not in w}
    return found


@lru_cache(maxsize=1)
def _in_order() -> list[str]:
    return sorted(every_name())


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Ordinary words: Faker's lorem lists of some languages (others hold names), and words that are also names."""
    words = set(ORDINARY)
    for locale in ("en_US", "de_DE", "fr_FR", "it_IT", "nl_NL", "la"):
        words |= {w.lower() for w in importlib.import_module(f"faker.providers.lorem.{locale}").Provider.word_list}
    return frozenset(words)


def is_pair(first: str, second: str) -> bool:
    """Whether two words are a first and a last name, and not just ordinary words.

    >>> is_pair("John", "Smith"), is_pair("Amber", "White"), is_pair("Home", "Office")
    (True, False, False)
    """
    known, a, b = names(), first.lower(), second.lower()
    if a not in known.first or not _is_last(b) or min(len(a), len(b)) < 2 or a in PLACES:
        return False
    ordinary = common_words()
    return not (a in ordinary and b in ordinary)


def _is_last(word: str) -> bool:
    last = names().last
    return word in last or ("-" in word and all(p in last for p in word.split("-")))


_STREET = re.compile(rf"(?i)(?:{_STREETS})\.?$")
_WORDS = re.compile(rf"[{UPPER}{LOWER}.-]+|[0-9]+|[,&]")
_BESIDE = TITLES | PARTICLES


@lru_cache(maxsize=100_000)
def person_in(run: str) -> bool:
    """Whether a run of capitalised words (as RUN or WHOLE finds them) holds a full name."""
    words = _WORDS.findall(run)
    if (
        not words
        or _STREET.match(words[0])
        or words[0].isdigit()
        or words[-1] in _MARKS
        or words[-1].lower().replace(".", "") in TAILS
    ):
        return False
    if len(words) > 2 and words[1] == ",":
        return is_pair(words[2], words[0])
    words = [w for w in words if w.lower().strip(".") not in _BESIDE and len(w.strip(".")) > 1]
    return any(is_pair(a, b) for a, b in pairwise(words))


_RUN = re.compile(RUN)
_PART = re.compile(rf"[{UPPER}{LOWER}.-]+")


def full_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the full names in a text, by vocabulary alone: a first name, a last name, and what belongs to them.

    >>> [text[a:b] for text in ("Ask our clerk Maria van der Berg today.",) for a, b in full_names(text)]
    ['Maria van der Berg']
    """
    for match in _RUN.finditer(text):
        if person_in(match.group()):
            span = _full_name(match.group())
            if span:
                yield match.start() + span[0], match.start() + span[1]


def _full_name(run: str) -> tuple[int, int] | None:
    """Where in a run of capitalised words the name stands: its first pair, and the names right before and after it."""
    known, ordinary = names(), common_words()
    parts = [m for m in _PART.finditer(run) if m.group().lower() not in PARTICLES and len(m.group().strip(".")) > 1]
    words = [m.group().strip(".").removesuffix("'s").removesuffix("\u2019s") for m in parts]
    for i, (first, second) in enumerate(pairwise(words)):
        if not is_pair(first, second):
            continue
        start, end = i, i + 1
        while start and words[start - 1].lower() in known.first and words[start - 1].lower() not in ordinary:
            start -= 1
        while end + 1 < len(words) and words[end + 1].lower() in known.last and words[end + 1].lower() not in ordinary:
            end += 1
        return parts[start].start(), parts[end].start() + len(words[end])
    return None


def persons(values: pl.Series) -> pl.Series:
    """Boolean per value: whether it holds a full name by vocabulary. Each distinct run is looked at once."""
    frame = pl.DataFrame({"v": values}).with_row_index("i")
    found = frame.lazy().select("i", r=pl.col("v").str.extract_all(RUN)).explode("r").drop_nulls()
    runs = found.filter(~pl.col("r").str.contains("^[0-9]")).collect()  # a house number stands before a street
    shouted = frame.filter(pl.col("v").str.contains(WHOLE)).rename({"v": "r"})
    runs = pl.concat([runs, shouted.select("i", "r")])
    if runs.is_empty():
        return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    distinct = runs["r"].unique()
    people = distinct.filter(pl.Series([person_in(r) for r in distinct], dtype=pl.Boolean))
    hits = runs.filter(pl.col("r").is_in(people.implode()))["i"]
    return frame["i"].is_in(hits.implode())


def unknown_words(values: pl.Series) -> pl.Series:
    """Boolean per value: whether it holds a word that no name vocabulary has. Titles, initials, particles pass.

    A word cut short by a length limit passes where some name begins with it and the value is at most 12 letters.
    """
    frame = pl.DataFrame({"v": values}).with_row_index("i")
    words = frame.lazy().select(
        "i", w=pl.col("v").str.to_lowercase().str.split(" ")
    ).explode("w").filter(pl.col("w").str.len_chars() > 0).collect()  # fmt: skip
    distinct = _not_listed(words["w"].unique().to_list())
    bad = pl.Series([w for w in distinct if not _is_name_word(w)], dtype=pl.String)
    if bad.is_empty():
        return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    return frame["i"].is_in(words.filter(pl.col("w").is_in(bad.implode()))["i"].implode())


def _bare(word: str) -> str:
    if not word.isascii():
        word = plain(word)
    return word.replace("\u2019", "'").strip(".,'()").replace("(", "").replace(")", "")


@lru_cache(maxsize=200_000)
def _is_name_word(word: str) -> bool:
    bare = _bare(word)
    known = names()
    if bare in known.first or bare in known.last or bare in TITLES or bare in PARTICLES or len(bare) <= 1:
        return True
    every = every_name()
    if bare in every:
        return True
    parts = [p for p in re.split(r"[-']", bare) if p]
    if len(parts) > 1 and all(p in every or len(p) == 1 or p in PARTICLES for p in parts):
        return True
    if bare.endswith("'s") or ("." in bare and bare[0] < "\u0900"):
        return all(len(p) <= 4 and p.isalpha() for p in re.split(r"[.-]+", bare) if p)
    if _joined(bare, every):
        return True
    ordered = _in_order()
    place = bisect_left(ordered, bare)
    return len(bare) <= 12 and place < len(ordered) and ordered[place].startswith(bare)


_ENDINGS = ("son", "dóttir", "né")
"""Icelandic patronyms and Hungarian names of married women."""


def _joined(word: str, every: frozenset[str]) -> bool:
    """Whether a word is a name with an ending, or two names or a title and a name that the script writes together."""
    if any(word.removesuffix(ending) in every for ending in _ENDINGS if word.endswith(ending)):
        return True
    return word[0] >= "\u0900" and any(word[:i] in every and word[i:] in every for i in range(1, len(word)))
