"""SQLite on the spot: what can wait does so without holding up the rest, and nothing is left behind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from service.records.database import Database
from service.records.migrate import migrate
from service.records.rows import PERSON

A_WHILE = 0.1
LI = {"id": "li", "name": "李", "secret": "", "active": True}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    migrate(f"sqlite+aiosqlite:///{tmp_path}/s.db")
    return tmp_path / "s.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{file}")
    yield opened
    await opened.close()


@contextmanager
def somebody_writing(file: Path) -> Iterator[None]:
    """Another process that holds the write lock."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("COMMIT")


async def add(database: Database) -> None:
    async with database.write.begin() as db:
        await db.execute(insert(PERSON), LI)


async def everybody(database: Database) -> list[str]:
    async with database.read.connect() as db:
        return list((await db.execute(select(PERSON.c.id))).scalars())


async def test_reading_goes_on_while_a_writer_waits_for_its_turn(file: Path, database: Database) -> None:
    with somebody_writing(file):
        adding = asyncio.create_task(add(database))
        await asyncio.sleep(A_WHILE)
        assert await everybody(database) == []
        assert not adding.done()
    await adding
    assert await everybody(database) == ["li"]


async def test_writers_of_one_process_take_turns(database: Database) -> None:
    async with database.write.begin():
        adding = asyncio.create_task(add(database))
        await asyncio.sleep(A_WHILE)
        assert not adding.done()
    await adding
    assert await everybody(database) == ["li"]


async def test_a_writer_cancelled_while_it_waits_leaves_no_lock_behind(file: Path, database: Database) -> None:
    with somebody_writing(file):
        adding = asyncio.create_task(add(database))
        await asyncio.sleep(A_WHILE)
        adding.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await adding
    with somebody_writing(file):
        assert await everybody(database) == []
    await add(database)
    assert await everybody(database) == ["li"]


async def test_a_transaction_that_fails_is_undone_and_the_next_one_succeeds(database: Database) -> None:
    await add(database)
    with pytest.raises(IntegrityError):
        await add(database)
    async with database.write.begin() as db:
        await db.execute(insert(PERSON), {**LI, "id": "wang"})
    assert sorted(await everybody(database)) == ["li", "wang"]


async def test_what_was_not_committed_is_not_there(database: Database) -> None:
    async with database.write.connect() as db:
        await db.execute(insert(PERSON), LI)
        await db.rollback()
    assert await everybody(database) == []


@pytest.mark.parametrize(("lasting", "level"), [(True, 2), (False, 0)])
async def test_only_a_record_that_is_thrown_away_does_not_wait_for_the_disk(
    file: Path, lasting: bool, level: int
) -> None:
    opened = Database(f"sqlite+aiosqlite:///{file}", lasting=lasting)
    for door in (opened.read, opened.write):
        async with door.connect() as db:
            assert (await db.execute(text("PRAGMA synchronous"))).scalar_one() == level
    await opened.close()
