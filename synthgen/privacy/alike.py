"""Values that the recognizers treat alike, told by one pass over a column: a card's form with a Luhn digit that holds.

A column of a hundred thousand real addresses or numbers has as many candidates, and each costs a recognizer some
microseconds to milliseconds (libphonenumber). A class is a form and a check that polars and numpy decide for the whole
column; the recognizers then judge some of its values, and where they agree, their verdict is that of all. A class says
nothing by itself: what it means, which score it has and whether an account covers it comes from the recognizers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from synthgen.privacy.reserved import reserved_mask

LEAST = 256
"""Values of a class below which it is not worth telling."""
PROBES = 64
"""How many values of a class the recognizers judge, spread over the column."""
SHARE = 0.05
"""Share of a column's sample that must have the form for the class to be looked for."""

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_SCHEMES = (
    r"^(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35[0-9]{14})$"
)
_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


@dataclass(frozen=True)
class Alike:
    """A class: values of a form (an anchored Rust regex) for which the check holds (boolean per value of the form)."""

    form: str
    check: Callable[[pl.Series], pl.Series] | None = None

    def members(self, values: pl.Series) -> pl.Series:
        """Boolean per value: whether it is of the class. No value may be null."""
        formed = values.str.contains(self.form)
        if self.check is None or not formed.any():
            return formed
        return formed.scatter(formed.arg_true(), self.check(values.filter(formed)))


def luhn(digits: pl.Series) -> pl.Series:
    """Boolean per value: whether strings of at most 19 digits have a Luhn check digit that holds (ISO/IEC 7812-1).

    >>> luhn(pl.Series(["4242424242424242", "4242424242424241"])).to_list()
    [True, False]
    """
    joined = "".join(digits.str.pad_start(20, "0").to_list()).encode("ascii")
    table = np.frombuffer(joined, dtype=np.uint8).reshape(len(digits), 20) - 48
    doubled = table[:, 0::2] * 2  # every second digit from the right, the last one excepted
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + table[:, 1::2].sum(axis=1)
    return pl.Series(total % 10 == 0)


def mod97(compact: pl.Series) -> pl.Series:
    """Boolean per value: whether account numbers of 5 to 34 capitals and digits have remainder 1 (ISO 7064, MOD 97-10).

    >>> mod97(pl.Series(["GB82WEST12345698765432", "GB83WEST12345698765432"])).to_list()
    [True, False]
    """
    letters = [chr(c) for c in range(65, 91)]
    turned = (compact.str.slice(4) + compact.str.slice(0, 4)).str.replace_many(letters, [str(c) for c in range(10, 36)])
    padded = turned.str.pad_start(70, "0")
    rest = pl.Series(np.zeros(len(compact), dtype=np.int64))
    for start in range(0, 70, 14):
        rest = (rest * 10**14 + padded.str.slice(start, 14).cast(pl.Int64)) % 97
    return rest == 1


def _card(values: pl.Series) -> pl.Series:
    digits = values.str.replace_all("[ -]", "")
    return digits.str.contains(_SCHEMES) & luhn(digits) & ~_one_digit(digits) & (digits.str.len_bytes() != 13)


def _iban(values: pl.Series) -> pl.Series:
    return mod97(values.str.replace_all(" ", ""))


def _one_digit(values: pl.Series) -> pl.Series:
    """Whether a value's digits are one digit repeated."""
    return values.str.replace_all("[^0-9]", "").str.contains("^(?:" + "|".join(f"{d}+" for d in range(10)) + ")$")


def _several_digits(values: pl.Series) -> pl.Series:
    return ~_one_digit(values)


