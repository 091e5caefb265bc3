"""From a route to the owner of a thing and back: verdict, key, command, answer.

A refusal is audited and answered here, without the engine. What is sent is answered with the result, or with 202
when nobody answered in time; 503 is said only when it is certain that nothing was taken.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from activities.courier import Courier
from api.problems import Problem, refused
from service.clock import Clock
from service.contracts import LIVE, Command, Result, workflow_id
from service.domain.effects import OWNERS
from service.domain.facts import BLANK, NEW, THE_PUBLIC, Ask, Facts, Thing, Who
from service.domain.machine import Machine, Move, Refused, decide
from service.domain.machines import NAMES, PLAIN, machine_for, resolve
from service.domain.perform import Outcome, perform
from service.records import audit, inbox, outbox, personal
from service.records.answers import as_data, result_of
from service.records.database import Database
from service.records.edits import Edit
from service.records.facts import Unknown, facts_of, facts_of_newborn, with_needs
from service.records.inbox import find
from service.records.write import id_from, refusal_line

log = structlog.get_logger()
HEALTH_WITHIN = timedelta(seconds=2)
CONFIRM_EVERY = 0.5


@dataclass(frozen=True)
class Request:
    """What a caller asks: an event on a thing, or (`creates`) the making of one."""

    who: Who
    machine: str
    event: str
    thing: str = ""
    parent: str | None = None
    creates: bool = False
    form: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    revision: int | None = None
    dry_run: bool = False

    @property
    def body_hash(self) -> str:
        """Two requests with one key are the same when this is the same."""
        said = [
            self.machine,
            self.event,
            "" if self.creates else self.thing,
            self.parent,
            self.form,
            self.data,
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Reply:
    """The answer to a request. `status` is the HTTP status; `result` is missing for 202 and dry runs."""

    status: int
    thing: str
    machine: str
    result: Result | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


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
        if ask.who is THE_PUBLIC and not _open_to_all(ask):
            raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
        if not ask.dry_run and not ask.key:
            raise Problem("key_missing")
        if ask.creates and not ask.thing:
            ask = replace(ask, thing=id_from(ask.who.person, ask.key or "dry run"))
        async with self.database.read.connect() as db:
            if (before := await self._answered(db, ask)) is not None:
                return before
            facts = await self._facts(db, ask)
            machine, seen = resolve(facts, ask.event)
            verdict = decide(machine, seen, Ask(ask.event, ask.form, ask.who))
        if ask.dry_run:
            return self._rehearse(facts, ask, verdict)
        if isinstance(verdict, Refused):
            await self._audit(seen, ask, verdict)
            raise refused(as_data(verdict))
        _check_revision(ask, facts, verdict.move)
        command = await self._command(facts, machine, ask)
        if verdict.move.plain:
            return self._reply(ask, await self.edit(command))
        if verdict.move.kind == "signal":
            return await self._tell(command)
        return await self._send(ask, command)

    async def actions(self, who: Who, thing_id: str) -> list[dict[str, Any]]:
        """Every event of a thing: allowed for this caller now, or each reason why not."""
        async with self.database.read.connect() as db:
            facts = self._visible(await self._read(db, thing_id), who)
            facts = await with_needs(db, facts, None)
        seen = [facts]
        if facts.thing.machine == "case" and facts.run is not None:
            seen.append(replace(facts, thing=facts.run))
        found: dict[str, dict[str, Any]] = {}
        for at in seen:
            machine = machine_for(at.thing.machine, at)
            for event, rows in machine.events.items():
                if event not in found and not all(r.who in (("system",), ("timer",)) for r in rows):
                    found[event] = _action(machine, at, event, rows, who)
        return list(found.values())

    async def read(self, who: Who, thing_id: str) -> Facts:
        """The facts about a thing that this caller may see; 404 otherwise."""
        async with self.database.read.connect() as db:
            return self._visible(await self._read(db, thing_id), who)

    async def live(self, who: Who, thing_id: str) -> dict[str, Any]:
        """A live query of the workflow that serves a thing: for diagnosis, never for a status."""
        facts = await self.read(who, thing_id)
        owner = _owner_of(facts)
        try:
            handle = self.courier.client.get_workflow_handle(owner)
            async with asyncio.timeout(self.answer_within):
                found: dict[str, Any] = await handle.query(LIVE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return {"workflowId": owner, "running": False}
            raise Problem("engine_down", headers={"Retry-After": "5"}) from error
        except TimeoutError as error:
            raise Problem("engine_down", headers={"Retry-After": "5"}) from error
        return {"workflowId": owner, "running": True, **found}

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
        result = result_of(known.result)
        if result.status == "refused" and result.refused:
            raise refused(result.refused)
        return self._reply(ask, result)

    async def _facts(self, db: AsyncConnection, ask: Request) -> Facts:
        if ask.creates:
            try:
                facts = await facts_of_newborn(
                    db, self.clock, ask.machine, ask.thing, ask.parent, form=ask.form, data=ask.data
                )
            except Unknown as error:
                raise Problem("not_found", errors=[_unknown(str(error))]) from error
        else:
            facts = await self._read(db, ask.thing)
            # What is open to everybody is asked for by an ID that one was given: a survey, one's own objection.
            if ask.who is not THE_PUBLIC:
                facts = self._visible(facts, ask.who)
            if facts.thing.machine != ask.machine:
                raise Problem("not_found")
        return await with_needs(db, facts, ask.event)

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

    def _rehearse(self, facts: Facts, ask: Request, verdict: Any) -> Reply:
        """The same verdict, and what would follow; nothing is written."""
        if isinstance(verdict, Refused):
            raise refused(as_data(verdict))
        ids = (f"new-{n}" for n in itertools.count(1))
        outcome = perform(facts, Ask(ask.event, ask.form, ask.who), lambda: next(ids))
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

    async def _tell(self, command: Command) -> Reply:
        """A fact from outside is on record before anybody is told; the sweeper tells it again if need be."""
        if (known := await inbox.receive(self.database, command)) is not None:
            return Reply(202, command.thing, command.machine, known, {"command": command.key})
        try:
            async with asyncio.timeout(self.answer_within):
                await self.courier.tell(command.owner, replace(command, form=None))
        except (RPCError, TimeoutError) as error:
            log.warning("fact kept, to be told later", owner=command.owner, error=str(error))
        return Reply(202, command.thing, command.machine, more={"command": command.key})

    async def _send(self, ask: Request, command: Command) -> Reply:
        try:
            async with asyncio.timeout(self.answer_within):
                result = await self.courier.send(command)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError, RPCError) as error:
            log.info("no answer in time", owner=command.owner, error=str(error))
            return await self._unanswered(ask, command)
        except WorkflowUpdateFailedError as error:
            # The owner's state moved on between our verdict and its own: say what is so now.
            log.info("refused by the workflow", owner=command.owner, error=str(error.cause))
            return await self._too_late(ask)
        if result.standing is not None:
            owner = command.owner.partition(":")[2]
            self._adopted.append(outbox.Adopted(owner, result.standing.revision))
        return self._reply(ask, result)

    async def _unanswered(self, ask: Request, command: Command) -> Reply:
        """503 only when nothing was taken and nothing will be; otherwise it is kept, and will be answered."""
        if await self.engine_is_up():
            known = await inbox.receive(self.database, command)
            more = {"command": command.key}
            return self._reply(ask, known) if known else Reply(202, command.thing, command.machine, more=more)
        if await inbox.void(self.database, command):
            raise Problem("engine_down", headers={"Retry-After": "5"})
        async with self.database.read.connect() as db:
            return await self._answered(db, ask) or Reply(202, command.thing, command.machine, more={"command": ask.key})

    async def _too_late(self, ask: Request) -> Reply:
        async with self.database.read.connect() as db:
            if (before := await self._answered(db, ask)) is not None:
                return before  # the same key was on its way twice, and the other one moved the owner
            facts = await self._facts(db, ask)
            machine, seen = resolve(facts, ask.event)
            verdict = decide(machine, seen, Ask(ask.event, ask.form, ask.who))
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
                raise refused(result.refused)
            case "stale":
                raise Problem("stale", revision=result.revision)
            case "other_body":
                raise Problem("other_body")
            case "void":
                raise Problem("engine_down", headers={"Retry-After": "1"})
            case _:
                raise Problem("not_found")


def sees(who: Who, thing: Thing) -> bool:
    """Whether somebody may read a thing: a role held for where it lies; the public what is published.

    A batch is announced to all whom it may concern: everybody with an account sees it.
    """
    if thing.machine == "batch" and who is not THE_PUBLIC:
        return True
    if any(held.role != "member_of_public" and held.covers(thing) for held in who.roles):
        return True
    return is_public(thing)


def is_public(thing: Thing) -> bool:
    """Notices that were opened, and titles: anybody may read these."""
    return (thing.machine == "public_notice" and thing.state not in (NEW, "draft")) or thing.machine == "designation"


def _open_to_all(ask: Request) -> bool:
    """Whether the public may ask for this at all, without an account."""
    machine = PLAIN.get(ask.machine)
    rows = machine.events.get(ask.event, ()) if machine else ()
    return any("member_of_public" in row.who for row in rows)


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


def _action(machine: Machine, facts: Facts, event: str, rows: tuple[Move, ...], who: Who) -> dict[str, Any]:
    """One event as `actions` lists it. The form is judged only when it is sent, so its parts are just named."""
    verdict = decide(machine, facts, Ask(event, BLANK, who))
    row = verdict.move if not isinstance(verdict, Refused) else rows[0]
    unmet = verdict.unmet if isinstance(verdict, Refused) else ()
    listed: dict[str, Any] = {
        "event": event, "title": {"zh": row.zh, "en": row.en}, "kind": row.kind, "persons": row.persons,
        "allowed": not unmet, "rules": list(row.rules),
        "form": [{"name": p.name, "zh": p.zh, "en": p.en, "optional": p.optional} for p in row.form.parts],
    }  # fmt: skip
    if unmet:
        listed["unmet"] = [
            {"code": u.code, "zh": u.zh, "en": u.en, "missing": list(u.missing), "rules": list(u.rules)} for u in unmet
        ]
    return listed


def _unknown(what: str) -> dict[str, str]:
    return {"pointer": "/parent", "code": "unknown", "zh": f"没有 {what}", "en": f"there is no {what}"}
