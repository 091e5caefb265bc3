"""`shifan worker`: carries out what the API sends, rings alarms, mends what a crash left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import typer

from activities.sweeper import Sweeper
from api.cli.engine import where
from api.cli.options import Home, ReadyFile, settings_of
from api.cli.serve import serve
from api.runtime import Parts, worker_of

app = typer.Typer()


@app.command("worker")
def command(home: Home = None, ready_file: ReadyFile = None) -> None:
    """Run one worker process: workflows, activities and the sweeper. 工作进程。

    It waits for the database and for Temporal, and drains on SIGTERM: what has begun is finished, then it leaves
    with 0. Run as many as you like. `shifan up` starts one for you.

    Example: SHIFAN_DATABASE_URL=postgresql+psycopg://... SHIFAN_TEMPORAL_ADDRESS=temporal:7233 shifan worker

    Next: `shifan api` on the same settings.
    """
    settings = settings_of(home)
    serve("worker", settings.model_copy(update={"temporal_address": where(settings)}), ready_file, work)


async def work(here: Parts, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Serve the queue and sweep beside it; leaving the worker's block drains it."""
    sweeper = Sweeper(here.database, here.clock, here.courier, here.settings.sweep_every)
    async with worker_of(here.client, here.database, here.clock, here.courier):
        sweeping = asyncio.create_task(sweeper.run())
        ready()
        try:
            await stop.wait()
        finally:
            sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeping
