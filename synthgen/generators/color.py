"""Colours as style sheets write them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.digits import decimal, hexadecimal, literal, ragged, strings
from synthgen.seeds import U64, below

_ALL = 2**24
# CSS Color Module Level 4, section 6.1, without the second spellings (grey, cyan, magenta) of one colour.
_NAMES = """
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson darkblue darkcyan darkgoldenrod darkgray
darkgreen darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
darkslategray darkturquoise darkviolet deeppink deepskyblue dimgray dodgerblue firebrick floralwhite forestgreen
fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow honeydew hotpink indianred indigo ivory khaki
lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray
lightgreen lightpink lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow lime limegreen
linen maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab
orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum
powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna
silver skyblue slateblue slategray snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white
whitesmoke yellow yellowgreen"""


class ColorParams(Params):
    """`color: hex`, `rgb`, `hsl` or `name`."""

    color: Literal["hex", "rgb", "hsl", "name"] = Field(description="write color: hex, rgb, hsl or name")


class Color(BaseGenerator[ColorParams]):
    """A colour, every one equally likely: `#1e90ff`, `rgb(30, 144, 255)`, `hsl(210, 100%, 56%)` or a CSS name.

    Example: `accent: {color: hex}`.
    """

    Params = ColorParams
    dtype = pl.String()

    def __init__(self, params: ColorParams, build: Build) -> None:
        super().__init__(params, build)
        self.vocabulary = Vocabulary("css:colors", pl.Series(_NAMES.split())) if params.color == "name" else None
        self.capacity = {"name": len(_NAMES.split()), "hsl": 360 * 101 * 101}.get(params.color, _ALL)

    def generate(self, rows: Rows) -> Column:
        """One colour per row."""
        return self.nth(below(rows.bits(), self.capacity or _ALL), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The colour with that number."""
        if self.vocabulary is not None:
            return Column.coded(self.vocabulary, index.astype(np.uint32))
        if self.params.color == "hex":
            return Column.of(strings(np.concatenate([literal(b"#", len(index)), hexadecimal(index, 6)], axis=1)))
        if self.params.color == "rgb":
            parts = [index >> np.uint64(16), index >> np.uint64(8) & np.uint64(255), index & np.uint64(255)]
            return Column.of(_called(b"rgb(", parts, (b", ", b", ", b")")))
        sheet = np.uint64(101)
        parts = [index // (sheet * sheet), index // sheet % sheet, index % sheet]
        return Column.of(_called(b"hsl(", parts, (b", ", b"%, ", b"%)")))


def _called(name: bytes, numbers: list[U64], after: tuple[bytes, ...]) -> pl.Series:
    """`name` with numbers of up to three digits, each followed by its mark."""
    count = len(numbers[0])
    text = [literal(name, count)]
    keep: list[NDArray[np.bool_]] = [np.ones((count, len(name)), np.bool_)]
    for number, mark in zip(numbers, after, strict=True):
        text += [decimal(number, 3), literal(mark, count)]
        width = 1 + (number >= np.uint64(10)).astype(np.int64) + (number >= np.uint64(100))
        keep += [np.arange(3) >= 3 - width[:, None], np.ones((count, len(mark)), np.bool_)]
    return ragged(np.concatenate(text, axis=1), np.concatenate(keep, axis=1))
