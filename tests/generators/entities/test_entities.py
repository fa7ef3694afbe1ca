"""Entities through the real plan: they agree with themselves, with their locale, and belong to nobody."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from synthgen.errors import RecipeError
from synthgen.generators.entities.places import places
from synthgen.plan.compile import compile_recipe
from synthgen.plan.world import World
from synthgen.recipe.load import load
from synthgen.registry import ENTITIES
from tests.conformance.doubles import FakeBuild

LOCALES = [
    "en_US", "en_GB", "en_CA", "en_AU", "de_DE", "de_AT", "de_CH", "fr_FR", "es_ES", "es_MX", "it_IT", "nl_NL", "pl_PL",
    "pt_BR", "sv_SE", "ja_JP", "en_IN", "cs_CZ", "fi_FI", "tr_TR", "el_GR", "uk_UA",
]  # fmt: skip
ATTRIBUTES = {name: ENTITIES.get(name).attributes() for name in ENTITIES.names()}
ALL = {f"{e}_{a}": {e: a} for e, traits in ATTRIBUTES.items() for a in traits}


PHONE = (
    r"^(\+1-?)?([2-9]\d\d-?)?555-?01\d\d$"
    r"|^(\+49 ?|0)(30 ?23125|40 ?66969|69 ?90009|221 ?4710|89 ?99998)\d{3}$"
)
RESERVED = {  # what the authorities promise, written apart from the product's own rules
    "person_email": r"^[a-z]+[._]?[a-z]*\d*@((mail|post|inbox)\.)?(example\.(com|net|org)|a\.test)$",
    "person_phone": PHONE,
    "company_phone": PHONE,
    "company_email": r"^[a-z]+@[a-z]+(-[a-z]+)?\.(example|test)$",
    "company_domain": r"^[a-z]+(-[a-z]+)?\.(example|test)$",
    "company_url": r"^https?://(www\.)?[a-z]+(-[a-z]+)?\.(example|test)$",
    "device_hostname": r"^[a-z]+-\d+\.example$",
}


def world(folder: Path, columns: dict[str, Any], locale: Any = "en_US", rows: int = 300, **more: Any) -> World:
    table = {"rows": rows, "columns": {"id": {"id": "int"}, **columns}, **more}
    content = {"synthgen": 1, "clock": "2026-09-01T00:00:00Z", "locale": locale, "tables": {"t": table}}
    path = folder / "r.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return World(compile_recipe(load(path)))


def frame(made: World, numbers: Any = None) -> pl.DataFrame:
    rows = made.rows("t", 0, made.size("t")) if numbers is None else made.rows_at("t", numbers)
    return pl.DataFrame([c.values.alias(n) for n, c in rows.frame().items()])


@pytest.mark.parametrize("locale", LOCALES)
def test_every_attribute_of_every_locale(locale: str, tmp_path: Path) -> None:
    made = world(tmp_path, ALL, locale)
    whole = frame(made)
    for name in ALL:
        entity, _, attribute = name.partition("_")
        assert whole[name].dtype == ATTRIBUTES[entity][attribute].dtype, name
        assert not whole[name].has_nulls(), name
        if whole[name].dtype == pl.String:
            assert (whole[name].str.len_chars() > 0).all(), name
    known = {(p.city, p.state, p.postcode) for p in places(locale)}
    assert set(whole.select("address_city", "address_state", "address_postcode").rows()) <= known
    scattered = np.array([299, 3, 3, 150], dtype=np.uint64)
    assert frame(made, scattered).equals(whole[[299, 3, 3, 150]])


def test_a_person_agrees_with_themselves(tmp_path: Path) -> None:
    columns = {a: {"person": a} for a in ATTRIBUTES["person"]}
    people = frame(world(tmp_path, columns, {"en_US": 0.5, "de_DE": 0.5}, rows=2000))
    assert people.filter(pl.col("full_name") != pl.col("first_name") + " " + pl.col("last_name")).is_empty()
    last = pl.col("last_name").str.to_lowercase().str.replace_all("[^a-z]", "").str.slice(0, 3)
    plain = people.filter(pl.col("last_name").str.contains("^[A-Za-z]+$"))
    assert plain.filter(~pl.col("email").str.contains(last)).is_empty()
    birthday = pl.col("birth_date").dt.offset_by(pl.col("age").cast(pl.String) + "y")
    clock = pl.date(2026, 9, 1)
    assert people.filter((birthday > clock) | (birthday.dt.offset_by("1y") <= clock)).is_empty()
    assert people["age"].is_between(18, 90).all()
    assert set(people["gender"]) == {"female", "male"}
    us = people.filter(pl.col("phone").str.starts_with("+1"))
    assert us["national_id"].str.contains(r"^(000|666)-\d\d-\d{4}$").all()
    assert people.filter(gender="male")["prefix"].is_in(["Frau", "Mrs.", "Ms.", "Miss"]).sum() == 0


def test_payment_and_device_details_hang_together(tmp_path: Path) -> None:
    columns = {a: {e: a} for e in ("payment", "device", "company") for a in ATTRIBUTES[e] if a != "phone"}
    made = frame(world(tmp_path, columns, "de_DE", rows=1000))
    assert made.filter(pl.col("card_number").str.tail(4) != pl.col("card_last4")).is_empty()
    assert made.filter(pl.col("card_brand") == "Visa")["card_number"].str.starts_with("4").all()
    assert made["iban"].str.contains(r"^DE00\d{18}$").all()
    assert made["ip"].str.contains(r"^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$").all()
    assert made["ipv6"].str.starts_with("2001:0db8:").all()
    assert made.filter(pl.col("os") == "iOS")["device_type"].unique().to_list() == ["mobile"]
    assert made["imei"].str.contains(r"^00\d{13}$").all()
    assert made.filter(~pl.col("url").str.contains(pl.col("domain"), literal=True)).is_empty()
    assert made["domain"].str.ends_with(".example").all()


@pytest.mark.parametrize("attribute", ["email", "username", "national_id"])
def test_unique_people_stay_unique_and_as_they_were(attribute: str, tmp_path: Path) -> None:
    columns = {"x": {"person": attribute, "unique": True}}
    small, large = (frame(world(tmp_path, columns, rows=n)) for n in (5_000, 60_000))
    assert large["x"].is_unique().all()
    assert large["x"].head(5_000).equals(small["x"])


@pytest.mark.parametrize(
    ("entity", "attribute", "rows"),
    [("payment", "iban", 20_000), ("payment", "card_number", 20_000), ("device", "ip", 762), ("device", "mac", 256),
     ("device", "ipv6", 5_000), ("device", "hostname", 5_000), ("device", "imei", 5_000), ("company", "email", 5_000),
     ("company", "domain", 5_000), ("company", "vat_id", 5_000), ("person", "phone", 20_000)],
)  # fmt: skip
def test_what_can_be_unique_is(entity: str, attribute: str, rows: int, tmp_path: Path) -> None:
    made = frame(world(tmp_path, {"x": {entity: attribute, "unique": True}}, rows=rows))
    assert made["x"].is_unique().all()


@pytest.mark.parametrize(("entity", "attribute", "rows"), [("device", "mac", 257), ("person", "first_name", 2)])
def test_what_cannot_be_unique_is_refused(entity: str, attribute: str, rows: int, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="must be unique"):
        world(tmp_path, {"x": {entity: attribute, "unique": True}}, rows=rows)


@pytest.mark.parametrize("limit", [3, 8, 12, 20, 40])
@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_nothing_is_longer_than_it_may_be(limit: int, locale: str, tmp_path: Path) -> None:
    build = FakeBuild(locales=(locale,))
    short = {}
    for name, spec in ALL.items():
        entity, attribute = next(iter(spec.items()))
        kind = ENTITIES.get(entity)
        if kind(kind.Params(max_length=limit), build).shortest(attribute) <= limit:
            short[name] = {**spec, "max_length": limit}
    made = frame(world(tmp_path, short, locale))
    texts = made.select(pl.col(pl.String))
    longest = texts.select(pl.all().str.len_chars().max()).row(0, named=True)
    assert {n: v for n, v in longest.items() if v > limit} == {}
    assert texts.select(pl.all().str.len_chars().min() > 0).row(0).count(False) == 0
    for name, pattern in RESERVED.items():
        if name in made.columns:
            assert made.filter(~pl.col(name).str.contains(pattern)).is_empty(), name


def test_pii_none_refuses_what_is_personal(tmp_path: Path) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(
        "synthgen: 1\nprivacy: {pii: none}\ntables:\n  t: {rows: 3, columns: {e: {person: email}, j: {person: job}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RecipeError) as caught:
        compile_recipe(load(path))
    assert [p.code for p in caught.value.problems] == ["pii-not-allowed"]


@pytest.mark.parametrize(("entity", "attribute"), [("device", "mac"), ("payment", "iban"), ("person", "national_id")])
def test_a_limit_that_cannot_be_kept_is_refused(entity: str, attribute: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="max_length is 8"):
        world(tmp_path, {"x": {entity: attribute, "max_length": 8}})


def test_a_child_table_cannot_have_more_rows_than_an_attribute_has_values(tmp_path: Path) -> None:
    columns = {"a_id": {"ref": "a"}, "m": {"device": "mac", "unique": True}}
    tables = {
        "a": {"rows": 200, "key": "id", "columns": {"id": {"id": "int"}}},
        "b": {"per": "a", "count": {"poisson": 4}, "columns": columns},
    }
    path = tmp_path / "r.yaml"
    path.write_text(yaml.safe_dump({"synthgen": 1, "tables": tables}, sort_keys=False), encoding="utf-8")
    with pytest.raises(RecipeError, match="only 256 different values"):
        compile_recipe(load(path))


@pytest.mark.parametrize("limit", [9, 12, 16, 24])
@pytest.mark.parametrize(("entity", "attribute"), [("person", "email"), ("person", "username"), ("company", "domain")])
def test_short_and_unique(entity: str, attribute: str, limit: int, tmp_path: Path) -> None:
    spec = {entity: attribute, "unique": True, "max_length": limit}
    most = ENTITIES.get(entity)(ENTITIES.get(entity).Params(max_length=limit), FakeBuild()).capacity(attribute)
    made = frame(world(tmp_path, {"x": spec}, rows=3000 if most is None else min(most, 3000)))["x"]
    assert made.is_unique().all()
    assert made.str.len_chars().max() <= limit  # type: ignore[operator]


def test_a_limit_changes_only_what_does_not_fit(tmp_path: Path) -> None:
    wide = {a: {"person": a} for a in ("first_name", "last_name", "job")}
    narrow = {a: {"person": a, "max_length": 7} for a in wide}
    whole, short = frame(world(tmp_path, wide)), frame(world(tmp_path, narrow))
    for name in wide:
        fits = whole[name].str.len_chars() <= 7
        assert whole[name].filter(fits).equals(short[name].filter(fits))


@pytest.mark.parametrize(
    ("locale", "email"),
    [("ru_RU", "gordeeva"), ("ja_JP", "fukuda"), ("ko_KR", "gim"), ("el_GR", "tsakalakoy"), ("zh_CN", "")],
)
def test_addresses_are_spelled_from_names_in_any_script(locale: str, email: str, tmp_path: Path) -> None:
    columns = {a: {"person": a} for a in ("last_name", "email")}
    made = frame(world(tmp_path, columns, locale, rows=2000))
    assert made["email"].str.contains(email, literal=True).any()
    assert not made["email"].str.contains("user").any()
