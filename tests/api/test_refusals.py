"""A refusal is an answer: complete, audited, foretold by `actions` and by a dry run."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from service.domain.machines import PLAIN, case_machine, stage_machine
from service.records import audit
from service.records.rows import AUDIT, CHAIN, COMMAND, DUTY, OUTBOX, PERSONAL, PROPOSAL, THING
from service.schemes.loader import shipped_scheme
from tests.support.cast import STEPS, Cast, bring, everything, paper
from tests.support.house import Caller
from tests.support.problems import problem

TRACK = shipped_scheme("reference").track("area")
CASE = case_machine(TRACK)
TOLD = (AUDIT, COMMAND, DUTY, OUTBOX, PERSONAL, PROPOSAL, THING)


def _by_people(machine: Any) -> set[str]:
    return {e for e, rows in machine.events.items() if any(r.who not in (("system",), ("timer",)) for r in rows)}


async def _illegal(who: Caller, case: str, event: str) -> dict[str, Any]:
    """The refusal of an event that this state does not admit."""
    answer = await who.post(f"/cases/{case}/actions/{event}", **{"If-Match": '"0"'})
    return problem(answer, "illegal", 409)


async def test_every_illegal_event_is_409_in_every_state_of_a_case(cast: Cast) -> None:
    """The case is walked through its stages; in each, all the state does not admit is tried by who may do all."""
    at, who = await cast.draft(), await everything(cast)
    seen = set()
    while True:
        shown = (await cast.chief.get(f"/cases/{at.case}")).json()
        state = shown["state"]
        seen.add(state)
        legal = set(CASE.legal(state))
        if run := shown.get("stage"):
            legal |= set(stage_machine(run["kind"]).legal(run["state"]))
        events = _by_people(CASE) | (_by_people(stage_machine(run["kind"])) if run else set())
        for event in sorted(events - legal):
            said = await _illegal(who, at.case, event)
            assert said["errors"][0]["code"] in ("illegal_in_state", "unknown_event")
            assert said["errors"][0]["missing"] or event not in CASE.events, event
        if state == "draft":
            await at.clerk.must("cases", at.case, "enroll")
        elif state in STEPS:
            await STEPS[state](cast, at)
        else:
            break
    assert seen == {"draft", *STEPS, "publicity"}
    await at.clerk.must("cases", at.case, "withdraw")
    for event in sorted(_by_people(CASE)):
        await _illegal(who, at.case, event)


async def test_an_event_that_no_machine_knows_is_409_and_an_unknown_thing_is_404(cast: Cast) -> None:
    at = await cast.enrolled()
    assert (await _illegal(at.clerk, at.case, "fly"))["errors"][0]["code"] == "unknown_event"
    problem(await at.clerk.act("cases", "nothing", "withdraw"), "not_found")
    problem(await at.clerk.create("cases", "nothing", track="area", jurisdiction=at.code), "not_found")
    problem(await cast.chief.create("batches", scheme="nothing"), "not_found")
    problem(await at.clerk.post(f"/cases/{at.case}/signals/fly"), "not_found")
    problem(await at.clerk.get(f"/batches/{at.case}"), "not_found")
    problem(await cast.chief.post(f"/batches/{at.case}/actions/withdraw", **{"If-Match": '"1"'}), "not_found")


async def _entries(cast: Cast, chain: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await cast.chief.get(f"/cases/{chain}/timeline")).json()["items"]
    return found


@pytest.mark.req("INV-16")
async def test_a_refusal_is_audited_with_its_rules_and_the_chain_verifies(cast: Cast) -> None:
    at = await cast.enrolled()
    before = len(await _entries(cast, at.case))
    said = problem(await at.clerk.act("cases", at.case, "complete_stage"), "guard")
    problem(await at.clerk.act("cases", at.case, "pause", text="we rest", ground="disaster"), "forbidden")
    problem(await at.clerk.act("cases", at.case, "submit_artefact"), "form")
    problem(await at.clerk.act("cases", at.case, "enroll"), "illegal")
    written = (await _entries(cast, at.case))[before:]
    assert [(e["event"], e["result"], e["kind"], e["person"]) for e in written] == [
        ("complete_stage", "refused", "guard", at.clerk.name),
        ("pause", "refused", "role", at.clerk.name),
        ("submit_artefact", "refused", "form", at.clerk.name),
        ("enroll", "refused", "illegal", at.clerk.name),
    ]
    assert set(written[0]["rules"]) == {r["id"] for r in said["rules"]}
    assert written[0]["unmet"] == [e["code"] for e in said["errors"]]
    async with cast.place.database.read.connect() as db:
        verified = [found async for found in audit.verify(db, at.case)]
    assert verified == [(at.case, before + 4, None)]


@pytest.mark.req("INV-16")
async def test_a_file_that_is_gone_as_a_whole_is_missed_by_what_stands_in_it(cast: Cast) -> None:
    at = await cast.enrolled()
    async with cast.place.database.write.connect() as db:  # never committed
        await db.execute(delete(AUDIT).where(AUDIT.c.chain == at.case))
        await db.execute(delete(CHAIN).where(CHAIN.c.id == at.case))
        broken = {chain: fault.why async for chain, _, fault in audit.verify(db) if fault}
        assert broken == {at.case: "the end of the chain is missing"}
        assert [entries async for _, entries, fault in audit.verify(db, at.case) if fault] == [0]
        await db.rollback()


async def test_the_refusal_of_a_creation_stands_in_the_file_of_the_parent(cast: Cast) -> None:
    at = await cast.county()
    problem(await at.clerk.create("cases", cast.batch, track="no such track", jurisdiction=at.code), "form")
    async with cast.place.database.read.connect() as db:
        query = select(AUDIT).where(AUDIT.c.chain == cast.batch, AUDIT.c.person == at.clerk.name)
        rows = (await db.execute(query)).all()
    assert [(r.event, r.result) for r in rows] == [("open_case", "refused")]


async def _counts(cast: Cast) -> list[int]:
    async with cast.place.database.read.connect() as db:
        return [(await db.execute(select(func.count()).select_from(t))).scalar_one() for t in TOLD]


async def test_a_dry_run_writes_nothing_and_says_what_the_command_says(cast: Cast) -> None:
    at = await cast.enrolled()
    who = {"clerk": at.clerk, "chief": cast.chief, "inspector": cast.inspector}
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("clerk", "complete_stage", {}),
        ("clerk", "withdraw", {}),
        ("clerk", "enroll", {}),
        ("inspector", "withdraw", {}),
        ("chief", "pause", {"text": "flood", "ground": "disaster"}),
        ("chief", "pause", {"text": "no"}),
        ("chief", "disqualify", {}),
    ]
    before = await _counts(cast)
    foretold = []
    for name, event, form in tries:
        answer = await who[name].post(f"/cases/{at.case}/actions/{event}", {"form": form, "dryRun": True})
        foretold.append(answer)
    born = await at.clerk.post(
        "/cases", {"parent": cast.batch, "form": {"track": "area", "jurisdiction": "zizhou"}, "dryRun": True}
    )
    problem(born, "forbidden")
    assert await _counts(cast) == before
    for (name, event, form), told in zip(tries, foretold, strict=True):
        if told.status_code == 200:
            assert told.json()["dryRun"] is True
            assert told.json()["state"] == {"withdraw": "withdrawn", "pause": "paused"}[event]
        else:
            done = await who[name].act("cases", at.case, event, **form)
            assert (done.status_code, done.json()) == (told.status_code, told.json())
    paused = await cast.chief.must("cases", at.case, "pause", text="flood", ground="disaster")
    assert paused["state"] == "paused"


async def test_a_dry_run_needs_neither_a_key_nor_a_revision(cast: Cast) -> None:
    at = await cast.draft()
    path = f"/api/v1/cases/{at.case}/actions/enroll"
    answer = await cast.place.http.post(path, json={"dryRun": True}, headers=at.clerk.headers())
    assert (answer.status_code, answer.json()["state"]) == (200, "mobilization")
    assert await at.state() == "draft"
    other = await cast.county()
    creation = {"parent": cast.batch, "form": {"track": "area", "jurisdiction": other.code}, "dryRun": True}
    made = await cast.place.http.post("/api/v1/cases", json=creation, headers=other.clerk.headers())
    assert (made.status_code, made.json()["state"]) == (200, "draft")
    assert (await other.clerk.get("/cases")).json()["items"] == []


async def test_actions_lists_every_event_with_allowed_or_each_reason_for_this_caller(cast: Cast) -> None:
    at = await cast.enrolled()
    seen = {}
    for who in (at.clerk, cast.office, cast.chief):
        found = (await who.get(f"/cases/{at.case}/actions")).json()["actions"]
        by_event = {a["event"]: a for a in found}
        assert by_event.keys() == _by_people(CASE) | _by_people(stage_machine("mobilization"))
        for action in found:
            assert action["allowed"] is not bool(action.get("unmet"))
            assert all(u["code"] and u["detail"] for u in action.get("unmet", ()))
            assert action["title"]
        seen[who.name] = by_event
    clerk, office = seen[at.clerk.name], seen["office"]
    assert clerk["withdraw"]["allowed"]
    assert not office["withdraw"]["allowed"]
    assert office["withdraw"]["unmet"][0]["code"] == "role"
    assert office["waive_stage"]["unmet"][0]["code"] == "stage_optional"
    unmet = {u["code"]: u for u in clerk["complete_stage"]["unmet"]}
    assert unmet["artefacts_present"]["missing"] == ["work_plan", "meeting_minutes"]
    assert unmet["artefacts_present"]["rules"]
    assert {p["name"] for p in clerk["submit_artefact"]["form"]} >= {"artefact", "author", "date", "files"}


async def test_what_actions_allows_a_dry_run_does_not_refuse_for_role_or_state(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "self_check")
    for who in (at.clerk, cast.office, cast.chief, cast.inspector):
        for action in (await who.get(f"/cases/{at.case}/actions")).json()["actions"]:
            told = await who.post(f"/cases/{at.case}/actions/{action['event']}", {"dryRun": True})
            if action["allowed"]:
                assert told.status_code in (200, 409, 422), (action["event"], told.text)
                assert told.status_code == 200 or told.json()["code"] in ("form", "guard"), (action["event"], told.text)
            else:
                assert told.status_code in (403, 409, 422), (action["event"], told.text)


async def test_actions_of_every_thing_name_all_its_events(cast: Cast, announced: str) -> None:
    opened = announced
    for resource, thing, machine in (("notices", opened, "public_notice"), ("batches", cast.batch, "batch")):
        found = (await cast.chief.get(f"/{resource}/{thing}/actions")).json()["actions"]
        assert {a["event"] for a in found} == _by_people(PLAIN[machine]), resource


@pytest.mark.req("QH-03b")
async def test_a_second_case_of_the_same_subject_is_409_and_names_the_first(cast: Cast) -> None:
    at = await cast.draft()
    again = await at.clerk.create("cases", cast.batch, track="area", jurisdiction=at.code)
    said = problem(again, "guard", 409)
    assert said["errors"][0]["code"] == "natural_key_free"
    assert said["errors"][0]["missing"] == [at.case]


@pytest.mark.req("PDS-V2")
@pytest.mark.req("YL-3q")
async def test_a_paper_is_handed_in_with_evidence_of_its_own_case_and_no_other(cast: Cast) -> None:
    at, other = await cast.enrolled(), await cast.enrolled()
    sent = await cast.place.http.post(
        "/api/v1/evidence", files={"file": ("a.txt", b"a")},
        data={"case": at.case, "issuer": "we", "covers_from": "2023-01-01", "covers_to": "2023-12-31"},
        headers=at.clerk.headers(**{"Idempotency-Key": at.clerk.key()}),
    )  # fmt: skip
    good = sent.json()["id"]
    for wrong in ("nothing", other.evidence):
        form = paper("meeting_minutes", at, files=[good, wrong])
        said = problem(await at.clerk.act("cases", at.case, "submit_artefact", **form), "guard", 409)
        assert [(e["code"], e["missing"]) for e in said["errors"]] == [("evidence_is_registered", [wrong])]
        assert wrong in said["errors"][0]["detail"]
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("meeting_minutes", at, files=[good]))
    shown = (await at.clerk.get(f"/cases/{at.case}")).json()["stage"]["artefacts"]
    assert shown["meeting_minutes"]["files"] == [good]
