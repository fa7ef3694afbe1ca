"""Faker's own functions, rewritten so that every operation on a value goes through ours.

Only the operations that Python does without asking its operands are replaced: calls, `%` and f-strings, indexing and
membership. The rest (arithmetic, comparison, truth, loops) reaches the nodes by itself. The source is that of the
installed Faker; nothing that a recipe says is ever run.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import lru_cache
from types import FunctionType
from typing import Any

from synthgen.generators.compiled import operations


class _Rewriter(ast.NodeTransformer):
    """Replaces operations by calls of hooks; drops annotations."""

    def __init__(self, owner: str) -> None:
        self._owner, self._depth = owner, 0

    def visit_Call(self, node: ast.Call) -> ast.AST:  # the name is ast's
        """`f(x)` becomes `_call_(f, x)`."""
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            arguments: list[ast.expr] = [ast.Name("__class__", ast.Load()), ast.Name("self", ast.Load())]
            return ast.Call(ast.Name("_super_", ast.Load()), arguments, [])
        self.generic_visit(node)
        return ast.Call(ast.Name("_call_", ast.Load()), [node.func, *node.args], node.keywords)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`a % b` becomes `_mod_(a, b)`."""
        self.generic_visit(node)
        return _hook("_mod_", node.left, node.right) if isinstance(node.op, ast.Mod) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """An f-string becomes `_fstring_(...)`."""
        pieces: list[ast.expr] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                spec = self.visit(value.format_spec) if value.format_spec else ast.Constant("")
                conversion = ast.Constant(chr(value.conversion) if value.conversion > 0 else None)
                pieces.append(ast.Tuple([self.visit(value.value), conversion, spec], ast.Load()))
            else:
                pieces.append(value)
        return _hook("_fstring_", *pieces)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`x in c` becomes `_in_(c, x)`."""
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
            return node
        made = _hook("_in_", node.comparators[0], node.left)
        return ast.UnaryOp(ast.Not(), made) if isinstance(node.ops[0], ast.NotIn) else made

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`c[k]` becomes `_item_(c, k)` where it is read."""
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        key = node.slice
        if isinstance(key, ast.Slice):
            ends = [e or ast.Constant(None) for e in (key.lower, key.upper, key.step)]
            key = ast.Call(ast.Name("_slice_", ast.Load()), ends, [])
        return _hook("_item_", node.value, key)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Annotations are dropped."""
        if node.value is None:
            return ast.Pass()
        return ast.Assign([node.target], self.visit(node.value))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """So are those of arguments."""
        self._depth += 1
        node.returns, node.decorator_list = None, []
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        node.args.defaults = [ast.Constant(None) if self._depth == 1 else self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [
            d and (ast.Constant(None) if self._depth == 1 else self.visit(d)) for d in node.args.kw_defaults
        ]
        node.body = [self.visit(s) for s in node.body]
        self._depth -= 1
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Names that are private to a class."""
        self.generic_visit(node)
        if node.attr.startswith("__") and not node.attr.endswith("__"):
            node.attr = f"_{self._owner.lstrip('_')}{node.attr}"
        return node


def _hook(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


class _Super:
    """`super()` whose functions are rewritten too."""

    def __init__(self, owner: type, instance: Any) -> None:
        self._found = super(owner, instance)

    def __getattribute__(self, name: str) -> Any:
        found = getattr(object.__getattribute__(self, "_found"), name)
        inner = getattr(found, "__func__", None)
        made = rewritten(inner) if inner is not None else None
        return found if made is None else made.__get__(found.__self__)


_HOOKS: dict[str, Any] = {
    "_rewritten_": True, "_call_": operations.call, "_mod_": operations.remainder, "_fstring_": operations.fstring,
    "_in_": operations.contains, "_item_": operations.item, "_slice_": slice, "_super_": _Super,
}  # fmt: skip
_GLOBALS: dict[int, dict[str, Any]] = {}


@lru_cache(maxsize=4096)
def rewritten(function: Any) -> Any:
    """A function of Faker with our operations; None where it is none of Faker's, or has no source (a lambda)."""
    if not isinstance(function, FunctionType) or not (function.__module__ or "").startswith("faker."):
        return None
    if "_rewritten_" in function.__globals__ or function.__name__ == "<lambda>":
        return None
    source = inspect.getsource(function.__code__)  # of the wrapper itself, where a decorator made one
    source = textwrap.dedent(source)
    definition = ast.parse(source).body[0]
    if not isinstance(definition, ast.FunctionDef):
        return None
    names = function.__code__.co_freevars
    owner = function.__qualname__.rpartition(".")[0].rpartition(".")[2]
    inner = _Rewriter(owner).visit(definition)
    inner.name = "_inner_"  # its own name may be that of a module that it uses
    arguments = ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])
    body = [inner, ast.Return(ast.Name(inner.name, ast.Load()))]
    outer = ast.FunctionDef("_outer_", arguments, body, [], None)
    module = ast.fix_missing_locations(ast.Module([outer], []))
    space = _GLOBALS.setdefault(id(function.__globals__), {**function.__globals__, **_HOOKS})
    exec(compile(module, f"<{function.__module__}.{function.__qualname__}>", "exec"), space)
    made = space.pop("_outer_")(*(cell.cell_contents for cell in function.__closure__ or ()))
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return made
