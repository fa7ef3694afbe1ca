"""What a recipe writes under `dirty:`: which defects, where, and how often."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, field_validator

from synthgen.units import duration_us

UNITS = ("cents", "euros", "thousands", "fahrenheit", "celsius", "inches", "centimetres", "pounds", "kilograms")
"""What a value may be written in by mistake."""
Unit = Literal["cents", "euros", "thousands", "fahrenheit", "celsius", "inches", "centimetres", "pounds", "kilograms"]
Form = Literal[
    "day_first", "month_first", "dotted", "named_month", "compact", "comma", "thousands", "dot_thousands", "words",
    "letters", "digits", "plain", "spaced", "dashed",
]  # fmt: skip


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Cell(_Options):
    """`{rate: 0.05}`, or the number alone, and `where`, a SQL condition on the clean row.

    `rate` is the share of the cells concerned: those of rows for which `where` holds.
    """

    rate: float = Field(ge=0, le=1, description="write a share between 0 and 1, such as 0.05")
    where: str | None = None


class Disguised(Cell):
    """Something written where nothing is known; `as` lists what (N/A, -999, an empty text, ...)."""

    as_: list[str | int | float] | None = Field(default=None, alias="as", min_length=1, max_length=50)


class Misspelt(Cell):
    """Other spellings of a category: `as: {paid: [payed, Paid]}`."""

    as_: dict[str, list[str]] = Field(alias="as", description="write as: {paid: [payed, Paid]}")

    @field_validator("as_")
    @classmethod
    def _some(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if not value or any(not spellings or word in spellings for word, spellings in value.items()):
            raise ValueError("every word needs spellings that differ from it")
        return value


class Truncated(Cell):
    """Text cut after `length` characters."""

    length: int = Field(default=10, ge=1)


class Outliers(Cell):
    """Numbers multiplied by one of the factors; a negative one flips the sign."""

    factor: list[float] = Field(
        default=[10.0, 100.0, -1.0], min_length=1, max_length=50, description="write factor: [10, 100, -1]"
    )

    @field_validator("factor", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    @field_validator("factor")
    @classmethod
    def _changing(cls, value: list[float]) -> list[float]:
        if any(f in (0, 1) or not abs(f) <= 1e12 for f in value):
            raise ValueError("a factor changes the number: neither 0 nor 1, and at most 1e12")
        return value


class Units(Cell):
    """Numbers written in another unit: `unit: cents` multiplies by 100, `fahrenheit` takes Celsius for granted, ..."""

    unit: Unit = Field(description=f"name one: {', '.join(UNITS)}")


class Formats(Cell):
    """The same value in another form; the column becomes text. `as` picks some of the forms that its type allows."""

    as_: list[Form] | None = Field(default=None, alias="as", min_length=1)


class Late(Cell):
    """Times moved on by a delay between two durations: `delay: [1h, 3d]`."""

    delay: tuple[str, str] = Field(default=("1h", "3d"), description="write delay: [1h, 3d]")

    @field_validator("delay")
    @classmethod
    def _rising(cls, value: tuple[str, str]) -> tuple[str, str]:
        low, high = map(duration_us, value)
        if not 0 < low <= high:
            raise ValueError("a delay lies between two durations above 0, the shorter one first")
        return value


class Swapped(_Options):
    """Two columns whose values change places in a share of the rows."""

    columns: tuple[str, str] = Field(description="write columns: [first_name, last_name]")
    rate: float = Field(ge=0, le=1)
    where: str | None = None


class Duplicates(_Options):
    """Rows that come again right after themselves; in each copy one of the columns of `change` is a little different.

    `key: same` repeats the key, `key: new` gives the copy a key of its own.
    """

    rate: float = Field(ge=0, le=1, description="write a share between 0 and 1, such as 0.01")
    change: list[str] = []
    key: Literal["same", "new"] = "same"


class Shuffled(_Options):
    """A share of the rows out of order: they change places among themselves within runs of `within` rows."""

    rate: float = Field(ge=0, le=1, description="write a share between 0 and 1, such as 0.1")
    within: int = Field(default=100, ge=2, le=10_000)


def _short(value: Any) -> Any:
    """A number alone is a rate."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"rate": value}
    if not isinstance(value, dict | _Options):
        raise ValueError("write a share such as 0.05, or {rate: 0.05, where: age > 60}")
    return value


class _OrNumber:
    """Says in the JSON Schema that a number may stand for `{rate: number}`."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, handler(core)]}


_S = (BeforeValidator(_short), _OrNumber)


class Dirty(_Options):
    """Kinds of defects, each with its columns and rates: {missing: {email: 0.05}, typos: {last_name: 0.02}}."""

    missing: dict[str, Annotated[Cell, *_S]] = {}
    disguised: dict[str, Annotated[Disguised, *_S]] = {}
    typos: dict[str, Annotated[Cell, *_S]] = {}
    ocr: dict[str, Annotated[Cell, *_S]] = {}
    casing: dict[str, Annotated[Cell, *_S]] = {}
    spaces: dict[str, Annotated[Cell, *_S]] = {}
    misspelt: dict[str, Annotated[Misspelt, BeforeValidator(_short)]] = {}
    truncated: dict[str, Annotated[Truncated, *_S]] = {}
    encoding: dict[str, Annotated[Cell, *_S]] = {}
    outliers: dict[str, Annotated[Outliers, *_S]] = {}
    units: dict[str, Annotated[Units, BeforeValidator(_short)]] = {}
    formats: dict[str, Annotated[Formats, *_S]] = {}
    late: dict[str, Annotated[Late, *_S]] = {}
    conflicts: dict[str, Annotated[Cell, *_S]] = {}
    orphans: dict[str, Annotated[Cell, *_S]] = {}
    swapped: list[Swapped] = []
    duplicates: Duplicates | None = Field(default=None, description="write {rate: 0.01, change: [last_name]}")
    shuffled: Shuffled | None = Field(default=None, description="write {rate: 0.1, within: 100}")


CELL_KINDS = (
    "missing", "disguised", "conflicts", "orphans", "misspelt", "typos", "ocr", "casing", "spaces", "truncated",
    "encoding", "outliers", "units", "late", "formats",
)  # fmt: skip
"""Kinds that befall single cells, in the order in which they are drawn: a cell gets one defect at most."""
