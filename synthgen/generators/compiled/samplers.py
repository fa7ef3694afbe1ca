"""Samplers out of trees: one word list, a weighted grammar of words, or the tree itself, way by way."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generators.compiled import strings
from synthgen.generators.compiled.base import Kind, Sampler, UnsupportedError
from synthgen.generators.compiled.draws import Draw, Env
from synthgen.generators.compiled.grammar import Grammar, grammar_of
from synthgen.generators.compiled.nodes import Atom, Node, plain_series
from synthgen.generators.compiled.trace import Branch, Failure, Leaf, Split, Tree
from synthgen.seeds import draws_at, stream_key

_NUMBERS: dict[str, pl.DataType] = {"int": pl.Int64(), "float": pl.Float64(), "bool": pl.Boolean()}


class VocabularySampler:
    """One draw from one list."""

    kind: Kind = "vocabulary"

    def __init__(self, name: str, draw: Draw, values: pl.Series) -> None:
        self._draw, self.vocabulary = draw, Vocabulary(name, values)
        self.dtype = values.dtype
        self.capacity: int | None = values.n_unique()
        self.bounds = _bounds(values)

    def sample(self, rows: Rows, slot: str = "") -> Column:
        """A code per row."""
        return Column.coded(self.vocabulary, Env(rows, slot).outcome(self._draw).astype(np.uint32))


class TreeSampler:
    """Any tree: rows are told apart at each decision, and each leaf is evaluated for its rows."""

    capacity: int | None = None

    def __init__(self, tree: Tree, dtype: pl.DataType, kind: Kind = "kernel") -> None:
        self.tree, self.dtype, self.kind = tree, dtype, kind
        self.bounds: tuple[float | None, float | None] = (None, None)
        if dtype.is_numeric():
            self.bounds = _tree_bounds(tree)

    def sample(self, rows: Rows, slot: str = "") -> Column:
        """The values, in order of the rows."""
        return Column.of(evaluate(self.tree, Env(rows, slot), self.dtype))


class GrammarSampler:
    """Productions of words."""

    kind: Kind = "grammar"
    capacity: int | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    dtype: pl.DataType = pl.String()

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def sample(self, rows: Rows, slot: str = "") -> Column:
        """A text per row."""
        return Column.of(self._grammar.draw(rows, slot))


def fails(tree: Tree) -> bool:
    """Whether some way ends where Faker's code raises."""
    if isinstance(tree, Leaf):
        return isinstance(tree.result, Failure)
    return any(fails(child) for child in tree.children.values())


class SomeRows:
    """Rows by number, to try a sampler on."""

    def __init__(self, numbers: NDArray[np.uint64]) -> None:
        self.numbers, self.count = numbers, len(numbers)

    def bits(self, slot: str = "") -> NDArray[np.uint64]:
        """A stream that depends on nothing but the slot."""
        return draws_at(stream_key(0, "", "", slot), self.numbers)

    def take(self, index: NDArray[np.int64]) -> SomeRows:
        """Some of them."""
        return SomeRows(self.numbers[index])


