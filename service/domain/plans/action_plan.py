"""An action plan: loaded with all its tasks, issued, assigned, run year by year, appraised, ended (HY-G4).

A thing of its own under a scheme version. Each plan year opens the results that come by themselves, and at the end
every task is met, unmet or dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain.choices import listed
from service.domain.duties import Due, DutyRule, fixed
from service.domain.effects import Effect, Fire, New, Put
from service.domain.facts import NEW, SAME, Ask, Duty, Facts, Unmet, unmet
from service.domain.forms import DOCUMENT, REASON, Fault, Form, Part, count, day, not_future, text, texts
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import metrics
from service.domain.plans import appraisal
from service.domain.plans import years as plan_years
from service.domain.plans.action_plan_task import (
    OPEN,
    SETTLED,
    occurrences,
    open_year,
    plan_of,
    plan_year_left,
    rung_lost,
)
from service.domain.plans.amendments import AMENDMENT, amend
from service.domain.titles.annual_report import owed

if TYPE_CHECKING:
    from service.schemes.plan import PlanTask

# ------------------------------------------------------------------------------------------------ forms


def _findings(value: Any) -> Fault | None:
    columns = {"finding", "basis"}
    good = isinstance(value, list) and 0 < len(value) <= 200 and all(
        isinstance(one, Mapping) and set(one) == columns and all(text(v) is None for v in one.values()) for one in value
    )  # fmt: skip
    return None if good else ("应为列表，各项有 finding、basis", "must be a list; each entry has finding, basis")


def _listed_measures(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    """Those of the scheme; others in words where its list is open (HY-W4b, GAP-ALL-4)."""
    plan = facts.scheme.action_plan
    rule = plan.inspection.measures if plan else None
    known = [m.code for m in rule.listed] if rule else []
    strange = [m for m in value if m not in known]
    if rule is None or rule.open or not strange:
        return None
    return f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}"


INSPECTION = Form(
    "inspection",
    (
        Part("date", day, "督察日期", "day of the inspection", check=not_future),
        Part("team", texts, "督察人员", "team"),
        Part("written_result", text, "书面结果", "written result"),
        Part("measures", texts, "采取的措施（代码，或另行说明）", "measures taken: codes of the scheme, or in words", optional=True,
             check=_listed_measures, choices=listed("action_plan.inspection.measures"), rests="/action_plan/inspection/measures"),
        Part("findings", _findings, "问题及依据", "findings, each with its basis", optional=True),
    ),
    ("PDS-S4b", "YL-3l", "HY-W4a"),
    keep=False,
)  # fmt: skip
REFERENCE = Form(
    "reference",
    (
        Part("name", text, "名称（指标或参照值）", "name of the metric or reference"),
        Part("year", count, "年度", "year"),
        Part("value", lambda value: metrics.readings({"": value}), "数值", "value"),
        Part("source", text, "来源", "source"),
    ),
    ("GAP-HY-8", "HY-T36"),
    keep=False,
)


# ------------------------------------------------------------------------------------------------ guards


@guard("HY-G4", rests="/action_plan")
def plan_items_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """The number of actions and tasks loaded equals what the plan states."""
    plan = facts.scheme.action_plan
    if plan is None:
        return unmet("方案没有行动计划", "the scheme has no action plan", ["action_plan"])
    loaded = facts.thing.state != NEW
    actions = [t.data["action"] for t in appraisal.tasks(facts)] if loaded else [t.action for t in plan.tasks.rows]
    found, wanted = Counter(actions), Counter({n: a.tasks for n, a in enumerate(plan.actions, 1)})
    if found == wanted:
        return None
    wrong = [f"{n}: {found[n]} / {wanted[n]}" for n in sorted(found | wanted) if found[n] != wanted[n]]
    said = f"{found.total()}/{wanted.total()}"
    return unmet(f"任务数与方案不符（{said}）", f"the plan states {wanted.total()} tasks, found {found.total()}", wrong)


@guard("GAP-HY-2", "HY-T02")
def every_task_has_owner(facts: Facts, ask: Ask) -> Unmet | None:
    """Each task of the plan has an owner."""
    without = [str(t.data["number"]) for t in appraisal.tasks(facts) if t.state == "planned"]
    if not without:
        return None
    listed = ", ".join(without)
    return unmet(f"尚无责任人的任务：{listed}", f"tasks without an owner: {listed}", without)


@guard("HY-T03")
def indicator_completion_known(facts: Facts, ask: Ask) -> Unmet | None:
    """Every indicator and task of the year has a result."""
    year = facts.thing.data["year"]
    open_yet = [
        f"{t.data['number']} ({o.state})"
        for t in appraisal.tasks(facts)
        for o in appraisal.of_year(facts, t, year)
        if o.state not in SETTLED
    ]
    if not open_yet:
        return None
    n = len(open_yet)
    return unmet(f"{year} 年度还有 {n} 项无结果", f"{n} results of {year} are missing", open_yet)


@guard("HY-T03")
def year_to_appraise(facts: Facts, ask: Ask) -> Unmet | None:
    """A year of the plan that has ended is not appraised yet."""
    year = facts.thing.data["year"]
    if str(year) not in facts.thing.data.get("appraisals", {}):
        return None
    return unmet("各年度均已考评", "every year is appraised", [year])


# ----------------------------------------------------------------------------------------------- effects


def load_tasks(facts: Facts, ask: Ask) -> list[Effect]:
    """Every row of the table becomes a task (HY-G4)."""
    return [
        New("action_plan_task", "create_task", facts.thing.id, _form_of(row), _beside(row))
        for row in plan_of(facts).tasks.rows
    ]


def _beside(row: PlanTask) -> dict[str, Any]:
    """What the table says beside what is asked for: the task in full, on what it rests, and a note."""
    statement = row.statement
    full = {"statement": statement.zh, "statement_en": statement.en} if statement else {}
    return {"basis": row.basis, "note": row.note, **full}


def _form_of(row: PlanTask) -> dict[str, Any]:
    said = {
        "number": row.number, "action": row.action, "title": row.title.zh, "title_en": row.title.en,
        "metrics": [metrics.columns_of(m) for m in row.metrics], "attestation": row.attestation, "period": row.period,
        "occurrence_due": row.occurrence_due,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def begin(facts: Facts, ask: Ask) -> list[Effect]:
    """The first plan year begins, with the results that come by themselves and the report on it (HY-T05)."""
    plan, year = plan_of(facts), _year(facts)
    begun = plan_years.within(plan, plan.occurrence_day, year) <= facts.today
    found: list[Effect] = [Put(facts.thing.id, {"year": year}), *(_results_of(facts, year) if begun else ())]
    report = facts.scheme.annual_report
    if report.present and report.of != "title" and owed(facts, year):
        found.append(New("annual_report", "schedule_report", facts.thing.id, data={"due_year": year}))
    return found


def _results_of(facts: Facts, year: int) -> list[Effect]:
    tasks = [t for t in facts.of("action_plan_task", parent=facts.thing.id) if t.state in OPEN[1:]]
    return [effect for task in tasks for effect in open_year(facts, task, year)]


def open_results(facts: Facts, duty: Duty) -> list[Effect]:
    """What the alarm opens on the day on which a plan year's results open."""
    return _results_of(facts, int(duty.tag))


