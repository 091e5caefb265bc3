from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.facts import THE_PUBLIC, Duty, Facts, Thing
from service.domain.perform import Outcome
from tests.support.domain import SHANGHAI, done, facts, person, reference, refused, thing

JUDGE = person("judge", "provincial_lbg_office")
CASE = thing("case", "evaluation", by={"enrol": "clerk"})
LOOK_BACK = thing("look_back", "in_notice", id="lb", parent="round", by={"commission_evaluation": "officer"})
SHEET = thing(
    "evaluation", "final", parent="lb", lead="lead", members=["m1"], by={"accept_report": "chief"}, total="92"
)
LETTER: dict[str, Any] = {
    "reasons": "The figures are wrong.",
    "identity": "a citizen",
    "way_to_answer": "post box 1",
}
RULING: dict[str, Any] = {"what_was_checked": "the register", "what_was_found": "an error"}
ITEMS: dict[str, Any] = {"items": ["REF-01"]}
WHY = "the identity is missing"


def notice(state: str = "open", parent: str = "lb") -> Thing:
    return thing("public_notice", state, parent=parent, owner="public_notice", by={"open_notice": "publisher"})


def objection(state: str = "@new", **data: Any) -> Thing:
    return thing("objection", state, parent="public_notice", owner="public_notice", **data)


def given(about: Thing, *, at: Thing | None = None, now: str = "2025-11-20T10:00", **more: Any) -> Facts:
    return facts(about, CASE, LOOK_BACK, SHEET, at or notice(), now=now, **more)


def duty(outcome: Outcome, key: str) -> Duty:
    return next(d for d in outcome.desk.facts.duties if d.key == key)


def after(outcome: Outcome, now: str) -> Facts:
    """The facts that an outcome left, later. `done` counts IDs anew each time: duties are kept apart."""
    instant = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    duties = tuple(replace(d, id=d.key) for d in outcome.desk.facts.duties)
    return replace(outcome.desk.facts, thing=outcome.thing, now=instant, duties=duties)


@pytest.mark.req("QH-11d", "GAP-QH-2")
def test_an_objection_is_filed_while_the_notice_is_open_and_admitted_within_two_working_days() -> None:
    outcome = done(given(objection()), "file_objection", THE_PUBLIC, **LETTER)
    assert outcome.thing.state == "filed"
    assert duty(outcome, "objection_admission_due").due_on == date(2025, 11, 24)


@pytest.mark.req("GAP-QH-2", "QH-11c")
@pytest.mark.parametrize("state", ["draft", "closed_clear", "objections_pending", "cancelled"])
def test_no_objection_is_taken_unless_the_notice_is_open(state: str) -> None:
    found = refused(given(objection(), at=notice(state)), "file_objection", THE_PUBLIC, **LETTER)
    assert found == ["notice_accepts_objections"]


@pytest.mark.req("QH-11c")
def test_the_period_ends_with_its_last_day_even_before_the_alarm_has_closed_the_notice() -> None:
    over = datetime(2025, 11, 25, tzinfo=SHANGHAI)
    end = Duty("d", "public_notice", "public_notice", "notice_end", due_on=date(2025, 11, 24), due_at=over)
    late = given(objection(), now="2025-11-25T00:00", duties=[end])
    assert refused(late, "file_objection", THE_PUBLIC, **LETTER) == ["notice_accepts_objections"]
    done(given(objection(), now="2025-11-24T23:59", duties=[end]), "file_objection", THE_PUBLIC, **LETTER)


@pytest.mark.req("GAP-QH-2")
def test_identity_and_way_to_answer_are_personal_and_asked_for_unless_the_scheme_admits_anonymous_ones() -> None:
    anonymous: dict[str, Any] = {"reasons": LETTER["reasons"]}
    assert refused(given(objection()), "file_objection", THE_PUBLIC, **anonymous) == [
        "objection.identity",
        "objection.way_to_answer",
    ]
    rules = reference().publicity
    admits = rules.model_copy(update={"objection": rules.objection.model_copy(update={"anonymous": True})})
    scheme = reference().model_copy(update={"publicity": admits})
    outcome = done(given(objection(), scheme=scheme), "file_objection", THE_PUBLIC, **anonymous)
    assert [p.name for p in outcome.move.form.parts if p.personal] == ["identity", "way_to_answer"]


@pytest.mark.req("GAP-QH-2", "INV-31")
@pytest.mark.parametrize("handler", ["officer", "chief", "lead", "m1"])
@pytest.mark.parametrize(
    ("state", "event", "form"),
    [
        ("filed", "admit_objection", {}),
        ("filed", "reject_objection", {"text": WHY}),
        ("verifying", "dismiss_objection", RULING),
        ("verifying", "uphold_objection", {**RULING, **ITEMS}),
        ("verifying", "uphold_objection_in_part", {**RULING, **ITEMS}),
    ],
)
def test_nobody_rules_on_what_they_had_a_part_in(handler: str, state: str, event: str, form: Any) -> None:
    tied = person(handler, "provincial_lbg_office")
    assert refused(given(objection(state)), event, tied, **form) == ["handler_independent"]
    done(given(objection(state)), event, JUDGE, **form)


@pytest.mark.req("INV-31")
def test_whoever_published_the_notice_has_no_part_in_what_it_announces() -> None:
    done(given(objection("filed")), "admit_objection", person("publisher", "provincial_lbg_office"))


