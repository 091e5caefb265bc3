"""Schemes: draft, edit, validate, publish by a second person, retire by two; read, compare, draw the machines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Header, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field

from api.bodies import Body, Text
from api.context import SEEN, Caller, House, InHouse, Language, must_hold, needs
from api.problems import Problem
from api.scheme_views import basis_view, differences, faults, found_by
from service.domain.diagram import mermaid
from service.domain.facts import Who
from service.records import scheme_versions
from service.schemes import loader
from service.schemes.basis import basis_of, unmarked
from service.schemes.model import Scheme
from service.schemes.problem import Problem as Fault
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.encoding import MOST_BYTES
from service.schemes.reading.replacing import replaced
from service.schemes.validation.validator import problems, warnings

routes = APIRouter(prefix="/api/v1/schemes", tags=["schemes"])
EDITOR, PUBLISHER = "scheme_editor", "scheme_approver"
REGION = r"^[a-z0-9][a-z0-9_./-]{0,199}$"
Files = dict[str, bytes]
Seen = Annotated[
    str | None, Header(alias="If-Match", max_length=100, description="The ETag of the draft that you have changed")
]


class Draft(Body):
    """A scheme to be imported: one that ships with Shifan, or a definition of your own."""

    region: str = Field(pattern=REGION, description="Path of the jurisdiction in charge")
    shipped: str | None = None
    definition: dict[str, Any] | None = None


class Content(Body):
    """What a draft is to say from now on."""

    definition: dict[str, Any]


class Why(Body):
    """A reason on record."""

    reason: str = Field(min_length=4, max_length=2000)


# ------------------------------------------------------------------------------------------------- drafting


@routes.post("", status_code=201, summary="Import a draft", openapi_extra=needs(EDITOR))
async def add(body: Draft, here: InHouse, who: Caller) -> JSONResponse:
    """QH-17a. The answer warns of values that no mark says the basis of."""
    must_hold(who, EDITOR, region=body.region)
    if body.shipped is not None:
        if body.shipped not in loader.shipped():
            raise Problem("not_found", errors=[{"pointer": "/shipped", "zh": "未随附该方案", "en": "not shipped"}])
        shipped = loader.shipped_scheme(body.shipped)  # read once for each process
        return await _added(here, who, body.region, (shipped, warnings(shipped)), {})
    if body.definition is None:
        raise Problem("invalid", errors=[{"pointer": "/definition", "zh": "缺少方案内容", "en": "no definition"}])
    return await _added(here, who, body.region, await asyncio.to_thread(_loaded, body.definition), {})


@routes.post(
    "/files",
    status_code=201,
    summary="Import a draft from its files: scheme.yaml and its tables, 10 MB at most",
    openapi_extra=needs(EDITOR),
)
async def add_files(
    files: list[UploadFile], region: Annotated[Text, Form(pattern=REGION)], here: InHouse, who: Caller
) -> JSONResponse:
    """QH-17a. What is wrong is named with file, line and column."""
    must_hold(who, EDITOR, region=region)
    given = await _received(files)
    return await _added(here, who, region, await asyncio.to_thread(_read, given), given)


@routes.put("/{scheme}", summary="Change a draft", openapi_extra=needs(EDITOR) | SEEN)
async def edit(scheme: str, body: Content, here: InHouse, who: Caller, seen: Seen = None) -> JSONResponse:
    """QH-17a. Whoever has edited a draft cannot publish it."""
    await _may(here, who, scheme, EDITOR)
    return await _edited(here, who, scheme, seen, await asyncio.to_thread(_loaded, body.definition), {})


@routes.put("/{scheme}/files", summary="Change a draft by its files", openapi_extra=needs(EDITOR) | SEEN)
async def edit_files(
    scheme: str, files: list[UploadFile], here: InHouse, who: Caller, seen: Seen = None
) -> JSONResponse:
    """QH-17a. What is wrong is named with file, line and column."""
    await _may(here, who, scheme, EDITOR)
    given = await _received(files)
    return await _edited(here, who, scheme, seen, await asyncio.to_thread(_read, given), given)


@routes.put(
    "/{scheme}/tables/{table}",
    summary="Replace one table of a draft by a CSV or XLSX file; with dryRun only show what that would alter",
    openapi_extra=needs(EDITOR),
)
async def replace_table(
    scheme: str,
    table: Literal["indicators", "tasks", "obligations"],
    file: UploadFile,
    here: InHouse,
    who: Caller,
    seen: Seen = None,
    sheet: Annotated[Text, Form(max_length=100, description="Of a workbook; without it, the first shown")] = "",
    dry_run: Annotated[bool, Form(alias="dryRun")] = False,
) -> JSONResponse:
    """QH-17a. `changes` compares with the draft; `problems` names file, sheet, row and column, and blocks publication."""
    found = await _may(here, who, scheme, EDITOR)
    if found["status"] != "draft":
        raise found_by("not_draft")
    ((name, content),) = (await _received([file])).items()
    told, new = await asyncio.to_thread(_replaced, found["definition"], table, name, content, sheet)
    if dry_run:
        return JSONResponse({"id": scheme, "table": table, "dryRun": True, **told})
    saved = await _saved(here, who, scheme, seen, new)
    return JSONResponse({**saved, "table": table, **told}, headers={"ETag": f'"{saved["hash"]}"'})


@routes.post("/{scheme}/discard", summary="Give up a draft, with a reason", openapi_extra=needs(EDITOR))
async def discard(scheme: str, body: Why, here: InHouse, who: Caller) -> JSONResponse:
    """QH-17a, INV-16."""
    await _may(here, who, scheme, EDITOR)
    outcome = await scheme_versions.discard(here.database, here.clock, scheme, body.reason, who.person)
    return JSONResponse({"id": scheme, "status": _or_problem(outcome, "discarded")})


@routes.post(
    "/{scheme}/validate",
    summary="What keeps a version from being published, and what to look at again",
    openapi_extra=needs(EDITOR, PUBLISHER),
)
async def validate(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    must_hold(who, EDITOR, PUBLISHER)
    found = await _scheme(here, scheme)
    wrong, looked_at = await asyncio.to_thread(_judged, found)
    said = {"publishable": not wrong, "problems": faults(wrong), "warnings": faults(looked_at)}
    return JSONResponse({"id": scheme, **said})


# ------------------------------------------------------------------------------------------------- publishing


@routes.post(
    "/{scheme}/publish",
    summary="Publish a draft; a published version never changes",
    openapi_extra=needs(PUBLISHER),
)
async def publish(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    """QH-18a, INV-20, INV-30: by another person than its editors, and only when the validator finds nothing."""
    found = await _may(here, who, scheme, PUBLISHER)
    outcome = await scheme_versions.publish(here.database, here.clock, scheme, who.person)
    if isinstance(outcome, list):
        raise Problem("invalid", errors=faults(outcome), rules=[one.rule for one in outcome])
    if outcome == "not_draft" and found["status"] == "published":
        return JSONResponse({"id": scheme, "status": "published"})
    return JSONResponse({"id": scheme, "status": _or_problem(outcome, "published")})


@routes.post(
    "/{scheme}/retire",
    summary="Retire a version under which no batch or plan runs any more; two people ask for it",
    openapi_extra=needs(PUBLISHER),
)
async def retire(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    """GAP-SX-10, INV-20: the first call is kept as a proposal, the same call by another person carries it out."""
    await _may(here, who, scheme, PUBLISHER)
    outcome, more = await scheme_versions.retire(here.database, here.clock, scheme, who.person)
    if outcome == "proposed":
        return JSONResponse({"id": scheme, "status": "published", "proposal": more}, 202)
    if outcome == "in_use":
        zh, en = f"仍有 {len(more)} 个批次或行动计划依据该版本", f"{len(more)} batches or plans still run under it"
        said = {"code": "in_use", "zh": zh, "en": en, "missing": more, "rules": ["GAP-SX-10"]}
        raise Problem("guard", errors=[said], rules=["GAP-SX-10"])
    return JSONResponse({"id": scheme, "status": _or_problem(outcome, "retired")})


# ------------------------------------------------------------------------------------------------- reading


@routes.get("", summary="Every version of every scheme")
async def listed(here: InHouse, who: Caller) -> JSONResponse:
    return JSONResponse({"items": await scheme_versions.listed(here.database), "hasMore": False})


@routes.get("/{scheme}", summary="A version with its whole definition")
async def read(scheme: str, here: InHouse, who: Caller) -> JSONResponse:
    if (found := await scheme_versions.whole(here.database, scheme)) is None:
        raise Problem("not_found")
    return JSONResponse(found, headers={"ETag": f'"{found["hash"]}"'})


@routes.get("/{scheme}/basis", summary="On what the values of a version rest, or one of them with its articles")
async def basis(scheme: str, here: InHouse, who: Caller, language: Language, at: str | None = None) -> JSONResponse:
    found = await _scheme(here, scheme)
    if at is None:
        items = [basis_view(found, path, said, language) for path, said in found.basis.items()]
        return JSONResponse({"items": items, "hasMore": False})
    nearest = basis_of(found, at)
    if nearest is None:
        zh, en = f"{at} 没有注明依据", f"nothing says on what {at} rests"
        raise Problem("not_found", errors=[{"pointer": "/at", "code": "no_basis", "zh": zh, "en": en}])
    return JSONResponse({"at": at, **basis_view(found, *nearest, language)})


@routes.get("/{scheme}/diff/{other}", summary="What another version alters, and for whom")
async def diff(scheme: str, other: str, here: InHouse, who: Caller) -> JSONResponse:
    """The cases counted go on under `scheme`, whatever `other` says (GAP-SX-10, INV-30)."""
    old, new = await _scheme(here, scheme), await _scheme(here, other)
    said = await asyncio.to_thread(differences, old, new)
    running = await scheme_versions.running(here.database, scheme)
    return JSONResponse({"old": scheme, "new": other, **said, "running": running})


@routes.get("/{scheme}/diagram", response_class=PlainTextResponse, summary="A machine of the scheme, as Mermaid text")
async def diagram(
    scheme: str,
    here: InHouse,
    who: Caller,
    language: Language,
    machine: str = "case",
    track: str | None = None,
) -> PlainTextResponse:
    found = await _scheme(here, scheme)
    try:
        return PlainTextResponse(mermaid(found, machine, track, language))
    except KeyError as error:
        raise Problem("not_found") from error


# ------------------------------------------------------------------------------------------------- helpers


async def _may(here: House, who: Who, scheme: str, role: str) -> dict[str, Any]:
    """The version, if the caller holds the role where it belongs."""
    must_hold(who, role)
    if (found := await scheme_versions.whole(here.database, scheme)) is None:
        raise Problem("not_found")
    must_hold(who, role, region=found["region"])
    return found


async def _scheme(here: House, scheme: str) -> Scheme:
    found = await scheme_versions.scheme(here.database, scheme)
    if found is None:
        raise Problem("not_found")
    return found


async def _received(files: list[UploadFile]) -> Files:
    """The files of an upload by their names; reading stops at the limit."""
    given: Files = {}
    left = MOST_BYTES
    for file in files:
        content = await file.read(left + 1)
        left -= len(content)
        if left < 0:
            zh, en = "上传的文件超过 10 MB", "the files are larger than 10 MB"
            raise Problem("too_large", errors=[{"pointer": "/files", "code": "too_large", "zh": zh, "en": en}])
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
        if name in given:
            zh, en = f"文件“{name}”重复", f"the file {name} is sent twice"
            raise Problem("invalid", errors=[{"pointer": "/files", "code": "twice", "zh": zh, "en": en}])
        given[name] = content
    return given


def _read(files: Files) -> tuple[Scheme, list[Fault]]:
    try:
        return _loaded_from(loader.definition_of(files))
    except SchemeInvalid as error:
        raise Problem("invalid", errors=faults(error.problems, files)) from error


def _loaded(definition: Mapping[str, Any]) -> tuple[Scheme, list[Fault]]:
    try:
        return _loaded_from(definition)
    except SchemeInvalid as error:
        raise Problem("invalid", errors=faults(error.problems)) from error


def _loaded_from(definition: Mapping[str, Any]) -> tuple[Scheme, list[Fault]]:
    """The scheme, and the warnings about it."""
    scheme = loader.load(definition)
    return scheme, [*unmarked(definition, scheme.basis), *warnings(scheme)]


def _judged(scheme: Scheme) -> tuple[list[Fault], list[Fault]]:
    """What keeps a stored version from being published, and the warnings; a default needs no mark."""
    stated = scheme.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return problems(scheme), [*unmarked(stated, scheme.basis), *warnings(scheme)]


async def _added(here: House, who: Who, region: str, read: tuple[Scheme, list[Fault]], files: Files) -> JSONResponse:
    scheme, warned = read
    version = await scheme_versions.add(here.database, here.clock, scheme, region, who.person)
    if isinstance(version, str):
        raise found_by(version)
    headers = {"Location": f"/api/v1/schemes/{version['id']}", "ETag": f'"{version["hash"]}"'}
    return JSONResponse({**version, "warnings": faults(warned, files)}, 201, headers)


async def _edited(
    here: House, who: Who, scheme: str, seen: str | None, read: tuple[Scheme, list[Fault]], files: Files
) -> JSONResponse:
    content, warned = read
    version = await _saved(here, who, scheme, seen, content)
    return JSONResponse({**version, "warnings": faults(warned, files)}, headers={"ETag": f'"{version["hash"]}"'})


async def _saved(here: House, who: Who, scheme: str, seen: str | None, content: Scheme) -> dict[str, Any]:
    if seen is None:
        raise Problem("precondition")
    digest = seen.strip().removeprefix("W/").strip('"')
    version = await scheme_versions.edit(here.database, here.clock, scheme, content, digest, who.person)
    if isinstance(version, str):
        raise found_by(version)
    return version


def _replaced(
    definition: Mapping[str, Any], table: str, name: str, content: bytes, sheet: str
) -> tuple[dict[str, Any], Scheme]:
    """What a file in the place of a table alters and what is wrong then, and the scheme that it makes."""
    files, refs = {name: content}, None
    try:
        made = replaced(definition, table, name, content, sheet)
        files, refs = made.files, made.refs
        new = loader.load(made.definition)
    except SchemeInvalid as error:
        raise Problem("invalid", errors=faults(error.problems, files, refs)) from error
    wrong, looked_at = _judged(new)
    said = {"problems": faults(wrong, files, refs), "warnings": faults(looked_at, files, refs)}
    return {"publishable": not wrong, **differences(loader.load(definition), new), **said}, new


def _or_problem(outcome: str, expected: str) -> str:
    if outcome != expected:
        raise found_by(outcome)
    return outcome
