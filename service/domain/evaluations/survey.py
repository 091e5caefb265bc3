"""A satisfaction survey: planned, drawn by strata with a stored seed, answered once a code, computed exactly.

SX-25, HY-T04: what the people think of the subject. PDS-I58: where a coverage of all persons served is asked
for, the register of each stratum must be known (GAP-PDS-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from service.domain.duties import Due, DutyRule
from service.domain.effects import Effect, MoveDuty, Put
from service.domain.evaluations.survey_forms import (
    ANSWER,
    DRAW,
    EXTENSION,
    PLAN,
    SOURCE,
    WINDOW,
    last_day,
    register,
    respondent,
    rule_of,
    short_of,
)
from service.domain.facts import NEW, SAME, THE_PUBLIC, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import draws, scores
from service.domain.measures.drawing import already_fixed, draw_on_record, keep_void_draw
from service.domain.measures.thresholds import exact


def satisfied(survey: Thing, answers: Mapping[str, Any]) -> bool:
    """Whether a valid answer counts as satisfied: the exact mean of its compulsory questions decides.

    Without a grade in the plan it is the lowest one of the upper half of the scale: 3 of 5, 2 of 2.
    """
    asked, scale = survey.data["compulsory_questions"], survey.data["scale"]
    least = survey.data.get("satisfied_from") or scale // 2 + 1
    return bool(sum(answers[q] for q in asked) >= least * len(asked))


@guard("GAP-QH-8", "INV-29", needs="entropy", rests="/evaluation/survey/sample")
def draw_reproducible(facts: Facts, ask: Ask) -> Unmet | None:
    """Of the draw, population, strata, seed and algorithm version are stored before the result is shown."""
    data = facts.thing.data
    sample = facts.scheme.evaluation.survey.sample
    if ask.event == "draw_respondents" and sample and sample.seed not in (None, draws.STORED) and not data.get("frame"):
        zh, en = f"种子来源为“{sample.seed}”，须先固定名册", f"the seed comes from {sample.seed}: fix the draw first"
        return unmet(zh, en, ["fix_draw"])
    lacking = [part for part in ("population", "strata") if not data.get(part)]
    lacking += ["register"] if not ask.form.get("register") else []
    codes = ask.form.get("register")
    if not lacking and register(codes) is None and codes is not None:
        planned = data["strata"]
        lacking = [s for s in {**planned, **codes} if len(codes.get(s, ())) != planned.get(s)]
        fixed = (data.get("frame") or {}).get("strata", {}) if not lacking else {}
        here = facts.thing.id
        lacking += [s for s, ids in fixed.items() if ids != sorted(respondent(here, c) for c in codes[s])]
    if not lacking:
        return None
    return unmet("抽样记录不全或与方案不符", "the record of the draw is incomplete", lacking)


@guard("INV-29")
def draw_not_fixed(facts: Facts, ask: Ask) -> Unmet | None:
    """The register is not fixed yet: another one takes two persons."""
    return already_fixed(facts)


@guard("SX-25")
def answer_valid(facts: Facts, ask: Ask) -> Unmet | None:
    """The answer fits the questionnaire, strata and sample in use and covers each compulsory question."""
    data, form = facts.thing.data, ask.form
    if form.get("questionnaire", data["questionnaire"]) != data["questionnaire"]:
        return unmet("问卷版本不符", "another version of the questionnaire is in use", [data["questionnaire"]])
    if (opens := data.get("opens")) and facts.today < date.fromisoformat(opens):
        return unmet(f"测评自 {opens} 开始", f"the survey opens on {opens}", [opens])
    strata = [form["stratum"]] if form.get("stratum") else list(data["strata"])
    if wrong := [s for s in strata if s not in data["strata"]]:
        return unmet("没有这一分层", "there is no such stratum", wrong)
    sample = data.get("sample")
    if sample is None and ask.who.person == THE_PUBLIC.person:  # whoever invents codes would decide the result
        return unmet(
            "未抽样的测评只能由登记的受访者作答", "without a drawn sample only respondents with an account answer"
        )
    if sample is not None and form.get("respondent") not in [c for s in strata for c in sample[s]]:
        return unmet("该编码不在样本中", "the code is not of the sample", ["respondent"])
    return _questions_answered(data, form.get("answers"))


def _questions_answered(data: Mapping[str, Any], given: Any) -> Unmet | None:
    if not isinstance(given, Mapping):
        return None  # the form says so
    if strange := [q for q in given if data.get("questions") and q not in data["questions"]]:
        return unmet("问卷中没有这些题目", "the questionnaire has no such questions", strange)
    grades = range(1, data["scale"] + 1)
    lacking = [q for q in data["compulsory_questions"] if given.get(q) not in grades]
    return unmet("必答题未作答或超出量表", "questions without a grade", lacking) if lacking else None


@guard("SX-25", needs="answers")
def respondent_once(facts: Facts, ask: Ask) -> Unmet | None:
    """The respondent code has not been used before."""
    used = facts.more["answers"].get(facts.thing.id, {}).get("codes", ())
    return unmet("该编码已作答", "the code was used already") if ask.form.get("respondent") in used else None


@guard("PDS-I58", "GAP-PDS-7", needs="answers")
def sample_size_reached(facts: Facts, ask: Ask) -> Unmet | None:
    """The valid answers reach the least number and, in each stratum, the least number and coverage.

    A stratum that has a weight in the result has an answer at least.
    """
    found = facts.more["answers"].get(facts.thing.id, {})
    answered = {stratum: found.get("by_stratum", {}).get(stratum, 0) for stratum in facts.thing.data["strata"]}
    lacking = short_of(facts, found.get("count", 0), answered)
    return unmet("有效答卷不足", "too few valid answers", lacking) if lacking else None


def _frame(facts: Facts, ask: Ask, source: str = "") -> dict[str, Any]:
    """Register, strata and rule with their hash. Of respondents it holds hashes: anybody may read it."""
    strata = {respondent(facts.thing.id, c): s for s, codes in ask.form["register"].items() for c in codes}
    return draws.frame(strata, {}, rule_of(facts, ask, len(strata)), source)


def fix(facts: Facts, ask: Ask) -> list[Effect]:
    """The register stands, with its hash, before anybody knows the seed."""
    return [Put(facts.thing.id, {"frame": _frame(facts, ask, ask.form["seed_source"])})]


def keep_draw(facts: Facts, ask: Ask) -> list[Effect]:
    """The whole record of the draw, from which anybody can repeat it, and the sample by stratum (INV-29)."""
    fixed = facts.thing.data.get("frame") or _frame(facts, ask)
    record = draws.drawn(fixed, ask.form["seed"] if fixed["source"] else facts.more["entropy"])
    codes = {respondent(facts.thing.id, c): c for of_stratum in ask.form["register"].values() for c in of_stratum}
    sample = {stratum: [codes[one] for one in ids] for stratum, ids in record["result"].items()}
    drawn_on = facts.today.isoformat()
    return [Put(facts.thing.id, {"draw": {"drawn_on": drawn_on, **record}, "sample": sample})]


def end_later(facts: Facts, ask: Ask) -> list[Effect]:
    """A survey taken up again ends on the new day."""
    duty = facts.duty("survey_end")
    return [MoveDuty(duty.id, date.fromisoformat(ask.form["date"]))] if duty else []


def keep_result(facts: Facts, ask: Ask) -> list[Effect]:
    """The share of satisfied answers, exactly: over all, in each stratum, and by weight where strata have one (GAP-SX-5).

    The target, where there is one, is held against the weighted share if there is one.
    """
    found = facts.more["answers"][facts.thing.id]
    plain = Fraction(found["satisfied"], found["count"])
    counts, happy = found["by_stratum"], found.get("satisfied_by_stratum", {})
    shares = {stratum: Fraction(happy.get(stratum, 0), n) for stratum, n in counts.items() if n}
    weighted = _weighted(facts, shares)
    target = exact(facts.thing.data.get("target"))
    result = {
        "satisfaction": scores.text(plain),
        "weighted": None if weighted is None else scores.text(weighted),
        "target_met": None if target is None else (plain if weighted is None else weighted) >= target,
        "count": found["count"],
        "satisfied": found["satisfied"],
        "by_stratum": dict(counts),
        "satisfaction_by_stratum": {stratum: scores.text(share) for stratum, share in shares.items()},
    }
    return [Put(facts.thing.id, result)]


def _weighted(facts: Facts, shares: Mapping[str, Fraction]) -> Fraction | None:
    sample = facts.scheme.evaluation.survey.sample
    if sample is None or not sample.weights:
        return None
    weights = {stratum: Fraction(weight) for stratum, weight in sample.weights.items()}
    return sum((weights[s] * shares[s] for s in weights), Fraction(0)) / sum(weights.values())


def period(facts: Facts) -> Iterable[Due]:
    """The last day of the window, or `evaluation.survey.days` calendar days from the first."""
    closes = facts.thing.data.get("closes")
    return (Due(date.fromisoformat(closes) if closes else last_day(facts, facts.thing.data.get("opens"))),)


LED = ("authority", "evaluator_lead")
RUN = (*LED, "organizer")

TABLE = (
    Move((NEW,), "plan_survey", "planned", RUN, "制定测评方案", "Plan the survey",
         ("SX-25", "HY-T04", "PDS-V3"), PLAN, mark="D", artefacts=("questionnaire", "sample_plan")),
    Move(states("planned"), "fix_draw", SAME, RUN, "固定抽样名册", "Fix the register of the draw", ("INV-29",),
         SOURCE, (draw_reproducible, draw_not_fixed), (fix,), artefacts=("draw_frame",)),
    Move(states("planned"), "draw_respondents", "sampled", ("evaluator_lead", "system"), "抽取样本",
         "Draw respondents", ("SX-25", "INV-29"), DRAW, (draw_reproducible,), (keep_draw,),
         artefacts=("sample_list",)),
    Move(states("planned|sampled"), "void_draw", "planned", ("authority",), "作废抽样", "Void the draw",
         ("INV-20", "INV-29"), REASON, (draw_on_record,), (keep_void_draw,), persons=2, artefacts=("void_note",)),
    Move(states("planned|sampled"), "open_survey", "open", RUN, "启动测评", "Open", ("SX-25", "HY-T04"),
         WINDOW, mark="D"),
    Move(states("open"), "submit_answer", SAME, ("member_of_public", "survey_respondent"), "提交答卷",
         "Submit an answer", ("SX-25", "PDS-V3", "PDS-S5b"), ANSWER, (answer_valid, respondent_once),
         kind="signal", mark="D", plain=True),
    Move(states("open"), "close_survey", "closed", ("timer",), "测评截止", "Survey period ends", ("SX-25",),
         kind="timer"),
    Move(states("open"), "close_survey_early", "closed", LED, "提前截止测评", "Close early", ("SX-25",),
         REASON, (sample_size_reached,)),
    Move(states("closed"), "reopen_survey", "open", LED, "延期重开测评", "Reopen for more answers",
         ("PDS-I58",), EXTENSION, then=(end_later,), artefacts=("extension_note",)),
    Move(states("closed"), "compute_result", "computed", ("evaluator_lead", "system"), "计算满意度",
         "Compute the result", ("PDS-I58", "GAP-PDS-7", "SX-25"), guards=(sample_size_reached,),
         then=(keep_result,), mark="R", artefacts=("survey_report",)),
    Move(states("computed"), "reject_result", "closed", ("authority",), "退回结果", "Reject the computation",
         ("INV-16",), REASON),
    Move(states("computed"), "release_result", "final", ("authority",), "确认测评结果", "Release the result",
         ("SX-25", "GAP-SX-5"), mark="D", artefacts=("survey_report",)),
    Move(states("planned|sampled|open|closed"), "cancel_survey", "cancelled", ("authority",), "取消测评",
         "Cancel", ("HY-T04",), REASON),
)  # fmt: skip

DUTIES = (
    DutyRule("survey_end", ("open_survey", "reopen_survey"), ("close_survey_early",), period,
             ("SX-25", "HY-T04"), at_due="close_survey", unit="calendar_days", remind=(-3, -1),
             extend_by=("authority", "evaluator_lead"), shifts=lambda facts: True, says="closes"),
)  # fmt: skip

MACHINE = Machine("survey", TABLE, final=("final", "cancelled"), duties=DUTIES)
