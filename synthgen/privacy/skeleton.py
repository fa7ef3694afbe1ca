"""Sentences with what varies made the same: numbers, dates, amounts, codes, addresses, and names that are certain.

Text from templates repeats its sentences with other fillings. A language model that reads `Anna Lee paid $20 on 3 May`
need not read `Omar Diaz paid $99 on 7 June`: whether a person is named here does not hang on which. So each sentence is
reduced to its skeleton, the skeleton is read once, and what the model says of it holds for all sentences that have it.
The skeleton is a function of the sentence alone, so findings do not depend on what else stands in a batch. A name that
no vocabulary is sure of stays as it is, and so does every other word: their sentences are read one by one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import polars as pl

from synthgen.privacy.name_words import PARTICLES, PLACES, TAILS, TITLES
from synthgen.privacy.names import LOWER, RUN, UPPER, common_words, names

NAME = "John Smith"
"""Stands for every full name that vocabularies are certain of: the model knows it wherever a person can stand."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_SAME = (
    (r"[0-9]+(?:[.,:/][0-9]+)*", "0"),
    (rf"\b0(?:st|nd|rd|th)? {_MONTH}(?:,? 0)?\b|\b{_MONTH} 0(?:st|nd|rd|th)?(?:,? 0)?\b", "0 March 0"),
    (r"[^\s@<>()]{1,80}@[^\s@<>()]{1,80}[a-zA-Z0]", "a@b.c"),
    (r"\b(?:https?|ftps?)://[^\s<>]{1,400}", "https://b.c"),
    (r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF) ?) ?-?0", "$0"),
    (r"\b[A-Z]{1,8}(?:[-_/#]?0(?:[-_/][A-Z0]{1,8}){0,4})\b", "A-0"),
    (r"\b0(?:[-_][A-Z0]{1,8}){1,4}\b", "0-0"),
)
"""What is replaced by what, in this order; word boundaries are those of ASCII."""


def plain_fillings(sentences: pl.Series) -> pl.Series:
    """The sentences with numbers, dates, amounts, codes, e-mail and web addresses replaced by one of each kind.

    >>> plain_fillings(pl.Series(["Ask a.b@corp.io about INV-2024-0017: $1,999.00 due 3 May 2024"])).to_list()
    ['Ask a@b.c about A-0: $0 due 0 March 0']
    """
    for pattern, made in _SAME:
        sentences = sentences.str.replace_all(pattern.replace(r"\b", r"(?-u:\b)"), made.replace("$", "$$"))
    return sentences


def with_one_name(sentences: pl.Series) -> pl.Series:
    """The sentences with the full names that vocabularies are certain of replaced by NAME.

    >>> with_one_name(pl.Series(["Yesterday Maria Schmidt met Virginia Lake near Park Lane."])).to_list()
    ['Yesterday John Smith met Virginia Lake near Park Lane.']
    """
    frame = pl.DataFrame({"s": sentences}).with_row_index("i")
    runs = frame.lazy().select("i", r=pl.col("s").str.extract_all(RUN)).explode("r").drop_nulls().collect()
    if runs.is_empty():
        return sentences
    distinct = runs["r"].unique()
    certain = pl.Series([certain_name(r) for r in distinct.to_list()], dtype=pl.String)
    known = pl.DataFrame({"r": distinct, "n": certain}).drop_nulls()
    named = runs.join(known, on="r", maintain_order="left").unique(["i", "n"], maintain_order=True)
    while not named.is_empty():  # one name of each sentence at a time; sentences with several are few
        first = named.unique("i", keep="first", maintain_order=True)
        frame = frame.join(first.select("i", "n"), on="i", how="left", maintain_order="left").select(
            "i", s=pl.coalesce(pl.col("s").str.split(pl.col("n")).list.join(NAME), "s")
        )
        named = named.join(first, on=["i", "n"], how="anti", maintain_order="left")
    return frame["s"]


@lru_cache(maxsize=1)
def _barred() -> frozenset[str]:
    """Words that are no part of a certain name."""
    return common_words() | PLACES | TITLES | PARTICLES


@lru_cache(maxsize=200_000)
def certain_name(run: str) -> str | None:
    """The full name in a run of capitalised words that is a person's beyond doubt, as it stands there; else None.

    A first name that is no ordinary word and no place, then a last name that is no ordinary word; nothing behind it
    that makes a street, a firm or a work of it.
    """
    words = re.findall(rf"[{UPPER}{LOWER}.-]+|\S", run)
    if not words or words[-1].lower().strip(".") in TAILS or "&" in words:
        return None
    known, barred = names(), _barred()
    for (first, last), behind in zip(pairwise(words), [*words[2:], ""], strict=True):
        a, b = first.lower(), last.lower()
        if (
            a in known.first and b in known.last and min(len(a), len(b)) > 2
            and a not in barred and b not in barred and behind.lower() not in TAILS
            and f"{first} {last}" in run
        ):  # fmt: skip
            return f"{first} {last}"
    return None
