from dataclasses import replace
from datetime import date

import pytest

from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Ask, Duty, Facts, Thing
from service.domain.machine import Refused
from service.domain.perform import perform
from service.domain.titles.reminder import MACHINE
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing, verdict

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
HOLDER = person("zhao", "designee")

GROUNDS = {"low_satisfaction": "满意度 61%", "area_slides": "排名后移"}
PLAN = {"measure": "专项整治", "unit": "县司法局", "person": "chen", "due": "2024-07-01"}
SINCE = {"issue_reminder": "2024-05-06"}


def title(state: str = "reminded", **data: object) -> Thing:
    return thing("designation", state, id="title", parent="case", named_on="2024-03-01", **data)


def order(state: str, **data: object) -> Thing:
    said = {"grounds": GROUNDS, "on": SINCE, **data}
    return thing("reminder", state, id="order", parent="title", owner="title", **said)


def item(state: str, holds: str = "order") -> Thing:
    return thing("rectification_item", state, id="item", parent="order", owner="title", holds=holds)


def due(day: str) -> Duty:
    return Duty("d", "title", "order", "reminder_rectification_due", date.fromisoformat(day))


def with_reminder(**changes: object) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"reminder": scheme.reminder.model_copy(update=changes)})


def without_own_revocation() -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"revocation": scheme.revocation.model_copy(update={"mode": "external"})})


def drafted(**data: object) -> Facts:
    draft = order("drafted", by={"draft_reminder": "li"}, **data)
    return facts(draft, title("active"))


@pytest.mark.req("GAP-SX-9")
def test_a_reminder_is_drafted_only_where_the_scheme_has_one() -> None:
    new = order("@new", grounds=None)
    assert done(facts(new, title()), "draft_reminder", OFFICE, grounds=GROUNDS).thing.data["grounds"] == GROUNDS
    assert verdict(facts(new, title()), "draft_reminder", THE_SYSTEM).move.to == "drafted"
    none = facts(new, title(), scheme=with_reminder(present=False))
    assert refused(none, "draft_reminder", OFFICE) == ["scheme:reminder.present"]


@pytest.mark.req("QH-12a")
@pytest.mark.req("INV-20")
def test_another_person_issues_the_reminder_and_the_title_is_reminded() -> None:
    outcome = done(drafted(), "issue_reminder", SECOND)
    assert outcome.thing.state == "issued"
    assert outcome.desk.facts.things["title"].state == "reminded"
    assert refused(drafted(), "issue_reminder", OFFICE) == ["two_persons"]


@pytest.mark.req("QH-12b")
@pytest.mark.req("GAP-QH-9")
def test_the_order_runs_for_ninety_days_unless_it_names_its_own_day() -> None:
    plain = done(drafted(), "issue_reminder", SECOND).desk.duties.values()
    assert [str(d.due_on) for d in plain] == ["2024-08-18"]
    own = done(drafted(), "issue_reminder", SECOND, due_day="2024-07-15").desk.duties.values()
    assert [str(d.due_on) for d in own] == ["2024-07-15"]
    assert refused(drafted(), "issue_reminder", SECOND, due_day="2024-05-19") == ["reminder_order.due_day"]


@pytest.mark.req("GAP-QH-9")
def test_the_order_may_be_extended_once_by_thirty_days() -> None:
    (rule,) = MACHINE.duties
    assert rule.extensions is not None
    assert rule.extensions(drafted()) == (1, 30)


@pytest.mark.req("GAP-QH-13")
def test_a_ground_for_projects_is_refused_for_an_area() -> None:
    given = drafted(grounds={"project_stands_still": "停滞"})
    assert refused(given, "issue_reminder", SECOND) == ["ground_fits_class"]
    unknown = drafted(grounds={"bad_weather": "雨"})
    assert refused(unknown, "issue_reminder", SECOND) == ["reminder_order.grounds"]
    assert refused(drafted(grounds=None), "issue_reminder", SECOND) == ["reminder_order.grounds"]


@pytest.mark.parametrize("at", ["reminded", "suspended", "revocation_review"])
def test_a_title_under_another_measure_stays_where_it_is(at: str) -> None:
    given = facts(order("drafted"), title(at))
    assert done(given, "issue_reminder", SECOND).desk.facts.things["title"].state == at


def test_no_reminder_is_issued_on_a_title_that_has_ended() -> None:
    found = perform(
        facts(order("drafted", by={"draft_reminder": "office"}), title("revoked")),
        Ask("issue_reminder", {}, SECOND),
        lambda: "new",
    )
    assert isinstance(found, Refused)


