"""Mentions of people's data in texts: how they are written, what only looks like them, and how spans are checked."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from synthgen.evalcase import EvalCase, Json, Piece
from synthgen.evals.base import Record
from synthgen.evals.documents.values import DATES, NOTES, Style, read, spell
from synthgen.evals.draw import Draw

CAST_SLOTS = {
    "first_name": "first", "last_name": "last", "full_name": "name", "email": "email", "phone": "phone",
    "full_address": "address", "street": "street", "city": "city", "card_number": "card", "iban": "iban",
    "national_id": "national", "ip": "ip", "mac": "mac", "birth_date": "dob",
}  # fmt: skip
CAST = ("prefix", *CAST_SLOTS)
SLOT_ENTITIES = {
    "first": "PERSON", "last": "PERSON", "name": "PERSON", "mention": "PERSON", "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER", "address": "LOCATION", "street": "LOCATION", "city": "LOCATION", "card": "CREDIT_CARD",
    "iban": "IBAN_CODE", "national": "NATIONAL_ID", "ip": "IP_ADDRESS", "mac": "MAC_ADDRESS", "dob": "DATE_OF_BIRTH",
}  # fmt: skip
_BY_NAME = (
    ("first", r"first|given|fore"), ("last", r"last|sur|family"), ("city", r"city|town"), ("street", r"street"),
)  # fmt: skip
_NATIONAL = re.compile(r"NATIONAL_ID|SSN|NHS|NINO|ITIN|PESEL|AADHAAR|FISCAL|NIF|CPF|TFN|_ID$|TAX_ID")
_FIRM = re.compile(r"(Inc|LLC|PLC|Ltd|Group|GmbH|AG|KG|SARL|S\.A\.|SpA|BV|AB)\.?$")


def columns(declared: Mapping[str, str]) -> dict[str, str]:
    """Which column of a table fills which slot, by what the columns declare and how they are called.

    >>> columns({"last_name": "PERSON", "mail": "EMAIL_ADDRESS"})
    {'last': 'last_name', 'email': 'mail'}
    """
    found: dict[str, str] = {}
    for column, entity in declared.items():
        named = next((slot for slot, words in _BY_NAME if re.search(words, column.lower())), "")
        if entity in ("PERSON", "LOCATION"):
            default = "name" if entity == "PERSON" else "address"
            slot = named if named and SLOT_ENTITIES[named] == entity else default
            if re.search(r"postcode|zip|country|state|region|county", column.lower()):
                continue
        else:
            slot = next((s for s, e in SLOT_ENTITIES.items() if e == entity), "")
            slot = slot or ("national" if _NATIONAL.search(entity) else "")
        if slot:
            found.setdefault(slot, column)
    return found


@dataclass
class Person:
    """Somebody in a text: for each slot, its record and column. Lists write the last name first."""

    where: Mapping[str, tuple[Record, str]]
    draw: Draw
    listed: bool = False
    used: set[str] = field(default_factory=set)

    @classmethod
    def of_cast(cls, record: Record, draw: Draw) -> Person:
        """A person of the cast."""
        return cls({slot: (record, c) for c, slot in CAST_SLOTS.items()}, draw)

    def called(self, record: Record, slots: Mapping[str, str]) -> Person:
        """The same person with a record's values in its slots; of the names, all come from the record if any does."""
        kept = dict(self.where)
        if {"first", "last", "name"} & set(slots):
            kept = {s: w for s, w in kept.items() if SLOT_ENTITIES[s] != "PERSON"}
        kept |= {slot: (record, column) for slot, column in slots.items() if record[column] is not None}
        return Person(kept, self.draw)

    def pieces(self, slot: str) -> list[Piece]:
        """The slot in one of its spellings, each value labelled with its entity; a title is wording."""
        draw = self.draw
        if slot == "mention":
            slot = draw.weighted({"first": 3, "name": 2, "title": 2})
            record = self.where.get("last", (None, ""))[0]
            title = str(record.values.get("prefix") or "") if record else ""
            if slot == "title" and title and "last" in self.where:
                return [Piece(f"{title} "), self._piece("last", str(self._value("last")))]
            slot = "last" if slot == "title" else slot
        if SLOT_ENTITIES[slot] == "PERSON":
            return [self._named(slot)]
        text = str(self._value(slot))
        if slot == "phone":
            text = _phone(text, draw)
        elif slot == "card":
            text = draw.weighted({text: 1, _grouped(text, " "): 3, _grouped(text, "-"): 1})
        elif slot == "iban":
            text = draw.weighted({text: 1, _grouped(text, " "): 2})
        elif slot == "mac":
            text = draw.pick((text, text.replace("-", ":"), text.lower()))
        elif slot == "dob":
            text = spell(self._value(slot), "date", Style(date=draw.pick(DATES)))
        return [self._piece(slot, text)]

    def _value(self, slot: str) -> Any:
        record, column = self.where[slot]
        return record[column]

    def _piece(self, slot: str, text: str) -> Piece:
        record, column = self.where[slot]
        self.used.add(record.source)
        return record.piece(column, text, SLOT_ENTITIES[slot])

    def _named(self, slot: str) -> Piece:
        """A name: whole in one of its forms, or one part; what the record does not split stays whole."""
        if slot in ("first", "last") and slot in self.where:
            return self._piece(slot, str(self._value(slot)))
        both = "first" in self.where and "last" in self.where
        if both and slot == "name":
            first, last = str(self._value("first")), str(self._value("last"))
            whole = str(self._value("name")) if "name" in self.where else f"{first} {last}"
            forms = {whole: 6.0}
            if re.match(r"[A-Za-z]", first):
                forms[f"{last}, {first}" if self.listed else f"{first[0]}. {last}"] = 1.5
            return self._piece("name" if "name" in self.where else "last", self.draw.weighted(forms))
        part = next(s for s in ("name", "first", "last") if s in self.where)
        return self._piece(part, str(self._value(part)))


