"""What ratings are held against: facts on record, where evidence begins, references, and the year before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Facts
from service.domain.measures.thresholds import TRENDS
from service.records import schemes
from service.records.readers.papers import papers_of
from service.records.rows import RATING, REFERENCE, THING


def rating_of(row: Row[Any]) -> dict[str, Any]:
    """A rating as the domain knows it."""
    return {"person": row.person, "value": row.value, "reason": row.reason,
            "measured": row.measured, "evidence": row.evidence}  # fmt: skip


async def measuring(db: AsyncConnection, facts: Facts) -> Mapping[str, Any]:
    """The ratings of this thing, and all that its indicators are compared with. Only what the scheme asks for is read."""
    ratings: dict[str, list[dict[str, Any]]] = {}
    for row in await db.execute(select(RATING).where(RATING.c.thing == facts.thing.id)):
        ratings.setdefault(row.indicator, []).append(rating_of(row))
    return {
        "ratings": {facts.thing.id: ratings},
        "evidence": await begins(db, facts),
        "references": {name: one["value"] for name, one in (await references(db, facts.thing.batch)).items()},
        "earlier": await _earlier(db, facts),
    }


async def begins(db: AsyncConnection, facts: Facts) -> dict[str, str | None]:
    """Evidence of the file that is registered, with the day from which it covers."""
    papers = await papers_of(db, facts.thing.chain)
    listed = (one for one in papers.items.values() if one.id in papers)
    return {one.id: one.covers_from.isoformat() if one.covers_from else None for one in listed}


async def references(db: AsyncConnection, batch: str | None) -> dict[str, dict[str, Any]]:
    """The references recorded for a batch, with value and source."""
    query = select(REFERENCE).where(REFERENCE.c.batch == (batch or "")).order_by(REFERENCE.c.name)
    return {
        r.name: {"value": r.value, "source": r.source, "person": r.person, "revision": r.revision}
        for r in await db.execute(query)
    }


async def _earlier(db: AsyncConnection, facts: Facts) -> dict[str, dict[str, Any]]:
    """What was measured of the same subject in the calendar year before, whichever file it stands in.

    The newest value counts. Read only where the scheme asks for a trend.
    """
    trends = {
        one.code: {c.metric for c in one.conditions if c.operator in TRENDS}
        for one in facts.scheme.indicator_system.indicators
        if any(c.operator in TRENDS for c in one.conditions)
    }
    if not trends or not facts.thing.subject:
        return {}
    year, calendar = facts.today.year, facts.calendar
    query = (
        select(RATING)
        .join(THING, THING.c.id == RATING.c.thing)
        .where(
            THING.c.subject == facts.thing.subject,
            schemes.of_the_programme(facts),
            RATING.c.indicator.in_(list(trends)),
            RATING.c.at >= calendar.end_of_day(date(year - 2, 12, 31)),
            RATING.c.at < calendar.end_of_day(date(year - 1, 12, 31)),
        )
        .order_by(RATING.c.at)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in await db.execute(query):
        asked = {m: v for m, v in (row.measured or {}).items() if m in trends[row.indicator]}
        found.setdefault(row.indicator, {}).update(asked)
    return found
