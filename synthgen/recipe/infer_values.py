"""One column's generator from its type, constraints, format and name; keys and references are decided elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from synthgen.recipe.infer_text import ENTITY_FORMATS, Options, agrees, json_text, text
from synthgen.schema.names import Meaning, meaning, singular, words
from synthgen.schema.table import FieldSchema, TableSchema
from synthgen.schema.types import integer_bounds

_INTEGERS: Mapping[str, tuple[int, int]] = {  # last word of a name -> usual range
    "quantity": (1, 20), "qty": (1, 20), "menge": (1, 20), "anzahl": (0, 50), "count": (0, 100), "number": (1, 999),
    "age": (18, 90), "year": (2000, 2026), "jahr": (2000, 2026), "month": (1, 12), "monat": (1, 12), "day": (1, 28),
    "week": (1, 52), "hour": (0, 23), "minute": (0, 59), "second": (0, 59), "rating": (1, 5), "score": (0, 100),
    "star": (1, 5), "level": (1, 5), "priority": (1, 5), "rank": (1, 10), "percent": (0, 100), "percentage": (0, 100),
    "port": (1024, 49151), "version": (1, 9), "size": (1, 100), "position": (1, 50), "sequence": (1, 50),
    "seq": (1, 50),
    "index": (0, 50), "linenumber": (1, 7), "duration": (1, 240), "milliseconds": (30_000, 600_000),
    "byte": (1_000, 900_000),
    "salary": (30_000, 120_000), "price": (1, 500), "amount": (1, 1000), "total": (1, 2000), "cent": (100, 50_000),
    "stock": (0, 500), "inventory": (0, 500), "point": (0, 500), "weight": (1, 100), "height": (1, 200),
    "width": (1, 200),
    "length": (1, 200), "status": (1, 5), "type": (1, 5), "retry": (0, 5), "attempt": (1, 5), "active": (0, 1),
    "flag": (0, 1), "enabled": (0, 1), "deleted": (0, 1), "latitude": (-60, 60), "longitude": (-170, 170),
    "temperature": (-20, 40),
}  # fmt: skip
_MONEY = frozenset(
    """price amount total cost fee salary balance revenue income budget freight subtotal discount payment spend value
    charge acctbal preis betrag summe kosten gehalt umsatz saldo prix montant cout precio importe
    costo monto tax""".split()  # noqa: SIM905
)
_SHARES = frozenset("rate ratio share probability fraction discount confidence percent percentage".split())  # noqa: SIM905
_FUTURE = frozenset("expiry expires expire expiration due until valid scheduled next renewal keep deadline".split())  # noqa: SIM905
_LIKELY = frozenset("active enabled valid visible verified available public current aktiv".split())  # noqa: SIM905
_UNLIKELY = frozenset("deleted archived blocked locked banned disabled test spam anomaly anomalous cancelled".split())  # noqa: SIM905
_FAKER = {  # entity attribute -> the Faker method that a nested field may use
    "person.first_name": "first_name", "person.last_name": "last_name", "person.full_name": "name",
    "person.email": "email", "person.phone": "phone_number", "person.username": "user_name", "person.job": "job",
    "address.street": "street_address", "address.city": "city", "address.postcode": "postcode",
    "address.country": "country", "address.country_code": "country_code", "company.company": "company",
    "company.url": "url", "device.ip": "ipv4", "device.mac": "mac_address", "payment.iban": "iban",
    "payment.card_number": "credit_card_number", "payment.currency": "currency_code",
}  # fmt: skip
_LEAST = {  # characters that an attribute needs, in any locale
    "person.email": 13, "person.phone": 12, "person.national_id": 16, "person.username": 4, "company.domain": 9,
    "company.email": 17, "company.url": 21, "company.vat_id": 14, "device.ip": 14, "device.ipv6": 39, "device.mac": 17,
    "device.imei": 15, "device.hostname": 17, "payment.card_number": 16, "payment.iban": 31, "payment.card_expiry": 5,
    "payment.card_cvv": 3, "payment.bic": 8, "address.postcode": 5,
}  # fmt: skip
_DECIMALS = 12  # most places that numbers can have
_WIDEST = 1e12


def entity(field: FieldSchema, table: TableSchema) -> Meaning | None:
    """The entity attribute that fills a column, if its name or format says one and its constraints allow it."""
    found = meaning(table, field)
    form = ENTITY_FORMATS.get((field.format or "").lower())
    if found is None and form is not None and field.type == "string":
        found = Meaning(*form.split("."))
    if found is None or (field.format in ("cidr", "mac8") and field.type == "string"):
        return None
    if field.type == "string" and (field.enum or not agrees(found.name, field)):
        return None
    if field.type == "string" and field.max_length is not None and field.max_length < _LEAST.get(found.name, 1):
        return None
    return found


def value(field: FieldSchema, table: TableSchema, nested: bool = False) -> Options:
    """A generator for a column (or, with `nested`, for a field inside one) that is no key and no reference."""
    listed = _listed(field)
    if listed is not None:
        return listed
    found = entity(field, table)
    if found is not None and not nested:
        made: Options = {found.entity: found.attribute}
        made |= {"as": found.instance} if found.instance else {}
        return made | ({"max_length": field.max_length} if field.max_length and field.type == "string" else {})
    if found is not None and found.name in _FAKER and field.type == "string":
        return {"faker": _FAKER[found.name]} | ({"max_length": field.max_length} if field.max_length else {})
    return _typed(field, table)


def _listed(field: FieldSchema) -> Options | None:
    """A choice from an enumeration, or from the categories that a sample shows."""
    if field.enum:
        kinds = {"string": str, "integer": int, "number": float, "decimal": float, "boolean": bool}
        kind = kinds.get(field.type)
        values = [v for v in dict.fromkeys(field.enum) if v is not None]
        if kind is None or not values:
            return None
        try:
            values = [kind(v) for v in values]
        except (TypeError, ValueError):
            return None
        fit = [v for v in values if not isinstance(v, str) or len(v) <= (field.max_length or len(v))]
        return {"choice": fit} if fit else None
    shares = field.hints.get("categories")
    if not shares or field.type not in ("string", "integer", "boolean"):
        return None
    if field.type == "string":
        return {"choice": {str(v): s for v, s in shares.items()}}
    return {"choice": [int(v) for v in shares], "weights": list(shares.values())} if field.type == "integer" else None


def _typed(field: FieldSchema, table: TableSchema) -> Options:
    kind = field.type
    if kind == "string":
        return text(field, table)
    if kind in ("integer", "number", "decimal"):
        return number(field)
    if kind == "boolean":
        return {"bernoulli": _chance(field)}
    if kind in ("date", "timestamp"):
        return moment(field)
    if kind == "time":
        return {"time": {"from": "07:00", "to": "20:00"}}
    if kind == "duration":
        return {"uniform": ["1m", "8h"]}
    if kind == "uuid":
        return {"id": "uuid"}
    if kind == "binary":
        return {"binary": min(field.max_length or 16, 32) if not field.min_length else min(field.min_length, 65_536)}
    if kind == "array":
        low = field.min_length if field.min_length is not None else 0
        high = min(field.max_length if field.max_length is not None else max(3, low), 2000)
        inner = value(field.items or FieldSchema("item"), table, nested=True)
        return {"list": inner, "length": [min(low, high), high] if low != high else high}
    if kind == "object" and field.fields:
        return {"struct": {f.name: value(f, table, nested=True) for f in field.fields}}
    return json_text()


def _chance(field: FieldSchema) -> float:
    if "true_share" in field.hints:
        return float(field.hints["true_share"])
    name = words(field.name)
    if any(w in _UNLIKELY for w in name):
        return 0.05
    return 0.85 if any(w in _LIKELY for w in name) else 0.4


def number(field: FieldSchema) -> Options:
    """A distribution within the column's width, precision and range."""
    low, high = bounds(field)
    if field.type == "integer" or (field.type == "decimal" and field.scale is not None and field.scale <= 0):
        return _integer(field, math.ceil(low), math.floor(high))
    if field.type == "decimal" and field.scale is None and _whole(field):
        return _integer(field, math.ceil(low), math.floor(high))
    return _fraction(field, low, high)


