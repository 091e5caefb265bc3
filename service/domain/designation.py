"""A title: held, reminded, suspended, under review, and how it ends.

QH-05b: no title is for life. What is in force on it is computed, never remembered: `dismiss_review` and
`reinstate` lead to where a suspension or a reminder that is still in force puts it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from service.domain.duties import Due, DutyRule
from service.domain.effects import Effect, New, Put
from service.domain.facts import NEW, SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import EXTERNAL_FACT, MERGER_DOCUMENT, Fault, Form, Part, day, grounds, pairs, text
from service.domain.machine import Guard, Machine, Move, guard, scheme_sets, states
from service.domain.titles import DECISION_EFFECTIVE, REMINDER_IN_FORCE, anew, bars, end_of_title, its, one_of

FACT_KINDS = ("national_call", "serious_problem", "criticism", "discipline", "other")


def _is_call(facts: Facts, given: Any) -> bool:
    return bool(given.get("kind") == "national_call")


def _each_ground(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if lacking := sorted(set(facts.thing.data.get("grounds") or ()) - set(value)):
        return f"缺少 {'、'.join(lacking)} 的说明", f"a statement is missing for {', '.join(lacking)}"
    return None


# Not a draft: the grounds of an earlier suspension say nothing about this one.
SUSPENSION = replace(grounds("title.suspension.grounds"), draft=False)
GROUND_GONE = Form(
    "ground_gone",
    (Part("statements", pairs, "各情形消除的说明", "statement for each ground", check=_each_ground),),
    ("INV-22", "INV-25"),
    keep=False,
)
EXIT_LETTER = Form(
    "exit_letter",
    (
        Part("letter", text, "退出申请（佐证编号）", "letter (ID of the evidence)"),
        Part("signer", text, "签署人", "signer"),
    ),
    ("QH-05a",),
)
FACT = replace(
    EXTERNAL_FACT.also(
        Part("kind", text, "情况类别", "kind of fact", optional=True, check=one_of(*FACT_KINDS)),
        Part("closes", day, "截止日期", "last day of the call", when=_is_call),
        Part("text", text, "情况说明", "what happened", optional=True),
    ),
    keep=False,
)


def _in_force(facts: Facts, ask: Ask) -> str:
    """Where the title stands once the event is done; a reinstatement ends the suspension (INV-25, QH-12a)."""
    title = facts.thing
    if title.data.get("suspended_since") and ask.event != "reinstate":
        return "suspended"
    reminders = facts.of("reminder", parent=title.id)
    return "reminded" if any(r.state in REMINDER_IN_FORCE for r in reminders) else "active"


def _standing(state: str) -> Guard:
    def check(facts: Facts, ask: Ask) -> Unmet | None:
        at = _in_force(facts, ask)
        return None if at == state else unmet(f"该称号现应为 {at}", f"what is in force makes it {at}", [at])

    return Guard(
        f"standing={state}",
        check,
        choice="standing",
        meaning=f"What is in force on the title makes it {state}.",
    )


ACTIVE, REMINDED, SUSPENDED = (_standing(s) for s in ("active", "reminded", "suspended"))


@guard("QH-05a")
def exit_requested(facts: Facts, ask: Ask) -> Unmet | None:
    """A signed request of the designee to give up the title is on file."""
    if facts.thing.data.get("letter"):
        return None
    return unmet("须先由命名对象提出书面申请", "the designee must first ask for it in writing", ["letter"])


@guard("PDS-D2", "INV-15")
def no_fact_finding_open(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact-finding on false material is open against the subject."""
    found = facts.case.data.get("fact_finding", {}) if facts.case else {}
    if not found.get("open"):
        return None
    return unmet("材料真实性核实尚未结束", "a fact-finding on false material is open", [found.get("on", "-")])


@guard("QH-08f")
def national_call_open(facts: Facts, ask: Ask) -> Unmet | None:
    """A call of the higher body for nominations is recorded and open."""
    calls = [f for f in facts.thing.data.get("facts", ()) if f.get("kind") == "national_call"]
    if any(date.fromisoformat(c["date"]) <= facts.today <= date.fromisoformat(c["closes"]) for c in calls):
        return None
    return unmet("没有已登记且在期限内的国家级推荐通知", "no national call is recorded and open", ["national_call"])


