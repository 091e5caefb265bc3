"""An installation as in production: Temporal, worker and API are processes of their own, which a test may kill."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert
from temporalio.client import Client

from activities.courier import Courier
from api.app import build_house, create_app
from api.cli.processes import EmbeddedTemporal, Process, free_port
from api.cli.up import address, environment
from service.clock import Clock
from service.records import schemes
from service.records.database import Database
from service.records.migrate import migrate
from service.records.rows import JURISDICTION
from service.settings import Settings
from tests.support.house import PLACES, START, Caller, Installation

PYTHON = (sys.executable, "-P", "-m")
ROOT = Path(__file__).parents[2]
WITHIN = 45.0
"""Seconds within which anything that is awaited must be so; a machine under load needs a fraction of it."""


@dataclass
class Plant:
    """The processes, and `place`: the same installation as the test sees it, over HTTP and in the record."""

    settings: Settings
    temporal: EmbeddedTemporal
    worker: Process
    api: Process
    place: Installation
    doomed_ones: list[Process]

    def doomed(self, event: str, marker: Path, *, at: str = "commit", nth: int = 1, then: str = "die") -> Process:
        """A worker that kills itself, or waits until it is told to go on, at one moment of one event."""
        argv = [*PYTHON, "tests.crash.dying_worker", event, str(marker), at, str(nth), then]
        self.doomed_ones.append(_process("doomed", argv, self.settings, ready_file=marker.with_suffix(".ready")))
        return self.doomed_ones[-1]

    def mended(self) -> None:
        """Everything runs again, and nothing that a test left behind serves beside it."""
        for one in self.doomed_ones:
            one.kill()
        for one in (self.temporal, self.worker, self.api):
            if not one.running:
                one.start()

    async def another_worker(self) -> None:
        """The worker that somebody, or a supervisor, starts after the last one died."""
        await self.worker.start_async()

    async def advance(self, admin: Caller, day: str) -> httpx.Response:
        """Move the clock to nine in the morning of a local day, over HTTP."""
        return await admin.post("/clock/advance", {"to": f"{day}T09:00:00+08:00"})


def _process(name: str, argv: list[str], settings: Settings, **ready: Any) -> Process:
    log = settings.home / "logs" / f"{name}.log"
    return Process(name, argv, log=log, env=environment(settings), cwd=ROOT, ready_within=WITHIN, **ready)


@contextlib.asynccontextmanager
async def plant(home: Path, url: str = "", *, create_at: datetime | None = START) -> AsyncIterator[Plant]:
    """Everything running. `url` empty: SQLite in `home`. `create_at` None: on the real clock."""
    temporal = EmbeddedTemporal(
        home / "temporal.db", log=home / "logs" / "temporal.log", port=free_port(), synchronous="normal"
    )
    settings = Settings(
        home=home, database_url=url, temporal_address=temporal.address, port=free_port(),
        token_secret="a secret of the tests, long enough", sweep_every=1.0, answer_within=30.0,
        objections_per_minute=10_000,
    )  # fmt: skip
    ready = settings.home / "run" / "worker"
    worker = _process(
        "worker", [*PYTHON, "api.cli.main", "worker", "--ready-file", str(ready)], settings, ready_file=ready
    )
    api = _process("api", [*PYTHON, "api.cli.main", "api"], settings, ready_url=f"{address(settings)}/readyz")
    doomed: list[Process] = []
    database = Database(settings.url)
    try:
        await asyncio.to_thread(migrate, settings.url)
        clock = await Clock.of(database, create_at=create_at)
        await _jurisdictions(database)
        await temporal.start_async()
        worker.spawn()  # both at once: they need no order
        await api.start_async()
        await asyncio.to_thread(worker.wait_ready)
        client = await Client.connect(temporal.address, namespace=temporal.namespace)
        house = build_house(settings, database, clock, Courier(client, moves_by_hand=clock.movable))
        schemes.forget()
        async with httpx.AsyncClient(base_url=address(settings), timeout=WITHIN, trust_env=False) as http:
            place = Installation(database, clock, client, http, house, create_app())
            yield Plant(settings, temporal, worker, api, place, doomed)
    finally:
        for one in (*doomed, api, worker, temporal):
            await one.stop_async()
        await database.close()


async def _jurisdictions(database: Database) -> None:
    async with database.write.begin() as db:
        for code, above, level, zh, en in PLACES:
            path = f"{above}/{code}" if above else code
            await db.execute(insert(JURISDICTION).values(code=code, path=path, level=level, zh=zh, en=en))


async def eventually(holds: Callable[[], Awaitable[Any]], what: str, within: float = WITHIN) -> None:
    """Wait until something is so; fails with `what` and the last answer when it never is.

    An answer of "" or an empty collection means that it is so: it tells what is still missing.
    """
    deadline = time.monotonic() + within
    while missing := await holds():
        assert time.monotonic() < deadline, f"{what}: {missing}"
        await asyncio.sleep(0.05)


async def until_answered(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """What a careful caller does: the same call with the same key until there is an answer."""
    deadline = time.monotonic() + WITHIN
    while True:
        with contextlib.suppress(httpx.TransportError):
            answer = await send()
            if answer.status_code != 503:
                return answer
        assert time.monotonic() < deadline, "no answer came"
        await asyncio.sleep(0.1)


async def outcome(caller: Caller, answer: httpx.Response) -> dict[str, Any]:
    """The result of a command, read from where a 202 says that it will be."""
    found: dict[str, Any] = answer.json()
    where = answer.headers.get("Location", "")
    if answer.status_code != 202 or "/commands/" not in where:
        assert answer.status_code in (200, 201), answer.text
        return found

    async def waits() -> str:
        said = await until_answered(lambda: caller.get(where.removeprefix("/api/v1")))
        found.update(said.json())
        return "" if found["status"] == "done" else str(found)

    await eventually(waits, "the command that was answered with 202")
    return found


async def dead(process: Process) -> None:
    """Wait until a process has ended."""

    async def lives() -> str:
        return "it lives" if process.running else ""

    await eventually(lives, process.name)


async def written(marker: Path) -> None:
    """Wait until a doomed worker has reached its moment."""

    async def absent() -> str:
        return "" if await asyncio.to_thread(marker.exists) else "not there"

    await eventually(absent, str(marker))
