"""Kernels of book numbers and generated domains: where digits decide, and where integers mix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.generators.compiled import strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.nodes import Computed, Node, trace
from synthgen.generators.digits import ragged


def registrant_publication(context: Any, reg_pub: Any, rules: Sequence[Any]) -> Any:
    """Registrant and publication of a book number: the first rule whose bounds hold its digits gives the length."""
    if not isinstance(reg_pub, Node):
        raise UnsupportedError("its digits are no draws")
    rules = trace().known(rules)
    size = len(strings.characters(reg_pub))
    bounds = [(*_numbers(str(r[0]), str(r[1]), size - 1), int(r[2])) for r in rules]

    def lengths(digits: pl.Series) -> NDArray[np.int64]:
        number = digits.str.slice(0, size - 1).cast(pl.Int64).to_numpy()
        made = np.zeros(len(number), np.int64)
        for low, high, length in reversed(bounds):  # the first rule has the last word
            made[(number >= low) & (number <= high)] = length
        return made

    longest = max(length for *_, length in bounds)
    length = trace().known(Computed("int", lengths, reg_pub, lo=0, hi=longest))
    if not length:
        raise ValueError("the digits are in no rule")
    return strings.cut(reg_pub, slice(None, length)), strings.cut(reg_pub, slice(length, None))


def _numbers(low: str, high: str, size: int) -> tuple[int, int]:
    """The numbers of `size` digits whose texts stand between two texts, as texts compare."""
    least = int(low.ljust(size, "0")) if len(low) <= size else int(low[:size]) + 1
    most = int(high[:size]) if len(high) >= size else int(high) * 10 ** (size - len(high)) - 1
    return least, most


registrant_publication.pure = True  # type: ignore[attr-defined]  # it draws nothing itself


def dga(context: Any, year: Any, month: Any, day: Any, tld: Any, length: Any) -> Any:
    """A domain by Faker's generation algorithm: letters that mix a date again and again."""
    random = context.provider.random_int
    year, month, day = (given or random(1, most) for given, most in ((year, 9999), (month, 12), (day, 30)))
    ending = tld or context.provider.tld()
    count = length or random(2, 63)
    if not isinstance(count, Node) and count > 1_000:
        raise UnsupportedError("the domain is longer than 1,000 characters")

    def make(y: Any, m: Any, d: Any, n: Any) -> pl.Series:
        size = max(np.size(v) for v in (y, m, d, n))
        y, m, d, n = (np.broadcast_to(np.asarray(v, dtype=np.int64), (size,)) for v in (y, m, d, n))
        made = np.empty((size, int(n.max(initial=0))), np.uint8)
        for place in range(made.shape[1]):
            y = ((y ^ 8 * y) >> 11) ^ ((y & 0xFFFFFFF0) << 17)
            m = ((m ^ 4 * m) >> 25) ^ 16 * (m & 0xFFFFFFF8)
            d = ((d ^ (d << 13)) >> 19) ^ ((d & 0xFFFFFFFE) << 12)
            made[:, place] = ((y ^ m ^ d) % 25) + 97
        return ragged(made, np.arange(made.shape[1]) < n[:, None])

    return strings.joined([Computed("str", make, year, month, day, count), ".", ending])


dga.pure = True  # type: ignore[attr-defined]  # it draws as Faker does

KERNELS: dict[str, Callable[..., Any]] = {
    "isbn:Provider._registrant_publication": registrant_publication,
    "sbn:Provider._registrant_publication": registrant_publication,
    "internet:Provider.dga": dga,
}
