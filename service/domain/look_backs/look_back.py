"""A look-back: the designee evaluates itself, others score it, the band of the exact total says what follows.

QH-11b: 90 points or more go on public notice; less leads to a reminder or a revocation review (GAP-QH-1). The
title itself never changes by a look-back alone: a reminder or a revocation case is sent to it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from service.domain.choices import listed
from service.domain.duties import DutyRule, fixed
from service.domain.effects import Effect, Fire, Put, Send
from service.domain.evaluations.evaluation_forms import ACCOMPANYING, EVALUATOR, INDEPENDENT
from service.domain.facts import SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, pairs
from service.domain.guards import TITLE_ENDED
from service.domain.look_backs.look_back_round import SCHEDULE
from service.domain.look_backs.results import (
    band_is_notice,
    band_is_reminder,
    band_is_retain,
    band_is_revocation,
    band_is_strike,
    close,
    no_review_follows,
    note_outcome,
    objection_upheld_on_fraud,
    objection_upheld_on_items,
    own_stands,
    remind,
    review_failed_score,
    review_follows,
    review_fraud,
    tell_title,
    with_outcome,
    with_result,
)
from service.domain.machine import Machine, Move, guard, states
from service.domain.titles.merger import HEIR, follow
from service.domain.titles.title import LOOK_BACK_OPEN

_EXACT = re.compile(r"\d{1,20}(\.\d{1,40})?|\d{1,40}/[1-9]\d{0,39}")


def _every_part(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    lacking = [p for p in facts.scheme.look_back.self_evaluation.parts if p.code not in value]
    if not lacking:
        return None
    return (
        f"缺少 {'、'.join(p.title.zh for p in lacking)}",
        f"missing: {', '.join(p.title.en for p in lacking)}",
    )


def _exact(value: Any) -> Fault | None:
    if isinstance(value, str) and _EXACT.fullmatch(value):
        return None
    return "应为十进制数或分数（以文字给出）", "must be a decimal or a fraction, given as a string"


SELF_EVALUATION = Form(
    "self_evaluation",
    (
        Part(
            "parts",
            pairs,
            "自评报告内容",
            "parts of the self-evaluation",
            check=_every_part,
            choices=listed("look_back.self_evaluation.parts"),
            rests="/look_back/self_evaluation/parts",
        ),
    ),
    ("QH-09d", "GAP-ALL-4"),
)
COMMISSION = Form("mandate", (EVALUATOR, INDEPENDENT, ACCOMPANYING), ("QH-10a", "QH-10f", "QH-10g", "INV-31"))
SCORE = Form("score", (Part("total", _exact, "总分", "total"),), ("QH-11a",))


@guard("QH-09c", "SX-35", rests="/look_back/self_evaluation/parts")
def self_evaluation_missing_or_unneeded(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme asks for no self-evaluation, or its due day is past without one."""
    if not facts.scheme.look_back.self_evaluation.parts:
        return None
    duty = facts.duty("self_evaluation_due")
    due = duty.due_on if duty and duty.due_on else self_evaluation_day(facts)
    if facts.today > due:
        return None
    return unmet(f"自评时限为 {due}，尚未届满", f"the self-evaluation is due on {due}; wait until then", [due])


@guard("QH-10a", "INV-31")
def evaluator_independent(facts: Facts, ask: Ask) -> Unmet | None:
    """The evaluator and its members have declared no tie to the subject, and none is recorded."""
    evaluator, thing = ask.form.get("evaluator"), facts.thing
    if not evaluator or evaluator not in (thing.subject, thing.organization):
        return None
    return unmet("被评估对象不能评估自己", "the subject cannot evaluate itself", [evaluator])


@guard("SX-25", "SX-28", rests="/evaluation/measures")
def evaluations_final(facts: Facts, ask: Ask) -> Unmet | None:
    """Every evaluation the scheme requires for this object is final: the newest that was not terminated."""
    found = [e.state for e in facts.of("evaluation", parent=facts.thing.id) if e.state != "terminated"]
    if found and found[-1] == "final":
        return None
    return unmet("评估尚未办结", "the evaluation is not final", found[-1:] or ["none"])


