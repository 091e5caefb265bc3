from datetime import date
from typing import Any

import pytest

from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.measures import scores
from service.domain.perform import Outcome
from tests.support.domain import done, facts, person, reference, refused, thing

ITEMS = [i.code for i in scores.items(reference())]
OFFICE = person("office", "provincial_lbg_office")
LEAD = person("lead", "third_party_evaluator")
MEMBER = person("m1", "evaluation_team_member")
CASE = thing("case", "evaluation")
RUN = thing("stage", "open", id="run", parent="case", key="evaluation", kind="evaluation")
RECOMMENDED = thing("recommendation", "accepted", parent="case")
LOOK_BACK = thing("look_back", "evaluating", id="lb", parent="round")
TEAM: dict[str, Any] = {
    "lead": "lead",
    "members": ["m1", "m2"],
    "declarations": {"lead": "none", "m1": "none", "m2": "none"},
}
MANDATE: dict[str, Any] = {"measure": "third_party", "evaluator": "Institute", "independent": True}
REPORT: dict[str, Any] = {"level_found": "x", "trend": "x", "check_of_self_report": "x", "proposals": "x"}
FOUR = ("onsite_check", "records_lookup", "visits", "satisfaction_survey")
WHY = "found in the check"


def evaluation(state: str, parent: str = "case", **data: Any) -> Thing:
    held = {"measure": "third_party", "lead": "lead", "members": ["m1", "m2"], **data}
    return thing("evaluation", state, parent=parent, owner="evaluation", **held)


def new(parent: str = "case") -> Thing:
    return thing("evaluation", parent=parent)


def sheet(last: str = "1", person: str = "m1") -> dict[str, list[dict[str, Any]]]:
    full = {code: [{"person": person, "value": "1", "reason": None}] for code in ITEMS}
    return {**full, ITEMS[-1]: [{"person": person, "value": last, "reason": None}]}


def scoring(*company: Thing, ratings: dict[str, Any] | None = None, **data: Any) -> Facts:
    return facts(evaluation("scoring", **data), CASE, *company, ratings={"evaluation": ratings or {}})


def in_scoring(**scheme: Any) -> Facts:
    other = reference().model_copy(update={"scoring": reference().scoring.model_copy(update=scheme)})
    return facts(evaluation("scoring"), CASE, scheme=other, ratings={"evaluation": {}})


def due(outcome: Outcome) -> date | None:
    return next(d.due_on for d in outcome.desk.facts.duties if d.key == "evaluation_due")


@pytest.mark.req("QH-10a")
def test_a_mandate_is_due_sixty_calendar_days_later() -> None:
    given = facts(new(), CASE, RUN, RECOMMENDED)
    outcome = done(given, "mandate_evaluation", OFFICE, **MANDATE)
    assert outcome.thing.state == "mandated"
    assert due(outcome) == date(2024, 7, 19)


@pytest.mark.req("INV-12", "SX-24")
def test_only_a_recommended_case_is_evaluated() -> None:
    assert refused(facts(new(), CASE, RUN), "mandate_evaluation", OFFICE, **MANDATE) == ["case_was_recommended"]


def test_a_case_is_evaluated_in_its_stage_of_evaluation() -> None:
    earlier = thing("stage", "open", id="run", parent="case", key="creation", kind="creation")
    for company in ((CASE, earlier, RECOMMENDED), (CASE, RECOMMENDED)):
        assert refused(facts(new(), *company), "mandate_evaluation", OFFICE, **MANDATE) == ["mandate.measure"]


def test_an_evaluation_belongs_to_a_case_or_a_look_back() -> None:
    title = thing("designation", "active", id="title")
    assert "mandate.measure" in refused(facts(new("title"), title), "mandate_evaluation", OFFICE, **MANDATE)


@pytest.mark.req("SX-25")
@pytest.mark.parametrize(
    ("measure", "good"), [("satisfaction", True), ("onsite", True), ("look_back", False), ("x", False)]
)
def test_a_measure_is_one_of_the_scheme(measure: str, good: bool) -> None:
    given, form = facts(new(), CASE, RUN, RECOMMENDED), {**MANDATE, "measure": measure}
    if good:
        assert done(given, "mandate_evaluation", OFFICE, **form).thing.data["measure"] == measure
    else:
        assert refused(given, "mandate_evaluation", OFFICE, **form) == ["mandate.measure"]


