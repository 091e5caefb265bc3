"""Handover: a person's posts, roles and open work pass to another from a day; past acts stay (INV-32).

Posts and roles are rows with days, so they change by themselves. Open duties and items name one person: they are
moved when the day has come (`take_effect`), and never before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Result
from service.domain.acts import TRANSFERABLE
from service.domain.cases import organization as rules
from service.domain.cases.organization import HEAD, KEEPERS, Body
from service.domain.dates import calendar
from service.domain.facts import SYSTEM, Facts, Unmet, Who
from service.records import audit
from service.records.database import Database
from service.records.facts import Unknown, facts_of
from service.records.parties import bodies, people
from service.records.plain import NotThere, Wish, decline, line, must_fill, once
from service.records.readers.needs import role_holders
from service.records.rows import DUTY, HANDOVER, PERSON, ROLE, THING
from service.records.write import id_from

NOTHING_LEFT = ("closed", "void", "verified", "met", "unmet", "dropped")
"""States in which a piece of work has nobody who still has to do it."""


class Handovers:
    """Carries handovers into the record."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def in_file(self, who: Who, key: str, of: str, said: Mapping[str, Any]) -> Result:
        """Within one file, by who keeps it: posts in its bodies and offices, responsibilities, open duties and items."""
        wish = Wish("hand_over", "handover", id_from(who.person, key, "handover"), of, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            try:
                facts = await facts_of(db, self.clock, of, lock=True)
            except Unknown as error:
                raise NotThere(of) from error
            must_fill(KEEPERS, facts, who, ("INV-32",))
            person, successor, day = _sides(said)
            decline(rules.handover_faults(person, successor, day, facts.today))
            decline(await _unfit(db, facts, person, successor, day))
            where = await bodies.named_in_file(db, of, day)
            posts = await bodies.posts_of(db, person, where, day)
            decline(await _heads_two(db, facts, posts, successor, day))
            await bodies.hand_on(db, posts, successor, day)
            await db.execute(insert(HANDOVER).values(**_row(wish, who, said, now), of=of, roles=[]))
            done = await _effect_if_due(db, facts.today, day, wish.thing, now)
            passed = [f"{p.post}@{p.of}" for p in posts]
            await audit.append(db, now, [line(wish, who, ("INV-32",), posts=passed, moved=done)])
            return Result("done", wish.thing, wish.machine)

        return await once(self.database, self.clock, who, key, wish, work)

    async def of_roles(self, who: Who, key: str, roles: Sequence[tuple[str, str]], said: Mapping[str, Any]) -> Result:
        """By who administers the roles: each passes from a day, and with it the open work within its scope."""
        person, successor, day = _sides(said)
        wish = Wish("hand_over", "handover", id_from(who.person, key, "handover"), f"person:{person}", said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            today = calendar.today(now)
            decline(rules.handover_faults(person, successor, day, today))
            decline([*_own_roles(who, successor), *await _strangers(db, successor)])
            held = {(r.role, r.scope): r for r in await _held(db, person, day)}
            if lacking := [f"{role} @ {scope}" for role, scope in roles if (role, scope) not in held]:
                zh, en = (
                    f"{person} 届时不具备：{'、'.join(lacking)}",
                    f"{person} does not hold {', '.join(lacking)} then",
                )
                decline([rules.fault("role_held", ("INV-32",), zh, en, *lacking, at="/roles")])
            for role, scope in roles:
                row = held[role, scope]
                await _end_role(db, row, day)
                begins = max(day, row.from_day or day)
                await people.give_role(db, successor, role, scope, begins, row.to_day, by=who.person, at=now)
            await db.execute(insert(HANDOVER).values(**_row(wish, who, said, now), roles=[list(r) for r in roles]))
            done = await _effect_if_due(db, today, day, wish.thing, now)
            await audit.append(db, now, [line(wish, who, ("INV-32",), moved=done)])
            return Result("done", wish.thing, wish.machine)

        return await once(self.database, self.clock, who, key, wish, work)


async def held_roles(db: AsyncConnection, person: str, day: date) -> list[tuple[str, str]]:
    """Every role that a person holds on a day or later."""
    return [(r.role, r.scope) for r in await _held(db, person, day)]


def _due(today: date) -> ColumnElement[bool]:
    return and_(HANDOVER.c.done_at.is_(None), HANDOVER.c.day <= today)


async def waiting(db: AsyncConnection, today: date) -> bool:
    """Whether some handover has come to its day and its open work has not moved."""
    return (await db.execute(select(HANDOVER.c.id).where(_due(today)).limit(1))).one_or_none() is not None


async def take_effect(db: AsyncConnection, today: date, now: datetime) -> int:
    """Move the open work of every handover whose day has come; how many there were."""
    query = select(HANDOVER).where(_due(today)).order_by(HANDOVER.c.day, HANDOVER.c.id).with_for_update()
    rows = (await db.execute(query)).all()
    for row in rows:
        await _move(db, row, now)
    return len(rows)


async def _move(db: AsyncConnection, row: Any, now: datetime) -> int:
    """The open duties and items of the one pass to the other, as they stand now, within file or scopes."""
    within = THING.c.chain == row.of if row.of else or_(*(_covered(scope) for _, scope in row.roles))
    owed = and_(DUTY.c.person == row.person, DUTY.c.done_at.is_(None), DUTY.c.thing == THING.c.id)
    theirs = and_(
        THING.c.machine.in_(TRANSFERABLE), THING.c.state.not_in(NOTHING_LEFT), THING.c.ended.is_(False),
        THING.c.data["person"].as_string() == row.person,
    )  # fmt: skip
    owners = select(THING.c.owner).where(within, or_(theirs, select(DUTY.c.id).where(owed).exists()))
    await _hold(db, sorted(set((await db.execute(owners)).scalars())))
    duties = select(DUTY.c.id).join(THING, THING.c.id == DUTY.c.thing).where(owed, within)
    moved = sorted((await db.execute(duties)).scalars())
    await db.execute(update(DUTY).where(DUTY.c.id.in_(moved)).values(person=row.successor))
    lines = []
    for thing in (await db.execute(select(THING).where(within, theirs).order_by(THING.c.id))).all():
        data = {**thing.data, "person": row.successor, "since": row.day.isoformat()}
        await db.execute(update(THING).where(THING.c.id == thing.id).values(data=data))
        rest = {"machine": thing.machine, "before": thing.state, "after": thing.state, "rules": ["INV-32"],
                "form": {"from": row.person, "to": row.successor, "day": row.day.isoformat()}}  # fmt: skip
        lines.append(audit.Line(thing.chain, thing.id, "hand_over", SYSTEM, "applied", rest))
    await audit.append(db, now, lines)
    await db.execute(update(HANDOVER).where(HANDOVER.c.id == row.id).values(done_at=now))
    return len(moved) + len(lines)


async def _hold(db: AsyncConnection, owners: list[str]) -> None:
    """No commit of these owners meanwhile. SQLite has taken the whole file at BEGIN IMMEDIATE."""
    if owners and db.dialect.name != "sqlite":
        await db.execute(select(THING.c.id).where(THING.c.id.in_(owners)).order_by(THING.c.id).with_for_update())


def _covered(scope: str) -> ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if kind == "region":
        return or_(THING.c.region == value, THING.c.region.startswith(value + "/", autoescape=True))
    if kind == "organization":
        return THING.c.organization == value
    return or_(THING.c.chain == value, THING.c.id == value)


async def _effect_if_due(db: AsyncConnection, today: date, day: date, handover: str, now: datetime) -> int:
    if day > today:
        return 0
    return await _move(db, (await db.execute(select(HANDOVER).where(HANDOVER.c.id == handover))).one(), now)


def _row(wish: Wish, who: Who, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    person, successor, day = _sides(said)
    return {"id": wish.thing, "person": person, "successor": successor, "day": day, "reason": said["text"],
            "by": who.person, "at": now}  # fmt: skip


def _sides(said: Mapping[str, Any]) -> tuple[str, str, date]:
    return str(said["from"]), str(said["to"]), date.fromisoformat(said["day"])


def _own_roles(who: Who, successor: str) -> list[Unmet]:
    if successor != who.person:
        return []
    zh, en = "不能给自己授权", "nobody gives a role to himself"
    return [rules.fault("self", ("INV-32",), zh, en, at="/to")]


async def _strangers(db: AsyncConnection, person: str) -> list[Unmet]:
    query = select(PERSON.c.id).where(PERSON.c.id == person, PERSON.c.active.is_(True))
    if (await db.execute(query)).one_or_none():
        return []
    zh, en = f"没有账号 {person}", f"there is no account {person}"
    return [rules.fault("known_person", ("INV-32",), zh, en, person, at="/to")]


async def _unfit(db: AsyncConnection, facts: Facts, person: str, successor: str, day: date) -> list[Unmet]:
    """Whoever takes over from somebody with an account holds a role of the file from that day.

    A head of a body may be an official without an account: then only the post passes.
    """
    if not (await db.execute(select(PERSON.c.id).where(PERSON.c.id == person))).one_or_none():
        return []
    held = (await role_holders(db, facts)).get(successor, ())
    if any(tenure.on(day) for tenure in held):
        return []
    zh, en = f"{successor} 自 {day} 起不具备本案的角色", f"{successor} holds no role here from {day}"
    return [rules.fault("transferee_fits", ("INV-32",), zh, en, successor, at="/to")]


async def _heads_two(db: AsyncConnection, facts: Facts, posts: Sequence[Any], successor: str, day: date) -> list[Unmet]:
    """The successor would head two bodies of one case, unless the scheme lets him."""
    passing = {p.of for p in posts if p.post == HEAD}
    found = (await bodies.organization(db, [facts.thing.id], day)).bodies
    faults = []
    for body in (b for b in found if b.id in passing):
        taken = Body(body.id, body.kind, body.name, body.groups, {HEAD: (successor,)})
        others = [Body(b.id, b.kind, b.name, b.groups, {HEAD: (successor,)}) if b.id in passing else b for b in found]
        faults += [
            fault
            for fault in rules.body_faults(facts.scheme, taken, [o for o in others if o.id != body.id])
            if fault.code == "heads_one_body"
        ]
    return faults


async def _held(db: AsyncConnection, person: str, day: date) -> list[Any]:
    live = or_(ROLE.c.to_day.is_(None), ROLE.c.to_day >= day)
    return list((await db.execute(select(ROLE).where(ROLE.c.person == person, live))).all())


async def _end_role(db: AsyncConnection, row: Any, day: date) -> None:
    mine = and_(ROLE.c.person == row.person, ROLE.c.role == row.role, ROLE.c.scope == row.scope)
    if row.from_day is not None and row.from_day >= day:
        await db.execute(delete(ROLE).where(mine))
    else:
        await db.execute(update(ROLE).where(mine).values(to_day=day - timedelta(days=1)))
