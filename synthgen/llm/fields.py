"""Structured answers: fields of a recipe as a JSON Schema for the model, a pydantic check, and a polars struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

SCALARS: dict[str, tuple[str, Any, pl.DataType]] = {
    "text": ("string", str, pl.String()),
    "integer": ("integer", int, pl.Int64()),
    "number": ("number", float, pl.Float64()),
    "boolean": ("boolean", bool, pl.Boolean()),
}
_WORDS = "text, integer, number, boolean, a list of texts to choose from, or {list: text}"
_INT64 = 2**63


class Fields:
    """The fields of one structured column, from `{mood: [good, bad], score: integer, tags: {list: text}}`.

    Raises ValueError for a field that is none of these.
    """

    def __init__(self, written: Mapping[str, Any]) -> None:
        kinds = {name: _kind(name, value) for name, value in written.items()}
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: schema for name, (schema, _, _) in kinds.items()},
            "required": list(kinds),
            "additionalProperties": False,
        }
        self.dtype = pl.Struct({name: dtype for name, (_, _, dtype) in kinds.items()})
        definitions: dict[str, Any] = {name: (kind, ...) for name, (_, kind, _) in kinds.items()}
        self._model: type[BaseModel] = create_model(
            "Answer", __config__=ConfigDict(extra="forbid", strict=True, protected_namespaces=()), **definitions
        )

    @property
    def response_format(self) -> dict[str, Any]:
        """What a request says so that the model keeps to the schema."""
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": self.schema}}

    def read(self, text: str) -> dict[str, Any] | None:
        """The values of an answer; None where it does not keep to the fields."""
        try:
            found = self._model.model_validate_json(text).model_dump()
        except (ValidationError, ValueError):
            return None
        numbers = [x for v in found.values() for x in (v if isinstance(v, list) else [v]) if type(x) is int]
        return found if all(-_INT64 <= x < _INT64 for x in numbers) else None


def _kind(name: str, value: Any) -> tuple[dict[str, Any], Any, pl.DataType]:
    if isinstance(value, str) and value in SCALARS:
        word, kind, dtype = SCALARS[value]
        return {"type": word}, kind, dtype
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value) and len(set(value)) == len(value):
        return {"type": "string", "enum": list(value)}, Literal[tuple(value)], pl.String()
    if isinstance(value, dict) and set(value) == {"list"}:
        schema, kind, dtype = _kind(name, value["list"])
        if not isinstance(dtype, pl.List):
            return {"type": "array", "items": schema}, list[kind], pl.List(dtype)  # type: ignore[valid-type]  # made here
    raise ValueError(f"the field '{name}' is {_WORDS}")