@pytest.mark.req("QH-10a", "SX-35")
def test_a_look_back_has_its_evaluation_mandated_without_any_recommendation() -> None:
    given = facts(new("lb"), CASE, LOOK_BACK)
    outcome = done(given, "mandate_evaluation", THE_SYSTEM, **{**MANDATE, "measure": "look_back"})
    assert outcome.thing.state == "mandated"


@pytest.mark.req("INV-31")
def test_the_subject_cannot_evaluate_itself_and_independence_is_declared() -> None:
    given = facts(new(), CASE, RUN, RECOMMENDED)
    own: dict[str, Any] = {**MANDATE, "evaluator": "jiaxian"}
    assert refused(given, "mandate_evaluation", OFFICE, **own) == ["evaluator_independent"]
    undeclared: dict[str, Any] = {**MANDATE, "independent": False}
    assert refused(given, "mandate_evaluation", OFFICE, **undeclared) == ["mandate.independent"]


@pytest.mark.req("QH-10a")
def test_a_team_has_its_lead_and_the_least_number_of_persons() -> None:
    given = facts(evaluation("mandated", lead=None, members=[]), CASE)
    assert done(given, "form_team", LEAD, **TEAM).thing.state == "team_formed"
    assert refused(given, "form_team", LEAD, **{**TEAM, "members": ["m1"]}) == ["team_complete"]
    assert refused(given, "form_team", LEAD, **{**TEAM, "members": ["m1", "lead"]}) == ["team_complete"]


@pytest.mark.req("INV-31")
@pytest.mark.parametrize(
    ("company", "data", "change"),
    [
        ((), {}, {"declarations": {"lead": "none", "m1": "none"}}),
        (
            (thing("stage", "completed", id="old", parent="case", key="creation", by={"complete_stage": "m2"}),),
            {},
            {},
        ),
        ((), {"recused": ["m1"]}, {}),
    ],
    ids=["no declaration", "acted for the subject", "recused before"],
)
def test_nobody_with_a_tie_is_of_the_team(company: Any, data: Any, change: Any) -> None:
    given = facts(evaluation("mandated", **data), CASE, *company)
    assert refused(given, "form_team", LEAD, **{**TEAM, **change}) == ["evaluator_independent"]


def test_findings_raised_by_evaluators_are_no_tie() -> None:
    held = thing("stage", "held", id="run", parent="case", key="evaluation", by={"raise_findings": "m1"})
    done(facts(evaluation("mandated"), CASE, held), "form_team", LEAD, **TEAM)


@pytest.mark.req("INV-04", "QH-10f", "QH-10g")
def test_who_accompanies_is_never_of_the_team() -> None:
    given = facts(evaluation("mandated", accompanying=["m2", "lead"]), CASE)
    assert refused(given, "form_team", LEAD, **TEAM) == ["team.lead", "team.members"]


def test_malformed_parts_are_refused_and_never_crash_a_guard() -> None:
    given = facts(evaluation("mandated"), CASE)
    found = refused(given, "form_team", LEAD, lead=5, members="m1", declarations=[1])
    assert {"team.lead", "team.members", "team.declarations"} <= set(found)
    found = refused(scoring(items=[ITEMS[0]]), "submit_score", MEMBER, scores=[1], not_applicable=7)
    assert {"rating.scores", "rating.not_applicable"} <= set(found)


@pytest.mark.req("INV-31")
def test_another_evaluator_brings_a_team_of_its_own() -> None:
    given = facts(evaluation("fieldwork"), CASE)
    outcome = done(given, "replace_evaluator", OFFICE, text=WHY, evaluator="Academy", independent=True)
    data = outcome.thing.data
    assert (outcome.thing.state, data["evaluator"], data["lead"], data["members"]) == (
        "mandated",
        "Academy",
        None,
        [],
    )
    form: dict[str, Any] = {"text": WHY, "evaluator": "jiaxian", "independent": True}
    assert refused(given, "replace_evaluator", OFFICE, **form) == ["evaluator_independent"]


@pytest.mark.req("QH-10h", "INV-31")
def test_a_recused_member_scores_no_more_and_its_scores_no_longer_count() -> None:
    gone = done(scoring(), "recuse_member", MEMBER, text=WHY, member="m1").thing
    assert (gone.data["members"], gone.data["recused"]) == (["m2"], ["m1"])
    after = facts(gone, CASE, ratings={"evaluation": sheet()})
    assert refused(after, "submit_score", MEMBER, scores={ITEMS[0]: "1"}) == ["scorer_is_member"]
    assert refused(after, "lock_scores", LEAD) == ["indicators_all_rated"]


