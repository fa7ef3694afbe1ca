from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import stats

from tests.conformance.doubles import RefusedError, column

N = 40_000
TREE: dict[str, Any] = {
    "Home": {"Kitchen": {"pan": 3, "pot": 1}, "Garden": ["hose", "other"]},
    "Toys": ["kite", "other"],
}


def test_siblings_are_even_unless_weights_say_otherwise() -> None:
    values = column({"hierarchy": TREE, "weights": {"Home": 3, "Home > Kitchen": 2}}).make(N)
    found = dict(pl.Series(values.codes).value_counts().iter_rows())
    wanted = [3 / 4 * 2 / 3 * 3 / 4, 3 / 4 * 2 / 3 / 4, 3 / 4 / 3 / 2, 3 / 4 / 3 / 2, 1 / 8, 1 / 8]
    assert stats.chisquare([found[i] for i in range(6)], [w * N for w in wanted]).pvalue > 0.001


def test_levels_stand_above_their_leaf_even_where_names_repeat() -> None:
    others = {"product": {"hierarchy": TREE}}
    made = [column({"level": "product", **where}, others=others) for where in ({}, {"up": 2}, {"depth": 1}, {"up": 0})]
    rows = made[0].rows(3000)
    above, top, first, leaf = (m.generator.generate(rows).values for m in made)
    assert leaf.equals(rows.values("product"), check_names=False)
    seen = set(zip(first, top, above, leaf, strict=True))
    assert seen == {
        ("Home", "Home", "Kitchen", "pan"),
        ("Home", "Home", "Kitchen", "pot"),
        ("Home", "Home", "Garden", "hose"),
        ("Home", "Home", "Garden", "other"),
        ("Toys", None, "Toys", "kite"),
        ("Toys", None, "Toys", "other"),
    }


def test_a_file_of_paths(tmp_path: Path) -> None:
    (tmp_path / "tree.csv").write_text("top,mid,leaf,sales\nA,a,x,6\nA,a,y,3\nB,,z,1\nB,b,w,0\n")
    tree = {"hierarchy": "tree.csv", "levels": ["top", "mid", "leaf"], "weight": "sales"}
    values = column(tree, root=tmp_path).values(N)
    found = dict(values.value_counts().iter_rows())
    assert stats.chisquare([found[k] for k in "xyz"], [0.6 * N, 0.3 * N, 0.1 * N]).pvalue > 0.001
    assert "w" not in found
    level = column({"level": "product", "depth": 1}, others={"product": tree}, root=tmp_path)
    assert set(level.values(200)) == {"A", "B"}


def test_leaves_can_be_unique_only_where_their_names_are() -> None:
    assert column({"hierarchy": {"a": ["x", "y"], "b": ["z"]}}).generator.capacity == 3
    assert column({"hierarchy": TREE}).generator.capacity is None


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"hierarchy": {}}, "holds neither branches nor leaves"),
        ({"hierarchy": {"a": {"b": "x"}}}, "neither a branch, nor a leaf"),
        ({"hierarchy": {"a": [["x"]]}}, "lists names of leaves"),
        ({"hierarchy": {"a": {"x": 0}}}, "all weights in a are 0"),
        ({"hierarchy": TREE, "weights": {"Kitchen": 2}}, "no branch 'Kitchen'"),
        ({"hierarchy": TREE, "weights": {"Home": -2}}, "at least 0"),
        ({"hierarchy": "tree.csv"}, "needs levels"),
        ({"hierarchy": "tree.csv", "levels": ["a"]}, "cannot read tree.csv"),
        ({"hierarchy": "../tree.csv", "levels": ["a"]}, "outside the project"),
        ({"hierarchy": TREE, "weight": "x"}, "belong to a file"),
        ({"level": "tier"}, "does not draw from a hierarchy"),
        ({"level": "product", "up": 5}, "the deepest has 3"),
        ({"level": "product", "depth": 4}, "the deepest has 3"),
        ({"level": "product", "up": 1, "depth": 1}, "either up or depth"),
    ],
)
def test_problems(snippet: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet, root=tmp_path)
    assert words in str(caught.value)
