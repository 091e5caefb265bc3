"""What an installation is set up with: jurisdictions, organizations, accounts and their roles, tokens."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pwdlib import PasswordHash
from pydantic import Field
from sqlalchemy import ColumnElement, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.bodies import Body
from api.context import Caller, InHouse, NotTooOften, must_hold, needs
from api.problems import Problem
from service.records.parties import people
from service.records.rows import JURISDICTION, MERGED, ORGANIZATION, PERSON, THING

routes = APIRouter(prefix="/api/v1", tags=["setup"])
SYSTEM_ADMIN, SECURITY_ADMIN = "system_administrator", "security_administrator"
TOKEN_HOURS = 12
_passwords = PasswordHash.recommended()
_decoy = _passwords.hash("nobody has this password")

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Jurisdiction(Body):
    code: Code
    parent: Code | None = None
    level: Annotated[str, Field(pattern="^(nation|province|prefecture|county|township)$")]
    zh: Name
    en: str = Field(default="", max_length=200)


class Organization(Body):
    id: Code
    jurisdiction: Code
    zh: Name
    en: str = Field(default="", max_length=200)


class Person(Body):
    id: Code
    name: Name
    password: Annotated[str, Field(min_length=12, max_length=200)] | None = None


class ScopedRole(Body):
    """A role for a scope."""

    role: Annotated[str, Field(pattern="^[a-z][a-z_]{1,63}$")]
    scope: Annotated[str, Field(pattern=r"^(region|organization|case):[a-z0-9][a-z0-9_./-]{0,199}$")]


class Role(ScopedRole):
    from_day: date | None = None
    to_day: date | None = None


class SignIn(Body):
    person: str = Field(max_length=64)
    password: str = Field(max_length=200)


@routes.post(
    "/jurisdictions",
    status_code=201,
    summary="Add a jurisdiction under its parent",
    openapi_extra=needs(SYSTEM_ADMIN),
)
async def add_jurisdiction(body: Jurisdiction, here: InHouse, who: Caller) -> JSONResponse:
    """The same jurisdiction added again is answered alike; another one under its code is a conflict."""
    async with here.database.write.begin() as db:
        path = body.code
        if body.parent is not None:
            above = (await db.execute(select(JURISDICTION.c.path).where(JURISDICTION.c.code == body.parent))).scalar()
            if above is None:
                raise Problem("not_found", errors=[{"pointer": "/parent", "zh": "没有上级", "en": "no such parent"}])
            path = f"{above}/{body.code}"
        must_hold(who, SYSTEM_ADMIN, region=path)
        values = {"code": body.code, "path": path, "level": body.level, "zh": body.zh, "en": body.en}
        await _add_once(db, JURISDICTION, JURISDICTION.c.code == body.code, values)
    return JSONResponse(values, 201)


@routes.get("/jurisdictions", summary="All jurisdictions")
async def jurisdictions(here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.read.connect() as db:
        rows = (await db.execute(select(JURISDICTION).order_by(JURISDICTION.c.path))).all()
    return JSONResponse({"items": [dict(r._mapping) for r in rows], "hasMore": False})


@routes.post("/organizations", status_code=201, summary="Add an organization", openapi_extra=needs(SYSTEM_ADMIN))
async def add_organization(body: Organization, here: InHouse, who: Caller) -> JSONResponse:
    """The same organization added again is answered alike; another one under its ID is a conflict."""
    async with here.database.write.begin() as db:
        known = select(JURISDICTION.c.path).where(JURISDICTION.c.code == body.jurisdiction)
        if (path := (await db.execute(known)).scalar()) is None:
            raise Problem("not_found")
        must_hold(who, SYSTEM_ADMIN, region=path)
        await _add_once(db, ORGANIZATION, ORGANIZATION.c.id == body.id, body.model_dump())
    return JSONResponse(body.model_dump(), 201)


async def _add_once(db: AsyncConnection, table: Table, key: ColumnElement[bool], values: dict[str, Any]) -> None:
    before = (await db.execute(select(table).where(key))).one_or_none()
    if before is None:
        await db.execute(insert(table).values(**values))
    elif dict(before._mapping) != values:
        raise Problem("conflict")


@routes.get("/organizations", summary="All organizations, and into which they have merged")
async def organizations(here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.read.connect() as db:
        successor = MERGED.c.into.label("mergedInto"), MERGED.c.day.label("mergedOn")
        joined = ORGANIZATION.outerjoin(MERGED, MERGED.c.organization == ORGANIZATION.c.id)
        query = select(ORGANIZATION, *successor).select_from(joined).order_by(ORGANIZATION.c.id)
        rows = (await db.execute(query)).all()
    items = [{**dict(r._mapping), "mergedOn": r.mergedOn.isoformat() if r.mergedOn else None} for r in rows]
    return JSONResponse({"items": items, "hasMore": False})


@routes.post("/people", status_code=201, summary="Add an account", openapi_extra=needs(SYSTEM_ADMIN))
async def add_person(body: Person, here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, SYSTEM_ADMIN)
    secret = await asyncio.to_thread(_passwords.hash, body.password) if body.password else ""
    async with here.database.write.begin() as db:
        if not await people.add_person(db, body.id, body.name, secret):
            raise Problem("conflict")
    return JSONResponse({"id": body.id, "name": body.name}, 201)


@routes.post(
    "/people/{person}/roles",
    status_code=201,
    summary="Give a role for a scope, from and to a day",
    openapi_extra=needs(SECURITY_ADMIN),
)
async def give_role(person: str, body: Role, here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, SECURITY_ADMIN)
    if person == who.person:
        said = {"code": "self", "zh": "不能给自己授权", "en": "nobody gives a role to himself"}
        raise Problem("forbidden", errors=[said])
    async with here.database.write.begin() as db:
        must_hold(who, SECURITY_ADMIN, region=await region_of(db, body.scope))
        if not (await db.execute(select(PERSON.c.id).where(PERSON.c.id == person))).scalar():
            raise Problem("not_found")
        days = (body.from_day, body.to_day)
        now = await here.clock.now(db)
        await people.give_role(db, person, body.role, body.scope, *days, by=who.person, at=now)
    return JSONResponse({"person": person, **body.model_dump(mode="json")}, 201)


async def region_of(db: AsyncConnection, scope: str) -> str:
    """Where a scope lies: an organization in its jurisdiction, a case where it was opened."""
    kind, _, value = scope.partition(":")
    if kind == "region":
        return value
    place = select(JURISDICTION.c.path).join(ORGANIZATION, ORGANIZATION.c.jurisdiction == JURISDICTION.c.code)
    query = (
        place.where(ORGANIZATION.c.id == value)
        if kind == "organization"
        else select(THING.c.region).where(THING.c.id == value)
    )
    found: str | None = (await db.execute(query)).scalar()
    if found is None:
        raise Problem("not_found", errors=[{"pointer": "/scope", "zh": f"没有 {value}", "en": f"there is no {value}"}])
    return found


@routes.get("/me", summary="Who the token says I am, and what I may do where")
async def me(who: Caller) -> JSONResponse:
    roles = [{"role": h.role, "scope": h.scope} for h in who.roles]
    return JSONResponse({"id": who.person, "name": who.name, "roles": roles})


@routes.post("/tokens", status_code=201, summary="Sign in with a local account")
async def sign_in(body: SignIn, here: InHouse, _: NotTooOften) -> JSONResponse:
    async with here.database.read.connect() as db:
        found = select(PERSON.c.secret).where(PERSON.c.id == body.person, PERSON.c.active.is_(True))
        secret = (await db.execute(found)).scalar()
    # The same work is done for an unknown account, so that the time taken tells nothing.
    # It takes long on purpose: on another thread, so that nobody else waits for it.
    good = await asyncio.to_thread(_passwords.verify, body.password, secret or _decoy)
    if not (good and secret):
        raise Problem("unauthenticated")
    token = here.tokens.issue(body.person, timedelta(hours=TOKEN_HOURS))
    return JSONResponse({"token": token, "type": "Bearer", "expiresIn": TOKEN_HOURS * 3600}, 201)
