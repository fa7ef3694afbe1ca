"""What accounts for a PII-shaped value: the proofs that each mode of `privacy.pii` lets count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from synthgen.columns import Declared
from synthgen.generator import PiiMode
from synthgen.privacy.base import Match
from synthgen.privacy.broken import is_broken
from synthgen.privacy.reserved import explain, reserved_regex

INDIRECT = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "DATE_OF_BIRTH", "COORDINATES"})
"""Entities without a reserved range, that a vocabulary or the recipe's seed proves."""

NATIONAL_IDS = frozenset(
    {
        "US_SSN", "US_ITIN", "CA_SIN", "BR_CPF", "MX_CURP", "CL_RUT", "UK_NINO", "UK_NHS", "DE_TAX_ID", "FR_NIR",
        "ES_NIF", "ES_NIE", "IT_FISCAL_CODE", "PL_PESEL", "NL_BSN", "SE_PERSONNUMMER", "FI_PERSONAL_IDENTITY_CODE",
        "DK_CPR", "NO_FODSELSNUMMER", "BE_NATIONAL_NUMBER", "CH_AHV", "IN_AADHAAR", "IN_PAN", "AU_TFN", "AU_MEDICARE",
        "SG_NRIC_FIN", "KR_RRN", "CN_RIC", "ZA_ID_NUMBER", "TR_NATIONAL_ID", "TH_TNIN",
    }
)  # fmt: skip
_TAXPAYER = {"US_SSN", "US_ITIN"}
"""One form: 9xx areas are tax numbers, all others social security numbers; a column of free shape holds both."""

_PROOFS = frozenset({"vocabulary", "regenerated", "unlinked"})
_NAMED = ("PERSON", "LOCATION", "ORGANIZATION")
_EMAIL = (
    r"(?i)^[a-zß-öø-ÿ]+(?:[._'+-][a-zß-öø-ÿ]+){0,5}[._-]?[0-9]{0,8}@"
    r"(?:[a-z0-9-]+\.)*(?:example\.(?:com|net|org)|[a-z0-9-]+\.(?:test|example|invalid|localhost))$"
)

_NANP = r"^\+1-[2-9][0-9]{2}-555-01[0-9]{2}$"
_NAME = r"[A-Z][a-zß-öø-ÿ]{0,19}(?:'[A-Z][a-z]{1,19})?"
_STREET = rf"^(?:[0-9]{{1,4}} )?{_NAME}(?:[ -]{_NAME}){{0,3}}\.?(?: [0-9]{{1,4}})?$"
"""A street of up to four words with a house number before or behind: no identifier has so few digits."""


@dataclass(frozen=True)
class Account:
    """The accounts of one column: the mode, and the entity that the column declares with its proof."""

    mode: PiiMode
    entity: str | None = None
    proof: str | None = None

    @classmethod
    def of(cls, mode: PiiMode, declared: Declared | None, modifier: str | None = None) -> Account:
        """From what the generator declares; the recipe's `pii:` modifier declares an entity without any proof."""
        if declared is not None:
            return cls(mode, declared.entity, declared.proof)
        return cls(mode, modifier, None)

    def declares(self, entity: str) -> bool:
        """Whether the column says that it holds this entity.

        NATIONAL_ID stands for every country's; a column of several locales names theirs, `PL_PESEL|CZ_RC`.
        """
        if self.entity == "URL" and entity == "PERSONAL_URL":
            return True
        if self.entity is not None and entity in self.entity.split("|"):
            return True
        return entity == self.entity or (self.entity == "NATIONAL_ID" and entity in NATIONAL_IDS)

    def covers(self, entity: str, text: str) -> bool:
        """Whether a matched text is accounted for.

        - none: nothing is.
        - reserved: a direct identifier must lie in a reserved range; names, addresses and birth dates stand in a column
          whose generator declares them (the scanner checks the words of declared names apart from this).
        - synthetic: whatever the column declares.
        """
        if self.mode == "none":
            return False
        if self.mode == "synthetic":
            return self.declares(entity) or {entity, self.entity} == _TAXPAYER
        if entity in INDIRECT:
            return self.declares(entity) and self.proof in _PROOFS
        if self.entity == "ORGANIZATION" and entity == "URL" and "/" not in text:
            return self.proof in _PROOFS  # firms are called after their domains
        return explain(text, entity) is not None

    def broken_by_design(self, text: str) -> bool:
        """Whether a whole value is an identity number of the kind that the column declares, with a wrong check digit.

        No authority issues it; that its digits may read as another country's number or as a card is chance.
        """
        if self.mode != "reserved" or self.proof != "reserved" or self.entity is None:
            return False
        return any(is_broken(entity, text) for entity in self.entity.split("|"))

    @property
    def skips_names(self) -> bool:
        """Whether names need no search here: they are declared, and their words are checked against vocabularies."""
        return self.mode != "none" and self.entity in _NAMED and self.covers(self.entity, "")

    @property
    def narrow(self) -> str | None:
        """A part of `whole` that costs little, in the spelling that fills most columns; None where there is none."""
        return _NANP if self.mode != "none" and self.entity == "PHONE_NUMBER" else None

    @property
    def whole(self) -> str | None:
        """A Rust regex over whole values that settles a declared column in one pass; None where there is none."""
        if self.mode == "none" or self.entity is None:
            return None
        if self.entity == "EMAIL_ADDRESS":
            return _EMAIL
        if self.entity == "LOCATION":
            return _STREET if self.covers("LOCATION", "") else None
        return None if self.entity == "URL" else reserved_regex(self.entity)


def plain_reserved_email() -> str:
    """Rust regex of reserved e-mail addresses whose local part holds words and at most eight digits."""
    return _EMAIL


def unaccounted(text: str, matches: Iterable[Match], account: Account) -> list[Match]:
    """The matches that no proof covers, one per span.

    A match inside an accounted one is excused (a reserved phone number that also reads as a health number), but not
    inside an e-mail address or URL, which can carry anything. Of overlapping matches left, the strongest is kept.
    """
    if account.broken_by_design(text.strip()):
        return []
    found = sorted(matches, key=lambda m: (-m.score, m.start - m.end, m.entity))
    covered = [m for m in found if account.covers(m.entity, text[m.start : m.end])]
    left: list[Match] = []
    for match in found:
        if match in covered or any(_excuses(c, match) for c in covered):
            continue
        if match.entity == "URL" and any(m.entity == "EMAIL_ADDRESS" and _overlap(m, match) for m in found):
            continue
        if not any(_overlap(m, match) for m in left):
            left.append(match)
    return left


def _excuses(outer: Match, inner: Match) -> bool:
    if not (outer.start <= inner.start and inner.end <= outer.end):
        return False
    return outer.entity not in ("EMAIL_ADDRESS", "URL") or inner.entity == "URL" or inner.entity in INDIRECT


def _overlap(a: Match, b: Match) -> bool:
    return a.start < b.end and b.start < a.end
