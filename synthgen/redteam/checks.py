"""What accepts a planted value: the checks of authorities, by python-stdnum and libphonenumber, and a few of our own.

They are not the recognizers' validators: a recognizer that rejects a right number would hide that from itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module

Check = Callable[[str], bool]


def check_of(name: str) -> Check:
    """The check of that name: one of ours, or a module of python-stdnum (`gb.nhs`). No name accepts everything."""
    if not name:
        return lambda _: True
    if name in _OWN:
        return _OWN[name]
    found: Check = import_module(f"stdnum.{name}").is_valid
    return found


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdigit()]


def _cross(number: int) -> int:
    return number // 10 + number % 10


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(digits, weights, strict=False))


def phone(text: str) -> bool:
    """A number that is in use, by libphonenumber's metadata."""
    import phonenumbers

    return bool(phonenumbers.is_valid_number(phonenumbers.parse(text, None)))


def luhn(text: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    found: Check = import_module("stdnum.luhn").is_valid
    return found("".join(map(str, _digits(text))))


def verhoeff(text: str) -> bool:
    """Verhoeff's check digit."""
    found: Check = import_module("stdnum.verhoeff").is_valid
    return found(re.sub(r"\D", "", text))


def dea(text: str) -> bool:
    """DEA registration: digits 1, 3, 5 and twice 2, 4, 6 give the seventh."""
    d = _digits(text)
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def vsnr(text: str) -> bool:
    """German pension insurance number: VKVV section 4, cross sums of products, modulo 10."""
    letter = next(c for c in text if c.isalpha())
    d = _digits(text.replace(letter, f"{ord(letter) - 64:02d}"))
    products = (a * b for a, b in zip(d[:12], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return sum(map(_cross, products)) % 10 == d[12]


def kvnr(text: str) -> bool:
    """German health insurance number: section 290 SGB V, Luhn-like weights 1 and 2 over letter and eight digits."""
    d = _digits(f"{ord(text[0]) - 64:02d}{text[1:]}")
    return sum(_cross(a * b) for a, b in zip(d[:10], (1, 2) * 5, strict=True)) % 10 == d[10]


def lanr(text: str) -> bool:
    """German physician's number: weights 4 and 9 over six digits, what is missing to a ten (KBV)."""
    d = _digits(text)
    return -_weighted(d[:6], (4, 9, 4, 9, 4, 9)) % 10 == d[6]


def medicare(text: str) -> bool:
    """Australian Medicare card: weights 1 3 7 9 over eight digits, modulo 10 (Services Australia)."""
    d = _digits(text)
    return _weighted(d[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == d[8]


def nric(text: str) -> bool:
    """Singaporean NRIC of the S series: weights 2 7 6 5 4 3 2, letter by the remainder of 11."""
    return text[-1] == "JZIHGFEDCBA"[_weighted(_digits(text), (2, 7, 6, 5, 4, 3, 2)) % 11]


def icao(text: str) -> bool:
    """Check digit of ICAO Doc 9303, part 3: weights 7 3 1, letters count from 10."""
    return _weighted([int(c, 36) for c in text[:-1]], (7, 3, 1) * 3) % 10 == int(text[-1])


def ph_tin(text: str) -> bool:
    """Philippine taxpayer number: weights 9 to 2 over eight digits, modulo 11 (Bureau of Internal Revenue)."""
    d = _digits(text)
    return _weighted(d[:8], range(9, 1, -1)) % 11 == d[8]


_OWN: dict[str, Check] = {
    "phone": phone, "luhn": luhn, "verhoeff": verhoeff, "dea": dea, "vsnr": vsnr, "kvnr": kvnr, "lanr": lanr,
    "medicare": medicare, "nric": nric, "icao": icao, "ph_tin": ph_tin,
}  # fmt: skip
