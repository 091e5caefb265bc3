"""A task of a plan: its owner, the dates of its targets, being carried over, and what it comes to in the end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.facts import THE_TIMER, Duty
from tests.support.domain import person, thing
from tests.support.plans import AUTHORITY, LADDER, OFFICE, REPORTER, TASKS, Walk, scheme_with

UNIT = person("zhou", "responsible_department", scope="organization:u2")
OTHER_UNIT = person("wu", "responsible_department", scope="organization:u3")
RATE = {"numerator": "9", "denominator": "10"}


def duties_of(walk: Walk, number: int) -> dict[str, Duty]:
    return {d.key: d for d in walk.facts.duties if d.thing == walk.task(number).id}


@pytest.mark.req("GAP-HY-2")
def test_a_task_needs_a_unit_and_a_person_and_then_lies_with_the_unit() -> None:
    walk = Walk()
    walk.act("plan", "load_plan", OFFICE)
    task = walk.task(2).id
    assert walk.refused(task, "assign_task", OFFICE, unit="u2") == ["owner.person"]
    assert walk.act(task, "assign_task", OFFICE, unit="u2", person="chen").organization == "u2"
    assert {d.person for d in walk.facts.duties if d.thing == task} == {"chen"}
    assert walk.refused(task, "start_task", OTHER_UNIT) == ["role"]
    assert walk.act(task, "start_task", UNIT).state == "in_progress"


@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-2")
@pytest.mark.req("HY-T01")
def test_each_target_is_due_on_its_own_date_and_without_one_on_the_last_day() -> None:
    walk = Walk().started()
    due = {key: d.due_on for key, d in duties_of(walk, 1).items() if key.startswith("task_due")}
    assert due == {
        "task_due:tier_low": date(2023, 12, 31),
        "task_due:tier_high": date(2024, 12, 31),
        "task_due:projects": date(2025, 12, 31),
    }


@pytest.mark.req("GAP-HY-1")
def test_a_missed_target_stays_open_with_its_flag_until_the_last_day() -> None:
    walk = Walk().started()
    walk.until("2025-12-31")
    low = duties_of(walk, 1)["task_due:tier_low"]
    assert (low.overdue, low.done_at, walk.task(1).state) == (True, None, "assigned")
    walk.until("2026-01-01")
    low = duties_of(walk, 1)["task_due:tier_low"]
    assert (low.overdue, low.done_at is not None, walk.task(1).state) == (True, True, "unmet")


@pytest.mark.req("HY-T01")
@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("GAP-HY-3")
def test_a_ladder_is_climbed_by_titles_step_by_step_and_the_task_is_then_met_by_itself() -> None:
    walk = Walk().started()
    titles: list[Any] = walk.facts.more["titles"]

    def report(name: str, **values: Any) -> str:
        one = walk.make("task_occurrence", "open_occurrence", walk.task(1).id, OFFICE, metrics=[name])
        return walk.verified(one, **values).state

    assert report("tier_low") == "unmet"
    titles.append(thing("designation", "active", tier="low"))
    assert report("tier_low") == "met"
    assert duties_of(walk, 1)["task_due:tier_low"].done_at
    assert duties_of(walk, 1)["task_due:tier_high"].done_at is None
    walk.until("2024-11-01")
    titles[0] = thing("designation", "active", tier="high")
    assert report("tier_high") == "met"
    assert walk.task(1).state == "in_progress"
    assert report("projects", projects="4") == "unmet"
    assert report("projects", projects="1") == "unmet"
    assert report("projects", projects="2") == "met"
    assert walk.task(1).state == "met"
    assert all(d.done_at for d in duties_of(walk, 1).values())


@pytest.mark.req("HY-T01")
@pytest.mark.parametrize(("tier", "state"), [("high", "met"), ("low", "unmet"), (None, "unmet")])
def test_a_rung_that_is_to_stand_on_the_last_day_is_met_only_while_it_is_held(tier: str | None, state: str) -> None:
    rung = {**LADDER["metrics"][1], "deadline": "2025-12-31"}
    rules = scheme_with(tasks={"ref": "tasks.csv", "rows": [{**LADDER, "metrics": [rung]}, *TASKS[1:]]})
    walk = Walk(rules=rules).started()
    titles: list[Any] = walk.facts.more["titles"]
    titles.append(thing("designation", "active", tier="high"))
    one = walk.make("task_occurrence", "open_occurrence", walk.task(1).id, OFFICE, metrics=["tier_high"])
    assert (walk.verified(one).state, walk.task(1).state) == ("met", "met")
    titles[:] = [thing("designation", "active", tier=tier)] if tier else []
    walk.until("2026-01-01")
    assert walk.task(1).state == state
    sheets = [walk.act("plan", "appraise_year", AUTHORITY).data["appraisals"] for _ in ("2023", "2024", "2025")]
    assert sheets[-1]["2025"]["units"]["u1"] == {
        "met": [1] if state == "met" else [],
        "unmet": [1] if state == "unmet" else [],
    }


@pytest.mark.req("HY-T03")
@pytest.mark.req("GAP-HY-1")
def test_a_task_still_open_at_the_end_of_a_year_is_carried_over_and_stays_where_it_is() -> None:
    walk = Walk().started()
    walk.until("2025-01-01")
    task = walk.task(3)
    assert (task.state, task.data["carried_over"]) == ("assigned", [2023, 2024])
    walk.until("2026-01-01")
    assert walk.task(3).data["carried_over"] == [2023, 2024]
    assert walk.refused(task.id, "carry_over", THE_TIMER) == ["illegal_in_state"]


def test_in_the_last_year_nothing_is_carried_over() -> None:
    walk = Walk("2025-02-03").started()
    assert not [key for key in duties_of(walk, 3) if key.startswith("task_year_end")]
    walk.until("2026-01-01")
    assert walk.refused(walk.task(2).id, "carry_over", THE_TIMER) == ["illegal_in_state"]


@pytest.mark.req("HY-T01")
@pytest.mark.req("INV-09")
def test_a_task_is_met_only_when_every_result_is_settled_and_every_metric_is_reached() -> None:
    walk = Walk().started()
    task = walk.task(3).id
    walk.act(task, "start_task", REPORTER)
    assert walk.refused(task, "settle_met", OFFICE) == ["task_metrics_met"]
    first = walk.make("task_occurrence", "open_occurrence", task, REPORTER, matter="甲办法")
    assert walk.refused(task, "settle_met", OFFICE) == ["occurrences_settled", "task_metrics_met"]
    walk.verified(first, consultation="7", consultation_market="30")
    second = walk.make("task_occurrence", "open_occurrence", task, REPORTER, matter="乙办法", metrics=["consultation"])
    walk.verified(second, consultation="6")
    assert walk.refused(task, "settle_met", OFFICE) == ["task_metrics_met"]
    walk.act(second.id, "reopen_occurrence", OFFICE, text="已重新征求意见")
    walk.verified(second, consultation="7")
    assert walk.act(task, "settle_met", OFFICE).state == "met"


@pytest.mark.req("HY-T30")
def test_a_yearly_task_is_met_when_every_year_of_the_plan_is() -> None:
    walk = Walk().started()
    for year in (2023, 2024, 2025):
        walk.until(f"{year}-11-01")
        assert walk.task(2).state != "met"
        walk.verified(walk.results(2)[-1], inspections="1", closure_rate=RATE)
        if year < 2025:
            assert walk.refused(walk.task(2).id, "settle_met", OFFICE) == ["task_metrics_met"]
    assert walk.act(walk.task(2).id, "settle_met", OFFICE).state == "met"


@pytest.mark.req("HY-T30")
def test_a_year_without_an_inspection_leaves_the_task_unmet_in_the_end() -> None:
    walk = Walk().started()
    walk.until("2024-01-01")
    for year in (2024, 2025):
        walk.until(f"{year}-11-01")
        walk.verified(walk.results(2)[-1], inspections="1", closure_rate=RATE)
    walk.until("2026-01-01")
    assert [o.state for o in walk.results(2)] == ["unmet", "met", "met"]
    assert walk.task(2).state == "unmet"


@pytest.mark.req("INV-30")
def test_a_task_whose_result_is_reopened_is_not_done() -> None:
    walk = Walk().started()
    task = walk.task(6).id
    one = walk.verified(walk.make("task_occurrence", "open_occurrence", task, OFFICE), attestation=True)
    assert walk.act(task, "settle_met", OFFICE).state == "met"
    walk.act(one.id, "reopen_occurrence", OFFICE, text="材料有误")
    assert walk.task(6).state == "in_progress"
    assert duties_of(walk, 6)["task_due:attestation"].done_at is None


@pytest.mark.req("INV-30")
def test_nothing_is_reopened_once_the_plan_has_ended() -> None:
    walk = Walk("2025-02-03").started()
    walk.verified(walk.results(4)[0], review_rate={"numerator": "7", "denominator": "7"})
    walk.until("2026-01-01")
    assert walk.task(4).state == "met"
    assert walk.refused(walk.task(4).id, "reopen_task", OFFICE, text="有误重开") == ["owner_still_open"]
    assert walk.refused(walk.results(4)[0].id, "reopen_occurrence", OFFICE, text="有误重开") == ["owner_still_open"]


@pytest.mark.req("INV-20")
@pytest.mark.req("GAP-PDS-5")
def test_what_a_dropped_task_asked_for_does_not_apply_any_more() -> None:
    walk = Walk().started()
    walk.report(walk.results(2)[0], inspections="1", closure_rate=RATE)
    walk.act(walk.task(2).id, "drop_task", AUTHORITY, second="deputy", text="职责划转")
    assert [o.state for o in walk.results(2)] == ["not_applicable"]
    assert all(d.done_at for d in duties_of(walk, 2).values())
    code = walk.make_refused("task_occurrence", "open_sample", walk.task(2).id, OFFICE)
    assert "action_plan_task=assigned/in_progress" in code


@pytest.mark.req("INV-32")
def test_a_task_handed_over_goes_with_its_open_results_and_duties() -> None:
    walk = Walk().started()
    task, to = walk.task(2), {"to_unit": "u3", "to_person": "wu", "from": "chen", "day": "2023-07-04"}
    walk.act(task.id, "transfer", AUTHORITY, text="职责划转", **to)
    assert (walk.task(2).data["person"], walk.task(2).organization) == ("wu", "u3")
    assert walk.results(2)[0].organization == "u3"
    mine = {task.id, walk.results(2)[0].id}
    assert {d.person for d in walk.facts.duties if d.thing in mine} == {"wu"}


TASK: dict[str, Any] = {"number": 10, "action": 1, "title": "新任务"}
METRIC = {"metric": "m", "operator": ">=", "target": "1", "unit": "times", "period": "per_year"}


@pytest.mark.req("GAP-HY-8")
@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({}, ["task.attestation"]),
        ({"metrics": [METRIC]}, []),
        ({"attestation": "书面确认"}, []),
        ({"attestation": "书面确认", "period": "continuous"}, []),
        ({"attestation": "书面确认", "period": "now and then"}, ["task.period"]),
        ({"metrics": [METRIC], "number": 1}, ["task.number"]),
        ({"metrics": [METRIC], "action": 4}, ["task.action"]),
        ({"metrics": [{**METRIC, "operator": ""}]}, ["task.metrics"]),
        ({"metrics": [{**METRIC, "deadline": "2026-01-01"}]}, ["task.metrics"]),
        ({"metrics": [METRIC], "occurrence_due": "02-30"}, ["task.occurrence_due"]),
    ],
)
def test_a_task_has_a_metric_with_operator_target_and_period_or_an_attestation(
    said: dict[str, Any], codes: list[str]
) -> None:
    walk = Walk()
    walk.act("plan", "load_plan", OFFICE)
    form = {**TASK, **said}
    if codes:
        assert walk.make_refused("action_plan_task", "create_task", "plan", OFFICE, **form) == codes
    else:
        assert walk.make("action_plan_task", "create_task", "plan", OFFICE, **form).state == "planned"
