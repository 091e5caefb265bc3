import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.evaluations.survey import satisfied
from service.domain.evaluations.survey_forms import respondent
from service.domain.facts import THE_PUBLIC, Duty, Facts, Thing
from service.domain.measures.draws import differences
from service.domain.perform import Outcome
from service.schemes.measures import SurveySample
from service.schemes.model import Scheme
from tests.support.domain import SHANGHAI, done, facts, person, reference, refused, thing

CASE = thing("case", "evaluation")
PARENT = thing("evaluation", "fieldwork", parent="case", measure="satisfaction")
LEAD = person("lead", "third_party_evaluator")
OFFICE = person("office", "provincial_lbg_office")
PLAN: dict[str, Any] = {
    "questionnaire": "v3",
    "scale": 5,
    "compulsory_questions": ["q1", "q2"],
    "population": "residents over 18",
    "strata": {"town": 30, "village": 10},
    "size": 8,
}
REGISTER: dict[str, Any] = {"town": [f"t{n}" for n in range(30)], "village": [f"v{n}" for n in range(10)]}
GOOD: dict[str, Any] = {"respondent": "t1", "stratum": "town", "answers": {"q1": 5, "q2": 4}}
WHY = "too few people answered"

RESPONDENT = person("x", "survey_respondent")


def survey(state: str, **data: Any) -> Thing:
    return thing("survey", state, parent="evaluation", owner="evaluation", **{**PLAN, **data})


