"""Generators for text columns, by format, pattern, name and length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from synthgen.schema.names import singular, words
from synthgen.schema.table import FieldSchema, TableSchema

Options = dict[str, Any]

_DAY = r"20(19|2[0-5])-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
FORMATS: Mapping[str, str] = {  # format -> pattern
    "cidr": r"192\.0\.2\.0/2[4-9]", "mac8": r"00:00:5e:ef:10:00:00:[0-9a-f]{2}", "xml": r"<item>[a-z]{4,8}</item>",
    "tsvector": r"'[a-z]{4,7}':1 '[a-z]{4,7}':2", "tsquery": r"'[a-z]{4,7}' & '[a-z]{4,7}'",
    "hstore": r'"[a-z]{4}"=>"[a-z]{4,6}"', "ltree": r"top\.[a-z]{4,6}\.[a-z]{4,6}", "lsn": r"0/[1-9A-F][0-9A-F]{5}",
    "point": r"\([1-9]\d\.\d,[1-9]\d\.\d\)", "line": r"\{[1-9],[1-9],\d\}",
    "lseg": r"\[\(\d,\d\),\([1-9]\d,[1-9]\d\)\]", "box": r"\([1-9]\d,[1-9]\d\),\(\d,\d\)",
    "path": r"\(\(0,0\),\(\d,[1-9]\),\([1-9],\d\)\)", "polygon": r"\(\(0,0\),\([1-9],0\),\(0,[1-9]\)\)",
    "circle": r"<\(\d,\d\),[1-9]>", "wkt": r"POINT\([1-9]\d\.\d [1-9]\d\.\d\)",
    "wkt-line": r"LINESTRING\(0 0, [1-9]\d [1-9]\d\)", "wkt-multiline": r"MULTILINESTRING\(\(0 0, [1-9] [1-9]\)\)",
    "wkt-multipolygon": r"MULTIPOLYGON\(\(\(0 0, [1-9] 0, 0 [1-9], 0 0\)\)\)",
    "wkt-multipoint": r"MULTIPOINT\([1-9]\d [1-9]\d, [1-9]\d [1-9]\d\)",
    "wkt-collection": r"GEOMETRYCOLLECTION\(POINT\([1-9]\d [1-9]\d\)\)",
    "range-int": r"\[[1-4]\d,[5-9]\d\)", "range-number": r"\[[1-4]\.\d,[5-9]\.\d\)",
    "range-date": r"\[2023-0[1-9]-1\d,2024-0[1-9]-1\d\)",
    "range-timestamp": r'\["2023-0[1-9]-1\d 0\d:00:00","2024-0[1-9]-1\d 1\d:00:00"\)',
    "date": _DAY, "yyyy-mm-dd": _DAY, "date-time": _DAY + r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ",
    "time": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", "duration": r"PT[1-9]H", "byte": r"[A-Za-z0-9]{22}==",
    "password": r"[0-9a-f]{32}", "json-pointer": r"/[a-z]{4,8}", "regex": r"\^[a-z]{4}\$",
}  # fmt: skip
ENTITY_FORMATS = {
    "email": "person.email", "idn-email": "person.email", "uri": "company.url", "url": "company.url",
    "iri": "company.url",
    "hostname": "device.hostname", "ipv4": "device.ip", "ipv6": "device.ipv6", "mac": "device.mac",
    "phone": "person.phone",
}  # fmt: skip
_EXAMPLES = {  # of what an entity makes, to see whether a pattern asks for the same
    "person.email": "anna.smith@example.com", "person.first_name": "Anna", "person.last_name": "Smith",
    "person.phone": "+1-212-555-0123", "address.postcode": "94105", "address.country_code": "US",
    "address.state_code": "CA", "address.city": "Springfield", "payment.currency": "EUR", "device.ip": "192.0.2.17",
    "company.url": "https://www.example.com", "person.username": "anna123", "payment.iban": "DE00500105170123456789",
}  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {  # last word of a name -> values, the likeliest first
    "status": ("active", "pending", "inactive", "closed"), "statut": ("actif", "attente", "clos"),
    "estado": ("activo", "pendiente", "cerrado"), "zustand": ("neu", "offen", "fertig"),
    "state": ("new", "open", "done"), "stage": ("new", "open", "won", "lost"), "phase": ("plan", "build", "run"),
    "type": ("standard", "special", "custom"), "typ": ("standard", "spezial"), "kind": ("standard", "special",
    "custom"),
    "category": ("home", "office", "outdoor", "other"), "kategorie": ("haus", "garten", "technik"),
    "class": ("A", "B", "C"), "group": ("alpha", "beta", "gamma"), "segment": ("basic", "plus", "premium"),
    "tier": ("basic", "plus", "premium"), "plan": ("free", "team", "business"), "level": ("low", "medium", "high"),
    "grade": ("A", "B", "C", "D"), "priority": ("low", "medium", "high", "urgent"),
    "severity": ("low", "medium", "high", "critical"), "role": ("member", "editor", "admin"),
    "relationship": ("child", "spouse", "parent"), "color": ("black", "white", "blue", "red", "green"),
    "colour": ("black", "white", "blue", "red", "green"), "farbe": ("schwarz", "weiss", "blau", "rot"),
    "size": ("S", "M", "L", "XL"), "unit": ("piece", "kg", "m", "l"), "uom": ("pc", "kg", "m", "l"),
    "language": ("en", "de", "fr", "es"), "lang": ("en", "de", "fr", "es"), "sprache": ("de", "en"),
    "locale": ("en_US", "de_DE", "fr_FR"), "genre": ("drama", "comedy", "action"), "rating": ("low", "fair", "good",
    "best"),
    "mode": ("auto", "manual"), "method": ("card", "transfer", "cash"), "channel": ("web", "store", "phone"),
    "source": ("web", "import", "api"), "shipmode": ("truck", "rail", "air"), "format": ("csv", "json", "xml"),
    "extension": ("pdf", "csv", "png"), "mime": ("text/csv", "image/png"), "gender": ("female", "male"),
    "container": ("box", "bag", "case"), "frequency": ("daily", "weekly", "monthly"), "cron": ("0 * * * *",
    "0 6 * * 1"),
    "outcome": ("success", "failure"), "result": ("success", "failure"), "action": ("create", "update", "delete"),
    "event": ("created", "updated", "deleted"), "environment": ("dev", "test", "prod"), "env": ("dev", "test", "prod"),
    "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri"), "month": ("Jan", "Apr", "Jul", "Oct"),
    "continent": ("Africa", "America", "Asia", "Europe"), "department": ("Sales", "Finance", "Support"),
    "brand": ("Northwind", "Contoso", "Fabrikam"), "weather": ("sun", "rain", "fog"), "encryption": ("none", "aes"),
}  # fmt: skip
_CHOICE_ALIASES = {"mimetype": "mime", "contenttype": "mime", "flag": "class", "privilege": "role", "engine": "plan"}
_LONG = frozenset(
    """description comment comments note notes body content message text bio biography reason remark remarks summary
    abstract feedback review details detail instruction instructions conditions bemerkung beschreibung kommentar text
    commentaire descripcion comentario observaciones overview story""".split()  # noqa: SIM905
)
_CODES = frozenset(
    """code sku reference ref number no nr num barcode serial isbn ean upc isrc asin tracking invoice kennung nummer
    numero codigo symbol ticker batch lot plate abbreviation""".split()  # noqa: SIM905
)
_HEX = frozenset("hash token key secret checksum digest password passwd pwd salt signature etag sha sha256 md5".split())  # noqa: SIM905
_PATHS = (
    "path", "file", "filename", "filepath", "location", "avatar", "image", "photo", "picture", "icon", "logo",
    "thumbnail", "attachment",
)  # fmt: skip
_FLAGS = frozenset("is has active enabled flag visible deleted valid".split())  # noqa: SIM905


def text(field: FieldSchema, table: TableSchema) -> Options:
    """A generator for a text column that is no entity, reference or key."""
    limit = field.max_length
    form = (field.format or "").lower()
    if form == "bits":
        size = limit or 8
        return {"pattern": f"[01]{{{min(field.min_length or 1, size)},{size}}}"}
    if form.startswith("multirange-"):
        return {"pattern": r"\{" + FORMATS[form.replace("multi", "")] + r"\}"}
    if field.pattern is not None and generable(field.pattern):
        return {"pattern": _sized(bare(field.pattern), field.min_length, limit)}
    if form in FORMATS and _fits(FORMATS[form], limit):
        return {"pattern": FORMATS[form]}
    if limit == 36 or (form == "uuid" and (limit is None or limit >= 36)):
        return {"id": "uuid"}
    return _padded(_by_name(field, words(field.name) or ("x",)), field)


def _by_name(field: FieldSchema, name: tuple[str, ...]) -> Options:
    limit, last = field.max_length, singular(name[-1])
    pair = "".join(name[-2:])
    if limit is not None and limit <= 3 and name[0] in _FLAGS | {"active"}:
        return {"choice": ["Y", "N"]}
    key = _CHOICE_ALIASES.get(pair) or _CHOICE_ALIASES.get(last) or (name[-1] if name[-1] in _CHOICES else last)
    if key in _CHOICES:
        return {"choice": fitted(_CHOICES[key], limit)}
    if name[-1] in _LONG or last in _LONG:
        return {"text": {"sentences": [1, 2]}} | _limit(limit)
    special = _special(name, last, limit)
    if special is not None:
        return special
    if last in ("title", "subject", "headline", "topic", "titel", "titre", "titulo", "question"):
        return {"text": {"words": [2, 5]}} | _limit(limit)
    if limit is not None and limit <= 2:
        return {"choice": ["A", "B", "C"] if limit == 1 else ["AA", "AB", "BA", "BB"]}
    return {"text": {"words": [1, 3]}} | _limit(limit)


def _special(name: tuple[str, ...], last: str, limit: int | None) -> Options | None:
    if last in _CODES or name[-1] in _CODES or last == "id" or (name[-1].endswith("id") and len(name[-1]) > 3):
        return {"pattern": code(limit)}
    if last in _HEX:
        return {"pattern": f"[0-9a-f]{{{min(limit or 32, 32)}}}"}
    if last in ("uuid", "guid"):
        return {"id": "uuid"} if limit is None or limit >= 36 else {"pattern": f"[0-9a-f]{{{min(limit, 32)}}}"}
    candidates = {
        "slug": r"[a-z]{4,8}-[a-z]{4,8}", "version": r"[1-9]\.\d\.\d", "year": r"20[0-2]\d", "jahr": r"20[0-2]\d",
        "date": _DAY, "time": r"([01]\d|2[0-3]):[0-5]\d", "timestamp": _DAY + r" ([01]\d|2[0-3]):[0-5]\d:[0-5]\d",
        "hour": r"([01]\d|2[0-3])",
    } | dict.fromkeys(_PATHS, r"files/[a-z]{6,9}\.pdf")  # fmt: skip
    for word in (last, *(w for w in name if w in ("date", "slug"))):
        if word in candidates and _fits(candidates[word], limit):
            return {"pattern": candidates[word]}
    if last == "json" or name[-1] == "json":
        return json_text()
    return None


def json_text() -> Options:
    """Small JSON objects."""
    return {"choice": ["{}", '{"enabled": true}', '{"level": 2, "tags": ["a", "b"]}', '{"note": "checked"}']}


def fitted(values: tuple[str, ...], limit: int | None) -> list[str]:
    """The values that fit; their first letters in capitals where none or one does."""
    kept = [v for v in values if limit is None or len(v) <= limit]
    if len(kept) >= 2 or not limit:
        return kept
    return list(dict.fromkeys(v[:limit].upper() for v in values))


def code(limit: int | None) -> str:
    """A pattern for codes of at most `limit` characters: letters and few digits, so that none looks like a number of
    a person."""
    if limit is None or limit >= 8:
        return r"[A-Z]{3}-\d{4}"
    return f"[A-Z]{{{limit}}}" if limit <= 3 else rf"[A-Z]{{2}}\d{{{limit - 2}}}"


def _limit(limit: int | None) -> Options:
    return {"max_length": limit} if limit is not None else {}


def _padded(options: Options, field: FieldSchema) -> Options:
    """Least lengths are met by a pattern of letters where the generator cannot promise them."""
    low = field.min_length or 0
    if low <= 1 or "pattern" in options or options.get("id") == "uuid":
        return options
    if "choice" in options and all(len(str(v)) >= low for v in options["choice"]):
        return options
    high = min(field.max_length or low + 8, low + 8, 1000)
    return {"pattern": f"[a-z]{{{min(low, high)},{high}}}"} if low <= 1000 else options


_OPEN = re.compile(r"(?P<head>[^+*{?|()]*?)(?P<part>\[[^\]]+\]|\\[dw]|[A-Za-z0-9])(?P<open>[+*])\$?")


def _sized(pattern: str, low: int | None, high: int | None) -> str:
    """A pattern that ends in an open repeat, with that repeat fixed so that the least and most lengths are kept.

    >>> _sized("^B[0-9]+$", 8, 10)
    '^B[0-9]{9}'
    """
    match = _OPEN.fullmatch(pattern)
    if match is None or (low is None and high is None):
        return pattern
    before = longest(match["head"])
    most = (high if high is not None else max(low or 0, before + 8)) - before
    size = min(most, max((low or 0) - before, 9))
    return f"{match['head']}{match['part']}{{{size}}}" if size >= 1 else pattern


def _fits(pattern: str, limit: int | None) -> bool:
    return limit is None or longest(pattern) <= limit


def bare(pattern: str) -> str:
    """The pattern without inline flags, which only widen what matches."""
    return re.sub(r"^\(\?[aiLmsux]+\)", "", pattern)


def longest(pattern: str) -> int:
    """Characters of the longest string that the pattern generator makes of a pattern (a repeat adds at most 8)."""
    from re import _parser as parser  # type: ignore[attr-defined]  # the standard parser's own tree

    def width(tree: Any) -> int:
        total = 0
        for op, value in tree:
            name = str(op)
            if name in ("MAX_REPEAT", "MIN_REPEAT"):
                low, high, body = value
                total += width(body) * (low + 8 if str(high) == "MAXREPEAT" else high)
            elif name == "SUBPATTERN":
                total += width(value[3])
            elif name == "BRANCH":
                total += max(width(branch) for branch in value[1])
            elif name != "AT":
                total += 1
        return total

    return width(parser.parse(pattern))


def generable(pattern: str) -> bool:
    """Whether the pattern generator understands a pattern: no look-around, no back-references, of moderate size."""
    from re import _parser as parser  # type: ignore[attr-defined]  # the standard parser's own tree

    allowed = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "BRANCH", "SUBPATTERN", "MAX_REPEAT", "MIN_REPEAT", "AT"}

    def plain(tree: Any) -> bool:
        for op, value in tree:
            name = str(op)
            if name not in allowed or (name == "AT" and "BOUNDARY" in str(value)):
                return False
            inner = value[1] if name == "BRANCH" else [value[3]] if name == "SUBPATTERN" else []
            inner = [value[2]] if name in ("MAX_REPEAT", "MIN_REPEAT") else inner
            if not all(plain(part) for part in inner):
                return False
        return True

    try:
        return len(pattern) <= 500 and plain(parser.parse(bare(pattern))) and longest(bare(pattern)) <= 2000
    except (re.error, OverflowError, RecursionError):
        return False


def agrees(attribute: str, field: FieldSchema) -> bool:
    """Whether what the entity attribute makes can match the column's pattern and least length."""
    if field.pattern is None:
        return (field.min_length or 0) <= 4
    example = _EXAMPLES.get(attribute)
    if example is None:
        return False
    try:
        return re.search(field.pattern, example) is not None
    except re.error:
        return False
