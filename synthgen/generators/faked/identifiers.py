"""Which of Faker's methods make direct identifiers, and the values that stand for theirs: reserved ranges, by locale.

`reserved(method, locale)` keeps the form that the method's values have in the locale. Where an authority promises a
range (telephones for fiction, addresses for documentation, social security areas that are never assigned), the values
lie in it; where a number has a check digit, it is wrong; where neither exists, a block of zeros or letters that no
register uses stand in it. What is proven how: `synthgen.privacy.reserved` and `synthgen.privacy.broken`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from random import Random

import numpy as np
import polars as pl

from synthgen.generators.entities.base import country_of
from synthgen.generators.entities.id_forms import NationalId, number
from synthgen.generators.entities.id_numbers import FORMS
from synthgen.generators.entities.national_ids import NATIONAL_IDS
from synthgen.generators.faked import methods
from synthgen.generators.faked.net import net
from synthgen.generators.faked.phone_forms import phone
from synthgen.seeds import U64

_PHONE = re.compile(
    r"(?:.*_)?(?:phone_number|mobile_number|landline_number|telephone_number|cellphone_number|toll_number)|msisdn"
)
_PLATE = re.compile(r"(?:.*_)?license_plate(?:_(?!state|regex).*)?")
_TABLE = """
ssn: ar_DZ=DZ_NIN fr_DZ=DZ_NIN az_AZ=AZ_FIN bn_BD=BD_NID de_AT=AT_VSNR de_CH=CH_AHV fr_CH=CH_AHV el_GR=GR_AMKA
  en_CA=CA_SIN en_GB=GB_NINO en_PH=PH_UMID fil_PH=PH_UMID tl_PH=PH_UMID es_MX=MX_NSS et_EE=EE_IK fi_FI=FI_HETU
  fr_FR=FR_NIR he_IL=IL_ID hr_HR=HR_OIB hu_HU=HU_SZSZ it_IT=IT_CODICE ko_KR=KR_RRN lv_LV=LV_PK mk_MK=JMBG sr_BA=JMBG
  nl_BE=BE_NN nl_NL=NL_BSN no_NO=NO_FNR pl_PL=PL_PESEL pt_BR=BR_CPF ro_RO=RO_CNP ru_RU=RU_INN sv_SE=SE_PNR th=TH_PIN
  th_TH=TH_PIN tr_TR=TR_TCKN uk_UA=UA_RNOKPP zh_CN=CN_RIC zh_TW=TW_ID *=US_SSN
vat_id: de=DE_VAT de_DE=DE_VAT it_IT=IT_VAT fr_FR=FR_VAT pl_PL=PL_VAT nl_NL=NL_VAT nl_BE=BE_VAT de_AT=AT_VAT es=ES_VAT
  es_ES=ES_VAT es_CA=ES_VAT pt_PT=PT_VAT el_GR=GR_VAT hr_HR=HR_VAT fi_FI=FI_VAT de_CH=CH_VAT fr_CH=CH_VAT sv_SE=SE_VAT
  th=TH_PIN th_TH=TH_PIN
