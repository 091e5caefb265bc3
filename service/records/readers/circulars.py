"""What bulletins look at beyond their own file: earlier ones, the work they report on, and whom the record names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Duty, Facts, Thing
from service.domain.notices.digest import name_of
from service.records.rows import DUTY, ORGANIZATION, THING, duty_of, thing_of

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
    above = facts.parent
    reported = REPORTED if above is None or above.machine == "batch" else (*REPORTED, "designation")
    covered = and_(_covered(facts), THING.c.machine.in_(reported))
    things = await _named_units(db, [thing_of(row) for row in await db.execute(select(THING).where(covered))])
    owed = select(DUTY).join(THING, THING.c.id == DUTY.c.thing).where(covered, DUTY.c.done_at.is_(None))
    return tuple(things), tuple(duty_of(row) for row in await db.execute(owed))


async def _named_units(db: AsyncConnection, things: list[Thing]) -> list[Thing]:
    """The same, each with what the unit that answers for it is called, where it is a registered organization."""
    units = {str(unit) for t in things if (unit := t.data.get("unit"))}
    query = select(ORGANIZATION.c.id, ORGANIZATION.c.zh).where(ORGANIZATION.c.id.in_(units))
    called = {row.id: row.zh for row in await db.execute(query)} if units else {}
    return [t.with_data(unit_name=called.get(str(t.data.get("unit")))) for t in things]


async def named(db: AsyncConnection, facts: Facts) -> dict[str, dict[str, Any]]:
    """Entry of the record -> the names it concerns, and where each of them belongs.

    An entry is a thing that the bulletin covers, or a duty that was late; it concerns the subject of its file, and
    the unit and person that answer for it.
    """
    query = select(THING).where(_covered(facts), THING.c.machine != "bulletin")
    read = await _named_units(db, [thing_of(row) for row in await db.execute(query)])
    things = {t.id: t for t in read}
    found = {t.id: _concerns(t, things.get(t.chain)) for t in things.values()}
    late = select(DUTY.c.id, DUTY.c.thing, DUTY.c.person).join(THING, THING.c.id == DUTY.c.thing)
    for row in await db.execute(late.where(_covered(facts), DUTY.c.overdue.is_(True))):
        if thing := things.get(row.thing):
            found[row.id] = _concerns(thing, things.get(thing.chain), row.person)
    return found


def _concerns(thing: Thing, file: Thing | None, owing: str = "") -> dict[str, Any]:
    whole = {"subject": thing.subject, "organization": thing.organization, "region": thing.region}
    answering = [str(one) for one in (thing.data.get("unit"), thing.data.get("person"), owing) if one]
    titled = [name_of(one) for one in (thing, file) if one is not None]
    own = [str(one) for one in (thing.subject, thing.organization, thing.data.get("name")) if one]
    at = {name: {**whole, "organization": name} for name in answering}
    if called := thing.data.get("unit_name"):
        at[str(called)] = at[str(thing.data["unit"])]
    return {"names": frozenset((*own, *titled, *at)), "whole": whole, "at": at}