def _whole(field: FieldSchema) -> bool:
    """Whether a NUMBER without a scale is a whole number, by its name."""
    name = words(field.name)
    last = singular(name[-1]) if name else ""
    return last not in _MONEY | _SHARES and (last in _INTEGERS or last in ("id", "no", "nr", "key", "code"))


def bounds(field: FieldSchema) -> tuple[float, float]:
    """Least and greatest number that a column may hold."""
    low, high = -_WIDEST, _WIDEST
    if field.type == "integer":
        low, high = map(float, integer_bounds(field))
        low, high = max(low, -_WIDEST), min(high, _WIDEST)
    if field.precision is not None:
        places = max(0, field.scale or 0)
        top = 10.0 ** (field.precision - places) - 10.0**-places
        low, high = max(low, -top), min(high, top)
    if isinstance(field.minimum, int | float):
        low = float(field.minimum)
    if isinstance(field.maximum, int | float):
        high = float(field.maximum)
    return low, max(low, high)


def _window(field: FieldSchema, usual: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """The usual range within what is allowed; the allowed range itself where the two hardly meet."""
    given_low, given_high = isinstance(field.minimum, int | float), isinstance(field.maximum, int | float)
    first = low if given_low and (given_high or usual[0] < low) else max(low, usual[0])
    last = high if given_high and (given_low or usual[1] > high) else min(high, usual[1])
    if first <= last:
        return first, last
    return (low, min(high, low + (usual[1] - usual[0]))) if low > usual[1] else (max(low, high - usual[1]), high)


def _integer(field: FieldSchema, low: int, high: int) -> Options:
    hints = field.hints
    if "minimum" in hints and "maximum" in hints:
        first, last = max(low, int(hints["minimum"])), min(high, int(hints["maximum"]))
        if first < last and hints.get("sd") and (last - first) > 3 * hints["sd"]:
            return _shaped(hints, first, last) | {"range": [first, last], "whole": True}
        return {"integer": [first, max(first, last)]}
    name = words(field.name)
    last_word = singular(name[-1]) if name else ""
    usual = _INTEGERS.get("".join(name[-2:])) or _INTEGERS.get(last_word) or (1, 1000)
    least, most = _window(field, usual, low, high)
    return {"integer": [int(least), int(most)]}


def _fraction(field: FieldSchema, low: float, high: float) -> Options:
    name = words(field.name)
    last_word = singular(name[-1]) if name else ""
    is_money = any(singular(w) in _MONEY for w in name)
    places = field.scale if field.scale is not None else 2 if field.type == "decimal" or is_money else None
    rounding: Options = {} if places is None else {"decimals": min(places, _DECIMALS)}
    hints = field.hints
    if "minimum" in hints and "maximum" in hints:
        return _shaped(hints, low, high) | rounding
    if "latitude" in name or "longitude" in name or last_word in ("lat", "lon", "lng"):
        edge = 60.0 if last_word in ("latitude", "lat") else 170.0
        first, last = _window(field, (-edge, edge), low, high)
    elif last_word in _SHARES and not (is_money and high > 1000):
        first, last = _window(field, (0.0, 0.3 if last_word == "discount" else 1.0), low, high)
    elif is_money:
        first, last = _window(field, (1.0, 5000.0), low, high)
        if 0 < first < 60 < last:
            return {"lognormal": {"median": 50, "sigma": 0.9}, "range": _ends(first, last, places)} | rounding
    else:
        first, last = _window(field, (0.0, 1000.0), low, high)
    if first == last:
        return {"constant": first} | rounding
    return {"uniform": _ends(first, last, places)} | rounding


def _shaped(hints: Mapping[str, Any], low: float, high: float) -> Options:
    """A distribution like the sample's: lognormal for a long right tail, else normal; evenly where nothing is known."""
    first, last = max(low, float(hints["minimum"])), min(high, float(hints["maximum"]))
    mean, spread, median = hints.get("mean"), hints.get("sd") or 0.0, hints.get("median")
    if first >= last:
        return {"constant": first}
    if not spread or mean is None:
        return {"uniform": [first, last]}
    if first >= 0 and spread >= 0.8 * mean and not hints.get("log_sd"):  # many zeros and a long tail
        return {"exponential": mean, "range": [first, last]}
    if median and median > 0 and first >= 0 and mean > 1.15 * median and hints.get("log_sd"):
        return {"lognormal": {"median": median, "sigma": min(float(hints["log_sd"]), 5.0)}, "range": [first, last]}
    return {"normal": {"mean": mean, "sd": spread}, "range": [first, last]}


def _ends(low: float, high: float, places: int | None) -> list[float | int]:
    digits = min(places if places is not None else 6, _DECIMALS)
    return [int(x) if float(x).is_integer() else round(x, digits) for x in (low, high)]


def moment(field: FieldSchema) -> Options:
    """Dates and datetimes near the clock, or within the column's range."""
    kind = "date" if field.type == "date" else "datetime"
    low, high = (
        _day(field.minimum) or _day(field.hints.get("minimum")),
        _day(field.maximum) or _day(field.hints.get("maximum")),
    )
    name = words(field.name)
    if low is not None or high is not None:
        first = low or (high - timedelta(days=730) if high else None)
        last = high or (low + timedelta(days=730) if low else None)
        assert first is not None and last is not None
        return {kind: {"from": first.isoformat(), "to": max(first, last).isoformat()}}
    if any(w in ("birth", "dob", "birthday", "geburtsdatum", "born") for w in name):
        return {kind: {"from": "clock-29200d", "to": "clock-6600d"}}
    if any(w in _FUTURE for w in name):
        return {kind: {"from": "clock", "to": "clock+365d"}}
    return {kind: {"from": "clock-730d", "to": "clock"}}


def _day(text: Any) -> date | None:
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text)[:10]) if text is not None else None
    except ValueError:
        return None
