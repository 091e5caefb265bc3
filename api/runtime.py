"""Putting the processes together: what a worker and an API process are made of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError

from activities.courier import Courier
from service.clock import Clock
from service.records.database import Database
from service.records.migrate import migrate
from service.settings import Settings

CONNECT_TRIES = 60


@dataclass(frozen=True)
class Parts:
    """What every process needs of an installation."""

    settings: Settings
    database: Database
    clock: Clock
    client: Client
    courier: Courier


async def connect(settings: Settings) -> Client:
    """A client of the engine; waits up to a minute for it to come up. Raises RuntimeError after that."""
    for _ in range(CONNECT_TRIES):
        try:
            return await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
        except (RPCError, RuntimeError):
            await asyncio.sleep(1)
    raise RuntimeError(f"Temporal does not answer at {settings.temporal_address}")


@contextlib.asynccontextmanager
async def parts(settings: Settings, *, create_at: datetime | None = None) -> AsyncIterator[Parts]:
    """Migrated database, clock and client. A new installation gets a movable clock from `create_at` on."""
    await asyncio.to_thread(migrate, settings.url)
    database = Database(settings.url)
    try:
        clock = await Clock.of(database, create_at=create_at)
        client = await connect(settings)
        yield Parts(settings, database, clock, client, Courier(client, moves_by_hand=clock.movable))
    finally:
        await database.close()
