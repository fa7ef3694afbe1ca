"""What `benchmarks/scan.py` scans: columns of a known kind, notes from templates, a file of a gigabyte.

Everything is a function of the number of rows, so that both scanners see the same texts in every process and run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

COLUMNS = ("email", "card", "ssn", "ip", "iban", "phone", "integer", "date", "code", "name", "note")
"""The columns of the reference table: six of direct identifiers, five of everything else."""

_UNKNOWN = (
    "Thulani Mokgadi", "Nokuthula Dlaminzwe", "Oyelaran Adekunbi", "Ifeoluwa Babarinsa", "Tevita Fonoimoana",
    "Leilani Kamakawiwo", "Sigrun Hallgrimsdatter", "Yerlan Toqtasynov", "Batbayar Ganzorigt", "Tshering Wangdixel",
    "Nguvumali Kasimbazi", "Zawadi Ndungutse", "Aputsiaq Kleistrup", "Inuuteq Heilmannsen", "Saltanat Abdraimova",
    "Kuanysh Bekturgan", "Oluwadamilola Ogunsanwo", "Chukwuemeka Nwabueze", "Siosaia Tuipuloto", "Tamatea Ngarimunui",
)  # fmt: skip
"""Names that no vocabulary of the scanner has: only the language model finds them."""

TEMPLATES = (
    "{name} called on {date} about invoice {id}. The customer was charged {amount} twice and asks for a refund. "
    "We opened a case with billing and promised an answer within two working days. No further action is needed today.",
    "Spoke with {name} regarding the late delivery of order {id}. The parcel left the warehouse on {date} but the "
    "carrier never scanned it. A replacement worth {amount} was sent by express at no cost to the customer.",
    "The contract was renewed on {date} for another twelve months. Monthly fee rises to {amount} as agreed in the "
    "addendum. Signed copy received from {name} and filed under {id}. Please update the forecast before Friday.",
    "Ticket {id}: login fails with an error after the last update. We could reproduce it on the staging system. "
    "A fix is planned for {date}. {name} was told by mail and accepts a credit of {amount} for the outage.",
    "Visit at the site on {date}, together with {name} from the maintenance team. Pump and filter were replaced, parts "
    "listed under {id}. Labour and material come to {amount}. The next inspection is due in spring.",
    "{name} complained about the tone of our last reminder. I apologised and stopped the dunning run for account {id}. "
    "An instalment of {amount} is due on {date}. Please do not send further letters before that day.",
    "Payment of {amount} arrived on {date} without a reference. It seems to belong to {id}, since {name} announced it "
    "by phone last week. Accounting moves it to the right ledger and confirms in writing.",
    "We were asked by {name} to close the account {id} at the end of the quarter. The remaining balance of {amount} is "
    "paid out after {date}. The mailbox stays open for ninety days, then everything is deleted.",
    "Meeting notes, {date}. Present: {name} and two engineers of the supplier. The pilot under {id} went well, so the "
    "budget of {amount} is released. Open question is the support model for nights and weekends.",
    "The refund for {id} was approved by {name} after a second review. It covers {amount} and the shipping fee. The "
    "customer sees the money three to five days after {date}. Reason: the item arrived with a broken lid.",
    "Order {id} was placed on {date} through the partner shop. It holds four items for {amount} in total. The address "
    "was checked by hand because the street was misspelled. {name} confirmed it when we called back.",
    "Quality control rejected batch {id} on {date} because of scratches. Damage is estimated at {amount}. According to "
    "{name} the machine was cleaned the day before, so the cause is still unknown. A report follows.",
    "Dear team, please prepare the offer {id} for {name} until {date}. The discount must not exceed ten percent of "
    "{amount}. If the customer insists on more, ask me first and do not promise anything on the phone.",
    "I met {name} at the fair on {date} and we talked about the new pricing. There is interest in the bundle {id} if "
    "it stays below {amount} a year. A demo is arranged for next month, slides are in the shared folder.",
    "Insurance case {id}, reported on {date}. Water came through the ceiling of the storage room. The estimate of "
    "{amount} was confirmed by an expert. {name} sends the photos later this week and asks to be called back.",
    "The courier could not reach {name} on {date} and left a card. A second attempt for {id} is free, a third one "
    "costs {amount}. The parcel waits at the depot for ten days and is returned to the sender after that.",
    "Candidate {name} had the second interview on {date}. Strong on databases, weaker on networks. Expected salary "
    "is {amount}, which fits the band of posting {id}. The panel meets again after the holidays.",
    "Access for {name} was granted on {date} after training. The badge has the number {id} and a deposit of {amount} "
    "was paid in cash. The rights cover the laboratory and the archive, but not the server room.",
    "Warranty claim {id} was refused because the seal was broken. {name} does not accept this and wants to see the "
    "report of {date}. As a gesture we offer {amount} off the next repair, without any legal obligation.",
    "Weekly status, {date}. The migration of {id} is done and all checks are green. Costs stayed at {amount}. Thanks "
    "to {name} for the night shift; the old system is switched off at the end of the month.",
)
"""Half of the templates; the other half begins with another sentence, so there are forty."""

_OPENINGS = (
    "Follow-up to the earlier note.",
    "Copied from the old system, spelling unchanged.",
    "Internal only: please do not forward this to the customer.",
    "Second contact in this matter.",
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def generator(name: str) -> np.random.Generator:
    """A stream of its own for each column, so that columns do not depend on each other."""
    return np.random.Generator(
        np.random.Philox(key=[20261124, sum(ord(c) << (8 * (i % 6)) for i, c in enumerate(name))])
    )


def column(name: str, rows: int, *, reserved: bool) -> list[str]:
    """Values of a column; `reserved` ones lie in ranges that are never assigned, the others could be anybody's."""
    draw = generator(name)
    makers: dict[str, Callable[[Any, int, bool], list[str]]] = {
        "email": _emails, "card": _cards, "ssn": _ssns, "ip": _ips, "iban": _ibans, "phone": _phones,
        "integer": lambda d, n, _: [str(v) for v in d.integers(1, 2**31, n).tolist()],
        "date": lambda d, n, _: _dates(d, n), "code": _codes, "name": _names, "note": _notes,
    }  # fmt: skip
    return makers[name](draw, rows, reserved)


