"""What every route needs: the parts of this process, who is calling, and the headers of the conventions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.gateway import Gateway
from api.problems import Problem, language_of
from api.security.limits import Limiter
from api.security.tokens import Tokens
from api.time_travel import TimeTravel
from service.clock import Clock
from service.domain.dates.calendar import today
from service.domain.facts import THE_PUBLIC, Who
from service.files import Files
from service.records.database import Database
from service.records.parties import people
from service.schemes.vocabulary import ROLES
from service.settings import Settings


@dataclass
class House:
    """The parts of one API process."""

    settings: Settings
    database: Database
    clock: Clock
    gateway: Gateway
    travel: TimeTravel
    tokens: Tokens
    files: Files
    limiter: Limiter


# `async`, although nothing is awaited: a plain function would be sent to another thread, on every request.


async def house(request: Request) -> House:
    """The parts of this process."""
    found: House = request.app.state.house
    return found


InHouse = Annotated[House, Depends(house)]


async def known_parameters(request: Request) -> None:
    """400 for a parameter that the route does not know: a filter with a slip in its name would list everything."""
    if not request.query_params:  # almost every request, and the route is not looked through for it
        return
    params = get_flat_params(request.scope["route"].dependant)
    known = {p.alias for p in params if getattr(p.field_info, "in_", None) == ParamTypes.query}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        listed = ", ".join(sorted(known)) or "-"
        said = [
            {"pointer": f"/{one}", "code": "unknown_parameter", "zh": f"没有参数“{one}”，可用：{listed}",
             "en": f"there is no parameter {one}; known: {listed}"}
            for one in unknown
        ]  # fmt: skip
        raise Problem("malformed", errors=said)


_bearer = HTTPBearer(auto_error=False, description="A token of `shifan token` or of `POST /api/v1/tokens`.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def caller(here: InHouse, bearer: Bearer) -> Who:
    """The person behind the token, with the roles held today. 401 without a valid token."""
    person = here.tokens.person(bearer.credentials) if bearer else None
    if person is None:
        raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    async with here.database.read.connect() as db:
        found = await people.who(db, person, today(await here.clock.now(db)))
    if found is None:
        raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    return found


async def anybody(here: InHouse, bearer: Bearer, request: Request) -> Who:
    """The person behind the token, or the public, which may not ask too often."""
    if bearer is not None:
        return await caller(here, bearer)
    if request.method != "GET":
        await not_too_often(here, request)
    return THE_PUBLIC


async def not_too_often(here: InHouse, request: Request) -> None:
    """429 for an address that asks too often, whether it has a token or not."""
    if not here.limiter.admits(request.client.host if request.client else "-"):
        raise Problem("too_many", headers={"Retry-After": "60"})


Caller = Annotated[Who, Depends(caller)]
Anybody = Annotated[Who, Depends(anybody)]
NotTooOften = Annotated[None, Depends(not_too_often)]


async def language(request: Request) -> str:
    """`zh` or `en`, as the caller prefers."""
    return language_of(request)


Language = Annotated[str, Depends(language)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
FilingKey = Annotated[
    str | None,
    Header(
        alias="Filing-Key",
        max_length=200,
        description="Without an account, on one's own objection: the Idempotency-Key with which it was filed.",
    ),
]


async def seen_revision(
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=40)] = None,
) -> int | None:
    """The revision that the caller saw, from an ETag such as `"7"`."""
    if if_match is None:
        return None
    plain = if_match.strip().removeprefix("W/").strip('"')
    if not plain.isdecimal() or len(plain) > 12:
        raise Problem(
            "malformed",
            errors=[{"pointer": "/If-Match", "zh": '应为 ETag，如 "7"', "en": 'an ETag such as "7"'}],
        )
    return int(plain)


Seen = Annotated[int | None, Depends(seen_revision)]


def needs(*roles: str) -> dict[str, Any]:
    """Who may call a route, for whoever reads the OpenAPI file; `must_hold` is what enforces it."""
    return {"x-required-roles": sorted(roles)}


SEEN = {"x-requires": ["If-Match"]}
"""Of a route that is refused without it: `api.problems.describe` says so of the parameter."""


def must_hold(who: Who, *roles: str, region: str | None = None) -> None:
    """403 unless the caller holds one of these roles - where `region` is given, for a region that covers it."""
    mine = [held.scope.removeprefix("region:") for held in who.roles if held.role in roles]
    if mine and (region is None or any(region == scope or region.startswith(scope + "/") for scope in mine)):
        return
    where = f" @ {region}" if mine else ""
    zh = "、".join(f"{ROLES[role][0]}（{role}）" if role in ROLES else role for role in roles)
    en = ", ".join(f"{ROLES[role][1]} ({role})" if role in ROLES else role for role in roles)
    said = {"code": "role", "zh": f"须具备角色：{zh}{where}", "en": f"needs one of: {en}{where}"}
    raise Problem("forbidden", errors=[said])
