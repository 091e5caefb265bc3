"""A title: held, reminded, suspended, under review, and how it ends.

QH-05b: no title is for life. What a row rests on stands beside this table: how a title is founded (founding), how
long it holds (validity), at rest (suspension), its failures (strikes), its rungs (tiers), its heirs (merger).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.cases.case_guards import scheme_published
from service.domain.choices import any_of
from service.domain.duties import Due, DutyRule, anew
from service.domain.effects import Effect, Fire, New, Put
from service.domain.facts import NEW, SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import (
    EXTERNAL_FACT,
    MERGER_DOCUMENT,
    Choice,
    Fault,
    Form,
    Part,
    count,
    day,
    evidence_id,
    text,
)
from service.domain.machine import Machine, Move, guard, scheme_sets, states
from service.domain.titles.founding import (
    EXTERNAL,
    FOUNDED,
    LEGACY,
    first_report,
    legacy_class_resolved,
    noted,
    title_not_held,
    title_recorded_once,
)
from service.domain.titles.merger import TRANSFER, merger_leads_to, pass_on, successor_fits
from service.domain.titles.nomination import NOMINATION, first_choice_respected, national_call_open, note_nomination
from service.domain.titles.strikes import (
    PASS,
    STRIKE,
    count_what_waited,
    keep_for_later,
    note_pass,
    note_strike,
    review_by_strikes,
    run_passed,
    strike_source_counts,
    strikes_below_limit,
    strikes_end_title,
    strikes_open_review,
)
from service.domain.titles.suspension import (
    GROUND_GONE,
    SUSPENSION,
    ranking_suspends,
    standing,
    suspension_begins,
    suspension_ends,
    suspension_limit,
)
from service.domain.titles.tiers import (
    LAPSED,
    RAISED,
    known_tier,
    lower_it,
    raise_it,
    tier_next_on_ladder,
    tier_not_held,
    tiers_told,
)
from service.domain.titles.title import DECISION_EFFECTIVE, LIVE, bars, end_of_title, ending_bars, its, one_of
from service.domain.titles.validity import (
    clock_stops,
    ends_or_goes_on,
    grace_days,
    holds_recheck,
    keep_days,
    new_term,
    no_renewal_pending,
    over_by_time,
    owes_no_more,
    recheck_again,
    recheck_days,
    recheck_passed,
    renewal_window,
    rests,
    round_again,
    round_days,
    round_falls_due,
    validity_ends,
    within_grace,
)

FACT_KINDS = ("national_call", "serious_problem", "criticism", "discipline", LAPSED, "other")


def _is_call(facts: Facts, given: Any) -> bool:
    return bool(given.get("kind") == "national_call")


def _is_lapse(facts: Facts, given: Any) -> bool:
    return bool(given.get("kind") == LAPSED)


def _known_kind(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    """Those of every programme, and those that this one counts when it ranks (INV-28)."""
    return one_of(*(code for code, _, _ in _kinds(facts)))(value, facts, ask)


def _kinds(facts: Facts) -> list[Choice]:
    ranking = facts.scheme.look_back.ranking
    return [*any_of(*FACT_KINDS, *(ranking.facts if ranking else ()))(facts)]


EXIT_LETTER = Form(
    "exit_letter",
    (
        Part("letter", evidence_id, "退出申请（佐证编号）", "letter (ID of the evidence)"),
        Part("signer", text, "签署人", "signer"),
    ),
    ("QH-05a",),
)
FACT = replace(
    EXTERNAL_FACT.also(
        Part(
            "kind",
            text,
            "情况类别",
            "kind of fact",
            optional=True,
            check=_known_kind,
            choices=_kinds,
            rests="/look_back/ranking",
        ),
        Part("closes", day, "截止日期", "last day of the call", when=_is_call),
        Part(
            "tier",
            text,
            "层级",
            "tier no longer held",
            when=_is_lapse,
            check=known_tier,
            choices=tiers_told,
            rests="/tiers",
        ),
        Part("count", count, "件数", "how many, where it is counted", optional=True),
        Part("text", text, "情况说明", "what happened", optional=True),
    ),
    keep=False,
)


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


def reports_again(facts: Facts, ask: Ask) -> list[Effect]:
    """The reports that the end of the title waived are owed again, from the earliest on (QH-07d)."""
    title = facts.thing
    fell = max((day for e in ("revoke", "expire") if (day := title.on(e))), default=facts.today)
    waived = [
        r.data["due_year"]
        for r in facts.of("annual_report", parent=title.id)
        if r.state == "waived" and (r.on("waive_report") or fell) >= fell
    ]
    return [New("annual_report", "schedule_report", title.id, data={"due_year": min(waived)})] if waived else []


def note_fact(facts: Facts, ask: Ask) -> list[Effect]:
    """A fact is added to those on file; none is ever overwritten."""
    fact = {"kind": "other", **ask.form, "recorded_on": facts.today.isoformat(), "by": ask.who.person}
    return [Put(facts.thing.id, {"facts": [*facts.thing.data.get("facts", ()), fact]})]


def bar_ends(facts: Facts) -> list[Due]:
    """The last day of each bar that ends by date; one by batches has none."""
    if facts.thing.state not in ("revoked", "expired"):
        return []
    dated = [b["until"] for b in bars(facts, facts.thing.state) if b["until"]]
    first = len(anew(facts, "bar_end"))  # after a reversal the bars of the next fall count on their own
    return [Due(date.fromisoformat(u), tag=str(n) if n else "") for n, u in enumerate(sorted(dated), first)]


def stands_again(facts: Facts, ask: Ask) -> list[Effect]:
    """A title renewed in the days of grace keeps its pieces, and nobody is barred for its end."""
    out = [p for p in facts.of("insignia", parent=facts.thing.id) if p.state == "recall_ordered"]
    return [Put(facts.thing.id, {"bars": []}), *(Fire(p.id, ("cancel_recall",)) for p in out)]


HELD = "|".join(LIVE)
REVIEWED = f"{HELD}|revocation_review"
OVER = (owes_no_more, end_of_title, ending_bars("expired"))

TABLE = (
    Move(states(NEW), "create_designation", "active", ("system",), "建立命名对象",
         "Create from a naming decision", ("QH-02b", "QH-07e", "INV-05", "QH-06a", "SX-28"),
         guards=(DECISION_EFFECTIVE,), then=(noted, first_report, keep_days), artefacts=("dossier",), mark="D"),
    Move(states(NEW), "record_external_designation", "active", ("authority", "organizer", "system"), "登记上级命名",
         "Record an outside title", ("YL-2o", "YL-3r", "HY-T01", "HY-T02"), EXTERNAL,
         (title_recorded_once, title_not_held), (noted, first_report, keep_days), kind="signal",
         artefacts=("external_decision", "dossier"), mark="D"),
    Move(states(NEW), "import_legacy_title", "active", ("authority",), "导入历史命名", "Import a legacy title",
         ("QH-02c", "QH-02d", "GAP-QH-7"), LEGACY,
         (scheme_published, legacy_class_resolved, title_recorded_once, title_not_held),
         (noted, first_report, keep_days), artefacts=("dossier",), mark="D"),
    Move(states("active"), "mark_reminded", "reminded", ("system",), "被通报提醒", "Reminder issued",
         ("QH-12a", "QH-12b"), guards=(its("reminder", "issued"),), artefacts=("reminder_circular",),
         mark="D"),
    Move(states("reminded"), "lift_reminder", "active", ("system",), "解除提醒", "Reminder lifted",
         ("QH-12b",), guards=(its("reminder", "lifted"),), artefacts=("close_out_record",), mark="D"),
    Move(states("active|reminded"), "suspend", "suspended", ("authority",), "暂停称号", "Suspend",
         ("QH-05b", "INV-20", "INV-25"), SUSPENSION, (scheme_sets("title.suspension"),), (suspension_begins,),
         persons=2, artefacts=("suspension_decision",)),
    Move(states("active|reminded"), "suspend_by_ranking", "suspended", ("system",), "末位暂停称号",
         "Suspend by the bottom rule", ("INV-25", "INV-28"), SUSPENSION,
         (scheme_sets("title.suspension"), ranking_suspends), (suspension_begins,),
         artefacts=("suspension_decision",)),
    *(Move(states("suspended"), "reinstate", state, ("authority",), "恢复称号", "Reinstate", ("INV-25", "QH-12a"),
           GROUND_GONE, (standing(state),), (suspension_ends, keep_days, ends_or_goes_on),
           artefacts=("reinstatement_decision",)) for state in ("active", "reminded")),
    Move(states(HELD), "open_review", "revocation_review", ("system",), "进入撤销审查",
         "Revocation case opened", ("QH-13a", "SX-37"), guards=(its("revocation_case", "opened"),),
         artefacts=("revocation_file",), mark="D"),
    *(Move(states("revocation_review"), "dismiss_review", state, ("system",), "不予撤销",
           "Dismissed: title stands as before", ("QH-14a", "QH-12a", "INV-25"),
           guards=(its("revocation_case", "dismissed"), standing(state)),
           then=(count_what_waited, ends_or_goes_on), artefacts=("closing_note",), mark="R") for state in LIVE),
    Move(states("revocation_review"), "revoke", "revoked", ("system",), "撤销命名", "Revoke",
         ("QH-13a", "QH-14a", "SX-37", "INV-10"), guards=(its("revocation_case", "notified"),),
         then=(end_of_title,), artefacts=("revocation_decision",), mark="D"),
    Move(states("revoked"), "reverse_revocation", "active", ("system",), "撤销被纠正",
         "Revocation reversed on review", ("GAP-QH-14",), guards=(its("revocation_case", "reversed"),),
         then=(suspension_ends, reports_again, keep_days, count_what_waited, ends_or_goes_on),
         artefacts=("review_decision",)),
    Move(states(REVIEWED), "cancel_for_merger", "cancelled", ("authority",),
         "区划调整注销", "Cancel: subject merged or abolished", ("INV-20", "INV-26"), MERGER_DOCUMENT,
         (merger_leads_to("cancel"),), (end_of_title,), persons=2,
         artefacts=("merger_document", "cancellation_decision")),
    Move(states(HELD), "transfer_to_successor", SAME, ("authority",), "转由承继主体", "Pass to the successor",
         ("INV-20", "INV-26"), TRANSFER, (merger_leads_to("transfer"), successor_fits), (pass_on,), persons=2,
         artefacts=("merger_document", "transfer_decision")),
    Move(states(HELD), "expire", "expired", ("timer", "system"), "有效期满", "Validity ends", ("QH-05b", "INV-23"),
         guards=(no_renewal_pending,), then=OVER, kind="timer", artefacts=("expiry_notice",)),
    Move(states(HELD), "renew", SAME, ("authority", "system", "timer"), "延续称号", "Renew", ("INV-23",),
         guards=(recheck_passed, scheme_sets("title.validity.length")), then=(new_term, keep_days),
         artefacts=("renewal_decision",)),
    Move(states("expired"), "renew_late", "active", ("authority",), "宽限期内延续", "Renew within grace", ("INV-23",),
         guards=(recheck_passed, within_grace), then=(new_term, suspension_ends, stands_again, reports_again, keep_days),
         artefacts=("renewal_decision",)),
    Move(states(REVIEWED), "open_recheck", SAME, ("timer", "system"), "启动周期复查", "Open the periodic re-check",
         ("SX-35", "INV-23"), guards=(replace(scheme_sets("title.recheck.every"), needs="schedule"),),
         then=(holds_recheck,), kind="timer", artefacts=("recheck_notice",)),
    Move(states(REVIEWED), "clear_strikes", SAME, ("system",), "清除累计", "Clear strikes after a pass", ("INV-24",),
         PASS, (run_passed,), (note_pass,)),
    Move(states(HELD), "record_strike", SAME, ("system", "timer"), "计一次不合格", "Record a strike",
         ("QH-13-5", "INV-24", "INV-28"), STRIKE, (strike_source_counts, strikes_below_limit), (note_strike,),
         artefacts=("strike_record",)),
    Move(states(HELD), "record_strike", "expired", ("system", "timer"), "连续不合格终止",
         "Limit reached: title ends", ("INV-24", "INV-28"), STRIKE, (strike_source_counts, strikes_end_title),
         (note_strike, *OVER), artefacts=("strike_record", "ending_notice")),
    Move(states(HELD), "record_strike", "revocation_review", ("system", "timer"), "连续不合格审查",
         "Limit reached: review opens", ("INV-24", "INV-28"), STRIKE, (strike_source_counts, strikes_open_review),
         (note_strike, review_by_strikes), artefacts=("strike_record", "revocation_file")),
    Move(states("revocation_review"), "record_strike", SAME, ("system", "timer"), "审查期间计一次不合格",
         "Record a strike under review", ("INV-24",), STRIKE, (strike_source_counts,), (keep_for_later,),
         artefacts=("strike_record",)),
    Move(states(HELD), "request_exit", SAME, ("designee",), "申请退出", "Ask to leave", ("QH-05a",),
         EXIT_LETTER, artefacts=("exit_letter",)),
    Move(states(HELD), "accept_exit", "exited", ("authority",), "同意退出", "Accept the exit", ("QH-05a",),
         guards=(exit_requested, no_fact_finding_open), then=(ending_bars("exited"), end_of_title),
         artefacts=("exit_decision",)),
    Move(states(REVIEWED), "raise_tier", SAME, ("system",), "晋级", "Raise the tier", ("HY-T01", "HY-T02"),
         RAISED, (tier_next_on_ladder,), (raise_it,), artefacts=("external_decision",), mark="D"),
    Move(states("active"), "lapse_tier", SAME, ("authority", "organizer"), "降级", "Lower the tier",
         ("HY-T01", "GAP-HY-1", "INV-20"), guards=(tier_not_held,), then=(lower_it,), persons=2,
         artefacts=("tier_decision",)),
    Move(states("active"), "nominate_nationally", SAME, ("authority",), "推荐国家级", "Nominate nationally",
         ("QH-08f", "QH-11e", "INV-07"), NOMINATION, (national_call_open, first_choice_respected), (note_nomination,),
         artefacts=("nomination",), mark="D"),
    Move(states(HELD), "record_fact", SAME, ("authority", "inspector", "publicist", "system"), "登记情况",
         "Record an outside fact", ("QH-12-4", "QH-13-4", "PDS-M3e", "YL-W3c"), FACT, then=(note_fact,),
         kind="signal", artefacts=("fact_note",), mark="D"),
)  # fmt: skip

BACK = ("reverse_revocation", "renew_late")

DUTIES = (
    DutyRule("validity_end", (*FOUNDED, "renew", "renew_late"), ("renew", "renew_late"), validity_ends,
             ("INV-23", "QH-05b"), at_due="expire", remind=(-180, -90, -30), shifts=clock_stops, makes=over_by_time),
    DutyRule("renewal_window", (*FOUNDED, "renew", "renew_late"), ("renew", "renew_late"), renewal_window,
             ("INV-23",), at_due="remind", unit="calendar_days", shifts=clock_stops),
    DutyRule("grace_end", ("expire", "record_strike"), ("renew_late",), grace_days, ("INV-23",), at_due="remind",
             unit="calendar_days", makes=rests),
    DutyRule("recheck_due", (*FOUNDED, *BACK), (), recheck_days, ("INV-23", "SX-35"), at_due="open_recheck",
             remind=(-90, -30), shifts=clock_stops, again=recheck_again),
    DutyRule("round_due", (*FOUNDED, *BACK), (), round_days, ("QH-09a", "SX-35"), at_due="plan_due_round",
             remind=(-30,), at_start=True, again=round_again, makes=round_falls_due, needs="schedule"),
    DutyRule("suspension_limit", ("suspend", "suspend_by_ranking"), ("reinstate", "revoke"), suspension_limit,
             ("INV-25",), unit="calendar_days", remind=(-30, -10)),
    DutyRule("bar_end", ("revoke", "expire", "record_strike"), ("reverse_revocation", "renew_late"), bar_ends,
             ("INV-27", "GAP-QH-5"), at_due="remind"),
)  # fmt: skip

MACHINE = Machine("designation", TABLE, final=("cancelled", "exited"), duties=DUTIES)
