"""Lists of things: one scope filter, typed filters, a stable order and an opaque cursor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Thing, Who
from service.records.rows import AUDIT, DUTY, THING, thing_of


@dataclass(frozen=True)
class Filters:
    """What a list may be narrowed to. `overdue` and `due_before` look at open duties of the thing or its runs."""

    machine: str
    state: str | None = None
    parent: str | None = None
    batch: str | None = None
    case: str | None = None
    track: str | None = None
    region: str | None = None
    subject: str | None = None
    overdue: bool | None = None
    due_before: date | None = None


def in_scope(who: Who, at: Table = THING) -> ColumnElement[bool]:
    """The one scope filter: what lies in some scope of a role that this person holds.

    Of things, or of the rows of another table that say of which thing they are.
    """
    of = at.c.get("thing", at.c.id)
    allowed: list[ColumnElement[bool]] = []
    for held in who.roles:
        if held.role == "member_of_public":
            continue
        kind, _, value = held.scope.partition(":")
        if kind == "region":
            allowed.append(or_(at.c.region == value, at.c.region.startswith(value + "/", autoescape=True)))
        elif kind == "organization":
            allowed.append(at.c.organization == value)
        elif kind == "case":
            allowed.append(or_(at.c.chain == value, of == value))
    return or_(*allowed) if allowed else false()


async def page(
    db: AsyncConnection,
    who: Who,
    filters: Filters,
    after: tuple[Any, str] | None,
    limit: int,
    *,
    public: bool,
) -> tuple[list[Thing], bool]:
    """Things in the order in which they were opened, and whether there are more. `public`: what anybody may read."""
    where: list[ColumnElement[bool]] = [THING.c.machine == filters.machine]
    scope = in_scope(who)
    if public:
        # A draft that is cancelled was never published.
        opened = THING.c.data[("by", "open_notice")].as_string().is_not(None)
        scope = or_(scope, THING.c.state.not_in(("draft", "cancelled")), and_(THING.c.state == "cancelled", opened))
    if filters.machine != "batch":  # a batch is announced to all
        where.append(scope)
    columns = {"state": THING.c.state, "parent": THING.c.parent, "batch": THING.c.batch, "case": THING.c.chain,
               "track": THING.c.track, "subject": THING.c.subject}  # fmt: skip
    where += [column == value for name, column in columns.items() if (value := getattr(filters, name)) is not None]
    if filters.region is not None:
        below = THING.c.region.startswith(filters.region + "/", autoescape=True)
        where.append(or_(THING.c.region == filters.region, below))
    if filters.overdue is not None or filters.due_before is not None:
        where.append(_owes(filters))
    if after is not None:
        opened, last = after
        where.append(or_(THING.c.opened_at > opened, and_(THING.c.opened_at == opened, THING.c.id > last)))
    query = select(THING).where(*where).order_by(THING.c.opened_at, THING.c.id).limit(limit + 1)
    found = [thing_of(row) for row in await db.execute(query)]
    return found[:limit], len(found) > limit


def _owes(filters: Filters) -> ColumnElement[bool]:
    owed = and_(DUTY.c.done_at.is_(None), or_(DUTY.c.thing == THING.c.id, DUTY.c.owner == THING.c.id))
    late = exists().where(owed, DUTY.c.overdue.is_(True))
    if filters.due_before is None:
        return late if filters.overdue else ~late
    soon = exists().where(owed, DUTY.c.due_on < filters.due_before)
    return soon if filters.overdue is None else and_(soon, late if filters.overdue else ~late)


async def timeline(db: AsyncConnection, chain: str, after: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """The entries of a file in the order of its chain."""
    query = select(AUDIT).where(AUDIT.c.chain == chain, AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(limit + 1)
    rows = [
        {
            "seq": r.seq,
            "at": r.at.isoformat(),
            "thing": r.thing,
            "event": r.event,
            "person": r.person,
            "result": r.result,
            "hash": r.hash,
            **r.entry,
        }
        for r in await db.execute(query)
    ]
    return rows[:limit], len(rows) > limit