def test_a_member_recuses_only_itself_and_the_lead_anybody_of_the_team() -> None:
    assert refused(scoring(), "recuse_member", MEMBER, text=WHY, member="m2") == ["reason.member"]
    assert done(scoring(), "recuse_member", LEAD, text=WHY, member="m2").thing.data["members"] == ["m1"]
    assert refused(scoring(), "recuse_member", LEAD, text=WHY, member="stranger") == ["reason.member"]


def test_a_lead_who_leaves_hands_over_to_a_member() -> None:
    assert refused(scoring(), "recuse_member", OFFICE, text=WHY, member="lead") == ["reason.successor"]
    form: dict[str, Any] = {"text": WHY, "member": "lead", "successor": "lead"}
    assert refused(scoring(), "recuse_member", OFFICE, **form) == ["reason.successor"]
    after = done(scoring(), "recuse_member", OFFICE, text=WHY, member="lead", successor="m2").thing
    assert (after.data["lead"], after.data["members"]) == ("m2", ["m1"])


@pytest.mark.req("QH-10h", "INV-04")
def test_only_members_score() -> None:
    assert done(scoring(), "submit_score", MEMBER, scores={ITEMS[0]: "0.9"}).move.plain
    stranger = person("stranger", "evaluation_team_member")
    assert refused(scoring(), "submit_score", stranger, scores={ITEMS[0]: "0.9"}) == ["scorer_is_member"]


@pytest.mark.req("QH-10g", "QH-10h", "INV-04")
def test_who_accompanies_never_scores_whatever_else_they_are() -> None:
    named = scoring(accompanying=["m1"])
    assert refused(named, "submit_score", MEMBER, scores={ITEMS[0]: "1"}) == ["scorer_not_accompanying"]
    liaison = person("m1", "evaluation_team_member", "accompanying_liaison")
    assert refused(scoring(), "submit_score", liaison, scores={ITEMS[0]: "1"}) == ["scorer_not_accompanying"]
    only = person("liaison", "accompanying_liaison")
    assert refused(scoring(), "submit_score", only, scores={ITEMS[0]: "1"}) == ["role"]


@pytest.mark.req("GAP-QH-3", "INV-09")
def test_points_go_in_steps_and_come_as_strings() -> None:
    assert refused(scoring(), "submit_score", MEMBER, scores={ITEMS[0]: "0.95"}) == ["step_respected"]
    assert "rating.scores" in refused(scoring(), "submit_score", MEMBER, scores={ITEMS[0]: 0.9})
    assert refused(scoring(), "submit_score", MEMBER) == ["rating.scores"]


@pytest.mark.req("QH-10b")
def test_scores_keep_to_the_indicator_system() -> None:
    found = refused(scoring(), "submit_score", MEMBER, scores={"NO-SUCH": "1"})
    assert found == ["step_respected", "rating_consistent"]


def test_an_item_is_set_aside_with_a_reason_only_where_the_scheme_admits_it() -> None:
    aside = {ITEMS[0]: "no such duty"}
    assert refused(scoring(), "submit_score", MEMBER, not_applicable=aside) == ["indicator_applicable"]
    done(in_scoring(not_applicable="leave_out"), "submit_score", MEMBER, not_applicable=aside)


@pytest.mark.req("QH-11a")
def test_scores_are_locked_when_every_item_is_rated_and_the_exact_total_stays_on_record() -> None:
    short = sheet()
    del short[ITEMS[5]]
    assert refused(scoring(ratings=short), "lock_scores", LEAD) == ["indicators_all_rated"]
    locked = done(scoring(ratings=sheet("0.9")), "lock_scores", LEAD).thing
    assert (locked.state, locked.data["total"]) == ("locked", "99.9")


def test_scorers_who_must_agree_settle_their_differences_before_the_lock() -> None:
    ratings = sheet()
    ratings[ITEMS[0]] = [*ratings[ITEMS[0]], {"person": "m2", "value": "0.5", "reason": None}]
    assert refused(scoring(ratings=ratings), "lock_scores", LEAD) == ["indicators_all_rated"]


@pytest.mark.req("SX-25", "HY-T04")
def test_a_survey_that_is_used_is_final_before_the_lock() -> None:
    survey = thing("survey", "computed", parent="evaluation")
    assert refused(scoring(survey, ratings=sheet()), "lock_scores", LEAD) == ["survey_final_if_used"]
    final = thing("survey", "final", parent="evaluation")
    assert done(scoring(final, ratings=sheet()), "lock_scores", LEAD).thing.data["total"] == "100"


