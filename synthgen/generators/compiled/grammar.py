"""Weighted productions of words: the fastest form of a tree whose ways differ by draws alone.

Each way is a production: a weight and a run of slots, each one list of words. Neighbouring digits become one list, and
constants go into the list beside them, so a phone number has two or three slots. All productions' lists of a slot stand
behind each other in one series, so a column takes one pick of a production and one gather for each slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generators.compiled import strings
from synthgen.generators.compiled.draws import Draw, pick_half
from synthgen.generators.compiled.nodes import DEAD, Atom, Ranged
from synthgen.generators.compiled.randomness import Choose
from synthgen.generators.compiled.trace import Branch, Leaf, Tree
from synthgen.seeds import U64, Alias

_BLOCK = 16_384  # rows
_PRODUCTIONS = 400
_MERGED = 10_000  # words of a list that neighbours are merged into
_LISTED = 100_000  # numbers of a range that are written out
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Words:
    """A list of words with weights (None: all alike)."""

    words: tuple[str, ...]
    weights: tuple[float, ...] | None


Production = tuple[float, list[Words]]


class Slot:
    """One slot of all productions: their lists behind each other, with alias tables."""

    def __init__(self, lists: list[Words]) -> None:
        places: dict[Words, int] = {}
        words: list[str] = []
        thresholds, aliases = [], []
        for entry in lists:
            if entry in places:
                continue
            places[entry] = len(words)
            table = Alias(np.ones(len(entry.words)) if entry.weights is None else entry.weights)
            thresholds.append(table.threshold)
            aliases.append(table.alias + np.uint32(len(words)))
            words += entry.words
        self.base = np.array([places[e] for e in lists], np.uint32)
        self.size = np.array([len(e.words) for e in lists], np.uint64)
        self.series = pl.Series(values=words, dtype=pl.String)
        self.uniform = all(e.weights is None for e in places)
        self.threshold, self.alias = np.concatenate(thresholds), np.concatenate(aliases)

    def codes(self, half: U64, production: NDArray[np.uint32] | None) -> NDArray[np.uint32]:
        """A word for each row, from 32 bits and the row's production."""
        size = self.size[0] if production is None else self.size.take(production)
        base = self.base[0] if production is None else self.base.take(production)
        product = half * size
        index = (product >> _HALF).astype(np.uint32)
        index += base
        if self.uniform:
            return index
        return np.where((product & _LOW) < self.threshold.take(index), index, self.alias.take(index))


