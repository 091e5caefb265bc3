"""What only some guards look at, each by the name under which they declare it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.cases.organization import Organization, Tenure
from service.domain.evaluations import survey
from service.domain.evaluations.survey_forms import respondent
from service.domain.facts import Facts, Thing
from service.records import consequences, schemes
from service.records.parties import bodies
from service.records.readers import candidates, circulars, papers
from service.records.readers import titles as title_needs
from service.records.readers.measuring import measuring, rating_of
from service.records.rows import ANSWER, MERGED, RATING, ROLE, THING, thing_of

SEED_BYTES = 32
Reader = Callable[[AsyncConnection, Facts], Awaitable[Any]]


async def ratings(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, list[dict[str, Any]]]]:
    """Thing -> indicator -> the ratings of each person, for every run and evaluation of the file."""
    rated = [t.id for t in facts.things.values() if t.machine in ("stage", "evaluation")]
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in await db.execute(select(RATING).where(RATING.c.thing.in_(rated))):
        found.setdefault(row.thing, {}).setdefault(row.indicator, []).append(rating_of(row))
    return found


class Codes:
    """The respondents who have answered; asked with a code, although only hashes are kept."""

    def __init__(self, survey: str, hashes: set[str]) -> None:
        self.survey, self.hashes = survey, hashes

    def __contains__(self, code: object) -> bool:
        return respondent(self.survey, str(code)) in self.hashes


async def answers(db: AsyncConnection, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Survey -> how many answered and are satisfied, over all and in each stratum, and who answered."""
    surveys = [t.id for t in facts.things.values() if t.machine == "survey"]
    found: dict[str, dict[str, Any]] = {
        s: {"count": 0, "satisfied": 0, "by_stratum": {}, "satisfied_by_stratum": {}, "seen": set()} for s in surveys
    }
    for row in await db.execute(select(ANSWER).where(ANSWER.c.survey.in_(surveys))):
        tally = found[row.survey]
        tally["count"] += 1
        happy = survey.satisfied(facts.things[row.survey], row.answers)
        tally["satisfied"] += happy
        by = tally["satisfied_by_stratum"]
        by[row.stratum] = by.get(row.stratum, 0) + happy
        tally["by_stratum"][row.stratum] = tally["by_stratum"].get(row.stratum, 0) + 1
        tally["seen"].add(row.respondent)
    return {s: {**tally, "codes": Codes(s, tally["seen"])} for s, tally in found.items()}


async def history(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """Other files of the same subject under the same scheme, and every batch of that scheme."""
    query = select(THING).where(
        schemes.of_the_programme(facts),
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
    query = select(THING).where(THING.c.machine == "designation", schemes.of_the_programme(facts))
    return [thing_of(row) for row in await db.execute(query)]


async def rounds(db: AsyncConnection, facts: Facts) -> list[Thing]:
    """The look-back rounds of the scheme, oldest first."""
    query = select(THING).where(THING.c.machine == "look_back_round", schemes.of_the_programme(facts))
    return [thing_of(row) for row in await db.execute(query.order_by(THING.c.opened_at))]


async def serials(db: AsyncConnection, _: Facts) -> set[str]:
    """The serial numbers of all insignia."""
    query = select(THING.c.data).where(THING.c.machine == "insignia")
    return {str(s) for (data,) in await db.execute(query) if (s := data.get("serial"))}


async def version(db: AsyncConnection, facts: Facts) -> dict[str, Any]:
    """Status of the scheme version and the day from which it is in force."""
    return await schemes.standing(db, facts.thing.scheme)


async def same_case(db: AsyncConnection, facts: Facts) -> str | None:
    """The ID of another case with the same natural key, if there is one."""
    natural, own = facts.thing.natural, facts.thing.id
    if natural is None:
        return None  # nobody has said yet for whom
    query = select(THING.c.id).where(THING.c.natural == natural, THING.c.id != own)
    return (await db.execute(query)).scalar_one_or_none()


async def role_holders(db: AsyncConnection, facts: Facts) -> Mapping[str, tuple[Tenure, ...]]:
    """Person -> the roles held for a scope that covers the thing, each from and to its days."""
    steps = facts.thing.region.split("/")
    scopes = [f"region:{'/'.join(steps[: n + 1])}" for n in range(len(steps))]
    merged = select(MERGED.c.organization).where(MERGED.c.into == facts.thing.organization, MERGED.c.day <= facts.today)
    mine = [facts.thing.organization, *(await db.execute(merged)).scalars()]
    scopes += [*(f"organization:{o}" for o in mine), f"case:{facts.thing.chain}", f"case:{facts.thing.id}"]
    found: dict[str, tuple[Tenure, ...]] = {}
    for row in await db.execute(select(ROLE).where(ROLE.c.scope.in_(scopes))):
        found[row.person] = (*found.get(row.person, ()), Tenure(row.role, row.from_day, row.to_day))
    return found


async def organization(db: AsyncConnection, facts: Facts) -> Organization:
    """The bodies, offices and responsibilities of the file and its batch, as they stand today."""
    files = [facts.thing.chain, *([facts.thing.batch] if facts.thing.batch else [])]
    return await bodies.organization(db, files, facts.today)


async def entropy(_: AsyncConnection, __: Facts) -> str:
    """A seed that nobody chose, and nobody knows before what is drawn by it is on record."""
    return secrets.token_hex(SEED_BYTES)


READERS: dict[str, Reader] = {
    reader.__name__: reader
    for reader in (
        entropy,
        ratings, answers, history, cases, titles, rounds, serials, version, same_case, measuring,
        role_holders, organization, papers.evidence,
        candidates.files, candidates.case_states, candidates.places, candidates.bars,
        circulars.circulars, circulars.work, circulars.named, consequences.first_choices, title_needs.schedule, title_needs.successors,
        title_needs.titles_of_place,
    )
}  # fmt: skip
