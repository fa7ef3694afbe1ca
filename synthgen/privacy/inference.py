"""What a column is: its header, the shape of its values and public vocabularies together, with a confidence.

Each kind of column has a form that its values must have for the header's word to count, and where possible a sign by
which values tell the kind without any header (a Luhn digit, a first name, a street). Both are evidence of their own, so
the confidence is 1 - (1 - h)(1 - v): `h` for the header, at most .93, `v` for the values, at most the weight of their
sign, each times the share of values that fit. A column of `prénom` without known names is .93, one of first names
without a header .79, and both together .99.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from synthgen.generator import PiiMode
from synthgen.privacy import names
from synthgen.privacy.account import NATIONAL_IDS, Account, unaccounted
from synthgen.privacy.alike import luhn, spread
from synthgen.privacy.headers import spoken_of
from synthgen.privacy.matching import Matcher
from synthgen.privacy.names import LOWER, UPPER
from synthgen.privacy.place_words import is_group
from synthgen.privacy.reserved import reserved_mask, reserved_regex

SAMPLE = 200
"""Distinct values that are looked at."""
_HEADER = 0.93
_LEAST = 0.3
_FEW = 10
"""Distinct values below which a vocabulary proves less: four words of a category are names by chance."""

_NOTHING = r"(?i)^(?:[-.?/_x*]*|n/?a|none|null|nan|unknown|empty|keine?|ohne|aucune?|ninguno|nessuno|nenhum|geen|brak)$"
"""What stands in a cell that has no value."""
_TEXT = r"^[\pL].*[\pL.)]$"
_DATE = (
    r"(?i)^(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}|(?:19|20)[0-9]{6}"
    r"|[0-9]{1,2}\.? [a-zäéû]{3,10}\.?,? [0-9]{4}|[a-z]{3,9}\.? [0-9]{1,2},? [0-9]{4})(?:[ T][0-9:.,]{4,15}.{0,6})?$"
)
_TIME = "^[0-9:]{4,8}$|^(?:[0-9]{10}|[0-9]{13})$|^[A-Z][a-z]{2}-[0-9]{2}$"
_HOST = r"^(?:https?://)?(?:[A-Za-z0-9-]{1,63}\.)+[a-z]{2,10}(?:[/?]\S*)?$"
_STREET = (
    r"(?i)(?-u:\b)(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|square|terrace|rue|chemin"
    r"|calle|avenida|av|plaza|via|viale|piazza|corso|rua|travessa|estrada|ulica|ul|os|aleja)\.?(?-u:\b)"
    r"|(?:straße|strasse|str\.|weg|platz|gasse|allee|straat|laan|plein|gracht|vägen|gatan|gade|vej)\b"
)
_FIRMS = (
    r"(?i)[ ,.](?:inc|ltd|llc|llp|plc|gmbh|ag|kg|co|corp|s\.?a|s\.?l|s\.?r\.?l|s\.?p\.?a|sas|sarl|b\.?v|n\.?v"
    r"|sp\. z o\.o|ab|oy|ltda)\.?$"
)
_WORKERS = (
    r"(?i)(?:manager|engineer|officer|technician|specialist|operator|clerk|teacher|nurse|assistant|worker|analyst|designer"
    r"|developer|director|consultant|accountant|driver|mechanic|administrator|supervisor|secretary|therapist|scientist|cook"
    r"|lawyer|actor|actress|writer|journalist|politician|comedian|singer|doctor|surgeon|leiter|leiterin|ingenieur|berater"
    r"|beraterin|entwickler|lehrer|lehrerin|attorney|representative|agent|inspector|guard|tender|maker|repairer|farmer)s?$"
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SEXES = _set("""
male female man woman m f w d x masculin féminin feminin homme femme h männlich weiblich divers mann frau hombre mujer
masculino femenino feminino maschio femmina uomo donna mannelijk vrouwelijk vrouw mężczyzna kobieta k other unknown
diverse nonbinary non-binary
""")
_TITLES = _set("""
mr mrs ms miss mx dr prof sir madam herr frau hr fr m mme mlle sr sra srta sig sigra sig.ra dott dhr mevr pan pani rev
""")


class Inferred(NamedTuple):
    """What a column is by one kind's evidence: an entity (or a kind of `headers`), and how sure, in [0, 1]."""

    entity: str
    confidence: float


