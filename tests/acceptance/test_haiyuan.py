"""Haiyuan County's eight actions: 50 tasks and three years up the ladder, over HTTP under a movable clock.

The scenario at the end of the catalogue, step by step. Dates and numbers that the document prints are the scheme's;
units, people and the days of reports are ours.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.haiyuan import BUREAU, DOCUMENT, SERVICES, County, haiyuan, rate

STEPS = ("research", "comments", "coordination", "legal_review", "deliberation", "signing", "numbering", "publication")


def codes(answer: Any) -> list[str]:
    """What a refusal names."""
    return [e["code"] for e in answer.json()["errors"]]


def short(shown: dict[str, Any], metric: str) -> list[str]:
    """Who misses a metric, by name."""
    return next(list(r["short"]) for r in shown["data"]["results"] if r["metric"] == metric)


@pytest.mark.req("HY-G1")
@pytest.mark.req("HY-G4")
@pytest.mark.req("HY-T02")
@pytest.mark.req("GAP-HY-2")
async def test_fifty_tasks_in_eight_actions_are_issued_and_none_goes_without_an_owner(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.loaded()
        plan = await at.shown("action-plans", at.plan)
        assert plan["state"] == "issued"
        assert {k: plan["data"][k] for k in DOCUMENT} == DOCUMENT, "2023-07-04"
        source = (await at.editor.get(f"/schemes/{at.scheme}")).json()["definition"]["source"]
        assert [source[k] for k in ("issuer", "doc_no", "issued_on")] == list(DOCUMENT.values())
        tasks = await at.listed("plan-tasks", case=at.plan)
        per_action = Counter(t["data"]["action"] for t in tasks)
        assert [per_action[n] for n in range(1, 9)] == [5, 7, 6, 6, 7, 8, 5, 6]
        assert sorted(at.tasks) == list(range(1, 51)), "numbered through"
        assert all(t["data"]["statement"] and t["data"]["statement_en"] for t in tasks)

        await at.assigned(*range(1, 50))
        refused = await at.justice.act("action-plans", at.plan, "assign_plan")
        assert (refused.status_code, codes(refused)) == (409, ["every_task_has_owner"])
        assert "50" in refused.json()["errors"][0]["detail"]
        await at.assigned(50)
        await at.justice.must("action-plans", at.plan, "assign_plan")
        started = await at.justice.must("action-plans", at.plan, "start_plan")
        assert started["state"] == "running"
        duties = {d["key"]: d["dueOn"] for d in (await at.shown("action-plans", at.plan))["duties"]}
        assert (duties["plan_inspection_due:2023"], duties["plan_end"]) == ("2023-12-31", "2025-12-31")
        owed = {d["key"]: d["dueOn"] for d in (await at.shown("plan-tasks", at.tasks[50]))["duties"]}
        assert owed["task_due:research_done"] == "2025-12-31", "no date of its own: the last day of the plan"


@pytest.mark.req("HY-T01")
@pytest.mark.req("HY-T02")
@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-3")
async def test_the_county_climbs_one_rung_a_year_and_holds_the_last_one_only_while_it_holds(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.running()
        owed = {d["key"]: d["dueOn"] for d in (await at.shown("plan-tasks", at.tasks[1]))["duties"]}
        years = ("2023-12-31", "2024-12-31", "2025-12-31")
        rungs = ("tier_standard_reaching", "tier_demonstration", "tier_demonstration_consolidated")
        assert tuple(owed[f"task_due:{rung}"] for rung in rungs) == years

        first = await at.batch(1, 2023, "2023-07-04")
        case = await at.draft(first)
        refused = await at.county.act("cases", case, "enroll", tier="demonstration")
        assert (refused.status_code, codes(refused)) == (409, ["tier_ladder_respected"])
        claim = await at.on_demand(1, rungs[0])
        assert await at.judged(1, claim) == "unmet", "read from the titles held, never claimed"
        await at.applied(case, "standard_reaching")
        await at.place.until("2023-12-20")
        await at.decided(case, "宁法治办〔2023〕8号", "2023-12-18")
        (title,) = await at.listed("designations")
        assert (title["data"]["tier"], title["data"]["decision_number"]) == ("standard_reaching", "宁法治办〔2023〕8号")
        assert await at.judged(1, claim) == "met"
        recognised = await at.on_demand(2, "regional_recognition")
        assert await at.judged(2, recognised) == "met"

        for number, (day, tier, rung) in enumerate(
            (("2024-12-19", "demonstration", rungs[1]), ("2025-12-18", "consolidated_demonstration", rungs[2])), 2
        ):
            await at.place.until(f"{day[:4]}-03-01")
            case = await at.draft(await at.batch(number, int(day[:4]), f"{day[:4]}-03-01"))
            await at.applied(case, tier)
            await at.place.until(day)
            claim = await at.on_demand(1, rung)
            assert await at.judged(1, claim) == "unmet"
            await at.decided(case, f"宁法治办〔{day[:4]}〕9号", day)
            assert (await at.shown("designations", title["id"]))["data"]["tier"] == tier
            assert await at.judged(1, claim) == "met"
        climbed = (await at.shown("designations", title["id"]))["data"]["tiers"]
        assert [t["on"] for t in climbed] == ["2023-12-18", "2024-12-19", "2025-12-18"]
        owed = {d["key"]: d["overdue"] for d in (await at.shown("plan-tasks", at.tasks[1]))["duties"]}
        assert owed == {"task_due:single_item_projects_selected": False, "task_last_day": False}, "no rung came late"

        fact = {"kind": "tier_lapsed", "tier": "consolidated_demonstration", "source": "自治区党委依法治区办",
                "number": "宁法治办〔2025〕12号", "date": "2025-12-25", "file": f"ev-{title['case']}"}  # fmt: skip
        await at.place.until("2025-12-31")
        assert await at.told(at.county, "designations", title["id"], "record_fact", **fact) == "done"
        await at.both("designations", title["id"], "lapse_tier")
        assert (await at.shown("designations", title["id"]))["data"]["tier"] == "demonstration"
        assert await at.judged(1, claim) == "unmet", "consolidated only if it is still held at the end"


@pytest.mark.req("HY-T08")
@pytest.mark.req("HY-T09")
@pytest.mark.req("GAP-HY-6")
async def test_a_rule_document_has_time_for_comments_and_its_eight_steps_in_order(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.loaded()
        await at.assigned(8, 9)
        ordinary = await at.on_demand(8, "consultation_period")
        business = await at.on_demand(8, "consultation_period_market_related")
        for days, found in (("6", "unmet"), ("7", "met")):
            assert await at.judged(8, ordinary, consultation_period=days) == found
        for days, found in (("29", "unmet"), ("30", "met")):
            assert await at.judged(8, business, consultation_period_market_related=days) == found
        await at.justice.must("task-occurrences", ordinary, "reopen_occurrence", text="单位有误")
        mixed = at.paper(consultation_period="7d")
        wrong = await at.bureau.act("task-occurrences", ordinary, "report_occurrence", **mixed)
        assert wrong.status_code == 422, "working days are never converted"

        document = await at.on_demand(9)
        taken = {step: f"2023-06-{n:02d}" for n, step in enumerate(STEPS, 1)}
        for before, after in pairwise(STEPS):
            swapped = {**taken, before: taken[after], after: taken[before]}
            said = {"procedure_steps_completed": {"steps": swapped}, "risk_assessment_if_major_decision": True}
            refused = await at.bureau.act("task-occurrences", document, "report_occurrence", **at.paper(**said))
            assert (refused.status_code, codes(refused)) == (422, ["evidence.values"]), after
        seven = {k: v for k, v in taken.items() if k != "legal_review"}
        for steps, found in ((seven, "unmet"), (taken, "met"), ({**taken, "interpretation": "2023-06-30"}, "met")):
            values = {"procedure_steps_completed": {"steps": steps}, "risk_assessment_if_major_decision": True}
            assert await at.judged(9, document, **values) == found


HUNDRED: dict[int, dict[str, Any]] = {
    15: {"licence_item_list_published_rate": rate(1000), "disguised_licences": "0"},
    16: {"fair_competition_review_rate": rate(1000)},
    18: {"bad_review_callback_fix_rate": rate(1000)},
    19: {"legality_review_rate": rate(1000), "review_catalogue_maintained": True},
    22: {"filing_rate": rate(1000), "filing_timeliness_rate": rate(1000), "filing_conformity_rate": rate(1000)},
    33: {"reconsideration_acceptance_rate": rate(1000)},
    37: {"head_appearance_rate": rate(1000)},
    39: {"advice_on_time_reply_rate": rate(1000)},
}
"""What is asked for in full, and what is reported beside it."""


@pytest.mark.req("HY-T15")
@pytest.mark.req("HY-T16")
@pytest.mark.req("HY-T18")
@pytest.mark.req("HY-T19")
@pytest.mark.req("HY-T22")
@pytest.mark.req("HY-T33")
@pytest.mark.req("HY-T37")
@pytest.mark.req("HY-T39")
@pytest.mark.req("GAP-HY-7")
async def test_what_is_asked_for_in_full_fails_at_999(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.running()
        for number, full in HUNDRED.items():
            sample = await at.result(number, next(iter(full)), 2023)
            for metric in (m for m in full if m.endswith("_rate")):
                assert await at.judged(number, sample, **{**full, metric: rate(999)}) == "unmet", metric
            assert await at.judged(number, sample, **full) == "met"
        licences = await at.result(15, "disguised_licences", 2023)
        assert await at.judged(15, licences, **{**HUNDRED[15], "disguised_licences": "1"}) == "unmet"


async def townships(at: County) -> None:
    """Task 40: each of the 18, by name."""
    scheme = (await at.editor.get(f"/schemes/{at.scheme}")).json()
    names: list[str] = scheme["definition"]["action_plan"]["members"]["township"]
    assert len(names) == 18
    yearly = await at.result(40, "topical_study_sessions", 2024)
    held = dict.fromkeys(names, "1")
    lacking = at.paper(topical_study_sessions={"each": {k: v for k, v in held.items() if k != "甘城乡"}})
    assert (await at.bureau.act("task-occurrences", yearly, "report_occurrence", **lacking)).status_code == 422
    assert await at.judged(40, yearly, topical_study_sessions={"each": {**held, "甘城乡": "0"}}) == "unmet"
    assert short(await at.shown("task-occurrences", yearly), "topical_study_sessions") == ["甘城乡"]
    meetings = await at.result(40, "judicial_office_head_attendance_rate", 2024)
    for present, found in ((99, "unmet"), (100, "met")):
        assert await at.judged(40, meetings, judicial_office_head_attendance_rate=rate(present, 100)) == found


async def study(at: County) -> None:
    """Tasks 46 and 49: so many times a year, and each body and each head by itself."""
    yearly = await at.result(46, "pre_meeting_law_study", 2024)
    full: dict[str, Any] = {
        "pre_meeting_law_study": {"each": {"县政府常务会议": "4", BUREAU: "4"}},
        "topical_law_lectures": "2",
        "department_head_lectures": {"each": {"马局长": "1", "李局长": "1"}},
    }
    one_short = {
        "pre_meeting_law_study": {"each": {"县政府常务会议": "3", BUREAU: "4"}},
        "topical_law_lectures": "1",
        "department_head_lectures": {"each": {"马局长": "1", "李局长": "0"}},
    }
    for metric, value in one_short.items():
        assert await at.judged(46, yearly, **{**full, metric: value}) == "unmet", metric
    assert short(await at.shown("task-occurrences", yearly), "department_head_lectures") == ["李局长"]
    assert await at.judged(46, yearly, **full) == "met"
    training = await at.result(49, "learning_events", 2024)
    for events, found in (("1", "unmet"), ("2", "met")):
        assert await at.judged(49, training, learning_events=events) == found


async def enforcement(at: County) -> None:
    """Task 30: 90 % and once a year."""
    yearly = await at.result(30, "complaint_closure_rate", 2024)
    for closed, inspections, found in ((899, "1", "unmet"), (900, "0", "unmet"), (900, "1", "met")):
        values = {"complaint_closure_rate": rate(closed), "enforcement_inspections": inspections}
        assert await at.judged(30, yearly, **values) == found


async def inspected(at: County) -> None:
    """An inspection with its three measures; what it found is put right."""
    measures = ["interview", "order_to_correct", "circular_of_criticism", "提级督办"]  # the list of measures is open
    found = [{"finding": "涉企多头检查", "basis": "HY-T27"}]
    form = {"date": "2024-12-20", "team": ["督察一组"], "written_result": "责令整改", "findings": found}
    await at.inspector.must("action-plans", at.plan, "record_inspection", **form, measures=measures)
    plan = await at.shown("action-plans", at.plan)
    assert [i["measures"] for i in plan["data"]["inspections"]] == [measures]
    owed = {d["key"]: d["overdue"] for d in plan["duties"] if d["key"].startswith("plan_inspection_due")}
    said = "nobody inspected in 2023; 2024 is served, 2025 to come"
    assert owed == {"plan_inspection_due:2023": True, "plan_inspection_due:2025": False}, said
    (item,) = await at.listed("rectification-items", case=at.plan)
    assert (item["state"], item["data"]["finding"]) == ("raised", "涉企多头检查")
    four = {"measure": "统一检查计划", "unit": BUREAU, "person": "马", "due": "2025-03-31"}
    assert (await at.justice.must("rectification-items", item["id"], "assign_item", **four))["state"] == "assigned"


@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-T30")
@pytest.mark.req("HY-T40")
@pytest.mark.req("HY-T46")
@pytest.mark.req("HY-T49")
@pytest.mark.req("HY-W2a")
@pytest.mark.req("HY-W4a")
@pytest.mark.req("HY-W4b")
@pytest.mark.req("HY-W4c")
@pytest.mark.req("GAP-ALL-4")
@pytest.mark.req("GAP-HY-4")
async def test_a_year_is_measured_inspected_and_appraised(temporal_server: EmbeddedTemporal, tmp_path: Path) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.running()
        await at.to_year(2024)
        await at.place.until("2024-12-20")
        await townships(at)
        await study(at)
        await enforcement(at)
        await inspected(at)
        sample = await at.result(18, "bad_review_callback_fix_rate", 2024)
        assert await at.judged(18, sample, **HUNDRED[18]) == "met"

        await at.place.until("2024-12-31")
        refused = await at.county.act("action-plans", at.plan, "appraise_year")
        assert (refused.status_code, codes(refused)) == (409, ["indicator_completion_known"])
        await at.to_year(2025)
        entries = (await at.county.get("/consequences", year=2024)).json()["items"]
        flags = {(e["organization"], e["effect"], e["amount"]) for e in entries}
        assert flags == {(SERVICES, "bonus", None), (BUREAU, "deduction", None)}
        sheet = (await at.shown("action-plans", at.plan))["data"]["appraisals"]["2024"]["units"]
        assert sheet[SERVICES] == {"met": [18], "unmet": []}
        assert {30, 46} <= set(sheet[BUREAU]["met"])
        assert 40 in sheet[BUREAU]["unmet"]

        drafts = await at.listed("bulletins", parent=at.plan, state="draft")
        circular = next(b for b in drafts if "2024" in b["data"]["facts"][0]["text"])
        (fact,) = circular["data"]["facts"]
        assert circular["data"]["kind"] == "unmet_circular"
        assert fact["text"].startswith(f"{BUREAU}：2024 年度未完成任务")
        assert "40" in fact["text"]
        await at.county.must("bulletins", circular["id"], "approve_bulletin")
        await at.second.must("bulletins", circular["id"], "approve_bulletin")
        assert (await at.county.must("bulletins", circular["id"], "issue_bulletin"))["state"] == "issued"


@pytest.mark.req("HY-T01")
@pytest.mark.req("HY-W2d")
async def test_two_or_three_single_projects_are_chosen_and_a_titled_one_is_funded(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.loaded()
        await at.assigned(1)
        await at.place.until("2025-03-03")
        batch = await at.batch(1, 2025, "2025-03-03")
        cases = [await at.project(batch, unit) for unit in ("justice", "approvals", "market", "water")]
        first, second, third, fourth = cases
        for case in (first, second, third):
            it = await at.recommendation(case)
            await at.deputy.must("recommendations", it, "submit_recommendation")
            await at.county.must("recommendations", it, "accept_recommendation", paper_check="材料齐全")
        half = await at.justice.made("recommendations", fourth, criteria={"leading": "走在前列"})
        assert "criteria_met" in codes(await at.deputy.act("recommendations", half, "submit_recommendation"))
        await at.justice.must("recommendations", half, "withdraw_recommendation", text="理由不全")
        it = await at.recommendation(fourth)
        refused = await at.deputy.act("recommendations", it, "submit_recommendation")
        assert (refused.status_code, codes(refused)) == (409, ["quota_respected"]), "2 to 3, never 4"

        listed = await at.justice.made("candidate-lists", batch, purpose="recommendation", track="single_item")
        for chosen, ok in (([first], False), ([first, second], True)):
            left = {c: "成效尚待巩固" for c in cases if c not in chosen}
            await at.justice.must("candidate-lists", listed, "rank_list", cases=cases, selected=chosen, left_out=left)
            if ok:
                await at.county.must("candidate-lists", listed, "approve_list")
            else:
                refused = await at.county.act("candidate-lists", listed, "approve_list")
                assert (refused.status_code, codes(refused)) == (409, ["quota_respected"])
                await at.justice.must("candidate-lists", listed, "return_list", text="少于2个")
        shown = (await at.shown("candidate-lists", listed))["data"]
        assert (shown["entries"], set(shown["left_out"])) == ([first, second], {third, fourth})

        for case in (first, second):
            await at.justice.must("cases", case, "complete_stage")
        await at.decided(first, "宁法治办〔2025〕6号", "2025-03-03")
        await at.decided(second, "宁法治办〔2025〕7号", "2025-03-03", favourable=False)
        (title,) = await at.listed("designations")
        assert (title["track"], title["data"]["tier"]) == ("single_item", "single_item_project")
        (funding,) = (await at.county.get("/consequences", effect="funding")).json()["items"]
        assert (funding["thing"], funding["cause"]) == (title["id"], "designation.record_external_designation")
        grant = {"amount": "50000", "document": {"issuer": "海原县财政局", "number": "1", "date": "2025-03-03"}}
        granted = await at.county.post(f"/consequences/{funding['id']}/grant", grant, **{"If-Match": '"1"'})
        assert granted.json()["granted"]["amount"] == "50000"

        rung = await at.on_demand(1, "tier_standard_reaching")
        assert await at.judged(1, rung) == "unmet", "the title of a project is no rung of the county"
        chosen_so_far = await at.on_demand(1, "single_item_projects_selected")
        for number, found in (("4", "unmet"), ("3", "met"), ("2", "met"), ("1", "unmet")):
            assert await at.judged(1, chosen_so_far, single_item_projects_selected=number) == found


async def report(at: County, year: int) -> None:
    """The annual report on a year: open from 1 January, due on 31 March, accepted and published within 20 days."""
    reports = await at.listed("annual-reports", parent=at.plan, state="open")
    (it,) = [r["id"] for r in reports if r["data"]["due_year"] == year]
    duties = {d["key"]: d["dueOn"] for d in (await at.shown("annual-reports", it))["duties"]}
    assert duties["annual_report_due"] == f"{year + 1}-03-31"
    await at.county.must("annual-reports", it, "submit_report", year=year, parts={"work": "年度工作"})
    await at.county.must("annual-reports", it, "accept_report")
    duties = {d["key"]: d["dueOn"] for d in (await at.shown("annual-reports", it))["duties"]}
    assert duties["annual_report_publication_due"] == f"{year + 1}-03-21"
    out = {"address": "https://www.hy.gov.cn/report", "published_on": f"{year + 1}-03-01"}
    assert (await at.county.must("annual-reports", it, "publish_report", **out))["state"] == "published"


@pytest.mark.req("HY-T05")
@pytest.mark.req("HY-T50")
@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-2")
@pytest.mark.req("GAP-HY-5")
async def test_at_the_end_of_2025_each_of_the_fifty_is_met_or_unmet_and_the_reports_are_public(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    async with haiyuan(temporal_server, tmp_path) as at:
        await at.running()
        research = await at.on_demand(50)
        assert await at.judged(50, research, research_done=True) == "met"
        await at.to_year(2024)
        ladder = await at.shown("plan-tasks", at.tasks[1])
        late = {d["key"] for d in ladder["duties"] if d["overdue"]}
        assert (ladder["state"], late) == ("assigned", {"task_due:tier_standard_reaching"}), "missed, and still open"
        for year in (2023, 2024):
            await at.place.until(f"{year + 1}-03-01")
            await report(at, year)
            if year == 2023:
                await at.to_year(2025)

        await at.place.until("2025-12-31", "23:59")
        assert (await at.shown("action-plans", at.plan))["state"] == "running"
        await at.place.until("2026-01-01", "00:00")
        await at.place.settled()
        plan = await at.shown("action-plans", at.plan)
        assert (plan["state"], plan["ended"]) == ("ended", True)
        assert plan["data"]["carry_over"] == {"2023": list(range(1, 51)), "2024": list(range(1, 51))}
        tasks = {t["data"]["number"]: t for t in await at.listed("plan-tasks", case=at.plan)}
        assert {n: t["state"] for n, t in tasks.items()} == {**dict.fromkeys(range(1, 50), "unmet"), 50: "met"}
        assert all(t["data"]["carried_over"] == [2023, 2024] for t in tasks.values())
        assert await at.listed("annual-reports", parent=at.plan, state="open") == []
