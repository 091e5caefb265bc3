"""A satisfaction survey: planned, drawn by strata with a stored seed, answered once a code, computed exactly.

SX-25, HY-T04: what the people think of the subject. PDS-I58: where a coverage of all persons served is asked
for, the register of each stratum must be known (GAP-PDS-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from typing import Any

from service.domain import scores
from service.domain.draws import Rule, draw
from service.domain.duties import Due, DutyRule
from service.domain.effects import Effect, MoveDuty, Put
from service.domain.facts import NEW, SAME, THE_PUBLIC, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, count, day, not_past, text, texts
from service.domain.machine import Machine, Move, guard, states

_MOST_PEOPLE = 10**9
_DIGITS = 12


def number_of_people(value: Any) -> Fault | None:
    """A whole number of people; a register may hold a whole province."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_PEOPLE
    return None if good else ("应为正整数", "must be a positive whole number")


def register_size(value: Any) -> Fault | None:
    """Strata, each with the number of people in its register."""
    sized = isinstance(value, dict) and all(text(k) is None and number_of_people(n) is None for k, n in value.items())
    if value and sized:
        return None
    return "应为分层与人数的对照表", "must map strata to numbers of people"


def register(value: Any) -> Fault | None:
    """The codes of the respondents of each stratum; a code stands once in the whole register."""
    lists = list(value.values()) if isinstance(value, dict) and all(text(k) is None for k in value) else []
    if lists and all(isinstance(codes, list) and all(text(c) is None for c in codes) for codes in lists):
        codes = [code for of_stratum in lists for code in of_stratum]
        if len(set(codes)) == len(codes):
            return None
    return "应为分层与受访者编码的对照表", "must map strata to codes of respondents, each once"


def share(value: Any) -> Fault | None:
    """An exact share above 0 and up to 1."""
    found = scores.exact(value)
    if found is not None and 0 < found <= 1:
        return None
    return "应为 0 至 1 的小数（以文字给出）", "must be a share up to 1, given as a string"


def replies(value: Any) -> Fault | None:
    """A grade (a whole number) or a text to each question."""

    def one(reply: Any) -> bool:
        return (isinstance(reply, int) and not isinstance(reply, bool)) or text(reply) is None

    if isinstance(value, dict) and value and all(text(k) is None and one(v) for k, v in value.items()):
        return None
    return "应为问题与回答的对照表", "must map questions to answers"


def _as_large_as_asked(value: int, facts: Facts, ask: Ask) -> Fault | None:
    sample = facts.scheme.evaluation.survey.sample
    if sample and value < sample.size:
        return f"样本不得少于 {sample.size}", f"not less than {sample.size}"
    strata = ask.form.get("strata")
    if register_size(strata) is None and strata and value > sum(strata.values()):
        return "样本多于名册人数", "more than the register holds"
    return None


def _two_grades(value: int, facts: Facts, ask: Ask) -> Fault | None:
    return None if value > 1 else ("至少两级", "at least two grades")


def _grade_of_scale(value: int, facts: Facts, ask: Ask) -> Fault | None:
    scale = ask.form.get("scale")
    if isinstance(scale, int) and value > scale:
        return "超出量表", "lies beyond the scale"
    return None


PLAN = Form(
    "survey_plan",
    (
        Part("questionnaire", text, "问卷版本", "version of the questionnaire"),
        Part("scale", count, "量表级数", "grades of the scale, the highest being best", check=_two_grades),
        Part("satisfied_from", count, "满意的最低级", "least grade that counts as satisfied", optional=True,
             check=_grade_of_scale),
        Part("compulsory_questions", texts, "必答题", "compulsory questions"),
        Part("population", text, "调查总体", "population"),
        Part("strata", register_size, "分层及名册人数", "strata, each with the size of its register"),
        Part("size", number_of_people, "最少有效答卷", "least valid answers", check=_as_large_as_asked),
        Part("target", share, "目标满意度", "target", optional=True),
    ),
    ("PDS-V3", "SX-25", "INV-29"),
)  # fmt: skip


def _not_fewer_than_needed(value: int, facts: Facts, ask: Ask) -> Fault | None:
    least = facts.thing.data.get("size", 1)
    return (f"不得少于 {least}", f"not less than {least}") if value < least else None


DRAW = Form(
    "draw",
    (
        Part("seed", text, "随机种子", "seed"),
        Part("register", register, "抽样名册", "register: codes by stratum"),
        Part(
            "number",
            number_of_people,
            "抽取人数",
            "how many are drawn",
            optional=True,
            check=_not_fewer_than_needed,
        ),
    ),
    ("INV-29",),
    keep=False,
)


