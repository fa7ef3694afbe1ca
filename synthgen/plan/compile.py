"""Recipe to plan: binds every column to a generator and a stream, and proves feasibility before a row is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from synthgen.errors import Problem, RecipeError
from synthgen.generator import BuildError
from synthgen.plan.append_only import unstable
from synthgen.plan.build import Builder, ColumnBuild
from synthgen.plan.correlate import correlate
from synthgen.plan.dirty import plan_dirty, unsafe
from synthgen.plan.graph import order_columns
from synthgen.plan.growth import grown
from synthgen.plan.model import Plan, PlannedColumn, PlannedEval, PlannedTable
from synthgen.plan.predicate import predicate
from synthgen.plan.references import ancestors, link_of
from synthgen.plan.sources import source_problems
from synthgen.plan.unique import make_unique
from synthgen.plan.world import BLOCK, World
from synthgen.recipe.model import Recipe, TableSpec
from synthgen.relations.foreign_key import ForeignKey
from synthgen.sql import Sql

_ROUNDS = 3  # sizes and unique groups depend on each other only through caps on children per parent


def compile_recipe(recipe: Recipe, problems: Sequence[Problem] = ()) -> Plan:
    """Compile a recipe; raises RecipeError with every problem at once, those of its reading (`problems`) included."""
    recipe, found = grown(recipe)
    known = [*(p for p in problems if p.severity == "error"), *source_problems(recipe), *found]
    looped = _per_cycles(recipe)
    if looped:
        raise RecipeError(_sorted([*known, *looped]))
    builder = Builder(recipe)
    tables = {name: _table(builder, spec) for name, spec in recipe.tables.items()}
    tables, impossible = correlate(tables)
    builder.problems += impossible
    checks = _checks(builder)
    evals = _evals(builder)
    if any(_unread(t.spec) for t in tables.values()):
        builder.problems = [p for p in builder.problems if p.code != "unknown-column"]  # of a file that was not read
    builder.problems += unstable(builder)
    if known or builder.problems:
        raise RecipeError(_sorted([*known, *builder.problems]))
    order, problems = order_columns(tables, builder.references, builder.parts)
    if problems:
        raise RecipeError(problems)
    draft = Plan(recipe, tables, builder.references, checks, order, evals=evals, notes=_notes(builder))
    plan, problems = _unique(draft, builder)
    problems += _empty_targets(plan)
    problems += [] if problems else unsafe(plan)
    if problems:
        raise RecipeError(_sorted(problems))
    return plan


def _unread(spec: TableSpec) -> bool:
    """Whether a reference table's file could not be read."""
    return isinstance(spec.node.value, dict) and "from" in spec.node.value and spec.reference is None


def _notes(builder: Builder) -> tuple[str, ...]:
    """What generators say of how they make a column, such as a pool that its values are drawn from."""
    return tuple(
        f"{table}.{column}: {note}"
        for (table, column), made in builder.parts.items()
        for generator in made
        for note in getattr(generator, "notes", ())
    )


def _sorted(problems: list[Problem]) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.place.line, p.place.column) if p.place else (0, 0))


def _per_cycles(recipe: Recipe) -> list[Problem]:
    problems = []
    for spec in recipe.tables.values():
        seen, above = [spec.name], spec.per
        while above is not None and above in recipe.tables and above not in seen:
            seen.append(above)
            above = recipe.tables[above].per
        if above == spec.name:
            loop = " -> ".join([*seen, above])
            message = f"tables are made per each other: {loop}"
            problems.append(spec.node.problem("cycle", message, "give one of them rows instead of per", key="per"))
    return problems


def _table(builder: Builder, spec: TableSpec) -> PlannedTable:
    columns = {}
    for name in spec.order:
        planned = _column(builder, spec, name)
        if planned is not None:
            columns[name] = planned
    chain = ancestors(spec, builder.tables)
    link = link_of(spec, builder.tables) if spec.per else None
    return PlannedTable(
        spec=spec,
        columns=columns,
        root=chain[-1] if chain else spec.name,
        depth=len(chain),
        children=tuple(t.name for t in builder.tables.values() if t.per == spec.name),
        count=builder.count(spec) if spec.per and spec.count is not None else None,
        link=link,
        dirty=plan_dirty(builder, spec),
    )


