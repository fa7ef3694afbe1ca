"""What Faker and Mimesis make of the tables of `generate.py`: the same columns, row by row, as their manuals show.

Run by `generate.py`, each in a process of its own: `python generate_peers.py TABLE PEER ROWS` prints rows and CPU
seconds as JSON. Imports and the setting up of a generator are left out; nothing is written. TABLE is `customers` (12
columns), `accounts` (30) or `shop` (4 tables, whose rows find their parents in dictionaries).
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TIERS, SHARES = ("basic", "plus", "vip"), (0.7, 0.2, 0.1)
START, END = 1672531200, 1788220800
"""2023-01-01 and the clock of the recipes, 2026-09-01, as Unix times."""
Row = dict[str, Any]


class Timed:
    """CPU seconds of this process over a block, printed as JSON with the number of rows."""

    def __init__(self, rows: int, parts: dict[str, float] | None = None) -> None:
        self.rows, self.parts = rows, parts or {}

    def __enter__(self) -> Timed:
        self.start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        print(json.dumps({"rows": self.rows, "cpu": time.process_time() - self.start, **self.parts}))


def faker_customer(fake: Any, i: int) -> Row:
    """Twelve columns, a call for each cell."""
    return {
        "customer_id": i,
        "first_name": fake.first_name(),
        "last_name": fake.last_name(),
        "email": fake.email(),
        "phone": fake.phone_number(),
        "street": fake.street_address(),
        "city": fake.city(),
        "state": fake.state(),
        "postcode": fake.postcode(),
        "tier": random.choices(TIERS, SHARES)[0],
        "signup_at": fake.date_time_between(START, END),
        "newsletter": fake.boolean(35),
    }


def faker_account(fake: Any, i: int) -> Row:
    """Thirty columns."""
    return {
        **faker_customer(fake, i),
        "gender": fake.random_element(("female", "male")),
        "birth_date": fake.date_of_birth(minimum_age=18, maximum_age=90),
        "username": fake.user_name(),
        "job": fake.job(),
        "latitude": fake.latitude(),
        "longitude": fake.longitude(),
        "company": fake.company(),
        "card_number": fake.credit_card_number(),
        "card_expiry": fake.credit_card_expire(),
        "ip": fake.ipv4(),
        "mac": fake.mac_address(),
        "user_agent": fake.user_agent(),
        "token": fake.uuid4(),
        "renewed_on": fake.date_object(),
        "balance": round(random.lognormvariate(5.5, 0.9), 2),
        "score": round(random.gauss(600, 80), 1),
        "visits": random.randint(0, 400),
        "code": fake.bothify("???-####", letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    }


@dataclass(frozen=True)
class Calls:
    """The calls of a library that a shop is made of: a customer, an address, a weighted choice, and single values."""

    customer: Callable[[int], Row]
    address: Callable[[], Row]
    choice: Callable[[dict[str, float]], str]
    uuid: Callable[[], str]
    instant: Callable[[], Any]
    integer: Callable[[int, int], int]
    price: Callable[[], float]


def shop(calls: Calls, customers: int) -> int:
    """Four tables: customers and their orders, products and the lines of orders; returns the number of rows."""
    products = {
        i: {"category": calls.choice({"Home": 0.5, "Tech": 0.3, "Toys": 0.2}), "price": calls.price()}
        for i in range(1, 1001)
    }
    people = {i: calls.customer(i) for i in range(1, customers + 1)}
    orders: dict[str, Row] = {}
    lines: list[Row] = []
    for owner in people:
        for _ in range(calls.integer(0, 5)):
            key, total = calls.uuid(), 0.0
            for number in range(1, calls.integer(1, 3) + 1):
                product, quantity = calls.integer(1, 1000), calls.integer(1, 5)
                price = products[product]["price"]
                lines.append({"order_id": key, "line": number, "product_id": product, "quantity": quantity,
                              "unit_price": price, "line_total": round(quantity * price, 2)})  # fmt: skip
                total += lines[-1]["line_total"]
            status = calls.choice({"paid": 0.2, "shipped": 0.7, "cancelled": 0.1})
            orders[key] = {"order_id": key, "customer_id": owner, "ordered_at": calls.instant(), "status": status,
                           "total": total, **calls.address()}  # fmt: skip
    return len(products) + len(people) + len(orders) + len(lines)


def timed_shop(calls: Calls, customers: int) -> None:
    """A shop with its CPU seconds, printed as JSON."""
    start = time.process_time()
    made = shop(calls, customers)
    print(json.dumps({"rows": made, "cpu": time.process_time() - start}))


def faker(table: str, weighted: bool, rows: int) -> None:
    """Faker, with its default weighting or the faster one."""
    from faker import Faker

    fake = Faker("en_US", use_weighting=weighted)
    Faker.seed(1)
    if table == "shop":
        calls = Calls(
            customer=lambda i: {k: v for k, v in faker_customer(fake, i).items() if k != "newsletter"},
            address=lambda: {"street": fake.street_address(), "city": fake.city(), "postcode": fake.postcode()},
            choice=lambda words: fake.random_element(OrderedDict(words)),
            uuid=fake.uuid4,
            instant=lambda: fake.date_time_between(START, END),
            integer=fake.random_int,
            price=lambda: fake.pyfloat(right_digits=2, min_value=1, max_value=900),
        )
        timed_shop(calls, rows)
        return
    make = faker_account if table == "accounts" else faker_customer
    with Timed(rows):
        [make(fake, i) for i in range(rows)]


CUSTOMER = (
    "increment", "person.first_name", "person.last_name", "person.email", "person.phone_number",
    "address.address", "address.city", "address.state", "address.postal_code",
    "choice", "datetime.datetime", "development.boolean",
)  # fmt: skip
ADDRESS = ("address.address", "address.city", "address.postal_code")
ACCOUNT = (
    *CUSTOMER, "person.gender", "person.birthdate", "person.username", "person.occupation", "address.latitude",
    "address.longitude", "finance.company", "payment.credit_card_number", "payment.credit_card_expiration_date",
    "internet.ip_v4", "internet.mac_address", "internet.user_agent", "cryptographic.uuid", "datetime.date",
    "numeric.float_number", "numeric.float_number", "numeric.integer_number", "code.locale_code",
)  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "choice": {"items": list(TIERS)},
    "datetime.datetime": {"start": 2023, "end": 2026},
    "datetime.date": {"start": 2025, "end": 2026},
    "numeric.float_number": {"start": 1.0, "end": 1000.0, "precision": 2},
    "numeric.integer_number": {"start": 0, "end": 400},
}


def mimesis(table: str, fieldset: bool, rows: int) -> None:
    """Mimesis: a Field call per cell, or a Fieldset call per column."""
    from mimesis import Field, Fieldset, Locale

    names = ACCOUNT if table == "accounts" else CUSTOMER
    if fieldset:
        make = Fieldset(Locale.EN, i=rows, seed=1)
        with Timed(rows):
            [make(name, **OPTIONS.get(name, {})) for name in names]
        return
    field = Field(Locale.EN, seed=1)
    if table == "shop":
        wanted = [n for n in CUSTOMER if n != "development.boolean"]
        calls = Calls(
            customer=lambda i: {name: field(name, **OPTIONS.get(name, {})) for name in wanted},
            address=lambda: {name: field(name) for name in ADDRESS},
            choice=lambda words: field("choice", items=list(words)),
            uuid=lambda: str(field("cryptographic.uuid")),
            instant=lambda: field("datetime.datetime", **OPTIONS["datetime.datetime"]),
            integer=lambda low, high: field("numeric.integer_number", start=low, end=high),
            price=lambda: field("numeric.float_number", start=1.0, end=900.0, precision=2),
        )
        timed_shop(calls, rows)
        return
    with Timed(rows):
        [[field(name, **OPTIONS.get(name, {})) for name in names] for _ in range(rows)]


def main() -> None:
    """One peer, as `generate.py` asks for it."""
    table, peer, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if peer.startswith("faker"):
        faker(table, peer == "faker", rows)
    else:
        mimesis(table, peer == "mimesis-fieldset", rows)


if __name__ == "__main__":
    main()