def test_a_satisfaction_evaluation_needs_its_survey_and_no_score_sheet() -> None:
    assert refused(scoring(measure="satisfaction"), "lock_scores", LEAD) == ["survey_final_if_used"]
    final = thing("survey", "final", parent="evaluation")
    locked = done(scoring(final, measure="satisfaction"), "lock_scores", LEAD).thing
    assert (locked.state, locked.data["total"]) == ("locked", None)


@pytest.mark.req("QH-10c")
def test_a_report_waits_for_a_record_of_each_required_method() -> None:
    at = evaluation("fieldwork")
    for method in FOUR:
        form = {"method": method, "date": "2024-05-19", "record": "seen"}
        at = done(facts(at, CASE), "record_method_use", LEAD, **form).thing
    three: dict[str, Any] = {**at.data, "methods_used": at.data["methods_used"][:3]}
    assert refused(facts(evaluation("locked", **three), CASE), "submit_report", LEAD, **REPORT) == [
        "required_methods_used"
    ]
    done(facts(evaluation("locked", **at.data), CASE), "submit_report", LEAD, **REPORT)
    done(facts(evaluation("locked", measure="onsite"), CASE), "submit_report", LEAD, **REPORT)


@pytest.mark.req("GAP-ALL-4")
def test_another_method_is_recorded_only_where_the_list_is_open() -> None:
    use: dict[str, Any] = {"method": "drone_survey", "date": "2024-05-19", "record": "seen"}
    given = facts(evaluation("fieldwork"), CASE)
    done(given, "record_method_use", LEAD, **use)
    methods = reference().evaluation.methods.model_copy(update={"open": False})
    rules = reference().evaluation.model_copy(update={"methods": methods})
    closed = facts(evaluation("fieldwork"), CASE, scheme=reference().model_copy(update={"evaluation": rules}))
    assert refused(closed, "record_method_use", LEAD, **use) == ["method_use.method"]
    assert refused(given, "record_method_use", LEAD, **{**use, "date": "2024-05-21"}) == ["method_use.date"]


@pytest.mark.req("QH-10d", "QH-10e")
def test_a_report_says_level_trend_check_and_proposals() -> None:
    used = [{"method": m} for m in FOUR]
    given = facts(evaluation("locked", methods_used=used), CASE)
    assert refused(given, "submit_report", LEAD, level_found="x", trend="x") == [
        "evaluation_report.check_of_self_report",
        "evaluation_report.proposals",
    ]


def test_a_report_in_time_closes_the_duty_and_a_returned_one_takes_it_up_again() -> None:
    mandated = done(facts(new(), CASE, RUN, RECOMMENDED), "mandate_evaluation", OFFICE, **MANDATE)
    duties = mandated.desk.facts.duties
    used = [{"method": m} for m in FOUR]
    reported = done(
        facts(evaluation("locked", methods_used=used), CASE, duties=duties), "submit_report", LEAD, **REPORT
    )
    assert all(d.done_at for d in reported.desk.facts.duties)
    back = done(facts(reported.thing, CASE, duties=reported.desk.facts.duties), "return_report", OFFICE, text=WHY)
    assert [(d.done_at, d.due_on) for d in back.desk.facts.duties] == [(None, date(2024, 7, 19))]


@pytest.mark.req("INV-20", "QH-10i")
def test_scoring_anew_after_a_procedure_check_takes_two_people() -> None:
    given = facts(evaluation("procedure_recheck"), CASE)
    assert done(given, "order_rescoring", OFFICE, text=WHY).proposes
    assert refused(given, "order_rescoring", OFFICE, second="office", text=WHY) == ["two_persons"]
    assert done(given, "order_rescoring", OFFICE, second="another", text=WHY).thing.state == "scoring"


@pytest.mark.req("QH-09b")
def test_a_look_back_gets_its_score_when_the_result_is_accepted() -> None:
    reported = evaluation("reported", "lb", measure="look_back", total="89.9")
    outcome = done(facts(reported, CASE, LOOK_BACK), "accept_report", OFFICE)
    assert outcome.desk.sends == [Send("look_back", "record_score", thing="lb", form={"total": "89.9"})]