invalid_ssn: *=US_SSN
itin: *=US_ITIN
ein: *=US_EIN
cpf: *=BR_CPF_DOTTED
cin: *=BR_CPF_DOTTED
rg: *=BR_RG
cnpj: *=BR_CNPJ_DOTTED
company_id: *=BR_CNPJ
nif: *=ES_NIF
nie: *=ES_NIE
cif: *=ES_CIF
doi: es_ES=ES_NIF es=ES_NIF es_CA=ES_NIF
nuss: *=ES_NUSS
curp: *=MX_CURP
rfc: *=MX_RFC
elector_code: *=MX_ELECTOR
clabe: *=MX_CLABE
rut: *=CL_RUT
person_rut: *=CL_RUT
company_rut: *=CL_RUT
nuip: *=CO_NUIP
natural_person_nit: *=CO_NUIP
natural_person_nit_with_check_digit: *=CO_NUIP_CHECKED
legal_person_nit: *=CO_NIT_BARE
legal_person_nit_with_check_digit: *=CO_NIT
pesel: *=PL_PESEL
nip: *=PL_NIP
regon: *=PL_REGON
local_regon: *=PL_REGON14
identity_card_number: *=PL_ID_CARD
pwz_doctor: *=PL_PWZ
pwz_nurse: *=PL_PWZ_NURSE
company_vat: pl_PL=PL_NIP fi_FI=FI_VAT it_IT=IT_VAT fr_FR=FR_VAT fr_CH=FR_VAT
company_business_id: *=FI_BUSINESS
siren: *=FR_SIREN
siret: *=FR_SIRET
rcs_number: *=FR_RCS
ide: *=CH_UID
idi: *=CH_UID
uid: *=CH_UID
kvnr: *=DE_KVNR
rvnr: *=DE_RVNR
birth_number: *=CZ_RC
cie: *=IT_CIE
tin: *=GR_AFM
police_id: *=GR_ID_CARD
aadhaar_id: *=IN_AADHAAR
pan: *=IN_PAN
gstin: *=IN_GSTIN
org_id: *=SE_ORG
snils: *=RU_SNILS
individuals_inn: *=RU_INN
businesses_inn: *=RU_INN_FIRM
individuals_ogrn: *=RU_OGRNIP
businesses_ogrn: *=RU_OGRN
kpp: *=RU_KPP
umid: *=PH_UMID
gsis: *=PH_GSIS
sss: *=PH_SSS
philhealth: *=PH_PHILHEALTH
pagibig: *=PH_PAGIBIG
"""
_ABSENT = "no range is published: registers count from 1, so serial number 0 is nobody's"
_OTHERS: dict[str, NationalId] = {
    "IT_CODICE": NATIONAL_IDS["IT"],
    "vin": number("VIN", "ISO 3779: I, O and Q never occur", "[1-5][A-H][IOQ][A-H]#[A-H]#[A-H]#[A-H][A-H]######"),
    "aba": number("ABA_ROUTING_NUMBER", "American Bankers Association: 99 is no Federal Reserve district", "99#######"),
    "bic": number("RU_BIC", "Банк России: 00 is no region", "0400#####"),
    "checking_account": number("RU_ACCOUNT", "ISO 4217: 000 is no currency", "408{02|17}000############"),
    "correspondent_account": number("RU_ACCOUNT", "ISO 4217: 000 is no currency", "30101000############"),
    "passport": number("PASSPORT", "ICAO Doc 9303: four letters begin no number", "DEMO#####"),
    "passport_AT": number("PASSPORT", "ICAO Doc 9303: four letters begin no number", "DEMO####"),
    "passport_RU": number("PASSPORT", "Russian regions: 00 is none", "00 00 ######"),
    "plate_IT": number("LICENSE_PLATE", "D.P.R. 495/1992: no I, O, Q, U", "[IOQU][IOQU]###[IOQU][IOQU]"),
    "plate_ES": number("LICENSE_PLATE", "Real Decreto 2822/1998: no vowels", "#### [AEIOU][AEIOU][AEIOU]"),
    "plate_AR": number("LICENSE_PLATE", "DNRPA: the series ZZ is far from being reached", "ZZ###[A-Z][A-Z]"),
    "plate_DE": number("LICENSE_PLATE", "FZV: no district begins with X", "X[A-WYZ]-[A-Z][A-Z]-###"),
}


def _read() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    method = ""
    for word in _TABLE.split():
        if word.endswith(":"):
            method = word[:-1]
            found[method] = {}
        else:
            locale, _, form = word.partition("=")
            found[method][locale] = form
    return found


_METHODS = _read()


@lru_cache(maxsize=8192)
def reserved(method: str, locale: str) -> NationalId | None:
    """The values that stand for a method's in a locale; None where it makes no direct identifier."""
    if method in _METHODS:
        forms = _METHODS[method]
        name = forms.get(locale, forms.get("*"))
        if name is not None:
            return FORMS.get(name) or _OTHERS[name]
        return _zeroed(method, locale) if method == "vat_id" else None
    if _PHONE.fullmatch(method):
        return phone(method, locale)
    if _PLATE.fullmatch(method):
        return _plate(method, locale)
    return _bank(method, locale) or net(method, locale)


