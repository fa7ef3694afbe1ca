"""Values for the slots of templates: from a record where one of its columns fits, else from the cast and from draws.

A message names one plan, one firm and one city throughout; amounts, dates and numbers are drawn anew per sentence, so a
remark beside the matter does not repeat its amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import Piece
from synthgen.evals.base import EvalBuild, Record, Room
from synthgen.evals.draw import Draw

_DATA = Path(__file__).parent / "templates" / "classification.yaml"
FITS: Mapping[str, tuple[str, ...]] = {
    "amount": ("amount", "total", "price", "sum", "gross", "net"),
    "date": ("date", "issued_on", "ordered_on", "order_date", "invoice_date", "created_on", "created_at", "due_on"),
    "plan": ("plan", "tier", "subscription"),
    "product": ("product", "product_name", "item", "item_name", "article"),
    "order_no": ("order_no", "order_id", "order_number"),
    "invoice_no": ("invoice_no", "invoice_id", "invoice_number"),
    "customer_no": ("customer_no", "customer_id", "customer_number"),
    "ticket_no": ("ticket_no", "ticket_id", "ticket_number"),
    "city": ("city", "town"),
    "firm": ("company", "company_name", "firm"),
    "name": ("full_name", "name", "customer_name"),
    "first_name": ("first_name", "given_name"),
}
"""Columns of a record that can fill a slot, best first."""
NUMBERED = {"order_no": "SO-", "invoice_no": "INV-", "customer_no": "K-", "ticket_no": "T-", "code": "E-"}
WHOLE_MESSAGE = ("plan", "plan2", "firm", "city", "customer_no", "name")
"""Slots that have one value in all of a message."""
SLOTS = tuple(dict.fromkeys([*FITS, *NUMBERED, "plan2", "page", "page2", "format", "device", "month", "time", "n", "m",
                             "amount2", "colleague", "relative", "relative2"]))  # fmt: skip


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The data file of the classification family."""
    read: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return read


def fitting(columns: Iterable[str]) -> dict[str, str]:
    """Which of a table's columns fills which slot.

    >>> fitting(["invoice_no", "total", "notes"])
    {'amount': 'total', 'invoice_no': 'invoice_no'}
    """
    known = set(columns)
    return {slot: next(c for c in fits if c in known) for slot, fits in FITS.items() if known & set(fits)}


def cast(build: EvalBuild) -> None:
    """Ask for the people and firms that slots and signatures are filled from."""
    build.wants("@people", "first_name", "full_name", "gender", "city")
    build.wants("@firms", "company")


