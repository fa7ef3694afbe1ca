"""Evals of a recipe to families that are built, sized and know which records they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

from synthgen.columns import Declared
from synthgen.errors import Problem
from synthgen.evalcase import EvalSet, Prompt
from synthgen.evals.paraphrase import ParaphraseParams, Paraphraser
from synthgen.evals.prompts import LOCK, against_lock, locked, parse_prompt
from synthgen.evals.sizing import CasesParams, Size, resolve
from synthgen.generator import BuildError
from synthgen.generators.choice import Choice
from synthgen.llm.responses import BadRecordError
from synthgen.plan.attribute import EntityAttribute
from synthgen.plan.build import Builder
from synthgen.plan.model import PlannedEval
from synthgen.plan.params import explain, load
from synthgen.plan.recorded import recorded
from synthgen.plan.references import UnknownReferenceError, targets
from synthgen.plan.references import resolve as resolve_reference
from synthgen.recipe.evals import EVAL
from synthgen.recipe.load import collect
from synthgen.recipe.model import EvalSpec, Recipe
from synthgen.recipe.paths import copy_name, inside
from synthgen.registry import FAMILIES, HARNESSES, VARIANTS, did_you_mean
from synthgen.relations.foreign_key import ForeignKey

CAST = Path(__file__).parents[1] / "evals" / "cast.yaml"
MOST_CASES = 1_000_000


def cast_recipe(recipe: Recipe) -> Recipe:
    """The recipe of the cast, with the seed, clock, locales and privacy rules of the recipe that it plays in."""
    cast, problems = collect(CAST, allow_outside=True)
    assert cast is not None and not problems, problems
    privacy = replace(recipe.privacy, sources=())  # what the cast is made for is checked itself
    return replace(cast, seed=recipe.seed, clock=recipe.clock, locale=recipe.locale, privacy=privacy)


class EvalPlanner:
    """Builds all evals of a recipe and collects what is wrong with them."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.recipe = builder.recipe
        self.problems: list[Problem] = []

    @cached_property
    def cast(self) -> Builder:
        """The builder of the cast's tables."""
        return Builder(cast_recipe(self.recipe))

    def plan(self) -> dict[str, PlannedEval]:
        """Every eval that can be built."""
        found = {}
        for spec in self.recipe.evals.values():
            known = len(self.problems)
            planned = self._plan(spec)
            if planned is not None:
                found[spec.name] = planned
            elif len(self.problems) == known and not self.builder.problems:  # nobody has said why
                self.problems.append(spec.node.problem("not-built", f"eval {spec.name} cannot be built"))
        self._harnesses(found)
        return found

    def _harnesses(self, planned: Mapping[str, PlannedEval]) -> None:
        """A harness that can hold none of the sets is a problem of the recipe."""
        node = self.recipe.node.at("export", "evals")
        for i, name in enumerate(self.recipe.export.evals):
            if name not in HARNESSES or not planned:
                continue
            harness = HARNESSES.get(name)()
            sets = [EvalSet(p.name, p.spec.family, (), p.family.scorer) for p in planned.values()]
            if not any(harness.holds(made) for made in sets):
                families = ", ".join(sorted({made.family for made in sets}))
                message = f"{name} can hold none of the eval sets ({families})"
                remedy = f"take {name} out, or add a set that it can hold"
                self.problems.append(node.at(i).problem("nothing-to-export", message, remedy))

    def _plan(self, spec: EvalSpec) -> PlannedEval | None:
        build = Build(self, spec)
        size = self._size(spec)
        try:
            kind = load(FAMILIES, spec.family, spec.node.at("family"))
            family = kind(self._validated(kind.Params, spec), build)
            variants = {n: load(VARIANTS, n, spec.node.at("variants"))() for n in spec.variants}
        except BuildError as error:
            self.problems += [error.problem] if error.problem else []
            return None
        if size is None:
            return None
        prompts, paraphraser = self._prompts(spec, build), self._paraphraser(spec, build)
        wants = {table: tuple(dict.fromkeys(columns)) for table, columns in build.wanted.items()}
        return PlannedEval(spec, family, size, variants, wants, tuple(build.files), prompts, paraphraser)

    def _paraphraser(self, spec: EvalSpec, build: Build) -> Paraphraser | None:
        """The model that rewrites cases, with the answers that the project keeps of it."""
        if spec.paraphrase is None:
            return None
        node = spec.node.at("paraphrase")
        try:
            params = ParaphraseParams.model_validate(spec.paraphrase)
        except ValidationError as error:
            self.problems += explain(error, ParaphraseParams, node)
            return None
        try:
            build.read_if(params.cache)  # what lies outside the project is a problem
            answers = recorded(self.recipe, self.builder.responses, params.cache, build.fail)
            _ = answers.known  # reads the file
        except BadRecordError as error:
            message = f"'{params.cache}' does not hold answers of a model: {error}"
            self.problems.append(node.problem("bad-record", message, "restore it, or remove it"))
            return None
        except BuildError as error:
            self.problems += [error.problem] if error.problem else []
            return None
        if params.cache not in build.files:
            build.files.append(params.cache)  # the run makes it
        return Paraphraser(params, answers, self.recipe.permit)

    def _prompts(self, spec: EvalSpec, build: Build) -> tuple[Prompt, ...]:
        """The prompts that an eval names, each checked against the lock file beside it."""
        found: list[Prompt] = []
        for i, name in enumerate(spec.prompts):
            file = name if "/" in name or "." in name else f"prompts/{name}.md"
            node = spec.node.at("prompts", i)
            try:
                prompt, problems = parse_prompt(build.read(file, "prompts", i), file)
                beside = file.rpartition("/")[0]
                lock = locked(build.read_if(f"{beside}/{LOCK}" if beside else LOCK))
            except BuildError as error:
                self.problems += [error.problem] if error.problem else []
                continue
            except ValueError:
                problem = node.problem(
                    "bad-lock", f"{LOCK} beside {file} is not a lock file", "restore it, or remove it"
                )
                self.problems.append(problem)
                continue
            if prompt is not None and any(p.name == prompt.name for p in found):
                problems = [Problem("duplicate", f"two prompts are called '{prompt.name}'", remedy="rename one")]
            if prompt is not None and not problems:
                found.append(prompt)
                wrong = against_lock(prompt, lock)
                problems = [wrong] if wrong is not None and wrong.severity == "error" else []
            self.problems += [node.problem(p.code, p.message, p.remedy) for p in problems]
        return tuple(found)

    def _validated(self, model: type[BaseModel], spec: EvalSpec) -> BaseModel:
        try:
            return model.model_validate(dict(spec.options))
        except ValidationError as error:
            self.problems += [self._known(p, model) for p in explain(error, model, spec.node)]
            raise BuildError from None

    @staticmethod
    def _known(problem: Problem, model: type[BaseModel]) -> Problem:
        """Unknown keys may be misspelt keys that every eval has."""
        if problem.code != "unknown-key":
            return problem
        names = [f.alias or n for n, f in model.model_fields.items()]
        word = problem.message.split("'")[1]
        return replace(problem, remedy=did_you_mean(word, [*names, *EVAL]) or f"known: {', '.join([*EVAL, *names])}")

    def _size(self, spec: EvalSpec) -> Size | None:
        node = spec.node.at("cases")
        value = spec.cases
        if isinstance(value, dict):
            try:
                size = resolve(CasesParams.model_validate(value))
            except ValidationError as error:
                self.problems += explain(error, CasesParams, node)
                return None
            if size.n > MOST_CASES:
                message = f"this takes {size.n:,} cases, and a set holds at most {MOST_CASES:,}"
                self.problems.append(node.problem("too-big", message, "ask for a larger difference, or less power"))
                return None
            return size
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_CASES:
            message = "'cases' is a whole number of at least 1, or says what the set must be able to see"
            self.problems.append(node.problem("bad-value", message, "write 400, or {detect: 0.03, baseline: 0.85}"))
            return None
        return resolve(value)


