"""Carrying out the follow-ups of an owner: each is a command to another owner, asked until it is answered."""

from __future__ import annotations

from temporalio import activity

from activities.courier import Courier
from service.clock import Clock
from service.contracts import DELIVER, Owner
from service.records import follow_ups, outbox
from service.records.database import Database


class FollowUps:
    """Delivers follow-ups in the order in which they were written."""

    def __init__(self, database: Database, clock: Clock, courier: Courier) -> None:
        self.database = database
        self.clock = clock
        self.courier = courier

    @activity.defn(name=DELIVER)
    async def deliver(self, owner: Owner) -> int:
        """Carry out everything that waits for this owner; returns how many. Safe to repeat at any point."""
        told = 0
        while waiting := await follow_ups.to_do(self.database, owner.thing):
            for command in waiting:
                result = await self.courier.send(command)
                await follow_ups.done(self.database, self.clock, command.key, result)
                if result.standing is not None:
                    adopted = outbox.Adopted(command.owner.partition(":")[2], result.standing.revision)
                    await outbox.confirm(self.database, [adopted])
                told += 1
                activity.heartbeat(told)
        return told
