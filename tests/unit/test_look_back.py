"""A look-back: self-evaluation, an independent evaluation, the band of the exact total, and what it sends."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain import duties
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.look_backs.look_back import MACHINE
from service.schemes.model import Scheme
from tests.support.domain import done, entailed, facts, person, reference, refused, thing, verdict

OFFICE = person("sun", "provincial_lbg_office")
DESIGNEE = person("wang", "designee", scope="organization:gov")
PARTS = {"progress_since_naming": "新增三项制度", "inspection_rectified": "督察事项已整改"}
SCHEDULE = {"self_evaluation_day": "2025-09-12", "evaluation_day": "2025-10-20"}
EVALUATOR: dict[str, Any] = {"evaluator": "政法大学评估中心", "independent": True}


def at(
    state: str,
    *company: Thing,
    rules: Scheme | None = None,
    round_state: str = "running",
    title: str = "active",
    now: str = "2025-09-10T09:00",
    **data: Any,
) -> Facts:
    own = {"owner": "round", "parent": "round", "organization": "gov"}
    said = {"designation": "title", **SCHEDULE, **data}
    about = thing("look_back", state, id="visit", data=said, **own)
    the_round = thing("look_back_round", round_state, id="round", chain="round", track=None, batch=None)
    named = thing("designation", title, id="title", parent="case")
    return facts(about, the_round, named, *company, now=now, scheme=rules)


def rules(**changed: Any) -> Scheme:
    base = reference()
    raw = base.look_back.model_dump(by_alias=True) | changed
    return base.model_copy(update={"look_back": type(base.look_back).model_validate(raw)})


def evaluation(state: str = "final", id: str = "evaluation") -> Thing:
    return thing("evaluation", state, id=id, parent="visit", measure="look_back")


@pytest.mark.req("QH-09c")
def test_the_designee_is_told_the_day_of_its_self_evaluation() -> None:
    outcome = done(at("drawn"), "notify_designee", OFFICE, **SCHEDULE)
    assert outcome.thing.state == "notified"
    assert [(d.key, d.due_on) for d in outcome.desk.facts.duties] == [("self_evaluation_due", date(2025, 9, 12))]


@pytest.mark.req("SX-35")
def test_a_scheme_without_self_evaluation_goes_straight_on() -> None:
    bare = rules(self_evaluation={"parts": [], "due": "pending"})
    outcome = done(at("drawn", rules=bare), "notify_designee", OFFICE, **SCHEDULE)
    assert outcome.thing.state == "self_evaluated"
    assert all(d.done_at for d in outcome.desk.facts.duties)


@pytest.mark.req("QH-09d")
def test_a_missing_part_of_the_self_evaluation_is_named() -> None:
    found = verdict(at("notified"), "submit_self_evaluation", DESIGNEE, parts={"progress_since_naming": "有进展"})
    assert "法治政府建设督察督办事项整改情况" in found.unmet[0].zh
    assert "Rectification of matters raised by inspection" in found.unmet[0].en


@pytest.mark.req("QH-09d")
@pytest.mark.req("GAP-ALL-4")
def test_a_self_evaluation_may_say_more_than_it_must() -> None:
    parts = {**PARTS, "numbers": "办件 3 万"}
    assert done(at("notified"), "submit_self_evaluation", DESIGNEE, parts=parts).thing.state == "self_evaluated"


@pytest.mark.req("QH-09c")
def test_nobody_goes_on_without_the_report_before_its_day_is_past() -> None:
    early = at("notified", now="2025-09-12T23:59")
    assert refused(early, "proceed_without_report", OFFICE) == ["self_evaluation_missing_or_unneeded"]
    late = at("notified", now="2025-09-13T00:00")
    assert done(late, "proceed_without_report", OFFICE).thing.state == "self_evaluated"


@pytest.mark.req("QH-09c")
def test_an_extended_day_counts() -> None:
    given = at("notified", now="2025-09-15T09:00")
    duty = duties.opened(MACHINE.duties[0], duties.Due(date(2025, 9, 20)), given, "duty")
    longer = Facts(given.scheme, given.calendar, given.now, given.thing, given.things, (duty,))
    assert refused(longer, "proceed_without_report", OFFICE) == ["self_evaluation_missing_or_unneeded"]


@pytest.mark.req("QH-10a")
def test_commissioning_mandates_an_evaluation_of_the_look_back() -> None:
    outcome = done(at("self_evaluated"), "commission_evaluation", OFFICE, accompanying=["liu"], **EVALUATOR)
    assert outcome.thing.state == "evaluating"
    form = {"measure": "look_back", **EVALUATOR, "accompanying": ["liu"]}
    assert outcome.desk.sends == [Send("evaluation", "mandate_evaluation", parent="visit", form=form)]


@pytest.mark.req("QH-10f")
def test_where_the_scheme_says_so_the_office_sends_somebody_along() -> None:
    given = at("self_evaluated")
    scheme = given.scheme.model_copy(
        update={"evaluation": given.scheme.evaluation.model_copy(update={"accompanied": True})}
    )
    alone = replace(given, scheme=scheme)
    assert refused(alone, "commission_evaluation", OFFICE, **EVALUATOR) == ["mandate.accompanying"]
    done(alone, "commission_evaluation", OFFICE, accompanying=["liu"], **EVALUATOR)


@pytest.mark.req("INV-31")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"independent": False}, "mandate.independent"),
        ({"independent": None}, "mandate.independent"),
        ({"evaluator": "gov"}, "evaluator_independent"),
        ({"evaluator": "jiaxian"}, "evaluator_independent"),
    ],
)
def test_an_evaluator_with_a_tie_is_refused(changed: dict[str, Any], code: str) -> None:
    form = {**EVALUATOR, **changed}
    assert refused(at("self_evaluated"), "commission_evaluation", OFFICE, **form) == [code]


@pytest.mark.req("QH-10e")
@pytest.mark.parametrize("state", ["reported", "scoring", None])
def test_no_score_is_recorded_before_the_evaluation_is_final(state: str | None) -> None:
    company = [evaluation(state)] if state else []
    assert refused(at("evaluating", *company), "record_score", THE_SYSTEM, total="92") == ["evaluations_final"]


def test_an_evaluation_that_was_terminated_does_not_stand_in_the_way() -> None:
    company = [evaluation("final"), evaluation("terminated", "second")]
    assert done(at("evaluating", *company), "record_score", THE_SYSTEM, total="92").thing.state == "in_notice"


@pytest.mark.req("QH-11b")
@pytest.mark.req("INV-09")
@pytest.mark.req("GAP-QH-1")
@pytest.mark.parametrize(
    ("total", "state"),
    [
        ("92", "in_notice"),
        ("90", "in_notice"),
        ("270/3", "in_notice"),
        ("89.9", "reminded"),
        ("89.99999999999999999999", "reminded"),
        ("269/3", "reminded"),
        ("80", "reminded"),
        ("79.9", "in_revocation"),
        ("0", "in_revocation"),
    ],
)
def test_the_exact_total_decides_what_follows(total: str, state: str) -> None:
    given = at("evaluating", evaluation())
    assert done(given, "record_score", THE_SYSTEM, total=total).thing.state == state


@pytest.mark.parametrize("total", [92, 92.0, "九十", "1e999999", "-1", "90/0", ""])
def test_a_total_that_is_no_exact_number_is_refused(total: Any) -> None:
    codes = refused(at("evaluating", evaluation()), "record_score", THE_SYSTEM, total=total)
    assert codes == ["score.total"]


def test_a_total_below_every_band_stays_and_the_refusal_names_the_edges() -> None:
    high = rules(bands=[{"at_least": "90", "outcome": "notice"}])
    scored = done(at("evaluating", evaluation(), rules=high), "record_score", THE_SYSTEM, total="70").desk.facts
    assert scored.things["visit"].state == "scored"
    found = verdict(scored.at(scored.things["visit"]), "apply_band", OFFICE)
    assert "notice >= 90" in found.unmet[0].missing


def sent(total: str, scheme: Scheme | None = None) -> list[Send]:
    return done(at("evaluating", evaluation(), rules=scheme), "record_score", THE_SYSTEM, total=total).desk.sends


@pytest.mark.req("GAP-QH-1")
def test_eighty_to_ninety_drafts_a_reminder_to_the_designee() -> None:
    expected = Send("reminder", "draft_reminder", parent="title", data={"look_back": "visit"})
    assert sent("88.5") == [expected]


@pytest.mark.req("QH-13-3")
def test_less_than_eighty_opens_a_revocation_case_on_the_ground_of_the_scheme() -> None:
    [follow_up] = sent("79.5")
    assert (follow_up.machine, follow_up.event, follow_up.parent) == (
        "revocation_case",
        "open_revocation",
        "title",
    )
    assert list(follow_up.form["grounds"]) == ["conditions_no_longer_met"]
    assert "79.5" in follow_up.form["grounds"]["conditions_no_longer_met"]
    assert follow_up.data == {"look_back": "visit"}


def test_a_scheme_that_lists_no_ground_opens_no_review() -> None:
    base = reference()
    scheme = base.model_copy(update={"revocation": base.revocation.model_copy(update={"grounds": ()})})
    outcome = done(at("evaluating", evaluation(), rules=scheme), "record_score", THE_SYSTEM, total="10")
    assert (outcome.thing.state, outcome.desk.sends) == ("scored", [])


def test_the_title_itself_stays_as_it_is() -> None:
    for total in ("92", "85", "10"):
        outcome = done(at("evaluating", evaluation()), "record_score", THE_SYSTEM, total=total)
        assert set(outcome.desk.things) == {"visit"}


@pytest.mark.req("SX-35")
def test_a_band_that_retains_closes_the_look_back_without_a_notice() -> None:
    scheme = rules(bands=[{"at_least": "1", "outcome": "retain"}, {"at_least": "0", "outcome": "revocation"}])
    outcome = done(at("evaluating", evaluation(), rules=scheme), "record_score", THE_SYSTEM, total="1")
    assert outcome.thing.state == "closed"


def notice(state: str, id: str = "notice", parent: str = "visit", number: int = 1) -> Thing:
    return thing("public_notice", state, id=id, parent=parent, number=number)


@pytest.mark.req("QH-11d")
@pytest.mark.req("QH-11e")
@pytest.mark.req("QH-11f")
def test_a_clear_notice_keeps_the_title_with_what_it_brings() -> None:
    outcome = done(at("in_notice", notice("closed_clear")), "confirm_retention", THE_SYSTEM)
    assert outcome.thing.state == "closed"
    assert [(e.effect, e.amount, e.rules, e.removed_on) for e in entailed(outcome)] == [
        ("bonus", None, ("QH-11f", "GAP-QH-15"), "designation.revoked"),
        ("priority", None, ("QH-11e", "GAP-QH-15"), "designation.revoked"),
    ]


@pytest.mark.req("QH-11d")
@pytest.mark.parametrize(
    "company",
    [
        [],
        [notice("open")],
        [notice("closed_clear", parent="case")],
        [notice("closed_clear"), notice("closed_upheld", "second", number=2)],
    ],
    ids=["none", "still open", "that of the naming", "an earlier one"],
)
def test_no_other_notice_keeps_the_title(company: list[Thing]) -> None:
    assert refused(at("in_notice", *company), "confirm_retention", OFFICE) == ["public_notice=closed_clear"]


def objection(parent: str = "notice", **data: Any) -> Thing:
    return thing("objection", "answered", id="objection", parent=parent, by={"uphold_objection": "sun"}, **data)


@pytest.mark.req("GAP-QH-2")
def test_an_objection_upheld_on_items_opens_the_scoring_again() -> None:
    company = [notice("closed_upheld"), objection(items=["PDS-I01"])]
    assert done(at("in_notice", *company), "reopen_scoring", THE_SYSTEM).thing.state == "evaluating"
    without = [notice("closed_upheld"), objection(fraud=True)]
    assert refused(at("in_notice", *without), "reopen_scoring", THE_SYSTEM) == ["objection_upheld_on_items"]


@pytest.mark.req("GAP-QH-2")
@pytest.mark.req("QH-13-2")
def test_an_objection_upheld_on_fraud_goes_to_the_revocation_review() -> None:
    outcome = done(at("in_notice", notice("closed_upheld"), objection(fraud=True)), "refer_fraud", THE_SYSTEM)
    assert outcome.thing.state == "in_revocation"
    [follow_up] = outcome.desk.sends
    assert list(follow_up.form["grounds"]) == ["false_material"]
    without = [notice("closed_upheld"), objection(items=["PDS-I01"])]
    assert refused(at("in_notice", *without), "refer_fraud", THE_SYSTEM) == ["objection_upheld_on_fraud"]


def reminder(state: str, look_back: str = "visit") -> Thing:
    return thing("reminder", state, id="order", owner="title", parent="title", look_back=look_back)


@pytest.mark.req("GAP-QH-1")
def test_one_re_evaluation_is_made_after_the_rectification_is_verified() -> None:
    outcome = done(at("reminded", reminder("verified")), "reevaluate", OFFICE, **EVALUATOR)
    assert (outcome.thing.state, outcome.thing.data["reevaluations"]) == ("evaluating", 1)
    assert [s.event for s in outcome.desk.sends] == ["mandate_evaluation"]
    used = at("reminded", reminder("verified"), reevaluations=1)
    assert refused(used, "reevaluate", OFFICE, **EVALUATOR) == ["reevaluation_left"]
    early = at("reminded", reminder("rectifying"))
    assert refused(early, "reevaluate", OFFICE, **EVALUATOR) == ["reminder=verified"]


def test_a_reminder_of_another_year_does_not_count() -> None:
    given = at("reminded", reminder("verified", look_back="last-year"))
    assert refused(given, "reevaluate", OFFICE, **EVALUATOR) == ["reminder=verified"]


@pytest.mark.req("QH-12b")
def test_a_lifted_reminder_keeps_the_title_without_a_bonus() -> None:
    outcome = done(at("reminded", reminder("lifted")), "retain_after_reminder", THE_SYSTEM)
    assert outcome.thing.state == "closed"
    assert entailed(outcome) == []
    assert refused(at("reminded", reminder("issued")), "retain_after_reminder", THE_SYSTEM) == ["reminder=lifted"]


@pytest.mark.req("QH-13-5")
def test_a_failed_reminder_takes_the_look_back_to_the_review_that_it_opened() -> None:
    outcome = done(at("reminded", reminder("escalated")), "escalate_look_back", THE_SYSTEM)
    assert (outcome.thing.state, outcome.desk.sends) == ("in_revocation", [])


@pytest.mark.req("QH-13-3")
@pytest.mark.parametrize("state", ["settled", "dismissed", "reversed", "closed"])
def test_the_outcome_of_the_review_closes_the_look_back(state: str) -> None:
    review = thing("revocation_case", state, id="review", owner="title", parent="title", look_back="visit")
    outcome = done(at("in_revocation", review), "record_outcome", THE_SYSTEM)
    assert (outcome.thing.state, outcome.thing.data["outcome"]) == ("closed", state)


def test_a_review_that_still_runs_closes_nothing() -> None:
    review = thing("revocation_case", "hearing", id="review", owner="title", parent="title", look_back="visit")
    code = "revocation_case=settled/dismissed/reversed/closed"
    assert refused(at("in_revocation", review), "record_outcome", THE_SYSTEM) == [code]


@pytest.mark.req("INV-16")
@pytest.mark.parametrize(
    ("round_state", "title", "cancelled"),
    [
        ("running", "active", False),
        ("running", "revoked", True),
        ("running", "exited", True),
        ("cancelled", "active", True),
        ("planned", "active", True),
    ],
)
def test_a_look_back_ends_with_its_title_or_its_round(round_state: str, title: str, cancelled: bool) -> None:
    given = at("evaluating", round_state=round_state, title=title)
    if cancelled:
        assert done(given, "cancel_look_back", THE_SYSTEM).thing.state == "cancelled"
    else:
        assert refused(given, "cancel_look_back", THE_SYSTEM) == ["title_ended_or_round_cancelled"]


def test_a_returned_self_evaluation_is_due_on_its_day_again() -> None:
    told = done(at("drawn"), "notify_designee", OFFICE, **SCHEDULE).desk.facts
    given_in = done(told.at(told.things["visit"]), "submit_self_evaluation", DESIGNEE, parts=PARTS).desk.facts
    assert all(d.done_at for d in given_in.duties)
    back = done(given_in.at(given_in.things["visit"]), "return_self_evaluation", OFFICE, text="缺少佐证").desk.facts
    assert [(d.due_on, d.done_at) for d in back.duties] == [(date(2025, 9, 12), None)]
