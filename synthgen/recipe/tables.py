"""Tables of a recipe: rows, keys, entities and columns; a contract fills in the columns that the recipe leaves out."""

from __future__ import annotations

import hashlib
from typing import Any

from synthgen.errors import RecipeError
from synthgen.recipe.correlations import read_correlations
from synthgen.recipe.model import ColumnSpec, EntitySpec, Node, TableSpec
from synthgen.recipe.paths import copy_name, inside
from synthgen.recipe.reading import Reading
from synthgen.recipe.reference import check_groups, contract_types, read_reference, reference_columns
from synthgen.registry import ENTITIES, GENERATORS, did_you_mean
from synthgen.schema.table import TableSchema

TABLE = (
    "rows", "per", "count", "key", "unique", "entities", "columns", "correlations", "schema", "description", "dirty",
    "from", "types", "growth",
)  # fmt: skip
UNIVERSAL = ("null", "if", "unique", "pii", "description")
MAX_ROWS = 10**10
DEFAULT_ROWS = 100


def read_table(name: str, node: Node, tables: list[str], reading: Reading) -> TableSpec:
    """One table; problems are noted and the rest is read on."""
    if not name or "\x00" in name or "#" in name:
        reading.add(node.problem("bad-name", f"'{name}' cannot name a table", "leave out '#'"))
    if not isinstance(node.value, dict):
        reading.add(node.problem("wrong-type", f"table {name} is a mapping", "write {rows: 100, columns: {...}}"))
        return TableSpec(name, node, rows=0)
    reading.keys(node, TABLE)
    contract, digest = _contract(name, node, reading)
    entities = _entities(node, reading)
    reference = read_reference(node, contract_types(contract) if contract else {}, reading)
    columns = _columns(node, reading)
    if reference is not None:
        columns = {**reference_columns(reference, columns, node, reading), **columns}
    key, unique = reading.names(node, "key"), _unique(node, reading)
    if contract is not None:
        columns, key, unique = _fill(node, contract, tables, entities, columns, key, unique, reading)
    order = _order(node, entities, columns, contract, reading)
    order += tuple(c for c in _written(node) if c not in order)  # those that could not be read: known, but not made
    if reference is None and "from" in node.value:
        order += tuple(c for c in (*key, *(c for group in unique for c in group)) if c not in order)
    for column in dict.fromkeys((*key, *(c for group in unique for c in group))):
        if column not in order:
            where = "key" if column in key else "unique"
            message = f"table {name} has no column '{column}'"
            reading.add(node.at(where).problem("unknown-column", message, did_you_mean(column, order)))
    if reference is not None:
        check_groups(reference, key, unique, node, reading)
    if not order and "schema" not in node.value and "from" not in node.value:
        remedy = "add 'columns:', 'entities:' or 'schema:'"
        reading.add(node.problem("missing-key", f"table {name} has no columns", remedy))
    kept = 0 if reference is None else reference.frame.height
    rows, per, count = (
        (kept, None, None) if "from" in node.value else _size(name, node, tables, contract is not None, reading)
    )
    return TableSpec(
        name=name,
        node=node,
        rows=rows,
        per=per,
        count=count,
        key=key,
        unique=unique,
        entities=entities,
        columns=columns,
        order=order,
        correlations=read_correlations(node, order, reading),
        contract=contract,
        contract_digest=digest,
        reference=reference,
        dirty=node.children.get("dirty"),
        growth=node.children.get("growth"),
        description=reading.text(node, "description"),
    )


def _growing(name: str, node: Node, reading: Reading) -> tuple[int, None, None]:
    """A table that grows by day states no rows: they are counted once the range is known."""
    for key in ("rows", "per", "count", "from"):
        if key in node.value:
            message = f"table {name} has both 'growth' and '{key}'"
            reading.add(node.problem("contradiction", message, f"remove '{key}', or 'growth'", key=key))
    if not isinstance(node.value["growth"], dict):
        remedy = 'write growth: {from: "2026-01-01", per_day: 100}'
        reading.add(node.at("growth").problem("wrong-type", "'growth' is a mapping", remedy))
    return 0, None, None


