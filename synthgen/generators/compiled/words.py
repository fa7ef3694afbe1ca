"""Kernels of running text: Faker fills a text with words, sentences or paragraphs until it is long enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Env
from synthgen.generators.compiled.nodes import Drawn, trace
from synthgen.generators.compiled.samplers import fast
from synthgen.generators.compiled.trace import Tree

_ATTEMPTS = 400  # Faker tries until a unit fits; the last attempt is cut instead


class Filled(Drawn):
    """Units one after another while they stay below `most` characters; again from the start where none fits.

    The attempts of a row are streams of its own, so the value is a function of the row alone.
    """

    kind = "str"

    def __init__(self, order: int, unit: Tree, separator: str, most: int, words: bool, end: str) -> None:
        self.order, self.unit, self.separator, self.most, self.words, self.end = (
            order,
            unit,
            separator,
            most,
            words,
            end,
        )

    def _evaluate(self, env: Env) -> pl.Series:
        made = pl.Series(values=[""] * env.count, dtype=pl.String)
        waiting = np.arange(env.count)
        for attempt in range(_ATTEMPTS):
            if not len(waiting):
                break
            part = env.take(waiting)
            found = self._attempt(part, f"{env.prefix}{self.order}.{attempt}.")
            made = _placed(made, waiting, found)
            waiting = waiting[(found == "").to_numpy()]
        if len(waiting):
            cut = fast(self.unit, env.rows.take(waiting), f"{env.prefix}{self.order}.end.", pl.String())
            made = _placed(made, waiting, cut.str.slice(0, self.most - 1))
        return self._finished(made)

    def _attempt(self, env: Env, prefix: str) -> pl.Series:
        text = pl.Series(values=[""] * env.count, dtype=pl.String)
        active, number = np.arange(env.count), 0
        while len(active):
            before = text.gather(active)
            unit = fast(self.unit, env.rows.take(active), f"{prefix}{number}.", pl.String())
            longer = pl.select(
                pl.when(pl.lit(before) == "")
                .then(pl.lit(unit))
                .otherwise(pl.lit(before) + self.separator + pl.lit(unit))
            ).to_series()
            fits = (longer.str.len_chars() < self.most).to_numpy()
            text = _placed(text, active[fits], longer.filter(pl.Series(fits)))
            active, number = active[fits], number + 1
        return text

    def _finished(self, made: pl.Series) -> pl.Series:
        if not self.words:
            return made
        return made.str.slice(0, 1).str.to_uppercase() + made.str.slice(1) + self.end


def _placed(series: pl.Series, index: Any, values: pl.Series) -> pl.Series:
    """The series with new values at some places."""
    if len(index) == len(series):
        return values.gather(np.argsort(index)) if len(index) else values
    codes = np.arange(len(series))
    codes[index] = len(series) + np.arange(len(index))
    return pl.concat([series, values]).gather(codes)


def text(context: Any, max_nb_chars: int, ext_word_list: Any) -> Any:
    """`text()` of at most `max_nb_chars` characters."""
    if max_nb_chars < 5:
        raise ValueError("text() can only generate text of at least 5 characters")
    if max_nb_chars > 100_000:
        raise UnsupportedError("the text is longer than 100,000 characters")
    unit = "word" if max_nb_chars < 25 else "sentence" if max_nb_chars < 100 else "paragraph"
    separator = "\n" if unit == "paragraph" else context.word_connector
    arguments = {} if ext_word_list is None else {"ext_word_list": list(ext_word_list)}
    tree, dtype = context.session.tree(unit, arguments)
    if dtype != pl.String():
        raise UnsupportedError(f"its {unit} is no text")
    end = context.sentence_punctuation
    return Filled(trace().place(), tree, separator, max_nb_chars, unit == "word", end)


KERNELS: dict[str, Callable[..., Any]] = {"lorem:Provider.text": text}