def _long_enough(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if date.fromisoformat(value) < (least := _last_day(facts, ask.form.get("opens"))):
        return f"不得早于 {least}", f"not before {least}"
    return None


def _last_day(facts: Facts, opens: Any) -> date:
    """The last day of the shortest period that the scheme admits: `evaluation.survey.days` calendar days."""
    first = date.fromisoformat(opens) if day(opens) is None else facts.today
    return first + timedelta(days=facts.scheme.evaluation.survey.days)


WINDOW = Form(
    "window",
    (
        Part("opens", day, "起始日", "first day", optional=True, check=not_past),
        Part("closes", day, "截止日", "last day", optional=True, check=_long_enough),
    ),
    ("SX-05",),
)


def _later(value: str, facts: Facts, ask: Ask) -> Fault | None:
    duty = facts.duty("survey_end")
    if duty and duty.due_on and date.fromisoformat(value) <= duty.due_on:
        return f"须晚于 {duty.due_on}", f"must be later than {duty.due_on}"
    return not_past(value, facts, ask)


EXTENSION = REASON.also(Part("date", day, "新截止日", "new last day", check=_later))


def _strata_tell_apart(facts: Facts, given: Mapping[str, Any]) -> bool:
    return len(facts.thing.data.get("strata") or ()) > 1


ANSWER = Form(
    "survey_answer",
    (
        Part("respondent", text, "受访者编码", "code of the respondent"),
        Part("answers", replies, "答卷", "answers"),
        Part("stratum", text, "所属分层", "stratum", when=_strata_tell_apart),
        Part("questionnaire", text, "问卷版本", "version of the questionnaire", optional=True),
    ),
    ("SX-25",),
    keep=False,
)


def satisfied(survey: Thing, answers: Mapping[str, Any]) -> bool:
    """Whether a valid answer counts as satisfied: the exact mean of its compulsory questions decides.

    Without a grade in the plan it is the lowest one of the upper half of the scale: 3 of 5, 2 of 2.
    """
    asked, scale = survey.data["compulsory_questions"], survey.data["scale"]
    least = survey.data.get("satisfied_from") or scale // 2 + 1
    return bool(sum(answers[q] for q in asked) >= least * len(asked))


def share_to_draw(number: int, everybody: int) -> Decimal:
    """The share that draws so many: rounded up where it is no finite decimal, so that nobody is missing."""
    with localcontext(prec=_DIGITS, rounding=ROUND_CEILING):
        return min(Decimal(1), Decimal(number) / everybody)


@guard("GAP-QH-8", "INV-29")
def draw_reproducible(facts: Facts, ask: Ask) -> Unmet | None:
    """Of the draw, population, strata, seed and algorithm version are stored before the result is shown."""
    data = facts.thing.data
    lacking = [part for part in ("population", "strata") if not data.get(part)]
    lacking += [part for part in ("seed", "register") if not ask.form.get(part)]
    codes = ask.form.get("register")
    if not lacking and register(codes) is None and codes is not None:
        planned = data["strata"]
        lacking = [s for s in {**planned, **codes} if len(codes.get(s, ())) != planned.get(s)]
    if not lacking:
        return None
    return unmet("抽样记录不全或与方案不符", "the record of the draw is incomplete", lacking)


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
    given = form.get("answers")
    if not isinstance(given, Mapping):
        return None  # the form says so
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
    """The valid answers reach the least number and, in each stratum, the least number and coverage."""
    found = facts.more["answers"].get(facts.thing.id, {})
    data, sample = facts.thing.data, facts.scheme.evaluation.survey.sample
    lacking = [f"{found.get('count', 0)}/{data['size']}"] if found.get("count", 0) < data["size"] else []
    for stratum, people in data["strata"].items():
        answered = found.get("by_stratum", {}).get(stratum, 0)
        covered = Fraction(sample.min_coverage) * people if sample and sample.min_coverage else Fraction(0)
        needed = max(sample.min_per_stratum if sample else 0, -(-covered.numerator // covered.denominator))
        if answered < needed:
            lacking.append(f"{stratum}: {answered}/{needed}")
    return unmet("有效答卷不足", "too few valid answers", lacking) if lacking else None


def keep_draw(facts: Facts, ask: Ask) -> list[Effect]:
    """The whole record of the draw, from which anybody can repeat it, and the sample by stratum (INV-29)."""
    data, sample = facts.thing.data, facts.scheme.evaluation.survey.sample
    number = ask.form.get("number", data["size"])
    strata = {code: stratum for stratum, codes in ask.form["register"].items() for code in codes}
    rule = Rule(share_to_draw(number, len(strata)), sample.min_per_stratum if sample else 0)
    record = draw(ask.form["seed"], strata, {}, rule)
    return [Put(facts.thing.id, {"draw": record, "sample": record["result"]})]


def end_later(facts: Facts, ask: Ask) -> list[Effect]:
    """A survey taken up again ends on the new day."""
    duty = facts.duty("survey_end")
    return [MoveDuty(duty.id, date.fromisoformat(ask.form["date"]))] if duty else []


def keep_result(facts: Facts, ask: Ask) -> list[Effect]:
    """The share of satisfied answers, exactly, over all and with the numbers of each stratum (GAP-SX-5)."""
    found = facts.more["answers"][facts.thing.id]
    result = scores.text(Fraction(found["satisfied"], found["count"]))
    numbers = {
        "count": found["count"],
        "satisfied": found["satisfied"],
        "by_stratum": dict(found["by_stratum"]),
    }
    return [Put(facts.thing.id, {"satisfaction": result, **numbers})]


def period(facts: Facts) -> Iterable[Due]:
    """The last day of the window, or `evaluation.survey.days` calendar days from the first."""
    closes = facts.thing.data.get("closes")
    return (Due(date.fromisoformat(closes) if closes else _last_day(facts, facts.thing.data.get("opens"))),)


LED = ("authority", "evaluator_lead")
RUN = (*LED, "organizer")

TABLE = (
    Move((NEW,), "plan_survey", "planned", RUN, "制定测评方案", "Plan the survey",
         ("SX-25", "HY-T04", "PDS-V3"), PLAN, mark="D", artefacts=("questionnaire", "sample_plan")),
    Move(states("planned"), "draw_respondents", "sampled", ("evaluator_lead", "system"), "抽取样本",
         "Draw respondents", ("SX-25", "INV-29"), DRAW, (draw_reproducible,), (keep_draw,),
         artefacts=("sample_list",)),
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
