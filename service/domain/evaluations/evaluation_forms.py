"""What the people of an evaluation must say: the mandate, the team, methods, the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.choices import any_of, listed
from service.domain.facts import Ask, Facts
from service.domain.forms import (
    EXTERNAL_FACT,
    REASON,
    Choice,
    Fault,
    Form,
    Part,
    day,
    not_future,
    pairs,
    text,
    texts,
    yes,
)

LOOK_BACK = "look_back"


def people(value: Any) -> list[str]:
    """The persons of a part that may be of any shape: the form itself says when it is wrong."""
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def _measures(facts: Facts) -> list[Choice]:
    """Those of the scheme, and of a look-back its own."""
    own = any_of(LOOK_BACK)(facts) if facts.parent and facts.parent.machine == LOOK_BACK else ()
    return [*listed("evaluation.measures")(facts), *own]


def _measure_fits(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A measure of the scheme; `look_back` for a look-back. A case is evaluated in its stage for it."""
    of = facts.parent.machine if facts.parent else ""
    if of not in ("case", LOOK_BACK):
        return "评估须属于创建案件或回访", "an evaluation belongs to a case or a look-back"
    admitted = [code for code, _, _ in _measures(facts)]
    if value not in admitted:
        return f"应为 {'、'.join(admitted) or '-'} 之一", f"must be one of {', '.join(admitted) or '-'}"
    if of == "case" and (facts.run is None or facts.stage.kind != "evaluation"):
        return "案件未到评估阶段", "the case is not in its stage of evaluation"
    return None


def _somebody_goes_along(facts: Facts, given: Mapping[str, Any]) -> bool:
    return facts.scheme.evaluation.accompanied


EVALUATOR = Part("evaluator", text, "评估机构", "evaluator")
INDEPENDENT = Part("independent", yes, "与对象无利害关系", "no tie to the subject")
ACCOMPANYING = Part("accompanying", texts, "跟组工作人员", "staff who go along", when=_somebody_goes_along)
MANDATE = Form(
    "mandate",
    (
        Part(
            "measure", text, "评估方式", "measure", check=_measure_fits, choices=_measures, rests="/evaluation/measures"
        ),
        EVALUATOR,
        INDEPENDENT,
        ACCOMPANYING,
    ),
    ("QH-10a", "QH-10f", "INV-31"),
)


def _measured_outside(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A measure of the scheme, and none that the authority commissions itself: a report from outside is no short cut."""
    if any(stage.kind == "evaluation" for stage in facts.track.stages):
        return "该评估由本机关委托，不能以外部评估登记", "the authority commissions it; it is not recorded from outside"
    admitted = facts.scheme.evaluation.measures
    return None if value in admitted else (f"应为 {'、'.join(admitted)} 之一", f"must be one of {', '.join(admitted)}")


OUTSIDE = EXTERNAL_FACT.also(
    Part(
        "measure",
        text,
        "评估方式",
        "measure",
        optional=True,
        check=_measured_outside,
        choices=listed("evaluation.measures"),
        rests="/evaluation/measures",
    )
)
"""An evaluation that an outside body carried out; it says which of the measures of the scheme it was."""
NEW_EVALUATOR = REASON.also(EVALUATOR, INDEPENDENT)


def _none_accompanies(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    """INV-04: whoever accompanies for the body in charge is never of the team."""
    named = [value] if isinstance(value, str) else value
    if wrong := sorted(set(named) & set(people(facts.thing.data.get("accompanying")))):
        return (
            f"随同人员不得进入评估组：{'、'.join(wrong)}",
            f"who accompanies is no member: {', '.join(wrong)}",
        )
    return None


TEAM = Form(
    "team",
    (
        Part("lead", text, "组长", "lead", check=_none_accompanies),
        Part("members", texts, "成员", "members", check=_none_accompanies),
        Part("declarations", pairs, "无利害关系声明", "each person's declaration of no tie"),
    ),
    ("QH-10a", "INV-31", "INV-04"),
)


def _of_the_team(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if value not in (facts.thing.data.get("lead"), *people(facts.thing.data.get("members"))):
        return "不是评估组成员", "is not of the team"
    return None


def _own_or_led(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A member recuses itself; the lead and the office may recuse anybody."""
    if said := _of_the_team(value, facts, ask):
        return said
    plain_member = ask.who.person in people(facts.thing.data.get("members"))
    if plain_member and ask.who.person not in (value, facts.thing.data.get("lead")):
        return "成员只能申请本人回避", "a member may recuse only itself"
    return None


def _lead_leaves(facts: Facts, given: Mapping[str, Any]) -> bool:
    return given.get("member") == facts.thing.data.get("lead")


def _another_of_the_team(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if value == ask.form.get("member"):
        return "须由另一成员接任", "must be another member"
    return _of_the_team(value, facts, ask)


RECUSAL = REASON.also(
    Part("member", text, "回避人", "who is recused", check=_own_or_led),
    Part(
        "successor",
        text,
        "接任组长",
        "member who leads from now on",
        when=_lead_leaves,
        check=_another_of_the_team,
    ),
)


def _method_admitted(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A method of the scheme; any other one where its list is open (GAP-ALL-4)."""
    methods = facts.scheme.evaluation.methods
    named = [m.code for m in methods.required]
    if methods.open or value in named:
        return None
    return f"应为 {'、'.join(named)} 之一", f"must be one of {', '.join(named)}"


METHOD_USE = Form(
    "method_use",
    (
        Part(
            "method",
            text,
            "评估方法",
            "method",
            check=_method_admitted,
            choices=listed("evaluation.methods"),
            rests="/evaluation/methods",
        ),
        Part("date", day, "日期", "date", check=not_future),
        Part("record", text, "情况记录", "what it showed"),
    ),
    ("QH-10c", "GAP-ALL-4"),
    keep=False,
)


REPORT = Form(
    "evaluation_report",
    (
        Part("level_found", text, "真实水平", "true level found"),
        Part("trend", text, "发展趋势", "trend"),
        Part("check_of_self_report", text, "自评材料核实情况", "check of the self-report"),
        Part("proposals", text, "改进建议", "proposals"),
    ),
    ("QH-10d", "QH-10e"),
)


def known_items(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    """Every code is one of the indicator system."""
    known = {i.code for i in facts.scheme.indicator_system.indicators}
    if wrong := sorted(set(value) - known):
        return f"指标体系中没有：{'、'.join(wrong)}", f"the indicator system has no {', '.join(wrong)}"
    return None


REOPENED = Part("items", texts, "重评指标", "items to be scored anew", check=known_items, rests="/indicator_system")
REOPENING = Form("reopening", (REOPENED,), ("GAP-QH-2",))
