"""A run of a stage: one machine for every stage of every kind.

Commands go to the case and act on its present run. What a kind adds to completing a stage is a row of KINDS;
what a stage adds is data of the track. A finding holds the stage in which it was raised (INV-18).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.domain.acts import WATCH
from service.domain.cases import reports
from service.domain.cases import stage_guards as g
from service.domain.duties import Due, DutyRule, counted, limit
from service.domain.effects import Effect, Fire, New, Put
from service.domain.facts import NEW, SAME, Ask, Duty, Facts, Thing
from service.domain.forms import (
    EXTERNAL_FACT,
    FINDING,
    NOTHING,
    REASON,
    Form,
    Part,
    day,
    evidence_ids,
    flag,
    pairs,
    text,
    texts,
    yes,
)  # fmt: skip
from service.domain.guards import (
    case_was_recommended,
    no_open_item_holding,
    not_yet_examined,
    step_respected,
)
from service.domain.machine import Guard, Machine, Move, stands, states
from service.domain.measures.rating import RATING, indicator_applicable, rating_consistent
from service.domain.notices import dispatch

if TYPE_CHECKING:
    from service.schemes.track import Artefact, Stage
    from service.schemes.values import Due as SchemeDue

LIVE = "open|submitted|held"

ARTEFACT = Form(
    "artefact",
    (
        Part("artefact", text, "材料", "key of the artefact"),
        Part("author", text, "编制人", "author"),
        Part("date", day, "日期", "date"),
        Part("files", evidence_ids, "文件（佐证编号）", "files (IDs of evidence)"),
        Part("parts", pairs, "内容", "parts that the scheme asks for", optional=True),
        Part("office", text, "报送科室（编号）", "office that reports (its ID)", optional=True),
    ),
    ("PDS-M3b", "YL-3q"),
    keep=False,
)


def _judges_itself(facts: Facts, given: Mapping[str, Any]) -> bool:
    return facts.stage.judgement


JUDGEMENT = Form(
    "own_judgement", (Part("judgement", text, "自我判断", "own judgement", when=_judges_itself),), ("SX-20",)
)
INSPECTION = Form(
    "inspection",
    (
        Part("date", day, "督察日期", "day of the inspection"),
        Part("team", texts, "督察人员", "team"),
        Part("written_result", text, "书面结果", "written result"),
    ),
    ("PDS-S4b", "YL-3l", "HY-W4a"),
)
DECLARATION = Form(
    "declaration",
    (
        Part("signer", text, "签署人", "responsible person who signs"),
        Part("true", yes, "真实", "the material is true"),
        Part("lawful", yes, "合法", "the material is lawful"),
        Part("complete", yes, "完整", "the material is complete"),
    ),
    ("YL-3q", "PDS-M3b", "INV-15"),
)
OUTCOME = Part("favourable", flag, "是否有利", "whether the outcome is favourable")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of stage needs before it can end: a row of the table of kinds."""

    who: tuple[str, ...]
    rules: tuple[str, ...]
    zh: str
    en: str
    form: Form = NOTHING
    guards: tuple[Guard, ...] = ()
    artefacts: tuple[str, ...] = ()


KINDS = {
    "mobilization": Kind(
        ("stage_actor", "organizer"), tuple("PDS-S1b PDS-S1c PDS-M2c PDS-M3a YL-1b YL-1c YL-1f".split()),
        "动员完成", "Complete mobilization", guards=(g.organization_formed, g.duties_assigned),
        artefacts=("work_plan", "meeting_minutes")),
    "creation": Kind(
        ("stage_actor", "organizer"), ("YL-2a", "YL-3a", "YL-3b"), "创建完成", "Complete creation",
        artefacts=("creation_record",)),
    "self_check": Kind(
        ("stage_actor",), tuple("PDS-S2b PDS-S2d SX-20 YL-2c YL-2g YL-3d INV-14".split()),
        "自查完成", "Complete the self-check", JUDGEMENT, (g.indicators_all_rated, g.problems_planned),
        ("self_check_report", "score_table")),
    "rectification": Kind(
        ("stage_actor", "organizer"), tuple("PDS-S3b PDS-S3c YL-3g YL-3h INV-03".split()),
        "整改完成", "Complete rectification", guards=(g.zero_open_if_required, g.lists_complete),
        artefacts=("rectification_report", "problem_list")),
    "inspection": Kind(
        ("inspector", "stage_office"), tuple("PDS-S4b YL-2j YL-2l YL-3l YL-3n HY-W4a".split()),
        "督察完成", "Complete the inspection", INSPECTION, artefacts=("inspection_report",)),
    "application": Kind(
        ("stage_actor", "organizer"), tuple("SX-12 SX-20 YL-3q QH-08a INV-08 INV-15".split()),
        "提出申报", "File the application", DECLARATION, (g.threshold_met, g.nothing_marked_false),
        ("application_form", "declaration")),
    "preliminary_review": Kind(
        ("recommending_office", "organizer", "authority"), tuple("SX-22 SX-23 QH-08d QH-08e YL-2n INV-08".split()),
        "推荐", "Complete preliminary review", guards=(g.recommendation_accepted,), artefacts=("recommendation",)),
    "evaluation": Kind(
        ("authority",), tuple("SX-24 SX-25 SX-26 INV-12".split()), "评估完成", "Complete evaluation",
        guards=(case_was_recommended, g.evaluations_final, g.on_candidate_list), artefacts=("evaluation_reports",)),
    "publicity": Kind(
        ("authority", "publicist", "system"), ("SX-27", "QH-11c", "GAP-SX-5"), "公示完成", "Complete publicity",
        guards=(stands("public_notice", "closed_clear"),), artefacts=("public_notice",)),
    "naming": Kind(
        ("system",), ("SX-28", "QH-06a", "INV-11"), "命名完成", "Complete naming",
        guards=(g.decision_covers_case,), artefacts=("naming_decision",)),
    "external": Kind(
        ("stage_office", "organizer"), tuple("PDS-S5b YL-2o YL-3r HY-T02 GAP-YL-8".split()),
        "外部程序完成", "Complete the external stage", guards=(g.external_result_recorded,),
        artefacts=("external_decision",)),
}  # fmt: skip


