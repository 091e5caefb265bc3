"""The alarms of an installation on the real clock are timers of the engine, and survive the death of everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from api.cli.processes import Process
from service.records.rows import DUTY, THING
from tests.crash.aftermath import all_is_well, behind, times
from tests.crash.processes import Plant, eventually, plant
from tests.support.house import SHANGHAI, Caller

SOON = timedelta(seconds=4)


@dataclass(frozen=True)
class Office:
    """The plant, the office of the province, and its batch, open until next year."""

    works: Plant
    clerk: Caller
    batch: str


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with plant(tmp_path_factory.mktemp("real"), create_at=None) as works:
        editor = await works.place.person("editor", ("scheme_editor", "region:cn"))
        roles = ("scheme_approver", "provincial_lbg_office", "leading_group_office", "county_government")
        clerk = await works.place.person("office", *((role, "region:cn") for role in roles))
        scheme = (await editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"})).json()["id"]
        assert (await clerk.post(f"/schemes/{scheme}/publish")).status_code == 200
        today = datetime.now(SHANGHAI).date()
        window = {"opens": str(today - timedelta(days=30)), "closes": str(today + timedelta(days=300))}
        batch = await clerk.made("batches", scheme=scheme, number=1, naming_year=today.year, **window)
        await clerk.must("batches", batch, "open_batch")
        yield Office(works, clerk, batch)


async def closes_on(works: Plant, batch: str, day: date) -> None:
    """Give the window of a batch another last day, as no person can: a draft lapses only when it is over."""
    async with works.place.database.write.begin() as db:
        data = (await db.execute(select(THING.c.data).where(THING.c.id == batch))).scalar_one()
        await db.execute(update(THING).where(THING.c.id == batch).values(data={**data, "closes": str(day)}))


async def falls_due(works: Plant, clerk: Caller, case: str) -> datetime:
    """Bring the end of the draft forward to a moment from now, as no person can; its workflow hears of it."""
    at = datetime.now(UTC) + SOON
    async with works.place.database.write.begin() as db:
        await db.execute(update(DUTY).where(DUTY.c.thing == case).values(ring_at=at, due_at=at))
    await clerk.must("cases", case, "urge", message="the draft will lapse")  # what it learns with the next answer
    assert await behind(works) == []
    assert datetime.now(UTC) < at, "it was due before anything was killed"
    return at


@pytest.mark.parametrize(
    ("county", "killed"),
    [("jiaxian", "worker"), ("zizhou", "temporal"), ("hengshan", "temporal worker api")],
)
async def test_a_timer_that_ran_out_while_nobody_was_there_rings_once(office: Office, county: str, killed: str) -> None:
    works, clerk = office.works, office.clerk
    case = await clerk.made("cases", office.batch, track="area", jurisdiction=county)
    today = datetime.now(SHANGHAI).date()
    await closes_on(works, office.batch, today - timedelta(days=1))
    at = await falls_due(works, clerk, case)
    processes: list[Process] = [getattr(works, name) for name in killed.split()]
    for one in processes:
        one.kill()
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
    for one in processes:
        await one.start_async()

    async def not_lapsed() -> str:
        state = str((await clerk.get(f"/cases/{case}")).json()["state"])
        return "" if state == "withdrawn" else state

    await eventually(not_lapsed, "the draft lapses")
    assert await times(works, case, "lapse_draft") == 1
    await closes_on(works, office.batch, today + timedelta(days=300))
    await all_is_well(works)
