"""Windows never overlap, keep to their lengths and have their rate, whatever is asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthgen.generators.series.windows import ImpossibleRateError, Kind, Windows
from synthgen.seeds import stream_key

KINDS = st.tuples(st.floats(0.1, 5), st.integers(1, 40), st.integers(0, 40)).map(
    lambda k: Kind(k[0], k[1], k[1] + k[2])
)


def rows(n: int, start: int = 0) -> Any:
    ordinals = np.arange(start, start + n)
    ids = (ordinals + 10**6).astype(np.uint64)
    return SimpleNamespace(ids=ids, ordinals=ordinals, stream=lambda slot: stream_key(1, "t", "c", slot))


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=4), st.floats(0.001, 1))
def test_windows(kinds: list[Kind], rate: float) -> None:
    try:
        windows = Windows(rate, kinds)
    except ImpossibleRateError:
        total = sum(k.weight for k in kinds)
        assert rate > sum(k.weight * (k.least + k.most) / 2 for k in kinds) / total / max(k.most for k in kinds)
        assume(False)
    assert 0 < windows.chance <= 1 + 1e-9
    found = windows.of(rows(30_000))
    inside = found.kind >= 0
    heads = np.flatnonzero(inside & ((np.diff(found.number, prepend=-1) != 0) | ~np.roll(inside, 1)))
    for at in heads[1:40]:  # the first may have begun before the first row
        kind, length = kinds[found.kind[at]], found.length[at]
        assert kind.least <= length <= kind.most and found.place[at] == 0
        whole = slice(at, at + length)
        assert (found.number[whole] == found.number[at]).all() and len(set(found.bits[whole])) == 1
        assert (found.place[whole] == np.arange(length)).all() or at + length > 30_000
    expected = 30_000 * rate
    spread = np.sqrt(expected * max(k.most for k in kinds)) + windows.block
    assert abs(inside.sum() - expected) < 5 * spread
    some = windows.of(rows(500, start=7_000))
    assert (some.kind == found.kind[7_000:7_500]).all() and (some.bits == found.bits[7_000:7_500]).all()


def test_no_rate_no_window() -> None:
    assert (Windows(0.0, [Kind(1, 2, 5)]).of(rows(5000)).kind == -1).all()
    with pytest.raises(ImpossibleRateError, match="cover at most 60%"):
        Windows(0.61, [Kind(1, 1, 5)])
