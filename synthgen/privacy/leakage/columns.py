"""What a column of a source, or of an export, is: an identifier, one of the traits that are compared together, a text.

Names alone prove nothing, nor do dates, cities or columns of few values: those are traits, and only combinations of
them are compared. A column identifies if its values are direct identifiers (e-mail addresses, phone, card, account and
identity numbers, tokens), if they are long random codes that occur once each, or if the user says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2

import polars as pl

from synthgen.privacy import names
from synthgen.privacy.entities import entity
from synthgen.privacy.leakage.normal import as_texts, column_name
from synthgen.privacy.leaves import Leaf, leaves
from synthgen.privacy.matching import Matcher
from synthgen.privacy.patterns import mentions, named
from synthgen.privacy.personal_columns import is_birth

SAMPLE = 300
"""Distinct values by which a column is judged."""
IDENTIFIER = "IDENTIFIER"
"""The entity of identifying columns that hold no entity of the recognizers."""
_SHARE, _COVER = 0.5, 0.8
_CODE_LENGTH, _CODE_BITS, _CODE_ROWS = 8, 46, 20
_TEXT_WORDS = 5
_DATED = r"^\d{4}-\d\d-\d\d"
_NUMBER = r"^-?\d+[.,]\d+$"

_WORDS: dict[str, tuple[str, ...]] = {
    "first": ("first name", "firstname", "given name", "givenname", "fname", "forename", "vorname", "prenom", "prénom"),
    "last": ("last name", "lastname", "surname", "family name", "lname", "nachname", "nom de famille", "familienname"),
    "name": (
        "full name", "fullname", "customer name", "contact name", "employee name", "patient name", "person name",
        "cardholder", "cardholder name", "display name", "client name", "member name", "holder name",
    ),
    "postcode": ("postcode", "post code", "zip", "zipcode", "zip code", "postal code", "plz", "postleitzahl"),
    "city": ("city", "town", "stadt", "ort", "ville", "ciudad", "locality", "municipality", "wohnort"),
    "street": ("street", "address", "street address", "addr", "strasse", "straße", "address1", "address line 1"),
    "sex": ("sex", "gender", "geschlecht"),
    "employer": ("employer", "company", "company name", "organization", "organisation", "arbeitgeber"),
}  # fmt: skip
COMBINATIONS: tuple[tuple[str, ...], ...] = (
    ("name", "birth"), ("name", "postcode"), ("name", "city"), ("name", "street"), ("name", "employer"),
    ("birth", "street"), ("birth", "postcode", "sex"), ("birth", "city", "sex"),
)  # fmt: skip
"""Traits that single a person out together. A city and its postcode, or a street and its city, say one thing twice."""


@dataclass(frozen=True)
class Identifying:
    """A column of identifiers: their entity, and whether the user named it (then even reserved values count)."""

    entity: str
    by_user: bool = False


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are, by name."""

    identifying: Mapping[str, Identifying] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    surrogates: frozenset[str] = frozenset()


def flattened(columns: Mapping[str, pl.Series]) -> tuple[dict[str, pl.Series], list[Leaf]]:
    """Columns with one value a row (fields of structs as `column.field`), and the elements of lists."""
    flat: dict[str, pl.Series] = {}
    several: list[Leaf] = []
    for name, values in columns.items():
        for leaf in leaves(name, values):
            if leaf.rows is None:
                flat[leaf.name] = leaf.values
            else:
                several.append(leaf)
    return flat, several


def roles(
    flat: Mapping[str, pl.Series], several: Sequence[Leaf], by_user: frozenset[str], keys: frozenset[str]
) -> Roles:
    """The roles of a source's columns, from its first rows; `by_user` and `keys` hold normal forms of names."""
    identifying: dict[str, Identifying] = {}
    traits = traits_of(flat)
    texts, surrogates = set(), set()
    for name, values in [*flat.items(), *((leaf.name, leaf.values) for leaf in several)]:
        sample = _sample(values)
        entity_name = _direct(name, sample)
        if column_name(name) in by_user:
            identifying[name] = Identifying(entity_name or IDENTIFIER, True)
        elif entity_name is not None and name not in traits:
            identifying[name] = Identifying(entity_name)
        elif name not in traits and name in flat and _is_code(values, sample):
            identifying[name] = Identifying(IDENTIFIER)
        if is_text(values, sample):
            texts.add(name)
        if column_name(name) in keys or (name in flat and _counts_up(values)):
            surrogates.add(name)
    return Roles(identifying, traits, frozenset(texts), frozenset(surrogates))


