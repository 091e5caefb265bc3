"""The official calendars: draft a year from its notice, see what it would move, publish it by a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.bodies import Body
from api.context import Caller, InHouse, must_hold, needs
from api.problems import Problem
from api.resources import url_of
from service.domain.dates import yearly_notice
from service.domain.dates.calendar import SpecialDay
from service.domain.dates.yearly_notice import Fault, Span
from service.domain.facts import Who
from service.domain.forms import YEARS
from service.records.calendars import alarm as calendar_alarm
from service.records.calendars import in_use as calendars
from service.records.calendars import versions as calendar_versions
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.table import read_csv

routes = APIRouter(prefix="/api/v1/calendars", tags=["calendars"])
KEEPER, APPROVER = "calendar_keeper", "calendar_approver"
COLUMNS = ("date", "kind", "name")
LONGEST_HOLIDAY = 60
"""Days; a longer one is a slip of the pen."""

Kind = Literal["holiday", "workday"]
Name = Annotated[str, Field(min_length=1, max_length=50)]
CALENDAR = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
Calendar = Annotated[str, Field(pattern=CALENDAR, max_length=64)]
Year = Annotated[int, Field(ge=YEARS.start + 1, lt=YEARS.stop)]


class Notice(Body):
    """The official notice. A draft may still lack some of it."""

    issuer: str = Field(default="", max_length=200)
    number: str = Field(default="", max_length=100)
    date: dt.date | None = None
    url: str = Field(default="", max_length=1000)

    def named(self) -> calendars.Notice:
        """The same for the record."""
        return calendars.Notice(self.issuer.strip(), self.number.strip(), self.date, self.url.strip())


class Day(Body):
    """A day that differs from its weekday."""

    date: dt.date
    kind: Kind
    name: Name


class Holiday(Body):
    """A holiday with all its days off, both ends included, weekends too."""

    name: Name
    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")


class MakeUpDay(Body):
    """A weekend that is worked."""

    date: dt.date
    name: Name


class Content(Body):
    """What a year of a calendar says: a table `date,kind,name`, or the days, or the holidays as the notice words them."""

    notice: Notice = Notice()
    csv: str | None = Field(default=None, max_length=100_000)
    days: list[Day] | None = Field(default=None, max_length=400)
    holidays: list[Holiday] | None = Field(default=None, max_length=50)
    makeUpDays: list[MakeUpDay] | None = Field(default=None, max_length=100)


class Draft(Content):
    """A year of a calendar to be drafted. `region` says where a new calendar is kept."""

    calendar: Calendar = "cn"
    year: Year
    region: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_./-]{0,199}$")


class Reason(Body):
    """Why a draft ends."""

    text: str = Field(min_length=4, max_length=10_000)


@routes.post("", status_code=201, summary="Draft a year from its official notice", openapi_extra=needs(KEEPER))
async def add(body: Draft, here: InHouse, who: Caller) -> JSONResponse:
    """INV-33: the draft changes nothing. The same draft again is answered alike."""
    region = await calendars.keeper_region(here.database, body.calendar) or body.region
    if region is None:
        zh, en = "新日历须写明由哪一地区管理", "a new calendar needs its region"
        raise Problem("invalid", errors=[{"pointer": "/region", "code": "region", "zh": zh, "en": en}])
    must_hold(who, KEEPER, region=region)
    year, said = calendars.Year(body.calendar, body.year), _sound(body, body.year)
    version = await calendar_versions.add(here.database, here.clock, year, region, said, who.person)
    if version is None:
        zh, en = "该年度已有草稿，请修改或作废该草稿", "there is a draft of this year: edit it, or discard it"
        raise Problem("conflict", errors=[{"code": "draft_exists", "zh": zh, "en": en}])
    return JSONResponse(version, 201, {"Location": f"/api/v1/calendars/{version['id']}"})


@routes.get("", summary="Every version of every year, with the provisional years in use")
async def listed(
    here: InHouse,
    who: Caller,
    calendar: Annotated[str | None, Query(pattern=CALENDAR, max_length=64)] = None,
    year: int | None = None,
) -> JSONResponse:
    if year is not None and year not in YEARS:
        return JSONResponse({"items": [], "hasMore": False})
    return JSONResponse({"items": await calendars.listed(here.database, calendar, year), "hasMore": False})


@routes.get("/{version}", summary="A version with its days")
async def read(version: str, here: InHouse, who: Caller) -> JSONResponse:
    return JSONResponse(await _found(here, version))


@routes.put("/{version}", summary="Replace what a draft says", openapi_extra=needs(KEEPER))
async def edit(version: str, body: Content, here: InHouse, who: Caller) -> JSONResponse:
    """Whoever edits a draft becomes one of its authors and cannot publish it."""
    found = await _kept_by(here, who, version, KEEPER)
    said = _sound(body, found["year"])
    _done(await calendar_versions.edit(here.database, here.clock, version, said, who.person))
    return JSONResponse(await _found(here, version))


@routes.post("/{version}/discard", summary="End a draft, with a reason", openapi_extra=needs(KEEPER))
async def discard(version: str, body: Reason, here: InHouse, who: Caller) -> JSONResponse:
    await _kept_by(here, who, version, KEEPER)
    _done(await calendar_versions.discard(here.database, here.clock, version, body.text, who.person))
    return JSONResponse({"id": version, "status": calendars.DISCARDED})


@routes.get(
    "/{version}/preview",
    summary="Every open duty whose date this version would move",
    openapi_extra=needs(KEEPER, APPROVER),
)
async def preview(version: str, here: InHouse, who: Caller) -> JSONResponse:
    """INV-33: what is closed stays and is not listed. `notices` counts the public notices among them."""
    await _kept_by(here, who, version, KEEPER, APPROVER)
    moves = await calendar_alarm.moves(here.database, here.clock, version)
    items = [_move(one) for one in moves or []]
    notices = sum(one["type"] == "public_notice" for one in items)
    return JSONResponse({"items": items, "hasMore": False, "notices": notices})


@routes.post(
    "/{version}/publish",
    summary="Publish a draft; it takes the place of the present version of its year",
    openapi_extra=needs(APPROVER),
)
async def publish(version: str, here: InHouse, who: Caller) -> JSONResponse:
    """INV-20, INV-33: by another person than its authors. Open working-day duties are then planned anew."""
    found = await _kept_by(here, who, version, APPROVER)
    outcome = await calendar_versions.publish(here.database, here.clock, version, who.person)
    if outcome == calendar_versions.SAME_PERSON:
        said = {"code": "two_persons", "zh": "须由另一人发布", "en": "another person must publish", "rules": ["INV-20"]}
        raise Problem("person", errors=[said], rules=["INV-20"])
    if isinstance(outcome, list):
        raise Problem("invalid", errors=_told(outcome), rules=["INV-33"])
    _done(outcome)
    open_duties = await calendar_alarm.to_plan_anew(here.database, found["calendar"])
    return JSONResponse({"id": version, "status": calendars.PUBLISHED, "dutiesToPlanAnew": open_duties})


def _sound(body: Content, year: int) -> calendars.Said:
    """What the body says, or everything that is wrong with it."""
    given = [one for one in (body.csv, body.days, body.holidays) if one is not None]
    if len(given) != 1 or (body.makeUpDays is not None and body.holidays is None):
        zh = "csv、days 与 holidays（可附 makeUpDays）须且只须给出一种"
        en = "give one of csv, days and holidays (with makeUpDays)"
        raise Problem("invalid", errors=[{"pointer": "/days", "code": "days", "zh": zh, "en": en}])
    days = sorted(_days(body, year), key=lambda one: one.date)
    if found := list(yearly_notice.faults(year, days)):
        raise Problem("invalid", errors=_told(found), rules=["INV-33"])
    return calendars.Said(body.notice.named(), days)


def _days(body: Content, year: int) -> list[SpecialDay]:
    if body.csv is not None:
        return _table(body.csv)
    if body.days is not None:
        return [SpecialDay(one.date, one.kind, one.name) for one in body.days]
    for place, one in enumerate(body.holidays or ()):
        if not 0 <= (one.last - one.first).days < LONGEST_HOLIDAY:
            zh, en = "放假起止日期有误", "the holiday does not end within sixty days after its beginning"
            raise Problem("invalid", errors=[{"pointer": f"/holidays/{place}", "code": "span", "zh": zh, "en": en}])
    spans = [Span(one.name, one.first, one.last) for one in body.holidays or ()]
    return yearly_notice.special_days(spans, [(one.date, one.name) for one in body.makeUpDays or ()])


def _table(text: str) -> list[SpecialDay]:
    try:
        rows = read_csv("csv", text.encode(), COLUMNS)
    except SchemeInvalid as error:
        raise Problem("invalid", errors=[_line(one.path, one.zh, one.en) for one in error.problems]) from error
    found = []
    for row in rows:
        try:
            day = Day.model_validate({name: row[name] for name in COLUMNS})
        except ValueError as error:
            zh, en = "应为 日期,holiday 或 workday,名称", "a row is: a date, holiday or workday, a name"
            raise Problem("invalid", errors=[_line(f"csv:{row.line}", zh, en)]) from error
        found.append(SpecialDay(day.date, day.kind, day.name))
    return found


def _line(place: str, zh: str, en: str) -> dict[str, Any]:
    return {"pointer": "/csv", "code": place, "zh": zh, "en": en}


def _told(found: Iterable[Fault]) -> list[dict[str, Any]]:
    return [
        {"pointer": "/days" if f.place is None else f"/days/{f.place}", "code": "calendar", "zh": f.zh, "en": f.en,
         "rules": ["INV-33"]}
        for f in found
    ]  # fmt: skip


async def _found(here: InHouse, version: str) -> dict[str, Any]:
    if (found := await calendars.whole(here.database, version)) is None:
        raise Problem("not_found")
    return found


async def _kept_by(here: InHouse, who: Who, version: str, *roles: str) -> dict[str, Any]:
    """The version, for somebody who holds one of the roles where its calendar is kept."""
    must_hold(who, *roles)
    found = await _found(here, version)
    must_hold(who, *roles, region=await calendars.keeper_region(here.database, found["calendar"]))
    return found


def _done(outcome: str) -> None:
    if outcome == calendar_versions.UNKNOWN:
        raise Problem("not_found")
    if outcome == calendar_versions.NOT_DRAFT:
        said = {"code": "not_draft", "zh": "已不是草稿", "en": "it is no draft any more"}
        raise Problem("illegal", errors=[said])


def _move(one: dict[str, Any]) -> dict[str, Any]:
    duty = one["duty"]
    return {
        "duty": duty.key, "thing": duty.thing, "type": one["machine"], "subject": one["subject"],
        "region": one["region"], "from": duty.due_on.isoformat(), "to": one["to"].isoformat(),
        "self": url_of(one["machine"], duty.thing),
    }  # fmt: skip
