"""A batch: the window for applications, then evaluation, publicity and naming (QH-03a, SX-04, INV-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.batches.candidate_list import RANKED, end_lists
from service.domain.cases.case_guards import scheme_published, was_held
from service.domain.dates.calendar import years_after
from service.domain.duties import DutyRule, fixed
from service.domain.effects import Effect, MoveDuty, Put
from service.domain.facts import SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, count, day, not_past, text
from service.domain.machine import Guard, Machine, Move, guard, states
from service.domain.measures.thresholds import measurable


def _in_the_programme(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A programme that runs for a time takes applications within it: `window`."""
    whole = facts.scheme.window
    first, last = whole.from_ or date.min, whole.to or date.max
    if first <= date.fromisoformat(value) <= last:
        return None
    said = f"{whole.from_ or '…'} – {whole.to or '…'}"
    return f"须在方案期间内（{said}）", f"must lie within the programme ({said})"


def _after_opening(value: str, facts: Facts, ask: Ask) -> Fault | None:
    opens = ask.form.get("opens", facts.thing.data.get("opens"))
    if not isinstance(opens, str) or day(opens) or date.fromisoformat(opens) <= date.fromisoformat(value):
        return not_past(value, facts, ask) or _in_the_programme(value, facts, ask)
    return "不得早于开始日", "must not lie before the first day"


def _day_of_the_scheme(facts: Facts, given: Mapping[str, Any]) -> date | None:
    """`batch.window.to`, as long as it is still to come: a scheme lives longer than its first batch."""
    to, opens = facts.scheme.batch.window.to, given.get("opens")
    opens_later = isinstance(opens, str) and not day(opens) and isinstance(to, date) and opens > to.isoformat()
    return to if isinstance(to, date) and to >= facts.today and not opens_later else None


def _no_day_in_the_scheme(facts: Facts, given: Mapping[str, Any]) -> bool:
    return _day_of_the_scheme(facts, given) is None


WINDOW = Form(
    "window",
    (
        Part("opens", day, "申报开始日", "first day", check=_in_the_programme, rests="/window"),
        Part("closes", day, "申报截止日", "last day", check=_after_opening),
    ),
    ("SX-05",),
    draft=True,
)


def _year_of_the_first(value: int, facts: Facts, ask: Ask) -> Fault | None:
    """The scheme may say in which year its first batch is named; no later one is named before (SX-05)."""
    year = facts.scheme.cadence.first_naming if facts.scheme.cadence else None
    if year is None or value == year or (value > year and ask.form.get("number") != 1):
        return None
    return f"第一批于 {year} 年命名", f"the first batch is named in {year}"


PLAN = Form(
    "batch_plan",
    (
        Part("number", count, "批次", "number of the batch"),
        Part("naming_year", count, "命名年度", "naming year", check=_year_of_the_first, rests="/cadence"),
        WINDOW.parts[0],
        replace(WINDOW.parts[1], when=_no_day_in_the_scheme),
    ),
    ("QH-03a", "SX-05"),
)


