"""The official calendars: which days of which year differ from their weekday, by which notice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class CalendarRow(SQLModel, table=True):
    """A calendar: who keeps it, and its present version, which is another whenever a year of it is published."""

    __tablename__ = "calendar"

    id: str = Field(primary_key=True)
    region: str
    version: str


class CalendarVersionRow(SQLModel, table=True):
    """A year of a calendar, as some notice gave it. What was published never changes; it is superseded.

    `status`: draft, provisional (nobody has published the year yet, but dates rest on it), published, superseded or
    discarded. `confirm_by` and `overdue` are the alarm of a provisional year.
    """

    __tablename__ = "calendar_version"
    __table_args__ = (
        Index(
            "calendar_in_force", "calendar", "year", "status", unique=True,
            sqlite_where=text("status IN ('draft', 'provisional', 'published')"),
            postgresql_where=text("status IN ('draft', 'provisional', 'published')"),
        ),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    calendar: str
    year: int
    status: str
    issuer: str = ""
    number: str = ""
    noticed_on: date | None = None
    url: str = ""
    authors: list[str] = Field(sa_column=Column(JSON, nullable=False))
    published_by: str | None = None
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    confirm_by: date | None = None
    reminded: bool = False
    overdue: bool = False
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CalendarDayRow(SQLModel, table=True):
    """A day that differs from its weekday: `holiday` or `workday`."""

    __tablename__ = "calendar_day"

    version: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str
    name: str
