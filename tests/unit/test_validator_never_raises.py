"""Whatever a scheme says, the validator answers: problems, or a scheme whose every case can be run."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.cases import case, stage
from service.schemes import loader
from service.schemes.basis import unmarked
from service.schemes.diff import difference
from service.schemes.measures import Indicator
from service.schemes.problem import SchemeInvalid
from service.schemes.validation.validator import problems, warnings
from service.schemes.vocabulary import KINDS
from tests.support.schemes import REFERENCE

DEFINITION = loader.dump(REFERENCE)
KEPT = 3
"""Of a long list so many members are mutated: the hundred indicators are alike."""
Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> list[Path]:
    """Every place of a definition. Of the one list that matters to the machines, the stages, each member."""
    kept = None if path[-1:] == ("stages",) else KEPT
    inside = value.items() if isinstance(value, dict) else enumerate(value[:kept]) if isinstance(value, list) else ()
    return [*([path] if path else []), *(one for step, below in inside for one in places(below, (*path, step)))]


PLACES = places(DEFINITION)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 200_000), st.sampled_from(["", "x", "pending", "area", "0001-01-01", "{", "1e9"]),
    st.sampled_from(["none", "own", "external", "named", "closed", "points", "binary", "census", "due_date", *KINDS]),
    st.just([]), st.just({}), st.just(["x"]), st.just({"x": "y"}), st.just(["county_government"]),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The reference definition with a few places dropped, replaced, doubled or exchanged."""
    definition = copy.deepcopy(DEFINITION)
    for _ in range(draw(st.integers(1, 4))):
        *above, last = draw(st.sampled_from(PLACES))
        here: Any = definition
        try:
            for step in above:
                here = here[step]
            before = here[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation has taken it away
        how = draw(st.sampled_from(["drop", "replace", "double", "turn"]))
        if how == "drop":
            del here[last]
        elif how == "replace":
            here[last] = draw(VALUES)
        elif isinstance(before, list):
            here[last] = [*before, *before] if how == "double" else before[::-1]
    return definition


@pytest.mark.req("INV-17")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mutated_scheme_is_refused_in_words_or_every_case_of_it_can_be_run(definition: dict[str, Any]) -> None:
    try:
        scheme = loader.load(definition)
    except SchemeInvalid:
        return
    found = problems(scheme)
    warnings(scheme)
    unmarked(definition, scheme.basis)
    difference(REFERENCE, scheme)
    assert all(one.blocks and one.zh and one.en and one.rule for one in found)
    if not found:
        for track in scheme.tracks:
            machine = case.assemble(track)
            assert {one.key for one in track.stages} <= set(machine.known)
            assert all(stage.assemble(one.kind).events["complete_stage"] for one in track.stages)


def test_a_long_table_is_judged_row_by_row_and_no_row_is_compared_with_every_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def compared(one: Indicator, other: object) -> bool:
        raise AssertionError

    monkeypatch.setattr(Indicator, "__eq__", compared)
    assert problems(REFERENCE) == []