@dataclass
class Build:
    """The plan's side of one family's construction; see `synthgen.evals.base.EvalBuild`."""

    planner: EvalPlanner
    spec: EvalSpec
    wanted: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The eval's name."""
        return self.spec.name

    @property
    def clock(self) -> datetime:
        """The recipe's clock."""
        return self.planner.recipe.clock

    @property
    def locales(self) -> tuple[str, ...]:
        """The recipe's locales."""
        return tuple(self.planner.recipe.locale)

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits."""
        return tuple(self.planner.recipe.splits.shares)

    @property
    def tables(self) -> tuple[str, ...]:
        """The recipe's tables."""
        return tuple(self.planner.recipe.tables)

    def _builder(self, table: str) -> Builder:
        builder = self.planner.cast if table.startswith("@") else self.planner.builder
        if table not in builder.tables:
            known = self.tables
            path = "from" if self.spec.options.get("from") == table else "tables"
            remedy = did_you_mean(table, known) or ("add 'tables:' to the recipe" if not known else None)
            raise self.fail("unknown-table", f"there is no table '{table}'", remedy, path)
        return builder

    def columns(self, table: str) -> Mapping[str, pl.DataType]:
        """Columns of a table with their dtypes; columns that cannot be built are left out (they are reported)."""
        builder = self._builder(table)
        found = {}
        for column in builder.tables[table].order:
            try:
                found[column] = builder.generator(table, column).dtype
            except BuildError:
                continue
        return found

    def declares(self, table: str) -> Mapping[str, Declared]:
        """What the columns of a table declare: entities by their attributes, others by the recipe's `pii:`."""
        builder = self._builder(table)
        found = {}
        for column in self.columns(table):
            made = builder.generator(table, column)
            own = builder.tables[table].columns.get(column)
            if isinstance(made, EntityAttribute):
                trait = made.entity.attributes()[made.attribute]
                if trait.entity is not None:
                    found[column] = Declared(trait.entity, getattr(trait, "proof", "vocabulary"))
            elif own is not None and own.pii is not None:
                found[column] = Declared(own.pii, "regenerated")
        return found

    def key(self, table: str) -> tuple[str, ...]:
        """The table's key."""
        return self._builder(table).tables[table].key

    def references(self, table: str) -> Mapping[str, tuple[str, str]]:
        """Foreign keys: column -> (table, column)."""
        builder = self._builder(table)
        found: dict[str, tuple[str, str]] = {}
        for column in self.columns(table):
            made = builder.generator(table, column)
            if isinstance(made, ForeignKey):
                found[column] = (made.table, made.column)
        return found

    def choices(self, table: str, column: str) -> tuple[Any, ...]:
        """The values of a `choice` column."""
        made = self._builder(table).generator(table, column)
        return tuple(made.vocabulary.values.to_list()) if isinstance(made, Choice) else ()

    def wants(self, table: str, *columns: str) -> None:
        """Note what records of the table must hold."""
        builder = self._builder(table)
        spec = builder.tables[table]
        wanted = self.wanted.setdefault(table, [])
        for column in columns or tuple(self.columns(table)):
            try:
                reference = resolve_reference(column, spec, builder.tables)
            except UnknownReferenceError as error:
                path = self._written(column)
                raise self.fail("unknown-column", str(error), error.remedy, *path) from None
            builder.references[(table, column)] = reference
            try:
                builder.generator(reference.table, reference.column)
            except BuildError:
                if not table.startswith("@"):
                    raise BuildError from None  # reported where the column stands
                why = builder.problems[-1].message
                message = f"the made-up people of {self.spec.family} cannot be made: {why}"
                raise self.fail("no-cast", message, "write privacy: {pii: reserved}", "family") from None
            wanted.append(column)

    def _written(self, word: str) -> tuple[str | int, ...]:
        """Where in the eval's mapping a word stands."""
        for key, value in self.spec.options.items():
            if value == word:
                return (key,)
            if isinstance(value, list) and word in value:
                return (key, value.index(word))
        return ()

    def read(self, file: str, *path: str | int) -> str:
        """A text file of the project."""
        recipe = self.planner.recipe
        place = recipe.copies / copy_name(file) if recipe.copies else recipe.source.resolve().parent / file
        if not recipe.allow_outside and not inside(recipe.root, place):
            message = f"'{file}' lies outside the project"
            raise self.fail("outside", message, "move it in, or allow it: --allow-outside", *path)
        try:
            content = place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"'{file}' cannot be read ({type(error).__name__})"
            raise self.fail("unreadable", message, "paths start at the folder that holds the recipe", *path) from None
        self.files.append(file)
        return content

    def read_if(self, file: str) -> str | None:
        """A text file of the project, or None if there is none."""
        recipe = self.planner.recipe
        place = recipe.copies / copy_name(file) if recipe.copies else recipe.source.resolve().parent / file
        return self.read(file) if place.is_file() else None

    def fail(self, code: str, message: str, remedy: str | None = None, *path: str | int) -> BuildError:
        """An error placed inside the eval's mapping."""
        node = self.spec.node
        if len(path) == 1 and isinstance(path[0], str) and path[0] in node.keys:
            return BuildError(node.problem(code, message, remedy, key=path[0]))
        return BuildError(node.at(*path).problem(code, message, remedy))


