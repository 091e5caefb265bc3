"""One result of a task: of a year, of a document or need, or of a sample; reported, then verified by somebody else.

A year in which nothing was reported ends unmet by itself. Values are exact, and both ways to verify differ in
nothing but the metrics: whoever verifies cannot choose the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from service.domain.duties import Due, DutyRule
from service.domain.effects import Effect, Fire, HandOver, LetGo, Put
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, evidence_ids, text, texts
from service.domain.guards import not_yet_examined, owner_still_open, verifier_not_responsible
from service.domain.machine import Machine, Move, guard, stands, states
from service.domain.measures import metrics, sequences
from service.domain.measures.metrics import Metric, Verdict
from service.domain.plans import years as plan_years
from service.domain.plans.action_plan_task import occurrences, plan_of, reached

SERVES = {
    "open_yearly_occurrence": tuple(metrics.RECURRING),
    "open_occurrence": metrics.ON_DEMAND,
    "open_sample": metrics.SAMPLED,
}
"""Which periods each way of opening serves."""
OPENINGS = tuple(SERVES)


def task_of(facts: Facts) -> Thing:
    """The task whose result this is."""
    task = facts.up("action_plan_task")
    if task is None:
        raise LookupError("no task on file")
    return task


def _opened_by(facts: Facts) -> str:
    return next(event for event in OPENINGS if event in facts.thing.by)


def _covered(facts: Facts, event: str, named: Any) -> list[Metric]:
    """The metrics whose turn it is: those of the period that comes, or those named of what the event serves."""
    period = facts.thing.data.get("period")
    turn = (period,) if period in metrics.RECURRING else SERVES[event]
    return [m for m in metrics.metrics_of(task_of(facts)) if m.period in turn and (not named or m.name in named)]


def covered(facts: Facts) -> list[Metric]:
    """The metrics that this occurrence answers for."""
    labels = facts.thing.data.get("covers", ())
    return [m for m in metrics.metrics_of(task_of(facts)) if str(m) in labels]


# ------------------------------------------------------------------------------------------------ forms

OCCASION = Form(
    "occasion",
    (
        Part("matter", text, "事项（如文件名称）", "what it is about, such as a document", optional=True),
        Part("metrics", texts, "所涉指标", "metrics that it is about", optional=True),
    ),
    ("HY-T08", "HY-T15"),
)


def _read_from_titles(facts: Facts, metric: Metric) -> bool:
    return metric.name in plan_of(facts).ladder


def _each_and_no_other(value: dict[str, Any], facts: Facts, ask: Ask) -> Fault | None:
    """A value for each metric of the occurrence, sound for it, and none for anything else."""
    wanted = [m for m in covered(facts) if not _read_from_titles(facts, m)]
    names = {m.name for m in wanted}
    if lacking := sorted(names - set(value)):
        return f"缺少 {'、'.join(lacking)}", f"lacks {', '.join(lacking)}"
    if other := sorted(set(value) - names):
        return f"{'、'.join(other)} 不在其列", f"has nothing to do with {', '.join(other)}"
    faults = ((m, _unsound(m, value[m.name], facts)) for m in wanted)
    return next(((f"{m.name} {said[0]}", f"{m.name} {said[1]}") for m, said in faults if said), None)


def _unsound(metric: Metric, given: Any, facts: Facts) -> Fault | None:
    plan = plan_of(facts)
    if steps := plan.sequences.get(metric.name):
        return sequences.unsound(steps, given)
    return metrics.unsound(metric, given, plan.members.get(metric.each, ()))


def _measures(facts: Facts, given: Any) -> bool:
    return facts.up("action_plan_task") is not None and any(not _read_from_titles(facts, m) for m in covered(facts))


REPORT = Form(
    "evidence",
    (
        Part("evidence", evidence_ids, "佐证材料编号", "IDs of submitted evidence"),
        Part("statement", text, "完成情况", "statement"),
        Part("values", metrics.readings, "各指标数值", "value of each metric", when=_measures, check=_each_and_no_other),
    ),
    ("HY-W4c", "HY-T01", "HY-T08", "HY-T09", "HY-T22", "HY-T36", "HY-T40"),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ guards


@guard("HY-T04", "HY-T08", "HY-T15", "HY-T30", "HY-T46")
def period_fits(facts: Facts, ask: Ask) -> Unmet | None:
    """The period of the task is the one that the event serves.

    Yearly; once, with each document or as needed; or without interruption and read by sampling.
    """
    task = facts.up("action_plan_task")
    if task is None:
        return None  # the state of the task is asked for beside this
    named = ask.form.get("metrics", ())
    fitting = {m.name for m in _covered(facts, ask.event, named)}
    if fitting and not (strange := sorted(set(named) - fitting)):
        return None
    have = [f"{m.name} ({m.period})" for m in metrics.metrics_of(task)]
    said = "、".join(strange) if fitting else "该任务"
    en = ", ".join(strange) if fitting else "the task"
    return unmet(f"{said} 的周期不在此列", f"{en} has another period: {', '.join(SERVES[ask.event])} is served", have)


@guard("HY-T15", "HY-T30", "INV-09", needs="titles", choice="metric_result")
def metric_met(facts: Facts, ask: Ask) -> Unmet | None:
    """Each metric of the occurrence reaches its target in exact arithmetic."""
    found = judged(facts)
    if unknown := [v for v in found if v.met is None]:
        listed = [f"{v.metric}: {v.why[1]}" for v in unknown]
        first = unknown[0]
        zh, en = f"{first.metric.name}：{first.why[0]}", f"{first.metric.name}: {first.why[1]}"
        return unmet(zh, en, listed)
    missed = [str(v.metric) for v in found if not v.met]
    return unmet(f"未达标：{'、'.join(missed)}", f"missed: {', '.join(missed)}", missed) if missed else None


@guard("HY-T40", "INV-09", needs="titles", choice="metric_result")
def metric_unmet(facts: Facts, ask: Ask) -> Unmet | None:
    """At least one metric of the occurrence misses its target in exact arithmetic."""
    found = judged(facts)
    if all(v.met is not None for v in found) and any(not v.met for v in found):
        return None
    listed = [str(v.metric) for v in found if v.met]
    return unmet("各指标均已达标，或尚不能判定", "every metric is reached, or cannot be judged yet", listed)


def judged(facts: Facts) -> list[Verdict]:
    """The verdict on each metric of the occurrence (INV-09)."""
    return [_judge(facts, metric) for metric in covered(facts)]


def _judge(facts: Facts, metric: Metric) -> Verdict:
    """A step of the ladder by the titles held, everything else by what was reported."""
    plan = facts.owner
    asked = metric.asked
    if plan is not None and _read_from_titles(facts, metric):
        held = metrics.standing(facts, plan, plan_of(facts).ladder[metric.name])
        return metrics.verdict(metric, asked.value if held else "none", {}, None)
    recorded = plan.data.get("references", {}) if plan else {}
    year = facts.thing.data["year"]
    references = {name: by_year[str(year)]["value"] for name, by_year in recorded.items() if str(year) in by_year}
    given = (facts.thing.data.get("values") or {}).get(metric.name)
    given = sequences.counted(plan_of(facts).sequences.get(metric.name, ()), given)
    return metrics.verdict(metric, given, references, _earlier(facts, metric, recorded.get(metric.name, {})))


def _earlier(facts: Facts, metric: Metric, recorded: dict[str, Any]) -> Any:
    """The value of the period before: what was verified last, else what was recorded for the year before."""
    before = [
        o.data["values"][metric.name]
        for o in occurrences(facts, task_of(facts))
        if o.number < facts.thing.number
        and o.state in ("met", "unmet")
        and str(metric) in o.data["covers"]
        and metric.name in (o.data.get("values") or {})
    ]
    return before[-1] if before else recorded.get(str(facts.thing.data["year"] - 1), {}).get("value")


# ----------------------------------------------------------------------------------------------- effects


def describe(facts: Facts, ask: Ask) -> list[Effect]:
    """What it answers for, and until when; its duties are those of whoever answers for the task."""
    here, task = facts.thing, task_of(facts)
    until = _until(facts)
    said = {
        "task": task.data.get("number"),
        "covers": [str(m) for m in _covered(facts, ask.event, here.data.get("metrics"))],
        "year": here.data.get("year", plan_years.year_of(plan_of(facts), facts.today)),
        "until": until.isoformat(),
    }
    unit, person = task.data.get("unit", ""), task.data.get("person", "")
    return [Put(here.id, said), HandOver(here.id, unit, person)]


def begin_task(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever reports has begun."""
    return [Fire(task_of(facts).id, ("start_task",), optional=True)]


