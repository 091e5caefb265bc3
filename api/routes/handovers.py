"""What changes hands: one person's work and roles, and whole organizations, each from a day (INV-32, INV-26)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.bodies import Body, Day
from api.context import Caller, House, InHouse, Key, must_hold, needs
from api.plain import CREATED, PROPOSED, carry_out
from api.problems import Problem
from api.routes.organization import Name, Reason, Reference
from api.routes.setup import SECURITY_ADMIN, SYSTEM_ADMIN, ScopedRole, region_of
from service.domain.cases.organization import KEEPERS
from service.domain.facts import Who
from service.records.parties import bodies, mergers
from service.records.parties.handovers import Handovers, held_roles
from service.records.parties.mergers import Mergers
from service.records.rows import HANDOVER, MERGER

routes = APIRouter(prefix="/api/v1", tags=["handover"])


class Passing(Body):
    """Who leaves, who takes over, from which day, and why."""

    from_: Annotated[str, Field(alias="from", min_length=1, max_length=200)]
    to: Name
    day: Day
    text: Reason


class InFile(Passing):
    of: Reference


class OfRoles(Passing):
    """The roles that pass; every role that the one holds on that day unless some are named."""

    roles: Annotated[list[ScopedRole], Field(min_length=1, max_length=100)] | None = None


class Document(Body):
    issuer: Name
    number: Name
    date: Day


class Merging(Body):
    """Organizations that merge into another from a day, by an official document."""

    organizations: Annotated[list[Reference], Field(min_length=1, max_length=100)]
    into: Reference
    day: Day
    document: Document


@routes.post(
    "/handovers", status_code=CREATED, summary="Hand a person's work in a file over", openapi_extra=needs(*KEEPERS)
)
async def in_file(body: InFile, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """INV-32: posts and responsibilities from that day; open duties and items on that day; past acts stay."""
    await here.gateway.read_file(who, body.of)
    said = body.model_dump(mode="json", by_alias=True)
    done = await carry_out(key, lambda k: Handovers(here.database, here.clock).in_file(who, k, body.of, said))
    return JSONResponse({"id": done.thing}, CREATED, {"Location": f"/api/v1/handovers?of={body.of}"})


@routes.get("/handovers", summary="What was handed over in a file")
async def handed_over(of: str, here: InHouse, who: Caller) -> JSONResponse:
    await here.gateway.read_file(who, of)
    query = select(HANDOVER).where(HANDOVER.c.of == of).order_by(HANDOVER.c.day, HANDOVER.c.id)
    async with here.database.read.connect() as db:
        rows = (await db.execute(query)).all()
    return JSONResponse({"items": [_handover(r) for r in rows], "hasMore": False})


@routes.post(
    "/people/handovers", status_code=CREATED, summary="Hand a person's roles over", openapi_extra=needs(SECURITY_ADMIN)
)
async def of_roles(body: OfRoles, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """INV-32: the roles change hands on that day, and with them the open work within their scopes."""
    must_hold(who, SECURITY_ADMIN)
    async with here.database.read.connect() as db:
        named = [(r.role, r.scope) for r in body.roles] if body.roles else await held_roles(db, body.from_, body.day)
        if not named:
            raise Problem("not_found")
        for _, scope in named:
            must_hold(who, SECURITY_ADMIN, region=await region_of(db, scope))
    said = {**body.model_dump(mode="json", by_alias=True, exclude={"roles"}), "roles": [list(r) for r in named]}
    done = await carry_out(key, lambda k: Handovers(here.database, here.clock).of_roles(who, k, named, said))
    return JSONResponse({"id": done.thing, "roles": [{"role": r, "scope": s} for r, s in named]}, CREATED)


# ------------------------------------------------------------------------------------------------------ mergers


@routes.post(
    "/mergers", status_code=PROPOSED, summary="Propose that organizations merge", openapi_extra=needs(SYSTEM_ADMIN)
)
async def propose(body: Merging, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """INV-26: the answer lists the titles that then need a decision of their own."""
    await _administers(here, who, [*body.organizations, body.into])
    said = body.model_dump(mode="json")
    done = await carry_out(key, lambda k: Mergers(here.database, here.clock).propose(who, k, said))
    return JSONResponse(await _merger(here, done.thing), PROPOSED, {"Location": f"/api/v1/mergers/{done.thing}"})


@routes.get("/mergers", summary="Every merger of organizations")
async def merged(here: InHouse, who: Caller, organization: str | None = None) -> JSONResponse:
    query = select(MERGER).where(MERGER.c.status != "withdrawn").order_by(MERGER.c.day, MERGER.c.id)
    async with here.database.read.connect() as db:
        rows = (await db.execute(query)).all()
    wanted = [r for r in rows if organization is None or organization in (*r.organizations, r.into)]
    return JSONResponse({"items": [_merging(r) for r in wanted], "hasMore": False})


@routes.get("/mergers/{merger}", summary="A merger and the titles that it leaves to be decided on")
async def read_merger(merger: str, here: InHouse, who: Caller) -> JSONResponse:
    return JSONResponse(await _merger(here, merger))


@routes.post("/mergers/{merger}/confirm", summary="Another person confirms it", openapi_extra=needs(SYSTEM_ADMIN))
async def confirm(merger: str, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """INV-20. From its day on roles held for the merged count for the successor, and open cases name it."""
    row = await _row(here, merger)
    await _administers(here, who, [*row.organizations, row.into])
    await carry_out(key, lambda k: Mergers(here.database, here.clock).confirm(who, k, merger))
    return JSONResponse(await _merger(here, merger))


@routes.post("/mergers/{merger}/withdraw", summary="Its author takes it back", openapi_extra=needs(SYSTEM_ADMIN))
async def withdraw(merger: str, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    await _row(here, merger)
    must_hold(who, SYSTEM_ADMIN)
    await carry_out(key, lambda k: Mergers(here.database, here.clock).withdraw(who, k, merger))
    return JSONResponse(await _merger(here, merger))


async def _row(here: House, merger: str) -> Any:
    async with here.database.read.connect() as db:
        row = (await db.execute(select(MERGER).where(MERGER.c.id == merger))).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


async def _merger(here: House, merger: str) -> dict[str, Any]:
    row = await _row(here, merger)
    async with here.database.read.connect() as db:
        return {**_merging(row), "titles": await mergers.titles(db, row)}


async def _administers(here: House, who: Who, organizations: list[str]) -> None:
    """Whoever merges organizations administers the territory of each."""
    must_hold(who, SYSTEM_ADMIN)
    async with here.database.read.connect() as db:
        for organization in organizations:
            await _within(db, who, organization)


async def _within(db: AsyncConnection, who: Who, organization: str) -> None:
    place = await bodies.place_of(db, organization)
    if place is not None:  # one that does not exist is named when the merger is judged
        must_hold(who, SYSTEM_ADMIN, region=place.path)


def _handover(row: Any) -> dict[str, Any]:
    done = row.done_at.isoformat() if row.done_at else None
    return {"id": row.id, "from": row.person, "to": row.successor, "day": row.day.isoformat(), "text": row.reason,
            "by": row.by, "doneAt": done}  # fmt: skip


def _merging(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "organizations": row.organizations, "into": row.into, "day": row.day.isoformat(),
        "document": row.document, "status": row.status, "author": row.author, "second": row.second,
        "effective": row.done_at is not None,
    }  # fmt: skip
