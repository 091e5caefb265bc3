"""The two sides of a comparison: the service and the ruler, each with a Temporal server of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.cli.processes import EmbeddedTemporal, Process, free_port
from tests.bench import meter

SECRET = "a secret of the bench, long enough for any key"
PARTS = ("server", "worker", "api")
SWEEP_EVERY = 1.0
"""Seconds between two sweeps here; 15 by default. What a sweep does for a block then falls into that block."""


@dataclass
class Side:
    """Three processes and a client of theirs. `name` is `service` or `baseline`."""

    name: str
    home: Path
    server: EmbeddedTemporal
    worker: Process
    api: Process
    http: httpx.AsyncClient = field(init=False)

    def cpu(self) -> dict[str, float]:
        """CPU seconds that each part has used so far."""
        return {part: meter.cpu_seconds(getattr(self, part).pid) for part in PARTS}

    def memory(self) -> int:
        return sum(meter.memory_bytes(getattr(self, part).pid) for part in PARTS)

    def bytes_on_disk(self) -> dict[str, int]:
        return {
            "Temporal": meter.file_bytes([self.server.db]),
            "SQL": meter.file_bytes([self.home / "shifan.db"]),
        }


@contextlib.asynccontextmanager
async def side(name: str, home: Path, program: tuple[str, str]) -> AsyncIterator[Side]:
    """A running side. `program` is the command line of its worker and of its API, after `python -m`."""
    server = EmbeddedTemporal(home / "temporal.db", log=home / "temporal.log")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    given = {
        "SHIFAN_HOME": str(home), "SHIFAN_TEMPORAL_ADDRESS": server.address, "SHIFAN_PORT": str(port),
        "SHIFAN_TEMPORAL_NAMESPACE": server.namespace, "SHIFAN_TOKEN_SECRET": SECRET,
        "SHIFAN_SWEEP_EVERY": str(SWEEP_EVERY),
    }  # fmt: skip
    worker = Process(f"{name} worker", _python(program[0]), log=home / "worker.log", env=given)
    api = Process(f"{name} API", _python(program[1]), log=home / "api.log", env=given, ready_url=f"{address}/livez")
    here = Side(name, home, server, worker, api)
    with contextlib.ExitStack() as ending:
        for process in (server, worker, api):
            ending.callback(process.stop)
            await process.start_async()
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits, trust_env=False) as here.http:
            yield here
        await asyncio.sleep(0)


def _python(program: str) -> list[str]:
    return [sys.executable, "-m", *program.split()]


def running_service(home: Path) -> contextlib.AbstractAsyncContextManager[Side]:
    """The service with the processes that production runs."""
    return side("service", home, ("tests.bench.product worker", "tests.bench.product api"))


def running_ruler(home: Path) -> contextlib.AbstractAsyncContextManager[Side]:
    return side("baseline", home, ("tests.bench.baseline worker", "tests.bench.baseline api"))
