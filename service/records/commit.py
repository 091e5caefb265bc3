"""The single writer of lifecycle states: one command, one transaction.

It records the key, locks the owner, re-reads the facts, asks the same `decide`, and writes status, audit, duties,
follow-ups and outbox together. A retry, by whomever and whenever, finds the key and gets the first answer.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Command, Owner, Result, Standing
from service.domain.facts import NEW, Ask, Facts, Held, Thing, Who
from service.domain.machine import Refused, may
from service.domain.machines import machine_for
from service.domain.perform import Desk, Entry, Outcome, perform, ring
from service.records import audit, proposals
from service.records.database import Database
from service.records.facts import Unknown, facts_of, facts_of_newborn, with_needs
from service.records.rows import COMMAND, DUTY, FOLLOW_UP, OUTBOX, THING, duty_values, thing_values

IDS = uuid.UUID("6d0d9f2e-6a0c-4a52-9f0d-2f5f6b0c1b57")


def id_from(principal: str, key: str, part: str = "") -> str:
    """The ID that a command gives to what it creates: the same command always gives the same."""
    return uuid.uuid5(IDS, f"{principal}\n{key}\n{part}").hex


class Commit:
    """Carries commands into the record of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def __call__(self, command: Command) -> Result:
        """Decide and write. The answer says what is now so; a refusal writes nothing but its audit entry."""
        try:
            async with self.database.write.begin() as db:
                return await self._carry_out(db, command)
        except IntegrityError as error:
            if command.creates and "natural" in str(error.orig):
                # Two first commands raced for one natural key: the loser is told like any later one.
                return await self(replace(command, revision=None))
            raise

    async def _carry_out(self, db: AsyncConnection, command: Command) -> Result:
        known = await find(db, command.principal, command.key)
        if known is not None and known.status == "done":
            return await self._first_answer(db, known, command)
        if known is not None and known.status == "void":
            return Result("void", command.thing, command.machine)
        if known is not None and known.payload is not None:
            command = Command(**known.payload)
        try:
            facts = await self._facts(db, command)
        except Unknown:
            return Result("gone", command.thing, command.machine)
        if command.revision is not None and command.revision != facts.thing.revision:
            return self._answer("stale", facts, command)
        if command.creates and facts.thing.state != NEW:
            return self._answer("done", facts, command)
        facts = await with_needs(db, facts, command.event)
        second = await proposals.first_person(db, facts.thing, command)
        ask = Ask(command.event, command.form or {}, who_of(command), second.author if second else None)
        outcome = perform(facts, ask, _ids(command))
        if isinstance(outcome, Refused):
            await audit.append(db, facts.now, [refusal_line(facts, ask, outcome)])
            result = self._answer("refused", facts, command, refused=as_data(outcome))
            return await self._settle_fact(db, facts, command, result, known is not None)
        if outcome.proposes:
            proposal = await proposals.open_one(db, facts, command, id_from(command.principal, command.key))
            await audit.append(db, facts.now, [_proposed(facts, ask, outcome)])
            result = self._answer("proposed", facts, command, proposal=proposal)
        else:
            await proposals.close(db, facts.thing.id, second)
            await write(db, outcome.desk)
            result = self._answer("done", replace(outcome.desk.facts, thing=outcome.thing), command, outcome.desk)
        await remember(db, command, result, known is not None)
        return result

    async def _first_answer(self, db: AsyncConnection, known: Any, command: Command) -> Result:
        """What was answered before, with where the owner stands now: its workflow may have missed the rest."""
        first = _again(known, command)
        if first.standing is None:
            return first
        facts = await facts_of(db, self.clock, first.thing)
        return replace(first, standing=standing(facts, pending=await _pending(db, facts.thing.owner)))

    async def _facts(self, db: AsyncConnection, command: Command) -> Facts:
        if command.creates:
            try:
                return await facts_of(db, self.clock, command.thing, lock=True)  # created by an earlier try
            except Unknown:
                return await facts_of_newborn(
                    db, self.clock, command.machine, command.thing, command.parent, command.form or {}, command.data,
                    lock=True,
                )  # fmt: skip
        return await facts_of(db, self.clock, command.thing, lock=True)

    async def _settle_fact(
        self, db: AsyncConnection, facts: Facts, command: Command, result: Result, received: bool
    ) -> Result:
        """A command kept in SQL first has its answer there, refused or not; nobody waits for it elsewhere."""
        if received:
            await remember(db, command, result, received)
        return result

    def _answer(
        self, status: str, facts: Facts, command: Command, desk: Desk | None = None, **more: Any
    ) -> Result:
        thing = facts.thing
        exists = thing.state != NEW
        return Result(
            status,
            thing.id,
            thing.machine,
            thing.state if exists else "",
            thing.revision,
            standing(facts, pending=bool(desk and desk.sends)) if exists else None,
            allowed=allowed(facts, who_of(command)) if status in ("done", "proposed") else [],
            **more,
        )

    async def ring(self, owner: Owner) -> Standing | None:
        """Serve every duty of an owner that is due, in one transaction. None: there is no such owner."""
        async with self.database.write.begin() as db:
            try:
                facts = await facts_of(db, self.clock, owner.thing, lock=True)
            except Unknown:
                return None
            facts = await self._needs_of_alarm(db, facts)
            serial = itertools.count()
            turn = f"ring:{facts.now.isoformat()}:{facts.thing.revision}"
            desk = ring(facts, lambda: id_from(owner.thing, turn, str(next(serial))))
            if desk.entries:
                await write(db, desk, adopted=True)  # the workflow itself asked, and asks again if this is lost
            return standing(desk.facts.at(facts.thing), pending=await _pending(db, owner.thing))

    async def _needs_of_alarm(self, db: AsyncConnection, facts: Facts) -> Facts:
        """The timer events that are due may have guards which look beyond the file."""
        for duty in facts.duties:
            if duty.ring_at and duty.ring_at <= facts.now and not duty.done_at:
                seen = facts.at(facts.things[duty.thing])
                rule = next(r for r in machine_for(seen.thing.machine, seen).duties if r.key == duty.key.split(":")[0])
                more = await with_needs(db, seen, rule.at_due)
                facts = replace(facts, more={**facts.more, **more.more})
        return facts

    async def standing(self, owner: Owner) -> Standing | None:
        """Where an owner stands according to the record, for a workflow that starts or may be behind."""
        async with self.database.read.connect() as db:
            try:
                facts = await facts_of(db, self.clock, owner.thing)
            except Unknown:
                return None
            return standing(facts, pending=await _pending(db, owner.thing))


