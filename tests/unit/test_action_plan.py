"""An action plan from its table to its last day: loaded, owned, run year by year, appraised, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, THE_TIMER
from service.domain.machine import Refused
from tests.support import plans
from tests.support.domain import facts, person, reference, thing, verdict
from tests.support.plans import AUTHORITY, DOCUMENT_OF, INSPECTOR, OFFICE, Walk

DEPUTY = person("deputy", "provincial_lbg_office")
INSPECTION: dict[str, Any] = {"date": "2023-09-01", "team": ["dao"], "written_result": "总体良好"}


def duty(walk: Walk, key: str, thing_id: str = "plan") -> Any:
    return next(d for d in walk.facts.duties if d.key == key and d.thing == thing_id)


@pytest.mark.req("HY-G4")
def test_loading_a_plan_makes_a_task_of_every_row() -> None:
    walk = Walk()
    assert walk.act("plan", "load_plan", OFFICE).state == "draft"
    tasks = walk.facts.of("action_plan_task")
    assert [t.data["number"] for t in tasks] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert {t.state for t in tasks} == {"planned"}
    assert walk.task(1).data["metrics"][0] == {
        "metric": "tier_low", "operator": "=", "target": "attained", "unit": "status", "period": "once",
        "deadline": "2023-12-31",
    }  # fmt: skip
    assert walk.task(6).data["attestation"] == "已开展调研"


@pytest.mark.req("HY-G4")
def test_a_plan_with_another_number_of_tasks_than_it_states_is_neither_loaded_nor_issued() -> None:
    short = plans.scheme_with(tasks={"ref": "tasks.csv", "rows": list(plans.TASKS[:-1])})
    assert Walk(rules=short).refused("plan", "load_plan", OFFICE) == ["plan_items_complete"]
    walk = Walk()
    walk.act("plan", "load_plan", OFFICE)
    walk.make("action_plan_task", "create_task", "plan", OFFICE, number=10, action=1, title="新", attestation="新")
    assert walk.refused("plan", "issue_plan", AUTHORITY, **DOCUMENT_OF) == ["plan_items_complete"]
    walk.act(walk.task(10).id, "drop_task", AUTHORITY, second="deputy", text="误列任务")
    assert walk.act("plan", "issue_plan", AUTHORITY, **DOCUMENT_OF).state == "issued"


def test_a_scheme_without_a_plan_loads_none() -> None:
    given = facts(thing("action_plan", id="plan"), scheme=reference())
    found = verdict(given, "load_plan", OFFICE)
    assert isinstance(found, Refused)
    assert [u.code for u in found.unmet] == ["plan_items_complete"]


@pytest.mark.req("GAP-HY-2")
@pytest.mark.req("HY-T02")
def test_a_plan_is_not_assigned_while_one_task_has_no_owner() -> None:
    walk = Walk()
    walk.act("plan", "load_plan", OFFICE)
    walk.act("plan", "issue_plan", AUTHORITY, **DOCUMENT_OF)
    for task in walk.facts.of("action_plan_task")[:-1]:
        walk.act(task.id, "assign_task", OFFICE, unit="u", person="chen")
    found = verdict(walk.facts.at(walk.plan), "assign_plan", OFFICE)
    assert [(u.code, u.missing) for u in found.unmet] == [("every_task_has_owner", ("9",))]
    walk.act(walk.task(9).id, "assign_task", OFFICE, unit="u", person="chen")
    assert walk.act("plan", "assign_plan", OFFICE).state == "assigned"


@pytest.mark.req("HY-T30")
@pytest.mark.req("HY-T46")
def test_the_start_opens_what_comes_by_itself_and_nothing_else() -> None:
    walk = Walk().started()
    assert walk.plan.data["year"] == 2023
    opened = {n: len(walk.results(n)) for n in range(1, 10)}
    assert opened == {1: 0, 2: 1, 3: 0, 4: 1, 5: 1, 6: 0, 7: 1, 8: 6, 9: 1}
    assert walk.results(4)[0].by == {"open_sample": "system"}
    assert [o.data["until"] for o in walk.results(8)][:2] == ["2023-07-31", "2023-08-31"]


def test_results_are_not_opened_before_their_day() -> None:
    walk = Walk("2024-01-10", plans.scheme_with(occurrence_day="03-01")).started()
    assert walk.results(2) == []
    walk.until("2024-03-01")
    assert [o.data["year"] for o in walk.results(2)] == [2024]
    walk.until("2025-03-01")
    assert [o.data["year"] for o in walk.results(2)] == [2024, 2025]


@pytest.mark.req("HY-T30")
def test_each_plan_year_opens_its_results_in_one_alarm_until_the_last() -> None:
    walk = Walk().started()
    walk.until("2025-01-01")
    assert [o.data["year"] for o in walk.results(2)] == [2023, 2024, 2025]
    assert [o.data["year"] for o in walk.results(4)] == [2023, 2024, 2025]
    assert not [d for d in walk.facts.duties if d.key.startswith("occurrence_opening") and not d.done_at]


@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-W2a")
def test_the_year_is_appraised_once_every_result_is_known() -> None:
    walk = Walk().started()
    found = verdict(walk.facts.at(walk.plan), "appraise_year", AUTHORITY)
    assert [u.code for u in found.unmet] == ["indicator_completion_known"]
    assert "2 (open)" in found.unmet[0].missing
    walk.verified(walk.results(2)[0], inspections="1", closure_rate={"numerator": "9", "denominator": "10"})
    walk.until("2024-01-01")
    assert walk.act("plan", "appraise_year", AUTHORITY).data["appraisals"]["2023"]["units"] == {
        "u1": {"met": [], "unmet": [1]},
        "u2": {"met": [2], "unmet": []},
        "u3": {"met": [], "unmet": []},
        "u4": {"met": [], "unmet": [4]},
        "u5": {"met": [], "unmet": [5]},
        "u6": {"met": [], "unmet": []},
        "u7": {"met": [], "unmet": [7]},
        "u8": {"met": [], "unmet": [8]},
        "u9": {"met": [], "unmet": [9]},
    }


@pytest.mark.req("HY-T03")
def test_the_appraisal_is_due_at_the_end_of_each_year_and_a_late_one_goes_on_at_once() -> None:
    walk = Walk().started()
    assert duty(walk, "appraisal_due:2023").due_on == date(2023, 12, 31)
    walk.until("2024-01-05")
    assert duty(walk, "appraisal_due:2023").overdue
    plan = walk.act("plan", "appraise_year", AUTHORITY)
    assert (plan.state, plan.data["year"]) == ("running", 2024)
    assert duty(walk, "appraisal_due:2024").due_on == date(2024, 12, 31)


@pytest.mark.req("HY-T03")
@pytest.mark.req("GAP-HY-1")
def test_the_next_year_opens_by_the_alarm_with_the_list_of_what_is_carried_over() -> None:
    walk = Walk().started()
    for number in (2, 4, 5, 7, 8, 9):
        for one in walk.results(number):
            walk.act(one.id, "mark_not_applicable", OFFICE, second="deputy", text="本年不开展")
    walk.until("2023-12-30")
    assert walk.act("plan", "appraise_year", AUTHORITY).state == "appraised"
    assert duty(walk, "plan_year_opening:2024").due_on == date(2024, 1, 1)
    walk.until("2024-01-01")
    assert (walk.plan.state, walk.plan.data["year"]) == ("running", 2024)
    assert walk.plan.data["carry_over"] == {"2023": [1, 2, 3, 4, 5, 6, 7, 8, 9]}


def test_the_last_year_is_followed_by_no_other() -> None:
    walk = Walk("2025-02-03").started()
    for one in walk.facts.of("task_occurrence"):
        walk.act(one.id, "mark_not_applicable", OFFICE, second="deputy", text="本年不开展")
    assert walk.act("plan", "appraise_year", AUTHORITY).state == "appraised"
    assert not [d for d in walk.facts.duties if d.key.startswith("plan_year_opening")]
    assert walk.refused("plan", "open_next_year", THE_TIMER) == ["plan_year_left"]
    walk.until("2026-01-01")
    assert walk.plan.state == "ended"


@pytest.mark.req("HY-T03")
def test_the_years_that_nobody_appraised_are_appraised_after_the_end_one_after_the_other() -> None:
    walk = Walk("2024-02-05").started()
    walk.until("2026-01-01")
    plan = walk.plan
    for years in (["2024"], ["2024", "2025"]):
        plan = walk.act("plan", "appraise_year", AUTHORITY)
        assert (plan.state, plan.ended, list(plan.data["appraisals"])) == ("ended", True, years)
    assert plan.data["appraisals"]["2025"]["units"]["u2"] == {"met": [], "unmet": [2]}
    assert walk.refused("plan", "appraise_year", AUTHORITY) == ["year_to_appraise"]


@pytest.mark.req("HY-T02")
@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-2")
def test_on_the_last_day_every_task_is_met_unmet_or_dropped_and_nothing_is_owed_any_more() -> None:
    walk = Walk("2025-02-03").started()
    walk.act(walk.task(3).id, "drop_task", AUTHORITY, second="deputy", text="不再制定文件")
    walk.verified(walk.results(4)[0], review_rate={"numerator": "7", "denominator": "7"})
    walk.report(walk.results(2)[0], inspections="1", closure_rate={"numerator": "9", "denominator": "10"})
    walk.until("2026-01-01")
    assert walk.plan.state == "ended"
    assert [walk.task(n).state for n in range(1, 10)] == ["unmet", "unmet", "dropped", "met", *["unmet"] * 5]
    assert {o.state for o in walk.facts.of("task_occurrence")} == {"met", "unmet"}
    assert [d.key for d in walk.facts.duties if not d.done_at] == []


@pytest.mark.req("HY-W4a")
def test_an_inspection_is_owed_in_each_plan_year_and_serves_the_year_in_which_it_was_held() -> None:
    walk = Walk().started()
    walk.until("2023-09-02")
    plan = walk.act("plan", "record_inspection", INSPECTOR, **INSPECTION, measures=["约谈"])
    assert plan.state == "running"
    assert plan.data["inspections"] == [{**INSPECTION, "measures": ["约谈"], "by": "dao"}]
    assert duty(walk, "plan_inspection_due:2023").done_at
    assert duty(walk, "plan_inspection_due:2024").due_on == date(2024, 12, 31)
    walk.until("2025-01-02")
    assert duty(walk, "plan_inspection_due:2024").overdue
    walk.act("plan", "record_inspection", INSPECTOR, **{**INSPECTION, "date": "2024-12-30"})
    assert duty(walk, "plan_inspection_due:2024").done_at
    assert duty(walk, "plan_inspection_due:2025").done_at is None


@pytest.mark.req("HY-W4b")
@pytest.mark.req("HY-W4c")
def test_what_an_inspection_finds_goes_into_rectification() -> None:
    walk = Walk().started()
    walk.until("2023-09-02")
    findings = [{"finding": "未公开清单", "basis": "HY-T15"}]
    walk.act("plan", "record_inspection", INSPECTOR, **INSPECTION, findings=findings)
    [item] = walk.facts.of("rectification_item")
    assert (item.state, item.parent, item.owner, item.data["finding"]) == ("raised", "plan", "plan", "未公开清单")


@pytest.mark.req("HY-W4b")
@pytest.mark.req("GAP-ALL-4")
@pytest.mark.parametrize(
    ("open_list", "measures", "ok"),
    [(True, ["interview", "提级督办"], True), (False, ["interview"], True), (False, ["interview", "提级督办"], False)],
)
def test_the_measures_of_an_inspection_are_those_of_the_scheme_and_others_only_where_its_list_is_open(
    open_list: bool, measures: list[str], ok: bool
) -> None:
    listed = [{"code": "interview", "title": {"zh": "约谈", "en": "Interview"}}]
    walk = Walk(rules=plans.scheme_with(inspection={"measures": {"listed": listed, "open": open_list}})).started()
    walk.until("2023-09-02")
    form = {**INSPECTION, "measures": measures}
    if ok:
        assert walk.act("plan", "record_inspection", INSPECTOR, **form).data["inspections"][0]["measures"] == measures
    else:
        assert walk.refused("plan", "record_inspection", INSPECTOR, **form) == ["inspection.measures"]


@pytest.mark.req("HY-T05")
@pytest.mark.parametrize(("of", "reports"), [(None, 1), ("plan", 1), ("title", 0)])
def test_a_plan_owes_a_report_where_the_scheme_says_so(of: Any, reports: int) -> None:
    rules = plans.scheme_with()
    report = rules.annual_report.model_copy(update={"of": of})
    walk = Walk(rules=rules.model_copy(update={"annual_report": report})).started()
    assert len(walk.facts.of("annual_report")) == reports


@pytest.mark.req("INV-20")
def test_a_plan_that_is_withdrawn_takes_its_tasks_with_it() -> None:
    walk = Walk()
    walk.act("plan", "load_plan", OFFICE)
    assert walk.act("plan", "withdraw_plan", AUTHORITY, second="deputy", text="另行制定方案").state == "withdrawn"
    assert {t.state for t in walk.facts.of("action_plan_task")} == {"dropped"}
    started = Walk().started()
    assert started.refused("plan", "withdraw_plan", AUTHORITY, second="deputy", text="另行制定") == ["illegal_in_state"]


@pytest.mark.req("GAP-HY-8")
def test_a_reference_is_kept_by_name_and_year_with_its_source() -> None:
    walk = Walk().started()
    walk.act("plan", "record_reference", OFFICE, name="national_mean", year=2023, value="81", source="国家统计局")
    walk.act("plan", "record_reference", OFFICE, name="national_mean", year=2024, value="82", source="国家统计局")
    kept = walk.plan.data["references"]["national_mean"]
    assert kept == {y: {"value": v, "source": "国家统计局"} for y, v in (("2023", "81"), ("2024", "82"))}
    wrong = walk.refused("plan", "record_reference", OFFICE, name="m", year=2024, value=0.5, source="估计")
    assert wrong == ["reference.value"]


@pytest.mark.req("HY-T05")
@pytest.mark.req("GAP-HY-5")
def test_a_plan_reports_on_each_year_whose_report_falls_due_before_its_end() -> None:
    walk = Walk().started()
    reports = walk.facts.of("annual_report")
    assert [(r.state, r.parent, r.data["due_year"]) for r in reports] == [("scheduled", "plan", 2023)]
    walk.until("2025-06-01")
    assert [(r.state, r.data["due_year"]) for r in walk.facts.of("annual_report")] == [("open", 2023), ("open", 2024)]
    walk.until("2026-01-01")
    assert {r.state for r in walk.facts.of("annual_report")} == {"waived"}


def test_a_report_of_a_plan_that_runs_is_not_waived() -> None:
    walk = Walk().started()
    [report] = walk.facts.of("annual_report")
    assert walk.refused(report.id, "waive_report", AUTHORITY) == ["title_has_ended_or_first_year"]


@pytest.mark.req("INV-20")
@pytest.mark.req("GAP-HY-1")
def test_an_amendment_adds_drops_hands_over_and_moves_dates_at_once() -> None:
    walk = Walk().started()
    added = {"number": 10, "action": 3, "title": "新任务", "unit": "u10", "person": "wu",
             "metrics": [{"metric": "talks", "operator": ">=", "target": "1", "unit": "times", "period": "per_year"}]}  # fmt: skip
    plan = walk.act("plan", "amend_plan", AUTHORITY, second="deputy", text="年中调整方案", add=[added], drop=[3],
                    owners=[{"task": 2, "unit": "u20", "person": "zhao"}],
                    deadlines=[{"task": 1, "metric": "tier_low", "deadline": "2024-06-30"}])  # fmt: skip
    assert plan.state == "running"
    new = walk.task(10)
    assert (new.state, new.organization, new.data["person"]) == ("assigned", "u10", "wu")
    assert [o.data["year"] for o in walk.results(10)] == [2023]
    assert walk.task(3).state == "dropped"
    two = walk.task(2)
    assert (two.organization, two.data["person"], walk.results(2)[0].organization) == ("u20", "zhao", "u20")
    assert {d.person for d in walk.facts.duties if d.thing in (two.id, walk.results(2)[0].id)} == {"zhao"}
    moved = duty(walk, "task_due:tier_low", walk.task(1).id)
    assert (moved.due_on, moved.first_due_on) == (date(2024, 6, 30), date(2023, 12, 31))
    assert walk.task(1).data["metrics"][0]["deadline"] == "2024-06-30"


ADDED: dict[str, Any] = {"number": 10, "action": 1, "title": "新任务", "attestation": "新", "unit": "u", "person": "wu"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "reason.add"),
        ({"add": []}, "reason.add"),
        ({"add": [{k: v for k, v in ADDED.items() if k != "person"}]}, "reason.add"),
        ({"add": [{**ADDED, "number": 1}]}, "reason.add"),
        ({"add": [ADDED, ADDED]}, "reason.add"),
        ({"add": [{**ADDED, "action": 4}]}, "reason.add"),
        ({"add": [{**ADDED, "attestation": None}]}, "reason.add"),
        ({"drop": [99]}, "reason.drop"),
        ({"drop": ["1"]}, "reason.drop"),
        ({"owners": [{"task": 1, "unit": "u"}]}, "reason.owners"),
        ({"owners": [{"task": 99, "unit": "u", "person": "wu"}]}, "reason.owners"),
        ({"deadlines": [{"task": 1, "deadline": "2026-01-01"}]}, "reason.deadlines"),
        ({"deadlines": [{"task": 1, "metric": "nothing", "deadline": "2025-01-01"}]}, "reason.deadlines"),
        ({"deadlines": [{"task": 1, "deadline": "soon"}]}, "reason.deadlines"),
    ],
)
def test_an_amendment_that_is_not_whole_is_refused_by_part(said: dict[str, Any], code: str) -> None:
    walk = Walk().started()
    assert walk.refused("plan", "amend_plan", AUTHORITY, second="deputy", text="年中调整方案", **said) == [code]


@pytest.mark.req("INV-20")
def test_one_person_alone_amends_nothing() -> None:
    walk = Walk().started()
    found = verdict(walk.facts.at(walk.plan), "amend_plan", AUTHORITY, text="年中调整方案", drop=[1])
    assert found.proposes
    assert walk.refused("plan", "amend_plan", DEPUTY, second="deputy", text="年中调整方案", drop=[1]) == ["two_persons"]


def test_a_plan_that_runs_takes_a_new_task_by_amendment_only() -> None:
    walk = Walk().started()
    form = {"number": 10, "action": 1, "title": "新任务", "attestation": "新"}
    assert walk.make_refused("action_plan_task", "create_task", "plan", OFFICE, **form) == ["plan_takes_tasks"]
    assert walk.make("action_plan_task", "create_task", "plan", THE_SYSTEM, **form).state == "planned"
