"""Evidence over HTTP: submitted when nothing is lacking, returned, superseded, withdrawn, struck out, locked by results."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.cast import Cast, County, bring, paper
from tests.support.house import Caller
from tests.support.problems import problem

COVERS = {"covers_from": "2023-01-01", "covers_to": "2023-12-31"}


async def sent(who: Caller, case: str, content: bytes = b"a", **said: str) -> httpx.Response:
    return await who.http.post(
        "/api/v1/evidence", data={"case": case, "issuer": "justice bureau", **said},
        files={"file": ("a.txt", content)}, headers=who.headers(**{"Idempotency-Key": who.key()}),
    )  # fmt: skip


async def uploaded(who: Caller, at: County, **said: str) -> str:
    answer = await sent(who, at.case, b"a", **{**COVERS, **said})
    assert (answer.status_code, answer.json()["status"]) == (201, "submitted"), answer.text
    return str(answer.json()["id"])


async def status(who: Caller, item: str) -> str:
    return str((await who.get(f"/evidence/{item}")).json()["status"])


async def step(who: Caller, item: str, name: str, **said: Any) -> httpx.Response:
    return await who.post(f"/evidence/{item}/{name}", said)


@pytest.mark.req("PDS-V1")
async def test_who_only_looks_on_puts_nothing_on_file(cast: Cast) -> None:
    at = await cast.enrolled()
    page = {"case": at.case, "address": "https://example.cn/", "read_on": "2024-01-01", "issuer": "we", **COVERS}
    before = (await at.clerk.get("/evidence", case=at.case)).json()["items"]
    for role in ("survey_respondent", "scheme_editor", "system_administrator"):
        outsider = await cast.place.person(f"{role}.{at.code}", (role, f"case:{at.case}"))
        problem(await sent(outsider, at.case, b"a", **COVERS), "forbidden")
        problem(await outsider.post("/evidence/addresses", page), "forbidden")
    assert (await at.clerk.get("/evidence", case=at.case)).json()["items"] == before
    assert (await sent(cast.chief, at.case, b"a", **COVERS)).json()["status"] == "submitted", (
        "an office files its decisions"
    )


@pytest.mark.req("PDS-A5")
@pytest.mark.req("PDS-V1")
async def test_what_lacks_its_period_is_a_draft_until_it_is_said(cast: Cast) -> None:
    at = await cast.enrolled()
    first = (await sent(at.clerk, at.case)).json()
    assert first["status"] == "draft"
    said = problem(
        await at.clerk.act("cases", at.case, "submit_artefact", **paper("work_plan", at, files=[first["id"]])), "guard"
    )
    assert [e["code"] for e in said["errors"]] == ["evidence_is_registered"]
    said = problem(await step(at.clerk, first["id"], "submit", covers_from="2023-01-01"), "form")
    assert [e["pointer"] for e in said["errors"]] == ["/covers_to"]
    wrong = problem(
        await step(at.clerk, first["id"], "submit", covers_from="2023-12-31", covers_to="2023-01-01"), "form"
    )
    assert [e["code"] for e in wrong["errors"]] == ["evidence.period"]
    done = await step(at.clerk, first["id"], "submit", external=True, **COVERS)
    assert (done.json()["status"], done.json()["external"], done.json()["coversTo"]) == (
        "submitted",
        True,
        "2023-12-31",
    )
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("work_plan", at, files=[first["id"]]))
    problem(await step(at.clerk, first["id"], "submit", **COVERS), "illegal")


async def test_a_period_that_ends_before_it_begins_is_refused_on_upload(cast: Cast) -> None:
    at = await cast.enrolled()
    answer = await sent(at.clerk, at.case, covers_from="2023-12-31", covers_to="2023-01-01")
    assert [e["code"] for e in problem(answer, "form")["errors"]] == ["evidence.period"]


@pytest.mark.req("PDS-V1")
async def test_an_address_is_evidence_with_the_day_it_was_read(cast: Cast) -> None:
    at = await cast.enrolled()
    page = {
        "case": at.case,
        "address": "https://example.invalid/list",
        "read_on": "2024-02-20",
        "issuer": "county",
        **COVERS,
    }
    item = await at.clerk.did("/evidence/addresses", page)
    assert (item["status"], item["address"], item["readOn"]) == ("submitted", page["address"], "2024-02-20")
    problem(await at.clerk.get(f"/evidence/{item['id']}/content"), "not_found")
    problem(await at.clerk.post("/evidence/addresses", {**page, "read_on": "2024-02-23"}), "invalid")
    problem(await at.clerk.post("/evidence/addresses", {**page, "address": "javascript:alert(1)"}), "invalid")
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("work_plan", at, files=[item["id"]]))


async def test_evidence_belongs_to_its_file_and_to_whoever_sees_it(cast: Cast) -> None:
    mine, theirs = await cast.enrolled(), await cast.enrolled()
    item = await uploaded(mine.clerk, mine)
    for path in (f"/evidence/{item}", f"/evidence/{item}/content"):
        assert (await mine.clerk.get(path)).status_code == 200
        problem(await theirs.clerk.get(path), "not_found")
    problem(await step(theirs.clerk, item, "withdraw", text="not mine"), "not_found")
    problem(await step(mine.clerk, "nothing", "withdraw", text="not there"), "not_found")
    shown = (await mine.clerk.get("/evidence", case=mine.case, status="submitted")).json()["items"]
    assert item in [e["id"] for e in shown]
    assert (await mine.clerk.get("/evidence", case=mine.case, status="draft")).json()["items"] == []


@pytest.mark.req("PDS-M3b")
async def test_who_examines_returns_it_with_a_reason_and_who_provided_it_puts_it_right(cast: Cast) -> None:
    at = await cast.enrolled()
    item = await uploaded(at.clerk, at)
    problem(await step(at.clerk, item, "return", text="I may not"), "forbidden")
    problem(await step(cast.office, item, "return"), "invalid")
    back = (await step(cast.office, item, "return", text="which bureau?")).json()
    assert (back["status"], back["reason"]) == ("draft", "which bureau?")
    again = (await step(at.clerk, item, "submit", issuer="bureau of justice")).json()
    assert (again["status"], again["issuer"], again["reason"]) == ("submitted", "bureau of justice", None)
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline")).json()["items"]
    mine = [(e["event"], e["result"]) for e in entries if e["thing"] == item]
    assert mine == [("add_evidence", "applied"), ("return_evidence", "refused"), ("return_evidence", "applied"),
                    ("submit_evidence", "applied")]  # fmt: skip


@pytest.mark.req("INV-30")
async def test_what_a_paper_rests_on_is_superseded_and_not_withdrawn(cast: Cast) -> None:
    at, other = await cast.enrolled(), await cast.enrolled()
    old, new, loose = [await uploaded(at.clerk, at) for _ in range(3)]
    foreign = await uploaded(other.clerk, other)
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("work_plan", at, files=[old]))
    said = problem(await step(at.clerk, old, "withdraw", text="a wrong one"), "guard")
    assert [e["code"] for e in said["errors"]] == ["nothing_rests_on_it"]
    assert (await step(at.clerk, loose, "withdraw", text="a wrong one")).json()["status"] == "withdrawn"
    for wrong in (old, loose, foreign, "nothing"):
        problem(await step(at.clerk, old, "supersede", text="a better scan", replacement=wrong), "guard")
    done = (await step(at.clerk, old, "supersede", text="a better scan", replacement=new)).json()
    assert (done["status"], done["supersededBy"]) == ("superseded", new)
    assert (await at.clerk.get(f"/evidence/{old}/content")).status_code == 200
    problem(
        await at.clerk.act("cases", at.case, "submit_artefact", **paper("meeting_minutes", at, files=[old])), "guard"
    )


@pytest.mark.req("INV-30")
async def test_the_result_that_relies_on_it_locks_it(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "self_check")
    used = (await at.clerk.get(f"/evidence/{at.evidence}")).json()
    assert used["status"] == "locked"
    assert used["lockedFor"].startswith("stage.complete_stage:")
    problem(await step(at.clerk, at.evidence, "withdraw", text="no longer"), "illegal")
    problem(await step(cast.office, at.evidence, "return", text="no longer"), "illegal")
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    locks = [e for e in entries if e["event"] == "lock_evidence"]
    assert [(e["thing"], e["person"], e["after"]) for e in locks] == [(at.evidence, "system", "locked")]


@pytest.mark.req("INV-15")
@pytest.mark.req("INV-20")
@pytest.mark.req("PDS-D2")
async def test_a_false_piece_is_struck_out_by_two_persons_on_a_decision(cast: Cast) -> None:
    at = await cast.enrolled()
    item = await uploaded(at.clerk, at)
    said = {"text": "the photograph shows another county"}
    problem(await step(at.clerk, item, "strike", **said, decision="No. 7"), "forbidden")
    refusal = problem(await step(cast.inspector, item, "strike", **said), "guard")
    assert [e["code"] for e in refusal["errors"]] == ["found_false"]
    said["decision"] = "No. 7 of 2024"
    first = await step(cast.inspector, item, "strike", **said)
    assert (first.status_code, first.json()["status"]) == (202, "submitted")
    proposal = first.json()["proposal"]
    shown = (await cast.chief.get(f"/proposals/{proposal}")).json()
    assert (shown["author"], shown["status"], shown["form"]) == ("inspector", "open", said)
    problem(await (await cast.enrolled()).clerk.get(f"/proposals/{proposal}"), "not_found")
    assert [e["code"] for e in problem(await step(cast.inspector, item, "strike", **said), "person")["errors"]] == [
        "two_persons"
    ]
    done = await step(cast.chief, item, "strike", **said)
    assert (done.status_code, done.json()["status"]) == (200, "withdrawn")
    assert done.json()["foundFalse"]["by"] == ["chief", "inspector"]
    assert (await cast.chief.get(f"/proposals/{proposal}")).json()["status"] == "confirmed"


async def test_a_proposal_to_strike_out_is_taken_back_or_lapses(cast: Cast) -> None:
    at = await cast.enrolled()
    item, new = await uploaded(at.clerk, at), await uploaded(at.clerk, at)
    said = {"text": "it is another county", "decision": "No. 8"}
    proposal = (await step(cast.inspector, item, "strike", **said)).json()["proposal"]
    problem(await cast.chief.post(f"/proposals/{proposal}/withdraw"), "forbidden")
    assert (await cast.inspector.post(f"/proposals/{proposal}/withdraw")).json()["status"] == "withdrawn"
    proposal = (await step(cast.chief, item, "strike", **said)).json()["proposal"]
    await step(at.clerk, item, "supersede", text="a better one", replacement=new)
    assert (await cast.chief.get(f"/proposals/{proposal}")).json()["status"] == "void"
    problem(await step(cast.deputy, item, "strike", **said), "illegal")


async def test_two_persons_at_once_strike_it_out_once(cast: Cast) -> None:
    at = await cast.enrolled()
    item = await uploaded(at.clerk, at)
    said = {"text": "it is another county", "decision": "No. 9"}
    answers = await asyncio.gather(*(step(who, item, "strike", **said) for who in (cast.chief, cast.deputy)))
    assert sorted(a.status_code for a in answers) == [200, 202]
    assert await status(cast.chief, item) == "withdrawn"
