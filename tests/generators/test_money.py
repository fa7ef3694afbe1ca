import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from synthgen.generators import currencies
from synthgen.generators.entities.places import countries
from tests.conformance.doubles import OTHERS, RefusedError, column

AMOUNT: Any = {"uniform": [-50, 5000]}


def test_decimals_are_those_of_the_currency() -> None:
    values = column({"money": AMOUNT, "currency": ["EUR", "JPY", "KWD", "CLF"]}).values(5000)
    forms = {"EUR": r"-?\d+\.\d{2}", "JPY": r"-?\d+", "KWD": r"-?\d+\.\d{3}", "CLF": r"-?\d+\.\d{4}"}
    seen = set()
    for text in values:
        code, number = text.split(" ")
        assert re.fullmatch(forms[code], number)
        seen.add(code)
    assert seen == set(forms)


def test_all_forms_hold_one_amount() -> None:
    codes: Any = {"EUR": 1, "JPY": 1, "KWD": 2}
    made = {
        f: column({"money": AMOUNT, "currency": codes, "as": f}).values(2000)
        for f in ("code", "amount", "struct", "minor", "symbol")
    }
    for code, amount, struct, minor, symbol in zip(*made.values(), strict=True):
        number = Decimal(amount)
        places = currencies.places(struct["currency"])
        assert code == f"{struct['currency']} {amount}"
        assert struct["amount"] == number and minor["minor"] == int(number.scaleb(places))
        assert symbol.lstrip("-").startswith(currencies.sign(struct["currency"])) and symbol.endswith(
            amount.lstrip("-")
        )


def test_amounts_are_rounded_half_to_even_from_the_generator() -> None:
    source = column({"money": {"constant": 2.5}, "currency": "JPY", "as": "amount"}).values(2)
    assert source.to_list() == [str(Decimal("2.5").quantize(Decimal(1), ROUND_HALF_EVEN))] * 2


def test_the_currency_of_the_country() -> None:
    others = {**OTHERS, "land": {"choice": ["DE", countries()["JP"].name, "Atlantis"]}}
    made = column({"money": {"constant": 3}, "country": "land"}, others=others)
    wanted = {"DE": "EUR 3.00", countries()["JP"].name: "JPY 3", "Atlantis": None}
    for land, text in zip(made.rows(200).values("land"), made.values(200), strict=True):
        assert text == wanted[land]


def test_the_currency_of_the_locale() -> None:
    values = column({"money": {"constant": 3}}, locales=("de_DE", "ja_JP")).values(200)
    assert set(values) == {"EUR 3.00", "JPY 3"}


def test_signs_stand_before_amounts() -> None:
    assert column({"money": {"constant": -3}, "currency": "USD", "as": "symbol"}).values(1)[0] == "-$3.00"
    assert column({"money": {"constant": 3}, "currency": "SEK", "as": "symbol"}).values(1)[0] == "kr 3.00"


def test_the_table_agrees_with_the_one_of_addresses() -> None:
    mine = currencies.by_country()
    assert {c.code: mine[c.code] for c in countries().values()} == {c.code: c.currency for c in countries().values()}


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"money": AMOUNT, "currency": "EURO"}, "did you mean EUR?"),
        ({"money": AMOUNT, "currency": "usd"}, "did you mean"),
        ({"money": {"choice": ["a"]}}, "not amounts"),
        ({"money": AMOUNT, "currency": "EUR", "country": "country"}, "contradiction"),
        ({"money": AMOUNT, "country": "total"}, "not text"),
        ({"money": AMOUNT, "currency": {"EUR": 0}}, "all weights are 0"),
        ({"money": 5}, "money"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
