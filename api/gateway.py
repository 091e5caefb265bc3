"""From a route to the owner of a thing and back: verdict, key, command, answer.

A refusal is audited and answered here, without the engine. What is sent is answered with the result, or with 202
when nobody answered in time; 503 is said only when it is certain that nothing was taken.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.courier import Courier
from api.asking import Reply, Request
from api.offers import Offer, creations, events
from api.problems import DATABASE_LOST, Problem, belongs_elsewhere, guessable, no_such_place, refused
from api.resources import BY_MACHINE, url_of
from api.sight import sees, sees_file
from service.clock import Clock
from service.contracts import BROKEN, LIVE, Command, Result, workflow_id
from service.domain.effects import OWNERS
from service.domain.facts import THE_PUBLIC, Ask, Facts, Who
from service.domain.machine import Machine, Move, Refused, decide
from service.domain.machines import NAMES, resolve
from service.domain.perform import Outcome, perform
from service.records import audit, inbox, outbox, personal, proposals
from service.records.answers import as_data, result_of
from service.records.database import Database
from service.records.edits import Edit
from service.records.facts import Unknown, facts_of, facts_of_newborn, with_needs
from service.records.inbox import find
from service.records.write import id_from, refusal_line

log = structlog.get_logger()
HEALTH_WITHIN = timedelta(seconds=2)
CONFIRM_EVERY = 0.5
LONG_FORM = 32_768
"""Characters of a form beyond which it waits in SQL and only its key travels: a list may name thousands of cases."""
KEY_OF_THE_PUBLIC = 16
"""Least length of a key without an account: whoever knows it may ask what became of the command."""


class Gateway:
    """One for each API process. Raises Problem; nothing else leaves it for what a caller did."""

    def __init__(self, database: Database, clock: Clock, courier: Courier, answer_within: float) -> None:
        self.database = database
        self.clock = clock
        self.courier = courier
        self.answer_within = answer_within
        self.edit = Edit(database, clock)
        self._adopted: list[outbox.Adopted] = []

    async def act(self, ask: Request) -> Reply:
        """One request, from verdict to answer."""
        if ask.who is THE_PUBLIC and not ask.is_open_to_all:
            raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
        if not ask.dry_run and not ask.key:
            raise Problem("key_missing")
        if ask.who is THE_PUBLIC and len(ask.key or "") < KEY_OF_THE_PUBLIC:
            raise Problem("key_missing", errors=[guessable()])
        if ask.creates and not ask.thing:
            ask = replace(ask, thing=id_from(ask.who.person, ask.key or "dry run"))
        async with self.database.read.connect() as db:
            if (before := await self._answered(db, ask)) is not None:
                return before
            facts = await self._facts(db, ask)
            machine, seen = resolve(facts, ask.event)
            asked = await self._asked(db, machine, facts, ask)
            verdict = decide(machine, seen, asked)
        if ask.dry_run:
            return self._rehearse(facts, ask, asked, verdict)
        if isinstance(verdict, Refused):
            await self._audit(seen, ask, verdict)
            raise _refusal(ask, as_data(verdict))
        _check_revision(ask, facts, verdict.move)
        command = await self._command(facts, machine, ask)
        if verdict.move.plain:
            return self._reply(ask, await self.edit(command))
        if verdict.move.kind == "signal":
            return await self._tell(command, facts.now)
        return await self._send(ask, command)

    async def actions(self, who: Who, thing_id: str) -> tuple[list[Offer], list[Offer]]:
        """Every event of a thing, and what may be created on it: allowed for this caller now, or each reason why not."""
        async with self.database.read.connect() as db:
            facts = self._visible(await self._read(db, thing_id), who)
            made = await creations(db, facts, who)
            return events(await with_needs(db, facts, None), who), made

    async def read(self, who: Who, thing_id: str) -> Facts:
        """The facts about a thing that this caller may see; 404 otherwise."""
        async with self.database.read.connect() as db:
            return self._visible(await self._read(db, thing_id), who)

    async def read_file(self, who: Who, thing_id: str) -> Facts:
        """The same for whoever wants to see the file that the thing stands in, not only what is open to all."""
        facts = await self.read(who, thing_id)
        if not sees_file(who, facts.thing):
            raise Problem("not_found")
        return facts

    async def live(self, who: Who, thing_id: str) -> dict[str, Any]:
        """A live query of the workflow that serves a thing: for diagnosis, never for a status."""
        facts = await self.read(who, thing_id)
        owner = _owner_of(facts)
        handle = self.courier.client.get_workflow_handle(owner)
        try:
            async with asyncio.timeout(self.answer_within):
                running = (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
                found: dict[str, Any] = await handle.query(LIVE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return {"workflowId": owner, "running": False}
            raise Problem("engine_down", headers={"Retry-After": "5"}) from error
        except TimeoutError as error:
            away = "no_worker" if await self.engine_is_up() else "engine_down"
            raise Problem(away, headers={"Retry-After": "5"}) from error
        return {"workflowId": owner, "running": running, **found}

    async def confirm_adopted(self) -> None:
        """Tell the outbox, now and then, what came back: those workflows need no wake-up."""
        while True:
            await asyncio.sleep(CONFIRM_EVERY)
            done, self._adopted = self._adopted, []
            try:
                await outbox.confirm(self.database, done)
            except Exception as error:  # noqa: BLE001 - the sweeper wakes those owners instead
                log.warning("not confirmed", count=len(done), error=str(error))

    # The way of one request.

    async def _answered(self, db: AsyncConnection, ask: Request) -> Reply | None:
        if not ask.key:
            return None
        known = await find(db, ask.who.person, ask.key)
        if known is None:
            return None
        if known.body_hash != ask.body_hash:
            raise Problem("other_body")
        if known.status == "received":
            return Reply(202, ask.thing, ask.machine, more={"command": ask.key})
        if known.status == "void":
            await inbox.unvoid(self.database, ask.who.person, ask.key)
            return None
        if ask.is_signal:
            return Reply(202, ask.thing, ask.machine, more={"command": ask.key})
        return self._reply(ask, result_of(known.result))

    async def _facts(self, db: AsyncConnection, ask: Request) -> Facts:
        if ask.creates:
            try:
                facts = await facts_of_newborn(
                    db, self.clock, ask.machine, ask.thing, ask.parent, form=ask.form, data=ask.data
                )
            except Unknown as error:
                raise _unknown(ask, str(error)) from error
            if facts.parent is not None and facts.parent.machine not in BY_MACHINE[ask.machine].under:
                raise Problem("invalid", errors=[belongs_elsewhere(BY_MACHINE[ask.machine].under)])
            if ask.machine in ("case", "designation") and not facts.thing.region:  # nobody holds a role nowhere
                raise Problem("form", errors=[no_such_place()])
        else:
            facts = await self._read(db, ask.thing)
            # What is open to everybody is asked for by an ID that one was given: a survey, one's own objection.
            if ask.who is not THE_PUBLIC:
                facts = self._visible(facts, ask.who)
            elif facts.thing.machine == "objection" and facts.thing.id != id_from(ask.who.person, ask.filed_with or ""):
                raise Problem("not_found")  # its ID is known to officials; the key of its filing to who objected
            if facts.thing.machine != ask.machine:
                raise Problem("not_found")
        return await with_needs(db, facts, ask.event)

    async def _asked(self, db: AsyncConnection, machine: Machine, facts: Facts, ask: Request) -> Ask:
        """The request as the domain knows it, with who proposed the same act of two persons before."""
        two = any(row.persons == 2 for row in machine.events.get(ask.event, ()))
        if not two and ask.event not in facts.scheme.two_person:
            return Ask(ask.event, ask.form, ask.who)
        first = await proposals.first_person(db, facts.thing, ask.event, ask.form)
        return Ask(ask.event, ask.form, ask.who, first.author if first else None)

    async def _read(self, db: AsyncConnection, thing_id: str) -> Facts:
        try:
            return await facts_of(db, self.clock, thing_id)
        except Unknown as error:
            raise Problem("not_found") from error

    def _visible(self, facts: Facts, who: Who) -> Facts:
        """What lies outside the caller's scope is not there for it. The public sees notices and names."""
        if not sees(who, facts.thing):
            raise Problem("not_found")
        return facts

    def _rehearse(self, facts: Facts, ask: Request, asked: Ask, verdict: Any) -> Reply:
        """The same verdict, and what would follow; nothing is written."""
        if isinstance(verdict, Refused):
            raise refused(as_data(verdict))
        ids = (f"new-{n}" for n in itertools.count(1))
        outcome = perform(facts, asked, lambda: next(ids))
        if not isinstance(outcome, Outcome):
            raise refused(as_data(outcome))
        more = {"dryRun": True, "state": outcome.thing.state, "proposes": outcome.proposes}
        return Reply(200, ask.thing if not ask.creates else "", ask.machine, more=more)

    async def _audit(self, facts: Facts, ask: Request, verdict: Refused) -> None:
        async with self.database.write.begin() as db:
            line = refusal_line(facts, Ask(ask.event, ask.form, ask.who), verdict)
            await audit.append(db, facts.now, [line])

    async def _command(self, facts: Facts, machine: Machine, ask: Request) -> Command:
        form = ask.form
        if any(p.personal for m in machine.events[ask.event] for p in m.form.parts):
            async with self.database.write.begin() as db:
                form = await personal.set_apart(db, facts.now, machine, ask.thing, ask.event, dict(form))
        owner = workflow_id(ask.machine, ask.thing) if ask.creates and ask.machine in OWNERS else _owner_of(facts)
        return Command(
            ask.key or "", ask.who.person, ask.machine, ask.thing, ask.event, owner, form, ask.data, ask.parent,
            ask.creates, ask.revision, ask.body_hash, ask.who.name, [[h.role, h.scope] for h in ask.who.roles],
        )  # fmt: skip

    async def _tell(self, command: Command, now: datetime) -> Reply:
        """A fact from outside is on record before anybody is told; the sweeper tells it again if need be."""
        kept = replace(command, said_at=now.isoformat())
        if (known := await inbox.receive(self.database, kept)) is not None:
            return Reply(202, command.thing, command.machine, known, {"command": command.key})
        try:
            async with asyncio.timeout(self.answer_within):
                await self.courier.tell(command.owner, inbox.by_key(kept))
        except (RPCError, TimeoutError) as error:
            log.warning("fact kept, to be told later", owner=command.owner, error=str(error))
        return Reply(202, command.thing, command.machine, more={"command": command.key})

    async def _send(self, ask: Request, command: Command) -> Reply:
        long = len(str(command.form)) > LONG_FORM
        if long and (known := await inbox.receive(self.database, command)) is not None:
            return self._reply(ask, known)
        try:
            async with asyncio.timeout(self.answer_within):
                result = await self.courier.send(inbox.by_key(command) if long else command)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError, RPCError) as error:
            log.info("no answer in time", owner=command.owner, error=str(error))
            return await self._unanswered(ask, command)
        except WorkflowUpdateFailedError as error:
            if long:
                await inbox.forget(self.database, command)
            # The owner's state moved on between our verdict and its own: say what is so now.
            if _is_ours(error):
                raise Problem("internal") from error
            log.info("refused by the workflow", owner=command.owner, error=str(error.cause))
            return await self._too_late(ask)
        if result.standing is not None:
            owner = command.owner.partition(":")[2]
            self._adopted.append(outbox.Adopted(owner, result.standing.revision))
        if long and result.status not in inbox.KEPT:
            await inbox.forget(self.database, command)
        return self._reply(ask, result)

    async def _unanswered(self, ask: Request, command: Command) -> Reply:
        """503 only when nothing was taken and nothing will be; otherwise it may be, and 202 says where to look."""
        later = Reply(202, command.thing, command.machine, more={"command": command.key})
        try:
            if await self.engine_is_up():
                known = await inbox.receive(self.database, command)
                return self._reply(ask, known) if known else later
            if await inbox.void(self.database, command):
                raise Problem("engine_down", headers={"Retry-After": "5"})
            async with self.database.read.connect() as db:
                return await self._answered(db, ask) or later
        except DATABASE_LOST as error:
            log.warning("sent, and the record is out of reach", owner=command.owner, error=str(error))
            return later

    async def _too_late(self, ask: Request) -> Reply:
        async with self.database.read.connect() as db:
            if (before := await self._answered(db, ask)) is not None:
                return before  # the same key was on its way twice, and the other one moved the owner
            facts = await self._facts(db, ask)
            machine, seen = resolve(facts, ask.event)
            verdict = decide(machine, seen, await self._asked(db, machine, facts, ask))
        if isinstance(verdict, Refused):
            await self._audit(seen, ask, verdict)
            raise refused(as_data(verdict))
        raise Problem("engine_down", headers={"Retry-After": "1"})

    async def engine_is_up(self) -> bool:
        try:
            return await self.courier.client.service_client.check_health(timeout=HEALTH_WITHIN)
        except (RPCError, RuntimeError):
            return False

    def _reply(self, ask: Request, result: Result) -> Reply:
        match result.status:
            case "done":
                return Reply(201 if ask.creates else 200, result.thing, result.machine, result)
            case "proposed":
                return Reply(202, result.thing, result.machine, result, {"proposal": result.proposal})
            case "refused" if result.refused:
                raise _refusal(ask, result.refused)
            case "stale":
                raise Problem("stale", revision=result.revision)
            case "other_body":
                raise Problem("other_body")
            case "void":
                raise Problem("engine_down", headers={"Retry-After": "1"})
            case _:
                raise Problem("not_found")