def keep_sheet(facts: Facts, ask: Ask) -> list[Effect]:
    """The appraisal sheet of the year: by unit, which tasks were met and which not (HY-T03, HY-W2a)."""
    year = facts.thing.data["year"]
    said = {"on": facts.today.isoformat(), "units": appraisal.sheet(facts, year)}
    return [Put(facts.thing.id, {"appraisals": {**facts.thing.data.get("appraisals", {}), str(year): said}})]


def go_on_if_late(facts: Facts, ask: Ask) -> list[Effect]:
    """A year appraised after the next one has begun is followed by it at once."""
    begun = [due.on for due in next_opening(facts) if due.on and due.on <= facts.today]
    return [Fire(facts.thing.id, ("open_next_year",))] if begun else []


def on_to_next(facts: Facts, ask: Ask) -> list[Effect]:
    """Of a plan that has ended the years that nobody appraised come one after the other."""
    year = facts.thing.data["year"]
    return [Put(facts.thing.id, {"year": year + 1})] if year < plan_years.last_year(plan_of(facts)) else []


def next_year(facts: Facts, ask: Ask) -> list[Effect]:
    """The next plan year, with the list of what is carried over into it."""
    year = facts.thing.data["year"]
    carried = [t.data["number"] for t in appraisal.tasks(facts) if t.state in OPEN]
    lists = {**facts.thing.data.get("carry_over", {}), str(year): carried}
    return [Put(facts.thing.id, {"year": year + 1, "carry_over": lists})]


