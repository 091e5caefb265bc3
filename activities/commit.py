"""The activities of every owner: commit a command, ring the alarm, read where the record stands."""

from __future__ import annotations

from temporalio import activity

from service.contracts import COMMIT, READ_STANDING, RING, Command, Owner, Result, Standing
from service.records.commit import Commit


class Commits:
    """One transaction each. Retried for ever: each finds out by itself whether it has been done already."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit

    @activity.defn(name=COMMIT)
    async def commit(self, command: Command) -> Result:
        return await self._commit(command)

    @activity.defn(name=RING)
    async def ring(self, owner: Owner) -> Standing | None:
        return await self._commit.ring(owner)

    @activity.defn(name=READ_STANDING)
    async def read_standing(self, owner: Owner) -> Standing | None:
        return await self._commit.standing(owner)
