"""Plain edits: scores, references and survey answers. The same verdict as for a command, but no lifecycle state is touched.

They never cross Temporal and never change the revision of the thing they belong to, so that nine task forces
who rate side by side do not collide. Each row has its own revision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Command, Result
from service.domain.evaluations.survey_forms import respondent
from service.domain.facts import Ask, Facts
from service.domain.machine import Refused, decide
from service.domain.machines import resolve
from service.domain.measures.rating import settled
from service.records import audit
from service.records.answers import as_data, who_of
from service.records.database import Database
from service.records.facts import Unknown, facts_of, with_needs
from service.records.inbox import remember, seen_before
from service.records.rows import ANSWER, RATING, REFERENCE
from service.records.write import refusal_line


class Edit:
    """Carries plain edits into the record of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def __call__(self, command: Command) -> Result:
        async with self.database.write.begin() as db:
            try:
                facts = await facts_of(db, self.clock, command.thing, lock=True)  # the stage stays open meanwhile
            except Unknown:
                return Result("gone", command.thing, command.machine)
            if (first := await seen_before(db, command)) is not None:  # looked for last: it may have come meanwhile
                return first
            facts = await with_needs(db, facts, command.event)
            machine, seen = resolve(facts, command.event)
            ask = Ask(command.event, command.form or {}, who_of(command))
            verdict = decide(machine, seen, ask)
            thing = seen.thing
            if isinstance(verdict, Refused):
                await audit.append(db, facts.now, [refusal_line(seen, ask, verdict)])
                return Result("refused", thing.id, thing.machine, thing.state, thing.revision, refused=as_data(verdict))
            await _WRITERS[command.event](db, seen, ask)
            rest = {"machine": thing.machine, "before": thing.state, "after": thing.state,
                    "rules": list(verdict.move.rules), "form": _told(command.event, ask)}  # fmt: skip
            line = audit.Line(thing.chain, thing.id, command.event, command.principal, "applied", rest)
            await audit.append(db, facts.now, [line])
            asked = facts.thing
            result = Result("done", asked.id, asked.machine, asked.state, asked.revision)
            await remember(db, command, result, exists=False)
            return result


def _told(event: str, ask: Ask) -> dict[str, object]:
    """What the chain says of an edit. Of a survey answer only that one came: it belongs to a person."""
    return {} if event == "submit_answer" else dict(ask.form)


async def _rate(db: AsyncConnection, facts: Facts, ask: Ask) -> None:
    """One row for each indicator and person; what the same person says later takes its place."""
    given = settled(facts, ask)
    mine = (RATING.c.thing == facts.thing.id) & (RATING.c.person == ask.who.person)
    query = select(RATING.c.indicator, RATING.c.revision).where(mine, RATING.c.indicator.in_(list(given)))
    before: dict[str, int] = {r.indicator: r.revision for r in await db.execute(query)}
    if before:
        await db.execute(delete(RATING).where(mine, RATING.c.indicator.in_(list(before))))
    of = {"thing": facts.thing.id, "person": ask.who.person, "at": facts.now}
    rows = [{**of, **row, "indicator": code, "revision": before.get(code, 0) + 1} for code, row in given.items()]
    await db.execute(insert(RATING), rows)


async def _compare(db: AsyncConnection, facts: Facts, ask: Ask) -> None:
    """References of a batch; a later value takes the place of the earlier one, and the chain holds both."""
    given: dict[str, object] = ask.form["references"]
    mine = REFERENCE.c.batch == facts.thing.id
    query = select(REFERENCE.c.name, REFERENCE.c.revision).where(mine, REFERENCE.c.name.in_(list(given)))
    before: dict[str, int] = {r.name: r.revision for r in await db.execute(query)}
    if before:
        await db.execute(delete(REFERENCE).where(mine, REFERENCE.c.name.in_(list(before))))
    of = {"batch": facts.thing.id, "source": ask.form["source"], "person": ask.who.person, "at": facts.now}
    rows = [{**of, "name": n, "value": value, "revision": before.get(n, 0) + 1} for n, value in given.items()]
    await db.execute(insert(REFERENCE), rows)


async def _answer(db: AsyncConnection, facts: Facts, ask: Ask) -> None:
    """One row for each respondent code, by its hash."""
    row = {
        "survey": facts.thing.id, "respondent": respondent(facts.thing.id, ask.form["respondent"]),
        "stratum": ask.form.get("stratum") or next(iter(facts.thing.data["strata"])), "answers": ask.form["answers"], "at": facts.now,
    }  # fmt: skip
    await db.execute(insert(ANSWER).values(**row))


Writer = Callable[[AsyncConnection, Facts, Ask], Awaitable[None]]
_WRITERS: dict[str, Writer] = {
    "rate_indicator": _rate, "submit_score": _rate, "record_references": _compare, "submit_answer": _answer,
}  # fmt: skip