@pytest.mark.req("INV-16")
@pytest.mark.req("GAP-QH-1")
def test_a_draft_for_which_a_look_back_waits_is_not_discarded() -> None:
    visit = thing("look_back", "reminded", id="visit", designation="title")
    waiting = facts(thing("reminder", "drafted", id="order", parent="title", look_back="visit"), title("active"), visit)
    assert refused(waiting, "discard_reminder", OFFICE, text="情况已查清") == ["no_look_back_waits"]
    over = facts(waiting.thing, title("active"), replace(visit, state="cancelled", ended=True))
    assert done(over, "discard_reminder", OFFICE, text="情况已查清").thing.ended


def test_a_draft_is_discarded_with_a_reason() -> None:
    assert done(drafted(), "discard_reminder", OFFICE, text="情况已查清").thing.ended
    assert refused(drafted(), "discard_reminder", OFFICE) == ["reason.text"]


@pytest.mark.req("QH-12b")
@pytest.mark.req("INV-02")
def test_the_designee_acknowledges_with_a_plan_that_makes_one_item_of_each_ground() -> None:
    given = facts(order("issued"), title())
    desk = done(given, "acknowledge_reminder", HOLDER, **PLAN).desk
    items = [t for t in desk.things.values() if t.machine == "rectification_item"]
    assert [(i.data["basis"], i.data["finding"]) for i in items] == list(GROUNDS.items())
    for each in items:
        assert (each.state, each.owner, each.parent, each.data["holds"]) == (
            "raised",
            "title",
            "order",
            "order",
        )
        assert {k: each.data[k] for k in PLAN} == PLAN
    lacking = {k: v for k, v in PLAN.items() if k != "person"}
    assert refused(given, "acknowledge_reminder", HOLDER, **lacking) == ["four_clears.person"]


def test_an_item_of_the_plan_is_assigned_without_saying_it_all_again() -> None:
    desk = done(facts(order("issued"), title()), "acknowledge_reminder", HOLDER, **PLAN).desk
    each = next(t for t in desk.things.values() if t.machine == "rectification_item")
    assert done(replace(desk.facts, thing=each), "assign_item", OFFICE).thing.state == "assigned"


@pytest.mark.req("QH-12b")
def test_the_report_waits_for_every_item_of_the_order() -> None:
    report = {"report": "整改完成"}
    for state in ("raised", "assigned", "in_progress"):
        given = facts(order("rectifying"), title(), item(state))
        assert refused(given, "submit_rectification", HOLDER, **report) == ["items_all_submitted"]
    for state in ("submitted", "verified", "closed", "void"):
        given = facts(order("rectifying"), title(), item(state), duties=[due("2024-06-01")])
        outcome = done(given, "submit_rectification", HOLDER, **report)
        assert outcome.thing.state == "submitted"
        assert all(d.done_at for d in outcome.desk.duties.values())
    elsewhere = facts(order("rectifying"), title(), item("raised", holds="another"))
    assert done(elsewhere, "submit_rectification", HOLDER, **report).thing.state == "submitted"


@pytest.mark.req("QH-12b")
def test_a_returned_report_takes_up_the_date_of_the_order_again() -> None:
    done_duty = replace(due("2024-06-01"), done_at=facts(order("submitted")).now)
    given = facts(order("submitted", report="x"), title(), duties=[done_duty])
    outcome = done(given, "return_rectification", OFFICE, text="材料不全")
    assert [(str(d.due_on), d.done_at) for d in outcome.desk.duties.values()] == [("2024-06-01", None)]


@pytest.mark.req("QH-12b")
def test_verification_waits_for_open_items_and_is_never_done_by_who_did_the_work() -> None:
    given = facts(order("submitted"), title(), item("closed"))
    assert done(given, "verify_rectification", OFFICE).thing.state == "verified"
    still = facts(order("submitted"), title(), item("submitted"))
    assert refused(still, "verify_rectification", OFFICE) == ["no_open_item_holding"]
    own = facts(order("submitted", person="li"), title())
    assert refused(own, "verify_rectification", OFFICE) == ["verifier_not_responsible"]


