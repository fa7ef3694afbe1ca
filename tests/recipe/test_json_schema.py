"""The JSON Schema that editors use: kept true, and as strict as the loader."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from synthgen.recipe import json_schema
from synthgen.recipe.source import read
from tests.pages import FENCE, PAGES, as_recipe

ROOT = Path(__file__).parents[2]
SHOP = (ROOT.parent / "shared" / "northstar" / "shop.yaml").resolve()
RECIPES = [*sorted((ROOT / "recipes").glob("*.yaml")), *([SHOP] if SHOP.exists() else [])]


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((ROOT / "schemas" / "recipe.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_is_what_the_plugins_say() -> None:
    assert (ROOT / json_schema.TARGET).read_text(encoding="utf-8") == json_schema.text(), (
        "write it anew: python -m synthgen.recipe.json_schema"
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda p: p.stem)
def test_recipes_are_valid(recipe: Path, validator: Any) -> None:
    node, problems, _ = read(recipe)
    assert node is not None and not problems
    assert [e.message for e in validator.iter_errors(node.value)] == []


@pytest.mark.parametrize(
    "page", [p for p in PAGES if "```yaml" in p.read_text(encoding="utf-8")], ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_what_the_documentation_shows_is_valid(page: Path, validator: Any, tmp_path: Path) -> None:
    for language, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "yaml":
            path = tmp_path / "snippet.yaml"
            path.write_text(as_recipe(body), encoding="utf-8")
            node, problems, _ = read(path)
            assert node is not None and not problems
            assert [e.message for e in validator.iter_errors(node.value)] == []


@pytest.mark.parametrize(
    "name", ["top_typos", "unknown_generators", "unknown_modifiers", "privacy", "export", "weights"]
)
def test_bad_recipes_are_not(name: str, validator: Any) -> None:
    node, _, _ = read(ROOT / "tests" / "golden" / "recipes" / f"{name}.yaml")
    assert node is not None
    assert list(validator.iter_errors(node.value))
