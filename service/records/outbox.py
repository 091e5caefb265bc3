"""Wake-ups and the stream of events. A commit leaves a row; what nobody confirmed is woken, what is new is numbered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from service.contracts import Command, Owner
from service.records.database import Database
from service.records.follow_ups import REFUSED
from service.records.rows import COMMAND, DUTY, FOLLOW_UP, INSTALLATION, OUTBOX, THING

BATCH = 200


@dataclass(frozen=True, slots=True)
class Adopted:
    """A workflow is known to have adopted this revision of its owner."""

    owner: str
    revision: int


async def confirm(database: Database, adopted: Iterable[Adopted]) -> None:
    """The answer came back, so the workflow has adopted what was committed: no wake-up is needed."""
    latest: dict[str, int] = {}
    for one in adopted:
        latest[one.owner] = max(one.revision, latest.get(one.owner, 0))
    if not latest:
        return
    mine = (OUTBOX.c.owner == bindparam("of")) & (OUTBOX.c.revision <= bindparam("up_to")) & OUTBOX.c.adopted.is_(False)
    async with database.write.begin() as db:
        known = [{"of": owner, "up_to": revision} for owner, revision in latest.items()]
        await db.execute(update(OUTBOX).where(mine).values(adopted=True), known)


async def unconfirmed(database: Database, older_than: float) -> list[tuple[Owner, int]]:
    """Owners whose commits nobody confirmed for so many seconds, each with its latest such revision."""
    before = datetime.now(UTC) - timedelta(seconds=older_than)
    query = (
        select(OUTBOX.c.owner, OUTBOX.c.machine, func.max(OUTBOX.c.revision))
        .where(OUTBOX.c.adopted.is_(False), OUTBOX.c.at <= before)
        .group_by(OUTBOX.c.owner, OUTBOX.c.machine)
        .limit(BATCH)
    )
    async with database.read.connect() as db:
        return [(Owner(owner, machine), revision) for owner, machine, revision in await db.execute(query)]


async def received(database: Database, older_than: float) -> list[Command]:
    """Commands kept in SQL first and still without an answer after so many seconds."""
    before = datetime.now(UTC) - timedelta(seconds=older_than)
    query = (
        select(COMMAND.c.payload)
        .where(COMMAND.c.status == "received", COMMAND.c.at <= before)
        .order_by(COMMAND.c.at)
        .limit(BATCH)
    )
    async with database.read.connect() as db:
        return [Command(**payload) for (payload,) in await db.execute(query)]


async def number_events(database: Database) -> int:
    """Give every new row its position in the stream. One relay does this, so that no reader skips one."""
    async with database.write.begin() as db:
        await db.execute(select(INSTALLATION.c.id).with_for_update())  # every worker sweeps: one numbers at a time
        last = (await db.execute(select(func.max(OUTBOX.c.position)))).scalar_one() or 0
        query = select(OUTBOX.c.id).where(OUTBOX.c.position.is_(None)).order_by(OUTBOX.c.at, OUTBOX.c.id).limit(BATCH)
        new = list((await db.execute(query)).scalars())
        if new:
            placed = update(OUTBOX).where(OUTBOX.c.id == bindparam("row")).values(position=bindparam("place"))
            await db.execute(placed, [{"row": row, "place": last + n} for n, row in enumerate(new, start=1)])
    return len(new)


async def owners_with_work(database: Database) -> list[Owner]:
    """Owners with a follow-up to carry out: what the sweeper looks after when a workflow was lost."""
    query = (
        select(THING.c.id, THING.c.machine)
        .join(FOLLOW_UP, FOLLOW_UP.c.owner == THING.c.id)
        .where(FOLLOW_UP.c.done_at.is_(None))
        .distinct()
        .limit(BATCH)
    )
    async with database.read.connect() as db:
        return [Owner(thing, machine) for thing, machine in await db.execute(query)]


async def owners_due(database: Database, at: datetime) -> list[Owner]:
    """Owners with a duty that the alarm should have served by this instant, earliest first."""
    query = (
        select(THING.c.id, THING.c.machine, func.min(DUTY.c.ring_at).label("first"))
        .join(DUTY, DUTY.c.owner == THING.c.id)
        .where(DUTY.c.done_at.is_(None), DUTY.c.ring_at <= at)
        .group_by(THING.c.id, THING.c.machine)
        .order_by("first", THING.c.id)
        .limit(BATCH)
    )
    async with database.read.connect() as db:
        return [Owner(thing, machine) for thing, machine, _ in await db.execute(query)]


async def next_ring(database: Database, until: datetime) -> datetime | None:
    """The next instant up to `until` at which some alarm has something to do."""
    # Only duties whose owner is there: what was orphaned by hand must not stop the clock for everybody.
    owed = select(func.min(DUTY.c.ring_at)).join(THING, DUTY.c.owner == THING.c.id)
    query = owed.where(DUTY.c.done_at.is_(None), DUTY.c.ring_at <= until)
    async with database.read.connect() as db:
        found: datetime | None = (await db.execute(query)).scalar_one()
    return found


async def open_owners(database: Database) -> list[Owner]:
    """Every owner that has not ended: what `shifan repair` compares with Temporal."""
    query = select(THING.c.id, THING.c.machine).where(THING.c.id == THING.c.owner, THING.c.ended.is_(False))
    async with database.read.connect() as db:
        return [Owner(thing, machine) for thing, machine in await db.execute(query.order_by(THING.c.id))]


async def backlog(database: Database) -> dict[str, int]:
    """How much waits: commands kept and unanswered, follow-ups, wake-ups, and duties that are overdue."""
    waiting = {
        "commands": select(func.count()).select_from(COMMAND).where(COMMAND.c.status == "received"),
        "follow_ups": select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.done_at.is_(None)),
        "refused_follow_ups": select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.outcome.in_(REFUSED)),
        "wake_ups": select(func.count()).select_from(OUTBOX).where(OUTBOX.c.adopted.is_(False)),
        "overdue_duties": select(func.count())
        .select_from(DUTY)
        .where(DUTY.c.overdue.is_(True), DUTY.c.done_at.is_(None)),
    }
    async with database.read.connect() as db:
        return {kind: int((await db.execute(query)).scalar_one()) for kind, query in waiting.items()}
