"""A worker that dies, or stands still, at the worst moment. It is `shifan worker` with one thing wrapped.

`python -m tests.crash.dying_worker EVENT MARKER (commit|delivery) N (die|wait)`

`commit`: the Nth commit of this event is in SQL and the workflow has not been told.
`delivery`: the other owner has answered the Nth follow-up of this event, and it is not marked as done.
It writes MARKER; then it kills itself, or waits until the file MARKER.go is there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from activities.commit import Commits
from activities.courier import Courier
from activities.follow_ups import FollowUps
from api.cli.serve import serve
from api.runtime import Parts
from service.contracts import Command, Result
from service.records.commit import Commit
from service.settings import Settings
from workflows.worker import worker


class Moment:
    """The moment at which it happens."""

    def __init__(self, event: str, marker: Path, nth: int, then: str) -> None:
        self.event = event
        self.marker = marker
        self.left = nth
        self.dies = then == "die"

    async def has_come(self, command: Command) -> None:
        """Called after the real thing was done for a command."""
        if command.event != self.event:
            return
        self.left -= 1
        if self.left != 0:
            return
        self.marker.write_text(f"{command.thing} {command.key}\n", encoding="utf-8")
        if self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        go = self.marker.with_suffix(".go")
        while not go.exists():  # noqa: ASYNC110 - told by a file from another process; the test ends what never goes on
            await asyncio.sleep(0.02)


class FatalCommit(Commit):
    """The commit of the service; what comes after it is not."""

    moment: Moment

    async def __call__(self, command: Command) -> Result:
        result = await super().__call__(command)
        await self.moment.has_come(command)
        return result


class FatalCourier(Courier):
    """The courier of the service; what comes after the answer is not."""

    moment: Moment

    async def send(self, command: Command) -> Result:
        result = await super().send(command)
        await self.moment.has_come(command)
        return result


def main(event: str, marker: str, at: str, nth: str, then: str) -> None:
    """Serve the queue as `shifan worker` does, without its sweeper: nothing mends what this one leaves."""
    moment = Moment(event, Path(marker), int(nth), then)

    async def work(here: Parts, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        commit, courier = Commit(here.database, here.clock), here.courier
        if at == "commit":
            commit = FatalCommit(here.database, here.clock)
            commit.moment = moment
        else:
            courier = FatalCourier(here.client, moves_by_hand=here.clock.movable)
            courier.moment = moment
        commits, follow_ups = Commits(commit), FollowUps(here.database, here.clock, courier)
        async with worker(here.client, [commits.commit, commits.ring, commits.read_standing, follow_ups.deliver]):
            ready()
            await stop.wait()

    serve("doomed", Settings(), Path(marker).with_suffix(".ready"), work)


if __name__ == "__main__":
    main(*sys.argv[1:])
