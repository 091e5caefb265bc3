"""The whole line as the demonstration tells it, over real HTTP, on each database."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from rich.console import Console

from api.cli.demo.story import run_demo
from service.records import audit
from tests.support.house import Installation, installation
from tests.support.postgres import Postgres
from tests.support.temporal import connect, serving

ADMIN = (("system_administrator", "region:cn"), ("security_administrator", "region:cn"))


@pytest.fixture
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation in which nothing has happened yet."""
    url = f"sqlite+aiosqlite:///{tmp_path}/shifan.db"
    if request.param == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        url = cluster.create_database(f"shifan_{uuid.uuid4().hex}")
    async with serving(tmp_path) as server, installation(await connect(server), url, tmp_path) as place:
        yield place


@contextlib.asynccontextmanager
async def served(place: Installation) -> AsyncIterator[str]:
    """The installation on a port of its own; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(place.app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def read_chains(place: Installation) -> tuple[int, int]:
    """How many entries there are in all chains, and how many chains are broken."""
    entries = broken = 0
    async with place.database.read.connect() as db:
        async for _, count, fault in audit.verify(db):
            entries += count
            broken += fault is not None
    return entries, broken


@pytest.mark.req("INV-16")
@pytest.mark.parametrize(("empty", "language"), [("sqlite", "zh"), ("postgresql", "en")], indirect=["empty"])
async def test_every_expectation_of_the_demonstration_holds_and_every_chain_verifies(
    empty: Installation, language: str
) -> None:
    await empty.person("admin", *ADMIN)
    told = io.StringIO()

    def token(person: str) -> str:
        return empty.house.tokens.issue(person, timedelta(days=1))

    async with served(empty) as address:
        console = Console(file=told, width=120)
        held = await asyncio.to_thread(run_demo, address, token("admin"), token, language=language, console=console)
    assert held, told.getvalue()
    entries, broken = await read_chains(empty)
    assert entries > 0
    assert broken == 0