@dataclass(frozen=True)
class _Kind:
    """`form`: Rust regex of values that may be of the kind. `sign`: share of values that tell it, worth `weight`."""

    form: str = r"."
    sign: Callable[[pl.Series], float] | None = None
    weight: float = 0.0


def _share(mask: pl.Series) -> float:
    return float(mask.fill_null(False).sum()) / max(1, len(mask))


def _matching(pattern: str) -> Callable[[pl.Series], float]:
    return lambda values: _share(values.str.contains(pattern))


def _within(words: Collection[str]) -> Callable[[pl.Series], float]:
    return lambda values: _share(values.str.to_lowercase().str.strip_chars(" .").is_in(list(words)))


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Countries, states and regions of Faker's address providers, lower case, in several languages."""
    found: set[str] = set()
    for locale in ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL"):
        provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
        for attribute in ("countries", "states", "regions", "departments", "provinces"):
            listed = getattr(provider, attribute, ())
            found.update(w.lower() for part in listed for w in (part if isinstance(part, tuple) else (part,)))
    return frozenset(w for w in found if len(w) > 3 and not w.isdigit()) | {"usa", "uk", "uae"}


def _peoples(values: pl.Series) -> float:
    return _share(pl.Series([is_group(v) or is_group(v.split()[0]) for v in values], dtype=pl.Boolean))


def _people(values: pl.Series) -> float:
    """Share of values that are names: full names, first names alone, last names alone. Few distinct ones prove less."""
    full = _share(names.persons(values))
    known, ordinary = names.names(), names.common_words()
    words = [v.lower() for v in values if " " not in v]
    one = len(words) / max(1, len(values))
    first = sum(w in known.first and w not in ordinary for w in words) / max(1, len(words)) * one
    last = sum(w in known.last and w not in ordinary and w not in _places() for w in words) / max(1, len(words)) * one
    best = max(full, first * 0.85 if first > 0.5 else 0.0, last * 0.75 if last > 0.6 else 0.0)
    return best * min(1.0, len(values) / _FEW)


def _cards(values: pl.Series) -> float:
    digits = values.filter(values.str.contains("^[0-9][0-9 -]{10,22}$")).str.replace_all("[ -]", "")
    digits = digits.filter(digits.str.contains("^[2-6][0-9]{12,18}$"))
    return float(luhn(digits).sum()) / len(values) if len(digits) else 0.0


