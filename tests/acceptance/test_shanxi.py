"""Shanxi: cities, counties and projects are recommended, evaluated three ways, put on notice, named and revisited."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import shipped_scheme
from tests.support.programme import DECLARED
from tests.support.shanxi import CRITERIA, NAMING, NEWSPAPERS, PROJECT, WHOLE, Shanxi, shanxi

SCHEME = shipped_scheme("shanxi")
HEADINGS = {
    "resource_transition": "SX-16-1", "business_environment": "SX-16-2", "ongoing_supervision": "SX-16-3",
    "administration_by_law": "SX-16-4", "enforcement_reform": "SX-16-5", "three_systems": "SX-16-6",
    "reconsideration": "SX-16-7", "other": "SX-16-8",
}  # fmt: skip


@pytest.mark.req("SX-01", "SX-04", "SX-05", "INV-13")
async def test_the_first_batch_opens_in_2020_and_the_next_one_two_years_later(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path, "2020-07-28") as at:
        window: dict[str, Any] = {"opens": "2020-07-29", "closes": "2021-08-31"}
        early = await at.office.create("batches", scheme=at.scheme, number=1, naming_year=2021, **window)
        assert [e["code"] for e in early.json()["errors"]] == ["scheme_published"], "not in force before the 29th"
        await at.place.until("2020-07-29")
        wrong = await at.office.create("batches", scheme=at.scheme, number=1, naming_year=2020, **window)
        assert wrong.status_code == 422
        assert "SX-05" in wrong.json()["errors"][0]["rules"], "the first batch is named in 2021"
        await at.opened()

        async def second(opens: str) -> str:
            later: dict[str, Any] = {"number": 2, "naming_year": 2023, "opens": opens, "closes": "2023-06-30"}
            return await at.office.made("batches", scheme=at.scheme, **later)

        a_day_early = await second("2022-07-28")
        refused = await at.refusal(at.office, "batches", a_day_early, "open_batch")
        assert set(refused) == {"cadence_elapsed"}
        assert {"SX-04", "INV-13"} <= set(refused["cadence_elapsed"])
        await at.office.must("batches", await second("2022-07-29"), "open_batch")


@pytest.mark.req("SX-03", "SX-10", "SX-20", "SX-21")
async def test_a_government_judges_itself_and_applies_of_its_own_will(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path) as at:
        await at.opened()
        one = await at.checks_itself()
        unrated = await at.refusal(one.clerk, "cases", one.case, "complete_stage", judgement="we meet them")
        assert "indicators_all_rated" in unrated
        await at.rates_itself(one)
        silent = await at.refusal(one.clerk, "cases", one.case, "complete_stage")
        assert set(silent) == {"own_judgement.judgement"}
        assert "SX-20" in silent["own_judgement.judgement"]
        assert await at.state("cases", one.case) == "self_check", "no application without it"
        await one.clerk.must("cases", one.case, "complete_stage", judgement="we meet the requirements")
        await at.paper(one, "application_form")
        await one.clerk.must("cases", one.case, "complete_stage", **DECLARED)
        await one.clerk.must("cases", one.case, "recall")
        assert await at.state("cases", one.case) == "application", "not examined yet: it may come back"

        await one.clerk.must("cases", one.case, "withdraw")
        left = (await at.office.get(f"/cases/{one.case}")).json()
        assert (left["state"], left["data"].get("bars", [])) == ("withdrawn", [])
        again = await one.clerk.made("cases", at.batch, track=PROJECT, jurisdiction=one.code, project="ours")
        await one.clerk.must("cases", again, "enroll", topic="three_systems")

        path = await at.place.jurisdiction("town", "cn/sx/datong", "township")
        town = await at.place.person("clerk.town", ("county_government", f"region:{path}"))
        case = await town.made("cases", at.batch, track=WHOLE, jurisdiction="town")
        refused = await at.refusal(town, "cases", case, "enroll")
        assert "SX-03" in refused["applicant_allowed"], "cities and counties only"


@pytest.mark.req("SX-16", "SX-16-1", "SX-16-2", "SX-16-3", "SX-16-4", "SX-16-5", "SX-16-6", "SX-16-7", "SX-16-8")
async def test_a_project_takes_one_of_eight_headings(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    topics = SCHEME.track(PROJECT).topics
    assert topics is not None
    assert [t.id for t in topics.items] == list(HEADINGS)
    marks = {one.id: SCHEME.basis[f"/tracks/{PROJECT}/topics/items/{one.id}"] for one in topics.items}
    assert {topic: said.articles[0] for topic, said in marks.items()} == HEADINGS
    async with shanxi(temporal_server, tmp_path) as at:
        await at.opened()
        code, clerk = await at.government()

        async def enrolled(number: int, **said: str) -> Any:
            case = await clerk.made("cases", at.batch, track=PROJECT, jurisdiction=code, project=f"project {number}")
            return await clerk.act("cases", case, "enroll", **said)

        for number, topic in enumerate(t for t in HEADINGS if t != "other"):
            assert (await enrolled(number, topic=topic)).json()["state"] == "self_check", topic
        described = {"topic": "other", "description": "legal aid for migrant workers"}
        assert (await enrolled(7, **described)).json()["state"] == "self_check"
        refusals: list[tuple[dict[str, str], str]] = [
            ({}, "enrolment.topic"), ({"topic": "other"}, "enrolment.description"), ({"topic": "ninth"}, "enrolment.topic")
        ]  # fmt: skip
        for number, (said, code_) in enumerate(refusals, start=8):
            refused = await enrolled(number, **said)
            assert refused.status_code == 422, said
            rules = {e["code"]: e["rules"] for e in refused.json()["errors"]}
            assert "SX-16" in rules[code_], said


@pytest.mark.req("SX-11", "SX-12", "SX-13", "SX-14", "SX-15", "SX-22", "SX-23", "SX-24")
@pytest.mark.req("GAP-SX-2", "GAP-SX-3", "INV-09", "INV-12")
async def test_the_city_office_recommends_what_meets_every_condition(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path) as at:
        await at.opened()
        county = await at.applies(await at.checks_itself())

        unheard: dict[str, Any] = {"measure": "third_party", "evaluator": "institute", "independent": True}
        tried = await at.office.create("evaluations", county.case, **unheard)
        assert tried.status_code in (409, 422), "nobody is evaluated whom no city recommended"
        assert {"SX-24", "INV-12"} <= {r["id"] for r in tried.json()["rules"]}
        assert "recommendation_accepted" in await at.refusal(at.city, "cases", county.case, "complete_stage")

        it = await at.city.made("recommendations", county.case, **at.attested(county, "0.89"))
        refused = await at.refusal(at.city, "recommendations", it, "submit_recommendation")
        assert set(refused) == {"verified_attainment"}, "89 of 100"
        own = await at.refusal(
            at.city, "recommendations", it, "submit_recommendation", attainment="0.90", verified_by="self"
        )
        assert set(own) == {"verified_attainment"}, "its own rating alone shows nothing"
        for criterion in CRITERIA[WHOLE]:
            less = {c: why for c, why in CRITERIA[WHOLE].items() if c != criterion}
            said = {"attainment": "0.90", "criteria": less}
            refused = await at.refusal(at.city, "recommendations", it, "submit_recommendation", **said)
            assert "SX-11" in refused["criteria_met"], criterion
        await at.city.must("recommendations", it, "submit_recommendation", attainment="0.90")
        await at.office.must("recommendations", it, "accept_recommendation")
        await at.city.must("cases", county.case, "complete_stage")
        assert await at.state("cases", county.case) == "evaluation"

        project = await at.applies(await at.checks_itself(PROJECT))
        it = await at.city.made("recommendations", project.case)
        for criterion, rule in (
            ("innovative", "SX-13"), ("leading", "SX-13"), ("typical", "SX-13"), ("ahead", "SX-14"), ("copyable", "SX-15")
        ):  # fmt: skip
            less = {c: why for c, why in CRITERIA[PROJECT].items() if c != criterion}
            refused = await at.refusal(at.city, "recommendations", it, "submit_recommendation", criteria=less)
            assert set(refused) == {"criteria_met"}, criterion
            assert rule in refused["criteria_met"]
        await at.city.must("cases", project.case, "decline", text="its experience cannot be copied")
        assert await at.state("cases", project.case) == "declined"

        await _own_government(at)


async def _own_government(at: Shanxi) -> None:
    """The city applies: its own office reviews it, two persons sign, and the province looks at the papers itself."""
    city = await at.applies(await at.checks_itself(level="prefecture"))
    it = await at.city.made("recommendations", city.case, **at.attested(city))
    assert set(await at.refusal(at.city, "recommendations", it, "submit_recommendation")) == {"two_signatures_if_own"}
    await at.city2.must("recommendations", it, "submit_recommendation")
    assert (await at.office.get(f"/recommendations/{it}")).json()["data"]["own_government"] is True
    unseen = await at.refusal(at.office, "recommendations", it, "accept_recommendation")
    assert "GAP-SX-2" in unseen["receipt.paper_check"]
    checked = {"paper_check": "its papers bear the statement out"}
    assert (await at.office.must("recommendations", it, "accept_recommendation", **checked))["state"] == "accepted"


@pytest.mark.req("SX-25", "SX-26", "GAP-SX-1", "GAP-SX-5", "INV-12")
async def test_the_list_rests_on_three_measures_and_follows_the_verification_on_site(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path) as at:
        await at.opened()
        assert SCHEME.evaluation.measures == ("third_party", "satisfaction", "onsite")
        one = await at.recommended(await at.applies(await at.checks_itself()))
        other = await at.candidate(onsite=3)
        assert "evaluations_final" in await at.refusal(at.office, "cases", one.case, "complete_stage")

        names = await at.office.made("candidate-lists", at.batch, purpose="candidates", track=WHOLE)
        both = {"cases": [one.case, other.case]}
        await at.scored(one, "third_party")
        survey = await at.surveyed(one, satisfied=873, size=1000)
        assert (await at.office.get(f"/surveys/{survey}")).json()["data"]["satisfaction"] == "0.873"
        lacking = await at.office.act("candidate-lists", names, "rank_list", **both)
        (error,) = [e for e in lacking.json()["errors"] if e["code"] == "list_inputs_complete"]
        assert error["missing"] == [f"{one.case}: onsite"]
        assert {"SX-25", "SX-26"} <= set(error["rules"])

        await at.scored(one, "onsite", unmet=7)
        await at.office.must("candidate-lists", names, "rank_list", **both)
        ranking = (await at.office.get(f"/candidate-lists/{names}")).json()["data"]["ranking"]
        assert ranking["result"] == [other.case, one.case], "97 of 100 on site come before 93"
        assert [ranking["entries"][c]["onsite"] for c in ranking["result"]] == ["0.97", "0.93"]
        assert "on_candidate_list" in await at.refusal(at.office, "cases", one.case, "complete_stage")
        await at.office.must("cases", one.case, "drop_case", text="its result on site does not carry it")
        assert await at.state("cases", one.case) == "not_named"


@pytest.mark.req("SX-26", "SX-27", "GAP-SX-5", "GAP-QH-2")
async def test_the_whole_list_goes_on_notice_and_an_objection_holds_only_whom_it_concerns(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path, "2021-09-13") as at:
        await at.opened("2021-09-13", "2021-12-31")
        doubted, clear = await at.candidate(), await at.candidate()
        names = await at.office.made("candidate-lists", at.batch, purpose="candidates", track=WHOLE)
        await at.office.must("candidate-lists", names, "rank_list", cases=[doubted.case, clear.case])
        await at.second.must("candidate-lists", names, "approve_list")
        early = await at.refusal(at.office, "candidate-lists", names, "publish_list", media=NEWSPAPERS)
        assert {"SX-26", "SX-27"} <= set(early["entries_await_notice"])
        for one in (doubted, clear):
            await at.office.must("cases", one.case, "complete_stage")
        assert "notice.media" in await at.refusal(at.office, "candidate-lists", names, "publish_list")
        await at.office.must("candidate-lists", names, "publish_list", media=NEWSPAPERS)
        await at.place.settled()

        shown = {n["case"]: n for n in await at.listed("notices")}
        assert {n["data"]["list"] for n in shown.values()} == {names}
        objected = {"reasons": "The counter is closed", "identity": "Zhang", "way_to_answer": "by letter"}
        await at.place.public().made("objections", shown[doubted.case]["id"], **objected)
        await at.place.until("2021-09-19", "00:01")
        await at.place.settled()
        assert await at.state("notices", shown[doubted.case]["id"]) == "objections_pending"
        assert await at.state("cases", doubted.case) == "publicity"
        assert await at.state("notices", shown[clear.case]["id"]) == "closed_clear"
        assert await at.state("cases", clear.case) == "naming"


async def _five_working_days(at: Shanxi, lists: list[str]) -> None:
    """Both lists stand in two newspapers from Monday 13 September 2021 to the Saturday before the festival."""
    await at.office.must("batches", at.batch, "start_publicity")
    for it in lists:
        await at.office.must("candidate-lists", it, "publish_list", media=NEWSPAPERS)
    await at.place.settled()
    notices = await at.listed("notices", limit=100)
    assert len(notices) == 27
    assert {tuple(n["data"]["media"]) for n in notices} == {tuple(NEWSPAPERS)}
    await at.place.until("2021-09-18", "23:59")  # a Saturday that is worked
    assert {n["state"] for n in await at.listed("notices", limit=100)} == {"open"}
    await at.place.until("2021-09-19", "00:00")
    await at.place.settled()
    assert {n["state"] for n in await at.listed("notices", limit=100)} == {"closed_clear"}


@pytest.mark.req("SX-06", "SX-07", "SX-10", "SX-24", "SX-25", "SX-26", "SX-27", "SX-28", "SX-35")
@pytest.mark.req("GAP-SX-1", "GAP-SX-4", "GAP-SX-5", "GAP-SX-7", "GAP-SX-8", "INV-11")
async def test_eleven_and_fifteen_of_the_first_batch_are_named_in_november_2021(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with shanxi(temporal_server, tmp_path) as at:
        await at.opened()
        await at.place.until("2021-08-16")
        started = [await at.checks_itself() for _ in range(14)] + [await at.checks_itself(PROJECT) for _ in range(17)]
        assert Counter(one.track for one in started) == {WHOLE: 14, PROJECT: 17}
        whole, projects = started[:11], started[14:30]
        for one in (*started[11:14], started[30]):
            await one.clerk.must("cases", one.case, "withdraw")
        for one in (*whole, *projects):
            await at.recommended(await at.applies(one))
        for model, others in ((whole[0], whole[1:]), (projects[0], projects[1:])):
            await at.evaluated(model)
            for number, one in enumerate(others, start=1):  # on site 99 of 100 are met, 98 ... 90
                await at.evaluated_like(model, one, f"0.{100 - number}" if one.track == WHOLE else "1")

        await at.both("batches", at.batch, "close_window_early", text="all have applied")
        await at.place.until("2021-09-13")
        lists = [await at.listed_up(WHOLE, whole[::-1]), await at.listed_up(PROJECT, projects)]
        first, second = [(await at.office.get(f"/candidate-lists/{it}")).json()["data"] for it in lists]
        assert first["entries"] == [one.case for one in whole], "ordered by the result on site, whoever was named first"
        assert (len(first["entries"]), len(second["entries"])) == (11, 16)
        assert (first["quota_warnings"], second["quota_warnings"]) == ({}, {}), "8 to 12, and 12 to 18"
        await _five_working_days(at, lists)
        await at.place.until("2021-11-15")
        left = projects[-1]
        named = [one.case for one in (*whole, *projects[:-1])]
        decision = await at.office.made("naming-decisions", at.batch, named=named)
        refused = await at.refusal(at.office, "naming-decisions", decision, "propose_decision")
        assert "SX-28" in refused["refusals_have_reason"], "a candidate is left out only with a reason"
        reason = {left.case: "weighed together, the four results do not carry it"}
        proposed = await at.office.must("naming-decisions", decision, "propose_decision", refused=reason)
        assert proposed["state"] == "proposed"
        assert (await at.office.get(f"/naming-decisions/{decision}")).json()["data"]["quota_warnings"] == {}
        await at.second.must("naming-decisions", decision, "approve_decision")
        await at.office.must("naming-decisions", decision, "issue_decision", **NAMING)
        await at.place.settled()
        titles = await at.listed("designations", limit=100)
        assert Counter(t["track"] for t in titles) == {WHOLE: 11, PROJECT: 15}
        assert {t["data"]["named_on"] for t in titles} == {"2021-11-15"}
        assert await at.state("cases", left.case) == "not_named"
        assert await at.state("batches", at.batch) == "named"

        await at.place.until("2022-01-02")
        await at.place.settled()
        (round_,) = await at.listed("look-back-rounds")
        assert (round_["data"]["year"], round_["state"]) == (2022, "drawn"), "the revisit comes by itself"
        visits = await at.listed("look-backs", parent=round_["id"], limit=100)
        assert {v["data"]["designation"] for v in visits} == {t["id"] for t in titles}, "all 26 of them"
