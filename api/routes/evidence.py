"""Evidence: files that support a statement, stored by their content hash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy import insert, select

from api.bodies import Text
from api.context import Caller, InHouse, Key
from api.problems import Problem
from service.domain.forms import storable
from service.records import audit
from service.records.rows import EVIDENCE
from service.records.write import id_from

CHUNK = 256 * 1024
routes = APIRouter(prefix="/api/v1/evidence", tags=["evidence"])


@routes.post("", status_code=201, summary="Upload a piece of evidence for a case")
async def upload(
    file: UploadFile,
    case: Annotated[Text, Form(max_length=100)],
    issuer: Annotated[Text, Form(min_length=1, max_length=300)],
    here: InHouse,
    who: Caller,
    covers_from: Annotated[date | None, Form()] = None,
    covers_to: Annotated[date | None, Form()] = None,
    key: Key = None,
) -> JSONResponse:
    """PDS-V1, PDS-A5: with content hash, issuer and the period covered. The same key stores it once."""
    if not key:
        raise Problem("key_missing")
    facts = await here.gateway.read_file(who, case)
    sha256, size = await here.files.put(_within(file, here.settings.upload_limit))
    evidence = id_from(who.person, key, "evidence")
    row = {
        "id": evidence, "chain": facts.thing.chain, "name": _label(file.filename or "file")[:300],
        "media_type": _label(file.content_type or "application/octet-stream")[:100], "size": size, "sha256": sha256,
        "issuer": issuer, "covers_from": covers_from, "covers_to": covers_to, "status": "submitted",
        "person": who.person, "at": facts.now,
    }  # fmt: skip
    async with here.database.write.begin() as db:
        before = (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == evidence))).one_or_none()
        if before is not None and before.sha256 != sha256:
            raise Problem("other_body")
        if before is None:
            await db.execute(insert(EVIDENCE).values(**row))
            rest = {
                "machine": "evidence_item",
                "sha256": sha256,
                "issuer": issuer,
                "rules": ["PDS-A5", "PDS-V1"],
            }
            line = audit.Line(facts.thing.chain, evidence, "submit_evidence", who.person, "applied", rest)
            await audit.append(db, facts.now, [line])
    view = {"id": evidence, "sha256": sha256, "size": size, "case": facts.thing.chain}
    return JSONResponse(view, 201, {"Location": f"/api/v1/evidence/{evidence}"})


async def _within(file: UploadFile, limit: int) -> AsyncIterator[bytes]:
    """The file in pieces, as long as it is not too large."""
    read = 0
    while piece := await file.read(CHUNK):
        read += len(piece)
        if read > limit:
            raise Problem("too_large")
        yield piece


@routes.get("/{evidence}/content", summary="The file itself")
async def content(evidence: str, here: InHouse, who: Caller) -> StreamingResponse:
    async with here.database.read.connect() as db:
        row = (await db.execute(select(EVIDENCE).where(EVIDENCE.c.id == evidence))).one_or_none()
    if row is None:
        raise Problem("not_found")
    await here.gateway.read_file(who, row.chain)
    # Never rendered in the reader's browser as what its uploader says it is.
    headers = {
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{row.sha256}"',
    }
    return StreamingResponse(await here.files.get(row.sha256), media_type="application/octet-stream", headers=headers)


@routes.get("", summary="The evidence of a case")
async def listed(case: str, here: InHouse, who: Caller) -> JSONResponse:
    facts = await here.gateway.read_file(who, case)
    query = select(EVIDENCE).where(EVIDENCE.c.chain == facts.thing.chain).order_by(EVIDENCE.c.at, EVIDENCE.c.id)
    async with here.database.read.connect() as db:
        rows = (await db.execute(query)).all()
    items = [
        {
            "id": r.id,
            "name": r.name,
            "size": r.size,
            "sha256": r.sha256,
            "issuer": r.issuer,
            "status": r.status,
            "coversFrom": r.covers_from.isoformat() if r.covers_from else None,
            "coversTo": r.covers_to.isoformat() if r.covers_to else None,
        }
        for r in rows
    ]
    return JSONResponse({"items": items, "hasMore": False})


def _label(given: str) -> str:
    """What a client calls a file, without what no database keeps."""
    return "".join(c for c in given if storable(c))
