"""Scores: all hundred in one request, of a self-check or an evaluation. Plain edits; the stage says when."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from api import views
from api.asking import Request
from api.bodies import Body
from api.context import Caller, InHouse, Key
from api.problems import Problem
from api.routes.things import marks
from service.domain.machines import template
from service.records import needs

routes = APIRouter(prefix="/api/v1", tags=["scores"])


def _by(machine: str, event: str) -> dict[str, Any]:
    return marks([move for move in template(machine) if move.event == event])


class Scores(Body):
    """Points by indicator, each an exact decimal as a string."""

    scores: dict[str, str] = Field(min_length=1, max_length=1_000, examples=[{"PDS-I01": "0.9", "PDS-I02": "1"}])


@routes.put(
    "/cases/{case}/scores",
    summary="The applicant's own ratings, in the self-check",
    openapi_extra=_by("case", "rate_indicator"),
)
async def rate(case: str, body: Scores, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    ask = Request(who, "case", "rate_indicator", case, form={"scores": body.scores}, key=key)
    return JSONResponse(views.reply_view(await here.gateway.act(ask)))


@routes.put(
    "/evaluations/{evaluation}/scores",
    summary="A team member's scores",
    openapi_extra=_by("evaluation", "submit_score"),
)
async def score(evaluation: str, body: Scores, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    ask = Request(who, "evaluation", "submit_score", evaluation, form={"scores": body.scores}, key=key)
    return JSONResponse(views.reply_view(await here.gateway.act(ask)))


@routes.get("/cases/{case}/scores", summary="Every rating of the present run")
async def ratings(case: str, here: InHouse, who: Caller) -> JSONResponse:
    facts = await here.gateway.read(who, case)
    checks = [r for r in facts.of("stage", parent=case) if r.data["kind"] == "self_check"]
    if facts.thing.machine != "case" or not checks:
        raise Problem("not_found")
    return JSONResponse(await _rated(here, facts, checks[-1].id))


@routes.get("/evaluations/{evaluation}/scores", summary="Every score of an evaluation")
async def scored(evaluation: str, here: InHouse, who: Caller) -> JSONResponse:
    facts = await here.gateway.read(who, evaluation)
    return JSONResponse(await _rated(here, facts, evaluation))


async def _rated(here: InHouse, facts: Any, thing: str) -> dict[str, Any]:
    async with here.database.read.connect() as db:
        found = (await needs.ratings(db, facts)).get(thing, {})
    return {"thing": thing, "items": [{"indicator": i, "ratings": r} for i, r in sorted(found.items())]}