def _size(
    name: str, node: Node, tables: list[str], has_contract: bool, reading: Reading
) -> tuple[int | None, str | None, Node | None]:
    has_rows, has_per = "rows" in node.value, "per" in node.value
    if "growth" in node.value:
        return _growing(name, node, reading)
    if has_rows and has_per:
        message = f"table {name} has both 'rows' and 'per'"
        reading.add(node.problem("contradiction", message, "keep rows, or per with count", key="per"))
    if has_per:
        per = reading.text(node, "per")
        if per is not None and per not in tables:
            message = f"there is no table '{per}'"
            reading.add(node.at("per").problem("unknown-table", message, did_you_mean(per, tables)))
            per = None
        elif per == name:
            message = f"table {name} cannot be made per itself"
            reading.add(node.at("per").problem("cycle", message, "give it rows"))
            per = None
        if "count" not in node.value:
            message = "'count' is missing: how many rows does each parent have?"
            reading.add(node.problem("missing-key", message, "add count: {poisson: 2}", key="per"))
        return None, per, node.children.get("count")
    if "count" in node.value:
        message = "'count' needs 'per'"
        reading.add(node.problem("contradiction", message, "name the parent table: per: TABLE", key="count"))
    if not has_rows:
        if not has_contract:
            message = f"table {name} does not say how many rows it has"
            reading.add(node.problem("missing-key", message, "add rows: 100, or per: TABLE with count:"))
        return DEFAULT_ROWS, None, None
    return reading.whole(node, "rows", default=0, low=0, high=MAX_ROWS), None, None


def _unique(node: Node, reading: Reading) -> tuple[tuple[str, ...], ...]:
    value = node.value.get("unique")
    if value is None:
        return ()
    place = node.at("unique")
    if isinstance(value, str):
        return ((value,),)
    if not isinstance(value, list):
        reading.add(place.problem("wrong-type", "'unique' is a list of columns", "write [email] or [[a, b]]"))
        return ()
    groups: list[tuple[str, ...]] = []
    for i, item in enumerate(value):
        if isinstance(item, str):
            groups.append((item,))
        elif isinstance(item, list) and item and all(isinstance(c, str) for c in item):
            groups.append(tuple(item))
        else:
            reading.add(place.at(i).problem("wrong-type", "a unique group is a column or a list", "write [a, b]"))
    return tuple(groups)


def _entities(node: Node, reading: Reading) -> tuple[EntitySpec, ...]:
    place = node.children.get("entities")
    if place is None or place.value is None:
        return ()
    if not reading.mapping(place, "entities", "{person: [first_name, last_name]}"):
        return ()
    found = []
    for name, child in place.children.items():
        entity, attributes, options = str(name), child, {}
        if isinstance(child.value, dict) and name not in ENTITIES:
            kinds = [k for k in child.value if k in ENTITIES]
            if len(kinds) == 1:
                entity, attributes = kinds[0], child.children[kinds[0]]
                options = {k: v for k, v in child.value.items() if k != entity}
        if entity not in ENTITIES:
            remedy = did_you_mean(entity, ENTITIES.names())
            reading.add(place.problem("unknown-entity", f"there is no entity '{name}'", remedy, key=str(name)))
            continue
        prefix = options.pop("prefix", "")
        columns = _attributes(entity, attributes, str(prefix), reading)
        found.append(EntitySpec(str(name), entity, columns, options, child))
    return tuple(found)


def _attributes(entity: str, node: Node, prefix: str, reading: Reading) -> dict[str, str]:
    value = node.value
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return {prefix + v: v for v in value}
    if isinstance(value, dict) and value and all(isinstance(v, str) for v in value.values()):
        return {prefix + column: attribute for attribute, column in value.items()}
    reading.add(node.problem("wrong-type", f"'{entity}' is a list of attributes", "write [first_name, last_name]"))
    return {}


def _columns(node: Node, reading: Reading) -> dict[str, ColumnSpec]:
    place = node.children.get("columns")
    if place is None or place.value is None:
        return {}
    if not reading.mapping(place, "columns", "{id: {id: int}}"):
        return {}
    found = {}
    for name, child in place.children.items():
        column = read_column(str(name), child, reading)
        if column is not None:
            found[str(name)] = column
    return found


def read_column(name: str, node: Node, reading: Reading) -> ColumnSpec | None:
    """One column: exactly one key names its generator, the others modify it."""
    value = node.value
    if not isinstance(value, dict):
        message = f"column {name} is a mapping that names a generator"
        remedy = f"write {{constant: {value}}}" if value is not None else "write {constant: text}, {id: int}, ..."
        reading.add(node.problem("wrong-type", message, remedy))
        return None
    named = [k for k in value if k in GENERATORS or k in ENTITIES]
    plain = [k for k in named if k not in UNIVERSAL]
    if len(plain) > 1:  # a modifier may be called like a generator (`after: x, min: ...`): the first key decides
        plain = [k for k in plain if k == next(iter(value))] or plain
    if len(plain) != 1:
        _no_generator(name, node, plain, reading)
        return None
    pii = reading.text(node, "pii")
    condition = value.get("if")
    if condition is not None and not isinstance(condition, str):
        reading.add(node.at("if").problem("wrong-type", "'if' is a SQL condition", "write if: \"status = 'paid'\""))
        condition = None
    unique = value.get("unique", False)
    if not isinstance(unique, bool):
        reading.add(node.at("unique").problem("wrong-type", "'unique' is true or false here", "write unique: true"))
        unique = False
    return ColumnSpec(
        name=name,
        generator=plain[0],
        options={k: v for k, v in value.items() if k not in UNIVERSAL},
        node=node,
        null=reading.share(node, "null"),
        condition=condition,
        unique=unique,
        pii=pii,
        description=reading.text(node, "description"),
    )


