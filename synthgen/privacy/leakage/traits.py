"""Traits of people as hashes: names, birth dates, cities and what else is compared in combination only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.privacy.leakage.hashing import NOTHING, U64, Keys, spread
from synthgen.privacy.leakage.normal import as_texts, normal

RARE = 3
"""How often a combination may occur in a source and still single somebody out."""
_EACH = 3
"""Columns of one trait that are looked at; more are rare (billing, shipping, home)."""
_PAIRINGS = 9
COLUMN = "column:"
"""Begins the name of a trait that is a column of the user's choice."""

Trait = tuple[str, U64]
"""The columns that a trait comes from, and its hashes, one for each row."""


def trait_hashes(flat: Mapping[str, pl.Series], traits: Mapping[str, str], keys: Keys) -> dict[str, list[Trait]]:
    """The hashes of every trait; a first and a last name make a name, whose words are compared in any order."""
    found: dict[str, list[Trait]] = {}
    by_trait: dict[str, list[str]] = {}
    for name, trait in traits.items():
        by_trait.setdefault(trait, []).append(name)
    for first, last in islice(zip(by_trait.get("first", ()), by_trait.get("last", ()), strict=False), _EACH):
        both = [as_texts(flat[name]) for name in (first, last)]
        if both[0] is not None and both[1] is not None:
            texts = pl.select(pl.concat_str(pl.lit(both[0]), pl.lit(both[1]), separator=" ")).to_series()
            found.setdefault("name", []).append((f"{first}, {last}", _hashes("name", texts, keys)))
    for trait, columns in by_trait.items():
        if trait in ("first", "last"):
            continue
        for name in columns[:_EACH]:
            texts_of = as_texts(flat[name])
            if texts_of is not None:
                found.setdefault(trait, []).append((name, _hashes(trait, texts_of, keys)))
    return found


def _hashes(trait: str, texts: pl.Series, keys: Keys) -> U64:
    once = texts.unique(maintain_order=True)
    made = normal(once)
    if trait == "name":
        made = made.str.replace_all(r"[^\p{L}\p{N} ]", " ").str.split(" ").list.sort().list.join(" ").str.strip_chars()
    elif trait == "sex":
        made = made.str.slice(0, 1)
    elif trait in ("postcode", "birth"):
        made = made.str.replace_all(r"[^\p{L}\p{N}]", "")
    return spread(texts, once, keys.texts(made.to_list()))


def pairings(found: Mapping[str, Sequence[Trait]], wanted: Sequence[str]) -> Iterator[tuple[str, list[U64]]]:
    """The columns and hashes of one combination, in all ways in which a table has it, without rows that lack a part."""
    if any(trait not in found for trait in wanted):
        return
    for parts in islice(product(*(found[trait] for trait in wanted)), _PAIRINGS):
        names = ", ".join(dict.fromkeys(name for name, _ in parts))
        yield names, [hashes for _, hashes in parts]


def complete(parts: Sequence[U64]) -> NDArray[np.bool_]:
    """Which rows have all parts."""
    mask = parts[0] != NOTHING
    for part in parts[1:]:
        mask = mask & (part != NOTHING)
    return mask


def people(found: Mapping[str, Sequence[Trait]], keys: Keys) -> NDArray[np.int64]:
    """The index of one row for each distinct set of traits: a person with ten orders is one person."""
    columns = [hashes for several in found.values() for _, hashes in several]
    if not columns:
        return np.zeros(0, dtype=np.int64)
    _, index = np.unique(keys.combined(columns, "people"), return_index=True)
    return np.sort(index)


def by_name(flat: Mapping[str, pl.Series], wanted: Iterable[str], keys: Keys) -> dict[str, list[Trait]]:
    """Hashes of the columns of the user's own combinations; `wanted` are `column:` and the hash of a name each."""
    names = set(wanted)
    found: dict[str, list[Trait]] = {}
    for name, values in flat.items() if names else ():
        trait = COLUMN + keys.name(name)
        hashes = keys.column(values) if trait in names else None
        if hashes is not None:
            found[trait] = [(name, hashes)]
    return found
