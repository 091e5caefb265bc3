"""The clock port: the real clock, or a movable one kept in SQL for training, acceptance and demonstration.

An installation is created with one or the other and keeps it. Every record is stamped with this clock.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.records.database import Database
from service.records.rows import INSTALLATION


class ClockRefused(Exception):
    """The clock cannot be moved: it is the real one, or the time asked for lies in the past."""


class Clock:
    """Tells the business time. `movable` is fixed when the installation is created."""

    def __init__(self, movable: bool) -> None:
        self.movable = movable

    @classmethod
    async def of(cls, database: Database, *, create_at: datetime | None = None) -> Clock:
        """The clock of this installation, created now if there is none: movable from `create_at`, else real."""
        async with database.write.begin() as db:
            found = (await db.execute(select(INSTALLATION.c.movable))).scalar_one_or_none()
            if found is None:
                found = create_at is not None
                await db.execute(
                    insert(INSTALLATION).values(id=1, movable=found, now=create_at, created_at=datetime.now(UTC))
                )
        return cls(bool(found))

    async def now(self, db: AsyncConnection) -> datetime:
        """The business time, as an aware instant."""
        if not self.movable:
            return datetime.now(UTC)
        found: datetime = (await db.execute(select(INSTALLATION.c.now))).scalar_one()
        return found

    async def move(self, db: AsyncConnection, to: datetime) -> None:
        """Move the clock forward. Raises ClockRefused on the real clock and for a time that has passed."""
        if not self.movable:
            raise ClockRefused("this installation runs on the real clock")
        if to < await self.now(db):
            raise ClockRefused("the clock never goes back")
        await db.execute(update(INSTALLATION).where(INSTALLATION.c.now <= to).values(now=to))
