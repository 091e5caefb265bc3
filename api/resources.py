"""The resources of the API and the machines behind them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection in the URL: `name` in the path, `machine` behind it, and the machines it is created under."""

    name: str
    machine: str
    zh: str
    en: str
    under: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    """Events that create one; the first is meant where the caller names none."""


RESOURCES = (
    Resource("batches", "batch", "批次", "batch", (), ("plan_batch",)),
    Resource("cases", "case", "申报", "case", ("batch",), ("open_case",)),
    Resource("rectification-items", "rectification_item", "整改问题", "rectification item",
             ("case", "reminder", "action_plan"),
             ("raise_item",)),
    Resource("recommendations", "recommendation", "推荐", "recommendation", ("case",), ("draft_recommendation",)),
    Resource("evaluations", "evaluation", "评估", "evaluation", ("case",),
             ("mandate_evaluation", "record_external_evaluation")),
    Resource("surveys", "survey", "满意度测评", "survey", ("evaluation", "batch"), ("plan_survey",)),
    Resource("notices", "public_notice", "公示", "public notice", ("case", "look_back"), ("draft_notice",)),
    Resource("objections", "objection", "异议", "objection", ("public_notice",), ("file_objection",)),
    Resource("candidate-lists", "candidate_list", "名单", "list", ("batch",), ("open_list",)),
    Resource("naming-decisions", "naming_decision", "命名决定", "naming decision", ("batch",), ("draft_decision",)),
    Resource("designations", "designation", "示范命名对象", "designation", ("case",),
             ("import_legacy_title", "record_external_designation")),
    Resource("insignia", "insignia", "牌匾证书", "insignia", ("designation",), ("order_insignia",)),
    Resource("annual-reports", "annual_report", "年度报告", "annual report", ("designation", "action_plan")),
    Resource("look-back-rounds", "look_back_round", "回头看", "look-back round", (), ("plan_round",)),
    Resource("look-backs", "look_back", "回访核查", "look-back", ("look_back_round",)),
    Resource("reminders", "reminder", "通报提醒", "reminder", ("designation",), ("draft_reminder",)),
    Resource("bulletins", "bulletin", "通报", "bulletin", ("batch", "case", "designation", "look_back"),
             ("draft_bulletin", "receive_bulletin")),
    Resource("action-plans", "action_plan", "行动计划", "action plan", (), ("load_plan",)),
    Resource("plan-tasks", "action_plan_task", "行动任务", "task of an action plan", ("action_plan",), ("create_task",)),
    Resource("task-occurrences", "task_occurrence", "任务完成情况", "result of a task", ("action_plan_task",),
             ("open_occurrence", "open_sample")),
    Resource("revocations", "revocation_case", "撤销命名", "revocation case", ("designation",), ("open_revocation",)),
)  # fmt: skip
PLAIN = {"consequence": "consequences"}  # records without a state
BY_MACHINE = {r.machine: r for r in RESOURCES}


def url_of(machine: str, thing_id: str) -> str:
    """The address of a thing, from the root. A stage run is shown with its case."""
    found = BY_MACHINE.get(machine)
    return f"/api/v1/{found.name if found else PLAIN.get(machine, 'stages')}/{thing_id}"
