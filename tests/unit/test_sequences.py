"""Steps that follow each other: counted, in their order, on days that exist."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures import metrics, sequences
from service.schemes.values import Coded, Text
from tests.support.plans import REPORTER, Walk, scheme_with
from tests.unit.test_task_occurrence import PAPERS, on_demand

CODES = ("draft", "comments", "review", "signing")
STEPS = tuple(Coded(code=code, title=Text(zh=code, en=code)) for code in CODES)


def steps(**days: str) -> dict[str, Any]:
    return {"steps": days}


@pytest.mark.req("HY-T09")
@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (steps(draft="2024-01-01", comments="2024-01-02", review="2024-01-03", signing="2024-01-04"), False),
        (steps(signing="2024-01-04", draft="2024-01-01"), False),  # said in another order, taken in the right one
        (steps(draft="2024-01-01", comments="2024-01-01"), False),  # on one day
        (steps(draft="2024-01-02", comments="2024-01-01"), True),
        (steps(draft="2024-01-02", signing="2024-01-01"), True),  # whatever lies between
        (steps(draft="2024-02-30"), True),
        (steps(other="tomorrow"), True),
        (steps(), True),
        ("4", True),
        ({"steps": {"draft": 1}}, True),
    ],
)
def test_a_step_before_the_one_ahead_of_it_is_no_value(value: Any, fault: bool) -> None:
    assert (sequences.unsound(STEPS, value) is not None) == fault


@pytest.mark.req("HY-T09")
@given(st.lists(st.sampled_from((*CODES, "own_step")), unique=True, min_size=1), st.integers(1, 20))
def test_the_steps_of_the_scheme_are_counted_and_no_others(taken: list[str], day: int) -> None:
    value = steps(**dict.fromkeys(taken, f"2024-01-{day:02d}"))
    assert metrics.readings({"m": value}) is None
    assert sequences.unsound(STEPS, value) is None
    assert sequences.counted(STEPS, value) == len(set(taken) & set(CODES))


def test_what_is_no_sequence_stays_as_it_is() -> None:
    assert sequences.counted((), "4") == "4"
    assert sequences.counted(STEPS, None) is None


@pytest.mark.req("HY-T09")
def test_a_result_with_a_step_left_out_is_unmet_and_one_in_the_wrong_order_is_refused() -> None:
    sequence = {"consultation": [s.model_dump() for s in STEPS]}
    rules = scheme_with(sequences=sequence)
    walk = Walk(rules=rules).started()
    one = on_demand(walk, 3, metrics=["consultation"])
    wrong = {"consultation": steps(review="2023-05-02", signing="2023-05-01")}
    assert walk.refused(one.id, "report_occurrence", REPORTER, **PAPERS, values=wrong) == ["evidence.values"]
    assert walk.verified(one, consultation=steps(**dict.fromkeys(CODES, "2023-05-01"))).state == "unmet"  # 4 of 7
