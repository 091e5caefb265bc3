"""What Alembic runs for every command. It configures no logging: that belongs to the process.

`service.records.migrate` hands in a connection that holds the lock. Without one (`alembic revision
--autogenerate`, run by a developer) the database of the settings is used.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel import AutoString

from service.records.migrate import locked
from service.records.rows import THING
from service.records.tables.kinds import Instant
from service.settings import Settings


def as_plain_sql(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Revisions name SQL types only: a revision must mean the same after our own types have changed."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=THING.metadata,
        render_item=as_plain_sql,
        # SQLite alters a column by copying its table; PostgreSQL ignores this.
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with locked(Settings().url) as opened:
        _run(opened)
