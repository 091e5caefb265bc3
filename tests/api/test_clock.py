"""Time: moved by hand only where an installation was created so; what falls due on the way happens in its order."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from service.contracts import Owner
from service.domain.dates.calendar import end_of_day
from service.domain.facts import Duty, Thing
from service.records.commit import Commit
from service.records.rows import DUTY, THING, duty_values, thing_values
from tests.conftest import database_url
from tests.support.cast import Cast, County
from tests.support.house import installation
from tests.support.problems import problem
from tests.support.temporal import connect, serving


async def _advance(to: Cast, when: str) -> httpx.Response:
    return await to.admin.post("/clock/advance", {"to": when})


async def _duties(at: County) -> dict[str, dict[str, Any]]:
    """The open duties of the case and its present stage, by key."""
    return {d["key"]: d for d in (await at.clerk.get(f"/cases/{at.case}")).json()["duties"]}


async def _alarms(of: Cast, at: County, said: str) -> list[tuple[str, str]]:
    """When the alarm said what about which duty, in the order of the chain."""
    entries = (await of.chief.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    return [(e["at"][:10], e["form"]["duty"]) for e in entries if e["event"] == said]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_real_clock_is_never_moved(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with serving(tmp_path) as server:
        client = await connect(server)
        url = database_url(kind, request, tmp_path)
        async with installation(client, url, tmp_path, create_at=None, working=False) as place:
            admin = await place.person("admin", ("system_administrator", "region:cn"))
            assert (await admin.get("/clock")).json()["movable"] is False
            for to in ("2099-01-01T00:00:00+08:00", "2001-01-01T00:00:00+08:00"):
                said = problem(await admin.post("/clock/advance", {"to": to}), "clock", 409)
                assert said["errors"][0]["code"] == "real_clock"


@pytest.mark.req("INV-21")
async def test_a_day_that_is_due_ends_at_midnight_and_reminders_come_before_it(fresh: Cast) -> None:
    at = await fresh.enrolled()
    assert (await _duties(at))["stage_due"]["dueOn"] == "2024-03-31"
    assert (await _duties(at))["stage_due"]["wording"] == "2024年3月底前"
    assert (await _advance(fresh, "2024-03-31T23:59:59.999999+08:00")).status_code == 200
    assert not any(d["overdue"] for d in (await _duties(at)).values())
    assert (await fresh.chief.get("/cases", overdue=True)).json()["items"] == []
    assert await _alarms(fresh, at, "overdue") == []
    # The day of the alarm in UTC: midnight in Shanghai is four in the afternoon of the day before.
    stage = [day for day, duty in await _alarms(fresh, at, "remind") if duty == "stage_due"]
    assert stage == ["2024-03-15", "2024-03-25", "2024-03-29"]
    assert (await _advance(fresh, "2024-04-01T00:00:00+08:00")).status_code == 200
    assert {k for k, d in (await _duties(at)).items() if d["overdue"]} == {
        "stage_due", "artefact_due:work_plan", "artefact_due:meeting_minutes",
    }  # fmt: skip
    assert {duty for _, duty in await _alarms(fresh, at, "overdue")} >= {"stage_due"}
    late = (await fresh.chief.get("/cases", overdue=True)).json()["items"]
    assert [case["id"] for case in late] == [at.case]
    before = await _alarms(fresh, at, "overdue")
    assert (await _advance(fresh, "2024-04-20T00:00:00+08:00")).status_code == 200
    assert await _alarms(fresh, at, "overdue") == before  # nobody is told twice
    problem(await _advance(fresh, "2024-04-19T00:00:00+08:00"), "clock", 409)
    assert (await fresh.admin.get("/clock")).json()["now"].startswith("2024-04-19T16:00")


@pytest.mark.req("QH-03a")
async def test_duties_ring_in_the_order_of_their_dates_until_the_window_closes(fresh: Cast) -> None:
    counties = [await fresh.enrolled() for _ in range(3)]
    draft = await fresh.draft()
    late = await fresh.county()
    answers = await asyncio.gather(*(_advance(fresh, f"2024-12-31T{hour}:00:00+08:00") for hour in ("09", "10", "11")))
    assert {a.status_code for a in answers} <= {200, 409}, [a.text for a in answers]
    assert (await fresh.chief.get(f"/batches/{fresh.batch}")).json()["state"] == "open"
    assert await draft.state() == "draft"
    made = await late.clerk.create("cases", fresh.batch, track="area", jurisdiction=late.code)
    assert made.status_code == 201
    assert (await _advance(fresh, "2025-01-01T00:00:00+08:00")).status_code == 200
    assert (await fresh.chief.get(f"/batches/{fresh.batch}")).json()["state"] == "evaluating"
    assert await draft.state() == "withdrawn"
    other = await fresh.county()
    refused = await other.clerk.create("cases", fresh.batch, track="area", jurisdiction=other.code)
    assert problem(refused, "guard")["errors"][0]["code"] == "batch_open"
    for at in counties:
        entries = (await fresh.chief.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
        assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
        assert [e["event"] for e in entries if e["result"] == "alarm"].count("overdue") == 3
    await _clock_form(fresh)


async def _clock_form(of: Cast) -> None:
    said = problem(await _advance(of, "2025-06-01T00:00:00"), "invalid")
    assert said["errors"][0]["pointer"] == "/to"
    wrong: list[Any] = [
        "tomorrow",
        5,
        None,
        "9999-12-31T23:59:59+00:00",
        "0001-01-01T00:00:00+14:00",
        [],
        "10000-01-01T00:00:00Z",
    ]
    for to in wrong:
        answer = await of.admin.post("/clock/advance", {"to": to})
        if answer.status_code != 200:
            assert answer.status_code in (409, 422), answer.text
            problem(answer, answer.json()["code"])


@pytest.mark.req("INV-22")
async def test_a_pause_shifts_what_shifts_and_nothing_else(fresh: Cast) -> None:
    at = await fresh.enrolled()
    finding = {"source": "own look", "finding": "no signs", "basis": "YL-2i"}
    item = await fresh.office.made("rectification-items", at.case, **finding)
    assigned = {"measure": "put up signs", "unit": "works", "person": "Li", "due": "2024-03-10"}
    await fresh.office.must("rectification-items", item, "assign_item", **assigned)
    await _advance(fresh, "2024-03-01T09:00:00+08:00")
    await fresh.chief.must("cases", at.case, "pause", text="flood in the county", ground="disaster")
    problem(await at.clerk.act("cases", at.case, "submit_artefact"), "illegal")
    problem(await at.clerk.act("rectification-items", item, "start_item"), "illegal")
    await _advance(fresh, "2024-03-31T09:00:00+08:00")
    shown = (await at.clerk.get(f"/rectification-items/{item}")).json()["duties"]
    assert [(d["overdue"], d["dueOn"]) for d in shown] == [(False, "2024-03-10")]
    await fresh.chief.must("cases", at.case, "resume", statements={"disaster": "the water is gone"})
    shown = (await at.clerk.get(f"/rectification-items/{item}")).json()["duties"]
    assert [(d["dueOn"], d["firstDueOn"]) for d in shown] == [("2024-04-09", "2024-03-10")]
    assert (await _duties(at))["stage_due"]["dueOn"] == "2024-03-31"
    assert await at.state() == "mobilization"
    await _advance(fresh, "2024-04-10T00:00:00+08:00")
    shown = (await at.clerk.get(f"/rectification-items/{item}")).json()["duties"]
    assert [d["overdue"] for d in shown] == [True]


async def test_what_fell_due_in_years_gone_by_is_made_up_for_at_one_instant(cast: Cast) -> None:
    """Each alarm opens a report and schedules the next, whose day is past too; the title itself never moves."""
    place, opened = cast.place, end_of_day(date(2019, 12, 31))
    title = Thing("late-title", "designation", "active", 1, "late-title", chain="late-title", scheme=cast.scheme,
                  opened_at=opened, data={"named_on": "2019-03-01"})  # fmt: skip
    report = Thing("late-report", "annual_report", "scheduled", 1, "late-title", "late-title", "late-title",
                   scheme=cast.scheme, opened_at=opened, number=1, data={"due_year": 2019})  # fmt: skip
    duty = Duty(
        "late-duty",
        "late-title",
        "late-report",
        "annual_report_opening",
        date(2020, 1, 1),
        due_at=opened,
        ring_at=opened,
    )
    async with place.database.write.begin() as db:
        await db.execute(insert(THING), [thing_values(t) for t in (title, report)])
        await db.execute(insert(DUTY), [duty_values(duty)])
        now = await place.clock.now(db)
    commit = Commit(place.database, place.clock)
    standing = await commit.ring(Owner(title.id, title.machine))
    while standing is not None and standing.next_due is not None and standing.next_due <= now:
        standing = await commit.ring(Owner(title.id, title.machine))
    async with place.database.read.connect() as db:
        found = (await db.execute(select(THING).where(THING.c.parent == title.id).order_by(THING.c.number))).all()
        keys = (await db.execute(select(DUTY.c.key).where(DUTY.c.owner == title.id))).scalars().all()
    years = [(r.data["due_year"], r.state) for r in found]
    assert years == [*((year, "open") for year in range(2019, 2024)), (2024, "scheduled")]
    assert (keys.count("annual_report_opening"), keys.count("annual_report_due")) == (6, 5)
