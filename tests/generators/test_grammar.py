import re
import time
from itertools import product
from typing import Any

import pytest

from synthgen.privacy.scanner import Scanner
from tests.conformance.doubles import OTHERS, RefusedError, column

REVIEW: Any = {
    "grammar": {
        "start": "{opinion} {detail}",
        "opinion": ["Good", "Bad"],
        "detail": {"box": 3, "lid": 1},
    }
}


def test_a_grammar_without_holes_is_a_list_of_texts() -> None:
    made = column(REVIEW)
    texts = {f"{a} {b}" for a, b in product(["Good", "Bad"], ["box", "lid"])}
    assert made.generator.capacity == 4 and set(made.nth(range(4))) == texts
    values = made.values(20_000)
    assert values.str.ends_with("box").mean() == pytest.approx(0.75, abs=0.01)
    assert values.str.starts_with("Good").mean() == pytest.approx(0.5, abs=0.01)


def test_columns_slots_and_formats() -> None:
    snippet: Any = {
        "grammar": {"start": "{{ {order_id} }} {total:.1f} {signup_at:%Y} {n:03d} of {n}"},
        "slots": {"n": {"integer": [1, 9]}},
    }
    made = column(snippet)
    rows = made.rows(60)
    read = zip(made.values(60), rows.values("order_id"), rows.values("total"), rows.values("signup_at"), strict=True)
    for text, order, total, at in read:
        found = re.fullmatch(r"\{ (\S+) \} (\S+) (\d{4}) 00(\d) of (\d)", text)
        assert found, text
        assert found[1] == order and float(found[2]) == pytest.approx(float(total), abs=0.051)
        assert int(found[3]) == at.year and found[4] == found[5]  # a slot has one value in a text
    assert set(made.generator.needs) == {"order_id", "total", "signup_at"}


def test_a_rule_is_drawn_anew_wherever_it_stands() -> None:
    values = column({"grammar": {"start": "{c}-{c}", "c": ["a", "b"]}}).values(8000)
    assert values.value_counts()["count"].to_list() == pytest.approx([2000] * 4, rel=0.1)
    loose = column({"grammar": {"start": "{c}{tier}{c}", "c": ["a", "b"]}}).values(8000)
    both = loose.str.head(1) == loose.str.tail(1)
    assert both.mean() == pytest.approx(0.5, abs=0.03)


def test_parts_that_may_be_missing_take_their_space_along() -> None:
    static = column({"grammar": {"start": "One {two?0.3} three", "two": "two"}}).values(20_000)
    assert set(static) == {"One three", "One two three"}
    assert (static == "One two three").mean() == pytest.approx(0.3, abs=0.01)
    filled = column({"grammar": {"start": "For {first_name?} now"}}).values(20_000)
    assert set(filled) == {"For now", "For Ada now", "For Bo now", "For Cy now"}
    assert (filled == "For now").mean() == pytest.approx(0.5, abs=0.01)


def test_english_agrees() -> None:
    grammar = {"start": "{noun:A} is {noun:a}, {things:plural}; {clause:capital}", "noun": ["egg", "box"],
               "things": "city", "clause": "so says {first_name:upper}"}  # fmt: skip
    for text in column({"grammar": grammar}).values(100):
        assert re.fullmatch(r"(An egg|A box) is (an egg|a box), cities; So says (ADA|BO|CY)", text), text


def test_rules_in_themselves_stop_at_the_depth() -> None:
    grammar: Any = {"start": "{np}", "np": ["{np} of {np}", "tea"]}
    for depth in (1, 2):
        texts = column({"grammar": grammar, "depth": depth}).values(3000)
        assert texts.str.contains("^tea( of tea)*$").all()
        assert texts.str.count_matches("tea").max() == 2**depth


def test_sentences_are_repeated() -> None:
    counts = (
        column({"grammar": {"start": ["A {tier}.", "B."]}, "sentences": [2, 5]}).values(9000).str.count_matches(r"\.")
    )
    assert (counts.min(), counts.max()) == (2, 5)
    assert counts.mean() == pytest.approx(3.5, abs=0.05)