def _later(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if date.fromisoformat(value) > date.fromisoformat(facts.thing.data["closes"]):
        return not_past(value, facts, ask)
    return "须晚于原截止日", "must be later than the day before"


def _values(value: Any) -> Fault | None:
    """Names, each with a quantity: a share with its sign or as a rate, anything else with its unit."""
    if isinstance(value, dict) and value and all(text(k) is None and measurable(v) for k, v in value.items()):
        return None
    return "应为参照值名称与数值的对照表", "must map names of references to quantities"


def _declared(value: dict[str, Any], facts: Facts, ask: Ask) -> Fault | None:
    """The scheme compares something with each of them."""
    known = facts.scheme.indicator_system.references
    if wrong := sorted(set(value) - set(known)):
        return f"方案未列明：{'、'.join(wrong)}", f"the scheme declares no {', '.join(wrong)}"
    return None


REFERENCES = Form(
    "references",
    (
        Part(
            "references",
            _values,
            "参照值",
            "references, each with its value",
            check=_declared,
            rests="/indicator_system/references",
        ),
        Part("source", text, "来源", "where they were published"),
    ),
    ("PDS-I64",),
    keep=False,
)
NEW_CLOSE = REASON.also(Part("date", day, "新的截止日", "new last day", check=_later))


@guard("QH-03a", "SX-04", "SX-05", "INV-13", needs="history", rests="/cadence")
def cadence_elapsed(facts: Facts, ask: Ask) -> Unmet | None:
    """The configured interval has run since the last batch of the same scheme opened; the first has a year of its own."""
    cadence, window = facts.scheme.cadence, WINDOW.given(facts, ask).get("opens")
    earlier = [
        date.fromisoformat(b.data["opens"]) for b in facts.more["history"] if b.id != facts.thing.id and was_held(b)
    ]
    if cadence is None or day(window):  # a window that is missing is named by the form
        return None
    begins = date(cadence.first_start, 1, 1) if cadence.first_start else date.min
    first = years_after(max(earlier), cadence.years) if earlier else begins
    if date.fromisoformat(str(window)) >= first:
        return None
    zh = f"每 {cadence.years} 年一批，最早 {first} 开放"
    return unmet(zh, f"one batch in {cadence.years} years: it opens on {first} at the earliest", [first])


def _waits_outside(case: Any, facts: Facts) -> bool:
    stages = facts.scheme.track(case.track or "").stages
    return any(s.key == case.state and s.kind == "external" for s in stages)


@guard("QH-07e", needs="cases")
def all_cases_ended(facts: Facts, ask: Ask) -> Unmet | None:
    """Every case of the batch has ended or waits for an outside body that no longer needs the batch."""
    running = [c for c in facts.more["cases"] if not c.ended and not _waits_outside(c, facts)]
    if not running:
        return None
    n = len(running)
    return unmet(f"还有 {n} 件申报未办结", f"{n} cases have not ended", [f"{c.id} ({c.state})" for c in running])


@guard("INV-16", needs="cases")
def no_case_beyond_draft(facts: Facts, ask: Ask) -> Unmet | None:
    """No case of the batch has left draft."""
    enrolled = [c for c in facts.more["cases"] if c.on("enroll")]
    if not enrolled:
        return None
    return unmet(f"已有 {len(enrolled)} 件申报登记", f"{len(enrolled)} cases are enrolled", [c.id for c in enrolled])


def _decision_is_effective(facts: Facts, ask: Ask) -> Unmet | None:
    """Some naming decision of the batch is effective, be there later drafts or not."""
    found = [d.state for d in facts.of("naming_decision", parent=facts.thing.id)]
    if "effective" in found:
        return None
    return unmet("命名决定尚未印发", "no naming decision is effective", found or ["none"])


naming_is_effective = Guard(
    "naming_decision=effective",
    _decision_is_effective,
    meaning="A naming decision of the batch is effective.",
)


def _list_is_approved(facts: Facts, ask: Ask) -> Unmet | None:
    """Some candidate list of the batch is approved; a list for something else, or a later draft, changes nothing."""
    lists = [x for x in facts.of("candidate_list", parent=facts.thing.id) if x.data.get("purpose") == "candidates"]
    if any(x.state in RANKED for x in lists):
        return None
    return unmet("候选名单尚未审定", "no candidate list is approved", [x.state for x in lists] or ["none"])


list_is_approved = Guard(
    "candidate_list=approved/published", _list_is_approved, meaning="A candidate list of the batch is approved."
)


def lists_end(facts: Facts, ask: Ask) -> list[Effect]:
    """What is still being drawn up ends with the batch."""
    return end_lists(facts.thing, facts)


def close_by_the_scheme(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever plans need not repeat the last day that the scheme states."""
    last = _day_of_the_scheme(facts, ask.form) if "closes" not in ask.form else None
    return [Put(facts.thing.id, {"closes": last.isoformat()})] if last else []


def later_close(facts: Facts, ask: Ask) -> list[Effect]:
    """The window that was closed closes on the new day."""
    duty = facts.duty("batch_window_end")
    return [MoveDuty(duty.id, date.fromisoformat(ask.form["date"]))] if duty else []


def last_day(facts: Facts) -> date:
    """The last day of the window, both as planned and as reopened."""
    return date.fromisoformat(facts.thing.data["closes"])


OFFICE = ("authority",)

TABLE = (
    Move(states("@new"), "plan_batch", "planned", OFFICE, "筹划批次", "Plan a batch", ("QH-03a", "SX-05"),
         PLAN, (scheme_published,), (close_by_the_scheme,), artefacts=("batch_plan",)),
    Move(states("planned"), "open_batch", "open", OFFICE, "开放申报", "Open the batch", ("QH-03a", "SX-04",
         "INV-13"), WINDOW, (scheme_published, cadence_elapsed), artefacts=("batch_notice",), mark="D"),
    Move(states("open"), "close_window", "evaluating", ("timer",), "申报截止", "Window ends", ("QH-03a",
         "SX-05"), kind="timer"),
    Move(states("open"), "close_window_early", "evaluating", OFFICE, "提前截止", "Close the window early",
         ("INV-20",), REASON, persons=2, artefacts=("closing_note",)),
    Move(states("evaluating"), "reopen_window", "open", OFFICE, "重新开放", "Reopen the window", ("INV-20",),
         NEW_CLOSE, then=(later_close,), persons=2, artefacts=("reopening_note",)),
    Move(states("evaluating"), "start_publicity", "publicizing", OFFICE, "转入公示", "Move to publicity",
         ("SX-27", "SX-26"), guards=(list_is_approved,),
         artefacts=("candidate_list",), mark="D"),
    Move(states("publicizing"), "return_to_evaluation", "evaluating", OFFICE, "退回评估",
         "Return to evaluation", ("GAP-QH-2",), REASON),
    Move(states("evaluating|publicizing"), "record_naming", "named", ("system",), "批次已命名",
         "Naming recorded", ("SX-28", "QH-07e"), guards=(naming_is_effective,),
         artefacts=("naming_decision",), mark="D"),
    Move(states("evaluating|publicizing|named"), "close_batch", "closed", OFFICE, "批次办结",
         "Close the batch", ("QH-07e",), guards=(all_cases_ended,), then=(lists_end,), artefacts=("batch_report",)),
    Move(states("planned|open|evaluating|publicizing"), "record_references", SAME, ("authority", "organizer"),
         "登记参照值", "Record references", ("PDS-I64", "PDS-S2b"), REFERENCES, plain=True),
    Move(states("planned|open"), "cancel_batch", "cancelled", OFFICE, "取消批次", "Cancel the batch",
         ("INV-20",), REASON, (no_case_beyond_draft,), (lists_end,), persons=2, artefacts=("cancellation_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("batch_window_end", ("open_batch", "reopen_window"), ("close_window", "close_window_early"),
             fixed(last_day), ("QH-03a", "SX-05"), at_due="close_window", remind=(-10, -3, -1),
             extend_by=("authority",), says="closes"),
)  # fmt: skip

MACHINE = Machine("batch", TABLE, final=("closed", "cancelled"), duties=DUTIES)
