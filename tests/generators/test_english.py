import polars as pl
import pytest

from synthgen.generators.english import formed


@pytest.mark.parametrize(
    ("form", "pairs"),
    [
        ("a", {"apple": "an apple", "pear": "a pear", "hour": "an hour", "house": "a house", "unit": "a unit"}),
        ("a", {"European tour": "a European tour", "umbrella": "an umbrella", "unused key": "an unused key"}),
        ("a", {"8-bit": "an 8-bit", "11th": "an 11th", "110 V": "a 110 V", "one-off": "a one-off"}),
        ("A", {"egg": "An egg", "box": "A box"}),
        ("plural", {"key": "keys", "city": "cities", "bus": "buses", "dish": "dishes", "Child": "children"}),
        ("plural", {"book shelf": "book shelves", "item": "items", "fox": "foxes"}),
        ("capital", {"übung": "Übung", "aBC": "ABC", "": ""}),
        ("upper", {"straw": "STRAW", "Spieß": "SPIEẞ"}),
        ("lower", {"ÀB": "àb"}),
    ],
)  # fmt: skip
def test_forms(form: str, pairs: dict[str, str]) -> None:
    assert formed(pl.Series(list(pairs)), form).to_list() == list(pairs.values())


def test_nulls_stay() -> None:
    for form in ("a", "A", "plural", "capital", "upper", "lower"):
        assert formed(pl.Series([None, "x"]), form).null_count() == 1
