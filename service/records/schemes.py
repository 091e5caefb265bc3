"""Schemes as they run: stored as the canonical definition with its hash, read once, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.facts import Facts
from service.records.rows import SCHEME, THING
from service.schemes import loader
from service.schemes.model import Scheme


@dataclass(frozen=True)
class Version:
    """A version of a scheme as the record has it."""

    id: str
    region: str
    scheme: Scheme


FIXED = frozenset({"published", "retired"})
"""The definition of such a version never changes."""
_READ: dict[str, Version] = {}


async def version(db: AsyncConnection, scheme_id: str) -> Version | None:
    """The version of that ID. Its definition is fixed once it is published, so it is read once for each process."""
    if found := _READ.get(scheme_id):
        return found
    row = (await db.execute(select(SCHEME).where(SCHEME.c.id == scheme_id))).one_or_none()
    if row is None:
        return None
    read = Version(row.id, row.region, loader.load(row.definition))
    if row.status in FIXED:
        _READ[scheme_id] = read
    return read


async def standing(db: AsyncConnection, scheme_id: str) -> dict[str, Any]:
    """What guards ask of a version (`needs="version"`), read anew: it may have been retired meanwhile."""
    query = select(SCHEME.c.status, SCHEME.c.effective_from).where(SCHEME.c.id == scheme_id)
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return {"status": "unknown", "effective_from": None}
    return {"status": row.status, "effective_from": row.effective_from.isoformat() if row.effective_from else None}


def of_the_programme(facts: Facts) -> ColumnElement[bool]:
    """Whether a thing stands under any version of the scheme that these facts are about."""
    return THING.c.scheme.in_(select(SCHEME.c.id).where(SCHEME.c.key == facts.scheme.key))


def forget() -> None:
    """Forget what was read: a test starts over on another database."""
    _READ.clear()
