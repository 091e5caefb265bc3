"""The two sides of a comparison: the service and the ruler, each with a Temporal server of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.cli.processes import EmbeddedTemporal, Process, free_port
from tests.bench import meter

SECRET = "a secret of the bench, long enough for any key"
PARTS = ("server", "worker", "api")
PYTHON = (sys.executable, "-P", "-m")
SWEEP_EVERY = 1.0
"""Seconds between two sweeps here; 15 by default. What a sweep does for some commands then falls to their account."""
QUIET_FOR = 4.0


@dataclass(frozen=True)
class Spent:
    """CPU seconds by part for so many operations."""

    operations: int
    seconds: dict[str, float]

    @property
    def each(self) -> float:
        """Milliseconds for one operation, all parts together."""
        return sum(self.seconds.values()) * 1000 / self.operations

    def part(self, name: str) -> float:
        return self.seconds[name] * 1000 / self.operations


@dataclass
class Side:
    """Three processes and a client of theirs. `idle` is what each part uses in a second without any request."""

    home: Path
    server: EmbeddedTemporal
    worker: Process
    api: Process
    settles: float
    http: httpx.AsyncClient = field(init=False)
    idle: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))

    def cpu(self) -> dict[str, float]:
        """CPU seconds that each part has used so far."""
        return {part: meter.cpu_seconds(getattr(self, part).pid) for part in PARTS}

    def memory(self) -> int:
        return sum(meter.memory_bytes(getattr(self, part).pid) for part in PARTS)

    def bytes_on_disk(self) -> dict[str, int]:
        """Of each store, with its log."""
        return {
            "Temporal": meter.file_bytes([self.server.db]),
            "SQL": meter.file_bytes([self.home / "shifan.db"]),
        }

    async def rest(self) -> None:
        """Learn what it costs to be there and do nothing: pollers, sweeps, timers."""
        began, before = time.monotonic(), self.cpu()
        await asyncio.sleep(QUIET_FOR)
        after, lasted = self.cpu(), time.monotonic() - began
        self.idle = {part: (after[part] - before[part]) / lasted for part in PARTS}

    async def account(self, work: Awaitable[object], operations: int) -> Spent:
        """The CPU time of some work and of what follows from it by itself, without what idling would have cost."""
        began, before = time.monotonic(), self.cpu()
        await work
        await asyncio.sleep(self.settles)
        after, lasted = self.cpu(), time.monotonic() - began
        return Spent(operations, {p: max(0.0, after[p] - before[p] - self.idle[p] * lasted) for p in PARTS})


@contextlib.asynccontextmanager
async def _side(
    name: str,
    home: Path,
    worker: tuple[str, ...],
    api: tuple[str, ...],
    settles: float,
    sweep_every: float = SWEEP_EVERY,
) -> AsyncIterator[Side]:
    """A running side; the programs are what stands after `python -m`."""
    server = EmbeddedTemporal(home / "temporal.db", log=home / "temporal.log")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = {
        "SHIFAN_HOME": str(home), "SHIFAN_TEMPORAL_ADDRESS": server.address, "SHIFAN_PORT": str(port),
        "SHIFAN_TEMPORAL_NAMESPACE": server.namespace, "SHIFAN_TOKEN_SECRET": SECRET,
        "SHIFAN_SWEEP_EVERY": str(sweep_every),
    }  # fmt: skip
    here = Side(
        home,
        server,
        Process(f"{name} worker", [*PYTHON, *worker], log=home / "worker.log", env=env),
        Process(f"{name} API", [*PYTHON, *api], log=home / "api.log", env=env, ready_url=f"{address}/livez"),
        settles,
    )
    with contextlib.ExitStack() as ending:
        for process in (here.server, here.worker, here.api):
            ending.callback(process.stop)
            await process.start_async()
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits, trust_env=False) as here.http:
            yield here


def running_service(home: Path, sweep_every: float = SWEEP_EVERY) -> contextlib.AbstractAsyncContextManager[Side]:
    """The service: the processes of production, on SQLite with its full sync."""
    programs = ("api.cli.main", "worker"), ("api.cli.main", "api")
    return _side("service", home, *programs, SWEEP_EVERY + 0.3, sweep_every)


def running_ruler(home: Path) -> contextlib.AbstractAsyncContextManager[Side]:
    program = "tests.bench.baseline"
    return _side("baseline", home, (program, "worker"), (program, "api"), 0.3)
