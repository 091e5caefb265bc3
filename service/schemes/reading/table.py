"""Tables as a scheme needs them: known columns, whole rows, and no cell that a spreadsheet would carry out.

A table is a CSV file or a sheet of a workbook; once its cells are text, both are read alike.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple

from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.encoding import read_text
from service.schemes.reading.workbook import rows_of

MOST_ROWS = 20_000
MARK = "mark"
"""On what a row rests; any table may have this column."""
CSV, XLSX = ".csv", ".xlsx"
OTHERS = (".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".ods", ".et")
"""Spreadsheets that are not read: with macros, or in another format."""
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HARMLESS = re.compile(r"-\d+(\.\d+)?%?|([=<>;|!]|trend_up|trend_down)+")
"""A negative number, and a list of operators: nothing in them can be carried out."""
_WORDS = re.compile(r".*_(zh|en)|name|notes?|offices|attestation|mark")
"""Columns that people read. The others are code: how their digits are typed makes no difference."""
_TYPED = str.maketrans("０１２３４５６７８９", "0123456789")


class Row(dict[str, str]):
    """One row of a table: column to cell, and where it stands (`indicators.csv:3`, `indicators.xlsx:Sheet1:3`)."""

    line: int = 0
    where: str = ""


class Source(NamedTuple):
    """What a table is read from: how places call it, and its rows as text with the line on which each begins."""

    name: str
    rows: Iterator[tuple[int, list[str]]]


def file_of(ref: str, files: Mapping[str, bytes]) -> str | None:
    """The file of a table among those given: itself, or a workbook in the place of the CSV file and the reverse.

    None where there is none. `book.xlsx#sheet` names a sheet. Raises SchemeInvalid for two, and for other spreadsheets.
    """
    path = PurePath(ref.partition("#")[0])
    stem = str(path).removesuffix(path.suffix)
    same = dict.fromkeys([str(path), stem + CSV, stem + XLSX] if path.suffix in (CSV, XLSX) else [str(path)])
    found = [one for one in same if one in files]
    if len(found) > 1:
        zh, en = f"{'、'.join(found)} 是同一张表，只留一个", f"{' and '.join(found)} are one table: keep one of them"
        raise SchemeInvalid(Problem(found[-1], zh, en, FORM))
    for other in (stem + suffix for suffix in OTHERS):
        if not found and other in files:
            zh, en = (
                "不读取这种表格文件（含宏或其他格式），请另存为 .xlsx 或 CSV",
                "not read: save it as .xlsx without macros, or as CSV",
            )
            raise SchemeInvalid(Problem(other, zh, en, FORM))
    return found[0] if found else None


def source_of(ref: str, files: Mapping[str, bytes]) -> Source:
    """The cells of a table that `file_of` has found. Raises SchemeInvalid, also while the rows are read."""
    file = file_of(ref, files)
    assert file is not None
    if file.endswith(XLSX):
        return Source(*rows_of(file, files[file], ref.partition("#")[2], MOST_ROWS))
    return Source(file, _csv(file, files[file]))


def read_table(
    ref: str, files: Mapping[str, bytes], at: str, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[Row]:
    """Rows of the table that a definition names at the pointer `at`. Raises SchemeInvalid.

    Looked up among the files given, never opened as a path. A column that may be missing and is has empty cells.
    """
    if file_of(ref, files) is None:
        raise SchemeInvalid(Problem(at, f"缺少表格 {ref}", f"no table {ref}", FORM))
    return _read(source_of(ref, files), columns, optional)


def read_csv(name: str, content: bytes, columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Row]:
    """Rows of one CSV table with these columns, in any order. Raises SchemeInvalid."""
    return _read(Source(name, _csv(name, content)), columns, optional)


def _csv(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(read_text(name, content), newline=""), strict=True)
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            yield line, cells
    except csv.Error as error:
        raise SchemeInvalid(Problem(f"{name}:{before + 1}", "CSV 格式错误", f"not CSV: {error}", FORM)) from None


def _read(source: Source, columns: tuple[str, ...], optional: tuple[str, ...]) -> list[Row]:
    name, rows = source
    head = _head(name, _without_end(next(rows, (1, []))[1]), columns, (*optional, MARK))
    empty = dict.fromkeys((*optional, MARK), "")
    found: list[Row] = []
    gap = 0
    for line, cells in rows:
        if not any(cells):  # spreadsheets write rows that were emptied, down to the last one
            gap = gap or line
            continue
        if gap:
            raise SchemeInvalid(Problem(f"{name}:{gap}", "空行，请删除", "an empty row: delete it", FORM))
        found.append(_row(name, line, head, cells, empty))
        if len(found) > MOST_ROWS:
            zh, en = f"表格超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows"
            raise SchemeInvalid(Problem(f"{name}:{line}", zh, en, FORM))
    return found


def _row(name: str, line: int, head: list[str], cells: list[str], empty: dict[str, str]) -> Row:
    if len(cells) > len(head) and not any(cells[len(head) :]):
        cells = cells[: len(head)]
    if len(cells) != len(head):
        zh, en = f"有 {len(cells)} 列，表头为 {len(head)} 列", f"{len(cells)} cells, not {len(head)}"
        raise SchemeInvalid(Problem(f"{name}:{line}", zh, en, FORM))
    _no_formula(name, line, head, cells)
    read = [_as_typed(column, cell) for column, cell in zip(head, cells, strict=True)]
    _no_formula(name, line, head, read)
    row = Row(empty | dict(zip(head, read, strict=True)))
    row.line, row.where = line, f"{name}:{line}"
    return row


def _without_end(cells: list[str]) -> list[str]:
    """A head without the empty cells behind it."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _as_typed(column: str, cell: str) -> str:
    """In a column of code: digits of full width are digits, and the apostrophe that makes a number a text goes."""
    return cell if _WORDS.fullmatch(column) else cell.removeprefix("'").translate(_TYPED)


def _head(name: str, cells: list[str], columns: tuple[str, ...], optional: tuple[str, ...]) -> list[str]:
    twice = [cell for cell, count in Counter(cells).items() if count > 1]
    if twice or not set(columns) <= set(cells) <= {*columns, *optional}:
        said = ",".join(columns) + (f"（{','.join(optional)}）" if optional else "")
        en = f"the columns must be {','.join(columns)}" + (f", and may be {','.join(optional)}" if optional else "")
        raise SchemeInvalid(Problem(f"{name}:1", f"表头应为 {said}", en, FORM))
    return cells


def _no_formula(name: str, line: int, head: list[str], cells: list[str]) -> None:
    """A table is opened in spreadsheets, where such a cell would be computed."""
    for number, (column, cell) in enumerate(zip(head, cells, strict=True), 1):
        if _FORMULA.match(cell.lstrip(" ")) and not _HARMLESS.fullmatch(cell.strip(" ")):
            zh = f"{column} 列是公式（以 {cell.lstrip()[:1]!r} 开头），请改为文字"
            en = f"the cell {column} is a formula (it begins with {cell.lstrip(' ')[:1]!r}): write it as text"
            raise SchemeInvalid(Problem(f"{name}:{line}:{number}", zh, en, FORM))
