"""Everything that has a state, and the dated duties of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant

_COUNTED = text("done_at IS NULL AND counted_from IS NOT NULL")


class ThingRow(SQLModel, table=True):
    """One row for each thing of each machine: where it stands and what it says of itself.

    `owner` serves it, `parent` is what it belongs to, `chain` the file of its audit entries, `natural` what
    may exist only once. `region` is the path of its jurisdiction, such as `cn/sn/yulin`.
    """

    __tablename__ = "thing"
    __table_args__ = (
        Index("thing_by_machine", "machine", "ended", "id"),
        Index("thing_by_state", "machine", "state", "id"),
        Index("thing_by_region", "machine", "region", "id"),
    )

    id: str = Field(primary_key=True)
    machine: str
    state: str
    revision: int
    owner: str = Field(index=True)
    parent: str | None = Field(default=None, index=True)
    chain: str = Field(index=True)
    scheme: str
    batch: str | None = Field(default=None, index=True)
    track: str | None = None
    subject: str = Field(default="", index=True)
    organization: str = ""
    region: str = ""
    natural: str | None = Field(default=None, unique=True)
    ended: bool = False
    number: int = 0
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ListedRow(SQLModel, table=True):
    """What a list or a naming decision says of one case: the file of the case reads this row, not the whole list.

    It says nothing that does not stand in the `data` of the thing, with which it is written.
    """

    __tablename__ = "listed"

    file: str = Field(primary_key=True)
    thing: str = Field(primary_key=True, index=True)
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class DutyRow(SQLModel, table=True):
    """A dated duty. `due_on` is a local day (null: pending); `ring_at` is when the alarm next acts on it.

    What rests on the official calendar keeps how it was counted (`counted_from` not null), and is planned anew on a
    later one: few of all duties, so they have an index of their own.
    """

    __tablename__ = "duty"
    __table_args__ = (
        Index("duty_by_ring", "ring_at"),
        Index("duty_by_due", "done_at", "due_on"),
        Index("duty_counted", "calendar", "owner", sqlite_where=_COUNTED, postgresql_where=_COUNTED),
    )

    id: str = Field(primary_key=True)
    owner: str = Field(index=True)
    thing: str = Field(index=True)
    key: str
    due_on: date | None = None
    first_due_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ring_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    wording: str = ""
    calendar: str = ""
    unit: str = ""
    person: str = ""
    extensions: int = 0
    overdue: bool = False
    stands_still_since: date | None = None
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    counted_from: date | None = None
    working_days: int = 0
    off_day: str = "none"
    moved_days: int = 0
