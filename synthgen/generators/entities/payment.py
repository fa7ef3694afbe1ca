"""Payment details that no bank honours: published test cards, IBANs with check digits that are never computed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import Build
from synthgen.generators.digits import decimal, strings
from synthgen.generators.entities.base import EntityParams, Segments, Trait, country_of, distinct
from synthgen.generators.entities.places import countries
from synthgen.seeds import U64, below

_TEXT = pl.String()
_TRAITS = {
    "card_number": Trait(_TEXT, "CREDIT_CARD", "reserved"),
    "card_brand": Trait(_TEXT),
    "card_expiry": Trait(_TEXT),
    "card_cvv": Trait(_TEXT),
    "card_last4": Trait(_TEXT),
    "iban": Trait(_TEXT, "IBAN_CODE", "reserved"),
    "bic": Trait(_TEXT),
    "bank": Trait(_TEXT),
    "currency": Trait(_TEXT),
}
# Test numbers that payment gateways publish (Stripe, Adyen, Braintree and PayPal documentation), by brand.
_CARDS = {
    "Visa": ("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556"),
    "Mastercard": ("5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210"),
    "American Express": ("378282246310005", "371449635398431"),
    "Discover": ("6011111111111117", "6011000990139424"),
    "JCB": ("3566002020360505", "3530111333300000"),
    "Diners Club": ("30569309025904", "38520000023237"),
}
_SHARES = {"Visa": 5.0, "Mastercard": 4.0, "American Express": 1.0, "Discover": 0.5, "JCB": 0.3, "Diners Club": 0.2}
# Length of the national part (SWIFT IBAN registry) and how many leading characters of it are letters.
_BBAN = {
    "DE": (18, 0), "FR": (23, 0), "GB": (18, 4), "ES": (20, 0), "IT": (23, 1), "NL": (14, 4), "AT": (16, 0),
    "CH": (17, 0), "BE": (12, 0), "PL": (24, 0), "SE": (20, 0), "NO": (11, 0), "DK": (14, 0), "FI": (14, 0),
    "IE": (18, 4), "PT": (21, 0), "CZ": (20, 0), "HU": (24, 0), "GR": (23, 0), "RO": (20, 4), "SK": (20, 0),
    "SI": (15, 0), "HR": (17, 0), "BG": (18, 4), "LT": (16, 0), "LV": (17, 4), "EE": (16, 0), "TR": (22, 0),
}  # fmt: skip
_MONTHS = 48  # for which a card is valid at most, from the month after the clock's
_ELSEWHERE = ("XA", (18, 0))  # a country code that ISO 3166-1 leaves to users, for countries without IBANs
BANKS = (
    "First Example Bank", "Example Savings Bank", "Northern Sample Bank", "Sample Credit Union", "Model Trust Bank",
    "Specimen Commercial Bank", "United Sample Bank", "Example Mutual Bank",
)  # fmt: skip
_DIGITS = 10**14


class Payment:
    """A card and an account. Unique card numbers have major industry identifier 9 and the unassigned country 9999."""

    Params = EntityParams

    @classmethod
    def attributes(cls) -> Mapping[str, Trait]:
        """Every attribute."""
        return _TRAITS

    def __init__(self, params: EntityParams, build: Build) -> None:
        self.limit, self.build = params.max_length, build
        self.countries = [country_of(name) for name in build.locales]
        self._vocabularies: dict[str, Vocabulary] = {}

    @cached_property
    def _cards(self) -> Segments:
        numbers = [n for numbers in _CARDS.values() for n in numbers]
        weights = [_SHARES[brand] / len(numbers) for brand, numbers in _CARDS.items() for _ in numbers]
        return Segments([(numbers, weights)], [0])

    def _words(self, name: str, words: list[str]) -> Vocabulary:
        if name not in self._vocabularies:
            cut = [w if self.limit is None else w[: self.limit] for w in words]
            self._vocabularies[name] = Vocabulary(f"entity:{name}", pl.Series(cut))
        return self._vocabularies[name]

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column."""
        trait = _TRAITS[attribute]
        if attribute.startswith("card_") and attribute not in ("card_expiry", "card_cvv"):
            return self._card(attribute, rows, unique)
        if attribute == "card_expiry":
            first = rows.clock.year * 12 + rows.clock.month
            months = [f"{m % 12 + 1:02d}/{m // 12 % 100:02d}" for m in range(first, first + _MONTHS)]
            return Column.coded(self._words("expiry", months), below(rows.bits("expiry"), _MONTHS).astype(np.uint32))
        if attribute == "card_cvv":
            return Column.of(strings(decimal(below(rows.bits("cvv"), 1000), 3)))
        if attribute == "iban":
            return Column.of(self._iban(rows), trait.declared)
        if attribute == "bank":
            words = self._words("bank", list(BANKS))
            return Column.coded(words, below(rows.bits("bank"), len(BANKS)).astype(np.uint32))
        if attribute == "bic":
            words = self._words("bic", [f"TEST{c}00" for c in self.countries])  # a 0 in place 8 marks a test code
        else:
            known = countries()
            words = self._words("currency", [known[c].currency if c in known else "USD" for c in self.countries])
        return Column.coded(words, rows.locales[1].astype(np.uint32), trait.declared)

    def _card(self, attribute: str, rows: Rows, unique: bool) -> Column:
        if unique:
            return Column.of(_test_cards(distinct(rows, "card", 10**11)), _TRAITS[attribute].declared)
        numbers = self._cards.words
        brands = [brand for brand, cards in _CARDS.items() for _ in cards]
        words = {"card_number": numbers, "card_brand": brands, "card_last4": [n[-4:] for n in numbers]}[attribute]
        codes = rows.memo("card", lambda: self._cards.pick(rows.bits("card"), 0))
        return Column.coded(self._words(attribute, words), codes, _TRAITS[attribute].declared)

    def _iban(self, rows: Rows) -> pl.Series:
        """Country, 00 (no checksum gives 00, 01 or 99: ISO 7064), and a national part that is distinct by row."""
        digits = distinct(rows, "iban", _DIGITS)
        parts, index = [], []
        for i, code in enumerate(self.countries):
            mine = np.flatnonzero(rows.locales[1] == i)
            country, (length, letters) = (code, _BBAN[code]) if code in _BBAN else _ELSEWHERE
            body = decimal(digits[mine], min(14, length - letters))
            head = f"{country}00{'TEST'[:letters]}".encode() + b"0" * (length - letters - body.shape[1])
            fixed = np.broadcast_to(np.frombuffer(head, np.uint8), (len(mine), len(head)))
            parts.append(strings(np.concatenate([fixed, body], axis=1)))
            index.append(mine)
        return pl.concat(parts).gather(np.argsort(np.concatenate(index), kind="stable"))

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        iban = max(4 + _BBAN.get(c, _ELSEWHERE[1])[0] for c in self.countries)
        return {"card_number": 16, "iban": iban, "card_expiry": 5, "card_cvv": 3}.get(attribute, 1)

    def capacity(self, attribute: str) -> int | None:
        """How many rows can be unique in an attribute."""
        if attribute == "iban":
            return 10 ** min(14, *(_BBAN.get(c, _ELSEWHERE[1])[0] - 4 for c in self.countries), 14)
        return 10**11 if attribute == "card_number" else 0


def _test_cards(rank: U64) -> pl.Series:
    """9999, eleven digits, and Luhn's check digit (ISO/IEC 7812-1)."""
    digits = decimal(rank + np.uint64(9999 * 10**11), 15)
    values: NDArray[np.int64] = digits.astype(np.int64) - 48
    doubled = values[:, ::2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + values[:, 1::2].sum(axis=1)
    check = ((10 - total % 10) % 10).astype(np.uint8)[:, None] + np.uint8(48)
    return strings(np.concatenate([digits, check], axis=1))
