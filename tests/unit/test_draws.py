"""A draw: repeatable, exact in size, each stratum by itself, and nobody passed over for ever."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.draws import ALGORITHM, Rule, again, chosen, draw, times_passed_over

FIFTH = Rule(Decimal("0.2"), 1)


def areas(number: int) -> dict[str, str]:
    return {f"t{n:02}": "area" for n in range(number)}


@pytest.mark.req("INV-29")
def test_a_draw_can_be_repeated_from_its_record() -> None:
    record = draw("2025-青海", areas(12) | {"p1": "project"}, {"t03": 2}, Rule(Decimal("0.2"), 1, 4))
    assert again(record) == record
    assert record["algorithm"] == ALGORITHM


@pytest.mark.req("INV-29")
def test_the_order_is_that_of_the_hash_of_seed_and_member() -> None:
    record = draw("seed", areas(10), {}, FIFTH)
    by_hash = sorted(areas(10), key=lambda one: sha256(f"seed|{one}".encode()).hexdigest())
    assert record["result"] == {"area": by_hash[:2]}


def test_another_seed_draws_others() -> None:
    results = {tuple(chosen(draw(str(seed), areas(30), {}, FIFTH))) for seed in range(5)}
    assert len(results) == 5


@pytest.mark.req("GAP-QH-8")
@pytest.mark.parametrize(("members", "drawn"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (15, 3)])
def test_a_fifth_of_each_class_is_drawn_a_part_counting_as_one(members: int, drawn: int) -> None:
    assert len(chosen(draw("s", areas(members), {}, FIFTH))) == drawn


def test_the_share_is_exact() -> None:
    assert Rule(Decimal("0.1")).size(30) == 3, "0.1 as a binary number would make it 4"


@pytest.mark.req("GAP-QH-8")
def test_each_class_has_its_least_number() -> None:
    record = draw("s", areas(10) | {"p1": "project", "p2": "project"}, {}, FIFTH)
    assert {name: len(ids) for name, ids in record["result"].items()} == {"area": 2, "project": 1}


def test_a_class_smaller_than_the_least_number_is_listed_as_exempt() -> None:
    record = draw("s", areas(5) | {"p1": "project"}, {}, Rule(Decimal("0.2"), 2))
    assert record["exempt"] == ["project"]
    assert record["result"]["project"] == ["p1"]


@pytest.mark.req("GAP-SX-8")
def test_a_census_takes_everybody() -> None:
    assert sorted(chosen(draw("", areas(7), {}, Rule(None)))) == sorted(areas(7))


@pytest.mark.req("GAP-QH-8")
def test_whoever_was_passed_over_three_times_is_drawn_in_the_fourth_round() -> None:
    waited = dict.fromkeys(("t01", "t05", "t08"), 3)
    drawn = chosen(draw("s", areas(10), waited, Rule(Decimal("0.2"), 1, 4)))
    assert sorted(drawn) == ["t01", "t05", "t08"]


def test_while_everybody_can_still_be_reached_chance_alone_decides() -> None:
    plenty = Rule(Decimal("0.5"), 1, 4)
    assert draw("s", areas(10), {"t00": 1}, plenty)["result"] == draw("s", areas(10), {}, plenty)["result"]


@pytest.mark.req("GAP-QH-8")
@given(st.integers(1, 40), st.integers(1, 6), st.sampled_from(["0.05", "0.2", "0.34"]), st.text(max_size=5))
def test_everybody_is_drawn_within_the_rounds_of_the_scheme(members: int, within: int, share: str, seed: str) -> None:
    """Over any run of rounds as long as the scheme says, nobody is left out."""
    rounds: list[dict[str, Any]] = []
    for number in range(2 * within):
        waited = {one: times_passed_over(one, rounds[::-1]) for one in areas(members)}
        rounds.append(draw(f"{seed}{number}", areas(members), waited, Rule(Decimal(share), 1, within)))
    for first in range(within + 1):
        seen = {one for record in rounds[first : first + within] for one in chosen(record)}
        assert seen == set(areas(members))


def test_a_round_before_somebody_was_named_does_not_count_as_passed_over() -> None:
    newest, before = (
        draw("b", areas(1) | {"new": "area"}, {}, Rule(Decimal("0.01"), 0)),
        draw("a", areas(1), {}, FIFTH),
    )
    expected = 0 if "new" in chosen(newest) else 1
    assert times_passed_over("new", [newest, before]) == expected
