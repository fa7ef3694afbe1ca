"""Numbers by metadata agree with libphonenumber itself."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest

from synthgen.privacy.recognizers.numbering import assigned, assigned_abroad

REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "AU", "SE", "CH", "AT", "IN", "BR", "IL", "IE", "JP", "PL", "BE")


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_example_of_each_region_is_assigned(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert assigned_abroad(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)) is True


def _valid(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


def test_random_digits_are_judged_as_libphonenumber_judges_them() -> None:
    chance = random.Random(3)  # a test's own, seeded
    wrong = {}
    for _ in range(6_000):
        region = chance.choice(REGIONS)
        digits = "0" * chance.randint(0, 1) + str(chance.randrange(10**6, 10**11))
        if re.match("00|" + str(phonenumbers.country_code_for_region(region)), digits):
            continue  # with a country code in front it is no number as it is dialled at home
        if assigned(digits, (region,)) != _valid(digits, region):
            wrong[digits] = region
        abroad = "+" + digits.lstrip("0")
        if (assigned_abroad(abroad) is True) != _valid(abroad, None):
            wrong[abroad] = region
    assert len(wrong) <= 12, wrong  # of 12,000: one in a thousand


def test_extensions_and_words_do_not_count() -> None:
    assert assigned("(212) 736-5000 x123", ("US",))
    assert assigned_abroad("+1 212-736-5000 ext. 7") is True
    assert assigned_abroad("+999 30 1") is False