async def find(db: AsyncConnection, principal: str, key: str) -> Any:
    """The row of a command, or None."""
    query = select(COMMAND).where(COMMAND.c.principal == principal, COMMAND.c.key == key)
    return (await db.execute(query)).one_or_none()


async def seen_before(db: AsyncConnection, command: Command) -> Result | None:
    """The first answer to this command, if it was given already."""
    known = await find(db, command.principal, command.key)
    return _again(known, command) if known is not None and known.status == "done" else None


def _again(known: Any, command: Command) -> Result:
    if command.body_hash and known.body_hash != command.body_hash:
        return Result("other_body", command.thing, command.machine)
    return result_of(known.result)


def result_of(data: dict[str, Any]) -> Result:
    """A stored answer as it was given."""
    stands = data.get("standing")
    if stands and stands["next_due"]:
        stands = {**stands, "next_due": datetime.fromisoformat(stands["next_due"])}
    return Result(**{**data, "standing": Standing(**stands) if stands else None})


def result_data(result: Result) -> dict[str, Any]:
    data = asdict(result)
    if result.standing and result.standing.next_due:
        data["standing"]["next_due"] = result.standing.next_due.isoformat()
    return data


async def remember(db: AsyncConnection, command: Command, result: Result, exists: bool) -> None:
    """Keep the first answer to a command under its key."""
    values = {"status": "done", "result": result_data(result), "body_hash": command.body_hash}
    mine = (COMMAND.c.principal == command.principal) & (COMMAND.c.key == command.key)
    if exists:
        await db.execute(update(COMMAND).where(mine).values(**values))
    else:
        await db.execute(insert(COMMAND).values(principal=command.principal, key=command.key, at=datetime.now(UTC), **values))


def who_of(command: Command) -> Who:
    """The person behind a command, with the roles it was authorized with."""
    return Who(command.principal, command.name, tuple(Held(role, scope) for role, scope in command.roles))


def _ids(command: Command) -> Callable[[], str]:
    serial = itertools.count()
    return lambda: id_from(command.principal, command.key, str(next(serial)))


def standing(facts: Facts, *, pending: bool) -> Standing:
    """Where the owner of the thing stands."""
    owner = facts.things.get(facts.thing.owner, facts.thing)
    rings = (d.ring_at for d in facts.duties if d.ring_at and not d.done_at and d.owner == owner.id)
    return Standing(
        owner.state,
        owner.revision,
        facts.track.stage(owner.state).kind if owner.machine == "case" and in_stage(owner, facts) else "",
        min(rings, default=None),
        pending,
        owner.ended or bool(owner.data.get("closed")),
        facts.today.year,
    )


def in_stage(case: Thing, facts: Facts) -> bool:
    """Whether a case stands in a stage of its track (and is not a draft, paused or ended)."""
    return any(stage.key == case.state for stage in facts.scheme.track(case.track or "").stages)


