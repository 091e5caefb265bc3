"""What must be so after every crash, whatever was killed: nothing lost, nothing twice, every chain whole."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from service.contracts import LIVE, workflow_id
from service.records import audit
from service.records.rows import AUDIT, COMMAND, DUTY, FOLLOW_UP, OUTBOX, THING
from tests.crash.processes import Plant, eventually

EDITS = ("rate_indicator", "submit_score", "submit_answer")


async def all_is_well(plant: Plant) -> None:
    """Wait until nothing waits any more, then look at the whole record."""
    await eventually(lambda: unfinished(plant), "not mended")
    await eventually(lambda: behind(plant), "a workflow stands elsewhere than its row")
    assert await refused_follow_ups(plant) == []
    assert await counted_wrong(plant) == {}
    assert await broken_chains(plant) == []
    await eventually(lambda: unnumbered(plant), "the stream has no gap and no double")


async def _count(plant: Plant, table: Table, *which: Any) -> int:
    async with plant.place.database.read.connect() as db:
        found: int = (await db.execute(select(func.count()).select_from(table).where(*which))).scalar_one()
    return found


async def unfinished(plant: Plant) -> dict[str, int]:
    """What still waits to be carried out, adopted or answered."""
    waiting = {
        "follow-ups": await _count(plant, FOLLOW_UP, FOLLOW_UP.c.done_at.is_(None)),
        "wake-ups": await _count(plant, OUTBOX, OUTBOX.c.adopted.is_(False)),
        "commands": await _count(plant, COMMAND, COMMAND.c.status == "received"),
    }
    return {what: n for what, n in waiting.items() if n}


async def behind(plant: Plant) -> list[str]:
    """Owners whose workflow does not stand where the row says, or still runs for what has ended."""
    found = []
    own = select(THING).where(THING.c.id == THING.c.owner)
    async with plant.place.database.read.connect() as db:
        owners = (await db.execute(own)).all()
    for row in owners:
        name = workflow_id(row.machine, row.id)
        handle = plant.place.client.get_workflow_handle(name)
        if row.ended:
            status = (await handle.describe()).status
            if status != WorkflowExecutionStatus.COMPLETED:
                found.append(f"{name} has ended, its workflow is {status}")
            continue
        try:
            live = await handle.query(LIVE)
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            found.append(f"{name} is not running")
            continue
        armed = datetime.fromisoformat(live["next_due"]) if live["next_due"] else None
        due = await _next_due(plant, row.id)
        if (live["state"], live["revision"]) != (row.state, row.revision):
            found.append(f"{name}: {live['state']} {live['revision']}, not {row.state} {row.revision}")
        elif armed != due:
            found.append(f"{name} sleeps until {armed}, not {due}")
    return found


async def _next_due(plant: Plant, owner: str) -> datetime | None:
    query = select(func.min(DUTY.c.ring_at)).where(DUTY.c.owner == owner, DUTY.c.done_at.is_(None))
    async with plant.place.database.read.connect() as db:
        first: datetime | None = (await db.execute(query)).scalar_one()
    return first


async def refused_follow_ups(plant: Plant) -> list[Any]:
    """Follow-ups that were answered with anything but success."""
    async with plant.place.database.read.connect() as db:
        rows = (await db.execute(select(FOLLOW_UP.c.event, FOLLOW_UP.c.answer))).all()
    return [(event, answer) for event, answer in rows if answer["status"] != "done"]


async def counted_wrong(plant: Plant) -> dict[str, str]:
    """Things whose revision is not the number of events that the chain says were applied to them.

    A command on a case that acts on its stage run counts for the case too, so a case may have more of them. Plain
    edits change no revision.
    """
    moved = (AUDIT.c.result == "applied", AUDIT.c.event.not_in(EDITS))
    async with plant.place.database.read.connect() as db:
        lines = (await db.execute(select(AUDIT.c.thing).where(*moved))).scalars()
        applied = Counter(lines)
        things = (await db.execute(select(THING))).all()
    runs = Counter[str]()
    for run in (t for t in things if t.machine == "stage"):
        runs[run.parent] += applied[run.id]
    wrong = {}
    for thing in things:
        most = applied[thing.id] + runs[thing.id]
        if not applied[thing.id] <= thing.revision <= most:
            wrong[f"{thing.machine} {thing.id}"] = f"revision {thing.revision}, events {applied[thing.id]} to {most}"
    return wrong


async def broken_chains(plant: Plant) -> list[Any]:
    async with plant.place.database.read.connect() as db:
        return [broken async for _, _, broken in audit.verify(db) if broken]


async def unnumbered(plant: Plant) -> str:
    """The positions in the stream of events, if they are not one after the other from 1."""
    async with plant.place.database.read.connect() as db:
        given = list((await db.execute(select(OUTBOX.c.position).order_by(OUTBOX.c.position))).scalars())
    return "" if given == list(range(1, len(given) + 1)) else str(given)


async def times(plant: Plant, thing: str, event: str) -> int:
    """How often the chain says that something happened to a thing."""
    return await _count(plant, AUDIT, AUDIT.c.thing == thing, AUDIT.c.event == event, AUDIT.c.result == "applied")


async def overdue_alarms(plant: Plant, thing: str) -> dict[str, int]:
    """How often the alarm said that a duty of a thing is overdue, by the key of the duty."""
    mine = (AUDIT.c.thing == thing, AUDIT.c.event == "overdue", AUDIT.c.result == "alarm")
    async with plant.place.database.read.connect() as db:
        lines = (await db.execute(select(AUDIT.c.entry).where(*mine))).scalars()
        return dict(Counter(line["form"]["duty"] for line in lines))


async def known(plant: Plant, principal: str, key: str) -> str | None:
    """What the record knows of a command: received, done, void, or None when it never came."""
    query = select(COMMAND.c.status).where(COMMAND.c.principal == principal, COMMAND.c.key == key)
    async with plant.place.database.read.connect() as db:
        return (await db.execute(query)).scalar_one_or_none()


async def designations(plant: Plant) -> dict[str, int]:
    """How many titles each case has."""
    query = select(THING.c.parent).where(THING.c.machine == "designation")
    async with plant.place.database.read.connect() as db:
        return dict(Counter((await db.execute(query)).scalars()))


async def objections(plant: Plant, notice: str) -> dict[str, str]:
    """The objections to a notice with their states."""
    query = select(THING.c.id, THING.c.state).where(THING.c.machine == "objection", THING.c.parent == notice)
    async with plant.place.database.read.connect() as db:
        return {row.id: row.state for row in await db.execute(query)}
