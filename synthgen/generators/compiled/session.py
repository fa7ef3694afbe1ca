"""A locale's generator whose draws are symbolic: Faker's providers run on it, and trees come out."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import polars as pl

from synthgen.generators.compiled import operations, patterns, strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Env
from synthgen.generators.compiled.functions import table
from synthgen.generators.compiled.nodes import DEAD, Atom, Drawn, trace
from synthgen.generators.compiled.providers import faker, place_of
from synthgen.generators.compiled.randomness import SymbolicRandom
from synthgen.generators.compiled.rewrite import rewritten
from synthgen.generators.compiled.samplers import dtype_of, fast
from synthgen.generators.compiled.trace import Branch, Leaf, Tree, explore

_TOKEN = re.compile(r"\{\{\s*(\w+)(:\s*\w+?)?\s*\}\}")
_NESTED = {pl.String: "str", pl.Int64: "int", pl.Float64: "float", pl.Boolean: "bool"}
Kernel = Callable[..., Any]


class Called(Drawn):
    """What another method makes: a tree of its own, with streams of its own."""

    def __init__(self, order: int, tree: Tree, dtype: pl.DataType) -> None:
        self.order, self.tree, self.dtype = order, tree, dtype
        self.kind = _NESTED[type(dtype)]
        self._through: tuple[Callable[[str], str], ...] = ()

    def transformed(self, function: Callable[[str], str]) -> Called:
        """The same draws, and a function of each piece of its texts that works character by character."""
        cache = self.tree.transformed
        if function not in cache:
            cache[function] = transformed(self.tree, function)
        made = Called(self.order, cache[function], self.dtype)
        made._through = (*self._through, function)
        return made

    def value(self, env: Env) -> Any:
        """What its tree makes, or what is given for it before the functions of its text."""
        found = super().value(env)
        if self._through and self.order in env.given:
            texts = found.to_list()
            for function in self._through:
                texts = [function(t) for t in texts]
            return pl.Series(values=texts, dtype=pl.String)
        return found

    def lacks(self, mark: str) -> bool:
        """Whether no text that it makes can hold a mark."""
        return _lacks(self.tree, mark)

    def _evaluate(self, env: Env) -> Any:
        made = fast(self.tree, env.rows, f"{env.prefix}{self.order}.", self.dtype)
        return made if self.kind == "str" else made.to_numpy()


def _lacks(tree: Tree, mark: str) -> bool:
    if isinstance(tree, Branch):
        return all(_lacks(child, mark) for child in tree.children.values())
    for piece in strings.parts_of(tree.result):
        words = [piece] if isinstance(piece, str) else piece.values if isinstance(piece, Atom) else None
        if words is None and not isinstance(piece, strings.NumberText):
            if not (hasattr(type(piece), "lacks") and piece.lacks(mark)):
                return False
        elif words is not None and any(isinstance(w, str) and mark in w for w in words):
            return False
    return True


def transformed(tree: Tree, function: Callable[[str], str]) -> Tree:
    """A tree whose texts went through a function that works character by character."""
    if isinstance(tree, Branch):
        children = {key: transformed(child, function) for key, child in tree.children.items()}
        return Branch(tree.items, tree.split, children)
    made: list[Any] = []
    for piece in strings.parts_of(tree.result):
        if isinstance(piece, Atom):
            alive = set(tree.alive.get(piece.draw.order, range(piece.draw.size)))
            values = [function(v) if i in alive and v is not DEAD else DEAD for i, v in enumerate(piece.values)]
            made.append(Atom(piece.draw, values, "str"))
        else:
            made.append(strings.changed(piece, function))
    return Leaf(tree.items, strings.joined(made), tree.alive)


class Session:
    """The symbolic generator of a locale at a clock, and the trees made so far."""

    def __init__(self, locale: str, clock: datetime, kernels: Mapping[str, Kernel]) -> None:
        self.locale, self.clock, self.kernels = locale, clock, kernels
        self.functions = table(clock)
        self.generator = SymbolicGenerator(self)
        self._trees: dict[Any, tuple[Tree, pl.DataType] | UnsupportedError] = {}
        self._open: set[Any] = set()
        self.inline = False  # whether called methods are traced along instead of on their own

    def __getattr__(self, name: str) -> Any:
        return getattr(operations, name)

    def operate(self, name: str, left: Any, right: Any) -> Any:
        """An operator on what are no numbers."""
        return operations.binary(name, left, right)

    def rewritten(self, function: Any) -> Any:
        """A function of Faker with our operations, or None."""
        kernel = self.kernels.get(place_of(function)) if isinstance(function, MethodType | FunctionType) else None
        if kernel is not None:
            return _with_defaults(kernel, function, getattr(function, "__self__", None), self)
        if isinstance(function, MethodType):
            made = rewritten(function.__func__)
            return None if made is None else MethodType(made, function.__self__)
        return rewritten(function) if isinstance(function, FunctionType) else None

    def tree(self, method: str, arguments: Mapping[str, Any]) -> tuple[Tree, pl.DataType]:
        """The tree of a method and its dtype; raises UnsupportedError."""
        key = (method, repr(sorted(arguments.items(), key=lambda a: a[0])))
        found = self._trees.get(key)
        if found is None:
            if key in self._open:
                raise UnsupportedError("it calls itself")
            self._open.add(key)
            inline, self.inline = self.inline, False
            try:
                found = self._trees[key] = self._made(method, arguments)
            except UnsupportedError as error:
                found = self._trees[key] = error
            finally:
                self._open.discard(key)
                self.inline = inline
        if isinstance(found, UnsupportedError):
            raise found
        return found

    def _made(self, method: str, arguments: Mapping[str, Any]) -> tuple[Tree, pl.DataType]:
        real = getattr(faker(self.locale), method)
        today = {  # a default that Faker took from the real clock when it was imported
            name: self.clock.date()
            for name, parameter in inspect.signature(real).parameters.items()
            if isinstance(parameter.default, date) and name not in arguments
        }
        bound = partial(self.generator.method(method), **today, **arguments)
        try:
            return self._explored(bound)
        except UnsupportedError as error:
            if self.inline or str(error).startswith("there are more"):
                raise
            self.inline = True  # once more, with the methods that it calls traced along
            try:
                return self._explored(bound)
            except UnsupportedError:
                raise error from None
            finally:
                self.inline = False

    def _explored(self, bound: Callable[[], Any]) -> tuple[Tree, pl.DataType]:
        try:
            tree = explore(bound, self)
            return tree, dtype_of(tree)
        except UnsupportedError:
            raise
        except RecursionError:
            raise UnsupportedError("it calls itself") from None
        except Exception as error:  # whatever Faker's code runs into when its values are nodes
            raise UnsupportedError(f"its code stops with {type(error).__name__}: {error}") from error

    def nested(self, method: str, bound: Callable[..., Any]) -> Callable[..., Any]:
        """A method that is called by another: as a tree of its own where it may be, else inline."""

        def run(*positional: Any, **named: Any) -> Any:
            if self.inline:
                return bound(*positional, **named)
            try:
                arguments = inspect.signature(bound).bind(*positional, **named).arguments
            except (TypeError, ValueError):
                return bound(*positional, **named)
            if not all(a is None or isinstance(a, str | int | float) for a in arguments.values()):
                return bound(*positional, **named)
            try:
                tree, dtype = self.tree(method, arguments)
            except UnsupportedError:
                return bound(*positional, **named)
            if isinstance(tree, Leaf) or type(dtype) not in _NESTED:
                return bound(*positional, **named)
            return trace().add(Called(trace().place(), tree, dtype))

        return run


class SymbolicGenerator:
    """What providers know as `self.generator`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._real = faker(session.locale)
        self.random = SymbolicRandom()
        self.providers = [_traced(p, self, session) for p in self._real.get_providers()]

    def method(self, name: str) -> Any:
        """A provider's method, rewritten or replaced by a kernel."""
        for provider in self.providers:
            if callable(getattr(type(provider), name, None)) or callable(provider.__dict__.get(name)):
                return _method(provider, name, self._session)
        raise AttributeError(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._session.nested(name, self.method(name))

    def get_formatter(self, name: str) -> Any:
        """The method of that name."""
        return getattr(self, name)

    def format(self, name: str, *arguments: Any, **named: Any) -> Any:
        """A method's value."""
        return operations.call(getattr(self, trace().known(name)), *arguments, **named)

    def parse(self, pattern: Any) -> Any:
        """A text with `{{ method }}` in it."""

        def filled(found: re.Match[str]) -> Any:
            group = (found.group(2) or "").lstrip(":").strip()
            named = self._real.get_arguments(group) if group else {}
            return strings.text(self.format(found.group(1), **named))

        pieces = strings.parts_of(pattern)
        return strings.joined([patterns.replaced(_TOKEN, filled, p, "{{") for p in pieces])

    def get_providers(self) -> list[Any]:
        """The traced providers."""
        return self.providers

    def provider(self, name: str) -> Any:
        """The provider of that name."""
        return next((p for p in self.providers if p.__provider__ == name.lower()), None)


def _traced(real: Any, generator: SymbolicGenerator, session: Session) -> Any:
    """A provider whose methods are rewritten and whose generator is symbolic."""

    def getattribute(self: Any, name: str) -> Any:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        return _attribute(self, name, session)

    made = type(f"Traced{type(real).__name__}", (type(real),), {"__getattribute__": getattribute})
    instance: Any = object.__new__(made)
    object.__getattribute__(instance, "__dict__").update(real.__dict__)
    instance.__dict__["generator"] = generator
    return instance


def _attribute(provider: Any, name: str, session: Session) -> Any:
    found = object.__getattribute__(provider, name)
    if not isinstance(found, MethodType | FunctionType):
        return found
    method = _method(provider, name, session)
    if name.startswith("_") or not isinstance(found, MethodType) or found.__self__ is not provider:
        return method
    own = place_of(found) not in session.kernels and not place_of(found).startswith("faker.providers:")
    return session.nested(name, method) if own else method


def _method(provider: Any, name: str, session: Session) -> Any:
    found = object.__getattribute__(provider, name)
    if not isinstance(found, MethodType | FunctionType):
        return found
    kernel = session.kernels.get(place_of(found))
    if kernel is not None:
        return _with_defaults(kernel, found, provider, session)
    made = session.rewritten(found)
    return found if made is None else made


def _with_defaults(kernel: Kernel, real: Any, provider: Any, session: Session) -> Callable[..., Any]:
    """A kernel called like the method it stands for: with all arguments by name, the defaults included."""

    def run(*positional: Any, **named: Any) -> Any:
        bound = inspect.signature(real).bind(*positional, **named)
        bound.apply_defaults()
        if not getattr(kernel, "pure", False):
            trace().opaque()
        return kernel(Context(provider, session, real), **bound.arguments)

    return run


class Context:
    """What a kernel may ask for: the provider, the clock, and the method that it stands for."""

    def __init__(self, provider: Any, session: Session, real: Any) -> None:
        self.provider, self.session, self.real = provider, session, real
        self.clock = session.clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)
