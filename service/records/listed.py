"""The rows beside a list or a naming decision: what it says of each case, kept in step with what it says as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.batches.said_of_cases import OF_EACH, said_of_cases
from service.domain.facts import Thing
from service.records.rows import LISTED

_ROW = (LISTED.c.file == bindparam("case")) & (LISTED.c.thing == bindparam("by"))
_GONE = delete(LISTED).where(_ROW)
_CHANGED = update(LISTED).where(_ROW)


async def keep(db: AsyncConnection, things: Iterable[Thing]) -> None:
    """Write what these things now say of each case. Of a list that lost one entry one row changes."""
    for thing in (t for t in things if t.machine in OF_EACH):
        query = select(LISTED.c.file, LISTED.c.data).where(LISTED.c.thing == thing.id)
        held = dict(map(tuple, await db.execute(query)))
        said = said_of_cases(thing)
        if gone := held.keys() - said.keys():
            await db.execute(_GONE, [{"case": case, "by": thing.id} for case in sorted(gone)])
        changed = [case for case, data in said.items() if case in held and held[case] != data]
        if changed:
            await db.execute(_CHANGED, [{"case": c, "by": thing.id, "data": said[c]} for c in changed])
        if new := said.keys() - held.keys():
            await db.execute(insert(LISTED), [{"file": c, "thing": thing.id, "data": said[c]} for c in sorted(new)])
