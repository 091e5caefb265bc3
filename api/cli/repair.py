"""`shifan repair`: brings the workflows in line with the record."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

import typer
from rich.progress import Progress

from activities import sweeper
from activities.courier import Courier, id_of
from api.cli import logs
from api.cli.engine import engine
from api.cli.options import Home, installed, settings_of
from api.runtime import connect, worker_of
from service.clock import Clock
from service.contracts import Owner
from service.records import outbox
from service.records.database import Database
from service.records.migrate import migrate
from service.settings import Settings

app = typer.Typer()
PATIENCE = 30
SAID = {
    sweeper.SOUND: "as its record says",
    sweeper.CAUGHT_UP: "brought up to its record",
    sweeper.REBUILT: "rebuilt from its record",
    sweeper.STUCK: "gives no answer: look at it in Temporal",
}


@app.command("repair")
def command(home: Home = None) -> None:
    """Compare everything that is open with its workflow, and mend what differs. 修复。

    The record in the database decides. A workflow that is behind is brought up to it; one that Temporal lost, with
    its file or in a restore, is built again. It may run beside the service, or without it: it brings a worker of
    its own, and Temporal too when none runs.

    Example: shifan repair --home var

    Next: `shifan audit verify` proves the record itself.
    """
    logs.configure(logging.WARNING)
    settings = installed(settings_of(home))
    migrate(settings.url)
    with engine(settings) as found:
        stood = asyncio.run(mend(found))
    for owner, how in sorted(stood.items()):
        if how != sweeper.SOUND:
            typer.echo(f"{owner}: {SAID[how]}")
    counts = Counter(stood.values())
    summary = [f"{counts[how]} {said}" for how, said in SAID.items() if counts[how]]
    typer.echo("; ".join(summary) + "." if summary else "Nothing is open.")
    if counts[sweeper.STUCK]:
        raise typer.Exit(1)


async def mend(settings: Settings) -> dict[str, str]:
    """How the workflow of each open owner stood before it was mended, by workflow ID."""
    stood: dict[str, str] = {}
    database = Database(settings.url)
    try:
        clock = await Clock.of(database)
        client = await connect(settings, tries=PATIENCE)
        courier = Courier(client, moves_by_hand=clock.movable)
        with Progress(transient=True) as progress:
            task = progress.add_task("Workflows", total=len(await outbox.open_owners(database)))

            def told(owner: Owner, how: str) -> None:
                stood[id_of(owner)] = how
                progress.advance(task)

            async with worker_of(client, database, clock, courier):
                await sweeper.Sweeper(database, clock, courier, 0).once(told)
    finally:
        await database.close()
    return stood
