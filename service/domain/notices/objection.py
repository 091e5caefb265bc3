"""An objection to a public notice: a fact from outside, ruled on by somebody without a part in it.

GAP-QH-2: in writing, with reasons and identity, within the period; admitted in 2 working days, verified in
10, with one extension; dismissed, the notice goes on; upheld, what it names is opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.domain.dates.calendar import Counted
from service.domain.duties import DutyRule, day_zero, working_days
from service.domain.effects import Effect, Fire, MoveDuty
from service.domain.evaluations.evaluation_forms import known_items
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, RECEIVED, Form, Part, flag, text, texts, yes
from service.domain.machine import Machine, Move, guard, states

SETTLED = ("dismissed", "upheld", "partly_upheld", "inadmissible", "answered", "withdrawn")
UPHOLDING = ("uphold_objection", "uphold_objection_in_part")


def was_upheld(objection: Thing) -> bool:
    """Whether the ruling upheld it in full or in part, answered since or not."""
    return any(event in objection.by for event in UPHOLDING)


def _names_are_asked(facts: Facts, given: Mapping[str, Any]) -> bool:
    return not facts.scheme.publicity.objection.anonymous


def _items_decide(facts: Facts, given: Mapping[str, Any]) -> bool:
    """A look-back is scored again on the items named, or referred for fraud: one of both must be said."""
    notice = facts.parent
    attacked = facts.things.get(notice.parent or "") if notice else None
    return attacked is not None and attacked.machine == "look_back" and not given.get("fraud")


OBJECTION = Form(
    "objection",
    (
        Part("reasons", text, "异议及理由", "objection with reasons"),
        Part("identity", text, "异议人身份", "identity of the objector", when=_names_are_asked, personal=True),
        Part("way_to_answer", text, "联系方式", "way to answer", when=_names_are_asked, personal=True),
    ),
    ("GAP-QH-2",),
)
SUPPLEMENT = Form("supplement", (Part("supplement", text, "补正内容", "what is supplied"),), ("GAP-QH-2",))
VERIFICATION = Form(
    "verification_report",
    (
        Part("what_was_checked", text, "核查内容", "what was checked"),
        Part("what_was_found", text, "核查结果", "what was found"),
    ),
    ("GAP-QH-2",),
)
UPHELD = VERIFICATION.also(
    Part("items", texts, "成立的指标", "items on which it is upheld", when=_items_decide, check=known_items),
    Part("fraud", flag, "是否涉及弄虚作假", "whether material was false", optional=True),
)
ANSWER = Form(
    "answer",
    (
        Part("text", text, "答复", "answer"),
        Part("identity_masked", yes, "已隐去身份信息", "identity is masked"),
    ),
    ("GAP-QH-2",),
)


@guard("QH-11c", "GAP-QH-2")
def notice_accepts_objections(facts: Facts, ask: Ask) -> Unmet | None:
    """The notice is open at the business time at which the objection was received."""
    notice = facts.parent
    if notice is None or notice.machine != "public_notice" or notice.state != "open":
        at = notice.state if notice else "none"
        return unmet(f"公示未在进行（{at}）", f"no notice is open ({at})", [at])
    period = facts.duty("notice_end", notice.id)
    if period is None or period.due_at is None or (ask.said_at or facts.now) < period.due_at:
        return None
    return unmet(f"公示已于 {period.due_on} 届满", f"the notice ended on {period.due_on}", [period.due_on])


def part_in_what_is_attacked(facts: Facts) -> set[str]:
    """Whoever acted on what was announced or on its evaluations, and the members of the teams."""
    notice = facts.parent
    attacked = facts.things.get(notice.parent or "") if notice else None
    if attacked is None:
        return set()
    people = set(attacked.by.values())
    for evaluation in facts.of("evaluation", parent=attacked.id):
        people |= set(evaluation.by.values())
        people |= {evaluation.data.get("lead", ""), *(evaluation.data.get("members") or ())}
    return people


@guard("GAP-QH-2", "INV-31")
def handler_independent(facts: Facts, ask: Ask) -> Unmet | None:
    """The person handling the objection took no part in what it attacks."""
    if ask.who.person not in part_in_what_is_attacked(facts):
        return None
    return unmet("经办过被异议事项的人须回避", "somebody without a part in it must handle this", [ask.who.person])


def settle(facts: Facts, ask: Ask) -> list[Effect]:
    """The last ruling settles a notice whose period is over; before that nothing follows."""
    return [Fire(facts.thing.owner, ("settle_notice",), optional=True)]


def supplement_days(facts: Facts) -> int:
    """Working days to supply what was asked for."""
    return facts.scheme.publicity.objection.supplement_days


def admission_days(facts: Facts) -> int:
    """Working days to admit or reject."""
    return facts.scheme.publicity.objection.admission_days


def verification_days(facts: Facts) -> int:
    """Working days to verify and rule."""
    return facts.scheme.publicity.objection.verification_days


def ask_anew(facts: Facts, ask: Ask) -> list[Effect]:
    """A second request for a supplement has a period of its own, not what is left of the first one."""
    return _restart("objection_supplement_due", supplement_days(facts), facts, day_zero(facts, ask.form))


def examine_anew(facts: Facts, ask: Ask) -> list[Effect]:
    """What was supplied is examined in a new period of admission."""
    return _restart("objection_admission_due", admission_days(facts), facts, facts.today)


def _restart(key: str, days: int, facts: Facts, since: date) -> list[Effect]:
    duty, period = facts.duty(key), Counted(since, days)
    day = period.on(facts.calendar)
    return [MoveDuty(duty.id, day, counted=period)] if duty and duty.due_on != day else []


def once_as_long(facts: Facts) -> tuple[int, int]:
    """One extension of as many working days as the period itself, told in calendar days from the day due."""
    days, duty = verification_days(facts), facts.duty("objection_verification_due")
    if duty is None or duty.due_on is None:
        return 1, days
    return 1, (facts.calendar.add_working_days(duty.due_on, days) - duty.due_on).days


TABLE = (
    Move(states("@new"), "file_objection", "filed", ("member_of_public",), "提出异议", "File",
         ("QH-11d", "GAP-QH-2"), OBJECTION, (notice_accepts_objections,), kind="signal", mark="R",
         artefacts=("objection_letter",)),
    Move(states("filed"), "request_supplement", "awaiting_supplement", ("authority",), "要求补正",
         "Ask for a supplement", ("GAP-QH-2",), REASON.also(RECEIVED), then=(ask_anew,), artefacts=("supplement_request",)),
    Move(states("awaiting_supplement"), "supplement_objection", "filed", ("member_of_public",), "补正异议",
         "Supplement", ("GAP-QH-2",), SUPPLEMENT, then=(examine_anew,), kind="signal",
         artefacts=("objection_supplement",)),
    Move(states("awaiting_supplement"), "lapse_objection", "inadmissible", ("timer",), "逾期未补正",
         "Lapses unsupplemented", ("GAP-QH-2",), then=(settle,), kind="timer"),
    Move(states("filed"), "admit_objection", "verifying", ("authority",), "受理并核实", "Admit and verify",
         ("GAP-QH-2",), guards=(handler_independent,), artefacts=("admission_note",)),
    Move(states("filed"), "reject_objection", "inadmissible", ("authority",), "不予受理",
         "Reject as inadmissible", ("GAP-QH-2",), REASON, (handler_independent,), (settle,),
         artefacts=("rejection_note",)),
    Move(states("verifying"), "dismiss_objection", "dismissed", ("authority",), "异议不成立", "Dismiss",
         ("GAP-QH-2",), VERIFICATION, (handler_independent,), (settle,), artefacts=("objection_ruling",)),
    Move(states("verifying"), "uphold_objection", "upheld", ("authority",), "异议成立", "Uphold",
         ("GAP-QH-2",), UPHELD, (handler_independent,), (settle,), artefacts=("objection_ruling",)),
    Move(states("verifying"), "uphold_objection_in_part", "partly_upheld", ("authority",), "异议部分成立",
         "Uphold in part", ("GAP-QH-2",), UPHELD, (handler_independent,), (settle,),
         artefacts=("objection_ruling",)),
    Move(states("dismissed|upheld|partly_upheld|inadmissible"), "answer_objector", "answered", ("authority",),
         "答复异议人", "Answer the objector", ("GAP-QH-2",), ANSWER, artefacts=("answer_letter",)),
    Move(states("filed|awaiting_supplement|verifying"), "withdraw_objection", "withdrawn",
         ("member_of_public",), "撤回异议", "Withdraw", ("GAP-QH-2",), then=(settle,), kind="signal"),
)  # fmt: skip

DUTIES = (
    DutyRule("objection_admission_due", ("file_objection", "supplement_objection"),
             ("request_supplement", "admit_objection", "reject_objection"), working_days(admission_days),
             ("GAP-QH-2",), unit="working_days", remind=(-1,)),
    DutyRule("objection_supplement_due", ("request_supplement",), ("supplement_objection",),
             working_days(supplement_days), ("GAP-QH-2",), at_due="lapse_objection", unit="working_days",
             remind=(-1,)),
    DutyRule("objection_verification_due", ("admit_objection",),
             ("dismiss_objection", "uphold_objection", "uphold_objection_in_part"),
             working_days(verification_days), ("GAP-QH-2",), unit="working_days", remind=(-3, -1),
             extend_by=("authority",), extensions=once_as_long),
)  # fmt: skip

MACHINE = Machine("objection", TABLE, final=("answered", "withdrawn"), duties=DUTIES)
