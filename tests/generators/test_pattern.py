import re
import time
from contextlib import suppress
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.generators.automata import Automaton
from synthgen.generators.expressions import PatternError
from synthgen.generators.regular import compile_pattern
from tests.conformance.doubles import RefusedError, column

ALPHABET = st.sampled_from(["a", "b", "7", "[a-c]", "[^a-y]", r"\d", r"\w", ".", "-", "é"])


def quantified(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    counts = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{0,2}?"])
    group = st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
    )
    return st.tuples(group, counts).map(lambda x: f"(?:{x[0]}){x[1]}")


PATTERNS = st.recursive(ALPHABET, quantified, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(PATTERNS)
def test_everything_made_matches(pattern: str) -> None:
    made = column({"pattern": pattern})
    for text in made.values(40):
        assert re.fullmatch(pattern, text), (pattern, text)
    capacity = made.generator.capacity
    if capacity is not None:
        ranks = sorted({i * (capacity - 1) // 59 for i in range(60)})
        texts = made.nth(ranks).to_list()
        assert len(set(texts)) == len(ranks)
        assert all(re.fullmatch(pattern, t) for t in texts)


@pytest.mark.parametrize(
    ("pattern", "capacity"),
    [
        ("[A-Z]{3}-[0-9]{4}", 26**3 * 10**4),
        ("(AB|CD)[0-9]{6}", 2 * 10**6),
        ("(a|aa){1,2}", 4),  # a, aa, aaa, aaaa: doubled ones count once
        ("x?", 2),
        ("(US[0-9]{8}|DE[0-9]{8})", 2 * 10**8),
        ("[a-z]{3,5}", 26**3 + 26**4 + 26**5),
        ("[a-z]{3,5}-[a-z]{3,5}", (26**3 + 26**4 + 26**5) ** 2),
        ("[A-Z]{40}", 2**62),  # the most ranks there are
        ("(a|ab)(c|bc)", 3),  # ac, abc, abbc
        ("a?a?", 3),
        ("(a|b)*abb(a|b)*", 253_859),
        ("([a-m]|[g-z]){6}", 26**6),
        ("^abc$", 1),
        (r"\D", 95 - 10),
    ],
)
def test_capacity_is_exact(pattern: str, capacity: int) -> None:
    assert column({"pattern": pattern}).generator.capacity == capacity


SMALL = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "ab", "b?"]),
    lambda inner: st.tuples(
        st.one_of(
            st.lists(inner, min_size=1, max_size=3).map("".join), st.lists(inner, min_size=2, max_size=3).map("|".join)
        ),
        st.sampled_from(["", "?", "{2}", "{0,2}", "{1,3}"]),
    ).map(lambda x: f"(?:{x[0]}){x[1]}"),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(SMALL)
def test_the_automaton_has_each_string_that_matches_once(pattern: str) -> None:
    """Against the standard library, which is asked about every string of the alphabet."""
    tree = compile_pattern(pattern)
    if tree.longest > 10:
        return
    every = ["".join(w) for n in range(tree.longest + 1) for w in product("ab", repeat=n)]
    wanted = sorted(w for w in every if re.fullmatch(pattern, w))
    automaton = Automaton(tree)
    assert automaton.count == len(wanted)
    assert automaton.spell(np.arange(len(wanted), dtype=np.uint64)).to_list() == wanted
    assert column({"pattern": pattern}).generator.capacity == len(wanted)


def test_ranks_beyond_sixty_two_bits_are_distinct_and_look_like_all_others() -> None:
    for pattern in ("[A-Z]{40}", "[A-Z]{14}", r"(\w|-){9,20}x?", "(ab|[a-c]{3}){12,20}"):
        made = column({"pattern": pattern})
        assert made.generator.capacity == 2**62
        near = made.nth(range(3000))
        far = made.nth([2**62 - 1 - i for i in range(3000)])
        texts = [*near, *far]
        assert len(set(texts)) == 6000 and all(re.fullmatch(pattern, t) for t in texts)
        firsts = near.str.head(1).value_counts()["count"]
        assert firsts.max() < 4 * 3000 / len(firsts)


def test_distinct_strings_can_be_equally_likely() -> None:
    plain = column({"pattern": "a?a?"}).values(9000)
    assert (plain == "a").mean() == pytest.approx(0.5, abs=0.02)
    even = column({"pattern": "a?a?", "even": True}).values(9000)
    assert [(even == x).mean() for x in ("", "a", "aa")] == pytest.approx([1 / 3] * 3, abs=0.02)
    large = column({"pattern": "x|[ab]{0,17}", "even": True}).values(9000)
    assert large.str.len_chars().mean() > 15.9
    with pytest.raises(RefusedError, match="too many strings"):
        column({"pattern": "[A-Z]{40}", "even": True})


def test_unicode_classes() -> None:
    values = column({"pattern": r"\p{Lu}[\p{Greek}-]{2}\p{Sc}"}).values(500)
    assert values.str.contains(r"^\p{Lu}[\p{Greek}-]{2}\p{Sc}$").all()
    assert column({"pattern": r"\p{Cyrillic}{1,3}"}).values(99).str.contains(r"^\p{Cyrillic}{1,3}$").all()
    assert column({"pattern": r"\\p{2}"}).values(1)[0] == "\\pp"
    with pytest.raises(RefusedError, match="Lx"):
        column({"pattern": r"\p{Lx}"})


def test_open_repeats_end_where_the_text_must() -> None:
    lengths = column({"pattern": "[a-z]+", "max_length": 5}).values(2000).str.len_chars()
    assert (lengths.min(), lengths.max()) == (1, 5)
    assert column({"pattern": "x[0-9]*?y{2,}", "max_length": 3}).values(5).to_list() == ["xyy"] * 5


def test_small_patterns_are_enumerated_whole() -> None:
    made = column({"pattern": "[ab]{2}|c[0-9]"})
    capacity = made.generator.capacity
    assert capacity == 14
    texts = set(made.nth(range(14)))
    assert texts == {"aa", "ab", "ba", "bb", *(f"c{i}" for i in range(10))}
    assert set(made.values(2000)) == texts


def test_alternatives_are_equally_likely() -> None:
    values = column({"pattern": "x|[0-9]{4}"}).values(20_000)
    assert (values == "x").mean() == pytest.approx(0.5, abs=0.02)
    long = column({"pattern": "x|[0-9]{9}"}).values(20_000)
    assert (long == "x").mean() == pytest.approx(0.5, abs=0.02)


def test_every_position_of_a_long_pattern_varies() -> None:
    values = column({"pattern": "[A-Z]{40}"}).values(2000)
    assert values.str.len_chars().unique().to_list() == [40]
    assert all(len(set(values.str.slice(i, 1))) == 26 for i in range(40))


def test_wide_quantifiers_reach_both_ends() -> None:
    lengths = column({"pattern": "[a-z]{1,900}"}).values(3000).str.len_chars()
    assert (lengths.min(), lengths.max()) == (1, 900)
    assert lengths.n_unique() > 800


def test_a_starred_part_is_short() -> None:
    lengths = column({"pattern": "a*"}).values(5000).str.len_chars()
    assert sorted(set(lengths)) == list(range(9))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "is not a regular expression"),
        (r"(a)\1", "a back-reference cannot be generated"),
        ("a(?=b)", "look-around cannot be generated"),
        (r"\bword", "a word boundary cannot be generated"),
        (r"(a)\1", "put it twice into a template"),
        ("a(?!b)", "leave it out"),
        ("(?P<n>a)(?P=n)", "a back-reference cannot be generated"),
        ("a^b", "nothing matches"),
        ("a{0,5000}", "longer than 1000"),
        (r"[^\x20-\x7e]", "a character set is empty"),
    ],
)
def test_problems(pattern: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column({"pattern": pattern})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    ["(((a{0,999}){0,999}){0,999}){0,999}", "(" * 90 + "a" + ")" * 90, "((((a?){9}){9}){9}){9}", "(.{1,30}|x){1,30}"],
)
def test_bombs_are_answered_at_once(pattern: str) -> None:
    start = time.process_time()
    with suppress(PatternError):
        compile_pattern(pattern)
    assert time.process_time() - start < 1.0


def test_max_length() -> None:
    assert column({"pattern": "[a-z]{3}", "max_length": 3}).values(1).str.len_chars().to_list() == [3]
    snippet: Any = {"pattern": "[a-z]{3,9}", "max_length": 8}
    with pytest.raises(RefusedError, match="too-long"):
        column(snippet)
