"""The clock, commands and proposals by their key, and the health of this process."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import Field
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api import views
from api.bodies import Body
from api.context import Anybody, Caller, House, InHouse, must_hold, needs
from api.problems import Problem
from api.resources import url_of
from service.contracts import workflow_id
from service.domain.facts import Who
from service.domain.forms import YEARS
from service.records import audit, follow_ups, inbox, outbox, proposals
from service.records.answers import result_of
from service.records.calendars import alarm as calendar_alarm
from service.records.migrate import at_head
from service.records.queries import lists
from service.records.rows import PROPOSAL, THING

routes = APIRouter()
CLOCK_KEEPER = "system_administrator"
MOST_REFUSED = 200
PROVISIONAL_YEARS = Gauge("shifan_provisional_years", "Years in use without an official calendar", ["state"])
BACKLOG = Gauge("shifan_backlog", "What waits to be done, by kind: it should go back to nothing by itself", ["kind"])


class Journey(Body):
    """Where to move the clock: an instant with its offset."""

    to: datetime


@routes.get("/api/v1/clock", tags=["clock"], summary="The business time of this installation")
async def clock(here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.read.connect() as db:
        now = await here.clock.now(db)
    return JSONResponse({"now": now.isoformat(), "movable": here.clock.movable})


@routes.post(
    "/api/v1/clock/advance",
    tags=["clock"],
    summary="Move a movable clock; whatever falls due on the way happens",
    openapi_extra=needs(CLOCK_KEEPER),
)
async def advance(body: Journey, here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, CLOCK_KEEPER)
    if body.to.tzinfo is None:
        raise Problem("invalid", errors=[{"pointer": "/to", "zh": "须带时区", "en": "an offset is needed"}])
    if body.to.year not in YEARS:
        said = {"pointer": "/to", "zh": "年份超出范围", "en": f"a year from {YEARS[0]} to {YEARS[-1]}"}
        raise Problem("invalid", errors=[said])
    woken = await here.travel.advance(body.to)
    return JSONResponse({"now": body.to.isoformat(), "woken": woken})


@routes.get("/api/v1/commands/{key:path}", tags=["commands"], summary="What became of a command that answered 202")
async def command(key: str, here: InHouse, who: Anybody) -> JSONResponse:
    row = await inbox.status_of(here.database, who.person, key)
    if row is None:
        raise Problem("not_found")
    view: dict[str, object] = {"key": key, "status": row.status}
    if row.result is not None:
        result = result_of(row.result)
        view |= {"outcome": result.status, "thing": result.thing, "type": result.machine}
        view |= {"refused": result.refused} if result.refused else views.result_view(result)
    return JSONResponse(view, 200 if row.status == "done" else 202)


@routes.get("/api/v1/proposals/{proposal}", tags=["proposals"], summary="The first half of an act of two persons")
async def proposal(proposal: str, here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.read.connect() as db:
        row = (await db.execute(select(PROPOSAL).where(PROPOSAL.c.id == proposal))).one_or_none()
        if row is None:
            raise Problem("not_found")
        thing, state, _ = await proposals.about(db, row)
    if thing is not None:
        await here.gateway.read_file(who, thing)
    lapsed = row.status == "open" and state != row.state
    view = {"id": row.id, "thing": row.thing, "event": row.event, "form": row.form, "author": row.author,
            "status": "void" if lapsed else row.status}  # fmt: skip
    return JSONResponse(view)


@routes.post("/api/v1/proposals/{proposal}/withdraw", tags=["proposals"], summary="Its author takes a proposal back")
async def withdraw(proposal: str, here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.write.begin() as db:
        row = (await db.execute(select(PROPOSAL).where(PROPOSAL.c.id == proposal).with_for_update())).one_or_none()
        if row is None:
            raise Problem("not_found")
        if row.author != who.person:
            raise Problem("forbidden")
        if row.status == "open":
            await db.execute(update(PROPOSAL).where(PROPOSAL.c.id == proposal).values(status="withdrawn"))
            _, _, chain = await proposals.about(db, row)
            rest = {"machine": "proposal", "of": row.event, "rules": ["INV-20"]}
            line = audit.Line(chain, row.thing, "withdraw_proposal", who.person, "applied", rest)
            await audit.append(db, await here.clock.now(db), [line])
    return JSONResponse({"id": proposal, "status": "withdrawn" if row.status == "open" else row.status})


class Settled(Body):
    """What was done instead of a follow-up that was refused."""

    reason: Annotated[str, Field(min_length=4, max_length=2000)]


@routes.get(
    "/api/v1/follow-ups",
    tags=["operation"],
    summary="What should have followed from a commit and was refused, until somebody looks after it",
    openapi_extra=needs(CLOCK_KEEPER),
)
async def refused_follow_ups(here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, CLOCK_KEEPER)
    rows = await follow_ups.refused(here.database, lists.in_scope(who), MOST_REFUSED)
    items = [
        {
            "id": r["id"], "at": r["at"].isoformat(), "owner": url_of(r["kind"], r["owner"]),
            "type": r["machine"], "event": r["event"], "thing": r["thing"], "outcome": r["outcome"],
            "refused": (r["answer"] or {}).get("refused"),
        }
        for r in rows
    ]  # fmt: skip
    return JSONResponse({"items": items, "hasMore": len(rows) == MOST_REFUSED})


@routes.post(
    "/api/v1/follow-ups/{follow_up}/ask-again",
    tags=["operation"],
    summary="Carry out a refused follow-up once more, now that what stood in its way is gone",
    openapi_extra=needs(CLOCK_KEEPER),
)
async def ask_again(follow_up: str, here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.write.begin() as db:
        row = await follow_ups.ask_again(db, follow_up)
        owner = await _looked_after(here, db, who, row, "ask_follow_up_again", {})
    await here.gateway.courier.wake(workflow_id(owner.machine, owner.id))
    return JSONResponse({"id": follow_up, "status": "asked"}, 202)


@routes.post(
    "/api/v1/follow-ups/{follow_up}/settle",
    tags=["operation"],
    summary="Say what was done instead of a refused follow-up",
    openapi_extra=needs(CLOCK_KEEPER),
)
async def settle(follow_up: str, body: Settled, here: InHouse, who: Caller) -> JSONResponse:
    async with here.database.write.begin() as db:
        row = await follow_ups.settle(db, follow_up)
        await _looked_after(here, db, who, row, "settle_follow_up", {"text": body.reason})
    return JSONResponse({"id": follow_up, "status": "settled"})


async def _looked_after(here: House, db: AsyncConnection, who: Who, row: Any, event: str, form: dict[str, str]) -> Any:
    """The owner of a refused follow-up, once the caller may look after it and the record says that he did."""
    must_hold(who, CLOCK_KEEPER)
    if row is None:
        raise Problem("not_found")
    owner = (await db.execute(select(THING).where(THING.c.id == row.owner))).one()
    must_hold(who, CLOCK_KEEPER, region=owner.region)
    rest = {"machine": row.machine, "of": row.event, "rules": ["INV-16"], "form": form}
    line = audit.Line(owner.chain, row.thing, event, who.person, "applied", rest)
    await audit.append(db, await here.clock.now(db), [line])
    return owner


@routes.get("/livez", tags=["health"], summary="This process runs")
async def livez() -> JSONResponse:
    return JSONResponse({"status": "ok"})


@routes.get("/readyz", tags=["health"], summary="Database, migrations and engine can be reached")
async def readyz(here: InHouse) -> JSONResponse:
    checks = {"database": False, "migrations": False, "temporal": await here.gateway.engine_is_up()}
    try:
        checks["migrations"] = await at_head(here.database)
        checks["database"] = True
    except Exception:  # noqa: BLE001 - whatever it is, this process cannot serve: that is what is asked
        checks["database"] = False
    return JSONResponse({"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503)


@routes.get("/metrics", tags=["health"], summary="Prometheus metrics")
async def metrics(here: InHouse) -> Response:
    for name, value in (await outbox.backlog(here.database)).items():
        BACKLOG.labels(name).set(value)
    for state, years in (await calendar_alarm.provisional(here.database)).items():
        PROVISIONAL_YEARS.labels(state).set(years)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
