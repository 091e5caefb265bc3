"""Rankings: exact, total, stable, recomputable, and steered by nobody."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.rankings import Entry, Ranking, RuleError, again, drawn_by, key_of, rank

ORDER, TIES = ("score desc",), ("complaints asc", "draw")


def entry(id: str, score: str | None, complaints: str | None = "0") -> Entry:
    value = {"score": score, "complaints": complaints}
    return Entry(id, {name: None if said is None else Fraction(said) for name, said in value.items()})


def ranked(*entries: Entry, ties: tuple[str, ...] = TIES, seed: str = "s") -> Ranking:
    return rank(entries, ORDER, ties, seed)


def test_the_greater_score_comes_first_and_equals_by_fewer_complaints() -> None:
    found = ranked(entry("a", "89.99"), entry("b", "90", "2"), entry("c", "90", "1"))
    assert found.order == ("c", "b", "a")
    assert found.places == {"c": 1, "b": 2, "a": 3}
    assert (found.drawn, found.tied, found.missing) == ((), (), {})


@pytest.mark.req("INV-09")
def test_a_third_is_greater_than_any_decimal_below_it() -> None:
    found = rank(
        [Entry("decimal", {"score": Decimal("0.33333333333333333333")}), Entry("third", {"score": Fraction(1, 3)})],
        ORDER, (), "",
    )  # fmt: skip
    assert found.order == ("third", "decimal")


@pytest.mark.req("INV-28")
def test_equals_that_only_a_draw_tells_apart_are_drawn_and_named() -> None:
    found = ranked(entry("a", "90"), entry("b", "90"), entry("c", "80"))
    first, second = sorted(("a", "b"), key=lambda one: drawn_by("s", one))
    assert found.order == (first, second, "c")
    assert found.drawn == ((first, second),)
    assert found.places == {first: 1, second: 2, "c": 3}


def test_without_a_draw_equals_share_a_place_and_are_named() -> None:
    found = ranked(entry("b", "90"), entry("a", "90"), entry("c", "80"), ties=("complaints asc",))
    assert found.places == {"a": 1, "b": 1, "c": 3}
    assert (found.tied, found.drawn) == ((("a", "b"),), ())


def test_an_entry_without_a_value_has_no_place_and_says_what_it_lacks() -> None:
    found = ranked(entry("a", None), entry("b", "80", None), entry("c", "70"))
    assert found.order == ("c",)
    assert found.missing == {"a": ("score",), "b": ("complaints",)}
    nothing = ranked(Entry("a", {}))
    assert nothing.missing == {"a": ("score", "complaints")}


@pytest.mark.parametrize("said", ["score", "score down", "desc", "score desc asc", "draw asc", ""])
def test_an_order_that_says_no_direction_is_refused(said: str) -> None:
    with pytest.raises(RuleError):
        key_of(said)


def test_a_draw_decides_everything_and_can_only_come_last() -> None:
    with pytest.raises(RuleError):
        ranked(entry("a", "1"), ties=("draw", "complaints asc"))


# ---------------------------------------------------------------------------------------- properties

SCORES = st.sampled_from(["90", "89.99", "80.5", "809/9", "0"])
ENTRIES = st.dictionaries(
    st.text("abcdefg", min_size=1, max_size=3), st.tuples(SCORES, st.sampled_from(["0", "1"])), max_size=12
).map(lambda found: [entry(id, *values) for id, values in found.items()])


@pytest.mark.req("INV-28")
@given(ENTRIES, st.randoms(use_true_random=False), st.text(max_size=5))
def test_the_order_of_entry_changes_nothing_and_everybody_has_a_place(
    entries: list[Entry], shuffler: Random, seed: str
) -> None:
    found = ranked(*entries, seed=seed)
    mixed = list(entries)
    shuffler.shuffle(mixed)
    assert ranked(*mixed, seed=seed) == found
    assert sorted(found.order) == sorted(one.id for one in entries)
    assert sorted(found.places.values()) == list(range(1, len(entries) + 1))


@pytest.mark.req("INV-28")
@given(ENTRIES, st.text(max_size=5))
def test_a_stored_record_ranks_to_itself(entries: list[Entry], seed: str) -> None:
    found = ranked(*entries, seed=seed)
    stored = json.loads(json.dumps(dict(found.record)))
    assert again(stored).record == found.record
    assert again(stored).order == found.order


@pytest.mark.req("INV-28")
@given(ENTRIES, st.text("xyz", min_size=1, max_size=3), st.text(max_size=5))
def test_whoever_joins_moves_nobody_past_another(entries: list[Entry], newcomer: str, seed: str) -> None:
    """Neither a better nor a worse entry changes the order of the others; a worse one moves nobody at all."""
    before = ranked(*entries, seed=seed)
    for score in ("90", "-1"):
        after = ranked(*entries, entry(newcomer, score), seed=seed)
        assert [one for one in after.order if one != newcomer] == list(before.order)
        if score == "-1":
            assert after.order[-1] == newcomer
            assert {one: after.places[one] for one in before.order} == before.places
