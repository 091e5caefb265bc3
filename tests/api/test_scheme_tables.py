"""The tables of a scheme over HTTP: imported as workbooks, and one of a draft replaced after a look at what alters."""

from __future__ import annotations

import io
import itertools
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from service.schemes import loader
from tests.support.cast import Cast
from tests.support.house import Caller
from tests.support.problems import problem
from tests.support.schemes import REFERENCE, files
from tests.support.workbooks import of_csv, saved, workbook

NUMBERS = itertools.count(100)
TABLE = files()["indicators.csv"]


@pytest.fixture
async def editor(cast: Cast) -> Caller:
    roles = ("scheme_editor", "region:cn"), ("scheme_approver", "region:cn")
    return await cast.place.person(f"table.editor{next(NUMBERS)}", *roles)


async def drafted(editor: Caller) -> tuple[str, str]:
    definition = {**loader.dump(REFERENCE), "key": f"tables{next(NUMBERS)}"}
    done = await editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    assert done.status_code == 201, done.text
    return done.json()["id"], done.headers["ETag"]


async def put(
    editor: Caller, scheme: str, content: bytes, name: str = "指标.xlsx", table: str = "indicators", **more: Any
) -> httpx.Response:
    headers = editor.headers()
    if "seen" in more:
        headers["If-Match"] = more.pop("seen")
    path = f"/api/v1/schemes/{scheme}/tables/{table}"
    return await editor.http.request("PUT", path, files={"file": (name, content)}, data=more, headers=headers)


def provincial(row: bytes, by: bytes) -> bytes:
    """The table in which one row says something else, as a workbook."""
    assert row in TABLE
    return of_csv(TABLE.replace(row, by, 1))


ROW = TABLE.splitlines()[2]
CODE, ENGLISH = (ROW.decode().split(",")[column] for column in (0, 3))
OTHER = ROW.replace(ENGLISH.encode(), b"Another wording")


@pytest.mark.req("QH-17a")
@pytest.mark.req("GAP-QH-19")
async def test_a_table_is_replaced_after_a_look_at_what_it_alters(editor: Caller) -> None:
    scheme, seen = await drafted(editor)
    preview = await put(editor, scheme, provincial(ROW, OTHER), dryRun="true")
    assert preview.status_code == 200, preview.text
    said = preview.json()
    assert [(one["how"], one["pointer"], one["old"], one["new"]) for one in said["changes"]] == [
        ("changed", f"/indicator_system/indicators/{CODE}/title/en", ENGLISH, "Another wording")
    ]
    assert (said["dryRun"], said["publishable"], said["problems"]) == (True, True, [])
    assert (await editor.get(f"/schemes/{scheme}")).headers["ETag"] == seen

    problem(await put(editor, scheme, provincial(ROW, OTHER)), "precondition", 428)
    problem(await put(editor, scheme, provincial(ROW, OTHER), seen='"other"'), "stale", 412)
    saved = await put(editor, scheme, provincial(ROW, OTHER), seen=seen)
    assert (saved.status_code, saved.json()["changes"]) == (200, said["changes"])
    whole = await editor.get(f"/schemes/{scheme}")
    assert whole.headers["ETag"] == saved.headers["ETag"] != seen
    titles = {one["code"]: one["title"]["en"] for one in whole.json()["definition"]["indicator_system"]["indicators"]}
    assert titles[CODE] == "Another wording"
    again = await put(editor, scheme, TABLE, "back.csv", seen=saved.headers["ETag"])
    assert again.headers["ETag"] == seen


async def test_what_is_wrong_with_the_new_table_is_told_before_it_is_saved_with_sheet_row_and_column(
    editor: Caller,
) -> None:
    scheme, _ = await drafted(editor)
    strange = ROW.replace(b"document_check", b"guessing")
    assert strange != ROW
    said = (await put(editor, scheme, provincial(ROW + b"\n", b""), dryRun="true")).json()
    assert said["publishable"] is False
    assert [one["pointer"] for one in said["problems"]] == ["/indicator_system/item_count", "/scoring/max"]
    assert [one["pointer"] for one in said["changes"] if one["how"] == "removed"] == [
        f"/indicator_system/indicators/{CODE}"
    ]
    (wrong,) = (await put(editor, scheme, provincial(ROW, strange), dryRun="true")).json()["problems"]
    column = TABLE.splitlines()[0].decode().split(",").index("methods") + 1
    assert (wrong["file"], wrong["sheet"], wrong["line"], wrong["column"]) == ("指标.xlsx", "指标", 3, column)
    assert (wrong["zh"], wrong["en"]) == ("不存在核验方式“guessing”", "there is no method guessing")


