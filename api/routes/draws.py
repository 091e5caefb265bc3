"""Draws in the open: the record of each, void ones too, from which anybody can repeat it (INV-29)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.context import House, InHouse
from api.problems import Problem
from service.domain.measures import draws
from service.records.facts import Unknown, facts_of

routes = APIRouter(prefix="/api/v1", tags=["draws"])


@routes.get("/look-back-rounds/{round_}/draw", summary="The public record of the draw of a round, and whether it holds")
async def of_round(round_: str, here: InHouse) -> JSONResponse:
    return JSONResponse(await _record(here, "look_back_round", round_))


@routes.get("/surveys/{survey}/draw", summary="The public record of the draw of a survey, and whether it holds")
async def of_survey(survey: str, here: InHouse) -> JSONResponse:
    """Of respondents it holds hashes; who they are is nobody's business."""
    return JSONResponse(await _record(here, "survey", survey))


async def _record(here: House, machine: str, thing_id: str) -> dict[str, Any]:
    async with here.database.read.connect() as db:
        try:
            thing = (await facts_of(db, here.clock, thing_id)).thing
        except Unknown as error:
            raise Problem("not_found") from error
    record = thing.data.get("draw")
    void = list(thing.data.get("void_draws") or ())
    fixed = thing.data.get("frame") if record is None else None
    if thing.machine != machine or not (record or void or fixed):
        raise Problem("not_found")
    found = draws.differences(record) if record else []
    return {
        "thing": thing_id,
        "type": machine,
        "draw": record,
        "fixed": fixed,
        "void": [_without_names(one) for one in void],
        "holds": not found if record else None,
        "differences": [{"at": at, "recorded": said, "recomputed": again} for at, said, again in found],
    }


def _without_names(void: dict[str, Any]) -> dict[str, Any]:
    """A void draw with its day; who voided it and why stands in the file."""
    return {**void, "void": {"on": void["void"]["on"]}}
