"""What a scheme says of one class of subjects alone: the indicators that measure it, and its own judgement."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.validation.validator import problems
from tests.support.programme import PROGRAMMES

SHANXI = loader.shipped_scheme("shanxi")


def items(scheme: Scheme) -> set[str]:
    return {one.code[:3] for one in scheme.indicator_system.indicators}


@pytest.mark.req("GAP-SX-3", "SX-12")
def test_a_track_is_measured_by_the_indicators_of_its_class() -> None:
    whole, project = SHANXI.of_track("comprehensive"), SHANXI.of_track("single_item")
    assert (items(whole), items(project)) == ({"SXM"}, {"SXP"})
    assert [len(s.indicator_system.indicators) for s in (whole, project)] == [100, 5]
    assert SHANXI.of_track(None) is SHANXI, "what belongs to no track sees all of them"
    reference = loader.shipped_scheme("reference")
    assert reference.of_track("area") is reference, "an indicator without classes measures everybody"


def changed(**paths: Any) -> list[tuple[str, str]]:
    """The problems of Shanxi with these values instead."""
    whole = loader.dump(SHANXI)
    for path, value in paths.items():
        *way, last = path.split("__")
        here: Any = whole
        for step in way:
            here = here[int(step) if step.isdigit() else step]
        here[last] = value
    return [(one.path, one.rule) for one in problems(loader.load(whole)) if one.blocks]


@pytest.mark.req("GAP-SX-3")
def test_an_indicator_of_a_class_that_no_track_has_is_refused() -> None:
    found = changed(indicator_system__indicators__0__classes=["area"])
    assert ("/indicator_system/indicators/0/classes", "GAP-SX-3") in found


@pytest.mark.req("GAP-SX-3")
def test_a_track_that_no_indicator_measures_is_refused() -> None:
    alone = {f"indicator_system__indicators__{n}__classes": ["comprehensive"] for n in range(100, 105)}
    assert changed(**alone) == [("/tracks/1/class", "GAP-SX-3")]


@pytest.mark.req("QH-11a")
def test_in_points_the_items_of_each_track_sum_to_the_maximum() -> None:
    whole = loader.dump(loader.read_folder(PROGRAMMES / "yearly_ranking"))
    (track,) = whole["tracks"]
    whole["tracks"] = [track, {**track, "id": "project", "class": "project"}]
    assert not [one for one in problems(loader.load(whole)) if one.blocks], "everything measures both"
    whole["indicator_system"]["indicators"][0]["classes"] = ["area"]
    assert [one.path for one in problems(loader.load(whole)) if one.blocks] == ["/scoring/max"]


@pytest.mark.req("SX-20")
def test_only_a_self_check_ends_with_a_judgement_of_its_own() -> None:
    assert changed(tracks__0__stages__1__judgement=True) == [("/tracks/0/stages/1/judgement", "SX-20")]
