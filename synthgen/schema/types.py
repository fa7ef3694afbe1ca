"""Physical column types in neutral terms: what a database calls a type, as attributes of a FieldSchema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from synthgen.schema.table import FieldSchema

Attributes = dict[str, Any]  # keyword arguments of FieldSchema

_INTEGERS = {
    8: "TINYINT INT1 BYTEINT I8",
    16: "SMALLINT INT2 SMALLSERIAL SERIAL2 INT16 I16 SHORT",
    24: "MEDIUMINT",
    32: "INT INTEGER INT4 SERIAL SERIAL4 INT32 I32",
    64: "BIGINT INT8 BIGSERIAL SERIAL8 INT64 I64 LONG",
    128: "HUGEINT INT128 INT256",
}
_UNSIGNED = {
    8: "UTINYINT UINT8",
    16: "USMALLINT UINT16",
    24: "UMEDIUMINT",
    32: "UINT UINTEGER UINT32 OID XID",
    64: "UBIGINT UINT64",
    128: "UINT128 UINT256 UHUGEINT",
}
_FLOATS = {
    32: "REAL FLOAT4 FLOAT32 BINARY_FLOAT F32",
    64: "FLOAT DOUBLE FLOAT8 FLOAT64 BINARY_DOUBLE UDOUBLE DECFLOAT F64",
}
_DECIMALS = "DECIMAL NUMERIC NUMBER DEC FIXED UDECIMAL DECIMAL32 DECIMAL64 DECIMAL128 DECIMAL256 BIGDECIMAL BIGNUMERIC"
_STRINGS = """VARCHAR VARCHAR2 NVARCHAR NVARCHAR2 CHAR NCHAR BPCHAR CHARACTER TEXT STRING CLOB NCLOB DBCLOB NTEXT CITEXT
TINYTEXT MEDIUMTEXT LONGTEXT NAME FIXEDSTRING UTF8 GRAPHIC VARGRAPHIC LONGVARCHAR CHARACTER_VARYING"""
_BINARIES = """BINARY VARBINARY BLOB TINYBLOB MEDIUMBLOB LONGBLOB BYTEA BYTES BYTE RAW LONG_RAW IMAGE ROWVERSION FILE
HLLSKETCH"""
_TIMESTAMPS = """TIMESTAMP TIMESTAMPTZ TIMESTAMPLTZ TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_TZ
TIMESTAMP_NTZ TIMESTAMP_LTZ DATETIME DATETIME2 DATETIME64 DATETIMEOFFSET SMALLDATETIME TIMESTAMP_WITH_TIME_ZONE
TIMESTAMP_WITHOUT_TIME_ZONE TIMESTAMP_WITH_LOCAL_TIME_ZONE"""
_JSON = "JSON JSONB VARIANT SUPER OBJECT DYNAMIC MAP STRUCT ROW RECORD UNION JSONPATH"
_SPECIAL = {  # text with a form of its own: type name -> format
    "INET": "ipv4", "IPADDRESS": "ipv4", "IPV4": "ipv4", "IPV6": "ipv6", "CIDR": "cidr", "IPPREFIX": "cidr",
    "MACADDR": "mac", "MACADDR8": "mac8", "XML": "xml", "XMLTYPE": "xml", "TSVECTOR": "tsvector", "TSQUERY": "tsquery",
    "HSTORE": "hstore", "VARBIT": "bits", "LTREE": "ltree", "PG_LSN": "lsn", "POINT": "point", "LINE": "line",
    "LSEG": "lseg", "BOX": "box", "PATH": "path", "POLYGON": "polygon", "CIRCLE": "circle", "GEOMETRY": "wkt",
    "GEOGRAPHY": "wkt", "GEOGRAPHYPOINT": "wkt", "LINESTRING": "wkt-line", "MULTILINESTRING": "wkt-multiline",
    "MULTIPOLYGON": "wkt-multipolygon", "MULTIPOINT": "wkt-multipoint", "RING": "wkt", "SDO_GEOMETRY": "wkt",
    "GEOMETRYCOLLECTION": "wkt-collection",
}  # fmt: skip
_RANGES = {"INT4": "int", "INT8": "int", "NUM": "number", "TS": "timestamp", "TSTZ": "timestamp", "DATE": "date"}
_TEXT_LIMITS = {"TINYTEXT": 255, "NAME": 63}


def _table() -> dict[str, Attributes]:
    found: dict[str, Attributes] = {}
    for bits, names in _INTEGERS.items():
        found |= {n: {"type": "integer", "bits": bits} for n in names.split()}
    for bits, names in _UNSIGNED.items():
        found |= {n: {"type": "integer", "bits": bits, "unsigned": True} for n in names.split()}
    for bits, names in _FLOATS.items():
        found |= {n: {"type": "number", "bits": bits} for n in names.split()}
    plain = {
        "decimal": _DECIMALS, "string": _STRINGS, "binary": _BINARIES, "timestamp": _TIMESTAMPS, "json": _JSON,
        "boolean": "BOOLEAN BOOL LOGICAL", "date": "DATE DATE32", "time": "TIME TIMETZ TIME_NS TIMESPAN",
        "duration": "INTERVAL DURATION", "uuid": "UUID UNIQUEIDENTIFIER GUID",
    }  # fmt: skip
    for kind, names in plain.items():
        found |= {n: {"type": kind} for n in names.split()}
    found |= {n: {"type": "string", "format": form} for n, form in _SPECIAL.items()}
    for stem, kind in _RANGES.items():
        found[f"{stem}RANGE"] = {"type": "string", "format": f"range-{kind}"}
        found[f"{stem}MULTIRANGE"] = {"type": "string", "format": f"multirange-{kind}"}
    found["YEAR"] = {"type": "integer", "bits": 16, "minimum": 1901, "maximum": 2155}
    found["MONEY"] = {"type": "decimal", "precision": 19, "scale": 2}
    found["SMALLMONEY"] = {"type": "decimal", "precision": 10, "scale": 2}
    found["ENUM"] = found["ENUM8"] = found["ENUM16"] = found["SET"] = {"type": "string"}
    found["DOUBLE PRECISION"] = {"type": "number", "bits": 64}
    return found


TYPES = _table()
_WORDS = {  # two-word names, as one
    "CHARACTER VARYING": "VARCHAR", "CHAR VARYING": "VARCHAR", "NATIONAL CHARACTER": "NCHAR",
    "NATIONAL CHARACTER VARYING": "NVARCHAR", "BIT VARYING": "VARBIT", "DOUBLE PRECISION": "DOUBLE",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "TIMESTAMP WITH LOCAL TIME ZONE": "TIMESTAMPTZ", "TIME WITH TIME ZONE": "TIME", "TIME WITHOUT TIME ZONE": "TIME",
    "LONG RAW": "BLOB", "INT UNSIGNED": "UINT", "INTEGER UNSIGNED": "UINT", "BIGINT UNSIGNED": "UBIGINT",
    "SMALLINT UNSIGNED": "USMALLINT", "TINYINT UNSIGNED": "UTINYINT", "MEDIUMINT UNSIGNED": "UMEDIUMINT",
    "NATIVE CHARACTER": "NCHAR", "VARYING CHARACTER": "VARCHAR", "UNSIGNED BIG INT": "UBIGINT", "LONG VARCHAR": "TEXT",
}  # fmt: skip
_TEXT = re.compile(
    r"""\s*(?P<name>[A-Za-z_][\w ]*)(?:\(\s*(?P<args>[^()]*)\))?(?P<rest>[A-Za-z ]*)(?P<array>(?:\[\d*\])*)\s*"""
)


def from_name(name: str, args: Sequence[int] = ()) -> Attributes | None:
    """Attributes of a type by its name and its numbers (length, or precision and scale); None if unknown.

    >>> from_name("NUMERIC", [10, 2])
    {'type': 'decimal', 'precision': 10, 'scale': 2}
    """
    key = name.upper()
    if key == "BIT":
        return _bits(args)
    found = TYPES.get(key)
    if found is None:
        return None
    made, kind = dict(found), found["type"]
    if kind == "decimal" and args:
        made["precision"], made["scale"] = args[0], args[1] if len(args) > 1 else 0
    elif kind == "number" and len(args) == 2:
        made["precision"], made["scale"] = args[0], args[1]
    elif key == "TINYINT" and list(args) == [1]:
        return {"type": "boolean"}  # MySQL's way of writing a boolean
    elif kind == "string" and made.get("format") is None and key not in ("ENUM", "ENUM8", "ENUM16", "SET"):
        limit = args[0] if args and key != "TEXT" else _TEXT_LIMITS.get(key)
        if limit is None and key in ("CHAR", "NCHAR", "BPCHAR", "CHARACTER") and not args:
            limit = 1 if key != "BPCHAR" else None
        made |= {"max_length": limit} if limit else {}
    elif kind == "binary" and args:
        made |= {"max_length": args[0]} | ({"min_length": args[0]} if key == "BINARY" else {})
    elif made.get("format") == "bits" and args:
        made["max_length"] = args[0]
    return made


def _bits(args: Sequence[int]) -> Attributes:
    if not args or list(args) == [1]:
        return {"type": "boolean"}
    return {"type": "string", "format": "bits", "min_length": args[0], "max_length": args[0]}


def from_text(text: str) -> Attributes | None:
    """Attributes of a type as written (`varchar(18)`, `timestamp with time zone`, `int[]`, `_text`); None if unknown.

    >>> from_text("character varying(5)")
    {'type': 'string', 'max_length': 5, 'physical': 'character varying(5)'}
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    name = " ".join(f"{match['name']} {match['rest']}".upper().split())
    args = [int(a) for a in re.findall(r"\d+", match["args"] or "")]
    if match["array"] or (name.startswith("_") and (name[1:] in TYPES or name == "_BIT")):
        inner = from_text(text.strip()[: -len(match["array"])] if match["array"] else text.strip()[1:])
        items = FieldSchema("item", **(inner or {"type": "string"}))
        return {"type": "array", "items": items, "physical": text.strip()}
    made = from_name(_WORDS.get(name, name.split()[0] if name not in TYPES else name), args)
    return None if made is None else made | {"physical": text.strip()}


def integer_bounds(field: FieldSchema) -> tuple[int, int]:
    """Least and greatest number that the column's width holds (at most 64 bits, signed)."""
    bits = min(field.bits or 64, 64)
    if field.unsigned:
        return 0, min(2**bits - 1, 2**63 - 1)
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
