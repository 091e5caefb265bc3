"""What only some guards look at, each by the name under which they declare it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain import survey
from service.domain.facts import Facts, Thing
from service.records import schemes
from service.records.rows import ANSWER, EVIDENCE, RATING, SCHEME, THING, thing_of

Reader = Callable[[AsyncConnection, Facts], Awaitable[Any]]


async def ratings(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, list[dict[str, Any]]]]:
    """Thing -> indicator -> the ratings of each person, for every run and evaluation of the file."""
    rated = [t.id for t in facts.things.values() if t.machine in ("stage", "evaluation")]
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in await db.execute(select(RATING).where(RATING.c.thing.in_(rated))):
        one = {"person": row.person, "value": row.value, "reason": row.reason}
        found.setdefault(row.thing, {}).setdefault(row.indicator, []).append(one)
    return found


class Codes:
    """The respondents who have answered; asked with a code, although only hashes are kept."""

    def __init__(self, survey: str, hashes: set[str]) -> None:
        self.survey, self.hashes = survey, hashes

    def __contains__(self, code: object) -> bool:
        return respondent(self.survey, str(code)) in self.hashes


def respondent(survey: str, code: str) -> str:
    """What is kept of a respondent's code: who answered is nobody's business."""
    return hashlib.sha256(f"{survey}:{code}".encode()).hexdigest()


async def answers(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Survey -> how many answered, how many of them are satisfied, how many in each stratum, and who."""
    surveys = [t.id for t in facts.things.values() if t.machine == "survey"]
    found: dict[str, dict[str, Any]] = {
        s: {"count": 0, "satisfied": 0, "by_stratum": {}, "seen": set()} for s in surveys
    }
    for row in await db.execute(select(ANSWER).where(ANSWER.c.survey.in_(surveys))):
        tally = found[row.survey]
        tally["count"] += 1
        tally["satisfied"] += survey.satisfied(facts.things[row.survey], row.answers)
        tally["by_stratum"][row.stratum] = tally["by_stratum"].get(row.stratum, 0) + 1
        tally["seen"].add(row.respondent)
    return {s: {**tally, "codes": Codes(s, tally["seen"])} for s, tally in found.items()}


async def places(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, int]]:
    """How many recommendations of the batch are accepted, by track."""
    query = (
        select(THING.c.track, func.count().label("n"))
        .where(
            THING.c.machine == "recommendation",
            THING.c.state == "accepted",
            THING.c.batch == facts.thing.batch,
        )
        .group_by(THING.c.track)
    )
    return {"recommended": {r.track: r.n for r in await db.execute(query)}}


async def history(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """Other files of the same subject under the same scheme, and every batch of that scheme."""
    mine = select(SCHEME.c.key).where(SCHEME.c.id == facts.thing.scheme).scalar_subquery()
    versions = select(SCHEME.c.id).where(SCHEME.c.key == mine)
    query = select(THING).where(
        THING.c.scheme.in_(versions),
        or_(
            THING.c.machine == "batch",
            and_(
                THING.c.subject == facts.thing.subject,
                THING.c.subject != "",
                THING.c.machine.in_(("case", "designation", "revocation_case")),
            ),
        ),
        THING.c.id != facts.thing.id,
    )
    return [thing_of(row) for row in await db.execute(query)]


async def cases(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The cases of the batch."""
    batch = facts.thing.id if facts.thing.machine == "batch" else facts.thing.batch
    query = select(THING).where(THING.c.machine == "case", THING.c.batch == batch)
    return [thing_of(row) for row in await db.execute(query)]


async def titles(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The designations of the scheme, whatever its version."""
    mine = select(SCHEME.c.key).where(SCHEME.c.id == facts.thing.scheme).scalar_subquery()
    versions = select(SCHEME.c.id).where(SCHEME.c.key == mine)
    query = select(THING).where(THING.c.machine == "designation", THING.c.scheme.in_(versions))
    return [thing_of(row) for row in await db.execute(query)]


async def rounds(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The look-back rounds of the scheme, oldest first."""
    mine = select(SCHEME.c.key).where(SCHEME.c.id == facts.thing.scheme).scalar_subquery()
    versions = select(SCHEME.c.id).where(SCHEME.c.key == mine)
    query = select(THING).where(THING.c.machine == "look_back_round", THING.c.scheme.in_(versions))
    return [thing_of(row) for row in await db.execute(query.order_by(THING.c.opened_at))]


async def serials(db: AsyncConnection, _: Facts) -> set[str]:
    """The serial numbers of all insignia."""
    query = select(THING.c.data).where(THING.c.machine == "insignia")
    return {str(s) for (data,) in await db.execute(query) if (s := data.get("serial"))}


async def version(db: AsyncConnection, facts: Facts) -> dict[str, Any]:
    """Status of the scheme version and the day from which it is in force."""
    found = await schemes.version(db, facts.thing.scheme)
    return found.facts if found else {"status": "unknown", "effective_from": None}


async def same_case(db: AsyncConnection, facts: Facts) -> str | None:
    """The ID of another case with the same natural key, if there is one."""
    natural, own = facts.thing.natural, facts.thing.id
    query = select(THING.c.id).where(THING.c.natural == natural, THING.c.id != own)
    return (await db.execute(query)).scalar_one_or_none()


async def evidence(db: AsyncConnection, facts: Facts) -> set[str]:
    """The IDs of the submitted and locked evidence of the file."""
    query = select(EVIDENCE.c.id).where(
        EVIDENCE.c.chain == facts.thing.chain, EVIDENCE.c.status.in_(("submitted", "locked"))
    )
    return set((await db.execute(query)).scalars())


READERS: dict[str, Reader] = {
    reader.__name__: reader
    for reader in (
        ratings, answers, places, history, cases, titles, rounds, serials, version, same_case, evidence,
    )
}  # fmt: skip
