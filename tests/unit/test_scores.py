from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures import scores
from service.schemes.model import Scheme
from tests.support.domain import reference
from tests.support.measured import ITEMS as MEASURED
from tests.support.measured import measured

ITEMS = [i.code for i in scores.items(reference())]


def scheme(**scoring: Any) -> Scheme:
    given_scoring = reference().scoring.model_copy(update=scoring)
    return reference().model_copy(update={"scoring": given_scoring})


def sheet(*totals: str) -> dict[str, list[dict[str, Any]]]:
    """One score sheet for each total: one point an item until the total is used up."""
    ratings: dict[str, list[dict[str, Any]]] = {code: [] for code in ITEMS}
    for scorer, total in enumerate(totals):
        left = Decimal(total)
        for code in ITEMS:
            points = min(left, Decimal(1))
            left -= points
            ratings[code].append({"person": f"p{scorer}", "value": str(points), "reason": None})
    return ratings


@pytest.mark.req("QH-11a")
def test_the_full_sheet_of_the_reference_scheme_is_a_hundred_points() -> None:
    assert scores.total(reference(), sheet("100")) == 100
    assert scores.attainment(reference(), sheet("100")) == 1


@pytest.mark.req("QH-11b", "INV-09")
@pytest.mark.parametrize(
    ("total", "outcome"),
    [("90", "notice"), ("89.99", "reminder"), ("80", "reminder"), ("79.99", "revocation")],
)
def test_an_edge_is_reached_exactly_or_not_at_all(total: str, outcome: str) -> None:
    found = scores.band(reference().look_back.bands, scores.value(total))
    assert found is not None
    assert found.outcome == outcome


@pytest.mark.req("INV-09")
def test_89_99_does_not_pass_and_90_does() -> None:
    assert not scores.passes(reference(), scores.value("89.99"))
    assert scores.passes(reference(), scores.value("90"))
    assert not scores.passes(reference(), Fraction(90) - Fraction(1, 10**30))


def test_a_scheme_without_a_band_called_pass_asks_for_its_highest_one() -> None:
    bands = tuple(b.model_copy(update={"outcome": f"band_{b.at_least}"}) for b in reference().scoring.pass_)
    assert not scores.passes(scheme(pass_=bands), Fraction(89))
    assert scores.passes(scheme(pass_=bands), Fraction(90))


@pytest.mark.req("GAP-QH-3", "INV-09")
def test_the_mean_of_several_sheets_may_fall_between_two_steps_and_is_not_rounded() -> None:
    mean = scheme(combine="mean", step=Decimal("0.5"))
    assert scores.total(mean, sheet("89.5", "90", "90")) == Fraction(539, 6)
    assert not scores.passes(mean, scores.total(mean, sheet("89.5", "90", "90")))
    assert scores.passes(mean, scores.total(mean, sheet("89.5", "90", "90.5")))


def test_the_median_is_that_of_each_item() -> None:
    rows = [{"person": p, "value": v, "reason": None} for p, v in (("a", "0.1"), ("b", "0.2"), ("c", "1"))]
    assert scores.combined(scheme(combine="median"), rows) == Fraction(1, 5)
    assert scores.combined(scheme(combine="median"), rows[1:]) == Fraction(3, 5)


def test_scorers_who_must_agree_and_differ_earn_nothing_for_the_item() -> None:
    ratings = sheet("100", "99.5")
    assert scores.disagreeing(reference(), ratings) == [ITEMS[-1]]
    assert scores.total(reference(), ratings) == 99
    assert scores.disagreeing(scheme(combine="mean"), ratings) == []


def test_scorers_who_differ_on_whether_an_item_applies_never_agree() -> None:
    ratings = sheet("100", "100")
    ratings[ITEMS[0]][1] = {"person": "p1", "value": None, "reason": "no such duty"}
    loose = scheme(combine="mean", not_applicable="leave_out")
    assert scores.disagreeing(loose, ratings) == [ITEMS[0]]
    assert scores.total(loose, ratings) == 99


