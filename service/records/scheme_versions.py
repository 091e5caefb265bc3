"""Versions of schemes: drafted by one person, published by another, never changed after that."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from service.clock import Clock
from service.records import audit
from service.records.database import Database
from service.records.rows import SCHEME
from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.problem import Problem
from service.schemes.release import not_run_yet
from service.schemes.validator import problems


async def add(database: Database, clock: Clock, scheme: Scheme, region: str, person: str) -> dict[str, Any] | None:
    """Keep a draft. None: this version of the scheme exists with another content."""
    digest = loader.content_hash(scheme)
    async with database.write.begin() as db:
        same = (SCHEME.c.key == scheme.key) & (SCHEME.c.version == scheme.version) & (SCHEME.c.status != "discarded")
        before = (await db.execute(select(SCHEME).where(same))).one_or_none()
        if before is not None:
            return _view(before) if (before.hash, before.region) == (digest, region) else None
        version = uuid.uuid4().hex
        row = {
            "id": version, "key": scheme.key, "version": scheme.version, "region": region, "status": "draft",
            "hash": digest, "effective_from": scheme.effective_from, "drafted_by": person, "at": datetime.now(UTC),
            "definition": loader.dump(scheme),
        }  # fmt: skip
        await db.execute(insert(SCHEME).values(**row))
        rest = {"machine": "scheme_version", "after": "draft", "hash": digest, "rules": ["QH-17a"]}
        line = audit.Line(version, version, "draft_version", person, "applied", rest)
        await audit.append(db, await clock.now(db), [line])
        return _view((await db.execute(select(SCHEME).where(SCHEME.c.id == version))).one())


async def publish(database: Database, clock: Clock, scheme_id: str, person: str) -> str | list[Problem]:
    """Publish a draft: `published`, or why not (`unknown`, `not_draft`, `same_person`, or what is wrong with it)."""
    async with database.write.begin() as db:
        row = (await db.execute(select(SCHEME).where(SCHEME.c.id == scheme_id).with_for_update())).one_or_none()
        if row is None:
            return "unknown"
        if row.status != "draft":
            return "not_draft"
        if row.drafted_by == person:
            return "same_person"
        drafted = loader.load(row.definition)
        if faults := [*problems(drafted), *not_run_yet(drafted)]:
            return faults
        now = await clock.now(db)
        mine = SCHEME.c.id == scheme_id
        await db.execute(update(SCHEME).where(mine).values(status="published", published_by=person, published_at=now))
        rest = {
            "machine": "scheme_version",
            "after": "published",
            "hash": row.hash,
            "rules": ["QH-18a", "INV-30"],
        }
        await audit.append(db, now, [audit.Line(scheme_id, scheme_id, "publish_version", person, "applied", rest)])
        return "published"


async def listed(database: Database) -> list[dict[str, Any]]:
    """Every version, by key and version, without the definitions."""
    async with database.read.connect() as db:
        rows = (await db.execute(select(SCHEME).order_by(SCHEME.c.key, SCHEME.c.at))).all()
    return [_view(row) for row in rows]


async def whole(database: Database, scheme_id: str) -> dict[str, Any] | None:
    """A version with its definition."""
    async with database.read.connect() as db:
        row = (await db.execute(select(SCHEME).where(SCHEME.c.id == scheme_id))).one_or_none()
    return {**_view(row), "definition": row.definition} if row else None


async def scheme(database: Database, scheme_id: str) -> Scheme | None:
    """The scheme of a version."""
    found = await whole(database, scheme_id)
    return loader.load(found["definition"]) if found else None


def _view(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "key": row.key, "version": row.version, "region": row.region, "status": row.status,
        "hash": row.hash, "draftedBy": row.drafted_by, "publishedBy": row.published_by,
        "effectiveFrom": row.effective_from.isoformat() if row.effective_from else None,
    }  # fmt: skip
