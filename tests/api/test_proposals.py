"""Acts of two persons (INV-20): proposed by one, done by the same call of another; withdrawn, or void."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.cast import Cast, County, bring
from tests.support.house import Caller
from tests.support.problems import problem

pytestmark = pytest.mark.req("INV-20")


async def _proved(cast: Cast) -> County:
    """A case whose material was found false: it may be disqualified, by two people."""
    at = await cast.enrolled()
    await cast.chief.must("cases", at.case, "open_fact_finding", text="a hint came in")
    await cast.chief.must("cases", at.case, "close_fact_finding", report="it is forged", confirmed=True)
    return at


async def _disqualify(who: Caller, at: County, **form: Any) -> httpx.Response:
    return await who.act("cases", at.case, "disqualify", **form)


async def _proposed(who: Caller, at: County) -> str:
    answer = await _disqualify(who, at)
    assert answer.status_code == 202, answer.text
    proposal: str = answer.json()["proposal"]
    assert answer.headers["Location"] == f"/api/v1/proposals/{proposal}"
    return proposal


async def _status(who: Caller, proposal: str) -> str:
    found = await who.get(f"/proposals/{proposal}")
    assert found.status_code == 200, found.text
    return str(found.json()["status"])


async def test_the_first_call_proposes_and_changes_nothing(cast: Cast) -> None:
    at = await _proved(cast)
    before = await at.clerk.etag("cases", at.case)
    proposal = await _proposed(cast.chief, at)
    assert await at.state() == "mobilization"
    assert await at.clerk.etag("cases", at.case) == before
    shown = (await cast.deputy.get(f"/proposals/{proposal}")).json()
    assert (shown["event"], shown["author"], shown["status"], shown["thing"]) == (
        "disqualify",
        "chief",
        "open",
        at.case,
    )
    entries = (await cast.chief.get(f"/cases/{at.case}/timeline")).json()["items"]
    assert [(e["event"], e["result"], e["person"]) for e in entries][-1] == ("disqualify", "proposed", "chief")


async def test_the_same_person_cannot_confirm(cast: Cast) -> None:
    at = await _proved(cast)
    proposal = await _proposed(cast.chief, at)
    said = problem(await _disqualify(cast.chief, at), "person", 409)
    assert [r["id"] for r in said["rules"]] == ["INV-20"]
    assert await at.state() == "mobilization"
    assert await _status(cast.chief, proposal) == "open"


async def test_the_same_call_of_a_second_person_does_it_and_the_record_shows_both(cast: Cast) -> None:
    at = await _proved(cast)
    proposal = await _proposed(cast.chief, at)
    answer = await _disqualify(cast.deputy, at)
    assert (answer.status_code, answer.json()["state"]) == (200, "disqualified")
    assert await _status(cast.chief, proposal) == "confirmed"
    entries = (await cast.chief.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    done = next(e for e in entries if e["event"] == "disqualify" and e["result"] == "applied")
    assert (done["person"], done["second"]) == ("deputy", "chief")


async def test_a_dry_run_knows_what_was_proposed_and_by_whom(cast: Cast) -> None:
    at = await _proved(cast)
    path = f"/cases/{at.case}/actions/disqualify"
    assert (await cast.chief.post(path, {"dryRun": True})).json()["proposes"] is True
    await _proposed(cast.chief, at)
    problem(await cast.chief.post(path, {"dryRun": True}), "person", 409)
    told = (await cast.deputy.post(path, {"dryRun": True})).json()
    assert (told["proposes"], told["state"]) == (False, "disqualified")
    assert await at.state() == "mobilization"


async def test_the_first_call_repeated_with_its_key_is_answered_as_before(cast: Cast) -> None:
    at = await _proved(cast)
    seen = await cast.chief.etag("cases", at.case)
    key = cast.chief.key()
    first, again = [
        await cast.chief.post(f"/cases/{at.case}/actions/disqualify", key=key, **{"If-Match": seen}) for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()


async def test_another_form_is_another_proposal(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "publicity")
    notice = await cast.chief.made("notices", at.case)
    first = await cast.chief.act("notices", notice, "cancel_notice", text="wrong photograph")
    other = await cast.deputy.act("notices", notice, "cancel_notice", text="wrong date on it")
    assert (first.status_code, other.status_code) == (202, 202)
    assert first.json()["proposal"] != other.json()["proposal"]
    done = await cast.deputy.act("notices", notice, "cancel_notice", text="wrong photograph")
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    assert await _status(cast.chief, first.json()["proposal"]) == "confirmed"
    assert await _status(cast.chief, other.json()["proposal"]) == "void"


async def test_its_author_and_nobody_else_takes_a_proposal_back(cast: Cast) -> None:
    at = await _proved(cast)
    proposal = await _proposed(cast.chief, at)
    problem(await cast.deputy.post(f"/proposals/{proposal}/withdraw"), "forbidden")
    assert await _status(cast.chief, proposal) == "open"
    assert (await cast.chief.post(f"/proposals/{proposal}/withdraw")).json()["status"] == "withdrawn"
    assert await _status(cast.chief, proposal) == "withdrawn"
    assert (await _disqualify(cast.deputy, at)).status_code == 202  # that one is a first half now
    assert await at.state() == "mobilization"


async def test_a_proposal_is_void_when_the_state_moves_on(cast: Cast) -> None:
    at = await _proved(cast)
    proposal = await _proposed(cast.chief, at)
    await cast.chief.must("cases", at.case, "pause", text="flood in the county", ground="disaster")
    assert await _status(cast.chief, proposal) == "void"
    assert (await _disqualify(cast.deputy, at)).status_code == 202
    assert await at.state() == "paused"


async def test_a_proposal_is_nobodys_outside_its_scope(cast: Cast) -> None:
    at, other = await _proved(cast), await cast.county()
    proposal = await _proposed(cast.chief, at)
    problem(await other.clerk.get(f"/proposals/{proposal}"), "not_found")
    problem(await other.clerk.get("/proposals/nothing"), "not_found")
    for path in (proposal, "nothing"):
        answer = await other.clerk.post(f"/proposals/{path}/withdraw")
        assert answer.status_code in (403, 404)
    assert await _status(cast.chief, proposal) == "open"


@pytest.mark.parametrize("turn", range(4))
async def test_of_two_who_confirm_at_once_one_does_it(cast: Cast, turn: int) -> None:
    at = await _proved(cast)
    await _proposed(cast.chief, at)
    answers = await asyncio.gather(_disqualify(cast.deputy, at), _disqualify(cast.third, at))
    codes = sorted(a.status_code for a in answers)
    assert codes[0] == 200
    assert codes[1] in (409, 412), [a.text for a in answers]
    entries = (await cast.chief.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    assert sum(e["event"] == "disqualify" and e["result"] == "applied" for e in entries) == 1


async def test_of_two_who_propose_at_once_the_later_one_confirms(cast: Cast) -> None:
    at = await _proved(cast)
    answers = await asyncio.gather(_disqualify(cast.chief, at), _disqualify(cast.deputy, at))
    assert sorted(a.status_code for a in answers) == [200, 202], [a.text for a in answers]
    assert await at.state() == "disqualified"


async def test_whoever_sent_a_recommendation_does_not_accept_it(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "review")
    both = await cast.place.person(
        f"both.{at.code}", ("prefecture_lbg_office", "region:cn/sn/yulin"), ("provincial_lbg_office", "region:cn")
    )
    attested: dict[str, Any] = {
        "attainment": "0.95",
        "verified_by": "prefecture",
        "criteria": {"leading": "yes it does", "copyable": "it is"},
    }
    it = await both.made("recommendations", at.case, **attested)
    await both.must("recommendations", it, "submit_recommendation")
    said = problem(await both.act("recommendations", it, "accept_recommendation"), "person", 409)
    assert said["errors"][0]["code"] == "two_persons"
    done = await cast.chief.act("recommendations", it, "accept_recommendation")
    assert (done.status_code, done.json()["state"]) == (200, "accepted")


async def test_a_scheme_is_published_by_another_person_than_its_editor(cast: Cast) -> None:
    both = await cast.place.person("both", ("scheme_editor", "region:cn"), ("scheme_approver", "region:cn"))
    drafted = await both.post("/schemes", {"region": "cn/sn", "shipped": "reference"})
    assert drafted.json()["id"] == cast.scheme  # the same content is the same version
    definition = (await both.get(f"/schemes/{cast.scheme}")).json()["definition"]
    changed = await both.post("/schemes", {"region": "cn/sn", "definition": {**definition, "version": "1.0.1"}})
    assert changed.status_code == 201, changed.text
    draft = changed.json()["id"]
    problem(await both.post(f"/schemes/{draft}/publish"), "person", 409)
    assert (await cast.chief.post(f"/schemes/{draft}/publish")).json()["status"] == "published"
    problem(
        await both.post("/schemes", {"region": "cn/sn", "definition": {**definition, "trial": False}}), "conflict", 409
    )