def note_results(facts: Facts, ask: Ask) -> list[Effect]:
    """What was found for each metric, and who of those that must each reach it did not (HY-T40)."""
    return [Put(facts.thing.id, {"results": [v.record for v in judged(facts)]})]


def settle(facts: Facts, ask: Ask) -> list[Effect]:
    """A target that is reached owes nothing any more, and a task of what is done once is then done."""
    task = task_of(facts)
    asked = metrics.metrics_of(task)
    open_yet = {m.name for m in asked if not reached(facts, task, m)}
    let_go = [
        LetGo(task.id, f"task_due:{name}") for name in dict.fromkeys(m.name for m in asked) if name not in open_yet
    ]
    once = all(m.period == "once" for m in asked)
    return [*let_go, *([Fire(task.id, ("settle_met",), optional=True)] if once else [])]


def open_again(facts: Facts, ask: Ask) -> list[Effect]:
    """What was found counts no more, and a task that rests on it is not done."""
    cleared = Put(facts.thing.id, {"results": None, "taken_up_by": None})
    return [cleared, Fire(task_of(facts).id, ("reopen_task",), ask.form, optional=True)]


# ------------------------------------------------------------------------------------------------ duties


def _here(facts: Facts) -> list[Metric]:
    return _covered(facts, _opened_by(facts), facts.thing.data.get("metrics"))


