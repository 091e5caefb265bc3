"""Commands as callers know them: by their key. Kept before they are sent, or marked as never taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.contracts import Command, Result
from service.records.answers import result_data, result_of
from service.records.database import Database
from service.records.rows import COMMAND

T = TypeVar("T")
KEPT = ("done", "proposed")
"""What is kept of any command under its key. What ends otherwise changed nothing, and may be asked again."""
_BY_KEY = select(COMMAND).where(COMMAND.c.principal == bindparam("principal"), COMMAND.c.key == bindparam("key"))


async def find(db: AsyncConnection, principal: str, key: str) -> Any:
    """The row of a command, or None."""
    return (await db.execute(_BY_KEY, {"principal": principal, "key": key})).one_or_none()


async def seen_before(db: AsyncConnection, command: Command) -> Result | None:
    """The first answer to this command, if it was given already."""
    known = await find(db, command.principal, command.key)
    return first_answer(known, command) if known is not None and known.status == "done" else None


def first_answer(known: Any, command: Command) -> Result:
    """What was answered to this key; another body under it is another request."""
    if command.body_hash and known.body_hash != command.body_hash:
        return Result("other_body", command.thing, command.machine)
    return result_of(known.result)


async def remember(db: AsyncConnection, command: Command, result: Result, exists: bool) -> None:
    """Keep the first answer to a command under its key."""
    values = {"status": "done", "result": result_data(result), "body_hash": command.body_hash}
    if exists:
        mine = (COMMAND.c.principal == command.principal) & (COMMAND.c.key == command.key)
        await db.execute(update(COMMAND).where(mine).values(**values))
    else:
        new = {"principal": command.principal, "key": command.key, "at": datetime.now(UTC), **values}
        await db.execute(insert(COMMAND), new)


async def receive(database: Database, command: Command) -> Result | None:
    """Keep a command until it has been carried out, whatever fails meanwhile. Returns the answer if it has one."""
    return await _unless_answered_meanwhile(_receive, database, command)


async def void(database: Database, command: Command) -> bool:
    """Make sure that a command which was perhaps sent is never taken. False: it was taken, or is kept to be."""
    return await _unless_answered_meanwhile(_void, database, command)


async def _unless_answered_meanwhile(
    keep: Callable[[Database, Command], Awaitable[T]], database: Database, command: Command
) -> T:
    """PostgreSQL locks no row that is not there yet: the commit may write the key between our look and our word."""
    try:
        return await keep(database, command)
    except IntegrityError:
        return await keep(database, command)


def by_key(command: Command) -> Command:
    """A command that is kept, as it travels: its form stays here, and the commit finds it under the key."""
    return replace(command, form=None, kept=True)


async def forget(database: Database, command: Command) -> None:
    """What was kept only on its way ended otherwise, and may be asked again under its key. A first answer stays."""
    async with database.write.begin() as db:
        known = await find(db, command.principal, command.key)
        if known is not None and not (known.status == "done" and known.result["status"] in KEPT):
            await _drop(db, command)


async def _receive(database: Database, command: Command) -> Result | None:
    async with database.write.begin() as db:
        known = await find(db, command.principal, command.key)
        if known is not None and known.status == "done":
            return result_of(known.result)
        if known is not None and known.status == "received":
            return None  # kept already; its commit may be under way and wants to find this very row
        if known is not None:
            await _drop(db, command)
        await _keep(db, command, "received", asdict(replace(command, kept=True)))
    return None


async def _void(database: Database, command: Command) -> bool:
    async with database.write.begin() as db:
        known = await find(db, command.principal, command.key)
        if known is None:
            await _keep(db, command, "void", None)
        return known is None or known.status == "void"


async def unvoid(database: Database, principal: str, key: str) -> None:
    """The caller asks again for what was told to be never taken: now it may be."""
    async with database.write.begin() as db:
        mine = (COMMAND.c.principal == principal) & (COMMAND.c.key == key) & (COMMAND.c.status == "void")
        await db.execute(delete(COMMAND).where(mine))


async def waiting_for(db: AsyncConnection, owner: str) -> list[Command]:
    """What is kept for an owner (by its workflow ID) and not yet carried out, in the order in which it came."""
    its = COMMAND.c.payload["owner"].as_string() == owner
    query = select(COMMAND.c.payload).where(COMMAND.c.status == "received", its).order_by(COMMAND.c.at)
    return [Command(**payload) for (payload,) in await db.execute(query)]


async def status_of(database: Database, principal: str, key: str) -> Any:
    """The row of a command for its own principal, or None."""
    async with database.read.connect() as db:
        return await find(db, principal, key)


async def _keep(db: AsyncConnection, command: Command, status: str, payload: dict[str, Any] | None) -> None:
    await db.execute(
        insert(COMMAND).values(
            principal=command.principal,
            key=command.key,
            body_hash=command.body_hash,
            status=status,
            at=datetime.now(UTC),
            payload=payload,
        )
    )


async def _drop(db: AsyncConnection, command: Command) -> None:
    mine = (COMMAND.c.principal == command.principal) & (COMMAND.c.key == command.key)
    await db.execute(delete(COMMAND).where(mine))