@pytest.mark.req("QH-11a", "GAP-QH-3")
@pytest.mark.parametrize(
    ("given_value", "good"),
    [
        ("0.1", True),
        ("1", True),
        ("0", True),
        ("0.05", False),
        ("1.1", False),
        ("-0.1", False),
        ("x", False),
        (0.1, False),
        (None, False),
        (True, False),
        ("NaN", False),
        ("Infinity", False),
        ("1e999999999", False),
        ("1E-999999", False),
    ],
)
def test_a_value_is_a_multiple_of_the_step_up_to_the_maximum(given_value: object, good: bool) -> None:
    assert scores.off_step(reference(), {ITEMS[0]: given_value}) == ([] if good else [ITEMS[0]])


@pytest.mark.req("GAP-QH-3")
def test_89_9_does_not_exist_on_one_sheet_when_the_step_is_a_half() -> None:
    assert scores.off_step(scheme(step=Decimal("0.5")), {ITEMS[0]: "0.9"}) == [ITEMS[0]]
    assert scores.off_step(scheme(step=Decimal("0.5")), {ITEMS[0]: "0.5"}) == []


def test_what_is_no_item_has_no_value() -> None:
    assert scores.off_step(reference(), {"NO-SUCH": "1"}) == ["NO-SUCH"]
    assert scores.off_step(scheme(mode="none"), {ITEMS[0]: "1"}) == [ITEMS[0]]
    assert scores.off_step(reference(), "no mapping") == []


@pytest.mark.req("PDS-A5")
def test_binary_items_are_met_or_unmet_and_attainment_is_their_share() -> None:
    binary = scheme(mode="binary", not_applicable="leave_out", step=Decimal("0.5"))
    assert scores.off_step(binary, {ITEMS[0]: "0.5", ITEMS[1]: "1"}) == [ITEMS[0]]
    assert scores.attainment(binary, sheet("90")) == Fraction(9, 10)
    assert scores.total(binary, sheet("90")) == Fraction(9, 10)
    assert scores.attainment(binary, sheet("89.9")) == Fraction(89, 100)


@pytest.mark.req("GAP-PDS-5")
def test_what_does_not_apply_leaves_the_denominator_counts_in_full_or_is_forbidden() -> None:
    ratings = sheet("95")
    ratings[ITEMS[-1]] = [{"person": "p0", "value": None, "reason": "no such duty"}]
    assert scores.attainment(scheme(not_applicable="leave_out"), ratings) == Fraction(95, 99)
    assert scores.total(scheme(not_applicable="leave_out"), ratings) == Fraction(9500, 99)
    assert scores.total(scheme(not_applicable="full"), ratings) == 96
    assert scores.unrated(scheme(not_applicable="leave_out"), ratings) == []
    assert scores.unrated(reference(), ratings) == [ITEMS[-1]]


def test_an_item_is_unrated_without_a_rating_or_without_a_reason() -> None:
    ratings = sheet("100")
    del ratings[ITEMS[3]]
    ratings[ITEMS[4]] = [{"person": "p0", "value": None, "reason": None}]
    assert scores.unrated(scheme(not_applicable="leave_out"), ratings) == [ITEMS[3], ITEMS[4]]
    assert scores.unrated(scheme(mode="none"), {}) == []
    assert scores.attainment(reference(), {}) == 0


@pytest.mark.req("GAP-PDS-2")
def test_bonus_and_deduction_items_enter_no_sum() -> None:
    system = reference().indicator_system
    bonus = system.indicators[0].model_copy(update={"code": "X-B1", "kind": "bonus", "max_points": None})
    both = system.model_copy(update={"indicators": (*system.indicators, bonus)})
    with_bonus = scheme(mode="binary").model_copy(update={"indicator_system": both})
    met = {**sheet("90"), "X-B1": [{"person": "p0", "value": "1", "reason": None}]}
    assert scores.attainment(with_bonus, met) == Fraction(9, 10)
    assert scores.off_step(with_bonus, {"X-B1": "1"}) == []


