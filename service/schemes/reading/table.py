"""CSV tables as a scheme needs them: known columns, whole rows, and no cell that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.encoding import read_text

MOST_ROWS = 20_000
MARK = "mark"
"""On what a row rests; any table may have this column."""
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HARMLESS = re.compile(r"-\d+(\.\d+)?|([=<>;|!]|trend_up|trend_down)+")
"""A negative number, and a list of operators: nothing in them can be carried out."""


class Row(dict[str, str]):
    """One row of a table: column to cell, and the line on which it begins."""

    line: int = 0


def read_csv(name: str, content: bytes, columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Row]:
    """Rows of a CSV table with these columns, in any order. Raises SchemeInvalid.

    A column that may be missing and is has an empty cell in each row.
    """
    reader = csv.reader(io.StringIO(read_text(name, content), newline=""), strict=True)
    found: list[Row] = []
    before = 0
    head: list[str] | None = None
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if head is None:
                head = _head(name, cells, columns, (*optional, MARK))
                continue
            if len(cells) != len(head):
                zh, en = f"有 {len(cells)} 列，表头为 {len(head)} 列", f"{len(cells)} cells, not {len(head)}"
                raise SchemeInvalid(Problem(f"{name}:{line}", zh, en, FORM))
            _no_formula(name, line, head, cells)
            row = Row(dict.fromkeys((*optional, MARK), "") | dict(zip(head, cells, strict=True)))
            row.line = line
            found.append(row)
            if len(found) > MOST_ROWS:
                zh, en = f"表格超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows"
                raise SchemeInvalid(Problem(f"{name}:{line}", zh, en, FORM))
    except csv.Error as error:
        raise SchemeInvalid(Problem(f"{name}:{before + 1}", "CSV 格式错误", f"not CSV: {error}", FORM)) from None
    if head is None:
        _head(name, [], columns, ())
    return found


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
