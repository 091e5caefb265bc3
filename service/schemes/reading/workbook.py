"""The rows of a sheet as the text that a CSV file of it would hold. What a table cannot say is refused with its cell.

Read are values that somebody typed: no formula, no merged cell, no hidden sheet. A number is read as it was typed
(fifteen digits are what a spreadsheet keeps), a share as `80%`, a date as `2024-05-01` and one without its year as
`05-01`; what else a format shows around a number is no part of it.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.cells import Unreadable, text_of
from service.schemes.reading.package import UNREADABLE, no_workbook, sound

MOST_CELLS_WIDE = 200
MOST_OF_A_SHEET = (1_048_576, 16_384)
"""Rows and columns of any sheet there is."""
_SHEET = re.compile(r"[^:\\/?*\[\]\x00-\x1f]{1,100}")
_AT = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_HOLDS = frozenset({"v", "is", "f"})
BROKEN = (
    *UNREADABLE, InvalidFileException, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError,
    SyntaxError,
)  # fmt: skip
"""What openpyxl ends with on a file that is none of the kind; SyntaxError is that of its XML."""
# It tells on the error stream what it leaves out: pictures, checks of input, colours. No table needs them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


@dataclass
class _Seen:
    """What stands where in the XML of a sheet."""

    row: int = 0
    column: int = 0
    last: tuple[int, int] = (0, 0)
    """The last row and the last column that hold anything."""
    formula: tuple[int, int] | None = None
    merged: list[str] = field(default_factory=list)


def rows_of(file: str, content: bytes, sheet: str, most_rows: int) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """A sheet as places call it (`file:sheet`), and its rows with their numbers, as far down as anything stands.

    `sheet` is its name; "" = the first that is not hidden. Raises SchemeInvalid, also while the rows are read.
    """
    archive = sound(file, content)
    try:
        reader = ExcelReader(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        reader.read()
        name, path = _chosen(file, reader, sheet)
        called = f"{file}:{name}"
        depth, width = _inspected(called, archive, path, most_rows)
    except SchemeInvalid:
        raise
    except BROKEN as error:
        raise no_workbook(file) from error
    return called, _rows(called, reader, name, depth, width)


def _rows(called: str, reader: ExcelReader, name: str, depth: int, width: int) -> Iterator[tuple[int, list[str]]]:
    if not depth:
        return
    try:
        cells: Any = reader.wb[name]
        # What stands behind the last row (checks, colours, extensions) is not even looked at.
        for row, found in enumerate(islice(cells.iter_rows(max_row=depth, max_col=width), depth), 1):
            yield row, [_text(f"{called}:{row}:{column}", cell) for column, cell in enumerate(found, 1)]
    except SchemeInvalid:
        raise
    except BROKEN as error:
        raise no_workbook(called) from error
    finally:
        reader.archive.close()


def _text(place: str, cell: Any) -> str:
    try:
        return text_of(cell)
    except Unreadable as error:
        raise SchemeInvalid(Problem(place, error.zh, error.en, FORM)) from None


def _chosen(file: str, reader: ExcelReader, wanted: str) -> tuple[str, str]:
    """Name and path of the sheet that is asked for, or of the first that is shown."""
    sheets = [
        (str(s.name), s.state, r.target) for s, r in reader.parser.find_sheets() if "chartsheet" not in str(r.Type)
    ]
    if strange := [name for name, _, _ in sheets if not _SHEET.fullmatch(name)]:
        zh, en = f"工作表名称有误：{strange[0][:40]!r}", f"no sound name of a sheet: {strange[0][:40]!r}"
        raise SchemeInvalid(Problem(file, zh, en, FORM))
    shown = [name for name, state, _ in sheets if state == "visible"]
    name = wanted or next(iter(shown), "")
    if name not in shown:
        hidden = any(name == one for one, _, _ in sheets)
        listed = "、".join(shown) or "-"
        zh = f"工作表“{name}”已隐藏，请先取消隐藏" if hidden else f"没有工作表“{name}”，可见的有：{listed}"
        en = f"the sheet {name} is hidden: show it first" if hidden else f"no sheet {name}; shown are: {listed}"
        raise SchemeInvalid(Problem(file, zh, en, FORM))
    return next((one, path) for one, _, path in sheets if one == name)


def _inspected(called: str, archive: zipfile.ZipFile, path: str, most_rows: int) -> tuple[int, int]:
    """The last row and column that hold anything, once nothing was found that a table cannot say.

    Not by what the sheet states of its size, which may be wrong. Rows and cells in order: others would be skipped.
    """
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda tag, given: _note(seen, tag.rpartition("}")[2], given)
    parser.EndElementHandler = lambda tag: _end(seen, tag.rpartition("}")[2])
    with archive.open(path) as source:
        parser.ParseFile(source)
    depth, width = seen.last
    if depth > most_rows + 1:
        zh, en = f"表格超过 {most_rows} 行", f"more than {most_rows} rows"
        raise SchemeInvalid(Problem(f"{called}:{depth}", zh, en, FORM))
    if width > MOST_CELLS_WIDE:
        zh, en = f"表格超过 {MOST_CELLS_WIDE} 列", f"more than {MOST_CELLS_WIDE} columns"
        raise SchemeInvalid(Problem(f"{called}:1:{width}", zh, en, FORM))
    if seen.formula:
        row, column = seen.formula
        zh, en = (
            "单元格是公式，请改为数值或文字（复制后选择性粘贴为数值）",
            "the cell is a formula: paste its value instead",
        )
        raise SchemeInvalid(Problem(f"{called}:{row}:{column}", zh, en, FORM))
    for area in seen.merged:
        row, column = _place(area.partition(":")[0])
        if row <= depth and column <= width:
            zh = f"{area} 是合并单元格，请取消合并并在每一行写明"
            en = f"{area} is merged: separate it, and write the value in every row"
            raise SchemeInvalid(Problem(f"{called}:{row}:{column}", zh, en, FORM))
    return depth, width


def _note(seen: _Seen, tag: str, given: dict[str, str]) -> None:
    if tag == "row":
        _next_row(seen, int(given.get("r", seen.row + 1)))
    elif tag == "c":
        row, column = _place(given["r"]) if "r" in given else (seen.row, seen.column + 1)
        if row != seen.row or column <= seen.column:
            raise ValueError("cells out of order")
        seen.column = column
    elif tag in _HOLDS and seen.column:
        seen.last = max(seen.last[0], seen.row), max(seen.last[1], seen.column)
        if tag == "f":
            seen.formula = seen.formula or (seen.row, seen.column)
    elif tag == "mergeCell":
        seen.merged.append(given["ref"])


def _end(seen: _Seen, tag: str) -> None:
    """Behind the rows stand the rules of checks and colours, whose formulas compute no cell."""
    if tag == "sheetData":
        seen.column = 0


def _next_row(seen: _Seen, row: int) -> None:
    if not seen.row < row <= MOST_OF_A_SHEET[0]:
        raise ValueError("rows out of order")
    seen.row, seen.column = row, 0


def _place(written: str) -> tuple[int, int]:
    """Row and column of `B12`. Raises ValueError."""
    found = _AT.fullmatch(written)
    if found is None:
        raise ValueError(f"{written} is no cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > MOST_OF_A_SHEET[1]:
        raise ValueError(f"{written} lies beyond every sheet")
    return int(found[2]), column