_KINDS = {
    "PERSON": _Kind(rf"^[{UPPER}{LOWER}\pL][\pL .,'\x{{2019}}()&;-]{{1,80}}$", _people, 0.93),
    "EMAIL_ADDRESS": _Kind("@", _matching(r"^\S+@\S+\.\pL{2,}$"), 0.97),
    "PHONE_NUMBER": _Kind(r"^[+(0-9][0-9 ().+/-]{4,24}(?:\s?(?:x|ext)\.?\s?[0-9]+)?$"),
    "CREDIT_CARD": _Kind(r"^[0-9][0-9 -]{10,22}$|^[0-9]\.[0-9]{2,8}E\+1[0-9]$", _cards, 0.95),
    "IBAN_CODE": _Kind("^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{8,40}$"),
    "US_SSN": _Kind("^[0-9]{3}-?[0-9]{2}-?[0-9]{4}$", _matching("^[0-9]{3}-[0-9]{2}-[0-9]{4}$"), 0.8),
    "NATIONAL_ID": _Kind("^[A-Z0-9][A-Z0-9 ./+-]{4,24}$"),
    "LOCATION": _Kind(r"\pL{2}", _matching(rf"(?:{_STREET}).*[0-9]|[0-9].*(?:{_STREET})"), 0.9),
    "ZIP_CODE": _Kind("^(?:[0-9]{3,6}|[A-Z0-9]{2,5}[ -]?[A-Z0-9]{2,4}|[A-Z]{1,2}-[0-9]{4,5})$"),
    "GPE": _Kind(r"^[\pL][\pL .'\x{2019}()/,&-]*$", lambda v: _within(_places())(v), 0.9),
    "DATE_OF_BIRTH": _Kind(_DATE),
    "DATE_TIME": _Kind(rf"{_DATE}|{_TIME}", _matching(_DATE), 0.9),
    "AGE": _Kind(r"^(?:[0-9]|[1-9][0-9]|1[01][0-9])(?:\.0|\+|\s?-\s?[0-9]{1,3})?$|^[<>]\s?[0-9]{1,3}$"),
    "GENDER": _Kind(r"^[\pL -]{1,16}$|^[0-2]$", _within(_SEXES), 0.9),
    "TITLE": _Kind(rf"^(?i:{'|'.join(sorted(_TITLES))})\.?$", _within(_TITLES), 0.93),
    "NRP": _Kind(_TEXT, _peoples, 0.85),
    "OCCUPATION": _Kind(_TEXT, _matching(_WORKERS), 0.8),
    "ORGANIZATION": _Kind(r"\pL{2}", _matching(_FIRMS), 0.9),
    "USERNAME": _Kind(r"^@?[\pL0-9][\pL0-9._@+-]{1,39}$"),
    "API_KEY": _Kind(r"^\S{6,200}$"),
    "IP_ADDRESS": _Kind("^[0-9a-fA-F:.]{3,45}$"),
    "MAC_ADDRESS": _Kind("^[0-9a-fA-F:.-]{12,17}$"),
    "URL": _Kind(r"^[^\s@]+\.[^\s@]+$", _matching(_HOST), 0.9),
    "CUSTOMER_ID": _Kind("^[A-Za-z]{0,8}[-_./#]?[0-9][A-Za-z0-9._/-]{0,20}$"),
}  # fmt: skip


def infer_column(name: str, values: pl.Series, matcher: Matcher | None = None) -> list[Inferred]:
    """What a column of that name with these values is, the surest first; kinds below .3 are left out.

    At most 200 distinct values are looked at. `matcher` is taken if given, so that recognizers are loaded once.

    >>> infer_column("prénom", pl.Series(["Zoé", "Aminata", "Yann"]))[0].entity
    'PERSON'
    """
    if values.dtype.is_temporal():
        return _ranked({"DATE_TIME": 0.97}, spoken_of(name), 1.0)
    if values.dtype == pl.Boolean or values.dtype.is_nested() or values.dtype == pl.Binary:
        return []
    texts = values.drop_nulls().cast(pl.String).str.strip_chars()
    texts = spread(texts.filter(~texts.str.contains(_NOTHING)).unique(maintain_order=True), SAMPLE)
    if texts.is_empty() or values.dtype.is_float():
        return []
    found = dict(_told(name, texts))
    for entity, share in _recognized(name, texts, matcher or Matcher()):
        found[entity] = max(found.get(entity, 0.0), 0.97 * share)
    return _ranked(found, spoken_of(name), None)


def _told(name: str, texts: pl.Series) -> Iterator[tuple[str, float]]:
    """Each kind's confidence by header and vocabulary."""
    spoken = spoken_of(name)
    for kind, known in _KINDS.items():
        said = _HEADER * spoken.get(kind, 0.0)
        if not said and known.sign is None:
            continue
        fits = _share(texts.str.contains(known.form))
        sign = known.weight * known.sign(texts) if known.sign is not None and fits > 0.3 else 0.0
        yield kind, 1 - (1 - said * fits**2) * (1 - sign)