def _phone(text: str, draw: Draw) -> str:
    """The same digits with other separators; the country code of North America may be left out."""
    match = re.fullmatch(r"\+1-(\d{3})-(\d{3})-(\d{4})", text)
    if not match:
        return draw.weighted({text: 3, text.replace("-", " "): 2})
    a, b, c = match.groups()
    return draw.pick(
        (
            text,
            f"({a}) {b}-{c}",
            f"{a}-{b}-{c}",
            f"{a}.{b}.{c}",
            f"+1 {a} {b} {c}",
            f"1-{a}-{b}-{c}",
            f"+1 ({a}) {b}-{c}",
        )
    )


def _grouped(text: str, between: str) -> str:
    return between.join(text[i : i + 4] for i in range(0, len(text), 4))


@dataclass
class Looks:
    """What looks like personal data and is none."""

    draw: Draw
    clock: datetime
    firm: Record | None

    def pieces(self, what: str) -> list[Piece]:
        """A value of that kind, labelled `other.kind`."""
        if what == "company":
            return [self.firm.piece("company", label="other.company") if self.firm else Piece("our supplier")]
        return [Piece(self._text(what), f"other.{what}")]

    def _text(self, what: str) -> str:
        draw = self.draw
        number = draw.integer(10_000, 99_999)
        moment = self.clock - timedelta(seconds=draw.below(300 * 86_400))
        made = {
            "order": lambda: draw.pick(("A-{0}", "SO{0}", "{0}-B", "ORD-{0}")).format(number),
            "version": lambda: f"{draw.integer(1, 14)}.{draw.below(20)}.{draw.below(10)}",
            "price": lambda: f"{draw.pick('$€£')}{draw.integer(100, 99_999) / 100:,.2f}",
            "code": lambda: (
                f"{draw.pick(('XK', 'TR', 'QB', 'ZL', 'VX'))}-{draw.integer(100, 9999)}-{draw.pick('ABCDEF')}"
            ),
            "date": lambda: spell(moment.date(), "date", Style(date=draw.pick([d for d in DATES if d not in NOTES]))),
            "isodate": lambda: moment.date().isoformat(),
            "time": lambda: f"{moment:%H:%M}",
            "stamp": lambda: f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "ticket": lambda: draw.pick(("#{0}", "T-{0}", "CASE {0}")).format(number),
            "count": lambda: str(draw.integer(2, 19)),
            "hash": lambda: f"{draw.pick('abcdef')}{draw.bits() & 0xFFFFFF:06x}",
            "room": lambda: f"{draw.pick('ABCDEF')}{draw.integer(100, 499)}",
            "percent": lambda: f"{draw.integer(1, 30)}%",
        }
        return made[what]()


def plainly_a_firm(name: str) -> bool:
    """Whether a name says by its ending that a firm is meant (Moore LLC), so that nobody takes it for a person."""
    return _FIRM.search(name) is not None


# -- checks of spans, from text and records alone


def placed(text: str, target: Json, entities: Sequence[str]) -> list[str]:
    """Spans lie in the text, in order, apart from each other, hold what they say, and name known entities."""
    last = 0
    for span in target:
        if span["entity"] not in entities:
            return ["a span names an unknown entity"]
        if not last <= span["start"] < span["end"] <= len(text):
            return ["spans overlap, are empty, out of order, or outside the text"]
        if text[span["start"] : span["end"]] != span["text"]:
            return ["a span's text is not what stands at its place"]
        last = span["end"]
    return []


def belongs(entity: str, text: str, slots: Mapping[str, Any], entities: Mapping[str, str]) -> bool:
    """Whether a text is a spelling of one of a record's values of that entity."""
    known = {s: v for s, v in slots.items() if v is not None and entities[s] == entity}
    if entity == "PERSON":
        words = {w for v in known.values() for w in str(v).split()}
        given = text.replace(",", " ").split()
        first = str(slots.get("first") or " ")[0] + "."
        return any(w in words for w in given) and all(w in words or w == first for w in given)
    return any(_same(slot, text, value) for slot, value in known.items())