def first_report(facts: Facts, ask: Ask) -> list[Effect]:
    """The report on the naming year comes first; where it is waived, that of the next year (GAP-QH-12)."""
    if not facts.scheme.annual_report.present:
        return []
    named_in = date.fromisoformat(facts.thing.data["named_on"]).year
    year = named_in + (facts.scheme.annual_report.first_year == "waive")
    return [New("annual_report", "schedule_report", facts.thing.id, data={"due_year": year})]


def reports_again(facts: Facts, ask: Ask) -> list[Effect]:
    """The reports that the revocation waived are owed again, from the earliest on (QH-07d)."""
    title = facts.thing
    fell = title.on("revoke") or facts.today
    waived = [
        r.data["due_year"]
        for r in facts.of("annual_report", parent=title.id)
        if r.state == "waived" and (r.on("waive_report") or fell) >= fell
    ]
    return [New("annual_report", "schedule_report", title.id, data={"due_year": min(waived)})] if waived else []


def suspension_begins(facts: Facts, ask: Ask) -> list[Effect]:
    """The title is under a suspension until it is reinstated, also while a review runs (INV-25)."""
    return [Put(facts.thing.id, {"suspended_since": facts.today.isoformat()})]


def suspension_ends(facts: Facts, ask: Ask) -> list[Effect]:
    """No suspension is in force any more."""
    return [Put(facts.thing.id, {"suspended_since": None})]


def note_fact(facts: Facts, ask: Ask) -> list[Effect]:
    """A fact is added to those on file; none is ever overwritten."""
    fact = {"kind": "other", **ask.form, "recorded_on": facts.today.isoformat(), "by": ask.who.person}
    return [Put(facts.thing.id, {"facts": [*facts.thing.data.get("facts", ()), fact]})]


def exit_bars(facts: Facts, ask: Ask) -> list[Effect]:
    """Where the scheme says so, a title given up bars from applying again (INV-27)."""
    return [Put(facts.thing.id, {"bars": bars(facts, "exited")})]


def suspension_limit(facts: Facts) -> list[Due]:
    """`title.suspension.max_days` calendar days from the day of this suspension, not of an earlier one."""
    rule = facts.scheme.title.suspension
    if rule is None or rule.max_days is None:
        return []
    return [Due(facts.today + timedelta(days=rule.max_days), tag=anew(facts, "suspension_limit"))]


def bar_ends(facts: Facts) -> list[Due]:
    """The last day of each bar that ends by date; one by batches has none."""
    dated = [b["until"] for b in bars(facts, "revoked") if b["until"]]
    first = len(anew(facts, "bar_end"))  # after a reversal the bars of the next fall count on their own
    return [Due(date.fromisoformat(u), tag=str(n) if n else "") for n, u in enumerate(sorted(dated), first)]


LIVE = "active|reminded|suspended"

