"""A rectification item: a finding that somebody must put right, and what it holds meanwhile (YL-2l, INV-18).

It is handed over with its four elements, worked on, verified by another person and closed out. An item that
holds a stage releases it when the last one is closed or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from service.domain.duties import Due, DutyRule, limit
from service.domain.effects import Effect, Fire, Place, Put
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import EVIDENCE, FINDING, FOUR_CLEARS, REASON, Form, Part, day, not_future, text
from service.domain.guards import not_yet_examined, owner_still_open, verifier_not_responsible
from service.domain.machine import Machine, Move, guard, states

CLOSE_OUT = Form(
    "close_out",
    (
        Part("date", day, "销号日期", "day of closing out", check=not_future),
        Part("measure", text, "整改措施", "measure"),
        Part("verifier", text, "核验人", "verifier"),
    ),
    ("YL-2l", "YL-2i"),
    draft=True,
)


@guard("INV-16", rests="/roles/authority")
def withdrawn_by_source(facts: Facts, ask: Ask) -> Unmet | None:
    """The body that raised the finding, or the authority above it, withdraws it."""
    source = _raised_by(facts)
    roles = facts.scheme.concrete_roles("authority")
    above = any(held.role in roles and held.covers(facts.thing) for held in ask.who.roles)
    if above or ask.who.person == source:
        return None
    return unmet("只有提出问题的一方或其上级可以撤销", "only who raised it, or the authority, withdraws it", [source])


def _raised_by(facts: Facts) -> str:
    """Who raised the finding; of one that came with the findings on a stage, whoever raised those."""
    run = facts.things.get(str(facts.thing.data.get("holds"))) or facts.run
    by = facts.thing.by.get("raise_item", "")
    if by != "system" or run is None:
        return by
    return run.by.get("raise_findings") or run.by.get("record_problems", by)


def hold(facts: Facts, ask: Ask) -> list[Effect]:
    """What an item raised by hand holds: its reminder, or what the stage says of findings (INV-18)."""
    item, parent = facts.thing, facts.parent
    if "holds" in item.data or parent is None:
        return []
    holds: str | None = parent.id if parent.machine == "reminder" else None
    if parent.machine == "case" and (run := facts.run):
        holds = {"this_stage": run.id, "next_rectification": "next_rectification"}.get(facts.stage.findings)
    return [Put(item.id, {"holds": holds})]


def lie_with_unit(facts: Facts, ask: Ask) -> list[Effect]:
    """What belongs to no applicant, as a finding about a plan does, lies with the unit that is to put it right."""
    item = facts.thing
    return [] if item.organization else [Place(item.id, {"organization": item.data["unit"]})]


def release(facts: Facts, ask: Ask) -> list[Effect]:
    """The stage that was held goes on with its last finding; while others hold it, nothing happens (INV-18)."""
    raised_in = facts.things.get(str(facts.thing.data.get("holds")))
    if raised_in is None or raised_in.machine != "stage":
        return []
    held = [run for run in facts.runs_like(raised_in) if run.state == "held"]
    return [Fire(run.id, ("release_stage",), optional=True) for run in held]


def item_due(facts: Facts) -> Iterable[Due]:
    """Until it is assigned the days of the scheme run; from then on the date of the assignment.

    An item that is reopened after that date has the days of the scheme again.
    """
    days = facts.scheme.rectification.item_days
    by_scheme = facts.today + timedelta(days=days) if days else None
    if facts.thing.state == "raised":
        return (Due(by_scheme, tag="assign"),)
    assigned = date.fromisoformat(facts.thing.data["due"])
    return (Due(by_scheme if by_scheme and assigned < facts.today else assigned),)


DOER = ("contributor", "stage_actor", "designee")

TABLE = (
    Move(states("@new"), "raise_item", "raised", ("inspector", "stage_actor", "contributor", "stage_office",
         "evaluator_lead", "authority", "system"), "登记问题项", "Raise an item", ("YL-2i", "YL-3m",
         "PDS-S3b"), FINDING, then=(hold,), artefacts=("findings_notice",), mark="D"),
    Move(states("raised"), "assign_item", "assigned", ("stage_office", "organizer", "inspector", "authority"),
         "交办", "Assign", ("YL-2g", "YL-3h", "PDS-S3c", "INV-02"), FOUR_CLEARS,
         then=(lie_with_unit,), artefacts=("rectification_plan",), mark="D"),
    Move(states("assigned"), "start_item", "in_progress", DOER, "开始整改", "Start", ("YL-2l",), mark="D"),
    Move(states("in_progress"), "submit_item", "submitted", DOER, "提交整改", "Submit", ("YL-2e", "YL-2l"),
         EVIDENCE, artefacts=("rectification_evidence",), mark="D"),
    Move(states("submitted"), "recall_item", "in_progress", DOER, "撤回整改材料", "Recall", ("INV-30",),
         guards=(not_yet_examined,)),
    Move(states("submitted"), "return_item", "in_progress", ("verifier",), "退回整改", "Return", ("YL-2l",),
         REASON, artefacts=("return_note",)),
    Move(states("submitted"), "verify_item", "verified", ("verifier",), "核验", "Verify", ("YL-2l", "PDS-V3"),
         guards=(verifier_not_responsible,), artefacts=("verification_note",)),
    Move(states("verified"), "close_item", "closed", ("verifier", "organizer", "stage_office"), "销号",
         "Close out", ("YL-2l", "YL-2i"), CLOSE_OUT, then=(release,), artefacts=("close_out_entry",),
         mark="D"),
    Move(states("verified|closed"), "reopen_item", "in_progress", ("verifier", "inspector", "authority"),
         "问题反弹重开", "Reopen", ("QH-13-5",), REASON, (owner_still_open,), artefacts=("reopening_note",)),
    Move(states("raised|assigned|in_progress|submitted"), "withdraw_finding", "void", ("inspector",
         "stage_office", "evaluator_lead", "authority"), "撤销问题", "Withdraw the finding", ("INV-16",),
         REASON, (withdrawn_by_source,), (release,), artefacts=("withdrawal_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("item_due", ("raise_item", "assign_item", "recall_item", "return_item", "reopen_item"),
             ("assign_item", "submit_item", "close_item", "withdraw_finding"), item_due, ("YL-2i", "YL-3h",
             "PDS-S3a", "YL-2m"), unit="calendar_days", remind=(-7, -3, -1), extend_by=("stage_office",
             "organizer", "authority"), extensions=lambda facts: limit(facts.scheme.rectification.extensions),
             shifts=lambda facts: facts.scheme.rectification.shifts, with_time=("reopen_item",)),
)  # fmt: skip

MACHINE = Machine("rectification_item", TABLE, final=("void",), duties=DUTIES)