def _same(slot: str, text: str, value: Any) -> bool:
    if slot == "phone":
        digits, given = re.sub(r"\D", "", str(value)), re.sub(r"\D", "", text)
        clean = re.fullmatch(r"[+(\d][\d\s().\-/]*\d", text) is not None
        return clean and (given == digits or (str(value).startswith("+1") and given == digits[1:]))
    if slot in ("card", "iban", "mac"):
        bare = re.sub(r"[\s:-]", "", text).casefold()
        return text[:1].isalnum() and text[-1:].isalnum() and bare == re.sub(r"[\s:-]", "", str(value)).casefold()
    if slot == "dob":
        return any(_reads(text, note) == value.isoformat() for note in ("", *NOTES.values()))
    return text == str(value)


def _reads(text: str, note: str) -> str | None:
    try:
        return str(read(text, "date", note))
    except ValueError:
        return None


def checked(entity: str, text: str) -> list[str]:
    """Checksums and ranges: Luhn of cards (ISO/IEC 7812), mod 97 of IBANs (ISO 13616), IP addresses.

    Check digits lie between 02 and 98; an IBAN with 00, 01 or 99 is one that no bank can have, and so reserved.
    """
    bare = re.sub(r"[\s-]", "", text)
    if entity == "CREDIT_CARD":
        if not re.fullmatch(r"[0-9]{12,19}", bare):
            return ["a card number is none"]
        digits = [int(d) for d in reversed(bare)]
        total = sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
        return [] if total % 10 == 0 else ["a card number fails the Luhn check"]
    if entity == "IBAN_CODE" and bare[2:4] not in ("00", "01", "99"):
        if not re.fullmatch(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}", bare):
            return ["an IBAN is none"]
        number = int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4]))
        return [] if number % 97 == 1 else ["an IBAN fails the mod 97 check"]
    if entity == "IP_ADDRESS":
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return ["an IP address is none"]
    return []


def masked(text: str, target: Json) -> str:
    """The text with `<ENTITY>` for each span."""
    found, at = [], 0
    for span in target:
        found += [text[at : span["start"]], f"<{span['entity']}>"]
        at = span["end"]
    return "".join([*found, text[at:]])


def missed(text: str, target: Json, values: Iterable[tuple[str, Any]]) -> list[str]:
    """Values (slot, value) of records, in any spelling, and texts of spans that stand in the text outside all spans."""
    rest = text
    for span in reversed(target):
        rest = f"{rest[: span['start']]}\x00{rest[span['end'] :]}"
    patterns = {rf"(?<!\w){re.escape(span['text'])}(?!\w)" for span in target}
    for slot, value in values:
        patterns |= set(_patterns(slot, value))
    return ["a mention of personal data is not labelled"] if any(re.search(p, rest) for p in sorted(patterns)) else []


def _patterns(slot: str, value: Any) -> Iterable[str]:
    text = str(value)
    if slot == "dob" and isinstance(value, date):
        return [re.escape(spell(value, "date", Style(date=style))) for style in DATES]
    if slot == "phone":
        digits = re.sub(r"\D", "", text)
        digits = digits[1:] if text.startswith("+1") else digits
        return [r"[\s().\-/]{0,3}".join(digits)]
    if slot in ("card", "iban", "mac"):
        return ["(?i)" + r"[\s:-]?".join(re.sub(r"[\s:-]", "", text))]
    return [rf"(?<!\w){re.escape(text)}(?!\w)"]


def mutated(case: EvalCase, entities: Sequence[str], draw: Draw) -> list[Json]:
    """Wrong golds: a span shifted, cut, lost, of another entity, two joined, or one over what is no personal data."""
    target, text = [dict(s) for s in case.target], case.input
    found: list[Json] = []
    others = [s for s in case.spans if s.label.startswith("other.") and s.value.strip()]
    if others:
        extra = draw.pick(others)
        span = {"entity": draw.pick(entities), "start": extra.start, "end": extra.end, "text": extra.value}
        found.append(sorted([*target, span], key=lambda s: int(s["start"])))
    if not target:
        return found
    place = draw.below(len(target))
    one = target[place]

    def changed(**change: Any) -> list[Json]:
        new = one | change
        return [*target[:place], new | {"text": text[new["start"] : new["end"]]}, *target[place + 1 :]]

    if one["end"] < len(text):
        found.append(changed(start=one["start"] + 1, end=one["end"] + 1))
    if len(one["text"]) > 1:
        found.append(changed(end=one["end"] - 1))
    found.append([*target[:place], *target[place + 1 :]])
    if len(entities) > 1:
        found.append(changed(entity=draw.pick([e for e in entities if e != one["entity"]])))
    if place + 1 < len(target):
        joined = one | {"end": target[place + 1]["end"]}
        joined["text"] = text[joined["start"] : joined["end"]]
        found.append([*target[:place], joined, *target[place + 2 :]])
    return found


def relabelled(piece: Piece, national: str, asked: frozenset[str]) -> Piece:
    """The piece with the entity's name in this recipe, or as something beside where it is not asked for."""
    if not piece.label:
        return piece
    label = national if piece.label == "NATIONAL_ID" else piece.label
    return replace(piece, label=label if label in asked else f"other.{label.lower()}")
