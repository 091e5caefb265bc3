"""The database: SQLite embedded, PostgreSQL in production. One transaction at a time says BEGIN IMMEDIATE."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from service.records import sqlite

LOCK_WAIT_MS = 15_000


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Database:
    """Two doors to one database: `write` takes the write lock at BEGIN, `read` never waits for writers.

    `lasting` False is for a record that is thrown away with its folder: it waits for no disk.
    """

    def __init__(self, url: str, *, lasting: bool = True) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.read = _sqlite(url, "DEFERRED", 4, lasting)
            # One writer waits for the next in this process, in order; in the file they would wait by polling.
            self.write = _sqlite(url, "IMMEDIATE", 1, lasting)
        else:
            # One pool serves both: PostgreSQL locks rows, not the file.
            self.read = self.write = create_async_engine(
                url, json_serializer=_dumps, pool_size=8, max_overflow=4, pool_pre_ping=True, pool_timeout=10
            )

    async def close(self) -> None:
        await self.read.dispose()
        if self.write is not self.read:
            await self.write.dispose()


def _sqlite(url: str, begin: str, size: int, lasting: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        json_serializer=_dumps,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        async_creator=partial(sqlite.connect, make_url(url).database or "", LOCK_WAIT_MS / 1000),
    )
    prepare_sqlite(engine.sync_engine, begin, lasting=lasting)
    return engine


def prepare_sqlite(engine: Engine, begin: str, *, lasting: bool = True) -> None:
    """WAL, with full sync where it is to last; the driver begins nothing by itself, so that BEGIN IMMEDIATE means what it says."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if lasting else 'OFF'}",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_WAIT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")
