"""The first half of an act of two persons: kept, withdrawn by its author, void when the thing moves on (INV-20)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.contracts import Command
from service.domain.facts import Facts, Thing
from service.records.rows import PROPOSAL


async def first_person(db: AsyncConnection, thing: Thing, command: Command) -> Any:
    """The open proposal of the same act on the thing as it stands: same event, same form. None otherwise."""
    query = select(PROPOSAL).where(
        PROPOSAL.c.thing == thing.id,
        PROPOSAL.c.event == command.event,
        PROPOSAL.c.state == thing.state,
        PROPOSAL.c.status == "open",
    )
    rows = (await db.execute(query)).all()
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


async def close(db: AsyncConnection, thing: str, confirmed: Any) -> None:
    """The thing has changed: the proposal that was confirmed is done, every other one is void."""
    mine = (PROPOSAL.c.thing == thing) & (PROPOSAL.c.status == "open")
    if confirmed is not None:
        await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == confirmed.id).values(status="confirmed"))
    await db.execute(update(PROPOSAL).where(mine).values(status="void"))
