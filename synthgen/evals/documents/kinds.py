"""The built-in kinds of documents: records made from the cast, and templates (templates/extraction.yaml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import Piece
from synthgen.evals.base import Record
from synthgen.evals.documents.facts import Leaf, Others
from synthgen.evals.documents.tree import general
from synthgen.evals.documents.values import NOTES, Kind, Style
from synthgen.evals.draw import Draw
from synthgen.evals.wording import fill, joined, merged, slots

_FILE = Path(__file__).parents[1] / "templates" / "extraction.yaml"
PEOPLE = ("full_name", "email", "phone", "birth_date", "full_address", "city", "card_number")
FIRMS = ("company", "city", "full_address", "office_phone")


@dataclass(frozen=True)
class KindOfDocument:
    """One kind: its leaves and their types, what may be left out and the words that announce it, its templates."""

    leaves: Mapping[str, Kind]
    optional: Mapping[str, Sequence[str]]
    templates: Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, KindOfDocument]:
    """The kinds of the data file, by name."""
    return {n: KindOfDocument(k["leaves"], k["optional"], k["templates"]) for n, k in _read().items() if n != "words"}


@dataclass(frozen=True)
class Cast:
    """Draws and records that one document is made from."""

    draw: Draw
    today: date
    people: Sequence[Record]
    firms: Sequence[Record]

    def word(self, name: str) -> str:
        """One of the data file's words."""
        return str(self.draw.child("word", name).pick(_read()["words"][name]))

    def words(self, name: str, count: int) -> list[str]:
        """Different words of the data file."""
        return [str(w) for w in self.draw.child("words", name).sample(_read()["words"][name], count)]

    def day(self, low: int, high: int) -> date:
        """A day so many days from the clock's."""
        return self.today + timedelta(days=self.draw.integer(low, high))

    def clock_time(self) -> str:
        """A time of day, on a quarter of an hour or not."""
        return f"{self.draw.integer(8, 19):02d}:{self.draw.pick((0, 15, 30, 45, self.draw.below(60))):02d}"

    def number(self, form: str) -> str:
        """A number in a form such as `A-{n}`."""
        return form.format(n=self.draw.integer(10_000, 999_999), y=self.today.year)

    def said(self, path: str, record: Record, column: str, kind: Kind = "string") -> Leaf:
        """A leaf with a record's value."""
        return Leaf(path, kind, record[column], record.declared.get(column))


def _invoice(cast: Cast) -> list[Leaf]:
    draw, buyer = cast.draw, cast.people[0]
    issued = cast.day(-400, -5)
    found = [
        Leaf("invoice_no", "string", cast.number(draw.pick(("INV-{n}", "{y}/{n}", "R{n}", "INV{y}-{n}")))),
        Leaf("issued_on", "date", issued),
        Leaf("due_on", "date", issued + timedelta(days=draw.pick((7, 10, 14, 30, 45)))),
        cast.said("seller.name", cast.firms[0], "company"),
        cast.said("buyer.name", buyer, "full_name"),
        cast.said("buyer.email", buyer, "email"),
        Leaf("purchase_order", "string", cast.number("PO-{n}")),
    ]
    net = 0
    for i, goods in enumerate(cast.words("goods", draw.integer(1, 6))):
        quantity, price = draw.integer(1, 25), draw.integer(150, 40_000)
        net += quantity * price
        found += [
            Leaf(f"line_items.{i}.description", "string", goods), Leaf(f"line_items.{i}.quantity", "integer", quantity),
            Leaf(f"line_items.{i}.unit_price", "money", price / 100),
            Leaf(f"line_items.{i}.amount", "money", quantity * price / 100),
        ]  # fmt: skip
    rate = draw.pick((5, 7, 8.25, 19, 20, 21))
    tax = (net * round(rate * 100) + 5000) // 10_000
    return [
        *found, Leaf("subtotal", "money", net / 100), Leaf("tax_rate", "number", rate), Leaf("tax", "money", tax / 100),
        Leaf("total", "money", (net + tax) / 100),
    ]  # fmt: skip


