from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.desk import Desk
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.perform import Outcome
from tests.support.domain import SHANGHAI, done, facts, person, reference, refused, thing

OFFICE = person("office", "provincial_lbg_office")
MEDIA: dict[str, Any] = {"media": ["Province Daily"]}
CASE = thing("case", "publicity")
RUN = thing("stage", "open", id="run", parent="case", key="publicity", kind="publicity")
MEASURES = ("third_party", "satisfaction", "onsite")


def look_back(total: str = "92", state: str = "in_notice") -> Thing:
    return thing("look_back", state, id="lb", parent="round", total=total)


def notice(state: str = "draft", parent: str = "lb", **data: Any) -> Thing:
    return thing("public_notice", state, parent=parent, owner="public_notice", **data)


def opened(now: str = "2024-09-23T09:00", *company: Thing, **form: Any) -> Outcome:
    given = facts(notice(), CASE, look_back(), *company, now=now)
    return done(given, "open_notice", OFFICE, **{**MEDIA, **form})


def evaluations(total: str = "92", **states: str) -> list[Thing]:
    return [
        thing("evaluation", states.get(m, "final"), id=m, parent="case", number=n, measure=m,
              **({"total": total} if m == "third_party" else {}))
        for n, m in enumerate(MEASURES)
    ]  # fmt: skip


def objection(state: str, *, ruling: str = "", id: str = "o1", **data: Any) -> Thing:
    by = {ruling: "judge"} if ruling else {}
    return thing("objection", state, id=id, parent="public_notice", owner="public_notice", by=by, **data)


def at_the_end(*company: Thing, parent: str = "lb") -> Desk:
    """The alarm at the end of the last working day of a notice with this company."""
    here = CASE if parent == "case" else look_back()
    start = done(facts(notice(parent="lb"), CASE, look_back(), now="2024-09-23T09:00"), "open_notice", OFFICE, **MEDIA)
    things = {t.id: t for t in (CASE, RUN, here, *company, replace(start.thing, parent=parent))}
    later = datetime(2024, 9, 30, tzinfo=SHANGHAI)
    given = replace(start.desk.facts, things=things, now=later)
    return ring(given, lambda: "unused")


@pytest.mark.req("QH-11c", "GAP-SX-5")
def test_a_notice_lasts_five_working_days_and_make_up_days_count() -> None:
    (duty,) = opened().desk.facts.duties
    assert duty.due_on == date(2024, 9, 29)
    assert duty.due_at == datetime(2024, 9, 30, tzinfo=SHANGHAI)


@pytest.mark.req("QH-11c")
def test_the_day_of_opening_is_day_zero() -> None:
    (duty,) = opened("2025-11-03T23:59").desk.facts.duties
    assert duty.due_on == date(2025, 11, 10)


@pytest.mark.req("GAP-SX-5", "QH-11c")
def test_a_notice_may_be_longer_and_never_shorter() -> None:
    (duty,) = opened("2025-11-03T09:00", length=6).desk.facts.duties
    assert duty.due_on == date(2025, 11, 11)
    given = facts(notice(), CASE, look_back())
    assert refused(given, "open_notice", OFFICE, **MEDIA, length=4) == ["notice.length"]


def test_ten_calendar_days_count_the_days_off_too() -> None:
    rules = reference().publicity.model_copy(update={"days": 10, "unit": "calendar_days"})
    scheme = reference().model_copy(update={"publicity": rules})
    given = facts(notice(), CASE, look_back(), scheme=scheme, now="2025-09-29T09:00")
    (duty,) = done(given, "open_notice", OFFICE, **MEDIA).desk.facts.duties
    assert (duty.due_on, duty.unit) == (date(2025, 10, 9), "calendar_days"), "all of the holiday week counts"
    assert refused(given, "open_notice", OFFICE, **MEDIA, unit="working_days") == ["notice.unit"]


@pytest.mark.req("SX-27")
def test_what_the_caller_leaves_open_comes_from_the_scheme() -> None:
    data = opened().thing.data
    assert data["scope"] == "全省范围"
    assert (data["length"], data["unit"], data["calendar"]) == (5, "working_days", "cn")
    assert data["media"] == ["Province Daily"]


