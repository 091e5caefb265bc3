"""A draw: repeatable, exact in size, each stratum by itself, and nobody passed over for ever."""

import json
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil, floor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.main import build
from service.domain.measures.draws import (
    ALGORITHM,
    Rule,
    again,
    chosen,
    differences,
    draw,
    drawn,
    frame,
    times_passed_over,
)

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


populations = st.dictionaries(
    st.text(min_size=1, max_size=6), st.sampled_from(["area", "project", "县"]), min_size=1, max_size=30
)
rules = st.builds(
    Rule, st.sampled_from([None, Decimal("0.05"), Decimal("0.2"), Decimal("0.99")]), st.integers(0, 3),
    st.none() | st.integers(1, 4),
)  # fmt: skip


@pytest.mark.req("INV-29")
@given(populations, rules, st.text(max_size=8))
def test_the_same_population_rule_and_seed_always_give_the_same_record(
    strata: dict[str, str], rule: Rule, seed: str
) -> None:
    record = draw(seed, strata, {}, rule)
    assert draw(seed, strata, {}, rule) == record
    assert differences(json.loads(json.dumps(record))) == []


@pytest.mark.req("INV-29")
@given(populations, rules, st.text(max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_a_population_is_listed_changes_nothing(
    strata: dict[str, str], rule: Rule, seed: str, random: Random
) -> None:
    listed = list(strata.items())
    random.shuffle(listed)
    assert draw(seed, dict(listed), {}, rule) == draw(seed, strata, {}, rule)


@pytest.mark.req("INV-29")
@given(populations, st.text(min_size=1, max_size=6), st.text(max_size=8))
def test_whoever_adds_a_member_chooses_nobody(strata: dict[str, str], extra: str, seed: str) -> None:
    """The order of the others stays: a newcomer can only take a place, at the place its own hash gives it."""
    everybody = Rule(None)
    before = draw(seed, strata, {}, everybody)["result"]
    after = draw(seed, {"area": "county", extra: "area", **strata}, {}, everybody)["result"]
    for name, ids in before.items():
        assert [one for one in after[name] if one in strata] == ids


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.decimals("0.01", 100, places=2), min_size=1),
    st.integers(1, 500),
)
def test_a_number_is_divided_by_the_weights_of_the_strata_exactly(weights: dict[str, Decimal], number: int) -> None:
    rule = Rule(None, number=number, weights=weights)
    sizes = rule.sizes(dict.fromkeys(weights, 1000))
    together = sum(map(Fraction, weights.values()))
    assert sum(sizes.values()) == number
    for name, size in sizes.items():
        exact = number * Fraction(weights[name]) / together
        assert floor(exact) <= size <= ceil(exact)


def test_strata_with_weights_have_their_least_number_and_no_more_than_they_hold() -> None:
    rule = Rule(None, 2, number=10, weights={"large": Decimal(9), "small": Decimal(1), "tiny": Decimal(90)})
    assert rule.sizes({"large": 50, "small": 50, "tiny": 3}) == {"large": 2, "small": 2, "tiny": 3}


def test_what_was_fixed_has_a_hash_that_the_record_of_the_draw_keeps() -> None:
    fixed = frame(areas(10), {}, FIFTH, "lottery of 7 May")
    record = drawn(fixed, "6 3 8")
    assert (record["hash"], record["source"]) == (fixed["hash"], "lottery of 7 May")
    assert frame(areas(11), {}, FIFTH, "lottery of 7 May")["hash"] != fixed["hash"]
    assert frame(areas(10), {}, FIFTH, "lottery of 8 May")["hash"] != fixed["hash"]


@pytest.mark.req("INV-29")
@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"seed": "another"}, ["result/area"]),
        ({"result": {"area": ["t00", "t01"]}}, ["result/area"]),
        ({"result": {}}, ["result/area"]),
        ({"result": {"area": ["t00"], "more": ["x"]}}, ["result/area", "result/more"]),
        ({"least": 5}, ["hash", "result/area"]),
        ({"hash": "0" * 64}, ["hash"]),
        ({"source": "another"}, ["hash"]),
        ({"algorithm": "shifan-draw/1"}, ["algorithm"]),
        ({"strata": None}, ["record"]),
        ({"weights": {"area": "much"}}, ["record"]),
    ],
)
def test_a_record_that_was_changed_says_where(change: dict[str, Any], places: list[str]) -> None:
    record = draw("seed", areas(10), {}, FIFTH)
    assert [at for at, _, _ in differences({**record, **change})] == places


def test_a_member_who_was_put_in_or_left_out_shows_in_the_hash() -> None:
    record = draw("seed", areas(10), {}, FIFTH)
    fewer = {**record, "strata": {"area": record["strata"]["area"][1:]}}
    assert "hash" in [at for at, _, _ in differences(fewer)]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    record = draw("seed", areas(10) | {"p1": "project"}, {}, FIFTH)
    path = tmp_path / "record.json"
    path.write_text(json.dumps({"thing": "r1", "draw": record}), encoding="utf-8")
    return path


def verified(path: Path) -> Any:
    return CliRunner().invoke(build("draw"), ["draw", "verify", str(path)])


@pytest.mark.req("INV-29")
def test_a_published_record_is_verified_by_a_command(published: Path) -> None:
    said = verified(published)
    assert (said.exit_code, said.output.split(":")[0]) == (0, "EQUAL")
    assert "3 of 11, 2 strata" in said.output


def test_the_command_says_what_differs_and_leaves_with_one(published: Path) -> None:
    published.write_text(published.read_text(encoding="utf-8").replace('"seed": "seed"', '"seed": "better"'), "utf-8")
    said = verified(published)
    assert said.exit_code == 1
    assert "result/area: the record says" in said.output
    assert "DIFFERENT" in said.output


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"draw": 5}', "[" * 100_000])
def test_the_command_refuses_what_is_no_record(published: Path, content: str) -> None:
    published.write_text(content, "utf-8")
    assert verified(published).exit_code == 1


@pytest.mark.req("INV-29")
@pytest.mark.parametrize("share", ["1e999999999", "NaN", "٣", [], {}])
def test_a_record_with_a_number_that_nobody_can_work_with_is_malformed(share: Any) -> None:
    record = draw("seed", dict.fromkeys("abc", "all"), {}, FIFTH)
    assert [at for at, _, _ in differences({**record, "share": share})] == ["record"]
    assert [at for at, _, _ in differences({**record, "weights": {"all": share}})] == ["record"]
