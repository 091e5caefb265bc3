"""Every table of a scheme may be a workbook: the scheme is the same one, its places are told, a draft takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.scheme_views import faults
from service.schemes import loader
from service.schemes.problem import Problem, SchemeInvalid
from service.schemes.reading.places import Place, place_of
from service.schemes.reading.replacing import ROWS, replaced
from service.schemes.validation.validator import problems
from tests.support.schemes import REFERENCE, files
from tests.support.workbooks import of_csv, workbook

TABLES = {"indicators": "indicators.csv", "tasks": "tasks.csv", "obligations": "obligations.csv"}
every_programme = pytest.mark.parametrize("key", loader.shipped())


def as_workbooks(given: dict[str, bytes]) -> dict[str, bytes]:
    """The same upload, every table of it a workbook."""
    return {
        name.replace(".csv", ".xlsx"): of_csv(content) if name.endswith(".csv") else content
        for name, content in given.items()
    }


@every_programme
def test_a_programme_with_workbooks_is_the_same_to_its_hash(key: str) -> None:
    given = as_workbooks(loader.files_in(loader.shipped_folder(key)))
    assert not [name for name in given if name.endswith(".csv")]
    scheme = loader.read_files(given)
    assert loader.dump(scheme) == loader.dump(loader.shipped_scheme(key))
    assert loader.content_hash(scheme) == loader.content_hash(loader.shipped_scheme(key))


@every_programme
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_draft_whose_table_is_replaced_by_its_own_stays_as_it_is(key: str, kind: str) -> None:
    before = loader.dump(loader.shipped_scheme(key))
    given = loader.files_in(loader.shipped_folder(key))
    for table, file in TABLES.items():
        if file in given:
            content = of_csv(given[file]) if kind == "xlsx" else given[file]
            after = replaced(before, table, f"{table} 2024.{kind}", content).definition
            assert loader.dump(loader.load(after)) == before


def test_a_folder_is_read_with_its_workbooks_and_without_the_locks_of_a_spreadsheet(tmp_path: Path) -> None:
    for name, content in as_workbooks(files()).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "~$indicators.xlsx").write_bytes(b"locked")
    (tmp_path / "notes.docx").write_bytes(b"of no interest")
    assert loader.read_folder(tmp_path) == REFERENCE
    (tmp_path / "indicators.xlsx").rename(tmp_path / "indicators.xlsm")
    with pytest.raises(SchemeInvalid, match=r"indicators\.xlsm: not read"):
        loader.read_folder(tmp_path)


# ------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/indicator_system/indicators/0/code", Place("indicators.xlsx", 2, 1, "指标")),
        ("/indicator_system/indicators/PDS-I02/title/en", Place("indicators.xlsx", 3, 4, "指标")),
        ("/indicator_system/indicators/2/max_points", Place("indicators.xlsx", 4, 8, "指标")),
        ("indicators.xlsx:指标:12:3", Place("indicators.xlsx", 12, 3, "指标")),
        ("indicators.xlsx:2:12:3", Place("indicators.xlsx", 12, 3, "2")),
        ("indicators.xlsx", Place("indicators.xlsx")),
    ],
)
def test_a_complaint_leads_to_sheet_row_and_column(pointer: str, place: Place) -> None:
    assert place_of(pointer, as_workbooks(files())) == place


def test_a_place_in_a_workbook_is_written_with_its_sheet() -> None:
    assert str(Place("a.xlsx", 2, 3, "指标")) == "a.xlsx:指标:2:3"
    (said,) = faults([Problem("a.xlsx:指标:2:3", "有误", "wrong", "QH-17a")], {"a.xlsx": b""})
    assert (said["file"], said["sheet"], said["line"], said["column"]) == ("a.xlsx", "指标", 2, 3)


def test_an_obligation_has_its_line() -> None:
    table = "rule,by,title_zh,title_en\nQH-02a,authority,甲,a\nQH-02b,authority,乙,b\n".encode()
    for given in (files() | {"obligations.csv": table}, files() | {"obligations.xlsx": of_csv(table)}):
        assert place_of("/obligations/1/by", given).line == 3
        assert place_of("/obligations/QH-02a/by", given).column == 2


# ------------------------------------------------------------------------------------------------- replacing

HEAD = ["code", "kind", "title_zh", "title_en", "group", "group_zh", "methods", "max_points", "provisional", "mark"]


def row(code: str, group: str, group_zh: str = "", points: Any = 1, mark: str = "") -> list[Any]:
    return [code, "indicator", f"{code} 项", code, group, group_zh, "exam", points, "no", mark]


def drafted() -> dict[str, Any]:
    return loader.dump(REFERENCE)


def test_the_rows_of_a_file_take_the_place_of_all_that_were_there_with_their_marks() -> None:
    before = drafted()
    known = before["indicator_system"]["groups"][0]
    before["basis"]["/indicator_system/indicators/PDS-I01"] = {"mark": "D", "articles": ["PDS-I01"], "note": ""}
    made = replaced(
        before,
        "indicators",
        "省表.xlsx",
        workbook([HEAD, row("N-1", known["id"]), row("N-2", "Z", "新组", 2.5, "D 第九条")]),
    )
    scheme = loader.load(made.definition)
    system = scheme.indicator_system
    assert [(one.code, str(one.max_points)) for one in system.indicators] == [("N-1", "1"), ("N-2", "2.5")]
    assert [(one.id, one.title.zh) for one in system.groups] == [(known["id"], known["title"]["zh"]), ("Z", "新组")]
    assert system.groups[0].title.en == known["title"]["en"]
    assert system.ref == REFERENCE.indicator_system.ref
    marked = {at: said.articles for at, said in scheme.basis.items() if at.startswith("/indicator_system/indicators/")}
    assert marked == {"/indicator_system/indicators/N-2": ("第九条",)}
    rest = {name for name in before if before[name] != loader.dump(scheme)[name]}
    assert rest == {"indicator_system", "basis"}


def test_what_the_scheme_says_of_the_number_and_the_sum_of_the_items_is_compared_with_the_new_rows() -> None:
    made = replaced(drafted(), "indicators", "t.xlsx", workbook([HEAD, row("N-1", "A", "组"), row("N-1", "A", "组")]))
    found = problems(loader.load(made.definition))
    assert {"/indicator_system/item_count", "/scoring/max", "/indicator_system/indicators"} <= {
        one.path for one in found
    }


def test_a_wrong_cell_is_told_with_its_sheet_row_and_column_although_no_definition_came_along() -> None:
    made = replaced(
        drafted(), "indicators", "t.xlsx", workbook([HEAD, row("N-1", "A", "组"), row("N-2", "A", "组", "ten")])
    )
    with pytest.raises(SchemeInvalid) as caught:
        loader.load(made.definition)
    (said,) = faults(caught.value.problems, made.files, made.refs)
    assert (said["file"], said["sheet"], said["line"], said["column"]) == ("t.xlsx", "指标", 3, 8)
    elsewhere = faults([Problem("/scoring/max", "不等", "differs", "QH-11a")], made.files, made.refs)
    assert "file" not in elsewhere[0]


def test_a_group_may_lie_below_one_that_only_the_draft_has() -> None:
    before = drafted()
    title = {"zh": "组", "en": "group"}
    before["indicator_system"]["groups"] = [
        {"id": "TOP", "title": title, "parent": None}, {"id": "LOW", "title": title, "parent": "TOP"},
        {"id": "GONE", "title": title, "parent": None},
    ]  # fmt: skip
    before["basis"]["/indicator_system/groups/GONE"] = {"mark": "C", "articles": [], "note": ""}
    made = replaced(
        before, "indicators", "t.csv", ",".join(HEAD).encode() + b"\n" + ",".join(map(str, row("N-1", "LOW"))).encode()
    )
    assert [one["id"] for one in made.definition["indicator_system"]["groups"]] == ["TOP", "LOW"]
    assert "/indicator_system/groups/GONE" not in made.definition["basis"]


def test_a_file_is_known_by_its_name_and_a_plan_is_needed_for_tasks() -> None:
    for table, name, complaint in (
        ("indicators", "t.xlsm", "a table is a .csv or an .xlsx without macros"),
        ("obligations", "t", "a table is a .csv or an .xlsx without macros"),
        ("tasks", "t.csv", "no action plan"),
    ):
        with pytest.raises(SchemeInvalid, match=complaint):
            replaced(drafted(), table, name, b"")
    assert set(ROWS) == set(TABLES)


def test_strange_names_of_files_do_not_lead_astray() -> None:
    table = files()["indicators.csv"]
    for name in ("../a/指标#2.csv", "a:b.CSV", "#.csv"):
        assert loader.dump(loader.load(replaced(drafted(), "indicators", name, table).definition)) == drafted()
