"""Any of Faker's methods by name, in the locale of each row: reserved ranges, compiled samplers, pools of Faker's."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field, field_validator

from synthgen.columns import Column, Declared, Rows
from synthgen.generator import BaseGenerator, Build, Entity, Params
from synthgen.generators.compiled.compiler import compile_method
from synthgen.generators.entities.national_ids import several
from synthgen.generators.faked import methods
from synthgen.generators.faked.held import declared
from synthgen.generators.faked.identifiers import reserved
from synthgen.generators.faked.net import TARGETS
from synthgen.generators.faked.pool import LONGEST, Pool, PoolError, arguments, compilable, default_size, made
from synthgen.generators.faked.sources import CompiledSource, EachSource, PoolSource, ReservedSource, Source
from synthgen.registry import ENTITIES, did_you_mean
from synthgen.seeds import U64

_TRIED = 5  # values that Faker makes to try the recipe's arguments
_VALUES = {"min", "max", "min_value", "max_value", "step", "mean", "stddev"}  # numbers that are no sizes
_TOKEN = re.compile(r"\{\{\s*([^\s}:]+)[^}]*\}\}")
_SHAPES = {
    "email": "EMAIL_ADDRESS", "ip": "IP_ADDRESS", "ipv6": "IP_ADDRESS", "mac": "MAC_ADDRESS", "url": "URL",
    "domain": "URL", "hostname": "URL", "card_number": "CREDIT_CARD",
}  # fmt: skip


class FakerParams(Params):
    """`faker: method`, with `args: {name: value}`.

    `pool` is how many values are made for each locale where the method is not compiled. `distinct: true` calls Faker
    for each row instead.
    """

    faker: str = Field(description="write the name of a Faker method, such as faker: job")
    args: dict[str, Any] = Field(default_factory=dict)
    pool: int | None = Field(default=None, ge=1, le=100_000)
    distinct: bool = False
    max_length: int | None = Field(default=None, ge=1)

    @field_validator("args")
    @classmethod
    def _bounded(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, argument in value.items():
            size = len(argument) if isinstance(argument, str | list | dict) else argument
            if isinstance(size, int | float) and name not in _VALUES and abs(size) > LONGEST:
                raise ValueError(f"'{name}' is larger than {LONGEST:,}")
        return value


class Faker(BaseGenerator[FakerParams]):
    """Values of one of Faker's methods, in the locale of the row.

    Direct identifiers (email, phone, ssn, iban, card, addresses of the network, numbers of persons and firms) come from
    reserved ranges in the locale's form, unless the recipe says `pii: synthetic`. Where the method is compiled, rows
    are made at once with Faker's own words and frequencies; other methods are sampled from a pool that Faker makes
    (1,000 values unless `pool` says otherwise), and `distinct: true` calls Faker for each row. Dates are relative to
    the recipe's clock.

    Example: `job: {faker: job}`.
    """

    Params = FakerParams

    def __init__(self, params: FakerParams, build: Build) -> None:
        super().__init__(params, build)
        self.entity: Entity | None = None
        self.notes: tuple[str, ...] = ()
        self._check(build)
        target = TARGETS.get(params.faker)
        if target is not None and build.pii != "synthetic":
            self._redirect(target, build)
            return
        self.locales = build.locales
        self.sources = self._sources(build)
        self._unify(build)

    # -- what the recipe asks for

    def _check(self, build: Build) -> None:
        """Refuse methods that a locale of the recipe has not, also inside templates."""
        for locale in build.locales:
            known = methods.providers(locale)
            asked = [(self.params.faker, "faker")]
            asked += [(t, "args") for text in self.params.args.values() for t in _TOKEN.findall(str(text))]
            for method, place in asked:
                if method not in known:
                    where = "" if method not in _anywhere(build.locales) else f" in {locale}"
                    remedy = did_you_mean(method, sorted(known))
                    raise build.fail("unknown-method", f"Faker has no method '{method}'{where}", remedy, place)

    def _redirect(self, target: str, build: Build) -> None:
        kind, self.attribute = target.split(".")
        if self.params.args:
            message = f"{self.params.faker} is a direct identifier: it comes from reserved ranges and takes no args"
            raise build.fail("contradiction", message, f"remove 'args', or write {{{kind}: {self.attribute}}}", "args")
        entity = ENTITIES.get(kind)
        options = {} if self.params.max_length is None else {"max_length": self.params.max_length}
        self.entity = entity(entity.Params(**options), build)
        self.dtype = entity.attributes()[self.attribute].dtype
        self._unique = build.unique or self.params.distinct
        least = self.entity.shortest(self.attribute) if self.entity is not None else 1
        if self.params.max_length is not None and self.params.max_length < least:
            message = f"{self.params.faker} needs {least} characters, but max_length is {self.params.max_length}"
            raise build.fail("too-long", message, f"write max_length: {least}, or leave it out", "max_length")
        if self._unique and self.entity is not None and self.entity.capacity(self.attribute) is not None:
            message = f"{self.params.faker} cannot promise enough distinct values"
            place = "distinct" if self.params.distinct else "faker"
            raise build.fail("impossible-unique", message, f"write {{{kind}: {self.attribute}}}", place)
        self.distinct = build.unique

    # -- sources

    def _sources(self, build: Build) -> list[Source]:
        """One source for each locale, or one of all where every locale has a pool."""
        params, safe = self.params, build.pii != "synthetic"
        found: list[Source | Pool] = []
        for locale in build.locales:
            ranged = reserved(params.faker, locale) if safe else None
            if ranged is not None:
                found.append(self._ranged(ReservedSource(ranged), build))
            else:
                found.append(self._compiled(locale, build) or self._pool(locale, build, safe))
        pools = [p for p in found if isinstance(p, Pool)]
        if len(pools) == len(found) and not params.distinct:
            return [self._pooled(pools, build.locales, build)]
        return [
            self._pooled([s], (locale,), build) if isinstance(s, Pool) else s
            for s, locale in zip(found, build.locales, strict=True)
        ]

    def _ranged(self, source: ReservedSource, build: Build) -> ReservedSource:
        if self.params.args:
            message = f"{self.params.faker} is a direct identifier: it comes from reserved ranges and takes no args"
            raise build.fail("contradiction", message, "remove 'args'", "args")
        width = len(source.nth(np.zeros(1, np.uint64), None).values[0])  # type: ignore[arg-type]  # ranks need no rows
        if self.params.max_length is not None and self.params.max_length < width:
            message = f"{self.params.faker} needs {width} characters, but max_length is {self.params.max_length}"
            raise build.fail("too-long", message, f"write max_length: {width}, or leave it out", "max_length")
        return source

    def _compiled(self, locale: str, build: Build) -> Source | None:
        """The compiled method; None where it is none, where it would put identifiers into its values, or by wish."""
        params, safe = self.params, build.pii != "synthetic"
        if params.pool is not None or params.distinct or (safe and not compilable(params.faker, params.args)):
            return None
        try:
            given = arguments(params.faker, params.args, build.clock)
            if params.args:  # what Faker itself refuses is refused with its words
                made(params.faker, params.args, locale, _TRIED, build.clock, safe)
        except PoolError as error:
            raise build.fail(error.code, error.message, error.remedy, error.place) from None
        sampler = compile_method(params.faker, locale, given, build.clock)
        if sampler is None:
            return None
        what = declared(params.faker, locale)
        if not safe:
            what = _synthetic(TARGETS.get(params.faker), params.faker, locale) or what
        return CompiledSource(sampler, what, params.max_length)

    def _pool(self, locale: str, build: Build, safe: bool) -> Pool:
        params = self.params
        size = 100 if params.distinct else params.pool or default_size(params.faker)
        try:
            return made(params.faker, params.args, locale, size, build.clock, safe)
        except PoolError as error:
            raise build.fail(error.code, error.message, error.remedy, error.place) from None

    def _pooled(self, pools: list[Pool], locales: tuple[str, ...], build: Build) -> Source:
        params, safe = self.params, build.pii != "synthetic"
        what = declared(params.faker, locales[0])
        target = TARGETS.get(params.faker)
        if not safe:
            what = _synthetic(target, params.faker, locales[0]) or what
        name = f"faker:{params.faker}/{','.join(locales)}"
        source = PoolSource(name, pools, what, params.max_length)
        if params.distinct:
            return EachSource(params.faker, params.args, locales[0], build.clock, safe, source, params.max_length)
        made_of = f"{pools[0].size:,} values made by Faker" + (" for each locale" if len(pools) > 1 else "")
        where = "" if len(locales) == len(build.locales) else f" in {', '.join(locales)}"
        self.notes += (f"faker {params.faker}{where} is sampled from a pool of {made_of}",)
        return source

    def _unify(self, build: Build) -> None:
        """One dtype for the sources of all locales, and what they promise together."""
        kinds = {str(s.dtype): s.dtype for s in self.sources}
        self.dtype = next(iter(kinds.values()))
        if len(kinds) > 1:
            numbers = all(k.is_numeric() for k in kinds.values())
            nested = any(k.is_nested() for k in kinds.values())
            if nested:
                message = f"{self.params.faker} makes values of other kinds in other locales"
                raise build.fail("wrong-type", message, "use one locale, or another method", "faker")
            self.dtype = pl.Float64() if numbers else pl.String()
        if len(self.sources) == 1:
            self.capacity, self.bounds = self.sources[0].capacity, self.sources[0].bounds
        if build.unique and self.capacity is None:
            message = f"{self.params.faker} may repeat a value, so it cannot be unique"
            several = len(build.locales) > 1 or self.dtype.is_nested()
            remedy = "drop unique" if several else "write pool: N, of which each value is used once"
            raise build.fail("impossible-unique", message, f"{remedy}, or use id or pattern", "faker")

    # -- rows

    def generate(self, rows: Rows) -> Column:
        """One value per row."""
        if self.entity is not None:
            return self.entity.generate(self.attribute, rows, self._unique)
        unique = self.params.distinct
        if len(self.sources) == 1:
            return self.sources[0].sample(rows, unique and self.sources[0].capacity is not None)
        parts, index = [], []
        for i, source in enumerate(self.sources):
            mine = np.flatnonzero(rows.locales[1] == i)
            parts.append(source.sample(rows.take(mine), unique and source.capacity is not None))
            index.append(mine)
        back = pl.Series(np.argsort(np.concatenate(index), kind="stable").astype(np.uint32))
        return self._together(parts, back)

    def _together(self, parts: list[Column], back: pl.Series) -> Column:
        series = pl.concat([part.values.cast(self.dtype) for part in parts]).gather(back)
        kinds = {part.declared for part in parts}
        if len(kinds) == 1 and not any(part.inserted for part in parts):
            return Column.of(series, kinds.pop())
        entities = {kind.entity for kind in kinds if kind is not None}
        numbers = len(entities) > 1 and all(kind is None or kind.proof == "reserved" for kind in kinds)
        return Column.of(
            series, Declared(several(entities), "reserved") if numbers else next(iter(kinds - {None}), None)
        )

    def nth(self, index: U64, rows: Rows) -> Column:
        """The values by rank."""
        return self.sources[0].nth(index, rows)


def _anywhere(locales: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for locale in locales for name in methods.providers(locale))


def _synthetic(target: str | None, method: str, locale: str) -> Declared | None:
    """What a direct identifier of any shape declares where the recipe allows any."""
    if target is not None:
        entity = _SHAPES.get(target.partition(".")[2])
        return None if entity is None else Declared(entity, "regenerated")
    ranged = reserved(method, locale)
    return None if ranged is None else Declared(ranged.entity, "regenerated")
