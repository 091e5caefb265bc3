"""What takes effect when its day has come and belongs to no owner's alarm: handovers and mergers."""

from __future__ import annotations

from service.clock import Clock
from service.domain.dates import calendar
from service.records.database import Database
from service.records.parties import handovers, mergers


async def begin(database: Database, clock: Clock) -> int:
    """Carry out whatever waits for a day that has come; how many there were. Twice does no harm."""
    async with database.read.connect() as db:
        today = calendar.today(await clock.now(db))
        if not await handovers.waiting(db, today) and not await mergers.waiting(db, today):
            return 0
    async with database.write.begin() as db:
        now = await clock.now(db)
        today = calendar.today(now)
        return await mergers.take_effect(db, today, now) + await handovers.take_effect(db, today, now)
