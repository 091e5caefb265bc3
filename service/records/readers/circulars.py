"""What bulletins look at beyond their own file: earlier ones, the work they report on, and whom the record names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Duty, Facts, Thing
from service.domain.notices.digest import name_of
from service.records.rows import DUTY, THING, duty_of, thing_of

REPORTED = ("case", "stage", "rectification_item", "action_plan", "action_plan_task")


async def circulars(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The bulletins from the same source: of the batch of a stage, of what a bulletin belongs to."""
    thing, at = facts.thing, THING.c
    beside = at.parent == (thing.parent if thing.machine == "bulletin" else thing.batch)
    alone = and_(at.parent.is_(None), at.scheme == thing.scheme)
    where = beside if thing.machine != "bulletin" or thing.parent else alone
    return [thing_of(row) for row in await db.execute(select(THING).where(at.machine == "bulletin", where))]


def _covered(facts: Facts) -> ColumnElement[bool]:
    """What a bulletin speaks of: the batch or file under which it stands, else all that goes on under the scheme."""
    above, at = facts.parent, THING.c
    if above is None:
        return and_(at.scheme == facts.thing.scheme, at.ended.is_(False))
    inside = at.batch == above.id if above.machine == "batch" else at.chain == above.chain
    track = facts.thing.data.get("track")
    return and_(inside, at.track == track) if track else inside


async def work(db: AsyncConnection, facts: Facts) -> tuple[tuple[Thing, ...], tuple[Duty, ...]]:
    """The cases and plans that the bulletin covers, with what belongs to them, and every open duty of these."""
    covered = and_(_covered(facts), THING.c.machine.in_(REPORTED))
    things = tuple(thing_of(row) for row in await db.execute(select(THING).where(covered)))
    owed = select(DUTY).join(THING, THING.c.id == DUTY.c.thing).where(covered, DUTY.c.done_at.is_(None))
    return things, tuple(duty_of(row) for row in await db.execute(owed))


async def named(db: AsyncConnection, facts: Facts) -> dict[str, dict[str, Any]]:
    """Entry of the record -> the names it concerns, and where each of them belongs.

    An entry is a thing that the bulletin covers, or a duty that was late; it concerns the subject of its file, and
    the unit and person that answer for it.
    """
    query = select(THING).where(_covered(facts), THING.c.machine != "bulletin")
    things = {row.id: thing_of(row) for row in await db.execute(query)}
    found = {t.id: _concerns(t, things.get(t.chain)) for t in things.values()}
    late = select(DUTY.c.id, DUTY.c.thing).join(THING, THING.c.id == DUTY.c.thing)
    rows = await db.execute(late.where(_covered(facts), DUTY.c.overdue.is_(True)))
    return {**found, **{row.id: found[row.thing] for row in rows if row.thing in found}}


def _concerns(thing: Thing, file: Thing | None) -> dict[str, Any]:
    whole = {"subject": thing.subject, "organization": thing.organization, "region": thing.region}
    answering = [str(one) for part in ("unit", "person") if (one := thing.data.get(part))]
    titled = [name_of(one) for one in (thing, file) if one is not None]
    own = [str(one) for one in (thing.subject, thing.organization, thing.data.get("name")) if one]
    at = {name: {**whole, "organization": name} for name in answering}
    return {"names": frozenset((*own, *titled, *answering)), "whole": whole, "at": at}