def _people() -> tuple[list[str], list[str]]:
    provider = importlib.import_module("faker.providers.person.en_US").Provider
    return list(provider.first_names), list(provider.last_names)


def _picked(draw: np.random.Generator, words: Sequence[str], rows: int) -> list[str]:
    return [words[i] for i in draw.integers(0, len(words), rows).tolist()]


def _names(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    first, last = _people()
    return [f"{a} {b}" for a, b in zip(_picked(draw, first, rows), _picked(draw, last, rows), strict=True)]


def _emails(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    real = ("gmail.com", "outlook.com", "yahoo.co.uk", "web.de", "orange.fr", "acme-tools.io", "mail.northwind.net")
    hosts = ("example.com", "example.org", "mail.example.net", "shop.test", "corp.example") if reserved else real
    numbers = draw.integers(1, 10_000, rows).tolist()
    people = (n.lower().replace(" ", ".") for n in _names(draw, rows, reserved))
    return [f"{p}{n}@{h}" for p, n, h in zip(people, numbers, _picked(draw, hosts, rows), strict=True)]


def _luhn(body: str) -> str:
    digits = [int(c) for c in reversed(body)]
    total = sum(d if i % 2 else (2 * d - 9 * (d > 4)) for i, d in enumerate(digits))
    return body + str(-total % 10)


def _cards(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    if reserved:
        from synthgen.privacy.reserved_payment import TEST_CARDS

        return _picked(draw, [c for c in TEST_CARDS if len(c) == 16], rows)
    heads = _picked(draw, ("4539", "4716", "5310", "5500", "2221", "6011", "3528"), rows)
    bodies = draw.integers(0, 10**11, rows).tolist()
    cards = [_luhn(f"{h}{b:011d}") for h, b in zip(heads, bodies, strict=True)]
    grouped = draw.integers(0, 4, rows).tolist()
    return [c if g else f"{c[:4]} {c[4:8]} {c[8:12]} {c[12:]}" for c, g in zip(cards, grouped, strict=True)]


def _ssns(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    areas = draw.integers(900, 1000, rows) if reserved else draw.integers(1, 666, rows)
    groups = draw.integers(1, 50, rows) if reserved else draw.integers(1, 100, rows)
    serials = draw.integers(1, 10_000, rows)
    parts = zip(areas.tolist(), groups.tolist(), serials.tolist(), strict=True)
    return [f"{a:03d}-{g:02d}-{s:04d}" for a, g, s in parts]


def _ips(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    if reserved:
        nets = _picked(draw, ("192.0.2", "198.51.100", "203.0.113"), rows)
        return [f"{n}.{h}" for n, h in zip(nets, draw.integers(0, 256, rows).tolist(), strict=True)]
    parts = draw.integers(1, 224, (rows, 4)).tolist()
    return [".".join(map(str, p)) for p in parts]


def _ibans(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    made = []
    kinds = draw.integers(0, 3, rows).tolist()
    low, high = draw.integers(0, 10**9, rows).tolist(), draw.integers(0, 10**9, rows).tolist()
    for kind, a, b in zip(kinds, low, high, strict=True):
        country, body = (("DE", f"{a:09d}{b:09d}"), ("GB", f"NWBK60{b % 10**6:06d}{a % 10**6:06d}"),
                         ("NL", f"ABNA{a * 10 + b % 10:010d}"))[kind]  # fmt: skip
        digits = "".join(str(int(c, 36)) for c in f"{body}{country}00")
        made.append(f"{country}00{body}" if reserved else f"{country}{98 - int(digits) % 97:02d}{body}")
    return made


def _phones(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    areas = _picked(draw, ("212", "312", "415", "617", "713", "206", "305", "404", "503", "702"), rows)
    kinds = draw.integers(0, 5, rows).tolist()
    exchange, line = draw.integers(200, 1000, rows).tolist(), draw.integers(0, 10_000, rows).tolist()
    made = []
    for kind, area, middle, last in zip(kinds, areas, exchange, line, strict=True):
        if reserved:
            middle, last, kind = 555, 100 + last % 100, kind % 3
        elif middle in (555, 911):
            middle += 1
        made.append(
            (f"({area}) {middle}-{last:04d}", f"+1 {area} {middle} {last:04d}", f"{area}-{middle}-{last:04d}",
             f"+49 30 {middle}{last:04d}", f"+33 6 {last % 100:02d} {last // 100:02d} {middle // 10} {area[:2]}")[kind]
        )  # fmt: skip
    return made


def _dates(draw: np.random.Generator, rows: int) -> list[str]:
    parts = zip(draw.integers(1990, 2027, rows).tolist(), draw.integers(1, 13, rows).tolist(),
                draw.integers(1, 29, rows).tolist(), strict=True)  # fmt: skip
    return [f"{y}-{m:02d}-{d:02d}" for y, m, d in parts]


def _codes(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    heads = _picked(draw, ("SKU", "ORD", "INV", "AX", "KB", "PART"), rows)
    parts = zip(heads, draw.integers(2015, 2027, rows).tolist(), draw.integers(1, 10**6, rows).tolist(), strict=True)
    return [f"{h}-{y}-{n:06d}" for h, y, n in parts]


def notes(rows: int, *, people: bool = True) -> tuple[list[str], list[int]]:
    """Notes of about 250 characters from forty templates, and the rows whose name no vocabulary has (one in fifty).

    Without `people`, a role stands where the name stood.
    """
    draw = generator("note")
    names = _names(draw, rows, False)
    rare = [i for i, r in enumerate(draw.integers(0, 50, rows).tolist()) if r == 0]
    for i, name in zip(rare, _picked(draw, _UNKNOWN, len(rare)), strict=True):
        names[i] = name
    if not people:
        names = _picked(draw, ("the customer", "the manager", "our partner", "the supplier"), rows)
    days = [f"{d} {_MONTHS[m]} {y}" for d, m, y in zip(draw.integers(1, 29, rows).tolist(),
            draw.integers(0, 12, rows).tolist(), draw.integers(2018, 2027, rows).tolist(), strict=True)]  # fmt: skip
    amounts = [f"{sign}{a / 100:,.2f}" for sign, a in zip(_picked(draw, ("$", "EUR ", "£"), rows),
               draw.integers(100, 10**7, rows).tolist(), strict=True)]  # fmt: skip
    ids = _codes(draw, rows, False)
    chosen, opening = draw.integers(0, len(TEMPLATES), rows).tolist(), draw.integers(0, 8, rows).tolist()
    made = []
    for i in range(rows):
        text = TEMPLATES[chosen[i]].format(name=names[i], date=days[i], amount=amounts[i], id=ids[i])
        made.append(f"{_OPENINGS[opening[i]]} {text}" if opening[i] < len(_OPENINGS) else text)
    return made, rare


def _notes(draw: np.random.Generator, rows: int, reserved: bool) -> list[str]:
    return notes(rows, people=False)[0]


def write_csv(path: Path, size: int) -> int:
    """A CSV of at least `size` bytes with all columns, half of its blocks reserved; the number of rows.

    Blocks of 100,000 rows are written in turn. Identifiers repeat from block to block, as they do in logs and orders.
    """
    rows = 100_000
    blocks = []
    for reserved in (True, False):
        frame = pl.DataFrame({c: column(c, rows, reserved=reserved) for c in COLUMNS})
        blocks.append(frame.with_columns(note=pl.col("note").str.head(40)))
    total = 0
    with path.open("wb") as file:
        file.write(blocks[0].head(0).write_csv().encode())
        while file.tell() < size:
            for block in blocks:
                start = pl.Series("integer", range(total, total + rows)).cast(pl.String)
                file.write(block.with_columns(start).write_csv(include_header=False).encode())
                total += rows
    return total
