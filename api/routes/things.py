"""Every resource with a state, in one shape: list, read, create, actions, commands, signals, workflow, timeline."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api import views
from api.asking import Reply, Request
from api.bodies import Body
from api.context import SEEN, Anybody, Caller, FilingKey, House, InHouse, Key, Language, Seen
from api.problems import Problem
from api.resources import RESOURCES, Resource
from api.sight import is_public, sees_file
from service.domain.facts import Who
from service.domain.machine import Move
from service.domain.machines import template
from service.records.queries import lists

Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[int, Query(ge=0, le=2**31 - 1)]


class Command(Body):
    """An event on a thing: what the form of the event asks for, as JSON."""

    form: dict[str, Any] = Field(default_factory=dict, max_length=200)
    dryRun: bool = False


class Creation(Command):
    """The making of a thing: by which event, under which parent (or, on its own, under which scheme version)."""

    event: str | None = Field(default=None, max_length=100)
    parent: str | None = Field(default=None, max_length=100)
    scheme: str | None = Field(default=None, max_length=100)


def router() -> APIRouter:
    """The routes of all resources."""
    routes = APIRouter(prefix="/api/v1")
    for resource in RESOURCES:
        _add(routes, resource)
    return routes


def _add(routes: APIRouter, at: Resource) -> None:  # noqa: C901 - nine routes of one shape, one after the other
    base: str = f"/{at.name}"
    tag: list[str | Enum] = [at.name]
    commands = [m for m in template(at.machine) if m.kind == "command" and "@new" not in m.source]
    signals = [m for m in template(at.machine) if m.kind == "signal" and "@new" not in m.source]

    async def listed(
        here: InHouse, who: Anybody, state: str | None = None, parent: str | None = None, batch: str | None = None,
        case: str | None = None, track: str | None = None, region: str | None = None, subject: str | None = None,
        overdue: bool | None = None, due_before: date | None = None, cursor: str | None = None, limit: Limit = 50,
    ) -> JSONResponse:  # fmt: skip
        filters = lists.Filters(at.machine, state, parent, batch, case, track, region, subject, overdue, due_before)
        return await _list(here, who, at, filters, cursor, limit)

    async def read(thing: str, here: InHouse, who: Anybody) -> JSONResponse:
        facts = await here.gateway.read(who, thing)
        if facts.thing.machine != at.machine:
            raise Problem("not_found")
        view = views.whole_view(facts) if sees_file(who, facts.thing) else views.public_view(facts.thing)
        return JSONResponse(view, headers={"ETag": f'"{facts.thing.revision}"'})

    async def create(body: Creation, here: InHouse, who: Anybody, key: Key = None) -> JSONResponse:
        data = {"scheme": body.scheme} if body.scheme else {}
        event = body.event or (at.created_by[0] if at.created_by else "")
        return _answer(await here.gateway.act(Request(
            who, at.machine, event, parent=body.parent, creates=True, form=body.form, data=data, key=key,
            dry_run=body.dryRun,
        )))  # fmt: skip

    async def actions(thing: str, here: InHouse, who: Caller, language: Language) -> JSONResponse:
        may, make = await here.gateway.actions(who, thing)
        said, creates = ([_said(one, language) for one in found] for found in (may, make))
        return JSONResponse({"actions": said, "creates": creates})

    async def act(
        thing: str, event: str, body: Command, here: InHouse, who: Anybody, seen: Seen, key: Key = None
    ) -> JSONResponse:
        return _answer(await here.gateway.act(Request(
            who, at.machine, event, thing, form=body.form, key=key, revision=seen, dry_run=body.dryRun,
        )))  # fmt: skip

    async def signal(
        thing: str, name: str, body: Command, here: InHouse, who: Anybody, key: Key = None, filed_with: FilingKey = None
    ) -> JSONResponse:
        if not any(m.event == name for m in signals):
            raise Problem("not_found")
        return _answer(await here.gateway.act(Request(
            who, at.machine, name, thing, form=body.form, key=key, filed_with=filed_with,
        )))  # fmt: skip

    async def workflow(thing: str, here: InHouse, who: Caller) -> JSONResponse:
        return JSONResponse(await here.gateway.live(who, thing))

    async def timeline(thing: str, here: InHouse, who: Caller, after: After = 0, limit: Limit = 200) -> JSONResponse:
        facts = await here.gateway.read_file(who, thing)
        async with here.database.read.connect() as db:
            entries, more = await lists.timeline(db, facts.thing.chain, after, limit)
        return JSONResponse({"items": entries, "hasMore": more})

    routes.add_api_route(base, listed, methods=["GET"], tags=tag, summary=f"List: {at.en}", name=f"{at.machine}_list")
    if at.created_by:
        making = [m for m in template(at.machine) if m.event in at.created_by]
        routes.add_api_route(base, create, methods=["POST"], tags=tag, status_code=201, openapi_extra=marks(making),
                             summary=f"Create: {at.en}", description=_events(making), name=f"{at.machine}_create")  # fmt: skip
    one = base + "/{thing}"
    routes.add_api_route(one, read, methods=["GET"], tags=tag, summary=f"Read: {at.en}", name=f"{at.machine}_read")
    routes.add_api_route(one + "/actions", actions, methods=["GET"], tags=tag, name=f"{at.machine}_actions",
                         summary="Every event and what may be created on it, allowed or with each reason why not")  # fmt: skip
    # What is plain is an edit of one's own, on which nobody decides.
    seen_needed = {} if any(m.plain for m in commands) else SEEN
    routes.add_api_route(one + "/actions/{event}", act, methods=["POST"], tags=tag,
                         openapi_extra=marks(commands) | seen_needed,
                         summary="A command", description=_events(commands), name=f"{at.machine}_act")  # fmt: skip
    if signals:
        routes.add_api_route(one + "/signals/{name}", signal, methods=["POST"], tags=tag, status_code=202,
                             openapi_extra=marks(signals), summary="A fact from outside",
                             description=_events(signals), name=f"{at.machine}_signal")  # fmt: skip
    routes.add_api_route(one + "/workflow", workflow, methods=["GET"], tags=tag, name=f"{at.machine}_workflow",
                         summary="A live query of its workflow: for diagnosis only")  # fmt: skip
    routes.add_api_route(one + "/timeline", timeline, methods=["GET"], tags=tag, name=f"{at.machine}_timeline",
                         summary="What happened in its file, from the audit chain")  # fmt: skip


def marks(moves: list[Move]) -> dict[str, Any]:
    """Who may do it and on what basis, for whoever reads the OpenAPI file."""
    return {
        "x-required-roles": sorted({slot for m in moves for slot in m.who} - {"system", "timer"}),
        "x-rule-ids": sorted({rule for m in moves for rule in m.rules}),
    }


def _events(moves: list[Move]) -> str:
    lines = []
    for m in {m.event: m for m in moves if m.who not in (("system",), ("timer",))}.values():
        parts = ", ".join(p.name + ("?" if p.optional or p.when else "") for p in m.form.parts)
        lines.append(f"- `{m.event}` {m.zh} / {m.en}" + (f": {parts}" if parts else ""))
    return "\n".join(lines)


def _answer(reply: Reply) -> JSONResponse:
    headers = {}
    if reply.result is not None and reply.result.revision:
        headers["ETag"] = f'"{reply.result.revision}"'
    if reply.status == 201:
        headers["Location"] = views.reply_view(reply)["self"]
    if "command" in reply.more:
        headers["Location"] = f"/api/v1/commands/{quote(reply.more['command'], safe='')}"
    if reply.more.get("proposal"):
        headers["Location"] = f"/api/v1/proposals/{reply.more['proposal']}"
    return JSONResponse(views.reply_view(reply), reply.status, headers)


def _said(action: dict[str, Any], language: str) -> dict[str, Any]:
    """The same in one language."""
    said = {**action, "title": action["title"][language]}
    said["form"] = [_part(p, language) for p in action["form"]]
    if "unmet" in action:
        said["unmet"] = [
            {"code": u["code"], "detail": u[language], "missing": u["missing"], "rules": u["rules"]}
            for u in action["unmet"]
        ]
    return said


def _part(part: dict[str, Any], language: str) -> dict[str, Any]:
    """A part of a form in one language, with the list from which it is chosen where there is one."""
    said = {**part, "title": part["title"][language], "value": part["value"][language]}
    if "choices" in part:
        said["choices"] = [{"code": one["code"], "title": one[language]} for one in part["choices"]]
    return said


async def _list(
    here: House, who: Who, at: Resource, filters: lists.Filters, cursor: str | None, limit: int
) -> JSONResponse:
    public = at.name in ("notices", "designations")
    if who.person == "public" and not public:
        raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    async with here.database.read.connect() as db:
        found, more = await lists.page(db, who, filters, _after(cursor), limit, public=public)
    items = [views.public_view(t) if is_public(t) and not sees_file(who, t) else views.thing_view(t) for t in found]
    following = _cursor(found[-1].opened_at, found[-1].id) if more and found[-1].opened_at else None
    return JSONResponse({"items": items, "hasMore": more, "next": following})


def _cursor(opened: datetime, last: str) -> str:
    return base64.urlsafe_b64encode(f"{opened.isoformat()}|{last}".encode()).decode()


def _instant(given: str) -> datetime:
    found = datetime.fromisoformat(given)
    if found.tzinfo is None:
        raise ValueError("an instant without its offset")
    return found.astimezone(UTC)


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        opened, _, last = base64.urlsafe_b64decode(cursor.encode()).decode().replace("\0", "").partition("|")
        return _instant(opened), last
    except (ValueError, OverflowError, binascii.Error) as error:
        raise Problem("malformed", errors=[{"pointer": "/cursor", "zh": "游标有误", "en": "not a cursor"}]) from error
