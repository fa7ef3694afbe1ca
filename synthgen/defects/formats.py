"""The same value in another form: dates by other customs, decimal commas, yes and no, telephone numbers regrouped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from synthgen.defects.spec import Cell, Formats
from synthgen.seeds import U64, below

_DATES = {
    "day_first": "%d/%m/%Y",
    "month_first": "%m/%d/%Y",
    "dotted": "%d.%m.%Y",
    "named_month": "%d %b %Y",
    "compact": "%Y%m%d",
}
_BOOLEANS = {"words": ("yes", "no"), "letters": ("Y", "N"), "digits": ("1", "0")}
_PHONES = ("plain", "spaced", "dashed")


def forms_of(dtype: pl.DataType) -> tuple[str, ...]:
    """The forms that values of a type can be given; those of text are for telephone numbers."""
    if dtype == pl.Date():
        return tuple(_DATES)
    if isinstance(dtype, pl.Datetime):  # `20260403 1205` is a telephone number to whoever meets it
        return tuple(form for form in _DATES if form != "compact")
    if dtype == pl.Boolean():
        return tuple(_BOOLEANS)
    if dtype.is_integer():
        return ("thousands", "dot_thousands")
    if dtype.is_numeric():
        return ("comma", "thousands", "dot_thousands")
    return _PHONES if dtype == pl.String() else ()


def chosen(dtype: pl.DataType, options: Formats) -> tuple[str, ...]:
    """The forms that a column's values are given."""
    return tuple(options.as_) if options.as_ is not None else forms_of(dtype)


def formats(values: pl.Series, bits: U64, options: Cell) -> pl.Series:
    """The text of each value in one of the forms; null where a form does not change the text."""
    assert isinstance(options, Formats)
    forms = chosen(values.dtype, options)
    picks = pl.Series(below(bits, len(forms)).astype(np.uint8))
    return _picked([written(values, form) for form in forms], picks)


def _picked(texts: Sequence[pl.Series], picks: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"p": picks, **{str(i): text for i, text in enumerate(texts)}})
    found = pl.lit(None, pl.String)
    for i in range(len(texts)):
        found = pl.when(pl.col("p") == i).then(pl.col(str(i))).otherwise(found)
    return frame.select(found.alias("v")).to_series()


def written(values: pl.Series, form: str) -> pl.Series:
    """Values in one form, as text.

    >>> written(pl.Series([1234.5]), "dot_thousands").to_list()
    ['1.234,5']
    """
    if form in _DATES:
        clock = ", %H:%M" if isinstance(values.dtype, pl.Datetime) else ""
        return values.dt.strftime(_DATES[form] + clock)
    if form in _BOOLEANS:
        yes, no = _BOOLEANS[form]
        return pl.select(pl.when(values).then(pl.lit(yes)).otherwise(pl.lit(no))).to_series()
    text = values.cast(pl.String)
    if form == "comma":
        return text.str.replace(".", ",", literal=True)
    if form in ("thousands", "dot_thousands"):
        comma, point = (",", ".") if form == "thousands" else (".", ",")
        sign, whole, rest = (text.str.extract(r"^(-?)(\d+)(.*)$", i) for i in (1, 2, 3))
        grouped = whole.str.reverse().str.replace_all(r"(\d{3})", "${1}_").str.strip_suffix("_").str.reverse()
        grouped = grouped.str.replace_all("_", comma, literal=True)
        return sign + grouped + rest.str.replace(".", point, literal=True)
    digits = text.str.replace_all(r"[^+\d]", "")
    if form == "plain":
        return digits
    mark = " " if form == "spaced" else "-"
    return text.str.replace_all(r"[\s().-]+", mark).str.strip_chars(mark)
