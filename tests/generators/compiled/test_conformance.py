"""Every compiled method of a locale: how many there are, and that a value depends on its row alone."""

from __future__ import annotations

import time

import numpy as np
import pytest

from synthgen.generators.compiled.compiler import compile_method, why
from synthgen.generators.compiled.coverage import _CLOCK, COMMON, coverage, methods
from tests.generators.compiled.rows import IdRows

HEAVY = {"binary", "image", "tar", "zip", "xml", "enum"}  # Faker makes files, or needs packages or arguments


@pytest.fixture(scope="module")
def english() -> dict[str, object]:
    found = {m: compile_method(m, "en_US", {}, _CLOCK) for m in methods("en_US")}
    return {m: s for m, s in found.items() if s is not None}


def test_most_methods_are_compiled(english: dict[str, object]) -> None:
    total = len(methods("en_US"))
    assert total > 250
    assert len(english) / total > 0.9
    assert set(COMMON) <= set(english)


def test_what_is_no_method_is_not_counted() -> None:
    found = methods("en_US")
    assert {"name", "uuid4", "random_int"} <= set(found)
    assert not {"add_provider", "seed_instance", "parse", "generator", "formats", "_to_ascii"} & set(found)


def test_any_rows_in_any_order_have_their_values(english: dict[str, object]) -> None:
    some = np.random.default_rng(3).permutation(80)[:30]
    for method, sampler in english.items():
        whole = sampler.sample(IdRows(np.arange(80)), "x").values  # type: ignore[attr-defined]
        assert whole.dtype == sampler.dtype, method  # type: ignore[attr-defined]
        part = sampler.sample(IdRows(some), "x").values  # type: ignore[attr-defined]
        assert part.equals(whole.gather(some), null_equal=True), method
        assert not len(sampler.sample(IdRows([]), "x").values), method  # type: ignore[attr-defined]


def test_slots_are_streams_of_their_own(english: dict[str, object]) -> None:
    for method in ("name", "uuid4", "random_int", "date_time", "text"):
        sample = english[method].sample  # type: ignore[attr-defined]
        rows = IdRows(np.arange(50))
        assert not sample(rows, "a").values.equals(sample(rows, "b").values), method


@pytest.mark.parametrize("locale", ["de_DE", "ja_JP", "pt_BR", "hi_IN"])
def test_the_most_used_are_compiled_in_other_locales(locale: str) -> None:
    found = coverage(locale, [m for m in COMMON if m in methods(locale)])
    assert found.common >= 0.85, found.refused


def test_every_refusal_has_a_reason() -> None:
    for method in sorted(HEAVY & set(methods("en_US"))):
        assert compile_method(method, "en_US", {}, _CLOCK) is None
        assert (why(method, "en_US") or "").strip()


def test_compiling_again_is_free() -> None:
    first = compile_method("company", "en_US", {}, _CLOCK)
    started = time.perf_counter()
    for _ in range(100):
        assert compile_method("company", "en_US", {}, _CLOCK) is first
    assert time.perf_counter() - started < 0.5


def test_arguments_that_faker_does_not_take_are_refused() -> None:
    assert compile_method("random_int", "en_US", {"colour": 3}, _CLOCK) is None
    assert "TypeError" in (why("random_int", "en_US", {"colour": 3}) or "")
    assert compile_method("random_int", "en_US", {"min": 5, "max": 1}, _CLOCK) is None
