"""National identifiers that no authority issues: each form is kept, and one rule of issue is broken.

- US: area number 000 or 666 (SSA, POMS RM 10201.035: never assigned).
- GB: National Insurance prefix QQ (HMRC, NIM39110: Q is never used as a first letter).
- DE: tax identification number with a wrong check digit (ISO 7064 Mod 11,10; Bundeszentralamt fuer Steuern).
- FR: NIR with a wrong key (97 - number mod 97; INSEE).
- ES: DNI with a wrong letter (number mod 23; Real Decreto 1553/2005).
- IT: codice fiscale with a wrong check letter (D.M. 12/03/1974).

The forms of the other countries stand in `id_numbers`. Countries without a form get the US one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Rows
from synthgen.generators.digits import decimal, literal, strings
from synthgen.generators.entities.base import distinct
from synthgen.generators.entities.id_forms import NationalId
from synthgen.generators.entities.id_numbers import FORMS
from synthgen.seeds import U64, below


def _ssn(rank: U64) -> pl.Series:
    million = np.uint64(1_000_000)
    area = np.where((rank // million)[:, None] == 0, literal(b"000", len(rank)), literal(b"666", len(rank)))
    digits = decimal(rank % million, 6)
    dash = literal(b"-", len(rank))
    return strings(np.concatenate([area, dash, digits[:, :2], dash, digits[:, 2:]], axis=1))


def _nino(rank: U64) -> pl.Series:
    digits = decimal(rank % np.uint64(1_000_000), 6)
    letter = (rank // np.uint64(1_000_000)).astype(np.uint8)[:, None] + np.uint8(65)
    return strings(np.concatenate([literal(b"QQ", len(rank)), digits, letter], axis=1))


def _tax_id(rank: U64) -> pl.Series:
    digits = decimal(rank % np.uint64(9_000_000_000) + np.uint64(1_000_000_000), 10)
    product = np.full(len(rank), 10, np.int64)
    for i in range(10):
        total = (digits[:, i].astype(np.int64) - 48 + product) % 10
        product = (np.where(total == 0, 10, total) * 2) % 11
    check = (11 - product) % 10
    wrong = ((check + 1) % 10).astype(np.uint8)[:, None] + np.uint8(48)
    return strings(np.concatenate([digits, wrong], axis=1))


def _nir(rank: U64) -> pl.Series:
    """Sex, year, month, department 99 (abroad), commune and order, then a key that is off by one."""
    sex = (rank % np.uint64(2)) + np.uint64(1)
    rest = rank // np.uint64(2)
    year, rest = rest % np.uint64(100), rest // np.uint64(100)
    month, rest = rest % np.uint64(12) + np.uint64(1), rest // np.uint64(12)
    number = ((sex * np.uint64(100) + year) * np.uint64(100) + month) * np.uint64(100_000_000)
    number += np.uint64(99_000_000) + rest % np.uint64(1_000_000)
    key = np.uint64(97) - number % np.uint64(97)
    wrong = key % np.uint64(97) + np.uint64(1)
    return strings(np.concatenate([decimal(number, 13), decimal(wrong, 2)], axis=1))


def _dni(rank: U64) -> pl.Series:
    letters = np.frombuffer(b"TRWAGMYFPDXBNJZSQVHLCKE", np.uint8)
    number = rank % np.uint64(100_000_000)
    wrong = letters[((number + np.uint64(1)) % np.uint64(23)).astype(np.int64)][:, None]
    return strings(np.concatenate([decimal(number, 8), wrong], axis=1))


_ODD: NDArray[np.int64] = np.array(
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
)


def _codice(rank: U64) -> pl.Series:
    """Letters, year, month, day and place from the rank, then a check letter that is off by one."""
    consonants = np.frombuffer(b"BCDFGLMNPRSTVZ", np.uint8)
    rest, parts = rank, []
    for _ in range(6):
        parts.append(consonants[(rest % np.uint64(14)).astype(np.int64)][:, None])
        rest = rest // np.uint64(14)
    body = np.concatenate([*parts, decimal(rest % np.uint64(100), 2)], axis=1)
    rest = rest // np.uint64(100)
    month = np.frombuffer(b"ABCDEHLMPRST", np.uint8)[(rest % np.uint64(12)).astype(np.int64)][:, None]
    day = decimal((rest // np.uint64(12)) % np.uint64(28) + np.uint64(1), 2)
    body = np.concatenate([body, month, day, literal(b"Z999", len(rank))], axis=1)
    value = np.where(body >= 65, body.astype(np.int64) - 65, body.astype(np.int64) - 48)
    total = np.zeros(len(rank), np.int64)
    for i in range(15):
        total += _ODD[value[:, i]] if i % 2 == 0 else value[:, i]
    wrong = ((total + 1) % 26).astype(np.uint8)[:, None] + np.uint8(65)
    return strings(np.concatenate([body, wrong], axis=1))


_FORM_OF = """
CA=CA_SIN AT=AT_VSNR CH=CH_AHV LI=CH_AHV BE=BE_NN NL=NL_BSN PT=PT_NIF SE=SE_PNR NO=NO_FNR DK=DK_CPR FI=FI_HETU IS=IS_KT
EE=EE_IK LT=LT_AK LV=LV_PK PL=PL_PESEL CZ=CZ_RC SK=CZ_RC HU=HU_SZSZ RO=RO_CNP HR=HR_OIB BA=JMBG RS=JMBG MK=JMBG SI=JMBG
BG=BG_EGN GR=GR_AMKA TR=TR_TCKN UA=UA_RNOKPP RU=RU_SNILS IL=IL_ID IN=IN_AADHAAR KR=KR_RRN CN=CN_RIC TW=TW_ID TH=TH_PIN
JP=JP_MY_NUMBER BR=BR_CPF_DOTTED MX=MX_CURP CL=CL_RUT CO=CO_NUIP ZA=ZA_ID NG=NG_NIN DZ=DZ_NIN BD=BD_NID AZ=AZ_FIN
PH=PH_UMID IE=IE_PPS AU=AU_TFN
"""
NATIONAL_IDS: dict[str, NationalId] = {
    "US": NationalId("US_SSN", 2_000_000, _ssn),
    "GB": NationalId("UK_NINO", 4_000_000, _nino),
    "DE": NationalId("DE_TAX_ID", 9_000_000_000, _tax_id),
    "FR": NationalId("FR_NIR", 2_400_000_000, _nir),
    "ES": NationalId("ES_NIF", 100_000_000, _dni),
    "IT": NationalId("IT_FISCAL_CODE", 14**6 * 100 * 12 * 28, _codice),
    **{country: FORMS[form] for country, _, form in (pair.partition("=") for pair in _FORM_OF.split())},
}
"""The identity number of a person by country."""

US = NATIONAL_IDS["US"]


_LARGEST = {"US_SSN", "UK_NINO", "DE_TAX_ID", "FR_NIR", "ES_NIF", "IT_FISCAL_CODE"}


def several(entities: Collection[str]) -> str:
    """What a column of several countries' numbers declares: `NATIONAL_ID` for the largest, else all of them."""
    return "NATIONAL_ID" if set(entities) <= _LARGEST else "|".join(sorted(entities))


@lru_cache(maxsize=256)
def length(country: str) -> int:
    """Characters of a country's number."""
    return len(NATIONAL_IDS.get(country, US).spell(np.zeros(1, np.uint64))[0])


def national_id(countries: Sequence[str], rows: Rows, unique: bool) -> pl.Series:
    """The row's national id by its locale's country; distinct by row number with `unique`."""
    kinds = [NATIONAL_IDS.get(c, US) for c in countries]
    which = rows.locales[1]
    parts, index = [], []
    for i, kind in enumerate(kinds):
        mine = np.flatnonzero(which == i) if len(kinds) > 1 else np.arange(rows.count)
        if unique:
            rank = distinct(rows.take(mine), "national_id", kind.capacity)
        else:
            rank = below(rows.bits("national_id")[mine], kind.capacity)
        parts.append(kind.spell(rank))
        index.append(mine)
    return pl.concat(parts).gather(np.argsort(np.concatenate(index), kind="stable"))
