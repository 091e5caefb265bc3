"""`shifan openapi`: the description of the API, as a file that is kept and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.app import create_app

app = typer.Typer()


@app.command("openapi")
def command(
    output: Annotated[
        Path | None, typer.Option(help="The file to write; without it, standard output.", dir_okay=False)
    ] = None,
) -> None:
    """Write the OpenAPI description of the API, the same bytes every time. 接口说明文件。

    Clients are generated from it; the one in the repository is compared with the code by a test.

    Example: shifan openapi --output api/openapi.json

    Next: see what changed for callers with git diff.
    """
    if output is None:
        typer.echo(description(), nl=False)
    else:
        output.write_text(description(), encoding="utf-8")


def description() -> str:
    """The document as it lies in the repository."""
    return json.dumps(create_app().openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
