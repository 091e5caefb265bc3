"""Schemes: import a draft, see what is wrong with it, publish it by a second person, read it, draw its machines."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field

from api.bodies import Body
from api.context import Caller, InHouse, Language, must_hold, needs
from api.problems import Problem
from service.domain.diagram import mermaid
from service.records import scheme_versions
from service.schemes import loader
from service.schemes.problem import SchemeInvalid

routes = APIRouter(prefix="/api/v1/schemes", tags=["schemes"])
EDITOR, PUBLISHER = "scheme_editor", "scheme_approver"


class Draft(Body):
    """A scheme to be imported: one that ships with Shifan, or a definition of your own."""

    region: str = Field(pattern=r"^[a-z0-9][a-z0-9_./-]{0,199}$", description="Path of the jurisdiction in charge")
    shipped: str | None = None
    definition: dict[str, Any] | None = None


@routes.post("", status_code=201, summary="Import a draft", openapi_extra=needs(EDITOR))
async def add(body: Draft, here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, EDITOR, region=body.region)
    try:
        if body.shipped is not None:
            if body.shipped not in loader.shipped():
                raise Problem("not_found", errors=[{"pointer": "/shipped", "zh": "未随附该方案", "en": "not shipped"}])
            scheme = loader.shipped_scheme(body.shipped)
        elif body.definition is not None:
            scheme = loader.load(body.definition)
        else:
            raise Problem("invalid", errors=[{"pointer": "/definition", "zh": "缺少方案内容", "en": "no definition"}])
    except SchemeInvalid as error:
        raise Problem("invalid", errors=_faults(error.problems)) from error
    version = await scheme_versions.add(here.database, here.clock, scheme, body.region, who.person)
    if version is None:
        raise Problem("conflict")
    return JSONResponse(version, 201, {"Location": f"/api/v1/schemes/{version['id']}"})


@routes.get("", summary="Every version of every scheme")
async def listed(here: InHouse, who: Caller) -> JSONResponse:
    return JSONResponse({"items": await scheme_versions.listed(here.database), "hasMore": False})


@routes.get("/{scheme}", summary="A version with its whole definition")
async def read(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    if (found := await scheme_versions.whole(here.database, scheme)) is None:
        raise Problem("not_found")
    return JSONResponse(found, headers={"ETag": f'"{found["hash"]}"'})


@routes.post(
    "/{scheme}/publish",
    summary="Publish a draft; a published version never changes",
    openapi_extra=needs(PUBLISHER),
)
async def publish(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    """QH-18a, INV-20, INV-30: by another person than its editor, and only when the validator finds nothing."""
    must_hold(who, PUBLISHER)
    if (found := await scheme_versions.whole(here.database, scheme)) is None:
        raise Problem("not_found")
    must_hold(who, PUBLISHER, region=found["region"])
    outcome = await scheme_versions.publish(here.database, here.clock, scheme, who.person)
    match outcome:
        case "unknown":
            raise Problem("not_found")
        case "same_person":
            said = {
                "code": "two_persons",
                "zh": "须由另一人发布",
                "en": "another person must publish",
                "rules": ["INV-20"],
            }
            raise Problem("person", errors=[said], rules=["INV-20"])
        case "published" | "not_draft":
            return JSONResponse({"id": scheme, "status": "published"})
        case str():
            raise Problem("conflict")
        case faults:
            raise Problem("invalid", errors=_faults(faults), rules=[f.rule for f in faults if f.rule])


@routes.get("/{scheme}/diagram", response_class=PlainTextResponse, summary="A machine of the scheme, as Mermaid text")
async def diagram(
    scheme: str,
    here: InHouse,
    who: Caller,
    language: Language,
    machine: str = "case",
    track: str | None = None,
) -> PlainTextResponse:
    found = await scheme_versions.scheme(here.database, scheme)
    if found is None:
        raise Problem("not_found")
    try:
        return PlainTextResponse(mermaid(found, machine, track, language))
    except KeyError as error:
        raise Problem("not_found") from error


def _faults(problems: Any) -> list[dict[str, Any]]:
    return [
        {"pointer": p.path, "code": "scheme", "zh": p.zh, "en": p.en, "rules": [p.rule] if p.rule else []}
        for p in problems
    ]
