"""Workbooks for tests: from the rows of a CSV table, from cells as a spreadsheet types them, or from parts of XML."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"


def as_it_is(_: Worksheet) -> None:
    """Nothing is changed."""


def workbook(rows: Iterable[Iterable[Any]], change: Callable[[Worksheet], object] = as_it_is) -> bytes:
    """One sheet named 指标 with these cells: a text stays a text, whatever it looks like."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "指标"
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    change(sheet)
    return saved(book)


def of_csv(content: bytes, change: Callable[[Worksheet], object] = as_it_is) -> bytes:
    """The same table as a workbook; an empty cell is none."""
    table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return workbook(([cell or None for cell in row] for row in table), change)


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def patched(book: bytes, part: str, change: Callable[[bytes], bytes] = lambda content: content) -> bytes:
    """The workbook with one of its parts changed, or added."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    return written.getvalue()
