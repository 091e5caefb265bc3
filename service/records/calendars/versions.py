"""A year of a calendar on its way: drafted from the notice, edited, discarded, published by a second person."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.domain.dates.calendar import SpecialDay, today
from service.domain.dates.yearly_notice import Fault, faults
from service.records import audit
from service.records.calendars import in_use as calendars
from service.records.calendars.in_use import DISCARDED, DRAFT, PROVISIONAL, PUBLISHED, SUPERSEDED, Notice, Said, Year
from service.records.database import Database
from service.records.rows import CALENDAR, CALENDAR_DAY, CALENDAR_VERSION

UNKNOWN, NOT_DRAFT, SAME_PERSON, DONE = "unknown", "not_draft", "same_person", "done"


async def add(
    database: Database, clock: Clock, of: Year, region: str, said: Said, person: str
) -> dict[str, Any] | None:
    """Keep a draft. The same draft again is the same one; None: there is another draft of this year."""
    version = uuid.uuid4().hex
    try:
        async with database.write.begin() as db:
            await _home(db, of.calendar, region)
            drafted = CALENDAR_VERSION.c.status == DRAFT
            before = (await db.execute(select(CALENDAR_VERSION).where(*_year(of), drafted))).one_or_none()
            if before is not None:
                same = Said(_notice_of(before), await calendars.days_of(db, before.id)) == said
                return calendars.view(before) if same else None
            row = {
                "id": version, "calendar": of.calendar, "year": of.year, "status": DRAFT, "authors": [person],
                "reminded": False, "overdue": False, "at": datetime.now(UTC), **_columns(said.notice),
            }  # fmt: skip
            await db.execute(insert(CALENDAR_VERSION).values(**row))
            await _put_days(db, version, said.days)
            await note(db, await clock.now(db), of.calendar, version, "draft_calendar", person, year=of.year)
            return calendars.view(await calendars.row_of(db, version))
    except IntegrityError:  # somebody else was quicker
        return None


async def edit(database: Database, clock: Clock, version: str, said: Said, person: str) -> str:
    """Replace what a draft says. Whoever edits it cannot publish it."""
    async with database.write.begin() as db:
        row = await calendars.row_of(db, version, lock=True)
        if row is None or row.status != DRAFT:
            return UNKNOWN if row is None else NOT_DRAFT
        authors = [*row.authors, person] if person not in row.authors else row.authors
        mine = CALENDAR_VERSION.c.id == version
        await db.execute(update(CALENDAR_VERSION).where(mine).values(authors=authors, **_columns(said.notice)))
        await _put_days(db, version, said.days)
        await note(db, await clock.now(db), row.calendar, version, "edit_calendar", person, year=row.year)
        return DONE


async def discard(database: Database, clock: Clock, version: str, reason: str, person: str) -> str:
    """End a draft, with a reason (INV-16)."""
    async with database.write.begin() as db:
        row = await calendars.row_of(db, version, lock=True)
        if row is None or row.status not in (DRAFT, DISCARDED):
            return UNKNOWN if row is None else NOT_DRAFT
        if row.status == DRAFT:
            await _set(db, version, DISCARDED)
            now = await clock.now(db)
            await note(db, now, row.calendar, version, "discard_calendar", person, "INV-16", year=row.year, text=reason)
        return DONE


async def publish(database: Database, clock: Clock, version: str, person: str) -> str | list[Fault]:
    """Put a draft in force by another person than its authors; the version that it takes the place of is superseded.

    What rests on the calendar is planned anew by the alarm of each owner, as soon as the sweeper has woken it.
    """
    async with database.write.begin() as db:
        row = await calendars.row_of(db, version)
        if row is None or row.status != DRAFT:
            return _no_draft(row)
        # One publication of a calendar after the other: the next version is made from the present one.
        home = (await db.execute(select(CALENDAR).where(CALENDAR.c.id == row.calendar).with_for_update())).one()
        row = await calendars.row_of(db, version, lock=True)
        if row.status != DRAFT:
            return _no_draft(row)
        if person in row.authors:
            return SAME_PERSON
        now = await clock.now(db)
        year, days = Year(row.calendar, row.year), await calendars.days_of(db, version)
        if found := [*_unnamed(row, today(now)), *faults(row.year, days)]:
            return found
        ends = CALENDAR_VERSION.c.status.in_((PUBLISHED, PROVISIONAL))
        query = select(CALENDAR_VERSION.c.id).where(*_year(year), ends)
        for before in list((await db.execute(query)).scalars()):
            await _set(db, before, SUPERSEDED)
            await note(db, now, row.calendar, before, "supersede_calendar", "system", year=row.year, by=version)
        await _set(db, version, PUBLISHED, published_by=person, published_at=now)
        present = _next(home.version, row, days)
        await db.execute(update(CALENDAR).where(CALENDAR.c.id == row.calendar).values(version=present))
        await note(
            db, now, row.calendar, version, "publish_calendar", person, "INV-20", year=row.year, calendar=present
        )
        return DONE


def _no_draft(row: Any) -> str:
    """What is told of a version that cannot be published; one that is published already is as asked."""
    if row is None:
        return UNKNOWN
    return DONE if row.status == PUBLISHED else NOT_DRAFT


def _unnamed(row: Any, on: date) -> list[Fault]:
    """A calendar names its official notice."""
    missing = [
        zh for zh, given in (("发文机关", row.issuer), ("文号", row.number), ("发文日期", row.noticed_on)) if not given
    ]
    if missing:
        return [
            Fault(None, f"未写明正式通知的{'、'.join(missing)}", "name the official notice: issuer, number and date")
        ]
    if row.noticed_on > on:
        return [Fault(None, "通知日期不得晚于今天", "the notice is dated after today")]
    return []


def _next(before: str, row: Any, days: list[SpecialDay]) -> str:
    """The version of the calendar from now on: all that was ever published under it, in short."""
    said = "\n".join([before, str(row.year), *(f"{d.date} {d.kind} {d.name}" for d in days)])
    return f"{row.calendar}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


async def _home(db: AsyncConnection, calendar: str, region: str) -> None:
    if (await db.execute(select(CALENDAR.c.id).where(CALENDAR.c.id == calendar))).scalar() is None:
        first = calendars.unofficial(calendar).version
        await db.execute(insert(CALENDAR).values(id=calendar, region=region, version=first))


async def _put_days(db: AsyncConnection, version: str, days: list[SpecialDay]) -> None:
    await db.execute(delete(CALENDAR_DAY).where(CALENDAR_DAY.c.version == version))
    if days:
        rows = [{"version": version, "day": one.date, "kind": one.kind, "name": one.name} for one in days]
        await db.execute(insert(CALENDAR_DAY), rows)


async def _set(db: AsyncConnection, version: str, status: str, **more: Any) -> None:
    mine = CALENDAR_VERSION.c.id == version
    await db.execute(update(CALENDAR_VERSION).where(mine).values(status=status, **more))


async def note(
    db: AsyncConnection,
    now: datetime,
    calendar: str,
    version: str,
    event: str,
    person: str,
    /,
    *rules: str,
    **form: Any,
) -> None:
    """The audit entry of a change of a calendar. All of one calendar stand in one chain."""
    rest = {"machine": "calendar_version", "rules": ["INV-33", *rules], "form": form}
    await audit.append(db, now, [audit.Line(f"calendar:{calendar}", version, event, person, "applied", rest)])


def _year(of: Year) -> list[ColumnElement[bool]]:
    return [CALENDAR_VERSION.c.calendar == of.calendar, CALENDAR_VERSION.c.year == of.year]


def _columns(notice: Notice) -> dict[str, Any]:
    return {"issuer": notice.issuer, "number": notice.number, "noticed_on": notice.on, "url": notice.url}


def _notice_of(row: Any) -> Notice:
    return Notice(row.issuer, row.number, row.noticed_on, row.url)