@pytest.mark.req("SX-27", "GAP-SX-5")
@pytest.mark.parametrize(
    "form",
    [{"media": None}, {"media": []}, {"unit": "days"}, {"calendar": "us"}, {"length": "5"}, {"by": "me"}],
)
def test_a_notice_is_published_as_the_scheme_says(form: dict[str, Any]) -> None:
    found = refused(facts(notice(), CASE, look_back()), "open_notice", OFFICE, **{**MEDIA, **form})
    assert found == [f"notice.{next(iter(form))}"]


def test_a_scheme_that_names_enough_kinds_of_media_does_not_ask_for_them() -> None:
    media = reference().publicity.media.model_copy(update={"kinds": ("provincial_paper",)})
    rules = reference().publicity.model_copy(update={"media": media})
    scheme = reference().model_copy(update={"publicity": rules})
    given = facts(notice(), CASE, look_back(), scheme=scheme)
    assert done(given, "open_notice", OFFICE).thing.data["media"] == ["provincial_paper"]


@pytest.mark.req("QH-11b", "INV-09")
@pytest.mark.parametrize("total", ["89.9", "89.99", "26999/300", ""])
def test_a_look_back_below_ninety_opens_no_notice(total: str) -> None:
    given = facts(notice(), CASE, look_back(total))
    assert refused(given, "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


@pytest.mark.req("QH-11b", "INV-09")
def test_ninety_opens_a_notice() -> None:
    given = facts(notice(), CASE, look_back("90"))
    assert done(given, "open_notice", OFFICE, **MEDIA).thing.state == "open"


def test_a_look_back_that_has_moved_on_opens_no_notice() -> None:
    given = facts(notice(), CASE, look_back("92", "evaluating"))
    assert refused(given, "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


@pytest.mark.parametrize(("state", "found"), [("open", ["no_other_notice_runs"]), ("cancelled", [])])
def test_a_subject_is_on_notice_once_at_a_time(state: str, found: list[str]) -> None:
    given = facts(notice(), CASE, look_back(), replace(notice(state), id="earlier"))
    assert (refused(given, "open_notice", OFFICE, **MEDIA) if found else []) == found
    if not found:
        assert done(given, "open_notice", OFFICE, **MEDIA).thing.state == "open"


def test_a_notice_belongs_to_a_case_or_a_look_back() -> None:
    given = facts(notice(parent="nothing"), CASE)
    assert refused(given, "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


@pytest.mark.req("QH-11b", "SX-26", "INV-09")
def test_a_case_is_announced_when_its_evaluations_are_final_and_the_third_party_passes_it() -> None:
    draft = notice(parent="case")
    done(facts(draft, CASE, RUN, *evaluations("90")), "open_notice", OFFICE, **MEDIA)
    for company in (
        evaluations("89.99"),
        evaluations(onsite="reported"),
        evaluations()[:2],
        evaluations(third_party="scoring"),
    ):
        assert refused(facts(draft, CASE, RUN, *company), "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


def test_an_older_result_does_not_stand_in_for_a_newer_one_that_is_open() -> None:
    again = thing("evaluation", "scoring", id="again", parent="case", number=9, measure="third_party")
    given = facts(notice(parent="case"), CASE, RUN, *evaluations(), again)
    assert refused(given, "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


def test_a_case_is_announced_in_its_stage_of_publicity() -> None:
    earlier = thing("stage", "open", id="run", parent="case", key="evaluation", kind="evaluation")
    given = facts(notice(parent="case"), CASE, earlier, *evaluations())
    assert refused(given, "open_notice", OFFICE, **MEDIA) == ["notice_precondition_met"]


@pytest.mark.req("INV-20")
def test_a_notice_is_cancelled_by_two_people() -> None:
    given = facts(notice("open"), CASE, look_back())
    assert done(given, "cancel_notice", OFFICE, text="wrong text").proposes
    assert done(given, "cancel_notice", OFFICE, second="other", text="wrong text").thing.state == "cancelled"
    assert refused(given, "cancel_notice", OFFICE, second="office", text="wrong text") == ["two_persons"]


@pytest.mark.req("QH-11d")
@pytest.mark.parametrize(
    "company",
    [
        (),
        (objection("dismissed", ruling="dismiss_objection"),),
        (objection("withdrawn"),),
        (objection("inadmissible"),),
    ],
)
def test_a_notice_nobody_objected_to_with_success_ends_clear_and_the_title_is_kept(company: Any) -> None:
    desk = at_the_end(*company)
    assert desk.thing("public_notice").state == "closed_clear"
    assert desk.sends == [Send("look_back", "confirm_retention", thing="lb")]


@pytest.mark.req("QH-11d", "SX-27")
def test_a_clear_notice_lets_the_case_go_on() -> None:
    assert at_the_end(parent="case").sends == [Send("case", "complete_stage", thing="case")]


@pytest.mark.req("GAP-QH-2")
@pytest.mark.parametrize("state", ["filed", "awaiting_supplement", "verifying"])
def test_an_open_objection_keeps_the_notice_waiting(state: str) -> None:
    desk = at_the_end(objection(state), objection("upheld", ruling="uphold_objection", id="o2", items=["REF-01"]))
    assert desk.thing("public_notice").state == "objections_pending"
    assert desk.sends == []


def scored(parent: str = "lb", id: str = "sheet", **data: Any) -> Thing:
    return thing("evaluation", "final", id=id, parent=parent, total="92", **data)


@pytest.mark.req("GAP-QH-2")
@pytest.mark.parametrize("ruling", ["uphold_objection", "uphold_objection_in_part"])
def test_items_upheld_against_a_look_back_are_scored_anew(ruling: str) -> None:
    desk = at_the_end(
        objection("upheld", ruling=ruling, items=["REF-02", "REF-01"]),
        objection("answered", ruling="uphold_objection", id="o2", items=["REF-02"]),
        scored(measure="look_back"),
    )
    assert desk.thing("public_notice").state == "closed_upheld"
    items = {"items": ["REF-01", "REF-02"]}
    assert desk.sends == [
        Send("look_back", "reopen_scoring", thing="lb"),
        Send("evaluation", "reopen_for_objection", thing="sheet", form=items),
    ]


@pytest.mark.req("GAP-QH-2", "QH-13-2")
def test_fraud_upheld_against_a_look_back_goes_to_the_revocation_review() -> None:
    fraud = objection("upheld", ruling="uphold_objection", fraud=True, items=["REF-01"])
    desk = at_the_end(fraud, scored(measure="look_back"))
    assert desk.sends == [Send("look_back", "refer_fraud", thing="lb")]


@pytest.mark.req("GAP-QH-2")
def test_a_case_is_never_moved_by_an_upheld_objection_and_its_third_party_sheet_is_reopened() -> None:
    ruled = objection("upheld", ruling="uphold_objection", items=["REF-01"])
    sheets = (
        scored("case", "third", measure="third_party"),
        scored("case", "later", measure="onsite", number=7),
    )
    desk = at_the_end(ruled, *sheets, parent="case")
    assert desk.sends == [Send("evaluation", "reopen_for_objection", thing="third", form={"items": ["REF-01"]})]
    no_items = at_the_end(objection("upheld", ruling="uphold_objection"), *sheets, parent="case")
    assert (no_items.thing("public_notice").state, no_items.sends) == ("closed_upheld", [])


def pending(*objections: Thing) -> Facts:
    return facts(notice("objections_pending"), CASE, look_back(), *objections)


@pytest.mark.req("GAP-QH-2", "QH-11d")
def test_the_last_ruling_settles_a_notice_that_waits() -> None:
    dismissed = objection("dismissed", ruling="dismiss_objection")
    assert done(pending(dismissed), "settle_notice", THE_SYSTEM).thing.state == "closed_clear"
    ruled = objection("partly_upheld", ruling="uphold_objection_in_part", items=["REF-01"])
    assert done(pending(dismissed, replace(ruled, id="o2")), "settle_notice", THE_SYSTEM).thing.state == (
        "closed_upheld"
    )
    assert refused(pending(ruled, objection("verifying", id="o2")), "settle_notice", THE_SYSTEM) == [
        "objections_none_upheld"
    ]
    assert refused(pending(dismissed), "settle_notice", OFFICE) == ["role"]