@lru_cache(maxsize=300)
def _national(code: int) -> str:
    """Rust regex of the valid national numbers of a country calling code, by libphonenumber's metadata."""
    patterns: set[str] = set()
    for region in COUNTRY_CODE_TO_REGION_CODE[code]:
        known = (
            PhoneMetadata.metadata_for_nongeo_region(code)
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        described = (getattr(known, kind) for kind in _TYPES)
        patterns |= {d.national_number_pattern for d in described if d and d.national_number_pattern}
    return "|".join(f"(?:{p})" for p in sorted(patterns)).replace(r"\d", "[0-9]") or "[^0-9]"


def _international(values: pl.Series) -> pl.Series:
    """Whether `+49 30 901820` is valid in the country of its calling code."""
    digits = values.str.replace_all("[^0-9]", "")
    heads = digits.str.slice(0, 3).unique().to_list()
    codes = sorted({int(h[:n]) for h in heads for n in (1, 2, 3)} & set(COUNTRY_CODE_TO_REGION_CODE))
    if not codes:
        return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    return digits.str.contains("^(?:" + "|".join(f"{c}(?:{_national(c)})" for c in codes) + ")$")


def _american(values: pl.Series) -> pl.Series:
    """Whether ten digits are valid in the North American numbering plan."""
    return values.str.replace_all("[^0-9]", "").str.contains(f"^(?:{_national(1)})$")


def _reserved(entity: str) -> Callable[[pl.Series], pl.Series]:
    return lambda values: reserved_mask(values, entity) & _several_digits(values)


_FOUR = "[0-9]{4}"
_BANKS = "(?:DE|GB|FR|ES|IT|NL|BE|AT|CH|PL|PT|SE|DK|NO|FI|IE|LU|CZ)"
_DIGITS = {
    "PHONE_NUMBER": (
        r"^\+[0-9][0-9 ().-]{6,20}$", r"^\([0-9]{2,5}\) ?[0-9][0-9 -]{4,10}$", "^[0-9]{3}-[0-9]{3}-[0-9]{4}$",
    ),
    "US_SSN": ("^[0-9]{3}-[0-9]{2}-[0-9]{4}$",),
    "IBAN_CODE": ("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",),
    "CREDIT_CARD": ("^[0-9]{13,19}$",),
    "IP_ADDRESS": (rf"^{_BYTE}(?:\.{_BYTE}){{3}}$",),
}  # fmt: skip
RESERVED = tuple(Alike(form, _reserved(entity)) for entity, forms in _DIGITS.items() for form in forms)
"""Spellings of reserved values, which mode `reserved` settles; their check digits seldom hold."""

CLASSES = (
    Alike(r"^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+){0,5}@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+){0,3}\.){1,4}[A-Za-z]{2,12}$"),
    Alike(rf"^(?:[1-9][0-9]?|1[013-9][0-9]|12[0-689]|2[0-4][0-9])(?:\.{_BYTE}){{3}}$"),
    Alike("^[0-9]{13,19}$", _card),
    Alike(f"^{_FOUR}(?: {_FOUR}){{3}}$", _card),
    Alike(f"^{_FOUR}(?:-{_FOUR}){{3}}$", _card),
    Alike(f"^{_BANKS}[0-9]{{2}}[A-Z0-9]{{11,26}}$", _iban),
    Alike(f"^{_BANKS}[0-9]{{2}}(?: [A-Z0-9]{{4}}){{2,7}}(?: [A-Z0-9]{{1,3}})?$", _iban),
    Alike(r"^\+[1-9][0-9]{0,2}(?:[ .-]?[0-9]){6,14}$", _international),
    Alike(r"^\([2-9][0-9]{2}\) ?[2-9][0-9]{2}-[0-9]{4}$", _american),
    Alike(r"^[2-9][0-9]{2}([-.])[2-9][0-9]{2}[-.][0-9]{4}$", _american),
    Alike("^[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}$", _several_digits),
)  # fmt: skip
"""Spellings of the commonest identifiers, each with its check."""


def classes(values: pl.Series, reserved: bool) -> Iterator[tuple[pl.Series, bool]]:
    """The members of each class that a sample of the column shows, and at last (False) the values of no class.

    A value is a member of one class only; no value may be null. With `reserved`, spellings of reserved values are told
    too.
    """
    sample = spread(values, 256)
    for kind in (*(RESERVED if reserved else ()), *CLASSES):
        if len(values) < LEAST:
            break
        share = sample.str.contains(kind.form).mean()
        if not isinstance(share, float) or share < SHARE:
            continue
        members = kind.members(values)
        if members.sum() >= LEAST:
            yield values.filter(members), True
            values = values.filter(~members)
    yield values, False


def spread(values: pl.Series, count: int) -> pl.Series:
    """At most `count` values spread over the series without a period, so that no pattern of rows is left out.

    The multiples of the golden ratio's fraction fall evenly into the unit interval (Weyl's equidistribution).
    """
    if len(values) <= count:
        return values
    places = np.arange(count) * 0.618_033_988_749_895 % 1 * len(values)
    return values.gather(pl.Series(np.unique(places.astype(np.uint32))))


def probes(values: pl.Series) -> list[str]:
    """Distinct values spread over the column, for the recognizers to judge."""
    return spread(values, PROBES).unique(maintain_order=True).to_list()
