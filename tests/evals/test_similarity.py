"""Near-duplicates: estimates against the exact Jaccard similarity, and an index that misses few."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthgen.evals.diversity import distinct_n, self_bleu
from synthgen.evals.draw import Draw
from synthgen.evals.similarity import SHINGLE, Index, normal, signature, similarity

WORDS = [f"w{i}" for i in range(400)]


def exact(a: str, b: str) -> float:
    sets = []
    for text in (a, b):
        words = normal(text).split()
        sets.append({tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_the_estimate_is_near_the_exact_similarity() -> None:
    draw = Draw("similarity")
    errors = []
    for i in range(200):
        words = draw.sample(WORDS, 40)
        other = [w if draw.chance(0.5 + i / 400) else draw.pick(WORDS) for w in words]
        a, b = " ".join(words), " ".join(other)
        errors.append(similarity(signature(a), signature(b)) - exact(a, b))
    assert max(map(abs, errors)) < 0.17 and abs(sum(errors) / len(errors)) < 0.01


def test_the_index_finds_near_duplicates_and_nothing_else() -> None:
    draw = Draw("index")
    index, found, expected = Index(), 0, 0
    for number in range(300):
        words = draw.sample(WORDS, 60)
        index.add(2 * number, signature(" ".join(words)))
        words[draw.below(60)] = "changed"
        near = " ".join(words)
        expected += 1
        found += index.near(signature(near)) == 2 * number
        assert index.near(signature(" ".join(draw.sample(WORDS, 60)))) is None
    assert found >= 0.97 * expected
    assert index.near(signature(near), apart=frozenset({598})) is None


@given(st.text())
def test_case_punctuation_and_space_do_not_matter(text: str) -> None:
    assert (signature(text) == signature(normal(text))).all()


def test_diversity_of_repeats_and_of_random_words() -> None:
    draw = Draw("diversity")
    random = [" ".join(draw.sample(WORDS, 20)) for _ in range(50)]
    same = ["the very same words stand in every text"] * 50
    assert distinct_n(random, 2) > 0.95 and distinct_n(same, 2) == 7 / 350
    assert self_bleu(random) < 0.15 and self_bleu(same) == 1.0