def traits_of(flat: Mapping[str, pl.Series]) -> dict[str, str]:
    """Which columns hold a trait of a person, by their names."""
    found: dict[str, str] = {}
    for name, values in flat.items():
        words = named(name)
        trait = next((t for t, known in _WORDS.items() if mentions(known, words) and "mail" not in words), None)
        if is_birth(name) and "place" not in words:
            trait = "birth"
        if trait is None and words.strip() == "name" and _full_names(_sample(values)):
            trait = "name"
        if trait is not None and not values.dtype.is_float():
            found[name] = trait
    return found


def is_text(values: pl.Series, sample: pl.Series | None = None) -> bool:
    """Whether a column holds free text: five words or more on average."""
    if values.dtype != pl.String:
        return False
    sample = _sample(values) if sample is None else sample
    words = sample.str.count_matches(r"\S+").mean()
    return isinstance(words, float) and words >= _TEXT_WORDS


def _sample(values: pl.Series) -> pl.Series:
    """Distinct values as text, from the beginning of the column."""
    texts = as_texts(values.drop_nulls().head(20 * SAMPLE))
    if texts is None:
        return pl.Series([], dtype=pl.String)
    texts = texts.str.strip_chars()
    return texts.filter(texts != "").unique(maintain_order=True).head(SAMPLE)


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    return Matcher()


def _direct(name: str, sample: pl.Series) -> str | None:
    """The direct identifier that at least half of the values are, as a whole."""
    if sample.is_empty():
        return None
    found: Counter[str] = Counter()
    texts = sample.to_list()
    for text, matches in zip(texts, _matcher().matches(texts, name.removesuffix("[]")), strict=True):
        whole = [m for m in matches if m.end - m.start >= _COVER * len(text) and entity(m.entity).kind == "direct"]
        if whole:
            found[max(whole, key=lambda m: (m.score, m.end - m.start)).entity] += 1
    if sum(found.values()) < _SHARE * len(texts):
        return None
    return found.most_common(1)[0][0]


def _is_code(values: pl.Series, sample: pl.Series) -> bool:
    """Whether values are long codes, each there once, out of far more possible ones than any table has rows.

    The number of possible codes is taken as the product, over the positions, of the characters that occur there; at
    2^46 two independent sets of 200,000 codes share one with a probability of 6e-4.
    """
    if values.dtype != pl.String or len(sample) < _CODE_ROWS:
        return False
    present = values.drop_nulls()
    if present.n_unique() < len(present):
        return False
    if sample.str.contains(r"\s").any() or sample.str.contains(_DATED).any() or sample.str.contains(_NUMBER).any():
        return False
    lengths = sample.str.len_chars()
    if lengths.n_unique() > 1 or int(lengths[0]) < _CODE_LENGTH:
        return False
    kinds = [len(set(position)) for position in zip(*sample.to_list(), strict=True)]
    return sum(log2(k) for k in kinds) >= _CODE_BITS


def _counts_up(values: pl.Series) -> bool:
    """Whether a column numbers its rows: distinct integers in a narrow range. Such a key is no part of a copied row."""
    present = values.drop_nulls()
    if present.dtype == pl.String and len(present) > 1:
        if not present.str.contains(r"^\d{1,18}$").all():
            return False
        present = present.cast(pl.Int64)
    if not present.dtype.is_integer() or len(present) < 2 or present.n_unique() < len(present):
        return False
    low, high = present.min(), present.max()
    return isinstance(low, int) and isinstance(high, int) and high - low < 2 * len(present)


def _full_names(sample: pl.Series) -> bool:
    """Whether most values are two or more words of the name vocabularies."""
    several = sample.filter(sample.str.contains(r"^\S+ \S+"))
    return len(several) >= _SHARE * max(1, len(sample)) and not names.unknown_words(several).mean() > _SHARE  # type: ignore[operator]  # a share of a Boolean column