@dataclass(frozen=True)
class Step:
    """From a table to another: up to the row that it is made per (`column` None), or through a reference column."""

    table: str
    column: str | None
    target: str


def group_path(recipe: Recipe, table: str, personal: frozenset[str]) -> tuple[Step, ...]:
    """The way from a table to the one whose rows decide on which side of the splits its rows stand.

    That is `splits: {by: TABLE}` where a way leads there; else the nearest table that declares personal data (this one
    first, then along `per`, then along references); else the root of the table's tree. Empty: the table itself.
    """
    paths: dict[str, tuple[Step, ...]] = {table: ()}
    todo = [table]
    for here in todo:
        spec = recipe.tables[here]
        steps = [Step(here, None, spec.per)] if spec.per in recipe.tables and spec.per else []
        steps += [Step(here, column, target) for column, target in targets(spec, recipe.tables).items()]
        for step in steps:
            if step.target not in paths:
                paths[step.target] = (*paths[here], step)
                todo.append(step.target)
    if recipe.splits.by in paths:
        return paths[recipe.splits.by]
    nearest = next((t for t in todo if t in personal), None)
    if nearest is not None:
        return paths[nearest]
    found: tuple[Step, ...] = ()
    above = recipe.tables[table].per
    while above in recipe.tables and above:
        found = paths[above]
        above = recipe.tables[above].per
    return found
