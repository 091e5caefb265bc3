"""What the validator refuses about lists, quotas and what a naming rests on, each with its place and rule."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader
from service.schemes.problem import SchemeInvalid
from service.schemes.validation.lists import list_problems
from tests.support.schemes import REFERENCE

ONSITE: dict[str, Any] = {"purpose": "candidates", "order": ["onsite desc"], "inputs": ["onsite", "third_party"]}


def found(**changes: Any) -> list[tuple[str, str]]:
    """Place and rule of each problem of the reference programme with these parts replaced."""
    definition = loader.dump(REFERENCE)
    return [(p.path, p.rule) for p in list_problems(loader.load({**definition, **changes}))]


def with_list(**changes: Any) -> list[tuple[str, str]]:
    return found(lists=[{**ONSITE, **changes}])


@pytest.mark.parametrize("purpose", ["recommendation", "candidates", "ranking"])
def test_a_list_by_a_result_that_the_scheme_has_is_sound(purpose: str) -> None:
    assert with_list(purpose=purpose, track="area", tie_rule=["third_party desc", "draw"], reserves=2) == []
    assert found(lists=[{"purpose": purpose}]) == [], "the office orders"


@pytest.mark.parametrize(
    ("changes", "place", "rule"),
    [
        ({"track": "elsewhere"}, "/lists/0/track", "QH-17a"),
        ({"order": ["onsite"]}, "/lists/0/order/0", "INV-28"),
        ({"order": ["luck desc"]}, "/lists/0/order/0", "INV-28"),
        ({"order": ["notice desc"]}, "/lists/0/order/0", "INV-28"),
        ({"tie_rule": ["onsite", "draw"]}, "/lists/0/tie_rule/0", "INV-28"),
        ({"tie_rule": []}, "/lists/0/tie_rule", "INV-28"),
        ({"tie_rule": ["draw", "third_party desc"]}, "/lists/0/tie_rule", "INV-28"),
        ({"tie_rule": ["draw", "draw"]}, "/lists/0/tie_rule", "INV-28"),
        ({"inputs": ["luck"]}, "/lists/0/inputs/0", "SX-26"),
    ],
)
def test_a_list_that_could_not_be_drawn_up_is_refused(changes: dict[str, Any], place: str, rule: str) -> None:
    assert (place, rule) in with_list(**changes)


def test_a_list_by_an_evaluation_that_nobody_commissions_is_refused() -> None:
    evaluation = loader.dump(REFERENCE)["evaluation"]
    assert ("/lists/0", "SX-25") in found(lists=[ONSITE], evaluation={**evaluation, "measures": ["third_party"]})


def test_a_list_by_a_result_that_no_stage_of_the_track_brings_is_refused() -> None:
    definition = loader.dump(REFERENCE)
    (track,) = definition["tracks"]
    track["stages"] = [s for s in track["stages"] if s["kind"] != "evaluation"]
    assert ("/lists/0", "SX-26") in found(lists=[ONSITE], tracks=[track])


def test_one_rule_for_a_purpose_and_a_track_and_one_for_all_others() -> None:
    own = {**ONSITE, "track": "area"}
    assert found(lists=[ONSITE, own]) == []
    assert found(lists=[own, own]) == [("/lists/1", "QH-17a")]


@pytest.mark.req("YL-2n")
def test_whoever_must_stand_on_a_recommended_list_needs_one() -> None:
    definition = loader.dump(REFERENCE)
    (track,) = definition["tracks"]
    track["stages"][5]["guards"] = ["on_recommended_list"]
    assert found(tracks=[track]) == [("/tracks/0/stages/5/guards", "YL-2n")]
    assert found(tracks=[track], lists=[{"purpose": "recommendation"}]) == []


@pytest.mark.req("INV-11")
def test_a_naming_rests_on_what_a_stage_or_a_list_brings() -> None:
    assert found(naming={"inputs": ["evaluations", "notice", "self_check"]}) == []
    assert found(naming={"inputs": ["luck"]}) == [("/naming/inputs/0", "INV-11")]
    assert found(naming={"inputs": ["candidate_list"]}) == [("/naming/inputs/0", "INV-11")]
    assert found(naming={"inputs": ["candidate_list"]}, lists=[ONSITE]) == []
    definition = loader.dump(REFERENCE)
    (track,) = definition["tracks"]
    track["stages"] = [s for s in track["stages"] if s["kind"] != "publicity"]
    assert ("/naming/inputs/0", "INV-11") in found(naming={"inputs": ["notice"]}, tracks=[track])


@pytest.mark.req("YL-2o")
def test_titles_that_are_given_outside_end_a_track_outside() -> None:
    definition = loader.dump(REFERENCE)
    (track,) = definition["tracks"]
    outside = {**track, "stages": [s for s in track["stages"] if s["kind"] != "naming"]}
    outside["stages"] = [s for s in outside["stages"] if s["kind"] != "external"] + [
        {**next(s for s in track["stages"] if s["kind"] == "external"), "presence": "required"}
    ]
    assert found(naming={"by": "external", "inputs": []}, tracks=[outside]) == []
    assert found(naming={"by": "external", "inputs": []}) == [
        ("/tracks/0/stages/10", "YL-2o"),
        ("/naming/by", "YL-2o"),
    ]


def test_a_quota_is_divided_only_by_what_every_case_says_of_itself() -> None:
    definition = loader.dump(REFERENCE)
    (track,) = definition["tracks"]
    quota = {"target": 1, "mode": "max", "per_stratum": ["region", "level"]}
    assert found(tracks=[{**track, "quota": quota}]) == []
    with pytest.raises(SchemeInvalid):
        found(tracks=[{**track, "quota": {**quota, "per_stratum": ["colour"]}}])