def allowed(facts: Facts, who: Who) -> list[str]:
    """The events that the state admits for this person; whether their guards hold is told by `actions`."""
    found = []
    for seen in (facts, replace(facts, thing=facts.run) if facts.thing.machine == "case" and facts.run else None):
        if seen is None:
            continue
        machine = machine_for(seen.thing.machine, seen)
        for event in machine.legal(seen.thing.state):
            if any(may(row, seen, who) for row in machine.rows(seen.thing.state, event)):
                found.append(event)
    return list(dict.fromkeys(found))


async def write(db: AsyncConnection, desk: Desk, *, adopted: bool = False) -> None:
    """Everything that an outcome changes. A row that has moved on meanwhile makes the transaction fail."""
    now = desk.facts.now
    before = desk.before
    created = [t for t in desk.things.values() if t.id not in before]
    if created:
        await db.execute(insert(THING), [thing_values(t) for t in created])
    for thing in (t for t in desk.things.values() if t.id in before):
        mine = (THING.c.id == thing.id) & (THING.c.revision == before[thing.id])
        values = {"state": thing.state, "revision": thing.revision, "ended": thing.ended, "data": thing.data}
        if (await db.execute(update(THING).where(mine).values(**values))).rowcount != 1:
            raise RuntimeError(f"{thing.machine} {thing.id} moved on while it was being changed")
    if desk.duties:
        await db.execute(delete(DUTY).where(DUTY.c.id.in_(list(desk.duties))))
        await db.execute(insert(DUTY), [duty_values(d) for d in desk.duties.values()])
    await audit.append(db, now, [_line(desk, e) for e in desk.entries])
    owner = desk.facts.things.get(desk.facts.thing.owner, desk.facts.thing)
    await _send(db, desk, owner, now)
    await db.execute(
        insert(OUTBOX).values(
            id=uuid.uuid4().hex, owner=owner.id, machine=owner.machine, revision=owner.revision, at=datetime.now(UTC),
            events=[_event(desk, e) for e in desk.entries], adopted=adopted,
        )  # fmt: skip
    )


async def _send(db: AsyncConnection, desk: Desk, owner: Thing, now: datetime) -> None:
    if not desk.sends:
        return
    # The key is `owner:revision:n`. A row of the owner may send while the owner itself stays where it is.
    turn = f"{owner.id}:{desk.facts.thing.id}:{desk.facts.thing.revision}"
    rows = [
        {
            "id": f"{turn}:{n}", "owner": owner.id, "machine": s.machine, "event": s.event,
            "thing": s.thing or id_from(turn, str(n)), "parent": s.parent,
            "form": dict(s.form), "data": dict(s.data), "at": now,
        }  # fmt: skip
        for n, s in enumerate(desk.sends)
    ]
    await db.execute(insert(FOLLOW_UP), rows)


async def _pending(db: AsyncConnection, owner: str) -> bool:
    query = select(FOLLOW_UP.c.id).where(FOLLOW_UP.c.owner == owner, FOLLOW_UP.c.done_at.is_(None)).limit(1)
    return (await db.execute(query)).scalar_one_or_none() is not None


def _line(desk: Desk, entry: Entry) -> audit.Line:
    thing = desk.facts.things[entry.thing]
    rest = {
        "machine": entry.machine, "before": entry.before, "after": entry.after, "rules": list(entry.rules),
        "form": dict(entry.form), "second": entry.second,
    }  # fmt: skip
    return audit.Line(thing.chain, entry.thing, entry.event, entry.person, entry.result, rest)


def _event(desk: Desk, entry: Entry) -> dict[str, Any]:
    return {"type": f"{entry.machine}.{entry.event}", "thing": entry.thing, "state": entry.after, "result": entry.result}


def refusal_line(facts: Facts, ask: Ask, refused: Refused) -> audit.Line:
    """The audit entry of a refusal: who wanted what, and every reason why not."""
    rest = {
        "machine": facts.thing.machine, "before": facts.thing.state, "after": facts.thing.state, "kind": refused.kind,
        "unmet": [u.code for u in refused.unmet], "rules": sorted({r for u in refused.unmet for r in u.rules}),
    }  # fmt: skip
    chain = facts.thing.chain if facts.thing.state != NEW else (facts.parent.chain if facts.parent else facts.thing.id)
    return audit.Line(chain, facts.thing.id, ask.event, ask.who.person, "refused", rest)


def _proposed(facts: Facts, ask: Ask, outcome: Outcome) -> audit.Line:
    state = facts.thing.state
    rest = {
        "machine": facts.thing.machine, "before": state, "after": state, "rules": list(outcome.move.rules),
        "form": dict(ask.form),
    }  # fmt: skip
    return audit.Line(facts.thing.chain, facts.thing.id, ask.event, ask.who.person, "proposed", rest)


def as_data(refused: Refused) -> dict[str, Any]:
    """A refusal as data that travels."""
    return {"kind": refused.kind, "rules": list(refused.rules), "unmet": [asdict(u) for u in refused.unmet]}


def held_by(who: Who) -> list[list[str]]:
    return [[h.role, h.scope] for h in who.roles]
