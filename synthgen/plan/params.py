"""Pydantic's validation errors as problems with places and remedies."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from synthgen.errors import PluginError, Problem
from synthgen.generator import BuildError
from synthgen.recipe.model import Node
from synthgen.recipe.tables import UNIVERSAL
from synthgen.registry import did_you_mean


def explain(error: ValidationError, model: type[BaseModel], node: Node) -> list[Problem]:
    """One problem per distinct place; of the branches of a union only the most telling message is kept."""
    found: dict[Any, Problem] = {}
    for item in error.errors(include_url=False):
        path, last = _follow(node, item["loc"])
        key = last if item["type"] == "extra_forbidden" else None
        place = node.at(*(path[:-1] if key is not None and path[-1:] == [key] else path))  # the caret at the key
        problem = _problem(item, model, place, key)
        found.setdefault((problem.place, key), problem)
    return list(found.values())


def _follow(node: Node, location: tuple[int | str, ...]) -> tuple[list[int | str], str | None]:
    """The part of a pydantic location that exists in the recipe: union tags and model names are stepped over."""
    path: list[int | str] = []
    last: str | None = None
    for part in location:
        if part in node.at(*path).children:
            path.append(part)
        last = str(part)
    return path, last


def _problem(item: Any, model: type[BaseModel], place: Node, key: str | None) -> Problem:
    kind, message = item["type"], str(item["msg"])
    if kind == "extra_forbidden":
        names = [f.alias or n for m in _models_at(model, item["loc"][:-1]) for n, f in m.model_fields.items()]
        if len(item["loc"]) == 1:  # beside the generator's own modifiers stand those of every column
            names += UNIVERSAL
        text = f"'{key}' is not a key here"
        return place.problem(
            "unknown-key", text, did_you_mean(str(key), names) or f"known: {', '.join(names)}", key=key
        )
    if kind == "missing":
        name = str(item["loc"][-1])
        return place.problem("missing-key", f"'{name}' is missing", f"add '{name}:'")
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    code = "bad-value" if kind in ("value_error", "assertion_error") or "than" in kind else "wrong-type"
    return place.problem(
        code, message[:1].lower() + message[1:], item.get("ctx", {}).get("remedy") or _hint(model, item)
    )


def _models_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[type[BaseModel]]:
    """The models that hold what `location` points at: one, or those of a union that no tag tells apart."""
    found = [model]
    for part in location:
        tagged = [m for m in found if m.__name__ == part]
        named = [f for m in found for n, f in m.model_fields.items() if part in (n, f.alias)]
        found = tagged or [m for f in named for m in _models_in(f.annotation)] or found
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for inner in get_args(annotation) for m in _models_in(inner)]


def _hint(model: type[BaseModel], item: Any) -> str | None:
    for m in _models_at(model, item["loc"][:-1]) if len(item["loc"]) > 2 else ():  # the field itself, deep inside
        inner = next((f for n, f in m.model_fields.items() if item["loc"][-1] in (n, f.alias)), None)
        if inner is not None and inner.description:
            return inner.description
    name = str(item["loc"][0]) if item["loc"] else ""
    field = next((f for n, f in model.model_fields.items() if name in (n, f.alias)), None)
    if field is not None and field.description:
        return field.description
    first = (model.__doc__ or "").strip().split("\n")[0]
    return first if first and model.__module__.startswith("synthgen.") else f"see the documentation of '{name}'"


def load(registry: Any, name: str, node: Node) -> Any:
    """A plug-in by name; what is wrong with it is a problem at the node."""
    try:
        return registry.get(name)
    except PluginError as error:
        problem = error.problems[0]
        raise BuildError(node.problem(problem.code, problem.message, problem.remedy)) from None