def _column(builder: Builder, spec: TableSpec, name: str) -> PlannedColumn | None:
    try:
        generator = builder.generator(spec.name, name)
    except BuildError:
        return None
    node, own = builder.node(spec.name, name), spec.columns.get(name)
    place = ColumnBuild(builder, spec, name, node)
    condition = _condition(builder, place, own.condition) if own is not None and own.condition else None
    try:
        for need in generator.needs:
            place.generator_of(need)
    except BuildError as error:
        builder.problems += [error.problem] if error.problem else []
        return None
    return PlannedColumn(
        table=spec.name,
        name=name,
        generator=generator,
        stream=builder.stream(spec.name, name),
        node=node,
        spec=own,
        null=own.null if own else 0.0,
        condition=condition,
        sparing=tuple(g for g in builder.parts.get((spec.name, name), ()) if getattr(g, "sparing", False)),
    )


def _condition(builder: Builder, place: ColumnBuild, text: str) -> Sql | None:
    try:
        return predicate(text, place, "if")
    except BuildError as error:
        builder.problems += [error.problem] if error.problem else []
        return None


def _checks(builder: Builder) -> dict[str, tuple[Sql, ...]]:
    found: dict[str, list[Sql]] = {}
    for check in builder.recipe.checks:
        if check.table not in builder.tables:
            continue  # reported by the loader
        place = ColumnBuild(builder, builder.tables[check.table], "#check", check.node)
        try:
            found.setdefault(check.table, []).append(predicate(check.sql, place))
        except BuildError as error:
            builder.problems += [error.problem] if error.problem else []
    return {table: tuple(checks) for table, checks in found.items()}


def _evals(builder: Builder) -> dict[str, PlannedEval]:
    if not builder.recipe.evals:
        return {}
    from synthgen.plan.evals import EvalPlanner  # only recipes with evals pay for families

    planner = EvalPlanner(builder)
    found = planner.plan()
    builder.problems += planner.problems
    return found


def _unique(draft: Plan, builder: Builder) -> tuple[Plan, list[Problem]]:
    """Bind unique groups; repeated while caps that they put on children change table sizes."""
    sizes = _sizes(draft, builder)
    problems: list[Problem] = []
    for _ in range(_ROUNDS):
        tables = {}
        problems = []
        for name, table in draft.tables.items():
            tables[name], found = make_unique(table, sizes)
            problems += found
        plan = replace(draft, tables=tables)
        if problems or not any(_capped(t) for t in tables.values()):
            return plan, problems
        again = _sizes(plan, builder)
        if all(again(t) == sizes(t) for t in plan.tables):
            return plan, problems
        sizes = again
    node = draft.recipe.node
    return plan, [node.problem("impossible-unique", "keys and row counts keep changing each other", "cap the counts")]


def _capped(table: PlannedTable) -> bool:
    """Whether the limit takes children away: only where nothing else bounds their count."""
    return table.limit is not None and table.count is not None and table.count.bounds[1] is None


def _sizes(plan: Plan, builder: Builder) -> Callable[[str], int]:
    world = World(plan)
    builder.table_sizes = world.size
    return world.size


def _empty_targets(plan: Plan) -> list[Problem]:
    """References that could only be null, because the table that they lead to has no rows."""
    problems: list[Problem] = []
    world = World(plan)
    for table in plan.tables.values():
        for column in table.columns.values():
            generator = column.generator
            if not isinstance(generator, ForeignKey) or generator.table == table.name or column.null == 1:
                continue
            if _is_empty(world, generator.table) and not _is_empty(world, table.name):
                message = f"{generator.table} has no rows that {table.name}.{column.name} could refer to"
                remedy = f"give {generator.table} rows, or write null: 1"
                problems.append(column.node.problem("empty-target", message, remedy))
    return problems


def _is_empty(world: World, table: str) -> bool:
    """Whether a table has no rows; one below a root of many rows is not counted, for checking stays quick."""
    root = world.plan.tables[world.plan.tables[table].root].spec.rows or 0
    return root <= BLOCK and world.size(table) == 0
