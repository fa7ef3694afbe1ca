"""Series and event logs: what is not normal, when, and of which kind?

    family: anomaly
    kinds: {series: 2, events: 1}

A series has trend, season and noise; a log has events at regular distances. Anomalies are put into some: spikes, level
shifts, drifts, missing and frozen stretches, bursts, gaps, duplicates and events out of order. The parameters are kept,
so that the proof makes the clean twin again and compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.signals import (
    EVENTS,
    LENGTHS,
    SERIES,
    SIGMAS,
    Event,
    Log,
    Series,
    disturbed,
    drawn_anomalies,
    drawn_log,
    drawn_series,
)  # fmt: skip

KINDS = ("series", "events")
EASY, HARD = ("spike", "missing", "gap"), ("drift", "frozen", "out_of_order")
ABSENT = ("", "NA", "null")
_FILE = Path(__file__).parents[1] / "templates" / "anomaly.yaml"
Spans = list[dict[str, str]]


class AnomalyParams(FamilyParams):
    """Parameters of anomaly."""

    kinds: dict[str, float] | str | None = Field(
        default=None, description="series or events, or both with weights. Default: both alike."
    )
    normal: float = Field(default=0.25, ge=0, le=0.7, description="Share of cases in which nothing is wrong.")


@lru_cache(maxsize=1)
def data() -> Mapping[str, Any]:
    """Domains and questions."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