def pass_over(facts: Facts, ask: Ask) -> list[Effect]:
    """A stage with nothing to do is passed over with an entry of its own (INV-17)."""
    return [Fire(facts.thing.id, ("skip_empty_stage",), optional=True)]


def move_the_case(facts: Facts, ask: Ask) -> list[Effect]:
    """Exactly one way leads on from a stage that has ended."""
    case = facts.thing.parent or ""
    ways = ("resume_at_origin", "name_case", "name_externally", "close_without_naming", "advance")
    return [Fire(case, ways)]


def store_artefact(facts: Facts, ask: Ask) -> list[Effect]:
    """The paper goes on file under its key. A later one takes its place; of a report of every period each is kept."""
    key, held = ask.form["artefact"], facts.thing.data.get("artefacts", {})
    owed = reports.served_by(ask.form.get("office", ""), facts, key)
    served = next((d for d in reversed(owed) if d.done_at), None)
    duty = served or facts.duty(f"artefact_due:{_artefact_tag(facts, ask)}")
    entry = {**ask.form, "by": ask.who.person, "on": facts.today.isoformat(), "late": bool(duty and duty.overdue)}
    artefact = reports.expected(key, facts)
    if artefact.every or artefact.each_office:
        before = held.get(key, {})
        past = [{k: v for k, v in before.items() if k != "earlier"}] if before else []
        entry |= {"earlier": [*before.get("earlier", ()), *past]}
    if artefact.every:
        entry |= {"period": reports.period_of(served) if served else None}
    return [Put(facts.thing.id, {"artefacts": {**held, key: entry}})]


def store_result(facts: Facts, ask: Ask) -> list[Effect]:
    """A result from outside, in the order in which it came."""
    results = [*facts.thing.data.get("results", []), dict(ask.form)]
    return [Put(facts.thing.id, {"results": results})]


def raise_item(facts: Facts, ask: Ask) -> list[Effect]:
    """A finding becomes an item of the ledger; what it holds is said by the stage (INV-18)."""
    setting = "this_stage" if ask.event == "raise_findings" else facts.stage.findings
    holds = {"this_stage": facts.thing.id, "next_rectification": "next_rectification"}.get(setting)
    return [New("rectification_item", "raise_item", facts.thing.parent or "", ask.form, {"holds": holds})]


def _due_of(due: SchemeDue, facts: Facts, tag: str = "") -> Due:
    """A date of the scheme, a period from the start of the stage, or pending."""
    wording, begun = due.wording or "", facts.thing.on("take_up_run") or facts.thing.on("open_stage")
    start = begun or facts.today
    if due.offset is None:
        return Due(due.date, tag, wording)
    if due.offset.unit == "working_days":
        return counted(facts, due.offset.count, start, tag=tag, wording=wording)
    return Due(start + timedelta(days=due.offset.count), tag, wording)


def stage_due(facts: Facts) -> list[Due]:
    """The date of the stage. While it is pending nobody is late (GAP-YL-2)."""
    return [_due_of(facts.stage.due, facts)]


def next_watch(facts: Facts, duty: Duty | None = None) -> list[Due]:
    """A date that is pending is brought up again after so many days, until somebody sets it (GAP-YL-2)."""
    of_stage = facts.duty("stage_due")
    known = of_stage.due_on if of_stage else _due_of(facts.stage.due, facts).on
    if known is not None or facts.thing.state not in states(LIVE):
        return []
    day_ = facts.today + timedelta(days=facts.stage.due.watch_days)
    return [Due(day_, tag=day_.isoformat(), wording=facts.stage.due.wording or "")]


