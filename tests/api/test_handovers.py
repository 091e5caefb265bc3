"""Handovers and mergers over HTTP, each from a day: nothing moves earlier, everything moves then, past acts stay."""

from __future__ import annotations

from typing import Any

import pytest

from service.records.parties import new_day
from tests.support.cast import Cast, County
from tests.support.house import Caller
from tests.support.problems import problem

DEPARTMENT = "responsible_department"


async def staff(cast: Cast, at: County, *names: str) -> list[Caller]:
    """People of the county's department."""
    scope = f"region:cn/sn/yulin/{at.code}"
    return [await cast.place.person(f"{name}.{at.code}", (DEPARTMENT, scope)) for name in names]


async def owed_by(cast: Cast, at: County) -> dict[str, str | None]:
    duties = (await at.clerk.get(f"/cases/{at.case}")).json()["duties"]
    return {d["key"]: d["responsible"] for d in duties}


async def item_of(cast: Cast, at: County, person: str) -> str:
    finding = {"source": "inspection", "finding": "no register", "basis": "PDS-I11"}
    item = await cast.office.made("rectification-items", at.case, **finding)
    plan = {"measure": "write it", "unit": "bureau", "person": person, "due": "2024-06-20"}
    await cast.office.must("rectification-items", item, "assign_item", **plan)
    return item


async def person_of(at: County, item: str) -> str:
    return str((await at.clerk.get(f"/rectification-items/{item}")).json()["data"]["person"])


@pytest.mark.req("INV-32")
async def test_a_transfer_from_a_later_day_waits_for_it_and_only_who_holds_a_role_takes_over(fresh: Cast) -> None:
    at = await fresh.enrolled()
    chen, bai = await staff(fresh, at, "chen", "bai")
    form = {"text": "Chen retires", "from": chen.name, "to_unit": "bureau", "to_person": bai.name, "day": "2024-03-10"}
    stranger = await fresh.place.person("stranger", (DEPARTMENT, "region:cn/sn/yulin/jiaxian"))
    for wrong in (stranger.name, "nobody"):
        said = problem(await fresh.office.act("cases", at.case, "transfer", **{**form, "to_person": wrong}), "guard")
        assert [e["code"] for e in said["errors"]] == ["transferee_fits"]
    await fresh.office.must("cases", at.case, "transfer", **form)
    await fresh.place.until("2024-03-09", "23:59")
    assert set((await owed_by(fresh, at)).values()) == {None}
    await fresh.place.until("2024-03-10", "00:00")
    assert set((await owed_by(fresh, at)).values()) == {bai.name}
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline")).json()["items"]
    told = [(e["event"], e["person"]) for e in entries if e["result"] == "applied"]
    assert [one for one in told if one[0] in ("transfer", "take_over")] == [
        ("transfer", "office"),
        ("take_over", "timer"),
    ]


@pytest.mark.req("INV-32")
async def test_a_person_leaves_a_file_from_a_day_with_posts_duties_and_items(fresh: Cast) -> None:
    at = await fresh.enrolled()
    chen, bai = await staff(fresh, at, "chen", "bai")
    posts = {"head": ["mayor"], "lead_unit": ["bureau"], "liaison": [chen.name]}
    await at.clerk.did("/bodies", {"of": at.case, "kind": "task_force", "name": "first", **posts})
    today = {"text": "first", "from": "before", "to_unit": "bureau", "to_person": chen.name, "day": "2024-02-22"}
    await fresh.office.must("cases", at.case, "transfer", **today)
    item = await item_of(fresh, at, chen.name)
    form = {"of": at.case, "from": chen.name, "to": bai.name, "day": "2024-03-01", "text": "Chen is posted elsewhere"}
    for wrong, code in (
        ({"to": chen.name}, "both_sides"), ({"day": "2024-02-21"}, "handover_day"), ({"to": "nobody"}, "transferee_fits"),
    ):  # fmt: skip
        said = problem(await at.clerk.post("/handovers", {**form, **wrong}), "guard")
        assert [e["code"] for e in said["errors"]] == [code]
    problem(await chen.post("/handovers", form), "forbidden")
    await at.clerk.did("/handovers", form)

    await fresh.place.until("2024-02-29", "23:59")
    body = (await at.clerk.get("/bodies", of=at.case)).json()["items"][0]
    assert (body["liaison"], await person_of(at, item)) == ([chen.name], chen.name)
    assert set((await owed_by(fresh, at)).values()) == {chen.name}
    await fresh.place.until("2024-03-01", "00:00")
    body = (await at.clerk.get("/bodies", of=at.case)).json()["items"][0]
    assert (body["liaison"], await person_of(at, item)) == ([bai.name], bai.name)
    assert set((await owed_by(fresh, at)).values()) == {bai.name}
    assert (await at.clerk.get("/handovers", of=at.case)).json()["items"][0]["doneAt"] is not None
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    moved = [e["thing"] for e in entries if e["event"] == "hand_over" and e["person"] == "system"]
    assert sorted(moved) == sorted([item, at.case])
    await bai.must("rectification-items", item, "start_item")


@pytest.mark.req("INV-32")
async def test_what_is_handed_over_today_moves_at_once_and_what_is_finished_stays(fresh: Cast) -> None:
    at = await fresh.enrolled()
    chen, bai = await staff(fresh, at, "chen", "bai")
    done, left = await item_of(fresh, at, chen.name), await item_of(fresh, at, chen.name)
    await chen.must("rectification-items", done, "start_item")
    await chen.must("rectification-items", done, "submit_item", evidence=[at.evidence], statement="written")
    await fresh.office.must("rectification-items", done, "verify_item")
    form = {"of": at.case, "from": chen.name, "to": bai.name, "day": "2024-02-22", "text": "at once"}
    await at.clerk.did("/handovers", form)
    assert (await person_of(at, done), await person_of(at, left)) == (chen.name, bai.name)


