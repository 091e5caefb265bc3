"""The alarms of an installation on the real clock are timers of the engine, and survive the death of everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from service.records.rows import DUTY
from tests.crash.aftermath import all_is_well, behind, times
from tests.crash.processes import Plant, eventually, plant
from tests.support.house import Caller

SOON = timedelta(seconds=4)


@pytest.fixture
async def works(tmp_path: Path) -> AsyncIterator[Plant]:
    async with plant(tmp_path, create_at=None) as found:
        yield found


async def draft(works: Plant) -> tuple[Caller, str]:
    """The office and the draft of a case in a batch that is open until next year."""
    editor = await works.place.person("editor", ("scheme_editor", "region:cn"))
    roles = ("scheme_approver", "provincial_lbg_office", "leading_group_office", "county_government")
    office = await works.place.person("office", *((role, "region:cn") for role in roles))
    scheme = (await editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"})).json()["id"]
    assert (await office.post(f"/schemes/{scheme}/publish")).status_code == 200
    today = date.today()  # noqa: DTZ011 - the window only has to be open
    window = {"opens": (today - timedelta(days=30)).isoformat(), "closes": (today + timedelta(days=300)).isoformat()}
    batch = await office.made("batches", scheme=scheme, number=1, naming_year=today.year, **window)
    await office.must("batches", batch, "open_batch")
    return office, await office.made("cases", batch, track="area", jurisdiction="jiaxian")


async def falls_due(works: Plant, office: Caller, case: str) -> datetime:
    """Bring the end of the draft forward to a moment from now, as no person can; its workflow hears of it."""
    at = datetime.now(UTC) + SOON
    async with works.place.database.write.begin() as db:
        await db.execute(update(DUTY).where(DUTY.c.thing == case).values(ring_at=at, due_at=at))
    await office.must("cases", case, "urge", message="the draft will lapse")  # what it learns with the next answer
    assert await behind(works) == []
    assert datetime.now(UTC) < at, "it was due before anything was killed"
    return at


@pytest.mark.parametrize("killed", [("worker",), ("temporal",), ("worker", "api", "temporal")], ids="-".join)
async def test_a_timer_that_ran_out_while_nobody_was_there_rings_once(works: Plant, killed: tuple[str, ...]) -> None:
    office, case = await draft(works)
    at = await falls_due(works, office, case)
    processes = [getattr(works, name) for name in ("temporal", "worker", "api") if name in killed]
    for one in processes:
        one.kill()
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
    for one in processes:
        await one.start_async()

    async def not_lapsed() -> str:
        state = str((await office.get(f"/cases/{case}")).json()["state"])
        return "" if state == "withdrawn" else state

    await eventually(not_lapsed, "the draft lapses")
    assert await times(works, case, "lapse_draft") == 1
    await all_is_well(works)
