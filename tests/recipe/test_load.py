"""The loader: positions, YAML as written, paths that stay in the project."""

from pathlib import Path

import pytest

from synthgen.errors import RecipeError
from synthgen.recipe.load import collect, load
from synthgen.recipe.source import parse

SHOP = (Path(__file__).parents[3] / "shared" / "northstar" / "shop.yaml").resolve()
SMALL = "synthgen: 1\ntables:\n  a: {rows: 3, key: id, columns: {x: {choice: [no, yes, 2026-01-01]}, id: {id: int}}}\n"


def write(folder: Path, text: str, name: str = "r.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.skipif(not SHOP.exists(), reason="the north star recipe is not beside this checkout")
def test_the_north_star_reads_unchanged() -> None:
    recipe = load(SHOP)
    assert list(recipe.tables) == ["products", "customers", "orders", "order_items"]
    assert recipe.tables["orders"].per == "customers"
    assert recipe.tables["order_items"].key == ("order_id", "product_id")
    assert recipe.tables["customers"].order[:3] == ("customer_id", "first_name", "last_name")
    assert recipe.locale == {"en_US": 0.8, "de_DE": 0.2}
    assert [c.table for c in recipe.checks] == ["orders", "orders"]


def test_no_and_dates_stay_words_and_the_key_comes_first(tmp_path: Path) -> None:
    table = load(write(tmp_path, SMALL)).tables["a"]
    assert table.columns["x"].options["choice"] == ["no", "yes", "2026-01-01"]
    assert table.order == ("id", "x")


def test_positions_are_those_of_the_file() -> None:
    node, problems = parse("a: 1\nb:\n  - x\n  - {c: 2}\n", "f.yaml")
    assert node is not None and not problems
    assert (node.at("b", 1, "c").place.line, node.at("b", 1, "c").place.column) == (4, 9)
    assert node.at("b", 1).problem("x", "y", key="c").place == node.at("b", 1).keys["c"]


def test_all_problems_come_at_once_in_order(tmp_path: Path) -> None:
    _, problems = collect(
        write(tmp_path, "synthgen: 3\nsede: 1\ntables:\n  a: {rows: x, columns: {b: {chioce: [1]}}}\n")
    )
    assert [p.code for p in problems] == ["bad-version", "unknown-key", "wrong-type", "unknown-generator"]
    assert [p.place.line for p in problems if p.place] == [1, 2, 4, 4]


def test_load_raises_them_all(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        load(write(tmp_path, "synthgen: 3\nsede: 1\n"))
    assert len(caught.value.problems) == 3
    assert caught.value.exit_code == 2


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    write(outside, "x: 1", "c.odcs.yaml")
    (project / "c.odcs.yaml").symlink_to(outside / "c.odcs.yaml")
    text = "synthgen: 1\ntables:\n  a: {rows: 3, schema: c.odcs.yaml}\n"
    _, problems = collect(write(project, text))
    assert [p.code for p in problems] == ["outside"]


def test_entities_by_list_mapping_and_instance(tmp_path: Path) -> None:
    text = (
        "synthgen: 1\ntables:\n  a:\n    rows: 3\n    entities:\n"
        "      person: [first_name, email]\n      company: {name: employer}\n"
        "      shipping: {address: [city], prefix: ship_}\n"
    )
    entities = load(write(tmp_path, text.replace("company: {name:", "company: {company:"))).tables["a"].entities
    assert [(e.name, e.entity, dict(e.columns)) for e in entities] == [
        ("person", "person", {"first_name": "first_name", "email": "email"}),
        ("company", "company", {"employer": "company"}),
        ("shipping", "address", {"ship_city": "city"}),
    ]
