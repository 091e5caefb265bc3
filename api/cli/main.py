"""The command `shifan`. Each group of commands is a file; only the one that is asked for is loaded."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

COMMANDS = {
    "up": "up",
    "demo": "demo.command",
    "api": "api",
    "worker": "worker",
    "token": "person",
    "scheme": "scheme",
    "simulate": "simulate.command",
    "calendar": "calendar",
    "audit": "audit",
    "draw": "draw",
    "repair": "repair",
    "openapi": "openapi",
}
"""Name of a command or group to its file."""


def build(*names: str) -> typer.Typer:
    """The command line with these commands."""
    root = typer.Typer(
        name="shifan",
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(shifan)
    for module in dict.fromkeys(COMMANDS[name] for name in names):
        root.add_typer(import_module(f"api.cli.{module}").app)
    return root


def shifan() -> None:
    """Shifan 示范 runs demonstration-creation programmes for law-based government.

    New here? `shifan demo` shows a whole programme in minutes; `shifan up` then serves the same data.
    """


def app() -> None:
    """Run the command of the command line."""
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    run = build(*([asked] if asked in COMMANDS else COMMANDS))
    try:
        run()
    except Exception as error:
        problems = import_module("api.cli.errors")
        said = problems.sentence(error)
        if said is None:
            raise
        typer.echo(f"shifan: {said}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    app()
