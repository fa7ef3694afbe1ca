"""The sources that a recipe names, opened; and what is wrong with them, at their place in the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthgen.errors import Problem, RecipeError, UsageError
from synthgen.recipe.model import Recipe, SourceSpec

if TYPE_CHECKING:
    from synthgen.privacy.leakage.fingerprint import Fingerprint


def source_problems(recipe: Recipe) -> list[Problem]:
    """Fingerprints that cannot be used, and data files that are not there.

    An export holds no copy of a source, so the recipe inside an export is not asked for any.
    """
    if recipe.copies is not None or not recipe.privacy.sources:
        return []
    from synthgen.privacy.leakage.sources import SUFFIX
    from synthgen.privacy.leakage.storage import is_fingerprint

    found: list[Problem] = []
    for spec in recipe.privacy.sources:
        path = recipe.source.parent / spec.file
        if path.is_file() and not is_fingerprint(path) and path.suffix != SUFFIX:
            continue  # data are read once, by the run itself
        try:
            _opened(recipe, spec)
        except UsageError as error:
            found += _placed(spec, error)
    return found


def open_sources(recipe: Recipe) -> tuple[Fingerprint, ...]:
    """Every source of the recipe; raises RecipeError with all that is wrong with them."""
    made: list[Fingerprint] = []
    found: list[Problem] = []
    for spec in recipe.privacy.sources if recipe.copies is None else ():
        try:
            made.append(_opened(recipe, spec))
        except UsageError as error:
            found += _placed(spec, error)
    if found:
        raise RecipeError(found)
    return tuple(made)


def _opened(recipe: Recipe, spec: SourceSpec) -> Fingerprint:
    from synthgen.privacy.leakage.source import Settings  # only recipes with sources pay for it
    from synthgen.privacy.leakage.sources import open_source

    settings = Settings(spec.identifying, spec.key, spec.combine)
    return open_source(recipe.source.parent / spec.file, settings)


def _placed(spec: SourceSpec, error: UsageError) -> list[Problem]:
    node = spec.node.at("file")
    return [node.problem(p.code, p.message, p.remedy) for p in error.problems]
