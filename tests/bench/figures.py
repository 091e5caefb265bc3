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
    """Every figure with its aim and whether it is met, then what each of them is."""
    shown = list(figures)
    table = Table(title="Shifan beside the thinnest FastAPI + Temporal program", title_justify="left")
    table.add_column("figure", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("aim", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for figure in shown:
        aim = "" if figure.aim is None else f"≤ {figure.aim:.3g}"
        said = "" if figure.aim is None else "[green]met[/]" if figure.value <= figure.aim else "[red]not met[/]"
        table.add_row(figure.name, f"{figure.value:,.3g}" if figure.value < 1000 else f"{figure.value:,.0f}",
                      figure.unit, aim, said)  # fmt: skip
    console.print(table)
    for figure in shown:
        if figure.note:
            console.print(f"[bold]{figure.name}[/]: {figure.note}", highlight=False, soft_wrap=True)


def write(file: Path, figures: Iterable[Figure]) -> None:
    """As JSON: name, value, unit and aim of each."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = [{k: v for k, v in asdict(f).items() if k != "note"} for f in figures]
    file.write_text(json.dumps({"figures": kept}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
