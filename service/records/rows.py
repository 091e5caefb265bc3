"""The tables as SQLAlchemy sees them, and the way from rows to values of the domain and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Table
from sqlmodel import SQLModel

from service.domain.facts import Duty, Thing
from service.records.tables import calendars, measures, outside, parties, record, setup, things, work

_ALL = (calendars, measures, outside, parties, record, setup, things, work)  # importing them registers their tables
_TABLES: dict[str, Table] = dict(SQLModel.metadata.tables)

THING, DUTY, LISTED = _TABLES["thing"], _TABLES["duty"], _TABLES["listed"]
COMMAND, PROPOSAL, AUDIT, CHAIN = (_TABLES[n] for n in ("command", "proposal", "audit", "chain"))
FOLLOW_UP, OUTBOX = _TABLES["follow_up"], _TABLES["outbox"]
REFERENCE = _TABLES["reference"]
RATING, ANSWER, EVIDENCE, PERSONAL = (_TABLES[n] for n in ("rating", "answer", "evidence", "personal"))
JURISDICTION, ORGANIZATION, PERSON, ROLE = (_TABLES[n] for n in ("jurisdiction", "organization", "person", "role"))
OFFICE, BODY, POST, RESPONSIBILITY = (_TABLES[n] for n in ("office", "body", "post", "responsibility"))
HANDOVER, MERGER, MERGED = (_TABLES[n] for n in ("handover", "merger", "merged"))
CONSEQUENCE = _TABLES["consequence"]
CALENDAR, CALENDAR_VERSION, CALENDAR_DAY = (_TABLES[n] for n in ("calendar", "calendar_version", "calendar_day"))
SCHEME, INSTALLATION = _TABLES["scheme"], _TABLES["installation"]


def thing_of(row: Row[Any]) -> Thing:
    """A thing as the domain knows it."""
    return Thing(**row._mapping)


def duty_of(row: Row[Any]) -> Duty:
    """A duty as the domain knows it."""
    return Duty(**row._mapping)


def thing_values(thing: Thing) -> dict[str, Any]:
    """A thing as a row."""
    return {name: getattr(thing, name) for name in Thing.__slots__}


def duty_values(duty: Duty) -> dict[str, Any]:
    """A duty as a row."""
    return asdict(duty)
