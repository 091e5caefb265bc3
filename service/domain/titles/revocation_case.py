"""A revocation case: from the ground to the decision, its review, and the return of what the title brought.

QH-14a: the office decides only after investigating. Proposer, decider and reviewer are different people; the
title is revoked when the decision is served, and a review does not suspend it (GAP-QH-14).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.domain.duties import DutyRule, calendar_days, last_day, working_days, working_days_served
from service.domain.effects import Effect, Fire, LetGo, Put, Send
from service.domain.facts import NEW, SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import (
    DOCUMENT,
    REASON,
    RECEIVED,
    SERVED,
    Fault,
    Form,
    Part,
    evidence_id,
    grounds,
    pairs,
    text,
)
from service.domain.guards import TITLE_ENDED, title_has_ended
from service.domain.machine import Machine, Move, guard, scheme_sets, states
from service.domain.titles.grounds import free_ground_explained, ground_fits_class, ground_on_record
from service.domain.titles.title import bars, title_of
from service.domain.titles.validity import DATED


def _each_ground(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if lacking := sorted(set(facts.thing.data.get("grounds") or ()) - set(value)):
        return f"未回应 {'、'.join(lacking)}", f"no answer to {', '.join(lacking)}"
    return None


IN_EFFECT = ("notified", "under_review", "final", "settled")
GROUND = grounds("revocation.grounds")
# A further ground joins those on file and is not taken from them.
FURTHER_GROUND = replace(GROUND, draft=False, keep=False)
# The grounds of the decision: those on file unless it rests on fewer. They are kept beside those of the case.
DECISION = replace(GROUND, keep=False)
INVESTIGATION_REPORT = Form(
    "investigation_report",
    (
        Part("report", text, "调查报告", "report"),
        Part("answers", pairs, "对各情形的结论", "answer to each ground", check=_each_ground),
    ),
    ("QH-14a", "INV-10"),
)
STATEMENT = Form("statement", (Part("statement", text, "陈述申辩意见", "statement"),), ("GAP-QH-14",), keep=False)
WAIVER = Form(
    "waiver",
    (Part("letter", evidence_id, "书面放弃声明（佐证编号）", "letter of the designee (ID)"),),
    ("GAP-QH-14",),
)
PROPOSAL = Form(
    "proposal",
    (
        Part("proposal", text, "处理意见", "proposed decision with its reasons"),
        Part(
            "statement_answers",
            pairs,
            "对陈述申辩的答复",
            "answers to the statements, by number",
            optional=True,
        ),
    ),
    ("QH-14a", "GAP-QH-14"),
)
REVIEW_REQUEST = Form(
    "review_request", (Part("request", text, "复核申请及理由", "request with reasons"),), ("GAP-QH-14",)
)


@guard("QH-14a", "INV-10")
def investigation_report_filed(facts: Facts, ask: Ask) -> Unmet | None:
    """An investigation report that answers each ground is on file."""
    data = facts.thing.data
    if not data.get("report"):
        return unmet("没有调查报告", "no investigation report is on file", ["report"])
    decided = ask.form.get("grounds")
    wanted = {*data.get("grounds", ()), *(decided if isinstance(decided, dict) else ())}
    left = sorted(wanted - set(data.get("answers", ())))
    if not left:
        return None
    return unmet("调查报告未回应全部情形", "the report leaves grounds without an answer", left)


@guard("GAP-QH-14")
def statement_answered(facts: Facts, ask: Ask) -> Unmet | None:
    """Each statement of the designee has an answer in the draft."""
    given = ask.form.get("statement_answers")
    answered = given if isinstance(given, dict) else {}
    left = [s["no"] for s in facts.thing.data.get("statements", ()) if s["no"] not in answered]
    return unmet("陈述申辩意见须逐条答复", "each statement needs an answer", left) if left else None


@guard("GAP-QH-14", "INV-20")
def reviewer_not_decider(facts: Facts, ask: Ask) -> Unmet | None:
    """Whoever rules on the review took no part in the first decision."""
    by = facts.thing.by
    if ask.who.person not in (by.get("propose_decision"), by.get("decide_revocation")):
        return None
    return unmet("参与原决定的人不得复核", "whoever took part in the decision cannot review it", [ask.who.person])


@guard("GAP-QH-14")
def within_review_period(facts: Facts, ask: Ask) -> Unmet | None:
    """The day lies within the period for asking for a review."""
    last = last_day(facts, "review_request_end")
    if last is None or facts.today <= last:
        return None
    return unmet(f"复核申请期限 {last} 已过", f"the period ended on {last}", [last])


@guard("QH-14b", "GAP-QH-11")
def insignia_settled(facts: Facts, ask: Ask) -> Unmet | None:
    """Each piece of insignia is recovered and cancelled, or declared invalid."""
    out = facts.of("insignia", parent=title_of(facts).id, live=True)
    if not out:
        return None
    named = [p.data.get("serial") or p.data.get("kind", p.id) for p in out]
    return unmet(f"还有 {len(out)} 件牌匾证书未收回注销", f"{len(out)} pieces of insignia are still out", named)


@guard("INV-27", rests="/title/bars")
def bars_recorded(facts: Facts, ask: Ask) -> Unmet | None:
    """Every bar that the scheme attaches to this ending exists as a dated or numbered record."""
    known = {(b["on"], b["who"]) for b in facts.thing.data.get("bars", ())}
    left = [f"{b['on']}:{b['who']}" for b in bars(facts, "revoked") if (b["on"], b["who"]) not in known]
    return unmet("限制申报记录未登记", "bars are still to be written", left) if left else None


def _others_open(facts: Facts) -> bool:
    """Whether another case is open against the title: two findings may be examined side by side."""
    cases = facts.of("revocation_case", parent=title_of(facts).id, live=True)
    return any(c.id != facts.thing.id for c in cases)


def review_begins(facts: Facts, ask: Ask) -> list[Effect]:
    """The title goes under review; a second case joins a review that runs, one by strikes the review it began."""
    title = title_of(facts)
    return [] if title.state == "revocation_review" else [Fire(title.id, ("open_review",))]


def review_ends(facts: Facts, ask: Ask) -> list[Effect]:
    """The title stands as before, unless another case is still open against it."""
    return [] if _others_open(facts) else [Fire(title_of(facts).id, ("dismiss_review",))]


def tell_look_back(facts: Facts, ask: Ask) -> list[Effect]:
    """The look-back that led here learns how it ended (QH-09b)."""
    visit = facts.thing.data.get("look_back")
    known = facts.things.get(visit or "")
    return [] if not visit or (known and known.ended) else [Send("look_back", "record_outcome", visit)]


def join_ground(facts: Facts, ask: Ask) -> list[Effect]:
    """The further ground stands beside those on file."""
    return [Put(facts.thing.id, {"grounds": {**facts.thing.data.get("grounds", {}), **ask.form["grounds"]}})]


def note_statement(facts: Facts, ask: Ask) -> list[Effect]:
    """Statements are numbered, so that each can be answered."""
    before = facts.thing.data.get("statements", ())
    said = {"no": str(len(before) + 1), "statement": ask.form["statement"], "on": facts.today.isoformat()}
    return [Put(facts.thing.id, {"statements": [*before, said]})]


def keep_decision(facts: Facts, ask: Ask) -> list[Effect]:
    """The grounds on which the decision rests (INV-10)."""
    decided = ask.form.get("grounds") or facts.thing.data["grounds"]
    return [Put(facts.thing.id, {"decided_grounds": decided})]


def takes_effect(facts: Facts, ask: Ask) -> list[Effect]:
    """With its service the bars begin and the title is revoked, unless it has ended already (QH-14b)."""
    title = title_of(facts)
    recorded = Put(facts.thing.id, {"bars": bars(facts, "revoked")})
    return [recorded] if title.state in TITLE_ENDED else [recorded, Fire(title.id, ("revoke",))]


def clears_up(facts: Facts, ask: Ask) -> list[Effect]:
    """With no review left, what came back or was lost is cancelled; with the last piece the case settles."""
    pieces = facts.of("insignia", parent=title_of(facts).id, live=True)
    cancelled = [Fire(p.id, ("cancel_insignia", "write_off"), optional=True) for p in pieces]
    return [*cancelled, Fire(facts.thing.id, ("settle_case",), optional=True)]


def restores(facts: Facts, ask: Ask) -> list[Effect]:
    """No bar is left; the title stands again and keeps its pieces, unless it fell for another reason too.

    What its last day or waiting failures bring about at once, an end or a review, leaves the pieces recalled.
    """
    title = title_of(facts)
    lifted = Put(facts.thing.id, {"bars": []})
    served = [c for c in facts.of("revocation_case", parent=title.id) if c.state in IN_EFFECT]
    if title.state != "revoked" or served:
        return [lifted]
    out = [p for p in facts.of("insignia", parent=title.id) if p.state == "recall_ordered"]
    return [
        lifted,
        Fire(title.id, ("reverse_revocation",)),
        *(Fire(p.id, ("cancel_recall",), optional=True) for p in out),
    ]


def title_is_over(facts: Facts, ask: Ask) -> list[Effect]:
    """With the last case nothing more can happen to the title: its life ends here."""
    title = title_of(facts)
    return [] if _others_open(facts) else [Put(title.id, {"closed": True}), *(LetGo(title.id, key) for key in DATED)]


UNDECIDED = "opened|investigating|reported|heard|proposed"

TABLE = (
    Move(states(NEW), "open_revocation", "opened", ("authority", "system"), "立案审查", "Open",
         ("QH-13a", "QH-13-1", "QH-13-2", "QH-13-3", "QH-13-4", "QH-13-5", "QH-13-6", "SX-37-1",
          "SX-37-2", "SX-37-3", "SX-37-4", "GAP-QH-10"),
         GROUND, (scheme_sets("revocation.mode", "own"), ground_fits_class, free_ground_explained),
         (review_begins,), artefacts=("revocation_file",), mark="D"),
    Move(states("opened"), "start_investigation", "investigating", ("authority", "inspector"), "开展调查",
         "Start the investigation", ("QH-14a",), artefacts=("investigation_order",), mark="D"),
    Move(states("investigating"), "add_ground", SAME, ("authority", "inspector"), "追加情形", "Add a ground",
         ("QH-13a",), FURTHER_GROUND, (ground_fits_class, free_ground_explained), (join_ground,)),
    Move(states("investigating"), "file_investigation_report", "reported", ("inspector", "authority"),
         "提交调查报告", "File the report", ("QH-14a", "INV-10"), INVESTIGATION_REPORT,
         artefacts=("investigation_report",), mark="D"),
    Move(states("reported"), "reopen_investigation", "investigating", ("authority",), "补充调查",
         "Investigate further", ("QH-14a",), REASON, artefacts=("return_note",)),
    Move(states("reported"), "open_statement_period", "hearing", ("authority",), "告知陈述申辩",
         "Open the statement period", ("GAP-QH-14",), SERVED, artefacts=("statement_notice",)),
    Move(states("hearing"), "submit_statement", SAME, ("designee",), "陈述申辩", "Submit a statement",
         ("GAP-QH-14",), STATEMENT, then=(note_statement,), kind="signal", artefacts=("statement",)),
    Move(states("hearing"), "end_statement_period", "heard", ("timer",), "申辩期满", "Statement period ends",
         ("GAP-QH-14",), kind="timer", artefacts=("hearing_record",)),
    Move(states("hearing"), "waive_statement", "heard", ("designee",), "放弃申辩", "Statement waived",
         ("GAP-QH-14",), WAIVER, kind="signal", artefacts=("statement_waiver",)),
    Move(states("heard"), "propose_decision", "proposed", ("authority",), "提出处理意见", "Propose",
         ("QH-14a", "GAP-QH-14"), PROPOSAL, (investigation_report_filed, statement_answered),
         artefacts=("decision_draft",)),
    Move(states("proposed"), "return_proposal", "heard", ("approver",), "退回意见", "Return", ("INV-16",),
         REASON, artefacts=("return_note",)),
    Move(states(UNDECIDED), "decide_dismissal", "dismissed", ("approver",), "决定不予撤销", "Decide: dismiss",
         ("QH-14a", "INV-20"), REASON, then=(review_ends, tell_look_back), persons=2,
         artefacts=("closing_note",), mark="R"),
    Move(states("proposed"), "decide_revocation", "decided", ("approver",), "决定撤销", "Decide: revoke",
         ("QH-13a", "QH-14a", "SX-37", "INV-10", "INV-20"), DECISION, (investigation_report_filed, ground_on_record),
         (keep_decision,), persons=2, artefacts=("revocation_decision",), mark="D"),
    Move(states("decided"), "notify_decision", "notified", ("authority",), "送达公布", "Notify and publish",
         ("QH-14a", "GAP-QH-14"), DOCUMENT.also(RECEIVED), then=(takes_effect,),
         artefacts=("service_record", "public_circular")),
    Move(states("notified"), "request_review", "under_review", ("designee",), "申请复核", "Ask for review",
         ("GAP-QH-14",), REVIEW_REQUEST, (within_review_period,), kind="signal",
         artefacts=("review_request",)),
    Move(states("notified"), "end_review_period", "final", ("timer",), "复核期满", "Review period ends",
         ("GAP-QH-14",), then=(clears_up,), kind="timer"),
    Move(states("under_review"), "uphold_revocation", "final", ("approver",), "维持撤销", "Uphold",
         ("GAP-QH-14", "INV-20"), REASON, (reviewer_not_decider,), (clears_up,),
         artefacts=("review_decision",)),
    Move(states("under_review"), "reverse_decision", "reversed", ("approver",), "纠正撤销", "Reverse",
         ("GAP-QH-14", "INV-20"), REASON, (reviewer_not_decider,), (restores, tell_look_back),
         artefacts=("review_decision",)),
    Move(states("final"), "settle_case", "settled", ("system", "authority"), "结案", "Settle",
         ("QH-14b", "GAP-QH-11", "INV-27"), guards=(insignia_settled, bars_recorded),
         then=(title_is_over, tell_look_back), artefacts=("return_receipt",), mark="D"),
    Move(states("opened|investigating|reported|hearing|heard|proposed"), "close_for_title_end", "closed",
         ("system",), "称号已终止结案", "Close: title already ended", ("INV-26",), guards=(title_has_ended,),
         then=(tell_look_back,), artefacts=("closing_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("investigation_due", ("start_investigation", "reopen_investigation"),
             ("file_investigation_report",), working_days(lambda f: f.scheme.revocation.investigation_days),
             ("QH-14a",), unit="working_days", remind=(-5,)),
    DutyRule("statement_end", ("open_statement_period",), ("waive_statement",),
             working_days_served(lambda f: f.scheme.revocation.statement_days), ("GAP-QH-14",), unit="working_days",
             at_due="end_statement_period", remind=(-3,)),
    DutyRule("review_request_end", ("notify_decision",), ("request_review",),
             working_days_served(lambda f: f.scheme.revocation.review_request_days), ("GAP-QH-14",),
             unit="working_days", at_due="end_review_period", remind=(-3,)),
    DutyRule("review_result_due", ("request_review",), ("uphold_revocation", "reverse_decision"),
             calendar_days(lambda f: f.scheme.revocation.review_days), ("GAP-QH-14",), unit="calendar_days",
             remind=(-10, -3)),
)  # fmt: skip

MACHINE = Machine("revocation_case", TABLE, final=("dismissed", "reversed", "settled", "closed"), duties=DUTIES)
