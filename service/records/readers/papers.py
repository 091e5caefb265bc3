"""The evidence of a file as rules look at it, and its lock: what a final result relies on changes no more (INV-30)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.cases import evidence as rules
from service.domain.cases.evidence import Paper, Papers
from service.domain.desk import Desk
from service.domain.facts import NEW, SYSTEM, Facts
from service.records import audit
from service.records.rows import EVIDENCE, RATING

MACHINE = "evidence_item"


async def papers_of(db: AsyncConnection, chain: str) -> Papers:
    """All the evidence of a file, as far as rules look at it."""
    columns = (EVIDENCE.c.id, EVIDENCE.c.status, EVIDENCE.c.covers_from, EVIDENCE.c.superseded_by, EVIDENCE.c.struck)
    rows = await db.execute(select(*columns).where(EVIDENCE.c.chain == chain))
    return Papers({r.id: Paper(r.id, r.status, r.covers_from, r.superseded_by, bool(r.struck)) for r in rows})


async def evidence(db: AsyncConnection, facts: Facts) -> Papers:
    """The evidence of the file of a thing; of a file that is only to begin, that of its parent."""
    begins = facts.thing.state == NEW and facts.parent is not None
    return await papers_of(db, facts.parent.chain if begins and facts.parent else facts.thing.chain)


async def lock(db: AsyncConnection, desk: Desk) -> None:
    """Whatever a result that has just become final relies on is locked from now on (INV-30)."""
    lines = []
    for entry in desk.entries:
        thing = desk.facts.things[entry.thing]
        named = rules.relied_on(entry.machine, entry.event, thing, entry.form)
        if (entry.machine, entry.event) in rules.FINAL:
            named |= (await rated_with(db, [thing.id])).get(thing.id, frozenset())
        if entry.result != "applied" or not named:
            continue
        mine = (EVIDENCE.c.chain == thing.chain) & (EVIDENCE.c.status == "submitted")
        loose = sorted(set((await db.execute(select(EVIDENCE.c.id).where(mine))).scalars()) & named)
        if loose:
            by = f"{entry.machine}.{entry.event}:{entry.thing}"
            await db.execute(
                update(EVIDENCE).where(mine, EVIDENCE.c.id.in_(loose)).values(status="locked", locked_for=by)
            )
            rest = {"machine": MACHINE, "before": "submitted", "after": "locked", "for": by, "rules": ["INV-30"]}
            lines += [audit.Line(thing.chain, e, "lock_evidence", SYSTEM, "applied", rest) for e in loose]
    await audit.append(db, desk.facts.now, lines)


async def rated_with(db: AsyncConnection, things: Iterable[str]) -> dict[str, frozenset[str]]:
    """Thing -> the evidence that its ratings name."""
    found: dict[str, frozenset[str]] = {}
    query = select(RATING.c.thing, RATING.c.evidence).where(RATING.c.thing.in_(list(things)))
    for row in await db.execute(query):
        found[row.thing] = found.get(row.thing, frozenset()) | frozenset(rules.texts(row.evidence))
    return found