def tried(sampler: Sampler, tree: Tree, rows: int) -> None:
    """Make some values; raises UnsupportedError where that fails, or comes to where Faker's code raises."""
    try:
        made = sampler.sample(SomeRows(np.arange(rows, dtype=np.uint64))).values  # type: ignore[arg-type]  # all it asks
    except (ArithmeticError, LookupError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise UnsupportedError(f"its arrays stop with {type(error).__name__}") from error
    if made.null_count() and fails(tree):
        raise UnsupportedError("Faker's own method stops for some of its draws")


def fast(tree: Tree, rows: Rows, prefix: str, dtype: pl.DataType) -> pl.Series:
    """The values of a whole tree: by its grammar where it is one."""
    grammar = grammar_of(tree) if dtype == pl.String() else None
    return evaluate(tree, Env(rows, prefix), dtype) if grammar is None else grammar.draw(rows, prefix)


def evaluate(tree: Tree, env: Env, dtype: pl.DataType) -> pl.Series:
    """The values of a tree for the rows of an environment."""
    if isinstance(tree, Leaf):
        return materialised(tree.result, env, dtype)
    labels = decided(tree.split, env)
    found = [(key, np.flatnonzero(labels == key)) for key in tree.children]
    found = [(key, index) for key, index in found if len(index)]
    if len(found) == 1:
        return evaluate(tree.children[found[0][0]], env, dtype)
    if not found:
        return pl.Series(values=[], dtype=dtype)
    made = [evaluate(tree.children[key], env.take(index), dtype) for key, index in found]
    order = np.concatenate([index for _, index in found])
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pl.concat(made).gather(back)


def decided(split: Split, env: Env) -> NDArray[np.int64]:
    """The group of each row at a decision."""
    if split.draw is not None and split.groups is not None:
        return split.groups.take(env.outcome(split.draw))
    assert split.node is not None
    values = np.asarray(split.node.value(env)).astype(np.int64)
    return values - int(split.values[0])


def materialised(result: Any, env: Env, dtype: pl.DataType | None) -> pl.Series:
    """What a way returns, as a series of `dtype`: a value, a node, or a sequence or mapping of such."""
    if isinstance(result, Failure):
        return pl.Series(values=[None] * env.count, dtype=dtype)  # `compiler` refuses trees whose rows come here
    if isinstance(result, strings.Encoded):
        series = materialised(result.value, env, pl.String()).cast(pl.Binary)
    elif isinstance(result, Node):
        made = result.value(env)
        series = made if isinstance(made, pl.Series) else pl.Series(made)
    elif isinstance(result, dict):
        fields = {str(k): materialised(v, env, _field(dtype, str(k))) for k, v in result.items()}
        series = pl.DataFrame(fields).to_struct("")
    elif isinstance(result, list | tuple | set):
        series = _listed(list(result), env, dtype)
    else:
        series = plain_series([result]).new_from_index(0, env.count)
    return series.rename("") if dtype is None or series.dtype == dtype else series.cast(dtype).rename("")


def _field(dtype: pl.DataType | None, name: str) -> Any:
    if not isinstance(dtype, pl.Struct):
        return None
    return next((f.dtype for f in dtype.fields if f.name == name), None)


def _listed(values: list[Any], env: Env, dtype: pl.DataType | None) -> pl.Series:
    inner = dtype.inner if isinstance(dtype, pl.List) else None
    made = [materialised(v, env, inner) for v in values]  # type: ignore[arg-type]  # polars types inner loosely
    kinds = {s.dtype for s in made}
    if len(kinds) > 1:
        if not all(k.is_numeric() for k in kinds):
            raise UnsupportedError("it makes lists of values of different types")
        made = [s.cast(pl.Float64) for s in made]
    if not made:
        return pl.Series(values=[[]] * env.count, dtype=dtype or pl.List(pl.String))
    frame = pl.DataFrame({f"{i}": s for i, s in enumerate(made)})
    return frame.select(pl.concat_list(frame.columns)).to_series()


def dtype_of(tree: Tree) -> pl.DataType:
    """The dtype that all ways agree on."""
    kinds: list[Any] = []
    _collect(tree, kinds)
    known = [k for k in dict.fromkeys(kinds) if k != pl.Null()]
    if not known:
        return pl.String()
    if len(known) == 1:
        return known[0]
    if all(k.is_numeric() for k in known):
        return pl.Float64()
    if all(isinstance(k, pl.String | pl.Int64) for k in known):
        return pl.String()
    raise UnsupportedError("it makes values of different types")


def _collect(tree: Tree, found: list[Any]) -> None:
    if isinstance(tree, Branch):
        for child in tree.children.values():
            _collect(child, found)
    elif isinstance(tree.result, Failure):
        return
    elif isinstance(tree.result, Node) and tree.result.kind in _NUMBERS:
        found.append(_NUMBERS[tree.result.kind])
    elif isinstance(tree.result, Node) and tree.result.kind == "str":
        found.append(pl.String())
    else:
        found.append(materialised(tree.result, Env(NoRows(), ""), None).dtype)  # type: ignore[arg-type]


class NoRows:
    """No rows at all: what a leaf makes of them tells its dtype."""

    count = 0

    def bits(self, slot: str = "") -> NDArray[np.uint64]:
        """Nothing."""
        return np.empty(0, np.uint64)

    def take(self, index: NDArray[np.int64]) -> NoRows:
        """Nothing of it."""
        return self


def _bounds(values: pl.Series) -> tuple[float | None, float | None]:
    if not values.dtype.is_numeric():
        return None, None
    return values.min(), values.max()  # type: ignore[return-value]  # numeric


def _tree_bounds(tree: Tree) -> tuple[float | None, float | None]:
    if isinstance(tree, Branch):
        ends = [_tree_bounds(child) for child in tree.children.values()]
        lows, highs = [a for a, _ in ends if a is not None], [b for _, b in ends if b is not None]
        return (min(lows) if len(lows) == len(ends) else None), (max(highs) if len(highs) == len(ends) else None)
    result = tree.result
    if isinstance(result, Node):
        return (None if result.lo <= -(2**62) else result.lo), (None if result.hi >= 2**62 else result.hi)
    return (result, result) if isinstance(result, int | float) else (None, None)


def vocabulary_of(tree: Tree) -> tuple[Draw, pl.Series] | None:
    """The list and the draw of a tree that is nothing else."""
    if not isinstance(tree, Leaf) or not isinstance(tree.result, Atom):
        return None
    atom = tree.result
    values = atom.table if isinstance(atom.table, pl.Series) else pl.Series(atom.table)
    return atom.draw, values
