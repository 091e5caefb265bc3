"""What people do with bodies, offices and responsibilities: form, change, dissolve, assign. In their file and scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Result
from service.domain import pause
from service.domain.cases import organization as rules
from service.domain.cases.organization import KEEPERS, LIAISON, MEMBER, OWNER, Body
from service.domain.facts import Ask, Facts, Thing, Unmet, Who
from service.records import audit
from service.records.database import Database
from service.records.facts import Unknown, facts_of
from service.records.parties import bodies
from service.records.plain import NotThere, Wish, decline, line, must_fill, once
from service.records.rows import BODY, OFFICE, ORGANIZATION
from service.records.write import id_from

FILES = ("case", "batch", "action_plan")
"""What can have bodies and responsibilities of its own."""

POSTS = (*rules.COUNTED, MEMBER)


class Organizing:
    """Carries edits of the organization into the record."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def form_body(self, who: Who, key: str, of: str, said: Mapping[str, Any]) -> Result:
        """YL-1b, YL-1c, YL-1d: a leading group or task force of a file, with whoever holds its posts."""
        body = id_from(who.person, key, "body")
        wish = Wish("form_body", "body", body, of, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, of, who, wish)
            day = _day(said, facts)
            posts = {post: tuple(said.get(post) or ()) for post in POSTS}
            new = Body(body, str(said["kind"]), str(said["name"]), tuple(said.get("groups") or ()), posts)
            decline(rules.body_faults(facts.scheme, new, (await _found(db, facts, day)).bodies))
            row = {
                "id": body,
                "of": of,
                "kind": new.kind,
                "name": new.name,
                "groups": list(new.groups),
                "from_day": day,
            }
            await db.execute(insert(BODY).values(**row))
            await bodies.set_posts(db, body, posts, day)
            return await _written(db, now, wish, who, rules.FORMED)

        return await once(self.database, self.clock, who, key, wish, work)

    async def change_body(self, who: Who, key: str, body: str, said: Mapping[str, Any]) -> Result:
        """Another name or other groups, or other people in its posts from a day on."""
        of = await self._file_of(body)
        wish = Wish("change_body", "body", body, of, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, of, who, wish)
            day = _day(said, facts)
            found = await _found(db, facts, day)
            old = next((b for b in found.bodies if b.id == body), None)
            if old is None:
                decline([_ended(body)])
                raise NotThere(body)
            posts = {post: tuple(said[post]) for post in POSTS if said.get(post) is not None}
            name = str(said.get("name") or old.name)
            groups = tuple(said["groups"]) if said.get("groups") is not None else old.groups
            new = Body(body, old.kind, name, groups, {**old.posts, **posts})
            decline(rules.body_faults(facts.scheme, new, [b for b in found.bodies if b.id != body]))
            await db.execute(update(BODY).where(BODY.c.id == body).values(name=name, groups=list(groups)))
            await bodies.set_posts(db, body, posts, day)
            before = {"name": old.name, "groups": list(old.groups), "posts": {p: list(h) for p, h in old.posts.items()}}
            return await _written(db, now, wish, who, rules.FORMED, before=before)

        return await once(self.database, self.clock, who, key, wish, work)

    async def dissolve_body(self, who: Who, key: str, body: str, said: Mapping[str, Any]) -> Result:
        """It exists until the day before; the record keeps it."""
        of = await self._file_of(body)
        wish = Wish("dissolve_body", "body", body, of, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, of, who, wish)
            day = _day(said, facts)
            if all(b.id != body for b in (await _found(db, facts, day)).bodies):
                decline([_ended(body)])
            await bodies.end(db, BODY, body, day)
            return await _written(db, now, wish, who, rules.FORMED)

        return await once(self.database, self.clock, who, key, wish, work)

    async def form_office(self, who: Who, key: str, of: str, said: Mapping[str, Any]) -> Result:
        """PDS-M2c: a named office of an organization in the keeper's territory, with its one liaison."""
        office = id_from(who.person, key, "office")
        organization = str(said["organization"])
        wish = Wish("form_office", "office", office, f"organization:{organization}", said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, of, who, wish)
            await _own_territory(db, facts, who, organization)
            day = _day(said, facts)
            twin = await _twin(db, organization, str(said["zh"]), office, day)
            decline(rules.office_faults([*said["liaison"]], twin))
            row = {"organization": organization, "zh": said["zh"], "en": said.get("en") or ""}
            await db.execute(insert(OFFICE).values(**row, id=office, from_day=day))
            await bodies.set_posts(db, office, _staff(said), day)
            return await _written(db, now, wish, who, ("PDS-M2c",))

        return await once(self.database, self.clock, who, key, wish, work)

    async def change_office(self, who: Who, key: str, office: str, said: Mapping[str, Any]) -> Result:
        """Another name, liaison or responsible person from a day on."""
        organization = await self._organization_of(office)
        wish = Wish("change_office", "office", office, f"organization:{organization}", said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, str(said["of"]), who, wish)
            await _own_territory(db, facts, who, organization)
            day = _day(said, facts)
            held = await bodies.offices(db, OFFICE.c.id == office, day)
            if not held:
                decline([_ended(office)])
            name = str(said.get("zh") or held[0].name)
            staff = {LIAISON: held[0].liaisons, **_staff(said)}
            decline(rules.office_faults([*staff[LIAISON]], await _twin(db, organization, name, office, day)))
            await db.execute(update(OFFICE).where(OFFICE.c.id == office).values(zh=name))
            await bodies.set_posts(db, office, _staff(said), day)
            before = {"zh": held[0].name, "posts": {p: list(h) for p, h in held[0].posts.items()}}
            return await _written(db, now, wish, who, ("PDS-M2c",), before=before)

        return await once(self.database, self.clock, who, key, wish, work)

    async def dissolve_office(self, who: Who, key: str, office: str, said: Mapping[str, Any]) -> Result:
        """The office exists until the day before; what it answers for must be given to another one."""
        organization = await self._organization_of(office)
        wish = Wish("dissolve_office", "office", office, f"organization:{organization}", said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, str(said["of"]), who, wish)
            await _own_territory(db, facts, who, organization)
            day = _day(said, facts)
            if not await bodies.offices(db, OFFICE.c.id == office, day):
                decline([_ended(office)])
            await bodies.end(db, OFFICE, office, day)
            return await _written(db, now, wish, who, ("PDS-M2c",))

        return await once(self.database, self.clock, who, key, wish, work)

    async def assign(self, who: Who, key: str, of: str, said: Mapping[str, Any]) -> Result:
        """PDS-A4, PDS-M3a: the offices that answer for indicators, groups or tasks, and who owns each."""
        wish = Wish("assign_responsibilities", "responsibility", of, of, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await self._file(db, of, who, wish)
            day = _day(said, facts)
            given: Mapping[str, Mapping[str, Any]] = said["assign"]
            named = {o for one in given.values() for o in one["offices"]}
            known = {o.id for o in await bodies.offices(db, OFFICE.c.id.in_(named), day)}
            tasks = {str(t.data.get("number")) for t in facts.of("action_plan_task")}
            faults: list[Unmet] = []
            for what, one in given.items():
                faults += rules.answer_faults(facts.scheme, what, one["offices"], _owners(one), known, tasks)
            decline(faults)
            for what, one in given.items():
                await bodies.answer(db, of, what, one["offices"], _owners(one), day)
            return await _written(db, now, wish, who, rules.ASSIGNED)

        return await once(self.database, self.clock, who, key, wish, work)

    # ------------------------------------------------------------------------------------------ where it belongs

    async def _file(self, db: AsyncConnection, of: str, who: Who, wish: Wish) -> Facts:
        """The file, held while it is being organized: nobody completes its stage meanwhile."""
        try:
            facts = await facts_of(db, self.clock, of, lock=True)
        except Unknown as error:
            raise NotThere(of) from error
        if facts.thing.machine not in FILES:
            raise NotThere(of)
        must_fill(KEEPERS, facts, who, rules.FORMED)
        if facts.thing.ended:
            state = facts.thing.state
            zh, en = f"所属事项已办结（{state}）", f"what it belongs to has ended ({state})"
            decline([rules.fault("owner_still_open", ("INV-30",), zh, en, state)], "illegal")
        if resting := pause.refusal(facts, Ask(wish.event, wish.said, who)):
            decline([resting], "illegal")
        return facts

    async def _file_of(self, body: str) -> str:
        async with self.database.read.connect() as db:
            of = (await db.execute(select(BODY.c.of).where(BODY.c.id == body))).scalar_one_or_none()
        if of is None:
            raise NotThere(body)
        return str(of)

    async def _organization_of(self, office: str) -> str:
        async with self.database.read.connect() as db:
            query = select(OFFICE.c.organization).where(OFFICE.c.id == office)
            found = (await db.execute(query)).scalar_one_or_none()
        if found is None:
            raise NotThere(office)
        return str(found)


def _day(said: Mapping[str, Any], facts: Facts) -> date:
    given = said.get("day")
    return date.fromisoformat(given) if given else facts.today


def _owners(one: Mapping[str, Any]) -> list[str]:
    return [str(one["owner"])] if one.get("owner") else []


def _staff(said: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The posts of an office that were named: its liaison and its one responsible person (PDS-M2c)."""
    posts = {LIAISON: said.get("liaison"), OWNER: [said["owner"]] if said.get("owner") else None}
    return {post: tuple(named) for post, named in posts.items() if named is not None}


def _ended(what: str) -> Unmet:
    zh, en = "该日已不存在", "it does not exist on that day"
    return rules.fault("exists_on_day", ("INV-16",), zh, en, what, at="/day")


async def _found(db: AsyncConnection, facts: Facts, day: date) -> rules.Organization:
    return await bodies.organization(db, [facts.thing.id, *([facts.thing.batch] if facts.thing.batch else [])], day)


async def _twin(db: AsyncConnection, organization: str, name: str, but: str, day: date) -> str | None:
    """Another office of that name in the organization, which is held meanwhile: two cannot be formed at once."""
    await db.execute(select(ORGANIZATION.c.id).where(ORGANIZATION.c.id == organization).with_for_update())
    same = and_(OFFICE.c.organization == organization, OFFICE.c.zh == name, OFFICE.c.id != but, bodies.on(OFFICE, day))
    found = (await db.execute(select(OFFICE.c.id).where(same).limit(1))).scalar_one_or_none()
    return str(found) if found is not None else None


async def _own_territory(db: AsyncConnection, facts: Facts, who: Who, organization: str) -> None:
    """An office is formed where the role of its keeper reaches. What lies elsewhere is not there for him."""
    place = await bodies.place_of(db, organization)
    if place is None:
        raise NotThere(organization)
    where = Thing(
        organization, "organization", chain=facts.thing.chain, track=facts.thing.track,
        organization=organization, region=place.path,
    )  # fmt: skip
    if not any(held.covers(where) for held in who.roles):
        raise NotThere(organization)
    must_fill(KEEPERS, facts.at(where), who, ("PDS-M2c",))


async def _written(
    db: AsyncConnection, now: datetime, wish: Wish, who: Who, articles: tuple[str, ...], **more: Any
) -> Result:
    await audit.append(db, now, [line(wish, who, articles, **more)])
    return Result("done", wish.thing, wish.machine)
