"""`shifan simulate`: what a scheme leads to over the years, before it is published."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
import uvloop
from rich.console import Console
from rich.status import Status

from api.cli.options import fail
from api.cli.scheme import files_of, place_in
from api.cli.simulate import export
from api.cli.simulate.changes import Changed, Unusable, changed, threshold_of
from api.cli.simulate.difference import difference
from api.cli.simulate.page import Page, console
from api.cli.simulate.play import CalendarRefused, Script, play
from api.cli.simulate.result import Result
from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.problem import Problem, SchemeInvalid
from service.schemes.validation.validator import problems

app = typer.Typer()
INTERRUPTED = 130
MOST_YEARS = 30
MOST_APPLICANTS = 50
SELDOM = 100_000, 50, 100
"""How many new objects until the collector looks again: a tenth of the time is saved, for some memory."""
AS_IT_STANDS, CHANGED = "as_it_stands", "changed"


@app.command("simulate")
def command(  # noqa: PLR0917 - a play has that many sides
    programme: Annotated[
        str, typer.Argument(help="A folder with scheme.yaml and its tables, or the key of a shipped programme.")
    ],
    first: Annotated[datetime, typer.Option("--from", help="The first day.", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", help="The last day.", formats=["%Y-%m-%d"])],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Play it a second time with another value: threshold=95, quota=5, calendar=FILE.csv or /pointer=value.",
        ),
    ] = None,
    applicants: Annotated[
        int | None, typer.Option(help="New applicants for each track and batch.", min=1, max=MOST_APPLICANTS)
    ] = None,
    export_to: Annotated[
        Path | None, typer.Option("--export", help="Write everything to FILE.csv or FILE.json.", dir_okay=False)
    ] = None,
    lang: Annotated[str, typer.Option("--lang", envvar="SHIFAN_LANGUAGE", help="zh or en.")] = "zh",
) -> None:
    """Play a scheme through its years, on an installation that is thrown away: nothing of yours is touched. 推演。

    It shows what falls due when, which dates land on days off, what becomes of made-up applicants, and what stood
    still. With `--set` it plays twice and shows who falls out or is late then, and which dates move.

    Example: shifan simulate qinghai --from 2024-01-01 --to 2027-12-31 --set threshold=95

    Next: when it leads where it should, `shifan scheme import` brings the scheme into an installation.
    """
    language = "en" if lang.startswith("en") else "zh"
    begins, ends = first.date(), last.date()
    if ends < begins or ends.year - begins.year > MOST_YEARS:
        fail(f"--to lies at least on the day of --from, and at most {MOST_YEARS} years later.", 2)
    if export_to is not None and export_to.suffix not in export.SUFFIXES:
        fail(f"{export_to} is neither FILE.csv nor FILE.json.", 2)
    files = files_of(programme)
    scheme = _sound(files, language)
    altered = _altered(scheme, set_ or [], language)
    _ready_to_play()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            plays = runner.run(_both(scheme, altered, begins, ends, language, applicants))
    except CalendarRefused as error:
        fail(f"calendar {error}", 2)
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("Stopped; nothing is left behind.", INTERRUPTED)
    _show(plays, altered, language, export_to)


def _sound(files: dict[str, bytes], language: str) -> Scheme:
    """The scheme, or what the validator says of it."""
    found: tuple[Problem, ...]
    try:
        scheme = loader.read_files(files)
        if not (found := tuple(problems(scheme))):
            return scheme
    except SchemeInvalid as error:
        found = error.problems
    for one in found:
        typer.echo(f"{place_in(files, one.path)}: {one.message(language)} [{one.rule}]", err=True)
        typer.echo(f"    {one.advice(language)}", err=True)
    raise typer.Exit(1)


def _altered(scheme: Scheme, said: list[str], language: str) -> Changed | None:
    """What is set otherwise; None where nothing is."""
    if not said:
        return None
    try:
        return changed(scheme, said)
    except Unusable as error:
        fail(f"--set: {error.en if language == 'en' else error.zh}", 2)
    except SchemeInvalid as error:
        for one in error.problems:
            typer.echo(f"{one.path}: {one.message(language)} [{one.rule}]", err=True)
        fail("--set: the scheme could not be published with this value.", 2)


def _ready_to_play() -> None:
    """A play asks for much that is refused: what counts is on the page, not in a log. And it makes much that stays."""
    gc.set_threshold(*SELDOM)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


async def _both(
    scheme: Scheme, altered: Changed | None, begins: date, ends: date, language: str, applicants: int | None
) -> dict[str, Result]:
    """As it stands and, where something is set otherwise, as it is then, with the same population."""
    if (task := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    threshold = threshold_of(scheme)
    scripts = {AS_IT_STANDS: Script(scheme, begins, ends, language, threshold, applicants)}
    if altered is not None:
        scripts[CHANGED] = Script(altered.scheme, begins, ends, language, threshold, applicants, altered.calendar)
    terminal = Console(stderr=True)
    plays = {}
    with terminal.status("") as status:
        for name, script in scripts.items():
            plays[name] = await play(script, partial(_tell, status, name))
    return plays


def _tell(status: Status, name: str, day: date) -> None:
    status.update(f"{name} {day}")


def _show(plays: dict[str, Result], altered: Changed | None, language: str, export_to: Path | None) -> None:
    page, out = Page(language), console()
    found = None
    if altered is not None:
        found = difference(plays[AS_IT_STANDS], plays[CHANGED])
        out.print(page.altered(altered.places, altered.calendar))
    out.print(page.result(plays[AS_IT_STANDS]))
    if found is not None:
        out.print(page.difference(found))
    if export_to is not None:
        listed: list[dict[str, Any]] = (
            [{"at": p, "was": old, "is": new} for p, old, new in altered.places] if altered else []
        )
        export.write(export_to, plays, listed, found)
        typer.echo(str(export_to))
    sys.stdout.flush()