def _no_generator(name: str, node: Node, named: list[str], reading: Reading) -> None:
    if named:
        message = f"column {name} names two generators: {' and '.join(named)}"
        reading.add(node.problem("two-generators", message, "keep one", key=named[1]))
        return
    rest = [k for k in node.value if k not in UNIVERSAL]
    if not rest:
        reading.add(
            node.problem("missing-key", f"column {name} names no generator", "write {choice: [a, b]}, {id: int}, ...")
        )
        return
    remedy = did_you_mean(rest[0], [*GENERATORS.names(), *ENTITIES.names()])
    message = f"there is no generator '{rest[0]}'"
    reading.add(node.problem("unknown-generator", message, remedy or "see: synthgen list generators", key=rest[0]))


def _contract(name: str, node: Node, reading: Reading) -> tuple[TableSchema | None, str | None]:
    text = reading.text(node, "schema")
    if text is None:
        return None, None
    file, _, wanted = text.partition("#")
    path = reading.copies / copy_name(file) if reading.copies else reading.path.resolve().parent / file
    place = node.at("schema")
    if not reading.allow_outside and not inside(reading.root, path):
        reading.add(
            place.problem("outside", f"'{file}' lies outside the project", "move it in, or allow it: --allow-outside")
        )
        return None, None
    from synthgen.schema.load import load_contract  # only recipes with contracts pay for it

    try:
        contract = load_contract(path, wanted or name)
        return contract, hashlib.sha256(path.read_bytes()).hexdigest()
    except RecipeError as error:
        for problem in error.problems:
            own = problem if problem.place else place.problem(problem.code, problem.message, problem.remedy)
            reading.add(own)
        return None, None


def _fill(
    node: Node,
    contract: TableSchema,
    tables: list[str],
    entities: tuple[EntitySpec, ...],
    columns: dict[str, ColumnSpec],
    key: tuple[str, ...],
    unique: tuple[tuple[str, ...], ...],
    reading: Reading,
) -> tuple[dict[str, ColumnSpec], tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns that the contract has and the recipe leaves out, inferred from the contract."""
    from synthgen.recipe.infer import infer_columns  # only recipes with contracts pay for it

    given = {*columns, *(c for e in entities for c in e.columns)}
    known = dict.fromkeys(tables)
    inferred = infer_columns(contract, known)
    place = node.at("schema")
    for name, options in inferred.columns.items():
        if name in given:
            continue
        column = read_column(name, _synthetic(options, place), reading)
        if column is not None:
            columns[name] = column
    names = {f.name for f in contract.fields}
    for name in given - names:
        message = f"the contract of this table has no column '{name}'"
        where = columns[name].node if name in columns else node
        reading.add(where.problem("not-in-contract", message, did_you_mean(name, names)))
    return columns, key or inferred.key, unique or inferred.unique


def _synthetic(value: Any, place: Node) -> Node:
    """A node for options that no line of the recipe holds: everything stands at the `schema:` line."""
    children: dict[str | int, Node] = {}
    if isinstance(value, dict):
        children = {k: _synthetic(v, place) for k, v in value.items()}
    elif isinstance(value, list):
        children = {i: _synthetic(v, place) for i, v in enumerate(value)}
    return Node(value, place.place, {}, children, place.excerpt)


def _order(
    node: Node,
    entities: tuple[EntitySpec, ...],
    columns: dict[str, ColumnSpec],
    contract: TableSchema | None,
    reading: Reading,
) -> tuple[str, ...]:
    order: list[str] = []
    for entity in entities:
        for column in entity.columns:
            if column in order:
                reading.add(entity.node.problem("duplicate", f"column '{column}' appears twice", "rename one of them"))
            order.append(column)
    for name, spec in columns.items():
        if name in order:
            message = f"column '{name}' is made by an entity too"
            reading.add(spec.node.problem("duplicate", message, "remove one of them"))
        else:
            order.append(name)
    if columns and contract is None and "from" not in node.value:  # the key comes first, as people expect of a table
        keys = [k for k in columns if k in _key(node)]
        order = [*keys, *(c for c in order if c not in keys)]
    if contract is not None:
        place = {f.name: i for i, f in enumerate(contract.fields)}
        order.sort(key=lambda c: place.get(c, len(place)))
    return tuple(dict.fromkeys(order))


def _written(node: Node) -> list[str]:
    columns = node.at("columns").value if "columns" in node.children else None
    return [str(c) for c in columns] if isinstance(columns, dict) else []


def _key(node: Node) -> tuple[str, ...]:
    value = node.value.get("key")
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
