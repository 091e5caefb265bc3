"""SQLite on the spot: a statement that takes microseconds is not worth two changes of thread.

The usual asynchronous driver sends every call - cursor, statement, rows, close - to a thread of its own and waits for
the answer, which costs ten times what SQLite takes. Here only what can wait goes there: the lock at BEGIN IMMEDIATE,
the disk at COMMIT, opening and closing. In WAL mode nothing else does. It speaks as SQLAlchemy's dialect of
`aiosqlite` expects.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

T = TypeVar("T")
WAITS = "BEGIN IMMEDIATE"


class Cursor:
    """A cursor that answers at once."""

    arraysize = 1

    def __init__(self, at: Connection) -> None:
        self._at = at
        self._cursor = at.raw.cursor()

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, statement: str, given: Sequence[Any] = ()) -> None:
        if statement == WAITS:
            await self._at.aside(self._cursor.execute, statement)
        else:
            await self._at.quiet()
            self._cursor.execute(statement, given)

    async def executemany(self, statement: str, given: Iterable[Sequence[Any]]) -> None:
        await self._at.quiet()
        self._cursor.executemany(statement, given)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        await self._at.quiet()
        self._cursor.close()


class Connection:
    """One connection, and the thread on which it waits."""

    def __init__(self, raw: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self.raw = raw
        self._connection: sqlite3.Connection | None = raw  # None once it is closed: the dialect looks at it
        self._thread = thread
        self._waiting: asyncio.Future[Any] | None = None

    def cursor(self) -> Cursor:
        return Cursor(self)

    async def commit(self) -> None:
        await self.aside(self.raw.commit)

    async def rollback(self) -> None:
        await self.quiet()
        self.raw.rollback()

    async def create_function(self, *args: Any, **how: Any) -> None:
        self.raw.create_function(*args, **how)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection = None
            await self.aside(self.raw.close)
            self._thread.shutdown(wait=False)

    def stop(self) -> None:
        """Close it without waiting for that."""
        self._connection = None
        self._thread.submit(self.raw.close)
        self._thread.shutdown(wait=False)

    async def aside(self, work: Callable[..., T], *args: Any) -> T:
        """Do something that may wait. It is carried out even when the caller is cancelled meanwhile."""
        await self.quiet()
        self._waiting = asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        self._waiting.add_done_callback(_heard)
        return await asyncio.shield(self._waiting)

    async def quiet(self) -> None:
        """Nothing overtakes what still waits."""
        if self._waiting is not None and not self._waiting.done():
            await asyncio.wait({self._waiting})


def _heard(done: asyncio.Future[Any]) -> None:
    """Whoever was cancelled did not hear of a failure; nobody else has to be told of it."""
    if not done.cancelled():
        done.exception()


async def connect(path: str, wait: float) -> Connection:
    """Open the file. `wait`: how long a lock is waited for, in seconds."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)

    thread = ThreadPoolExecutor(1, "sqlite")
    try:
        raw = await asyncio.get_running_loop().run_in_executor(thread, opened)
    except BaseException:
        thread.shutdown(wait=False)
        raise
    return Connection(raw, thread)
