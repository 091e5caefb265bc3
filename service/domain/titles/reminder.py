"""A reminder: the circular on a title and the order to rectify that goes with it (QH-12a, QH-12b).

An order that is overdue stays overdue until somebody decides; only a person makes a revocation case of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from service.domain.choices import any_of
from service.domain.duties import DutyRule, fixed, last_day
from service.domain.effects import Effect, Fire, New, Send
from service.domain.facts import NEW, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import DUE_DAY, FOUR_CLEARS, REASON, Form, Part, grounds, text
from service.domain.guards import no_open_item_holding, title_has_ended, verifier_not_responsible
from service.domain.machine import Machine, Move, guard, scheme_sets, states
from service.domain.titles.grounds import ESCALATION_GROUND, ground_fits_class
from service.domain.titles.title import REMINDER_IN_FORCE, one_of, title_of

ITEM_DONE = ("submitted", "verified", "closed", "void")
STANDING_UNDER = ("reminded", "suspended", "revocation_review")

# Without a day of its own the order runs for the days of the scheme (GAP-QH-9).
DUE = replace(DUE_DAY.parts[0], optional=True)
ORDER = replace(grounds("reminder.grounds").also(DUE), name="reminder_order", rules=("QH-12a", "QH-12b", "GAP-QH-9"))
DRAFT = replace(ORDER, name="reminder_draft", parts=tuple(replace(p, optional=True) for p in ORDER.parts))
REPORT = Form("rectification_report", (Part("report", text, "整改报告", "report on the rectification"),), ("QH-12b",))
RECURRENCE = REASON.also(ESCALATION_GROUND)
FAILURE = RECURRENCE.also(
    Part(
        "finding",
        text,
        "认定",
        "finding",
        check=one_of("date_past", "no_improvement"),
        choices=any_of("date_past", "no_improvement"),
    ),
)


@guard("QH-12b")
def items_all_submitted(facts: Facts, ask: Ask) -> Unmet | None:
    """Each rectification item under the order is submitted, verified, closed or void."""
    left = [i for i in facts.open_items(facts.thing.id) if i.state not in ITEM_DONE]
    if not left:
        return None
    named = [f"{i.data.get('finding', '-')} / {i.data.get('unit', '-')}" for i in left]
    return unmet(f"还有 {len(left)} 项整改未提交", f"{len(left)} items are not submitted", named)


@guard("QH-13-5")
def no_clear_improvement(facts: Facts, ask: Ask) -> Unmet | None:
    """The rectification date is past or the report shows no clear improvement, and the finding says so."""
    finding = ask.form.get("finding")
    due = last_day(facts, "reminder_rectification_due")
    if finding == "date_past" and (due is None or due >= facts.today):
        return unmet(f"整改时限 {due} 未过", f"the date of the order, {due}, is not past", [due])
    if finding == "no_improvement" and facts.thing.state != "submitted":
        return unmet("尚无整改报告可供认定", "no report is on file that could show it", ["report"])
    return None


@guard("QH-13-5")
def serious_recurrence(facts: Facts, ask: Ask) -> Unmet | None:
    """A fact of a serious problem during ordered rectification is on file."""
    since = facts.thing.on("issue_reminder") or facts.today
    for fact in title_of(facts).data.get("facts", ()):
        if fact.get("kind") == "serious_problem" and date.fromisoformat(fact["date"]) >= since:
            return None
    return unmet(
        "整改期间再次发生严重问题的情况须先登记",
        "record the serious problem of this period first",
        ["serious_problem"],
    )


def reminds_the_title(facts: Facts, ask: Ask) -> list[Effect]:
    """An active title becomes reminded; under another measure it is under both; one that ended refuses."""
    title = title_of(facts)
    return [] if title.state in STANDING_UNDER else [Fire(title.id, ("mark_reminded",))]


def items_of_the_plan(facts: Facts, ask: Ask) -> list[Effect]:
    """One item for each ground, with the four clears of the plan: assigning it needs no more (INV-02)."""
    order = facts.thing
    plan = {name: ask.form[name] for name in ("measure", "unit", "person", "due")}
    return [
        New(
            "rectification_item",
            "raise_item",
            order.id,
            form={"source": "reminder", "finding": fact, "basis": code},
            data={"holds": order.id, **plan},
        )
        for code, fact in order.data["grounds"].items()
    ]


def _waiting_look_back(facts: Facts) -> Thing | None:
    """The look-back that led to this reminder, as long as it waits for its outcome."""
    visit = facts.things.get(facts.thing.data.get("look_back") or "")
    return visit if visit is not None and visit.state == "reminded" else None


@guard("GAP-QH-1")
def no_look_back_waits(facts: Facts, ask: Ask) -> Unmet | None:
    """No look-back waits for what becomes of the reminder to which its result led."""
    visit = _waiting_look_back(facts)
    return unmet("回访正等待该提醒的结果", "a look-back waits for this reminder", [visit.id]) if visit else None


def lifts_the_title(facts: Facts, ask: Ask) -> list[Effect]:
    """The title is active again unless another reminder is in force; the look-back behind it is retained."""
    title = title_of(facts)
    others = [r for r in facts.of("reminder", parent=title.id) if r.state in REMINDER_IN_FORCE]
    effects: list[Effect] = []
    if title.state == "reminded" and not others:
        effects.append(Fire(title.id, ("lift_reminder",)))
    if visit := _waiting_look_back(facts):
        effects.append(Send("look_back", "retain_after_reminder", visit.id))
    return effects


def escalates(facts: Facts, ask: Ask) -> list[Effect]:
    """A failed order leads to a revocation case, where the office itself can revoke (QH-13-5)."""
    visit = _waiting_look_back(facts)
    effects: list[Effect] = []
    if facts.scheme.revocation.mode == "own":
        data = {"reminder": facts.thing.id, **({"look_back": visit.id} if visit else {})}
        form = {"grounds": {ask.form["ground"]: ask.form["text"]}}
        effects.append(New("revocation_case", "open_revocation", title_of(facts).id, form=form, data=data))
    if visit:
        effects.append(Send("look_back", "escalate_look_back", visit.id))
    return effects


def rectification_day(facts: Facts) -> date:
    """The day of the order, or `reminder.rectification_days` calendar days after it was issued (GAP-QH-9)."""
    if given := facts.thing.data.get("due_day"):
        return date.fromisoformat(given)
    return facts.today + timedelta(days=facts.scheme.reminder.rectification_days)


def one_extension(facts: Facts) -> tuple[int, int]:
    """How often the order may be extended, and by how many calendar days (GAP-QH-9)."""
    rule = facts.scheme.reminder.extension
    return rule.count, rule.days


TABLE = (
    Move(states(NEW), "draft_reminder", "drafted", ("authority", "system"), "拟稿提醒", "Draft",
         ("QH-12a", "GAP-SX-9"), DRAFT, (scheme_sets("reminder.present"),), artefacts=("reminder_draft",),
         mark="D"),
    Move(states("drafted"), "issue_reminder", "issued", ("authority", "approver"), "通报提醒", "Issue",
         ("QH-12a", "QH-12b", "QH-12-1", "QH-12-2", "QH-12-3", "QH-12-4", "QH-12-5", "QH-12-6", "GAP-QH-9",
          "GAP-QH-13", "INV-20"),
         ORDER, (ground_fits_class,), (reminds_the_title,), persons=2,
         artefacts=("reminder_circular", "rectification_order"), mark="D"),
    Move(states("drafted"), "discard_reminder", "discarded", ("authority",), "作废提醒稿", "Discard",
         ("INV-16",), REASON, (no_look_back_waits,)),
    Move(states("issued"), "acknowledge_reminder", "rectifying", ("designee",), "签收并制定整改",
         "Acknowledge with a plan", ("QH-12b",), replace(FOUR_CLEARS, draft=False), then=(items_of_the_plan,),
         artefacts=("rectification_plan",)),
    Move(states("rectifying"), "submit_rectification", "submitted", ("designee",), "提交整改报告", "Submit",
         ("QH-12b",), REPORT, (items_all_submitted,), artefacts=("rectification_report",), mark="D"),
    Move(states("submitted"), "return_rectification", "rectifying", ("authority", "verifier"), "退回整改",
         "Return", ("QH-12b",), REASON, artefacts=("return_note",)),
    Move(states("submitted"), "verify_rectification", "verified", ("verifier",), "核验整改", "Verify",
         ("QH-12b", "GAP-QH-1"), guards=(no_open_item_holding, verifier_not_responsible),
         artefacts=("verification_note",)),
    Move(states("verified"), "lift_reminder", "lifted", ("authority",), "解除提醒", "Lift",
         ("QH-12b", "INV-20"), then=(lifts_the_title,), persons=2, artefacts=("close_out_record",)),
    Move(states("issued|rectifying|submitted"), "fail_rectification", "escalated", ("authority",), "整改不力",
         "Fail", ("QH-13-5",), FAILURE, (no_clear_improvement,), (escalates,), artefacts=("finding_note",),
         mark="D"),
    Move(states("issued|rectifying|submitted|verified"), "record_recurrence", "escalated", ("authority",),
         "问题再次发生", "Serious recurrence", ("QH-13-5",), RECURRENCE, (serious_recurrence,), (escalates,),
         artefacts=("finding_note",), mark="D"),
    Move(states("issued|rectifying|submitted|verified"), "close_for_title_end", "closed", ("system",),
         "称号终止结案", "Close: title ended", ("INV-16",), guards=(title_has_ended,)),
)  # fmt: skip

DUTIES = (
    DutyRule("reminder_rectification_due", ("issue_reminder", "return_rectification"),
             ("submit_rectification",), fixed(rectification_day), ("QH-12b", "GAP-QH-9"),
             unit="calendar_days", remind=(-30, -10, -3), extend_by=("authority",), extensions=one_extension),
)  # fmt: skip

MACHINE = Machine("reminder", TABLE, final=("discarded", "lifted", "escalated", "closed"), duties=DUTIES)
