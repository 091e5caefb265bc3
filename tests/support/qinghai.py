"""Playing Qinghai: its people, the way of a case to its naming, titles of earlier times, a look-back to its score."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from service.schemes.loader import dump, shipped_folder, shipped_scheme
from tests.support import programme as play
from tests.support.house import Caller, installation
from tests.support.temporal import connect, serving

ITEMS = [i.code for i in shipped_scheme("qinghai").indicator_system.indicators]
METHODS = [m.code for m in shipped_scheme("qinghai").evaluation.methods.required]
OFFICE = "省委依法治省办"
PEOPLE = [
    ("third", "provincial_lbg_office", play.PROVINCE),
    ("prefecture", "prefecture_lbg_office", play.CITY),
    ("colleague", "prefecture_lbg_office", play.CITY),
    ("neighbour", "prefecture_lbg_office", "region:cn/sn/elsewhere"),
    ("city", "designee", play.CITY),
    ("lead", "third_party_evaluator", play.PROVINCE),
    ("lead", "evaluation_team_member", play.PROVINCE),
    ("escort", "accompanying_liaison", play.PROVINCE),
    ("escort", "evaluation_team_member", play.PROVINCE),
]
AREA = {"leading": "first of the province three years running", "copyable": "three counties copied it"}
PROJECT = dict.fromkeys(("innovative", "leading", "typical"), "as the experts of the province found")
SELF_EVALUATION = {"progress_since_naming": "all counters joined", "inspection_rectified": "all nine matters closed"}


@asynccontextmanager
async def qinghai(home: Path) -> AsyncIterator[play.Programme]:
    """The programme that ships, published, with its people, in an installation and on a server of its own.

    A round of look-backs has its ID from programme and year, so two installations cannot share a server.
    """
    url = f"sqlite+aiosqlite:///{home}/s.db"
    async with serving(home) as server, installation(await connect(server), url, home) as place:
        await place.jurisdiction("elsewhere", "cn/sn", "prefecture")
        yield await play.publish(place, str(shipped_folder("qinghai")), "provincial_lbg_office", PEOPLE)


async def copied(at: play.Programme, **changed: Any) -> tuple[str, Any]:
    """A changed copy of the programme: its ID, and the answer when somebody publishes it."""
    definition = {**dump(shipped_scheme("qinghai")), **changed}
    drafted = await at.editor.post("/schemes", {"region": "cn/sn", "definition": definition})
    assert drafted.status_code == 201, drafted.text
    scheme = drafted.json()["id"]
    return scheme, await at.publisher.post(f"/schemes/{scheme}/publish")


def why(answer: Any) -> set[str]:
    """The rules that a refusal names."""
    assert answer.status_code in (403, 409, 422), answer.text
    return {rule for error in answer.json()["errors"] for rule in error.get("rules", ())}


async def received(who: Caller, sent: Any) -> None:
    """Wait until something from outside, taken with 202, has been carried out."""
    assert sent.status_code == 202, sent.text
    while True:
        answer = await who.http.get(sent.headers["Location"], headers=who.headers())
        if answer.status_code != 202:
            assert answer.json()["outcome"] == "done", answer.text
            return
        await asyncio.sleep(0.05)


def points(total: str) -> dict[str, str]:
    """A score sheet of that total: whole points from the front, one half where it needs one, nothing behind."""
    whole, _, half = total.partition(".")
    full = int(whole)
    zeros: dict[str, str] = dict.fromkeys(ITEMS, "0")
    return zeros | dict.fromkeys(ITEMS[:full], "1") | (dict.fromkeys(ITEMS[full : full + 1], "0.5") if half else {})


async def opened(at: play.Programme, track: str, code: str, project: str = "") -> str:
    """A draft of a case, with evidence in its file."""
    named = {"jurisdiction": code, **({"project": project} if project else {})}
    case = await at.prefecture.made("cases", at.batch, track=track, **named)
    await at.place.evidence(case)
    return case


async def enrolled(at: play.Programme, track: str, code: str, project: str = "") -> str:
    """A case that waits for the recommendation of its prefecture."""
    case = await opened(at, track, code, project)
    await at.prefecture.must("cases", case, "enroll")
    return case


def attested(project: bool, attainment: str = "0.90") -> dict[str, Any]:
    """What the prefecture says of an area or a project."""
    if project:
        return {"criteria": PROJECT}
    return {"criteria": AREA, "attainment": attainment, "verified_by": "prefecture"}


async def recommend(at: play.Programme, case: str, *, project: bool = False, own: bool = False, **said: Any) -> None:
    """Recommended, accepted, and without a further evaluation on its way to the naming.

    `own`: the prefecture recommends its own government, so the office looks at the papers itself (GAP-SX-2).
    """
    it = await at.prefecture.made("recommendations", case, **{**attested(project), **said})
    await at.colleague.must("recommendations", it, "submit_recommendation")
    await at.office.must("recommendations", it, "accept_recommendation", **({"paper_check": "in order"} if own else {}))
    paper = "project_description" if project else "attainment_sheet"
    await at.prefecture.must("cases", case, "submit_artefact", **play.paper(paper, case))
    await at.prefecture.must("cases", case, "complete_stage")
    await at.office.must("cases", case, "waive_stage", text="named on the recommendation")


async def hand_out(at: play.Programme, title: str, number: int, holder: Caller) -> list[str]:
    """Plaque and certificate of a title, made, issued and received."""
    pieces = [await at.office.made("insignia", title, kind=kind) for kind in ("plaque", "certificate")]
    for piece in pieces:
        await at.office.must("insignia", piece, "produce_insignia", number=number)
        await at.office.must("insignia", piece, "issue_insignia")
        await holder.must("insignia", piece, "confirm_receipt")
    return pieces


async def taken_over(at: play.Programme, code: str, project: str = "", **changed: str) -> str:
    """A title of earlier times: a county of the office's own naming, or a unit from before there was an office."""
    by = {"named_by": "省政府", "named_on": "2016-09-01"} if project else {"named_by": OFFICE, "named_on": "2022-06-30"}
    what: dict[str, str] = {"track": "project", "project": project} if project else {"track": "area"}
    said = {**what, "jurisdiction": code, **by, **changed}
    title = await at.office.made("designations", event="import_legacy_title", scheme=at.scheme, **said)
    await at.place.evidence(title)
    return title


