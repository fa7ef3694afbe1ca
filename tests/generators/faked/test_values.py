"""Faker's results as columns, and its clock."""

# ruff: noqa: E501  # tables of cases, one a line
import datetime as dt
import enum
import io
import random
import sys
import zipfile
from decimal import Decimal
from random import Random

import polars as pl
import pytest

from synthgen.generators.faked.clock import pinned, png, xml
from synthgen.generators.faked.methods import create, locales, providers
from synthgen.generators.faked.values import plain, series


class _Size(enum.Enum):
    SMALL = 1


@pytest.mark.parametrize(
    ("values", "dtype", "first"),
    [
        ([1, None], pl.Int64, 1),
        ([1, 2.5], pl.Float64, 1.0),
        ([2**70, 1], pl.String, str(2**70)),
        ([Decimal("1.50")], pl.Float64, 1.5),
        ([_Size.SMALL], pl.String, "SMALL"),
        ([(1, 2), (3,)], pl.List(pl.Int64), [1, 2]),
        ([{3, 1}], pl.List(pl.Int64), [1, 3]),
        ([("EUR", 2), ("USD", 3)], pl.Struct({"item_1": pl.String, "item_2": pl.Int64}), {"item_1": "EUR", "item_2": 2}),
        ([{"a": 1}, {"a": 2}], pl.Struct({"a": pl.Int64}), {"a": 1}),
        ([{"a": 1}, {"b": 2}], pl.List(pl.Struct({"key": pl.String, "value": pl.Int64})), [{"key": "a", "value": 1}]),
        ([dt.datetime(2024, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))], pl.Datetime("us"), dt.datetime(2024, 1, 1, 22)),
        ([dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3)], pl.Datetime("us"), dt.datetime(2024, 1, 2)),
        ([True, "x"], pl.String, "True"),
        ([None], pl.String, None),
        ([b"ab", [b"c", 1]], pl.String, "6162"),
        ([int], pl.String, "int"),
    ],
)  # fmt: skip
def test_each_kind(values: list[object], dtype: pl.DataType, first: object) -> None:
    made = series([plain(v) for v in values])
    assert made.dtype == dtype
    assert made[0].to_list() == first if isinstance(first, list) else made[0] == first


def test_faker_sees_the_recipes_clock() -> None:
    made = create("en_US")
    made.random = Random(1)
    real = sys.modules["faker.providers.date_time"].datetime  # type: ignore[attr-defined]
    with pinned(dt.datetime(1999, 12, 31, 23, 0, tzinfo=dt.UTC), made.random):
        assert made.date_this_year().year == 1999
        assert made.date_between("today", "today") == dt.date(1999, 12, 31)
        assert 1999 - made.date_of_birth(minimum_age=40, maximum_age=41).year in (40, 41, 42)
    assert sys.modules["faker.providers.date_time"].datetime is real  # type: ignore[attr-defined]
    assert real.now().year > 2000


def test_providers_that_use_the_module_random_are_seeded_too() -> None:
    made = create("es_ES")
    found = []
    for state in (1, 2):
        random.seed(state)
        made.random = Random(5)
        with pinned(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), made.random):
            found.append([made.nie() for _ in range(5)])
    assert found[0] == found[1]


def test_archives_carry_the_recipes_clock() -> None:
    made = create("en_US")
    made.random = Random(1)
    with pinned(dt.datetime(1999, 12, 31, 23, 0, tzinfo=dt.UTC), made.random):
        body = made.zip(uncompressed_size=8192, num_files=1, min_file_size=1024)
    assert [i.date_time for i in zipfile.ZipFile(io.BytesIO(body)).infolist()] == [(1999, 12, 31, 23, 0, 0)]


def test_documents_need_no_other_package() -> None:
    assert xml({"a": {"b": ["x & y", 2]}}).endswith("<a><b>x &amp; y</b><b>2</b></a>")
    assert png((4, 900), (1, 2, 3)).startswith(b"\x89PNG")


def test_faker_has_what_we_think_it_has() -> None:
    assert len(locales()) > 100
    assert "add_provider" not in providers("en_US")
    assert "enum" in providers("en_US")
    assert len(providers("en_US")) > 270
