"""Bodies, offices and responsibilities over HTTP: formed, changed from a day on, dissolved, assigned, seen."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes.loader import shipped_scheme
from tests.support.cast import Cast, County, organize, paper
from tests.support.house import Caller
from tests.support.problems import problem

GROUPS = [group.id for group in shipped_scheme("reference").indicator_system.groups]
POSTS: dict[str, Any] = {"head": ["Zheng"], "lead_unit": ["justice bureau"], "liaison": ["Wu"]}


def body(at: County, **more: Any) -> dict[str, Any]:
    return {"of": at.case, "kind": "task_force", "name": "first", **POSTS, **more}


async def bodies(who: Caller, at: County, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await who.get("/bodies", of=at.case, **params)).json()
    return found


@pytest.mark.req("YL-1b")
@pytest.mark.req("PDS-M3a")
async def test_a_case_mobilizes_on_the_bodies_and_responsibilities_of_the_record(cast: Cast) -> None:
    at = await cast.enrolled()
    lacking = (await bodies(at.clerk, at))["lacking"]["mobilization"]
    assert lacking == ["task_force: 0/9", "leading_group: 0/1"]
    told = (await at.clerk.get("/responsibilities", of=at.case)).json()
    assert (told["items"], told["unassigned"]) == ([], GROUPS)
    for key in ("work_plan", "meeting_minutes"):
        await at.clerk.must("cases", at.case, "submit_artefact", **paper(key, at))
    said = problem(await at.clerk.act("cases", at.case, "complete_stage"), "guard")
    assert {e["code"] for e in said["errors"]} == {"organization_formed", "duties_assigned"}
    await organize(cast, at)
    told = (await at.clerk.get("/responsibilities", of=at.case)).json()
    assert (told["unassigned"], told["unresolved"], told["illStaffed"]) == ([], {}, [])
    assert {i["what"]: i["offices"][0]["name"] for i in told["items"]} == dict.fromkeys(GROUPS, "法规科")
    assert "lacking" in (seen := await bodies(at.clerk, at))
    assert (len(seen["items"]), seen["lacking"]) == (10, {})
    await at.clerk.must("cases", at.case, "complete_stage")
    assert await at.state() == "creation"


async def test_a_body_is_refused_as_it_stands_and_the_refusal_is_on_record(cast: Cast) -> None:
    at = await cast.enrolled()
    await at.clerk.did("/bodies", body(at))
    wrong = {
        "heads_one_body": body(at, name="second"),
        "one_post": body(at, name="second", head=["Li"], liaison=["Wu", "Qian"]),
        "body_kind": body(at, kind="committee", head=["Li"]),
        "unknown_group": body(at, head=["Li"], groups=["G1", "G99"]),
    }
    for code, form in wrong.items():
        said = problem(await at.clerk.post("/bodies", form), "guard", 409)
        assert [e["code"] for e in said["errors"]] == [code]
        assert said["rules"]
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline")).json()["items"]
    mine = [e for e in entries if e["event"] == "form_body"]
    assert [e["result"] for e in mine] == ["applied", *["refused"] * len(wrong)]
    assert mine[1]["unmet"] == ["heads_one_body"]


async def test_the_same_key_forms_one_body_and_another_form_under_it_is_refused(cast: Cast) -> None:
    at = await cast.enrolled()
    first = await at.clerk.post("/bodies", body(at), key="body-once")
    again = await at.clerk.post("/bodies", body(at), key="body-once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    problem(await at.clerk.post("/bodies", body(at, name="other"), key="body-once"), "other_body")
    assert len((await bodies(at.clerk, at))["items"]) == 1
    without = {name: value for name, value in at.clerk.headers().items() if name != "Idempotency-Key"}
    problem(await cast.place.http.post("/api/v1/bodies", json=body(at), headers=without), "key_missing")


async def test_people_in_a_body_change_from_a_day_on_and_the_days_before_stay(cast: Cast) -> None:
    at = await cast.enrolled()
    it = (await at.clerk.did("/bodies", body(at, day="2024-02-01")))["id"]
    change = {"text": "a new head", "head": ["Li"], "day": "2024-02-10", "name": "renamed"}
    await at.clerk.did(f"/bodies/{it}/change", change)
    assert [b["head"] for b in (await bodies(at.clerk, at))["items"]] == [["Li"]]
    before, on_the_day = [
        (await bodies(at.clerk, at, day=day))["items"][0]["head"] for day in ("2024-02-09", "2024-02-10")
    ]
    assert (before, on_the_day) == (["Zheng"], ["Li"])
    assert (await bodies(at.clerk, at, day="2024-01-31"))["items"] == []
    await at.clerk.did(f"/bodies/{it}/dissolve", {"text": "its work is done", "day": "2024-03-01"})
    assert len((await bodies(at.clerk, at))["items"]) == 1
    assert (await bodies(at.clerk, at, day="2024-03-01"))["items"] == []
    problem(
        await at.clerk.post(f"/bodies/{it}/change", {"text": "too late", "head": ["Bai"], "day": "2024-04-01"}), "guard"
    )
    applied = [
        e for e in (await at.clerk.get(f"/cases/{at.case}/timeline")).json()["items"] if e["result"] == "applied"
    ]
    assert [e["event"] for e in applied][-3:] == ["form_body", "change_body", "dissolve_body"]
    assert applied[-2]["before"]["posts"]["head"] == ["Zheng"]


async def test_what_began_later_cannot_end_before_and_no_day_lies_beyond_the_calendar(cast: Cast) -> None:
    at = await cast.enrolled()
    it = (await at.clerk.did("/bodies", body(at, day="2024-02-01")))["id"]
    early = problem(await at.clerk.post(f"/bodies/{it}/dissolve", {"text": "by mistake", "day": "2024-01-31"}), "guard")
    assert [e["code"] for e in early["errors"]] == ["exists_on_day"]
    office = {"of": at.case, "organization": await cast.government(at), "zh": "法规科", "liaison": ["Wu"]}
    section = (await at.clerk.did("/offices", {**office, "day": "2024-02-01"}))["id"]
    ending = {"of": at.case, "text": "by mistake", "day": "2024-01-31"}
    problem(await at.clerk.post(f"/offices/{section}/dissolve", ending), "guard")
    for path in (f"/bodies/{it}/dissolve", f"/bodies/{it}/change"):
        for day in ("0001-01-01", "9999-12-31"):
            problem(await at.clerk.post(path, {"text": "by mistake", "day": day}), "invalid")
    assert len((await bodies(at.clerk, at))["items"]) == 1


async def test_only_who_keeps_the_file_organizes_it_and_nobody_elses(cast: Cast) -> None:
    mine, theirs = await cast.enrolled(), await cast.enrolled()
    problem(await mine.clerk.post("/bodies", body(theirs)), "not_found")
    problem(await mine.clerk.get("/bodies", of=theirs.case), "not_found")
    problem(
        await mine.clerk.put("/responsibilities", {"of": theirs.case, "assign": {"G1": {"offices": ["x"]}}}),
        "not_found",
    )
    reader = await cast.place.person(
        f"reader.{mine.code}", ("responsible_department", f"region:cn/sn/yulin/{mine.code}")
    )
    problem(await reader.post("/bodies", body(mine)), "forbidden")
    assert (await cast.office.post("/bodies", body(mine))).status_code == 201
    it = (await bodies(mine.clerk, mine))["items"][0]["id"]
    problem(await theirs.clerk.post(f"/bodies/{it}/dissolve", {"text": "not mine"}), "forbidden")
    problem(await mine.clerk.post("/bodies/nothing/dissolve", {"text": "no such body"}), "not_found")
    problem(await cast.place.http.get("/api/v1/bodies", params={"of": mine.case}), "unauthenticated")


async def test_a_case_that_rests_or_has_ended_is_not_organized(cast: Cast) -> None:
    at = await cast.enrolled()
    await cast.chief.must("cases", at.case, "pause", ground="disaster", text="a flood in the county")
    assert [e["code"] for e in problem(await at.clerk.post("/bodies", body(at)), "illegal")["errors"]] == ["paused"]
    await cast.chief.must("cases", at.case, "resume", statements={"disaster": "the water has gone"})
    await at.clerk.must("cases", at.case, "withdraw")
    problem(await at.clerk.post("/bodies", body(at)), "illegal")


@pytest.mark.req("PDS-M2c")
async def test_an_office_has_one_name_and_exactly_one_liaison(cast: Cast) -> None:
    at, other = await cast.enrolled(), await cast.enrolled()
    gov, elsewhere = await cast.government(at), await cast.government(other)
    office = {"of": at.case, "organization": gov, "zh": "财务科", "liaison": ["Wu"], "owner": "Bai"}
    it = (await at.clerk.did("/offices", office))["id"]
    said = problem(await at.clerk.post("/offices", {**office, "zh": "人事科", "liaison": ["Wu", "Qian"]}), "guard")
    assert [e["code"] for e in said["errors"]] == ["one_liaison"]
    said = problem(await at.clerk.post("/offices", office), "guard")
    assert [e["code"] for e in said["errors"]] == ["office_exists"]
    said = problem(
        await at.clerk.post(f"/offices/{it}/change", {"of": at.case, "text": "one more", "liaison": ["Wu", "Qi"]}),
        "guard",
    )
    assert [e["code"] for e in said["errors"]] == ["one_liaison"]
    await at.clerk.did(f"/offices/{it}/change", {"of": at.case, "text": "Wu retires", "liaison": ["Qian"]})
    found = (await at.clerk.get("/offices", organization=gov)).json()["items"]
    assert found == [{"id": it, "organization": gov, "name": "财务科", "liaison": ["Qian"], "owner": ["Bai"]}]
    problem(await at.clerk.post("/offices", {**office, "organization": elsewhere}), "not_found")
    problem(await at.clerk.post("/offices", {**office, "organization": "nowhere"}), "not_found")
    problem(await at.clerk.get("/offices", organization=elsewhere), "not_found")
    await at.clerk.did(f"/offices/{it}/dissolve", {"of": at.case, "text": "merged into another"})
    assert (await at.clerk.get("/offices", organization=gov)).json()["items"] == []


@pytest.mark.req("PDS-A4")
async def test_responsibilities_are_given_anew_and_what_is_wrong_with_them_is_said(cast: Cast) -> None:
    at = await cast.enrolled()
    gov = await cast.government(at)
    law, money = [
        (await at.clerk.did("/offices", {"of": at.case, "organization": gov, "zh": zh, "liaison": ["Wu"]}))["id"]
        for zh in ("法规科", "财务科")
    ]

    async def assign(**assigned: Any) -> Any:
        return await at.clerk.put("/responsibilities", {"of": at.case, "assign": assigned})

    first = (await assign(G1={"offices": [law, money], "owner": "Bai"})).json()
    assert [(i["what"], {o["name"] for o in i["offices"]}, i["owner"]) for i in first["items"]] == [
        ("G1", {"法规科", "财务科"}, "Bai")
    ]
    again = (await assign(G1={"offices": [money]})).json()
    assert [(i["what"], [o["name"] for o in i["offices"]], i["owner"]) for i in again["items"]] == [
        ("G1", ["财务科"], None)
    ]
    assert again["unassigned"] == GROUPS[1:]
    for code, assigned in {
        "unknown_item": {"G99": {"offices": [law]}},
        "unknown_office": {"G2": {"offices": [law, "nothing"]}},
    }.items():
        assert [e["code"] for e in problem(await assign(**assigned), "guard")["errors"]] == [code]
    problem(await assign(G1={"offices": []}), "invalid")
    await at.clerk.did(f"/offices/{money}/dissolve", {"of": at.case, "text": "no longer there"})
    told = (await at.clerk.get("/responsibilities", of=at.case)).json()
    assert told["illStaffed"] == [f"{money}: dissolved"]
