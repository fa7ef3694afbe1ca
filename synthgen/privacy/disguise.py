"""Decoded views of texts that hide personal data: encodings, look-alike letters, numbers torn apart.

One alternation of the prefilters of all disguises runs over a column; what it lets through is decoded value by value,
in place, so that the words around a value still stand around it. A view is judged by the same recognizers and the same
account as the plain text. Invisible characters, full-width forms and digits of other scripts are no view:
`texts.normalised` has undone them before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from synthgen.privacy.disguises.encodings import ENCODINGS
from synthgen.privacy.disguises.numbers import NUMBERS
from synthgen.privacy.disguises.words import WORDS
from synthgen.privacy.texts import normalised

DISGUISES = (*ENCODINGS, *NUMBERS, *WORDS)
"""Every disguise, in the order in which views are given."""

DEPTH = 2
"""How many disguises may lie one in another: base64 in base64, HTML entities in an escaped JSON text."""

_ANY = "|".join(f"(?:{d.prefilter})" for d in DISGUISES)


@dataclass(frozen=True)
class View:
    """Texts without one disguise, distinct ones once each.

    `kind` names the disguise, or two joined by `+` where one lay in the other. `index` and `of` say which text each of
    the values was hidden in: position in the values that `views` was given, and position in `texts`.
    """

    kind: str
    index: pl.Series
    of: pl.Series
    texts: pl.Series

    def positions(self, texts: pl.Series) -> pl.Series:
        """Positions of the values that the texts at these positions were hidden in, in order."""
        return self.index.filter(self.of.is_in(texts.cast(self.of.dtype).implode()))


def views(values: pl.Series, depth: int = DEPTH) -> Iterator[View]:
    """All views of text values (nulls are skipped) that differ from the plain text; none for most columns.

    The cost for a column without disguises is one regex pass. Each view is as long as the text it was decoded from, or
    shorter, but for a few characters of HTML.
    """
    where = values.str.contains(_ANY).fill_null(False).arg_true()
    if not len(where):
        return
    frame = pl.DataFrame({"index": where, "text": values.gather(where)})
    yield from _views(frame, "", depth)


def _views(frame: pl.DataFrame, prefix: str, depth: int) -> Iterator[View]:
    distinct = frame["text"].unique(maintain_order=True)
    for disguise in DISGUISES:
        hidden = distinct.filter(distinct.str.contains(disguise.prefilter))
        made = {t: d for t in hidden.to_list() if (d := disguise.decode(t)) != t}
        if not made:
            continue
        kind = f"{prefix}+{disguise.kind}".lstrip("+")
        plain = normalised(pl.Series(list(made.values()), dtype=pl.String))
        known = pl.DataFrame({"text": pl.Series(list(made), dtype=pl.String), "shown": plain})
        shown = frame.join(known, on="text", maintain_order="left").select("index", text="shown")
        texts = shown["text"].unique(maintain_order=True)
        order = pl.DataFrame({"text": texts}).with_row_index("of")
        placed = shown.join(order, on="text", maintain_order="left")
        yield View(kind, placed["index"], placed["of"], texts)
        if depth > 1:
            yield from _views(shown, kind, depth - 1)
