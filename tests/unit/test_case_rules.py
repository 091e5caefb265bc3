"""What a track may add to the stages of a case: periodic reports, watched dates, reason codes, findings that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.perform import Outcome
from service.schemes.model import Scheme
from service.schemes.track import Artefact, Return
from service.schemes.validation.tracks import track_problems
from service.schemes.values import Due, Text
from tests.support.domain import reference
from tests.support.walk import COMMITTEE, COUNTY, FINDING, GROUP, PREFECTURE, PROVINCE, Walk

WEEKLY = Artefact(key="weekly", title=Text(zh="周报", en="Weekly report"), every=7, required=True)


def with_stage(key: str, **changes: Any) -> Scheme:
    """The reference programme with one stage of its area track changed."""
    scheme = reference()
    area = scheme.track("area")
    stages = tuple(s.model_copy(update=changes) if s.key == key else s for s in area.stages)
    return scheme.model_copy(update={"tracks": (area.model_copy(update={"stages": stages}), *scheme.tracks[1:])})


# ------------------------------------------------------------------------------------- periodic reports


def reporting() -> Walk:
    """A case whose creation began on Monday 4 March and owes a report every seven days."""
    return Walk(with_stage("creation", artefacts=(WEEKLY,))).walked_to("creation")


def reports(walk: Walk) -> list[tuple[str, bool, bool]]:
    """The reports of every period: the day due, whether it is served, whether it is late."""
    found = [d for d in walk.facts.duties if d.key.startswith("progress_report_due:weekly")]
    return sorted((str(d.due_on), d.done_at is not None, d.overdue) for d in found)


@pytest.mark.req("GAP-PDS-8")
@pytest.mark.req("YL-W3a")
def test_a_report_is_owed_in_every_period_from_the_start_of_the_stage() -> None:
    walk = reporting()
    assert reports(walk) == [("2024-03-11", False, False)]
    walk.at("2024-03-08T15:00")
    walk.paper("weekly", who=COUNTY)
    assert reports(walk) == [("2024-03-11", True, False), ("2024-03-18", False, False)]
    walk.at("2024-03-19T00:00")
    walk.ring()
    assert reports(walk)[1:] == [("2024-03-18", False, True), ("2024-03-25", False, False)]
    walk.paper("weekly", who=COUNTY)
    assert reports(walk)[1:] == [("2024-03-18", True, True), ("2024-03-25", False, False)], "the late one comes first"


@pytest.mark.req("PDS-M3c")
def test_the_paper_of_each_period_is_kept_and_says_whether_it_was_late() -> None:
    walk = reporting()
    for now in ("2024-03-08T15:00", "2024-03-19T09:00", "2024-03-20T09:00"):
        walk.at(now)
        walk.ring()
        walk.paper("weekly", who=COUNTY)
    newest = walk.run.data["artefacts"]["weekly"]
    assert [(p["period"], p["on"], p["late"]) for p in (*newest["earlier"], newest)] == [
        ("2024-03-11", "2024-03-08", False),
        ("2024-03-18", "2024-03-19", True),
        ("2024-03-25", "2024-03-20", False),
    ]
    assert "earlier" not in newest["earlier"][1]


def test_a_second_paper_in_one_period_does_not_serve_the_next_one() -> None:
    walk = reporting()
    walk.paper("weekly", who=COUNTY)
    walk.at("2024-03-11T20:00")
    walk.paper("weekly", who=COUNTY)
    assert reports(walk) == [("2024-03-11", True, False), ("2024-03-18", False, False)]
    assert walk.run.data["artefacts"]["weekly"]["period"] == "2024-03-11"


@pytest.mark.req("INV-22")
def test_a_pause_moves_the_reports_and_their_rhythm() -> None:
    walk = reporting()
    walk.at("2024-03-06T09:00")
    walk.act("pause", PROVINCE, text="防汛救灾", ground="disaster")
    walk.at("2024-03-16T09:00")
    walk.ring()
    walk.act("resume", PROVINCE, statements={"disaster": "汛情已过"})
    assert reports(walk) == [("2024-03-21", False, False)]
    walk.at("2024-03-20T09:00")
    walk.paper("weekly", who=COUNTY)
    assert reports(walk)[1:] == [("2024-03-28", False, False)]


def test_a_stage_that_has_ended_owes_no_report_any_more() -> None:
    walk = reporting()
    assert walk.refused("complete_stage", COUNTY) == ["artefacts_present"]
    walk.paper("weekly", who=COUNTY)
    walk.act("complete_stage", COUNTY)
    assert all(served for _, served, _ in reports(walk))
    assert not [key for key in walk.owed() if key.startswith("progress_report_due")]


# --------------------------------------------------------------------------------------- watched dates


@pytest.mark.req("YL-1f")
def test_a_refusal_for_a_missing_paper_names_the_articles_by_which_the_scheme_asks_for_it() -> None:
    walk = Walk()
    walk.enter()
    missing = walk.ask("complete_stage", COUNTY)
    assert not isinstance(missing, Outcome)
    cited = {u.code: u.rules for u in missing.unmet}["artefacts_present"]
    assert cited == ("YL-1f", "INV-01", "PDS-S2d", "YL-2d")
    bare = Walk(reference().model_copy(update={"basis": {}}))
    bare.enter()
    missing = bare.ask("complete_stage", COUNTY)
    assert not isinstance(missing, Outcome)
    assert {u.code: u.rules for u in missing.unmet}["artefacts_present"] == ("INV-01", "PDS-S2d", "YL-2d")


@pytest.mark.req("YL-3b")
def test_a_paper_of_the_cities_is_not_asked_of_a_county() -> None:
    of_cities = Artefact(key="duty_list", required=True, levels=("prefecture",))
    of_all = Artefact(key="plan", required=True)
    walk = Walk(with_stage("mobilization", artefacts=(of_cities, of_all)))
    walk.enter()
    assert [d.key for d in walk.facts.duties if d.key.startswith("artefact_due")] == ["artefact_due:plan"]
    form: dict[str, Any] = {"artefact": "duty_list", "author": "Wang", "date": "2024-03-04", "files": ["ev-1"]}
    assert walk.refused("submit_artefact", COUNTY, **form) == ["artefact_expected"]
    assert "artefacts_present" in walk.refused("complete_stage", COUNTY)
    walk.paper("plan")
    assert "artefacts_present" not in walk.refused("complete_stage", COUNTY)
    nobody = with_stage("creation", artefacts=(Artefact(key="paper", levels=("township",)),)).track("area")
    assert [p.path for p in track_problems(0, nobody)] == ["/tracks/0/stages/1/artefacts/0/levels"]


def watches(walk: Walk) -> list[str]:
    return [k for k in walk.owed() if k.startswith("pending_date_watch")]


@pytest.mark.req("GAP-YL-2")
def test_a_pending_date_is_brought_up_again_until_somebody_sets_it() -> None:
    walk = Walk().walked_to("application")
    assert watches(walk) == ["pending_date_watch:2024-04-03"]
    walk.at("2024-04-04T00:00")
    assert walk.ring() == ["remind"]
    assert watches(walk) == ["pending_date_watch:2024-05-04"]
    walk.act("set_due", PROVINCE, duty="stage_due", due_day="2024-06-30")
    assert watches(walk) == []
    assert walk.duty("stage_due").due_on == date(2024, 6, 30)


def test_a_stage_with_a_date_of_its_own_is_not_watched() -> None:
    assert watches(Walk().walked_to("creation")) == []


@pytest.mark.req("INV-22")
def test_a_date_set_during_a_pause_stays_as_it_was_set() -> None:
    walk = Walk(with_stage("application", due=Due(pending=True, shifts=True))).walked_to("application")
    walk.act("pause", PROVINCE, text="防汛救灾", ground="disaster")
    walk.at("2024-04-10T09:00")
    walk.act("set_due", PROVINCE, duty="stage_due", due_day="2024-06-30")
    walk.at("2024-04-20T09:00")
    walk.act("resume", PROVINCE, statements={"disaster": "汛情已过"})
    assert walk.duty("stage_due").due_on == date(2024, 6, 30)


# --------------------------------------------------------------------------------- the way back and what was found there


@pytest.mark.req("INV-19")
def test_a_return_names_one_of_the_reasons_that_the_stage_lists() -> None:
    walk = Walk().walked_to("review")
    form: dict[str, Any] = {"to": "application", "text": "材料不完整"}
    assert walk.refused("return_to_stage", PREFECTURE, **form) == ["reason.code"]
    assert walk.refused("return_to_stage", PREFECTURE, **form, code="objection_upheld") == ["reason.code"]
    walk.act("return_to_stage", PREFECTURE, **form, code="material_incomplete")
    assert walk.entries[-1].event == "open_stage"
    free = with_stage("review", returns=(Return(to="application", resume=True),))
    walk = Walk(free).walked_to("review")
    walk.act("return_to_stage", PREFECTURE, **form)
    assert walk.case.state == "application"


def returned_to_inspection() -> tuple[Walk, str]:
    """An inspection with a finding, left behind by a return and entered a second time."""
    scheme = with_stage("inspection", returns=(Return(to="rectification"),))
    walk = Walk(scheme).walked_to("inspection")
    walk.act("raise_findings", COMMITTEE, **FINDING)
    (item,) = walk.facts.of("rectification_item")
    walk.act("return_to_stage", GROUP, to="rectification", text="补充整改")  # nothing is left there: it is passed over
    assert walk.runs[-1] == ("inspection", 2, "open")
    return walk, item.id


@pytest.mark.req("INV-18")
def test_a_finding_holds_the_stage_in_which_it_was_raised_however_often_it_is_run() -> None:
    walk, item = returned_to_inspection()
    walk.paper("inspection_report", "rectification_report")
    done_by: dict[str, Any] = {"date": "2024-07-10", "team": ["孙"], "written_result": "合格"}
    assert walk.refused("complete_stage", COMMITTEE, **done_by) == ["no_open_item_holding"]
    walk.closed_out(item)
    walk.act("complete_stage", COMMITTEE, **done_by)
    assert walk.case.state == "application"


@pytest.mark.req("INV-18")
def test_the_last_finding_of_a_stage_releases_its_present_run_whichever_run_it_came_from() -> None:
    walk, first = returned_to_inspection()
    walk.act("raise_findings", COMMITTEE, **{**FINDING, "finding": "机构未建"})
    second = walk.facts.of("rectification_item")[-1].id
    walk.closed_out(second)
    assert walk.run.state == "held"
    walk.closed_out(first)
    assert walk.run.state == "open"


@pytest.mark.req("INV-21")
def test_a_stage_taken_up_again_after_its_date_has_the_days_that_were_left() -> None:
    scheme = with_stage("review", due=Due.model_validate({"date": "2024-03-20"}))
    walk = Walk(scheme).walked_to("review")
    review = walk.run.id
    walk.at("2024-03-10T09:00")
    walk.act("return_to_stage", PREFECTURE, to="application", text="材料不完整", code="material_incomplete")
    walk.at("2024-04-01T09:00")
    walk.done_with("application")
    duty = walk.duty("stage_due", review)
    assert (duty.due_on, duty.first_due_on, duty.overdue) == (date(2024, 4, 11), date(2024, 3, 20), False)


@pytest.mark.req("INV-21")
@pytest.mark.parametrize(("days", "due"), [(None, "2024-08-11"), (30, "2024-08-31")])
def test_an_item_reopened_after_its_date_has_time_again(days: int | None, due: str) -> None:
    scheme = reference()
    rules = scheme.rectification.model_copy(update={"item_days": days})
    walk = Walk(scheme.model_copy(update={"rectification": rules})).walked_to("inspection")
    walk.at("2024-07-21T09:00")
    walk.act("raise_findings", COMMITTEE, **FINDING)
    (item,) = walk.facts.of("rectification_item")
    walk.closed_out(item.id)
    walk.at("2024-08-01T09:00")
    walk.act("reopen_item", GROUP, on=item.id, text="问题反弹，台账又缺")
    assert walk.duty("item_due", item.id).due_on == date.fromisoformat(due)
    assert walk.duty("item_due", item.id).first_due_on == date(2024, 7, 31)


@pytest.mark.req("YL-W3b")
def test_an_urging_on_a_case_is_answered_by_work_on_its_present_stage() -> None:
    scheme = reference()
    urging = scheme.case.urge.model_copy(update={"answer_hours": 24})
    walk = Walk(scheme.model_copy(update={"case": scheme.case.model_copy(update={"urge": urging})})).walked_to(
        "creation"
    )
    walk.act("urge", PROVINCE, message="请速报进展", answer=True)
    assert "urge_answer_due" in walk.owed()
    walk.act("urge", PROVINCE, message="再次催办")
    assert "urge_answer_due" in walk.owed(), "urging once more is no answer"
    walk.paper("creation_record", who=COUNTY)
    assert "urge_answer_due" not in walk.owed()
    assert "stage_due" in walk.owed()


# --------------------------------------------------------------------------------------------- drafts


@pytest.mark.req("SX-05")
def test_a_draft_lapses_with_the_window_as_it_really_ends() -> None:
    walk = Walk()
    walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
    later = walk.batch.with_data(closes="2025-01-15")
    walk.facts = replace(walk.facts, things={**walk.facts.things, "batch": later})
    walk.at("2025-01-01T00:00")
    walk.ring()
    assert (walk.case.state, walk.owed()) == ("draft", ["draft_lapse:2025-01-15"])
    walk.act("enroll", COUNTY)
    assert not [key for key in walk.owed() if key.startswith("draft_lapse")]


def test_a_draft_that_was_kept_by_an_extension_lapses_at_its_end() -> None:
    walk = Walk()
    walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
    later = walk.batch.with_data(closes="2025-01-15")
    walk.facts = replace(walk.facts, things={**walk.facts.things, "batch": later})
    for now in ("2025-01-01T00:00", "2025-01-15T23:00"):
        walk.at(now)
        walk.ring()
        assert walk.case.state == "draft"
    walk.at("2025-01-16T00:00")
    while any(d.ring_at and d.ring_at <= walk.facts.now and not d.done_at for d in walk.facts.duties):
        walk.ring()
    assert (walk.case.state, walk.owed()) == ("withdrawn", [])


def test_an_alarm_rings_the_reports_of_a_case_on_their_days() -> None:
    walk = reporting()
    walk.at("2024-03-10T00:00")
    assert [e.form.get("duty") for e in ring(walk.facts, lambda: "id").entries] == [
        "progress_report_due:weekly:2024-03-11"
    ]


@pytest.mark.req("PDS-S4b", "GAP-QH-18")
def test_a_stage_that_need_not_be_held_is_waived_with_a_reason_and_no_other_is() -> None:
    walk = Walk(with_stage("inspection", presence="optional")).walked_to("inspection")
    assert walk.refused("waive_stage", PROVINCE) == ["reason.text"]
    walk.act("waive_stage", PROVINCE, text="市里今年不作督察")
    assert (walk.case.state, walk.runs[-2]) == ("application", ("inspection", 1, "skipped"))
    assert walk.refused("waive_stage", PROVINCE, text="今年也不申报") == ["stage_optional"]
