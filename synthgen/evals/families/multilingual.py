"""The same gold in eight languages: what is wanted, an amount and a date, written as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, field_validator

from synthgen.evalcase import EvalCase, Json, Piece, compact
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.slot_values import cast
from synthgen.evals.templates_file import Wording
from synthgen.evals.wording import fill, joined

Language = Literal["en", "de", "fr", "es", "it", "pt", "nl", "pl"]
Intent = Literal["payment_made", "refund_wanted", "wrong_amount", "invoice_missing", "more_time", "address_change"]
SIGNS: Mapping[str, str] = {"EUR": "€", "USD": "$", "GBP": "£"}
_DATA = Path(__file__).parents[1] / "templates" / "multilingual.yaml"
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_MEANS = {
    "payment_made": "says that a payment has been made",
    "refund_wanted": "wants money back",
    "wrong_amount": "says that an invoice's sum is wrong",
    "invoice_missing": "needs an invoice or a receipt",
    "more_time": "asks to pay later",
    "address_change": "wants an order sent to another address",
}


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """Every language's wordings and ways of writing."""
    read: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    found: dict[str, Any] = read["languages"]
    return found


def written_money(cents: int, currency: str, language: str) -> str:
    """An amount as a language writes it (CLDR's patterns for amounts in text).

    >>> written_money(123450, "EUR", "de").replace(chr(160), " "), written_money(123450, "EUR", "en")
    ('1.234,50 €', '€1,234.50')
    """
    way = data()[language]
    whole = f"{cents // 100:,}".replace(",", way["group"])
    money: str = way["money"].format(number=f"{whole}{way['point']}{cents % 100:02d}", sign=SIGNS[currency])
    return money


def written_date(day: date, spelling: int, language: str) -> str:
    """A date as a language writes it: in words, or in figures.

    >>> written_date(date(2026, 3, 1), 0, "fr"), written_date(date(2026, 3, 1), 1, "nl")
    ('1er mars 2026', '01-03-2026')
    """
    way = data()[language]
    found: str = way["dates"][spelling].format(
        d=way.get("first", "1") if day.day == 1 else day.day, dd=f"{day.day:02d}", mm=f"{day.month:02d}",
        month=way["months"][day.month - 1], y=day.year,
    )  # fmt: skip
    return found


def read_money(text: str, language: str) -> tuple[float, str]:
    """An amount and its currency out of a language's spelling; raises ValueError where it is none."""
    way = data()[language]
    currency = next((code for code, sign in SIGNS.items() if sign in text), "")
    bare = re.sub(r"[^\d.,]", "", text.replace(way["group"], ""))
    if not currency or not re.fullmatch(rf"\d+{re.escape(way['point'])}\d\d", bare):
        raise ValueError(text)
    return float(bare.replace(way["point"], ".")), currency


def read_date(text: str, language: str) -> date:
    """A date out of a language's spelling, with the day before the month in figures; raises ValueError for none."""
    figures = re.fullmatch(r"(\d\d)[./-](\d\d)[./-](\d{4})", text)
    if figures:
        return date(int(figures[3]), int(figures[2]), int(figures[1]))
    months = [m for m in data()[language]["months"] if re.search(rf"\b{m}\b", text)]
    year, day = re.search(r"\b\d{4}\b", text), re.search(r"\b\d{1,2}(?!\d)", text)
    if len(months) != 1 or year is None or day is None:
        raise ValueError(text)
    return date(int(year.group()), data()[language]["months"].index(months[0]) + 1, int(day.group()))


class MultilingualParams(FamilyParams):
    """Which languages and which matters."""

    languages: list[Language] = Field(
        default=["en", "de", "fr", "es", "it", "pt", "nl", "pl"], min_length=1, description="write [en, de, fr, pl]"
    )
    intents: list[Intent] = Field(
        default=["payment_made", "refund_wanted", "wrong_amount", "invoice_missing", "more_time", "address_change"],
        min_length=2,
        description="write two or more, such as [refund_wanted, more_time]",
    )

    @field_validator("languages", "intents")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("a word stands in the list twice")
        return value


