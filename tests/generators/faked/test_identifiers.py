"""Reserved identifiers of every locale: in form, many, and valid for nobody."""

# ruff: noqa: E501  # tables of cases, one a line
import importlib
import re

import numpy as np
import polars as pl
import pytest

from synthgen.generators.entities.id_forms import luhn, number
from synthgen.generators.entities.id_numbers import FORMS
from synthgen.generators.entities.national_ids import NATIONAL_IDS
from synthgen.generators.faked import methods
from synthgen.generators.faked.identifiers import reserved
from synthgen.privacy.broken import is_broken
from synthgen.privacy.reserved import explain
from synthgen.seeds import draws, stream_key

_STANDARD = {
    "US_SSN": "us.ssn", "CA_SIN": "ca.sin", "AT_VSNR": "at.vnr", "CH_AHV": "ch.ssn", "FR_NIR": "fr.nir", "BE_NN": "be.nn",
    "NL_BSN": "nl.bsn", "ES_NIF": "es.dni", "ES_NIE": "es.nie", "ES_CIF": "es.cif", "PT_NIF": "pt.nif",
    "SE_PNR": "se.personnummer", "SE_ORG": "se.orgnr", "NO_FNR": "no.fodselsnummer", "DK_CPR": "dk.cpr",
    "FI_HETU": "fi.hetu", "IS_KT": "is_.kennitala", "EE_IK": "ee.ik", "LT_AK": "lt.asmens", "LV_PK": "lv.pvn",
    "PL_PESEL": "pl.pesel", "PL_NIP": "pl.nip", "PL_REGON": "pl.regon", "CZ_RC": "cz.rc", "RO_CNP": "ro.cnp",
    "HR_OIB": "hr.oib", "JMBG": "si.emso", "BG_EGN": "bg.egn", "GR_AMKA": "gr.amka", "GR_AFM": "gr.vat",
    "TR_TCKN": "tr.tckimlik", "UA_RNOKPP": "ua.rntrc", "RU_INN": "ru.inn", "RU_OGRN": "ru.ogrn", "IL_ID": "il.idnr",
    "IN_AADHAAR": "in_.aadhaar", "IN_GSTIN": "in_.gstin", "KR_RRN": "kr.rrn", "CN_RIC": "cn.ric", "TH_PIN": "th.pin",
    "BR_CPF": "br.cpf", "BR_CNPJ": "br.cnpj", "MX_CURP": "mx.curp", "MX_RFC": "mx.rfc", "CL_RUT": "cl.rut",
    "CO_NIT": "co.nit", "ZA_ID": "za.idnr", "FR_SIREN": "fr.siren", "FR_SIRET": "fr.siret", "CH_UID": "ch.uid",
    "FI_BUSINESS": "fi.ytunnus", "IE_PPS": "ie.pps", "AU_TFN": "au.tfn", "DE_VAT": "de.vat", "IT_VAT": "it.iva",
    "FR_VAT": "fr.tva", "BE_VAT": "be.vat", "AT_VAT": "at.uid", "JP_MY_NUMBER": "jp.in_",
}  # fmt: skip
_UNCHECKED = {"US_ITIN", "US_EIN", "GB_NINO", "NO_FNR", "IN_AADHAAR", "US_SSN"}  # ranges, by rule


def _values(form: str, count: int = 2000) -> pl.Series:
    found = FORMS[form]
    return found.spell(draws(stream_key(1, "t", form), 0, count) % np.uint64(found.capacity))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_number_is_valid(form: str) -> None:
    values = _values(form)
    assert values.n_unique() > 0.6 * min(len(values), FORMS[form].capacity)
    if form in _STANDARD:
        valid = importlib.import_module(f"stdnum.{_STANDARD[form]}").is_valid
        assert not any(valid(v) for v in values)
    if form not in _UNCHECKED:
        entity = FORMS[form].entity
        assert all(is_broken(entity, v) for v in values), values.filter(
            ~pl.Series([is_broken(entity, v) for v in values])
        )


