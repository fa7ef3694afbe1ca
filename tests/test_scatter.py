import numpy as np
import polars as pl

from synthgen.scatter import gathered, spread


def test_gathered_puts_rows_back_in_order() -> None:
    parts = [pl.Series(["a", "b"]), pl.Series(["c", "d", "e"])]
    index = [np.array([3, 1]), np.array([0, 4, 2])]
    assert gathered(parts, index, pl.String()).to_list() == ["c", "b", "e", "a", "d"]
    assert gathered([], [], pl.Int64()).dtype == pl.Int64


def test_spread_leaves_gaps_null() -> None:
    assert spread(pl.Series([7, 8]), np.array([2, 0]), 4).to_list() == [8, None, 7, None]
    assert spread(pl.Series([], dtype=pl.Int64), np.array([], np.int64), 2).to_list() == [None, None]
