"""What events entail outside the files: appraisal points, priorities, commendations, criticism."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel


class ConsequenceRow(SQLModel, table=True):
    """One entry for one subject or unit. It is never deleted: what ends it is written beside it (GAP-QH-15).

    `amount` is an exact text, null for a flag. What the authority grants on a flag is `granted` (null again where
    it grants something that is no number), with its document.
    """

    __tablename__ = "consequence"
    __table_args__ = (
        Index("consequence_by_subject", "subject", "scheme_key"),
        Index("consequence_by_year", "year", "effect"),
    )

    id: str = Field(primary_key=True)
    scheme: str
    scheme_key: str
    chain: str
    machine: str
    thing: str = Field(index=True)
    track: str | None = None
    subject: str
    organization: str
    region: str
    effect: str
    amount: str | None = None
    cause: str
    removed_on: str | None = None
    rules: list[str] = Field(sa_column=Column(JSON, nullable=False))
    year: int
    from_day: date
    ended_on: date | None = None
    ended_by: str | None = None
    revision: int = 1
    granted: str | None = None
    document: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    granted_by: str | None = None
    granted_on: date | None = None
