"""People and addresses of all of Faker's locales: every attribute is made, and nothing of it is a finding."""

import numpy as np
import pytest

from synthgen.generators.entities.base import country_of
from synthgen.generators.entities.phones import reserved_phones
from synthgen.generators.entities.vocabulary import near
from synthgen.generators.faked.methods import locales
from synthgen.privacy.scanner import Scanner
from synthgen.registry import ENTITIES
from tests.conformance.doubles import column

_SCRIPTS = {
    "ar_SA": "\u0600-\u06ff", "ar_EG": "\u0600-\u06ff", "bg_BG": "\u0400-\u04ff", "ru_RU": "\u0400-\u04ff",
    "uk_UA": "\u0400-\u04ff", "mk_MK": "\u0400-\u04ff", "el_GR": "\u0370-\u03ff\u1f00-\u1fff",
    "el_CY": "\u0370-\u03ff\u1f00-\u1fff", "he_IL": "\u0590-\u05ff", "hi_IN": "\u0900-\u097f", "bn_BD": "\u0980-\u09ff",
    "gu_IN": "\u0a80-\u0aff", "or_IN": "\u0b00-\u0b7f", "ta_IN": "\u0b80-\u0bff", "si_LK": "\u0d80-\u0dff",
    "th_TH": "\u0e00-\u0e7f", "th": "\u0e00-\u0e7f", "ka_GE": "\u10a0-\u10ff", "hy_AM": "\u0530-\u058f",
    "ja_JP": "\u3040-\u30ff\u4e00-\u9fff", "zh_CN": "\u4e00-\u9fff", "zh_TW": "\u4e00-\u9fff", "ko_KR": "\uac00-\ud7af",
    "fa_IR": "\u0600-\u06ff", "ne_NP": "\u0900-\u097f", "mr_IN": "\u0900-\u097f",
}  # fmt: skip


@pytest.mark.parametrize("locale", locales())
def test_people_and_addresses_of_every_locale(locale: str) -> None:
    scanner = Scanner("reserved")
    for entity in ("person", "address"):
        for attribute in ENTITIES.get(entity).attributes():
            made = column({entity: attribute}, locales=(locale,)).make(120)
            assert made.values.null_count() == 0, attribute
            assert scanner.scan("t", {attribute: made}) == [], attribute


@pytest.mark.parametrize("locale", sorted(_SCRIPTS))
def test_names_are_in_their_own_script(locale: str) -> None:
    names = column({"person": "full_name"}, locales=(locale,)).values(200)
    assert names.str.contains(f"[{_SCRIPTS[locale]}]").mean() > 0.95


@pytest.mark.parametrize("country", ["US", "CA", "GB", "DE", "FR", "AU", "SE", "IE"])
def test_a_country_with_a_range_has_its_own_telephone_numbers(country: str) -> None:
    locale = next(name for name in locales() if country_of(name) == country)
    values = column({"person": "phone"}, locales=(locale,)).values(200)
    assert set(values) <= set(reserved_phones(country))


def test_identity_numbers_of_several_countries_stand_in_one_column() -> None:
    several = ("pl_PL", "nl_NL", "hi_IN", "pt_BR", "zh_CN", "en_US")
    made = column({"person": "national_id"}, locales=several).make(3000)
    assert Scanner("reserved").scan("t", {"national_id": made}) == []
    widths = made.values.str.len_chars().to_numpy()
    assert len(np.unique(widths)) == 5
    assert column({"person": "national_id", "unique": True}, locales=("hr_HR",)).values(5000).n_unique() == 5000


def test_a_locale_without_names_borrows_those_of_its_language() -> None:
    assert near("person", "ar_EG") == "ar_SA"
    assert near("address", "it_CH") == "it_IT"
    assert near("person", "am_ET") == "en_US"