def _recognized(name: str, texts: pl.Series, matcher: Matcher) -> Iterator[tuple[str, float]]:
    """The share of values that the recognizers take as a whole, by entity; half of them at least."""
    counted: dict[str, int] = {}
    probed = spread(texts, 48).to_list()
    for text, matches in zip(probed, matcher.matches(probed, name), strict=True):
        for match in unaccounted(text, matches, Account("none"))[:1]:
            if match.end - match.start > 0.8 * len(text):
                counted[match.entity] = counted.get(match.entity, 0) + 1
    for entity, count in counted.items():
        if 2 * count >= len(probed):
            yield entity, count / len(probed)
    national = sum(count for entity, count in counted.items() if entity in NATIONAL_IDS)
    if 2 * national >= len(probed) and national > max(counted.values()):
        yield "NATIONAL_ID", national / len(probed)


def _ranked(found: dict[str, float], spoken: dict[str, float], fits: float | None) -> list[Inferred]:
    """In order of confidence; of a date and a date of birth the header decides."""
    if fits is not None and "DATE_OF_BIRTH" in spoken:
        found = {**found, "DATE_OF_BIRTH": 0.98 * spoken["DATE_OF_BIRTH"] * fits}
    if found.get("DATE_OF_BIRTH", 0.0) >= 0.5:
        found = {**found, "DATE_TIME": min(found.get("DATE_TIME", 0.0), found["DATE_OF_BIRTH"] - 0.01)}
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Inferred(entity, round(c, 2)) for entity, c in order if c >= _LEAST]


DIRECT = frozenset({"PHONE_NUMBER", "CREDIT_CARD", "NATIONAL_ID", "API_KEY"})
"""Direct identifiers whose values often have no form that a recognizer could know: the column's name decides."""
_DIGEST = "^(?:[0-9a-f]{2}){8,64}$|^(?:[0-9A-F]{2}){8,64}$"
SURE = 0.8
"""Confidence from which a column is taken for what is inferred."""


def identifies(name: str, values: pl.Series, matcher: Matcher | None = None) -> Inferred | None:
    """The kind of direct identifier that a column is by its header, though its values may be weak; None for others.

    The header is asked first, which costs next to nothing.
    """
    spoken = spoken_of(name)
    if not any(_HEADER * spoken.get(kind, 0.0) >= SURE for kind in DIRECT):
        return None
    best = next(iter(infer_column(name, values, matcher)), None)
    return best if best is not None and best.entity in DIRECT and best.confidence >= SURE else None


def weak(entity: str, values: pl.Series, mode: PiiMode) -> pl.Series:
    """Boolean per value: whether no recognizer can judge it, so that the column's name must.

    Not so are values without the kind's form (an empty cell, a dash), values in reserved ranges where the mode lets
    them count, numbers in the form of a scheme whose check digit is wrong (nobody has those), and hexadecimal digests
    in a column of passwords.
    """
    mask = values.str.contains(_KINDS[entity].form).fill_null(False)
    if entity == "API_KEY":
        mask = mask & ~values.str.contains(_DIGEST).fill_null(False)
    if entity == "CREDIT_CARD":
        mask = mask & ~values.str.contains("^[0-9][0-9 -]{10,22}$").fill_null(False)
    ranges = NATIONAL_IDS if entity == "NATIONAL_ID" else {entity}
    for name in sorted(ranges) if mode == "reserved" else ():
        if reserved_regex(name) is not None:
            mask = mask & ~reserved_mask(values, name).fill_null(False)
    if entity == "NATIONAL_ID":
        broken = Account("reserved", "NATIONAL_ID", "reserved").broken_by_design
        left = values.filter(mask).unique()
        made = left.filter(pl.Series([broken(v) for v in left.to_list()], dtype=pl.Boolean))
        mask = mask & ~values.is_in(made.implode()).fill_null(False)
    return mask
