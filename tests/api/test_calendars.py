"""The official calendars over HTTP: drafted, previewed, published by a second person, and what then moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from activities.sweeper import Sweeper
from service.records.rows import AUDIT
from service.schemes import loader
from service.schemes.loader import official_calendar
from tests.support.cast import Cast, County
from tests.support.house import Caller
from tests.support.problems import problem

NOTICE = {
    "issuer": "国务院办公厅",
    "number": "国办发明电〔2024〕1号",
    "date": "2024-02-20",
    "url": "https://www.gov.cn",
}
OF_2024 = [
    {"date": one.date.isoformat(), "kind": one.kind, "name": one.name}
    for one in official_calendar().days.values()
    if one.date.year == 2024
]
STORM = {"date": "2024-03-05", "kind": "holiday", "name": "停工"}
"""A Tuesday within every period of these tests."""
REPORT = "nothing was wrong"


@dataclass
class Keepers:
    """Who keeps the calendar of an installation of the test's own."""

    cast: Cast
    keeper: Caller
    approver: Caller

    async def drafted(self, year: int = 2024, **content: Any) -> str:
        body = {"year": year, "notice": NOTICE, **(content or {"days": [*OF_2024, STORM]})}
        answer = await self.keeper.post("/calendars", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def publish(self, version: str) -> Any:
        answer = await self.approver.post(f"/calendars/{version}/publish")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def under_fact_finding(self) -> County:
        """A case with a duty of twenty working days."""
        at = await self.cast.enrolled()
        await self.cast.chief.must("cases", at.case, "open_fact_finding", text="a photograph looks wrong")
        return at

    async def duty(self, at: County) -> dict[str, Any]:
        duties = (await self.cast.chief.get(f"/cases/{at.case}")).json()["duties"]
        found: dict[str, Any] = next(d for d in duties if d["key"].startswith("fact_finding_due"))
        return found

    async def moves_of(self, at: County) -> list[dict[str, Any]]:
        timeline = (await self.cast.chief.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
        return [entry["form"] for entry in timeline if entry["event"] == "plan_anew"]


async def _keepers(cast: Cast) -> Keepers:
    keeper = await cast.place.person("keeper", ("calendar_keeper", "region:cn"))
    approver = await cast.place.person("second", ("calendar_approver", "region:cn"), ("calendar_keeper", "region:cn"))
    return Keepers(cast, keeper, approver)


@pytest.fixture
async def mine(fresh: Cast) -> Keepers:
    return await _keepers(fresh)


@pytest.fixture(scope="session")
async def shared(cast: Cast) -> Keepers:
    """Of the shared installation: nothing is published there, because that would move the dates of others."""
    return await _keepers(cast)


# ------------------------------------------------------------------------------------------- drafting


@pytest.mark.req("INV-33")
async def test_a_year_is_drafted_from_the_words_of_its_notice(shared: Keepers) -> None:
    """Spans with their weekends and the weekends that are worked for them; a table and a list say the same."""
    golden = {"name": "国庆节", "from": "2031-10-01", "to": "2031-10-07"}
    version = await shared.drafted(2031, holidays=[golden], makeUpDays=[{"date": "2031-10-11", "name": "国庆节"}])
    seen = (await shared.keeper.get(f"/calendars/{version}")).json()
    assert (seen["status"], seen["draftedBy"], seen["notice"]["number"]) == ("draft", ["keeper"], NOTICE["number"])
    assert [(d["date"], d["kind"]) for d in seen["days"]] == [
        *((f"2031-10-{n:02}", "holiday") for n in (1, 2, 3, 6, 7)),
        ("2031-10-11", "workday"),
    ]
    table = "date,kind,name\n" + "".join(f"{d['date']},{d['kind']},{d['name']}\n" for d in seen["days"])
    assert await shared.drafted(2031, csv=table) == version
    assert await shared.drafted(2031, days=seen["days"]) == version
    other = await shared.keeper.post("/calendars", {"year": 2031, "days": seen["days"][:1]})
    assert problem(other, "conflict")["errors"][0]["code"] == "draft_exists"


@pytest.mark.req("INV-33")
@pytest.mark.parametrize(
    "content",
    [
        {},
        {"days": []},
        {"days": [{"date": "2032-10-02", "kind": "holiday", "name": "周六"}]},
        {"days": [{"date": "2031-10-01", "kind": "holiday", "name": "国庆节"}]},
        {"days": [{"date": "2032-10-01", "kind": "holiday", "name": "国庆节"}] * 2},
        {"days": [{"date": "2032-10-01", "kind": "half", "name": "国庆节"}]},
        {"days": [{"date": "2032-10-01", "kind": "holiday", "name": ""}]},
        {"csv": "date,kind\n2032-10-01,holiday\n"},
        {"csv": "date,kind,name\n2032-10-01,holyday,国庆节\n"},
        {"csv": "date,kind,name\n2032-13-01,holiday,国庆节\n"},
        {"csv": "date,kind,name\n2032-10-01,holiday,=1+1\n"},
        {"holidays": [{"name": "国庆节", "from": "2032-10-07", "to": "2032-10-01"}]},
        {"holidays": [{"name": "国庆节", "from": "2032-01-01", "to": "2032-12-31"}]},
        {"makeUpDays": [{"date": "2032-10-09", "name": "国庆节"}]},
        {"csv": "date,kind,name\n", "days": []},
        {"notice": {"issuer": "国务院办公厅", "colour": "red"}},
    ],
)
async def test_what_is_no_calendar_of_the_year_is_refused(shared: Keepers, content: dict[str, Any]) -> None:
    said = problem(await shared.keeper.post("/calendars", {"year": 2032, **content}), "invalid")
    assert said["errors"][0]["pointer"].startswith("/")
    listed = (await shared.keeper.get("/calendars", year=2032)).json()["items"]
    assert listed == []


async def test_only_who_keeps_the_calendar_of_the_region_drafts_it(shared: Keepers) -> None:
    body = {"year": 2033, "days": [{"date": "2033-10-03", "kind": "holiday", "name": "国庆节"}]}
    problem(await shared.cast.chief.post("/calendars", body), "forbidden")
    county = await shared.cast.place.person("county.keeper", ("calendar_keeper", "region:cn/sn/yulin"))
    problem(await county.post("/calendars", body), "forbidden")
    own = {**body, "calendar": "yulin"}
    problem(await county.post("/calendars", own), "invalid")
    problem(await county.post("/calendars", {**own, "region": "cn/sn"}), "forbidden")
    made = await county.post("/calendars", {**own, "region": "cn/sn/yulin"})
    assert (made.status_code, made.json()["calendar"]) == (201, "yulin")
    problem(await shared.cast.place.public().get("/calendars"), "unauthenticated")


@pytest.mark.req("INV-16")
async def test_a_draft_is_edited_and_discarded_with_a_reason(shared: Keepers) -> None:
    day = {"date": "2034-10-02", "kind": "holiday", "name": "国庆节"}
    version = await shared.drafted(2034, days=[day])
    edited = await shared.approver.put(f"/calendars/{version}", {"notice": NOTICE, "days": [{**day, "name": "中秋节"}]})
    assert (edited.json()["days"][0]["name"], edited.json()["draftedBy"]) == ("中秋节", ["keeper", "second"])
    problem(await shared.keeper.post(f"/calendars/{version}/discard", {}), "invalid")
    for _ in range(2):
        assert (await shared.keeper.post(f"/calendars/{version}/discard", {"text": "wrong year"})).status_code == 200
    problem(await shared.keeper.put(f"/calendars/{version}", {"days": [day]}), "illegal")
    problem(await shared.approver.post(f"/calendars/{version}/publish"), "illegal")
    for path in ("", "/preview"):
        problem(await shared.keeper.get(f"/calendars/nothing{path}"), "not_found")


# ------------------------------------------------------------------------------------------- publishing


@pytest.mark.req("INV-20")
@pytest.mark.req("INV-33")
async def test_it_is_published_by_another_person_than_its_authors(mine: Keepers) -> None:
    version = await mine.drafted()
    await mine.approver.put(f"/calendars/{version}", {"notice": NOTICE, "days": OF_2024})
    said = problem(await mine.approver.post(f"/calendars/{version}/publish"), "person")
    assert said["rules"][0]["id"] == "INV-20"
    problem(await mine.keeper.post(f"/calendars/{version}/publish"), "forbidden")
    third = await mine.cast.place.person("third.of.calendar", ("calendar_approver", "region:cn"))
    for _ in range(2):
        assert (await third.post(f"/calendars/{version}/publish")).json()["status"] == "published"
    listed = (await third.get("/calendars", calendar="cn", year=2024)).json()["items"]
    assert [one["status"] for one in listed] == ["superseded", "published"]
    problem(await mine.keeper.put(f"/calendars/{version}", {"days": OF_2024}), "illegal")


@pytest.mark.req("INV-33")
@pytest.mark.parametrize("without", ["issuer", "number", "date"])
async def test_a_calendar_that_does_not_name_its_notice_is_not_published(shared: Keepers, without: str) -> None:
    day = {"date": "2035-10-01", "kind": "holiday", "name": "国庆节"}
    notice = {k: v for k, v in NOTICE.items() if k != without}
    version = await shared.drafted(2035, notice=notice, days=[day])
    assert problem(await shared.approver.post(f"/calendars/{version}/publish"), "invalid")["rules"][0]["id"] == "INV-33"
    await shared.keeper.post(f"/calendars/{version}/discard", {"text": "for the next test"})


@pytest.mark.req("INV-33")
async def test_a_preview_lists_every_date_that_would_move_and_changes_nothing(mine: Keepers) -> None:
    at, closed = await mine.under_fact_finding(), await mine.under_fact_finding()
    await mine.cast.chief.must("cases", closed.case, "close_fact_finding", confirmed=False, report=REPORT)
    before = await mine.duty(at)
    version = await mine.drafted()
    seen = (await mine.keeper.get(f"/calendars/{version}/preview")).json()
    (move,) = seen["items"]
    assert (move["from"], move["to"]) == (before["dueOn"], "2024-03-22")
    assert (move["duty"], move["thing"], move["type"], move["subject"]) == (before["key"], at.case, "case", at.code)
    assert seen["notices"] == 0
    assert await mine.duty(at) == before
    problem(await mine.cast.chief.get(f"/calendars/{version}/preview"), "forbidden")


@pytest.mark.req("INV-33")
async def test_open_duties_are_planned_anew_and_each_move_is_recorded(mine: Keepers) -> None:
    at, closed = await mine.under_fact_finding(), await mine.under_fact_finding()
    await mine.cast.chief.must("cases", closed.case, "close_fact_finding", confirmed=False, report=REPORT)
    before = await mine.duty(at)
    published = await mine.publish(await mine.drafted())
    assert published["dutiesToPlanAnew"] == 1
    place = mine.cast.place
    for _ in range(2):  # a second sweep finds nothing to do
        await Sweeper(place.database, place.clock, place.house.gateway.courier, 1).plan_anew()
    after = await mine.duty(at)
    assert (before["dueOn"], after["dueOn"], after["firstDueOn"]) == ("2024-03-21", "2024-03-22", "2024-03-21")
    assert after["calendar"] != before["calendar"]
    (told,) = await mine.moves_of(at)
    assert (told["from"], told["to"]) == ("2024-03-21", "2024-03-22")
    assert await mine.moves_of(closed) == []
    assert (await mine.keeper.get(f"/calendars/{(await mine.drafted(days=OF_2024))}/preview")).json()["items"] != []
    live = (await mine.cast.chief.get(f"/cases/{at.case}/workflow")).json()
    assert live["running"]


@pytest.mark.req("INV-21")
@pytest.mark.req("INV-33")
async def test_nobody_is_late_on_a_date_that_the_calendar_no_longer_gives(mine: Keepers) -> None:
    at = await mine.under_fact_finding()
    await mine.publish(await mine.drafted())
    await mine.cast.place.until("2024-03-22", "23:59")  # the day after the old date
    assert not (await mine.duty(at))["overdue"]
    await mine.cast.place.until("2024-03-23", "00:00")
    assert (await mine.duty(at))["overdue"]
    assert len(await mine.moves_of(at)) == 1


@pytest.mark.req("INV-33")
async def test_new_duties_count_on_the_new_calendar_at_once(mine: Keepers) -> None:
    await mine.publish(await mine.drafted())
    assert (await mine.duty(await mine.under_fact_finding()))["dueOn"] == "2024-03-22"


@pytest.mark.req("INV-33")
async def test_a_programme_on_a_calendar_of_its_own_waits_until_that_is_kept(shared: Keepers) -> None:
    """An autonomous county has holidays of its own; until one is published, the programme would count on nothing."""
    definition = loader.dump(loader.shipped_scheme("reference"))
    definition |= {"key": "of_haiyuan", "calendar": {**definition["calendar"], "id": "haiyuan"}}
    drafted = await shared.cast.editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    path = f"/schemes/{drafted.json()['id']}/publish"
    said = problem(await shared.cast.chief.post(path), "invalid")
    assert [error["pointer"] for error in said["errors"]] == ["/calendar/id"]
    own = {
        "calendar": "haiyuan",
        "region": "cn",
        "days": [{"date": "2024-06-17", "kind": "holiday", "name": "古尔邦节"}],
    }
    await shared.publish(await shared.drafted(2024, **own))
    assert (await shared.cast.chief.post(path)).status_code == 200


# ------------------------------------------------------------------------------------------- provisional years


@pytest.mark.req("INV-33")
async def test_a_year_without_a_calendar_is_reported_until_it_is_published(mine: Keepers) -> None:
    place = mine.cast.place

    async def years() -> list[tuple[int, str, bool]]:
        items = (await mine.keeper.get("/calendars", calendar="cn")).json()["items"]
        return [(one["year"], one["confirmBy"], one["overdue"]) for one in items if one["status"] == "provisional"]

    await place.until("2026-11-19")
    assert await years() == []
    await place.until("2026-11-20")
    assert await years() == [(2027, "2026-12-20", False)]
    await place.until("2026-12-20", "23:00")
    assert await years() == [(2027, "2026-12-20", False)]
    assert 'shifan_provisional_years{state="waiting"} 1.0' in (await place.http.get("/metrics")).text
    await place.until("2026-12-21")
    assert await years() == [(2027, "2026-12-20", True)]
    assert 'shifan_provisional_years{state="overdue"} 1.0' in (await place.http.get("/metrics")).text
    golden = [{"name": "国庆节", "from": "2027-10-01", "to": "2027-10-07"}]
    await mine.publish(await mine.drafted(2027, holidays=golden))
    assert await years() == []
    chain = await _chain(mine, "calendar:cn")
    assert [event for event, _ in chain] == [
        "load_provisional", "remind", "overdue", "draft_calendar", "supersede_calendar", "publish_calendar",
    ]  # fmt: skip


async def _chain(mine: Keepers, name: str) -> list[tuple[str, str]]:
    async with mine.cast.place.database.read.connect() as db:
        rows = await db.execute(select(AUDIT).where(AUDIT.c.chain == name).order_by(AUDIT.c.seq))
        return [(row.event, row.person) for row in rows]
