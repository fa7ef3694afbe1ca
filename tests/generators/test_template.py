from typing import Any

import polars as pl
import pytest

from tests.conformance.doubles import OTHERS, RefusedError, column


def test_holes_are_filled_row_by_row() -> None:
    made = column({"template": "Order {order_id} for {first_name}, {{not a hole}}"})
    rows = made.rows(50)
    wanted = [
        f"Order {o} for {f}, {{not a hole}}"
        for o, f in zip(rows.values("order_id"), rows.values("first_name"), strict=True)
    ]
    assert made.values(50).to_list() == wanted
    assert made.generator.needs == ("order_id", "first_name")


def test_formats() -> None:
    made = column({"template": "{total:.1f}|{quantity:04d}|{signup_at:%d.%m.%Y}"})
    rows = made.rows(20)
    for text, total, quantity, at in zip(
        made.values(20), rows.values("total"), rows.values("quantity"), rows.values("signup_at"), strict=True
    ):
        first, second, third = text.split("|")
        assert float(first) == pytest.approx(float(total), abs=0.051)
        assert (second, third) == (f"{quantity:04d}", f"{at:%d.%m.%Y}")


def test_what_was_inserted_is_known_exactly() -> None:
    others = {**OTHERS, "job": {"faker": "first_name"}}
    made = column({"template": ["To {job}", "{order_id}: {job}", "Nobody"]}, others=others)
    made_column = made.make(300)
    spans = dict(zip(("to", "order", "job"), made_column.inserted, strict=True))
    assert all(len(x.values) == 300 for x in made_column.inserted)
    assert spans["to"].declared == spans["job"].declared
    assert spans["to"].declared is not None and spans["to"].declared.entity == "PERSON"
    assert spans["order"].declared is None
    rebuilt = pl.DataFrame({"to": spans["to"].values, "o": spans["order"].values, "j": spans["job"].values}).select(
        pl.coalesce("To " + pl.col("to"), pl.col("o") + ": " + pl.col("j"), pl.lit("Nobody"))
    )
    assert rebuilt.to_series().equals(made_column.values, check_names=False)


def test_weights() -> None:
    values = column({"template": {"a {tier}": 3, "b {tier}": 1}}).values(20_000)
    assert values.str.starts_with("a").mean() == pytest.approx(0.75, abs=0.01)


def test_max_length_leaves_out_whole_values_and_cuts_words() -> None:
    made = column({"template": "For {first_name}: {order_id}", "max_length": 14})
    out = made.make(100)
    rows = made.rows(100)
    for text, name, order, kept in zip(
        out.values, rows.values("first_name"), rows.values("order_id"), out.inserted[1].values, strict=True
    ):
        full = f"For {name}: {order}"
        assert text == (full if len(full) <= 14 else f"For {name}: ")
        assert kept == (order if len(full) <= 14 else None)
    assert column({"template": "Thank you, {tier}", "max_length": 5}).values(1).to_list() == ["Thank"]


def test_nulls_are_nothing() -> None:
    others = {**OTHERS, "gone": {"constant": None}}
    assert column({"template": "[{gone}]"}, others=others).values(2).to_list() == ["[]", "[]"]


def test_a_template_without_holes_is_a_vocabulary() -> None:
    assert column({"template": ["a", "b"]}).make(10).codes is not None


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Hi {first_nam}", "did you mean 'first_name'?"),
        ("Hi {", "a brace stands alone"),
        ("Hi {}", "a hole names a column"),
        ("{total:bold}", "is not a format"),
        ("{tier:.2f}", "does not fit tier"),
        ("{total:%Y}", "does not fit total"),
        ("{signup_at:.2f}", "does not fit signup_at"),
        ([], "at least one template"),
        ({"a": -1}, "weights are numbers"),
    ],
)
def test_problems(template: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"template": template})
    assert words in str(caught.value)


def test_nested_columns_cannot_be_written() -> None:
    others = {**OTHERS, "box": {"struct": {"a": {"constant": 1}}}}
    with pytest.raises(RefusedError, match="cannot be written into text"):
        column({"template": "{box}"}, others=others)
