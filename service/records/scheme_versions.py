"""Versions of schemes: drafted by one person, published by another, never changed after that, retired by two.

A refusal is a short code (`unknown`, `stale` ...) or the problems of the definition; whatever is done or refused to
a version stands in its audit chain.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.clock import Clock
from service.records import audit
from service.records.calendars import in_use as calendars
from service.records.database import Database
from service.records.rows import AUDIT, INSTALLATION, PROPOSAL, SCHEME, THING
from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.problem import Problem
from service.schemes.validation.names import calendar_problems
from service.schemes.validation.validator import problems

View = dict[str, Any]
RETIRE = "retire_version"
EDITS = ("draft_version", "edit_version")
RUNS_UNDER = ("batch", "action_plan")
"""What still needs the version that it was opened under."""


async def add(database: Database, clock: Clock, scheme: Scheme, region: str, person: str) -> View | str:
    """Keep a draft: its view, or `exists` (this version has another content), `owned` (the key is another region's)."""
    digest = loader.content_hash(scheme)
    async with database.write.begin() as db:
        await _one_at_a_time(db)
        before = (await db.execute(select(SCHEME).where(_same(scheme)))).one_or_none()
        if before is not None and (before.hash, before.region) == (digest, region):
            return _view(before)
        if await _owner(db, scheme.key) not in (None, region):
            return "owned"
        if before is not None:
            return "exists"
        row = {
            "id": uuid.uuid4().hex, "region": region, "status": "draft", "drafted_by": person, "at": datetime.now(UTC),
            **_content(scheme, digest),
        }  # fmt: skip
        await db.execute(insert(SCHEME).values(**row))
        await _say(
            db, clock, row["id"], "draft_version", person, {"after": "draft", "hash": digest, "rules": ["QH-17a"]}
        )
        return _view(await _row(db, row["id"]))


async def edit(database: Database, clock: Clock, version: str, scheme: Scheme, seen: str, person: str) -> View | str:
    """Replace the content of a draft that the editor has seen as `seen`, its hash.

    Otherwise `unknown`, `not_draft`, `stale`, `other_key` or `exists`.
    """
    digest = loader.content_hash(scheme)
    async with database.write.begin() as db:
        await _one_at_a_time(db)
        row = await _row(db, version, lock=True)
        if row is None:
            return "unknown"
        taken = (await db.execute(select(SCHEME.c.id).where(_same(scheme), SCHEME.c.id != version))).first()
        for refused, holds in (
            ("not_draft", row.status != "draft"),
            ("stale", row.hash != seen),
            ("other_key", row.key != scheme.key),
            ("exists", taken is not None),
        ):
            if holds:
                return refused
        await db.execute(update(SCHEME).where(SCHEME.c.id == version).values(**_content(scheme, digest)))
        rest = {"after": "draft", "hash": digest, "from": row.hash, "rules": ["QH-17a", "INV-16"]}
        await _say(db, clock, version, "edit_version", person, rest)
        return _view(await _row(db, version))


async def discard(database: Database, clock: Clock, version: str, reason: str, person: str) -> str:
    """Give up a draft for a reason: `discarded`, or `unknown`, `not_draft`."""
    async with database.write.begin() as db:
        row = await _row(db, version, lock=True)
        if row is None:
            return "unknown"
        if row.status != "draft":
            return "not_draft"
        await db.execute(update(SCHEME).where(SCHEME.c.id == version).values(status="discarded"))
        rest = {"before": "draft", "after": "discarded", "form": {"text": reason}, "rules": ["QH-17a", "INV-16"]}
        await _say(db, clock, version, "discard_version", person, rest)
        return "discarded"


async def publish(database: Database, clock: Clock, version: str, person: str) -> str | list[Problem]:
    """Publish a draft: `published`, or why not (`unknown`, `not_draft`, `same_person`, or what is wrong with it)."""
    async with database.write.begin() as db:
        row = await _row(db, version, lock=True)
        if row is None:
            return "unknown"
        if row.status != "draft":
            return "not_draft"
        if person in {row.drafted_by, *await _editors(db, version)}:
            await _refuse(db, clock, version, "publish_version", person, ["INV-20"])
            return "same_person"
        kept = await calendars.kept(db)
        if faults := await asyncio.to_thread(_faults, row.definition, kept):  # a large one takes a second
            await _refuse(db, clock, version, "publish_version", person, [one.rule for one in faults])
            return faults
        values = {"status": "published", "published_by": person, "published_at": await clock.now(db)}
        await db.execute(update(SCHEME).where(SCHEME.c.id == version).values(**values))
        rest = {"before": "draft", "after": "published", "hash": row.hash, "rules": ["QH-18a", "INV-20", "INV-30"]}
        await _say(db, clock, version, "publish_version", person, rest)
        return "published"


def _faults(definition: Mapping[str, Any], kept: set[str]) -> list[Problem]:
    drafted = loader.load(definition)
    return [*problems(drafted), *calendar_problems(drafted, kept, blocks=True)]


async def retire(database: Database, clock: Clock, version: str, person: str) -> tuple[str, Any]:
    """Ask for the retirement of a published version, or confirm what another person has asked for.

    `retired`, `proposed` with the ID of the proposal, or why not: `unknown`, `not_published`, `same_person` with
    the proposal, `in_use` with the IDs of what runs under it.
    """
    async with database.write.begin() as db:
        row = await _row(db, version, lock=True)
        if row is None or row.status not in ("published", "retired"):
            return ("not_published" if row else "unknown"), None
        if row.status == "retired":
            return "retired", None
        runs = THING.c.machine.in_(RUNS_UNDER) & (THING.c.scheme == version) & THING.c.ended.is_(False)
        if using := (await db.execute(select(THING.c.id).where(runs).order_by(THING.c.id))).scalars().all():
            await _refuse(db, clock, version, RETIRE, person, ["GAP-SX-10"])
            return "in_use", list(using)
        mine = and_(PROPOSAL.c.thing == version, PROPOSAL.c.event == RETIRE, PROPOSAL.c.status == "open")
        first = (await db.execute(select(PROPOSAL).where(mine).with_for_update())).first()
        if first is None:
            return "proposed", await _propose(db, clock, version, person)
        if first.author == person:
            return "same_person", first.id
        await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == first.id).values(status="confirmed"))
        await db.execute(update(SCHEME).where(SCHEME.c.id == version).values(status="retired"))
        rules = ["GAP-SX-10", "INV-16", "INV-20"]
        rest = {"before": "published", "after": "retired", "proposed_by": first.author, "rules": rules}
        await _say(db, clock, version, RETIRE, person, rest)
        return "retired", None


