"""Places, peoples and organisations in a text: what the model says, public vocabularies, and words that announce them.

The vocabularies are Faker's: countries in several languages, states and provinces, capitals, and cities of its address
and geography providers. A word that is also a name or an ordinary word needs the model or a cue.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from synthgen.privacy.base import Match
from synthgen.privacy.name_words import FIRMS, NO_PLACES, PLACES
from synthgen.privacy.names import LOWER, UPPER, common_words, names
from synthgen.privacy.ner import Span
from synthgen.privacy.place_words import MONTHS, WEEKDAYS, is_group

_LOCALES = (
    "en_US", "en_GB", "en_CA", "en_IN", "en_AU", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_CA", "es_ES", "es_MX", "it_IT",
    "pt_BR", "pt_PT", "nl_NL", "nl_BE", "pl_PL", "da_DK", "sv_SE", "fi_FI", "no_NO",
)  # fmt: skip
_REGIONS = ("states", "counties", "provinces", "regions", "departments", "cantons", "estados", "distritos")
_ANY = f"[{UPPER}{LOWER}]"
_PARTICLE = (
    r"(?:of|the|and|de|del|della|di|da|do|dos|das|du|des|la|le|les|el|los|las|van|der|den|het|im|am|an|auf|upon|sur"
    r"|und|et|y|e|pod|nad|pri|u|v|sous)"
)
_WORD = rf"[{UPPER}][{UPPER}{LOWER}.\u2019'-]*"
RUN = rf"{_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{0,5}}"
"""Capitalised words, with the particles that places have between them."""

_CUE = re.compile(
    r"(?i:\b(?:(?:liv(?:e|es|ed|ing)|resid(?:e|es|ed|ing)|based|located|born|raised|grew up|grown up"
    r"|moved(?: here| there| back)?"
    r"|moving|flew|fly|flying|arriv(?:e|ed|es|ing)|travel(?:s|ed|led|ling|ing)?|went|stay(?:s|ed|ing)?|drove"
    r"|driving|relocated"
    r"|originally|native|come|comes|came|i'?m|i am|he is|she is|we are|conference|trip|office|branch"
    r"|headquartered|store|shop|delivery|shipped|wohn(?:t|e|en|haft)|geboren|lebt|habite|vit|vive|vivo|nací"
    r"|nacido|abita"
    r"|nato|nata|mora|moro|woont|woon|mieszka|mieszkam) (?:\w+ )?(?:in|from|to|at|near|aus|nach|à|en|em|w|z|te|a|de|di)"
    r"|(?:home ?town|home ?city|city|town|village|state|province|republic|county|municipality|capital)(?: of)?"
    r"|city:|town:|country:|state:|ort:|stadt:|ville:|ciudad:|città:|cidade:|plaats:|miasto:|where:|location:"
    r"|place:)[ ])"
    rf"(?P<place>{RUN})"
)


@lru_cache(maxsize=1)
def known_places() -> frozenset[str]:
    """Lower-case names of countries, regions and cities."""
    found: set[str] = set()
    for locale in _LOCALES:
        provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
        for attribute in ("countries", "cities", *_REGIONS):
            for entry in getattr(provider, attribute, ()):
                found.add(str(entry[1] if isinstance(entry, tuple) else entry))
    dates = importlib.import_module("faker.providers.date_time").Provider
    for country in dates.countries:
        found |= {country.name, country.capital}
    found |= {entry[2] for entry in importlib.import_module("faker.providers.geo").Provider.land_coords}
    return frozenset(w.lower().partition(" (")[0].strip() for w in found if len(w) > 3)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Lower-case English names of countries and of the states of the USA."""
    provider = importlib.import_module("faker.providers.address.en_US").Provider
    base = importlib.import_module("faker.providers.address").Provider
    every = {*provider.countries, *base.countries, *provider.states}
    short = {w.partition(" (")[0].split(",")[0].lower() for w in every}
    return frozenset(
        short
        | {
            "usa",
            "u.s.",
            "u.s.a.",
            "uk",
            "u.k.",
            "russia",
            "south korea",
            "north korea",
            "vietnam",
            "czech republic",
            "england",
            "scotland",
            "wales",
            "great britain",
            "northern ireland",
        }
    )


@lru_cache(maxsize=1)
def longest_place() -> int:
    """Words of the longest place name."""
    return max(len(p.split()) for p in known_places())


def ambiguous(place: str) -> bool:
    """Whether a lower-case place is also a person's name or an ordinary word."""
    known = names()
    return " " not in place and (place in known.first or place in known.last or place in common_words())


@dataclass(frozen=True)
class Named:
    """What the model says about a text, by kind."""

    spans: tuple[Span, ...]

    def of(self, *labels: str) -> Iterator[tuple[int, int]]:
        """Spans with one of the labels."""
        return ((a, b) for a, b, label in self.spans if label in labels)

    def says(self, start: int, end: int) -> str | None:
        """The label of the model's span that overlaps the place."""
        return next((label for a, b, label in self.spans if a < end and start < b), None)


_RUNS = re.compile(rf"(?<!{_ANY}){RUN}")


