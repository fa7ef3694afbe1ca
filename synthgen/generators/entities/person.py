"""People: names, gender, e-mail, phone, birth date and national id that agree with each other and with the locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import Build
from synthgen.generators.entities.base import (
    Codes,
    EntityParams,
    Segments,
    Trait,
    country_of,
    fitting,
    locale_group,
    text,
)
from synthgen.generators.entities.national_ids import NATIONAL_IDS, US, length, national_id, several
from synthgen.generators.entities.phones import ReservedPhones
from synthgen.generators.entities.slugs import name_slugs
from synthgen.generators.entities.vocabulary import words
from synthgen.seeds import below, unit

_TEXT = pl.String()
_TRAITS = {
    "prefix": Trait(_TEXT),
    "first_name": Trait(_TEXT, "PERSON"),
    "last_name": Trait(_TEXT, "PERSON"),
    "full_name": Trait(_TEXT, "PERSON"),
    "gender": Trait(_TEXT),
    "birth_date": Trait(pl.Date(), "DATE_OF_BIRTH"),
    "age": Trait(pl.Int64()),
    "email": Trait(_TEXT, "EMAIL_ADDRESS", "reserved"),
    "username": Trait(_TEXT),
    "phone": Trait(_TEXT, "PHONE_NUMBER", "reserved"),
    "national_id": Trait(_TEXT, "NATIONAL_ID", "reserved"),
    "job": Trait(_TEXT),
}
_DOMAINS = (
    "@example.com",
    "@example.org",
    "@example.net",
    "@mail.example.com",
    "@post.example.org",
    "@inbox.example.net",
)
_DOMAIN_WEIGHTS = (5.0, 3.0, 3.0, 2.0, 1.0, 1.0)
_FAMILY_FIRST = {"JP", "CN", "TW", "KR", "HU"}  # written with a space everywhere, so that each name can be checked
_YOUNGEST, _OLDEST = 18, 90


class Person:
    """A person of the row's locale. E-mail addresses lie in domains reserved by RFC 2606; phones in fiction ranges."""

    Params = EntityParams

    @classmethod
    def attributes(cls) -> Mapping[str, Trait]:
        """Every attribute."""
        return _TRAITS

    def __init__(self, params: EntityParams, build: Build) -> None:
        self.locales, self.limit, self.build = build.locales, params.max_length, build
        self.countries = [country_of(name) for name in build.locales]
        self._phones = ReservedPhones(self.countries, params.max_length)

    # -- vocabularies

    @cached_property
    def _first(self) -> Segments:
        return self._gendered("first_names")

    @cached_property
    def _last(self) -> Segments:
        return self._gendered("last_names")

    def _gendered(self, kind: str) -> Segments:
        """One segment per locale and gender; one list for both where the locale has no gendered one."""
        lists: list[Any] = []
        groups: list[int] = []
        for locale in self.locales:
            seen: dict[Any, int] = {}
            for gender in ("female", "male"):
                found = words("person", locale, f"{kind}_{gender}", kind)
                if found not in seen:
                    seen[found] = len(lists)
                    lists.append(found)
                groups.append(seen[found])
        return Segments(lists, groups)

    @cached_property
    def _first_names(self) -> Vocabulary:
        return Vocabulary("faker:person/first_names", pl.Series(self._shortened(self._first)))

    @cached_property
    def _last_names(self) -> Vocabulary:
        return Vocabulary("faker:person/last_names", pl.Series(self._shortened(self._last)))

    def _shortened(self, segments: Segments) -> list[str]:
        return [w for part in segments.lists for w in fitting(part, self.limit)]

    @cached_property
    def _mail_first(self) -> Vocabulary:
        """`anna.`, `a.`, `anna_` and `anna` for each first name, pattern after pattern."""
        slugs = self._slugs(self._first, "first")
        spelt = [*(f"{s}." for s in slugs), *(f"{s[0]}." for s in slugs), *(f"{s}_" for s in slugs), *slugs]
        return Vocabulary("slugs:first_names", pl.Series(spelt))

    @cached_property
    def _mail_last(self) -> Vocabulary:
        return Vocabulary("slugs:last_names", pl.Series(self._slugs(self._last, "last")))

    @cached_property
    def _user_first(self) -> Vocabulary:
        return Vocabulary("slugs:user_names", self._mail_first.values.tail(len(self._first.words)))

    @cached_property
    def _mail_letters(self) -> Vocabulary:
        return Vocabulary("slugs:last_name_letters", self._mail_last.values.str.head(1))

    def _slugs(self, segments: Segments, kind: str) -> list[str]:
        found: list[str] = []
        for group in np.unique(segments.groups, return_index=True)[1]:  # lists in order, two groups to a locale
            words = segments.lists[segments.groups[group]]
            found += name_slugs(words, self.locales[group // 2], kind)
        return found

    @cached_property
    def _jobs(self) -> tuple[Vocabulary, Segments]:
        lists = [words("job", name, "jobs", "job") for name in self.locales]
        segments = Segments(lists, range(len(lists)))
        return Vocabulary("faker:job", pl.Series(self._shortened(segments))), segments

    @cached_property
    def _prefixes(self) -> tuple[Vocabulary, Segments]:
        lists = []
        for name in self.locales:
            for gender in ("female", "male"):
                found = [w for w in words("person", name, f"prefixes_{gender}", f"prefix_{gender}")[0] if w]
                found = found or list(words("person", "en_US", f"prefixes_{gender}")[0])
                lists.append((found, [1.0] * len(found)))
        segments = Segments(lists, range(len(lists)))
        return Vocabulary("faker:person/prefixes", pl.Series(self._shortened(segments))), segments

    # -- draws that attributes share

    def _gender(self, rows: Rows) -> NDArray[np.uint8]:
        return rows.memo("gender", lambda: (rows.bits("gender") >> np.uint64(63)).astype(np.uint8))

    def _group(self, rows: Rows) -> NDArray[Any]:
        def make() -> NDArray[Any]:
            locale = locale_group(rows)
            gender = self._gender(rows)
            return gender if isinstance(locale, int) else locale * np.uint8(2) + gender

        return rows.memo("group", make)

    def _first_codes(self, rows: Rows) -> Codes:
        return rows.memo("first_name", lambda: self._first.pick(rows.bits("first_name"), self._group(rows)))

    def _last_codes(self, rows: Rows) -> Codes:
        return rows.memo("last_name", lambda: self._last.pick(rows.bits("last_name"), self._group(rows)))

    def _birth(self, rows: Rows) -> NDArray[np.int64]:
        """Birth dates as days since 1970."""

        def make() -> NDArray[np.int64]:
            clock = rows.clock.date()
            last, first = _years_before(clock, _YOUNGEST), _years_before(clock, _OLDEST)
            days = below(rows.bits("birth_date"), last.toordinal() - first.toordinal() + 1).astype(np.int64)
            return days + (first - date(1970, 1, 1)).days

        return rows.memo("birth_date", make)

    # -- attributes

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column."""
        declared = _TRAITS[attribute].declared
        if attribute == "first_name":
            return Column.coded(self._first_names, self._first_codes(rows), declared)
        if attribute == "last_name":
            return Column.coded(self._last_names, self._last_codes(rows), declared)
        if attribute == "phone":
            return self._phones.column(rows, unique, declared)
        if attribute in ("email", "username"):
            return self._email(rows, unique) if attribute == "email" else self._username(rows, unique)
        if attribute == "job":
            vocabulary, segments = self._jobs
            return Column.coded(vocabulary, segments.pick(rows.bits("job"), locale_group(rows)))
        if attribute == "prefix":
            vocabulary, segments = self._prefixes
            return Column.coded(vocabulary, segments.pick(rows.bits("prefix"), self._group(rows)))
        if attribute == "gender":
            return Column.coded(
                _GENDERS if self.limit is None or self.limit > 5 else _GENDER_LETTERS, self._gender(rows)
            )
        made = {
            "full_name": lambda: self._full_name(rows),
            "birth_date": lambda: pl.Series(self._birth(rows).astype(np.int32)).cast(pl.Date),
            "age": lambda: pl.Series(_age(self._birth(rows), rows.clock.date())),
            "national_id": lambda: national_id(self.countries, rows, unique),
        }[attribute]()
        if attribute == "national_id":
            known = {NATIONAL_IDS.get(c, US).entity for c in self.countries}
            declared = Trait(_TEXT, known.pop() if len(known) == 1 else several(known), "reserved").declared
        return Column.of(made, declared)

    def _email(self, rows: Rows, unique: bool) -> Column:
        """First and last name, a number (the row's, with `unique`) and a reserved domain; less where it is too long."""
        declared = _TRAITS["email"].declared
        pattern = _PATTERNS.pick(rows.bits("email"), 0)
        first = Column.coded(self._mail_first, pattern * np.uint32(len(self._first.words)) + self._first_codes(rows))
        last = Column.coded(self._mail_last, self._last_codes(rows))
        domain = Column.coded(_DOMAIN_TEXT, _DOMAIN_PICK.pick(rows.bits("domain"), 0))
        sometimes = None if unique else _sometimes(rows.bits("email_number"))
        number = Column.of(_numbers(rows)) if sometimes is None else Column.coded(_SOMETIMES, sometimes)
        full = Column.joined(first, last, number, domain, declared=declared)
        if self.limit is None:
            return full
        ending = "@example.com" if self.limit >= _ROOMY else _SHORT_DOMAIN
        digits = number.values.cast(pl.String) if unique else None
        return Column.of(self._within(full.values, last.values, digits, ending), declared)

    def _within(self, full: pl.Series, name: pl.Series, number: pl.Series | None, ending: str) -> pl.Series:
        """The full values that fit; for the others as much of the name as fits, the number and the ending."""
        assert self.limit is not None
        digits = number.str.len_bytes() if number is not None else pl.Series([0], dtype=pl.UInt32)
        room = pl.lit(self.limit - len(ending)) - pl.lit(digits).cast(pl.Int64)
        parts = [pl.lit(name).str.head(room.clip(1)), *([] if number is None else [pl.lit(number)]), pl.lit(ending)]
        short = pl.when(pl.lit(full).str.len_bytes() <= self.limit).then(pl.lit(full)).otherwise(pl.concat_str(parts))
        return pl.select(short).to_series()

    def _username(self, rows: Rows, unique: bool) -> Column:
        """First name, first letter of the last name, and a number."""
        first = Column.coded(self._user_first, self._first_codes(rows))
        letter = Column.coded(self._mail_letters, self._last_codes(rows))
        drawn = below(rows.bits("username"), 1000).astype(np.uint32)
        number = Column.of(_numbers(rows)) if unique else Column.coded(_THOUSAND, drawn)
        full = Column.joined(first, letter, number)
        if self.limit is None:
            return full
        digits = number.values.cast(pl.String) if unique else None
        return Column.of(self._within(full.values, first.values, digits, ""))

    def _full_name(self, rows: Rows) -> pl.Series:
        first = pl.Series(self._first.words).gather(pl.Series(self._first_codes(rows)))
        last = pl.Series(self._last.words).gather(pl.Series(self._last_codes(rows)))
        made = text(first, " ", last)
        if any(c in _FAMILY_FIRST for c in self.countries):
            mine = np.array([c in _FAMILY_FIRST for c in self.countries])[rows.locales[1]]
            eastern = pl.concat_str([pl.lit(last), pl.lit(" "), pl.lit(first)])
            made = pl.select(pl.when(pl.lit(pl.Series(mine))).then(eastern).otherwise(pl.lit(made))).to_series()
        if self.limit is None:
            return made
        initial = pl.concat_str([pl.lit(first).str.head(1), pl.lit(". "), pl.lit(last)])
        fits = [(pl.lit(made), made), (initial, pl.select(initial).to_series())]
        chosen = pl.lit(last).str.head(self.limit)
        for form, value in reversed(fits):
            chosen = pl.when(pl.lit(value).str.len_chars() <= self.limit).then(form).otherwise(chosen)
        return pl.select(chosen).to_series()

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        if attribute == "national_id":
            return max(length(c) for c in self.countries)
        return {"phone": ReservedPhones.shortest, "email": 1 + len(_SHORT_DOMAIN)}.get(attribute, 1)

    def capacity(self, attribute: str) -> int | None:
        """How many rows can be unique in an attribute."""
        if attribute in ("email", "username"):
            ending = len(_SHORT_DOMAIN) if attribute == "email" else 0
            if self.limit is None or self.limit >= _ROOMY:
                return None
            return max(0, 10 ** (self.limit - 1 - ending) - 1)  # one letter, then the row's number from 1 on
        if attribute == "phone":
            return self._phones.capacity
        if attribute == "national_id":
            return min(NATIONAL_IDS.get(c, US).capacity for c in self.countries)
        return 0


_GENDERS = Vocabulary("entity:gender", pl.Series(["female", "male"]))
_GENDER_LETTERS = Vocabulary("entity:gender-letter", pl.Series(["F", "M"]))
_PATTERNS = Segments([(("0", "1", "2", "3"), (6.0, 2.0, 1.0, 1.0))], [0])
_DOMAIN_TEXT = Vocabulary("reserved:domains", pl.Series(_DOMAINS))
_DOMAIN_PICK = Segments([(_DOMAINS, _DOMAIN_WEIGHTS)], [0])
_SOMETIMES = Vocabulary("entity:mail-numbers", pl.Series(["", *(str(n) for n in range(1, 100))]))
_THOUSAND = Vocabulary("entity:user-numbers", pl.Series([str(n) for n in range(1000)]))
_SHORT_DOMAIN = "@a.test"  # RFC 6761
_ROOMY = 24  # characters that hold a letter, eleven digits and @example.com


def _sometimes(bits: Any) -> Codes:
    """0 for six rows of ten, else a number of one or two digits."""
    number = below(bits << np.uint64(16), 99).astype(np.uint32) + np.uint32(1)
    return np.where(unit(bits) < 0.6, np.uint32(0), number)


def _numbers(rows: Rows) -> pl.Series:
    return pl.Series(rows.numbers.astype(np.int64) + 1)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _age(birth: NDArray[np.int64], clock: date) -> NDArray[np.int64]:
    """Whole years from birth days (since 1970) to the clock's day."""
    born = pl.Series(birth.astype(np.int32)).cast(pl.Date)
    had = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()) <= clock.month * 100 + clock.day
    return (clock.year - born.dt.year().cast(pl.Int64) - (~had).cast(pl.Int64)).to_numpy()
