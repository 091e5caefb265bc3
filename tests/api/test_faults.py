"""A fault of our own stops one command. Its owner, its alarm and everybody else go on."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain import perform as performing
from service.records import commit as committing
from tests.support.cast import Cast
from tests.support.problems import problem


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every commit of an urging breaks, as a bug would."""
    sound = performing.perform

    def broken(facts: Any, ask: Any, fresh: Any) -> Any:
        if ask.event == "urge":
            raise LookupError("a bug of ours")
        return sound(facts, ask, fresh)

    monkeypatch.setattr(committing, "perform", broken)


@pytest.mark.usefixtures("poison")
async def test_a_command_that_meets_a_bug_is_told_so_and_holds_up_nobody(cast: Cast) -> None:
    at = await cast.enrolled()
    told = await cast.office.act("cases", at.case, "urge", message="hurry")
    problem(told, "internal")
    assert told.status_code == 500
    assert await at.state() == "mobilization"
    withdrawn = await at.clerk.act("cases", at.case, "withdraw")
    assert withdrawn.json()["state"] == "withdrawn", withdrawn.text


async def test_the_public_needs_a_key_that_nobody_guesses(cast: Cast, announced: str) -> None:
    public = cast.place.public()
    body = {"parent": announced, "form": {"reasons": "I object", "identity": "Li", "way_to_answer": "li@example.org"}}
    told = await public.post("/objections", body, key="1")
    assert [e["code"] for e in problem(told, "key_missing")["errors"]] == ["guessable"]
    assert (await public.post("/objections", body, key="0e3b6f0a-7a54-4a3e-9a0e-5d1f3c8f2b11")).status_code == 202


async def test_a_second_case_is_told_where_the_first_one_is(cast: Cast) -> None:
    at = await cast.draft()
    seen = (await at.clerk.get(f"/cases/{at.case}")).json()
    again = await at.clerk.create("cases", parent=seen["batch"], track="area", jurisdiction=seen["subject"])
    assert problem(again, "guard")["existing"] == f"/api/v1/cases/{at.case}"


@pytest.mark.req("INV-16")
async def test_a_role_is_given_within_the_own_region_only_and_stands_in_a_chain(cast: Cast) -> None:
    place = cast.place
    keeper = await place.person("yulin.keeper", ("security_administrator", "region:cn/sn/yulin"))
    await place.person("yulin.new")
    wide = {"role": "county_government", "scope": "region:cn/sn"}
    problem(await keeper.post("/people/yulin.new/roles", wide), "forbidden")
    own = {"role": "county_government", "scope": "region:cn/sn/yulin/jiaxian"}
    assert (await keeper.post("/people/yulin.new/roles", own)).status_code == 201
    async with place.database.read.connect() as db:
        found = await db.exec_driver_sql("select person, entry from audit where chain = 'person:yulin.new'")
        assert [row[0] for row in found] == ["yulin.keeper"]


async def test_nobody_opens_a_case_for_a_place_to_which_his_organization_does_not_belong(cast: Cast) -> None:
    here, there = await cast.county(), await cast.county()
    admin = await cast.place.person("places.admin", ("system_administrator", "region:cn"))
    own = {"id": f"gov.{here.code}", "jurisdiction": here.code, "zh": "本县政府"}
    assert (await admin.post("/organizations", own)).status_code == 201
    clerk = await cast.place.person(f"org.{here.code}", ("county_government", f"organization:gov.{here.code}"))
    form = {"track": "area", "organization": f"gov.{here.code}"}
    taken = await clerk.create("cases", parent=cast.batch, jurisdiction=there.code, **form)
    assert taken.status_code in (403, 422), taken.text
    assert (await clerk.create("cases", parent=cast.batch, jurisdiction=here.code, **form)).status_code == 201
