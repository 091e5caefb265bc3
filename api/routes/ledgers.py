"""The ledgers: problem, responsibility, task and close-out lists, as JSON or as a table for a spreadsheet."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.context import Caller, House, InHouse, Language
from api.problems import Problem
from service.domain.cases import ledgers as views
from service.domain.cases.ledgers import COLUMNS, VIEWS, View
from service.domain.facts import Who
from service.domain.forms import storable
from service.records.queries import ledgers
from service.records.queries.ledgers import Narrowed

routes = APIRouter(prefix="/api/v1/ledgers", tags=["ledgers"])
Limit = Annotated[int, Query(ge=1, le=200)]
Name = Literal["problem", "responsibility", "task", "close_out"]
AT_ONCE = 200
BOM = "\ufeff"
"""By it a spreadsheet knows that the table is UTF-8."""


@routes.get(
    "/{view}", response_model=None, summary="A ledger of rectification items, as far as the caller may see them"
)
async def ledger(
    view: Name, here: InHouse, who: Caller, language: Language,
    case: str | None = None, batch: str | None = None, unit: str | None = None, person: str | None = None,
    state: str | None = None, subject: str | None = None,
    as_: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    cursor: str | None = None, limit: Limit = 50,
) -> Response:  # fmt: skip
    """YL-3g, PDS-S3b: a view and never a copy. `empty` names the columns of a row that must still be filled in."""
    shown, to = VIEWS[view], Narrowed(case, batch, unit, person, state, subject)
    if as_ == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{view}.csv"', "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(_table(here, who, shown, to, language), media_type="text/csv", headers=headers)
    async with here.database.read.connect() as db:
        rows, following = await ledgers.page(db, who, shown, to, _after(cursor, shown), limit)
    columns = [{"name": name, "title": _title(name, language), "must": name in shown.must} for name in shown.columns]
    items = [
        {**{name: row[name] for name in shown.columns}, "empty": views.empty(shown, row),
         **({"group": [row[name] for name in shown.group]} if shown.group else {})}
        for row in rows
    ]  # fmt: skip
    return JSONResponse({
        "ledger": view, "title": shown.zh if language == "zh" else shown.en, "columns": columns,
        "items": items, "hasMore": following is not None, "next": _cursor(following),
    })  # fmt: skip


async def _table(here: House, who: Who, view: View, to: Narrowed, language: str) -> AsyncIterator[str]:
    """The whole ledger as CSV, a page of rows at a time."""
    yield BOM + _line([_title(name, language) for name in view.columns])
    after: list[str] | None = None
    while True:
        async with here.database.read.connect() as db:
            rows, after = await ledgers.page(db, who, view, to, after, AT_ONCE)
        yield "".join(_line([views.cell(row[name]) for name in view.columns]) for row in rows)
        if after is None:
            return


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _title(name: str, language: str) -> str:
    zh, en = COLUMNS[name]
    return zh if language == "zh" else en


def _cursor(following: list[str] | None) -> str | None:
    if following is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(following, ensure_ascii=False).encode()).decode()


def _after(cursor: str | None, view: View) -> list[str] | None:
    if cursor is None:
        return None
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(cursor.encode()).decode())
    except (ValueError, RecursionError, binascii.Error):
        found = None
    keys = len(view.order) + 1
    if not (isinstance(found, list) and len(found) == keys and all(isinstance(v, str) and storable(v) for v in found)):
        raise Problem("malformed", errors=[{"pointer": "/cursor", "zh": "游标有误", "en": "not a cursor"}])
    return found
