"""Identity numbers that are wrong on purpose: their form, and who says that a number of this form is wrong.

A generator that declares an identity number as reserved keeps its form and breaks its check digit, or writes what its
authority never does (a day 00, a region that is none). `is_broken` proves that for a whole value. It says nothing about
values in files that come without a recipe: there a wrong number is no number, and no recognizer finds it.
"""

# ruff: noqa: E501  # one form a line: a table
from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from synthgen.privacy.reserved import explain
from synthgen.registry import RECOGNIZERS

_Valid = Callable[[str], bool]


@lru_cache(maxsize=128)
def _stdnum(module: str) -> _Valid:
    found: _Valid = import_module(f"stdnum.{module}").is_valid
    return found


def _recognized(entity: str) -> _Valid:
    return lambda text: bool(RECOGNIZERS.get(entity).validate(text))


def _weights(weights: str, modulus: int, last: Callable[[int], int], place: int = -1) -> _Valid:
    """Whether the digit at a place is what the weighted sum of the others says; letters count from A = 10."""

    def valid(text: str) -> bool:
        values = [int(c, 36) for c in text if c.isalnum()]
        check = values.pop(place)
        total = sum(v * int(w) for v, w in zip(values[-len(weights) :], weights, strict=True))
        return last(total % modulus) == check

    return valid


def _nuss(text: str) -> bool:
    return int(text[:10]) % 97 == int(text[10:])


def _snils(text: str) -> bool:
    return sum(int(c) * w for c, w in zip(text, range(9, 0, -1), strict=False)) % 101 % 100 == int(text[9:])


_YMD = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d)"
_DMY = r"(?:0[1-9]|[12]\d)(?:0[1-9]|1[0-2])\d\d"
_RECOGNIZED = {
    "DE_TAX_ID": r"[1-9]\d{10}", "FR_NIR": r"[12]\d{4}(?:\d\d|2[AB])\d{8}", "ES_NIF": r"(?:ES)?\d{8}[A-Z]",
    "IT_FISCAL_CODE": r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", "DE_SOCIAL_SECURITY": r"\d{8}[A-Z]\d{3}",
    "ES_NIE": r"[XYZ]\d{7}[A-Z]", "SE_PERSONNUMMER": rf"{_YMD}-\d{{4}}", "CA_SIN": r"\d{3} \d{3} \d{3}",
    "SE_ORGANISATIONSNUMMER": r"\d{6}-\d{4}", "CH_AHV": r"756\.\d{4}\.\d{4}\.\d\d",
    "BE_NATIONAL_NUMBER": rf"{_YMD}\d{{5}}", "NL_BSN": r"\d{9}", "PL_PESEL": rf"{_YMD}\d{{5}}", "KR_RRN": r"\d{6}-[09]\d{6}",
    "FI_PERSONAL_IDENTITY_CODE": rf"{_DMY}-\d{{3}}[0-9A-Y]", "CN_RIC": r"\d{17}[\dX]", "TR_NATIONAL_ID": r"[1-9]\d{10}",
    "TH_TNIN": r"\d-\d{4}-\d{5}-\d\d-\d", "BR_CPF": r"\d{3}\.?\d{3}\.?\d{3}-?\d\d", "ZA_ID_NUMBER": rf"{_YMD}\d{{7}}",
    "BR_CNPJ": r"\d\d\.?\d{3}\.?\d{3}/?\d{4}-?\d\d", "CL_RUT": r"\d\d?\.\d{3}\.\d{3}-[\dK]", "AU_TFN": r"\d{3} \d{3} \d{3}",
    "MX_CURP": r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", "DE_VAT_ID": r"DE\d{9}", "IT_VAT_CODE": r"IT\d{11}",
}  # fmt: skip
"""Forms of numbers that a recognizer of ours validates."""