def note_inspection(facts: Facts, ask: Ask) -> list[Effect]:
    """Each inspection stays on record, and what it found goes into rectification (HY-W4a, HY-W4b, HY-W4c)."""
    said = {k: v for k, v in ask.form.items() if k != "findings"}
    kept = [*facts.thing.data.get("inspections", ()), {**said, "by": ask.who.person}]
    source = f"{ask.form['date']} {'、'.join(ask.form['team'])}"
    items = [
        New("rectification_item", "raise_item", facts.thing.id, {"source": source, **one}, {"holds": None})
        for one in ask.form.get("findings", ())
    ]
    return [Put(facts.thing.id, {"inspections": kept}), *items]


def note_reference(facts: Facts, ask: Ask) -> list[Effect]:
    """A value that results are compared with, by name and year, with its source."""
    form, before = ask.form, facts.thing.data.get("references", {})
    by_year = {**before.get(form["name"], {}), str(form["year"]): {"value": form["value"], "source": form["source"]}}
    return [Put(facts.thing.id, {"references": {**before, form["name"]: by_year}})]


def settle_all(facts: Facts, ask: Ask) -> list[Effect]:
    """On the last day nothing stays open: every task is met, unmet or dropped (GAP-HY-1).

    A rung that was to stand on this day and was lost again is not met, whatever was verified before (HY-T01).
    """
    tasks = facts.of("action_plan_task", parent=facts.thing.id)
    waiting = [o for t in tasks if t.state in OPEN for o in occurrences(facts, t) if o.state not in SETTLED]
    closing = [Fire(o.id, ("close_period",)) for o in waiting]
    fallen = [Fire(t.id, ("settle_unmet",)) for t in tasks if t.state in (*OPEN, "met") and rung_lost(facts, t)]
    settled = [Fire(t.id, ("settle_met", "settle_unmet")) for t in tasks if t.state in OPEN and not rung_lost(facts, t)]
    return [*closing, *fallen, *settled, *_no_more_reports(facts)]


def drop_all(facts: Facts, ask: Ask) -> list[Effect]:
    """A plan that is withdrawn takes its tasks with it."""
    return [
        Fire(t.id, ("drop_task",), ask.form) for t in facts.of("action_plan_task", parent=facts.thing.id, live=True)
    ]


def _no_more_reports(facts: Facts) -> list[Effect]:
    reports = facts.of("annual_report", parent=facts.thing.id, live=True)
    return [Fire(r.id, ("waive_report",), optional=True) for r in reports]


# ------------------------------------------------------------------------------------------------ duties


def _year(facts: Facts) -> int:
    """The plan year that is to be appraised next; before the start the one in which it begins."""
    plan = plan_of(facts)
    begins = max(facts.today, plan.window.from_ or facts.today)
    return int(facts.thing.data.get("year") or plan_years.year_of(plan, begins))


def appraised_by(facts: Facts) -> Iterable[Due]:
    """Some time after the end of the year that begins. The event that begins it counts it only afterwards."""
    plan = plan_of(facts)
    year = _year(facts) + ("open_next_year" in facts.thing.by)
    return (Due(plan_years.after(plan, plan.appraisal.due, year), tag=str(year)),)


def next_opening(facts: Facts) -> Iterable[Due]:
    """The day on which the year after the appraised one opens, if there is one."""
    plan, year = plan_of(facts), _year(facts) + 1
    if year > plan_years.last_year(plan):
        return ()
    return (Due(plan_years.within(plan, plan.occurrence_day, year), tag=str(year)),)


def results_open(facts: Facts) -> Iterable[Due]:
    """The next day on which a plan year's results open."""
    return _each_year(facts, _year(facts), plan_of(facts).occurrence_day, passed=True)


def results_open_again(facts: Facts, duty: Duty) -> Iterable[Due]:
    return _each_year(facts, int(duty.tag) + 1, plan_of(facts).occurrence_day)


def inspected_by(facts: Facts) -> Iterable[Due]:
    return _each_year(facts, _year(facts), plan_of(facts).inspection.due)


def inspected_again(facts: Facts, duty: Duty) -> Iterable[Due]:
    return _each_year(facts, int(duty.tag) + 1, plan_of(facts).inspection.due)


def _each_year(facts: Facts, year: int, month_day: str, *, passed: bool = False) -> Iterable[Due]:
    """That day of a plan year; `passed`: of the next one, should it have come already."""
    plan = plan_of(facts)
    if passed and plan_years.within(plan, month_day, year) <= facts.today:
        year += 1
    if year > plan_years.last_year(plan):
        return ()
    return (Due(plan_years.within(plan, month_day, year), tag=str(year)),)