def test_what_was_inserted_is_known_and_passes_the_scanner() -> None:
    others = {**OTHERS, "who": {"faker": "first_name"}, "mail": {"faker": "email"}}
    grammar = {"start": ["{hail:capital} asked us, {who} and {who:upper}.", "Ask {mail?}"], "hail": "{who} of {friend}"}
    snippet: Any = {"grammar": grammar, "slots": {"friend": {"faker": "first_name"}}, "sentences": [1, 3]}
    made = column(snippet, others=others).make(500)
    assert {i.declared.entity for i in made.inserted if i.declared} == {"PERSON", "EMAIL_ADDRESS"}
    assert all(len(i.values) == 500 for i in made.inserted)
    for i, text in enumerate(made.values):
        for part in made.inserted:
            assert part.values[i] is None or part.values[i] in text
    assert Scanner("reserved").scan("t", {"note": made}) == []
    bare = type(made).of(made.values)
    assert Scanner("reserved").scan("t", {"note": bare})


def test_texts_end_where_they_must() -> None:
    listed = column({"grammar": {"start": ["one two three", "one twenty", "unbreakable", "x"]}, "max_length": 7})
    assert set(listed.values(200)) == {"one two", "one", "unbreak", "x"}
    assert listed.generator.capacity == 4
    others = {**OTHERS, "full": {"choice": ["Anna Lena Schmidt", "Bo Li"]}}
    made = column({"grammar": {"start": "Hi {full} there"}, "max_length": 13}, others=others)
    assert set(made.values(100)) == {"Hi Anna Lena", "Hi Bo Li"}  # without what the column declares, a cut is a cut
    others["full"] = {"faker": "name"}
    snippet: Any = {"grammar": {"start": "We wrote to {full} about it."}, "sentences": [1, 4], "max_length": 76}
    drawn = column(snippet, others=others).make(800)
    assert drawn.values.str.len_chars().max() <= 76
    assert Scanner("reserved").scan("t", {"note": drawn}) == []
    counts = drawn.values.str.count_matches("We wrote")
    assert (counts.min(), counts.max()) == (1, 2)
    assert drawn.values.str.ends_with("about it.").all()
    short = column({**snippet, "max_length": 20}, others=others).make(800)
    assert short.values.str.len_chars().max() <= 20 and short.values.str.starts_with("We wrote to").all()
    names = short.inserted[0].values
    kept = zip(short.values.str.slice(12), names, strict=True)
    assert all(rest in ("", name) or rest.startswith(name + " ") for rest, name in kept)


def test_nulls_are_nothing() -> None:
    others = {**OTHERS, "maybe": {"lookup": "country", "map": {"US": "x"}}}
    values = column({"grammar": {"start": "[{maybe}]"}}, others=others).values(200)
    assert set(values) == {"[]", "[x]"}


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"grammar": {"begin": "x"}}, "needs the rule 'start'"),
        ({"grammar": {"start": "{opinon}", "opinion": "x"}}, "did you mean 'opinion'?"),
        ({"grammar": {"start": "{zzz}"}}, "there is no column 'zzz'"),
        ({"grammar": {"start": "a { b"}}, "a brace stands alone"),
        ({"grammar": {"start": "{np}", "np": "{np} of {np}"}}, "never ends"),
        ({"grammar": {"start": "{order_id:.2f}"}}, "does not fit order_id"),
        ({"grammar": {"start": "{order_id:pluralise}"}}, "is no form"),
        ({"grammar": {"start": []}}, "no alternative"),
        ({"grammar": {"start": {"a": 0}}}, "all weights are 0"),
        ({"grammar": {"start": "{x:plural}", "x": "the {tier}"}}, "no plural"),
        ({"grammar": {"start": "{x}", "x": "a"}, "slots": {"x": {"poisson": 1}}}, "a rule and a slot"),
        ({"grammar": {"start": "a"}, "sentences": [3, 1]}, "least, most"),
        ({"grammar": {"start": "{x?7}", "x": "a"}}, "share above 1"),
        ({"grammar": {"start": "a"}, "slots": {"n": 5}}, "slots"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "grammar",
    [
        {"start": "{a0}", **{f"a{i}": f"{{a{i + 1}}}{{a{i + 1}}}" for i in range(60)}, "a60": "x"},
        {"start": "{a0}", **{f"a{i}": f"{{a{i + 1}}}{{a{i + 1}}}" for i in range(60)}, "a60": "{tier}"},
        {"start": ["{start}{start}{start}{start}", "{tier}"]},
        {"start": "{a}", **{c: [f"{{{d}}}{{{e}}}" for d in "abcdef" for e in "abcdef"] + ["x"] for c in "abcdef"}},
    ],
)
def test_bombs_are_answered_soon(grammar: Any) -> None:
    start = time.process_time()
    with pytest.raises(RefusedError, match="too-large"):
        column({"grammar": grammar, "depth": 20})
    assert time.process_time() - start < 5.0
