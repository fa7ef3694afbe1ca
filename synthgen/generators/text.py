"""Plain sentences from a small grammar: neutral business English that names nobody and no place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.seeds import U64, below, draws_at

_SUBJECTS = """the order,the delivery,this item,the invoice,our team,the package,the request,the report,the account,
the new version,the meeting,the contract,the update,the warehouse,the refund,the project,the first draft,the schedule,
the payment,the backup,the label,the battery,the screen,the manual,the price,the colour,the service,the shipment"""
_VERBS = """arrived,was checked,needs a review,works as described,was sent back,is still open,looks good,was delayed,
has been confirmed,was larger than expected,is ready,was changed,has to be repeated,is on its way,was approved,
should be replaced,fits well,was paid,is out of stock,has been updated,was cancelled,is complete,was moved"""
_ENDINGS = """,after the weekend,without any problem,as agreed,in the morning,for the second time,with a short note,
before the deadline,and nothing is missing,so we can go on,but the box was damaged,within two days,on short notice,
as the terms require,and the rest will follow,since the last check,by the end of the week,with the usual care"""
_WORDS = """alpha,anchor,apple,basic,bright,bronze,cable,circle,classic,clear,cloud,cobalt,copper,cotton,daily,delta,
early,field,forest,garden,gentle,globe,golden,granite,green,harbour,iron,kettle,lamp,lemon,light,lunar,maple,marble,
meadow,metal,mint,modern,morning,night,north,ocean,orange,orbit,paper,pepper,pine,plain,plum,quartz,quick,quiet,rapid,
ridge,river,round,sand,signal,silver,simple,smart,smooth,solar,spring,stone,sunny,swift,table,timber,tulip,urban,
valley,velvet,walnut,water,white,wild,window,winter,wood,woven"""  # no given names, so no amber, olive or violet


def _list(text: str) -> list[str]:
    return [part.strip().replace("\n", " ") for part in text.replace("\n", "").split(",")]


@lru_cache(maxsize=1)
def _sentences() -> Vocabulary:
    """Every sentence of the grammar, shortest first: subjects x verbs x endings."""
    subjects = pl.DataFrame({"s": _list(_SUBJECTS)})
    frame = subjects.join(pl.DataFrame({"v": _list(_VERBS)}), how="cross")
    frame = frame.join(pl.DataFrame({"e": _list(_ENDINGS)}), how="cross")
    first = pl.col("s").str.slice(0, 1).str.to_uppercase() + pl.col("s").str.slice(1)
    ending = pl.when(pl.col("e") == "").then(pl.lit("")).otherwise(pl.lit(" ") + pl.col("e"))
    made = frame.select(pl.concat_str([first, pl.lit(" "), "v", ending, pl.lit(".")]).alias("t"))
    return Vocabulary("grammar:sentences", made.sort(pl.col("t").str.len_bytes(), "t")["t"])


@lru_cache(maxsize=1)
def _words() -> Vocabulary:
    words = pl.Series(_list(_WORDS))
    return Vocabulary("grammar:words", words.gather(np.lexsort((words.to_numpy(), words.str.len_bytes().to_numpy()))))


def plain_words() -> list[str]:
    """Lower-case English words of one syllable or two that are nobody's name: for slugs, file names and the like."""
    return _words().values.to_list()


class Amount(Params):
    """How many words or sentences: a number or [least, most]."""

    words: int | list[int] | None = None
    sentences: int | list[int] | None = None

    @field_validator("words", "sentences")
    @classmethod
    def _interval(cls, value: Any) -> Any:
        low, high = _interval(value)
        if not 1 <= low <= high <= 200:
            raise ValueError("write a number, or [least, most], between 1 and 200")
        return value


def _interval(value: Any) -> tuple[int, int]:
    if value is None:
        return 1, 1
    if isinstance(value, int):
        return value, value
    if len(value) != 2:
        raise ValueError("an interval is [least, most]")
    return value[0], value[1]


class TextParams(Params):
    """`text: word | sentence | paragraph`, or `text: {words: [2, 4]}`, `text: {sentences: [1, 3]}`."""

    text: Literal["word", "sentence", "paragraph"] | Amount = Field(
        description="write text: sentence, or text: {sentences: [1, 3]}"
    )
    max_length: int | None = Field(default=None, ge=1)


class Text(BaseGenerator[TextParams]):
    """Words or sentences in English that name nobody; `max_length` takes fewer and shorter ones.

    Example: `note: {text: {sentences: [1, 3]}, max_length: 200}`.
    """

    Params = TextParams
    dtype = pl.String()

    def __init__(self, params: TextParams, build: Build) -> None:
        super().__init__(params, build)
        kind = params.text
        wanted = {"word": Amount(words=1), "sentence": Amount(sentences=1), "paragraph": Amount(sentences=[3, 6])}
        amount = wanted[kind] if isinstance(kind, str) else kind
        if (amount.words is None) == (amount.sentences is None):
            raise build.fail("contradiction", "give either words or sentences", "write {sentences: [1, 3]}", "text")
        self.low, self.high = _interval(amount.words or amount.sentences)
        self.vocabulary = _words() if amount.words else _sentences()
        self._fit(params.max_length)
        if self.high == 1:
            self.capacity = len(self.vocabulary.values)

    def _fit(self, limit: int | None) -> None:
        """Keep the entries whose longest combination fits; below any entry, letters of the words are cut."""
        if limit is None:
            return
        lengths = self.vocabulary.values.str.len_chars().to_numpy()
        longest = (limit + 1) // self.high - 1
        while self.high > 1 and longest < lengths[min(200, len(lengths) // 4)]:
            self.high -= 1
            self.low = min(self.low, self.high)
            longest = (limit + 1) // self.high - 1
        keep = int(np.searchsorted(lengths, min(longest, limit), side="right"))
        values = self.vocabulary.values.head(keep)
        if not keep:
            values = _words().values.str.head(limit).unique(maintain_order=True)
        if not keep or keep < len(lengths):
            self.vocabulary = Vocabulary(f"{self.vocabulary.name}:{limit}", values)

    def generate(self, rows: Rows) -> Column:
        """One text per row."""
        size = len(self.vocabulary.values)
        if self.high == 1:
            return Column.coded(self.vocabulary, below(rows.bits(), size).astype(np.uint32))
        many = below(rows.bits("many"), self.high - self.low + 1).astype(np.int64) + self.low
        base, key = rows.bits(), rows.stream("part")
        parts: list[pl.Series] = []
        for i in range(self.high):
            codes: NDArray[np.uint32] = below(draws_at(key, base + np.uint64(i)), size).astype(np.uint32)
            picked = pl.Series(codes)
            if i >= self.low:
                mask = pl.Series(many > i)
                picked = pl.select(pl.when(mask).then(picked)).to_series()
            parts.append(self.vocabulary.values.gather(picked).alias(str(i)))
        frame = pl.DataFrame(parts)
        return Column.of(frame.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series())

    def nth(self, index: U64, rows: Rows) -> Column:
        """The word or sentence at a position; for texts of one."""
        return Column.coded(self.vocabulary, index.astype(np.uint32))