def _year_inspected(facts: Facts, ask: Ask) -> str:
    """An inspection serves the plan year in which it was held; the end of the plan closes every year."""
    held = ask.form.get("date")
    return str(plan_years.year_of(plan_of(facts), date.fromisoformat(held))) if held else ""


def last_day(facts: Facts) -> date:
    return plan_of(facts).window.to


TABLE = (
    Move(states("@new"), "load_plan", "draft", ("organizer", "authority"), "装载方案", "Load a plan", ("HY-G4",),
         guards=(plan_items_complete,), then=(load_tasks,), artefacts=("plan_document",), mark="D"),
    Move(states("draft"), "issue_plan", "issued", ("authority",), "印发方案", "Issue", ("HY-G1", "HY-G4"), DOCUMENT,
         (plan_items_complete,), artefacts=("plan_document",), mark="D"),
    Move(states("issued"), "assign_plan", "assigned", ("organizer",), "任务分解", "Assign every task", ("HY-T02",
         "GAP-HY-2"), guards=(every_task_has_owner,), artefacts=("duty_list",)),
    Move(states("assigned"), "start_plan", "running", ("organizer",), "启动", "Start", ("HY-W1c",), then=(begin,),
         artefacts=("kick_off_record",), mark="D"),
    Move(states("running"), "amend_plan", SAME, ("authority",), "调整方案", "Amend", ("GAP-HY-1", "INV-20"), AMENDMENT,
         then=(amend,), persons=2, artefacts=("amendment",)),
    Move(states("draft|issued|assigned|running|appraised"), "record_reference", SAME, ("organizer", "authority"),
         "登记参照值", "Record a reference value", ("GAP-HY-8", "HY-T36"), REFERENCE, then=(note_reference,)),
    Move(states("running"), "appraise_year", "appraised", ("authority",), "年度考评", "Appraise the year", ("HY-T03",
         "HY-W2a", "HY-W2b"), guards=(indicator_completion_known,), then=(keep_sheet, go_on_if_late),
         artefacts=("appraisal_sheet",), mark="D", reads=("titles",)),
    Move(states("ended"), "appraise_year", SAME, ("authority",), "期满后考评", "Appraise a year after the end", ("HY-T03",
         "HY-W2a", "HY-W2b"), guards=(year_to_appraise,), then=(keep_sheet, on_to_next),
         artefacts=("appraisal_sheet",), reads=("titles",)),
    Move(states("running"), "record_inspection", SAME, ("inspector",), "登记督察", "Record an inspection", ("HY-W4a",
         "HY-W4b", "HY-W4c", "QH-05d"), INSPECTION, then=(note_inspection,), artefacts=("inspection_report",), mark="D"),
    Move(states("appraised"), "open_next_year", "running", ("timer", "system"), "转入下一年度", "Open the next year",
         ("HY-T03",), guards=(plan_year_left,), then=(next_year,), kind="timer", artefacts=("carry_over_list",)),
    Move(states("appraised|running"), "end_plan", "ended", ("timer",), "方案期满", "End the plan", ("HY-T02",
         "GAP-HY-2"), then=(settle_all,), kind="timer", artefacts=("final_report",), reads=("titles",)),
    Move(states("draft|issued|assigned"), "withdraw_plan", "withdrawn", ("authority",), "撤回方案", "Withdraw",
         ("INV-20",), REASON, then=(drop_all,), persons=2, artefacts=("withdrawal_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("appraisal_due", ("start_plan", "open_next_year"), ("appraise_year",), appraised_by, ("HY-T03", "HY-W2a"),
             remind=(-15, -5)),
    DutyRule("plan_year_opening", ("appraise_year",), ("open_next_year",), next_opening, ("HY-T03",),
             at_due="open_next_year", at_start=True),
    DutyRule("plan_end", ("start_plan",), ("end_plan",), fixed(last_day), ("HY-T02", "GAP-HY-2"), at_due="end_plan",
             remind=(-60, -15)),
    DutyRule("plan_inspection_due", ("start_plan",), ("record_inspection",), inspected_by, ("HY-W4a",),
             remind=(-60, -15), closes_tag=_year_inspected, again=inspected_again),
    DutyRule("occurrence_opening", ("start_plan",), (), results_open, ("HY-T30", "HY-T46"),
             at_due="open_yearly_occurrence", at_start=True, again=results_open_again, makes=open_results),
)  # fmt: skip

MACHINE = Machine("action_plan", TABLE, final=("ended", "withdrawn"), duties=DUTIES)
