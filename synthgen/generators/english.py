"""English agreement for whole columns: an article by sound, a plural by spelling, a capital at the start."""

from __future__ import annotations

import polars as pl

FORMS = ("a", "A", "plural", "capital", "upper", "lower")

_AN = r"(?i)^(?:[aeiou8]|hours?\b|honest|honou?r|heir|1[18](?:\b|[a-z-]))"
_NOT_AN = r"(?i)^(?:uni(?:[tvqcfls]|on)|us[aeiu]|eu|ones?\b|once|u[bkt][aeio][a-z]*|ufo)"
_IRREGULAR = {
    "person": "people", "man": "men", "woman": "women", "child": "children", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "knife": "knives", "shelf": "shelves", "leaf": "leaves", "half": "halves",
    "life": "lives", "wife": "wives", "sheep": "sheep", "fish": "fish", "series": "series", "species": "species",
    "analysis": "analyses", "basis": "bases", "crisis": "crises", "potato": "potatoes", "tomato": "tomatoes",
    "hero": "heroes", "echo": "echoes", "criterion": "criteria", "matrix": "matrices", "ox": "oxen",
}  # fmt: skip


def formed(values: pl.Series, form: str) -> pl.Series:
    """The values in one of FORMS: with a or an before them (`A` at the start of a sentence), plural, or in that case.

    >>> formed(pl.Series(["apple", "unit", "hour", "11-inch screen"]), "a").to_list()
    ['an apple', 'a unit', 'an hour', 'an 11-inch screen']
    >>> formed(pl.Series(["box", "spare key", "baby", "person"]), "plural").to_list()
    ['boxes', 'spare keys', 'babies', 'people']
    """
    text = values.rename("t")
    v = pl.col("t")
    if form in ("a", "A"):
        an = v.str.contains(_AN) & ~v.str.contains(_NOT_AN)
        shown = pl.when(an).then(pl.lit(f"{form}n ")).otherwise(pl.lit(f"{form} ")) + v
    elif form == "capital":
        shown = v.str.slice(0, 1).str.to_uppercase() + v.str.slice(1)
    elif form == "plural":
        shown = _plural(v)
    else:
        # the capital sharp s is one letter, so that names stay the same ones
        shown = (
            v.str.replace_all("ß", "ẞ", literal=True).str.to_uppercase() if form == "upper" else v.str.to_lowercase()
        )
    return text.to_frame().select(shown.alias(values.name)).to_series()


def _plural(v: pl.Expr) -> pl.Expr:
    last = v.str.extract(r"([A-Za-z]+)$", 1).str.to_lowercase()
    known = last.replace_strict(_IRREGULAR, default=None, return_dtype=pl.String)
    kept = v.str.head(v.str.len_chars() - last.str.len_chars())
    regular = (
        pl.when(v.str.contains(r"(?i)[^aeiou]y$"))
        .then(v.str.replace(r"y$", "ies"))
        .when(v.str.contains(r"(?i)(?:s|x|z|ch|sh)$"))
        .then(v + "es")
        .otherwise(v + "s")
    )
    return pl.when(known.is_not_null()).then(kept + known).otherwise(regular)
