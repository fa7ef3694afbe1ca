"""Experiments: which arm a unit is assigned to, and whether it was exposed to what the arm offers."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.errors import did_you_mean
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.choice import Bernoulli, Choice, checked_weights
from synthgen.seeds import U64, Alias, Permutation, draws_at, unit

_LARGEST_BLOCK = 10_000
Arms = dict[str, float]


class ArmParams(Params):
    """`arm: {control: 0.5, treatment: 0.5}`: the arms of an experiment and their intended shares."""

    arm: Arms | list[str] = Field(description="write arm: {control: 0.5, treatment: 0.5}")
    unit: str | None = Field(default=None, description="name the column that holds the unit, such as user_id")
    block: int | None = Field(default=None, ge=2, le=_LARGEST_BLOCK, description="write block: 20")
    segments: dict[str, dict[str, Arms]] | None = Field(
        default=None, description="write segments: {device: {mobile: {control: 0.8, treatment: 0.2}}}"
    )
    lost: dict[str, float] = Field(default={}, description="write lost: {treatment: 0.05}")

    @field_validator("arm", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        if not isinstance(value, dict | list):
            raise ValueError("arms are a mapping of names to shares, or a list of names")
        if len(value) < 2 or len(set(value)) < len(value):
            raise ValueError("an experiment has at least two arms, each with a name of its own")
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        return value

    @field_validator("segments")
    @classmethod
    def _one_column(cls, value: dict[str, dict[str, Arms]] | None) -> dict[str, dict[str, Arms]] | None:
        if value is not None and (len(value) != 1 or not next(iter(value.values()))):
            raise ValueError("segments name one column, and for some of its values the shares of the arms")
        for shares in next(iter(value.values())).values() if value else ():
            checked_weights(list(shares.values()))
        return value

    @field_validator("lost")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        if any(not 0 <= share < 1 for share in value.values()):
            raise ValueError("what is lost of an arm is a share of at least 0 and below 1")
        return value


class Arm(BaseGenerator[ArmParams]):
    """The arm of an experiment, drawn by row or by `unit`; the intended shares stand in the manifest.

    With `block`, each run of that many units holds every arm in exactly its share (permuted-block randomisation), so
    the arms stay balanced however many rows there are. `segments` gives the units of a segment other shares, which is
    how Simpson's paradox is planted. `lost` leaves that share of an arm's units without an arm, which is how a sample
    ratio mismatch is.

    Example: `arm: {arm: {control: 0.5, treatment: 0.5}}`.
    """

    Params = ArmParams
    dtype = pl.String()

    def __init__(self, params: ArmParams, build: Build) -> None:
        super().__init__(params, build)
        written = params.arm if isinstance(params.arm, dict) else dict.fromkeys(params.arm, 1.0)
        self.arms = tuple(written)
        self.weights = np.array(list(written.values()), np.float64)
        self.shares = {a: float(w / self.weights.sum()) for a, w in written.items()}
        self.vocabulary = Vocabulary(f"recipe:{build.table}.{build.column}", pl.Series([*self.arms], dtype=pl.String))
        self.alias = Alias(self.weights)
        self.segment, self.by_segment = self._segmented(build)
        for arm in params.lost:
            if arm not in self.arms:
                message = f"there is no arm '{arm}' to lose units of"
                raise build.fail("unknown-arm", message, did_you_mean(arm, self.arms), "lost")
        self._steps = None if params.block is None else self._blocked(params.block, build)
        self.needs = tuple(n for n in (params.unit, self.segment) if n is not None)
        if params.unit is not None:
            _hashable(build, params.unit)
        self.truth = self._truth()

    def _segmented(self, build: Build) -> tuple[str | None, dict[str, Alias]]:
        if self.params.segments is None:
            return None, {}
        if self.params.block is not None:
            message = "blocks keep one set of shares, but segments have shares of their own"
            raise build.fail("contradiction", message, "remove 'block' or 'segments'", "block")
        ((column, segments),) = self.params.segments.items()
        found = {}
        for value, shares in segments.items():
            for arm in shares:
                if arm not in self.arms:
                    message = f"segment {value} names an arm '{arm}' that the experiment has not"
                    raise build.fail("unknown-arm", message, did_you_mean(arm, self.arms), "segments")
            found[value] = Alias([shares.get(arm, 0.0) for arm in self.arms])
        _checked_values(build, column, segments)
        return column, found

    def _blocked(self, block: int, build: Build) -> NDArray[np.int64]:
        """Where each arm's places in a block end."""
        exact = self.weights / self.weights.sum() * block
        places = np.rint(exact)
        if np.any(np.abs(exact - places) > 1e-6):
            words = ", ".join(f"{arm} {size:g}" for arm, size in zip(self.arms, exact, strict=True))
            message = f"a block of {block} cannot hold these shares exactly: {words}"
            raise build.fail("bad-value", message, "choose a block in which every arm is a whole number", "block")
        return np.cumsum(places.astype(np.int64))

    def _truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = {"shares": self.shares}
        if self.params.segments is not None:
            ((column, segments),) = self.params.segments.items()
            shares = {v: {a: s.get(a, 0.0) / sum(s.values()) for a in self.arms} for v, s in segments.items()}
            truth["segments"] = {"column": column, "shares": shares}
        if self.params.lost:
            left = {a: s * (1 - self.params.lost.get(a, 0.0)) for a, s in self.shares.items()}
            truth["lost"] = dict(self.params.lost)
            truth["sample_ratio_mismatch"] = len({self.params.lost.get(a, 0.0) for a in self.arms}) > 1
            truth["expected_shares"] = {a: s / sum(left.values()) for a, s in left.items()}
        if self.params.block is not None:
            truth["block"] = self.params.block
        return truth

    def generate(self, rows: Rows) -> Column:
        """One arm per row; null where a unit was lost."""
        ids = rows.ids if self.params.unit is None else units(rows.column(self.params.unit))
        if self._steps is not None:
            codes = self._by_block(rows, rows.numbers if self.params.unit is None else ids)
        else:
            codes = self._drawn(rows, ids)
        if not self.params.lost:
            return Column.coded(self.vocabulary, codes)
        limits = np.array([self.params.lost.get(arm, 0.0) for arm in self.arms])
        gone = unit(draws_at(rows.stream("lost"), ids)) < limits.take(codes)
        return Column.coded(self.vocabulary, pl.Series(codes).set(pl.Series(gone), None))

    def _drawn(self, rows: Rows, ids: U64) -> NDArray[np.uint32]:
        bits = rows.bits() if self.params.unit is None else draws_at(rows.stream(), ids)
        codes = self.alias.pick(bits)
        if self.segment is not None:
            values = rows.values(self.segment).cast(pl.String)
            for value, alias in self.by_segment.items():
                mine = (values == value).fill_null(False).to_numpy()
                codes = np.where(mine, alias.pick(bits), codes)
        return codes.astype(np.uint32)

    def _by_block(self, rows: Rows, numbers: U64) -> NDArray[np.uint32]:
        assert self.params.block is not None and self._steps is not None
        size = np.uint64(self.params.block)
        place = Permutation(rows.stream("block"), self.params.block)(
            numbers % size, draws_at(rows.stream("tweak"), numbers // size)
        )
        return np.searchsorted(self._steps, place.astype(np.int64), side="right").astype(np.uint32)


def units(column: Column) -> U64:
    """A number for each row's unit, equal where the unit is: of a reference the row that it picked."""
    if column.picks is not None:
        return column.picks.astype(np.int64).view(np.uint64)
    values = column.values
    if values.dtype.is_integer():
        return values.cast(pl.Int64).fill_null(-1).to_numpy().astype(np.int64).view(np.uint64)
    codes = values.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    distinct = values.drop_nulls().unique().sort()
    hashed = [hashlib.blake2b(str(v).encode(), digest_size=8).digest() for v in distinct]
    table = np.frombuffer(b"".join([b"\0" * 8, *hashed]), dtype="<u8").astype(np.uint64)
    return table.take(codes)


def _hashable(build: Build, name: str) -> None:
    kind = build.dtype_of(name)
    if not (kind.is_integer() or kind == pl.String()):
        message = f"'{name}' is {kind}, which cannot tell units apart"
        raise build.fail("wrong-type", message, "name a key: whole numbers, text or a reference", "unit")


class ExposureParams(Params):
    """`exposure: {treatment: 0.8}`: the share of each arm's units that was really exposed."""

    exposure: dict[str, float] = Field(min_length=1, description="write exposure: {treatment: 0.8}")
    by: str = Field(default="arm", description="name the column that holds the arm")

    @field_validator("exposure")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        if any(not 0 <= share <= 1 for share in value.values()):
            raise ValueError("an exposure is a share between 0 and 1")
        return value


class Exposure(BaseGenerator[ExposureParams]):
    """Whether a unit met what its arm offers (compliance): true with the share of its arm, 0 for arms not named.

    Example: `exposed: {exposure: {basic: 0.1, vip: 0.8}, by: tier}`.
    """

    Params = ExposureParams
    dtype = pl.Boolean()

    def __init__(self, params: ExposureParams, build: Build) -> None:
        super().__init__(params, build)
        self.needs = (params.by,)
        _checked_values(build, params.by, params.exposure, "exposure")
        self.truth = {"by": params.by, "shares": dict(params.exposure)}

    def generate(self, rows: Rows) -> Column:
        """One boolean per row; null where the arm is."""
        arms = rows.values(self.params.by).cast(pl.String)
        share = arms.replace_strict(self.params.exposure, default=0.0, return_dtype=pl.Float64).to_numpy()
        found = pl.Series(unit(rows.bits()) < share)
        return Column.of(found if not arms.has_nulls() else found.set(arms.is_null(), None))


def shares_of(build: Build, reference: str) -> dict[str, float] | None:
    """The values of a column with their shares, where its generator draws from a list; None where it does not.

    A copy is followed to what it copies, but then the shares are 0: how often each value is copied is not known.
    """
    made: Any = build.generator_of(reference)
    if isinstance(made, Arm):
        return dict(made.shares)
    if isinstance(made, Bernoulli):
        return {"true": made.params.bernoulli, "false": 1 - made.params.bernoulli}
    if isinstance(made, Choice):
        values = [str(v).lower() if isinstance(v, bool) else str(v) for v in made.vocabulary.values]
        written = made.params.choice
        weights = list(written.values()) if isinstance(written, dict) else made.params.weights or [1.0] * len(values)
        return {v: w / sum(weights) for v, w in zip(values, weights, strict=True)}
    source = getattr(made, "source", None)
    found = shares_of(build, source) if isinstance(source, str) and hasattr(made, "params") else None
    return None if found is None else dict.fromkeys(found, 0.0)


def _checked_values(build: Build, column: str, values: Any, *path: str) -> None:
    """Raise where a value is named that the column never holds, as far as its generator tells."""
    build.dtype_of(column)
    known = shares_of(build, column)
    for value in values if known is not None else ():
        if value not in (known or {}):
            message = f"'{column}' never holds '{value}'"
            raise build.fail("unknown-value", message, did_you_mean(value, known or {}), *(path or ("segments",)))
