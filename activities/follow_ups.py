"""Carrying out the follow-ups of an owner: each is a command to another owner, asked until it is answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from temporalio import activity

from activities.courier import Courier
from service.clock import Clock
from service.contracts import DELIVER, Command, Owner, Result
from service.records import follow_ups, outbox
from service.records.database import Database

AT_A_TIME = 8
"""Files told at once. A decision about thousands then waits for processors and not for answers."""
ANSWERED_WITHIN = 60.0
"""Seconds; then it is asked again. An engine that comes back may have forgotten a question, never an answer."""
log = structlog.get_logger()


class FollowUps:
    """Delivers follow-ups: to one file in the order in which they were written, to several files at once."""

    def __init__(self, database: Database, clock: Clock, courier: Courier) -> None:
        self.database = database
        self.clock = clock
        self.courier = courier

    @activity.defn(name=DELIVER)
    async def deliver(self, owner: Owner) -> int:
        """Carry out everything that waits for this owner; returns how many. Safe to repeat at any point.

        One that fails holds up nobody else; at the end it fails the whole, which is then repeated for it.
        """
        told, failed = 0, dict[str, Exception]()
        at_a_time = asyncio.Semaphore(AT_A_TIME)

        async def tell(commands: list[Command]) -> None:
            nonlocal told
            async with at_a_time:
                for command in commands:
                    try:
                        await self._tell(command)
                        told += 1
                    except Exception as error:  # noqa: BLE001 - raised below, after the others had their turn
                        log.warning("not carried out", command=command.event, owner=command.owner, error=str(error))
                        failed[command.key] = error

        async with _alive():
            while waiting := [
                left
                for commands in await follow_ups.to_do(self.database, owner.thing)
                if (left := [c for c in commands if c.key not in failed])
            ]:
                async with asyncio.TaskGroup() as all_files:
                    for commands in waiting:
                        all_files.create_task(tell(commands))
        if failed:
            raise next(iter(failed.values()))
        return told

    async def _tell(self, command: Command) -> None:
        if command.owner:
            async with asyncio.timeout(ANSWERED_WITHIN):
                result = await self.courier.send(command)
        else:  # its row was taken out of the record by hand: there is nobody to ask
            result = Result("gone", command.thing, command.machine)
        if result.status != "done":
            log.warning("answered otherwise", command=command.event, owner=command.owner, status=result.status)
        await follow_ups.done(self.database, self.clock, command.key, result)
        if result.standing is not None:
            adopted = outbox.Adopted(command.owner.partition(":")[2], result.standing.revision)
            await outbox.confirm(self.database, [adopted])


@contextlib.asynccontextmanager
async def _alive() -> AsyncIterator[None]:
    """Heartbeats for as long as this process lives: one answer may take long, a dead worker is missed at once."""
    within = activity.info().heartbeat_timeout

    async def beat() -> None:
        while within is not None:
            activity.heartbeat()
            await asyncio.sleep(within.total_seconds() / 3)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
