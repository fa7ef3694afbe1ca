import random
from typing import Any

import faker
import numpy as np
import polars as pl
import pytest

from synthgen.generators import faker as subject
from synthgen.registry import ENTITIES
from tests.conformance.doubles import RefusedError, column


def test_values_are_fakers_own() -> None:
    known = set(faker.providers.job.en_US.Provider.jobs) if hasattr(faker.providers, "job") else set()
    values = column({"faker": "job"}).values(3000)
    assert values.n_unique() > 400
    assert not known or set(values) <= known


def test_arguments() -> None:
    values = column({"faker": "bothify", "args": {"text": "??-##", "letters": "AB"}}).values(200)
    assert values.str.contains(r"^[AB]{2}-\d{2}$").all()
    numbers = column({"faker": "pyint", "args": {"min_value": 5, "max_value": 9}})
    assert set(numbers.values(300)) == {5, 6, 7, 8, 9}
    assert numbers.generator.dtype == pl.Int64
    assert numbers.generator.bounds == (5, 9)


def test_each_row_has_its_locale() -> None:
    made = column({"faker": "country"}, locales=("en_US", "de_DE"))
    values, (_, locale) = made.values(2000), made.rows(2000).locales
    english, german = (set(values.filter(pl.Series(locale == i))) for i in (0, 1))
    assert "Deutschland" in german
    assert "Germany" in english
    assert "Deutschland" not in english


def test_the_pool_does_not_depend_on_global_state() -> None:
    first = column({"faker": "company"}).values(100)
    subject._faker.cache_clear()
    faker.Faker.seed(12345)
    random.seed(1)
    np.random.seed(1)
    assert column({"faker": "company"}).values(100).equals(first)


def test_the_frequencies_of_values_are_kept() -> None:
    values = column({"faker": "boolean", "args": {"chance_of_getting_true": 80}}).values(20_000)
    assert values.dtype == pl.Boolean
    assert values.mean() == pytest.approx(0.8, abs=0.04)


def test_capacity_is_the_pool() -> None:
    made = column({"faker": "bothify", "args": {"text": "########"}, "pool": 300})
    assert made.generator.capacity == made.nth(range(made.generator.capacity)).n_unique()
    assert 290 < made.generator.capacity <= 300
    assert column({"faker": "job"}, locales=("en_US", "de_DE")).generator.capacity is None


@pytest.mark.parametrize(
    ("method", "entity"),
    [("name", "PERSON"), ("last_name", "PERSON"), ("city", "LOCATION"), ("street_address", "LOCATION")],
)
def test_names_and_addresses_are_declared(method: str, entity: str) -> None:
    declared = column({"faker": method}).make(5).declared
    assert declared is not None
    assert (declared.entity, declared.proof) == (entity, "vocabulary")


def test_plain_words_declare_nothing() -> None:
    assert column({"faker": "word"}).make(5).declared is None


@pytest.mark.parametrize("target", sorted(set(subject._REDIRECT.values())))
def test_every_redirect_leads_to_an_attribute(target: str) -> None:
    entity, attribute = target.split(".")
    assert attribute in ENTITIES.get(entity).attributes()


def test_direct_identifiers_are_reserved() -> None:
    made = column({"faker": "email"})
    assert made.make(50).declared is not None
    assert made.make(50).declared.proof == "reserved"
    assert made.values(300).str.contains(r"@(.*\.)?example\.(com|net|org)$|\.(test|example|invalid)$").all()
    assert column({"faker": "email", "unique": True}).values(20_000).n_unique() == 20_000


def test_any_shape_is_allowed_where_the_recipe_says_so() -> None:
    made = column({"faker": "ipv4_public"}, pii="synthetic").make(20)
    assert made.declared is not None
    assert (made.declared.entity, made.declared.proof) == ("IP_ADDRESS", "regenerated")


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"faker": "jbo"}, "did you mean 'job'?"),
        ({"faker": "seed_instance"}, "Faker has no method"),
        ({"faker": "_Generator__random"}, "Faker has no method"),
        ({"faker": "get_formatter"}, "Faker has no method"),
        ({"faker": "date_this_year"}, "reads the real clock"),
        ({"faker": "date_of_birth"}, "reads the real clock"),
        ({"faker": "profile"}, "use entities"),
        ({"faker": "uuid1"}, "id: uuid"),
        ({"faker": "json"}, "whole documents"),
        ({"faker": "words"}, "makes a list"),
        ({"faker": "pydict"}, "makes a dict"),
        ({"faker": "binary", "args": {"length": 9}}, "binary: N"),
        ({"faker": "null_boolean"}, "null: 0.3"),
        ({"faker": "pystr_format", "args": {"string_format": "{{date_this_month}}"}}, "reads the real clock"),
        ({"faker": "job", "args": {"speed": 3}}, "does not take these args"),
        ({"faker": "text", "args": {"max_nb_chars": 10**9}}, "larger than 10,000"),
        ({"faker": "email", "args": {"safe": False}}, "takes no args"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
