"""What identifies a natural person leaves the form before it travels: SQL keeps it, the form keeps its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.machine import Machine
from service.records.rows import PERSONAL

MARK = "personal:"


async def set_apart(
    db: AsyncConnection, at: datetime, machine: Machine, thing: str, event: str, form: dict[str, Any]
) -> dict[str, Any]:
    """The form with each personal part replaced by a salted hash, under which its value is stored."""
    parts = {p.name for m in machine.events.get(event, ()) for p in m.form.parts if p.personal}
    kept = dict(form)
    for name in sorted(parts & form.keys()):
        value = form[name]
        if not isinstance(value, str) or value.startswith(MARK):
            continue
        reference = MARK + hashlib.sha256((secrets.token_hex(16) + value).encode()).hexdigest()
        await db.execute(insert(PERSONAL).values(reference=reference, thing=thing, value=value, at=at))
        kept[name] = reference
    return kept


async def told(db: AsyncConnection, reference: str) -> str | None:
    """The value behind a reference, or None once it has been erased."""
    query = select(PERSONAL.c.value).where(PERSONAL.c.reference == reference)
    return (await db.execute(query)).scalar_one_or_none()
