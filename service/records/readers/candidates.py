"""The cases of a batch as lists, quotas and namings look at them: with what is final for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Facts, Thing
from service.records import schemes
from service.records.readers.measuring import rating_of
from service.records.rows import RATING, THING, thing_of

RESULTS = ("stage", "recommendation", "evaluation", "survey", "public_notice")


async def files(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Case -> the case, the things of its file that bring results, and the ratings of its own self-checks."""
    batch = facts.thing.id if facts.thing.machine == "batch" else facts.thing.batch
    mine = (THING.c.machine == "case") & (THING.c.batch == batch)
    found: dict[str, dict[str, Any]] = {
        row.id: {"case": thing_of(row), "things": [], "ratings": {}}
        for row in await db.execute(select(THING).where(mine))
    }
    query = select(THING).where(THING.c.chain.in_(list(found)), THING.c.machine.in_(RESULTS)).order_by(THING.c.number)
    self_checks: dict[str, str] = {}
    for row in await db.execute(query):
        one = thing_of(row)
        found[one.chain]["things"].append(one)
        if one.data.get("kind") == "self_check":
            self_checks[one.id] = one.chain
    for row in await db.execute(select(RATING).where(RATING.c.thing.in_(list(self_checks)))):
        of_run = found[self_checks[row.thing]]["ratings"].setdefault(row.thing, {})
        of_run.setdefault(row.indicator, []).append(rating_of(row))
    return found


async def places(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The cases of the batch for which a recommendation is accepted: each has taken a place of its quota."""
    other = THING.alias("other")
    accepted = exists().where(
        other.c.parent == THING.c.id, other.c.machine == "recommendation", other.c.state == "accepted"
    )
    query = select(THING).where(THING.c.machine == "case", THING.c.batch == facts.thing.batch, accepted)
    return [thing_of(row) for row in await db.execute(query)]


async def bars(db: AsyncConnection, facts: Facts) -> list[dict[str, Any]]:
    """The bars of this scheme on record for the subject or for whoever applies for it (INV-27)."""
    query = select(THING.c.data).where(
        schemes.of_the_programme(facts),
        THING.c.machine.in_(("case", "designation", "revocation_case")),
        (THING.c.subject == facts.thing.subject) | (THING.c.organization == facts.thing.organization),
        THING.c.id != facts.thing.id,
    )
    return [bar for (data,) in await db.execute(query) for bar in data.get("bars") or ()]