class Anomaly(BaseFamily[AnomalyParams]):
    """Anomalies of series and event logs.

    family: anomaly
    """

    Params = AnomalyParams
    scorer = "synthgen.scoring.intervals"
    instruction = (
        "Find the anomalies in the data. Answer with a JSON list of objects with start, end and kind, times as in the "
        'data, like [{"start": "...", "end": "...", "kind": "spike"}], and [] where all is normal. Trend, rhythm and '
        "noise are normal. Kinds in series: spike (one to three values far off), level_shift (a run of values on "
        "another level), drift (values that move away little by little), missing (values or lines that are not there; "
        "from the first to the last), frozen (the same value again and again). Kinds in logs: burst (far more events "
        "than usual; from its first event to its last), gap (no events for long; from the event before to the event "
        "after), out_of_order (an event at a wrong place; its time), duplicate (a line that occurs twice; its time)."
    )

    def __init__(self, params: AnomalyParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        asked = params.kinds
        weights = {asked: 1.0} if isinstance(asked, str) else dict(asked or dict.fromkeys(KINDS, 1.0))
        for kind, weight in weights.items():
            if kind not in KINDS:
                raise build.fail("unknown-kind", f"there is no kind '{kind}'", f"known: {', '.join(KINDS)}", "kinds")
            if weight < 0 or not sum(weights.values()) > 0:
                raise build.fail("bad-weight", "weights of kinds are positive", "write 1", "kinds")
        self.weights = {k: w for k, w in weights.items() if w}

    # -- rendering

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """A series or a log."""
        kinds = list(self.weights)
        alike = len(set(self.weights.values())) == 1
        kind = kinds[turn.cell(len(kinds), "kind")] if alike else turn.draw.child("kind").weighted(self.weights)
        share = self.params.normal
        place = turn.cell(20, "normal")
        normal = place < round(share * 20)
        case = (self._series if kind == "series" else self._events)(turn, room, normal=normal)
        return None if case is None or self.prove(case, room) else case

    def _series(self, turn: Turn, room: Room, *, normal: bool) -> EvalCase | None:
        draw = turn.draw.child("series")
        domain = draw.pick(data()["series"])
        made = drawn_series(domain, _start(room, draw), draw.child("parameters"))
        first = SERIES[turn.cell(len(SERIES), "anomaly")]
        kinds = [] if normal else [first, *([draw.pick(SERIES)] if draw.chance(0.25) else [])]
        injected = drawn_anomalies(kinds, made.count, draw.child("places"))
        if injected is None:
            return None
        clean = made.clean()
        values: list[float | None] = list(clean)
        for anomaly in injected:
            values = anomaly.apply(values, made.sigma, made.decimals)
        stamps = made.stamps()
        absent = draw.pick((*ABSENT, None))  # None: the whole line is left out
        between = draw.pick((",", ";", "\t", " | "))
        lines = [between.join(("timestamp", domain["value"]))]
        for stamp, value in zip(stamps, values, strict=True):
            if value is not None or absent is not None:
                lines.append(f"{stamp}{between}{absent if value is None else f'{value:.{made.decimals}f}'}")
        target = [{"start": stamps[a.first], "end": stamps[a.last], "kind": a.kind} for a in injected]
        names = [a.kind for a in injected]
        extra = {"parameters": asdict(made), "between": between, "tolerance": 120 * made.step}
        return self._case(turn, "series", domain, "\n".join(lines), target, names, extra)

    def _events(self, turn: Turn, room: Room, *, normal: bool) -> EvalCase | None:
        draw = turn.draw.child("events")
        domain = draw.pick(data()["events"])
        made = drawn_log(domain, _start(room, draw), draw.child("parameters"))
        events: list[Event] = made.clean()
        target: Spans = []
        kinds = [] if normal else [EVENTS[turn.cell(len(EVENTS), "anomaly")]]
        for kind in kinds:
            events, start, end = disturbed(events, kind, made.every, draw.child("anomaly"))
            target.append({"start": _stamp(start), "end": _stamp(end), "kind": kind})
        text = "\n".join(f"{_stamp(at)} {said}" for at, said in events)
        extra = {"parameters": {**asdict(made), "says": list(made.says)}, "tolerance": 2 * made.every}
        return self._case(turn, "events", domain, text, target, kinds, extra)

    def _case(
        self, turn: Turn, kind: str, domain: Mapping[str, Any], text: str, target: Spans, names: Sequence[str],
        extra: Mapping[str, Any],
    ) -> EvalCase:  # fmt: skip
        draw = turn.draw.child("text")
        ask = Piece(draw.pick(data()["asks"]).replace("{about}", domain["about"]))
        notes = " ".join(draw.sample(data()["notes"], draw.integer(0, 2)))
        wording = [ask, *([Piece(f" {notes}")] if notes else [])]
        table = Piece(text, "data")
        pieces = [*wording, Piece("\n\n"), table] if draw.chance(0.6) else [table, Piece("\n\n"), *wording]
        hard = len(names) > 1 or any(n in HARD for n in names)
        return self.case(
            turn, pieces, target, difficulty="hard" if hard else "easy" if not names or names[0] in EASY else "medium",
            slices={"kind": kind, "anomaly": names[0] if len(names) == 1 else "several" if names else "none"},
            template=f"{kind}:{domain['about']}", groups=(f"{kind}:{self.build.name}:{turn.number}",),
            extra={"kind": kind, **extra},
        )  # fmt: skip

    # -- proof

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """The clean twin is made again: what is shown differs from it inside the intervals alone, in the stated way."""
        text = next((p.text for p in case.pieces if p.label == "data"), "")
        try:
            return (self._series_faults if case.extra["kind"] == "series" else self._event_faults)(case, text)
        except (KeyError, ValueError, TypeError) as error:
            return [f"the data cannot be read ({type(error).__name__})"]

    @staticmethod
    def _series_faults(case: EvalCase, text: str) -> list[str]:
        made = Series(**case.extra["parameters"])
        shown: dict[str, float | None] = {}
        for line in text.split("\n")[1:]:
            stamp, value = (part.strip() for part in line.split(case.extra["between"].strip(" ")))
            if stamp in shown:
                return ["a time occurs twice"]
            shown[stamp] = None if value in ABSENT else float(value)
        stamps, clean = made.stamps(), made.clean()
        if not set(shown) <= set(stamps):
            return ["a time does not belong to the series"]
        place = {stamp: i for i, stamp in enumerate(stamps)}
        values = [shown.get(stamp) for stamp in stamps]
        free, found = set(range(made.count)), list[str]()
        for span in case.target:
            first, last = place[span["start"]], place[span["end"]]
            inside = range(first, last + 1)
            if not inside or not set(inside) <= free:
                return ["intervals are empty or overlap"]
            free -= set(inside)
            found += departed(span["kind"], [values[i] for i in inside], [clean[i] for i in inside], made.sigma)
        if any(values[i] != clean[i] for i in free):
            found.append("the series departs from its clean twin outside the intervals")
        return found

    @staticmethod
    def _event_faults(case: EvalCase, text: str) -> list[str]:
        parameters = case.extra["parameters"]
        made = Log(**{**parameters, "says": tuple(parameters["says"])})
        clean = [f"{_stamp(at)} {said}" for at, said in made.clean()]
        lines = text.split("\n")
        if not case.target:
            return [] if lines == clean else ["nothing is said to be wrong, and the log is not its clean twin"]
        if len(case.target) != 1:
            return ["a log holds one anomaly at most"]
        span = case.target[0]
        wanted = read_log(clean, lines, made.every)
        if wanted is None:
            return ["the log departs from its clean twin in no way that is known"]
        return [] if wanted == (span["kind"], span["start"], span["end"]) else ["the log shows another anomaly"]

    # -- answers

    def null(self, case: EvalCase, draw: Draw) -> str:
        """Nothing is wrong."""
        return "[]"

    def chance(self, case: EvalCase) -> float:
        """1 where nothing is wrong, else 0: exactly what the empty list scores."""
        return float(case.target == [])

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """An interval a step late, an end too early or late, another kind, one lost, one invented."""
        lines = next(p.text for p in case.pieces if p.label == "data").split("\n")[1:]
        if case.extra["kind"] == "series":
            stamps = Series(**case.extra["parameters"]).stamps()
            kinds: Sequence[str] = SERIES
        else:
            stamps = sorted({line.split(" ")[0] for line in lines})
            kinds = EVENTS
        if not case.target:
            return [
                replace(case, target=[{"start": a, "end": b, "kind": draw.pick(kinds)}])
                for a, b in ((stamps[9], stamps[12]), (stamps[20], stamps[20]))
            ]
        span, *rest = case.target
        first, last = stamps.index(span["start"]), stamps.index(span["end"])
        other = draw.pick([k for k in kinds if k != span["kind"]])
        spans = [
            {**span, "kind": other},
            {**span, "start": stamps[first + 1], "end": stamps[last + 1]},
            {**span, "start": stamps[first - 1]},
            {**span, "end": stamps[last + 1]},
        ]
        return [replace(case, target=target) for target in (rest, *([s, *rest] for s in spans))]


def departed(kind: str, values: Sequence[float | None], clean: Sequence[float], sigma: float) -> list[str]:
    """Whether values inside an interval depart from the clean ones as their kind does, from the first to the last."""
    low, high = LENGTHS[kind]
    if not low <= len(values) <= high:
        return [f"an interval of kind {kind} is too short or too long"]
    if kind == "missing":
        return [] if all(v is None for v in values) else ["a value that is said to be missing is there"]
    if any(v is None for v in values):
        return [f"a value of kind {kind} is missing"]
    gaps = [v - c for v, c in zip(values, clean, strict=True) if v is not None]
    if gaps[0] == 0 or gaps[-1] == 0:
        return ["the interval begins or ends with a value that is clean"]
    if kind == "frozen":
        far = max(abs(g) for g in gaps) >= SIGMAS * sigma
        return [] if far and len(set(values)) == 1 else ["a value that is said to be frozen moves, or is not far off"]
    if len({g > 0 for g in gaps}) != 1:
        return [f"a {kind} departs to both sides"]
    sizes = [abs(g) for g in gaps]
    if kind == "drift":
        steps = [b - a for a, b in pairwise(sizes)]
        even = max(steps) - min(steps) < 0.4 * sigma and min(steps) > -0.2 * sigma
        far = sizes[-1] >= SIGMAS * sigma and sizes[0] < sizes[-1] / 4
        return [] if even and far else ["a drift does not move away evenly"]
    if max(sizes) - min(sizes) > 0.5 * sigma + 0.2:
        return [f"a {kind} is uneven"]
    return [] if min(sizes) >= SIGMAS * sigma else [f"a {kind} departs by less than {SIGMAS:g} standard deviations"]


def read_log(clean: Sequence[str], lines: Sequence[str], every: int) -> tuple[str, str, str] | None:
    """What happened to a log, by comparison with its clean twin: kind, start and end; None for nothing known."""
    more, less = Counter(lines) - Counter(clean), Counter(clean) - Counter(lines)
    if not more and not less:
        if list(lines) == list(clean):
            return None
        moved = [i for i in range(len(lines) - 1) if lines[i].split(" ")[0] > lines[i + 1].split(" ")[0]]
        if len(moved) != 1:
            return None
        line = lines[moved[0] + 1]
        left, right = [x for x in lines if x != line], [x for x in clean if x != line]
        at = line.split(" ")[0]
        return ("out_of_order", at, at) if left == right else None
    if more and less:
        return None
    if less:
        places = [i for i, line in enumerate(clean) if line in less]
        first, last = places[0], places[-1]
        whole = places == list(range(first, last + 1)) and [x for x in clean if x not in less] == list(lines)
        return (
            ("gap", clean[first - 1].split(" ")[0], clean[last + 1].split(" ")[0])
            if whole and len(places) > 5
            else None
        )
    if any(line in set(clean) for line in more):
        (line,) = more
        at = line.split(" ")[0]
        return ("duplicate", at, at) if more[line] == 1 and Counter(clean)[line] == 1 else None
    times = sorted(line.split(" ")[0] for line in more)
    rest = [x for x in lines if x not in more]
    length = (datetime.fromisoformat(times[-1]) - datetime.fromisoformat(times[0])).total_seconds()
    dense = len(times) > SIGMAS * max(1.0, length / every)
    ordered = [x.split(" ")[0] for x in lines] == sorted(x.split(" ")[0] for x in lines)
    return ("burst", times[0], times[-1]) if dense and ordered and rest == list(clean) else None


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def _start(room: Room, draw: Draw) -> datetime:
    """A quarter of an hour in the year before the recipe's clock, without a zone."""
    day = room.clock.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=draw.integer(10, 360), minutes=-15 * draw.integer(0, 95))
