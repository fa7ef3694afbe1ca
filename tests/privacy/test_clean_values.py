"""Ordinary values raise no alarm: codes, prices, versions, dates, categories, Faker's harmless providers."""

from __future__ import annotations

import polars as pl
import pytest
from faker import Faker

from synthgen.columns import Column
from synthgen.privacy.scanner import Scanner

N = 400
ORDINARY = {
    "order": [f"ORD-{i:06d}" for i in range(N)],
    "dated_order": [f"ORD-2024-{i:06d}" for i in range(N)],
    "invoice": [f"INV-{i:07d}" for i in range(N)],
    "sku": [f"SKU-{i:04d}-{i * 7 % 100:02d}-XL" for i in range(N)],
    "uuid": [f"{i:08x}-1234-4567-89ab-{i:012d}" for i in range(N)],
    "hash": [f"{i * 2654435761 % 2**32:08x}" for i in range(N)],
    "version": [f"v{i % 5}.{i % 10}.{i % 20}.{i % 7}" for i in range(N)],
    "price": [f"${i * 3.17:,.2f}" for i in range(N)],
    "amount": [f"{i * 1234.5:,.2f} EUR" for i in range(N)],
    "day": [f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2024" for i in range(N)],
    "stamp": [f"2024-01-{i % 28 + 1:02d} 12:{i % 60:02d}:00.123456" for i in range(N)],
    "iso": [f"2024-01-{i % 28 + 1:02d}T12:{i % 60:02d}:00+02:00" for i in range(N)],
    "millis": [str(1_700_000_000_000 + i) for i in range(N)],
    "nine": [str(100_000_000 + i * 7919) for i in range(N)],
    "ten": [str(2_000_000_000 + i * 791_913) for i in range(N)],
    "eleven": [str(20_000_000_000 + i * 7_919_131) for i in range(N)],
    "zip4": [f"{10_000 + i}-{i:04d}" for i in range(N)],
    "size": [f"{i}x{i + 1}x{i + 2} cm" for i in range(N)],
    "colour": [f"#{i * 4099 % 2**24:06x}" for i in range(N)],
    "file": [f"report_{i}.final.py" for i in range(N)],
    "ean": ["4006381333931", "5901234123457", "9780306406157"],
    "isbn": ["978-0-306-40615-7", "978-3-16-148410-0"],
    "category": ["Home", "Tech", "Garden & Outdoor", "Sports Equipment", "New York", "Home Office", "Credit Card"],
    "note": [
        "Order 12345 was shipped on 2024-03-01 at 14:00, total 1,234.50 EUR.",
        "the order arrived without any problem",
    ],
    "loopback": ["127.0.0.1", "0.0.0.0", "255.255.255.0", "::1"],
    "agent": [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.129 Safari/537.36"
    ],
}
FAKER = (
    "catch_phrase bs job color_name hex_color country currency_name currency_code file_path mime_type uuid4 sha256 md5 "
    "sentence word isbn13 ean13 iso8601 time month_name bothify postcode city state street_address "
    "credit_card_provider credit_card_expire date chrome slug emoji locale cryptocurrency_name"
)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner("reserved")


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_columns_pass(scanner: Scanner, name: str) -> None:
    found = scanner.scan("t", {name: Column.of(pl.Series(ORDINARY[name]))})
    assert [(f.entity, ORDINARY[name][f.row or 0]) for f in found] == []


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
@pytest.mark.parametrize("method", FAKER.split())
def test_harmless_faker_providers_pass(scanner: Scanner, locale: str, method: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(20)
    try:
        values = [str(getattr(fake, method)()) for _ in range(200)]
    except AttributeError:
        pytest.skip(f"{locale} has no {method}")
    found = scanner.scan("t", {f"c_{method}": Column.of(pl.Series(values))})
    assert [(f.entity, values[f.row or 0]) for f in found] == []