@pytest.mark.req("QH-12b")
@pytest.mark.req("INV-20")
def test_two_persons_lift_the_reminder_and_the_look_back_is_retained() -> None:
    visit = thing("look_back", "reminded", id="visit")
    given = facts(order("verified", look_back="visit"), title(), visit)
    assert done(given, "lift_reminder", OFFICE).proposes
    outcome = done(given, "lift_reminder", SECOND, second="li")
    assert outcome.desk.facts.things["title"].state == "active"
    assert outcome.desk.sends == [Send("look_back", "retain_after_reminder", "visit")]


def test_a_title_with_a_second_reminder_in_force_stays_reminded() -> None:
    second = thing("reminder", "rectifying", id="second", parent="title", owner="title")
    outcome = done(facts(order("verified"), title(), second), "lift_reminder", SECOND, second="li")
    assert outcome.thing.state == "lifted"
    assert outcome.desk.facts.things["title"].state == "reminded"


def test_a_look_back_that_is_scored_again_is_not_told_of_the_lifted_reminder() -> None:
    visit = thing("look_back", "evaluating", id="visit")
    given = facts(order("verified", look_back="visit"), title(), visit)
    assert done(given, "lift_reminder", SECOND, second="li").desk.sends == []


@pytest.mark.req("QH-13-5")
def test_an_order_fails_when_its_date_is_past_or_its_report_shows_no_improvement() -> None:
    form = {"text": "整改不力", "ground": "rectification_failed"}
    running = facts(order("rectifying"), title(), duties=[due("2024-05-20")])
    assert refused(running, "fail_rectification", OFFICE, **form, finding="date_past") == ["no_clear_improvement"]
    assert refused(running, "fail_rectification", OFFICE, **form, finding="no_improvement") == ["no_clear_improvement"]
    assert refused(running, "fail_rectification", OFFICE, **form) == ["reason.finding"]
    late = facts(order("rectifying"), title(), duties=[due("2024-05-19")])
    assert done(late, "fail_rectification", OFFICE, **form, finding="date_past").thing.state == "escalated"
    reported = facts(order("submitted"), title(), duties=[due("2024-06-30")])
    assert done(reported, "fail_rectification", OFFICE, **form, finding="no_improvement").thing.state == "escalated"


@pytest.mark.req("QH-13-5")
def test_a_failed_order_opens_a_revocation_case_and_tells_the_look_back() -> None:
    visit = thing("look_back", "reminded", id="visit")
    given = facts(order("submitted", look_back="visit"), title(), visit)
    form = {"text": "整改不力", "ground": "rectification_failed", "finding": "no_improvement"}
    desk = done(given, "fail_rectification", OFFICE, **form).desk
    (case,) = (t for t in desk.things.values() if t.machine == "revocation_case")
    assert case.state == "opened"
    assert case.data["grounds"] == {"rectification_failed": "整改不力"}
    assert (case.data["reminder"], case.data["look_back"], case.parent) == ("order", "visit", "title")
    assert desk.facts.things["title"].state == "revocation_review"
    assert desk.sends == [Send("look_back", "escalate_look_back", "visit")]
    wrong = {**form, "ground": "bad_weather"}
    assert refused(given, "fail_rectification", OFFICE, **wrong) == ["reason.ground"]


def test_where_the_office_cannot_revoke_the_order_still_escalates() -> None:
    given = facts(order("submitted"), title(), scheme=without_own_revocation())
    desk = done(given, "fail_rectification", OFFICE, text="整改不力", finding="no_improvement").desk
    assert {t.machine for t in desk.things.values()} == {"reminder"}


@pytest.mark.req("QH-13-5")
def test_a_recurrence_needs_a_serious_problem_recorded_since_the_order() -> None:
    form = {"text": "再次发生", "ground": "rectification_failed"}
    serious = {"kind": "serious_problem", "date": "2024-05-06"}
    given = facts(order("verified"), title(facts=[serious]))
    assert done(given, "record_recurrence", OFFICE, **form).thing.state == "escalated"
    for fact in ({**serious, "date": "2024-05-05"}, {**serious, "kind": "criticism"}):
        assert refused(facts(order("verified"), title(facts=[fact])), "record_recurrence", OFFICE, **form) == [
            "serious_recurrence"
        ]


@pytest.mark.req("INV-16")
def test_a_reminder_closes_with_the_title_and_not_before() -> None:
    assert done(facts(order("issued"), title("revoked")), "close_for_title_end", THE_SYSTEM).thing.ended
    assert refused(facts(order("issued"), title()), "close_for_title_end", THE_SYSTEM) == ["title_has_ended"]
