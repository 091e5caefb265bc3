"""The single writer of lifecycle states: one command, one transaction.

It records the key, locks the owner, re-reads the facts, asks the same `decide`, and writes status, audit, duties,
follow-ups and outbox together. A retry, by whomever and whenever, finds the key and gets the first answer.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Command, Owner, Result, Standing, workflow_id
from service.domain.alarm import ring
from service.domain.dates.replanning import planned_anew
from service.domain.desk import Desk, rule_of
from service.domain.facts import NEW, Ask, Facts
from service.domain.machine import Refused
from service.domain.machines import machine_for
from service.domain.perform import perform
from service.records import audit, proposals
from service.records.answers import allowed, as_travels, standing, who_of
from service.records.database import Database
from service.records.facts import Unknown, facts_of, facts_of_newborn, with_needs
from service.records.inbox import KEPT, find, first_answer, remember, waiting_for
from service.records.rows import FOLLOW_UP
from service.records.write import id_from, proposal_line, refusal_line, write

log = structlog.get_logger()


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
        if known is not None and known.status != "received":
            return await self._told_before(db, known, command)
        if known is not None:
            command = Command(**known.payload)
        try:
            facts = await self._facts(db, command)
        except Unknown:
            result = Result("gone", command.thing, command.machine)
        else:
            if not self.database.is_sqlite:
                # While this try waited for the owner, PostgreSQL let others through: another try, or its caller.
                known = await find(db, command.principal, command.key)
                if known is not None and known.status != "received":
                    return await self._told_before(db, known, command)
            result = await self._on(db, facts, command)
        kept = known is not None
        if kept or result.status in KEPT:  # a refusal may end otherwise when it is asked again
            await remember(db, command, result, kept)
        return result

    async def _on(self, db: AsyncConnection, facts: Facts, command: Command) -> Result:
        """The verdict on these facts, and everything it changes."""
        if command.revision is not None and command.revision != facts.thing.revision:
            return self._answer("stale", facts, command)
        if command.creates and facts.thing.state != NEW:
            return self._answer("done", facts, command)
        facts = await with_needs(db, facts, command.event, lock=True)
        second = await proposals.first_person(db, facts.thing, command.event, command.form or {}, lock=True)
        said_at = datetime.fromisoformat(command.said_at) if command.said_at else None
        ask = Ask(
            command.event, command.form or {}, who_of(command), second.author if second else None, said_at=said_at
        )
        outcome = perform(facts, ask, _ids(command))
        if isinstance(outcome, Refused):
            await audit.append(db, facts.now, [refusal_line(facts, ask, outcome)])
            return self._answer("refused", facts, command, refused=as_travels(outcome))
        if outcome.proposes:
            proposal = await proposals.open_one(db, facts, command, id_from(command.principal, command.key))
            await audit.append(db, facts.now, [proposal_line(facts, ask, outcome)])
            return self._answer("proposed", facts, command, proposal=proposal)
        await proposals.close(db, list(outcome.desk.things), second)
        await write(db, outcome.desk, turn=id_from(command.principal, command.key, "turn")[:8])
        return self._answer("done", replace(outcome.desk.facts, thing=outcome.thing), command, outcome.desk)

    async def _told_before(self, db: AsyncConnection, known: Any, command: Command) -> Result:
        """What was answered before, with where the owner stands now: its workflow may have missed the rest.

        A key that was told 503 is never taken, unless its caller asks again and so takes that back.
        """
        if known.status == "void":
            return Result("void", command.thing, command.machine)
        first = first_answer(known, command)
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
                    db, self.clock, command.machine, command.thing, command.parent,
                    form=command.form or {}, data=command.data, lock=True,
                )  # fmt: skip
        return await facts_of(db, self.clock, command.thing, lock=True)

    def _answer(self, status: str, facts: Facts, command: Command, desk: Desk | None = None, **more: Any) -> Result:
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
            if await self._carry_out_what_waits(db, owner):
                facts = await facts_of(db, self.clock, owner.thing)
            anew = planned_anew(facts)  # first, so that nothing rings on a date that the calendar no longer gives
            if anew.duties:
                await write(db, anew, adopted=True)
                facts = anew.facts
            facts = await self._needs_of_alarm(db, facts)
            desk = ring(facts, lambda: uuid.uuid4().hex)
            if desk.entries:
                await write(db, desk, adopted=True)  # the workflow itself asked, and asks again if this is lost
            return standing(desk.facts.at(facts.thing), pending=await _pending(db, owner.thing))

    async def _carry_out_what_waits(self, db: AsyncConnection, owner: Owner) -> bool:
        """What was received before the hour counts before it, although nobody could carry it out by then.

        One that fails is left to its own way, and holds up neither the others nor the alarm.
        """
        waiting = await waiting_for(db, workflow_id(owner.machine, owner.thing))
        for command in waiting:
            try:
                async with db.begin_nested():
                    await self._carry_out(db, command)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the date falls due
                log.warning(
                    "not carried out before the alarm", command=command.event, owner=owner.thing, error=str(error)
                )
        return bool(waiting)

    async def _needs_of_alarm(self, db: AsyncConnection, facts: Facts) -> Facts:
        """The timer events that are due may have guards which look beyond the file."""
        for duty in facts.duties:
            if duty.ring_at and duty.ring_at <= facts.now and not duty.done_at:
                seen = facts.at(facts.things[duty.thing])
                rule = rule_of(machine_for(seen.thing.machine, seen), duty)
                more = await with_needs(db, seen, rule.at_due, also=rule.needs)
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


async def _pending(db: AsyncConnection, owner: str) -> bool:
    query = select(FOLLOW_UP.c.id).where(FOLLOW_UP.c.owner == owner, FOLLOW_UP.c.done_at.is_(None)).limit(1)
    return (await db.execute(query)).scalar_one_or_none() is not None


def _ids(command: Command) -> Callable[[], str]:
    serial = itertools.count()
    return lambda: id_from(command.principal, command.key, str(next(serial)))
