"""One cell of a workbook as the text that a CSV file would hold of it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from openpyxl.utils.datetime import from_excel

from service.schemes.problem import Unfit
from service.schemes.reading.encoding import not_text

MOST_DIGITS = 15
"""A spreadsheet keeps no more of a number."""
_ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')
"""Parts of a format that stand for themselves, for a colour or for a gap."""
_YEAR, _DAY, _TIME, _PADDED = re.compile(r"[yYeE]"), re.compile(r"[dD]"), re.compile(r"[hHsS]"), re.compile(r"0{2,}")
_CHINESE = {
    **dict.fromkeys((27, 36, 50, 52, 57), "yyyy年m月"), **dict.fromkeys((28, 29, 51, 53, 54, 58), "m月d日"),
    30: "m-d-yy", 31: "yyyy年m月d日", **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm"),
}  # fmt: skip
"""Formats that a Chinese spreadsheet names by number without writing them down (ECMA-376 part 1, 18.8.30)."""


class Unreadable(Unfit):
    """What a cell should hold instead, in Chinese and English."""


def text_of(cell: Any) -> str:
    """The text of a cell, "" for an empty one. Raises Unreadable."""
    value, shown = cell.value, _format(cell)
    if value is None:
        return ""
    if cell.data_type == "e":
        raise Unreadable(
            f"单元格是错误值 {value}，请改为应有的内容", f"the cell is the error {value}: write what it should be"
        )
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, (int, float)) and shown in _CHINESE.values():
        value = from_excel(value, cell.parent.parent.epoch)
    if isinstance(value, (int, float)):
        return _number(value, shown)
    if isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta)):
        return _date(value, shown)
    raise Unreadable("单元格是公式，请改为数值或文字", "the cell is a formula: paste its value instead")


def _format(cell: Any) -> str:
    """How a cell is shown, without what stands in it as plain text."""
    if cell.value is None or isinstance(cell.value, str):
        return ""
    known = _CHINESE.get(cell.style_array.numFmtId)
    return known or _ASIDE.sub("", str(cell.number_format)).partition(";")[0]


def _plain(text: str) -> str:
    """A text as it was typed; a return within a cell is one line break."""
    said = text.replace("_x000D_", "").replace("\r\n", "\n")
    if (place := not_text(said)) is not None:
        raise Unreadable(
            f"含有不是文字的字符 U+{ord(said[place]):04X}", f"U+{ord(said[place]):04X} is no text: delete it"
        )
    return said


def _number(value: float, shown: str) -> str:
    """Exactly as it was typed: a binary number of fifteen digits stands for one decimal only."""
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{MOST_DIGITS}g}")
    if not number.is_finite() or not -MOST_DIGITS < number.adjusted() < MOST_DIGITS:
        zh = f"数字超过 {MOST_DIGITS} 位，表格软件不能完整保存，请将单元格设为文本后重新填写"
        en = f"a number of more than {MOST_DIGITS} digits, which no spreadsheet keeps: make the cell a text and write it again"
        raise Unreadable(zh, en)
    if "%" in shown:
        return f"{_written(number * 100)}%"
    if _PADDED.fullmatch(shown) and number == number.to_integral_value() and number >= 0:
        return _written(number).zfill(len(shown))
    return _written(number)


def _written(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")


def _date(value: dt.datetime | dt.date | dt.time | dt.timedelta, shown: str) -> str:
    """A day, or a day of every year where only those are shown: the year was made up by the spreadsheet then."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if (
        not isinstance(value, dt.date)
        or isinstance(value, dt.datetime)
        or _TIME.search(shown)
        or not _DAY.search(shown)
    ):
        zh = "日期应为年月日（2024-05-01）或月日（05-01），不带时间；请将单元格设为文本后重新填写"
        en = "a date is year, month and day (2024-05-01) or month and day (05-01): make the cell a text and write it so"
        raise Unreadable(zh, en)
    return value.isoformat() if _YEAR.search(shown) else value.strftime("%m-%d")
