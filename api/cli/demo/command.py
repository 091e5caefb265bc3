"""`shifan demo`: a whole programme, years in minutes, on a Temporal server and an installation of its own."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.audit import verified
from api.cli.demo.stories import STORIES
from api.cli.demo.story import run_demo
from api.cli.engine import serving, temporal_file
from api.cli.options import DEMONSTRATION, fail
from api.cli.person import enroll, token
from api.cli.processes import Process, free_port
from api.cli.up import address, instant, prepare, processes
from service.settings import Settings

app = typer.Typer()
ADMIN_ROLES = [("system_administrator", "region:cn"), ("security_administrator", "region:cn")]
TOKEN = timedelta(days=1)
INTERRUPTED = 130
MARK = DEMONSTRATION
KEPT = ("shifan.db*", "temporal.db*", "files", "logs", "run", "token.secret", MARK)


@app.command("demo")
def command(
    programme: Annotated[str, typer.Argument(help=f"One of: {', '.join(STORIES)}.")] = "reference",
    *,
    home: Annotated[Path, typer.Option(help="The folder of the demonstration, made new.")] = Path("var"),
    lang: Annotated[
        str | None, typer.Option(help="zh or en. Default: en where LANG is English, else zh.", show_default=False)
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep/--fresh", help="Set an earlier demonstration aside instead of removing it.")
    ] = False,
) -> None:
    """Run a whole programme before your eyes, years in minutes, on the real Temporal server. 演示。

    Applicants go from their first day to a title and to its loss; every step is an HTTP call, every refusal names its
    rule. It leaves with 0 only when everything came out as the rules say.

    Example: shifan demo qinghai

    Next: `shifan up` goes on with the same data.
    """
    story = STORIES.get(programme) or fail(f"There is no story of {programme!r}; there are: {', '.join(STORIES)}.")
    home = away_from_work(home)
    make_room(home, keep)
    settings = alone(home)
    prepare(settings, instant(story.begins))
    asyncio.run(enroll(settings, "admin", "Administrator 系统管理员", ADMIN_ROLES))
    _, members = processes(settings, temporal_port=free_port(), ui_port=free_port())
    try:
        with running(members):
            good = run_demo(
                story,
                address(settings),
                token(settings, "admin", TOKEN),
                lambda person: token(settings, person, TOKEN),
                verify=lambda: asyncio.run(verified(settings)),
                language=lang,
            )
    except KeyboardInterrupt:
        fail(f"Stopped; `shifan up --home {home}` serves what was done so far.", INTERRUPTED)
    elsewhere = "" if home == Settings().home else f" --home {home}"
    typer.echo(f"\nGo on with the same data: make up, or shifan up{elsewhere}")
    sys.exit(0 if good else 1)


def alone(home: Path) -> Settings:
    """Settings of an installation that touches nothing outside its folder, whatever the environment names."""
    return Settings(home=home, database_url="", files_url="", temporal_address="", host="127.0.0.1", port=free_port())


def away_from_work(home: Path) -> Path:
    """The folder asked for, or one below it where an installation that people use lies there."""
    if Settings(home=home).sqlite_file.exists() and not (home / MARK).exists() and home == Settings().home:
        typer.echo(f"{home} holds an installation that is in use; the demonstration goes to {home / 'demo'}.")
        return home / "demo"
    return home


def make_room(home: Path, keep: bool) -> None:
    """Room for a demonstration. Only an earlier one is removed or set aside, never an installation that people use."""
    mine = Settings(home=home)
    if mine.sqlite_file.exists():
        if not (home / MARK).exists():
            fail(f"{home} holds an installation that is no demonstration; give the demonstration a --home of its own.")
        if serving(temporal_file(mine)):
            fail(f"The installation in {home} runs now: stop it first.")
        if keep:
            aside = home.with_name(f"{home.name}-{time.strftime('%Y%m%d-%H%M%S')}")
            home.rename(aside)
            typer.echo(f"The earlier demonstration is in {aside} now.")
        else:
            clear(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("Made by `shifan demo`, which may remove it.\n", encoding="utf-8")


def clear(home: Path) -> None:
    """Remove what an installation keeps in its folder, and nothing else that lies there."""
    for made in (path for pattern in KEPT for path in home.glob(pattern)):
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink()


@contextmanager
def running(members: list[Process]) -> Iterator[None]:
    """All of them up; stopped in reverse at the end, also when Ctrl-C or SIGTERM comes in the middle."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for member in members:
            member.start()
        yield
    finally:
        for member in reversed(members):
            member.stop()
        signal.signal(signal.SIGTERM, before)
