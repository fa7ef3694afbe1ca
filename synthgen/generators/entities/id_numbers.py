"""Identity and tax numbers that nobody has, country by country: `FORMS` by name, with the authority of each rule.

Most keep the form of the real number and have a wrong check digit: their authority issues none such. Where a number has
no check digit, a range or a letter stands in it that the authority does not use. Forms after the sources that Faker
names in its providers and python-stdnum in its modules.
"""

# ruff: noqa: E501  # one form a line: a table
from __future__ import annotations

import numpy as np

from synthgen.generators.entities.id_forms import (
    NationalId,
    Values,
    iso_11_10,
    last,
    luhn,
    luhn_of,
    number,
    remainder,
    weighted,
)

_DAY, _MONTH = "{01-28}", "{01-12}"
_YMD, _DMY = f"##{_MONTH}{_DAY}", f"{_DAY}{_MONTH}##"
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_JMBG = weighted("765432765432", 11, last="10=0")
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_NOBODY = "no range is published: the number begins with a block of zeros, which registers do not give out"


def _doubled(values: Values) -> Values:
    """Digits at even places doubled, digits of the products summed: Luhn's sum from the left."""
    twice = values[:, 1::2] * 2
    found: Values = values[:, ::2].sum(axis=1) + (twice // 10 + twice % 10).sum(axis=1)
    return found


def _two_rounds(values: Values) -> Values:
    """Estonia and Lithuania: weights 1 to 9 and 1 modulo 11; 3 to 9, 1, 2, 3 where that gives 10; else 0."""
    first = weighted([1, 2, 3, 4, 5, 6, 7, 8, 9, 1], 11, complement=False)(values)
    second = weighted([3, 4, 5, 6, 7, 8, 9, 1, 2, 3], 11, complement=False)(values)
    found = np.where(first == 10, second, first)
    return np.where(found == 10, 0, found)


def _taiwan(values: Values) -> Values:
    """The letter's two digits, then weights 8 to 1 (Household Registration Act)."""
    codes = np.array(
        [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33]
    )
    letter = codes[values[:, 0] - 10]
    total = letter // 10 + letter % 10 * 9 + (values[:, 1:9] * np.arange(8, 0, -1)).sum(axis=1)
    return (10 - total % 10) % 10


def _pension(values: Values) -> Values:
    """Section 4 VKVV: the letter as two digits, weights 2 1 2 5 7 1 2 1 2 1 2 1, digits of the products summed."""
    letter = values[:, 8] - 9
    digits = np.stack([*values[:, :8].T, letter // 10, letter % 10, *values[:, 9:11].T], axis=1)
    products = digits * np.array([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
    return (products // 10 + products % 10).sum(axis=1) % 10


def _insured(values: Values) -> Values:
    """Section 290 SGB V: the letter as two digits, weights 1 and 2 in turn, digits of the products summed."""
    letter = values[:, 0] - 9
    digits = np.stack([letter // 10, letter % 10, *values[:, 1:9].T], axis=1)
    products = digits * np.array([1, 2] * 5)
    return (products // 10 + products % 10).sum(axis=1) % 10


def _nie(values: Values) -> Values:
    """X, Y, Z stand for 0, 1, 2 before seven digits; modulo 23 (Orden INT/2058/2008)."""
    lead = values.copy()
    lead[:, 0] -= 33
    return remainder(23, 8)(lead)


def _curp(values: Values) -> Values:
    """Weights 18 to 2; letters from N on count one more, since the alphabet has Ñ (RENAPO)."""
    spanish = np.where(values >= 24, values + 1, values)
    return -(spanish * np.arange(18, 1, -1)).sum(axis=1) % 10


def _rut(values: Values) -> Values:
    """Weights 2 to 7 from the right, again and again; modulo 11 (Servicio de Registro Civil)."""
    factors = [2 + i % 6 for i in range(values.shape[1])][::-1]
    return weighted(factors, 11)(values)


_CPF = weighted([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11, last="10=0")
_CNPJ = weighted([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], 11, last="10=0")
_NIT = weighted([41, 37, 29, 23, 19, 17, 13, 7, 3], 11, last="10=1")
_VALUES: tuple[tuple[str, NationalId], ...] = (
    ("US_SSN", number("US_SSN", "SSA, POMS RM 10201.035: areas 000 and 666 are never assigned", "{000|666}-##-####")),
    ("US_ITIN", number("US_SSN", "IRS: no taxpayer number has these groups", "9##-{00-49|66-69|89}-####")),
    ("US_EIN", number("US_EIN", "IRS: prefixes that no campus gives", "{07|08|09|17|18|19|28|29|49|69|78|79|89}-#######")),
    ("GB_NINO", number("UK_NINO", "HMRC, NIM39110: no prefix has the letter Q", "QQ ## ## ## [A-D]")),
    ("CA_SIN", number("CA_SIN", "ESDC: Luhn's check digit", "[1-79]## ### ##*", luhn)),
    ("DE_RVNR", number("DE_SOCIAL_SECURITY", "section 4 VKVV", f"##{_DMY}[A-Z]##*", _pension)),
    ("DE_KVNR", number("DE_HEALTH_INSURANCE", "section 290 SGB V", "[A-Z]########*##########", _insured)),
    ("AT_VSNR", number("AT_VSNR", "section 460d ASVG: check digit in place 4", f"[1-9]##*{_DMY}",
                       weighted("379584216", 11, complement=False))),
    ("CH_AHV", number("CH_AHV", "ISO 13616, EAN-13 check digit", "756.####.####.#*", weighted("131313131313", 10))),
    ("FR_NIR", number("FR_NIR", "INSEE: key 97 - number modulo 97", f"[12]##{_MONTH}99######**", remainder(97, 13, 97, -1))),
    ("BE_NN", number("BE_NATIONAL_NUMBER", "Rijksregister: 97 - number modulo 97", f"{_YMD}###**", remainder(97, 9, 97, -1))),
    ("NL_BSN", number("NL_BSN", "RvIG: eleven test", "[1-9]#######*", weighted("98765432", 11, complement=False))),
    ("IT_CIE", number("IT_IDENTITY_CARD", "Ministero dell'Interno: numbers begin with C", "X[A-Z]#####[A-Z][A-Z]")),
    ("ES_NIF", number("ES_NIF", "Real Decreto 1553/2005: number modulo 23", "########*", remainder(23, 8), _DNI)),
    ("ES_NIE", number("ES_NIE", "Orden INT/2058/2008: number modulo 23", "[XYZ]#######*", _nie, _DNI)),
    ("ES_CIF", number("ES_CIF", "Real Decreto 1065/2007: Luhn's check digit", "[ABCDEFGHJ]#######*", last(7, luhn))),
    ("ES_NUSS", number("ES_NUSS", "Seguridad Social: number modulo 97", "{01-52}########**", remainder(97, 10))),
    ("PT_NIF", number("PT_NIF", "Autoridade Tributária: modulo 11", "[1-3]#######*", weighted("98765432", 11, last="10=0"))),
    ("SE_PNR", number("SE_PERSONNUMMER", "Skatteverket: Luhn's check digit", f"{_YMD}-###*", luhn_of(9))),
    ("SE_ORG", number("SE_ORGANISATIONSNUMMER", "Bolagsverket: Luhn's check digit", "[1-9]#[2-9]###-###*", luhn)),
    ("SE_VAT", number("SE_VAT", "Skatteverket: Luhn's check digit", "SE16[5-9]#[2-9]######*01",
                      lambda v: luhn(v[:, 4:13]))),
    ("NO_FNR", number("NO_FODSELSNUMMER", "Skatteetaten: 80 is added to the month in tests", f"{_DAY}{{81-92}}#######")),
    ("DK_CPR", number("DK_CPR", "CPR: no day is 00", f"00{_MONTH}##-####")),
    ("FI_HETU", number("FI_PERSONAL_IDENTITY_CODE", "DVV: number modulo 31", f"{_DMY}-###*", remainder(31, 9), _FINNISH)),
    ("IS_KT", number("IS_KT", "Þjóðskrá: modulo 11", f"{_DMY}##*9", lambda v: weighted("32765432", 11)(v[:, :8]))),
    ("EE_IK", number("EE_IK", "EVS 585", f"[3-6]{_YMD}###*", _two_rounds)),
    ("LT_AK", number("LT_AK", "Gyventojų registras", f"[3-6]{_YMD}###*", _two_rounds)),
    ("LV_PK", number("LV_PK", "PMLP", f"{_DMY}-[12]###*",
                     lambda v: (1 - (v * np.array([1, 6, 3, 7, 9, 10, 5, 8, 4, 2])).sum(axis=1)) % 11 % 10)),
    ("PL_PESEL", number("PL_PESEL", "Rozporządzenie MC 2020: weights 1 3 7 9", f"{_YMD}####*", weighted("1379137913", 10))),
    ("PL_NIP", number("PL_NIP", "Rozporządzenie MF: modulo 11", "[1-9]########*", weighted("657234567", 11, complement=False))),
    ("PL_REGON", number("PL_REGON", "GUS: modulo 11", "########*", weighted("89234567", 11, complement=False, last="10=0"))),
    ("PL_REGON14", number("PL_REGON", "GUS: modulo 11", "#############*",
                          weighted([2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8], 11, complement=False, last="10=0"))),
    ("PL_ID_CARD", number("PL_ID_CARD", "MSWiA: weights 7 3 1", "[A-Z][A-Z][A-Z]*#####", weighted("73173173", 10, complement=False))),
    ("PL_PWZ", number("PL_PWZ", "Naczelna Izba Lekarska: modulo 11", "*######", weighted("123456", 11, complement=False))),
    ("PL_PWZ_NURSE", number("PL_PWZ", _NOBODY, "0000###P")),
    ("CZ_RC", number("CZ_RC", "zákon 133/2000 Sb.: divisible by 11", f"{_YMD}/###*", remainder(11, 9))),
    ("HU_SZSZ", number("HU_SZSZ", "1996. évi XX. törvény", f"[1-2]{_YMD}###*",
                       weighted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 11, complement=False))),
    ("RO_CNP", number("RO_CNP", "HG 64/2011: modulo 11", f"[1-6]{_YMD}{{01-46}}###*",
                      weighted("279146358279", 11, complement=False, last="10=1"))),
    ("HR_OIB", number("HR_OIB", "Zakon o OIB: ISO 7064 Mod 11,10", "##########*", iso_11_10)),
    ("JMBG", number("JMBG", "Zakon o JMBG: modulo 11", f"{_DAY}{_MONTH}9[5-9]#{{10-49}}###*", _JMBG)),
    ("BG_EGN", number("BG_EGN", "GRAO: modulo 11", f"{_YMD}###*",
                      weighted([2, 4, 8, 5, 10, 9, 7, 3, 6], 11, complement=False, last="10=0"))),
    ("GR_AMKA", number("GR_AMKA", "law 3655/2008: Luhn's check digit", f"{_DMY}####*", luhn)),
    ("GR_AFM", number("GR_AFM", "AADE: modulo 11", "[1-4]#######*",
                      weighted([256, 128, 64, 32, 16, 8, 4, 2], 11, complement=False, last="10=0"))),
    ("GR_ID_CARD", number("GR_ID_CARD", "FEK 1440/B: only letters that Latin has too", "[ΓΔΘΛΞΠΣΦΨΩ][ΓΔΘΛΞΠΣΦΨΩ]######")),
    ("TR_TCKN", number("TR_NATIONAL_ID", "NVİ: sum of ten digits modulo 10", "[1-9]#########*", weighted("1111111111", 10, complement=False))),
    ("UA_RNOKPP", number("UA_RNOKPP", "ДПС: modulo 11", "[1-3]########*",
                         weighted([10, 5, 7, 9, 4, 6, 10, 5, 7], 11, complement=False, last="10=0"))),
    ("RU_SNILS", number("RU_SNILS", "ПФР: check number", "#########**", lambda v: (v * np.arange(9, 0, -1)).sum(axis=1) % 101 % 100 % 98)),
    ("RU_INN", number("RU_INN", "ФНС: modulo 11", "{01-92}#########*",
                      weighted([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11, complement=False, last="10=0"))),
    ("RU_INN_FIRM", number("RU_INN", "ФНС: modulo 11", "{01-92}#######*",
                           weighted([2, 4, 10, 3, 5, 9, 4, 6, 8], 11, complement=False, last="10=0"))),
    ("RU_OGRN", number("RU_OGRN", "ФНС: number modulo 11", "[15]###########*", remainder(11, 12))),
    ("RU_OGRNIP", number("RU_OGRN", "ФНС: number modulo 13", "3#############*", remainder(13, 14))),
    ("RU_KPP", number("RU_KPP", "ФНС: region 00 is none", "00#######")),
    ("IL_ID", number("IL_ID", "רשות האוכלוסין: Luhn's check digit", "########*", luhn)),
    ("IN_AADHAAR", number("IN_AADHAAR", "UIDAI: none begins with 0 or 1", "[01]###########")),
    ("IN_PAN", number("IN_PAN", "Income Tax Department: no kind of holder is X or Q", "[A-Z][A-Z][A-Z][XQ][A-Z]####[A-Z]")),
    ("IN_GSTIN", number("IN_GSTIN", "GST Council: no state is 00", "00[A-Z][A-Z][A-Z][XQ][A-Z]####[A-Z][1-9]Z[A-Z]")),
    ("KR_RRN", number("KR_RRN", "Ministry of the Interior: 9 and 0 are births of the 19th century", f"[0-4]#{_MONTH}{_DAY}-[90]#####*",
                      weighted("234567892345", 11, last="0=1 10=0"))),
    ("CN_RIC", number("CN_RIC", "GB 11643: ISO 7064 Mod 11-2", f"[1-6]#####19{_YMD}###*",
                      lambda v: (1 - (v * np.array([2**i % 11 for i in range(17, 0, -1)])).sum(axis=1)) % 11, "0123456789X")),
    ("TW_ID", number("TW_ID", "Household Registration Act", "[A-Z][12]#######*", _taiwan)),
    ("TH_PIN", number("TH_TNIN", "กรมการปกครอง: modulo 11", "[1-8]-####-#####-##-*",
                      weighted([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11, last="0=1 10=0"))),
    ("JP_MY_NUMBER", number("JP_MY_NUMBER", "総務省令: modulo 11", "###########*",
                            weighted([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11, last="10=0"))),
    ("BR_CPF", number("BR_CPF", "Receita Federal: modulo 11", "##########*", _CPF)),
    ("BR_CPF_DOTTED", number("BR_CPF", "Receita Federal: modulo 11", "###.###.###-#*", _CPF)),
    ("BR_CNPJ", number("BR_CNPJ", "Receita Federal: modulo 11", "#############*", _CNPJ)),
    ("BR_CNPJ_DOTTED", number("BR_CNPJ", "Receita Federal: modulo 11", "##.###.###/####-#*", _CNPJ)),
    ("BR_RG", number("BR_RG", "SSP-SP: modulo 11", "########*", weighted("23456789", 11), "0123456789X")),
    ("MX_NSS", number("MX_NSS", "IMSS: Luhn's check digit", "##########*", luhn)),
    ("MX_CURP", number("MX_CURP", "RENAPO", f"[A-Z][AEIOU][A-Z][A-Z]{_YMD}[HM]{{AS|BC|CS|JC|MC|NL|PL|VZ}}[BCDFGLMNPRST][BCDFGLMNPRST][BCDFGLMNPRST]0*",
                       _curp)),
    ("MX_RFC", number("MX_RFC", "SAT: no day is 00", f"[A-Z][AEIOU][A-Z][A-Z]##{_MONTH}00[A-Z][A-Z]#")),
    ("MX_ELECTOR", number("MX_ELECTOR", "INE: no day is 00", f"[BCDFGLMN][BCDFGLMN][BCDFGLMN][BCDFGLMN][BCDFGLMN][BCDFGLMN]##{_MONTH}00{{01-32}}[HM]###")),
    ("MX_CLABE", number("MX_CLABE", "ABM: weights 3 7 1", "000##############*", weighted("37137137137137137", 10))),
    ("CL_RUT", number("CL_RUT", "Registro Civil: modulo 11", "##.###.###-*", _rut, "0123456789K")),
    ("CO_NIT", number("CO_NIT", "DIAN, Orden Administrativa 4 of 1989", "[89]########-*", _NIT)),
    ("CO_NUIP", number("CO_NUIP", "Registraduría: numbers have not reached 1.9 thousand million", "19########")),
    ("CO_NUIP_CHECKED", number("CO_NIT", "DIAN, Orden Administrativa 4 of 1989", "########-*", weighted([37, 29, 23, 19, 17, 13, 7, 3], 11, last="10=1"))),
    ("CO_NIT_BARE", number("CO_NUIP", "DIAN: firms' numbers begin with 8 or 9", "7########")),
    ("ZA_ID", number("ZA_ID_NUMBER", "Department of Home Affairs: Luhn's check digit", f"{_YMD}####08*", luhn)),
    ("NG_NIN", number("NG_NIN", _NOBODY, "000########")),
    ("DZ_NIN", number("DZ_NIN", "Ministère de l'Intérieur: a check number of one digit", "[12][01]###{01-58}{01-20}#######9#")),
    ("BD_NID", number("BD_NID", _NOBODY, "000##########")),
    ("AZ_FIN", number("AZ_FIN", "ASAN: no I and no O", "[IO]?#?#?#")),
    ("PH_UMID", number("PH_UMID", _NOBODY, "0000-#######-#")),
    ("PH_GSIS", number("PH_GSIS", _NOBODY, "0000#######")),
    ("PH_PHILHEALTH", number("PH_PHILHEALTH", _NOBODY, "00-000######-#")),
    ("PH_PAGIBIG", number("PH_PAGIBIG", _NOBODY, "0000-####-####")),
    ("PH_SSS", number("PH_SSS", _NOBODY, "00-000####-#")),
    ("IE_PPS", number("IE_PPS", "Department of Social Protection: modulo 23", "#######*",
                      weighted("8765432", 23, complement=False), "WABCDEFGHIJKLMNOPQRSTUV")),
    ("AU_TFN", number("AU_TFN", "ATO: modulo 11", "[1-9]## ### ##*",
                      weighted([1, 4, 3, 7, 5, 8, 6, 9], 11, complement=False))),
    ("DE_VAT", number("DE_VAT_ID", "section 27a UStG: ISO 7064 Mod 11,10", "DE[1-9]#######*", last(8, iso_11_10))),
    ("IT_VAT", number("IT_VAT_CODE", "Agenzia delle Entrate: Luhn's check digit", "IT##########*", luhn_of(10))),
    ("FR_VAT", number("FR_VAT", "DGFiP: a firm's number in it has a wrong check digit", "FR ## [1-9]## ### ##*", luhn_of(8))),
    ("PL_VAT", number("PL_NIP", "Rozporządzenie MF: modulo 11", "PL[1-9]########*", weighted("657234567", 11, complement=False))),
    ("NL_VAT", number("NL_VAT", "Belastingdienst: the last two digits count from 01", "NL[1-9]########B00")),
    ("BE_VAT", number("BE_VAT", "FOD Financiën: 97 - number modulo 97", "BE0#######**", remainder(97, 8, 97, -1))),
    ("AT_VAT", number("AT_VAT", "BMF: Luhn-like check digit", "ATU#######*",
                      lambda v: (10 - (_doubled(v[:, -7:]) + 4) % 10) % 10)),
    ("ES_VAT", number("ES_NIF", "Real Decreto 1553/2005: number modulo 23", "ES########*", remainder(23, 8), _DNI)),
    ("PT_VAT", number("PT_NIF", "Autoridade Tributária: modulo 11", "PT[1-3]#######*", weighted("98765432", 11, last="10=0"))),
    ("GR_VAT", number("GR_AFM", "AADE: modulo 11", "EL[7-9]#######*",
                      weighted([256, 128, 64, 32, 16, 8, 4, 2], 11, complement=False, last="10=0"))),
    ("HR_VAT", number("HR_OIB", "Zakon o OIB: ISO 7064 Mod 11,10", "HR##########*", last(10, iso_11_10))),
    ("FI_VAT", number("FI_BUSINESS", "PRH: modulo 11", "FI#######*", weighted([7, 9, 10, 5, 8, 4, 2], 11))),
    ("CH_VAT", number("CH_UID", "BFS: modulo 11", "CHE########*", weighted("54327654", 11))),
    ("FR_SIREN", number("FR_SIREN", "INSEE: Luhn's check digit", "[1-9]## ### ##*", luhn)),
    ("FR_SIRET", number("FR_SIREN", "INSEE: Luhn's check digit", "[1-9]## ### ### 000#*", luhn)),
    ("FR_RCS", number("FR_SIREN", "INSEE: Luhn's check digit", "RCS {Paris|Lille|Dijon|Nancy|Reims|Tours} [AB] [1-9]## ### ##*",
                      luhn_of(8))),
    ("CH_UID", number("CH_UID", "BFS: modulo 11", "CHE-###.###.##*", weighted("54327654", 11))),
    ("FI_BUSINESS", number("FI_BUSINESS", "PRH: modulo 11", "#######-*", weighted([7, 9, 10, 5, 8, 4, 2], 11))),
)  # fmt: skip
FORMS: dict[str, NationalId] = dict(_VALUES)
"""Every form by name."""
