import numpy as np
import polars as pl
import pytest

from tests.conformance.doubles import RefusedError, column


def test_forms_and_ranges() -> None:
    assert column({"color": "hex"}).values(2000).str.contains("^#[0-9a-f]{6}$").all()
    rgb = column({"color": "rgb"}).values(20_000).str.extract_all(r"\d+").list.eval(pl.element().cast(int))
    numbers = np.array(rgb.to_list())
    assert numbers.shape == (20_000, 3) and numbers.min() == 0 and numbers.max() == 255
    assert numbers.mean() == pytest.approx(127.5, abs=1.5)
    assert (
        column({"color": "hsl"})
        .values(2000)
        .str.contains(r"^hsl\((\d|[1-9]\d|[12]\d\d|3[0-5]\d), (\d|[1-9]\d|100)%, (\d|[1-9]\d|100)%\)$")
        .all()
    )


def test_every_number_is_its_colour() -> None:
    made = column({"color": "rgb"})
    assert made.nth([0, 255, 0x0A640F, 2**24 - 1]).to_list() == [
        "rgb(0, 0, 0)", "rgb(0, 0, 255)", "rgb(10, 100, 15)", "rgb(255, 255, 255)",
    ]  # fmt: skip
    assert column({"color": "hex"}).nth([0x1E90FF]).to_list() == ["#1e90ff"]
    assert column({"color": "hsl"}).nth([359 * 101 * 101 + 100 * 101 + 7]).to_list() == ["hsl(359, 100%, 7%)"]


def test_names_are_those_of_css() -> None:
    names = set(column({"color": "name"}).values(9000))
    assert len(names) == 139 and {"rebeccapurple", "tan", "aqua"} <= names and "grey" not in names


def test_problems() -> None:
    with pytest.raises(RefusedError, match="color"):
        column({"color": "#fff"})
