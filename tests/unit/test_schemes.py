"""The shipped programme `reference` says what its documents say."""

from decimal import Decimal

import pytest

from service.schemes import loader
from service.schemes.validation.validator import problems
from tests.support.schemes import AREA, REFERENCE


def test_the_shipped_programme_has_no_problem() -> None:
    assert "reference" in loader.shipped()
    assert problems(REFERENCE) == []


@pytest.mark.req("INV-17")
def test_the_reference_track_exercises_every_kind_of_stage_in_order() -> None:
    def mark(optional: bool, skip: str) -> str:
        return "?" if optional else "~" if skip != "none" else ""

    walk = [f"{s.key}:{s.kind}{mark(s.presence == 'optional', s.skip_when)}" for s in AREA.stages]
    assert " > ".join(walk) == (
        "mobilization:mobilization > creation:creation > self_check:self_check > "
        "rectification:rectification~ > inspection:inspection > application:application > "
        "review:preliminary_review > central_opinion:external? > evaluation:evaluation > "
        "publicity:publicity > naming:naming"
    )
    returns = [(s.key, r.to, r.resume) for s in AREA.stages for r in s.returns]
    assert returns == [("review", "application", True), ("publicity", "evaluation", False)]
    assert AREA.outcome == "named"


@pytest.mark.req("QH-11a")
def test_a_hundred_items_of_one_point_make_a_hundred() -> None:
    items = REFERENCE.indicator_system.indicators
    assert len(items) == 100
    assert sum(one.max_points for one in items if one.max_points) == REFERENCE.scoring.max == 100
    own = [one for one in items if one.group == "R"]
    assert [one.code for one in own] == [f"REF-{number:02}" for number in range(1, 15)]
    assert [one for one in items if one.provisional] == own


@pytest.mark.req("QH-11b")
@pytest.mark.req("INV-09")
@pytest.mark.parametrize(
    ("points", "outcome"),
    [("90", "pass"), ("89.99", "fail"), ("89.9", "fail"), ("100", "pass"), ("0", "fail")],
)
def test_ninety_points_pass_and_nothing_below_is_rounded_up(points: str, outcome: str) -> None:
    band = REFERENCE.band(Decimal(points))
    assert band is not None
    assert band.outcome == outcome


@pytest.mark.req("GAP-QH-1")
@pytest.mark.parametrize(
    ("points", "outcome"),
    [
        ("90", "notice"),
        ("89.99", "reminder"),
        ("80", "reminder"),
        ("79.99", "revocation"),
        ("0", "revocation"),
    ],
)
def test_a_look_back_total_falls_into_exactly_one_band(points: str, outcome: str) -> None:
    band = REFERENCE.look_back_band(Decimal(points))
    assert band is not None
    assert band.outcome == outcome


@pytest.mark.req("YL-2d")
@pytest.mark.req("GAP-YL-3")
def test_the_score_table_is_due_before_its_stage_ends() -> None:
    stage = AREA.stage("self_check")
    table = stage.artefact("score_table")
    assert table is not None
    assert table.required
    assert table.due is not None
    assert str(table.due.date) == "2024-05-20"
    assert str(stage.due.date) == "2024-06-20"
    assert stage.due.wording == "2024年6月中旬前"
    assert stage.artefact("no_such_paper") is None


@pytest.mark.req("GAP-YL-2")
def test_stages_without_a_printed_date_are_pending_and_watched() -> None:
    assert [s.key for s in AREA.stages if s.due.pending] == [
        "application",
        "review",
        "central_opinion",
        "evaluation",
        "publicity",
        "naming",
    ]
    assert {s.due.watch_days for s in AREA.stages} == {30}


@pytest.mark.req("INV-18")
def test_findings_go_where_the_kind_of_the_stage_says() -> None:
    found = {s.key: s.findings for s in AREA.stages if s.findings != "none"}
    assert found == {"self_check": "next_rectification", "inspection": "this_stage"}


@pytest.mark.req("QH-12-5")
@pytest.mark.req("QH-12-6")
@pytest.mark.req("GAP-QH-13")
def test_two_of_the_six_reminder_grounds_fit_one_class_only() -> None:
    fits = {g.rules[0]: (g.fits("area"), g.fits("project")) for g in REFERENCE.reminder.grounds}
    assert fits.pop("QH-12-5") == (False, True)
    assert fits.pop("QH-12-6") == (True, False)
    assert fits == {f"QH-12-{n}": (True, True) for n in range(1, 5)}


@pytest.mark.req("GAP-QH-10")
def test_only_the_open_revocation_ground_asks_for_fifty_characters() -> None:
    asked = {ground.rules: ground.free_text_min for ground in REFERENCE.revocation.grounds}
    assert asked == {(f"QH-13-{n}",): 0 for n in range(1, 6)} | {("QH-13-6",): 50}


@pytest.mark.req("YL-1b")
@pytest.mark.req("YL-1c")
def test_nine_task_forces_of_one_head_one_lead_unit_and_one_liaison_are_asked_for() -> None:
    force = REFERENCE.organization["mobilization"][0]
    assert (force.kind, force.count, force.head, force.lead_unit, force.liaison) == ("task_force", 9, 1, 1, 1)
    assert len(REFERENCE.indicator_system.groups) == force.count


def test_a_stage_fills_a_slot_before_the_scheme_does() -> None:
    assert REFERENCE.concrete_roles("stage_office") == ("leading_group_office",)
    assert REFERENCE.concrete_roles("stage_office", "area", "review") == ("prefecture_lbg_office",)
    assert REFERENCE.concrete_roles("stage_office", "area", "creation") == ("leading_group_office",)
    assert REFERENCE.concrete_roles("timer") == ()


def test_a_track_is_walked_from_first_to_last() -> None:
    assert AREA.first.key == "mobilization"
    assert AREA.before("mobilization") is None
    after = AREA.after("review")
    assert after is not None
    assert after.key == "central_opinion"
    assert AREA.after("naming") is None
    with pytest.raises(KeyError, match="no stage nowhere"):
        AREA.stage("nowhere")
    with pytest.raises(KeyError, match="no track project"):
        REFERENCE.track("project")


@pytest.mark.parametrize(
    ("path", "value", "holds"),
    [
        ("annual_report.present", None, True),
        ("reminder.present", None, True),
        ("look_back.mode", None, True),
        ("look_back.mode", "sample", True),
        ("revocation.mode", "own", True),
        ("revocation.mode", "external", False),
        ("title.on_merger", "cancel", True),
        ("title.on_merger", "transfer", False),
        ("title.suspension", None, False),
        ("title.validity.length", None, False),
        ("title.recheck.every", None, False),
        ("look_back.ranking", None, False),
        ("annual_report.publish", "no", True),
        ("no.such.path", None, False),
    ],
)
def test_a_setting_holds_when_it_is_neither_absent_none_nor_false(path: str, value: str | None, holds: bool) -> None:
    assert REFERENCE.declares(path, value) is holds


def test_a_suspension_that_is_not_present_is_absent() -> None:
    definition = loader.dump(REFERENCE)
    definition["title"]["suspension"] = {"present": False}
    assert loader.load(definition).setting("title.suspension") is None
    definition["title"]["suspension"] = {"present": True, "grounds": []}
    assert loader.load(definition).setting("title.suspension.max_days") == 180


def test_names_that_python_reserves_are_found_by_their_name_in_the_schema() -> None:
    assert REFERENCE.setting("scoring.pass") == REFERENCE.scoring.pass_
    assert REFERENCE.setting("window.from") is None
    assert AREA.class_ == "area"
