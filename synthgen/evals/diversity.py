"""How varied a set of texts is: distinct n-grams, and self-BLEU."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from synthgen.evals.similarity import normal

_SAMPLE = 200  # texts
_WORDS = 200  # words of a text that count: long documents would take most of the time and say no more


def distinct_n(texts: Sequence[str], n: int) -> float:
    """Different n-grams of words over all n-grams (Li et al. 2016, "A Diversity-Promoting Objective Function").

    Of each text the first 200 words count.

    >>> distinct_n(["a b", "a c"], 1)
    0.75
    """
    grams = Counter(g for text in texts for g in _grams(_words(text), n))
    return len(grams) / max(1, grams.total())


def self_bleu(texts: Sequence[str], sample: int = _SAMPLE) -> float:
    """Mean BLEU-4 of each text against all others (Zhu et al. 2018, "Texygen"); 1 means that every text repeats.

    Over at most `sample` texts, evenly spread, and the first 200 words of each. Precisions are smoothed by adding 1 to
    numerator and denominator for n above 1 (Lin and Och 2004); the brevity penalty uses the closest length.
    """
    step = max(1, len(texts) // sample)
    words = [w for w in map(_words, texts[::step][:sample]) if w]
    if len(words) < 2:
        return 0.0
    counts = [[Counter(_grams(w, n)) for w in words] for n in range(1, 5)]
    best: list[dict[tuple[str, ...], list[tuple[int, int]]]] = []
    for grams in counts:  # the two greatest counts of each gram, with whose they are
        top: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for i, counter in enumerate(grams):
            for gram, count in counter.items():
                top[gram] = sorted([*top.get(gram, ()), (count, i)], reverse=True)[:2]
        best.append(top)
    lengths = sorted(len(w) for w in words)
    return sum(_bleu(i, words, counts, best, lengths) for i in range(len(words))) / len(words)


def _bleu(
    i: int,
    words: Sequence[Sequence[str]],
    counts: Sequence[Sequence[Counter[tuple[str, ...]]]],
    best: Sequence[dict[tuple[str, ...], list[tuple[int, int]]]],
    lengths: Sequence[int],
) -> float:
    total = 0.0
    for n in range(4):
        mine, smooth = counts[n][i], 1 if n else 0
        hits = sum(min(count, next((c for c, owner in best[n][gram] if owner != i), 0)) for gram, count in mine.items())
        all_ = mine.total()
        if hits + smooth == 0 or all_ + smooth == 0:
            return 0.0
        total += math.log((hits + smooth) / (all_ + smooth)) / 4
    own = len(words[i])
    others = list(lengths)
    others.remove(own)
    closest = min(others, key=lambda n: (abs(n - own), n))
    return math.exp(total) * (1.0 if own >= closest else math.exp(1 - closest / own))


def _words(text: str) -> list[str]:
    return normal(text[: 12 * _WORDS]).split()[:_WORDS]


def _grams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
