"""Ten years of one programme, as `shifan simulate` plays them: wall time, and the CPU time of the play and its engine."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.support.command import SHIFAN, environment

KEY, FIRST, LAST, QUICK_LAST = "qinghai", "2024-01-01", "2033-12-31", "2025-12-31"
AIM = 60.0


async def figures(home: Path, *, quick: bool) -> list[Figure]:
    """One play in a process of its own; `quick` plays two years, to try it out."""
    file = home / "play.json"
    last = QUICK_LAST if quick else LAST
    command = [*SHIFAN, "simulate", KEY, "--from", FIRST, "--to", last, "--lang", "en", "--export", str(file)]
    before, began = _spent(), time.monotonic()
    run = asyncio.to_thread(subprocess.run, command, env=environment(TMPDIR=str(home)), check=True, capture_output=True)
    await run
    wall, cpu = time.monotonic() - began, _spent() - before
    found = json.loads(file.read_text(encoding="utf-8"))["plays"]["as_it_stands"]
    parts = {name: len(found[name]) for name in ("fates", "owed", "courses", "still")}
    said = ", ".join(f"{count} {name}" for name, count in parts.items())
    return [
        Figure("ten_years_seconds", round(wall, 2), "s", AIM, f"{KEY}, {FIRST} to {last}: {said}"),
        Figure(
            "ten_years_cpu", round(cpu, 2), "s", None, "of the play and of its Temporal server, which run side by side"
        ),
    ]


def _spent() -> float:
    """CPU seconds of every child that has ended, with its own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