def _plate(method: str, locale: str) -> NationalId:
    if method == "license_plate" and locale in ("it_IT", "es_ES", "es", "es_AR", "de_DE", "de"):
        return _OTHERS[f"plate_{country_of(locale)}"]
    if locale in ("es_ES", "es", "es_AR"):
        return _OTHERS[f"plate_{country_of(locale)}"]
    return _zeroed(method, locale)


def _bank(method: str, locale: str) -> NationalId | None:
    if method in ("vin", "aba", "checking_account", "correspondent_account"):
        return _OTHERS[method]
    if method == "bic" and methods.room(method, locale) == "bank":
        return _OTHERS["bic"]
    if method == "passport_number":
        form = {"ru_RU": "passport_RU", "de_AT": "passport_AT", "mk_MK": "passport_AT"}.get(locale, "passport")
        return _OTHERS[form]
    if method in ("swift", "swift8", "swift11"):
        country = methods.providers(locale)[method].country_code
        end = "" if method == "swift8" else "[A-Z][A-Z]#"
        return number("BIC", "ISO 9362: a 0 in place 8 marks a test code", f"[A-Z][A-Z][A-Z][A-Z]{country}[A-Z]0{end}")
    if method in ("iban", "bban"):
        return _account(method, locale)
    return None


def _account(method: str, locale: str) -> NationalId:
    """The provider's own form, with TEST or zeros for the bank and, in an IBAN, the check digits 00, which none has."""
    provider = methods.providers(locale)[method]
    form = re.sub(r"[^#?]", "#", str(getattr(provider, "bban_format", "#" * 18)))
    letters = len(form) - len(form.lstrip("?"))
    head = "TEST"[:letters].ljust(letters, "X")
    rest = form[letters:].replace("?", "[A-Z]")
    zeros = min(4, rest.count("#") - 6) if letters < 4 else 0
    body = head + "0" * zeros + rest[zeros:]
    if method == "bban":
        return number("BANK_ACCOUNT", "no bank is called TEST or 0000", body)
    authority = "ISO 13616: check digits lie between 02 and 98"
    return number("IBAN_CODE", authority, f"{provider.country_code}00{body}")


# -- values of Faker's own, with zeros


@lru_cache(maxsize=512)
def _zeroed(method: str, locale: str) -> NationalId:
    """Faker's values, every digit of a number plate and the first ones of a tax number made 0."""
    made = methods.create(locale)
    made.random = Random(0)
    call = getattr(made, method)
    values = list(dict.fromkeys(_with_zeros(str(call()), method) for _ in range(3000)))
    entity = "LICENSE_PLATE" if "plate" in method else "TAX_NUMBER"
    return listed(entity, _ABSENT, values)


def _with_zeros(text: str, method: str) -> str:
    """`AB 12 CDE` as `AB 00 CDE`, `BG982597910` as `BG000097910`; a plate without letters loses its first digit."""
    left = 4 if method == "vat_id" else len(text) if any(c.isalpha() for c in text) else 1
    out = []
    for c in text:
        if c.isdigit() and left > 0:
            out.append(chr(ord(c) - unicodedata.digit(c)))
            left -= 1
        else:
            out.append(c)
    return "".join(out)


def listed(entity: str, authority: str, values: Sequence[str]) -> NationalId:
    """A range of few values, by their place in a list."""
    series = pl.Series(values, dtype=pl.String)

    def spell(rank: U64) -> pl.Series:
        return series.gather(pl.Series((rank % np.uint64(len(series))).astype(np.uint32)))

    return NationalId(entity, len(series), spell, authority)
