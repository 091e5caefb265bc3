"""Telling a story of the demonstration against an installation in this process, over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from rich.console import Console
from sqlalchemy import delete

from api.cli.demo.stories import STORIES
from api.cli.demo.story import Story, run_demo
from service.records import audit
from service.records.rows import JURISDICTION
from tests.support.house import Installation, installation
from tests.support.temporal import connect, serving

ADMIN = (("system_administrator", "region:cn"), ("security_administrator", "region:cn"))


async def told(programme: str, home: Path, *, url: str | None = None, language: str = "zh") -> tuple[bool, str]:
    """Whether every expectation of the story of a programme held, and what was told. One installation, made for it."""
    story = STORIES[programme]
    record = url or f"sqlite+aiosqlite:///{home}/shifan.db"
    begins = datetime.fromisoformat(story.begins)
    async with serving(home) as server, installation(await connect(server), record, home, create_at=begins) as place:
        async with place.database.write.begin() as db:
            await db.execute(delete(JURISDICTION))
        held, said = await _tell(story, place, language)
        entries, broken = await _read_chains(place)
        return held and entries > 0 and broken == 0, f"{said}\n{entries} entries, {broken} broken chains"


async def _tell(story: Story[Any], place: Installation, language: str) -> tuple[bool, str]:
    await place.person("admin", *ADMIN)
    said = io.StringIO()

    def token(person: str) -> str:
        return place.house.tokens.issue(person, timedelta(days=1))

    async with _served(place) as address:
        console = Console(file=said, width=120)
        held = await asyncio.to_thread(
            run_demo, story, address, token("admin"), token, language=language, console=console
        )
    return held, said.getvalue()


@contextlib.asynccontextmanager
async def _served(place: Installation) -> AsyncIterator[str]:
    """The installation on a port of its own; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(place.app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def _read_chains(place: Installation) -> tuple[int, int]:
    """How many entries there are in all chains, and how many chains are broken."""
    entries = broken = 0
    async with place.database.read.connect() as db:
        async for _, count, fault in audit.verify(db):
            entries += count
            broken += fault is not None
    return entries, broken
