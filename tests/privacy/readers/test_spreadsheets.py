"""Workbooks by a real writer."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import xlsxwriter

from tests.privacy.readers.planted import REAL, TWIN, places


def test_every_sheet_hidden_ones_too(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, value in (("One", TWIN), ("Two", REAL), ("Hidden", REAL)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "mail"])
            sheet.write_row(1, 0, [1, TWIN])
            sheet.write_row(2, 0, [2, value])
        sheet.hide()
    assert places(path) == [("#Two", "mail", 1, None), ("#Hidden", "mail", 1, None)]


def test_a_workbook_without_its_suffix_is_still_one(tmp_path: Path) -> None:
    pl.DataFrame({"mail": [REAL]}).write_excel(tmp_path / "x.xlsx")
    (tmp_path / "x.xlsx").rename(tmp_path / "attachment")
    assert places(tmp_path / "attachment") == [("#Sheet1", "mail", 0, None)]
