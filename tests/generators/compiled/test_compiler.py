from datetime import datetime

import numpy as np
import polars as pl
import pytest

from synthgen.generators.compiled.compiler import compile_method, why
from tests.generators.compiled.rows import IdRows

CLOCK = datetime(2026, 6, 1)


def values(method: str, locale: str = "en_US", rows: int = 1000, **args: object) -> pl.Series:
    sampler = compile_method(method, locale, args, CLOCK)
    assert sampler is not None, why(method, locale, args)
    made = sampler.sample(IdRows(np.arange(rows))).values
    assert made.dtype == sampler.dtype
    return made


def test_a_list_is_a_vocabulary() -> None:
    sampler = compile_method("first_name", "en_US", {}, CLOCK)
    assert sampler is not None
    assert sampler.kind == "vocabulary"
    assert sampler.capacity is not None
    assert sampler.capacity > 500


def test_arguments() -> None:
    assert set(values("random_int", min=3, max=5)) == {3, 4, 5}
    assert values("numerify", text="a-##").str.contains(r"^a-\d\d$").all()


def test_a_method_that_faker_lacks_is_refused() -> None:
    assert compile_method("shoe_size", "en_US", {}, CLOCK) is None
    assert why("shoe_size", "en_US") == "Faker has no method 'shoe_size'"


@pytest.mark.parametrize("method", ["name", "address", "license_plate", "phone_number"])
def test_any_subset_of_rows_has_its_values(method: str) -> None:
    sampler = compile_method(method, "en_US", {}, CLOCK)
    assert sampler is not None
    whole = sampler.sample(IdRows(np.arange(500))).values
    some = np.random.default_rng(1).permutation(500)[:120]
    assert sampler.sample(IdRows(some)).values.equals(whole.gather(some))
