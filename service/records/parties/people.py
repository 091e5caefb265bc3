"""Persons and the roles they hold, with from and to days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import SYSTEM, THE_PUBLIC, TIMER, Held, Who
from service.records import audit
from service.records.rows import MERGED, PERSON, ROLE

RESERVED = (TIMER, SYSTEM, THE_PUBLIC.person)
"""Who acts by these names is the service itself, or nobody in particular."""


_OF_THAT_DAY = and_(
    ROLE.c.person == PERSON.c.id,
    or_(ROLE.c.from_day.is_(None), ROLE.c.from_day <= bindparam("day")),
    or_(ROLE.c.to_day.is_(None), ROLE.c.to_day >= bindparam("day")),
)
_WHO = (
    select(PERSON.c.name, ROLE.c.role, ROLE.c.scope)
    .outerjoin(ROLE, _OF_THAT_DAY)
    .where(PERSON.c.id == bindparam("person"), PERSON.c.active.is_(True))
)


async def who(db: AsyncConnection, person: str, day: date) -> Who | None:
    """The person with every role held on that day; None when there is no such active account."""
    rows = (await db.execute(_WHO, {"person": person, "day": day})).all()
    if not rows:
        return None
    held = [Held(r.role, r.scope) for r in rows if r.role]
    if any(one.scope.startswith("organization:") for one in held):
        held += await _for_successors(db, held, day)
    return Who(person, rows[0].name, tuple(held))


async def _for_successors(db: AsyncConnection, held: list[Held], day: date) -> list[Held]:
    """A role held for an organization that has merged counts for its successor too, and for the successor's (INV-32)."""
    rows = await db.execute(select(MERGED.c.organization, MERGED.c.into).where(MERGED.c.day <= day))
    into = {r.organization: r.into for r in rows}
    found: list[Held] = []
    for one in held:
        kind, _, at = one.scope.partition(":")
        seen = {at}
        while kind == "organization" and (at := into.get(at, at)) not in seen:
            seen.add(at)
            found.append(Held(one.role, f"organization:{at}"))
    return found


async def add_person(db: AsyncConnection, person: str, name: str, secret: str = "") -> bool:
    """Add an account. False: there is one already, and it stays as it was; or the name is the service's own."""
    if person in RESERVED:
        return False
    if (await db.execute(select(PERSON.c.id).where(PERSON.c.id == person))).one_or_none():
        return False
    await db.execute(insert(PERSON).values(id=person, name=name, secret=secret, active=True))
    return True


async def give_role(
    db: AsyncConnection,
    person: str,
    role: str,
    scope: str,
    from_day: date | None = None,
    to_day: date | None = None,
    *,
    by: str,
    at: datetime,
) -> None:
    """Give a role for a scope; the same role for the same scope takes the new days. `by` whom stands in the chain."""
    await db.execute(delete(ROLE).where(ROLE.c.person == person, ROLE.c.role == role, ROLE.c.scope == scope))
    values = {"person": person, "role": role, "scope": scope, "from_day": from_day, "to_day": to_day}
    await db.execute(insert(ROLE).values(**values))
    days = {"from": from_day.isoformat() if from_day else None, "to": to_day.isoformat() if to_day else None}
    rest = {"machine": "role", "role": role, "scope": scope, **days, "rules": ["INV-16"]}
    await audit.append(db, at, [audit.Line(f"person:{person}", person, "give_role", by, "applied", rest)])
