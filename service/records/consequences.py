"""Entries of what events entail: written with the commit, ended with it, granted by the authority, summed by year."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.consequences import Entail, Lapse, Outside
from service.domain.facts import Facts, Thing, Who
from service.records import schemes
from service.records.queries.lists import in_scope
from service.records.rows import CONSEQUENCE, THING, thing_of

SIGN = {"bonus": 1, "deduction": -1}
"""What counts towards an appraisal, and how; every other effect is told beside the sum."""
EXACT = 200
"""Digits: more than any sum of amounts can need."""


async def write(db: AsyncConnection, facts: Facts, outside: Iterable[Outside]) -> None:
    """The entries and endings of one commit, in the order in which they came about."""
    for one in outside:
        await (_end(db, facts, one) if isinstance(one, Lapse) else _enter(db, facts, one))


async def _enter(db: AsyncConnection, facts: Facts, one: Entail) -> None:
    row = {
        "id": uuid.uuid4().hex, "scheme": one.thing.scheme, "scheme_key": facts.scheme.key, "chain": one.thing.chain,
        "machine": one.thing.machine, "thing": one.thing.id, "track": one.thing.track, "subject": one.subject,
        "organization": one.organization, "region": one.region, "effect": one.effect, "amount": one.amount,
        "cause": one.cause, "removed_on": one.removed_on, "rules": list(one.rules), "year": one.year,
        "from_day": one.from_day, "revision": 1,
    }  # fmt: skip
    await db.execute(insert(CONSEQUENCE).values(**row))


async def _end(db: AsyncConnection, facts: Facts, one: Lapse) -> None:
    """What came from the thing itself, or from another kind of thing of the same subject on the same track."""
    thing, at = one.thing, CONSEQUENCE.c
    elsewhere = and_(
        at.machine != thing.machine, at.subject == thing.subject, at.track.is_not_distinct_from(thing.track)
    )
    mine = and_(
        at.scheme_key == facts.scheme.key,
        at.removed_on.in_(one.causes),
        at.ended_on.is_(None),
        or_(at.thing == thing.id, elsewhere if thing.subject else at.thing == thing.id),
    )
    told = {"ended_on": one.day, "ended_by": thing.id, "revision": at.revision + 1}
    await db.execute(update(CONSEQUENCE).where(mine).values(**told))


@dataclass(frozen=True)
class Filters:
    """What the list of entries may be narrowed to."""

    subject: str | None = None
    organization: str | None = None
    year: int | None = None
    effect: str | None = None
    scheme: str | None = None
    in_force: bool | None = None


def _where(who: Who, filters: Filters) -> list[ColumnElement[bool]]:
    at = CONSEQUENCE.c
    columns = {"subject": at.subject, "organization": at.organization, "year": at.year, "effect": at.effect,
               "scheme": at.scheme_key}  # fmt: skip
    found = [in_scope(who, CONSEQUENCE)]
    found += [column == value for name, column in columns.items() if (value := getattr(filters, name)) is not None]
    if filters.in_force is not None:
        found.append(at.ended_on.is_(None) if filters.in_force else at.ended_on.is_not(None))
    return found


async def page(
    db: AsyncConnection, who: Who, filters: Filters, after: tuple[date, str] | None, limit: int
) -> tuple[list[Any], bool]:
    """Entries that this person may see in the order in which they were made, and whether there are more."""
    at, where = CONSEQUENCE.c, _where(who, filters)
    if after is not None:
        day, last = after
        where.append(or_(at.from_day > day, and_(at.from_day == day, at.id > last)))
    query = select(CONSEQUENCE).where(*where).order_by(at.from_day, at.id).limit(limit + 1)
    found = list(await db.execute(query))
    return found[:limit], len(found) > limit


async def one(db: AsyncConnection, who: Who, entry: str, *, lock: bool = False) -> Any:
    """An entry that this person may see, or None."""
    query = select(CONSEQUENCE).where(CONSEQUENCE.c.id == entry, in_scope(who, CONSEQUENCE))
    return (await db.execute(query.with_for_update() if lock else query)).one_or_none()


async def grant(db: AsyncConnection, row: Any, values: dict[str, Any]) -> None:
    """What the authority grants on a flag."""
    mine = CONSEQUENCE.c.id == row.id
    await db.execute(update(CONSEQUENCE).where(mine).values(**values, revision=row.revision + 1))


def counts(row: Any) -> bool:
    """GAP-QH-15: an entry counts until it was ended; one of an earlier year than its end stays, marked."""
    return row.ended_on is None or row.year < row.ended_on.year


def worth(row: Any) -> str | None:
    """The amount of an entry: of the scheme, else what was granted; None for a flag."""
    found: str | None = row.amount if row.amount is not None else row.granted
    return found


@dataclass(frozen=True)
class Appraisal:
    """One subject or unit in one year: the exact sum, and what has no number."""

    subject: str
    organization: str
    points: Decimal
    counted: list[Any]
    flags: list[Any]
    ended: list[Any]


async def appraisals(
    db: AsyncConnection, who: Who, filters: Filters, after: tuple[str, str] | None, limit: int
) -> tuple[list[Appraisal], bool]:
    """The appraisals of a year, by subject and unit, and whether there are more."""
    at, where = CONSEQUENCE.c, _where(who, filters)
    if after is not None:
        subject, organization = after
        where.append(or_(at.subject > subject, and_(at.subject == subject, at.organization > organization)))
    pairs = select(at.subject, at.organization).where(*where).distinct().order_by(at.subject, at.organization)
    found = [(r.subject, r.organization) for r in await db.execute(pairs.limit(limit + 1))]
    told = found[:limit]
    if not told:
        return [], False
    subjects, units = {s for s, _ in told}, {u for _, u in told}
    query = select(CONSEQUENCE).where(*where, at.subject.in_(subjects), at.organization.in_(units))
    rows = list(await db.execute(query.order_by(at.from_day, at.id)))
    return [_appraisal(s, u, [r for r in rows if (r.subject, r.organization) == (s, u)]) for s, u in told], len(
        found
    ) > limit


def _appraisal(subject: str, organization: str, rows: list[Any]) -> Appraisal:
    standing = [r for r in rows if counts(r)]
    counted = [r for r in standing if r.effect in SIGN and worth(r) is not None]
    with localcontext(prec=EXACT):
        points = sum((SIGN[r.effect] * Decimal(str(worth(r))) for r in counted), Decimal(0))
    flags = [r for r in standing if r not in counted]
    return Appraisal(subject, organization, points, counted, flags, [r for r in rows if not counts(r)])


async def first_choices(db: AsyncConnection, facts: Facts) -> dict[str, Thing]:
    """The titles on the same track whose subject has a priority in force: they come first (QH-11e)."""
    at, thing = CONSEQUENCE.c, facts.thing
    held = and_(THING.c.subject == at.subject, THING.c.track.is_not_distinct_from(at.track))
    query = (
        select(THING)
        .join(CONSEQUENCE, held)
        .where(at.scheme_key == facts.scheme.key, at.effect == "priority", at.ended_on.is_(None))
        .where(THING.c.machine == "designation", THING.c.state == "active")
        .where(THING.c.track.is_not_distinct_from(thing.track), schemes.of_the_programme(facts))
    )
    return {row.id: thing_of(row) for row in await db.execute(query)}
