"""Filler text: Faker's lists of words for it, which any text that claims to be filler is held to.

A language model reads names into random words now and then (`Drug model will bill ..`). A column that declares `LOREM`
is not read by it where every word of a value stands in the public lists; all other values are.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import lru_cache

import polars as pl

_MARKS = "[\\s.,;:!?()\u0022\u0027\u3002\u3001\u060c\u061b\u061f\u0964\u0589\u1362\u2026]+"


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """The words of all languages' lists, and of marital status in German, in lower case; 0.1 s."""
    package = importlib.import_module("faker.providers.lorem")
    found: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.lorem.{module.name}").Provider
        for attribute in ("word_list", "english_word_list"):
            for word in getattr(provider, attribute, ()):
                found |= set(re.sub(_MARKS, " ", word.lower()).split())
    german = importlib.import_module("faker.providers.person.de_DE").Provider
    found |= {word.lower() for _, status in german.civil_status_list for word in status.replace("/", " ").split()}
    return frozenset(found)


def only_words(values: pl.Series) -> pl.Series:
    """Boolean per value: whether each of its words, without the marks around it, is filler.

    >>> only_words(pl.Series(["Magnam dolor sit.", "Call Anna Huber."])).to_list()
    [True, False]
    """
    frame = pl.DataFrame({"v": values}).with_row_index("i")
    split = pl.col("v").str.to_lowercase().str.replace_all(_MARKS, " ").str.split(" ")
    parts = frame.lazy().select("i", w=split).explode("w").filter(pl.col("w") != "").collect()
    other = pl.Series([w for w in parts["w"].unique().to_list() if w not in words()], dtype=pl.String)
    strange = parts.filter(pl.col("w").is_in(other.implode()))["i"].unique()
    return ~frame["i"].is_in(strange.implode()) & values.is_not_null()
