"""Variants: wording changes, values and gold stay or change as stated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.evalcase import EvalCase, Message, Piece, text_of
from synthgen.evals.base import BaseFamily, FamilyParams
from synthgen.evals.draw import Draw
from synthgen.evals.variant import Sentence, additions, data, meaningful, sentences, together
from synthgen.evals.variants.format import LAYOUTS, laid_out
from synthgen.evals.variants.locale import spelling
from synthgen.evals.variants.synonym import synonyms
from synthgen.evals.variants.typos import NEIGHBOURS, slip
from synthgen.registry import VARIANTS

NAMES = VARIANTS.names()
INV = [n for n in NAMES if n != "negation"]


class Plain(BaseFamily[FamilyParams]):
    """A family whose gold is the place of its first value, with a rule for negation."""

    reorderable = True

    def retarget(self, case: EvalCase) -> Any:
        return [[s.start, s.end] for s in case.spans]

    def negate(self, case: EvalCase, draw: Draw) -> EvalCase | None:
        if case.extra.get("plain"):
            return None
        return replace(case, pieces=(*case.pieces, Piece(" No, the other one.")), target="other")


class Leaning(Plain):
    reorderable = False


FAMILY = Plain(FamilyParams(), None)  # type: ignore[arg-type]
PIECES = (
    Piece("Dear team,\n\nI hope that this message finds you well. My order "), Piece("INV-007", "order"),
    Piece(" did not arrive, unfortunately! Could you please check the colour of it? It was "),
    Piece("Ünïcode 😀", "colour"),
    Piece(". I have been waiting for several weeks. I look forward to your reply.\n\nKind regards,\n"),
    Piece("Ada", "name"),
)  # fmt: skip


def case_of(pieces: tuple[Piece, ...] = PIECES, **more: Any) -> EvalCase:
    made = EvalCase("e-00001", "e", "plain", pieces, None, must_pass=True, slices={"register": "formal"}, **more)
    return replace(made, target=FAMILY.retarget(made))


def apply(name: str, case: EvalCase, seed: int = 1, family: Any = FAMILY) -> EvalCase | None:
    made: EvalCase | None = VARIANTS.get(name)().apply(case, Draw(seed, name), family)
    return made


WORDING = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "", " ", "Hello. How are you? Fine!", "naïve café, ça va?", "😀 👍.", "مرحبا بالعالم. שלום", "İstanbul straße",
        "{{x}} <b>", "\n\n", "a\nb\nc", "Colour or color? Perhaps maybe. Thanks.", "file://etc {0} %s",
        "I am here. But not now. It is so.",
        "Dear team,\n\n", "Thanks in advance.", "1. 2, 3; 4: 5", "don't can't won't 12.50 a.m. e.g. x",
    ]),
)  # fmt: skip
PIECE = st.builds(Piece, WORDING) | st.builds(
    Piece, st.text(min_size=1, max_size=12), st.sampled_from(["name", "amount"])
)


@pytest.mark.parametrize("name", INV)
@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(PIECE, max_size=7).map(tuple), seed=st.integers(0, 99))
def test_labelled_pieces_stay_in_order_and_places_move_with_them(
    name: str, pieces: tuple[Piece, ...], seed: int
) -> None:
    case = case_of(pieces)
    made = apply(name, case, seed)
    assert made == apply(name, case, seed)
    if made is None:
        return
    assert [p for p in made.pieces if p.label] == [p for p in pieces if p.label]
    assert made.input != case.input
    assert (made.id, made.parent, made.variant, made.relation) == (f"e-00001-{name}", "e-00001", name, "INV")
    assert made.slices["variant"] == name and made.slices["register"] == "formal" and not made.must_pass
    assert made.target == [[s.start, s.end] for s in made.spans]
    assert all(made.input[s.start : s.end] == s.value for s in made.spans)


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_applies_to_a_letter_and_says_its_rule(name: str) -> None:
    kind = VARIANTS.get(name)
    assert kind.relation == ("DIR" if name == "negation" else "INV")
    assert kind.rule.startswith("The gold changes" if name == "negation" else "The gold stays") and kind.rule.endswith(
        "."
    )
    made = [apply(name, case_of(), seed) for seed in range(12)]
    assert all(m is not None and m.relation == kind.relation for m in made)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_change_is_none(name: str) -> None:
    family = Leaning(FamilyParams(), None)  # type: ignore[arg-type]
    for pieces in ((), (Piece(""),), (Piece("1234", "amount"),), (Piece("  \n"),)):
        case = case_of(pieces, extra={"plain": True})
        made = apply(name, case, 3, family)
        assert made is None or (name in ("distractor", "length", "format") and pieces and pieces[0].label)


def test_typos_misspell_words_and_keep_what_carries_meaning() -> None:
    case = case_of(
        (Piece("We never received eleven parcels without invoices; BILLING, don't mail a.b@example.org please. "),)
    )
    case = replace(case, choices=("invoices",))
    seen = set()
    for seed in range(200):
        made = apply("typos", case, seed)
        assert made is not None
        for word in ("never", "eleven", "without", "BILLING", "don't", "a.b@example.org", "invoices"):
            assert word in made.input
        seen.add(made.input)
    assert len(seen) > 40
    assert {"invoices", "never"} <= meaningful(case)


def test_slips_are_one_edit_and_keys_are_neighbours() -> None:
    assert set(NEIGHBOURS["g"]) == set("fhtyvb") and "a" in NEIGHBOURS["s"] and "p" in NEIGHBOURS["o"]
    for seed in range(300):
        word = slip("Straight", Draw(seed))
        assert word != "Straight" and word[0] == "S" and len(word) in (7, 8, 9)
        if len(word) == 8:
            wrong = [(a, b) for a, b in zip("Straight", word, strict=True) if a != b]
            assert len(wrong) == 2 or wrong[0][1] in NEIGHBOURS[wrong[0][0]]


def test_rate_of_typos() -> None:
    words = "planet garden window bottle pencil carpet mirror basket ladder pillow " * 10
    hit = 0
    for seed in range(50):
        made = apply("typos", case_of((Piece(words),)), seed)
        assert made is not None
        hit += sum(a != b for a, b in zip(words.split(), made.input.split(), strict=True))
    assert 0.10 < hit / 5000 < 0.14


def test_casing_punctuation_and_format_change_nothing_else() -> None:
    for seed in range(60):
        case = case_of()
        cased, marked = apply("casing", case, seed), apply("punctuation", case, seed)
        assert cased is not None and cased.input.lower() == case.input.lower()
        bare = str.maketrans("", "", ".,;:!?")
        assert marked is not None and marked.input.translate(bare) == case.input.translate(bare)
    assert {made.slices["change"] for s in range(60) if (made := apply("casing", case_of(), s))} == {
        "lower",
        "upper",
        "starts",
    }
    changes = {made.slices["change"] for s in range(60) if (made := apply("punctuation", case_of(), s))}
    assert changes == {"dropped", "doubled", "none"}
    keeps = apply("punctuation", case_of((Piece("It is 3.50, at 5 p.m. in www.example.org, e.g. here."),)), 4)
    assert keeps is not None and "3.50" in keeps.input and "www.example.org" in keeps.input


def test_layouts() -> None:
    pieces = (Piece("It broke. Please help "), Piece("Ada", "name"), Piece("!"))
    made = {layout: text_of(laid_out(pieces, layout) or ()) for layout in LAYOUTS}
    assert made["lines"] == "It broke.\nPlease help Ada!"
    assert made["bullets"] == "- It broke.\n- Please help Ada!"
    assert made["quoted"].endswith("\n> It broke. Please help Ada!")
    assert made["html"] == "<p>It broke. Please help Ada!</p>"
    letter = laid_out((Piece("Hi,\n\na\nb"),), "html")
    assert letter is not None and text_of(letter) == "<p>Hi,</p>\n<p>a<br>\nb</p>"
    assert made["markdown"].startswith("## Message\n\nIt broke.")
    assert laid_out((Piece("a < b"),), "html") is None
    assert laid_out((Piece("a\nb", "value"),), "quoted") is None


def test_synonyms_and_spelling_go_both_ways_with_capitals() -> None:
    made = apply(
        "synonym",
        case_of((Piece("Perhaps it is an entire one. MAYBE it is strange, regarding "), Piece("maybe", "word"))),
    )
    assert made is not None and made.input == "Maybe it is an entire one. PERHAPS it is odd, about maybe"
    to_us = apply("locale", case_of((Piece("Colour and centre, cheque"),)))
    assert to_us is not None and to_us.input == "Color and center, check"
    to_uk = apply("locale", case_of((Piece("The favorite gray check"),)))
    assert to_uk is not None and to_uk.input == "The favourite grey check"
    gold = replace(case_of((Piece("the grey one"),)), choices=("grey",))
    assert apply("locale", gold) is None


def test_other_languages_get_no_english_words() -> None:
    for key in ("language", "locale"):
        case = replace(case_of((Piece("Ich hätte gerne color und maybe."),)), slices={key: "de"})
        assert [apply(n, case) for n in ("distractor", "length", "synonym", "locale")] == [None] * 4
        assert apply("typos", case) is not None


def test_reorder_moves_whole_sentences_and_keeps_what_points_back() -> None:
    text = "It rained. I want a refund. It is late. The shop was closed. But I came. We are five."
    seen = set()
    for seed in range(40):
        made = apply("reorder", case_of((Piece(text),)), seed)
        assert made is not None and sorted(made.input.split()) == sorted(text.split())
        assert "refund. It is late." in made.input and "closed. But I came." in made.input
        seen.add(made.input)
    assert len(seen) > 5
    assert apply("reorder", case_of((Piece(text),)), 1, Leaning(FamilyParams(), None)) is None  # type: ignore[arg-type]
    assert apply("reorder", case_of((Piece("One sentence only."),))) is None


def test_a_distractor_is_added_whole_and_a_length_is_filler_only() -> None:
    for seed in range(60):
        made = apply("distractor", case_of(), seed)
        assert made is not None
        added = [d for d in data()["distractors"] if d in made.input]
        assert len(added) == 1
        words = made.input.replace("P.S. ", "").replace(added[0], "").split()
        assert words == case_of().input.split()
    shorter = [m for s in range(60) if (m := apply("length", case_of(), s)) and m.slices["change"] == "shorter"]
    assert shorter and "finds you well" not in shorter[0].input and "look forward" not in shorter[0].input
    assert "did not arrive" in shorter[0].input
    longer = [m for s in range(60) if (m := apply("length", case_of(), s)) and m.slices["change"] == "longer"]
    assert longer and all(m.input.startswith("Dear team,\n\n") and m.input.endswith("\nAda") for m in longer)
    assert all("My order INV-007 did not arrive" in m.input and len(m.input) > len(case_of().input) for m in longer)
    flat = case_of((Piece("Where is my parcel?"),))
    for seed in range(20):
        made = apply("length", flat, seed)
        assert made is not None and " Where is my parcel? " in made.input
        rest = made.input.replace("Where is my parcel?", "")
        for line in additions():
            rest = rest.replace(line, "")
        assert not rest.strip()


def test_a_conversation_changes_its_last_user_turn() -> None:
    talk = (
        Message("system", "Be kind."),
        Message("user", "Hello"),
        Message("assistant", "Yes?"),
        Message("user", PIECES[0].text),
    )
    case = replace(case_of(PIECES[:1]), messages=talk)
    made = apply("casing", case)
    assert made is not None and made.messages[3].content == made.input and made.messages[:3] == talk[:3]
    assert apply("casing", replace(case, messages=talk[:3])) is None


def test_negation_takes_the_family_s_gold() -> None:
    made = apply("negation", case_of())
    assert made is not None and made.target == "other" and made.input.endswith("the other one.") and not made.must_pass
    assert (made.id, made.parent, made.relation) == ("e-00001-negation", "e-00001", "DIR")


@given(pieces=st.lists(PIECE, max_size=6).map(tuple))
def test_sentences_lose_nothing(pieces: tuple[Piece, ...]) -> None:
    assert text_of(together(sentences(pieces))) == text_of(pieces)
    assert [p for s in sentences(pieces) for p in s.pieces if p.label] == [p for p in pieces if p.label]
    assert Sentence((Piece("But no."),), "").leans


def test_word_lists_are_sound() -> None:
    pairs, _ = synonyms()
    assert all(a != b and b for a, b in pairs.items()) and len(pairs) > 80
    twice = [one for one, _ in data()["one_way"] if one in {w for pair in data()["synonyms"] for w in pair}]
    assert not twice
    for to in ("british", "american"):
        words, _ = spelling(to)
        assert not set(words) & set(words.values())
    assert len(data()["distractors"]) == len(set(data()["distractors"])) >= 30