def test_a_look_back_waits_until_all_its_evaluations_are_final() -> None:
    reported = evaluation("reported", "lb", measure="look_back", total="92")
    other = thing("evaluation", "scoring", id="survey-based", parent="lb", measure="satisfaction")
    assert not done(facts(reported, CASE, LOOK_BACK, other), "accept_report", OFFICE).desk.sends
    dead = thing("evaluation", "terminated", id="dead", parent="lb", measure="look_back")
    assert done(facts(reported, CASE, LOOK_BACK, dead), "accept_report", OFFICE).desk.sends


def test_a_second_evaluation_of_a_look_back_gives_the_newer_score() -> None:
    first = evaluation("final", "lb", id="first", number=1, measure="look_back", total="84")
    second = evaluation("reported", "lb", number=2, measure="look_back", total="91")
    (sent,) = done(facts(second, CASE, LOOK_BACK, first), "accept_report", OFFICE).desk.sends
    assert isinstance(sent, Send)
    assert sent.form == {"total": "91"}


def test_the_result_of_a_case_is_not_sent_anywhere() -> None:
    assert not done(facts(evaluation("reported", total="92"), CASE), "accept_report", OFFICE).desk.sends


def upheld(items: list[str], state: str = "closed_upheld") -> tuple[Thing, Thing]:
    notice = thing("public_notice", state, id="notice", parent="lb")
    ruled = thing("objection", "answered", parent="notice", items=items, by={"uphold_objection": "other"})
    return notice, ruled


@pytest.mark.req("GAP-QH-2")
def test_an_upheld_objection_reopens_the_items_it_names_and_no_others() -> None:
    final = evaluation("final", "lb", measure="look_back", total="100")
    company = (CASE, LOOK_BACK, *upheld([ITEMS[0]]))
    assert refused(facts(final, *company), "reopen_for_objection", THE_SYSTEM, items=[ITEMS[1]]) == [
        "objection_upheld_on_items"
    ]
    again = done(facts(final, *company), "reopen_for_objection", THE_SYSTEM, items=[ITEMS[0]]).thing
    assert again.state == "scoring"
    given = facts(again, *company, ratings={"evaluation": {**sheet(), ITEMS[0]: []}})
    done(given, "submit_score", MEMBER, scores={ITEMS[0]: "0.5"})
    assert refused(given, "submit_score", MEMBER, scores={ITEMS[1]: "0.5"}) == ["scorer_is_member"]
    locked = done(facts(again, *company, ratings={"evaluation": sheet("0.5")}), "lock_scores", LEAD).thing
    assert (locked.data["total"], locked.data["items"]) == ("99.5", [])


@pytest.mark.req("GAP-QH-2")
def test_nothing_is_reopened_while_the_notice_is_still_open_or_by_hand() -> None:
    final = evaluation("final", "lb", measure="look_back", total="100")
    given = facts(final, CASE, LOOK_BACK, *upheld([ITEMS[0]], "objections_pending"))
    assert refused(given, "reopen_for_objection", THE_SYSTEM, items=[ITEMS[0]]) == ["objection_upheld_on_items"]
    assert refused(given, "reopen_for_objection", OFFICE, items=[ITEMS[0]]) == ["role"]


def test_an_outside_evaluation_is_recorded_as_final_and_has_no_score() -> None:
    fact: dict[str, Any] = {"source": "city office", "number": "No. 5", "date": "2024-05-01", "file": "e1"}
    outcome = done(facts(new(), CASE), "record_external_evaluation", person("o", "leading_group_office"), **fact)
    assert outcome.thing.state == "final"
    assert "total" not in outcome.thing.data
    assert outcome.desk.thing(outcome.thing.id).data["closed"] is True, "no workflow waits for what nobody will do"


@pytest.mark.req("PDS-S5b")
def test_an_outside_evaluation_says_which_measure_it_was_unless_the_authority_commissions_that_itself() -> None:
    track = reference().tracks[0]
    outside = track.model_copy(update={"stages": tuple(s for s in track.stages if s.kind != "evaluation")})
    bidding = reference().model_copy(update={"tracks": (outside,)})
    who, event = person("o", "leading_group_office"), "record_external_evaluation"
    fact: dict[str, Any] = {"source": "city office", "number": "No. 5", "date": "2024-05-01", "file": "e1"}
    case = thing("case", "central_opinion")
    told = done(facts(new(), case, scheme=bidding), event, who, **fact, measure="onsite")
    assert told.thing.data["measure"] == "onsite"
    assert refused(facts(new(), case, scheme=bidding), event, who, **fact, measure="ghost") == ["external_fact.measure"]
    assert refused(facts(new(), CASE), event, who, **fact, measure="onsite") == ["external_fact.measure"]