@pytest.mark.req("GAP-QH-2")
def test_verification_takes_ten_working_days_with_one_extension_of_as_many() -> None:
    outcome = done(given(objection("filed"), now="2025-11-21T10:00"), "admit_objection", JUDGE)
    due = duty(outcome, "objection_verification_due")
    assert due.due_on == date(2025, 12, 5)
    ask: dict[str, Any] = {"duty": due.key, "text": "more to check"}
    again = done(after(outcome, "2025-12-01T10:00"), "extend_due", JUDGE, **ask, date="2025-12-19")
    assert duty(again, due.key).due_on == date(2025, 12, 19)
    too_long = refused(after(outcome, "2025-12-01T10:00"), "extend_due", JUDGE, **ask, date="2025-12-22")
    assert too_long == ["extension_allowed"]
    twice = refused(after(again, "2025-12-02T10:00"), "extend_due", JUDGE, **ask, date="2025-12-22")
    assert twice == ["extension_allowed"]


@pytest.mark.req("GAP-QH-2")
def test_an_objection_that_is_not_supplemented_in_three_working_days_lapses() -> None:
    asked = done(given(objection("filed"), now="2025-11-20T10:00"), "request_supplement", JUDGE, text=WHY)
    assert duty(asked, "objection_supplement_due").due_on == date(2025, 11, 25)
    late = ring(after(asked, "2025-11-26T00:00"), lambda: "unused")
    assert late.thing("objection").state == "inadmissible"


@pytest.mark.req("GAP-QH-2")
def test_each_supplement_and_the_admission_after_it_have_a_period_of_their_own() -> None:
    filed = done(given(objection(), now="2025-11-17T10:00"), "file_objection", THE_PUBLIC, **LETTER)
    asked = done(after(filed, "2025-11-18T10:00"), "request_supplement", JUDGE, text=WHY)
    assert duty(asked, "objection_admission_due").done_at is not None
    said = done(after(asked, "2025-11-20T10:00"), "supplement_objection", THE_PUBLIC, supplement="here it is")
    assert duty(said, "objection_admission_due").due_on == date(2025, 11, 24)
    assert duty(said, "objection_admission_due").done_at is None
    assert duty(said, "objection_supplement_due").done_at is not None
    anew = done(after(said, "2025-11-24T10:00"), "request_supplement", JUDGE, text=WHY)
    assert duty(anew, "objection_supplement_due").due_on == date(2025, 11, 27)


@pytest.mark.req("GAP-QH-2")
def test_against_a_look_back_a_ruling_names_items_or_fraud() -> None:
    at = given(objection("verifying"))
    assert refused(at, "uphold_objection", JUDGE, **RULING) == ["verification_report.items"]
    assert refused(at, "uphold_objection", JUDGE, **RULING, items=["NO-SUCH"]) == ["verification_report.items"]
    assert done(at, "uphold_objection", JUDGE, **RULING, fraud=True).thing.data["fraud"] is True
    assert refused(at, "uphold_objection", JUDGE, **ITEMS) == [
        "verification_report.what_was_checked",
        "verification_report.what_was_found",
    ]


def test_against_a_case_a_ruling_may_name_neither() -> None:
    about_case = given(objection("verifying"), at=notice(parent="case"))
    assert done(about_case, "uphold_objection", JUDGE, **RULING).thing.state == "upheld"
    clerk = person("clerk", "provincial_lbg_office")
    assert refused(about_case, "uphold_objection", clerk, **RULING) == ["handler_independent"]


@pytest.mark.req("GAP-QH-2", "QH-11d")
@pytest.mark.parametrize(
    ("state", "event", "who", "form", "closed"),
    [
        ("verifying", "dismiss_objection", JUDGE, RULING, "closed_clear"),
        ("filed", "reject_objection", JUDGE, {"text": WHY}, "closed_clear"),
        ("verifying", "withdraw_objection", THE_PUBLIC, {}, "closed_clear"),
        ("verifying", "uphold_objection", JUDGE, {**RULING, **ITEMS}, "closed_upheld"),
        ("verifying", "uphold_objection_in_part", JUDGE, {**RULING, **ITEMS}, "closed_upheld"),
    ],
)
def test_the_last_ending_settles_a_notice_that_waits(state: str, event: str, who: Any, form: Any, closed: str) -> None:
    outcome = done(given(objection(state), at=notice("objections_pending")), event, who, **form)
    assert outcome.desk.thing("public_notice").state == closed
    assert outcome.desk.sends


def test_while_the_notice_runs_or_others_are_open_a_ruling_settles_nothing() -> None:
    running = done(given(objection("verifying")), "dismiss_objection", JUDGE, **RULING)
    assert running.desk.thing("public_notice").state == "open"
    other = thing("objection", "filed", id="o2", parent="public_notice", owner="public_notice")
    waiting = facts(objection("verifying"), CASE, LOOK_BACK, SHEET, notice("objections_pending"), other)
    outcome = done(waiting, "uphold_objection", JUDGE, **RULING, **ITEMS)
    assert outcome.desk.thing("public_notice").state == "objections_pending"


@pytest.mark.req("GAP-QH-2")
@pytest.mark.parametrize("state", ["dismissed", "upheld", "partly_upheld", "inadmissible"])
def test_each_ending_is_answered_with_the_identity_masked(state: str) -> None:
    at = given(objection(state))
    assert done(at, "answer_objector", JUDGE, text="our answer", identity_masked=True).thing.ended
    found = refused(at, "answer_objector", JUDGE, text="our answer", identity_masked=False)
    assert found == ["answer.identity_masked"]
