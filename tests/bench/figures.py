"""The figures: what was found, what was aimed at, as a table and as `var/bench.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One figure. `aim` is the highest value aimed at; None where there is no aim. `note` is for the reader."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    note: str = ""


def show(console: Console, figures: Iterable[Figure]) -> None:
    """Every figure with its aim and whether it is met."""
    table = Table(title="Shifan beside the thinnest FastAPI + Temporal program", title_justify="left")
    for heading, side in (("figure", "left"), ("value", "right"), ("unit", "left"), ("aim", "right"), ("", "left")):
        table.add_column(heading, justify="right" if side == "right" else "left", no_wrap=heading == "figure")
    table.add_column("what it is", overflow="fold")
    for figure in figures:
        aim = "" if figure.aim is None else f"≤ {figure.aim:.3g}"
        said = "" if figure.aim is None else "[green]met[/]" if figure.value <= figure.aim else "[red]not met[/]"
        table.add_row(figure.name, f"{figure.value:.3g}", figure.unit, aim, said, figure.note)
    console.print(table)


def write(file: Path, figures: Iterable[Figure]) -> None:
    """As JSON: name, value, unit and aim of each."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = [{k: v for k, v in asdict(f).items() if k != "note"} for f in figures]
    file.write_text(json.dumps({"figures": kept}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