@given(st.fractions(max_denominator=5000))
def test_a_stored_result_is_read_back_exactly(number: Fraction) -> None:
    assert scores.value(scores.text(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(90), "90"),
        (Fraction("89.99"), "89.99"),
        (Fraction(269, 3), "269/3"),
        (Fraction(1, 8), "0.125"),
        (Fraction(0), "0"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(100), "100"),
    ],
)
def test_a_result_is_stored_as_a_plain_decimal_wherever_it_is_one(number: Fraction, text: str) -> None:
    assert scores.text(number) == text


def one(value: str) -> list[dict[str, Any]]:
    return [{"person": "p0", "value": value, "reason": None}]


def by_points() -> Scheme:
    """Six items of 15 points, a bonus of 1, a deduction of 3 and a veto."""
    return measured(dict.fromkeys(MEASURED, "15") | {"M-B": "1", "M-D": "3"}, max="90", step="0.5")


FULL = {code: one("15") for code in MEASURED}


@pytest.mark.req("GAP-PDS-2")
@pytest.mark.parametrize(
    ("extra", "total"),
    [
        ({}, "90"),
        ({"M-B": one("1")}, "91"),
        ({"M-D": one("2.5")}, "87.5"),
        ({"M-B": one("0.5"), "M-D": one("3")}, "87.5"),
        ({"M-1": one("0"), "M-D": one("3")}, "72"),
    ],
)
def test_bonus_and_deduction_enter_the_sum_where_the_scheme_gives_them_points(extra: Any, total: str) -> None:
    assert scores.text(scores.total(by_points(), FULL | extra)) == total


def test_a_deduction_leads_not_below_nothing_and_changes_no_attainment() -> None:
    assert scores.total(by_points(), {"M-D": one("3")}) == 0
    assert scores.attainment(by_points(), FULL | {"M-D": one("3"), "M-B": one("1")}) == 1


@pytest.mark.parametrize("scheme_", [by_points(), measured()])
def test_a_broken_veto_leaves_nothing_whatever_the_points(scheme_: Scheme) -> None:
    full = {code: one("15" if scheme_.scoring.mode == "points" else "1") for code in MEASURED}
    holds, broken = full | {"M-V": one("1")}, full | {"M-V": [*one("1"), *one("0")]}
    assert scores.vetoed(scheme_, holds) == []
    assert scores.vetoed(scheme_, broken) == ["M-V"]
    assert scores.total(scheme_, holds) > 0
    assert scores.total(scheme_, broken) == scores.attainment(scheme_, broken) == 0


def test_facts_without_a_rating_count_nothing_and_set_nothing_aside() -> None:
    facts_only = {"person": "p1", "value": None, "reason": None, "measured": {"startup_time": "5wd"}}
    rated = FULL | {"M-1": [*one("15"), facts_only]}
    assert scores.disagreeing(by_points(), rated) == []
    assert scores.total(by_points(), rated) == 90
    assert scores.combined(by_points(), [facts_only]) == 0
    assert scores.unrated(by_points(), FULL | {"M-1": [facts_only]}) == ["M-1"]


@pytest.mark.parametrize(
    ("scores_", "wrong"),
    [
        ({"M-B": "0.5", "M-D": "2.5", "M-V": "1"}, []),
        ({"M-B": "1.5"}, ["M-B"]),
        ({"M-D": "0.3"}, ["M-D"]),
        ({"M-V": "0.5"}, ["M-V"]),
        ({"M-1": "15.5"}, ["M-1"]),
    ],
)
def test_extras_keep_to_their_own_maximum_and_a_veto_holds_or_is_broken(scores_: Any, wrong: list[str]) -> None:
    assert scores.off_step(by_points(), scores_) == wrong


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6), st.integers(1, 3))
def test_a_total_is_the_exact_sum_whatever_the_steps(halves: list[int], scorers: int) -> None:
    mean = measured(dict.fromkeys(MEASURED, "15"), max="90", step="0.5", combine="mean", not_applicable="forbid")
    ratings = {
        code: [{"person": f"p{n}", "value": str(Decimal(max(0, half - n)) / 2), "reason": None} for n in range(scorers)]
        for code, half in zip(MEASURED, halves, strict=True)
    }
    wanted = sum((Fraction(max(0, half - n), 2) for half in halves for n in range(scorers)), Fraction(0)) / scorers
    assert scores.total(mean, ratings) == wanted
