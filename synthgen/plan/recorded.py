"""Where the recorded answers of language models are: beside the recipe, or among the inputs of an export."""

from __future__ import annotations

from collections.abc import Callable

from synthgen.generator import BuildError
from synthgen.llm.responses import Responses
from synthgen.recipe.model import Recipe
from synthgen.recipe.paths import copy_name, inside


def recorded(
    recipe: Recipe, known: dict[str, Responses], file: str | None, fail: Callable[[str, str, str], BuildError]
) -> Responses:
    """The answers in a file, one object for each; without a name in the recipe's own, `NAME.llm.jsonl`."""
    name = file or f"{recipe.name}.llm.jsonl"
    if name not in known:
        path = recipe.copies / copy_name(name) if recipe.copies else recipe.source.resolve().parent / name
        if not recipe.allow_outside and not inside(recipe.root, path):
            raise fail("outside", f"'{name}' lies outside the project", "move it in, or allow it: --allow-outside")
        known[name] = Responses(name, path, show_missing=recipe.missing_answers == "show")
    return known[name]
