"""What events entailed: the entries, the appraisal of a year summed from them, and what the authority grants."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.bodies import Body
from api.context import SEEN, Caller, InHouse, Key, Seen, must_hold
from api.problems import Problem
from service.contracts import Command, Result
from service.domain.dates.calendar import today as on_day
from service.domain.forms import YEARS, number
from service.records import audit, consequences, inbox, schemes

routes = APIRouter(prefix="/api/v1", tags=["consequences"])
GRANTED = {"bonus": True, "deduction": True, "funding": True, "commendation": False}
"""What an authority can grant, and whether that takes an amount."""
RULES = ["HY-W2d", "QH-16a", "QH-11f", "GAP-QH-15"]
Limit = Annotated[int, Query(ge=1, le=200)]
Year = Annotated[int, Query(ge=YEARS[0], le=YEARS[-1])]
Word = Annotated[str | None, Query(max_length=200)]


class Document(Body):
    """The document on which something is granted."""

    issuer: str = Field(min_length=1, max_length=300)
    number: str = Field(min_length=1, max_length=100)
    date: date


class Grant(Body):
    """What is granted where the scheme names no amount: an exact decimal as a string, and the document."""

    amount: str | None = Field(default=None, max_length=40, examples=["50000"])
    document: Document


@routes.get("/consequences", summary="Bonus, priority, commendation, funding, criticism: every entry")
async def listed(
    here: InHouse, who: Caller, subject: Word = None, organization: Word = None, year: Year | None = None,
    effect: Word = None, scheme: Word = None, in_force: bool | None = None, cursor: str | None = None,
    limit: Limit = 50,
) -> JSONResponse:  # fmt: skip
    filters = consequences.Filters(subject, organization, year, effect, scheme, in_force)
    after = _after(cursor)
    async with here.database.read.connect() as db:
        found, more = await consequences.page(db, who, filters, (_day(after[0]), after[1]) if after else None, limit)
    following = _cursor(found[-1].from_day.isoformat(), found[-1].id) if more else None
    return JSONResponse({"items": [_view(row) for row in found], "hasMore": more, "next": following})


@routes.get("/consequences/{entry}", summary="One entry")
async def read(entry: str, here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.read.connect() as db:
        row = await consequences.one(db, who, entry)
    if row is None:
        raise Problem("not_found")
    return JSONResponse(_view(row), headers={"ETag": f'"{row.revision}"'})


@routes.get("/appraisals", summary="The appraisal of a year: exact sums by subject and unit, flags beside them")
async def appraised(
    here: InHouse, who: Caller, year: Year, subject: Word = None, organization: Word = None, scheme: Word = None,
    cursor: str | None = None, limit: Limit = 50,
) -> JSONResponse:  # fmt: skip
    filters = consequences.Filters(subject, organization, year, scheme=scheme)
    async with here.database.read.connect() as db:
        found, more = await consequences.appraisals(db, who, filters, _after(cursor), limit)
    items = [
        {
            "subject": one.subject, "organization": one.organization, "year": year, "points": format(one.points, "f"),
            "counted": [_view(r) for r in one.counted], "flags": [_view(r) for r in one.flags],
            "ended": [_view(r) for r in one.ended],
        }
        for one in found
    ]  # fmt: skip
    following = _cursor(found[-1].subject, found[-1].organization) if more else None
    return JSONResponse({"items": items, "hasMore": more, "next": following})


@routes.post(
    "/consequences/{entry}/grant",
    summary="Record what is granted, with its document, where the scheme names no amount",
    openapi_extra={**SEEN, "x-required-roles": ["authority"], "x-rule-ids": RULES},
)
async def grant(entry: str, body: Grant, here: InHouse, who: Caller, seen: Seen, key: Key = None) -> JSONResponse:
    if not key:
        raise Problem("key_missing")
    form = body.model_dump(mode="json", exclude_none=True)
    asked = hashlib.sha256(json.dumps([entry, form], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    command = Command(key, who.person, "consequence", entry, "grant_consequence", "", body_hash=asked)
    async with here.database.write.begin() as db:
        row = await consequences.one(db, who, entry, lock=True)
        if row is None:
            raise Problem("not_found")
        if (first := await inbox.seen_before(db, command)) is None:
            version, now = await schemes.version(db, row.scheme), await here.clock.now(db)
            roles = version.scheme.concrete_roles("authority") if version else ()
            must_hold(who, *roles, region=row.region)
            today = on_day(now)
            _check(row, body, seen, today)
            await consequences.grant(db, row, {
                "granted": body.amount, "document": form["document"], "granted_by": who.person, "granted_on": today,
            })  # fmt: skip
            rest = {"machine": "consequence", "rules": row.rules, "form": form}
            await audit.append(db, now, [audit.Line(row.chain, entry, command.event, who.person, "applied", rest)])
            await inbox.remember(db, command, Result("done", entry, "consequence", "", row.revision + 1), exists=False)
        elif first.status != "done":
            raise Problem("other_body")
        row = await consequences.one(db, who, entry)
    return JSONResponse(_view(row), headers={"ETag": f'"{row.revision}"'})


def _check(row: Any, body: Grant, seen: int | None, today: date) -> None:
    """What may be granted on an entry, by somebody who saw how it stands."""
    if seen is None:
        raise Problem("precondition")
    if seen != row.revision:
        raise Problem("stale", revision=row.revision)
    if row.effect not in GRANTED or row.amount is not None or not consequences.counts(row):
        zh, en = (
            "该项无须核定：已有数额、仅为标记或已终止",
            "nothing to grant: it has an amount, is a mere flag, or has ended",
        )
        raise Problem("guard", errors=[{"code": "can_be_granted", "zh": zh, "en": en}], rules=row.rules)
    if body.amount is None and GRANTED[row.effect]:
        raise _wrong("/amount", "缺少数额", "the amount is missing")
    if body.amount is not None and (number(body.amount) or Decimal(body.amount) <= 0):
        raise _wrong("/amount", "应为正的十进制数（以文字给出）", "must be a decimal above zero, given as a string")
    if body.document.date > today or body.document.date.year not in YEARS:
        raise _wrong("/document/date", "不得晚于今天", "must not lie in the future")


def _wrong(pointer: str, zh: str, en: str) -> Problem:
    return Problem("form", errors=[{"pointer": pointer, "code": "grant", "zh": zh, "en": en}], rules=RULES)


def _view(row: Any) -> dict[str, Any]:
    """An entry: what it is worth, from when, and since when no longer. `counts`: whether its year still has it."""
    shown = (
        "id",
        "scheme",
        "subject",
        "organization",
        "region",
        "effect",
        "cause",
        "rules",
        "year",
        "thing",
        "machine",
    )
    return {
        **{name: getattr(row, name) for name in shown},
        "case": row.chain,
        "amount": consequences.worth(row),
        "fromDay": row.from_day.isoformat(),
        "endedOn": row.ended_on.isoformat() if row.ended_on else None,
        "endedBy": row.ended_by,
        "inForce": row.ended_on is None,
        "counts": consequences.counts(row),
        "revision": row.revision,
        "granted": None if row.granted_by is None else {
            "amount": row.granted, "document": row.document, "by": row.granted_by, "on": row.granted_on.isoformat(),
        },
        "self": f"/api/v1/consequences/{row.id}",
    }  # fmt: skip


def _cursor(first: str, second: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([first, second]).encode()).decode()


def _after(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    good = (
        isinstance(found, list) and len(found) == 2 and all(isinstance(one, str) and "\0" not in one for one in found)
    )
    if not good:
        raise _no_cursor()
    return found[0], found[1]


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise _no_cursor() from error


def _no_cursor() -> Problem:
    return Problem("malformed", errors=[{"pointer": "/cursor", "zh": "游标有误", "en": "not a cursor"}])
