"""Whatever is sent, the answer is a clear problem: never a 500, never an engine that hangs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.resources import RESOURCES
from service.domain.cases.case import TABLE as CASE_TABLE
from service.domain.cases.stage import DECLARATION, INSPECTION
from service.domain.cases.stage import TABLE as STAGE_TABLE
from service.domain.facts import NEW
from service.domain.machine import Move
from service.domain.machines import PLAIN
from tests.support.cast import Cast, bring, evaluation, everything, notice, recommend
from tests.support.house import Caller
from tests.support.problems import clear, problem

DEEP = 900
NESTED = "[" * DEEP + "]" * DEEP
VALUES = (
    "true", "0", "-1", "1.5", "1e400", "NaN", "9" * 4000, '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"',
    '"' + "x" * 10_001 + '"', "[]", "{}", "[[]]", "[null]", '[1, "x"]', '{"": ""}', '{"\\u0000": "x"}', '{"\\ud800": ["x"]}',
    '{"a": {"b": {}}}', '[{"\\u0000": "\\ud800"}]', '"2024-02-30"', '"9999-12-31"', '"0001-01-01"', '"1e999999"',
    NESTED, '{"a": ' + NESTED + "}",
)  # fmt: skip
TEXTS = ("\0", "a\0b", "\ud800", "x" * 5_000, "../..", "'; drop table thing; --", "%00", "日" * 99, " ")


async def _raw(caller: Caller, path: str, body: str, method: str = "POST", **headers: str) -> Any:
    given = caller.headers(**{"Content-Type": "application/json", "Idempotency-Key": caller.key(), **headers})
    return await caller.http.request(method, f"/api/v1{path}", content=body.encode(), headers=given)


BODIES = (
    "", "{", "nul", "[]", "null", "7", '"form"', "[1, 2]", '{"form": 1}', '{"form": null}', '{"form": []}', '{"form": {}} x',
    '{"dryRun": "maybe"}', '{"unknown": 1}', '{"form": {}, "form": {}}', "\ufeff{}", NESTED, "[" * 200_000, '{"a":' * 200_000,
    '{"form": {"a": ' + "9" * 5_000 + "}}", "{'form': {}}", '{"\\u0000": 1}', '{"\\ud800": 1}', '{"form": {"\\ud800": 1}}',
    '{"form": {"\\u0000": 1}}', '{"form": {"' + "k" * 50_000 + '": 1}}', "NaN", '{"form": NaN}', "\\", "true",
    '{"parent": "\\u0000"}', '{"parent": 7}', '{"parent": {}}', '{"event": "\\u0000"}', '{"event": "\\ud800"}',
    '{"event": 9}', '{"scheme": "\\ud800"}', '{"parent": "\\ud800"}', '{"scheme": []}',
)  # fmt: skip


@pytest.mark.parametrize("resource", [r.name for r in RESOURCES])
async def test_no_body_breaks_a_route(cast: Cast, resource: str) -> None:
    who = await everything(cast)
    known = f"/{resource}/{cast.batch}/actions/open_batch"
    for body in BODIES:
        for path in (f"/{resource}", known if resource == "batches" else f"/{resource}/x/actions/enroll"):
            clear(await _raw(who, path, body, **{"If-Match": '"0"'}))


@pytest.mark.parametrize("path", ["/schemes", "/jurisdictions", "/organizations", "/people", "/people/x/roles", "/tokens",
                                  "/clock/advance", "/proposals/x/withdraw", "/schemes/x/publish", "/schemes/x/discard",
                                  "/schemes/x/validate", "/schemes/x/retire"])  # fmt: skip
async def test_no_body_breaks_a_plain_route(cast: Cast, path: str) -> None:
    who = await everything(cast)
    schema = (await cast.place.http.get("/openapi.json")).json()
    operation = schema["paths"]["/api/v1" + path.replace("/x", "/{" + ("person" if "people" in path else
                                "proposal" if "proposals" in path else "scheme") + "}", 1)]["post"]  # fmt: skip
    for body in BODIES:
        clear(await _raw(who, path, body))
    if "requestBody" not in operation:
        return
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = schema["components"]["schemas"][name]["properties"]
    for value in VALUES:
        for field in fields:
            clear(await _raw(who, path, f'{{"{field}": {value}}}'))
        clear(await _raw(who, path, "{" + ", ".join(f'"{field}": {value}' for field in fields) + ', "more": 1}'))


@pytest.mark.parametrize("value", TEXTS)
async def test_no_name_in_an_address_breaks_a_route(cast: Cast, value: str) -> None:
    who = await everything(cast)
    raw = value.encode("utf-8", "surrogatepass")
    name = "".join(f"%{byte:02x}" for byte in raw)
    for path in (f"/cases/{name}", f"/cases/{name}/actions", f"/cases/{name}/timeline", f"/cases/{name}/workflow",
                 f"/cases/{name}/scores", f"/commands/{name}", f"/proposals/{name}", f"/schemes/{name}",
                 f"/schemes/{name}/basis", f"/schemes/{cast.scheme}/basis?at={name}", f"/schemes/{cast.scheme}/basis?at=/{name}",
                 f"/schemes/{cast.scheme}/diff/{name}", f"/schemes/{cast.scheme}/diagram?machine={name}", f"/schemes/{cast.scheme}/diagram?track={name}",
                 f"/evidence/{name}/content", f"/evidence?case={name}", f"/evaluations/{name}/scores"):  # fmt: skip
        answer = await cast.place.http.get(f"/api/v1{path}", headers=who.headers())
        clear(answer)
    for path in (f"/cases/{name}/actions/enroll", f"/batches/{cast.batch}/actions/{name}",
                 f"/batches/{cast.batch}/signals/{name}", f"/people/{name}/roles", f"/proposals/{name}/withdraw",
                 f"/schemes/{name}/publish", f"/{name}"):  # fmt: skip
        clear(await _raw(who, path, "{}", **{"If-Match": '"1"'}))


@pytest.mark.parametrize("name", ["state", "parent", "batch", "case", "track", "region", "subject", "due_before", "overdue",
                                  "cursor", "limit"])  # fmt: skip
async def test_no_filter_breaks_a_list(cast: Cast, name: str) -> None:
    who = await everything(cast)
    for value in TEXTS:
        raw = "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))
        answer = await cast.place.http.get(f"/api/v1/cases?{name}={raw}", headers=who.headers())
        if answer.status_code != 200:
            clear(answer)


@pytest.mark.parametrize("key", ["k" * 201, "", "é", "日", "a\tb", "x" * 70_000])
async def test_no_key_breaks_a_command(cast: Cast, key: str) -> None:
    at = await cast.draft()
    headers = [(k.encode(), v.encode()) for k, v in at.clerk.headers(**{"If-Match": '"1"'}).items()]
    path = f"/api/v1/cases/{at.case}/actions/discard_draft"
    raw = [*headers, (b"Idempotency-Key", key.encode())]
    answer = await cast.place.http.post(path, json={}, headers=raw)
    if answer.status_code == 200:  # unusual, and still a key: the answer is found under it
        again = await cast.place.http.post(path, json={}, headers=raw)
        assert again.json() == answer.json()
    else:
        clear(answer)


def _forms(table: tuple[Move, ...], creating: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for move in table:
        if (NEW in move.source) == creating and move.who not in (("system",), ("timer",)):
            found.setdefault(move.event, []).extend(part.name for part in move.form.parts)
    return found


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r.name)
async def test_no_value_in_the_form_of_a_creation_breaks_it(cast: Cast, resource: Any) -> None:
    """Each part takes each value; by dry run, which runs the same verdict, and for good."""
    if not resource.created_by:
        assert problem(await cast.chief.post(f"/{resource.name}"), "method_not_allowed")
        return
    who = await everything(cast)
    parents = {"batch": cast.batch, "case": (await cast.enrolled()).case}
    parent = next((parents[p] for p in resource.under if p in parents), None)
    table = CASE_TABLE if resource.machine == "case" else PLAIN[resource.machine].table
    for event, parts in _forms(table, creating=True).items():
        for value in VALUES:
            form = "{" + ", ".join(f'"{part}": {value}' for part in parts) + "}"
            said = {"event": event, "parent": parent, "scheme": None if resource.under else cast.scheme}
            outer = json.dumps({k: v for k, v in said.items() if v})[:-1]
            for dry in ("true", "false"):
                answer = await _raw(who, f"/{resource.name}", f'{outer}, "form": {form}, "dryRun": {dry}}}')
                if answer.status_code not in (200, 201, 202):
                    clear(answer)


async def _fuzz(who: Caller, resource: str, thing: str, forms: dict[str, list[str]]) -> None:
    """Every event in turn with every fourth value; what is refused for good is audited, garbage and all."""
    for turn, (event, parts) in enumerate(forms.items()):
        names = list(dict.fromkeys([*parts, "no such part"]))
        for n, value in enumerate(VALUES[turn % 4 :: 4]):
            form = "{" + ", ".join(f'"{part}": {value}' for part in names) + "}"
            dry = "false" if n % 3 == 0 else "true"
            path = f"/{resource}/{thing}/actions/{event}"
            clear(await _raw(who, path, f'{{"form": {form}, "dryRun": {dry}}}', **{"If-Match": '"0"'}))


@pytest.mark.parametrize("stage", ["draft", "self_check", "inspection", "application"])
async def test_no_value_in_a_form_breaks_a_command_on_a_case(cast: Cast, stage: str) -> None:
    who = await everything(cast)
    at = await cast.draft() if stage == "draft" else await cast.enrolled()
    if stage != "draft":
        await bring(cast, at, stage)
    adds = [p.name for p in (*INSPECTION.parts, *DECLARATION.parts)]
    forms = {
        e: p + (adds if e == "complete_stage" else []) for e, p in _forms((*CASE_TABLE, *STAGE_TABLE), False).items()
    }
    await _fuzz(who, "cases", at.case, forms)
    for value in VALUES:
        clear(await _raw(who, f"/cases/{at.case}/scores", f'{{"scores": {{"PDS-I01": {value}}}}}', "PUT"))
        clear(await _raw(who, f"/cases/{at.case}/scores", f'{{"scores": {value}}}', "PUT"))
    assert await at.state() == stage


async def test_no_value_in_a_form_breaks_a_command_on_what_belongs_to_a_case(cast: Cast) -> None:
    who = await everything(cast)
    at = await cast.enrolled()
    finding = {"source": "own look", "finding": "no signs", "basis": "YL-2i"}
    item = await cast.office.made("rectification-items", at.case, **finding)
    await _fuzz(who, "rectification-items", item, _forms(PLAIN["rectification_item"].table, False))
    await cast.office.must("rectification-items", item, "withdraw_finding", text="it was a slip")
    await bring(cast, at, "review")
    recommendation = await recommend(cast, at)
    await _fuzz(who, "recommendations", recommendation, _forms(PLAIN["recommendation"].table, False))
    await bring(cast, at, "evaluation")
    scoring = await evaluation(cast, at, "third_party")
    await _fuzz(who, "evaluations", scoring, _forms(PLAIN["evaluation"].table, False))
    await cast.chief.must("evaluations", scoring, "terminate_evaluation", text="the test is over")
    await bring(cast, at, "publicity")
    opened = await notice(cast, at)
    await _fuzz(who, "notices", opened, _forms(PLAIN["public_notice"].table, False))
    for value in VALUES:
        for part in ("reasons", "identity", "way_to_answer"):
            whole = {"reasons": '"why"', "identity": '"me"', "way_to_answer": '"here"', part: value}
            form = ", ".join(f'"{k}": {v}' for k, v in whole.items())
            answer = await _raw(who, "/objections", f'{{"parent": "{opened}", "form": {{{form}}}}}')
            if answer.status_code != 202:
                clear(answer)


async def test_no_part_of_an_upload_breaks_it(cast: Cast) -> None:
    at = await cast.enrolled()
    for parts in ({"case": "\0", "issuer": "we"}, {"case": at.case, "issuer": "\0"}, {"case": at.case}, {"issuer": "we"},
                  {"case": at.case, "issuer": "we", "covers_from": "2024-02-30"}, {"case": "x" * 101, "issuer": "we"},
                  {"case": at.case, "issuer": "x" * 301}):  # fmt: skip
        file = {"file": ("a.txt", b"a", "text/plain")}
        headers = at.clerk.headers(**{"Idempotency-Key": at.clerk.key()})
        clear(await cast.place.http.post("/api/v1/evidence", data=parts, files=file, headers=headers))
    body = (
        b'--b\r\nContent-Disposition: form-data; name="case"\r\n\r\n' + at.case.encode() + b"\r\n--b\r\n"
        b'Content-Disposition: form-data; name="issuer"\r\n\r\nwe\r\n--b\r\n'
        b'Content-Disposition: form-data; name="file"; filename="a\0\xff.txt"\r\nContent-Type: te\0xt\r\n\r\nx\r\n--b--\r\n'
    )
    for content in (body, body[:-40], b"", b"--b", b"--b\r\n\r\n", body.replace(b"issuer", b"\0")):
        headers = at.clerk.headers(
            **{"Idempotency-Key": at.clerk.key(), "Content-Type": "multipart/form-data; boundary=b"}
        )
        answer = await cast.place.http.post("/api/v1/evidence", content=content, headers=headers)
        if answer.status_code != 201:
            clear(answer)
    headers = at.clerk.headers(**{"Idempotency-Key": at.clerk.key(), "Content-Type": "multipart/form-data"})
    clear(await cast.place.http.post("/api/v1/evidence", content=body, headers=headers))


async def test_an_upload_over_the_limit_is_413(cast: Cast) -> None:
    at = await cast.enrolled()
    settings = cast.place.house.settings
    before, settings.upload_limit = settings.upload_limit, 1_000
    try:
        answer = await cast.place.http.post(
            "/api/v1/evidence", data={"case": at.case, "issuer": "we"}, files={"file": ("a", b"x" * 1_001)},
            headers=at.clerk.headers(**{"Idempotency-Key": "large"}),
        )  # fmt: skip
    finally:
        settings.upload_limit = before
    problem(answer, "too_large")
    kept = (await at.clerk.get("/evidence", case=at.case)).json()["items"]
    assert [e["id"] for e in kept] == [at.evidence]  # nothing beside what every county of the tests has


@pytest.mark.parametrize("closes", ["9999-12-31", "2200-01-01", "1899-12-31", "0001-01-01"])
async def test_a_day_at_the_end_of_time_is_no_date_of_duty(cast: Cast, closes: str) -> None:
    window: dict[str, Any] = {"number": 7, "naming_year": 2024, "opens": "2024-02-22", "closes": closes}
    said = problem(await cast.chief.create("batches", scheme=cast.scheme, **window), "form")
    assert [e["pointer"] for e in said["errors"]] == ["/form/closes"]
