"""What a new version alters is told place by place, with whom it concerns and what becomes possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.schemes import loader
from service.schemes.diff import Change, Difference, difference
from tests.support.schemes import REFERENCE


def altered(edit: Callable[[dict[str, Any]], object]) -> Difference:
    definition = loader.dump(REFERENCE)
    definition["version"] = "1.1.0"
    edit(definition)
    return difference(REFERENCE, loader.load(definition))


def only(found: Difference) -> Change:
    (change,) = found.changes
    return change


def stages(definition: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = definition["tracks"][0]["stages"]
    return found


def test_a_new_number_alone_alters_nothing() -> None:
    found = altered(lambda d: d.update(version="2.0.0"))
    assert found == Difference((), (), ())
    assert found.tracks == ()


def test_a_value_is_told_with_its_place_in_words_old_and_new() -> None:
    change = only(altered(lambda d: d["publicity"].update(days=7)))
    assert (change.path, change.how, change.old, change.new) == ("/publicity/days", "changed", 5, 7)
    assert (change.track, change.stage, change.roles) == ("", "", ())


def test_a_change_of_a_stage_names_track_stage_and_who_acts_there() -> None:
    change = only(altered(lambda d: stages(d)[2]["due"].update(date="2024-07-01")))
    assert change.path == "/tracks/area/stages/self_check/due/date"
    assert change.title.en == "Demonstration area · Self-check · due.date"
    assert change.title.zh == "示范地区 · 自查自纠 · due.date"
    assert (change.track, change.stage) == ("area", "self_check")
    assert "county_government" in change.roles


def test_a_new_stage_is_one_change_and_new_steps_of_the_case() -> None:
    extra = {"key": "extra", "kind": "creation", "presence": "required"}
    found = altered(lambda d: stages(d).insert(6, extra))
    assert [(one.path, one.how) for one in found.changes] == [("/tracks/area/stages/extra", "added")]
    ways = {(one.state, one.event, one.to) for one in found.appear}
    assert {("application", "advance", "extra"), ("extra", "advance", "review")} <= ways
    assert [(one.state, one.event, one.to) for one in found.disappear] == [
        ("application", "advance", "review"),
        ("review", "recall", "application"),
    ]
    assert found.tracks == ("area",)


def test_a_stage_that_is_left_out_takes_its_steps_along() -> None:
    found = altered(lambda d: stages(d).pop(7))
    assert [(one.path, one.how, one.new) for one in found.changes] == [
        ("/tracks/area/stages/central_opinion", "removed", None)
    ]
    assert ("review", "advance", "central_opinion") in {(one.state, one.event, one.to) for one in found.disappear}


def test_another_order_of_the_same_stages_is_told_as_such() -> None:
    def turn(definition: dict[str, Any]) -> None:
        own = stages(definition)
        own[0], own[1] = own[1], own[0]

    change = only(altered(turn))
    assert (change.path, change.how) == ("/tracks/area/stages", "reordered")
    assert (change.old[:2], change.new[:2]) == (["mobilization", "creation"], ["creation", "mobilization"])


def test_a_change_of_roles_names_who_loses_and_who_gains() -> None:
    change = only(altered(lambda d: d["roles"].update(publicist=["media_unit", "department"])))
    assert change.roles == ("provincial_media", "media_unit", "department")


def test_a_list_of_words_is_compared_as_a_whole() -> None:
    change = only(altered(lambda d: d["rectification"].update(lists=["problem"])))
    assert (change.path, change.new) == ("/rectification/lists", ["problem"])


def test_a_part_that_is_switched_off_takes_its_machine_along() -> None:
    found = altered(lambda d: d["annual_report"].update(present=False))
    assert {one.machine for one in found.disappear} == {"annual_report"}
    assert not found.appear


def test_another_basis_is_a_change_although_the_value_stays() -> None:
    found = altered(lambda d: d["basis"].update({"/publicity/days": {"mark": "C"}}))
    change = only(found)
    assert (change.path, change.how) == ("/publicity/days", "basis")
    assert (change.old["mark"], change.new["mark"]) == ("D", "C")


@pytest.mark.parametrize("kind", ["no_such_kind", "naming"])
def test_a_draft_that_is_not_sound_can_be_compared_too(kind: str) -> None:
    change = only(altered(lambda d: stages(d)[1].update(kind=kind)))
    assert change.path == "/tracks/area/stages/creation/kind"