def _receipt(cast: Cast) -> list[Leaf]:
    draw, shop = cast.draw, cast.firms[0]
    paid = cast.word("paid")
    found = [
        cast.said("shop.name", shop, "company"), cast.said("shop.city", shop, "city"),
        Leaf("receipt_no", "string", cast.number("{n}")), Leaf("bought_on", "date", cast.day(-300, 0)),
        Leaf("time", "string", cast.clock_time()),
    ]  # fmt: skip
    cents = 0
    for i, name in enumerate(cast.words("groceries", draw.integer(2, 9))):
        price = draw.integer(49, 2_999)
        cents += price
        found += [Leaf(f"items.{i}.name", "string", name), Leaf(f"items.{i}.price", "money", price / 100)]
    digits = str(draw.integer(1000, 9999)) if "card" in paid else None
    return [
        *found, Leaf("total", "money", cents / 100), Leaf("paid_with", "string", paid),
        Leaf("card_last_digits", "string", digits), cast.said("cashier", cast.people[0], "full_name"),
    ]  # fmt: skip


def _email(cast: Cast) -> list[Leaf]:
    draw, sender = cast.draw, cast.people[0]
    return [
        cast.said("sender.name", sender, "full_name"), cast.said("sender.phone", sender, "phone"),
        Leaf("meeting.date", "date", cast.day(2, 90)), Leaf("meeting.time", "string", cast.clock_time()),
        Leaf("meeting.place", "string", cast.word("rooms")),
        Leaf("order.order_no", "string", cast.number("A-{n}")), Leaf("order.product", "string", cast.word("goods")),
        Leaf("order.quantity", "integer", draw.integer(2, 480)), Leaf("order.wanted_by", "date", cast.day(3, 60)),
        Leaf("complaint.bought_on", "date", cast.day(-120, -3)),
        Leaf("complaint.amount", "money", draw.integer(900, 89_999) / 100),
        Leaf("complaint.wish", "string", cast.word("wishes")),
    ]  # fmt: skip


def _form(cast: Cast) -> list[Leaf]:
    draw, (applicant, contact) = cast.draw, cast.people[:2]
    return [
        cast.said("applicant.name", applicant, "full_name"),
        cast.said("applicant.birth_date", applicant, "birth_date", "date"),
        cast.said("applicant.email", applicant, "email"), cast.said("applicant.phone", applicant, "phone"),
        cast.said("applicant.address", applicant, "full_address"),
        Leaf("membership.level", "string", cast.word("levels")),
        Leaf("membership.starts_on", "date", cast.day(5, 120)),
        Leaf("membership.monthly_fee", "money", draw.integer(900, 9_900) / 100),
        Leaf("newsletter", "boolean", draw.chance(0.5)), Leaf("children", "integer", draw.integer(0, 5)),
        cast.said("emergency_contact.name", contact, "full_name"),
        cast.said("emergency_contact.phone", contact, "phone"),
    ]  # fmt: skip


def _cv(cast: Cast) -> list[Leaf]:
    draw, person = cast.draw, cast.people[0]
    found = [cast.said("name", person, "full_name"), cast.said("city", person, "city"),
             cast.said("email", person, "email"), cast.said("phone", person, "phone")]  # fmt: skip
    month = (cast.today.year * 12 + cast.today.month) - draw.integer(2, 30)
    current, jobs = draw.chance(0.6), draw.integer(2, 4)
    for i, title in enumerate(cast.words("titles", jobs)):
        start = month - draw.integer(8, 70)
        end = None if current and i == 0 else _month(month)
        found += [
            cast.said(f"jobs.{i}.employer", cast.firms[i], "company"), Leaf(f"jobs.{i}.title", "string", title),
            Leaf(f"jobs.{i}.start", "month", _month(start)), Leaf(f"jobs.{i}.end", "month", end),
        ]  # fmt: skip
        month = start - draw.integer(1, 5)
    year = month // 12
    for i, degree in enumerate(cast.words("degrees", draw.integer(1, 2))):
        found += [
            Leaf(f"degrees.{i}.degree", "string", degree),
            Leaf(f"degrees.{i}.school", "string", cast.words("schools", 2)[i]),
            Leaf(f"degrees.{i}.year", "integer", year - 3 * i),
        ]  # fmt: skip
    salary = draw.integer(36, 140) * 1000
    return [*found, Leaf("notice_weeks", "integer", draw.integer(2, 26)), Leaf("salary_wish", "money", float(salary))]


