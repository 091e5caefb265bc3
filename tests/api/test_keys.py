"""The same key again gets the same answer, whatever happened meanwhile; with another body it is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from service.records.rows import AUDIT, COMMAND, THING
from tests.support.cast import Cast, County, bring
from tests.support.problems import problem


async def _enroll(at: County, key: str, **more: Any) -> httpx.Response:
    return await at.clerk.post(f"/cases/{at.case}/actions/enroll", more, key=key, **{"If-Match": '"1"'})


async def _applied(cast: Cast, case: str) -> list[str]:
    async with cast.place.database.read.connect() as db:
        query = select(AUDIT.c.event).where(AUDIT.c.chain == case, AUDIT.c.result == "applied").order_by(AUDIT.c.seq)
        return list((await db.execute(query)).scalars())


async def test_a_command_repeated_is_answered_as_the_first_time_and_done_once(cast: Cast) -> None:
    at = await cast.draft()
    first = await _enroll(at, "k")
    assert first.status_code == 200
    done = await _applied(cast, at.case)
    await at.clerk.must(
        "cases",
        at.case,
        "submit_artefact",
        artefact="meeting_minutes",
        author="W",
        date="2024-02-22",
        files=[at.evidence],
    )
    again = await _enroll(at, "k")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (await _applied(cast, at.case))[: len(done)] == done
    assert done.count("enroll") == 1


async def test_a_creation_repeated_is_answered_with_the_same_thing(cast: Cast) -> None:
    at = await cast.county()
    body = {"parent": cast.batch, "form": {"track": "area", "jurisdiction": at.code}}
    first, again = [await at.clerk.post("/cases", body, key="k") for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"] == f"/api/v1/cases/{first.json()['id']}"
    assert len((await at.clerk.get("/cases")).json()["items"]) == 1


async def test_a_key_used_for_another_request_is_422(cast: Cast) -> None:
    at = await cast.draft()
    assert (await _enroll(at, "k")).status_code == 200
    problem(await _enroll(at, "k", form={"topic": "another"}), "other_body", 422)
    seen = await at.clerk.etag("cases", at.case)
    other = await at.clerk.post(f"/cases/{at.case}/actions/withdraw", key="k", **{"If-Match": seen})
    problem(other, "other_body", 422)
    creation = {"parent": cast.batch, "form": {"track": "area", "jurisdiction": at.code}}
    problem(await at.clerk.post("/cases", creation, key="k"), "other_body", 422)
    assert await at.state() == "mobilization"


async def test_a_key_belongs_to_whoever_used_it(cast: Cast) -> None:
    one, other = await cast.draft(), await cast.draft()
    assert (await _enroll(one, "shared")).status_code == (await _enroll(other, "shared")).status_code == 200
    assert await one.state() == await other.state() == "mobilization"
    problem(await cast.chief.get("/commands/shared"), "not_found")


async def test_the_order_of_the_parts_of_a_body_makes_no_other_request(cast: Cast) -> None:
    at = await cast.enrolled()
    form = {"artefact": "meeting_minutes", "author": "W", "date": "2024-02-22", "files": [at.evidence]}
    seen = {"key": "k", "If-Match": await at.clerk.etag("cases", at.case)}
    path = f"/cases/{at.case}/actions/submit_artefact"
    first = await at.clerk.post(path, {"form": form}, **seen)
    again = await at.clerk.post(path, {"form": dict(reversed(form.items()))}, **seen)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


async def test_the_same_answer_is_given_after_the_workflow_ended(cast: Cast) -> None:
    at = await cast.draft()
    ended = await at.clerk.post(f"/cases/{at.case}/actions/discard_draft", key="k", **{"If-Match": '"1"'})
    assert ended.json()["state"] == "withdrawn"
    handle = cast.place.client.get_workflow_handle(f"case:{at.case}")
    assert await handle.result() == "withdrawn"
    again = await at.clerk.post(f"/cases/{at.case}/actions/discard_draft", key="k", **{"If-Match": '"1"'})
    assert (again.status_code, again.json()) == (200, ended.json())
    late = await at.clerk.post(f"/cases/{at.case}/actions/discard_draft", **{"If-Match": '"2"'})
    problem(late, "illegal")


async def test_a_command_tells_under_its_key_what_became_of_it(cast: Cast) -> None:
    at = await cast.draft()
    first = await _enroll(at, "k")
    found = await at.clerk.get("/commands/k")
    assert found.status_code == 200
    said = found.json()
    assert (said["status"], said["outcome"], said["thing"]) == ("done", "done", at.case)
    assert (said["state"], said["revision"]) == (first.json()["state"], first.json()["revision"])
    problem(await at.clerk.get("/commands/other"), "not_found")


@pytest.mark.parametrize("key", ["a/b", "a b?c=d#e", "%2e%2e", "../x", "k" * 200])
async def test_any_key_is_found_again_where_the_answer_says(cast: Cast, announced: str, key: str) -> None:
    opened = announced
    form = {"reasons": "it is wrong", "identity": "me", "way_to_answer": "here"}
    objector = await cast.place.person("objector", ("member_of_public", "region:cn"))
    answer = await objector.post("/objections", {"parent": opened, "form": form}, key=key)
    assert answer.status_code == 202
    found = await cast.place.http.get(answer.headers["Location"], headers=objector.headers())
    assert found.status_code in (200, 202), found.text
    assert found.json()["key"] == key


async def test_a_refusal_is_not_kept_under_its_key_so_that_a_later_try_may_succeed(cast: Cast) -> None:
    at = await cast.draft()
    path = f"/cases/{at.case}/actions/submit_artefact"
    form = {"artefact": "meeting_minutes", "author": "W", "date": "2024-02-22", "files": [at.evidence]}
    problem(await at.clerk.post(path, {"form": form}, key="k", **{"If-Match": '"1"'}), "illegal")
    assert (await _enroll(at, "e")).status_code == 200
    seen = await at.clerk.etag("cases", at.case)
    assert (await at.clerk.post(path, {"form": form}, key="k", **{"If-Match": seen})).status_code == 200


@pytest.mark.parametrize("turn", range(3))
async def test_ten_creations_at_once_with_one_key_make_one_thing(cast: Cast, turn: int) -> None:
    at = await cast.county()
    body = {"parent": cast.batch, "form": {"track": "area", "jurisdiction": at.code}}
    answers = await asyncio.gather(*(at.clerk.post("/cases", body, key="k") for _ in range(10)))
    assert {a.status_code for a in answers} == {201}, [a.text for a in answers]
    assert len({a.json()["id"] for a in answers}) == 1
    assert all(a.json() == answers[0].json() for a in answers)
    async with cast.place.database.read.connect() as db:
        mine = select(func.count()).select_from(THING).where(THING.c.subject == at.code)
        assert (await db.execute(mine)).scalar_one() == 1
        keys = select(func.count()).select_from(COMMAND).where(COMMAND.c.principal == at.clerk.name)
        assert (await db.execute(keys)).scalar_one() == 1
    assert await _applied(cast, answers[0].json()["id"]) == ["open_case"]


@pytest.mark.parametrize("turn", range(3))
async def test_ten_creations_at_once_with_keys_of_their_own_make_one_case_of_a_subject(cast: Cast, turn: int) -> None:
    at = await cast.county()
    body = {"parent": cast.batch, "form": {"track": "area", "jurisdiction": at.code}}
    answers = await asyncio.gather(*(at.clerk.post("/cases", body) for _ in range(10)))
    made = [a for a in answers if a.status_code == 201]
    assert len(made) == 1
    for refused in (a for a in answers if a.status_code != 201):
        said = problem(refused, "guard", 409)
        assert said["errors"][0]["missing"] == [made[0].json()["id"]]


async def test_ten_commands_at_once_with_one_key_are_done_once_and_answered_alike(cast: Cast) -> None:
    at = await cast.draft()
    answers = await asyncio.gather(*(_enroll(at, "k") for _ in range(10)))
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    assert all(a.json() == answers[0].json() for a in answers)
    assert (await _applied(cast, at.case)).count("enroll") == 1


async def test_a_key_on_its_way_ten_times_is_answered_alike_by_a_workflow_that_has_moved_on(cast: Cast) -> None:
    """The workflow of a notice knows that an open one cannot be opened; the record knows that this was asked before."""
    at = await cast.enrolled()
    await bring(cast, at, "publicity")
    it = await cast.chief.made("notices", at.case)
    seen = await cast.chief.etag("notices", it)
    key, body = cast.chief.key(), {"form": {"media": ["the daily"]}}
    path = f"/notices/{it}/actions/open_notice"
    answers = await asyncio.gather(*(cast.chief.post(path, body, key=key, **{"If-Match": seen}) for _ in range(10)))
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    assert all(a.json() == answers[0].json() for a in answers)


async def test_scores_sent_twice_with_one_key_are_written_once(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "self_check")
    path, body = f"/cases/{at.case}/scores", {"scores": {"PDS-I01": "0.9"}}
    first = await at.clerk.put(path, body, key="s")
    again = await at.clerk.put(path, body, key="s")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    problem(await at.clerk.put(path, {"scores": {"PDS-I01": "0.8"}}, key="s"), "other_body")
    shown = (await at.clerk.get(path)).json()["items"]
    assert [i["ratings"][0]["value"] for i in shown] == ["0.9"]
    assert (await _applied(cast, at.case)).count("rate_indicator") == 1


async def test_evidence_sent_twice_with_one_key_is_kept_once(cast: Cast) -> None:
    at = await cast.enrolled()

    async def upload(content: bytes) -> httpx.Response:
        return await cast.place.http.post(
            "/api/v1/evidence", data={"case": at.case, "issuer": "we"}, files={"file": ("a.txt", content)},
            headers=at.clerk.headers(**{"Idempotency-Key": "file"}),
        )  # fmt: skip

    first, again = await upload(b"one"), await upload(b"one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    problem(await upload(b"two"), "other_body")
    kept = [e["id"] for e in (await at.clerk.get("/evidence", case=at.case)).json()["items"]]
    assert sorted(kept) == sorted([at.evidence, first.json()["id"]])
