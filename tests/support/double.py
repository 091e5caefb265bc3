"""An in-memory double of the record, for workflows whose timers are skipped: only where no database can follow."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from activities.courier import Courier
from service.contracts import COMMIT, DELIVER, READ_STANDING, RING, Command, Owner, Result, Standing
from tests.support.house import sandboxed
from tests.support.temporal import time_skipping
from workflows.worker import worker

YEAR = timedelta(days=366)


@dataclass
class Record:
    """One batch: the dates at which its alarm has something to do, and when it rang."""

    env: WorkflowEnvironment
    owner: str = field(default_factory=lambda: f"batch:{uuid.uuid4().hex}")
    dues: list[datetime] = field(default_factory=list)
    rung: list[datetime] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)
    delivered: int = 0
    follow_ups: bool = False
    over: bool = False
    turns_at: int | None = None
    """After so many commits it is the next year, whatever the engine's clock says."""

    async def now(self) -> datetime:
        return await self.env.get_current_time()

    async def standing(self) -> Standing | None:
        if not self.committed:
            return None
        year = (await self.now()).year
        year += self.turns_at is not None and len(self.committed) >= self.turns_at
        due = min(self.dues, default=None)
        return Standing("planned", len(self.committed), "", due, self.follow_ups, self.over, year)

    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=COMMIT)
        async def commit(command: Command) -> Result:
            if command.key not in self.committed:
                self.committed.append(command.key)
                form = command.form or {}
                self.dues = [datetime.fromisoformat(d) for d in form.get("dues", [x.isoformat() for x in self.dues])]
                self.over = bool(form.get("over"))
                self.follow_ups = bool(form.get("follow_ups")) or self.follow_ups
            return Result("done", command.thing, "batch", "planned", len(self.committed), await self.standing())

        @activity.defn(name=RING)
        async def ring(owner: Owner) -> Standing | None:
            now = await self.now()
            served = [d for d in self.dues if d <= now]
            self.rung += [now for _ in served]
            self.dues = [d for d in self.dues if d > now]
            return await self.standing()

        @activity.defn(name=READ_STANDING)
        async def read_standing(owner: Owner) -> Standing | None:
            return await self.standing()

        @activity.defn(name=DELIVER)
        async def deliver(owner: Owner) -> int:
            self.delivered, self.follow_ups = self.delivered + 1, False
            return 1

        return [commit, ring, read_standing, deliver]

    @property
    def courier(self) -> Courier:
        return Courier(self.env.client, moves_by_hand=False)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.env.client.get_workflow_handle(self.owner)

    async def act(self, key: str = "", **form: Any) -> Result:
        """A command as a person sends it; the first one creates the thing."""
        thing = self.owner.partition(":")[2]
        made = bool(self.committed)
        event = "urge" if made else "plan_batch"
        command = Command(
            key or uuid.uuid4().hex, "p", "batch", thing, event, self.owner, form, creates=not made, body_hash="x"
        )
        return await self.courier.send(command)

    async def first_due(self, *after: timedelta) -> None:
        """Create it with these dates."""
        await self.act(dues=[(await self.now() + a).isoformat() for a in after])

    async def history(self) -> WorkflowHistory:
        return await self.handle.fetch_history()

    async def runs(self) -> list[str]:
        """The IDs of the runs so far, first to last."""
        found: list[str] = []
        run = (await self.handle.describe()).run_id
        while run:
            found.insert(0, run)
            handle = self.env.client.get_workflow_handle(self.owner, run_id=run)
            begun = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
            run = begun.continued_execution_run_id
        return found

    async def quiet(self) -> None:
        """Let the workflow finish what it is about, in real time."""
        await asyncio.sleep(0.2)


@asynccontextmanager
async def records() -> AsyncIterator[Record]:
    """A record, its worker and a time-skipping server."""
    async with time_skipping() as env:
        record = Record(env)
        async with worker(env.client, record.activities(), runner=sandboxed()):
            yield record
