"""One convention per concern, the same on every route: problems, headers, revisions, languages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from api.resources import RESOURCES
from service.schemes.rules import article
from tests.support.cast import Cast
from tests.support.house import Installation
from tests.support.problems import problem


async def test_an_unknown_route_is_a_problem(place: Installation) -> None:
    problem(await place.http.get("/api/v1/nothing"), "not_found")
    problem(await place.http.get("/"), "not_found")


async def test_a_method_that_a_route_does_not_have_is_a_problem(place: Installation) -> None:
    answer = await place.http.delete("/api/v1/cases")
    problem(answer, "method_not_allowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) & {"GET", "POST"}


async def test_an_answer_that_is_no_problem_carries_the_version_too(place: Installation) -> None:
    for path in ("/livez", "/openapi.json", "/api/v1/notices"):
        answer = await place.http.get(path)
        assert answer.status_code == 200
        assert answer.headers["X-API-Version"] == "1.0"


async def test_the_language_of_the_caller_changes_the_words_and_not_the_codes(cast: Cast) -> None:
    at = await cast.enrolled()
    said = {}
    for language in ("zh-CN,zh;q=0.9", "en-GB,en;q=0.8"):
        at.clerk.language = language
        said[language[:2]] = problem(await at.clerk.act("cases", at.case, "complete_stage"), "guard")
    zh, en = said["zh"], said["en"]
    assert (zh["title"], en["title"]) == ("条件不满足", "conditions are not met")
    assert zh["detail"] != en["detail"]
    assert [e["code"] for e in zh["errors"]] == [e["code"] for e in en["errors"]]
    assert [r["id"] for r in zh["rules"]] == [r["id"] for r in en["rules"]]


@pytest.mark.req("PDS-S1b")
async def test_a_refusal_names_its_rules_with_their_articles(cast: Cast) -> None:
    at = await cast.enrolled()
    said = problem(await at.clerk.act("cases", at.case, "complete_stage"), "guard")
    unmet = {e["code"]: e for e in said["errors"]}
    assert {"artefacts_present", "organization_formed", "duties_assigned"} <= unmet.keys()
    assert unmet["artefacts_present"]["missing"] == ["work_plan", "meeting_minutes"]
    assert "YL-1b" in unmet["organization_formed"]["rules"]
    cited = {r["id"]: r for r in said["rules"]}
    assert cited["YL-1b"] == article("YL-1b", "en")


async def test_what_is_missing_in_a_form_is_pointed_at(cast: Cast) -> None:
    at = await cast.enrolled()
    said = problem(await at.clerk.act("cases", at.case, "submit_artefact", artefact="work_plan", colour="red"), "form")
    pointers = {e["pointer"]: e for e in said["errors"]}
    assert pointers.keys() == {"/form/author", "/form/date", "/form/files", "/form/colour"}
    assert pointers["/form/author"]["missing"] == ["author"]
    assert pointers["/form/author"]["rules"]


async def test_what_is_wrong_in_a_body_is_pointed_at_from_its_root(cast: Cast) -> None:
    said = problem(await cast.admin.post("/clock/advance", {"to": "tomorrow", "by": 1}), "invalid")
    assert {e["pointer"] for e in said["errors"]} == {"/to", "/by"}


async def test_an_etag_is_the_revision_and_every_decision_answers_with_the_new_one(cast: Cast) -> None:
    at = await cast.draft()
    before = await at.clerk.etag("cases", at.case)
    assert before == '"1"'
    answer = await at.clerk.post(f"/cases/{at.case}/actions/enroll", **{"If-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == await at.clerk.etag("cases", at.case) != before


async def test_a_decision_without_the_revision_seen_is_428(cast: Cast) -> None:
    at = await cast.draft()
    problem(await at.clerk.post(f"/cases/{at.case}/actions/enroll"), "precondition", 428)


async def test_a_decision_on_an_old_revision_is_412_and_names_the_present_one(cast: Cast) -> None:
    at = await cast.enrolled()
    stale = await at.clerk.post(f"/cases/{at.case}/actions/withdraw", **{"If-Match": '"1"'})
    assert f'"{problem(stale, "stale", 412)["revision"]}"' == await at.clerk.etag("cases", at.case)


@pytest.mark.parametrize("given", ["seven", '"', "-1", '"1.0"', "9" * 30, '"１"', "*"])
async def test_an_if_match_that_is_no_etag_is_malformed(cast: Cast, given: str) -> None:
    at = await cast.draft()
    seen = given.encode()
    headers = {**at.clerk.headers(**{"Idempotency-Key": at.clerk.key()})}
    raw = [(k.encode(), v.encode()) for k, v in headers.items()]
    answer = await cast.place.http.post(
        f"/api/v1/cases/{at.case}/actions/enroll", json={}, headers=[*raw, (b"If-Match", seen)]
    )
    assert answer.status_code in (400, 422)
    problem(answer, answer.json()["code"])


async def test_a_command_without_a_key_is_refused(cast: Cast) -> None:
    at = await cast.draft()
    headers = at.clerk.headers(**{"If-Match": '"1"'})
    answer = await cast.place.http.post(f"/api/v1/cases/{at.case}/actions/enroll", json={}, headers=headers)
    problem(answer, "key_missing")
    created = await cast.place.http.post("/api/v1/cases", json={}, headers=at.clerk.headers())
    problem(created, "key_missing")


async def test_a_body_that_is_no_json_is_415_or_400(cast: Cast) -> None:
    at = await cast.draft()
    path = f"/api/v1/cases/{at.case}/actions/enroll"
    keyed = {"Idempotency-Key": at.clerk.key(), "If-Match": '"1"'}
    broken = at.clerk.headers(**keyed, **{"Content-Type": "application/json"})
    problem(await cast.place.http.post(path, content=b'{"form": ', headers=broken), "malformed")
    texts = at.clerk.headers(**keyed, **{"Content-Type": "text/plain"})
    problem(await cast.place.http.post(path, content=b'{"form": {}}', headers=texts), "media_type")


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 50_000):
        yield b" " * 50_000


async def test_a_body_that_is_too_large_is_413_whether_it_says_so_or_not(cast: Cast) -> None:
    headers = cast.admin.headers(**{"Content-Type": "application/json"})
    declared = await cast.place.http.post("/api/v1/clock/advance", content=b" " * 1_100_000, headers=headers)
    problem(declared, "too_large")
    chunked = await cast.place.http.post("/api/v1/clock/advance", content=_chunks(1_200_000), headers=headers)
    problem(chunked, "too_large")
    at = await cast.draft()
    keyed = at.clerk.headers(**{"Content-Type": "application/json", "Idempotency-Key": at.clerk.key()})
    path = f"/api/v1/cases/{at.case}/actions/enroll"
    problem(await cast.place.http.post(path, content=_chunks(1_200_000), headers=keyed), "too_large")


async def test_a_list_is_paged_by_an_opaque_cursor_in_a_stable_order(cast: Cast) -> None:
    mine = [(await cast.draft()).case for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await cast.chief.get("/cases", batch=cast.batch, limit=2, **cursor)).json()
        seen += [case["id"] for case in page["items"]]
        assert len(page["items"]) <= 2
        if not page["hasMore"]:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen))
    assert [case for case in seen if case in mine] == sorted(mine, key=seen.index)
    assert set(mine) <= set(seen)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "====",
        "bm9uZQ==",
        "MjAyNHw=",
        "fA==",
        "AAAA",
        "fG9uZQ==",
        "é",
        "A" * 9000,
        "MjAyNC0wMS0wMXx4",  # 2024-01-01|x: no offset
        "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHx4",  # 0001-01-01T00:00:00+14:00|x: before the first day
        "OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMHx4",  # 9999-12-31T23:59:59-14:00|x: after the last one
    ],
)
async def test_a_cursor_of_ones_own_making_is_malformed(cast: Cast, cursor: str) -> None:
    problem(await cast.chief.get("/cases", cursor=cursor), "malformed")


@pytest.mark.parametrize("after", ["-1", "9223372036854775808", "1" + 30 * "0", "x"])
async def test_a_timeline_goes_on_after_an_entry_that_there_may_be(cast: Cast, after: str) -> None:
    at = await cast.draft()
    problem(await at.clerk.get(f"/cases/{at.case}/timeline", after=after), "invalid")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1e9", ""])
async def test_a_limit_lies_between_1_and_200(cast: Cast, limit: str) -> None:
    problem(await cast.chief.get("/cases", limit=limit), "invalid")


async def test_the_openapi_document_names_roles_and_rules_of_every_command(place: Installation) -> None:
    paths = (await place.http.get("/openapi.json")).json()["paths"]
    commands = [p["post"] for path, p in paths.items() if path.endswith("/actions/{event}")]
    assert len(commands) == len(RESOURCES)
    for command in commands:
        assert command["x-required-roles"]
        assert command["x-rule-ids"]


async def test_the_service_says_whether_it_lives_and_is_ready(place: Installation) -> None:
    http: AsyncClient = place.http
    assert (await http.get("/livez")).json() == {"status": "ok"}
    ready = await http.get("/readyz")
    assert ready.json() == {"ready": True, "database": True, "migrations": True, "temporal": True}
    assert json.dumps((await http.get("/metrics")).text)


async def test_a_slip_in_the_name_of_a_filter_is_refused_and_lists_nothing(cast: Cast) -> None:
    answer = await cast.chief.get("/cases", stat="draft")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/stat"
    assert "state" in answer.json()["errors"][0]["detail"]
    assert (await cast.chief.get("/clock", verbose="1")).status_code == 400
