"""What identifies a person stays in one table: never in a history, an audit chain, the outbox or an answer."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from service.records import personal
from service.records.rows import PERSONAL, THING
from tests.support.cast import Cast
from tests.support.problems import problem

WHO, WHERE = "Xiaoming of Hidden Lane 7", "telephone 000 1234 5678"


def _key(opened: str) -> str:
    return f"objection to {opened}"


async def _objected(cast: Cast, opened: str, key: str = "") -> str:
    """An objection to a notice by somebody without an account; asked twice, the same one."""
    nobody = cast.place.public()
    form = {"reasons": "the figures are invented", "identity": WHO, "way_to_answer": WHERE}
    answer = await nobody.post("/objections", {"parent": opened, "form": form}, key=key or _key(opened))
    assert answer.status_code in (201, 202), answer.text
    assert WHO not in answer.text
    objection: str = answer.json()["id"]
    for _ in range(200):
        if (await cast.chief.get(f"/objections/{objection}")).status_code == 200:
            break
    return objection


@pytest.mark.req("GAP-QH-2")
async def test_the_person_behind_an_objection_stands_in_one_table_only(cast: Cast, announced: str) -> None:
    opened, objection = announced, await _objected(cast, announced)
    found = set()
    async with cast.place.database.read.connect() as db:
        for name, table in SQLModel.metadata.tables.items():
            rows = json.dumps([list(row) for row in await db.execute(select(table))], default=str, ensure_ascii=False)
            if WHO in rows or WHERE in rows:
                found.add(name)
        assert found == {"personal"}
        mine = select(PERSONAL.c.value).where(PERSONAL.c.thing == objection)
        assert set((await db.execute(mine)).scalars()) == {WHO, WHERE}
        data = (await db.execute(select(THING.c.data).where(THING.c.id == objection))).scalar_one()
        assert await personal.told(db, data["identity"]) == WHO
    history = await cast.place.client.get_workflow_handle(f"public_notice:{opened}").fetch_history()
    held = b"".join(event.SerializeToString() for event in history.events)
    assert b"file_objection" in held
    for secret in (WHO, WHERE, "invented"):
        assert secret.encode() not in held


async def test_no_answer_of_the_api_tells_who_objected(cast: Cast, announced: str) -> None:
    opened, objection = announced, await _objected(cast, announced)
    for path in (
        f"/objections/{objection}",
        f"/notices/{opened}",
        f"/notices/{opened}/timeline",
        f"/notices/{opened}/workflow",
    ):
        assert WHO not in (await cast.chief.get(path)).text
    nobody = cast.place.public()
    problem(await nobody.get(f"/objections/{objection}"), "not_found")
    shown = (await nobody.get(f"/notices/{opened}")).text
    assert "invented" not in shown
    assert "objection" not in shown
    status = await nobody.get(f"/commands/{_key(opened)}")
    assert WHO not in status.text


async def test_nobody_but_who_filed_an_objection_withdraws_it(cast: Cast, announced: str) -> None:
    key = "the key of a filing that only I know"
    nobody, objection = cast.place.public(), await _objected(cast, announced, key)
    for guess in ({}, {"Filing-Key": "another key of sixteen"}):
        for way in ("signals", "actions"):
            path = f"/objections/{objection}/{way}/withdraw_objection"
            problem(await nobody.post(path, key=f"a withdrawal of a stranger, {way}", **guess), "not_found")
    told = await nobody.post(
        f"/objections/{objection}/signals/withdraw_objection", key=key + " 2", **{"Filing-Key": key}
    )
    assert told.status_code == 202, told.text
    assert (await nobody.get(f"/commands/{key} 2")).status_code in (200, 202)


async def test_a_draft_of_a_notice_stays_unpublished_when_it_is_cancelled(cast: Cast, announced: str) -> None:
    case = (await cast.chief.get(f"/notices/{announced}")).json()["parent"]
    draft = await cast.chief.made("notices", case, text="not yet for everybody")
    for person in (cast.chief, cast.deputy):
        await person.must("notices", draft, "cancel_notice", text="a mistake")
    nobody = cast.place.public()
    problem(await nobody.get(f"/notices/{draft}"), "not_found")
    listed = [n["id"] for n in (await nobody.get("/notices", limit=200, case=case)).json()["items"]]
    assert listed == [announced]


async def test_the_same_objection_sent_twice_is_one(cast: Cast, announced: str) -> None:
    opened, objection = announced, await _objected(cast, announced)
    form = {"reasons": "the figures are invented", "identity": WHO, "way_to_answer": WHERE}
    again = await cast.place.public().post("/objections", {"parent": opened, "form": form}, key=_key(opened))
    assert again.status_code == 202
    assert again.json()["id"] == objection
    listed = (await cast.chief.get("/objections", parent=opened)).json()["items"]
    assert [o["id"] for o in listed].count(objection) == 1
    other = await cast.place.public().post(
        "/objections", {"parent": opened, "form": {**form, "reasons": "another one"}}, key=_key(opened)
    )
    problem(other, "other_body")


async def test_an_objection_without_a_name_or_to_nothing_is_refused(cast: Cast, announced: str) -> None:
    opened = announced
    announcing = (await cast.chief.get(f"/notices/{opened}")).json()["parent"]
    draft = await cast.chief.made("notices", announcing)
    nobody = cast.place.public()
    said = problem(await nobody.create("objections", opened, reasons="it is wrong"), "form")
    assert {e["pointer"] for e in said["errors"]} == {"/form/identity", "/form/way_to_answer"}
    form = {"reasons": "it is wrong", "identity": WHO, "way_to_answer": WHERE}
    problem(await nobody.create("objections", "nothing", **form), "not_found")
    refused = await nobody.create("objections", draft, **form)
    assert refused.status_code in (404, 409)
    problem(refused, refused.json()["code"])
