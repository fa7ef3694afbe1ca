"""`synthgen list`: what is installed, built in or from other packages."""

from __future__ import annotations

import inspect
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output
from synthgen.errors import PluginError

if TYPE_CHECKING:
    from synthgen.registry import Registry


class Kind(StrEnum):
    """The kinds of plug-in."""

    generators = "generators"
    entities = "entities"
    exporters = "exporters"
    families = "families"
    variants = "variants"
    harnesses = "harnesses"
    engines = "engines"
    recognizers = "recognizers"


def list_plugins(
    kind: Annotated[Kind | None, typer.Argument(help="One kind; all of them without it.", show_default=False)] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show what a recipe can use: generators, entities, exporters, eval families, variants, harnesses and the rest.

    \b
    Example:
      synthgen list generators
    """
    from synthgen import registry

    started = time.perf_counter()
    kinds = {
        Kind.generators: registry.GENERATORS,
        Kind.entities: registry.ENTITIES,
        Kind.exporters: registry.EXPORTERS,
        Kind.families: registry.FAMILIES,
        Kind.variants: registry.VARIANTS,
        Kind.harnesses: registry.HARNESSES,
        Kind.engines: registry.ENGINES,
        Kind.recognizers: registry.RECOGNIZERS,
    }
    plugins = {k.value: describe(r) for k, r in kinds.items() if kind in (None, k)}
    Output(json=json, quiet=quiet).plugins(plugins, time.perf_counter() - started)


def describe(registry: Registry[Any]) -> list[dict[str, Any]]:
    """Name, package and summary of every plug-in; one that cannot be loaded says why in place of its summary."""
    found: list[dict[str, Any]] = []
    for name in registry.names():
        entry: dict[str, Any] = {"name": name, "package": registry.source(name)}
        try:
            plugin = registry.get(name)
        except PluginError as error:
            entry["broken"] = error.problems[0].message
        else:
            entry["summary"] = _summary(plugin)
            if hasattr(plugin, "attributes"):
                entry["attributes"] = list(plugin.attributes())
        found.append(entry)
    return found


def _summary(plugin: Any) -> str:
    """The first line of a class's documentation; of a recognizer, which is an instance, what its entity is."""
    if inspect.isclass(plugin):
        return (inspect.getdoc(plugin) or "").partition("\n")[0]
    from synthgen.privacy.entities import ENTITIES

    entity = ENTITIES.get(getattr(plugin, "entity", ""))
    if entity is not None:
        return f"{entity.kind}, by {entity.proof}: {entity.about}"
    words = ", ".join(getattr(plugin, "context", ()))
    return f"words of context: {words}" if words else "needs no context"
