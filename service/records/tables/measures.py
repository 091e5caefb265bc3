"""What measured values are compared with and nobody in the file measures: references of a batch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class ReferenceRow(SQLModel, table=True):
    """A reference of a batch, such as the national mean of the year before, with where it was read."""

    __tablename__ = "reference"

    batch: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    source: str
    person: str
    revision: int = 1
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
