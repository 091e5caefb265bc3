"""The cases of a batch as lists, quotas and namings look at them: with what is final for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Facts, Thing
from service.records import schemes
from service.records.readers.measuring import rating_of
from service.records.rows import RATING, THING, thing_of

RESULTS = ("stage", "recommendation", "evaluation", "survey", "public_notice")


async def files(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Case -> the case, what brings results in its file, its open findings, and the ratings of its own self-checks."""
    batch = facts.thing.id if facts.thing.machine == "batch" else facts.thing.batch
    mine = (THING.c.machine == "case") & (THING.c.batch == batch)
    found: dict[str, dict[str, Any]] = {
        row.id: {"case": thing_of(row), "things": [], "ratings": {}}
        for row in await db.execute(select(THING).where(mine))
    }
    open_finding = and_(THING.c.machine == "rectification_item", THING.c.state.not_in(("closed", "void")))
    told = or_(THING.c.machine.in_(RESULTS), open_finding)
    self_checks: dict[str, str] = {}
    for row in await db.execute(select(THING).where(THING.c.batch == batch, told).order_by(THING.c.number)):
        one = thing_of(row)
        if one.chain in found:
            found[one.chain]["things"].append(one)
            if one.data.get("kind") == "self_check":
                self_checks[one.id] = one.chain
    runs = (THING.c.machine == "stage") & (THING.c.batch == batch)
    for row in await db.execute(select(RATING).join(THING, THING.c.id == RATING.c.thing).where(runs)):
        if (case := self_checks.get(row.thing)) is None:
            continue
        of_run = found[case]["ratings"].setdefault(row.thing, {})
        of_run.setdefault(row.indicator, []).append(rating_of(row))
    return found


async def case_states(db: AsyncConnection, facts: Facts) -> dict[str, str]:
    """Case of the batch -> its state, and nothing else: it is asked for each case that leaves a list."""
    query = select(THING.c.id, THING.c.state).where(THING.c.machine == "case", THING.c.batch == facts.thing.batch)
    return dict(map(tuple, await db.execute(query)))


_PLACE = [THING.c[name] for name in ("id", "machine", "track", "region", "organization")]


async def places(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The cases of the batch for which a recommendation is accepted: each has taken a place of its quota.

    Asked at every recommendation, so without a quota nobody is read, and of each case only what tells its stratum.
    """
    if (quota := facts.track.quota) is None:
        return []
    said = [THING.c.data] if set(quota.per_stratum) - {"region", "organization"} else []
    other = THING.alias("other")
    accepted = exists().where(
        other.c.parent == THING.c.id, other.c.machine == "recommendation", other.c.state == "accepted"
    )
    mine = (THING.c.machine == "case") & (THING.c.batch == facts.thing.batch)
    query = select(*_PLACE, *said).where(mine, THING.c.track == facts.thing.track, accepted)
    return [Thing(**row._mapping) for row in await db.execute(query)]


async def bars(db: AsyncConnection, facts: Facts) -> list[dict[str, Any]]:
    """The bars of this scheme on record for the subject or for whoever applies for it (INV-27)."""
    mine = [THING.c[name] == said for name in ("subject", "organization") if (said := getattr(facts.thing, name))]
    query = select(THING.c.data).where(  # who applies for itself has no organization: that is not one in common
        schemes.of_the_programme(facts),
        THING.c.machine.in_(("case", "designation", "revocation_case")),
        or_(false(), *mine),
        THING.c.id != facts.thing.id,
    )
    return [bar for (data,) in await db.execute(query) for bar in data.get("bars") or ()]
