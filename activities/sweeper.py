"""The sweeper: what a crash left undone is found in the record and done. It never decides anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TypeVar

import structlog
from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateFailedError

from activities.courier import Courier, id_of
from service.clock import Clock
from service.contracts import Command, Owner
from service.records import inbox, outbox
from service.records.calendars import alarm as calendar_alarm
from service.records.database import Database
from service.records.parties import new_day

T = TypeVar("T")
log = structlog.get_logger()
MISSED_AFTER = timedelta(minutes=2)
"""A timer this late was lost with its workflow; a little lateness is the machine being busy."""

MENDED_AT_A_TIME = 16
MENDED_WITHIN = 60.0
"""Seconds; a workflow that does not answer by then needs a person who looks at it."""
SOUND, CAUGHT_UP, REBUILT, STUCK = "sound", "caught up", "rebuilt", "stuck"


def _ignore(_owner: Owner, _stood: str) -> None:
    return


class Sweeper:
    """Runs beside a worker, every `every` seconds."""

    def __init__(self, database: Database, clock: Clock, courier: Courier, every: float) -> None:
        self.database = database
        self.clock = clock
        self.courier = courier
        self.every = every

    async def run(self) -> None:
        """Sweep for ever, each kind of work on its own. A sweep that fails is told and tried again."""
        sweeps = (self.number, self.confirm, self.carry_out, self.alarms, self.follow_ups, self.plan_anew, self.watch,
                  self.new_day)  # fmt: skip
        await asyncio.gather(*(self._again_and_again(sweep) for sweep in sweeps))

    async def once(self, told: Callable[[Owner, str], None] = _ignore) -> None:
        """Everything once, now, whatever its age: what `shifan repair` does. `told` hears how each owner stood."""
        at_a_time = asyncio.Semaphore(MENDED_AT_A_TIME)

        async def repair(owner: Owner) -> None:
            async with at_a_time:
                told(owner, await self._repair(owner))

        await self.new_day()
        async with asyncio.TaskGroup() as all_of_them:
            for owner in await outbox.open_owners(self.database):
                all_of_them.create_task(repair(owner))
        await self.number()
        await self.confirm(0)
        await self.carry_out(0)
        await self.follow_ups()

    async def number(self) -> None:
        """Give the events of the outbox their place in the stream."""
        while await outbox.number_events(self.database) == outbox.BATCH:
            pass

    async def confirm(self, older_than: float | None = None) -> None:
        """Wake the owners of commits that nobody confirmed: their workflow may not have adopted them."""
        age = self.every if older_than is None else older_than
        revisions = dict(await outbox.unconfirmed(self.database, age))
        woken = await self._wake(revisions)
        await outbox.confirm(self.database, [outbox.Adopted(o.thing, revisions[o]) for o in woken])

    async def carry_out(self, older_than: float | None = None) -> None:
        """Send again what was kept in SQL and never answered."""
        age = self.every if older_than is None else older_than
        await _each(await outbox.received(self.database, age), self._send, lambda c: f"{c.event} for {c.owner}")

    async def alarms(self) -> None:
        """Ring for owners whose alarm is overdue; a movable clock rings by hand."""
        if self.clock.movable:
            return
        async with self.database.read.connect() as db:
            late = await self.clock.now(db) - MISSED_AFTER
        await self._wake(await outbox.owners_due(self.database, late))

    async def follow_ups(self) -> None:
        """Owners with a follow-up that waits are woken; the workflow carries it out."""
        await self._wake(await outbox.owners_with_work(self.database))

    async def plan_anew(self) -> None:
        """Wake owners whose duties were counted on an earlier calendar: their alarm plans them anew (INV-33)."""
        after = ""
        while owners := await calendar_alarm.outdated_owners(self.database, after):
            await self._wake(owners)
            after = owners[-1].thing

    async def watch(self) -> None:
        """Report the years in use of which there is no official calendar yet."""
        await calendar_alarm.watch(self.database, self.clock)

    async def new_day(self) -> None:
        """Carry out handovers and mergers whose day has come."""
        await new_day.begin(self.database, self.clock)

    async def _repair(self, owner: Owner) -> str:
        """Compare an owner with its workflow, wake it, and say which of the words above it was."""
        try:
            async with asyncio.timeout(MENDED_WITHIN):
                believed = await self.courier.believed(id_of(owner))
                standing = await self.courier.wake(id_of(owner))
        except (TimeoutError, WorkflowUpdateFailedError, WorkflowQueryFailedError) as error:
            log.warning("not repaired", owner=id_of(owner), error=str(error))
            return STUCK
        if believed is None:
            return REBUILT
        return SOUND if standing is not None and standing.revision == believed else CAUGHT_UP

    async def _wake(self, owners: Iterable[Owner]) -> list[Owner]:
        """Wake these owners; returns those that answered."""
        woken: list[Owner] = []

        async def wake(owner: Owner) -> None:
            await self.courier.wake(id_of(owner))
            woken.append(owner)

        await _each(owners, wake, id_of)
        return woken

    async def _send(self, command: Command) -> None:
        result = await self.courier.send(inbox.by_key(command))
        log.info("carried out later", owner=command.owner, command=command.event, status=result.status)

    async def _again_and_again(self, sweep: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await sweep()
            except Exception as error:  # noqa: BLE001 - the database is away; the next sweep finds the same
                log.warning("sweep failed", sweep=getattr(sweep, "__name__", "?"), error=str(error))
            await asyncio.sleep(self.every)


async def _each(these: Iterable[T], mend: Callable[[T], Awaitable[None]], name: Callable[[T], str]) -> None:
    """Mend each of these, some at a time. One that hangs or fails is told, and holds up nobody else."""
    at_a_time = asyncio.Semaphore(MENDED_AT_A_TIME)

    async def one(it: T) -> None:
        try:
            async with at_a_time, asyncio.timeout(MENDED_WITHIN):
                await mend(it)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next sweep finds the same
            log.warning("not mended", what=name(it), error=str(error) or type(error).__name__)

    await asyncio.gather(*(one(it) for it in these))
