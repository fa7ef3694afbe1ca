import pickle
import random
from datetime import UTC, date, datetime
from typing import Any

import faker
import numpy as np
import polars as pl
import pytest

from synthgen.generators.faked import held, net, pool
from synthgen.registry import ENTITIES
from tests.conformance.doubles import CLOCK, RefusedError, column


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
    first = column({"faker": "bs", "pool": 50}).values(100)
    pool._made.cache_clear()
    held.held.cache_clear()
    faker.Faker.seed(12345)
    random.seed(1)
    np.random.seed(1)
    assert column({"faker": "bs", "pool": 50}).values(100).equals(first)


def test_the_frequencies_of_values_are_kept() -> None:
    values = column({"faker": "boolean", "args": {"chance_of_getting_true": 80}}).values(20_000)
    assert values.dtype == pl.Boolean
    assert values.mean() == pytest.approx(0.8, abs=0.04)


def test_capacity_is_the_pool() -> None:
    made = column({"faker": "bothify", "args": {"text": "########"}, "pool": 300})
    assert made.generator.capacity == made.nth(range(made.generator.capacity)).n_unique()
    assert 290 < made.generator.capacity <= 300
    assert column({"faker": "job"}, locales=("en_US", "de_DE")).generator.capacity is None


def test_capacity_of_a_compiled_list() -> None:
    made = column({"faker": "job"})
    assert made.generator.capacity == made.nth(range(made.generator.capacity)).n_unique() > 600


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


@pytest.mark.parametrize("target", sorted(set(net.TARGETS.values())))
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
        ({"faker": "add_provider"}, "Faker has no method"),
        ({"faker": "pystr_format", "args": {"string_format": "{{seed_instance}}"}}, "no method 'seed_instance'"),
        ({"faker": "json", "args": {"data_columns": {"a": "seed_instance"}}}, "no method 'seed_instance'"),
        ({"faker": "enum"}, "enum_cls: [red, green]"),
        ({"faker": "job", "args": {"speed": 3}}, "does not take these args"),
        ({"faker": "text", "args": {"max_nb_chars": 10**9}}, "larger than 10,000"),
        ({"faker": "email", "args": {"safe": False}}, "takes no args"),
        ({"faker": "ssn", "args": {"min_age": 3}}, "takes no args"),
        ({"faker": "ssn", "max_length": 5}, "needs 11 characters"),
        ({"faker": "name", "distinct": True, "unique": True}, "cannot be unique"),
        ({"faker": "name", "unique": True}, "write pool: N"),
        ({"faker": "email", "pool": 0}, "greater than or equal to 1"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)


def test_a_method_that_one_locale_has_not() -> None:
    with pytest.raises(RefusedError, match="no method 'cpf' in en_US"):
        column({"faker": "cpf"}, locales=("en_US", "pt_BR"))


def test_dates_are_relative_to_the_clock() -> None:
    year = column({"faker": "date_this_year"}).values(500)
    assert year.dt.year().unique().to_list() == [2026]
    assert year.max() <= CLOCK.date()
    past = column({"faker": "date_between", "args": {"start_date": "2020-05-01", "end_date": "clock"}}).values(500)
    assert past.dtype == pl.Date
    assert past.min() >= date(2020, 5, 1)
    assert past.max() <= CLOCK.date()
    pooled = column({"faker": "date_time_this_month", "pool": 200}).values(500)
    assert pooled.dt.strftime("%Y-%m").unique().to_list() == ["2026-09"]
    earlier = column({"faker": "past_date", "pool": 50}, clock=datetime(2001, 1, 1, tzinfo=UTC)).values(90)
    assert earlier.dt.year().unique().to_list() == [2000]


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("words", pl.List(pl.String)), ("binary", pl.Binary), ("color_rgb", pl.List(pl.Int64)),
        ("null_boolean", pl.Boolean), ("pydecimal", pl.Float64), ("pytimezone", pl.String), ("time_object", pl.Time),
        ("time_delta", pl.Duration("us")), ("date_time", pl.Datetime("us")), ("pyobject", pl.String),
    ],
)  # fmt: skip
def test_each_kind_of_result_has_its_dtype(method: str, kind: pl.DataType) -> None:
    made = column({"faker": method})
    assert made.generator.dtype == kind
    assert made.values(60).dtype == kind


def test_a_profile_is_a_struct() -> None:
    profile = column({"faker": "simple_profile"}).values(200)
    assert [f.name for f in profile.dtype.fields] == ["username", "name", "sex", "address", "mail", "birthdate"]
    assert profile.struct.field("mail").str.ends_with("@example.com").all()
    assert profile.struct.field("birthdate").dtype == pl.Date


def test_a_list_of_enumeration_members_is_text() -> None:
    assert set(column({"faker": "enum", "args": {"enum_cls": ["red", "green"]}}).values(90)) == {"red", "green"}


def test_distinct_calls_faker_for_each_row() -> None:
    made = column({"faker": "catch_phrase", "distinct": True})
    values = made.values(400)
    assert values.n_unique() > 395
    assert made.values(np.array([7, 3, 399])).to_list() == values.gather([7, 3, 399]).to_list()
    assert pickle.loads(pickle.dumps(made.generator.sources[0])).dtype == pl.String


def test_distinct_draws_without_repeats_from_a_range() -> None:
    values = column({"faker": "cpf", "distinct": True}, locales=("pt_BR",)).values(50_000)
    assert values.n_unique() == 50_000


def test_where_the_values_come_from_is_noted() -> None:
    assert column({"faker": "job"}).generator.notes == ()
    note = "faker profile is sampled from a pool of 200 values made by Faker"
    assert column({"faker": "profile"}).generator.notes == (note,)
    assert "50 values" in column({"faker": "job", "pool": 50}).generator.notes[0]


def test_locales_of_one_column_are_made_row_by_row() -> None:
    made = column({"faker": "ssn"}, locales=("pl_PL", "pt_BR", "en_US")).make(900)
    assert made.declared is not None
    assert made.declared.entity == "BR_CPF|PL_PESEL|US_SSN"
    assert set(made.values.str.contains("-")) == {True, False}
