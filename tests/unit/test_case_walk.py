"""A case of the reference programme from its draft to its end, by `perform` alone: no record, no workflow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.facts import Thing, Who
from tests.support.domain import reference
from tests.support.walk import COMMITTEE, COUNTY, FINDING, GROUP, PREFECTURE, PROVINCE, STAGES, Walk

INSPECTED: dict[str, Any] = {"date": "2024-07-10", "team": ["孙"], "written_result": "合格"}
DECLARED: dict[str, Any] = {"signer": "县长", "true": True, "lawful": True, "complete": True}


def items(walk: Walk) -> list[Thing]:
    return walk.facts.of("rectification_item")


# -------------------------------------------------------------------------------------------- the way


@pytest.mark.req("INV-17")
def test_a_case_walks_every_stage_of_its_track_and_is_named() -> None:
    walk = Walk().walked_to("naming")
    walk.done_with("naming")
    assert walk.case.state == "named"
    assert walk.case.ended
    ends = {"rectification": "skipped", "central_opinion": "skipped"}
    assert walk.runs == [(key, 1, ends.get(key, "completed")) for key in STAGES]
    assert walk.owed() == []
    assert [(s.machine, s.event, s.parent) for s in walk.sends] == [("designation", "create_designation", "case")]
    assert walk.sends[0].data["named_on"] == "2024-12-20"
    assert walk.sends[0].data["decision"] == "naming_decision"


@pytest.mark.req("QH-07e")
def test_a_title_is_founded_on_the_decision_in_force_and_not_on_an_earlier_one_that_was_rejected() -> None:
    walk = Walk().walked_to("naming")
    walk.put("naming_decision", "rejected", id="before", named=["case"])
    walk.done_with("naming")
    (founded,) = walk.sends
    assert (founded.data["decision"], founded.data["named_on"]) == ("naming_decision", "2024-12-20")


@pytest.mark.req("INV-17")
def test_the_record_tells_each_step_once_with_its_rules() -> None:
    walk = Walk().walked_to("inspection")
    told = [(e.event, e.before, e.after) for e in walk.entries if e.machine == "case"]
    assert told == [
        ("open_case", "@new", "draft"),
        ("enroll", "draft", "mobilization"),
        ("advance", "mobilization", "creation"),
        ("advance", "creation", "self_check"),
        ("advance", "self_check", "rectification"),
        ("advance", "rectification", "inspection"),
    ]
    assert all(e.rules for e in walk.entries)
    assert [e.person for e in walk.entries if e.event == "advance"] == ["system"] * 4


@pytest.mark.req("INV-17")
def test_rectification_is_passed_over_with_an_entry_of_its_own_when_nothing_was_found() -> None:
    walk = Walk().walked_to("inspection")
    (skipped,) = [e for e in walk.entries if e.event == "skip_empty_stage"]
    assert (skipped.before, skipped.after, skipped.person) == ("open", "skipped", "system")
    assert {"YL-2l", "INV-17"} <= set(skipped.rules)


@pytest.mark.req("INV-03")
def test_rectification_is_not_passed_over_while_the_self_check_found_something() -> None:
    walk = Walk().walked_to("self_check")
    walk.act("record_problems", COUNTY, **FINDING)
    (item,) = items(walk)
    assert (item.state, item.data["holds"]) == ("raised", "next_rectification")
    walk.rated()
    walk.paper("score_table", "rectification_plan", "self_check_report")
    assert walk.refused("complete_stage", COUNTY) == ["problems_planned"]
    walk.act("assign_item", GROUP, on=item.id, measure="补齐台账", unit="县司法局", person="chen", due="2024-06-10")
    walk.act("complete_stage", COUNTY)
    assert (walk.case.state, walk.run.state) == ("rectification", "open")
    walk.paper("problem_list", "rectification_report")
    assert walk.refused("complete_stage", COUNTY) == ["zero_open_if_required"]
    walk.act("start_item", COUNTY, on=item.id)
    walk.act("submit_item", COUNTY, on=item.id, evidence=["ev-7"], statement="已补齐")
    walk.act("verify_item", GROUP, on=item.id)
    walk.act("close_item", GROUP, on=item.id, date="2024-03-04", verifier="qian")
    walk.act("complete_stage", COUNTY)
    assert walk.case.state == "inspection"


@pytest.mark.req("INV-01")
@pytest.mark.parametrize(
    ("stage", "who", "form", "lacking"),
    [
        ("mobilization", COUNTY, {}, ["artefacts_present", "organization_formed", "duties_assigned"]),
        ("self_check", COUNTY, {}, ["artefacts_present", "indicators_all_rated"]),
        ("inspection", COMMITTEE, INSPECTED, ["artefacts_present"]),
        ("application", COUNTY, {**DECLARED, "complete": False}, ["declaration.complete", "artefacts_present"]),
        ("review", PREFECTURE, {}, ["recommendation_accepted"]),
        ("central_opinion", PROVINCE, {}, ["external_result_recorded"]),
        ("evaluation", PROVINCE, {}, ["evaluations_final"]),
        ("publicity", PROVINCE, {}, ["public_notice=closed_clear"]),
    ],
)  # fmt: skip
def test_no_stage_ends_before_what_it_asks_for_is_there(
    stage: str, who: Who, form: dict[str, Any], lacking: list[str]
) -> None:
    walk = Walk().walked_to(stage)
    assert walk.refused("complete_stage", who, **form) == lacking


def test_only_whom_the_kind_names_ends_a_stage() -> None:
    walk = Walk().walked_to("inspection")
    walk.paper("inspection_report", "rectification_report")
    assert walk.refused("complete_stage", COUNTY, **INSPECTED) == ["role"]
    assert Walk().walked_to("naming").refused("complete_stage", PROVINCE) == [
        "acceptance_respected",
        "decision_covers_case",
    ]


def test_an_outside_opinion_that_is_favourable_leads_on_and_one_that_is_not_ends_the_case() -> None:
    said = {"source": "中央依法治国办", "number": "1", "date": "2024-03-04", "file": "ev-3"}
    walk = Walk().walked_to("central_opinion")
    unknown: dict[str, Any] = {**said, "favourable": True, "file": "ev-9"}
    assert walk.refused("record_external_result", PROVINCE, **unknown) == ["evidence_is_registered"]
    walk.act("record_external_result", PROVINCE, favourable=True, **said)
    walk.act("complete_stage", PROVINCE)
    assert walk.case.state == "evaluation"
    walk = Walk().walked_to("central_opinion")
    walk.act("record_external_result", PROVINCE, favourable=False, **said)
    assert walk.refused("complete_stage", PROVINCE) == ["exit_is_next"]
    walk.act("refuse_externally", PROVINCE)
    assert (walk.case.state, walk.runs[-1]) == ("not_named", ("central_opinion", 1, "cancelled"))
    assert walk.owed() == []


# ----------------------------------------------------------------------------------------- findings


@pytest.mark.req("INV-18")
def test_a_finding_holds_the_inspection_until_it_is_closed_out() -> None:
    walk = Walk().walked_to("inspection")
    run = walk.run.id
    walk.act("raise_findings", COMMITTEE, **FINDING)
    walk.act("raise_findings", COMMITTEE, **{**FINDING, "finding": "机构未建"})
    first, second = items(walk)
    assert (walk.case.state, walk.run.state, first.data["holds"]) == ("inspection", "held", run)
    walk.paper("inspection_report", "rectification_report")
    assert walk.refused("complete_stage", COMMITTEE, **INSPECTED) == ["illegal_in_state"]
    walk.closed_out(first.id)
    assert walk.run.state == "held"
    walk.act("withdraw_finding", COMMITTEE, on=second.id, text="经复核不成立")
    assert (walk.run.id, walk.run.state) == (run, "open")
    walk.act("complete_stage", COMMITTEE, **INSPECTED)
    assert walk.case.state == "application"


@pytest.mark.req("INV-18")
def test_a_finding_that_comes_back_holds_the_stage_again() -> None:
    walk = Walk().walked_to("inspection")
    walk.act("raise_findings", COMMITTEE, **FINDING)
    (item,) = items(walk)
    walk.closed_out(item.id)
    walk.act("reopen_item", GROUP, on=item.id, text="问题反弹，台账又缺")
    walk.paper("inspection_report", "rectification_report")
    assert walk.refused("complete_stage", COMMITTEE, **INSPECTED) == ["no_open_item_holding"]


# ------------------------------------------------------------------------------------------- the way back


@pytest.mark.req("INV-19")
def test_a_return_with_resume_sets_the_review_aside_and_takes_it_up_where_it_stood() -> None:
    walk = Walk().walked_to("review")
    review = walk.run.id
    walk.act("return_to_stage", PREFECTURE, to="application", text="材料不完整", code="material_incomplete")
    assert walk.case.state == "application"
    assert walk.runs[-3:] == [("application", 1, "superseded"), ("review", 1, "set_aside"), ("application", 2, "open")]
    assert walk.duty("stage_due", review).done_at is not None
    walk.done_with("application")
    assert walk.case.state == "review"
    assert (walk.run.id, walk.run.state) == (review, "open")
    assert walk.duty("stage_due", review).done_at is None
    assert [e.event for e in walk.entries][-3:] == ["complete_stage", "resume_at_origin", "take_up_run"]
    walk.done_with("review")
    assert (walk.case.state, walk.runs[-1]) == ("central_opinion", ("central_opinion", 1, "open"))


@pytest.mark.req("INV-19")
def test_a_review_may_be_returned_a_second_time() -> None:
    walk = Walk().walked_to("review")
    for passes in (2, 3):
        walk.act("return_to_stage", PREFECTURE, to="application", text="材料不完整", code="material_incomplete")
        assert walk.runs[-1] == ("application", passes, "open")
        walk.done_with("application")
        assert (walk.case.state, walk.run.data["key"]) == ("review", "review")


@pytest.mark.req("INV-19")
def test_a_return_without_resume_supersedes_what_lies_behind_it() -> None:
    walk = Walk().walked_to("publicity")
    walk.act("return_to_stage", PROVINCE, to="evaluation", text="异议成立，重新评估", code="objection_upheld")
    assert walk.case.state == "evaluation"
    assert walk.runs[-3:] == [
        ("evaluation", 1, "superseded"),
        ("publicity", 1, "superseded"),
        ("evaluation", 2, "open"),
    ]
    walk.act("complete_stage", PROVINCE)
    assert walk.runs[-1] == ("publicity", 2, "open")


@pytest.mark.req("INV-19")
def test_a_case_goes_back_only_where_its_track_says_so() -> None:
    walk = Walk().walked_to("review")
    assert walk.refused("return_to_stage", PREFECTURE, to="inspection", text="重新督察") == [
        "target",
        "return_target_declared",
    ]
    assert Walk().walked_to("inspection").refused("return_to_stage", GROUP, to="creation", text="重来一遍") == [
        "illegal_in_state"
    ]


@pytest.mark.req("INV-19")
def test_an_application_is_recalled_until_somebody_has_taken_it_up() -> None:
    walk = Walk().walked_to("review")
    walk.act("recall", COUNTY)
    assert walk.runs[-3:] == [("application", 1, "superseded"), ("review", 1, "superseded"), ("application", 2, "open")]
    walk.done_with("application")
    assert walk.runs[-1] == ("review", 2, "open")
    walk.act("take_up", PREFECTURE)
    assert walk.refused("recall", COUNTY) == ["run_not_examined"]
    assert Walk().walked_to("inspection").refused("recall", COUNTY) == ["recall_allowed"]


# ---------------------------------------------------------------------------------------------- acceptance


def with_acceptance() -> Walk:
    scheme = reference()
    area = scheme.track("area")
    stages = tuple(
        s.model_copy(update={"acceptance": "stage_office"} if s.key == "creation" else {}) for s in area.stages
    )
    tracks = (area.model_copy(update={"stages": stages}), *scheme.tracks[1:])
    return Walk(scheme.model_copy(update={"tracks": tracks})).walked_to("creation")


@pytest.mark.req("YL-2m")
def test_a_stage_with_an_acceptance_step_ends_when_the_office_accepts_what_was_submitted() -> None:
    walk = with_acceptance()
    assert walk.refused("complete_stage", COUNTY) == ["acceptance_respected"]
    assert walk.refused("complete_stage", GROUP) == ["acceptance_respected"]
    walk.act("submit_stage", COUNTY)
    walk.act("complete_stage", GROUP)
    assert walk.case.state == "self_check"


@pytest.mark.req("INV-30")
def test_a_submission_is_recalled_until_it_is_taken_up_and_anew_after_it_was_returned() -> None:
    walk = with_acceptance()
    walk.act("submit_stage", COUNTY)
    walk.act("recall_submission", COUNTY)
    walk.act("submit_stage", COUNTY)
    walk.act("take_up", GROUP)
    assert walk.refused("recall_submission", COUNTY) == ["not_yet_examined"]
    walk.act("return_submission", GROUP, text="材料需补正")
    walk.act("submit_stage", COUNTY)
    walk.act("recall_submission", COUNTY)
    assert walk.run.state == "open"
    assert Walk().walked_to("creation").refused("submit_stage", COUNTY) == ["acceptance_required"]


# --------------------------------------------------------------------------------------------------- pause


@pytest.mark.req("INV-22")
def test_a_pause_moves_what_shifts_and_nothing_that_a_document_fixes() -> None:
    walk = Walk().walked_to("self_check")
    walk.at("2024-05-06T09:00")
    walk.act("record_problems", COUNTY, **FINDING)
    (item,) = items(walk)
    walk.act("assign_item", GROUP, on=item.id, measure="补齐", unit="县司法局", person="chen", due="2024-06-10")
    assert walk.refused("pause", PROVINCE, text="防汛救灾", ground="holiday") == ["pause_allowed"]
    walk.act("pause", PROVINCE, text="防汛救灾", ground="disaster")
    assert (walk.case.state, walk.run.state) == ("paused", "open")
    assert walk.duty("pause_limit", "case").due_on == date(2024, 11, 2)
    assert walk.duty("item_due", item.id).ring_at is None
    assert walk.refused("complete_stage", COUNTY) == ["paused"]
    assert walk.refused("start_item", COUNTY, on=item.id) == ["paused"]
    walk.at("2024-05-21T09:00")
    assert walk.ring() == ["overdue", "overdue"], "score table and plan were due on a printed date"
    walk.at("2024-05-26T09:00")
    assert walk.refused("resume", PROVINCE, statements={"court_dispute": "已判决"}) == ["ground_gone.statements"]
    walk.act("resume", PROVINCE, statements={"disaster": "汛情已过"})
    assert walk.case.state == "self_check"
    assert (walk.duty("item_due", item.id).due_on, walk.duty("item_due", item.id).first_due_on) == (
        date(2024, 6, 30), date(2024, 6, 10),
    )  # fmt: skip
    assert walk.duty("stage_due").due_on == date(2024, 6, 20)
    assert walk.duty("pause_limit", "case").done_at is not None


@pytest.mark.req("INV-22")
def test_a_second_pause_has_a_limit_of_its_own() -> None:
    walk = Walk().walked_to("creation")
    walk.act("pause", PROVINCE, text="防汛救灾", ground="disaster")
    walk.at("2024-04-04T09:00")
    walk.act("resume", PROVINCE, statements={"disaster": "汛情已过"})
    walk.at("2024-10-08T09:00")
    walk.act("pause", PROVINCE, text="区划调整", ground="boundary_change")
    (limit,) = [d for d in walk.facts.duties if d.key.startswith("pause_limit") and d.done_at is None]
    assert limit.due_on == date(2025, 4, 6)


@pytest.mark.req("INV-22")
def test_a_case_that_was_returned_resumes_in_the_stage_to_which_it_was_returned() -> None:
    walk = Walk().walked_to("review")
    walk.act("return_to_stage", PREFECTURE, to="application", text="材料不完整", code="material_incomplete")
    walk.act("pause", PROVINCE, text="上级要求", ground="superior_order")
    walk.act("resume", PROVINCE, statements={"superior_order": "已撤销"})
    assert (walk.case.state, walk.run.data["run"]) == ("application", 2)
    walk.done_with("application")
    assert walk.case.state == "review"