async def _propose(db: AsyncConnection, clock: Clock, version: str, person: str) -> str:
    proposal = uuid.uuid4().hex
    values = {"thing": version, "event": RETIRE, "form": {}, "author": person, "state": "published", "status": "open"}
    await db.execute(insert(PROPOSAL).values(id=proposal, at=await clock.now(db), **values))
    rest = {"proposal": proposal, "rules": ["INV-20"]}
    await _say(db, clock, version, RETIRE, person, rest, result="proposed")
    return proposal


# ------------------------------------------------------------------------------------------------- reading


async def listed(database: Database) -> list[View]:
    """Every version, by key and version, without the definitions."""
    async with database.read.connect() as db:
        rows = (await db.execute(select(SCHEME).order_by(SCHEME.c.key, SCHEME.c.at))).all()
    return [_view(row) for row in rows]


async def whole(database: Database, version: str) -> View | None:
    """A version with its definition."""
    async with database.read.connect() as db:
        row = await _row(db, version)
    return {**_view(row), "definition": row.definition} if row else None


async def scheme(database: Database, version: str) -> Scheme | None:
    """The scheme of a version."""
    found = await whole(database, version)
    return loader.load(found["definition"]) if found else None


async def named(database: Database, name: str) -> View | None:
    """The version of that ID, of `key@1.0.0`, or the one of that key that was published last."""
    key, _, number = name.partition("@")
    by = [SCHEME.c.id == name] if not number else []
    by.append(and_(SCHEME.c.key == key, SCHEME.c.version == number if number else SCHEME.c.status == "published"))
    async with database.read.connect() as db:
        for condition in by:
            query = (
                select(SCHEME).where(condition, SCHEME.c.status != "discarded").order_by(SCHEME.c.published_at.desc())
            )
            if (row := (await db.execute(query)).first()) is not None:
                return {**_view(row), "definition": row.definition}
    return None


async def running(database: Database, version: str) -> dict[str, int]:
    """How many things of each machine go on under a version and keep it: cases, titles and so on."""
    query = (
        select(THING.c.machine, func.count().label("things"))
        .where(
            THING.c.scheme == version,
            THING.c.ended.is_(False),
            THING.c.machine.in_(("case", "designation", *RUNS_UNDER)),
        )
        .group_by(THING.c.machine)
    )
    async with database.read.connect() as db:
        return {row.machine: row.things for row in await db.execute(query)}


# ------------------------------------------------------------------------------------------------- helpers


async def _one_at_a_time(db: AsyncConnection) -> None:
    """Keys and numbers of versions are looked up before they are taken: one after the other takes them."""
    await db.execute(select(INSTALLATION.c.id).with_for_update())


def _same(scheme: Scheme) -> Any:
    return (SCHEME.c.key == scheme.key) & (SCHEME.c.version == scheme.version) & (SCHEME.c.status != "discarded")


async def _owner(db: AsyncConnection, key: str) -> str | None:
    """The region that used a key first; what was discarded does not count."""
    query = select(SCHEME.c.region).where(SCHEME.c.key == key, SCHEME.c.status != "discarded").order_by(SCHEME.c.at)
    return (await db.execute(query.limit(1))).scalar()


async def _editors(db: AsyncConnection, version: str) -> set[str]:
    query = select(AUDIT.c.person).where(
        AUDIT.c.chain == version, AUDIT.c.event.in_(EDITS), AUDIT.c.result == "applied"
    )
    return set((await db.execute(query)).scalars())


async def _row(db: AsyncConnection, version: str, *, lock: bool = False) -> Any:
    query = select(SCHEME).where(SCHEME.c.id == version)
    return (await db.execute(query.with_for_update() if lock else query)).one_or_none()


def _content(scheme: Scheme, digest: str) -> dict[str, Any]:
    return {"key": scheme.key, "version": scheme.version, "hash": digest, "effective_from": scheme.effective_from,
            "definition": loader.dump(scheme)}  # fmt: skip


async def _say(
    db: AsyncConnection,
    clock: Clock,
    version: str,
    event: str,
    person: str,
    rest: Mapping[str, Any],
    *,
    result: str = "applied",
) -> None:
    line = audit.Line(version, version, event, person, result, {"machine": "scheme_version", **rest})
    await audit.append(db, await clock.now(db), [line])


async def _refuse(db: AsyncConnection, clock: Clock, version: str, event: str, person: str, rules: list[str]) -> None:
    await _say(db, clock, version, event, person, {"rules": list(dict.fromkeys(rules))}, result="refused")


def _view(row: Any) -> View:
    return {
        "id": row.id, "key": row.key, "version": row.version, "region": row.region, "status": row.status,
        "hash": row.hash, "draftedBy": row.drafted_by, "publishedBy": row.published_by,
        "effectiveFrom": row.effective_from.isoformat() if row.effective_from else None,
    }  # fmt: skip
