"""What the people of a survey must say: the plan, the draw, the window, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from service.domain.facts import Ask, Facts
from service.domain.forms import REASON, Fault, Form, Part, count, day, not_past, pairs, text, texts
from service.domain.measures import drawing, draws
from service.domain.measures.thresholds import exact

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
    found = exact(value)
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


def _strata_of_the_scheme(value: dict[str, int], facts: Facts, ask: Ask) -> Fault | None:
    """The scheme may fix the strata, by name or by the weight that each has in the result."""
    sample = facts.scheme.evaluation.survey.sample
    wanted = (set(sample.strata) | set(sample.weights)) if sample else set()
    if not wanted or wanted == set(value):
        return None
    return f"分层应为：{'、'.join(sorted(wanted))}", f"the strata are {', '.join(sorted(wanted))}"


def _of_the_questionnaire(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    questions = ask.form.get("questions")
    wrong = [q for q in value if isinstance(questions, dict) and q not in questions]
    return (f"问卷中没有：{'、'.join(wrong)}", f"the questionnaire has no {', '.join(wrong)}") if wrong else None


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
        Part("questions", pairs, "问卷题目", "questions of the questionnaire, by code", optional=True),
        Part("compulsory_questions", texts, "必答题", "compulsory questions", check=_of_the_questionnaire),
        Part("population", text, "调查总体", "population"),
        Part("strata", register_size, "分层及名册人数", "strata, each with the size of its register",
             check=_strata_of_the_scheme, rests="/evaluation/survey/sample"),
        Part("size", number_of_people, "最少有效答卷", "least valid answers", check=_as_large_as_asked, rests="/evaluation/survey/sample"),
        Part("target", share, "目标满意度", "target", optional=True),
    ),
    ("PDS-V3", "SX-25", "INV-29"),
)  # fmt: skip


def _not_fewer_than_needed(value: int, facts: Facts, ask: Ask) -> Fault | None:
    least = facts.thing.data.get("size", 1)
    return (f"不得少于 {least}", f"not less than {least}") if value < least else None


def respondent(survey: str, code: str) -> str:
    """What is kept of a respondent's code: who is drawn and who answered is nobody's business."""
    return sha256(f"{survey}:{code}".encode()).hexdigest()


def share_to_draw(number: int, everybody: int) -> Decimal:
    """The share that draws so many: rounded up where it is no finite decimal, so that nobody is missing."""
    with localcontext(prec=_DIGITS, rounding=ROUND_CEILING):
        return min(Decimal(1), Decimal(number) / everybody)


def rule_of(facts: Facts, ask: Ask, everybody: int) -> draws.Rule:
    """How a register of so many is drawn: by one share, never less than must be covered, or by weights."""
    sample = facts.scheme.evaluation.survey.sample
    number, least = ask.form.get("number", facts.thing.data["size"]), sample.min_per_stratum if sample else 0
    if sample and sample.allocation == "weights":
        return draws.Rule(None, least, number=number, weights=sample.weights)
    covered = sample.min_coverage if sample and sample.min_coverage else Decimal(0)
    return draws.Rule(max(share_to_draw(number, everybody), covered), least)


def short_of(facts: Facts, number: int, by_stratum: Mapping[str, int]) -> list[str]:
    """Where so many answers are fewer than the result needs: over all, and in each stratum.

    Nobody asks for more answers than a stratum has people; one that has a weight in the result has one at least.
    """
    data, sample = facts.thing.data, facts.scheme.evaluation.survey.sample
    lacking = [f"{number}/{data['size']}"] if number < data["size"] else []
    for stratum, people in data["strata"].items():
        covered = Fraction(sample.min_coverage) * people if sample and sample.min_coverage else Fraction(0)
        least = max(sample.min_per_stratum, int(bool(sample.weights)), ceil(covered)) if sample else 0
        if by_stratum.get(stratum, 0) < min(least, people):
            lacking.append(f"{stratum}: {by_stratum.get(stratum, 0)}/{min(least, people)}")
    return lacking


def _as_many_as_must_answer(value: dict[str, list[str]], facts: Facts, ask: Ask) -> Fault | None:
    """Only who is drawn may answer: too small a sample could never lead to a result."""
    asked, planned = ask.form.get("number"), facts.thing.data["strata"]
    counts = {stratum: len(codes) for stratum, codes in value.items()}
    if facts.thing.data.get("frame") or counts != planned or (asked is not None and number_of_people(asked)):
        return None  # it is fixed already, or something else is said to be wrong
    sizes = rule_of(facts, ask, sum(counts.values())).sizes(counts)
    if short := ", ".join(short_of(facts, sum(sizes.values()), sizes)):
        return f"样本不足以得出结果（{short}），请增加抽取人数", f"too small a sample for a result ({short}): draw more"
    return None


REGISTER = Part("register", register, "抽样名册", "register: codes by stratum", check=_as_many_as_must_answer)
NUMBER = Part("number", number_of_people, "抽取人数", "how many are drawn", optional=True, check=_not_fewer_than_needed)
DRAW = Form(
    "draw",
    (
        drawing.SEED,
        REGISTER,
        NUMBER,
    ),
    ("INV-29",),
    keep=False,
)
SOURCE = Form(
    "seed_source",
    (
        drawing.SEED_SOURCE,
        REGISTER,
        NUMBER,
    ),
    ("INV-29",),
    keep=False,
)


def _long_enough(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if date.fromisoformat(value) < (least := last_day(facts, ask.form.get("opens"))):
        return f"不得早于 {least}", f"not before {least}"
    return None


def last_day(facts: Facts, opens: Any) -> date:
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
