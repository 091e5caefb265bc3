"""The resources of the API and the machines behind them."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.words import machine_in_words


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection in the URL: `name` in the path, `machine` behind it, and the machines it is created under."""

    name: str
    machine: str
    under: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    """Events that create one; the first is meant where the caller names none."""

    @property
    def zh(self) -> str:
        return machine_in_words(self.machine)[0]

    @property
    def en(self) -> str:
        return machine_in_words(self.machine)[1]


RESOURCES = (
    Resource("batches", "batch", (), ("plan_batch",)),
    Resource("cases", "case", ("batch",), ("open_case",)),
    Resource("rectification-items", "rectification_item",
             ("case", "reminder", "action_plan"),
             ("raise_item",)),
    Resource("recommendations", "recommendation", ("case",), ("draft_recommendation",)),
    Resource("evaluations", "evaluation", ("case",),
             ("mandate_evaluation", "record_external_evaluation")),
    Resource("surveys", "survey", ("evaluation", "batch"), ("plan_survey",)),
    Resource("notices", "public_notice", ("case", "look_back"), ("draft_notice",)),
    Resource("objections", "objection", ("public_notice",), ("file_objection",)),
    Resource("candidate-lists", "candidate_list", ("batch",), ("open_list",)),
    Resource("naming-decisions", "naming_decision", ("batch",), ("draft_decision",)),
    Resource("designations", "designation", ("case",),
             ("import_legacy_title", "record_external_designation")),
    Resource("insignia", "insignia", ("designation",), ("order_insignia",)),
    Resource("annual-reports", "annual_report", ("designation", "action_plan")),
    Resource("look-back-rounds", "look_back_round", (), ("plan_round",)),
    Resource("look-backs", "look_back", ("look_back_round",)),
    Resource("reminders", "reminder", ("designation",), ("draft_reminder",)),
    Resource("bulletins", "bulletin", ("batch", "case", "designation", "look_back", "action_plan"),
             ("draft_bulletin", "receive_bulletin")),
    Resource("action-plans", "action_plan", (), ("load_plan",)),
    Resource("plan-tasks", "action_plan_task", ("action_plan",), ("create_task",)),
    Resource("task-occurrences", "task_occurrence", ("action_plan_task",),
             ("open_occurrence", "open_sample")),
    Resource("revocations", "revocation_case", ("designation",), ("open_revocation",)),
)  # fmt: skip
PLAIN = {"consequence": "consequences"}  # records without a state
BY_MACHINE = {r.machine: r for r in RESOURCES}


def url_of(machine: str, thing_id: str) -> str:
    """The address of a thing, from the root. A stage run is shown with its case."""
    found = BY_MACHINE.get(machine)
    return f"/api/v1/{found.name if found else PLAIN.get(machine, 'stages')}/{thing_id}"
