"""Who there is: jurisdictions, organizations, persons and the roles they hold; offices, bodies and who answers for what.

A day lies within a row when it is neither before `from_day` nor after `to_day` (null: no end).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.records.tables.kinds import Instant


class JurisdictionRow(SQLModel, table=True):
    """A jurisdiction. `path` is the chain of codes from the nation down, such as `cn/sn/yulin/jiaxian`."""

    __tablename__ = "jurisdiction"

    code: str = Field(primary_key=True)
    path: str = Field(unique=True)
    level: str
    zh: str
    en: str = ""


class OrganizationRow(SQLModel, table=True):
    """A government, department, office or evaluator."""

    __tablename__ = "organization"

    id: str = Field(primary_key=True)
    zh: str
    en: str = ""
    jurisdiction: str = Field(index=True)


class PersonRow(SQLModel, table=True):
    """A local account. `secret` is a password hash; empty: this person signs in elsewhere (OIDC) by `id`."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    name: str
    secret: str = ""
    active: bool = True


class RoleRow(SQLModel, table=True):
    """A role held by a person for a scope (`region:PATH`, `organization:ID`, `case:ID`) from and to a day."""

    __tablename__ = "role"

    person: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    from_day: date | None = None
    to_day: date | None = None


class OfficeRow(SQLModel, table=True):
    """A named office of an organization."""

    __tablename__ = "office"

    id: str = Field(primary_key=True)
    organization: str = Field(index=True)
    zh: str
    en: str = ""
    from_day: date
    to_day: date | None = None


class BodyRow(SQLModel, table=True):
    """A leading group or task force of a file `of` (a case, a batch, a plan), and the groups of indicators it has."""

    __tablename__ = "body"

    id: str = Field(primary_key=True)
    of: str = Field(index=True)
    kind: str
    name: str
    groups: list[str] = Field(sa_column=Column(JSON, nullable=False))
    from_day: date
    to_day: date | None = None


class PostRow(SQLModel, table=True):
    """Who holds a post of a body, an office or a responsibility (`of`): head, lead_unit, liaison, member, owner."""

    __tablename__ = "post"

    of: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    holder: str = Field(primary_key=True, index=True)
    from_day: date = Field(primary_key=True)
    to_day: date | None = None


class ResponsibilityRow(SQLModel, table=True):
    """An office that answers for an indicator, a group of indicators or a task (`what`) of a file."""

    __tablename__ = "responsibility"

    of: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    office: str = Field(primary_key=True)
    from_day: date = Field(primary_key=True)
    to_day: date | None = None


class HandoverRow(SQLModel, table=True):
    """One person's work passes to another from a day (INV-32), within a file (`of`) or with the roles named.

    `done_at` is null until the open work has been moved: never before that day.
    """

    __tablename__ = "handover"

    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    successor: str
    day: date
    of: str | None = Field(default=None, index=True)
    roles: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    reason: str
    by: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class MergerRow(SQLModel, table=True):
    """Organizations that merge into another from a day. `status`: proposed, confirmed, withdrawn.

    `done_at` is null until what was open has passed to the successor; `moved` are the cases and titles that did.
    """

    __tablename__ = "merger"

    id: str = Field(primary_key=True)
    into: str
    day: date
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    organizations: list[str] = Field(sa_column=Column(JSON, nullable=False))
    moved: list[str] = Field(sa_column=Column(JSON, nullable=False))
    status: str
    author: str
    second: str | None = None
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class MergedRow(SQLModel, table=True):
    """An organization that has a successor from a day on: what a confirmed merger says of each."""

    __tablename__ = "merged"

    organization: str = Field(primary_key=True)
    into: str
    day: date
    merger: str
