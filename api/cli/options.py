"""Options that several commands share, and how a command says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from service.settings import Settings

Home = Annotated[
    Path | None,
    typer.Option(
        help="The folder of the installation: database, files, logs, Temporal's file. Default: var, or SHIFAN_HOME.",
        show_default=False,
    ),
]
ReadyFile = Annotated[
    Path | None,
    typer.Option(envvar="SHIFAN_READY_FILE", help="Write one line to this file as soon as it serves.", dir_okay=False),
]
DEMONSTRATION = "demonstration.txt"
"""Lies in the folder of a demonstration nobody has worked with, so that the next one knows it may be replaced."""


def settings_of(home: Path | None, **given: Any) -> Settings:
    """The settings of the environment, with what the command line says instead."""
    said = {name: value for name, value in given.items() if value is not None}
    return Settings(**said) if home is None else Settings(home=home, **said)


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with one sentence on stderr."""
    typer.echo(f"shifan: {message}", err=True)
    raise typer.Exit(code)


def installed(settings: Settings) -> Settings:
    """The same settings, once it is sure that there is an installation behind them."""
    if not settings.database_url and not settings.sqlite_file.exists():
        fail(
            f"There is no installation in {settings.home}: start one with `shifan up`, or name its folder with --home."
        )
    return settings
