"""Moving a movable clock: owners are woken in the order of their due dates, each awaited before the next."""

from __future__ import annotations

import asyncio
from datetime import datetime

from temporalio.service import RPCError

from activities.courier import Courier, id_of
from api.problems import Problem
from service.clock import Clock, ClockRefused
from service.contracts import Owner
from service.records import follow_ups, outbox
from service.records.calendars import alarm as calendar_alarm
from service.records.database import Database
from service.records.parties import new_day

SETTLE_POLL = 0.02
SETTLE_WITHIN = 60.0
STUCK_AFTER = 20
"""The same owners, woken so often at one instant, would ring for ever."""


class TimeTravel:
    """One journey at a time. On the real clock every journey is refused."""

    def __init__(self, database: Database, clock: Clock, courier: Courier) -> None:
        self.database = database
        self.clock = clock
        self.courier = courier
        self._one_at_a_time = asyncio.Lock()

    async def advance(self, to: datetime) -> int:
        """Move the clock to an instant; returns how many times an owner was woken on the way."""
        if not self.clock.movable:
            raise Problem("clock", errors=[_real_clock()])
        async with self._one_at_a_time:
            try:
                return await self._advance(to)
            except ClockRefused as error:
                raise Problem("clock", errors=[_no_going_back()]) from error
            except RPCError as error:
                raise Problem("engine_down", headers={"Retry-After": "5"}) from error

    async def _advance(self, to: datetime) -> int:
        async with self.database.read.connect() as db:
            if to < await self.clock.now(db):
                raise ClockRefused("the clock never goes back")
        woken, stuck, before = await self._plan_anew(), 0, (to, list[Owner]())
        while True:
            await self.settled()
            ring = await outbox.next_ring(self.database, to)
            if ring is None:
                break
            await self._set(ring)
            due = await outbox.owners_due(self.database, ring)
            # The same owners at another instant are a plan with many dates, not an alarm that fails.
            stuck, before = stuck + 1 if (ring, due) == before else 0, (ring, due)
            if stuck > STUCK_AFTER:
                raise RuntimeError(f"the alarm of {ring.isoformat()} never becomes quiet")
            for owner in due:
                await self.courier.wake(id_of(owner))
            woken += len(due)
        await self._set(to)
        await calendar_alarm.watch(self.database, self.clock)
        return woken

    async def _plan_anew(self) -> int:
        """Owners whose duties were counted on an earlier calendar come first; returns how many were woken."""
        woken, after = 0, ""
        while outdated := await calendar_alarm.outdated_owners(self.database, after):
            for owner in outdated:
                await self.courier.wake(id_of(owner))
            woken, after = woken + len(outdated), outdated[-1].thing
        return woken

    async def settled(self) -> None:
        """Wait until every follow-up has been carried out; owners that seem lost are woken.

        However many there are: it gives up when their number does not change any more.
        """
        waited, before = 0.0, 0
        while left := await follow_ups.waiting(self.database):
            waited, before = waited if left == before else 0.0, left
            if waited > SETTLE_WITHIN:
                raise Problem("engine_down", headers={"Retry-After": "5"})
            if waited and round(waited, 2) % 5 == 0:
                for owner in await outbox.owners_with_work(self.database):
                    await self.courier.wake(id_of(owner))
            await asyncio.sleep(SETTLE_POLL)
            waited += SETTLE_POLL

    async def _set(self, to: datetime) -> None:
        async with self.database.write.begin() as db:
            if to > await self.clock.now(db):
                await self.clock.move(db, to)
        await new_day.begin(self.database, self.clock)


def _real_clock() -> dict[str, str]:
    return {
        "code": "real_clock",
        "zh": "本安装使用真实时钟",
        "en": "this installation runs on the real clock",
    }


def _no_going_back() -> dict[str, str]:
    return {"code": "past", "zh": "时钟不能倒拨", "en": "the clock never goes back"}
