"""Files that are no scheme are refused with file, line and reason."""

import csv
import io
import re
from collections.abc import Callable

import pytest

from service.schemes import loader
from service.schemes.problem import SchemeInvalid
from tests.support.schemes import REFERENCE, edited, files, refused


def test_a_duplicate_key_is_refused_with_its_line() -> None:
    assert re.search(r"scheme.yaml:\d+:1: duplicate key key", refused(edited("version: 1.0.0", "key: again")))


def test_a_document_that_explodes_when_aliases_are_expanded_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 50000 nodes" in refused(files(scheme="\n".join(rows)))


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert "contains itself" in refused(files(scheme="a: &a [*a]"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x" * (1024 * 1024 + 1), "1048577 bytes; a definition has at most 1048576"),
        ("a: [" + "x, " * 60_000 + "x]", "more than 50000 nodes"),
        ("- a list", "not a mapping"),
        ("", "not a mapping"),
        ("key: [", "scheme.yaml:"),
        ("a: " + "[" * 3000, "scheme.yaml"),
        ("when: 2024-02-30", "cannot be read"),
        ("? [a]\n: b", "a key must be text"),
        ("a: !!python/object/apply:os.system [ls]", "scheme.yaml:1:4: the tag"),
        ("a: !!timestamp x", "scheme.yaml:1:4: the tag"),
        ("a: !!bool maybe", "scheme.yaml:1:4: the tag"),
        ('a: !!int ""', "scheme.yaml:1:4: the tag"),
        ("a: !!int 1:1:1:1", "scheme.yaml:1:4: the tag"),
        ("a: !local x", "scheme.yaml:1:4: the tag"),
    ],
)
def test_what_is_not_a_plain_document_is_refused(text: str, complaint: str) -> None:
    assert complaint in refused(files(scheme=text))


def test_an_upload_of_ten_megabytes_is_refused_with_its_size_before_anything_is_read() -> None:
    complaint = refused(files() | {"more.csv": b"x" * 10 * 1024 * 1024})
    assert re.search(r"\d{8} bytes, more than the limit of 10485760 \(10 MB\)", complaint)


def test_text_is_read_as_utf8_with_or_without_a_mark_and_as_gb18030() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        given = {name: content.decode().encode(encoding) for name, content in files().items()}
        assert loader.read_files(given) == REFERENCE


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("键: 值".encode("utf-16"), "this is UTF-16"),
        (b"PK\x03\x04 and so on", "this is XLSX"),
        (b"key: a\nname: \xff\xff\n", "scheme.yaml:2: neither UTF-8 nor GB18030 at byte 13"),
        (b"key: a\x07\n", "scheme.yaml:1:7: U+0007 is no text"),
        ("key: \ue000\n".encode(), "scheme.yaml:1:6: U+E000 is no text"),
    ],
)
def test_any_other_encoding_is_refused_with_its_place(content: bytes, complaint: str) -> None:
    assert complaint in refused(files() | {"scheme.yaml": content})


@pytest.mark.req("QH-17a")
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("trial: true", "trail: true", "/trail"),
        ("presence: required", "presence: sometimes", "/tracks/0/stages/0/presence"),
        ("step: 0.1", "step: .inf", "/scoring/step"),
        ('due: "01-31"', 'due: "02-30"', "/annual_report/due"),
        ("share: 0.90", "share: 1.5", "/tracks/0/attainment_min/share"),
        ("days: 5  ", "days: 0  ", "/publicity/days"),
        ("version: 1.0.0", "version: one", "/version"),
    ],
)
def test_a_field_that_does_not_fit_the_schema_is_refused_at_its_place(old: str, new: str, path: str) -> None:
    with pytest.raises(SchemeInvalid) as caught:
        loader.read_files(edited(old, new))
    assert path in [one.path for one in caught.value.problems]


def test_a_definition_that_is_nested_without_end_is_refused_as_one() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(SchemeInvalid, match="nested too deeply"):
        loader.load(loader.dump(REFERENCE) | {"tracks": deep})


def test_a_binary_number_is_refused() -> None:
    definition = loader.dump(REFERENCE)
    definition["scoring"]["step"] = 0.1
    with pytest.raises(SchemeInvalid, match="not a binary number"):
        loader.load(definition)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (lambda: edited("code,kind", "kode,kind", "indicators"), "indicators.csv:1: the columns must be"),
        (lambda: edited("code,kind", "code,code", "indicators"), "csv:1: the columns"),
        (lambda: edited(",1,yes\n", ",1,yes,more\n", "indicators"), "10 cells, not 9"),
        (lambda: edited(",1,yes\n", ",1,perhaps\n", "indicators"), "yes or no"),
        (lambda: edited("补充项", "其他项", "indicators"), "another title"),
        (lambda: edited("ref: indicators.csv", "ref: ../indicators.csv"), "no table"),
        (lambda: {"indicators.csv": b""}, "the definition is missing"),
        (lambda: files(indicators=""), "must be code,"),
        (lambda: edited("Approval-item list online", '"no end', "indicators"), "not CSV"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(given: Callable[[], dict[str, bytes]], complaint: str) -> None:
    assert complaint in refused(given())


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", " =1", "\t=1", "＝1", "=", "-1", "-0.5", "=;>=;<="]
)
def test_a_cell_that_a_spreadsheet_would_carry_out_is_refused_with_line_and_column(cell: str) -> None:
    given = edited("Approval-item list online", cell, "indicators")
    if cell in ("=", "-1", "-0.5", "=;>=;<="):  # a number, and operators without anything to work on
        assert loader.read_files(given).indicator_system.indicators[0].title.en == cell
    else:
        assert "indicators.csv:2:4: the cell title_en is a formula" in refused(given)


def test_a_row_is_named_by_its_line_although_cells_before_it_have_several() -> None:
    several = edited("Approval-item list online", '"two\nlines"', "indicators")
    text = several["indicators.csv"].decode().replace("No disguised approvals", "=1", 1)
    assert "indicators.csv:4:4" in refused(several | {"indicators.csv": text.encode()})


def test_a_table_has_its_columns_in_any_order_and_a_mark_if_it_likes() -> None:
    turned = io.StringIO()
    for number, row in enumerate(csv.reader(files()["indicators.csv"].decode().splitlines())):
        csv.writer(turned).writerow([*reversed(row), "D" if number else "mark"])
    scheme = loader.read_files(files(indicators=turned.getvalue()))
    assert scheme.indicator_system == REFERENCE.indicator_system
    assert scheme.basis["/indicator_system/indicators/PDS-I01"].articles == ("PDS-I01",)


def test_a_table_with_too_many_rows_is_refused() -> None:
    row = files()["indicators.csv"].decode().splitlines()[1]
    head = files()["indicators.csv"].decode().splitlines()[0]
    assert "more than 20000 rows" in refused(files(indicators="\n".join([head, *[row] * 20_001])))
