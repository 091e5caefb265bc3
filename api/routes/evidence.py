"""Evidence: files and addresses that support a statement; files are stored by their content hash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field
from sqlalchemy import select

from api.bodies import Body, Day, Text
from api.context import Caller, House, InHouse, Key, needs
from api.plain import CREATED, DONE, PROPOSED, carry_out
from api.problems import Problem
from service.domain.cases.evidence import KEEPERS, STEPS
from service.domain.dates.calendar import today
from service.domain.facts import Facts, Who
from service.domain.forms import storable
from service.records.evidence import Evidence
from service.records.rows import EVIDENCE

CHUNK = 256 * 1024
routes = APIRouter(prefix="/api/v1/evidence", tags=["evidence"])
Said = Annotated[str, Field(min_length=4, max_length=1000)]
Issuer = Annotated[str, Field(min_length=1, max_length=300)]


class Address(Body):
    """A page that supports a statement, and the day on which it was read."""

    case: Annotated[str, Field(min_length=1, max_length=100)]
    address: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)]
    read_on: Day
    name: Annotated[str, Field(max_length=300)] = ""
    issuer: Issuer
    external: bool | None = None
    covers_from: Day | None = None
    covers_to: Day | None = None


class Submission(Body):
    """What was still lacking, or is put right after a return."""

    issuer: Issuer | None = None
    external: bool | None = None
    covers_from: Day | None = None
    covers_to: Day | None = None


class Reason(Body):
    text: Said


class Replacement(Reason):
    replacement: Annotated[str, Field(min_length=1, max_length=100)]


class Falsehood(Reason):
    """Why it is false; `decision` names the decision that found so, where no fact-finding of the case did."""

    decision: Annotated[str, Field(max_length=1000)] = ""


@routes.post("", status_code=CREATED, summary="Upload a piece of evidence for a case", openapi_extra=needs(*KEEPERS))
async def upload(
    file: UploadFile,
    case: Annotated[Text, Form(max_length=100)],
    issuer: Annotated[Text, Form(min_length=1, max_length=300)],
    here: InHouse,
    who: Caller,
    covers_from: Annotated[Day | None, Form()] = None,
    covers_to: Annotated[Day | None, Form()] = None,
    external: Annotated[bool | None, Form()] = None,
    key: Key = None,
) -> JSONResponse:
    """PDS-V1, PDS-A5: with content hash, issuer and the period covered, without which it stays a draft."""
    if not key:
        raise Problem("key_missing")
    facts = await here.gateway.read_file(who, case)
    sha256, size = await here.files.put(_within(file, here.settings.upload_limit))
    said = {
        "name": _label(file.filename or "file")[:300], "size": size, "sha256": sha256, "issuer": issuer,
        "media_type": _label(file.content_type or "application/octet-stream")[:100], "external": external,
        "covers_from": covers_from, "covers_to": covers_to,
    }  # fmt: skip
    return await _added(here, who, facts, key, said)


@routes.post("/addresses", status_code=CREATED, summary="Name an address as evidence", openapi_extra=needs(*KEEPERS))
async def refer(body: Address, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """PDS-V1: what the public web shows, with the day on which it was read."""
    facts = await here.gateway.read_file(who, body.case)
    if body.read_on > today(facts.now):
        said = {"pointer": "/read_on", "zh": "读取日期不得晚于今天", "en": "must not lie in the future"}
        raise Problem("invalid", errors=[said])
    said_ = body.model_dump(exclude={"case"})
    return await _added(here, who, facts, key, {**said_, "name": body.name or body.address[:300]})


async def _added(here: House, who: Who, facts: Facts, key: str | None, said: dict[str, Any]) -> JSONResponse:
    done = await carry_out(key, lambda k: _evidence(here).add(who, k, facts.thing, said))
    row = await _row(here, done.thing)
    view = {**_view(row), "case": row.chain, "self": f"/api/v1/evidence/{row.id}"}
    return JSONResponse(view, CREATED, {"Location": f"/api/v1/evidence/{row.id}"})


async def _within(file: UploadFile, limit: int) -> AsyncIterator[bytes]:
    """The file in pieces, as long as it is not too large."""
    read = 0
    while piece := await file.read(CHUNK):
        read += len(piece)
        if read > limit:
            raise Problem("too_large")
        yield piece


@routes.get("/{evidence}", summary="How a piece of evidence stands")
async def read(evidence: str, here: InHouse, who: Caller) -> JSONResponse:
    row = await _seen(here, who, evidence)
    return JSONResponse({**_view(row), "case": row.chain})


@routes.get("/{evidence}/content", summary="The file itself")
async def content(evidence: str, here: InHouse, who: Caller) -> StreamingResponse:
    row = await _seen(here, who, evidence)
    if not row.sha256:
        raise Problem("not_found")  # an address is read where it is
    # Never rendered in the reader's browser as what its uploader says it is.
    headers = {
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{row.sha256}"',
    }
    return StreamingResponse(await here.files.get(row.sha256), media_type="application/octet-stream", headers=headers)


@routes.get("", summary="The evidence of a case")
async def listed(case: str, here: InHouse, who: Caller, status: str | None = None) -> JSONResponse:
    facts = await here.gateway.read_file(who, case)
    query = select(EVIDENCE).where(EVIDENCE.c.chain == facts.thing.chain).order_by(EVIDENCE.c.at, EVIDENCE.c.id)
    async with here.database.read.connect() as db:
        rows = (await db.execute(query)).all()
    return JSONResponse({"items": [_view(r) for r in rows if status in (None, r.status)], "hasMore": False})


@routes.post("/{evidence}/submit", summary="Submit it", openapi_extra=needs(*STEPS["submit"].who))
async def submit(evidence: str, body: Submission, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    return await _step(here, who, key, evidence, "submit", body)


@routes.post("/{evidence}/return", summary="Return it for correction", openapi_extra=needs(*STEPS["return"].who))
async def send_back(evidence: str, body: Reason, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    return await _step(here, who, key, evidence, "return", body)


@routes.post(
    "/{evidence}/supersede",
    summary="Name what takes its place; it stays on file",
    openapi_extra=needs(*STEPS["supersede"].who),
)
async def supersede(evidence: str, body: Replacement, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    return await _step(here, who, key, evidence, "supersede", body)


@routes.post(
    "/{evidence}/withdraw",
    summary="Withdraw it, while nothing rests on it",
    openapi_extra=needs(*STEPS["withdraw"].who),
)
async def withdraw(evidence: str, body: Reason, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    return await _step(here, who, key, evidence, "withdraw", body)


@routes.post(
    "/{evidence}/strike",
    status_code=PROPOSED,
    summary="Strike it out as false, by two persons",
    openapi_extra=needs(*STEPS["strike"].who),
)
async def strike(evidence: str, body: Falsehood, here: InHouse, who: Caller, key: Key = None) -> JSONResponse:
    """PDS-D2, INV-15, INV-20: on a closed fact-finding or a decision; the same call by another person confirms."""
    return await _step(here, who, key, evidence, "strike", body)


async def _step(here: House, who: Who, key: str | None, item: str, name: str, body: Body) -> JSONResponse:
    await _seen(here, who, item)
    said = body.model_dump(mode="json", exclude_none=True)
    done = await carry_out(key, lambda k: _evidence(here).take(who, k, item, STEPS[name], said))
    view = _view(await _row(here, item))
    if done.status == "proposed":
        return JSONResponse({**view, "proposal": done.proposal}, PROPOSED)
    return JSONResponse(view, DONE)


def _evidence(here: House) -> Evidence:
    return Evidence(here.database, here.clock)


async def _row(here: House, item: str) -> Any:
    async with here.database.read.connect() as db:
        row = (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == item))).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


async def _seen(here: House, who: Who, item: str) -> Any:
    """The row, for whoever may see the file it belongs to, or handed it in for a part of it."""
    row = await _row(here, item)
    if row.person != who.person:
        await here.gateway.read_file(who, row.chain)
    return row


def _view(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256 or None,
        "address": row.address,
        "readOn": row.read_on.isoformat() if row.read_on else None,
        "issuer": row.issuer,
        "external": row.external,
        "status": row.status,
        "coversFrom": row.covers_from.isoformat() if row.covers_from else None,
        "coversTo": row.covers_to.isoformat() if row.covers_to else None,
        "supersededBy": row.superseded_by,
        "lockedFor": row.locked_for,
        "foundFalse": row.struck,
        "reason": row.reason,
    }


def _label(given: str) -> str:
    """What a client calls a file, without what no database keeps."""
    return "".join(c for c in given if storable(c))