_STANDARD = {
    "AT_VSNR": (r"\d{10}", "at.vnr"), "PT_NIF": (r"(?:PT)?\d{9}", "pt.nif"), "EE_IK": (r"\d{11}", "ee.ik"),
    "LT_AK": (r"\d{11}", "lt.asmens"), "LV_PK": (r"\d{6}-\d{5}", "lv.pvn"), "PL_NIP": (r"(?:PL)?\d{10}", "pl.nip"),
    "PL_REGON": (r"\d{9}(?:\d{5})?", "pl.regon"), "CZ_RC": (r"\d{6}/\d{4}", "cz.rc"), "RO_CNP": (r"\d{13}", "ro.cnp"),
    "HR_OIB": (r"(?:HR)?\d{11}", "hr.oib"), "JMBG": (r"\d{13}", "si.emso"), "BG_EGN": (r"\d{10}", "bg.egn"),
    "GR_AMKA": (r"\d{11}", "gr.amka"), "GR_AFM": (r"(?:EL)?\d{9}", "gr.vat"), "UA_RNOKPP": (r"\d{10}", "ua.rntrc"),
    "RU_INN": (r"\d{10}(?:\d\d)?", "ru.inn"), "RU_OGRN": (r"\d{13}(?:\d\d)?", "ru.ogrn"), "IL_ID": (r"\d{9}", "il.idnr"),
    "ES_CIF": (r"[A-Z]\d{8}", "es.cif"), "FR_VAT": (r"FR \d\d \d{3} \d{3} \d{3}", "fr.tva"), "BE_VAT": (r"BE\d{10}", "be.vat"),
    "AT_VAT": (r"ATU\d{8}", "at.uid"), "CH_UID": (r"CHE-?\d{3}\.?\d{3}\.?\d{3}", "ch.uid"), "IE_PPS": (r"\d{7}[A-W]", "ie.pps"),
    "IS_KT": (r"\d{10}", "is_.kennitala"), "CO_NIT": (r"\d{8,9}-\d", "co.nit"), "JP_MY_NUMBER": (r"\d{12}", "jp.in_"),
}  # fmt: skip
"""Forms of numbers that a module of python-stdnum validates."""

