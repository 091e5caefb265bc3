"""The first half of an act of two persons: kept, withdrawn by its author, void when the thing moves on (INV-20)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.contracts import Command
from service.domain.facts import Facts, Thing
from service.records.rows import PROPOSAL

_OPEN = select(PROPOSAL).where(
    PROPOSAL.c.thing == bindparam("thing"),
    PROPOSAL.c.event == bindparam("event"),
    PROPOSAL.c.state == bindparam("state"),
    PROPOSAL.c.status == "open",
)


async def first_person(db: AsyncConnection, thing: Thing, command: Command) -> Any:
    """The open proposal of the same act on the thing as it stands: same event, same form. None otherwise."""
    rows = (await db.execute(_OPEN, {"thing": thing.id, "event": command.event, "state": thing.state})).all()
    return next((r for r in rows if r.form == (command.form or {})), None)


async def open_one(db: AsyncConnection, facts: Facts, command: Command, proposal_id: str) -> str:
    """Keep a proposal; it changes nothing. Returns its ID."""
    await db.execute(
        insert(PROPOSAL).values(
            id=proposal_id,
            thing=facts.thing.id,
            event=command.event,
            form=command.form or {},
            author=command.principal,
            state=facts.thing.state,
            status="open",
            at=facts.now,
        )
    )
    return proposal_id


async def close(db: AsyncConnection, things: Collection[str], confirmed: Any) -> None:
    """These things have changed: the proposal that was confirmed is done, every other one on them is void."""
    mine = PROPOSAL.c.thing.in_(things) & (PROPOSAL.c.status == "open")
    if confirmed is not None:
        await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == confirmed.id).values(status="confirmed"))
    await db.execute(update(PROPOSAL).where(mine).values(status="void"))
