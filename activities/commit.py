"""The activities of every owner: commit a command, ring the alarm, read where the record stands."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from temporalio import activity
from temporalio.exceptions import ApplicationError

from service.contracts import BROKEN, COMMIT, READ_STANDING, RING, Command, Owner, Result, Standing
from service.records.commit import Commit
from service.records.write import MovedOn

T = TypeVar("T")
log = structlog.get_logger()
PASSES = (OperationalError, InterfaceError, PoolTimeout, OSError, MovedOn)
"""Faults that pass by themselves: the database comes back, or somebody else was quicker."""
RACES_LOST_AT_MOST = 5


class Commits:
    """One transaction each. Retried for ever: each finds out by itself whether it has been done already.

    A fault of our own does not pass. It is told as such at once, so that it stops one command and not its owner.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit

    @activity.defn(name=COMMIT)
    async def commit(self, command: Command) -> Result:
        return await _or_broken(self._commit(command), command.owner)

    @activity.defn(name=RING)
    async def ring(self, owner: Owner) -> Standing | None:
        return await _or_broken(self._commit.ring(owner), owner.thing)

    @activity.defn(name=READ_STANDING)
    async def read_standing(self, owner: Owner) -> Standing | None:
        return await _or_broken(self._commit.standing(owner), owner.thing)


async def _or_broken(done: Awaitable[T], owner: str) -> T:
    try:
        return await done
    except PASSES:
        raise
    except Exception as error:
        if isinstance(error, IntegrityError) and activity.info().attempt <= RACES_LOST_AT_MOST:
            raise
        log.exception("a fault of ours", owner=owner)
        raise ApplicationError(f"{type(error).__name__}: {error}", type=BROKEN, non_retryable=True) from error
