"""The ledgers over HTTP: views of the items, in their order, page by page, in scope; as JSON and for a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.cast import Cast, County
from tests.support.problems import problem

UNITS = ("finance", "finance", "archive")


async def with_items(cast: Cast) -> tuple[County, list[str]]:
    """A case with four findings: three assigned, one not."""
    at = await cast.enrolled()
    items = []
    for n in range(4):
        finding = {"source": "inspection", "finding": f"=cmd|{n}", "basis": "PDS-I11"}
        items.append(await cast.office.made("rectification-items", at.case, **finding))
    for n, unit in enumerate(UNITS):
        plan = {"measure": f"+{n}", "unit": unit, "person": f"p{2 - n}", "due": f"2024-06-{20 - n}"}
        await cast.office.must("rectification-items", items[n], "assign_item", **plan)
    return at, items


@pytest.mark.req("YL-3g")
@pytest.mark.req("PDS-S3c")
async def test_each_ledger_shows_the_same_items_in_its_own_order(cast: Cast) -> None:
    at, items = await with_items(cast)

    async def ids(view: str, **params: str) -> list[str]:
        return [i["id"] for i in (await at.clerk.get(f"/ledgers/{view}", case=at.case, **params)).json()["items"]]

    assert sorted(await ids("problem")) == sorted(items)
    assert await ids("responsibility") == [items[3], items[2], items[1], items[0]]
    assert await ids("task") == [items[3], items[2], items[1], items[0]]
    assert await ids("close_out") == []
    assert await ids("responsibility", unit="finance") == [items[1], items[0]]
    assert await ids("responsibility", person="p2") == [items[0]]
    assert await ids("problem", state="raised") == [items[3]]
    assert await ids("problem", batch=cast.batch, state="raised") == [items[3]]


async def test_a_ledger_names_what_is_empty_and_groups_by_who_is_responsible(cast: Cast) -> None:
    at, items = await with_items(cast)
    told = (await at.clerk.get("/ledgers/responsibility", case=at.case)).json()
    first, second, *_ = told["items"]
    assert (first["id"], first["empty"], first["group"]) == (items[3], ["unit", "person"], [None, None])
    assert (second["empty"], second["group"]) == ([], ["archive", "p0"])
    assert [c["name"] for c in told["columns"] if c["must"]] == ["unit", "person"]
    assert told["title"] == "responsibility list"


async def test_a_ledger_is_read_page_by_page_without_gap_or_repetition(cast: Cast) -> None:
    at, items = await with_items(cast)
    for view in ("problem", "responsibility", "task"):
        seen: list[str] = []
        params: dict[str, str] = {}
        while True:
            page = (await at.clerk.get(f"/ledgers/{view}", case=at.case, limit=1, **params)).json()
            seen += [i["id"] for i in page["items"]]
            if not page["hasMore"]:
                break
            params = {"cursor": page["next"]}
        whole = (await at.clerk.get(f"/ledgers/{view}", case=at.case)).json()["items"]
        assert seen == [i["id"] for i in whole]
        assert sorted(seen) == sorted(items)
        problem(await at.clerk.get(f"/ledgers/{view}", case=at.case, cursor="WyJhIl0="), "malformed")
        problem(await at.clerk.get(f"/ledgers/{view}", case=at.case, cursor="~"), "malformed")


async def test_nobody_reads_the_items_of_another_county(cast: Cast) -> None:
    (mine, items), (theirs, others) = await with_items(cast), await with_items(cast)
    for county, own, foreign in ((mine, items, others), (theirs, others, items)):
        shown = {i["id"] for i in (await county.clerk.get("/ledgers/problem", limit=200)).json()["items"]}
        assert set(own) <= shown
        assert not shown & set(foreign)
    assert (await mine.clerk.get("/ledgers/problem", case=theirs.case)).json()["items"] == []
    problem(await cast.place.http.get("/api/v1/ledgers/problem"), "unauthenticated")
    problem(await mine.clerk.get("/ledgers/secret"), "invalid")
    problem(await mine.clerk.get("/ledgers/problem", cases=mine.case), "malformed")


async def test_as_a_table_a_ledger_opens_in_a_spreadsheet_and_carries_nothing_out(cast: Cast) -> None:
    at, _ = await with_items(cast)
    answer = await at.clerk.get("/ledgers/task", case=at.case, format="csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:3] == ["measure", "day due", "finding"]
    assert [row[0] for row in rows] == ["", "'+2", "'+1", "'+0"]
    assert {row[2][:5] for row in rows} == {"'=cmd"}
    at.clerk.language = "zh"
    chinese = await at.clerk.get("/ledgers/task", case=at.case, format="csv")
    assert chinese.content.decode("utf-8-sig").startswith("整改措施,完成时限,问题")