async def fact(at: play.Programme, title: dict[str, Any], kind: str, day: str, **more: str) -> None:
    """A fact from outside on the file of a title."""
    paper = f"ev-{title['case'] or title['id']}"
    said = {"source": "province", "number": f"F-{day}", "date": day, "file": paper, "kind": kind, **more}
    found = await at.told(at.office, "designations", title["id"], "record_fact", **said)
    assert found["outcome"] == "done", found


async def look_backs(at: play.Programme, year: int) -> tuple[str, dict[str, str]]:
    """The round of a year, and its look-backs by the title they are of."""
    (it,) = [r["id"] for r in await at.listed("look-back-rounds") if r["data"]["year"] == year]
    return it, {v["data"]["designation"]: v["id"] for v in await at.listed("look-backs", parent=it)}


async def self_evaluated(at: play.Programme, year: int, holder: Caller, *, until: str) -> dict[str, str]:
    """The round of a year drawn and started, and every self-evaluation in; the look-backs by title."""
    it, _ = await look_backs(at, year)
    await at.office.must("look-back-rounds", it, "select_designees")
    await at.office.must("look-back-rounds", it, "start_round", self_evaluation_day=until, evaluation_day=until)
    _, visits = await look_backs(at, year)
    for visit in visits.values():
        await holder.must("look-backs", visit, "submit_self_evaluation", parts=SELF_EVALUATION)
    return visits


async def on_notice(at: play.Programme, look_back: str) -> tuple[str, str]:
    """A notice of a look-back opened today: its ID and its last day."""
    it = await at.office.made("notices", look_back)
    await at.office.must("notices", it, "open_notice", media=["the daily"])
    return it, str((await at.office.get(f"/notices/{it}")).json()["duties"][0]["dueOn"])


async def fieldwork(at: play.Programme, look_back: str, methods: list[str]) -> str:
    """The evaluation of a look-back, its team at the scores, with these methods on record; its ID."""
    said: dict[str, Any] = {"evaluator": "institute", "independent": True, "accompanying": ["escort"]}
    await at.office.must("look-backs", look_back, "commission_evaluation", **said)
    await at.place.settled()
    (it,) = [str(e["id"]) for e in await at.listed("evaluations", parent=look_back)]
    team = ["lead", "member1", "member2"]
    declared = dict.fromkeys(team, "no tie")
    await at.lead.must("evaluations", it, "form_team", lead="lead", members=team[1:], declarations=declared)
    await at.lead.must("evaluations", it, "start_fieldwork")
    for method in methods:
        await use(at, it, method)
    await at.lead.must("evaluations", it, "start_scoring")
    return it


async def use(at: play.Programme, evaluation: str, method: str) -> None:
    """One use of a method goes on record."""
    used = {"method": method, "date": "2024-02-22", "record": "as the notes of the visit say"}
    await at.lead.must("evaluations", evaluation, "record_method_use", **used)


REPORT = {
    "level_found": "sound", "trend": "rising", "check_of_self_report": "matters, data and facts are true",
    "proposals": "train the townships",
}  # fmt: skip


async def scored(at: play.Programme, evaluation: str, sheet: dict[str, str]) -> None:
    """The team scores, locks, reports; the office accepts, and the look-back has its total."""
    given = await at.lead.put(f"/evaluations/{evaluation}/scores", {"scores": sheet})
    assert given.status_code == 200, given.text
    await at.lead.must("evaluations", evaluation, "lock_scores")
    await at.lead.must("evaluations", evaluation, "submit_report", **REPORT)
    await at.office.must("evaluations", evaluation, "accept_report")
    await at.place.settled()


async def revoked(at: play.Programme, case: str, ground: str, *, heard_on: str, decided_on: str) -> None:
    """A revocation case from its opening to the service of its decision."""
    await at.office.must("revocations", case, "start_investigation")
    report = {"report": "as the investigators found", "answers": {ground: "confirmed"}}
    await at.office.must("revocations", case, "file_investigation_report", **report)
    await at.place.until(heard_on)
    await at.office.must("revocations", case, "open_statement_period")
    await at.place.until(decided_on)
    await at.office.must("revocations", case, "propose_decision", proposal="revoke: the ground is proved")
    await at.second.must("revocations", case, "decide_revocation")
    served = {"issuer": OFFICE, "number": f"R-{decided_on}", "date": decided_on}
    await at.office.must("revocations", case, "notify_decision", **served)
    await at.place.settled()
