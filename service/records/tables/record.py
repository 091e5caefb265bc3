"""What was asked and what came of it: commands, proposals, the audit chain, follow-ups, the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant

_WAITS = text("done_at IS NULL")
"""Few of all follow-ups wait, and they are looked for all the time: their index holds no others."""


class CommandRow(SQLModel, table=True):
    """A command by its key, once for each principal: what was asked and the first answer.

    `status`: `received` (kept here first, still to be carried out), `done`, or `void` (told 503: never taken).
    """

    __tablename__ = "command"
    __table_args__ = (Index("command_by_status", "status", "at"),)

    principal: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    status: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    payload: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


class ProposalRow(SQLModel, table=True):
    """The first half of an act of two persons. It lapses when the thing's state changes (INV-20)."""

    __tablename__ = "proposal"

    id: str = Field(primary_key=True)
    thing: str = Field(index=True)
    event: str
    form: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str
    state: str
    """The state of the thing when it was proposed."""
    status: str
    """open, confirmed, withdrawn or void"""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class AuditRow(SQLModel, table=True):
    """One entry of a chain. `hash` covers the entry and the hash before it, so nothing can be changed unseen."""

    __tablename__ = "audit"

    chain: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    thing: str = Field(index=True)
    event: str
    person: str
    result: str
    entry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    hash: str


class ChainRow(SQLModel, table=True):
    """The head of a chain: the number and hash of its last entry."""

    __tablename__ = "chain"

    id: str = Field(primary_key=True)
    seq: int
    hash: str


class FollowUpRow(SQLModel, table=True):
    """What must happen in another owner because of a commit. Its key is `owner:revision:turn:n`: it happens once."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("follow_up_to_do", "owner", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("follow_up_by_outcome", "outcome", "at"),
    )

    id: str = Field(primary_key=True)
    owner: str
    machine: str
    event: str
    thing: str
    parent: str | None = None
    form: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    outcome: str | None = None
    """done, refused or gone, once it was answered; `settled` once a person has looked after a refused one"""


class OutboxRow(SQLModel, table=True):
    """What a commit has to tell: its events, and (until `adopted`) a wake-up for the workflow of the owner."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_to_adopt", "adopted", "at"),)

    id: str = Field(primary_key=True)
    owner: str
    machine: str
    revision: int
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    """The time of the machine, not of the business clock: a wake-up waits real seconds."""
    events: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    adopted: bool = False
    position: int | None = Field(default=None, index=True)
