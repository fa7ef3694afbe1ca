"""Jinja2 for untrusted templates: a small part of its language, bounded work, nothing but values in what is written.

Jinja's own sandbox keeps templates off Python's internals. What it leaves open is time and memory: loops in loops, text
that grows by itself, widths in format strings. So only the parts of the language below are taken, loops and joins are
counted, and variables cannot be set. This is the one file of the generators that imports jinja2; import it lazily.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from synthgen.columns import Declared
from synthgen.generators.document_filters import FILTERS, Budget, Record

MOST_CHARACTERS = 200_000  # of a document
LONGEST_SOURCE = 50_000  # characters of a template
_TAKEN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.Call,
    nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip
_WORDS = {
    nodes.Assign: ("set", "compute it in a column of its own"),
    nodes.AssignBlock: ("set", "compute it in a column of its own"),
    nodes.With: ("with", "compute it in a column of its own"),
    nodes.Macro: ("macro", "write the part out, or loop over a list"),
    nodes.CallBlock: ("call", "write the part out, or loop over a list"),
    nodes.Include: ("include", "put everything into one template"),
    nodes.Import: ("import", "put everything into one template"),
    nodes.FromImport: ("import", "put everything into one template"),
    nodes.Extends: ("extends", "put everything into one template"),
    nodes.Block: ("block", "put everything into one template"),
    nodes.Concat: ("~", "write two holes beside each other"),
    nodes.Pow: ("**", "compute it in a column of its own"),
    nodes.Dict: ("a mapping", "write the text out"),
    nodes.FilterBlock: ("filter", "filter each hole by itself"),
    nodes.Slice: ("a slice", "use truncate(20), first or last"),
}
_OF_ATTRIBUTES = ("map", "sum", "min", "max", "sort", "unique", "selectattr", "rejectattr")
_TESTS = ("defined", "undefined", "none", "even", "odd", "divisibleby", "number", "string", "eq", "ne")
_OPERATORS = frozenset({"+", "-", "*", "/", "//", "%"})


class UnusableTemplateError(ValueError):
    """The template cannot be used; `line` is its line, `remedy` what to write instead."""

    def __init__(self, message: str, remedy: str | None = None, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line} of the template: {message}")
        self.remedy = remedy


class _Environment(ImmutableSandboxedEnvironment):
    """Operators on numbers, text joined within the budget, attributes of records alone."""

    intercepted_binops = _OPERATORS
    budget: Budget

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """The operator's result; raises TypeError for operands that could make it large."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            for part in (left, right):
                self.budget.keep(part)
            return self.budget.text(str(left) + str(right))
        operands = (int, float, Decimal) if operator in "*/%//" else (int, float, Decimal, date, timedelta)
        if not isinstance(left, operands) or not isinstance(right, operands):
            raise TypeError(f"'{operator}' works on numbers")
        if isinstance(left, float) or isinstance(right, float):
            left, right = (float(x) if isinstance(x, Decimal) else x for x in (left, right))
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Columns of records, and the numbers of loops; `at.year` and the like of dates."""
        if isinstance(obj, date | time):
            return attr in ("year", "month", "day", "hour", "minute", "second")
        return isinstance(obj, Record | LoopContext) and not attr.startswith("_")


class Document:
    """A template, ready to be rendered. `kind` is text, html or json. Raises UnusableTemplateError for a bad one.

    `free` are the names that it reads, each with the attributes it asks of it; `fields` those of loop variables, by
    the name that the loop goes over.
    """

    def __init__(self, source: str, kind: str, children: Iterable[str]) -> None:
        if len(source) > LONGEST_SOURCE:
            raise UnusableTemplateError(f"the template has {len(source):,} characters; {LONGEST_SOURCE:,} are the most")
        self.kind = kind
        self._budget = Budget(kind)
        self._environment = self._made()
        try:
            tree = self._environment.parse(source)
            self.free, self.fields = _names(tree, frozenset(children))
            for loop in tree.find_all(nodes.For):
                loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
            self._template = self._environment.from_string(tree)
        except TemplateSyntaxError as error:
            raise UnusableTemplateError(error.message or "it is not Jinja", "see {{ name }}", error.lineno) from None
        except (TemplateError, SyntaxError, RecursionError) as error:
            raise UnusableTemplateError(f"it cannot be read ({type(error).__name__})", "make it simpler") from None

    def _made(self) -> _Environment:
        budget = self._budget
        made = _Environment(
            autoescape=False, undefined=StrictUndefined, finalize=self._final, keep_trailing_newline=True,
            trim_blocks=True, lstrip_blocks=True, cache_size=0, optimized=False,
        )  # fmt: skip
        made.budget = budget
        made.filters = {name: _bound(function, budget) for name, function in FILTERS.items()}
        made.tests = {name: made.tests[name] for name in _TESTS}
        made.globals = {"range": budget.range}
        return made

    def render(self, values: Mapping[str, Any]) -> tuple[str, list[tuple[Declared, str]]]:
        """The document, and the declared values as they stand in it. Raises UnusableTemplateError."""
        budget = self._budget
        budget.reset()
        parts: list[str] = []
        size = 0
        try:
            for part in self._template.generate(values):
                parts.append(part)
                size += len(part)
                if size > MOST_CHARACTERS:
                    raise UnusableTemplateError(f"the document is longer than {MOST_CHARACTERS:,} characters")
            text = "".join(parts)
            if self.kind == "json":
                json.loads(text)
        except json.JSONDecodeError as error:
            remedy = 'holes write their own quotes: {"name": {{ name }}}'
            raise UnusableTemplateError(f"the document is not JSON ({error.msg})", remedy, error.lineno) from None
        except SecurityError as error:
            words = str(error.message).removesuffix(" is unsafe.").replace("access to", "there is no")
            raise UnusableTemplateError(words, "use filters, such as {{ first_name|upper }}") from None
        except TemplateError as error:
            raise UnusableTemplateError(str(error.message or type(error).__name__), "see the columns' names") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            if isinstance(error, UnusableTemplateError):
                raise
            words = str(error) if isinstance(error, TypeError | OverflowError) else type(error).__name__
            raise UnusableTemplateError(
                f"a value does not fit: {words}", "use default(0) where cells are empty"
            ) from None
        return text, budget.kept

    def _final(self, value: Any) -> Any:
        """A value as the document writes it."""
        if isinstance(value, StrictUndefined):
            return value
        if value is not None and not isinstance(value, str | int | float | Decimal | date | time | timedelta):
            raise TypeError("a hole writes one value; loop over a list, or use join or tojson")
        return self._budget.written(value)


def _bound(function: Callable[..., Any], budget: Budget) -> Callable[..., Any]:
    def bound(*given: Any, **named: Any) -> Any:
        return function(budget, *given, **named)

    return bound


def _names(tree: nodes.Template, children: frozenset[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Names that the template reads, with attributes; raises UnusableTemplateError for what is not taken."""
    for node in _walk(tree):
        _check(node)
    loops: dict[str, str | None] = {}
    for loop in tree.find_all(nodes.For):
        base, variable = _base(loop.iter), _base(loop.target) or ""
        loops[variable] = base if base in children else None
    free: dict[str, set[str]] = {}
    fields: dict[str, set[str]] = {child: set() for child in children}
    local = {*loops, "loop", "range"}
    for read in tree.find_all(nodes.Name):
        if read.name not in local and read.name not in children:
            free.setdefault(read.name, set())
    for name, attribute in _asked(tree):
        of = name if name in children else loops.get(name)
        if of is not None:
            fields[of].add(attribute)
        elif name not in local:
            free.setdefault(name, set()).add(attribute)
    for found in tree.find_all(nodes.Filter):
        base = _base(found)
        if base in children:
            fields[base] |= set(_attributes(found))
    return free, fields


