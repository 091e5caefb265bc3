"""Follow-ups: what a commit in one owner asks of another. Written with the commit, carried out until answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Command, Result, workflow_id
from service.domain.effects import OWNERS
from service.domain.facts import SYSTEM
from service.records.answers import result_data
from service.records.database import Database
from service.records.rows import COMMAND, FOLLOW_UP, THING

_THERE, _SERVES = THING.alias("there"), THING.alias("serves")
_TO_DO = (
    select(FOLLOW_UP, _THERE.c.chain.label("file"), _SERVES.c.machine.label("kind"), _SERVES.c.id.label("server"))
    .outerjoin(_THERE, _THERE.c.id == func.coalesce(FOLLOW_UP.c.parent, FOLLOW_UP.c.thing))
    .outerjoin(_SERVES, _SERVES.c.id == _THERE.c.owner)
    .where(FOLLOW_UP.c.owner == bindparam("of"), FOLLOW_UP.c.done_at.is_(None))
    .order_by(FOLLOW_UP.c.at, FOLLOW_UP.c.id)
)


async def to_do(database: Database, owner: str) -> list[list[Command]]:
    """The follow-ups of an owner that wait, as commands: those that concern one file in the order of their writing.

    What concerns different files may be told in any order, or at once.
    """
    by_file: dict[str, list[Command]] = {}
    async with database.read.connect() as db:
        for row in await db.execute(_TO_DO, {"of": owner}):
            by_file.setdefault(row.file or row.thing, []).append(_command(row))
    return list(by_file.values())


def _command(row: Any) -> Command:
    creates = row.parent is not None  # an empty one: under no other thing, only under a scheme
    own = workflow_id(row.machine, row.thing) if creates and row.machine in OWNERS else ""
    return Command(
        key=row.id, principal=SYSTEM, name=SYSTEM, machine=row.machine, thing=row.thing, event=row.event,
        owner=own or (workflow_id(row.kind, row.server) if row.server else ""), form=row.form, data=row.data,
        parent=row.parent or None, creates=creates, kept=True,
    )  # fmt: skip


async def done(database: Database, clock: Clock, follow_up: str, result: Result) -> None:
    """It was answered: carried out or refused, either way it is not asked again."""
    async with database.write.begin() as db:
        now = await clock.now(db)
        mine = FOLLOW_UP.c.id == follow_up
        answered = {"done_at": now, "outcome": result.status, "answer": result_data(result)}
        await db.execute(update(FOLLOW_UP).where(mine).values(**answered))


REFUSED = ("refused", "gone", "stale")
"""Ends of a follow-up that somebody must look after: what should have followed did not."""


async def refused(database: Database, seen: ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """The follow-ups that were refused and that nobody has looked after yet, oldest first, of the owners `seen`."""
    query = (
        select(FOLLOW_UP, THING.c.machine.label("kind"))
        .join(THING, THING.c.id == FOLLOW_UP.c.owner)
        .where(FOLLOW_UP.c.outcome.in_(REFUSED), seen)
        .order_by(FOLLOW_UP.c.at)
        .limit(limit)
    )
    async with database.read.connect() as db:
        return [dict(row._mapping) for row in await db.execute(query)]


async def ask_again(db: AsyncConnection, follow_up: str) -> Any:
    """Let a refused follow-up be carried out once more, or None when there is no such. Its first answer is forgotten."""
    row = await _take(db, follow_up)
    if row is not None:
        anew = {"done_at": None, "outcome": None, "answer": None}
        await db.execute(update(FOLLOW_UP).where(FOLLOW_UP.c.id == follow_up).values(**anew))
        asked = (COMMAND.c.principal == SYSTEM) & (COMMAND.c.key == follow_up)
        await db.execute(delete(COMMAND).where(asked))
    return row


async def settle(db: AsyncConnection, follow_up: str) -> Any:
    """A person has looked after a refused follow-up in another way; None when there is no such."""
    row = await _take(db, follow_up)
    if row is not None:
        await db.execute(update(FOLLOW_UP).where(FOLLOW_UP.c.id == follow_up).values(outcome="settled"))
    return row


async def _take(db: AsyncConnection, follow_up: str) -> Any:
    mine = (FOLLOW_UP.c.id == follow_up) & FOLLOW_UP.c.outcome.in_(REFUSED)
    return (await db.execute(select(FOLLOW_UP).where(mine).with_for_update())).one_or_none()


async def waiting(database: Database) -> int:
    """How many follow-ups wait in the whole installation."""
    async with database.read.connect() as db:
        found: int = (
            await db.execute(select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.done_at.is_(None)))
        ).scalar_one()
    return found