class Values(Mapping[str, Piece]):
    """The values of one message, made when a slot asks for them. `records` are those that were used."""

    def __init__(self, draw: Draw, room: Room, split: str, own: Record | None, fits: Mapping[str, str],
                 person: Record, currency: str = "$") -> None:  # fmt: skip
        self._draw, self._room, self._split = draw, room, split
        self._own, self._fits, self._person = own, fits, person
        self._currency = currency
        self._style = draw.child("style").below(6)
        self._made: dict[str, Piece] = {}
        self._from_own = True
        self._turn = 0
        self.records: dict[str, Record] = {}

    def sentence(self, *, own: bool) -> Values:
        """Begin another sentence; `own` says whether the record's values may fill it (the matter itself)."""
        self._made = {k: v for k, v in self._made.items() if k in WHOLE_MESSAGE}
        self._turn += 1
        self._from_own = own
        return self

    def __getitem__(self, slot: str) -> Piece:
        if slot not in self._made:
            self._made[slot] = self._value(slot)
        return self._made[slot]

    def __iter__(self) -> Iterator[str]:
        return iter(SLOTS)

    def __len__(self) -> int:
        return len(SLOTS)

    def _value(self, slot: str) -> Piece:
        column = self._fits.get(slot) or (slot if self._own is not None and slot in self._own.values else None)
        if self._own is not None and column and (self._from_own or slot in WHOLE_MESSAGE):
            value = self._own[column]
            if value is not None and str(value).strip():
                self.records[self._own.source] = self._own
                return self._own.piece(column, self._spelt(value), slot)
        draw = self._draw.child("slot", slot, 0 if slot in WHOLE_MESSAGE else self._turn)
        if slot in ("firm", "city", "colleague", "name", "first_name"):
            return self._cast(slot, draw)
        made: Callable[[str, Draw], str] = getattr(self, f"_{slot}", self._listed)
        return Piece(made(slot, draw), slot)

    def _spelt(self, value: Any) -> str:
        if isinstance(value, float):
            return self._money(value)
        if isinstance(value, datetime):
            return self._day(value.date())
        return self._day(value) if isinstance(value, date) else str(value)

    def _cast(self, slot: str, draw: Draw) -> Piece:
        if slot == "firm":
            found = self._other("@firms", draw)
            return found.piece("company", label=slot)
        if slot == "colleague":  # sentences about her say `she`
            for _ in range(8):
                found = self._other("@people", draw)
                if str(found["gender"]).casefold().startswith(("f", "w")) and found.row != self._person.row:
                    break
            return self._used(found).piece("first_name", label=slot)
        column = {"city": "city", "name": "full_name", "first_name": "first_name"}[slot]
        return self._used(self._person).piece(column, label=slot)

    def _other(self, table: str, draw: Draw) -> Record:
        return self._used(self._room.record(table, draw.pick(self._room.pool(table, self._split))))

    def _used(self, record: Record) -> Record:
        self.records[record.source] = record
        return record

    def _listed(self, slot: str, draw: Draw) -> str:
        if slot in NUMBERED:
            low, high = (1001, 5999) if slot == "code" else (10_000, 99_999)
            return f"{NUMBERED[slot]}{draw.integer(low, high)}"
        other = {"plan2": "plan", "page2": "page", "relative2": "relative"}.get(slot)
        words: Sequence[str] = data()["values"][other or slot]
        if other:
            taken = self[other].text
            words = [w for w in words if w.casefold() != taken.casefold()]
        return draw.pick(words)

    def _money(self, value: float) -> str:
        text = f"{value:,.0f}" if value == int(value) and self._style % 2 else f"{value:,.2f}"
        return f"{text} {self._currency}" if self._currency.isalpha() else f"{self._currency}{text}"

    def _amount(self, slot: str, draw: Draw) -> str:
        return self._money(draw.integer(9, 480) + draw.pick((0.0, 0.0, 0.5, 0.9, 0.99, 0.25)))

    def _amount2(self, slot: str, draw: Draw) -> str:
        first = "".join(c for c in self["amount"].text if c.isdigit() or c == ".")
        return self._money(round(float(first or 100) * draw.pick((0.5, 0.6, 0.75, 0.8, 0.9)), 2))

    def _day(self, day: date) -> str:
        month = data()["values"]["month"][day.month - 1]
        spellings = (f"{day.day} {month}", f"{month} {day.day}", f"{day.day} {month}", f"{month} {day.day}",
                     f"{day.day} {month[:3]}", day.isoformat())  # fmt: skip
        return spellings[self._style]

    def _date(self, slot: str, draw: Draw) -> str:
        return self._day(self._room.clock.date() - timedelta(days=draw.integer(2, 110)))

    def _time(self, slot: str, draw: Draw) -> str:
        hour, minute = draw.integer(8, 18), draw.pick((0, 15, 30, 45))
        return (
            f"{hour}:{minute:02d}"
            if self._style % 2
            else f"{(hour - 1) % 12 + 1}:{minute:02d} {'pm' if hour > 11 else 'am'}"
        )

    def _n(self, slot: str, draw: Draw) -> str:
        return str(draw.integer(3, 24))

    def _m(self, slot: str, draw: Draw) -> str:
        return str(int(self["n"].text) + draw.integer(1, 5))
