"""A workbook is read as the CSV table that its user sees, or refused with the cell that is none of a table."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from service.schemes.problem import SchemeInvalid
from service.schemes.reading import package
from service.schemes.reading.table import Row, read_table
from tests.support.workbooks import SHEET, of_csv, patched, saved, workbook

COLUMNS = ("code", "title_zh")
OPTIONAL = ("points", "due")
HEAD = ["code", "title_zh", "points", "due"]
PLAIN = workbook([HEAD, ["A-1", "甲", 1, None]])


def read(content: bytes, ref: str = "t.xlsx", file: str = "t.xlsx") -> list[Row]:
    return read_table(ref, {file: content}, "/ref", COLUMNS, OPTIONAL)


def refusal(content: bytes, ref: str = "t.xlsx", file: str = "t.xlsx") -> str:
    """The complaint about a workbook, which is one, and is said in Chinese too."""
    with pytest.raises(SchemeInvalid) as caught:
        read(content, ref, file)
    (problem,) = caught.value.problems
    assert re.search("[一-鿿]", problem.zh)
    return str(caught.value)


def cell(value: Any, number_format: str = "General", column: str = "points") -> str:
    """What is read of one cell that shows its value so."""

    def shown(sheet: Worksheet) -> None:
        sheet.cell(2, 3).number_format = number_format

    return read(workbook([[*HEAD[:2], column], ["A-1", "甲", value]], shown))[0][column]


# ------------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (1, "General", "1"),
        (1.0, "General", "1"),
        (0.1, "General", "0.1"),
        (0.1 + 0.2, "General", "0.3"),
        (2.50, "0.00", "2.5"),
        (1234567.25, "#,##0.00", "1234567.25"),
        (100, "General", "100"),
        (-0.5, "General", "-0.5"),
        (0, "General", "0"),
        (123456789012345, "General", "123456789012345"),
        (0.00001, "0.00E+00", "0.00001"),
        (0.8, "0%", "80%"),
        (0.805, "0%", "80.5%"),
        (0.07, "0.00%", "7%"),
        (1, "0%;[Red]-0%", "100%"),
        (5, '0"%"', "5"),
        (7, "000", "007"),
        (7, "0", "7"),
        (True, "General", "TRUE"),
        ("0.10", "General", "0.10"),
        ("１２", "General", "12"),
        ("'3", "General", "3"),
    ],
)
def test_a_number_is_read_as_it_was_typed(value: Any, shown: str, text: str) -> None:
    assert cell(value, shown) == text


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (dt.date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
        (dt.date(2024, 5, 1), 'yyyy"年"m"月"d"日"', "2024-05-01"),
        (dt.date(2024, 5, 1), "[$-804]yyyy/m/d;@", "2024-05-01"),
        (dt.datetime.fromisoformat("2024-05-01"), "mm-dd-yy", "2024-05-01"),
        (dt.date(2025, 12, 31), "d-mmm", "12-31"),
        (dt.date(2025, 1, 31), 'm"月"d"日"', "01-31"),
    ],
)
def test_a_date_has_its_year_where_the_cell_shows_one(value: Any, shown: str, text: str) -> None:
    assert cell(value, shown, "due") == text


@pytest.mark.parametrize(("number", "text"), [(31, "2024-05-01"), (58, "05-01"), (57, None), (32, None)])
def test_the_formats_that_a_chinese_spreadsheet_does_not_write_down_are_dates(number: int, text: str | None) -> None:
    book = workbook(
        [HEAD, ["A-1", "甲", None, 45413]], lambda sheet: setattr(sheet.cell(2, 4), "number_format", "d-mmm")
    )
    chinese = patched(book, "xl/styles.xml", lambda part: part.replace(b'numFmtId="16"', b'numFmtId="%d"' % number))
    if text:
        assert read(chinese)[0]["due"] == text
    else:
        assert "t.xlsx:指标:2:4: a date is" in refusal(chinese)


def test_a_date_counts_from_1904_where_the_workbook_does() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (HEAD, ["A-1", "甲", None, dt.date(2024, 5, 1)]):
        book.worksheets[0].append(row)
    assert read(saved(book))[0]["due"] == "2024-05-01"


@pytest.mark.parametrize(
    ("value", "shown", "complaint"),
    [
        (dt.datetime.fromisoformat("2024-05-01T09:30"), "yyyy-mm-dd h:mm", "a date is year, month and day"),
        (dt.time(9, 30), "h:mm", "a date is"),
        (dt.timedelta(hours=30), "[h]:mm", "a date is"),
        (dt.date(2024, 5, 1), "mmm-yy", "a date is"),
        (1234567890123456, "General", "more than 15 digits"),
        (1e300, "General", "more than 15 digits"),
        (1e-20, "General", "more than 15 digits"),
        ("a\ue000b", "General", "U+E000 is no text"),
        ("=1+1", "General", "begins with '='"),
        ("'=1+1", "General", "begins with '='"),
        ("+cmd", "General", "begins with '+'"),
    ],
)
def test_what_no_table_can_say_is_refused_with_its_cell(value: Any, shown: str, complaint: str) -> None:
    with pytest.raises(SchemeInvalid, match=r"^t\.xlsx:指标:2:3: .*" + re.escape(complaint)):
        cell(value, shown)


def test_an_error_is_no_value() -> None:
    def failed(sheet: Worksheet) -> None:
        sheet.cell(2, 3).value, sheet.cell(2, 3).data_type = "#N/A", "e"

    assert "t.xlsx:指标:2:3: the cell is the error #N/A" in refusal(workbook([HEAD, ["A-1", "甲"]], failed))


@pytest.mark.parametrize("formula", ["=SUM(A1:B1)", "=1"])
def test_a_formula_is_refused_although_its_value_is_there(formula: str) -> None:
    book = workbook([HEAD, ["A-1", "甲", 1], ["A-2", "乙", 1]], lambda sheet: sheet.cell(3, 3, formula))
    assert "t.xlsx:指标:3:3: the cell is a formula" in refusal(book)
    known = patched(book, SHEET, lambda part: part.replace(b"<v />", b"<v>7</v>").replace(b"<v></v>", b"<v>7</v>"))
    assert b"<v>7</v>" in zipfile.ZipFile(io.BytesIO(known)).read(SHEET)
    assert "t.xlsx:指标:3:3: the cell is a formula" in refusal(known)


def test_a_text_keeps_its_line_breaks_its_digits_and_its_apostrophe_where_people_read_it() -> None:
    said = ["A-1", "一\r\n二", None, None]
    assert read(workbook([HEAD, said]))[0]["title_zh"] == "一\n二"
    assert read(workbook([HEAD, ["A-1", "一_x000D_\n二"]]))[0]["title_zh"] == "一\n二"
    assert read(workbook([HEAD, ["A-1", "'１２号'"]]))[0]["title_zh"] == "'１２号'"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5, allow_nan=False))
@settings(max_examples=60, deadline=None)
def test_every_decimal_that_is_typed_is_read_exactly(number: Decimal) -> None:
    typed = float(f"{number:.15g}")
    assert Decimal(cell(typed)) == number


# ------------------------------------------------------------------------------------------------- sheets


def test_rows_and_columns_that_were_emptied_are_none() -> None:
    def emptied(sheet: Worksheet) -> None:
        for row, column in ((2, 9), (500, 1), (3, 2)):
            sheet.cell(row, column).number_format = "0.00"
        sheet.cell(4, 1).value, sheet.cell(4, 1).data_type = "", "s"

    assert [row["code"] for row in read(workbook([HEAD, ["A-1", "甲"]], emptied))] == ["A-1"]


def test_a_row_left_empty_in_between_is_refused() -> None:
    assert "t.xlsx:指标:3: an empty row" in refusal(workbook([HEAD, ["A-1", "甲"], [], ["A-2", "乙"]]))


def test_a_cell_beside_the_table_is_refused() -> None:
    assert "t.xlsx:指标:2: 6 cells, not 4" in refusal(workbook([HEAD, ["A-1", "甲", 1, None, None, "x"]]))


def test_a_sheet_without_a_head_is_refused() -> None:
    assert "t.xlsx:指标:1: the columns must be code,title_zh" in refusal(workbook([]))
    assert "t.xlsx:指标:1: the columns must be" in refusal(workbook([["一览表"], HEAD]))


@pytest.mark.parametrize(("area", "place"), [("B2:B3", "2:2"), ("A1:B1", "1:1")])
def test_merged_cells_are_refused_with_their_area(area: str, place: str) -> None:
    book = workbook([HEAD, ["A-1", "甲"], ["A-2", None]], lambda sheet: sheet.merge_cells(area))
    assert f"t.xlsx:指标:{place}: {area} is merged" in refusal(book)


def test_merged_cells_below_the_table_are_none_of_it() -> None:
    assert read(workbook([HEAD, ["A-1", "甲"]], lambda sheet: sheet.merge_cells("A5:C7")))


def replacing(pattern: bytes, by: bytes) -> Callable[[bytes], bytes]:
    return lambda part: re.sub(pattern, by, part)


def sheets(*states: tuple[str, str]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, (name, state) in enumerate(states):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(HEAD)
        sheet.append([f"A-{number}", name])
    return saved(book)


def test_the_first_sheet_that_is_shown_is_read_unless_another_is_named() -> None:
    book = sheets(("说明", "hidden"), ("旧表", "veryHidden"), ("指标", "visible"), ("任务", "visible"))
    assert read(book)[0]["title_zh"] == "指标"
    assert read(book)[0].where == "t.xlsx:指标:2"
    assert read(book, "t.xlsx#任务")[0]["title_zh"] == "任务"
    assert "the sheet 说明 is hidden" in refusal(book, "t.xlsx#说明")
    assert "no sheet 别的; shown are: 指标、任务" in refusal(book, "t.xlsx#别的")


def test_a_sheet_named_like_a_number_is_no_line() -> None:
    assert read(sheets(("2", "visible")))[0].where == "t.xlsx:2:2"


def test_the_size_that_a_sheet_states_is_not_believed() -> None:
    for stated in (b"A1", b"A1:XFD1048576"):
        book = patched(PLAIN, SHEET, replacing(rb'(?<=<dimension ref=")[^"]*', stated))
        assert [dict(row)["code"] for row in read(book)] == ["A-1"]


def test_the_formulas_of_checks_and_colours_compute_no_cell() -> None:
    def checked(part: bytes) -> bytes:
        return part.replace(b"</worksheet>", b"<extLst><ext><f>Sheet2!A1</f></ext></extLst></worksheet>")

    assert read(patched(PLAIN, SHEET, checked))


@pytest.mark.filterwarnings("ignore:Workbook contains no")
def test_a_workbook_that_says_nothing_of_styles_is_read() -> None:
    bare = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    plain = patched(PLAIN, SHEET, replacing(rb' s="[0-9]+"', b""))
    assert read(patched(plain, "xl/styles.xml", lambda _: bare))[0]["points"] == "1"


# ------------------------------------------------------------------------------------------------- packages


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no XLSX that can be read"),
        (b"code,title_zh\n", "no XLSX that can be read"),
        (b"PK\x03\x04 and so on", "no XLSX that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old XLS, or locked"),
        (PLAIN[: len(PLAIN) // 2], "no XLSX that can be read"),
        (patched(PLAIN, "xl/vbaProject.bin"), "it holds macros"),
        (patched(PLAIN, "xl/macrosheets/sheet1.xml"), "it holds macros"),
        (patched(PLAIN, "xl/workbook.xml", lambda part: part[:50]), "no XLSX that can be read"),
        (patched(PLAIN, SHEET, lambda part: part.replace(b'r="A2"', b'r="A1"')), "no XLSX that can be read"),
        (patched(PLAIN, SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="9999999"')), "no XLSX that can be read"),
        (patched(PLAIN, SHEET, lambda part: part.replace(b'r="B2"', b'r="ZZZ2"')), "no XLSX that can be read"),
    ],
)  # fmt: skip
def test_what_is_no_sound_workbook_is_refused(content: bytes, complaint: str) -> None:
    assert complaint in refusal(content)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/other.bin"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_that_could_declare_entities_is_refused(part: str, encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'.replace(
        "?>", f' encoding="{encoding}"?>', 1
    )
    assert f"{part} declares a DOCTYPE" in refusal(patched(PLAIN, part, lambda _: bomb.encode(encoding)))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = patched(PLAIN, "xl/worksheets/sheet9.xml", lambda _: b"<a>" + b" " * 3 * 1024 * 1024 + b"</a>")
    assert len(bomb) < 20_000
    assert "parts, too much or too densely" in refusal(bomb)
    with monkeypatch.context() as limits:
        limits.setattr(package, "MOST_UNPACKED", 100)
        assert "parts, too much" in refusal(PLAIN)
    with monkeypatch.context() as limits:
        limits.setattr(package, "MOST_PARTS", 2)
        assert "parts, too much" in refusal(PLAIN)


def test_a_size_that_an_archive_states_too_small_is_not_unpacked_beyond_it() -> None:
    honest = io.BytesIO()
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 5_000_000)
    size = (5_000_000).to_bytes(4, "little")
    lying = honest.getvalue().replace(size, (100).to_bytes(4, "little"))
    assert lying != honest.getvalue()
    assert "no XLSX that can be read" in refusal(lying)


def test_a_table_that_is_too_long_or_too_wide_is_refused() -> None:
    far = workbook([HEAD], lambda sheet: sheet.cell(20_002, 1, "A-1"))
    assert "t.xlsx:指标:20002: more than 20000 rows" in refusal(far)
    wide = workbook([HEAD], lambda sheet: sheet.cell(2, 201, "x"))
    assert "t.xlsx:指标:1:201: more than 200 columns" in refusal(wide)


def test_a_locked_part_is_refused() -> None:
    locked = bytearray(PLAIN)
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := locked.find(mark, at + 1)) >= 0:
            locked[at + flags] |= 1
    assert "locked by a password" in refusal(bytes(locked))


# ------------------------------------------------------------------------------------------------- files


def test_a_workbook_stands_in_for_the_csv_table_and_the_reverse() -> None:
    table = b"code,title_zh\nA-1,a\n"
    assert read(of_csv(table), "t.csv", "t.xlsx")[0]["code"] == "A-1"
    assert read(table, "t.xlsx", "t.csv")[0]["code"] == "A-1"
    with pytest.raises(SchemeInvalid, match=r"t\.csv and t\.xlsx are one table: keep one"):
        read_table("t.csv", {"t.csv": table, "t.xlsx": of_csv(table)}, "/ref", COLUMNS)


@pytest.mark.parametrize("suffix", [".xlsm", ".xlsb", ".xls", ".ods", ".et"])
def test_another_spreadsheet_is_refused_by_its_name(suffix: str) -> None:
    assert f"t{suffix}: not read: save it as .xlsx without macros" in refusal(PLAIN, "t.csv", f"t{suffix}")


def test_a_workbook_that_is_called_csv_is_told_its_name() -> None:
    assert "this is XLSX: save it as UTF-8 or GB18030 text, or a table as .xlsx" in refusal(PLAIN, "t.csv", "t.csv")


def edited(change: Callable[[list[list[Any]]], None]) -> str:
    rows: list[list[Any]] = [[*HEAD], ["A-1", "甲", 1, None], ["A-2", "乙", 2, None]]
    change(rows)
    return refusal(workbook(rows))


def test_both_kinds_of_table_are_read_alike_once_their_cells_are_text() -> None:
    assert "t.xlsx:指标:1: the columns must be" in edited(lambda rows: rows[0].__setitem__(0, "kode"))
    assert "t.xlsx:指标:3:2: the cell title_zh is a formula" in edited(lambda rows: rows[2].__setitem__(1, "@SUM"))
    csv = b"code,title_zh,points,due,,\nA-1,a,1,,,\n,,,,,\n,,,,,\n"
    assert [dict(row) for row in read(csv, "t.csv", "t.csv")] == [
        {"code": "A-1", "title_zh": "a", "points": "1", "due": "", "mark": ""}
    ]