TABLE = (
    Move(states(NEW), "create_designation", "active", ("system",), "建立命名对象",
         "Create from a naming decision", ("QH-02b", "QH-07e", "INV-05", "QH-06a", "SX-28"),
         guards=(DECISION_EFFECTIVE,), then=(first_report,), artefacts=("dossier",), mark="D"),
    Move(states("active"), "mark_reminded", "reminded", ("system",), "被通报提醒", "Reminder issued",
         ("QH-12a", "QH-12b"), guards=(its("reminder", "issued"),), artefacts=("reminder_circular",),
         mark="D"),
    Move(states("reminded"), "lift_reminder", "active", ("system",), "解除提醒", "Reminder lifted",
         ("QH-12b",), guards=(its("reminder", "lifted"),), artefacts=("close_out_record",), mark="D"),
    Move(states("active|reminded"), "suspend", "suspended", ("authority",), "暂停称号", "Suspend",
         ("QH-05b", "INV-20", "INV-25"), SUSPENSION, (scheme_sets("title.suspension"),), (suspension_begins,),
         persons=2, artefacts=("suspension_decision",)),
    Move(states("suspended"), "reinstate", "active", ("authority",), "恢复称号", "Reinstate",
         ("INV-25", "QH-12a"), GROUND_GONE, (ACTIVE,), (suspension_ends,),
         artefacts=("reinstatement_decision",)),
    Move(states("suspended"), "reinstate", "reminded", ("authority",), "恢复称号", "Reinstate",
         ("INV-25", "QH-12a"), GROUND_GONE, (REMINDED,), (suspension_ends,),
         artefacts=("reinstatement_decision",)),
    Move(states(LIVE), "open_review", "revocation_review", ("system",), "进入撤销审查",
         "Revocation case opened", ("QH-13a", "SX-37"), guards=(its("revocation_case", "opened"),),
         artefacts=("revocation_file",), mark="D"),
    Move(states("revocation_review"), "dismiss_review", "active", ("system",), "不予撤销",
         "Dismissed: title stands as before", ("QH-14a", "QH-12a", "INV-25"),
         guards=(its("revocation_case", "dismissed"), ACTIVE), artefacts=("closing_note",), mark="R"),
    Move(states("revocation_review"), "dismiss_review", "reminded", ("system",), "不予撤销",
         "Dismissed: title stands as before", ("QH-14a", "QH-12a", "INV-25"),
         guards=(its("revocation_case", "dismissed"), REMINDED), artefacts=("closing_note",), mark="R"),
    Move(states("revocation_review"), "dismiss_review", "suspended", ("system",), "不予撤销",
         "Dismissed: title stands as before", ("QH-14a", "QH-12a", "INV-25"),
         guards=(its("revocation_case", "dismissed"), SUSPENDED), artefacts=("closing_note",), mark="R"),
    Move(states("revocation_review"), "revoke", "revoked", ("system",), "撤销命名", "Revoke",
         ("QH-13a", "QH-14a", "SX-37", "INV-10"), guards=(its("revocation_case", "notified"),),
         then=(end_of_title,), artefacts=("revocation_decision",), mark="D"),
    Move(states("revoked"), "reverse_revocation", "active", ("system",), "撤销被纠正",
         "Revocation reversed on review", ("GAP-QH-14",), guards=(its("revocation_case", "reversed"),),
         then=(suspension_ends, reports_again), artefacts=("review_decision",)),
    Move(states(f"{LIVE}|revocation_review"), "cancel_for_merger", "cancelled", ("authority",),
         "区划调整注销", "Cancel: subject merged or abolished", ("INV-20", "INV-26"), MERGER_DOCUMENT,
         (scheme_sets("title.on_merger", "cancel"),), (end_of_title,), persons=2,
         artefacts=("merger_document", "cancellation_decision")),
    Move(states(LIVE), "request_exit", SAME, ("designee",), "申请退出", "Ask to leave", ("QH-05a",),
         EXIT_LETTER, artefacts=("exit_letter",)),
    Move(states(LIVE), "accept_exit", "exited", ("authority",), "同意退出", "Accept the exit", ("QH-05a",),
         guards=(exit_requested, no_fact_finding_open), then=(exit_bars, end_of_title),
         artefacts=("exit_decision",)),
    Move(states("active"), "nominate_nationally", SAME, ("authority",), "推荐国家级", "Nominate nationally",
         ("QH-08f", "QH-11e", "INV-07"), guards=(national_call_open,), artefacts=("nomination",), mark="D"),
    Move(states(LIVE), "record_fact", SAME, ("authority", "inspector", "publicist"), "登记情况",
         "Record an outside fact", ("QH-12-4", "QH-13-4", "PDS-M3e", "YL-W3c"), FACT, then=(note_fact,),
         kind="signal", artefacts=("fact_note",), mark="D"),
)  # fmt: skip

DUTIES = (
    DutyRule("suspension_limit", ("suspend",), ("reinstate", "revoke"), suspension_limit, ("INV-25",),
             unit="calendar_days", remind=(-30, -10)),
    DutyRule("bar_end", ("revoke",), ("reverse_revocation",), bar_ends, ("INV-27", "GAP-QH-5"),
             at_due="remind"),
)  # fmt: skip

MACHINE = Machine("designation", TABLE, final=("cancelled", "exited"), duties=DUTIES)