def _walk(node: nodes.Node) -> Iterable[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _asked(tree: nodes.Template) -> Iterable[tuple[str, str]]:
    """Names and what is asked of them: `name.attribute` and `name["attribute"]`."""
    for dotted in tree.find_all(nodes.Getattr):
        base = _base(dotted.node)
        if base is not None:
            yield base, dotted.attr
    for item in tree.find_all(nodes.Getitem):
        base = _base(item.node)
        if base is not None and isinstance(item.arg, nodes.Const) and isinstance(item.arg.value, str):
            yield base, item.arg.value


def _attributes(found: nodes.Filter) -> Iterable[str]:
    for keyword in found.kwargs:
        if keyword.key == "attribute" and isinstance(keyword.value, nodes.Const):
            yield str(keyword.value.value)
    if found.name in _OF_ATTRIBUTES and found.args and isinstance(found.args[0], nodes.Const):
        yield str(found.args[0].value)


def _base(node: nodes.Node | None) -> str | None:
    """The name that filters and places (`lines[0]`) are wrapped around."""
    while isinstance(node, nodes.Filter | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


def _refuse(node: nodes.Node, words: str, remedy: str) -> NoReturn:
    raise UnusableTemplateError(f"{words} cannot be used", remedy, node.lineno)


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _TAKEN):
        words, remedy = _WORDS.get(type(node), (type(node).__name__.lower(), "use holes, if and for"))
        _refuse(node, f"'{words}'", remedy)
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.name.startswith("_")):
        _refuse(node, f"the filter '{node.name}'", f"known: {', '.join(n for n in sorted(FILTERS) if n[0] != '_')}")
    if isinstance(node, nodes.Test) and node.name not in (*_TESTS, "in"):
        _refuse(node, f"the test '{node.name}'", f"known: {', '.join(_TESTS)}")
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        _refuse(node, f"the attribute '{node.attr}'", "name a column")
    if isinstance(node, nodes.List | nodes.Tuple) and not all(isinstance(i, nodes.Const) for i in node.items):
        _refuse(node, "a list of anything but fixed values", "write the values out, or loop over child rows")
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.target, nodes.Name)):
        _refuse(node, "a loop that is recursive or has several variables", "write {% for line in lines %}")
    if isinstance(node, nodes.Call):
        called = node.node
        known = isinstance(called, nodes.Name) and called.name == "range"
        turns = isinstance(called, nodes.Getattr) and called.attr == "cycle" and _base(called.node) == "loop"
        if not (known or turns) or node.dyn_args is not None or node.dyn_kwargs is not None:
            _refuse(node, "a call", "call range or loop.cycle alone; use filters for the rest")
