"""`shifan draw verify`: does a published draw come out the same from its own population, seed and rule?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import fail
from service.domain.measures import draws

app = typer.Typer()
group = typer.Typer(name="draw", no_args_is_help=True, help="Repeat a draw from its published record. 抽取复算。")
app.add_typer(group)
LARGEST = 64 * 1024 * 1024


@group.callback()
def about() -> None:
    """Repeat a draw from its published record. 抽取复算。"""


@group.command("verify")
def command(
    record: Annotated[Path, typer.Argument(metavar="RECORD.json", help="The record, as published.", dir_okay=False)],
) -> None:
    """Draw once more from a published record and say whether, and where, it comes out otherwise. 复算抽取。

    It needs no installation: the record holds population, strata, rule and seed. It is what
    `GET /api/v1/look-back-rounds/ID/draw` and `GET /api/v1/surveys/ID/draw` answer, or the part `draw` of that. It
    leaves with 1 when anything differs.

    Example: shifan draw verify record.json

    Next, when something differs: the record was changed after the draw; ask the office for the audit chain.
    """
    said = _read(record)
    found = draws.differences(said)
    for at, before, after in found:
        typer.echo(f"{at}: the record says {_shown(before)}, the draw gives {_shown(after)}.")
    if found:
        typer.echo("DIFFERENT: this is not what its population, seed and rule lead to.")
        raise typer.Exit(1)
    drawn = len(draws.chosen(said))
    everybody = sum(len(ids) for ids in said["strata"].values())
    typer.echo(f"EQUAL: {drawn} of {everybody}, {len(said['strata'])} strata, hash of the population {said['hash']}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            fail(f"{path} is larger than {LARGEST} bytes: no record of a draw.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        fail(f"{path} cannot be read: {error}")
    if isinstance(found, dict) and isinstance(found.get("draw"), dict):
        found = found["draw"]
    if not isinstance(found, dict):
        fail(f"{path} holds no record of a draw.")
    return found


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 200 else text[:200] + "..."
