"""YAML with positions: every node knows its line and column, and nothing is guessed about a scalar.

Only `true` and `false` are booleans (`no` stays a word), dates stay text, duplicate keys are problems, and input is
bounded: bytes, depth, and the size after aliases are expanded.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from synthgen.errors import Place, Problem, RecipeError
from synthgen.recipe.model import Node

MAX_BYTES, MAX_DEPTH, MAX_NODES = 1_000_000, 64, 50_000
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> tuple[Node | None, list[Problem], bytes]:
    """The file's root node, what is wrong with the file, and its bytes; the node is None if nothing can be read."""
    name = str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem("missing-file", f"there is no file {name}", remedy="check the path")], b""
    except IsADirectoryError:
        return None, [Problem("not-a-file", f"{name} is a folder", remedy="name a recipe file in it")], b""
    except OSError as error:
        return None, [Problem("unreadable", f"cannot read {name}: {error.strerror}", remedy="check its rights")], b""
    if len(data) > MAX_BYTES:
        message = f"{name} holds {len(data):,} bytes"
        return None, [Problem("too-large", message, Place(name, 1, 1), f"a recipe has at most {MAX_BYTES:,}")], data
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return (
            None,
            [Problem("not-utf8", "this is not UTF-8 text", Place(name, line, 1), "save the file as UTF-8")],
            data,
        )
    node, problems = parse(text, name)
    return node, problems, data


def parse(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """The root node of YAML text and what is wrong with it."""
    reader = _Reader(text, name)
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
        what = (error.problem or error.context or "this is not YAML").strip()
        code, remedy = "bad-yaml", "check indentation (spaces, no tabs), quotes and brackets on this line"
        if "expected a single document" in str(error):
            what, remedy = "the file holds more than one document", "remove the '---' line"
        elif "undefined alias" in what or "found duplicate anchor" in what:
            remedy = "define the anchor before it is used"
        return None, [Problem(code, what, place, remedy, reader.line(place.line))]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        first = (str(error).splitlines() or ["this is not YAML"])[0]
        return None, [Problem("bad-yaml", first, Place(name, 1, 1), "remove control characters and deep nesting")]
    if root is None:
        return None, [Problem("empty", f"{name} is empty", Place(name, 1, 1), "start with 'synthgen: 1'")]
    try:
        return reader.node(root, 0), reader.problems
    except RecipeError as error:
        return None, [*reader.problems, *error.problems]


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.name, self.lines = name, text.splitlines()
        self.problems: list[Problem] = []
        self._count = 0

    def line(self, number: int) -> str | None:
        return self.lines[number - 1][:160] if 0 < number <= len(self.lines) else None

    def place(self, node: Any) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def problem(self, node: Any, code: str, message: str, remedy: str) -> Problem:
        place = self.place(node)
        return Problem(code, message, place, remedy, self.line(place.line))

    def node(self, raw: Any, depth: int) -> Node:
        self._count += 1
        if depth > MAX_DEPTH:
            raise RecipeError(self.problem(raw, "too-deep", f"more than {MAX_DEPTH} levels deep", "flatten it"))
        if self._count > MAX_NODES:
            message = f"aliases expand to more than {MAX_NODES:,} values"
            raise RecipeError(self.problem(raw, "too-large", message, "write the values out, or use fewer aliases"))
        if raw.tag not in _PLAIN_TAGS and not raw.tag.startswith("tag:yaml.org,2002:merge"):
            remedy = "remove the tag; recipes hold plain values only"
            self.problems.append(self.problem(raw, "unknown-tag", f"the tag {raw.tag} is not allowed", remedy))
        if isinstance(raw, yaml.MappingNode):
            return self._mapping(raw, depth)
        place = self.place(raw)
        if isinstance(raw, yaml.SequenceNode):
            items: dict[str | int, Node] = {i: self.node(item, depth + 1) for i, item in enumerate(raw.value)}
            return Node([n.value for n in items.values()], place, {}, items, self.line(place.line))
        return Node(_scalar(raw), place, excerpt=self.line(place.line))

    def _mapping(self, raw: Any, depth: int) -> Node:
        keys: dict[str, Place] = {}
        excerpts: dict[str, str | None] = {}
        children: dict[str | int, Node] = {}
        for key, value in raw.value:
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(self.problem(key, "bad-key", "a key must be one word", "quote it or name it"))
                continue
            if key.tag.endswith(":merge"):
                remedy = "write the keys out"
                self.problems.append(self.problem(key, "bad-key", "merge keys (<<) are not supported", remedy))
                continue
            name = str(key.value)
            if name in children:
                first = keys[name].line
                message = f"'{name}' appears twice (first on line {first})"
                self.problems.append(self.problem(key, "duplicate-key", message, "remove or rename one of them"))
                continue
            keys[name] = self.place(key)
            excerpts[name] = self.line(keys[name].line)
            children[name] = self.node(value, depth + 1)
        place = self.place(raw)
        value = {k: n.value for k, n in children.items()}
        return Node(value, place, keys, children, self.line(place.line), excerpts)


def _scalar(raw: Any) -> Any:
    text = str(raw.value)
    if raw.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INT.fullmatch(text) and len(text) <= 30:
        return int(text.replace("_", ""))
    if _FLOAT.fullmatch(text) and len(text) <= 60:
        return float(text.replace("_", ""))
    return text
