"""Bulk work that never crosses Temporal: ratings, survey answers, evidence; and what is personal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class RatingRow(SQLModel, table=True):
    """One person's rating of one indicator, on a stage run or an evaluation. `value` is an exact decimal."""

    __tablename__ = "rating"

    thing: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    value: str | None = None
    reason: str | None = None
    revision: int = 1
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class AnswerRow(SQLModel, table=True):
    """One respondent's answers to a survey, by the hash of the respondent's code."""

    __tablename__ = "answer"

    survey: str = Field(primary_key=True)
    respondent: str = Field(primary_key=True)
    stratum: str = ""
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class EvidenceRow(SQLModel, table=True):
    """A file or an address that supports a statement. `sha256` is that of the stored bytes."""

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


class PersonalRow(SQLModel, table=True):
    """What identifies a natural person, kept apart so that it can be erased; elsewhere only its hash stands."""

    __tablename__ = "personal"

    reference: str = Field(primary_key=True)
    thing: str = Field(index=True)
    value: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