def artefact_dues(facts: Facts) -> list[Due]:
    """One duty for each paper with a date of its own, or that the stage cannot end without (YL-2d)."""
    held = facts.thing.data.get("artefacts", {})  # a run taken up again owes only what it had not handed in
    dated = [a for a in reports.asked_of_applicant(facts) if a.due or (a.required and not a.every)]
    return [
        _artefact_due(a, office, facts)
        for a in dated
        for office in reports.owing(a, facts)
        if office not in reports.newest(held.get(a.key))
    ]


def _artefact_due(artefact: Artefact, office: str, facts: Facts) -> Due:
    tag = f"{artefact.key}:{office}" if office else artefact.key
    return replace(_due_of(artefact.due or facts.stage.due, facts, tag), person=reports.name_of(office, facts))


def _shifts(facts: Facts) -> bool:
    return facts.stage.due.shifts


def _artefact_tag(facts: Facts, ask: Ask) -> str:
    """The paper, or that of the office from which it comes where the office owes it by itself."""
    if ask.event != "submit_artefact":
        return ""
    key = str(ask.form.get("artefact", ""))
    own = f"{key}:{ask.form.get('office', '')}"
    return own if facts.duty(f"artefact_due:{own}") else key


ENDS = ("complete_stage", "skip_empty_stage", "waive_stage", "supersede_run", "cancel_run", "set_aside_run")
STAGE_DUE_RULES = tuple(
    "PDS-S1a PDS-S2a PDS-S3a PDS-S4a PDS-S5a YL-1e YL-1g YL-2a YL-2c YL-2m YL-3a YL-3c YL-3f YL-3k".split()
)
DUTIES = (
    DutyRule("stage_due", ("open_stage", "take_up_run"), ENDS, stage_due, STAGE_DUE_RULES, remind=(-15, -5, -1),
             extend_by=("stage_office", "organizer", "authority"),
             extensions=lambda facts: limit(facts.stage.extensions), shifts=_shifts, with_time=("take_up_run",)),
    DutyRule("artefact_due", ("open_stage", "take_up_run"), ("submit_artefact", *ENDS), artefact_dues,
             ("YL-2d", "YL-2e", "YL-2f", "YL-3e", "PDS-M2d", "PDS-S2d"), remind=(-5, -1), shifts=_shifts,
             closes_tag=_artefact_tag, with_time=("take_up_run",)),
    DutyRule(reports.PROGRESS, ("open_stage", "take_up_run"), ("submit_artefact", *ENDS), reports.first_reports,
             ("PDS-M3c", "YL-W3a", "GAP-PDS-8"), unit="calendar_days", remind=(-1,), shifts=lambda facts: True,
             closes_tag=reports.tag_of, again=reports.next_report),
    DutyRule(WATCH, ("open_stage", "take_up_run"), ENDS, next_watch, ("GAP-YL-2", "YL-2p", "YL-3o", "YL-3r"),
             at_due="remind", unit="calendar_days", shifts=lambda facts: True, again=next_watch),
    dispatch.DUTY,
)  # fmt: skip