_OWN: dict[str, tuple[str, _Valid | None]] = {
    "SE_VAT": (r"SE16\d{10}01", lambda t: _stdnum("luhn")(t[4:14])),
    "FI_BUSINESS": (r"(?:FI)?\d{7}-?\d", lambda t: _stdnum("fi.ytunnus")(t.removeprefix("FI"))),
    "FR_SIREN": (r"(?:RCS [A-Z][a-z]+ [AB] )?\d{3} \d{3} \d{3}(?: \d{5})?",
                 lambda t: _stdnum("luhn")(re.sub(r"\D", "", t))),
    "HU_SZSZ": (r"\d{11}", lambda t: sum(int(c) * i for i, c in enumerate(t[:10], 1)) % 11 == int(t[10])),
    "PL_ID_CARD": (r"[A-Z]{3}\d{6}", _weights("73173173", 10, lambda r: r, 3)),
    "PL_PWZ": (r"\d{7}|0000\d{3}P", lambda t: t.isdigit() and _weights("123456", 11, lambda r: r, 0)(t)),
    "ES_NUSS": (r"\d{12}", _nuss), "RU_SNILS": (r"\d{11}", _snils),
    "BR_RG": (r"\d{8}[\dX]", lambda t: _weights("23456789", 11, lambda r: -r % 11)(t.replace("X", "A"))),
    "MX_NSS": (r"\d{11}", lambda t: _stdnum("luhn")(t)), "MX_CLABE": (r"000\d{15}", None),
    "DE_HEALTH_INSURANCE": (r"[A-Z]\d{19}", lambda t: _recognized("DE_HEALTH_INSURANCE")(t[:10])),
    "TW_ID": (r"[A-Z][12]\d{8}", lambda t: _taiwanese(t)),
    "PHONE_NUMBER": (r"\d{10,14}", lambda t: explain("+" + t, "PHONE_NUMBER") is None),
    # numbers without a check digit, in a range that is none
    "DK_CPR": (r"00\d{4}-\d{4}", None), "GR_ID_CARD": (r"[ΓΔΘΛΞΠΣΦΨΩ]{2}\d{6}", None), "RU_KPP": (r"00\d{7}", None),
    "IN_GSTIN": (r"00[A-Z]{3}[XQ][A-Z]\d{4}[A-Z][1-9]Z[A-Z]", None), "MX_RFC": (r"[A-Z]{4}\d{4}00[A-Z]{2}\d", None),
    "MX_ELECTOR": (r"[A-Z]{6}\d{4}00\d\d[HM]\d{3}", None), "CO_NUIP": (r"19\d{8}|7\d{8}", None), "NL_VAT": (r"NL\d{9}B00", None),
    "IN_PAN": (r"[A-Z]{3}[XQ][A-Z]\d{4}[A-Z]", None), "IT_IDENTITY_CARD": (r"X[A-Z]\d{5}[A-Z]{2}", None),
    "NG_NIN": (r"000\d{8}", None), "DZ_NIN": (r"[12][01]\d{14}9\d", None), "BD_NID": (r"000\d{10}", None),
    "AZ_FIN": (r"[IO][A-Z]\d[A-Z]\d[A-Z]\d", None), "PH_UMID": (r"0000-\d{7}-\d", None), "PH_GSIS": (r"0000\d{7}", None),
    "PH_PHILHEALTH": (r"00-000\d{6}-\d", None), "PH_PAGIBIG": (r"0000-\d{4}-\d{4}", None), "PH_SSS": (r"00-000\d{4}-\d", None),
    "RU_BIC": (r"0400\d{5}", None), "RU_ACCOUNT": (r"\d{5}0{15}|\d{5}810\d0000\d{7}", None),
    "BANK_ACCOUNT": (r"(?:[A-Z]{4}|)0{4,}\d+[A-Z]*|[A-Z0-9]*TEST[A-Z0-9]*", None),
    "LICENSE_PLATE": (r"[^1-9]*|0[\d -]*|[IOQU]{2}\d{3}[IOQU]{2}|\d{4} [AEIOU]{3}|ZZ\d{3}[A-Z]{2}|X[A-Z]-[A-Z]{2}-\d{3}", None),
    "TAX_NUMBER": (r"[A-Z]{0,3} ?[A-Z]?0{3}[\dA-Za-z .-]*", None),
    "ABA_ROUTING_NUMBER": (r"99\d{7}", None), "PASSPORT": (r"DEMO\d{4,5}|00 00 \d{6}", None),
}  # fmt: skip
"""Forms with a check of their own, and ranges that are none (None: the form alone is proof)."""


_LARGEST = ("DE_TAX_ID", "FR_NIR", "ES_NIF", "IT_FISCAL_CODE")


def _taiwanese(text: str) -> bool:
    """Check digit of the Household Registration Act."""
    codes = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
    letter = codes[text[0]]
    total = letter // 10 + letter % 10 * 9 + sum(int(c) * w for c, w in zip(text[1:9], range(8, 0, -1), strict=True))
    return (total + int(text[9])) % 10 == 0


@lru_cache(maxsize=256)
def _rule(entity: str) -> tuple[re.Pattern[str], _Valid | None] | None:
    if entity in _RECOGNIZED:
        return re.compile(_RECOGNIZED[entity]), _recognized(entity)
    if entity in _STANDARD:
        form, module = _STANDARD[entity]
        return re.compile(form), _stdnum(module)
    found = _OWN.get(entity)
    return None if found is None else (re.compile(found[0]), found[1])


def is_broken(entity: str, text: str) -> bool:
    """Whether a whole value has the form of an entity's numbers and is none that the authority issues.

    `NATIONAL_ID` stands for those of Germany, France, Spain and Italy.

    >>> is_broken("DE_TAX_ID", "47036892816"), is_broken("DE_TAX_ID", "47036892817")
    (False, True)
    """
    if entity == "NATIONAL_ID":
        return any(is_broken(known, text) for known in _LARGEST)
    rule = _rule(entity)
    return rule is not None and rule[0].fullmatch(text) is not None and not (rule[1] and rule[1](text))
