"""Scores: all hundred in one request, of a self-check or an evaluation, with the facts they rest on.

Plain edits; the stage says when. Beside them what they are compared with: the references of a batch.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from api import indicators, views
from api.asking import Request
from api.bodies import Body
from api.context import Caller, InHouse, Key
from api.problems import Problem
from api.routes.things import marks
from service.domain.machines import template
from service.records.readers import measuring, needs

routes = APIRouter(prefix="/api/v1", tags=["scores"])
MOST = 1_000


def _by(machine: str, event: str) -> dict[str, Any]:
    return marks([move for move in template(machine) if move.event == event])


class Rate(Body):
    """A rate, exactly: 7 of 8."""

    numerator: int | str
    denominator: int | str


Measured = Rate | bool | int | str


class Scores(Body):
    """Points by indicator, each an exact decimal as a string, and the facts they rest on.

    A measured value is a decimal with its unit (`6wd`, `83.5%`), a rate, a day, or a word. Evidence is a list of
    IDs, or one for each set that the indicator tells apart. Where only facts are given, the value follows from them.
    """

    scores: dict[str, str] = Field(default_factory=dict, max_length=MOST, examples=[{"PDS-I01": "0.9", "PDS-I02": "1"}])
    measured: dict[str, dict[str, Measured]] = Field(
        default_factory=dict, max_length=MOST, examples=[{"PDS-I05": {"enterprise_startup_time": "4wd"}}]
    )
    evidence: dict[str, list[str] | dict[str, list[str]]] = Field(default_factory=dict, max_length=MOST)
    notApplicable: dict[str, str] = Field(default_factory=dict, max_length=MOST)

    def form(self) -> dict[str, Any]:
        """The parts that were given, as the form of the event knows them."""
        given = self.model_dump(mode="json")
        given["not_applicable"] = given.pop("notApplicable")
        return {name: part for name, part in given.items() if part}


class References(Body):
    """Values that thresholds compare with, and where they were published."""

    references: dict[str, Measured] = Field(
        min_length=1, max_length=100, examples=[{"prev_year_national_mean": "12.5%"}]
    )
    source: str = Field(min_length=1, max_length=1_000)


@routes.put(
    "/cases/{case}/scores",
    summary="The applicant's own ratings, in the self-check",
    openapi_extra=_by("case", "rate_indicator"),
)
async def rate(case: str, body: Scores, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    ask = Request(who, "case", "rate_indicator", case, form=body.form(), key=key)
    return JSONResponse(views.reply_view(await here.gateway.act(ask)))


@routes.put(
    "/evaluations/{evaluation}/scores",
    summary="A team member's scores",
    openapi_extra=_by("evaluation", "submit_score"),
)
async def score(evaluation: str, body: Scores, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    ask = Request(who, "evaluation", "submit_score", evaluation, form=body.form(), key=key)
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


@routes.get(
    "/cases/{case}/indicators",
    summary="Every indicator: thresholds, what was measured, verdict, and the self-rating beside those of others",
)
async def standing(case: str, here: InHouse, who: Caller) -> JSONResponse:
    facts = await here.gateway.read_file(who, case)
    if facts.thing.machine != "case":
        raise Problem("not_found")
    async with here.database.read.connect() as db:
        return JSONResponse(await indicators.of_case(db, facts))


@routes.put(
    "/batches/{batch}/references",
    summary="What thresholds compare with: values from outside, with their source",
    openapi_extra=_by("batch", "record_references"),
)
async def compare(batch: str, body: References, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    ask = Request(who, "batch", "record_references", batch, form=body.model_dump(mode="json"), key=key)
    return JSONResponse(views.reply_view(await here.gateway.act(ask)))


@routes.get("/batches/{batch}/references", summary="The references of a batch")
async def compared(batch: str, here: InHouse, who: Caller) -> JSONResponse:
    facts = await here.gateway.read(who, batch)
    if facts.thing.machine != "batch":
        raise Problem("not_found")
    async with here.database.read.connect() as db:
        found = await measuring.references(db, batch)
    declared = {name: text.model_dump() for name, text in facts.scheme.indicator_system.references.items()}
    return JSONResponse({"batch": batch, "references": found, "declared": declared})


async def _rated(here: InHouse, facts: Any, thing: str) -> dict[str, Any]:
    async with here.database.read.connect() as db:
        found = (await needs.ratings(db, facts)).get(thing, {})
    return {"thing": thing, "items": [{"indicator": i, "ratings": r} for i, r in sorted(found.items())]}
