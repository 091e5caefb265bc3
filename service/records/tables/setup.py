"""The installation itself and the schemes it runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class InstallationRow(SQLModel, table=True):
    """One row: which clock this installation was created with. `now` is null on the real clock."""

    __tablename__ = "installation"

    id: int = Field(default=1, primary_key=True)
    movable: bool = False
    now: datetime | None = Field(default=None, sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SchemeRow(SQLModel, table=True):
    """A version of a scheme. Once published, its definition never changes; `hash` proves it."""

    __tablename__ = "scheme"

    id: str = Field(primary_key=True)
    key: str = Field(index=True)
    version: str
    region: str
    status: str
    hash: str
    effective_from: date | None = None
    drafted_by: str
    published_by: str | None = None
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    definition: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
