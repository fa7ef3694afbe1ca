"""Amounts with a currency, with as many decimals as the currency has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Build, Params, Spec
from synthgen.generators import currencies
from synthgen.generators.choice import checked_weights
from synthgen.generators.entities.base import country_of
from synthgen.generators.entities.places import countries
from synthgen.generators.quantity import decimals
from synthgen.seeds import Alias

_LARGEST = 2.0**62


class MoneyParams(Params):
    """`money: {lognormal: {median: 40, sigma: 0.8}}`: a generator of amounts."""

    money: Spec = Field(description="write money: {lognormal: {median: 40, sigma: 0.8}}, currency: EUR")
    currency: str | list[str] | dict[str, float] | None = Field(
        default=None, description="write currency: EUR, [EUR, USD] or {EUR: 3, USD: 1}"
    )
    country: str | None = Field(default=None, description="write the column that holds each row's country")
    as_: Literal["code", "symbol", "amount", "struct", "minor"] = Field(
        default="code", alias="as", description="write code, symbol, amount, struct or minor"
    )

    @field_validator("currency")
    @classmethod
    def _circulating(cls, value: Any) -> Any:
        for code in [value] if isinstance(value, str) else value or []:
            if code not in currencies.known():
                near = [c for c in sorted(currencies.known()) if str(code).upper()[:2] == c[:2]]
                hint = f"did you mean {' or '.join(near[:3])}?" if near else "write a code such as EUR"
                raise ValueError(f"'{code}' is not a currency of ISO 4217; {hint}")
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        elif value is not None and not value:
            raise ValueError("write at least one currency, such as EUR")
        return value


class Money(BaseGenerator[MoneyParams]):
    """An amount of a generator in a currency, rounded to the decimals that ISO 4217 gives it: JPY 0, EUR 2, KWD 3.

    The currency is named, drawn, that of the `country` column, or that of the row's locale. Amounts are not converted.
    Example: `price: {money: {lognormal: {median: 40, sigma: 0.8}}, currency: {EUR: 3, JPY: 1}}`.
    """

    Params = MoneyParams

    def __init__(self, params: MoneyParams, build: Build) -> None:
        super().__init__(params, build)
        self.inner = build.nested(params.money, "money")
        if not self.inner.dtype.is_numeric():
            message = f"the generator makes {self.inner.dtype}, not amounts"
            raise build.fail("wrong-type", message, "write numbers, such as {uniform: [1, 50]}", "money")
        self.needs = self.inner.needs
        if params.country is not None:
            self._check_country(params.country, build)
        self._choose(build)
        self.places = np.array([currencies.places(c) for c in self.codes], np.int64)
        self.scale = int(self.places.max())
        fields = {"struct": [pl.Field("amount", pl.Decimal(18, self.scale))], "minor": [pl.Field("minor", pl.Int64())]}
        own = fields.get(params.as_)
        self.dtype = pl.Struct([*own, pl.Field("currency", pl.String())]) if own else pl.String()

    def _check_country(self, name: str, build: Build) -> None:
        if self.params.currency is not None:
            message = "the currency is named, so no column decides it"
            raise build.fail("contradiction", message, "remove 'currency' or 'country'", "country")
        if build.dtype_of(name) != pl.String():
            message = f"{name} is {build.dtype_of(name)}, not text"
            raise build.fail("wrong-type", message, "name a column of country codes or names", "country")
        self.needs = (*self.needs, name)

    def _choose(self, build: Build) -> None:
        """The currencies that a row may have, and what picks one of them."""
        written = self.params.currency
        self.alias, self.of_locale, self.of_country = None, None, None
        if isinstance(written, str):
            self.codes = [written]
        elif written is not None:
            self.codes = list(written)
            self.alias = Alias(list(written.values()) if isinstance(written, Mapping) else [1.0] * len(written))
        elif self.params.country is not None:
            known = currencies.by_country()
            known = known | {c.name: known[c.code] for c in countries().values() if c.code in known}
            self.codes = sorted(set(known.values()))
            place = {c: i for i, c in enumerate(self.codes)}
            numbers = pl.Series("code", [place[c] for c in known.values()], dtype=pl.UInt32)
            self.of_country = pl.DataFrame([pl.Series("country", list(known)), numbers])
        else:
            of = [currencies.by_country().get(country_of(name), "USD") for name in build.locales]
            self.codes = list(dict.fromkeys(of))
            self.of_locale = np.array([self.codes.index(c) for c in of], np.uint32)

    def generate(self, rows: Rows) -> Column:
        """One amount per row; null where there is none, or where the country is not known."""
        amounts = self.inner.generate(rows.scoped("of")).values.cast(pl.Float64)
        which = self._which(rows)
        missing = amounts.is_null() | which.is_null()
        codes = which.fill_null(0).to_numpy()
        places = self.places[codes]
        scaled = np.rint(amounts.fill_null(0).to_numpy() * 10.0**places)
        if not bool(np.all(np.abs(scaled) < _LARGEST)):
            raise pl.exceptions.ComputeError("an amount does not fit 64 bits")
        return Column.of(self._shown(scaled.astype(np.int64), codes, places).set(missing, None))

    def _which(self, rows: Rows) -> pl.Series:
        if self.alias is not None:
            return pl.Series(self.alias.pick(rows.bits("currency")))
        if self.of_country is not None:
            assert self.params.country is not None
            wanted = rows.values(self.params.country).alias("country").to_frame()
            return wanted.join(self.of_country, on="country", how="left", maintain_order="left")["code"]
        if self.of_locale is not None:
            return pl.Series(self.of_locale[rows.locales[1]])
        return pl.Series(np.zeros(rows.count, np.uint32))

    def _shown(self, minor: NDArray[np.int64], codes: NDArray[np.uint32], places: NDArray[np.int64]) -> pl.Series:
        form = self.params.as_
        names = pl.Series("currency", self.codes).gather(pl.Series(codes))
        if form == "minor":
            return pl.DataFrame([pl.Series("minor", minor), names]).to_struct("")
        if form == "struct":
            amount = decimals(minor * 10 ** (self.scale - places), self.scale).alias("amount")
            return pl.DataFrame([amount, names]).to_struct("")
        frame = pl.DataFrame([pl.Series("minor", minor), pl.Series("places", places), names])
        size, unit = pl.col("minor").abs(), pl.lit(10, pl.Int64).pow(pl.col("places"))
        fraction = pl.concat_str(pl.lit("."), (size % unit).cast(pl.String).str.zfill(pl.col("places")))
        rest = pl.when(pl.col("places") > 0).then(fraction)
        number = pl.concat_str((size // unit).cast(pl.String), rest, ignore_nulls=True)
        minus = pl.when(pl.col("minor") < 0).then(pl.lit("-"))
        if form == "symbol":
            signs = [_spaced(currencies.sign(c)) for c in self.codes]
            frame = frame.with_columns(pl.Series("sign", signs).gather(pl.Series(codes)))
            parts = [minus, pl.col("sign"), number]
        else:
            parts = [minus, number] if form == "amount" else [pl.col("currency"), pl.lit(" "), minus, number]
        return frame.select(pl.concat_str(parts, ignore_nulls=True).alias("")).to_series()


def _spaced(sign: str) -> str:
    """Signs that end in a letter stand apart from the number."""
    return f"{sign} " if sign[-1].isalpha() else sign