@pytest.mark.parametrize("form", ["CA_SIN", "PL_PESEL", "BR_CPF", "NL_BSN", "HR_OIB", "SE_PNR", "TH_PIN", "EE_IK"])
def test_only_the_check_digit_is_wrong(form: str) -> None:
    valid = importlib.import_module(f"stdnum.{_STANDARD[form]}").is_valid
    fixed = [any(valid(v[:-1] + d) for d in "0123456789") for v in _values(form, 300)]
    assert np.mean(fixed) > 0.05  # cpf has two check digits, of which the first is chance


def test_a_rank_is_a_number() -> None:
    form = number("X", "nobody", "A-##{x|y}*", luhn)
    values = form.spell(np.arange(form.capacity, dtype=np.uint64))
    assert values.n_unique() == form.capacity == 200
    assert values.str.contains(r"^A-\d\d[xy]\d$").all()


@pytest.mark.parametrize(
    ("method", "locale", "form"),
    [
        ("ssn", "pl_PL", r"\d{11}"), ("ssn", "nl_NL", r"\d{9}"), ("ssn", "en_GB", r"QQ \d\d \d\d \d\d [A-D]"),
        ("cpf", "pt_BR", r"\d{3}\.\d{3}\.\d{3}-\d\d"), ("cnpj", "pt_BR", r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d"),
        ("iban", "de_DE", r"DE00\d{18}"), ("iban", "nl_NL", r"NL00TEST\d{10}"), ("swift8", "fr_FR", r"[A-Z]{4}FR[A-Z]0"),
        ("phone_number", "fr_FR", r"(\+33 |0)\d(?: \d\d){4}"), ("cellphone_number", "en_GB", r"(?:\+44 |0)7700 900\d{3}"),
        ("license_plate", "de_DE", r"X[A-Z]-[A-Z]{2}-\d{3}"), ("passport_number", "en_US", r"DEMO\d{5}"),
        ("vin", "en_US", r"[A-Z0-9]{17}"), ("ein", "en_US", r"\d\d-\d{7}"), ("pan", "en_IN", r"[A-Z]{3}[XQ][A-Z]\d{4}[A-Z]"),
    ],
)  # fmt: skip
def test_the_form_of_the_locale_is_kept(method: str, locale: str, form: str) -> None:
    found = reserved(method, locale)
    assert found is not None
    assert found.authority
    values = found.spell(draws(stream_key(2, "t", method), 0, 500) % np.uint64(found.capacity))
    assert values.str.contains(f"^{form}$").all(), values


@pytest.mark.parametrize("locale", methods.locales())
def test_telephone_numbers_are_reserved_everywhere(locale: str) -> None:
    for method in methods.providers(locale):
        found = reserved(method, locale)
        if found is None or found.entity != "PHONE_NUMBER":
            continue
        values = found.spell(np.arange(0, found.capacity, max(1, found.capacity // 200), dtype=np.uint64))
        assert all(explain(v, "PHONE_NUMBER") or explain(f"+{v}", "PHONE_NUMBER") for v in values), (method, values)


def test_countries_without_a_form_of_their_own_are_few() -> None:
    assert len(NATIONAL_IDS) > 50
    for country, found in NATIONAL_IDS.items():
        assert re.fullmatch("[A-Z]{2}", country)
        assert found.spell(np.zeros(1, np.uint64)).len() == 1


def test_broken_means_broken() -> None:
    assert not is_broken("PL_PESEL", "44051401359")  # the ministry's own example
    assert is_broken("PL_PESEL", "44051401358")
    assert not is_broken("BR_CPF", "390.533.447-05")
    assert not is_broken("LICENSE_PLATE", "M-AB 1234")
    assert is_broken("LICENSE_PLATE", "AB 000 CD")
    assert not is_broken("TAX_NUMBER", "BG982597910")


def test_no_rows_have_no_numbers() -> None:
    """Of a locale that no row of a small table draws."""
    for country, known in NATIONAL_IDS.items():
        assert known.spell(np.zeros(0, np.uint64)).to_list() == [], country
