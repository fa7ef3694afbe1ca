"""Physical type names of many databases mean the same neutral types."""

import pytest

from synthgen.schema.table import FieldSchema
from synthgen.schema.types import from_text, integer_bounds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("varchar(18)", {"type": "string", "max_length": 18}),
        ("CHARACTER VARYING(5)", {"type": "string", "max_length": 5}),
        ("VARCHAR2(20 CHAR)", {"type": "string", "max_length": 20}),
        ("char", {"type": "string", "max_length": 1}),
        ("text", {"type": "string"}),
        ("NUMBER(10)", {"type": "decimal", "precision": 10, "scale": 0}),
        ("numeric(10, 2)", {"type": "decimal", "precision": 10, "scale": 2}),
        ("timestamp(3) without time zone", {"type": "timestamp"}),
        ("time with time zone", {"type": "time"}),
        ("double precision", {"type": "number", "bits": 64}),
        ("int unsigned", {"type": "integer", "bits": 32, "unsigned": True}),
        ("int8", {"type": "integer", "bits": 64}),
        ("tinyint(1)", {"type": "boolean"}),
        ("bit(8)", {"type": "string", "format": "bits", "min_length": 8, "max_length": 8}),
        ("uniqueidentifier", {"type": "uuid"}),
        ("jsonb", {"type": "json"}),
        ("binary(16)", {"type": "binary", "min_length": 16, "max_length": 16}),
        ("year", {"type": "integer", "bits": 16, "minimum": 1901, "maximum": 2155}),
        ("daterange", {"type": "string", "format": "range-date"}),
    ],
)
def test_a_type_by_its_text(text: str, expected: dict[str, object]) -> None:
    found = from_text(text)
    assert found is not None
    assert found == expected | {"physical": text}


@pytest.mark.parametrize("text", ["int[]", "_int4", "integer[3]"])
def test_arrays(text: str) -> None:
    found = from_text(text)
    assert found is not None and found["type"] == "array"
    assert found["items"].type == "integer"


@pytest.mark.parametrize("text", ["", "9", "my_own_type", "repeated message", "a(b(c))"])
def test_unknown_types(text: str) -> None:
    assert from_text(text) is None


def test_widths() -> None:
    assert integer_bounds(FieldSchema("x", "integer", bits=8)) == (-128, 127)
    assert integer_bounds(FieldSchema("x", "integer", bits=16, unsigned=True)) == (0, 65535)
    assert integer_bounds(FieldSchema("x", "integer", bits=128))[1] == 2**63 - 1
