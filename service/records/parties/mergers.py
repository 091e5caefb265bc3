"""Organizations that merge into another from a day: two persons, on a document (INV-20, INV-26).

Roles held for one of them count for the successor from that day (`people.who`). Open cases and titles then name the
successor; what has ended, and the record, keep the name they had. What becomes of each title is a decision of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Result
from service.domain.cases import organization as rules
from service.domain.cases.organization import Place
from service.domain.dates import calendar
from service.domain.facts import SYSTEM, Unmet, Who
from service.records import audit, schemes
from service.records.database import Database
from service.records.parties import bodies
from service.records.plain import NotThere, Wish, decline, line, once
from service.records.rows import MERGED, MERGER, OFFICE, THING
from service.records.write import id_from

RULES = ("INV-26", "INV-20")
OPEN_FILES = ("case", "designation")


class Mergers:
    """Carries mergers into the record."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def propose(self, who: Who, key: str, said: Mapping[str, Any]) -> Result:
        """The first of two persons: which organizations merge into which, from when, by which document."""
        merger = id_from(who.person, key, "merger")
        wish = Wish("propose_merger", "merger", merger, _chain(str(said["into"])), said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            await _judge(db, said["organizations"], str(said["into"]))
            values = {
                "id": merger, "into": said["into"], "day": date.fromisoformat(said["day"]), "document": said["document"],
                "organizations": list(said["organizations"]), "moved": [], "status": "proposed", "author": who.person, "at": now,
            }  # fmt: skip
            await db.execute(insert(MERGER).values(**values))
            await audit.append(db, now, [line(wish, who, RULES, "proposed")])
            return Result("proposed", merger, "merger", "proposed", proposal=merger)

        return await once(self.database, self.clock, who, key, wish, work)

    async def confirm(self, who: Who, key: str, merger: str) -> Result:
        """The second person; on and after its day it takes effect at once."""
        into = str((await self.read(merger)).into)
        wish = Wish("confirm_merger", "merger", merger, _chain(into))

        async def work(db: AsyncConnection, now: datetime) -> Result:
            row = await _proposed(db, merger)
            if row.author == who.person:
                decline([Unmet("two_persons", "须由另一人确认", "another person must confirm", ("INV-20",))], "person")
            await _judge(db, row.organizations, row.into)
            await db.execute(update(MERGER).where(MERGER.c.id == merger).values(status="confirmed", second=who.person))
            merged = [
                {"organization": o, "into": row.into, "day": row.day, "merger": merger} for o in row.organizations
            ]
            await db.execute(insert(MERGED), merged)
            told = [line(wish, who, RULES, organizations=row.organizations, into=row.into, day=row.day.isoformat())]
            told += [
                audit.Line(_chain(o), merger, "confirm_merger", who.person, "applied", told[0].rest)
                for o in row.organizations
            ]
            await audit.append(db, now, told)
            await take_effect(db, calendar.today(now), now)
            return Result("done", merger, "merger", "confirmed")

        return await once(self.database, self.clock, who, key, wish, work)

    async def withdraw(self, who: Who, key: str, merger: str) -> Result:
        """Its author takes a proposal back."""
        wish = Wish("withdraw_merger", "merger", merger, _chain(str((await self.read(merger)).into)))

        async def work(db: AsyncConnection, now: datetime) -> Result:
            row = await _proposed(db, merger)
            if row.author != who.person:
                decline(
                    [Unmet("author", "只有提请人可以撤回", "only its author takes it back", RULES, (row.author,))],
                    "role",
                )
            await db.execute(update(MERGER).where(MERGER.c.id == merger).values(status="withdrawn"))
            await audit.append(db, now, [line(wish, who, RULES)])
            return Result("done", merger, "merger", "withdrawn")

        return await once(self.database, self.clock, who, key, wish, work)

    async def read(self, merger: str) -> Any:
        """The row of a merger. Raises NotThere."""
        async with self.database.read.connect() as db:
            row = (await db.execute(select(MERGER).where(MERGER.c.id == merger))).one_or_none()
        if row is None:
            raise NotThere(merger)
        return row


async def titles(db: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    """The titles that the merger leaves to be decided on, each with what its scheme lets be decided (INV-26)."""
    theirs = THING.c.id.in_(row.moved) if row.done_at else THING.c.organization.in_(row.organizations)
    mine = and_(THING.c.machine == "designation", THING.c.ended.is_(False), theirs)
    found = []
    for title in (await db.execute(select(THING).where(mine).order_by(THING.c.id))).all():
        version = await schemes.version(db, title.scheme)
        admits = version.scheme.title.on_merger if version else None
        found.append({"id": title.id, "subject": title.subject, "state": title.state, "onMerger": admits})
    return found


def _due(today: date) -> ColumnElement[bool]:
    return and_(MERGER.c.done_at.is_(None), MERGER.c.day <= today, MERGER.c.status == "confirmed")


async def waiting(db: AsyncConnection, today: date) -> bool:
    """Whether some merger has come to its day and has not taken effect."""
    return (await db.execute(select(MERGER.c.id).where(_due(today)).limit(1))).one_or_none() is not None


async def take_effect(db: AsyncConnection, today: date, now: datetime) -> int:
    """Put the successor in the place of every merged organization whose day has come; how many mergers there were."""
    rows = (
        await db.execute(select(MERGER).where(_due(today)).order_by(MERGER.c.day, MERGER.c.id).with_for_update())
    ).all()
    for row in rows:
        open_still = and_(THING.c.organization.in_(row.organizations), THING.c.ended.is_(False))
        if db.dialect.name != "sqlite":
            owners = sorted(set((await db.execute(select(THING.c.owner).where(open_still))).scalars()))
            await db.execute(select(THING.c.id).where(THING.c.id.in_(owners)).order_by(THING.c.id).with_for_update())
        lines = []
        for thing in (await db.execute(select(THING).where(open_still).order_by(THING.c.id))).all():
            await db.execute(update(THING).where(THING.c.id == thing.id).values(organization=row.into))
            rest = {"machine": thing.machine, "before": thing.state, "after": thing.state, "rules": ["INV-26"],
                    "form": {"from": thing.organization, "to": row.into, "merger": row.id}}  # fmt: skip
            if thing.machine in OPEN_FILES:
                lines.append(audit.Line(thing.chain, thing.id, "succeed", SYSTEM, "applied", rest))
        await audit.append(db, now, lines)
        moved = OFFICE.c.organization.in_(row.organizations)
        await db.execute(update(OFFICE).where(moved).values(organization=row.into))
        told = [told.thing for told in lines]
        await db.execute(update(MERGER).where(MERGER.c.id == row.id).values(done_at=now, moved=told))
    return len(rows)


async def _judge(db: AsyncConnection, organizations: list[str], into: str) -> None:
    places = {o: await bodies.place_of(db, o) for o in (*organizations, into)}
    unknown = [o for o, place in places.items() if place is None]
    if unknown:
        zh, en = f"没有单位：{'、'.join(unknown)}", f"there is no organization {', '.join(unknown)}"
        decline([rules.fault("known_organization", ("INV-26",), zh, en, *unknown)])
    known = {o: Place(p.id, p.path, p.into) for o, p in places.items()}
    decline(rules.merger_faults([known[o] for o in dict.fromkeys(organizations)], known[into]))


async def _proposed(db: AsyncConnection, merger: str) -> Any:
    row = (await db.execute(select(MERGER).where(MERGER.c.id == merger).with_for_update())).one()
    if row.status != "proposed":
        zh, en = f"该合并已处于 {row.status}", f"the merger is {row.status} already"
        decline([Unmet("merger_status", zh, en, RULES, (row.status,))], "illegal")
    return row


def _chain(organization: str) -> str:
    return f"organization:{organization}"