@guard("GAP-QH-1", rests="/look_back/reevaluations")
def reevaluation_left(facts: Facts, ask: Ask) -> Unmet | None:
    """The number of re-evaluations after a reminder is not used up."""
    allowed, done = facts.scheme.look_back.reevaluations, facts.thing.data.get("reevaluations", 0)
    if done < allowed:
        return None
    return unmet(f"复评至多 {allowed} 次，已用完", f"{allowed} re-evaluation(s) allowed, all used", [allowed])


@guard("INV-16")
def title_ended_or_round_cancelled(facts: Facts, ask: Ask) -> Unmet | None:
    """The title has ended, or the round was cancelled or its draw made void."""
    title, at = facts.things.get(facts.thing.data["designation"]), facts.parent
    if (title and title.state in TITLE_ENDED) or (at and at.state in ("cancelled", "planned")):
        return None
    found = [title.state if title else "-", at.state if at else "-"]
    return unmet("命名仍有效，回访仍在进行", "the title stands and the round goes on", found)


def go_on_if_unneeded(facts: Facts, ask: Ask) -> list[Effect]:
    """A scheme without self-evaluation goes straight to the evaluation (SX-35)."""
    unneeded = not facts.scheme.look_back.self_evaluation.parts
    return [Fire(facts.thing.id, ("proceed_without_report",))] if unneeded else []


def mandate(facts: Facts, ask: Ask) -> list[Effect]:
    """The evaluation is an owner of its own and is told to begin."""
    return [
        Send(
            "evaluation",
            "mandate_evaluation",
            parent=facts.thing.id,
            form={"measure": "look_back", **ask.form},
        )
    ]


def count_reevaluation(facts: Facts, ask: Ask) -> list[Effect]:
    """Each re-evaluation counts against the number that the scheme allows."""
    return [Put(facts.thing.id, {"reevaluations": facts.thing.data.get("reevaluations", 0) + 1})]


def follow_band(facts: Facts, ask: Ask) -> list[Effect]:
    """The band decides at once. A total that no band takes stays; the refusal of `apply_band` says why."""
    return [Fire(facts.thing.id, ("apply_band",), optional=True)]


def self_evaluation_day(facts: Facts) -> date:
    """The day that the round set for the self-evaluation (QH-09c)."""
    return date.fromisoformat(facts.thing.data["self_evaluation_day"])


OFFICE = ("authority", "system")

