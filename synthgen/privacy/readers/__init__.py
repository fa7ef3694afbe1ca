"""Files as batches of columns: one module for each family of formats."""

from __future__ import annotations

from synthgen.privacy.readers.base import Batch, Item, Piece, TextlessError, Unread, UnreadableError
from synthgen.privacy.readers.formats import batches, pieces, read

__all__ = ["Batch", "Item", "Piece", "TextlessError", "Unread", "UnreadableError", "batches", "pieces", "read"]
