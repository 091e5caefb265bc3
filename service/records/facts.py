"""Reading the facts for one verdict in one go: the thing, its file, its duties, and what its guards ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.domain.batches.candidate_list import placed
from service.domain.cases.reports import needs_of_reports
from service.domain.cases.stage_guards import needs_of_stage
from service.domain.dates.calendar import today
from service.domain.desk import newborn
from service.domain.facts import Facts, Thing
from service.domain.machines import resolve
from service.domain.titles.validity import round_key
from service.records import schemes
from service.records.calendars import in_use as calendars
from service.records.readers import needs
from service.records.rows import DUTY, JURISDICTION, LISTED, MERGED, ORGANIZATION, SCHEME, THING, duty_of, thing_of


class Unknown(Exception):
    """There is no such thing, parent or scheme."""


def _beside(chain: Any, near: Iterable[Any], own: Any) -> ColumnElement[bool]:
    """What is read for a thing as a whole: its file, its owner, parent and batch, and what it owns.

    Each way has an index of its own: a condition on the machine besides would lead through all things of that
    machine there ever were.
    """
    return or_(THING.c.chain == chain, THING.c.id.in_(near), THING.c.owner == own)


_SEEN = [LISTED.c.data.label(c.name) if c is THING.c.data else c for c in THING.c]


def _with_lists(beside: Select[Any], about: Select[Any]) -> CompoundSelect[Any]:
    """And the lists and naming decisions of its batch that name the case of the file, as far as they speak of it.

    `about`: the `_SEEN` of them. A file reads no list as a whole: a batch would become dearer with its square.
    """
    return union_all(beside, about)


# Put together once: building a statement costs more than SQLite needs to answer it.
_ME = THING.alias("me")
_NEAR = (_ME.c.id, _ME.c.owner, _ME.c.parent, _ME.c.batch)
_THIS = _ME.c.id == bindparam("thing")
_NAMED_IN = LISTED.c.thing == THING.c.id
_FILE = _with_lists(
    select(THING).join(_ME, _beside(_ME.c.chain, _NEAR, _ME.c.id)).where(_THIS),
    select(*_SEEN).join(LISTED, _NAMED_IN).join(_ME, LISTED.c.file == _ME.c.chain).where(_THIS),
)
_OWED = select(DUTY).where(DUTY.c.owner == bindparam("owner"))
_OWNER = select(THING.c.owner).where(THING.c.id == bindparam("thing")).scalar_subquery()
_LOCK = select(THING.c.id).where(THING.c.id == _OWNER).with_for_update()


async def facts_of(db: AsyncConnection, clock: Clock, thing_id: str, *, lock: bool = False) -> Facts:
    """The facts about an existing thing. `lock` takes its owner's row, so that one commit follows another.

    Raises Unknown.
    """
    if lock:
        await _lock(db, thing_id)
    things = {row.id: thing_of(row) for row in await db.execute(_FILE, {"thing": thing_id})}
    if thing_id not in things:
        raise Unknown(thing_id)
    return await _facts(db, clock, things[thing_id], things)


async def _lock(db: AsyncConnection, thing_id: str) -> None:
    """One commit of an owner after the other. SQLite has taken the whole file at BEGIN IMMEDIATE."""
    if db.dialect.name != "sqlite":
        await db.execute(_LOCK, {"thing": thing_id})


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
        await _lock(db, parent.id)
    thing = newborn(machine, thing_id, parent, 0, data)
    if parent is None:
        version = await schemes.version(db, str(data.get("scheme", "")))
        if version is None:
            raise Unknown(str(data.get("scheme", "")))
        thing = replace(thing, scheme=version.id, region=version.region)
    if machine == "case" or (machine == "designation" and parent is None):
        thing = await _placed(db, today(await clock.now(db)), thing, form)
    near = [i for i in (thing.id, thing.owner, thing.parent, thing.batch) if i is not None]
    query = _with_lists(
        select(THING).where(_beside(thing.chain, near, thing.id)),
        select(*_SEEN).join(LISTED, _NAMED_IN).where(LISTED.c.file == thing.chain),
    )
    beside = {row.id: thing_of(row) for row in await db.execute(query)}
    if machine == "candidate_list":
        thing = placed(thing, form, tuple(beside.values()))
    facts = await _facts(db, clock, thing, beside)
    number = 1 + max((t.number for t in facts.things.values()), default=0)
    thing = replace(thing, number=number, natural=thing.natural or _only_once(facts, form))
    return replace(facts, thing=thing, things={**facts.things, thing.id: thing})


def _only_once(facts: Facts, form: dict[str, Any]) -> str | None:
    """What else may be made only once: a round by its year and number, a title that is recorded from outside."""
    thing, scheme = facts.thing, facts.scheme
    if thing.machine == "look_back_round":
        return round_key(scheme.key, form.get("mode") or scheme.look_back.mode, form.get("year"), form.get("number"))
    if thing.machine == "designation" and form:
        return f"title:{scheme.key}:{thing.track}:{thing.subject}"
    return None


async def _placed(db: AsyncConnection, day: date, case: Thing, form: dict[str, Any]) -> Thing:
    """Where a case, or a title of earlier times, belongs follows from the jurisdiction and organization it names."""
    code = form.get("jurisdiction")
    row = (await db.execute(select(JURISDICTION).where(JURISDICTION.c.code == str(code)))).one_or_none()
    track, project = str(form.get("track", "")), str(form.get("project") or "")
    organization, called = await _applying(db, day, form.get("organization"), row.path if row else "")
    itself = bool(organization) and await _takes_part_itself(db, case.scheme, track)
    parts = (str(code), organization if itself else "", project)
    subject = "/".join(one for one in parts if one)
    return replace(
        case,
        track=track or None,
        subject=subject,
        organization=organization,
        region=row.path if row else "",
        natural=f"case:{case.scheme}:{case.batch}:{track}:{subject}" if case.machine == "case" else None,
        data={**case.data, "level": row.level if row else None, "name": called if itself else row.zh if row else None},
    )


async def _takes_part_itself(db: AsyncConnection, scheme: str, track: str) -> bool:
    """Whether what enters this track is a department: several of one place take part, each under its own name."""
    version = await schemes.version(db, scheme)
    tracks = version.scheme.tracks if version else ()
    return any(one.id == track and one.class_ == "department_participation" for one in tracks)


async def _applying(db: AsyncConnection, day: date, named: Any, region: str) -> tuple[str, str]:
    """The organization that applies and its name, if there is one, it belongs where the case does and has not merged."""
    merged = (MERGED.c.organization == ORGANIZATION.c.id) & (MERGED.c.day <= day)
    query = (
        select(ORGANIZATION.c.id, ORGANIZATION.c.zh, JURISDICTION.c.path)
        .join(JURISDICTION, JURISDICTION.c.code == ORGANIZATION.c.jurisdiction)
        .outerjoin(MERGED, merged)
        .where(ORGANIZATION.c.id == str(named), MERGED.c.into.is_(None))
    )
    row = (await db.execute(query)).one_or_none() if named else None
    fits = row is not None and (f"{region}/".startswith(f"{row.path}/") or f"{row.path}/".startswith(f"{region}/"))
    return (str(row.id), str(row.zh)) if row is not None and region and fits else ("", "")


async def _facts(db: AsyncConnection, clock: Clock, thing: Thing, things: dict[str, Thing]) -> Facts:
    """The thing among what was read for it, with its scheme, the duties of its owner and the time."""
    version = await schemes.version(db, thing.scheme)
    if version is None:
        raise Unknown(thing.scheme)
    duties = tuple(duty_of(row) for row in await db.execute(_OWED, {"owner": thing.owner}))
    calendar = await calendars.of(db, version.scheme.calendar.id)
    now = await clock.now(db)
    thing = things.setdefault(thing.id, thing)  # what is to be created may have been meanwhile
    return Facts(version.scheme.of_track(thing.track), calendar, now, thing, things, duties)


COUNTED_TOGETHER = frozenset(("places", "serials"))
"""What owners share: a place of the quota, a serial number. Whoever takes one holds the scheme while it does."""


async def with_needs(
    db: AsyncConnection, facts: Facts, event: str | None, *, lock: bool = False, also: str = ""
) -> Facts:
    """The same facts with what the guards of an event ask for besides the file (of every event: None).

    With `lock` nobody else takes a shared thing meanwhile. Owners come first and the scheme second, everywhere.
    """
    machine, seen = resolve(facts, event or "")
    moves = machine.table if event is None else machine.events.get(event, ())
    wanted = {n for m in moves for n in m.needs} | ({also} if also else set())
    if event is None and facts.run is not None and facts.thing.machine == "case":
        run_machine, of_run = resolve(facts, "complete_stage")
        wanted |= {n for m in run_machine.table for n in m.needs} | needs_of_stage(of_run)
    if seen.thing.machine == "stage" and event == "complete_stage":
        wanted |= needs_of_stage(seen)
    if seen.thing.machine in ("case", "stage"):
        wanted |= needs_of_reports(seen)
    if lock and wanted & COUNTED_TOGETHER and db.dialect.name != "sqlite":
        await db.execute(select(SCHEME.c.id).where(SCHEME.c.id == facts.thing.scheme).with_for_update())
    if lock and "version" in wanted and facts.thing.parent is None and db.dialect.name != "sqlite":
        # Nobody retires the version while the first thing under it is opened.
        await db.execute(select(SCHEME.c.id).where(SCHEME.c.id == facts.thing.scheme).with_for_update(read=True))
    more = {name: await needs.READERS[name](db, seen) for name in sorted(wanted)}
    return replace(facts, more=more) if more else facts
