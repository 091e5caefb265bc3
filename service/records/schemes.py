"""Published schemes: stored as the canonical definition with its hash, read once, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.records.rows import SCHEME
from service.schemes import loader
from service.schemes.model import Scheme


@dataclass(frozen=True)
class Version:
    """A version of a scheme as the record has it."""

    id: str
    key: str
    region: str
    status: str
    effective_from: date | None
    scheme: Scheme

    @property
    def facts(self) -> dict[str, Any]:
        """What guards may ask of the version (`needs="version"`)."""
        begins = self.effective_from.isoformat() if self.effective_from else None
        return {"status": self.status, "effective_from": begins}


_PUBLISHED: dict[str, Version] = {}


async def version(db: AsyncConnection, scheme_id: str) -> Version | None:
    """The version of that ID. A published one never changes, so it is read once for each process."""
    if found := _PUBLISHED.get(scheme_id):
        return found
    row = (await db.execute(select(SCHEME).where(SCHEME.c.id == scheme_id))).one_or_none()
    if row is None:
        return None
    read = Version(row.id, row.key, row.region, row.status, row.effective_from, loader.load(row.definition))
    if row.status == "published":
        _PUBLISHED[scheme_id] = read
    return read


def forget() -> None:
    """Forget what was read: a version was retired, or a test starts over on another database."""
    _PUBLISHED.clear()