class Multilingual(BaseFamily[MultilingualParams]):
    """Messages in several languages with one gold: intent, amount, currency and date as JSON.

    Example: `{family: multilingual, languages: [en, de, pl], cases: 300}`. As many cases in a row as there are
    languages say the same in each.
    """

    Params = MultilingualParams
    scorer = "synthgen.scoring.fields"

    def __init__(self, params: MultilingualParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        self.block = len(params.languages)
        cast(build)

    @property
    def instruction(self) -> str:  # type: ignore[override]
        """The fields with their formats, and the intents with what they mean."""
        lines = [f"- {intent}: the writer {_MEANS[intent]}" for intent in self.params.intents]
        head = (
            'Read the message and answer with a JSON object: {"intent": one of the intents below, "amount": a number,'
            ' "currency": a code of three letters, "date": YYYY-MM-DD}.'
        )
        return "\n".join([head, *lines])

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        """One message of a block; the block shares intent, amount, date and the way that they are said."""
        draw, language = turn.shared, self.params.languages[turn.member]
        way = data()[language]
        intent = self.params.intents[turn.cell(len(self.params.intents), "intent")]
        at = turn.cell(len(way["intents"][intent]), "wording")
        cents = draw.child("amount").integer(1_000, 999_999)
        currency = draw.child("currency").weighted({"EUR": 4.0, "USD": 1.0, "GBP": 1.0})
        day = room.clock.date() + timedelta(
            days=draw.child("date").integer(*((3, 60) if intent == "more_time" else (-330, -1)))
        )
        pool = room.pool("@people", turn.split)
        person = room.record("@people", pool[turn.deal(len(pool), "person")])
        money = written_money(cents, currency, language)
        spelling = draw.child("spelling").below(2)
        values = {"amount": Piece(money, "amount"), "date": Piece(written_date(day, spelling, language), "date")}
        own = turn.draw.child(language)
        core = fill(Wording(way["intents"][intent][at]).say(own.child("core")), values)
        asides = own.child("asides").sample(range(len(way["asides"])), own.child("count").integer(0, 2))
        beside = [Wording(way["asides"][i]).say(own.child("aside", i)) for i in asides]
        before = own.child("before").below(len(beside) + 1)
        body = joined([*beside[:before], core, *beside[before:]])
        end = [Piece(own.child("closing").pick(way["closings"]) + "\n"), person.piece("full_name")]
        pieces = joined([own.child("greeting").pick(way["greetings"]), body, end], "\n")
        target = {"intent": intent, "amount": cents / 100, "currency": currency, "date": day.isoformat()}
        return self.case(
            turn, pieces, target,
            difficulty="hard" if beside and spelling else "medium" if beside or spelling else "easy",
            slices={"language": language, "intent": intent}, template=f"{intent}/{at}",
            sources=(person.source,), groups=(person.group,),
            extra={"parallel": f"{self.build.name}-{turn.number // self.block:05d}", "language": language},
        )  # fmt: skip

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        """Amount and date are read back out of the text by the language's rules, the intent by its wordings."""
        language = case.slices.get("language", "")
        if language not in data() or not isinstance(case.target, dict):
            return ["no language that is known, or no record as gold"]
        said = {s.label: s.value for s in case.spans}
        read: dict[str, Json] = {}
        try:
            read["amount"], read["currency"] = read_money(said.get("amount", ""), language)
            read["date"] = read_date(said.get("date", ""), language).isoformat()
        except ValueError as error:
            return [f"'{error}' cannot be read as {language} writes amounts and dates"]
        heard = [i for i in _MEANS if _pattern(language, i).search(case.input)]
        if heard or not case.variant:  # a changed wording may hide what is wanted
            read["intent"] = heard[0] if heard else ""
        found = [
            f"the text has {k} {v}, the gold {case.target.get(k)}" for k, v in read.items() if case.target.get(k) != v
        ]
        if len(heard) > 1:
            found.append(f"the text says {' and '.join(heard)}")
        if set(case.target) != {"intent", "amount", "currency", "date"}:
            found.append("the gold has other fields")
        return found

    def null(self, case: EvalCase, draw: Draw) -> str:
        """Some intent, and nothing else."""
        return compact({"intent": draw.pick(self.params.intents)})

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        """Another intent, a shifted point, day and month exchanged or a day off, a field too few."""
        gold = case.target
        day = date.fromisoformat(gold["date"])
        turned = day.replace(month=day.day, day=day.month) if day.day <= 12 and day.day != day.month else None
        wrong = [
            {**gold, "intent": draw.pick([i for i in self.params.intents if i != gold["intent"]])},
            {**gold, "amount": round(gold["amount"] * draw.pick((0.01, 100, 1000)), 2)},
            {**gold, "date": (turned or day + timedelta(days=draw.pick((-1, 1)))).isoformat()},
            {k: v for k, v in gold.items() if k != draw.pick(("amount", "currency", "date"))},
        ]
        return [replace(case, target=w) for w in wrong if w != gold]


@lru_cache(maxsize=128)
def _pattern(language: str, intent: str) -> re.Pattern[str]:
    """What the wordings of an intent look like, with anything in place of amount and date."""
    found = []
    for text in data()[language]["intents"][intent]:
        parts = _CHOICE.split(text)
        ways = ["|".join(map(_escaped, p.split("|"))) if i % 2 else _escaped(p) for i, p in enumerate(parts)]
        found.append("".join(f"(?:{w})" for w in ways))
    return re.compile("|".join(found))


def _escaped(text: str) -> str:
    return re.sub(r"\\\{(?:amount|date)\\\}", r".{4,40}?", re.escape(text))