def _refusal(ask: Request, said: Mapping[str, Any]) -> Problem:
    """A verdict as a problem. A second case for one subject is told where the first one is."""
    problem = refused(said)
    first = next((u["missing"][0] for u in said["unmet"] if u["code"] == "natural_key_free"), None)
    if first is not None:
        problem.more["existing"] = problem.headers["Location"] = url_of(ask.machine, first)
    return problem


def _is_ours(error: BaseException | None) -> bool:
    """Whether a commit failed through a fault of our own."""
    while error is not None:
        if isinstance(error, ApplicationError) and error.type == BROKEN:
            return True
        error = error.__cause__ or getattr(error, "cause", None)
    return False


def _owner_of(facts: Facts) -> str:
    owner = facts.things.get(facts.thing.owner)
    if owner is None or owner.machine not in NAMES:
        raise Problem("not_found")
    return workflow_id(owner.machine, owner.id)


def _check_revision(ask: Request, facts: Facts, move: Move) -> None:
    """If-Match is required on decisions; not on creation, facts from outside, or one's own score rows."""
    if ask.creates or move.kind == "signal" or move.plain:
        return
    if ask.revision is None:
        raise Problem("precondition")
    if ask.revision != facts.thing.revision:
        raise Problem("stale", revision=facts.thing.revision)


def _unknown(ask: Request, what: str) -> Problem:
    """A creation under something that is not there, or under nothing although it needs something."""
    pointer, zh, en = ("/parent", "上级事项", "parent") if ask.parent or not ask.data else ("/scheme", "方案", "scheme")
    if not what:
        return Problem("invalid", errors=[{"pointer": pointer, "zh": f"缺少{zh}", "en": f"the {en} is missing"}])
    return Problem(
        "not_found", errors=[{"pointer": pointer, "zh": f"没有{zh} {what}", "en": f"there is no {en} {what}"}]
    )
