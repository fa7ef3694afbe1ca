"""Values of records as documents write them, and back: every spelling that `spell` makes, `read` understands.

`read` shares no code with `spell`, so that it can prove what was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from synthgen.evals.draw import Draw

Kind = Literal["string", "integer", "number", "money", "date", "month", "datetime", "boolean"]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CURRENCIES = {"USD": "$", "EUR": "€", "GBP": "£"}
DATES = ("iso", "day_month", "month_day", "short", "weekday", "ordinal", "dmy", "mdy")
NOTES = {"dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY"}
"""Date styles that a document must explain, and how it does."""


@dataclass(frozen=True)
class Style:
    """How one document writes dates and amounts: the same everywhere, so that a note about the format covers it."""

    date: str = "iso"
    money: str = "symbol"
    currency: str = "USD"

    @classmethod
    def drawn(cls, draw: Draw) -> Style:
        """A style at random; the comma for decimals goes with euros only."""
        currency = draw.pick(tuple(CURRENCIES))
        money = draw.pick(("symbol", "before", "after", "bare", "comma") if currency == "EUR" else
                          ("symbol", "before", "after", "bare"))  # fmt: skip
        return cls(draw.pick(DATES), money, currency)


def gold(value: Any) -> Any:
    """A value as JSON: dates in ISO form, decimals as numbers."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value


def spell(value: Any, kind: Kind, style: Style) -> str:
    """The value as the document writes it."""
    if kind == "boolean":
        return "yes" if value else "no"
    if kind == "money":
        return _money(value, style)
    if kind == "number":
        return format(Decimal(str(value)), "f")
    if kind == "datetime":
        return f"{_date(value.date(), style)}, {value:%H:%M:%S}"
    if kind == "date":
        return _date(value, style)
    if kind == "month":
        return _month(value, style)
    return str(value)


def _money(value: Any, style: Style) -> str:
    cents = Decimal(str(value)) * 100
    if cents != cents.to_integral_value():
        return format(Decimal(str(value)), "f")
    text = f"{cents / 100:,.2f}"
    if style.money == "comma":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
        return f"{text} {CURRENCIES[style.currency]}"
    if style.money == "bare":
        return text
    if style.money == "before":
        return f"{style.currency} {text}"
    if style.money == "after":
        return f"{text} {style.currency}"
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{CURRENCIES[style.currency]}{text.removeprefix('-')}"


def _date(value: date, style: Style) -> str:
    month, year, day = MONTHS[value.month - 1], f"{value.year:04d}", value.day
    written = {
        "iso": value.isoformat(),
        "day_month": f"{day} {month} {year}",
        "month_day": f"{month} {day}, {year}",
        "short": f"{day:02d} {month[:3]} {year}",
        "weekday": f"{DAYS[value.weekday()]}, {day} {month} {year}",
        "ordinal": f"{day}{_ordinal(day)} of {month} {year}",
        "dmy": f"{day:02d}/{value.month:02d}/{year}",
        "mdy": f"{value.month:02d}/{day:02d}/{year}",
    }
    return written[style.date]


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _month(value: str, style: Style) -> str:
    year, month = value.split("-")
    name = MONTHS[int(month) - 1]
    if style.date == "iso":
        return value
    return f"{name[:3]} {year}" if style.date in ("dmy", "short") else f"{name} {year}"


def read(text: str, kind: Kind, note: str = "") -> Any:
    """The JSON value that a spelling stands for; `note` is the document's note on dates (`DD/MM/YYYY`).

    Raises ValueError for a text that is no such value, or a numeric date without a note.
    """
    if kind == "string":
        return text
    if kind == "boolean":
        return {"yes": True, "no": False}[text.casefold()] if text.casefold() in ("yes", "no") else _refuse(text)
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "money":
        return _amount(text)
    if kind == "month":
        return _read_month(text)
    if kind == "datetime":
        day, _, clock = text.rpartition(", ")
        return datetime.fromisoformat(f"{_read_date(day, note)}T{clock}").isoformat()
    return _read_date(text, note)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _amount(text: str) -> float:
    bare = re.sub(r"^(-?)(?:[$€£]|(?:USD|EUR|GBP) )|(?: USD| EUR| GBP| [$€£])$", r"\1", text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d\d", bare):
        return float(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"-?(\d{1,3}(,\d{3})*|\d+)(\.\d+)?", bare):
        return float(bare.replace(",", ""))
    raise ValueError(text)


def _read_date(text: str, note: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).isoformat()
    if re.fullmatch(r"\d\d/\d\d/\d{4}", text):
        if note not in NOTES.values():
            raise ValueError(text)
        order = "%d/%m/%Y" if note == "DD/MM/YYYY" else "%m/%d/%Y"
        return datetime.strptime(text, order).date().isoformat()
    bare = re.sub(r"^[A-Z][a-z]+day, |(?<=\d)(?:st|nd|rd|th)(?= of )", "", text).replace(" of ", " ")
    for form in ("%d %B %Y", "%d %b %Y", "%B %d, %Y"):
        try:
            found = datetime.strptime(bare, form).date()
        except ValueError:
            continue
        if re.match(r"[A-Z][a-z]+day, ", text) and not text.startswith(found.strftime("%A")):
            break
        return found.isoformat()
    raise ValueError(text)


def _read_month(text: str) -> str:
    for form in ("%Y-%m", "%b %Y", "%B %Y"):
        try:
            return datetime.strptime(text, form).strftime("%Y-%m")
        except ValueError:
            continue
    raise ValueError(text)