def _month(count: int) -> str:
    return f"{(count - 1) // 12:04d}-{(count - 1) % 12 + 1:02d}"


def _contract(cast: Cast) -> list[Leaf]:
    draw = cast.draw
    fee = draw.integer(200, 20_000)
    return [
        cast.said("client.name", cast.firms[0], "company"), cast.said("supplier.name", cast.firms[1], "company"),
        cast.said("supplier.signatory", cast.people[0], "full_name"), Leaf("starts_on", "date", cast.day(-200, 200)),
        Leaf("term_months", "integer", draw.pick((6, 12, 18, 24, 36, 48, 60))),
        Leaf("notice_days", "integer", draw.pick((14, 30, 45, 75, 90, 180))), Leaf("monthly_fee", "money", float(fee)),
        Leaf("penalty.rate_percent", "number", draw.pick((0.2, 0.5, 0.75, 1.5, 2.5))),
        Leaf("penalty.cap", "money", float(fee * draw.integer(2, 4) + draw.integer(1, 99))),
        cast.said("seat", cast.firms[1], "city"),
    ]  # fmt: skip


RECORDS: Mapping[str, Callable[[Cast], list[Leaf]]] = {
    "invoice": _invoice, "receipt": _receipt, "email": _email, "form": _form, "cv": _cv, "contract_clause": _contract,
}  # fmt: skip


def compose(template: Mapping[str, Any], leaves: Sequence[Leaf], style: Style, others: Others) -> list[Piece]:
    """A template's text with the leaves that have a value; parts in << >> whose leaf has none are left out."""
    values = {leaf.path: leaf.piece(style) for leaf in leaves if leaf.value is not None}
    found: list[Piece] = []
    for part in re.split(r"(<<.*?>>)", str(template["text"]).strip(), flags=re.DOTALL):
        if part.startswith("<<"):
            part = part[2:-2]
            if any(not s.startswith("other.") and s not in values for s in slots(part)):
                continue
        for name in slots(part):
            if name.startswith("other."):
                values[name] = others.piece(name.removeprefix("other."))
        for bit in re.split(r"(\{lines2?\})", part):
            if bit in ("{lines}", "{lines2}"):
                found += _rows(template, "row" + bit[6:-1], values)
            else:
                found += fill(bit, values)
    if not found[-1].label:
        found[-1] = Piece(found[-1].text.rstrip())
    if style.date in NOTES and any(leaf.kind == "date" and leaf.value is not None for leaf in leaves):
        found += [Piece("\nDates are written "), Piece(NOTES[style.date], "other.note"), Piece(".")]
    tidy = [p if p.label else Piece(re.sub(r"\n{3,}", "\n\n", p.text)) for p in merged(found)]
    if not tidy[-1].label:
        tidy[-1] = Piece(tidy[-1].text.rstrip())
    return merged(tidy)


def _rows(template: Mapping[str, Any], key: str, values: Mapping[str, Piece]) -> list[Piece]:
    """All items of a list, each by the row's template, or by the one for items that are still open."""
    names = slots(template[key])
    rows: list[list[Piece]] = []
    while True:
        at = {n: values.get(_indexed(n, len(rows))) for n in names}
        if not any(at.values()):
            return joined(rows, template.get("join", "\n"))
        full = all(at.values())
        rows.append(fill(template[key if full else f"{key}_open"], {n: p for n, p in at.items() if p}))


def _indexed(name: str, place: int) -> str:
    head, _, tail = name.partition(".")
    return f"{head}.{place}.{tail}"


def made(kind: str, template: Mapping[str, Any], leaves: Sequence[Leaf], dropped: frozenset[str]) -> list[Leaf]:
    """The leaves as the template states them: those it does not know and those that are dropped have no value."""
    only = template.get("only")
    return [
        Leaf(v.path, v.kind, None, v.declared)
        if v.path in dropped or (only is not None and general(v.path) not in only)
        else v
        for v in leaves
    ]
