"""Edits of plain records - bodies, offices, evidence, mergers - which are things of no machine.

One transaction each: key, verdict, rows, audit, answer. The same key gets the first answer; a refusal writes nothing
but its audit entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Command, Result
from service.domain.facts import Facts, Unmet, Who
from service.domain.machine import Refused, holds
from service.records import audit
from service.records.answers import as_data
from service.records.database import Database
from service.records.inbox import find, first_answer, remember


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of a plain record: `event` on the `thing` of that kind, with what is said about it.

    `chain` is where it is audited: the file it belongs to, or that of the organization or person.
    """

    event: str
    machine: str
    thing: str
    chain: str
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        parts = [self.machine, self.event, self.thing, dict(self.said)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Declined(Exception):
    """An edit that is refused; nothing of its transaction stays."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.kind)
        self.refused = refused


class NotThere(Exception):
    """What is to be edited does not exist, or not for this caller."""


def decline(found: Iterable[Unmet], kind: str = "guard") -> None:
    """Refuse if anything was found."""
    if told := tuple(found):
        raise Declined(Refused(kind, told, tuple(dict.fromkeys(r for u in told for r in u.rules))))


def must_fill(slots: tuple[str, ...], facts: Facts, who: Who, rules: tuple[str, ...]) -> None:
    """Refuse whoever fills none of these slots for the file."""
    if not holds(slots, facts, who):
        zh, en = f"可由 {'、'.join(slots)} 办理", f"it is for {', '.join(slots)}"
        decline([Unmet("role", zh, en, rules, slots)], "role")


def line(wish: Wish, who: Who, rules: Iterable[str], result: str = "applied", **more: Any) -> audit.Line:
    """The audit entry of an edit."""
    rest = {"machine": wish.machine, "form": dict(wish.said), "rules": list(rules), **more}
    return audit.Line(wish.chain, wish.thing, wish.event, who.person, result, rest)


Work = Callable[[AsyncConnection, datetime], Awaitable[Result]]


async def once(database: Database, clock: Clock, who: Who, key: str, wish: Wish, work: Work) -> Result:
    """Do an edit once for its key. `work` judges and writes, and raises Declined or NotThere."""
    command = Command(key, who.person, wish.machine, wish.thing, wish.event, "", body_hash=wish.hash)
    try:
        return await _once(database, clock, command, work)
    except IntegrityError:
        return await _once(database, clock, command, work)  # the same key, twice at once: the other one was first
    except Declined as declined:
        unmet = declined.refused.unmet
        said = {"kind": declined.refused.kind, "unmet": [u.code for u in unmet]}
        async with database.write.begin() as db:
            refusal = line(wish, who, declined.refused.rules, "refused", **said)
            await audit.append(db, await clock.now(db), [refusal])
        return Result("refused", wish.thing, wish.machine, refused=as_data(declined.refused))


async def _once(database: Database, clock: Clock, command: Command, work: Work) -> Result:
    async with database.write.begin() as db:
        known = await find(db, command.principal, command.key)
        if known is not None:
            same = known.status == "done"
            return first_answer(known, command) if same else Result("other_body", command.thing, command.machine)
        result = await work(db, await clock.now(db))
        await remember(db, command, result, exists=False)
        return result
