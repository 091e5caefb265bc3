"""Facts beside scores, over HTTP: what is measured and proved, what contradicts it, and draws in the open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from api.cli.processes import EmbeddedTemporal
from service.domain.measures import draws
from service.records.rows import EVIDENCE, RATING, THING
from service.schemes import loader
from tests.support.house import START, Caller, Installation, installation
from tests.support.measured import ITEMS, measured
from tests.support.temporal import connect

ALL = {"measures": ["third_party"], "team_min": 1, "methods": {"required": [], "open": True}}


def definition() -> dict[str, Any]:
    """Indicators that can be measured, met or unmet, and a track of a self-check, an evaluation and a naming."""
    scheme = measured()
    whole = loader.dump(scheme)
    stages = {s["kind"]: s for s in whole["tracks"][0]["stages"]}
    plain = {"artefacts": [], "due": "pending", "findings": "none"}
    kept = [{**stages[kind], **plain} for kind in ("self_check", "evaluation", "naming")]
    group = {"id": "G", "title": {"zh": "组", "en": "group"}}
    bands = [{"at_least": "0.9", "outcome": "pass"}, {"at_least": "0", "outcome": "fail"}]
    about_stages = ("basis", "organization", "bulletins", "consequences")
    return {
        **{name: part for name, part in whole.items() if name not in about_stages},
        "tracks": [{**whole["tracks"][0], "stages": kept}],
        "indicator_system": {**whole["indicator_system"], "groups": [group]},
        "scoring": {**whole["scoring"], "pass": bands},
        "look_back": {"mode": "none"},
        "naming": {**whole["naming"], "inputs": ["evaluations"]},
        "evaluation": {**whole["evaluation"], **ALL},
    }


async def paper(place: Installation, case: str, name: str, covers_from: str) -> str:
    """Evidence of a case that covers from a day on."""
    values = {"id": f"{name}-{case}", "chain": case, "name": name, "media_type": "text/plain", "size": 1,
              "sha256": "0" * 64, "issuer": "tests", "status": "submitted", "person": "tests", "at": START,
              "covers_from": date.fromisoformat(covers_from)}  # fmt: skip
    async with place.database.write.begin() as db:
        await db.execute(insert(EVIDENCE).values(**values))
    return str(values["id"])


def told(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 409, answer.text
    return {e["code"]: e["missing"] for e in answer.json()["errors"]}


async def items(who: Caller, case: str) -> dict[str, Any]:
    """How the indicators of the case stand, by code; the whole answer under ""."""
    found = (await who.get(f"/cases/{case}/indicators")).json()
    return {"": found, **{one["code"]: one for one in found["items"]}}


@dataclass
class Office:
    """One installation with its people, a published scheme and an open batch."""

    place: Installation
    people: dict[str, Caller]
    batch: str

    async def case(self) -> str:
        """A case in its self-check."""
        county = self.people["county"]
        case = await county.made("cases", self.batch, track="area", jurisdiction="jiaxian")
        await county.must("cases", case, "enroll")
        return case


PEOPLE = {
    "editor": (("scheme_editor", "region:cn"),),
    "chief": (("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn")),
    "deputy": (("provincial_lbg_office", "region:cn"),),
    "county": (("county_government", "region:cn/sn/yulin/jiaxian"),),
    "lead": (("third_party_evaluator", "region:cn"), ("evaluation_team_member", "region:cn")),
}


@pytest.fixture
async def office(temporal_server: EmbeddedTemporal, tmp_path: Path) -> AsyncIterator[Office]:
    client = await connect(temporal_server)
    async with installation(client, f"sqlite+aiosqlite:///{tmp_path}/s.db", tmp_path) as place:
        people = {name: await place.person(name, *roles) for name, roles in PEOPLE.items()}
        made = await people["editor"].post("/schemes", {"region": "cn/sn", "definition": definition()})
        assert made.status_code == 201, made.text
        published = await people["chief"].post(f"/schemes/{made.json()['id']}/publish")
        assert published.status_code == 200, published.text
        window = {"opens": "2024-02-22", "closes": "2024-12-31"}
        batch = await people["chief"].made("batches", scheme=made.json()["id"], number=1, naming_year=2024, **window)
        await people["chief"].must("batches", batch, "open_batch")
        yield Office(place, people, batch)


RATE = {"numerator": 9, "denominator": 10}


@pytest.mark.req("PDS-A5", "PDS-S2b", "INV-14")
async def test_a_rating_that_contradicts_its_facts_is_refused_by_naming_them(office: Office) -> None:
    county, case = office.people["county"], await office.case()
    late = await paper(office.place, case, "late", "2020-03-01")
    scores = f"/cases/{case}/scores"
    missed = {"measured": {"M-1": {"startup_time": "6wd", "online_rate": RATE}}}
    refused = told(await county.put(scores, {"scores": {"M-1": "1"}, **missed}))
    assert refused == {"rating_consistent": ["M-1: startup_time<=5wd, measured 6wd"]}
    refused = told(await county.put(scores, {"scores": {"M-4": "1"}, "evidence": {"M-4": [late]}}))
    assert refused == {"rating_consistent": ["M-4: from 2020-03-01, not from 2018"]}
    assert "rating_consistent" in told(await county.put(scores, {"scores": {"M-4": "1"}, "evidence": {"M-4": ["x"]}}))
    assert (await county.put(scores, missed)).status_code == 200
    assert (await items(county, case))["M-1"]["assessed"]["self"]["points"] == "0"


async def rated(office: Office, case: str) -> dict[str, Any]:
    """The self-rating of a case, most of it by facts alone; then how the indicators stand."""
    county, early = office.people["county"], await paper(office.place, case, "early", "2018-03-01")
    facts = {
        "measured": {
            "M-1": {"startup_time": "4wd", "online_rate": RATE},
            "M-2": {"disguised_approvals": 1},
            "M-4": {"loss_rate": {"numerator": 1, "denominator": 10}},
        },
        "evidence": {"M-3": {"review": [early], "argument": [early]}, "M-4": [early]},
        "scores": {"M-5": "1"},
        "notApplicable": {"M-6": "no such duty"},
    }
    assert (await county.put(f"/cases/{case}/scores", facts)).status_code == 200
    return await items(county, case)


@pytest.mark.req("PDS-A5", "GAP-PDS-10")
async def test_verdicts_follow_from_facts_and_from_the_references_of_the_batch(office: Office) -> None:
    county, chief, case = office.people["county"], office.people["chief"], await office.case()
    stands = await rated(office, case)
    verdicts = {code: stands[code]["assessed"]["self"]["verdict"] for code in ITEMS}
    wanted = {"M-1": "met", "M-2": "unmet", "M-3": "met", "M-4": "unknown", "M-5": "met", "M-6": "not_applicable"}
    assert verdicts == wanted
    assert stands["M-4"]["assessed"]["self"]["missing"][0]["en"].endswith("prev_year_mean is not recorded")

    references = f"/batches/{office.batch}/references"
    mean = {"references": {"prev_year_mean": "10%"}, "source": "最高人民法院公报 2024 年第 1 期"}
    assert (await county.put(references, mean)).status_code == 403
    assert (await chief.put(references, {**mean, "references": {"other": "1%"}})).status_code == 422
    assert (await chief.put(references, mean)).status_code == 200
    known = (await county.get(references)).json()["references"]["prev_year_mean"]
    assert (known["value"], known["person"]) == ("10%", "chief")

    assert (await county.put(f"/cases/{case}/scores", {"evidence": {"M-4": [f"early-{case}"]}})).status_code == 200
    stands = await items(county, case)
    assert stands["M-4"]["assessed"]["self"]["verdict"] == "met"
    assert stands["M-4"]["assessed"]["self"]["points"] == "1"
    sheet = stands[""]["assessments"][0]
    assert (sheet["met"], sheet["applicable"], sheet["attainment"]) == (4, 5, "0.8")


async def test_a_trend_is_held_against_what_was_measured_in_the_year_before(office: Office) -> None:
    county, case = office.people["county"], await office.case()
    mine = (await county.get(f"/cases/{case}")).json()
    scores = f"/cases/{case}/scores"
    assert (await county.put(scores, {"measured": {"M-5": {"cases": "11cases"}}})).status_code == 200
    assert (await items(county, case))["M-5"]["assessed"]["self"]["verdict"] == "unknown"
    for year, cases in ((2022, "1cases"), (2023, "12cases")):
        at = START.replace(year=year)
        run = {"id": f"run{year}", "machine": "stage", "state": "completed", "revision": 1, "owner": "old", "chain": "old",
               "scheme": mine["scheme"], "subject": mine["subject"], "organization": "", "region": mine["region"],
               "ended": False, "number": 0, "opened_at": at, "data": {}}  # fmt: skip
        rating = {"thing": f"run{year}", "indicator": "M-5", "person": "county", "measured": {"cases": cases},
                  "revision": 1, "at": at}  # fmt: skip
        async with office.place.database.write.begin() as db:
            await db.execute(insert(THING).values(**run))
            await db.execute(insert(RATING).values(**rating))
    assert (await items(county, case))["M-5"]["assessed"]["self"]["verdict"] == "met"
    assert (
        await county.put(scores, {"scores": {"M-5": "1"}, "measured": {"M-5": {"cases": "12cases"}}})
    ).status_code == 409


@pytest.mark.req("INV-22")
async def test_a_self_rating_stands_beside_that_of_others_and_their_clock_with_the_case(office: Office) -> None:
    county, chief, lead = (office.people[name] for name in ("county", "chief", "lead"))
    case = await office.case()
    await rated(office, case)
    assert (await county.put(f"/cases/{case}/scores", {"scores": {"M-4": "1"}})).status_code == 200
    await county.must("cases", case, "complete_stage")
    evaluation = await chief.made("evaluations", case, measure="third_party", evaluator="Institute", independent=True)
    team: dict[str, Any] = {"lead": "lead", "members": ["lead"], "declarations": {"lead": "none"}}
    await lead.must("evaluations", evaluation, "form_team", **team)
    for event in ("start_fieldwork", "start_scoring"):
        await lead.must("evaluations", evaluation, event)
    low = {"scores": {**dict.fromkeys(ITEMS, "1"), "M-1": "0", "M-V": "0"}}
    assert (await lead.put(f"/evaluations/{evaluation}/scores", low)).status_code == 200
    assert [a["by"] for a in (await items(county, case))[""]["assessments"]] == ["self"], "not while it is scored"
    await lead.must("evaluations", evaluation, "lock_scores")
    stands = await items(county, case)
    assert stands["M-1"]["inflatedAgainst"] == ["third_party"]
    assert stands[""]["inflated"] == ["M-1"]
    third = stands[""]["assessments"][1]
    assert (third["by"], third["total"], third["vetoed"]) == ("third_party", "0", ["M-V"])

    await chief.must("cases", case, "pause", ground="superior_order", text="上级要求")
    await office.place.settled()
    timeline = (await chief.get(f"/cases/{case}/timeline")).json()["items"]
    assert [e["result"] for e in timeline if e["event"] == "stand_still"] == ["applied"]


REGISTER = {stratum: [f"{stratum}-{n}" for n in range(5)] for stratum in ("town", "village")}
PLAN: dict[str, Any] = {
    "questionnaire": "1", "scale": 5, "compulsory_questions": ["q1"], "population": "居民",
    "strata": {"town": 5, "village": 5}, "size": 4,
}  # fmt: skip


@pytest.mark.req("INV-29")
async def test_a_draw_is_open_to_all_names_nobody_and_is_void_only_by_two(office: Office) -> None:
    chief, deputy, lead, public = (*(office.people[n] for n in ("chief", "deputy", "lead")), office.place.public())
    survey = await chief.made("surveys", office.batch, **PLAN)
    assert (await public.get(f"/surveys/{survey}/draw")).status_code == 404
    own = await lead.act("surveys", survey, "draw_respondents", seed="mine", register=REGISTER)
    assert own.status_code == 422
    await lead.must("surveys", survey, "draw_respondents", register=REGISTER)
    first = (await public.get(f"/surveys/{survey}/draw")).json()
    assert (first["holds"], first["differences"]) == (True, [])
    assert draws.differences(first["draw"]) == []
    assert "town-1" not in json.dumps(first)

    assert (await chief.must("surveys", survey, "void_draw", text="名册有误")).get("proposal")
    await deputy.must("surveys", survey, "void_draw", text="名册有误")
    await lead.must("surveys", survey, "draw_respondents", register=REGISTER)
    second = (await public.get(f"/surveys/{survey}/draw")).json()
    assert [v["hash"] for v in second["void"]] == [first["draw"]["hash"]]
    assert second["draw"]["seed"] != first["draw"]["seed"], "the service made another one"
    assert "deputy" not in json.dumps(second)


@pytest.mark.req("SX-25", "GAP-SX-5")
async def test_a_survey_of_a_batch_is_answered_by_the_public_and_its_result_is_exact(office: Office) -> None:
    chief, lead, public = office.people["chief"], office.people["lead"], office.place.public()
    survey = await chief.made("surveys", office.batch, **PLAN)
    await lead.must("surveys", survey, "draw_respondents", register=REGISTER)
    await chief.must("surveys", survey, "open_survey")
    sample = (await chief.get(f"/surveys/{survey}")).json()["data"]["sample"]
    drawn = [(code, stratum) for stratum, codes in sample.items() for code in codes]
    for n, (code, stratum) in enumerate(drawn):
        answer = {"respondent": code, "stratum": stratum, "answers": {"q1": 5 if n else 1}}
        path, key = f"/surveys/{survey}/signals/submit_answer", f"a key of the public {n:04}"
        assert (await public.post(path, {"form": answer}, key=key)).is_success
    await chief.must("surveys", survey, "close_survey_early", text="样本已全部答卷")
    await lead.must("surveys", survey, "compute_result")
    data = (await chief.get(f"/surveys/{survey}")).json()["data"]
    assert (data["satisfaction"], data["satisfaction_by_stratum"]) == ("0.75", {"town": "0.5", "village": "1"})
