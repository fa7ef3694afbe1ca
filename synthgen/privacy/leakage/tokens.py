"""What in a text looks like an identifying value: addresses, codes with digits, numbers in any grouping."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from synthgen.privacy.leakage.normal import normal, plain_words

SHORTEST = 6
_ADDRESS = r"""[^\s<>"'(),;:\[\]{}|]+@[^\s<>"'(),;:\[\]{}|]+"""
_CODE = r"""[^\s<>"'(),;\[\]{}|]*[0-9][^\s<>"'(),;\[\]{}|]*"""
_BARE = r"""[^\s<>"'(),;\[\]{}|:=/]*[0-9][^\s<>"'(),;\[\]{}|:=/]*"""
_GROUP = "[0-9a-z]{0,30}[0-9][0-9a-z]{0,30}"
_RUN = rf"(?:[a-z]{{1,3}}[ .-])?{_GROUP}(?:[ ./()+-]{{1,3}}(?:{_GROUP}|[a-z]{{1,2}}\b)){{1,40}}"
_GROUPS, _LONGEST = 9, 34
_WORD, _DIGIT = re.compile("[0-9a-z]+"), re.compile("[0-9]")


def tokens(texts: pl.Series) -> pl.DataFrame:
    """Columns `i` (index into the texts) and `t`: candidates in their normal form, of six characters or more."""
    plain = plain_words(texts)
    frame = pl.DataFrame({"i": pl.Series(range(len(plain)), dtype=pl.UInt32), "v": plain})
    marked = frame.filter(pl.col("v").str.contains(r"[0-9@]"))
    parts = [
        _found(marked.filter(pl.col("v").str.contains("@", literal=True)), _ADDRESS),
        _found(marked, _CODE),
        _found(marked.filter(pl.col("v").str.contains("[:=/]")), _BARE),
        _grouped(marked),
    ]
    return pl.concat(parts).filter(pl.col("t").str.len_chars() >= SHORTEST).unique(maintain_order=True)


def _found(frame: pl.DataFrame, pattern: str) -> pl.DataFrame:
    made = frame.select("i", t=pl.col("v").str.extract_all(pattern)).explode("t", empty_as_null=False).drop_nulls()
    return made.with_columns(t=normal(made["t"].str.strip_chars(".!?:")))


def _grouped(frame: pl.DataFrame) -> pl.DataFrame:
    """Every run of groups within numbers that are written in groups: where one ends is not known."""
    frame = frame.filter(pl.col("v").str.contains("[a-z]{3}"))  # a number alone is looked up as a whole value
    runs = frame.select("i", r=pl.col("v").str.extract_all(_RUN)).explode("r", empty_as_null=False).drop_nulls()
    runs = runs.filter(pl.col("r").str.count_matches("[0-9]") >= SHORTEST)
    once = runs["r"].unique(maintain_order=True)
    joined = [(run, token) for run in once.to_list() for token in _joined(run)]
    found = pl.DataFrame(joined, schema={"r": pl.String, "t": pl.String}, orient="row")
    return runs.join(found, on="r").select("i", "t")


def _joined(run: str) -> Iterator[str]:
    words = _WORD.findall(run)
    for start in range(len(words)):
        made = ""
        for word in words[start : start + _GROUPS]:
            made += word
            if len(made) > _LONGEST:
                break
            digits = len(_DIGIT.findall(made))
            if digits >= SHORTEST and 2 * digits >= len(made):
                yield made.removeprefix("00") if made.startswith("00") and made.isdigit() else made