def places(text: str, named: Named) -> Iterator[Match]:
    """Cities, regions and countries: by vocabulary, by the model, after a cue."""
    known = known_places() | countries()
    for start, end in named.of("GPE", "LOC", "FAC"):
        inside = text[start:end]
        if re.search(r"[0-9@/_<>\n]|^[Tt]he .*['\u2019]", inside) or not _capitalised(inside) or is_group(inside):
            continue
        low = inside.lower()
        doubtful = low in common_words() or (low in names().first and low not in known)
        yield Match("GPE", start, end, 0.5 if doubtful else 0.7, "ner:place")
    for run in _RUNS.finditer(text):
        yield from _in_vocabulary(run, known, named)
    for match in _CUE.finditer(text):
        place = match.group("place")
        first = place.split()[0].lower().strip(".")
        if first not in NO_PLACES and first not in MONTHS | WEEKDAYS and not is_group(place.split()[0]):
            end = match.start("place") + len(place.rstrip(".'\u2019"))
            if place.split()[-1].lower().strip(".") not in FIRMS:
                yield Match("GPE", match.start("place"), end, 0.65, "synthgen:place")


def _capitalised(text: str) -> bool:
    return re.match(rf"(?:the |The )?[{UPPER}]", text) is not None


def _in_vocabulary(run: re.Match[str], known: frozenset[str], named: Named) -> Iterator[Match]:
    """The longest known places in a run of capitalised words."""
    words = list(re.finditer(r"[^ ]+", run.group()))
    at = 0
    while at < len(words):
        for size in range(min(longest_place(), len(words) - at), 0, -1):
            start, end = words[at].start(), words[at + size - 1].end()
            place = run.group()[start:end].rstrip(".'\u2019").removesuffix("'s").removesuffix("\u2019s")
            low = place.lower()
            if low not in known:
                continue
            a = run.start() + start
            says = named.says(a, a + len(place))
            alone = at == 0 and size == len(words)
            if low in countries() and low not in names().first:
                yield Match("GPE", a, a + len(place), 0.75, "synthgen:place")
            elif alone and not ambiguous(low) and says not in ("PERSON", "ORG") and low not in PLACES:
                yield Match("GPE", a, a + len(place), 0.6, "synthgen:place")
            elif says in ("GPE", "LOC"):
                yield Match("GPE", a, a + len(place), 0.7, "synthgen:place")
            at += size - 1
            break
        at += 1


_PARTNERS = re.compile(
    rf"(?m)(?:^[ \t>?*|]*|\bThe )({_WORD}, (?:{_WORD}, )*{_WORD} and {_WORD}(?: Orchestra)?)(?=[ \t]*$| Orchestra)"
)
_PART = rf"[{UPPER}][{UPPER}{LOWER}.\u2019']*"
_FIRM = re.compile(
    rf"(?<!{_ANY})((?:{_PART}|[0-9]+)(?:(?:,? (?:and |& |of |for )?|-)(?:{_PART}|[0-9]+)){{0,5}}? ?,? "
    r"(?:Inc|Incorporated|Corp|Corporation|L\.?L\.?C|LLP|Ltd|Limited|PLC|Plc|GmbH|AG|KG|S\.?A|SARL|SAS|B\.?V"
    r"|N\.?V|S\.?p\.?A|S\.?r\.?l"
    r"|Sp\. z o\.?o|Company|Group|Holdings?|and Sons|& Sons|& Co)\b\.?)"
)
_EMPLOYER = re.compile(
    rf"(?i:\b(?:work(?:s|ed|ing)? (?:for|at)|employed (?:by|at)|employer(?: is|:)|employee of|ceo of|founder of"
    rf"|job at|company:"
    rf"|spent a year at|year at|employees of|arbeite(?:t|n)? (?:bei|für)|travaille (?:chez|pour)|trabaja (?:en|para)"
    rf"|lavora (?:per|presso)|trabalha (?:na|no|para)|werkt bij|pracuje w) )({_WORD}(?: (?:of |and |& "
    rf"|for )?{_WORD}){{0,4}})"
)


def organizations(text: str, named: Named) -> Iterator[Match]:
    """Firms and authorities: by legal form, after a word for work, and what the model says."""
    for match in _FIRM.finditer(text):
        yield Match("ORGANIZATION", *match.span(1), 0.75, "synthgen:organization")
    for match in _PARTNERS.finditer(text):
        yield Match("ORGANIZATION", *match.span(1), 0.7, "synthgen:organization")
    for match in _EMPLOYER.finditer(text):
        end = match.start(1) + len(match.group(1).rstrip(".'\u2019"))
        yield Match("ORGANIZATION", match.start(1), end, 0.7, "synthgen:organization")
    for start, end in named.of("ORG"):
        inside = text[start:end]
        if re.search(r"[@/_<>=\n]", inside) or not re.search(f"[{UPPER}]", inside) or len(inside) < 3:
            continue
        yield Match("ORGANIZATION", start, end, 0.5, "ner:organization")


_ANY_WORD = re.compile(rf"(?<![{UPPER}{LOWER}-]){_ANY}{{3,}}(?![{UPPER}{LOWER}])")


_PEOPLE = re.compile(r"(?:an|ese|ish|ic|ist|ite|i)s?$")
"""How names of peoples, creeds and parties end in English."""


def groups(text: str, named: Named) -> Iterator[Match]:
    """Nationalities, religions and parties: by word list, and what the model says."""
    for match in _ANY_WORD.finditer(text):
        if is_group(match.group()):
            yield Match("NRP", *match.span(), 0.7, "synthgen:group")
    for start, end in named.of("NORP"):
        inside = text[start:end]
        if re.fullmatch(rf"[{UPPER}][{UPPER}{LOWER} -]{{3,}}", inside) and _PEOPLE.search(inside):
            yield Match("NRP", start, end, 0.6, "ner:group")
