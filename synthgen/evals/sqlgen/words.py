"""Questions as pieces: wording from the data file, and marked pieces that the proof reads back.

A piece's label says what part of the question it is (`op`, `value`, `column`, `aggregate`, `direction`, `count`, ...);
what it means is read from its text alone, through the same lists that it was written from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from synthgen.columns import Declared
from synthgen.evalcase import Piece
from synthgen.evals.draw import Draw
from synthgen.evals.wording import merged

Phrase = list[Piece]
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_FILE = Path(__file__).parents[1] / "templates" / "text_to_sql.yaml"
_SLOT = re.compile(r"\{([a-z]+)\}")


@lru_cache(maxsize=1)
def wording() -> Mapping[str, Any]:
    """The data file."""
    read: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, Mapping[str, str]]:
    """For each label of a marked piece: what its texts mean."""
    read = wording()
    parts: dict[str, list[Mapping[str, Sequence[str]]]] = {
        "op": list(read["ops"].values()),
        "flag": [read["flags"]],
        "aggregate": [
            read["aggregates"]["number"], read["aggregates"]["date"],
            {"count": read["aggregates"]["count"], "distinct": read["aggregates"]["distinct"]},
        ],
        "direction": [*read["directions"].values(), *read["superlatives"].values()],
        "either": [read["either"]],
        "joint": [{"or": ["or"]}],
        "lacks": [{"not": read["lacks"]}],
        "none": [{"left": read["none"]}],
        "count": [{str(n): texts for n, texts in read["numbers"].items()}],
        "distinct": [{"distinct": read["unlike"]}],
    }  # fmt: skip
    return {label: {t: m for part in each for m, texts in part.items() for t in texts} for label, each in parts.items()}


def mark(label: str, text: str, declared: Declared | None = None) -> Phrase:
    """A marked piece."""
    return [Piece(text, label, declared)]


def say(template: str, **slots: Phrase | str) -> Phrase:
    """A template with its slots filled; raises KeyError for a slot without a value."""
    found: Phrase = []
    at = 0
    for match in _SLOT.finditer(template):
        found.append(Piece(template[at : match.start()]))
        value = slots[match.group(1)]
        found += [Piece(value)] if isinstance(value, str) else value
        at = match.end()
    return merged([*found, Piece(template[at:])])


def line(draw: Draw, name: str, **slots: Phrase | str) -> Phrase:
    """One of the data file's templates of that name, filled."""
    return say(draw.pick(wording()[name]), **slots)


def listed(parts: Sequence[Phrase], last: str | Phrase = " and ") -> Phrase:
    """Parts as English lists them: `a, b and c`."""
    found: Phrase = []
    end = [Piece(last)] if isinstance(last, str) else last
    for i, part in enumerate(parts):
        found += [*([] if i == 0 else end if i == len(parts) - 1 else [Piece(", ")]), *part]
    return merged(found)


def count_phrase(draw: Draw, number: int) -> Phrase:
    """A small number, in figures or as a word."""
    known = wording()["numbers"].get(number)
    return mark("count", draw.pick([str(number), *known]) if known else str(number))


def number_text(draw: Draw, value: float) -> str:
    """A number as people write it: with separators in every other question.

    >>> number_text(Draw(1), 12.5)
    '12.5'
    """
    if float(value).is_integer():
        value = int(value)
    return f"{value:,}" if abs(value) >= 1000 and draw.chance(0.5) else f"{value}"


def date_text(draw: Draw, iso: str) -> str:
    """A date in one of three spellings."""
    day = date.fromisoformat(iso[:10])
    month = MONTHS[day.month - 1]
    return draw.pick([iso[:10], f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"])


def quoted_text(draw: Draw, value: str, declared: Declared | None = None) -> Phrase:
    """A text in quotes that it does not hold."""
    marks = [q for q in ("''", '""') if q[0] not in value] or ["“”"]
    one = draw.pick(marks)
    return [Piece(one[0]), Piece(value, "value", declared), Piece(one[1])]


def readings(text: str) -> set[str]:
    """All literals that a value in a question can stand for.

    >>> sorted(readings("March 5, 2025")), sorted(readings("March 2025")), sorted(readings("1,200.50"))
    (['2025-03-05', 'March 5, 2025'], ['2025-03', 'March 2025'], ['1,200.50', '1200.5'])
    """
    found = {text}
    if re.fullmatch(r"-?[\d,]+(\.\d+)?(e[-+]?\d+)?", text):
        found.add(plain_number(text.replace(",", "")))
    names = {name: i for i, name in enumerate(MONTHS, 1)}
    for pattern, order in (
        (r"(\d{1,2}) (\w+) (\d{4})", (2, 1, 0)), (r"(\w+) (\d{1,2}), (\d{4})", (2, 0, 1)), (r"(\w+) (\d{4})", (1, 0)),
    ):  # fmt: skip
        match = re.fullmatch(pattern, text)
        if match:
            parts = [match.group(i + 1) for i in order]
            if parts[1] in names:
                found.add("-".join([parts[0], f"{names[parts[1]]:02d}", *(p.zfill(2) for p in parts[2:])]))
    return found


def plain_number(text: str) -> str:
    """A number's plainest spelling, so that spellings can be compared."""
    return f"{float(text):.9g}"
