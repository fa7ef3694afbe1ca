"""Faker's methods as samplers: compiled on first use, cached, or refused with a reason."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl

from synthgen.generators.compiled import kernels
from synthgen.generators.compiled.base import Refused, Sampler, UnsupportedError
from synthgen.generators.compiled.grammar import grammar_of
from synthgen.generators.compiled.providers import provider_of
from synthgen.generators.compiled.replay import replay
from synthgen.generators.compiled.samplers import GrammarSampler, TreeSampler, VocabularySampler, tried, vocabulary_of
from synthgen.generators.compiled.session import Session

_LOCK = threading.RLock()
_CLOCK = datetime(2026, 1, 1)  # for `why`, whose answer no clock changes
_FOUND: dict[Any, Sampler | Refused] = {}
_KEPT = 4096
_TRIED = 256  # values of every sampler that are made at once, so that no error waits for a run
_RUNS = 40  # values of real Faker that every traced method is held to


def compile_method(method: str, locale: str, args: Mapping[str, Any], clock: datetime) -> Sampler | None:
    """A sampler with the distribution of `Faker(locale).method(**args)`, at the recipe's clock; None where refused.

    Cached by its arguments; `why` tells the reason of a refusal. Dates that Faker takes from the real clock are
    relative to `clock` (aware or not, taken as UTC).
    """
    found = _found(method, locale, args, clock)
    return None if isinstance(found, Refused) else found


def why(method: str, locale: str, args: Mapping[str, Any] | None = None) -> str | None:
    """The reason why a method is not compiled; None where it is."""
    found = _found(method, locale, args or {}, _CLOCK)
    return found.reason if isinstance(found, Refused) else None


def _found(method: str, locale: str, args: Mapping[str, Any], clock: datetime) -> Sampler | Refused:
    clock = clock.replace(tzinfo=None)
    key = (method, locale, repr(sorted(args.items(), key=lambda a: a[0])), clock)
    with _LOCK:
        found = _FOUND.get(key)
        if found is None:
            try:
                found = _compiled(method, locale, args, clock)
            except UnsupportedError as error:
                found = Refused(str(error))
            except Exception as error:  # Faker's code meets values that it never met; the pool takes over
                found = Refused(f"its code cannot be followed ({type(error).__name__})")
            if len(_FOUND) >= _KEPT:
                _FOUND.clear()
            _FOUND[key] = found
    return found


def _compiled(method: str, locale: str, args: Mapping[str, Any], clock: datetime) -> Sampler:
    if provider_of(method, locale) is None:
        raise UnsupportedError(f"Faker has no method '{method}'")
    tree, dtype = session(locale, clock).tree(method, args)
    replay(tree, dtype, method, locale, args, _RUNS)
    single = vocabulary_of(tree)
    grammar = grammar_of(tree) if dtype == pl.String() else None
    if single is not None:
        return VocabularySampler(f"faker:{method}/{locale}", *single)
    sampler: Sampler = TreeSampler(tree, dtype) if grammar is None else GrammarSampler(grammar)
    tried(sampler, tree, _TRIED)
    return sampler


@lru_cache(maxsize=64)
def session(locale: str, clock: datetime) -> Session:
    """The symbolic generator of a locale."""
    return Session(locale, clock, kernels.table())