WORKERS = ("stage_actor", "contributor", "organizer")
TABLE = (
    Move(states(NEW), "plan_run", "planned", ("system",), "生成阶段", "Plan the stage run", ("INV-01", "INV-17")),
    Move(states("planned"), "open_stage", "open", ("system",), "阶段开始", "Open the stage", ("INV-01",),
         then=(pass_over,)),
    Move(states(LIVE), "submit_artefact", SAME, (*WORKERS, "inspector", "stage_office"), "提交阶段材料", "Submit an artefact",
         ("YL-2d", "YL-2e", "YL-2f", "PDS-S2d", "INV-01"), ARTEFACT,
         (g.artefact_expected, g.handed_in_by_its_author, reports.from_its_office), (store_artefact,), mark="D"),
    Move(states(LIVE), "record_external_result", SAME, ("stage_office", "organizer", "external_body"),
         "登记外部结果", "Record an external result", ("PDS-S5b", "YL-2o", "YL-3r", "HY-T02"),
         replace(EXTERNAL_FACT.also(OUTCOME), keep=False), (g.kind_is_external,), (store_result,),
         kind="signal", artefacts=("external_decision",), mark="D"),
    Move(states(LIVE), "rate_indicator", SAME, ("stage_actor", "contributor"), "指标自评", "Rate indicators",
         ("PDS-S2b", "PDS-A5", "INV-14", "GAP-PDS-5"), RATING,
         (g.kind_is_self_check, indicator_applicable, rating_consistent, step_respected), mark="D", plain=True),
    Move(states("open|submitted"), "record_problems", SAME, ("stage_actor", "contributor", "stage_office"),
         "登记问题", "Record problems found", ("PDS-S2c", "PDS-S3b", "YL-2g"), replace(FINDING, keep=False),
         then=(raise_item,), artefacts=("problem_list",), mark="D"),
    Move(states(LIVE), "raise_findings", "held", ("inspector", "stage_office", "evaluator_lead"),
         "反馈问题", "Raise findings", ("YL-2i", "YL-3m", "PDS-S4b", "HY-W4c", "INV-18"), replace(FINDING, keep=False),
         (g.findings_hold_here,), (raise_item,), artefacts=("findings_notice",), mark="D"),
    Move(states("held"), "release_stage", "open", ("system",), "问题清零解除", "Release: findings cleared",
         ("YL-2l", "YL-3n", "INV-18"), guards=(no_open_item_holding,), mark="D"),
    Move(states("open"), "submit_stage", "submitted", ("stage_actor",), "提交验收", "Submit for acceptance",
         ("PDS-S2d", "YL-2m"), guards=(g.acceptance_required, g.artefacts_present), mark="D"),
    Move(states("submitted"), "recall_submission", "open", ("stage_actor",), "撤回提交", "Recall the submission",
         ("INV-30",), guards=(not_yet_examined,), artefacts=("recall_note",)),
    Move(states("submitted"), "return_submission", "open", ("stage_office",), "退回补正", "Return for correction",
         ("INV-16",), REASON, artefacts=("return_note",)),
    Move(states("open|submitted"), "complete_stage", "completed", ("@kind",), "完成本阶段", "Complete the stage",
         tuple("PDS-S2d YL-2d YL-2l YL-2m YL-3n INV-01 INV-03 INV-18".split()),
         guards=(g.artefacts_present, no_open_item_holding, g.stage_guards_hold),
         then=(move_the_case,), mark="D"),
    Move(states("open"), "skip_empty_stage", "skipped", ("system",), "无事项跳过", "Skip: nothing to do",
         ("YL-2l", "INV-17"), guards=(g.skip_condition_holds,), then=(move_the_case,), artefacts=("skip_entry",)),
    Move(states("open"), "waive_stage", "skipped", ("stage_office", "organizer", "authority"), "免予本阶段",
         "Waive an optional stage", ("PDS-S4b", "GAP-QH-18", "INV-17"), REASON,
         (g.stage_optional, no_open_item_holding), (move_the_case,), artefacts=("waiver_note",)),
    Move(states(LIVE), "set_aside_run", "set_aside", ("system",), "暂存本阶段", "Set the run aside", ("INV-19",),
         guards=(g.return_with_resume,)),
    Move(states("set_aside"), "take_up_run", "open", ("system",), "恢复本阶段", "Take the run up again", ("INV-19",),
         guards=(g.origin_reached,)),
    Move(states("open|submitted|held|completed|skipped|set_aside"), "supersede_run", "superseded", ("system",),
         "本次阶段被替代", "Supersede the run", ("INV-19", "INV-30"), guards=(g.stage_lies_behind_return,)),
    Move(states("planned|open|submitted|held|set_aside"), "cancel_run", "cancelled", ("system",), "阶段终止",
         "Cancel the run", ("INV-16",), guards=(g.case_ended,)),
)  # fmt: skip


def assemble(kind: str) -> Machine:
    """The stage machine with what the kind adds to completing: form, guards, roles, artefacts, rules.

    Checked first are the common guards, then those of the kind, then those of the track. Whoever accepts the
    work (`stage_office`) may complete a stage that has an acceptance step.
    """
    adds = KINDS[kind]
    *common, of_track = next(m for m in TABLE if m.event == "complete_stage").guards

    def completed(move: Move) -> Move:
        if move.event != "complete_stage":
            return move
        return replace(
            move, who=tuple(dict.fromkeys((*adds.who, "stage_office"))), form=adds.form, zh=adds.zh, en=adds.en,
            guards=(g.acceptance_respected(*adds.who), *common, *adds.guards, of_track), artefacts=adds.artefacts,
            rules=tuple(dict.fromkeys((*adds.rules, *move.rules))),
        )  # fmt: skip

    return Machine("stage", tuple(completed(m) for m in TABLE), ("superseded", "cancelled"), DUTIES)


def new_run(case: str, stage: Stage, runs: list[Thing]) -> New:
    """A run of a stage, planned and opened in one go. A second pass through a stage is a new run."""
    passes = 1 + sum(r.data["key"] == stage.key for r in runs)
    return New(
        "stage",
        "plan_run",
        case,
        data={"key": stage.key, "kind": stage.kind, "run": passes},
        then=("open_stage",),
    )
