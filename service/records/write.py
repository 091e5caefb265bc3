"""Writing an outcome: things, duties, audit entries, follow-ups and the outbox row, all in one transaction."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.desk import Desk, Entry
from service.domain.facts import NEW, Ask, Facts, Thing
from service.domain.machine import Refused
from service.domain.perform import Outcome
from service.records import audit, consequences, listed
from service.records.readers import papers
from service.records.rows import DUTY, FOLLOW_UP, OUTBOX, THING, duty_values, thing_values

IDS = uuid.UUID("6d0d9f2e-6a0c-4a52-9f0d-2f5f6b0c1b57")
PLACE = ("subject", "organization", "region", "natural")
_MOVED = update(THING).where(THING.c.id == bindparam("thing"), THING.c.revision == bindparam("seen"))


class MovedOn(Exception):
    """A row changed under a transaction that should have held it: do it again on what is so now."""


def id_from(principal: str, key: str, part: str = "") -> str:
    """The ID that a command gives to what it creates: the same command always gives the same."""
    return uuid.uuid5(IDS, f"{principal}\n{key}\n{part}").hex


async def write(db: AsyncConnection, desk: Desk, *, adopted: bool = False, turn: str = "") -> None:
    """Everything that an outcome changes. A row that has moved on meanwhile makes the transaction fail.

    `turn` tells this commit from any other one of the owner; a command has its own, so that what follows from the same
    command has the same IDs wherever it is played.
    """
    now = desk.facts.now
    before = desk.before
    created = [t for t in desk.things.values() if t.id not in before]
    if created:
        await db.execute(insert(THING), [thing_values(t) for t in created])
    owner = desk.facts.things.get(desk.facts.thing.owner, desk.facts.thing)
    for thing in (t for t in desk.things.values() if t.id in before):
        if thing.owner != owner.id:  # another owner's commits are not held up by ours, and its lists are seen in part
            raise LookupError(f"{thing.machine} {thing.id} belongs to {thing.owner}, not to {owner.id}")
        mine = {"thing": thing.id, "seen": before[thing.id]}
        values = {"state": thing.state, "revision": thing.revision, "ended": thing.ended, "data": thing.data}
        place = {name: getattr(thing, name) for name in PLACE} if thing.id in desk.placed else {}
        if (await db.execute(_MOVED, {**mine, **values, **place})).rowcount != 1:
            raise MovedOn(f"{thing.machine} {thing.id} moved on while it was being changed")
    await listed.keep(db, desk.things.values())
    if desk.duties:
        await db.execute(delete(DUTY).where(DUTY.c.id.in_(list(desk.duties))))
        await db.execute(insert(DUTY), [duty_values(d) for d in desk.duties.values()])
    await audit.append(db, now, [_line(desk, e) for e in desk.entries])
    await papers.lock(db, desk)
    await consequences.write(db, desk.facts, desk.outside)
    await _send(db, desk, owner, now, turn or uuid.uuid4().hex[:8])
    if not desk.entries:  # nothing happened that anybody has to hear of
        return
    told = {
        "id": uuid.uuid4().hex, "owner": owner.id, "machine": owner.machine, "revision": owner.revision,
        "at": datetime.now(UTC), "events": [_event(e) for e in desk.entries], "adopted": adopted,
    }  # fmt: skip
    await db.execute(insert(OUTBOX), told)


async def _send(db: AsyncConnection, desk: Desk, owner: Thing, now: datetime, own: str) -> None:
    if not desk.sends:
        return
    # The key is `owner:revision:n`, with a turn between: the alarm may send while the owner stays where it is.
    turn = f"{owner.id}:{owner.revision:08d}:{own}"  # padded: they are told in the order of their keys
    rows = [
        {
            "id": f"{turn}:{n:06d}", "owner": owner.id, "machine": s.machine, "event": s.event,
            "thing": s.thing or id_from(turn, str(n)), "parent": s.parent,
            "form": dict(s.form), "data": dict(s.data), "at": now,
        }
        for n, s in enumerate(desk.sends)
    ]  # fmt: skip
    await db.execute(insert(FOLLOW_UP), rows)


def _line(desk: Desk, entry: Entry) -> audit.Line:
    thing = desk.facts.things[entry.thing]
    rest = {
        "machine": entry.machine, "before": entry.before, "after": entry.after, "rules": list(entry.rules),
        "form": dict(entry.form), "second": entry.second,
    }  # fmt: skip
    return audit.Line(thing.chain, entry.thing, entry.event, entry.person, entry.result, rest)


def _event(entry: Entry) -> dict[str, Any]:
    happened = f"{entry.machine}.{entry.event}"
    return {"type": happened, "thing": entry.thing, "state": entry.after, "result": entry.result}


def refusal_line(facts: Facts, ask: Ask, refused: Refused) -> audit.Line:
    """The audit entry of a refusal: who wanted what, and every reason why not."""
    rest = {
        "machine": facts.thing.machine, "before": facts.thing.state, "after": facts.thing.state, "kind": refused.kind,
        "unmet": [u.code for u in refused.unmet], "rules": sorted({r for u in refused.unmet for r in u.rules}),
    }  # fmt: skip
    # What was never made has no file of its own: it is noted in that of its parent, or of its scheme.
    beside = facts.parent.chain if facts.parent else facts.thing.scheme
    chain = facts.thing.chain if facts.thing.state != NEW else beside
    return audit.Line(chain, facts.thing.id, ask.event, ask.who.person, "refused", rest)


def proposal_line(facts: Facts, ask: Ask, outcome: Outcome) -> audit.Line:
    """The audit entry of the first half of an act of two persons."""
    state = facts.thing.state
    rest = {
        "machine": facts.thing.machine, "before": state, "after": state, "rules": list(outcome.move.rules),
        "form": dict(ask.form),
    }  # fmt: skip
    return audit.Line(facts.thing.chain, facts.thing.id, ask.event, ask.who.person, "proposed", rest)
