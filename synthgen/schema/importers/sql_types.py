"""sqlglot's column types as attributes of a FieldSchema, user-defined types included."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from synthgen.schema.table import FieldSchema
from synthgen.schema.types import Attributes, from_name, from_text

_POSTGRES_SHAPES = ("POINT", "POLYGON")  # elsewhere these are spatial types, written as WKT
_BOOLEAN_BIT = ("tsql", "mysql", "")


@dataclass
class TypeReader:
    """Knows the types that a file creates (enums, composites, domains), by bare lower-case name."""

    dialect: str = ""
    made: dict[str, Attributes] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def read(self, kind: exp.Expression | None) -> Attributes:
        """Attributes of a type; an unknown type becomes text and is noted in `unknown`."""
        if kind is None:
            return {"type": "string"}
        if not isinstance(kind, exp.DataType):
            return self._named(kind.sql())
        text = kind.sql(dialect=None if self.dialect in ("", "sqlite") else self.dialect)
        if isinstance(kind.this, exp.Interval):
            return {"type": "duration", "physical": text}
        name = str(getattr(kind.this, "name", kind.this or ""))
        if name in ("ARRAY", "LIST", "NESTED") or (name == "STRUCT" and self._is_plain(kind)):
            return self._nested(name, kind) | {"physical": text}
        if name == "STRUCT":
            fields = tuple(self._member(f, i) for i, f in enumerate(kind.expressions))
            return {"type": "object", "fields": fields, "physical": text}
        if name == "MAP":
            key, value = (*kind.expressions, None, None)[:2]
            pair = (FieldSchema("key", **self.read(key), nullable=False), FieldSchema("value", **self.read(value)))
            return {"type": "array", "items": FieldSchema("item", "object", fields=pair), "physical": text}
        if name == "LOWCARDINALITY":
            return self.read(kind.expressions[0])
        if name == "VECTOR":
            size = next(iter(_numbers(kind)), None)
            items = FieldSchema("item", "number", nullable=False)
            return {"type": "array", "items": items, "min_length": size, "max_length": size, "physical": text}
        if name == "USERDEFINED":
            return self._named(kind.args["kind"] if isinstance(kind.args["kind"], str) else kind.args["kind"].sql())
        made = self._plain(name, kind)
        return made | {"physical": text}

    def _is_plain(self, kind: exp.DataType) -> bool:
        return not kind.expressions

    def _nested(self, name: str, kind: exp.DataType) -> Attributes:
        if name == "STRUCT":
            return {"type": "json"}
        inner = self.read(kind.expressions[0]) if kind.expressions else {"type": "string"}
        return {"type": "array", "items": FieldSchema("item", **inner)}

    def _member(self, node: Any, index: int) -> FieldSchema:
        if isinstance(node, exp.ColumnDef):
            return FieldSchema(node.name, **self.read(node.args.get("kind")))
        if isinstance(node, exp.DataType):
            return FieldSchema(f"f{index + 1}", **self.read(node))
        inner = node.args.get("expression")
        return FieldSchema(
            node.name or f"f{index + 1}", **self.read(inner if isinstance(inner, exp.DataType) else None)
        )

    def _plain(self, name: str, kind: exp.DataType) -> Attributes:
        if name in ("ENUM", "ENUM8", "ENUM16", "SET"):
            labels = [e.this if isinstance(e, exp.EQ) else e for e in kind.expressions]
            found: Attributes = {"type": "string", "enum": tuple(e.name for e in labels)}
            return found | ({"format": "set"} if name == "SET" else {})
        if name == "BIT" and not kind.expressions and self.dialect not in _BOOLEAN_BIT:
            return {"type": "string", "format": "bits", "min_length": 1, "max_length": 1}
        if name in _POSTGRES_SHAPES and self.dialect not in ("postgres", "redshift"):
            return {"type": "string", "format": "wkt"}
        made = from_name(name, _numbers(kind))
        if made is None:
            return self._unknown(name)
        return made

    def _named(self, text: str) -> Attributes:
        """A type by a name that sqlglot does not know: created in the file, or of some database."""
        bare = text.replace('"', "").replace("`", "").replace("[", "").replace("]", "")
        last = bare.split(".")[-1]
        if last.lower() in self.made:
            return dict(self.made[last.lower()])
        if last.startswith("_") and last[1:].lower() in self.made:
            return {"type": "array", "items": FieldSchema("item", **self.made[last[1:].lower()]), "physical": text}
        known = from_text(text if "[" in text else bare) or from_text(last)
        return known if known is not None else self._unknown(bare)

    def _unknown(self, name: str) -> Attributes:
        self.unknown.append(name)
        return {"type": "string", "physical": name}


def _numbers(kind: exp.DataType) -> list[int]:
    found = []
    for param in kind.expressions:
        text = param.this.name if isinstance(param, exp.DataTypeParam) else ""
        if re.fullmatch(r"\d+", text or ""):
            found.append(int(text))
    return found
