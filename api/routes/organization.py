"""Who is organized how: bodies and their posts, offices and their liaison, who answers for which indicator."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from api.bodies import Body, Day
from api.context import Caller, House, InHouse, Key, needs
from api.plain import CREATED, carry_out
from api.problems import Problem
from service.domain.cases import organization as rules
from service.domain.cases.organization import KEEPERS, Office
from service.domain.dates.calendar import today
from service.domain.facts import Facts, Thing, Who
from service.records.parties import bodies
from service.records.parties.organizing import FILES, Organizing
from service.records.rows import OFFICE

routes = APIRouter(prefix="/api/v1", tags=["organization"])
BY_KEEPERS = needs(*KEEPERS)

Reference = Annotated[str, Field(min_length=1, max_length=100)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=100)]
Reason = Annotated[str, Field(min_length=4, max_length=1000)]


class NewBody(Body):
    """A leading group or task force of a file. Posts hold persons by account or by name, `lead_unit` units."""

    of: Reference
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    name: Name
    groups: Names = Field(default_factory=list)
    head: Names = Field(default_factory=list)
    lead_unit: Names = Field(default_factory=list)
    liaison: Names = Field(default_factory=list)
    member: Names = Field(default_factory=list)
    day: Day | None = None


class ChangedBody(Body):
    """What is otherwise from a day on (today unless said). A post that is named is filled anew as a whole."""

    text: Reason
    name: Name | None = None
    groups: Names | None = None
    head: Names | None = None
    lead_unit: Names | None = None
    liaison: Names | None = None
    member: Names | None = None
    day: Day | None = None


class Ending(Body):
    """From which day (today unless said) and why."""

    text: Reason
    day: Day | None = None


class NewOffice(Body):
    """A named office of an organization, with exactly one liaison, as the file `of` needs it."""

    of: Reference
    organization: Reference
    zh: Name
    en: str = Field(default="", max_length=200)
    liaison: Names
    owner: Name | None = None
    day: Day | None = None


class ChangedOffice(Body):
    of: Reference
    text: Reason
    zh: Name | None = None
    liaison: Names | None = None
    owner: Name | None = None
    day: Day | None = None


class EndingOffice(Ending):
    of: Reference


class Answer(Body):
    """The offices that answer for one indicator, group or task, and the person who owns it."""

    offices: Annotated[list[Reference], Field(min_length=1, max_length=100)]
    owner: Name | None = None


class Assignment(Body):
    """Indicator, group of indicators or task -> who answers for it from a day on."""

    of: Reference
    assign: Annotated[dict[str, Answer], Field(min_length=1, max_length=500)]
    day: Day | None = None


# ------------------------------------------------------------------------------------------------------- bodies


@routes.post("/bodies", status_code=CREATED, summary="Form a leading group or task force", openapi_extra=BY_KEEPERS)
async def form_body(body: NewBody, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    await _file(here, who, body.of)
    said = body.model_dump(mode="json")
    done = await carry_out(key, lambda k: _organizing(here).form_body(who, k, body.of, said))
    return JSONResponse({"id": done.thing}, CREATED, {"Location": f"/api/v1/bodies?of={body.of}"})


@routes.get("/bodies", summary="The bodies of a file as they stand on a day")
async def listed(of: str, here: InHouse, who: Caller, day: Day | None = None) -> JSONResponse:
    facts = await _file(here, who, of)
    found = await _found(here, facts, day)
    items = [
        {"id": b.id, "kind": b.kind, "name": b.name, "groups": list(b.groups),
         **{post: list(b.holders(post)) for post in (*rules.COUNTED, rules.MEMBER)}}
        for b in found.bodies
    ]  # fmt: skip
    groups = rules.first_level(facts.scheme)
    asked = {
        stage: rules.bodies_lacking(kinds, found.bodies, groups) for stage, kinds in facts.scheme.organization.items()
    }
    return JSONResponse(
        {"items": items, "hasMore": False, "lacking": {s: found for s, found in asked.items() if found}}
    )


@routes.post("/bodies/{body}/change", summary="Another name, other groups, other people", openapi_extra=BY_KEEPERS)
async def change_body(body: str, said: ChangedBody, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    form = said.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _organizing(here).change_body(who, k, body, form))
    return JSONResponse({"id": done.thing})


@routes.post("/bodies/{body}/dissolve", summary="Dissolve a body; the record keeps it", openapi_extra=BY_KEEPERS)
async def dissolve_body(body: str, said: Ending, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    form = said.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _organizing(here).dissolve_body(who, k, body, form))
    return JSONResponse({"id": done.thing})


# ------------------------------------------------------------------------------------------------------ offices


@routes.post("/offices", status_code=CREATED, summary="Register an office with its liaison", openapi_extra=BY_KEEPERS)
async def form_office(body: NewOffice, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    await _file(here, who, body.of)
    said = body.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _organizing(here).form_office(who, k, body.of, said))
    return JSONResponse({"id": done.thing}, CREATED, {"Location": f"/api/v1/offices?organization={body.organization}"})


@routes.get("/offices", summary="The offices of an organization as they stand on a day")
async def offices(organization: str, here: InHouse, who: Caller, day: Day | None = None) -> JSONResponse:
    async with here.database.read.connect() as db:
        place = await bodies.place_of(db, organization)
        if place is None or not _reaches(who, organization, place.path):
            raise Problem("not_found")
        on = day or today(await here.clock.now(db))
        found = await bodies.offices(db, OFFICE.c.organization == organization, on)
    return JSONResponse({"items": [_office(o) for o in found], "hasMore": False})


@routes.post("/offices/{office}/change", summary="Another name, liaison or person", openapi_extra=BY_KEEPERS)
async def change_office(office: str, said: ChangedOffice, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    await _file(here, who, said.of)
    form = said.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _organizing(here).change_office(who, k, office, form))
    return JSONResponse({"id": done.thing})


@routes.post("/offices/{office}/dissolve", summary="Dissolve an office", openapi_extra=BY_KEEPERS)
async def dissolve_office(office: str, said: EndingOffice, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    await _file(here, who, said.of)
    form = said.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _organizing(here).dissolve_office(who, k, office, form))
    return JSONResponse({"id": done.thing})


# --------------------------------------------------------------------------------------------- responsibilities


@routes.put("/responsibilities", summary="Say who answers for what in a file", openapi_extra=BY_KEEPERS)
async def assign(body: Assignment, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """PDS-A4, PDS-M3a, GAP-PDS-4: every indicator gets named offices; a generic word of the table is replaced."""
    await _file(here, who, body.of)
    said = body.model_dump(mode="json", exclude_none=True)
    await carry_out(key, lambda k: _organizing(here).assign(who, k, body.of, said))
    return JSONResponse(await _breakdown(here, await _file(here, who, body.of), body.day))


@routes.get("/responsibilities", summary="Who answers for what in a file, and what is not resolved yet")
async def breakdown(of: str, here: InHouse, who: Caller, day: Day | None = None) -> JSONResponse:
    return JSONResponse(await _breakdown(here, await _file(here, who, of), day))


async def _breakdown(here: House, facts: Facts, day: date | None) -> dict[str, Any]:
    found = await _found(here, facts, day)
    known = {o.id: _office(o) for o in found.offices.values()}
    items = [
        {"what": what, "offices": [known.get(o, {"id": o}) for o in named], "owner": next(iter(found.owners[what]), None)}
        for what, named in sorted(found.answers.items())
    ]  # fmt: skip
    return {
        "items": items,
        "hasMore": False,
        "unassigned": rules.unassigned(facts.scheme, found),
        "unresolved": {code: list(words) for code, words in rules.unresolved(facts.scheme, found).items()},
        "illStaffed": rules.ill_staffed(facts.scheme, found),
    }


# --------------------------------------------------------------------------------------------------------- parts


def _organizing(here: House) -> Organizing:
    return Organizing(here.database, here.clock)


async def _file(here: House, who: Who, of: str) -> Facts:
    """The file, for whoever may see it."""
    facts = await here.gateway.read_file(who, of)
    if facts.thing.machine not in FILES:
        raise Problem("not_found")
    return facts


async def _found(here: House, facts: Facts, day: date | None) -> rules.Organization:
    files = [facts.thing.id, *([facts.thing.batch] if facts.thing.batch else [])]
    async with here.database.read.connect() as db:
        return await bodies.organization(db, files, day or facts.today)


def _reaches(who: Who, organization: str, path: str) -> bool:
    where = Thing(organization, "organization", organization=organization, region=path)
    return any(held.role != "member_of_public" and held.covers(where) for held in who.roles)


def _office(office: Office) -> dict[str, Any]:
    posts = {post: list(held) for post, held in office.posts.items()}
    return {"id": office.id, "organization": office.organization, "name": office.name, **posts}
