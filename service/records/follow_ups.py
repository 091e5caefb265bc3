"""Follow-ups: what a commit in one owner asks of another. Written with the commit, carried out until answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from service.clock import Clock
from service.contracts import Command, Result, workflow_id
from service.domain.effects import OWNERS
from service.domain.facts import SYSTEM
from service.records.answers import result_data
from service.records.database import Database
from service.records.rows import FOLLOW_UP, THING


async def to_do(database: Database, owner: str) -> list[Command]:
    """The follow-ups of an owner that wait, in the order in which they were written, as commands."""
    query = (
        select(FOLLOW_UP)
        .where(FOLLOW_UP.c.owner == owner, FOLLOW_UP.c.done_at.is_(None))
        .order_by(FOLLOW_UP.c.at, FOLLOW_UP.c.id)
    )
    async with database.read.connect() as db:
        rows = (await db.execute(query)).all()
        known = [r.thing for r in rows] + [r.parent for r in rows if r.parent]
        served = THING.alias()
        query_owners = (
            select(THING.c.id, served.c.machine, served.c.id.label("owner"))
            .join(served, THING.c.owner == served.c.id)
            .where(THING.c.id.in_(known))
        )
        served_by = {r.id: workflow_id(r.machine, r.owner) for r in await db.execute(query_owners)}
    return [_command(row, served_by) for row in rows]


def _command(row: Any, served_by: dict[str, str]) -> Command:
    creates = row.parent is not None
    own = workflow_id(row.machine, row.thing) if creates and row.machine in OWNERS else ""
    return Command(
        key=row.id, principal=SYSTEM, name=SYSTEM, machine=row.machine, thing=row.thing, event=row.event,
        owner=own or served_by.get(row.parent if creates else row.thing, ""), form=row.form, data=row.data,
        parent=row.parent, creates=creates, kept=True,
    )  # fmt: skip


async def done(database: Database, clock: Clock, follow_up: str, result: Result) -> None:
    """It was answered: carried out or refused, either way it is not asked again."""
    async with database.write.begin() as db:
        now = await clock.now(db)
        mine = FOLLOW_UP.c.id == follow_up
        await db.execute(update(FOLLOW_UP).where(mine).values(done_at=now, answer=result_data(result)))


async def waiting(database: Database) -> int:
    """How many follow-ups wait in the whole installation."""
    async with database.read.connect() as db:
        found: int = (
            await db.execute(select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.done_at.is_(None)))
        ).scalar_one()
    return found