class Grammar:
    """The productions of a tree, ready to draw from."""

    def __init__(self, productions: list[Production]) -> None:
        self.alias = Alias([weight for weight, _ in productions])
        count = max(len(slots) for _, slots in productions)
        blank = Words(("",), None)
        runs = [[*slots, *[blank] * (count - len(slots))] for _, slots in productions]
        self.slots = [Slot([run[i] for run in runs]) for i in range(count)]
        self.single = len(productions) == 1

    def draw(self, rows: Rows, prefix: str) -> pl.Series:
        """A text for each row."""
        made = [s.series.gather(c) for s, c in zip(self.slots, self.codes(rows, prefix), strict=True)]
        if len(made) == 1:
            return made[0]
        return pl.select(pl.concat_str([pl.lit(m) for m in made])).to_series()

    def codes(self, rows: Rows, prefix: str) -> list[NDArray[np.uint32]]:
        """The word of each slot for each row; two picks share a 64-bit word, and blocks of rows stay in the cache."""
        halves = len(self.slots) + (not self.single)
        words = [rows.bits(f"{prefix}g{i}") for i in range(-(-halves // 2))]
        made = [np.empty(rows.count, np.uint32) for _ in self.slots]
        for start in range(0, rows.count, _BLOCK):
            block = slice(start, start + _BLOCK)

            def half(number: int, block: slice = block) -> U64:
                word = words[number >> 1][block]
                return word & _LOW if number & 1 else word >> _HALF

            production = None if self.single else pick_half(half(halves - 1), self.alias)
            for i, slot in enumerate(self.slots):
                made[i][block] = slot.codes(half(i), production)
        return made


def grammar_of(tree: Tree) -> Grammar | None:
    """The grammar of a tree of texts, or None where it is none; made once for each tree."""
    if not hasattr(tree, "grammar"):
        found = _productions(tree)
        tree.grammar = None if found is None else Grammar([(w, _merged(s)) for w, s in found])  # type: ignore[union-attr]
    return tree.grammar  # type: ignore[union-attr]  # kept on the tree that it is of


def _productions(tree: Tree, weight: float = 1.0) -> list[Production] | None:
    if isinstance(tree, Leaf):
        found = _of_leaf(tree)
        return None if found is None else [(w * weight, slots) for w, slots in found]
    return _of_branch(tree, weight, {})


def _of_branch(tree: Branch, weight: float, decided: dict[int, Draw]) -> list[Production] | None:
    made: list[Production] = []
    if tree.split.draw is None:
        return None
    decided = {**decided, tree.split.draw.order: tree.split.draw}
    for child in tree.children.values():
        if isinstance(child, Branch):
            found = _of_branch(child, weight, decided)
        else:
            share = weight
            for draw in decided.values():
                whole = np.ones(draw.size) if draw.weights is None else draw.weights
                share *= float(whole[child.alive[draw.order]].sum() / whole.sum())
            leaves = _of_leaf(child)
            found = None if leaves is None else [(w * share, slots) for w, slots in leaves]
        if found is None or len(made) + len(found) > _PRODUCTIONS:
            return None
        made += found
    return made


def _of_leaf(leaf: Leaf) -> list[Production] | None:
    """The productions of one way: more than one where it calls methods with productions of their own."""
    if not isinstance(leaf.result, str) and getattr(leaf.result, "kind", "") != "str":
        return None
    return _of_text(leaf.result, leaf, set())


def _of_text(text: Any, leaf: Leaf, used: set[int]) -> list[Production] | None:
    pieces = strings.parts_of(text)
    draws = [p.draw for p in pieces if isinstance(p, Atom)]
    shared = next((d for d in draws if sum(d is e for e in draws) > 1), None)
    if shared is not None and shared.order not in used:
        return _of_shared(pieces, shared, leaf, used)
    made: list[Production] = [(1.0, [])]
    for piece in pieces:
        found = _of_piece(piece, leaf, used)
        if found is None or len(made) * len(found) > _PRODUCTIONS:
            return None
        made = [(w * v, [*slots, *more]) for w, slots in made for v, more in found]
    return made


def _of_shared(pieces: list[Any], draw: Draw, leaf: Leaf, used: set[int]) -> list[Production] | None:
    """Pieces of a text of which several follow one draw: productions for each combination that it makes."""
    mine = [i for i, p in enumerate(pieces) if isinstance(p, Atom) and p.draw is draw]
    weights = np.ones(draw.size) if draw.weights is None else draw.weights
    shares: dict[tuple[str, ...], float] = {}
    for outcome in leaf.alive.get(draw.order, range(draw.size)):
        key = tuple(pieces[i].values[outcome] for i in mine)
        shares[key] = shares.get(key, 0.0) + float(weights[outcome])
    made: list[Production] = []
    whole, before = sum(shares.values()), {*used, draw.order}
    used.add(draw.order)
    if len(shares) > _PRODUCTIONS:
        return None
    for words, share in shares.items():
        fixed = dict(zip(mine, words, strict=True))
        after = set(before)
        found = _of_text(strings.joined([fixed.get(i, p) for i, p in enumerate(pieces)]), leaf, after)
        used |= after
        if found is None or len(made) + len(found) > _PRODUCTIONS:
            return None
        made += [(w * share / whole, slots) for w, slots in found]
    return made


def _of_piece(piece: Any, leaf: Leaf, used: set[int]) -> list[Production] | None:
    if isinstance(piece, str):
        return [(1.0, [Words((piece,), None)])]
    if isinstance(piece, Choose):
        return _of_choice(piece, leaf, used)
    called = getattr(type(piece), "transformed", None) is not None
    number = piece.number if isinstance(piece, strings.NumberText) else None
    place = piece.draw.order if isinstance(piece, Atom) else number.draw.order if isinstance(number, Ranged) else None
    place = piece.order if called else place
    if place is None or place in used:
        return None
    used.add(place)
    if called:
        return _productions(piece.tree)
    if isinstance(number, Ranged):
        if number.draw.size > _LISTED or number.draw.weights is not None or number.lo < 0:
            return None
        values = range(number.start, number.start + number.step * number.draw.size, number.step)
        return [(1.0, [Words(tuple(str(v).zfill(piece.width) for v in values), None)])]
    alive = leaf.alive.get(place, range(piece.draw.size))
    kept = [i for i in alive if piece.values[i] is not DEAD]
    weights = None if piece.draw.weights is None else tuple(float(piece.draw.weights[i]) for i in kept)
    if weights is not None and len(set(weights)) == 1:
        weights = None
    return [(1.0, [Words(tuple(piece.values[i] for i in kept), weights)])]


def _of_choice(piece: Choose, leaf: Leaf, used: set[int]) -> list[Production] | None:
    draw = piece.index.draw
    if draw.order in used:
        return None
    used.add(draw.order)
    weights = np.ones(draw.size) if draw.weights is None else draw.weights
    made: list[Production] = []
    before = set(used)
    for place in leaf.alive.get(draw.order, range(draw.size)):
        mine = set(before)
        found = _of_text(piece.options[place], leaf, mine)
        used |= mine
        if found is None or len(made) + len(found) > _PRODUCTIONS:
            return None
        made += [(w * float(weights[place]) / float(weights.sum()), slots) for w, slots in found]
    return made


def _merged(slots: list[Words]) -> list[Words]:
    """Fewer slots with the same texts: constants and small uniform lists go into their neighbours."""
    made: list[Words] = []
    for slot in slots:
        if made and _fits(made[-1], slot):
            before = made.pop()
            weights = before.weights if len(slot.words) == 1 else slot.weights
            slot = Words(tuple(a + b for a in before.words for b in slot.words), weights)
        made.append(slot)
    return made or [Words(("",), None)]


def _fits(before: Words, after: Words) -> bool:
    size = len(before.words) * len(after.words)
    if len(before.words) == 1 or len(after.words) == 1:
        return size <= 2_000
    return before.weights is None and after.weights is None and size <= _MERGED