TABLE = (
    Move(states("@new"), "create_look_back", "drawn", ("system",), "列入回访", "Create", ("QH-09a", "SX-35"),
         mark="D"),
    Move(states("drawn"), "notify_designee", "notified", OFFICE, "通知对象", "Notify", ("QH-09c",), SCHEDULE,
         then=(go_on_if_unneeded,), artefacts=("look_back_notice",), mark="D"),
    Move(states("notified"), "submit_self_evaluation", "self_evaluated", ("designee",), "提交自评",
         "Submit the self-evaluation", ("QH-09c", "QH-09d", "GAP-ALL-4"), SELF_EVALUATION,
         artefacts=("self_evaluation_report",), mark="D"),
    Move(states("notified"), "proceed_without_report", "self_evaluated", OFFICE, "未自评转入评估",
         "Proceed without it", ("SX-35", "QH-09c"), guards=(self_evaluation_missing_or_unneeded,),
         artefacts=("proceeding_note",)),
    Move(states("self_evaluated"), "return_self_evaluation", "notified", ("authority",), "退回自评", "Return",
         ("QH-09d",), REASON, artefacts=("return_note",), mark="D"),
    Move(states("self_evaluated"), "commission_evaluation", "evaluating", ("authority",), "委托评估",
         "Commission", ("QH-10a", "SX-35", "INV-31"), COMMISSION, (evaluator_independent,), (mandate,),
         artefacts=("mandate",), mark="D"),
    Move(states("evaluating"), "record_score", "scored", ("system",), "登记得分", "Record the score",
         ("QH-10e", "QH-11a"), SCORE, (evaluations_final,), (follow_band,), artefacts=("evaluation_report",),
         mark="D"),
    Move(states("scored"), "apply_band", "in_notice", OFFICE, "达标转公示", "Band: public notice", ("QH-11b",
         "INV-09"), guards=(band_is_notice,), then=(with_result("passed"),), artefacts=("finding_note",), mark="D"),
    Move(states("scored"), "apply_band", "retained", OFFICE, "达标保留", "Band: retain", ("SX-35",),
         guards=(band_is_retain,), then=(with_result("passed"), close), artefacts=("revisit_result",), mark="D"),
    Move(states("scored"), "apply_band", "reminded", OFFICE, "不足转提醒", "Band: reminder", ("GAP-QH-1",
         "QH-12a"), guards=(band_is_reminder,), then=(with_result("failed"), remind), artefacts=("finding_note",)),
    Move(states("scored"), "apply_band", "in_revocation", OFFICE, "不达标转撤销审查",
         "Band: revocation review", ("GAP-QH-1", "QH-13-3", "SX-37-3"), guards=(band_is_revocation,),
         then=(with_result("failed"), review_failed_score), artefacts=("finding_note",)),
    Move(states("scored"), "apply_band", "closed", OFFICE, "不达标计次", "Band: strike", ("GAP-QH-1", "INV-24"),
         guards=(band_is_strike,), then=(with_result("failed"), with_outcome("failed"), tell_title),
         artefacts=("finding_note",)),
    Move(states("in_notice"), "confirm_retention", "retained", OFFICE, "保留命名", "Confirm retention",
         ("QH-11d", "QH-11e", "QH-11f", "QH-11c"), guards=(own_stands("public_notice", "closed_clear"),),
         then=(close,), artefacts=("retention_circular",), mark="D"),
    Move(states("in_notice"), "reopen_scoring", "evaluating", ("system",), "异议成立重评",
         "Reopen after an objection", ("GAP-QH-2",), guards=(objection_upheld_on_items,),
         artefacts=("objection_ruling",)),
    Move(states("in_notice"), "refer_fraud", "in_revocation", ("system",), "涉假转撤销审查", "Refer fraud",
         ("GAP-QH-2", "QH-13-2"), guards=(objection_upheld_on_fraud,), then=(review_fraud,),
         artefacts=("objection_ruling",)),
    Move(states("reminded"), "reevaluate", "evaluating", ("authority",), "整改后复评", "Re-evaluate once",
         ("GAP-QH-1",), COMMISSION, (reevaluation_left, own_stands("reminder", "verified"),
         evaluator_independent), (count_reevaluation, mandate), artefacts=("mandate",)),
    Move(states("reminded"), "retain_after_reminder", "retained", ("system",), "整改合格保留",
         "Retain after the reminder", ("QH-12b", "GAP-QH-1"), guards=(own_stands("reminder", "lifted"),),
         then=(close,), artefacts=("close_out_record",)),
    Move(states("reminded"), "escalate_look_back", "in_revocation", ("system",), "整改不力转审查", "Escalate",
         ("QH-13-5",), guards=(own_stands("reminder", "escalated"), review_follows), artefacts=("finding_note",),
         mark="D"),
    Move(states("reminded"), "escalate_look_back", "closed", ("system",), "整改不力办结", "Close as failed",
         ("QH-13-5", "INV-24"), guards=(own_stands("reminder", "escalated"), no_review_follows),
         then=(with_outcome("failed"), tell_title), artefacts=("finding_note",)),
    Move(states("in_revocation"), "record_outcome", "closed", ("system",), "登记审查结果",
         "Record the outcome", ("QH-09b", "QH-13-3"), guards=(own_stands("revocation_case", "settled",
         "dismissed", "reversed", "closed"),), then=(note_outcome, tell_title), artefacts=("revocation_outcome",),
         mark="D"),
    Move(states("retained"), "close_look_back", "closed", ("system", "authority"), "回访办结", "Close",
         ("QH-11d", "SX-35"), then=(with_outcome("retained"), tell_title), artefacts=("retention_circular",),
         mark="D"),
    Move(states("|".join(LOOK_BACK_OPEN)), "follow_title", SAME, ("system",), "随称号转移", "Follow the title",
         ("INV-26",), HEIR, then=(follow,)),
    Move(states("|".join(LOOK_BACK_OPEN)), "cancel_look_back",
         "cancelled", ("system",), "回访终止", "Cancel", ("INV-16",),
         guards=(title_ended_or_round_cancelled,)),
)  # fmt: skip

DUTIES = (
    DutyRule("self_evaluation_due", ("notify_designee", "return_self_evaluation"), ("submit_self_evaluation",
             "proceed_without_report"), fixed(self_evaluation_day), ("QH-09c",), remind=(-15, -5, -1),
             extend_by=("authority",)),
)  # fmt: skip

MACHINE = Machine("look_back", TABLE, final=("closed", "cancelled"), duties=DUTIES)