def given(about: Thing, count: int = 0, **by_stratum: int) -> Facts:
    answers = {"count": count, "satisfied": count // 2, "by_stratum": by_stratum, "codes": frozenset({"t9"})}
    return facts(about, CASE, PARENT, answers={"survey": answers}, entropy="made by the service")


def sampled_by(**rule: Any) -> Scheme:
    sample = SurveySample.model_validate({"population": "all", "size": 1, **rule})
    of_survey = reference().evaluation.survey.model_copy(update={"sample": sample})
    rules = reference().evaluation.model_copy(update={"survey": of_survey})
    return reference().model_copy(update={"evaluation": rules})


def end(outcome: Outcome) -> Duty:
    return next(d for d in outcome.desk.facts.duties if d.key == "survey_end")


@pytest.mark.req("PDS-V3", "SX-25")
def test_a_plan_fixes_questionnaire_scale_strata_and_size() -> None:
    at = given(thing("survey", parent="evaluation"))
    assert done(at, "plan_survey", LEAD, **PLAN).thing.state == "planned"
    without: dict[str, Any] = {k: v for k, v in PLAN.items() if k != "compulsory_questions"}
    assert refused(at, "plan_survey", LEAD, **without) == ["survey_plan.compulsory_questions"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("scale", 1),
        ("satisfied_from", 6),
        ("strata", {"town": 0}),
        ("strata", []),
        ("size", 41),
        ("size", "8"),
        ("target", "1.1"),
        ("target", 0.9),
        ("target", "1e999999999"),
        ("unknown", 1),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(part: str, value: object) -> None:
    at = given(thing("survey", parent="evaluation"))
    assert refused(at, "plan_survey", LEAD, **{**PLAN, part: value}) == [f"survey_plan.{part}"]


def test_a_plan_keeps_to_the_size_that_the_scheme_asks_for() -> None:
    at = replace(given(thing("survey", parent="evaluation")), scheme=sampled_by(size=9))
    assert refused(at, "plan_survey", LEAD, **PLAN) == ["survey_plan.size"]
    done(at, "plan_survey", LEAD, **{**PLAN, "size": 9})


@pytest.mark.req("INV-29", "SX-25")
def test_a_sample_is_drawn_by_strata_and_can_be_drawn_again_from_its_record() -> None:
    drawn = done(given(survey("planned")), "draw_respondents", LEAD, register=REGISTER).thing
    assert {stratum: len(codes) for stratum, codes in drawn.data["sample"].items()} == {
        "town": 6,
        "village": 2,
    }
    assert differences(drawn.data["draw"]) == []
    otherwise = replace(given(survey("planned")), more={"entropy": "another"})
    other = done(otherwise, "draw_respondents", LEAD, register=REGISTER).thing
    assert other.data["sample"] != drawn.data["sample"]


def test_more_may_be_drawn_than_must_answer_and_a_small_stratum_gets_its_least_number() -> None:
    at = replace(given(survey("planned")), scheme=sampled_by(min_per_stratum=7))
    drawn = done(at, "draw_respondents", LEAD, register=REGISTER, number=20).thing
    assert {stratum: len(codes) for stratum, codes in drawn.data["sample"].items()} == {
        "town": 15,
        "village": 7,
    }
    assert refused(at, "draw_respondents", LEAD, register=REGISTER, number=7) == ["draw.number"]


@pytest.mark.req("PDS-I58", "INV-29")
def test_as_many_are_drawn_as_must_answer_so_that_no_survey_is_without_a_result() -> None:
    halves = replace(given(survey("planned")), scheme=sampled_by(min_coverage="0.5"))
    drawn = done(halves, "draw_respondents", LEAD, register=REGISTER).thing
    assert {stratum: len(codes) for stratum, codes in drawn.data["sample"].items()} == {"town": 15, "village": 5}
    weights = sampled_by(size=20, weights={"town": "1", "village": "9"}, allocation="weights")
    weighed = replace(given(survey("planned", size=20)), scheme=weights)
    for event, more in (("draw_respondents", {}), ("fix_draw", {"seed_source": "the lottery of Friday"})):
        assert refused(weighed, event, LEAD, register=REGISTER, **more) == [
            "draw.register" if not more else "seed_source.register"
        ]
    assert refused(weighed, "draw_respondents", LEAD, register=REGISTER, number=20) == ["draw.register"]
    drawn = done(weighed, "draw_respondents", LEAD, register=REGISTER, number=100).thing
    assert {stratum: len(codes) for stratum, codes in drawn.data["sample"].items()} == {"town": 10, "village": 10}


@pytest.mark.req("PDS-I58")
def test_nobody_asks_for_more_answers_than_a_stratum_has_people() -> None:
    rules = sampled_by(min_per_stratum=12)
    assert refused(replace(given(survey("closed"), 24, town=12, village=9), scheme=rules), "compute_result", LEAD) == [
        "sample_size_reached"
    ]
    whole = replace(given(survey("closed"), 22, town=12, village=10), scheme=rules)
    assert done(whole, "compute_result", LEAD).thing.state == "computed"


@pytest.mark.req("INV-29")
def test_a_draw_needs_the_register_that_was_planned_and_no_seed_of_ones_own() -> None:
    at = given(survey("planned"))
    assert refused(at, "draw_respondents", LEAD) == ["draw.register", "draw_reproducible"]
    assert refused(at, "draw_respondents", LEAD, seed="mine", register=REGISTER) == ["draw.seed"]
    short: dict[str, Any] = {**REGISTER, "village": ["v0"]}
    assert refused(at, "draw_respondents", LEAD, register=short) == ["draw_reproducible"]
    twice: dict[str, Any] = {**REGISTER, "village": REGISTER["town"][:10]}
    assert refused(at, "draw_respondents", LEAD, register=twice) == ["draw.register"]


@pytest.mark.req("SX-25", "HY-T04")
def test_a_survey_stays_open_fifteen_calendar_days_and_may_stay_longer() -> None:
    assert end(done(given(survey("planned")), "open_survey", LEAD)).due_on == date(2024, 6, 4)
    longer = done(given(survey("sampled")), "open_survey", LEAD, opens="2024-05-21", closes="2024-06-30")
    assert end(longer).due_on == date(2024, 6, 30)
    later = done(given(survey("sampled")), "open_survey", LEAD, opens="2024-05-21")
    assert end(later).due_on == date(2024, 6, 5)


@pytest.mark.req("SX-05")
@pytest.mark.parametrize(
    "window",
    [{"closes": "2024-06-03"}, {"opens": "2024-05-19"}, {"opens": "2024-05-21", "closes": "2024-05-20"}],
)
def test_a_window_is_in_order_not_past_and_not_too_short(window: dict[str, str]) -> None:
    found = refused(given(survey("planned")), "open_survey", LEAD, **window)
    assert found in (["window.closes"], ["window.opens"])


def test_the_alarm_closes_the_survey_when_its_last_day_is_over() -> None:
    opened = done(given(survey("planned")), "open_survey", LEAD)
    before = replace(opened.desk.facts, now=datetime(2024, 6, 4, 23, 59, tzinfo=SHANGHAI))
    assert ring(before, lambda: "unused").facts.things["survey"].state == "open"
    after = replace(opened.desk.facts, now=datetime(2024, 6, 5, tzinfo=SHANGHAI))
    assert ring(after, lambda: "unused").thing("survey").state == "closed"


@pytest.mark.req("SX-25", "PDS-V3")
def test_an_answer_covers_each_compulsory_question_within_the_scale() -> None:
    at = given(survey("open"))
    assert done(at, "submit_answer", RESPONDENT, **GOOD).move.plain
    for answers in ({"q1": 5}, {"q1": 5, "q2": 6}, {"q1": 0, "q2": 4}, {"q1": 5, "q2": "good"}):
        assert refused(at, "submit_answer", RESPONDENT, **{**GOOD, "answers": answers}) == ["answer_valid"]
    shaped = refused(at, "submit_answer", RESPONDENT, **{**GOOD, "answers": {"q1": True, "q2": 4}})
    assert shaped == ["survey_answer.answers"]


@pytest.mark.req("SX-25")
@pytest.mark.parametrize(
    ("data", "change"),
    [
        ({}, {"questionnaire": "v2"}),
        ({}, {"stratum": "moon"}),
        ({"opens": "2024-05-21"}, {}),
        ({"sample": {"town": ["t2"], "village": []}}, {}),
    ],
    ids=["other version", "no such stratum", "before the first day", "not in the sample"],
)
def test_an_answer_fits_version_stratum_day_and_sample(data: Any, change: Any) -> None:
    found = refused(given(survey("open", **data)), "submit_answer", RESPONDENT, **{**GOOD, **change})
    assert found == ["answer_valid"]


def test_whoever_was_drawn_may_answer() -> None:
    at = given(survey("open", questionnaire="v3", sample={"town": ["t1"], "village": []}))
    done(at, "submit_answer", person("x", "survey_respondent"), **GOOD, questionnaire="v3")


def test_the_stratum_is_asked_for_where_there_are_several() -> None:
    form: dict[str, Any] = {k: v for k, v in GOOD.items() if k != "stratum"}
    assert refused(given(survey("open")), "submit_answer", RESPONDENT, **form) == ["survey_answer.stratum"]
    done(given(survey("open", strata={"all": 40})), "submit_answer", RESPONDENT, **form)


@pytest.mark.req("SX-25")
def test_a_code_answers_once() -> None:
    again_t9: dict[str, Any] = {**GOOD, "respondent": "t9"}
    assert refused(given(survey("open")), "submit_answer", RESPONDENT, **again_t9) == ["respondent_once"]


@pytest.mark.req("PDS-I58", "GAP-PDS-7")
def test_a_result_waits_for_the_least_number_of_answers() -> None:
    assert refused(given(survey("closed"), 7), "compute_result", LEAD) == ["sample_size_reached"]
    result = done(given(survey("closed"), 9, town=8, village=1), "compute_result", LEAD).thing
    assert (result.state, result.data["satisfaction"], result.data["count"]) == ("computed", "4/9", 9)


@pytest.mark.req("PDS-I58", "GAP-PDS-7")
def test_coverage_of_the_register_is_counted_exactly_in_each_stratum() -> None:
    scheme = sampled_by(min_coverage="0.9")
    short = replace(given(survey("closed"), 35, town=27, village=8), scheme=scheme)
    assert refused(short, "compute_result", LEAD) == ["sample_size_reached"]
    enough = replace(given(survey("closed"), 36, town=27, village=9), scheme=scheme)
    assert done(enough, "compute_result", LEAD).thing.data["satisfaction"] == "0.5"
    early = replace(given(survey("open"), 35, town=27, village=8), scheme=scheme)
    assert refused(early, "close_survey_early", LEAD, text="all have answered") == ["sample_size_reached"]


def test_each_stratum_has_its_least_number() -> None:
    at = replace(given(survey("open"), 9, town=8, village=1), scheme=sampled_by(min_per_stratum=2))
    assert refused(at, "close_survey_early", LEAD, text="all have answered") == ["sample_size_reached"]


@pytest.mark.req("PDS-I58")
def test_a_survey_taken_up_again_ends_on_the_new_day() -> None:
    opened = done(given(survey("planned")), "open_survey", LEAD)
    closed = ring(replace(opened.desk.facts, now=datetime(2024, 6, 5, tzinfo=SHANGHAI)), lambda: "unused")
    at = replace(closed.facts, thing=closed.thing("survey"))
    for wrong in ("2024-06-04", "2024-06-01"):
        assert refused(at, "reopen_survey", LEAD, text=WHY, date=wrong) == ["reason.date"]
    longer = done(at, "reopen_survey", LEAD, text=WHY, date="2024-06-20")
    assert longer.thing.state == "open"
    assert (end(longer).due_on, end(longer).first_due_on) == (date(2024, 6, 20), date(2024, 6, 4))
    assert (end(longer).done_at, end(longer).overdue) == (None, False)


@pytest.mark.req("SX-25", "GAP-SX-5")
def test_a_result_is_released_by_the_office_or_sent_back() -> None:
    computed = given(survey("computed", satisfaction="0.5"))
    assert done(computed, "release_result", OFFICE).thing.ended
    assert refused(computed, "release_result", LEAD) == ["role"]
    assert done(computed, "reject_result", OFFICE, text=WHY).thing.state == "closed"


@pytest.mark.parametrize(
    ("scale", "least", "answers", "content"),
    [
        (5, None, {"q1": 3, "q2": 3}, True),
        (5, None, {"q1": 3, "q2": 2}, False),
        (2, None, {"q1": 2, "q2": 2}, True),
        (2, None, {"q1": 2, "q2": 1}, False),
        (5, 4, {"q1": 5, "q2": 3}, True),
        (5, 4, {"q1": 4, "q2": 3}, False),
    ],
)
def test_an_answer_is_satisfied_when_the_exact_mean_reaches_the_grade(
    scale: int, least: int | None, answers: dict[str, int], content: bool
) -> None:
    assert satisfied(survey("open", scale=scale, satisfied_from=least), answers) is content


def test_the_public_answers_only_with_a_code_of_a_drawn_sample() -> None:
    assert refused(given(survey("open")), "submit_answer", THE_PUBLIC, **GOOD) == ["answer_valid"]
    sample = {stratum: ["invented", GOOD["respondent"]] for stratum in survey("open").data["strata"]}
    done(given(survey("open", sample=sample)), "submit_answer", THE_PUBLIC, **GOOD)


SOURCE: dict[str, Any] = {"seed_source": "体育彩票排列五 24127 期", "register": REGISTER}


@pytest.mark.req("INV-29")
def test_with_a_public_seed_the_register_stands_with_its_hash_before_the_seed_is_known() -> None:
    frame = done(given(survey("planned")), "fix_draw", LEAD, **SOURCE).thing.data["frame"]
    fixed = given(survey("planned", frame=frame))
    assert refused(fixed, "fix_draw", LEAD, **SOURCE) == ["draw_not_fixed"]
    other: dict[str, Any] = {**REGISTER, "village": [f"w{n}" for n in range(10)]}
    assert refused(fixed, "draw_respondents", LEAD, seed="8 1 5", register=other) == ["draw_reproducible"]
    assert refused(fixed, "draw_respondents", LEAD, register=REGISTER) == ["draw.seed"]
    record = done(fixed, "draw_respondents", LEAD, seed="8 1 5", register=REGISTER).thing.data["draw"]
    assert (record["hash"], record["seed"]) == (frame["hash"], "8 1 5")
    assert differences(record) == []


@pytest.mark.req("INV-29")
def test_a_scheme_that_names_a_public_source_is_drawn_by_it_alone() -> None:
    at = replace(given(survey("planned")), scheme=sampled_by(seed="lottery"))
    assert refused(at, "draw_respondents", LEAD, register=REGISTER) == ["draw_reproducible"]
    done(at, "fix_draw", LEAD, **SOURCE)


@pytest.mark.req("INV-20", "INV-29")
def test_a_second_draw_takes_two_persons_and_the_first_stays_on_record() -> None:
    drawn = done(given(survey("planned")), "draw_respondents", LEAD, register=REGISTER).thing
    assert done(given(drawn), "void_draw", OFFICE, text=WHY).proposes
    void = done(given(drawn), "void_draw", OFFICE, second="qian", text=WHY).thing
    assert (void.state, void.data["draw"], void.data["sample"]) == ("planned", None, None)
    assert [one["result"] for one in void.data["void_draws"]] == [drawn.data["draw"]["result"]]
    assert refused(given(survey("planned")), "void_draw", OFFICE, text=WHY) == ["draw_on_record"]


def test_a_record_of_a_draw_names_no_respondent() -> None:
    drawn = done(given(survey("planned")), "draw_respondents", LEAD, register=REGISTER).thing
    told = json.dumps(drawn.data["draw"])
    assert not any(f'"{code}"' in told for codes in REGISTER.values() for code in codes)
    assert sorted(respondent("survey", c) for c in drawn.data["sample"]["town"]) == sorted(
        drawn.data["draw"]["result"]["town"]
    )


def test_a_sample_may_be_divided_by_the_weights_of_the_strata() -> None:
    rule = {"weights": {"town": "1", "village": "3"}, "allocation": "weights"}
    at = replace(given(survey("planned")), scheme=sampled_by(**rule))
    drawn = done(at, "draw_respondents", LEAD, register=REGISTER).thing
    assert {stratum: len(codes) for stratum, codes in drawn.data["sample"].items()} == {"town": 2, "village": 6}


@pytest.mark.req("GAP-SX-5")
def test_a_result_is_exact_in_each_stratum_and_weighted_where_the_scheme_gives_weights() -> None:
    found = {"count": 9, "satisfied": 4, "by_stratum": {"town": 6, "village": 3},
             "satisfied_by_stratum": {"town": 3, "village": 1}, "codes": frozenset()}  # fmt: skip
    at = facts(survey("closed", target="0.4"), CASE, PARENT, answers={"survey": found})
    plain = done(at, "compute_result", LEAD).thing.data
    assert (plain["satisfaction"], plain["weighted"], plain["target_met"]) == ("4/9", None, True)
    assert plain["satisfaction_by_stratum"] == {"town": "0.5", "village": "1/3"}
    by_weight = replace(at, scheme=sampled_by(weights={"town": "1", "village": "3"}))
    weighted = done(by_weight, "compute_result", LEAD).thing.data
    assert (weighted["satisfaction"], weighted["weighted"], weighted["target_met"]) == ("4/9", "0.375", False)


def test_a_stratum_with_a_weight_has_an_answer_at_least() -> None:
    at = replace(given(survey("closed"), 9, town=9), scheme=sampled_by(weights={"town": "1", "village": "3"}))
    assert refused(at, "compute_result", LEAD) == ["sample_size_reached"]


def test_the_strata_of_a_plan_are_those_that_the_scheme_names() -> None:
    at = replace(given(thing("survey", parent="evaluation")), scheme=sampled_by(strata=["town", "suburb"]))
    assert refused(at, "plan_survey", LEAD, **PLAN) == ["survey_plan.strata"]


@pytest.mark.req("PDS-V3")
def test_a_questionnaire_with_its_questions_takes_no_other_answers() -> None:
    questions = {"q1": "办事是否方便", "q2": "执法是否公正", "q3": "还有什么建议"}
    plan = given(thing("survey", parent="evaluation"))
    assert done(plan, "plan_survey", LEAD, **PLAN, questions=questions).thing.data["questions"] == questions
    assert refused(plan, "plan_survey", LEAD, **PLAN, questions={"q1": "x"}) == ["survey_plan.compulsory_questions"]
    asked = given(survey("open", questions=questions))
    done(asked, "submit_answer", RESPONDENT, **{**GOOD, "answers": {**GOOD["answers"], "q3": "多开窗口"}})
    strange: dict[str, Any] = {**GOOD, "answers": {**GOOD["answers"], "q9": 1}}
    assert refused(asked, "submit_answer", RESPONDENT, **strange) == ["answer_valid"]


def test_a_survey_may_belong_to_a_batch_with_an_end_of_its_own() -> None:
    batch = thing("batch", "evaluating", owner="batch", chain="batch", track=None)
    about = thing("survey", parent="batch", owner="batch", chain="batch", track=None)
    planned = done(facts(about, batch, answers={}), "plan_survey", OFFICE, **PLAN)
    opened = done(planned.desk.facts.at(planned.thing), "open_survey", OFFICE)
    assert (opened.thing.state, end(opened).owner) == ("open", "batch")
