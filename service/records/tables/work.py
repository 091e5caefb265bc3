"""Bulk work that never crosses Temporal: ratings, survey answers, evidence; and what is personal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class RatingRow(SQLModel, table=True):
    """One person's rating of one indicator, on a stage run or an evaluation. `value` is an exact decimal.

    `measured` maps metrics to values; `evidence` is a list of IDs, or of lists of them by set.
    """

    __tablename__ = "rating"

    thing: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    value: str | None = None
    reason: str | None = None
    revision: int = 1
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    measured: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    evidence: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class AnswerRow(SQLModel, table=True):
    """One respondent's answers to a survey, by the hash of the respondent's code."""

    __tablename__ = "answer"

    survey: str = Field(primary_key=True)
    respondent: str = Field(primary_key=True)
    stratum: str = ""
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class EvidenceRow(SQLModel, table=True):
    """A file or an address that supports a statement.

    `sha256` is that of the stored bytes, empty for an address, which has the day on which it was read. `status`: draft,
    submitted, locked, superseded, withdrawn. `external`: the issuer is another than who hands it in (null: not said).
    `locked_for` is the result that first relied on it, `struck` who found it false, when and on what basis.
    """

    __tablename__ = "evidence"

    id: str = Field(primary_key=True)
    chain: str = Field(index=True)
    name: str
    media_type: str
    size: int
    sha256: str = Field(index=True)
    issuer: str
    covers_from: date | None = None
    covers_to: date | None = None
    status: str = "submitted"
    person: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    address: str | None = None
    read_on: date | None = None
    external: bool | None = None
    superseded_by: str | None = None
    reason: str | None = None
    locked_for: str | None = None
    struck: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


class PersonalRow(SQLModel, table=True):
    """What identifies a natural person, kept apart so that it can be erased; elsewhere only its hash stands."""

    __tablename__ = "personal"

    reference: str = Field(primary_key=True)
    thing: str = Field(index=True)
    value: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
