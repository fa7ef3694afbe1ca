"""Names of columns say what they hold, in several languages and every style."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.registry import ENTITIES
from synthgen.schema.names import _PHRASES, about, meaning, singular, words
from synthgen.schema.table import FieldSchema, LogicalType, TableSchema

ADDRESS = (FieldSchema("street"), FieldSchema("city"), FieldSchema("zip"))


def found(column: str, table: str = "things", kind: LogicalType = "string", **more: int) -> str | None:
    field = FieldSchema(column, kind, **more)  # type: ignore[arg-type]  # lengths by name
    meant = meaning(TableSchema(table, (*ADDRESS, field)), field)
    return None if meant is None else meant.name + (f"@{meant.instance}" if meant.instance else "")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("email", "person.email"), ("EMAIL_ADDRESS", "person.email"), ("userEmail", "person.email"),
        ("billing_email", "person.email@billing"), ("FirstName", "person.first_name"), ("vorname", "person.first_name"),
        ("Nachname", "person.last_name"), ("prénom", "person.first_name"), ("apellidos", "person.last_name"),
        ("telefono", "person.phone"), ("fax_number", "person.phone"), ("phone2", "person.phone@2"),
        ("c_phone", "person.phone"), ("Straße", "address.street"), ("shipToCity", "address.city@ship_to"),
        ("PLZ", "address.postcode"), ("code_postal", "address.postcode"), ("address_line_1", "address.street"),
        ("address2", "address.street2"), ("state", "address.state"), ("Wohnort", "address.city"),
        ("remote_addr", "device.ip"), ("iban", "payment.iban"), ("ssn", "person.national_id"),
        ("website", "company.url"), ("companyName", "company.company"),
        ("email_verified_at", None), ("phone_type", None), ("address_id", None), ("estate", None), ("zipped", None),
        ("capacity", None), ("status", None), ("description", None),
    ],
)  # fmt: skip
def test_a_column_by_its_name(column: str, expected: str | None) -> None:
    assert found(column) == expected


def test_the_table_tells_whose_name_it_is() -> None:
    assert found("name", "customers") == "person.full_name"
    assert found("name", "Kunden") == "person.full_name"
    assert found("name", "suppliers") == "company.company"
    assert found("name", "products") is None
    assert found("customer_name", "orders") == "person.full_name"
    assert found("title", "employees") == "person.job"
    assert found("title", "films") is None


def test_short_columns_hold_codes() -> None:
    assert found("country", max_length=2) == "address.country_code"
    assert found("state", max_length=2) == "address.state_code"
    assert found("country", max_length=40) == "address.country"


def test_the_type_must_fit() -> None:
    assert found("phone", kind="integer") is None
    assert found("age", kind="integer") == "person.age"
    assert found("age", kind="string") is None
    assert found("birth_date", kind="date") == "person.birth_date"
    assert found("latitude", kind="number") == "address.latitude"


def test_ambiguous_words_need_an_address() -> None:
    alone = FieldSchema("state")
    assert meaning(TableSchema("jobs", (FieldSchema("id"), alone)), alone) is None


def test_every_phrase_names_an_attribute_that_exists() -> None:
    for name in _PHRASES:
        entity, _, attribute = name.partition(".")
        assert attribute in ENTITIES.get(entity).attributes()


def test_what_a_table_is_about() -> None:
    assert about(TableSchema("hr_employees", ())) == "person"
    assert about(TableSchema("Companies", ())) == "company"
    assert about(TableSchema("orders", ())) is None


@pytest.mark.parametrize(("word", "one"), [("companies", "company"), ("addresses", "address"), ("status", "status")])
def test_singular(word: str, one: str) -> None:
    assert singular(word) == one


@given(st.text(max_size=40))
def test_any_name_splits_into_plain_words(name: str) -> None:
    assert all(w.isascii() and w.isalnum() and w == w.lower() for w in words(name))
