"""What an exporter is: one format, frames in, one staged file out, and what can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import polars as pl


class Exporter(Protocol):
    """Writes one batch to one file. Bytes depend on the frame alone: no clock, no path, no machine in the file."""

    suffix: str
    """File ending with its dot (`.parquet`)."""

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Write the frame to a new file."""

    def read(self, path: Path) -> pl.DataFrame:
        """Read a file that `write` made, for `verify`; text formats give strings where the type is lost."""
