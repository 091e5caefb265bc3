"""The first half of an act of two persons: kept, withdrawn by its author, void when the thing moves on (INV-20)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.contracts import Command
from service.domain.facts import Facts, Thing
from service.records.rows import EVIDENCE, PROPOSAL, SCHEME, THING

_OPEN = select(PROPOSAL).where(
    PROPOSAL.c.thing == bindparam("thing"),
    PROPOSAL.c.event == bindparam("event"),
    PROPOSAL.c.state == bindparam("state"),
    PROPOSAL.c.status == "open",
)


_OPEN_AND_HELD = _OPEN.with_for_update()


async def first_person(
    db: AsyncConnection, thing: Thing, event: str, form: Mapping[str, Any], *, lock: bool = False
) -> Any:
    """The open proposal of the same act on the thing as it stands: same event, same form. None otherwise.

    With `lock` its author cannot take it back any more while it is being confirmed.
    """
    query = _OPEN_AND_HELD if lock else _OPEN
    rows = (await db.execute(query, {"thing": thing.id, "event": event, "state": thing.state})).all()
    return next((r for r in rows if r.form == form), None)


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


async def about(db: AsyncConnection, row: Any) -> tuple[str | None, str | None, str]:
    """What a proposal is about: which thing to read for whether one may see it, how it stands, and its chain.

    A piece of evidence is seen with its file; a version of a scheme is in no file, and anybody sees it.
    """
    if found := (await db.execute(select(THING.c.state, THING.c.chain).where(THING.c.id == row.thing))).one_or_none():
        return row.thing, found.state, found.chain
    if found := (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == row.thing))).one_or_none():
        return found.chain, found.status, found.chain
    status = (await db.execute(select(SCHEME.c.status).where(SCHEME.c.id == row.thing))).scalar_one_or_none()
    return None, status, row.thing
