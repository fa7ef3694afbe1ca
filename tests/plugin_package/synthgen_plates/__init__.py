"""A generator from outside synthgen: licence plates such as `SYN 0042`, all distinct."""

import polars as pl
from pydantic import Field

from synthgen.columns import Column, Rows
from synthgen.generator import BaseGenerator, Params
from synthgen.seeds import U64, below


class PlateParams(Params):
    """`plate: PREFIX`."""

    plate: str = Field(pattern=r"^[A-Z]{1,3}$", description="write plate: SYN, one to three capital letters")


class Plate(BaseGenerator[PlateParams]):
    """A licence plate with a prefix and four digits. Example: `plate: {plate: SYN}`."""

    Params = PlateParams
    dtype = pl.String()
    capacity = 10_000

    def generate(self, rows: Rows) -> Column:
        """One plate per row."""
        return self.nth(below(rows.bits(), 10_000), rows)

    def nth(self, index: U64, rows: Rows) -> Column:
        """The plate with that number."""
        digits = pl.Series(index).cast(pl.String).str.zfill(4)
        return Column.of((self.params.plate + " " + digits).rename(""))
