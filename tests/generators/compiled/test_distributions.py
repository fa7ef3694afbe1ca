"""Compiled methods against real Faker: two-sample tests at fixed seeds; the benchmark takes 100,000 values of each."""

from datetime import UTC, datetime

import numpy as np
import pytest

from synthgen.generators.compiled.compiler import compile_method, why
from synthgen.generators.compiled.validate import agreement, homogeneity, real_values, smirnov
from tests.generators.compiled.rows import IdRows

ROWS = 4_000
CASES = [
    ("name", "en_US", {}), ("first_name", "en_US", {}), ("last_name", "ja_JP", {}), ("name", "de_DE", {}),
    ("name", "zh_CN", {}), ("email", "en_US", {}), ("user_name", "fr_FR", {}), ("phone_number", "en_US", {}),
    ("phone_number", "pt_BR", {}), ("address", "en_GB", {}), ("street_address", "en_US", {}), ("city", "en_US", {}),
    ("administrative_unit", "hi_IN", {}), ("postcode", "en_US", {}), ("postcode", "en_GB", {}),
    ("country", "ar_SA", {}), ("company", "en_US", {}), ("job", "en_US", {}), ("bs", "en_US", {}),
    ("date_of_birth", "en_US", {}), ("date_between", "en_US", {}), ("date_time", "en_US", {}),
    ("date_this_decade", "en_US", {}), ("time_object", "en_US", {}), ("unix_time", "en_US", {}),
    ("text", "en_US", {}), ("text", "en_US", {"max_nb_chars": 20}), ("sentence", "en_US", {}),
    ("paragraph", "es_ES", {}),
    ("word", "en_US", {}), ("words", "en_US", {}), ("uuid4", "en_US", {}), ("ipv4", "en_US", {}), ("ipv6", "en_US", {}),
    ("url", "en_US", {}), ("password", "en_US", {}), ("credit_card_number", "en_US", {}), ("iban", "en_GB", {}),
    ("ssn", "en_US", {}), ("ssn", "pt_BR", {}), ("ssn", "zh_CN", {}), ("color_name", "en_US", {}),
    ("color", "en_US", {}), ("user_agent", "en_US", {}),
    ("color_hsl", "en_US", {}), ("random_int", "en_US", {}), ("random_number", "en_US", {}), ("pyfloat", "en_US", {}),
    ("latitude", "en_US", {}), ("ean13", "en_US", {}), ("license_plate", "en_GB", {}), ("mac_address", "en_US", {}),
    ("file_path", "en_US", {}), ("boolean", "en_US", {"chance_of_getting_true": 30}), ("md5", "en_US", {}),
    ("pricetag", "en_US", {}), ("bothify", "en_US", {"text": "??-!!#@%"}), ("slug", "en_US", {}),
    ("random_digit_or_empty", "en_US", {}), ("postcode_in_state", "en_US", {}), ("null_boolean", "en_US", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "locale", "args"), CASES, ids=lambda v: str(v) if v else "")
def test_the_distribution_is_fakers(method: str, locale: str, args: dict[str, object]) -> None:
    sampler = compile_method(method, locale, args, datetime.now(UTC))
    assert sampler is not None, why(method, locale, args)
    found = agreement(sampler, IdRows(np.arange(ROWS)), real_values(method, locale, args, ROWS))
    assert found.p > 0.001, found.tests


def test_the_tests_see_a_difference() -> None:
    rng = np.random.default_rng(1)
    assert homogeneity(rng.integers(0, 5, 2000), rng.integers(0, 6, 2000)) < 1e-6
    assert homogeneity(rng.integers(0, 5, 2000), rng.integers(0, 5, 2000)) > 0.001
    assert smirnov(rng.normal(0, 1, 2000), rng.normal(0.2, 1, 2000)) < 1e-6
    assert smirnov(rng.normal(0, 1, 2000), rng.normal(0, 1, 2000)) > 0.001


def test_weights_are_needed() -> None:
    """An unweighted list of first names would be seen."""
    sampler = compile_method("first_name", "en_US", {}, datetime.now(UTC))
    assert sampler is not None
    even = np.random.default_rng(1).choice(sampler.vocabulary.values.to_numpy(), ROWS)  # type: ignore[attr-defined]
    assert homogeneity(real_values("first_name", "en_US", {}, ROWS), even.tolist()) < 1e-9
