"""Proofs of extraction: the gold is read back from the text and from the records, never from how they were rendered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from synthgen.evalcase import EvalCase, Json
from synthgen.evals.base import Room
from synthgen.evals.documents.labels import labels, wording
from synthgen.evals.documents.tree import flat, general, violations
from synthgen.evals.documents.values import Kind, gold, read
from synthgen.evals.draw import Draw


def stated(case: EvalCase, schema: Mapping[str, Any], kinds: Mapping[str, Kind]) -> list[str]:
    """Each leaf stands once at its place and reads back as the gold's value; nothing beside it equals one."""
    found = [f"the gold breaks its JSON Schema: {v}" for v in violations(schema, case.target)]
    if found:
        return found
    note = next((s.value for s in case.spans if s.label == "other.note"), "")
    leaves = dict(flat(case.target))
    spans = [s for s in case.spans if not s.label.startswith("other.")]
    counts = Counter(s.label for s in spans)
    for path, value in leaves.items():
        if value is None and counts[path]:
            found.append(f"{general(path)} is null, but the text states it")
        elif value is not None and counts[path] != 1:
            found.append(f"{general(path)} stands {counts[path]} times in the text")
    for span in spans:
        if span.label not in leaves:
            found.append(f"the text states {general(span.label)}, which the gold lacks")
            continue
        try:
            value = read(span.value, kinds[general(span.label)], note)
        except ValueError:
            found.append(f"{general(span.label)} cannot be read back")
            continue
        if leaves[span.label] is not None and value != leaves[span.label]:
            found.append(f"{general(span.label)} reads differently in the text")
    texts = {s.value.casefold() for s in spans} | {str(v).casefold() for v in leaves.values() if v is not None}
    for span in case.spans:
        if span.label.startswith("other.") and span.label != "other.note" and span.value.casefold() in texts:
            found.append(f"a distractor ({span.label}) equals a value of the gold")
    return found


def cues(case: EvalCase, known: Mapping[str, Sequence[str]]) -> list[str]:
    """No word announces a leaf that the gold says is absent, the labels of other things that hold such words aside."""
    leaves = dict(flat(case.target))
    absent = [p for p in known if leaves.get(p) is None]
    if not absent:
        return []
    text = "".join(p.text if not p.label else "\x00" for p in case.pieces).casefold()
    longer = [label.casefold() for p in known if p not in absent and "." not in p for label in labels(p)]
    longer += [str(w).casefold() for label, _, said in wording()["others"] for w in (label, said)]
    longer += [
        label.casefold() for s in case.spans if s.label.startswith("other.") for label in labels(s.label[6:])[:1]
    ]
    found = []
    for path in absent:
        for cue in map(str.casefold, known[path]):
            rest = text
            for label in longer:
                if cue != label and cue in label:
                    rest = rest.replace(label, "\x00")
            if re.search(rf"(?<!\w){re.escape(cue)}(?!\w)", rest):
                found.append(f"the text announces {general(path)}, which the gold says is absent")
                break
    return found


def of_record(case: EvalCase, room: Room, paths: Sequence[str]) -> list[str]:
    """The gold's values are those of the record, made anew."""
    table, _, row = case.sources[0].rpartition(":")
    record = room.record(table, int(row))
    leaves = dict(flat(case.target))
    wrong = [p for p in paths if leaves.get(p) is not None and leaves[p] != gold(record[p])]
    return [f"{p} is not what record {table} has" for p in wrong]


def of_cast(case: EvalCase, room: Room) -> list[str]:
    """Every personal value of a document belongs to one of the case's records of the cast, made anew."""
    known: set[str] = set()
    for source in case.sources:
        table, _, row = source.rpartition(":")
        known |= {str(gold(v)) for v in room.record(table, int(row)).values.values()}
    leaves = dict(flat(case.target))
    found = []
    for piece in case.pieces:
        if piece.declared is not None and str(leaves.get(piece.label, piece.text)) not in known:
            found.append(f"{general(piece.label)} belongs to no record of the case")
    return found


def consistent(kind: str, target: Json) -> list[str]:
    """Sums add up and dates follow each other."""
    found = []
    if kind == "invoice":
        lines = target["line_items"]
        if any(_cents(v["unit_price"]) * v["quantity"] != _cents(v["amount"]) for v in lines):
            found.append("a line's amount is not quantity times price")
        net = sum(_cents(v["amount"]) for v in lines)
        tax = (Decimal(net) * Decimal(str(target["tax_rate"])) / 100).quantize(Decimal(1), ROUND_HALF_UP)
        if (
            _cents(target["subtotal"]) != net
            or _cents(target["tax"]) != tax
            or _cents(target["total"]) != net + int(tax)
        ):
            found.append("the totals do not add up")
        if target["due_on"] is not None and target["due_on"] < target["issued_on"]:
            found.append("due before it was issued")
    if kind == "receipt" and sum(_cents(v["price"]) for v in target["items"]) != _cents(target["total"]):
        found.append("the prices do not add up to the total")
    if kind == "cv" and any(v["end"] is not None and v["end"] <= v["start"] for v in target["jobs"]):
        found.append("a job ends before it starts")
    return found


def _cents(amount: float) -> int:
    return int(Decimal(str(amount)) * 100)


def mutated(case: EvalCase, draw: Draw) -> list[Json]:
    """Wrong golds: a value changed, two values exchanged, one lost, one invented, a key or an item missing."""
    leaves = dict(flat(case.target))
    some = [p for p, v in leaves.items() if v is not None]
    found = []
    first = draw.pick(some)
    found.append(_put(case.target, first, _wrong(leaves[first], draw)))
    found.append(_put(case.target, draw.pick(some), None))
    alike = [(a, b) for a in some for b in some if type(leaves[a]) is type(leaves[b]) and leaves[a] != leaves[b]]
    if alike:
        a, b = draw.pick(alike)
        found.append(_put(_put(case.target, a, leaves[b]), b, leaves[a]))
    empty = [p for p, v in leaves.items() if v is None]
    if empty:
        others = [s.value for s in case.spans if s.label.startswith("other.")] or ["unknown"]
        found.append(_put(case.target, draw.pick(empty), draw.pick(others)))
    target = deepcopy(case.target)
    target.pop(draw.pick(list(target)))
    found.append(target)
    for key, value in case.target.items():
        if isinstance(value, list) and value:
            place = draw.below(len(value))
            found.append({**case.target, key: value[:place] + value[place + 1 :]})
    return found


def _put(target: Json, path: str, value: Json) -> Json:
    found = deepcopy(target)
    *steps, last = path.split(".")
    here = found
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]
    if isinstance(here, list):
        here[int(last)] = value
    else:
        here[last] = value
    return found


def _wrong(value: Json, draw: Draw) -> Json:
    """A value that looks like another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if draw.chance(0.5) or not value else round(value * 10, 2)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        year, month, day = map(int, value.split("-"))
        if day <= 12 and day != month:
            return f"{year:04d}-{day:02d}-{month:02d}"
        return (date(year, month, day) - timedelta(days=1)).isoformat()
    if len(value) > 1 and draw.chance(0.5):
        return value[:-1]
    return f"{value}1"
