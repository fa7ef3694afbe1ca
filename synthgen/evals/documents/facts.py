"""What stands in a document: the leaves that are asked for, and values beside them that equal none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from synthgen.columns import Declared
from synthgen.evalcase import Json, Piece
from synthgen.evals.base import Record
from synthgen.evals.documents.values import Kind, Style, gold, spell
from synthgen.evals.draw import Draw


@dataclass(frozen=True)
class Leaf:
    """One value of a record: where it belongs in the JSON, what it is, and what personal data it declares."""

    path: str
    kind: Kind
    value: Any
    declared: Declared | None = None

    @property
    def gold(self) -> Json:
        """The value as JSON."""
        return gold(self.value)

    def piece(self, style: Style) -> Piece:
        """The value as the document writes it, labelled with its path."""
        return Piece(spell(self.value, self.kind, style), self.path, self.declared)


@dataclass
class Others:
    """Values that stand in a document beside the facts: none equals a fact, and no word of a name is shared.

    `person` gives a record of the cast that no fact comes from.
    """

    draw: Draw
    style: Style
    leaves: Sequence[Leaf]
    person: Callable[[int], Record]
    near: date
    made: dict[str, Piece] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.taken = {str(leaf.gold).casefold() for leaf in self.leaves if leaf.value is not None}
        self.taken |= {spell(v.value, v.kind, self.style).casefold() for v in self.leaves if v.value is not None}
        self.words = {w for v in self.taken for w in re.findall(r"\w+", v)}

    def piece(self, name: str) -> Piece:
        """The value of a slot: `date`, `amount`, `number`, `person`, `phone`, with a digit for further ones."""
        if name not in self.made:
            kinds = {"date": self._date, "earlier": self._earlier, "later": self._later}
            kinds |= {"amount": self._amount, "number": self._number}
            make = kinds.get(name.rstrip("0123456789"))
            self.made[name] = make() if make else self._personal(name)
        return self.made[name]

    def _fresh(self, make: Callable[[], tuple[str, str]], label: str) -> Piece:
        """The first value that equals no fact and no earlier one; `make` gives its JSON form and its spelling."""
        for _ in range(50):
            plain, text = make()
            if not {plain.casefold(), text.casefold()} & self.taken:
                self.taken |= {plain.casefold(), text.casefold()}
                return Piece(text, f"other.{label}")
        raise AssertionError("50 draws out of thousands were all taken")

    def _date(self) -> Piece:
        return self._day(self.near, -200, 200)

    def _earlier(self) -> Piece:
        return self._day(min([*self._days(), self.near]), -60, -1)

    def _later(self) -> Piece:
        return self._day(max([*self._days(), self.near]), 1, 60)

    def _days(self) -> list[date]:
        """The dates among the facts, those of birth and the like aside."""
        days = [v.value for v in self.leaves if v.kind == "date" and v.value is not None]
        return [d for d in days if abs(d.year - self.near.year) < 10]

    def _day(self, start: date, low: int, high: int) -> Piece:
        def one() -> tuple[str, str]:
            day = start + timedelta(days=self.draw.integer(low, high))
            return day.isoformat(), spell(day, "date", self.style)

        return self._fresh(one, "date")

    def _amount(self) -> Piece:
        def one() -> tuple[str, str]:
            amount = self.draw.integer(500, 99_999) / 100
            return str(amount), spell(amount, "money", self.style)

        return self._fresh(one, "amount")

    def _number(self) -> Piece:
        def one() -> tuple[str, str]:
            form = self.draw.pick(("SO-{0}", "K{0}", "{0}/B", "REF{0}", "{1}-{0}", "DN-{0}"))
            text = form.format(self.draw.integer(10_000, 99_999), self.draw.integer(11, 99))
            return text, text

        return self._fresh(one, "number")

    def _personal(self, name: str) -> Piece:
        """Name or phone number of somebody else."""
        for attempt in range(20):
            person = self.person(attempt)
            column = "phone" if name.startswith("phone") else "full_name"
            words = {w.casefold() for w in re.findall(r"\w+", str(person["full_name"]))}
            if not words & self.words and str(person[column]).casefold() not in self.taken:
                self.sources.append(person.source)
                self.words |= words
                return person.piece(column, label=f"other.{name}")
        raise LookupError(name)

    def head(self, firm: Record) -> list[Piece]:
        """A letterhead of a firm; nothing where it shares a word with a fact."""
        found: list[Piece] = []
        for column in self.draw.pick((("company",), ("company", "full_address"), ("company", "city", "office_phone"))):
            text = str(firm[column])
            if {w.casefold() for w in re.findall(r"\w+", text)} & self.words:
                return []
            found += [firm.piece(column, label=f"other.{column}"), Piece(self.draw.pick(("\n", " - ")))]
        self.sources.append(firm.source)
        return [*found[:-1], Piece("\n\n")]


def golds(leaves: Sequence[Leaf]) -> Mapping[str, Json]:
    """The JSON values of leaves by path."""
    return {leaf.path: leaf.gold for leaf in leaves}
