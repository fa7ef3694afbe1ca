"""Time series: a signal, noise with a memory, missing stretches, and planted anomalies whose labels are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.elementary import Floats, exp
from synthgen.generator import BaseGenerator, Build
from synthgen.generators.drawn import Drawn
from synthgen.generators.moments import NEVER, Micros, Moment, micros
from synthgen.generators.quantity import decimals, interval
from synthgen.generators.series.noise import Remembering
from synthgen.generators.series.params import KINDS, SeriesParams
from synthgen.generators.series.signal import Parts, Signal
from synthgen.generators.series.windows import Found, ImpossibleRateError, Kind, Windows
from synthgen.generators.tick import Tick
from synthgen.seeds import U64, unit

_SPIKE, _DROP, _SHIFT, _DRIFT, _STUCK, _NOISE = range(len(KINDS))
_LARGEST = 10**18 - 1


@dataclass(frozen=True, eq=False)
class Made:
    """A series row by row: its signal and noise, what is planted, the value without it and with it, where it is null.

    `kind` is -1 where there is no anomaly, and where the value is missing; `number` is that of the anomaly, or of the
    gap.
    """

    parts: Parts
    noise: Floats
    kind: NDArray[np.int64]
    number: NDArray[np.int64]
    normal: Floats
    value: Floats
    missing: NDArray[np.bool_]
    timeless: NDArray[np.bool_]


class Series(BaseGenerator[SeriesParams]):
    """A number over time: level, trend, seasons, holidays and noise; regimes, missing stretches, planted anomalies.

    `over` names the column of times, `since` the instant that the trend counts from (the start of the ticks, unless
    stated). Level, trend, amplitudes and the noise's `sd` are numbers, columns, or generators drawn once per parent.
    `truth` columns tell what was planted.

    Example: `load: {series: {level: 20, seasons: [{every: 1d, amplitude: 5, peak: "15:00"}], noise: 1},
    over: signup_at}`.
    """

    Params = SeriesParams

    parts: ClassVar[Mapping[str, pl.DataType | None]] = {
        "flag": pl.Boolean(), "kind": pl.String(), "window": pl.Int64(), "missing": pl.Boolean(),
        "clean": None, "normal": None, "trend": pl.Float64(), "season": pl.Float64(), "noise": pl.Float64(),
    }  # fmt: skip

    def __init__(self, params: SeriesParams, build: Build) -> None:
        super().__init__(params, build)
        times = build.generator_of(params.over)
        if times.dtype not in (pl.Datetime("us"), pl.Date()):
            message = f"'{params.over}' is {times.dtype}, not a date or datetime"
            raise build.fail("wrong-type", message, "name the column of times: over: COLUMN", "over")
        self.tick = times if isinstance(times, Tick) else None
        self.signal = Signal(params, self._since(build), build)
        noise = params.series.noise
        self.sd = Drawn(noise.sd if noise else 0.0, "sd", build, "series", "noise", "sd")
        self.noise = Remembering(noise.memory if noise else 0.0)
        if self.sd.fixed is not None and self.sd.fixed < 0:
            raise build.fail("bad-value", "a standard deviation is not negative", "write sd: 0.4", "series", "noise")
        self.gaps = self._windows(build)
        self.anomalies = self._anomalies(build)
        steps = self.tick.needs if self._stuck and self.tick else ()
        needs = (params.over, *self.signal.needs, *self.sd.needs, *steps)
        self.needs = tuple(dict.fromkeys(needs))
        low, high = interval(params.range) if params.range else (None, None)
        self.bounds = (low, high)
        self.dtype: pl.DataType = pl.Float64() if params.decimals is None else pl.Decimal(18, params.decimals)
        if params.whole:
            self.dtype = pl.Int64()
        self._kinds = Vocabulary(f"recipe:{build.table}.{build.column}", pl.Series([*KINDS, "missing"]))
        self.truth = self._truth()

    # -- what is checked before a row is made

    def _since(self, build: Build) -> Moment:
        if self.params.since is not None:
            return Moment(self.params.since, build, "since")
        if self.tick is not None:
            return self.tick.start
        if self.params.series.trend != 0 or any(r.trend is not None for r in self.params.regimes):
            message = "nothing says when the trend begins"
            raise build.fail("missing-key", message, 'add since: "2026-01-01", or a column', "series", "trend")
        return Moment("1970-01-01", build)

    def _windows(self, build: Build) -> Windows | None:
        missing = self.params.missing
        if missing is None:
            return None
        try:
            return Windows(missing.rate, [Kind(1.0, *missing.stretch)])
        except ImpossibleRateError as error:
            remedy = "lower the rate, or let all stretches be of one length"
            raise build.fail("impossible-rate", str(error), remedy, "missing", "rate") from None

    def _anomalies(self, build: Build) -> Windows | None:
        wanted = self.params.anomalies
        if wanted is None:
            return None
        if self.sd.fixed == 0:
            message = "the size of anomalies is counted in standard deviations of the noise, and there is none"
            raise build.fail("contradiction", message, "add noise: 0.5 to the series", "anomalies")
        if self._stuck and (self.tick is None or not self.signal.shared or not self.sd.shared):
            message = "'stuck' repeats the value of an earlier row, which needs ticks and a level that rows share"
            remedy = "let 'over' name a tick column, and take the level from the parent; or leave 'stuck' out"
            raise build.fail("contradiction", message, remedy, "anomalies", "kinds")
        weights = [wanted.kinds.get(kind, 0.0) for kind in KINDS]
        least, most = wanted.stretch
        kinds = [Kind(w, *((1, 1) if i in (_SPIKE, _DROP) else (least, most))) for i, w in enumerate(weights)]
        try:
            return Windows(wanted.rate, kinds)
        except ImpossibleRateError as error:
            remedy = "lower the rate, shorten the stretch, or leave out kinds of a single row"
            raise build.fail("impossible-rate", str(error), remedy, "anomalies", "rate") from None

    @property
    def _stuck(self) -> bool:
        return self.params.anomalies is not None and self.params.anomalies.kinds.get("stuck", 0) > 0

    def _truth(self) -> dict[str, Any]:
        told = self.params.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        found: dict[str, Any] = {k: told[k] for k in ("series", "regimes", "missing", "anomalies") if k in told}
        if self.params.series.noise is not None:
            lags = {str(lag): round(self.noise.autocorrelation(lag), 9) for lag in (1, 2, 5, 10)}
            found["noise"] = {"window": self.noise.window, "autocorrelation": lags}
        return found

    # -- rows

    def generate(self, rows: Rows) -> Column:
        """One value per row; null in missing stretches."""
        made = self._made(rows)
        return Column.of(self._written(made.value, made.missing))

    def part(self, name: str, rows: Rows) -> Column:
        """What is true of each row: see `parts`; `rows` as this column sees them."""
        made = self._made(rows)
        if name == "flag":
            return Column.of(pl.Series(made.kind >= 0))
        if name == "kind":
            codes = pl.Series(np.where(made.kind < 0, 0, made.kind).astype(np.uint32))
            return Column.coded(self._kinds, codes.set(pl.Series(made.kind < 0), None))
        if name == "window":
            numbers = pl.Series(made.number)
            return Column.of(numbers.set(pl.Series(made.kind < 0), None))
        if name == "missing":
            return Column.of(pl.Series(made.missing))
        if name in ("clean", "normal"):
            values = made.parts.signal if name == "clean" else made.normal
            return Column.of(self._written(values, made.timeless))
        values = {"trend": made.parts.trend, "season": made.parts.season, "noise": made.noise}[name]
        return Column.of(_where(pl.Series(values), made.timeless))

    def truth_rows(self, rows: Rows) -> Mapping[str, Column] | None:
        """A line for each row with an anomaly or a gap: its kind, its window, and the value that would be there."""
        if self.gaps is None and self.anomalies is None:
            return None
        made = self._made(rows)
        gone = made.missing & ~made.timeless
        at = np.flatnonzero((made.kind >= 0) | gone)
        codes = np.where(gone, len(KINDS), made.kind)[at].astype(np.uint32)
        normal = self._written(made.normal[at], np.zeros(len(at), np.bool_))
        return {
            "row": Column.of(pl.Series(rows.numbers[at].astype(np.int64))),
            "kind": Column.coded(self._kinds, codes),
            "window": Column.of(pl.Series(made.number[at])),
            "normal": Column.of(normal),
        }

    def _written(self, values: Floats, drop: NDArray[np.bool_]) -> pl.Series:
        low, high = self.bounds
        if low is not None and high is not None:
            values = np.clip(values, low, high)
        if self.params.whole:
            return _where(pl.Series(np.rint(np.clip(values, -_LARGEST, _LARGEST)).astype(np.int64)), drop)
        if self.params.decimals is None:
            return _where(pl.Series(values), drop)
        steps = np.rint(values * 10.0**self.params.decimals)
        return _where(decimals(np.clip(steps, -_LARGEST, _LARGEST).astype(np.int64), self.params.decimals), drop)

    def _made(self, rows: Rows) -> Made:
        return rows.memo("series", lambda: self._make(rows))

    def _make(self, rows: Rows) -> Made:
        times = micros(rows.values(self.params.over))
        timeless = times == NEVER
        times = np.where(timeless, 0, times) if timeless.any() else times
        parts, noise, plain = self._plain(times, rows, rows.ids)
        value, kind, number = plain, np.full(len(times), -1, np.int64), np.zeros(len(times), np.int64)
        missing = timeless
        if self.gaps is not None:
            gaps = self.gaps.of(rows.scoped("missing/"))
            missing, number = missing | (gaps.kind >= 0), gaps.number
        if self.anomalies is not None:
            found = self.anomalies.of(rows.scoped("anomalies/"))
            kind, number = np.where(missing, -1, found.kind), np.where(missing, number, found.number)
            value = self._planted(found, rows, parts, noise, plain)
        told = exp(noise) if self.signal.multiplicative else noise
        return Made(parts, told, kind, number, plain, value, missing, timeless)

    def _plain(self, times: Micros, rows: Rows, ids: U64) -> tuple[Parts, Floats, Floats]:
        """Signal, noise, and the value of both together, at times and ids that need not be the rows' own."""
        parts = self.signal.of(times, rows)
        if self.params.series.noise is None:
            return parts, np.zeros(len(times)), parts.signal
        noise = self.noise.of(rows.stream("noise"), ids) * (self.sd.of(rows) * parts.steady)
        together = parts.signal * exp(noise) if self.signal.multiplicative else parts.signal + noise
        return parts, noise, together

    def _planted(self, found: Found, rows: Rows, parts: Parts, noise: Floats, plain: Floats) -> Floats:
        """The values with anomalies in them."""
        at = np.flatnonzero(found.kind >= 0)
        if not len(at):
            return plain
        assert self.params.anomalies is not None
        kind, place, length, bits = found.kind[at], found.place[at], found.length[at], found.bits[at]
        some = rows.take(at)
        least, most = self.params.anomalies.size
        size = least + (most - least) * unit(bits << np.uint64(1))
        sd = self.sd.of(some) * (parts.steady if isinstance(parts.steady, float) else parts.steady[at])
        sign = np.where(bits >> np.uint64(63) == 0, 1.0, -1.0)
        sign = np.where(kind == _SPIKE, 1.0, np.where(kind == _DROP, -1.0, sign))
        ramp = np.where(kind == _DRIFT, (place + 1) / length, 1.0)
        moved = np.where(np.isin(kind, (_SPIKE, _DROP, _SHIFT, _DRIFT)), sign * ramp * size * sd, 0.0)
        rough = noise[at] * np.where(kind == _NOISE, size, 1.0)
        signal = parts.signal[at]
        changed = signal * exp(rough + moved) if self.signal.multiplicative else signal + rough + moved
        value = plain.copy()
        value[at] = changed
        stuck = np.flatnonzero(kind == _STUCK)
        if len(stuck):
            value[at[stuck]] = self._first(rows.take(at[stuck]), place[stuck])
        return value

    def _first(self, rows: Rows, place: NDArray[np.int64]) -> Floats:
        """The plain value of the row that is `place` siblings before each row."""
        assert self.tick is not None
        seen = rows.beside(self.params.over)
        times = self.tick.times(seen, seen.ordinals - place)
        return self._plain(np.where(times == NEVER, 0, times), rows, rows.ids - place.astype(np.uint64))[2]


def _where(values: pl.Series, drop: NDArray[np.bool_]) -> pl.Series:
    if not drop.any():
        return values
    return values.to_frame("v").select(pl.when(~pl.lit(pl.Series(drop))).then("v")).to_series()
