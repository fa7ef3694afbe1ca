"""Any of Faker's methods by name: a pool of its values is made once, and rows draw from the pool."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Declared, Rows, Vocabulary
from synthgen.generator import BaseGenerator, Build, Entity, Params
from synthgen.registry import ENTITIES, did_you_mean
from synthgen.seeds import U64, Alias

_LONGEST = 10_000  # of one value, and of any argument that is a size
_VALUES = {"min", "max", "min_value", "max_value", "step", "mean", "stddev"}  # numbers that are no sizes

# direct identifiers: unless the recipe allows any shape, the entity's reserved value stands for Faker's
_REDIRECT = {
    **dict.fromkeys(
        ("email", "ascii_email", "free_email", "ascii_free_email", "safe_email", "ascii_safe_email"), "person.email"
    ),
    **dict.fromkeys(("company_email", "ascii_company_email"), "company.email"),
    **dict.fromkeys(("phone_number", "basic_phone_number", "msisdn"), "person.phone"),
    **dict.fromkeys(("ssn", "invalid_ssn", "itin"), "person.national_id"),
    **dict.fromkeys(("swift", "swift8", "swift11"), "payment.bic"),
    **dict.fromkeys(("ipv4", "ipv4_public", "ipv4_private"), "device.ip"),
    **dict.fromkeys(("url", "uri", "image_url"), "company.url"),
    **dict.fromkeys(("domain_name", "safe_domain_name", "free_email_domain", "dga"), "company.domain"),
    **dict.fromkeys(
        ("user_agent", "chrome", "firefox", "safari", "opera", "internet_explorer"), "device.user_agent"
    ),
    "user_name": "person.username",
    "credit_card_number": "payment.card_number",
    "credit_card_expire": "payment.card_expiry",
    "credit_card_security_code": "payment.card_cvv",
    "iban": "payment.iban",
    "ipv6": "device.ipv6",
    "mac_address": "device.mac",
    "hostname": "device.hostname",
}  # fmt: skip
_SHAPES = {
    "person.email": "EMAIL_ADDRESS", "company.email": "EMAIL_ADDRESS", "person.phone": "PHONE_NUMBER",
    "person.national_id": "US_SSN", "payment.card_number": "CREDIT_CARD", "payment.iban": "IBAN_CODE",
    "device.ip": "IP_ADDRESS", "device.ipv6": "IP_ADDRESS", "device.mac": "MAC_ADDRESS", "company.url": "URL",
    "company.domain": "URL", "device.hostname": "URL",
}  # fmt: skip
_DATES = "write date: {from: ..., to: clock}, datetime: {...} or time: {...} instead"
_CLOCKED = {
    "profile": "use entities: {person: [...]} instead", "simple_profile": "use entities: {person: [...]} instead",
    "credit_card_full": "use entities: {payment: [...]} instead", "uuid1": "write id: uuid instead",
    "uuid7": "write id: uuid instead", "time_series": _DATES, "passport_dates": _DATES, "passport_dob": _DATES,
    "passport_full": _DATES,
}  # fmt: skip
_TIMELESS = {"timezone", "pytimezone"}  # methods of Faker's date provider that read no clock
_COMPOSITE = {"json", "json_bytes", "csv", "tsv", "psv", "dsv", "fixed_width", "xml", "tar", "zip", "image", "enum"}
_TOKEN = re.compile(r"\{\{\s*([^\s}:]+)[^}]*\}\}")


class FakerParams(Params):
    """`faker: method`, with `args: {name: value}`; `pool` is how many values are made for each locale."""

    faker: str = Field(description="write the name of a Faker method, such as faker: job")
    args: dict[str, Any] = Field(default_factory=dict)
    pool: int = Field(default=1000, ge=1, le=100_000)
    max_length: int | None = Field(default=None, ge=1)

    @field_validator("args")
    @classmethod
    def _bounded(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, argument in value.items():
            size = len(argument) if isinstance(argument, str | list | dict) else argument
            if isinstance(size, int | float) and name not in _VALUES and abs(size) > _LONGEST:
                raise ValueError(f"'{name}' is larger than {_LONGEST:,}")
        return value


class Faker(BaseGenerator[FakerParams]):
    """Values of one of Faker's methods, in the locale of the row.

    Faker is called `pool` times for each locale (1,000 unless stated), with a seed made of the method and its
    arguments; rows draw from that pool by the frequency of its values, so a column has at most that many different
    ones. Direct identifiers (email, phone, ssn, iban, card, addresses of the network) come from the matching entity's
    reserved ranges, unless the recipe says `pii: synthetic`.

    Example: `job: {faker: job}`.
    """

    Params = FakerParams

    def __init__(self, params: FakerParams, build: Build) -> None:
        super().__init__(params, build)
        self.entity: Entity | None = None
        target = _REDIRECT.get(params.faker)
        self.declared: Declared | None = None
        if target is not None and build.pii != "synthetic":
            self._redirect(target, build)
            return
        _usable(params.faker, build, "faker")
        for text in params.args.values():
            for token in _TOKEN.findall(str(text)):
                _usable(token, build, "args")
        if target in _SHAPES:
            self.declared = Declared(_SHAPES[target], "regenerated")
        pools = [_distinct(params, locale, build) for locale in build.locales]
        self._merge(pools, build)

    def _redirect(self, target: str, build: Build) -> None:
        kind, self.attribute = target.split(".")
        if self.params.args:
            message = f"{self.params.faker} is a direct identifier: it comes from reserved ranges and takes no args"
            raise build.fail("contradiction", message, f"remove 'args', or write {{{kind}: {self.attribute}}}", "args")
        entity = ENTITIES.get(kind)
        options = {} if self.params.max_length is None else {"max_length": self.params.max_length}
        self.entity = entity(entity.Params(**options), build)
        self.dtype = entity.attributes()[self.attribute].dtype
        self._unique = build.unique
        least = self.entity.shortest(self.attribute) if self.entity is not None else 1
        if self.params.max_length is not None and self.params.max_length < least:
            message = f"{self.params.faker} needs {least} characters, but max_length is {self.params.max_length}"
            raise build.fail("too-long", message, f"write max_length: {least}, or leave it out", "max_length")
        if build.unique and self.entity is not None and self.entity.capacity(self.attribute) is not None:
            message = f"{self.params.faker} cannot promise enough distinct values"
            raise build.fail("impossible-unique", message, f"write {{{kind}: {self.attribute}}}", "faker")
        self.distinct = build.unique

    def _merge(self, pools: list[dict[Any, int]], build: Build) -> None:
        """One vocabulary of all locales' pools, and an alias table for each."""
        kinds = {type(value) for pool in pools for value in pool}
        values = [value for pool in pools for value in pool]
        if len(kinds) > 1:
            values = [float(v) for v in values] if kinds <= {int, float} else [str(v) for v in values]
        series = pl.Series(values)
        if self.params.max_length is not None and series.dtype == pl.String:
            series = series.str.head(self.params.max_length)
        self.dtype = series.dtype
        locales = ",".join(build.locales)
        self.vocabulary = Vocabulary(f"faker:{self.params.faker}/{locales}", series)
        self.aliases = [Alias(list(pool.values())) for pool in pools]
        self.starts = np.cumsum([0, *(len(pool) for pool in pools)])[:-1].astype(np.uint32)
        same = series.n_unique() == len(series)
        self.capacity = len(series) if len(pools) == 1 and same else None
        if series.dtype.is_numeric():
            self.bounds = (min(values), max(values))
        module = type(_provider(self.params.faker, build.locales[0])).__module__
        if self.declared is None and module.startswith(("faker.providers.person", "faker.providers.company")):
            self.declared = Declared("PERSON", "vocabulary")
        if self.declared is None and module.startswith("faker.providers.address"):
            self.declared = Declared("LOCATION", "vocabulary")

    def generate(self, rows: Rows) -> Column:
        """One value of the pool per row."""
        if self.entity is not None:
            return self.entity.generate(self.attribute, rows, self._unique)
        bits, (_, locale) = rows.bits(), rows.locales
        if len(self.aliases) == 1:
            return Column.coded(self.vocabulary, self.aliases[0].pick(bits), self.declared)
        codes = np.zeros(rows.count, np.uint32)
        for i, alias in enumerate(self.aliases):
            mine = np.flatnonzero(locale == i)
            codes[mine] = alias.pick(bits[mine]) + self.starts[i]
        return Column.coded(self.vocabulary, codes, self.declared)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The value at a position of the pool."""
        return Column.coded(self.vocabulary, index.astype(np.uint32), self.declared)


@lru_cache(maxsize=32)
def _faker(locale: str) -> Any:
    """A real Faker generator with all its providers; en_US where Faker does not know the locale."""
    from faker import Factory

    try:
        return Factory.create(locale)
    except AttributeError:
        return Factory.create("en_US")


def _provider(method: str, locale: str) -> Any:
    """The provider that has a method, or None."""
    for provider in _faker(locale).get_providers():
        if not method.startswith("_") and callable(getattr(provider, method, None)):
            return provider
    return None


def _usable(method: str, build: Build, place: str) -> None:
    """Refuse what Faker does not have, what reads the real clock, and what makes files or whole documents."""
    provider = _provider(method, build.locales[0])
    if provider is None:
        known = {n for p in _faker(build.locales[0]).get_providers() for n in dir(p) if n.islower() and n[0] != "_"}
        remedy = did_you_mean(method, sorted(known))
        raise build.fail("unknown-method", f"Faker has no method '{method}'", remedy, place)
    dated = type(provider).__module__.startswith("faker.providers.date_time") and method not in _TIMELESS
    if dated or method in _CLOCKED:
        message = f"{method} reads the real clock, so its values would change from day to day"
        raise build.fail("real-clock", message, _CLOCKED.get(method, _DATES), place)
    if method in _COMPOSITE:
        message = f"{method} makes whole documents"
        raise build.fail("wrong-type", message, "use struct, list or columns of their own", place)


def _distinct(params: FakerParams, locale: str, build: Build) -> dict[Any, int]:
    """The values of a pool with their frequencies, in order of appearance."""
    made = _faker(locale)
    made.seed_instance(f"synthgen:{params.faker}:{sorted(params.args.items())!r}")
    found: dict[Any, int] = {}
    try:
        call = made.get_formatter(params.faker)
        for _ in range(params.pool):
            value = _scalar(call(**params.args))
            found[value] = found.get(value, 0) + 1
    except _NotScalarError as error:
        raise build.fail("wrong-type", f"{params.faker} makes {error}", error.remedy, "faker") from None
    except Exception as error:  # Faker's providers raise whatever their code runs into
        message = f"Faker's {params.faker} does not take these args: {type(error).__name__}: {error}"
        raise build.fail("bad-args", message, "see Faker's documentation of the method", "args") from None
    return found


class _NotScalarError(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > _LONGEST:
            raise _NotScalarError(f"texts of more than {_LONGEST:,} characters", "lower its length in args")
        return value
    if isinstance(value, bool | int | float):
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise _NotScalarError("numbers beyond 64 bits", "narrow it in args")
        return value
    if value is None:
        raise _NotScalarError("empty values", "write null: 0.3 beside another generator")
    kind = type(value).__name__
    if kind == "Decimal":
        return float(value)
    if kind == "ZoneInfo":
        return str(value)
    if isinstance(value, bytes):
        raise _NotScalarError("bytes", "write binary: N instead")
    if isinstance(value, list | set | tuple):
        raise _NotScalarError(f"a {kind}", "write list: {faker: word} or struct: {...} instead")
    raise _NotScalarError(f"a {kind}", "use another generator")