@pytest.mark.req("INV-32")
async def test_roles_change_hands_on_their_day_and_nobody_gives_them_to_himself(fresh: Cast) -> None:
    at = await fresh.enrolled()
    security = await fresh.place.person("security", ("security_administrator", "region:cn"))
    local = await fresh.place.person("local", ("security_administrator", "region:cn/sn/yulin/zizhou"))
    successor = await fresh.place.person("successor")
    item = await item_of(fresh, at, at.clerk.name)
    form: dict[str, Any] = {"from": at.clerk.name, "to": "successor", "day": "2024-03-01", "text": "a new clerk"}
    problem(await fresh.admin.post("/people/handovers", form), "forbidden")
    problem(await local.post("/people/handovers", form), "forbidden")
    said = problem(await security.post("/people/handovers", {**form, "to": "security"}), "guard")
    assert [e["code"] for e in said["errors"]] == ["self"]
    said = problem(await security.post("/people/handovers", {**form, "to": "nobody"}), "guard")
    assert [e["code"] for e in said["errors"]] == ["known_person"]
    other = {"role": "county_government", "scope": "region:cn/sn/yulin/jiaxian"}
    said = problem(await security.post("/people/handovers", {**form, "roles": [other]}), "guard")
    assert [e["code"] for e in said["errors"]] == ["role_held"]
    passed = await security.did("/people/handovers", form)
    assert [r["role"] for r in passed["roles"]] == ["county_government"]

    await fresh.place.until("2024-02-29", "23:59")
    problem(await successor.get(f"/cases/{at.case}"), "not_found")
    assert await person_of(at, item) == at.clerk.name
    await fresh.place.until("2024-03-01", "00:00")
    problem(await at.clerk.get(f"/cases/{at.case}"), "not_found")
    assert (await successor.get(f"/cases/{at.case}")).status_code == 200
    assert await person_of(County(at.code, successor, at.case), item) == "successor"


async def merging(cast: Cast, *names: str, into: str, day: str = "2024-03-01") -> dict[str, Any]:
    document = {"issuer": "city government", "number": "No. 3", "date": "2024-02-20"}
    return {"organizations": list(names), "into": into, "day": day, "document": document}


@pytest.mark.req("INV-26")
@pytest.mark.req("INV-20")
async def test_organizations_merge_on_their_day_by_two_persons_and_the_record_keeps_the_old_name(fresh: Cast) -> None:
    first, second = await fresh.county(), await fresh.county()
    old, new = await fresh.government(first), await fresh.government(second)
    case = await first.clerk.made("cases", fresh.batch, track="area", jurisdiction=first.code, organization=old)
    clerk = await fresh.place.person("old.clerk", ("county_government", f"organization:{old}"))
    heir = await fresh.place.person("new.clerk", ("county_government", f"organization:{new}"))
    other = await fresh.place.person("admin2", ("system_administrator", "region:cn/sn/yulin"))
    for name, code in ((old, "successor_other"), ("nowhere", "known_organization")):
        said = problem(await fresh.admin.post("/mergers", await merging(fresh, old, into=name)), "guard")
        assert [e["code"] for e in said["errors"]] == [code]
    problem(await fresh.chief.post("/mergers", await merging(fresh, old, into=new)), "forbidden")
    proposed = await fresh.admin.did("/mergers", await merging(fresh, old, into=new))
    assert (proposed["status"], proposed["titles"]) == ("proposed", [])
    path = f"/mergers/{proposed['id']}"
    problem(await fresh.admin.post(f"{path}/confirm"), "person")
    assert (await other.post(f"{path}/confirm")).json()["status"] == "confirmed"
    problem(await other.post(f"{path}/confirm"), "illegal")
    said = problem(await fresh.admin.post("/mergers", await merging(fresh, old, into=new)), "guard")
    assert [e["code"] for e in said["errors"]] == ["merged_already"]

    async def responsible() -> str:
        return str((await first.clerk.get(f"/cases/{case}")).json()["organization"])

    await fresh.place.until("2024-02-29", "23:59")
    assert await responsible() == old
    problem(await heir.get(f"/cases/{case}"), "not_found")
    await fresh.place.until("2024-03-01", "00:00")
    assert await responsible() == new
    assert await new_day.begin(fresh.place.database, fresh.place.clock) == 0, "it takes effect once"
    for someone in (clerk, heir):
        assert (await someone.get(f"/cases/{case}")).status_code == 200
    entries = (await first.clerk.get(f"/cases/{case}/timeline")).json()["items"]
    succeeded = next(e for e in entries if e["event"] == "succeed")
    assert succeeded["form"] == {"from": old, "to": new, "merger": proposed["id"]}
    assert (await fresh.admin.get("/mergers", organization=old)).json()["items"][0]["effective"] is True
    listed = {o["id"]: o["mergedInto"] for o in (await fresh.admin.get("/organizations")).json()["items"]}
    assert (listed[old], listed[new]) == (new, None)


async def test_a_merger_is_taken_back_by_its_author_alone(fresh: Cast) -> None:
    first, second = await fresh.county(), await fresh.county()
    old, new = await fresh.government(first), await fresh.government(second)
    other = await fresh.place.person("admin2", ("system_administrator", "region:cn"))
    path = f"/mergers/{(await fresh.admin.did('/mergers', await merging(fresh, old, into=new)))['id']}"
    problem(await other.post(f"{path}/withdraw"), "forbidden")
    assert (await fresh.admin.post(f"{path}/withdraw")).json()["status"] == "withdrawn"
    problem(await other.post(f"{path}/confirm"), "illegal")
    problem(await other.get("/mergers/nothing"), "not_found")
