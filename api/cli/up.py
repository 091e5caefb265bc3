"""`shifan up`: a whole installation on this machine, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from api.cli.engine import serving, temporal_file, usual_or_free
from api.cli.options import DEMONSTRATION, Home, fail, settings_of
from api.cli.processes import EmbeddedTemporal, Group, Process, free_port, listening
from service.clock import Clock
from service.domain.dates.calendar import ZONE
from service.records import outbox
from service.records.database import Database
from service.records.migrate import migrate
from service.settings import Settings

app = typer.Typer()
TEMPORAL_PORT, UI_PORT = 7233, 8233
PROGRAM = (sys.executable, "-P", "-m", "api.cli.main")


@app.command("up")
def command(
    home: Home = None,
    port: Annotated[int | None, typer.Option(help="Port of the API. Default: 8000.", min=0, max=65535)] = None,
    movable_clock: Annotated[
        str | None,
        typer.Option(
            metavar="FROM",
            help="Create the installation with a clock that is moved by hand, from this instant on, "
            "such as 2024-02-22T09:00+08:00. An installation keeps the clock it was created with.",
        ),
    ] = None,
) -> None:
    """Start everything on this machine: Temporal, worker, API. 一键启动。

    The state is kept in the folder ./var: stop with Ctrl-C, start again, and go on where you were. With
    SHIFAN_TEMPORAL_ADDRESS it uses a Temporal server that you run, with SHIFAN_DATABASE_URL your PostgreSQL.

    Example: shifan up --port 8080

    Next: in another terminal, `shifan token admin --role system_administrator --scope region:cn`.
    """
    settings = settings_of(home, port=port)
    if settings.port == 0:
        settings = settings.model_copy(update={"port": free_port()})
    refuse_a_second(settings)
    start = None if movable_clock is None else instant(movable_clock)
    temporal_is_new = not settings.temporal_address and not temporal_file(settings).exists()
    found = prepare(settings, start)
    # Whoever serves a demonstration works with it: from now on no other one may replace it.
    (settings.home / DEMONSTRATION).unlink(missing_ok=True)
    temporal, members = processes(settings)
    lost = found.open_owners if temporal_is_new else 0
    sys.exit(Group(members).run(lambda: typer.echo(banner(settings, temporal, found.clock, lost))))


def refuse_a_second(settings: Settings) -> None:
    """One clear sentence before anything is touched."""
    running = serving(temporal_file(settings))
    if running:
        fail(f"The installation in {settings.home} runs already (Temporal at {running}): stop it first.")
    if listening(settings.port):
        fail(f"Port {settings.port} is in use by another program: choose another with --port.")


def instant(text: str) -> datetime:
    """An instant with its offset, as a person writes it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text} is not an instant: write it as 2024-02-22T09:00+08:00.", 2)
    if found.tzinfo is None:
        fail(f"{text} lacks its offset: write it as 2024-02-22T09:00+08:00.", 2)
    return found


@dataclass(frozen=True)
class Found:
    """What the record says at the start: which clock, in words, and how much is open."""

    clock: str
    open_owners: int


def prepare(settings: Settings, start: datetime | None) -> Found:
    """Migrate, settle which clock this installation has, and look at what is there."""
    try:
        migrate(settings.url)
    except OperationalError as error:
        fail(f"The database does not answer: {str(error.orig).strip()}")
    return asyncio.run(_look(settings, start))


async def _look(settings: Settings, start: datetime | None) -> Found:
    database = Database(settings.url)
    try:
        clock = await Clock.of(database, create_at=start)
        async with database.read.connect() as db:
            now = (await clock.now(db)).astimezone(ZONE)
        open_owners = len(await outbox.open_owners(database))
    finally:
        await database.close()
    if clock.movable:
        shown = f"movable, at {now.isoformat(timespec='minutes')} (POST /api/v1/clock/advance)"
        return Found(shown, open_owners)
    if start is not None:
        fail(f"The installation in {settings.home} was created with the real clock and keeps it.")
    return Found("the real one", open_owners)


def processes(
    settings: Settings, *, temporal_port: int | None = None, ui_port: int | None = None
) -> tuple[str, list[Process]]:
    """The address of Temporal's pages (or of the server that was given), and what runs, in order."""
    home = settings.home.resolve()
    members: list[Process] = []
    temporal_pages = ""
    if not settings.temporal_address:
        ui_port = ui_port or usual_or_free(UI_PORT)
        embedded = EmbeddedTemporal(
            temporal_file(settings),
            log=home / "logs" / "temporal.log",
            port=temporal_port or usual_or_free(TEMPORAL_PORT),
            ui_port=ui_port,
            namespace=settings.temporal_namespace,
        )
        members.append(embedded)
        settings = settings.model_copy(update={"temporal_address": embedded.address})
        temporal_pages = f"http://{embedded.address.partition(':')[0]}:{ui_port}"
    env = environment(settings)
    ready, logs = home / "run" / "worker", home / "logs"
    serves = [*PROGRAM, "worker", "--ready-file", str(ready)]
    members += [
        Process("worker", serves, log=logs / "worker.log", env=env, ready_file=ready),
        Process("api", [*PROGRAM, "api"], log=logs / "api.log", env=env, ready_url=f"{address(settings)}/readyz"),
    ]
    return temporal_pages or settings.temporal_address, members


def environment(settings: Settings) -> Mapping[str, str]:
    """What the children are told, whatever the environment of this command says."""
    told = settings.model_copy(update={"home": settings.home.resolve()})
    return {f"SHIFAN_{name.upper()}": str(value) for name, value in told.model_dump().items()}


def address(settings: Settings) -> str:
    """Where the API of this machine is reached from this machine."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.port}"


def banner(settings: Settings, temporal: str, clock: str, lost: int) -> str:
    """What somebody needs to know who sees this for the first time."""
    at = address(settings)
    usual = settings.home == Settings.model_fields["home"].default
    with_home = "" if usual else f" --home {settings.home}"
    repair = (
        f"\nTemporal's file is new, and {lost} workflows are not in it: run shifan repair{with_home}\n" if lost else ""
    )
    return f"""
Shifan 示范 is up.
{repair}
  API          {at}/api/v1
  Description  {at}/openapi.json
  Temporal     {temporal}
  Clock        {clock}
  Data, logs   {settings.home}{os.sep}

A token for the first administrator, from another terminal:
  shifan token admin{with_home} --role system_administrator --scope region:cn --role security_administrator --scope region:cn
Then:
  curl -H "Authorization: Bearer TOKEN" {at}/api/v1/me

Ctrl-C stops everything; `shifan up{with_home}` goes on with the same data.
"""
