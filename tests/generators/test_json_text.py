import json
from typing import Any

import pytest

from synthgen.privacy.scanner import Scanner
from tests.conformance.doubles import OTHERS, RefusedError, column

FIELDS: Any = {
    'quote"d': {"choice": ['a "b" \\ c', "d\ne"]},
    "n": {"uniform": [0, 9], "decimals": 2},
    "maybe": {"lookup": "country", "map": {"US": 1}},
    "box": {"struct": {"width": {"integer": [1, 9]}, "gap": {"lookup": "country", "map": {"DE": "x"}}}},
    "tags": {"list": {"struct": {"at": {"datetime": {"from": "-9d", "to": "clock"}}}}, "length": [0, 2]},
}


def test_objects_hold_what_the_fields_made_in_order() -> None:
    made = column({"json": FIELDS})
    rows = made.rows(300)
    for text, land in zip(made.values(300), rows.values("country"), strict=True):
        found = json.loads(text)
        assert list(found) == list(FIELDS)
        assert found['quote"d'] in ('a "b" \\ c', "d\ne")
        assert isinstance(found["n"], float) and found["maybe"] == (1 if land == "US" else None)
        assert list(found["box"]) == ["width", "gap"]


def test_nulls_are_left_out_when_asked() -> None:
    kept, dropped = (column({"json": FIELDS, "nulls": n}).values(300) for n in ("keep", "drop"))
    for whole, sparse in zip(kept, dropped, strict=True):
        wanted = {k: v for k, v in json.loads(whole).items() if v is not None}
        wanted["box"] = {k: v for k, v in wanted["box"].items() if v is not None}
        assert json.loads(sparse) == wanted
        assert list(json.loads(sparse)) == list(wanted)
    empty = column({"json": {"a": {"lookup": "country", "map": {"ZZ": 1}}}, "nulls": "drop"}).values(3)
    assert empty.to_list() == ["{}"] * 3


def test_declared_values_are_known_as_they_stand() -> None:
    others = {**OTHERS, "who": {"faker": "first_name"}}
    made = column({"json": {"who": {"faker": "first_name"}, "text": {"template": "Hi {who}"}}}, others=others).make(50)
    entities = [i.declared.entity if i.declared else None for i in made.inserted]
    assert entities == ["PERSON", "PERSON"]
    for text, *parts in zip(made.values, *(i.values for i in made.inserted), strict=True):
        assert all(part in text for part in parts)


def test_declared_values_of_lists_are_known_one_by_one() -> None:
    made = column({"json": {"who": {"list": {"faker": "first_name"}, "length": [0, 3]}}}).make(100)
    assert len(made.inserted) == 3 and Scanner("reserved").scan("t", {"c": made}) == []
    for text, *parts in zip(made.values, *(i.values for i in made.inserted), strict=True):
        assert json.loads(text)["who"] == [p for p in parts if p is not None]


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"json": {}}, "at least 1"),
        ({"json": {"a": {"binary": 3}}}, "which JSON cannot hold"),
        ({"json": {"a": {"struct": {"b": {"binary": 3}}}}}, "which JSON cannot hold"),
        ({"json": {"a": 5}}, "json"),
        ({"json": {"a": {"poisson": 2}}, "nulls": "skip"}, "nulls"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