def _until(facts: Facts) -> date:
    """Its last day: of its period, of the plan year, or of the plan for what is done once (GAP-HY-1)."""
    plan, said = plan_of(facts), facts.thing.data.get("until")
    if said:
        return date.fromisoformat(said)
    if any(m.period == "once" for m in _here(facts)):
        return plan.window.to
    opened = facts.thing.on(_opened_by(facts)) or facts.today
    return plan_years.ends(plan, plan_years.year_of(plan, opened))


def reported_by(facts: Facts) -> Iterable[Due]:
    """The date of its own target, the yearly day of the task, or the last day of its period."""
    plan, until = plan_of(facts), _until(facts)
    own = [m.deadline or until for m in _here(facts) if m.deadline or m.period == "once"]
    if own or facts.thing.data.get("period") in ("q", "m"):
        return (Due(min([*own, until])),)
    yearly = task_of(facts).data.get("occurrence_due") or plan.occurrence_due
    opened = facts.thing.on(_opened_by(facts)) or facts.today
    on = plan_years.within(plan, yearly, plan_years.year_of(plan, min(opened, until)))
    return (Due(min(on, until) if on >= opened else until),)


def period_end(facts: Facts) -> Iterable[Due]:
    """The last day; what is taken up again after it waits for people (INV-30)."""
    until = _until(facts)
    return (Due(until),) if until >= facts.today else ()


OFFICE = ("organizer", "verifier")
IN_WORK = stands("action_plan_task", "assigned", "in_progress")
BACK = ("recall_occurrence_report", "return_occurrence_report", "reopen_occurrence")

TABLE = (
    Move(states("@new"), "open_yearly_occurrence", "open", ("timer", "system"), "年度事项生成", "Open for the year",
         ("HY-T30", "HY-T40", "HY-T46"), guards=(IN_WORK, period_fits), then=(describe,), kind="timer"),
    Move(states("@new"), "open_occurrence", "open", ("contributor", "organizer"), "单次事项生成", "Open on demand",
         ("HY-T08", "HY-T09", "HY-T04"), OCCASION, (IN_WORK, period_fits), (describe,)),
    Move(states("@new"), "open_sample", "open", ("organizer", "system", "timer"), "常态事项取样",
         "Sample a continuous task", ("HY-T15", "HY-T19"), OCCASION, (IN_WORK, period_fits), (describe,)),
    Move(states("open"), "report_occurrence", "reported", ("contributor",), "报送完成情况", "Report", ("HY-W4c",
         "HY-T46"), REPORT, then=(begin_task,), artefacts=("progress_record",), mark="D"),
    Move(states("open|reported"), "close_period", "unmet", ("timer", "system"), "期满未报", "Period ends unreported",
         ("HY-T40", "HY-T03"), kind="timer"),
    Move(states("open|reported"), "mark_not_applicable", "not_applicable", ("organizer", "authority", "system"),
         "不适用", "Not applicable", ("GAP-PDS-5", "INV-20"), REASON, then=(settle,), persons=2,
         artefacts=("reason_note",)),
    Move(states("reported"), "recall_occurrence_report", "open", ("contributor",), "撤回填报", "Recall", ("INV-30",),
         guards=(not_yet_examined,)),
    Move(states("reported"), "return_occurrence_report", "open", OFFICE, "退回填报", "Return", ("HY-W4c",), REASON,
         artefacts=("return_note",)),
    Move(states("reported"), "verify_occurrence", "met", OFFICE, "核验达标", "Verified: met", ("HY-T03", "HY-T15",
         "HY-T30"), guards=(verifier_not_responsible, metric_met), then=(note_results, settle),
         artefacts=("verification_note",), mark="D"),
    Move(states("reported"), "verify_occurrence", "unmet", OFFICE, "核验未达标", "Verified: unmet", ("HY-T03", "HY-T40"),
         guards=(verifier_not_responsible, metric_unmet), then=(note_results,), artefacts=("verification_note",),
         mark="D"),
    Move(states("met|unmet"), "reopen_occurrence", "open", ("organizer", "authority"), "重新填报", "Reopen", ("INV-30",),
         REASON, (owner_still_open,), (open_again,), artefacts=("reopening_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("occurrence_due", (*OPENINGS, *BACK), ("report_occurrence", "close_period"), reported_by, ("HY-T30",
             "HY-T40"), remind=(-15, -3), with_time=("return_occurrence_report", "reopen_occurrence")),
    DutyRule("occurrence_period_end", (*OPENINGS, *BACK), ("report_occurrence", "close_period"), period_end, ("HY-T40",
             "HY-T03"), at_due="close_period", remind=(-15,)),
)  # fmt: skip

MACHINE = Machine("task_occurrence", TABLE, final=("not_applicable",), duties=DUTIES)
