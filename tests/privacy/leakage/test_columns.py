"""What columns are: identifiers, traits, texts, numbers of rows."""

from __future__ import annotations

import uuid

import numpy as np
import polars as pl
import pytest

from synthgen.privacy.leakage.columns import Identifying, Roles, flattened, roles, traits_of
from tests.privacy.leakage.people import source


def judged(frame: pl.DataFrame, by_user: str = "", keys: str = "") -> Roles:
    flat, several = flattened({c.name: c for c in frame.get_columns()})
    return roles(flat, several, frozenset(by_user.split()), frozenset(keys.split()))


def test_a_table_of_people() -> None:
    found = judged(source())
    assert found.identifying == {"email": Identifying("EMAIL_ADDRESS"), "phone": Identifying("PHONE_NUMBER")}
    assert found.traits == {"first_name": "first", "last_name": "last", "birth_date": "birth", "city": "city"}
    assert found.texts == {"note"} and found.surrogates == {"id"}


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("firstName", "first"), ("Last Name", "last"), ("customer_name", "name"), ("dob", "birth"), ("ZIP", "postcode"),
        ("billing_city", "city"), ("Street Address", "street"), ("gender", "sex"), ("company", "employer"),
        ("email_address", None), ("birth_place", None), ("price", None), ("name", None),
    ],
)  # fmt: skip
def test_traits_by_name(name: str, trait: str | None) -> None:
    assert traits_of({name: pl.Series(["x", "y"])}).get(name) == trait


def test_a_column_called_name_is_a_trait_if_it_holds_full_names() -> None:
    assert traits_of({"name": pl.Series(["Anna Smith", "Peter Jones", "Maria Garcia"])}) == {"name": "name"}
    assert traits_of({"name": pl.Series(["Blue kettle", "Garden ladder", "Oak table"])}) == {}


def test_codes() -> None:
    random = np.random.default_rng(1)
    numbers = random.choice(10**7, 60, replace=False)
    frame = pl.DataFrame(
        {
            "uuid": [str(uuid.UUID(int=int(x))) for x in random.integers(0, 2**63, 60).astype(object) * 2**60 + 12345],
            "invoice": [f"INV-{n:07d}" for n in numbers],
            "seen": [f"2024-01-{1 + i % 28:02d}T10:{i % 60:02d}:{i % 60:02d}.{n:07d}" for i, n in enumerate(numbers)],
            "ratio": [f"{n / 10**7:.12f}" for n in numbers],
            "repeated": [f"{i % 59:016d}{i % 59:016x}" for i in range(60)],
        }
    )
    assert judged(frame).identifying == {"uuid": Identifying("IDENTIFIER")}


def test_numbers_of_rows() -> None:
    frame = pl.DataFrame({"a": range(5, 105), "b": [str(i) for i in range(100)], "c": [7 * i for i in range(100)]})
    assert judged(frame).surrogates == {"a", "b"}
    assert judged(frame, keys="c").surrogates == {"a", "b", "c"}


def test_what_the_user_names_counts() -> None:
    found = judged(source(), by_user="city email")
    assert found.identifying["city"] == Identifying("IDENTIFIER", by_user=True)
    assert found.identifying["email"] == Identifying("EMAIL_ADDRESS", by_user=True)


def test_nested_columns_are_flattened() -> None:
    frame = pl.DataFrame({"a": [{"mail": "x@realmail.com", "tags": ["p", "q"]}]})
    flat, several = flattened({c.name: c for c in frame.get_columns()})
    assert list(flat) == ["a.mail"] and [leaf.name for leaf in several] == ["a.tags[]"]
