"""A whole world for one thing of any machine: every other thing beside it, every need read, every duty open.

Nothing in it is probable; everything is of the right type, so that each guard gets as far as it can.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from service.domain.cases.organization import Organization
from service.domain.facts import THE_SYSTEM, THE_TIMER, Duty, Facts, Thing, Who
from service.domain.machine import Machine, Move
from service.domain.machines import PLAIN, case_machine, stage_machine
from service.schemes.measures import ListRule
from service.schemes.model import Scheme
from tests.support import plans, tables
from tests.support.domain import Everybody, facts, papers, person, reference, thing

BUILT = [
    *((name, "") for name in sorted(PLAIN)),
    *(("stage", kind) for kind in tables.kinds()),
    *(("case", track) for track in tables.tracks()),
]
EVERYBODY = person("all", *{role for roles in reference().roles.values() for role in roles})


def _scheme_of(name: str) -> Scheme | None:
    """A scheme that has what the thing is about, where the shipped one has none."""
    if name == "candidate_list":
        return reference().model_copy(update={"lists": (ListRule(purpose="candidates"),)})
    return plans.scheme() if name in PLANNED else None


@cache
def machine(name: str, of: str = "") -> Machine:
    """The machine of that name, of that kind of stage, or of a case on that track."""
    if name == "case":
        return case_machine(tables.tracks()[of])
    return stage_machine(of) if name == "stage" else PLAIN[name]


def asking(rows: tuple[Move, ...]) -> Who:
    """Somebody who may ask for these rows: a person wherever one is named, otherwise the service."""
    slots = {slot for row in rows for slot in row.who}
    if slots <= {"timer", "system"}:
        return THE_SYSTEM if "system" in slots else THE_TIMER
    return EVERYBODY


SAID: dict[str, Any] = {
    "opens": "2024-03-01",
    "closes": "2024-12-31",
    "number": 1,
    "naming_year": 2024,
    "year": 2024,
    "due_year": 2024,
    "named_on": "2024-03-01",
    "designation": "designation",
    "decision": "naming_decision",
    "look_back": "look_back",
    "grounds": {"area_slides": "排名后移"},
    "ground": "disaster",
    "measure": "third_party",
    "evaluator": "某大学",
    "lead": "fan",
    "members": ["gao", "hao"],
    "accompanying": ["jia"],
    "population": "全县常住人口",
    "strata": {"town": 20, "village": 30},
    "scale": 5,
    "size": 3,
    "questionnaire": "v1",
    "compulsory_questions": ["q1"],
    "sample": {"town": ["t1"], "village": ["v1"]},
    "statements": [{"no": "1", "text": "不服"}],
    "report": "调查报告",
    "answers": {"area_slides": "属实"},
    "total": "85",
    "self_evaluation_day": "2024-06-01",
    "draw": {"result": {"area": ["designation"]}, "passed_over": {}, "seed": "1"},
    "unit": "县司法局",
    "person": "chen",
    "due": "2024-06-30",
    "holds": "run",
    "named": ["case"],
    "refused": {},
    "facts": [{"kind": "serious_problem", "date": "2024-05-10"}],
    "by": {"draft_reminder": "li", "submit_item": "chen", "open_occurrence": "zhou"},
    "on": {"issue_reminder": "2024-05-06"},
    "level": "county",
    "action": 1,
    "until": "2024-12-31",
    "purpose": "candidates",
    "cases": ["case"],
    "entries": ["case"],
    "reserves": [],
    "name": "佳县",
    "address": "https://example.invalid/report",
}
PLANNED = ("action_plan", "action_plan_task", "task_occurrence")
PARENTS = {
    **dict.fromkeys(("annual_report", "reminder", "insignia", "revocation_case"), "designation"),
    **dict.fromkeys(("bulletin", "candidate_list", "case", "naming_decision"), "batch"),
    **dict.fromkeys(("action_plan", "batch", "look_back_round"), None),
    "action_plan_task": "action_plan",
    "task_occurrence": "action_plan_task",
    "objection": "public_notice",
    "survey": "evaluation",
    "look_back": "look_back_round",
}
CHAINS = {
    **{name: name for name in ("batch", "look_back_round")},
    **dict.fromkeys(PLANNED, "action_plan"),
}
OWN = {"bulletin": {"facts": [{"text": "佳县整改逾期"}]}}
KINDS = {"bulletin": "criticism_circular", "insignia": "plaque", "rectification_item": "problem"}


def _one(name: str, state: str, **more: Any) -> Thing:
    own = {"id": "run"} if name == "stage" else {}
    said = {**SAID, "kind": KINDS.get(name, name), **OWN.get(name, {}), **more}
    chain = CHAINS.get(name, "case")
    parent = PARENTS.get(name, "case")
    return thing(name, state, data=said, parent=parent, chain=chain, **own)


def world(name: str, of: str, state: str, now: str = "2024-05-20T09:00") -> Facts:
    """The facts about a thing of that machine in that state, with everything that can stand beside it."""
    kind = of if name == "stage" else "creation"
    here = next((s.key for s in reference().track("area").stages if s.kind == kind), "creation")
    beside = {
        "batch": _one("batch", "open"),
        "case": _one("case", here, paused_in=here),
        "stage": _one("stage", "open", key=here, kind=kind, run=1),
        **{other: _one(other, PLAIN[other].known[1]) for other in PLAIN if other != "batch"},
    }
    about = _one(name, state, **({"key": here, "kind": kind, "run": 1} if name == "stage" else {}))
    if name == "case":
        about = about.with_data(paused_in=here)
    owed = (
        Duty(f"d{n}", "o", about.id, rule.key, date(2024, 6, 30), date(2024, 6, 30))
        for n, rule in enumerate(machine(name, of).duties)
    )
    company = [t for other, t in beside.items() if other != name]
    needs: dict[str, Any] = {
        "version": {"status": "published", "effective_from": "2024-02-22"},
        "same_case": None,
        "history": [beside["designation"], beside["batch"]],
        "ratings": {},
        "places": [],
        "bars": [],
        "entropy": "seed",
        "files": {"case": {"case": beside["case"], "things": [], "ratings": {}}},
        "case_states": {"case": beside["case"].state},
        "cases": [beside["case"]],
        "titles": [beside["designation"]],
        "rounds": [beside["look_back_round"]],
        "serials": set(),
        "evidence": papers("ev-1"),
        "organization": Organization(),
        "role_holders": Everybody(),
        "circulars": [],
        "work": ((beside["case"],), ()),
        "named": {},
        "first_choices": {},
        "schedule": {"rounds": [beside["look_back_round"]], "newest": None, "first": "designation"},
        "successors": {},
        "answers": {"survey": {"count": 5, "satisfied": 4, "codes": {"t0"}, "by_stratum": {"town": 5}}},
    }
    scheme = tables.scheme_of(tables.tracks()[of]) if name == "case" else _scheme_of(name)
    return facts(about, *company, scheme=scheme, now=now, duties=owed, **needs)
