"""The machines of a scheme are really assembled and walked before it is published."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from service.domain.machines import PLAIN
from service.schemes import loader
from service.schemes.problem import Problem
from service.schemes.validation.walk import RUN, dead_ends, steps
from tests.support.schemes import REFERENCE


def walked(**roles: list[str] | None) -> list[Problem]:
    definition = loader.dump(REFERENCE)
    definition["roles"] = {k: v for k, v in (definition["roles"] | roles).items() if v is not None}
    return list(dead_ends(loader.load(definition)))


def test_nothing_in_the_shipped_programme_leads_nowhere() -> None:
    assert walked() == []


@pytest.mark.parametrize(("machine", "goal"), [(machine, goal) for machine, goal, _ in RUN])
def test_every_goal_is_a_state_of_its_machine(machine: str, goal: str) -> None:
    assert goal in PLAIN[machine].known


@pytest.mark.req("INV-32")
@pytest.mark.parametrize(
    ("slot", "complaint"),
    [
        ("verifier", "rectification_item never comes to closed: fill verifier"),
        ("approver", "naming_decision never comes to effective: fill approver"),
        ("designee", "reminder never comes to lifted: fill designee"),
    ],
)
def test_a_slot_without_which_a_thing_can_only_be_broken_off_must_be_filled(slot: str, complaint: str) -> None:
    found = walked(**{slot: None})
    assert complaint in [one.en for one in found]
    assert {(one.path, one.rule) for one in found} == {("/roles", "INV-32")}


def with_stage(which: str, /, **fields: Any) -> list[Problem]:
    definition = copy.deepcopy(loader.dump(REFERENCE))
    stage = next(one for one in definition["tracks"][0]["stages"] if one["key"] == which)
    stage.update(fields)
    return list(dead_ends(loader.load(definition)))


@pytest.mark.req("INV-01")
def test_a_required_paper_that_nobody_can_hand_in_is_a_problem() -> None:
    nobody: dict[str, list[str]] = {"organizer": [], "recommending_office": []}
    paper = {"key": "report", "required": True, "by": "recommending_office"}
    found = with_stage("creation", artefacts=[paper], actor=nobody)
    assert [(one.path, one.rule) for one in found] == [("/tracks/0/stages/1/artefacts/0", "INV-01")]


def test_a_stage_that_nobody_can_complete_is_a_problem() -> None:
    found = with_stage("creation", acceptance="external_body", actor={"external_body": []})
    assert [(one.path, one.rule) for one in found] == [("/tracks/0/stages/1", "INV-32")]


@pytest.mark.req("INV-17")
def test_a_track_that_nobody_can_enter_is_a_problem() -> None:
    found = walked(applicant=[], recommending_office=[], organizer=[])
    assert ("/tracks/0/outcome", "no case ends in named") in [(one.path, one.en) for one in found]
    assert "no case reaches the stage mobilization" in [one.en for one in found]


def test_a_track_from_which_no_machine_can_be_made_is_told_and_not_a_crash() -> None:
    found = with_stage("creation", key="named")
    assert [(one.path, one.rule) for one in found] == [("/tracks/0/stages", "INV-17")]


def test_only_what_a_scheme_runs_is_walked() -> None:
    definition = loader.dump(REFERENCE)
    definition["annual_report"]["present"] = False
    machines = {one.machine for one in steps(loader.load(definition))}
    assert "annual_report" not in machines
    assert {"case", "designation", "look_back"} <= machines
