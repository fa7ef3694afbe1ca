"""An attribute of an entity, in the form of a generator: what the plan fills a column with."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from synthgen.columns import Column, Rows
from synthgen.generator import Entity
from synthgen.seeds import U64


class EntityAttribute:
    """One attribute of an entity instance, as a generator of its own."""

    Params: ClassVar[type[BaseModel]] = BaseModel
    needs: tuple[str, ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)

    def __init__(self, entity: Entity, attribute: str, unique: bool) -> None:
        self.entity, self.attribute, self.unique = entity, attribute, unique
        self.dtype = entity.attributes()[attribute].dtype
        self.capacity: int | None = None
        self.distinct = unique
        self.room = entity.capacity(attribute) if unique else None  # rows that can differ; None for any number
        self.memo_owner = id(entity)

    def generate(self, rows: Rows) -> Column:
        """The attribute of each row's entity."""
        return self.entity.generate(self.attribute, rows, self.unique)

    def nth(self, index: U64, rows: Rows) -> Column:
        """Never called: an entity makes its attributes unique itself."""
        raise NotImplementedError
