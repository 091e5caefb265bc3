"""The official calendars as the record has them: read once for each version, and the same object until it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.dates.calendar import Calendar, SpecialDay
from service.records.database import Database
from service.records.rows import CALENDAR, CALENDAR_DAY, CALENDAR_VERSION

DRAFT, PROVISIONAL, PUBLISHED = "draft", "provisional", "published"
SUPERSEDED, DISCARDED = "superseded", "discarded"

_VERSION = select(CALENDAR.c.version).where(CALENDAR.c.id == bindparam("calendar"))
# In one statement, so that version and days are those of one moment whatever is published meanwhile.
_IN_FORCE = (
    select(CALENDAR.c.version.label("present"), CALENDAR_VERSION.c.year, CALENDAR_DAY)
    .join(CALENDAR_VERSION, CALENDAR_VERSION.c.calendar == CALENDAR.c.id)
    .join(CALENDAR_DAY, CALENDAR_DAY.c.version == CALENDAR_VERSION.c.id)
    .where(CALENDAR.c.id == bindparam("calendar"), CALENDAR_VERSION.c.status == PUBLISHED)
)
_READ: dict[str, Calendar] = {}
"""By version. A version is made of everything that was ever published under it, so no two mean different days."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The official notice that a year of a calendar rests on."""

    issuer: str = ""
    number: str = ""
    on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says: by which notice, and which days differ from their weekday, in order."""

    notice: Notice
    days: list[SpecialDay]


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a calendar."""

    calendar: str
    year: int


async def of(db: AsyncConnection, calendar: str) -> Calendar:
    """The calendar of that ID in force at this moment. One that nobody keeps is provisional in every year."""
    version = (await db.execute(_VERSION, {"calendar": calendar})).scalar_one_or_none()
    if version is None:
        return unofficial(calendar)
    if found := _READ.get(version):
        return found
    rows = (await db.execute(_IN_FORCE, {"calendar": calendar})).all()
    if not rows:
        return unofficial(calendar)
    read = Calendar(map(_special, rows), rows[0].present, {row.year for row in rows})
    return _READ.setdefault(read.version, read)


@cache
def unofficial(calendar: str) -> Calendar:
    """A calendar of which no year was published yet."""
    return Calendar((), f"{calendar}-0")


async def with_version(db: AsyncConnection, version: Any) -> Calendar:
    """The calendar as it would be with this version of a year in force."""
    rows = (await db.execute(_IN_FORCE, {"calendar": version.calendar})).all()
    others = [row for row in rows if row.year != version.year]
    days = [*map(_special, others), *await days_of(db, version.id)]
    return Calendar(days, "", {row.year for row in others} | {version.year})


async def days_of(db: AsyncConnection, version: str) -> list[SpecialDay]:
    """What a version says, in order."""
    query = select(CALENDAR_DAY).where(CALENDAR_DAY.c.version == version).order_by(CALENDAR_DAY.c.day)
    return [_special(row) for row in await db.execute(query)]


async def kept(db: AsyncConnection) -> set[str]:
    """The calendars of which some year is published."""
    query = select(CALENDAR_VERSION.c.calendar).where(CALENDAR_VERSION.c.status == PUBLISHED)
    return set((await db.execute(query.distinct())).scalars())


async def keeper_region(database: Database, calendar: str) -> str | None:
    """Where a calendar is kept; None while nobody keeps it."""
    async with database.read.connect() as db:
        found: str | None = (
            await db.execute(select(CALENDAR.c.region).where(CALENDAR.c.id == calendar))
        ).scalar_one_or_none()
    return found


async def listed(database: Database, calendar: str | None = None, year: int | None = None) -> list[dict[str, Any]]:
    """Every version, by calendar, year and age, without its days."""
    order = (CALENDAR_VERSION.c.calendar, CALENDAR_VERSION.c.year, CALENDAR_VERSION.c.at, CALENDAR_VERSION.c.id)
    query = select(CALENDAR_VERSION).order_by(*order)
    if calendar is not None:
        query = query.where(CALENDAR_VERSION.c.calendar == calendar)
    if year is not None:
        query = query.where(CALENDAR_VERSION.c.year == year)
    async with database.read.connect() as db:
        return [view(row) for row in await db.execute(query)]


async def whole(database: Database, version: str) -> dict[str, Any] | None:
    """A version with its days."""
    async with database.read.connect() as db:
        row = await row_of(db, version)
        return {**view(row), "days": [_day_view(one) for one in await days_of(db, version)]} if row else None


async def row_of(db: AsyncConnection, version: str, *, lock: bool = False) -> Any:
    """The row of a version, or None."""
    query = select(CALENDAR_VERSION).where(CALENDAR_VERSION.c.id == version)
    return (await db.execute(query.with_for_update() if lock else query)).one_or_none()


def view(row: Any) -> dict[str, Any]:
    """A version as the API shows it."""
    notice = {
        "issuer": row.issuer or None,
        "number": row.number or None,
        "date": _iso(row.noticed_on),
        "url": row.url or None,
    }
    return {
        "id": row.id, "calendar": row.calendar, "year": row.year, "status": row.status, "notice": notice,
        "draftedBy": row.authors, "publishedBy": row.published_by,
        "publishedAt": row.published_at.isoformat() if row.published_at else None,
        "confirmBy": _iso(row.confirm_by), "overdue": row.overdue,
    }  # fmt: skip


def _day_view(one: SpecialDay) -> dict[str, str]:
    return {"date": one.date.isoformat(), "kind": one.kind, "name": one.name}


def _special(row: Any) -> SpecialDay:
    return SpecialDay(row.day, row.kind, row.name)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
