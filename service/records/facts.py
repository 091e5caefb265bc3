"""Reading the facts for one verdict in one go: the thing, its file, its duties, and what its guards ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.domain.facts import Facts, Thing
from service.domain.machines import resolve
from service.domain.perform import newborn
from service.records import needs, schemes
from service.records.rows import DUTY, JURISDICTION, THING, duty_of, thing_of
from service.schemes.loader import official_calendar


class Unknown(Exception):
    """There is no such thing, parent or scheme."""


async def facts_of(db: AsyncConnection, clock: Clock, thing_id: str, *, lock: bool = False) -> Facts:
    """The facts about an existing thing. `lock` takes its owner's row, so that one commit follows another.

    Raises Unknown.
    """
    found = (await db.execute(select(THING).where(THING.c.id == thing_id))).one_or_none()
    if found is None:
        raise Unknown(thing_id)
    thing = thing_of(found)
    if lock:
        await db.execute(select(THING.c.id).where(THING.c.id == thing.owner).with_for_update())
    return await _around(db, clock, thing)


async def facts_of_newborn(
    db: AsyncConnection,
    clock: Clock,
    machine: str,
    thing_id: str,
    parent_id: str | None,
    *,
    form: dict[str, Any],
    data: dict[str, Any],
    lock: bool = False,
) -> Facts:
    """The facts about a thing that is to be created under `parent_id`, or on its own under a scheme.

    Raises Unknown.
    """
    parent: Thing | None = None
    if parent_id is not None:
        row = (await db.execute(select(THING).where(THING.c.id == parent_id))).one_or_none()
        if row is None:
            raise Unknown(parent_id)
        parent = thing_of(row)
    if lock and parent is not None:
        await db.execute(select(THING.c.id).where(THING.c.id == parent.owner).with_for_update())
    thing = newborn(machine, thing_id, parent, 0, data)
    if parent is None:
        version = await schemes.version(db, str(data.get("scheme", "")))
        if version is None:
            raise Unknown(str(data.get("scheme", "")))
        thing = replace(thing, scheme=version.id, region=version.region)
    if machine == "case":
        thing = await _placed(db, thing, form)
    facts = await _around(db, clock, thing)
    number = 1 + max((t.number for t in facts.things.values()), default=0)
    thing = replace(thing, number=number)
    return replace(facts, thing=thing, things={**facts.things, thing.id: thing})


async def _placed(db: AsyncConnection, case: Thing, form: dict[str, Any]) -> Thing:
    """Where a case belongs follows from the jurisdiction and the organization that it names."""
    code = form.get("jurisdiction")
    row = (await db.execute(select(JURISDICTION).where(JURISDICTION.c.code == str(code)))).one_or_none()
    track, project = str(form.get("track", "")), str(form.get("project") or "")
    subject = f"{code}/{project}" if project else str(code)
    return replace(
        case,
        track=track or None,
        subject=subject,
        organization=str(form.get("organization") or ""),
        region=row.path if row else "",
        natural=f"case:{case.scheme}:{case.batch}:{track}:{subject}",
        data={**case.data, "level": row.level if row else None, "name": row.zh if row else None},
    )


async def _around(db: AsyncConnection, clock: Clock, thing: Thing) -> Facts:
    """The thing with its file, its owner, its batch and the naming decisions of that, and the open duties."""
    near = {thing.id, thing.owner, thing.parent, thing.batch} - {None}
    query = select(THING).where(
        or_(
            THING.c.chain == thing.chain,
            THING.c.id.in_(near),
            and_(THING.c.owner == (thing.batch or thing.id), THING.c.machine == "naming_decision"),
            and_(THING.c.owner == thing.id, THING.c.machine == "look_back"),
        )
    )
    things = {row.id: thing_of(row) for row in await db.execute(query)}
    version = await schemes.version(db, thing.scheme)
    if version is None:
        raise Unknown(thing.scheme)
    owed = select(DUTY).where(DUTY.c.owner == thing.owner)
    duties = tuple(duty_of(row) for row in await db.execute(owed))
    now = await clock.now(db)
    thing = things.setdefault(thing.id, thing)  # as it stands now that its owner is locked
    return Facts(version.scheme, official_calendar(), now, thing, things, duties)


async def with_needs(db: AsyncConnection, facts: Facts, event: str | None) -> Facts:
    """The same facts with what the guards of an event ask for besides the file (of every event: None)."""
    machine, seen = resolve(facts, event or "")
    moves = machine.table if event is None else machine.events.get(event, ())
    wanted = {n for m in moves for n in m.needs}
    if event is None and facts.run is not None and facts.thing.machine == "case":
        run_machine, _ = resolve(facts, "complete_stage")
        wanted |= {n for m in run_machine.table for n in m.needs}
    more = {name: await needs.READERS[name](db, seen) for name in sorted(wanted)}
    return replace(facts, more=more) if more else facts
