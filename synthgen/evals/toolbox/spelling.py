"""Values as people write them, and back: dates, times, amounts and names of choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from synthgen.evalcase import Json
from synthgen.evals.draw import Draw

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Z][a-z]{2,8})\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([A-Z][a-z]{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?(a\.?m\.?|p\.?m\.?)?", re.IGNORECASE)


def spell(kind: str, value: Json, draw: Draw) -> str:
    """A value in one of the ways in which people write its kind: date, time, number, integer, enum, anything else."""
    if kind == "date":
        return spell_date(date.fromisoformat(str(value)), draw)
    if kind == "time":
        return spell_time(str(value), draw)
    if kind == "number":
        return draw.pick((f"${value:,.2f}", f"{value:.2f}", f"{value:,.2f} dollars", f"${value:.2f}"))
    if kind == "integer":
        return str(value)
    if kind == "enum":
        return str(value).replace("_", " ")
    return str(value)


def spell_date(day: date, draw: Draw) -> str:
    """A day with its year: ISO, or with the month in letters."""
    month, number = MONTHS[day.month - 1], day.day
    end = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    forms = (
        day.isoformat(),
        f"{number} {month} {day.year}",
        f"{month} {number}, {day.year}",
        f"the {number}{end} of {month} {day.year}",
        f"{month[:3]} {number}, {day.year}",
        f"{number} {month[:3]} {day.year}",
    )
    return draw.pick(forms)


def spell_time(time: str, draw: Draw) -> str:
    """A time of day, from HH:MM."""
    hour, minute = int(time[:2]), time[3:]
    half, mark = (hour % 12 or 12), ("pm" if hour >= 12 else "am")
    short = f"{half} {mark}" if minute == "00" else f"{half}:{minute} {mark}"
    return draw.pick((time, short, f"{half}:{minute} {mark}", f"{half}.{minute} {mark}"))


def read(kind: str, text: str, values: Sequence[str] = ()) -> Json:
    """What a written value means; None where it cannot be read. Shares nothing with `spell` but the months."""
    text = text.strip()
    if kind == "date":
        return read_date(text)
    if kind == "time":
        return read_time(text)
    if kind in ("number", "integer"):
        bare = re.sub(r"[$,]| dollars$", "", text)
        if not re.fullmatch(r"\d+(?:\.\d+)?", bare):
            return None
        return int(bare) if kind == "integer" else float(bare)
    if kind == "enum":
        plain = [v for v in values if v.replace("_", " ") == text]
        return plain[0] if len(plain) == 1 else None
    return text


def read_date(text: str) -> str | None:
    """A written day as YYYY-MM-DD."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    match = _DAY_FIRST.fullmatch(text.removeprefix("the "))
    day, month, year = match.groups() if match else ("", "", "")
    if not match:
        match = _MONTH_FIRST.fullmatch(text)
        if not match:
            return None
        month, day, year = match.groups()
    known = [i for i, m in enumerate(MONTHS, 1) if month in (m, m[:3])]
    return f"{year}-{known[0]:02d}-{int(day):02d}" if known else None


def read_time(text: str) -> str | None:
    """A written time of day as HH:MM."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, mark = int(match[1]), match[2] or "00", (match[3] or "").replace(".", "").lower()
    if mark:
        hour = hour % 12 + (12 if mark == "pm" else 0)
    return f"{hour:02d}:{minute}"
