"""The official calendars in the record: read once, published one after the other, and everything that rests on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import insert, select, update

from activities.courier import Courier
from activities.sweeper import Sweeper
from service.clock import Clock
from service.domain.dates.calendar import SpecialDay
from service.domain.facts import Duty, Thing
from service.records.calendars import alarm as calendar_alarm
from service.records.calendars import in_use as calendars
from service.records.calendars import versions as calendar_versions
from service.records.calendars.in_use import Notice, Said, Year
from service.records.database import Database
from service.records.migrate import migrate
from service.records.rows import AUDIT, CALENDAR_VERSION, DUTY, THING, duty_values, thing_values
from service.schemes.loader import official_calendar
from tests.conftest import database_url
from tests.support.house import SHANGHAI

NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
NOTICE = Notice("国务院办公厅", "国办发明电〔2026〕1号", date(2026, 3, 1))
GOLDEN = [SpecialDay(date(2027, 10, n), "holiday", "国庆节") for n in (1, 4, 5, 6, 7)]
CASE = Thing("case", "case", "open", 1, owner="case", chain="case", scheme="s", opened_at=NOW)
COUNTED = Duty(
    "duty", "case", "case", "fact_finding_due", date(2027, 10, 5), date(2027, 10, 5), calendar="cn-1 provisional",
    counted_from=date(2027, 9, 28), working_days=5,
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = database_url(request.param, request, tmp_path)
    await asyncio.to_thread(migrate, url)
    found = Database(url)
    yield found
    await found.close()


@pytest.fixture
async def clock(database: Database) -> Clock:
    return await Clock.of(database, create_at=NOW)


async def drafted(database: Database, clock: Clock, year: int, days: list[SpecialDay], calendar: str = "cn") -> str:
    made = await calendar_versions.add(database, clock, Year(calendar, year), "cn", Said(NOTICE, days), "keeper")
    assert made is not None
    return str(made["id"])


async def owes(database: Database, *duties: Duty) -> None:
    """These duties, each on a case of its own unless it has one."""
    owners = {d.owner for d in duties}
    async with database.write.begin() as db:
        cases = [thing_values(replace(CASE, id=o, owner=o, chain=o, subject=f"place {o}")) for o in sorted(owners)]
        await db.execute(insert(THING), cases)
        await db.execute(insert(DUTY), [duty_values(d) for d in duties])


@pytest.mark.req("INV-33")
async def test_what_ships_is_published_with_the_installation(database: Database) -> None:
    async with database.read.connect() as db:
        read = await calendars.of(db, "cn")
    shipped = official_calendar()
    assert (read.version, read.years, read.days) == (shipped.version, shipped.years, shipped.days)
    listed = await calendars.listed(database)
    assert [one["year"] for one in listed] == sorted(shipped.years)
    assert {one["status"] for one in listed} == {"published"}


async def test_a_calendar_is_the_same_object_until_a_year_of_it_is_published(database: Database, clock: Clock) -> None:
    async with database.read.connect() as db:
        before = await calendars.of(db, "cn")
        assert await calendars.of(db, "cn") is before
    version = await drafted(database, clock, 2027, GOLDEN)
    async with database.read.connect() as db:
        assert await calendars.of(db, "cn") is before
    assert await calendar_versions.publish(database, clock, version, "second") == "done"
    async with database.read.connect() as db:
        after = await calendars.of(db, "cn")
        assert await calendars.of(db, "cn") is after
    assert after.version != before.version
    assert (before.provisional(2027), after.provisional(2027)) == (True, False)
    assert not after.is_working_day(date(2027, 10, 1))
    assert after.is_working_day(date(2027, 10, 8))


async def test_a_calendar_that_nobody_keeps_is_provisional_in_every_year(database: Database, clock: Clock) -> None:
    async with database.read.connect() as db:
        nobody = await calendars.of(db, "yulin")
        assert await calendars.of(db, "yulin") is nobody
    assert nobody.provisional(2024)
    version = await drafted(database, clock, 2024, [SpecialDay(date(2024, 5, 15), "holiday", "州庆")], "yulin")
    await calendar_versions.publish(database, clock, version, "second")
    async with database.read.connect() as db:
        own, national = await calendars.of(db, "yulin"), await calendars.of(db, "cn")
    assert (own.is_working_day(date(2024, 5, 15)), national.is_working_day(date(2024, 5, 15))) == (False, True)


@pytest.mark.req("INV-33")
async def test_years_published_at_the_same_moment_are_both_in_force(database: Database, clock: Clock) -> None:
    years = {
        y: [SpecialDay(date(y, 5, 1 + (date(y, 5, 1).weekday() >= 5) * 2), "holiday", "劳动节")]
        for y in range(2030, 2036)
    }
    versions = [await drafted(database, clock, year, days) for year, days in years.items()]
    said = await asyncio.gather(*(calendar_versions.publish(database, clock, v, "second") for v in versions))
    assert said == ["done"] * len(versions)
    async with database.read.connect() as db:
        found = await calendars.of(db, "cn")
    assert years.keys() <= found.years
    assert not any(found.is_working_day(days[0].date) for days in years.values())


@pytest.mark.req("INV-33")
async def test_a_year_has_one_version_in_force_and_one_draft(database: Database, clock: Clock) -> None:
    first = await drafted(database, clock, 2027, GOLDEN)
    assert await calendar_versions.add(database, clock, Year("cn", 2027), "cn", Said(NOTICE, GOLDEN[:2]), "b") is None
    await calendar_versions.publish(database, clock, first, "second")
    second = await drafted(database, clock, 2027, GOLDEN[:2])
    await calendar_versions.publish(database, clock, second, "second")
    statuses = [one["status"] for one in await calendars.listed(database, "cn", 2027)]
    assert sorted(statuses) == ["published", "superseded"]
    async with database.read.connect() as db:
        assert (await calendars.of(db, "cn")).is_working_day(date(2027, 10, 7))


@pytest.mark.req("INV-33")
async def test_the_leave_of_new_year_may_reach_into_the_year_before(database: Database, clock: Clock) -> None:
    first = await drafted(database, clock, 2027, GOLDEN)
    await calendar_versions.publish(database, clock, first, "second")
    spill = [SpecialDay(date(2027, 12, 31), "holiday", "元旦"), SpecialDay(date(2028, 1, 3), "holiday", "元旦")]
    second = await drafted(database, clock, 2028, spill)
    assert await calendar_versions.publish(database, clock, second, "second") == "done"
    async with database.read.connect() as db:
        assert not (await calendars.of(db, "cn")).is_working_day(date(2027, 12, 31))


@pytest.mark.req("INV-33")
async def test_owners_to_be_planned_anew_are_found_page_by_page_and_only_they(database: Database, clock: Clock) -> None:
    many = [replace(COUNTED, id=f"d{n}", owner=f"o{n:04}", thing=f"o{n:04}") for n in range(450)]
    done = replace(COUNTED, id="done", owner="p1", thing="p1", done_at=NOW)
    dated = replace(COUNTED, id="dated", owner="p2", thing="p2", counted_from=None)
    async with database.read.connect() as db:
        present = replace(COUNTED, id="x", owner="p3", thing="p3", calendar=(await calendars.of(db, "cn")).version)
    elsewhere = replace(COUNTED, id="y", owner="p4", thing="p4", calendar="cn_nx-1")
    await owes(database, *many, done, dated, present, elsewhere)
    found: list[str] = []
    while page := await calendar_alarm.outdated_owners(database, found[-1] if found else ""):
        assert len(page) <= calendar_alarm.BATCH
        found += [owner.thing for owner in page]
    assert found == [f"o{n:04}" for n in range(450)]


class Alarm:
    """Stands for the workflows: what is woken plans its duties anew, unless it does not answer yet."""

    def __init__(self, database: Database, silent: set[str]) -> None:
        self.database = database
        self.silent = silent
        self.woken: list[str] = []

    async def wake(self, owner: str) -> None:
        thing = owner.partition(":")[2]
        if thing in self.silent:
            raise TimeoutError(owner)
        self.woken.append(thing)
        async with self.database.write.begin() as db:
            version = (await calendars.of(db, "cn")).version
            await db.execute(update(DUTY).where(DUTY.c.owner == thing).values(calendar=version))


@pytest.mark.req("INV-33")
async def test_what_does_not_answer_is_planned_anew_by_a_later_sweep_and_holds_up_nobody(
    database: Database, clock: Clock
) -> None:
    """A worker that died in the middle, or an owner that is stuck: the record still says what is left to do."""
    many = [replace(COUNTED, id=f"d{n}", owner=f"o{n:04}", thing=f"o{n:04}") for n in range(230)]
    await owes(database, *many)
    silent = {f"o{n:04}" for n in range(5)}
    alarm = Alarm(database, silent)
    sweeper = Sweeper(database, clock, cast(Courier, alarm), 1)
    await sweeper.plan_anew()
    assert len(alarm.woken) == 225
    assert [owner.thing for owner in await calendar_alarm.outdated_owners(database)] == sorted(silent)
    alarm.silent = set()
    await sweeper.plan_anew()
    assert sorted(alarm.woken[225:]) == sorted(silent)
    await sweeper.plan_anew()
    assert len(alarm.woken) == 230


@pytest.mark.req("INV-33")
async def test_a_preview_of_thousands_names_what_moves(database: Database, clock: Clock) -> None:
    """Of two thousand duties those before the holiday stay, the others move; a notice is told apart."""
    stays = replace(COUNTED, due_on=date(2027, 3, 8), counted_from=date(2027, 3, 1))
    many = [replace(COUNTED if n % 2 else stays, id=f"d{n}", owner=f"o{n}", thing=f"o{n}") for n in range(2000)]
    await owes(database, *many)
    async with database.write.begin() as db:
        await db.execute(update(THING).where(THING.c.id == "o1").values(machine="public_notice"))
    moves = await calendar_alarm.moves(database, clock, await drafted(database, clock, 2027, GOLDEN))
    assert moves is not None
    assert {one["duty"].id for one in moves} == {f"d{n}" for n in range(1, 2000, 2)}
    assert {(one["duty"].due_on, one["to"]) for one in moves} == {(date(2027, 10, 5), date(2027, 10, 12))}
    assert [one["subject"] for one in moves if one["machine"] == "public_notice"] == ["place o1"]


@pytest.mark.req("INV-33")
async def test_a_year_in_use_is_loaded_once_however_many_look(database: Database, clock: Clock) -> None:
    far = replace(COUNTED, due_on=date(2029, 1, 5), counted_from=date(2027, 12, 20), calendar="cn-1 provisional")
    await owes(database, far)
    await asyncio.gather(*(calendar_alarm.watch(database, clock) for _ in range(5)))
    async with database.read.connect() as db:
        query = select(CALENDAR_VERSION).where(CALENDAR_VERSION.c.status == "provisional")
        rows = (await db.execute(query.order_by(CALENDAR_VERSION.c.year))).all()
        told = list((await db.execute(select(AUDIT.c.event).where(AUDIT.c.chain == "calendar:cn"))).scalars())
    assert [(r.year, r.confirm_by) for r in rows] == [(y, date(y - 1, 12, 20)) for y in (2027, 2028, 2029)]
    assert told == ["load_provisional"] * 3
    assert await calendar_alarm.provisional(database) == {"waiting": 3, "overdue": 0}
