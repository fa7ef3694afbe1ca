"""Reserved ranges: what lies in them, what lies just outside, and that columns and single values agree."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from synthgen.privacy.reserved import RULES, explain, markdown, reserved_mask
from synthgen.privacy.reserved_payment import DEMO_IBANS, TEST_CARDS

INSIDE = {
    "EMAIL_ADDRESS": [
        "a@example.com",
        "A.B@mail.EXAMPLE.org",
        "x@y.test",
        "x@a.b.invalid",
        "x@localhost",
        "ü@x.example",
    ],
    "URL": ["https://example.com/x?q=1", "http://a.b.test:80/", "www.example.org", "http://192.0.2.7/x", "//x.invalid"],
    "PHONE_NUMBER": [
        "(212) 555-0123",
        "+1-212-555-0100",
        "555-0199",
        "212.555.0101 x123",
        "tel:+12125550150",
        "12125550150",
        "+44 (0)20 7946 0123",
        "020 7946 0123",
        "0161 496 0000",
        "07700 900123",
        "01632 960001",
        "03069 990999",
        "+49 30 23125000",
        "030/23125 000",
        "0171 3920099",
        "+4915228817386",
        "+33 6 39 98 00 00",
        "06 39 98 00 01",
        "0639980001",
        "01.99.00.12.34",
        "+61 2 5550 1234",
        "(02) 5550 1234",
        "0491 570 156",
        "0491570156",
        "+61491570156",
        "1300 975 707",
        "+46 70 174 06 05",
        "070-174 06 99",
        "08-465 004 00",
        "+353 20 911 2345",
        "(020) 911 2345",
    ],
    "US_SSN": ["000-12-3456", "666123456", "123-00-1234", "123-45-0000", "900-44-1234", "987-65-4321", "078-05-1120"],
    "US_ITIN": ["912-44-1234"],
    "US_EIN": ["07-1234567", "00-0000000"],
    "UK_NINO": ["QQ123456C", "QQ 12 34 56 C", "BG123456A", "AO123456A"],
    "UK_NHS": ["9990001234", "999 000 1234"],
    "IN_AADHAAR": ["0123 4567 8901", "1234-5678-9012"],
    "CREDIT_CARD": ["4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005", "9999 1234 5678 9012"],
    "IBAN_CODE": [
        "GB99NWBK60161331926819",
        "de00 5001 0517 5407 3249 31",
        "XX12NWBK60161331926819",
        "GB29 NWBK 6016 1331 9268 19",
    ],
    "IP_ADDRESS": [
        "192.0.2.1",
        "198.51.100.255",
        "203.0.113.0/24",
        "2001:db8::1",
        "2001:0DB8:0:0::1",
        "3fff:abc::1",
        "3fff::",
    ],
    "MAC_ADDRESS": ["00:00:5e:00:53:ff", "00-00-5E-00-53-00", "0000.5e00.5301", "01:00:5e:90:10:ab"],
    "ASN": ["AS64496", "65551"],
    "IMEI": ["001012345678901"],
    "VIN": ["IHGCM82633A004352", "1HGCM82633A00435O"],
    "CRYPTO": ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
    "API_KEY": ["AKIAIOSFODNN7EXAMPLE"],
    "BIC_CODE": ["DEUTDEF0", "DEUTDEF0XXX", "NWBK GB 20 XXX"],
    "NO_FODSELSNUMMER": ["01819012345", "418190 12345"],
}
OUTSIDE = {
    "EMAIL_ADDRESS": [
        "a@gmail.com",
        "a@example.com.evil.com",
        "a@notexample.com",
        "a@x.internal",
        "a@example.co",
        "a@x.local",
    ],
    "URL": [
        "http://example.com.evil.com",
        "https://evil.com/?x=example.com",
        "http://user@evil.com/@example.com",
        "http://10.0.0.1/",
    ],
    "PHONE_NUMBER": [
        "212-555-1234",
        "555-1234",
        "212-555-0200",
        "+44 7700 901000",
        "02 55 50 12 34",
        "0255501234",
        "06 3998 0001",
        "020 911 2345",
        "0491 57 01 56",
        "+49 30 23126000",
        "070-174 06 04",
        "+33 6 39 99 00 00",
        "+44 20 7496 0123",
        "+61 491 570 111",
    ],
    "US_SSN": ["123-45-6789", "900-70-1234", "667-12-3456", "001-01-0001"],
    "US_ITIN": ["912-74-1234", "912-93-1234"],
    "US_EIN": ["12-3456789"],
    "UK_NINO": ["AB123456C", "JG121316A"],
    "UK_NHS": ["943 476 5919"],
    "IN_AADHAAR": ["2341 2341 2346"],
    "CREDIT_CARD": ["4111111111111112", "4000001234567899", "4242424242424259"],
    "IBAN_CODE": ["XK051212012345678906", "DE75512108001245126199"],
    "IP_ADDRESS": ["10.0.0.1", "192.0.20.1", "192.0.2.256", "2001:db80::1", "3fff:1000::1", "127.0.0.1"],
    "MAC_ADDRESS": ["02:00:5e:00:53:01", "00:00:5e:00:52:ff"],
    "ASN": ["AS64512", "65535"],
    "IMEI": ["490154203237518"],
    "VIN": ["1HGCM82633A004352"],
    "CRYPTO": ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
    "API_KEY": ["AKIAQWERTYUIOPASDFGH"],
    "BIC_CODE": ["DEUTDEFF", "DEUTDE0FXXX"],
    "NO_FODSELSNUMMER": ["01419012345", "01019012345", "01939012345"],
    "PERSON": ["John Smith"],
    "LOCATION": ["12 Example Street"],
}


@pytest.mark.parametrize("entity", INSIDE)
def test_reserved_values_are_explained(entity: str) -> None:
    for value in INSIDE[entity]:
        found = explain(value, entity)
        assert found is not None, value
        assert found.entity == entity
        assert found.authority and found.source


@pytest.mark.parametrize("entity", OUTSIDE)
def test_values_that_could_be_real_are_not(entity: str) -> None:
    assert [v for v in OUTSIDE[entity] if explain(v, entity) is not None] == []


@pytest.mark.parametrize("entity", sorted({*INSIDE, *OUTSIDE}))
def test_a_column_and_a_value_agree(entity: str) -> None:
    values = [*INSIDE.get(entity, []), *OUTSIDE.get(entity, []), " padded@example.com "]
    mask = reserved_mask(pl.Series([*values, None]), entity)
    assert mask.to_list() == [*(explain(v, entity) is not None for v in values), None]


def test_explain_without_an_entity_finds_it() -> None:
    found = explain("192.0.2.9")
    assert found is not None
    assert (found.entity, found.rule) == ("IP_ADDRESS", "documentation-ipv4")


def test_every_rule_names_its_source_and_has_its_own_name() -> None:
    assert len({r.name for r in RULES}) == len(RULES)
    assert all(r.authority and len(r.source) > 10 and r.entities for r in RULES)


def test_the_page_of_ranges_is_written_from_the_rules() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reserved-ranges.md").read_text(encoding="utf-8")
    assert markdown() in page, "write it anew: python -m synthgen.privacy.reserved"


def test_listed_cards_and_ibans_are_well_formed() -> None:
    """A test card that fails Luhn, or an example that fails mod 97, would be a typing error in the list."""
    assert [c for c in TEST_CARDS if not luhn.is_valid(c)] == []
    numbers = {i: int("".join(str(int(c, 36)) for c in i[4:] + i[:4])) for i in DEMO_IBANS}
    assert [i for i, n in numbers.items() if n % 97 != 1] == []


@given(st.integers(0, 2**32 - 1))
def test_ipv4_against_the_standard_library(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    blocks = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "233.252.0.0/24")
    expected = any(address in ipaddress.ip_network(b) for b in blocks)
    assert (explain(str(address), "IP_ADDRESS") is not None) == expected


@given(
    st.integers(0, 2**128 - 1),
    st.sampled_from([0x20010DB8 << 96, 0x3FFF << 112, 0x20010DB9 << 96, 0x3FFF1 << 108]),
    st.booleans(),
)
def test_ipv6_against_the_standard_library(number: int, base: int, exploded: bool) -> None:
    address = ipaddress.IPv6Address(base | (number & (2**100 - 1 if base >> 112 == 0x3FFF else 2**96 - 1)))
    expected = any(address in ipaddress.ip_network(b) for b in ("2001:db8::/32", "3fff::/20"))
    text = address.exploded if exploded else str(address)
    assert (explain(text, "IP_ADDRESS") is not None) == expected


@given(
    st.integers(200, 999),
    st.integers(0, 9999),
    st.sampled_from(["{}-555-{:04d}", "({}) 555-{:04d}", "+1 {} 555 {:04d}", "{}555{:04d}"]),
)
def test_only_a_hundred_numbers_of_an_area_code_are_fiction(area: int, line: int, form: str) -> None:
    assert (explain(form.format(area, line), "PHONE_NUMBER") is not None) == (100 <= line <= 199)


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 9999))
def test_social_security_numbers_that_are_never_issued(area: int, group: int, serial: int) -> None:
    itin = 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 99
    never = area in (0, 666) or group == 0 or serial == 0 or (area >= 900 and not itin)
    listed = f"{area:03d}-{group:02d}-{serial:04d}"
    if listed not in ("078-05-1120", "219-09-9999") and not listed.startswith("987-65-432"):
        assert (explain(listed, "US_SSN") is not None) == never
