"""Files as batches of columns: one module for each family of formats."""

from __future__ import annotations

from synthgen.privacy.readers.base import Batch, UnreadableError
from synthgen.privacy.readers.formats import batches

__all__ = ["Batch", "UnreadableError", "batches"]
