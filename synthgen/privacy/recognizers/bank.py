"""Bank accounts and wallets: IBANs (also those invalid by design, to be accounted for), coin addresses."""

from __future__ import annotations

import hashlib
import re

from stdnum import iban

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.reserved import explain

_CODES = """
AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT HN HR HU IE IL IQ
IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS PT QA RO RS RU SA SC SD SE SI SK SM
SO ST SV TL TN TR UA VA VG XK YE DZ AO BJ BF CM CV CF TD KM CG CI GA GN GW IR MG ML MA MZ NE SN TG
"""
_COUNTRIES = frozenset(_CODES.split())


def iban_score(text: str) -> float:
    """1 for a checksum that holds; less for a form that is invalid by design."""
    compact = re.sub(r"[ -]", "", text).upper()
    if not 15 <= len(compact) <= 34:
        return 0.0
    if iban.is_valid(compact, check_country=False):
        return STRONG if compact[:2] in _COUNTRIES else LIKELY
    if _mod97(compact) and compact[:2] in _COUNTRIES and _lettered(compact, 6):  # words add up to 1 by chance too
        return LIKELY
    known = compact[:2] in _COUNTRIES or compact[:1] in "XQAZ"
    return LIKELY if known and explain(compact, "IBAN_CODE") is not None and _lettered(compact) else 0.0


def _mod97(compact: str) -> bool:
    digits = "".join(str(int(c, 36)) for c in compact[4:] + compact[:4])
    return int(digits) % 97 == 1


def _lettered(compact: str, least: int = 8) -> bool:
    """An invalid form is told from a product code, or from words, by its digits: an account has many."""
    return sum(c.isdigit() for c in compact[4:]) >= least


def _ibans(run: str) -> list[tuple[int, int]]:
    """The longest prefix of whole groups that is an IBAN: text may follow it."""
    ends = sorted({m.end() for m in re.finditer(r"[A-Za-z0-9]+", run)}, reverse=True)
    for end in ends:
        if iban_score(run[:end]) > 0:
            return [(0, end)]
    return []


IBAN = PatternRecognizer(
    entity="IBAN_CODE",
    expression=r"(?<![\w])(?:[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,48}|[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11,48})(?!\w)",
    strong_prefilter=r"\b(?:[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11}|[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11})",
    validate=iban_score,
    context=("iban", "bank account", "account"),
    spans=_ibans,
)

_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_B32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _base58check(text: str) -> bool:
    number = 0
    for c in text:
        number = number * 58 + _B58.index(c)
    raw = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return len(raw) == 25 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _bech32(text: str) -> bool:
    """Checksum of BIP 173 (bech32) and BIP 350 (bech32m)."""
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or any(c not in _B32 for c in data) or len(data) < 6:
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_B32.index(c) for c in data]
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if (top >> i) & 1 else 0
    return check in (1, 0x2BC830A3)


def _coin(text: str) -> float:
    if text.startswith("0x"):
        return LIKELY
    if text.lower().startswith(("bc1", "tb1", "bcrt1", "ltc1")):
        return STRONG if _bech32(text) else 0.0
    return STRONG if all(c in _B58 for c in text) and _base58check(text) else 0.0


CRYPTO = PatternRecognizer(
    entity="CRYPTO",
    expression=r"(?<!\w)(?:(?:bc1|tb1|bcrt1|ltc1)[a-z0-9]{25,87}|(?:BC1|TB1)[A-Z0-9]{25,87}"
    r"|[13mn2LDt][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})(?!\w)",
    strong_prefilter=r"\b(?:(?i:bc1|tb1|bcrt1|ltc1)[A-Za-z0-9]{25}|[13mn2LDt][1-9A-HJ-NP-Za-km-z]{25,34}\b|0x[0-9a-fA-F]{40}\b)",
    validate=_coin,
    context=("wallet", "btc", "bitcoin", "ethereum", "crypto"),
)