@pytest.mark.parametrize(
    ("content", "name", "at"),
    [
        (workbook([["code"], ["A-1"]]), "t.xlsx", ("t.xlsx", "指标", 1, 0)),
        (of_csv(TABLE, lambda sheet: sheet.cell(4, 3, "=1")), "t.xlsx", ("t.xlsx", "指标", 4, 3)),
        (of_csv(TABLE, lambda sheet: sheet.merge_cells("E2:E5")), "t.xlsx", ("t.xlsx", "指标", 2, 5)),
        (of_csv(TABLE, lambda sheet: sheet.cell(5, 8, "ten")), "t.xlsx", ("t.xlsx", "指标", 5, 8)),
        (TABLE, "t.xlsx", ("t.xlsx", None, 0, 0)),
        (of_csv(TABLE), "t.xlsm", ("t.xlsm", None, 0, 0)),
        (TABLE.replace(ENGLISH.encode(), b"=1"), "t.csv", ("t.csv", None, 3, 4)),
    ],
)
async def test_a_table_that_cannot_be_read_is_refused_with_its_place_in_both_languages(
    editor: Caller, content: bytes, name: str, at: tuple[str, str | None, int, int]
) -> None:
    scheme, seen = await drafted(editor)
    said = [
        problem(await put(editor, scheme, content, name, **more), "invalid", 422)
        for more in ({"dryRun": "true"}, {"seen": seen})
    ]
    (error,) = said[0]["errors"]
    assert (error["file"], error.get("sheet"), error["line"], error["column"]) == at
    assert said[0]["errors"] == said[1]["errors"]
    editor.language = "zh"
    (chinese,) = problem(await put(editor, scheme, content, name, dryRun="true"), "invalid", 422)["errors"]
    assert chinese["detail"] != error["detail"]
    assert (await editor.get(f"/schemes/{scheme}")).headers["ETag"] == seen


async def test_a_sheet_is_named_where_the_first_is_another(editor: Caller) -> None:
    scheme, _ = await drafted(editor)
    loaded = load_workbook(io.BytesIO(of_csv(TABLE)))
    loaded.create_sheet("说明", 0)
    book = saved(loaded)
    problem(await put(editor, scheme, book, dryRun="true"), "invalid", 422)
    named = await put(editor, scheme, book, dryRun="true", sheet="指标")
    assert (named.status_code, named.json()["changes"]) == (200, [])
    problem(await put(editor, scheme, book, dryRun="true", sheet="没有"), "invalid", 422)


async def test_obligations_are_a_table_too_and_a_scheme_without_a_plan_has_no_tasks(editor: Caller) -> None:
    scheme, _ = await drafted(editor)
    owed = workbook([["rule", "by", "title_zh", "title_en", "mark"], ["QH-02a", "authority", "甲", "a", "D"]])
    said = (await put(editor, scheme, owed, table="obligations", dryRun="true")).json()
    assert [(one["how"], one["pointer"]) for one in said["changes"]] == [
        ("added", "/obligations/QH-02a"),
        ("basis", "/obligations/QH-02a"),
    ]
    problem(await put(editor, scheme, owed, table="tasks", dryRun="true"), "invalid", 422)
    problem(await put(editor, scheme, owed, table="others", dryRun="true"), "invalid", 422)


async def test_only_an_editor_of_the_region_replaces_a_table_and_only_of_a_draft(cast: Cast, editor: Caller) -> None:
    scheme, seen = await drafted(editor)
    county = await cast.place.person(f"county{next(NUMBERS)}", ("scheme_editor", "region:cn/sn/yulin"))
    problem(await put(county, scheme, TABLE, "t.csv", dryRun="true"), "forbidden", 403)
    problem(await put(editor, "none", TABLE, "t.csv", dryRun="true"), "not_found", 404)
    problem(await put(editor, scheme, b"x" * (10 * 1024 * 1024 + 1), "t.csv", dryRun="true"), "too_large", 413)
    await editor.post(f"/schemes/{scheme}/discard", {"reason": "never needed"})
    problem(await put(editor, scheme, TABLE, "t.csv", seen=seen), "illegal", 409)


async def test_whoever_replaces_a_table_has_edited_the_draft(cast: Cast, editor: Caller) -> None:
    scheme, seen = await drafted(editor)
    roles = ("scheme_editor", "region:cn"), ("scheme_approver", "region:cn")
    second = await cast.place.person(f"second{next(NUMBERS)}", *roles)
    assert (await put(second, scheme, provincial(ROW, OTHER), seen=seen)).status_code == 200
    problem(await second.post(f"/schemes/{scheme}/publish"), "person", 409)


async def test_a_scheme_comes_with_workbooks_for_its_tables(editor: Caller) -> None:
    key = f"tables{next(NUMBERS)}"
    definition = files()["scheme.yaml"].replace(b"key: reference", f"key: {key}".encode(), 1)
    sent = [("files", ("scheme.yaml", definition)), ("files", ("indicators.xlsx", of_csv(TABLE)))]
    path, headers = "/api/v1/schemes/files", editor.headers()
    done = await editor.http.post(path, files=sent, data={"region": "cn/sn"}, headers=headers)
    assert done.status_code == 201, done.text
    told = (await editor.get(f"/schemes/{done.json()['id']}")).json()["definition"]
    assert told == {**loader.dump(REFERENCE), "key": key}
    sent[1] = ("files", ("indicators.xlsx", of_csv(TABLE, lambda sheet: sheet.cell(4, 4, "=1"))))
    refused = await editor.http.post(path, files=sent, data={"region": "cn/sn"}, headers=headers)
    (error,) = problem(refused, "invalid", 422)["errors"]
    assert (error["file"], error["sheet"], error["line"], error["column"]) == ("indicators.xlsx", "指标", 4, 4)
