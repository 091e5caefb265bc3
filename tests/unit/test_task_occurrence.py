"""A result of a task: opened for its period, reported with evidence, verified exactly, by somebody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import Thing
from tests.support import plans
from tests.support.domain import person, verdict
from tests.support.plans import AUTHORITY, OFFICE, REPORTER, Walk

DEPUTY = person("deputy", "leading_group_office")
PAPERS: dict[str, Any] = {"evidence": ["ev"], "statement": "已完成"}
RATE = {"numerator": "9", "denominator": "10"}


def on_demand(walk: Walk, number: int, **form: Any) -> Thing:
    return walk.make("task_occurrence", "open_occurrence", walk.task(number).id, REPORTER, **form)


def duty(walk: Walk, key: str, thing: Thing) -> Any:
    return next(d for d in walk.facts.duties if d.key == key and d.thing == thing.id)


@pytest.mark.req("HY-T04")
@pytest.mark.req("HY-T08")
@pytest.mark.req("HY-T15")
@pytest.mark.parametrize(
    ("number", "event", "form", "covers"),
    [
        (1, "open_occurrence", {"metrics": ["tier_low"]}, ["tier_low = attained /once"]),
        (1, "open_occurrence", {"metrics": ["projects"]}, ["projects >= 2 projects /once", "projects <= 3 projects /once"]),
        (1, "open_sample", {}, None),
        (2, "open_occurrence", {}, None),
        (3, "open_occurrence", {"metrics": ["consultation"]}, ["consultation >= 7 wd /per_document"]),
        (3, "open_occurrence", {"metrics": ["consultation", "other"]}, None),
        (3, "open_sample", {}, None),
        (4, "open_sample", {}, ["review_rate = 100% /continuous"]),
        (4, "open_occurrence", {}, None),
        (6, "open_occurrence", {}, ["attestation = true /as_needed"]),
    ],
)  # fmt: skip
def test_a_result_is_opened_only_for_a_period_that_the_event_serves(
    number: int, event: str, form: dict[str, Any], covers: list[str] | None
) -> None:
    walk = Walk().started()
    task = walk.task(number).id
    if covers is None:
        assert walk.make_refused("task_occurrence", event, task, OFFICE, **form) == ["period_fits"]
    else:
        one = walk.make("task_occurrence", event, task, OFFICE, **form)
        assert (one.state, one.data["covers"], one.data["task"]) == ("open", covers, number)


@pytest.mark.req("HY-W4c")
@pytest.mark.req("HY-T46")
def test_a_report_brings_registered_evidence_and_begins_the_task() -> None:
    walk = Walk().started()
    one, values = walk.results(2)[0], {"inspections": "1", "closure_rate": RATE}
    form: dict[str, Any] = {"statement": "已完成", "values": values}
    assert walk.refused(one.id, "report_occurrence", REPORTER, **form) == ["evidence.evidence"]
    strange = walk.refused(one.id, "report_occurrence", REPORTER, **form, evidence=["unknown"])
    assert strange == ["evidence_is_registered"]
    assert walk.report(one, **values).state == "reported"
    assert walk.task(2).state == "in_progress"


@pytest.mark.req("INV-09")
@pytest.mark.parametrize(
    ("values", "named"),
    [
        (None, "missing"),
        ({"inspections": "1"}, "closure_rate"),
        ({"inspections": "1", "closure_rate": RATE, "other": "1"}, "other"),
        ({"inspections": "one", "closure_rate": RATE}, "inspections"),
        ({"inspections": "1", "closure_rate": "90"}, "closure_rate"),
        ({"inspections": 1.0, "closure_rate": RATE}, "value"),
    ],
)
def test_missing_and_wrong_values_are_refused_naming_the_metric(values: Any, named: str) -> None:
    walk = Walk().started()
    one = walk.results(2)[0]
    form = {**PAPERS, **({"values": values} if values else {})}
    assert walk.refused(one.id, "report_occurrence", REPORTER, **form) == ["evidence.values"]
    found = verdict(walk.facts.at(one), "report_occurrence", REPORTER, **form)
    assert named in found.unmet[0].en


@pytest.mark.req("HY-T30")
@pytest.mark.req("INV-09")
@given(st.integers(0, 3), st.integers(0, 1000))
def test_the_result_follows_from_the_values_and_from_nothing_else(inspections: int, closed: int) -> None:
    walk = Walk().started()
    rate = {"numerator": str(closed), "denominator": "1000"}
    one = walk.verified(walk.results(2)[0], inspections=str(inspections), closure_rate=rate)
    assert one.state == ("met" if inspections >= 1 and closed >= 900 else "unmet")
    assert [r["met"] for r in one.data["results"]] == [inspections >= 1, closed >= 900]


@pytest.mark.req("HY-T08")
@pytest.mark.req("GAP-HY-6")
@pytest.mark.parametrize(
    ("days", "market", "state"),
    [("7", "30", "met"), ("6", "30", "unmet"), ("7", "29", "unmet"), ("6.9", "30", "unmet"), ("8", "31", "met")],
)
def test_working_days_and_days_are_two_metrics_and_never_converted(days: str, market: str, state: str) -> None:
    walk = Walk().started()
    assert walk.verified(on_demand(walk, 3), consultation=days, consultation_market=market).state == state
    one = on_demand(walk, 3, metrics=["consultation"])
    assert walk.refused(one.id, "report_occurrence", REPORTER, **PAPERS, values={"consultation": "9d"}) == [
        "evidence.values"
    ]


@pytest.mark.req("HY-T40")
def test_the_members_who_miss_a_target_are_named_and_none_may_be_left_out() -> None:
    walk = Walk().started()
    one = walk.results(7)[0]
    lacking = {"sessions": {"each": {"甲乡": "1"}}}
    assert walk.refused(one.id, "report_occurrence", REPORTER, **PAPERS, values=lacking) == ["evidence.values"]
    told = walk.verified(one, sessions={"each": {"甲乡": "1", "乙乡": "0"}})
    assert (told.state, told.data["results"][0]["short"]) == ("unmet", ["乙乡"])


@pytest.mark.req("HY-T36")
@pytest.mark.req("GAP-HY-8")
def test_a_trend_waits_for_a_value_of_the_year_before_and_then_compares_with_the_last_result() -> None:
    walk = Walk().started()
    one = walk.report(walk.results(5)[0], loss_rate={"numerator": "1", "denominator": "10"})
    assert walk.refused(one.id, "verify_occurrence", OFFICE) == ["metric_met"]
    before = {"numerator": "11", "denominator": "100"}
    walk.act("plan", "record_reference", OFFICE, name="loss_rate", year=2022, value=before, source="年度统计")
    assert walk.act(one.id, "verify_occurrence", OFFICE).state == "met"
    walk.until("2024-02-01")
    assert walk.verified(walk.results(5)[1], loss_rate={"numerator": "10", "denominator": "100"}).state == "unmet"


@pytest.mark.req("GAP-HY-8")
def test_a_comparison_with_a_mean_uses_the_value_recorded_for_the_same_year() -> None:
    walk = Walk().started()
    one = walk.report(walk.results(9)[0], satisfaction="81")
    for year, mean in ((2022, "99"), (2023, "80.9")):
        assert walk.refused(one.id, "verify_occurrence", OFFICE) == ["metric_met"]
        walk.act("plan", "record_reference", OFFICE, name="national_mean", year=year, value=mean, source="公报")
    assert walk.act(one.id, "verify_occurrence", OFFICE).state == "met"


@pytest.mark.req("HY-T01")
def test_a_step_of_the_ladder_is_read_from_the_titles_and_cannot_be_claimed() -> None:
    walk = Walk().started()
    one = on_demand(walk, 1, metrics=["tier_low"])
    claim = {"tier_low": "attained"}
    assert walk.refused(one.id, "report_occurrence", REPORTER, **PAPERS, values=claim) == ["evidence.values"]
    assert walk.verified(one).state == "unmet"


@pytest.mark.req("YL-2l")
@pytest.mark.req("PDS-V3")
def test_neither_the_reporter_nor_the_owner_of_the_task_verifies() -> None:
    walk = Walk().started()
    both = person("fan", "leading_group_office", "responsible_department")
    one = walk.act(walk.results(4)[0].id, "report_occurrence", both, **PAPERS,
                   values={"review_rate": {"numerator": "1", "denominator": "1"}})  # fmt: skip
    assert walk.refused(one.id, "verify_occurrence", both) == ["verifier_not_responsible"]
    owner = person("chen", "leading_group_office")
    assert walk.refused(one.id, "verify_occurrence", owner) == ["verifier_not_responsible"]
    assert walk.act(one.id, "verify_occurrence", DEPUTY).state == "met"


@pytest.mark.req("INV-30")
def test_a_report_is_recalled_until_somebody_examines_it_and_returned_with_a_reason() -> None:
    walk = Walk().started()
    one = walk.report(walk.results(2)[0], inspections="1", closure_rate=RATE)
    assert walk.act(one.id, "recall_occurrence_report", REPORTER).state == "open"
    walk.report(one, inspections="1", closure_rate=RATE)
    walk.act(one.id, "take_up", OFFICE)
    assert walk.refused(one.id, "recall_occurrence_report", REPORTER) == ["not_yet_examined"]
    assert walk.act(one.id, "return_occurrence_report", OFFICE, text="缺少台账").state == "open"
    walk.report(one, inspections="1", closure_rate=RATE)
    assert walk.act(one.id, "recall_occurrence_report", REPORTER).state == "open"


@pytest.mark.req("HY-T40")
@pytest.mark.req("HY-T03")
def test_a_year_in_which_nothing_was_reported_ends_unmet_by_itself() -> None:
    walk = Walk().started()
    one = walk.results(2)[0]
    walk.until("2023-12-31", "23:59")
    assert walk.results(2)[0].state == "open"
    walk.until("2024-01-01", "00:00")
    assert walk.results(2)[0].state == "unmet"
    assert duty(walk, "occurrence_due", one).overdue


def test_a_report_that_waits_to_be_verified_is_not_closed_by_the_end_of_the_year() -> None:
    walk = Walk().started()
    one = walk.report(walk.results(2)[0], inspections="1", closure_rate=RATE)
    walk.until("2024-02-01")
    assert walk.facts.things[one.id].state == "reported"
    assert walk.act(one.id, "return_occurrence_report", OFFICE, text="缺少台账").state == "open"
    walk.until("2024-03-01")
    assert walk.facts.things[one.id].state == "open"


@pytest.mark.req("GAP-HY-1")
def test_a_result_is_due_by_its_own_target_its_yearly_day_or_the_end_of_its_period() -> None:
    rows = [{**t, "occurrence_due": "10-31"} if t is plans.YEARLY else t for t in plans.TASKS]
    walk = Walk(rules=plans.scheme_with(tasks={"ref": "tasks.csv", "rows": rows})).started()
    low, projects = on_demand(walk, 1, metrics=["tier_low"]), on_demand(walk, 1, metrics=["projects"])
    both = on_demand(walk, 1, metrics=["tier_low", "tier_high"])
    due = {
        "tier_low": low, "projects": projects, "the earlier of two": both, "document": on_demand(walk, 3),
        "yearly": walk.results(2)[0], "month": walk.results(8)[0],
    }  # fmt: skip
    assert {name: duty(walk, "occurrence_due", one).due_on.isoformat() for name, one in due.items()} == {
        "tier_low": "2023-12-31",
        "projects": "2025-12-31",
        "the earlier of two": "2023-12-31",
        "document": "2023-12-31",
        "yearly": "2023-10-31",
        "month": "2023-07-31",
    }
    assert duty(walk, "occurrence_period_end", low).due_on == date(2025, 12, 31)


def test_a_result_opened_after_its_yearly_day_is_due_at_the_end_of_the_year() -> None:
    walk = Walk(rules=plans.scheme_with(occurrence_due="03-31")).started()
    assert duty(walk, "occurrence_due", on_demand(walk, 3)).due_on == date(2023, 12, 31)


@pytest.mark.req("GAP-PDS-5")
@pytest.mark.req("INV-20")
def test_what_does_not_apply_is_said_by_two_people_and_counts_as_settled() -> None:
    walk = Walk().started()
    one = on_demand(walk, 6)
    assert walk.refused(one.id, "mark_not_applicable", OFFICE, second="fan", text="本年无此需要") == ["two_persons"]
    assert (
        walk.act(one.id, "mark_not_applicable", AUTHORITY, second="fan", text="本年无此需要").state == "not_applicable"
    )
    walk.act(walk.task(6).id, "start_task", OFFICE)
    assert walk.act(walk.task(6).id, "settle_met", OFFICE).state == "met"
