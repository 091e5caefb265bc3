"""What the guards and duties of a title look at beyond its file: the schedule of rounds, and who could succeed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Facts, Thing
from service.domain.guards import TITLE_ENDED
from service.records import schemes
from service.records.rows import JURISDICTION, ORGANIZATION, SCHEME, THING, thing_of


async def schedule(db: AsyncConnection, facts: Facts) -> Mapping[str, Any]:
    """The rounds of the programme, its newest version in force, and its oldest title that stands."""
    of_it = schemes.of_the_programme(facts)
    rounds = select(THING).where(THING.c.machine == "look_back_round", of_it).order_by(THING.c.opened_at)
    in_force = (
        SCHEME.c.key == facts.scheme.key,
        SCHEME.c.status == "published",
        SCHEME.c.effective_from <= facts.today,
    )
    newest = select(SCHEME.c.id).where(*in_force).order_by(SCHEME.c.effective_from.desc(), SCHEME.c.at.desc()).limit(1)
    stands = (THING.c.machine == "designation", THING.c.state.not_in(TITLE_ENDED), of_it)
    first = select(THING.c.id).where(*stands).order_by(THING.c.opened_at, THING.c.id).limit(1)
    return {
        "rounds": [thing_of(row) for row in await db.execute(rounds)],
        "newest": (await db.execute(newest)).scalar_one_or_none(),
        "first": (await db.execute(first)).scalar_one_or_none(),
    }


async def titles_of_place(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The titles of the programme that stand in the same jurisdiction, whatever they were given for."""
    query = select(THING).where(
        THING.c.machine == "designation",
        THING.c.state.not_in(TITLE_ENDED),
        THING.c.region == facts.thing.region,
        schemes.of_the_programme(facts),
    )
    return [thing_of(row) for row in await db.execute(query.order_by(THING.c.opened_at, THING.c.id))]


async def successors(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Every jurisdiction of a level that the track admits: its path and organizations, and the titles held there.

    Where the scheme passes no title on, nobody is read.
    """
    track = next((t for t in facts.scheme.tracks if t.id == facts.thing.track), None)
    if facts.scheme.title.on_merger == "cancel" or track is None:
        return {}
    places = select(JURISDICTION).where(JURISDICTION.c.level.in_(track.applicant_levels))
    found: dict[str, dict[str, Any]] = {
        row.code: {"path": row.path, "name": row.zh, "organizations": [], "holds": {}}
        for row in await db.execute(places)
    }
    bodies = select(ORGANIZATION.c.id, ORGANIZATION.c.jurisdiction).order_by(ORGANIZATION.c.id)
    for row in await db.execute(bodies.where(ORGANIZATION.c.jurisdiction.in_(list(found)))):
        found[row.jurisdiction]["organizations"].append(row.id)
    held = select(THING.c.id, THING.c.subject).where(
        THING.c.machine == "designation",
        THING.c.state.not_in(TITLE_ENDED),
        THING.c.track == facts.thing.track,
        THING.c.id != facts.thing.id,
        schemes.of_the_programme(facts),
    )
    for row in await db.execute(held):
        if (code := row.subject.partition("/")[0]) in found:
            found[code]["holds"][row.subject] = row.id
    return found
