"""Who there is: jurisdictions, organizations, persons, and the roles they hold."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel


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
