"""What rests on the official calendar: provisional years in use, and duties that a later version moves (INV-33).

A year of a calendar has no workflow. The sweeper looks after it: it keeps a row for each provisional year in use and
reports it until somebody publishes the year, and it wakes the owners whose duties were counted on an earlier version.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Owner
from service.domain import duties
from service.domain.dates.calendar import today
from service.domain.facts import Duty
from service.records import schemes
from service.records.calendars import in_use as calendars
from service.records.calendars.in_use import PROVISIONAL, PUBLISHED, Year
from service.records.calendars.versions import note
from service.records.database import Database
from service.records.rows import CALENDAR, CALENDAR_VERSION, DUTY, INSTALLATION, SCHEME, THING
from service.schemes.model import CalendarRules

BATCH = 200
REMIND = timedelta(days=30)
"""So long before the day by which a year is to be confirmed, somebody is reminded of it."""
SUFFIX = " provisional"
log = structlog.get_logger()

_OPEN = and_(DUTY.c.done_at.is_(None), DUTY.c.counted_from.is_not(None))


def _of(calendar: str) -> ColumnElement[bool]:
    """Duties that were counted on some version of this calendar."""
    return DUTY.c.calendar.startswith(f"{calendar}-", autoescape=True)


async def outdated_owners(database: Database, after: str = "") -> list[Owner]:
    """Owners with an open duty that was counted on an earlier version: woken, their alarm plans it anew.

    Page by page after the ID of an owner, so that one which does not answer holds up nobody else.
    """
    async with database.read.connect() as db:
        kept = (await db.execute(select(CALENDAR.c.id, CALENDAR.c.version))).all()
        earlier = [and_(_of(c.id), DUTY.c.calendar.not_in((c.version, c.version + SUFFIX))) for c in kept]
        query = (
            select(THING.c.id, THING.c.machine)
            .join(DUTY, DUTY.c.owner == THING.c.id)
            .where(_OPEN, or_(*earlier), THING.c.id > after)
            .distinct()
            .order_by(THING.c.id)
            .limit(BATCH)
        )
        return [Owner(thing, machine) for thing, machine in await db.execute(query)] if earlier else []


async def to_plan_anew(database: Database, calendar: str) -> int:
    """How many open duties rest on a calendar."""
    async with database.read.connect() as db:
        return len((await db.execute(select(DUTY.c.id).where(_OPEN, _of(calendar)))).all())


async def moves(database: Database, clock: Clock, version: str) -> list[dict[str, Any]] | None:
    """Every open duty whose date another version of a year would move: what it is, from when to when."""
    async with database.read.connect() as db:
        row = await calendars.row_of(db, version)
        if row is None:
            return None
        then, now = await calendars.with_version(db, row), today(await clock.now(db))
        query = (
            select(DUTY, THING.c.machine, THING.c.subject.label("about"), THING.c.region.label("region"))
            .join(THING, THING.c.id == DUTY.c.thing)
            .where(_OPEN, _of(row.calendar))
            .order_by(DUTY.c.due_on, DUTY.c.id)
        )
        found = []
        for one in await db.execute(query):
            *plain, machine, subject, region = one
            duty = _duty(plain)
            to = duties.day_by(duty, then, now)
            if to is not None and to != duty.due_on:
                found.append({"duty": duty, "to": to, "machine": machine, "subject": subject, "region": region})
    return found


def _duty(values: list[Any]) -> Duty:
    """A duty from the columns of its table, in their order."""
    return Duty(**dict(zip(DUTY.c.keys(), values, strict=True)))


async def watch(database: Database, clock: Clock) -> None:
    """Load the provisional years in use, remind of them, and flag those that should have been confirmed by now."""
    async with database.read.connect() as db:
        on = today(await clock.now(db))
        if not await _new(db, on) and not await _rings(db, on):
            return
    async with database.write.begin() as db:
        await db.execute(select(INSTALLATION.c.id).with_for_update())  # every worker sweeps: one does this at a time
        now = await clock.now(db)
        for one in await _new(db, on):
            await _load(db, now, one)
        for row in await _rings(db, on):
            await _ring(db, now, on, row)


async def provisional(database: Database) -> dict[str, int]:
    """How many provisional years are in use, and how many of them should have been confirmed by now."""
    query = select(CALENDAR_VERSION.c.overdue).where(CALENDAR_VERSION.c.status == PROVISIONAL)
    async with database.read.connect() as db:
        flags = list((await db.execute(query)).scalars())
    return {"waiting": flags.count(False), "overdue": flags.count(True)}


async def _new(db: AsyncConnection, on: date) -> list[Year]:
    """Years in use that are neither published nor loaded.

    Those that an open date touches, the present one, and the next one once it is time to ask for it.
    """
    used = {Year(c, on.year) for c in (await db.execute(select(CALENDAR.c.id))).scalars()}
    for c in {one.calendar for one in used}:
        following = Year(c, on.year + 1)
        if on >= await _confirm_by(db, following) - REMIND:
            used.add(following)
    query = select(DUTY.c.calendar, DUTY.c.counted_from, DUTY.c.due_on).where(_OPEN, DUTY.c.calendar.endswith(SUFFIX))
    for stamp, start, due in await db.execute(query.distinct()):
        used |= {Year(stamp.partition("-")[0], year) for year in range(start.year, due.year + 1)}
    known = select(CALENDAR_VERSION.c.calendar, CALENDAR_VERSION.c.year)
    known = known.where(CALENDAR_VERSION.c.status.in_((PUBLISHED, PROVISIONAL)))
    used -= {Year(*row) for row in await db.execute(known)}
    return sorted(used, key=lambda one: (one.calendar, one.year))


async def _load(db: AsyncConnection, now: datetime, one: Year) -> None:
    by, version = await _confirm_by(db, one), uuid.uuid4().hex
    row = {
        "id": version, "calendar": one.calendar, "year": one.year, "status": PROVISIONAL, "authors": [],
        "issuer": "", "number": "", "url": "", "confirm_by": by, "reminded": False, "overdue": False,
        "at": datetime.now(UTC),
    }  # fmt: skip
    await db.execute(insert(CALENDAR_VERSION).values(**row))
    await note(db, now, one.calendar, version, "load_provisional", "system", year=one.year, confirm_by=by.isoformat())


async def _rings(db: AsyncConnection, on: date) -> list[Any]:
    """Provisional years with something to say: a reminder is due, or the day has gone by."""
    row = CALENDAR_VERSION.c
    soon = and_(row.reminded.is_(False), row.confirm_by <= on + REMIND)
    late = and_(row.overdue.is_(False), row.confirm_by < on)
    query = select(CALENDAR_VERSION).where(row.status == PROVISIONAL, or_(soon, late)).order_by(row.calendar, row.year)
    return list((await db.execute(query)).all())


async def _ring(db: AsyncConnection, now: datetime, on: date, row: Any) -> None:
    late = row.confirm_by < on
    event = "overdue" if late else "remind"
    log.warning("provisional calendar", calendar=row.calendar, year=row.year, confirm_by=str(row.confirm_by), late=late)
    mine = CALENDAR_VERSION.c.id == row.id
    await db.execute(update(CALENDAR_VERSION).where(mine).values(reminded=True, overdue=late))
    told = {"duty": "provisional_calendar_watch", "due": row.confirm_by.isoformat(), "year": row.year}
    await note(db, now, row.calendar, row.id, event, "timer", **told)


async def _confirm_by(db: AsyncConnection, one: Year) -> date:
    """The earliest day that a published scheme names for the calendar; it lies in the year before."""
    days = [CalendarRules().confirm_by]
    for scheme in list((await db.execute(select(SCHEME.c.id).where(SCHEME.c.status == "published"))).scalars()):
        version = await schemes.version(db, scheme)
        if version is not None and version.scheme.calendar.id == one.calendar:
            days.append(version.scheme.calendar.confirm_by)
    return date.fromisoformat(f"{one.year - 1}-{min(days[1:] or days)}")
