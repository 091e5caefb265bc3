"""What people do with a piece of evidence: hand it in, submit, return, supersede, withdraw it, strike it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.contracts import Result
from service.domain.cases import evidence as rules
from service.domain.cases.evidence import STEPS, Step
from service.domain.facts import Facts, Thing, Unmet, Who
from service.records import audit
from service.records.database import Database
from service.records.facts import facts_of
from service.records.plain import NotThere, Wish, decline, line, must_fill, once
from service.records.readers.papers import MACHINE, rated_with
from service.records.rows import EVIDENCE, PROPOSAL
from service.records.write import id_from


class Evidence:
    """Carries edits of evidence into the record."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def add(self, who: Who, key: str, about: Thing, said: Mapping[str, Any]) -> Result:
        """A file or an address. It is submitted at once where nothing is lacking, and a draft otherwise.

        It goes on the file in which `about` stands; whoever holds a role for that thing alone may add it there.
        """
        chain = about.chain
        item = id_from(who.person, key, "evidence")
        told = {**said, "covers_from": _iso(said.get("covers_from")), "covers_to": _iso(said.get("covers_to")),
                "read_on": _iso(said.get("read_on"))}  # fmt: skip
        wish = Wish("add_evidence", MACHINE, item, chain, told)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await facts_of(db, self.clock, about.id)
            must_fill(rules.KEEPERS, facts, who, STEPS["submit"].rules)
            lacking = _lacking(said)
            decline([u for u in lacking if u.code == "evidence.period"], "form")
            status = "draft" if lacking else "submitted"
            row = {"size": 0, "sha256": "", "media_type": "text/uri-list", **said, "id": item, "chain": chain}
            await db.execute(insert(EVIDENCE).values(**row, status=status, person=who.person, at=now))
            await audit.append(db, now, [line(wish, who, STEPS["submit"].rules, after=status)])
            return Result("done", item, MACHINE, status)

        return await once(self.database, self.clock, who, key, wish, work)

    async def take(self, who: Who, key: str, item: str, step: Step, said: Mapping[str, Any]) -> Result:
        """A step of STEPS on a piece of evidence."""
        chain = await self.file_of(item)
        wish = Wish(f"{step.name}_evidence", MACHINE, item, chain, said)

        async def work(db: AsyncConnection, now: datetime) -> Result:
            facts = await facts_of(db, self.clock, chain, lock=True)
            row = (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == item).with_for_update())).one()
            if not (row.person == who.person and step.who == rules.PROVIDERS):
                must_fill(step.who, facts, who, step.rules)
            decline(rules.out_of_place(step, row.status), "illegal")
            values, faults, kind = await _changes(db, facts, row, step, said, now)
            decline(faults, kind)
            if step.persons == 2 and (waiting := await _proposed(db, wish, who, row, key, now)):
                await audit.append(db, now, [line(wish, who, step.rules, "proposed", before=row.status)])
                return Result("proposed", item, MACHINE, row.status, proposal=waiting)
            if step.persons == 2:
                values["struck"] = {**values["struck"], "by": sorted({who.person, await _confirmed(db, wish, row)})}
            await db.execute(update(EVIDENCE).where(EVIDENCE.c.id == item).values(status=step.to, **values))
            change = line(wish, who, step.rules, before=row.status, after=step.to)
            await audit.append(db, now, [change])
            return Result("done", item, MACHINE, step.to)

        return await once(self.database, self.clock, who, key, wish, work)

    async def file_of(self, item: str) -> str:
        """The file that a piece of evidence belongs to. Raises NotThere."""
        async with self.database.read.connect() as db:
            found = (await db.execute(select(EVIDENCE.c.chain).where(EVIDENCE.c.id == item))).scalar_one_or_none()
        if found is None:
            raise NotThere(item)
        return str(found)


Changes = tuple[dict[str, Any], list[Unmet], str]


async def _changes(
    db: AsyncConnection, facts: Facts, row: Any, step: Step, said: Mapping[str, Any], now: datetime
) -> Changes:
    """What a step writes, and why it cannot: as a fault of the form or an unmet condition."""
    match step.name:
        case "submit":
            given = {k: said[k] for k in ("issuer", "external") if said.get(k) is not None}
            given |= {k: date.fromisoformat(said[k]) for k in ("covers_from", "covers_to") if said.get(k)}
            whole = {**row._mapping, **given}
            return {**given, "reason": None}, _lacking(whole), "form"
        case "return":
            return {"reason": said["text"]}, [], "form"
        case "supersede":
            other = str(said["replacement"])
            held = (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == other))).one_or_none()
            where, status = (held.chain, held.status) if held else (None, "")
            wrong = rules.replacement_faults(row.id, row.chain, other, where, status)
            return {"superseded_by": other, "reason": said["text"]}, wrong, "guard"
        case "withdraw":
            rated = await rated_with(db, facts.things)
            things = [t.with_data(rated=sorted(rated.get(t.id, ()))) for t in facts.things.values()]
            return {"reason": said["text"]}, rules.rested_on(rules.resting_on(row.id, things)), "guard"
        case _:
            case = facts.case
            finding = case.data.get("fact_finding", {}) if case else {}
            decision = str(said.get("decision") or "")
            basis = decision or str(finding.get("report", ""))
            struck = {"basis": basis, "on": facts.today.isoformat(), "at": now.isoformat()}
            wrong = rules.proof_of_falsehood(finding, decision)
            return {"struck": struck, "reason": said["text"]}, wrong, "guard"


def _lacking(said: Mapping[str, Any]) -> list[Unmet]:
    content = bool(said.get("sha256")) or bool(said.get("address") and said.get("read_on"))
    return rules.lacking(
        content=content,
        issuer=str(said.get("issuer") or ""),
        covers_from=said.get("covers_from"),
        covers_to=said.get("covers_to"),
    )


async def _first(db: AsyncConnection, wish: Wish, row: Any) -> Any:
    """The open proposal of this act on the evidence as it stands."""
    query = select(PROPOSAL).where(
        PROPOSAL.c.thing == row.id, PROPOSAL.c.event == wish.event,
        PROPOSAL.c.state == row.status, PROPOSAL.c.status == "open",
    )  # fmt: skip
    return (await db.execute(query.with_for_update())).one_or_none()


async def _proposed(db: AsyncConnection, wish: Wish, who: Who, row: Any, key: str, now: datetime) -> str | None:
    """The ID of the proposal that this call makes, as the first of two persons; None if it confirms one (INV-20)."""
    first = await _first(db, wish, row)
    if first is not None and first.form == dict(wish.said):
        if first.author == who.person:
            decline([Unmet("two_persons", "须由另一人确认", "another person must confirm", ("INV-20",))], "person")
        return None
    if first is not None:
        await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == first.id).values(status="void"))
    proposal = id_from(who.person, key, "proposal")
    values = {
        "id": proposal, "thing": row.id, "event": wish.event, "form": dict(wish.said), "author": who.person,
        "state": row.status, "status": "open", "at": now,
    }  # fmt: skip
    await db.execute(insert(PROPOSAL).values(**values))
    return proposal


async def _confirmed(db: AsyncConnection, wish: Wish, row: Any) -> str:
    """The proposal is done; who made it."""
    first = await _first(db, wish, row)
    await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == first.id).values(status="confirmed"))
    return str(first.author)


def _iso(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
