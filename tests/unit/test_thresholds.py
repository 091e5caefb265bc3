"""Thresholds: how they are written, and what is met at the edge, just below it and just above it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.forms import number
from service.domain.measures.thresholds import GRADES, Met, Threshold, Unknown, Unmet, exact, judge
from service.schemes.reading.thresholds import ThresholdError, from_columns, parse, printed
from tests.support.tables import FOLDER

TABLE = list(csv.DictReader((FOLDER / "indicators.csv").read_text(encoding="utf-8").splitlines()))
WRITTEN = [one for row in TABLE for column in ("thresholds", "zero_tolerance") for one in row[column].split(";") if one]
EVERY = [parse(one) for one in WRITTEN]
QUANTITIES = [t for t in EVERY if isinstance(t.value, Fraction)]
HOLDS = {"<=": "below at", ">=": "at above", "<": "below", ">": "above", "=": "at"}


def measured(value: Fraction, unit: str) -> Any:
    """An exact value as somebody would give it: a share as a rate, anything else with its unit."""
    if unit == "%":
        return {"numerator": value.numerator, "denominator": value.denominator}
    whole = value.numerator * 10**9 // value.denominator
    return f"{whole // 10**9}.{whole % 10**9:09}{unit}"


def test_the_table_holds_every_form_of_threshold() -> None:
    assert len(EVERY) == len(WRITTEN) == 79
    assert {t.operator for t in EVERY} == {"<=", ">=", "<", "="}
    assert {t.unit for t in EVERY} >= {"", "wd", "d", "h", "%", "items", "persons", "classhours", "sites", "times"}
    assert {t.period for t in EVERY} == {"", "y", "2y"}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_threshold_is_printed_as_it_was_written(written: str) -> None:
    assert printed(parse(written)) == written


@pytest.mark.req("PDS-A5", "INV-09")
@pytest.mark.parametrize("threshold", QUANTITIES, ids=str)
@given(tiny=st.integers(1, 10**9))
def test_a_quantity_is_met_at_the_edge_and_on_the_right_side_of_it(threshold: Threshold, tiny: int) -> None:
    edge, step = threshold.value, Fraction(1, 10**9) * tiny
    assert isinstance(edge, Fraction)
    sides = {"at": edge, "above": edge + step} | ({"below": edge - step} if step <= edge else {})
    for side, value in sides.items():
        wanted = Met() if side in HOLDS[threshold.operator].split() else Unmet()
        assert judge(threshold, measured(value, threshold.unit)) == wanted, side


@pytest.mark.parametrize("threshold", [t for t in EVERY if t.is_day], ids=str)
def test_a_day_of_every_year_is_met_on_that_day_and_on_the_right_side_of_it(threshold: Threshold) -> None:
    edge = date.fromisoformat(f"2024{str(threshold.value)[1:]}")
    for side, shift in (("below", -1), ("at", 0), ("above", 1)):
        wanted = Met() if side in HOLDS[threshold.operator].split() else Unmet()
        assert judge(threshold, (edge + timedelta(days=shift)).isoformat()) == wanted, side
    assert isinstance(judge(threshold, "January"), Unknown)


def test_a_loss_rate_is_held_against_the_recorded_mean_of_the_year_before() -> None:
    rate = parse("litigation_loss_rate<=prev_year_national_mean")
    assert rate.reference == "prev_year_national_mean"
    mean = {"prev_year_national_mean": "12.5%"}
    assert judge(rate, {"numerator": 1, "denominator": 8}, mean) == Met()
    assert judge(rate, {"numerator": 126, "denominator": 1000}, mean) == Unmet()
    assert isinstance(judge(rate, {"numerator": 1, "denominator": 8}), Unknown), "nobody recorded the mean"
    assert isinstance(judge(rate, "12.5", mean), Unknown), "12.5 of what?"


def test_strictly_below_five_percent_means_that_five_percent_is_too_much() -> None:
    """GAP-PDS-7."""
    rate = parse("disclosure_adverse_rate<5%")
    assert judge(rate, "5%") == Unmet()
    assert judge(rate, "4.999999%") == Met()


@pytest.mark.parametrize(("award", "good"), list(zip(GRADES, (False, False, True, True), strict=True)))
def test_a_grade_is_reached_by_that_grade_and_every_higher_one(award: str, good: bool) -> None:
    assert judge(parse("award_level>=provincial_ministerial"), award) == (Met() if good else Unmet())


def test_a_word_is_that_word() -> None:
    assert judge(parse("spread_scope=national"), "national") == Met()
    assert judge(parse("spread_scope=national"), "provincial") == Unmet()
    assert judge(from_columns("list_published", "=", "true", "boolean", "continuous"), True) == Met()
    assert judge(from_columns("list_published", "=", "true", "boolean", "continuous"), False) == Unmet()
    assert isinstance(judge(parse("spread_scope=national"), 3), Unknown)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_trend_is_a_strict_step_from_the_period_before(before: int, of: int) -> None:
    up, down = from_columns("x", "trend_up", "previous_period", "percent", "per_year"), parse("x trend_down %/y")
    earlier: dict[str, Any] = {"numerator": before, "denominator": of}
    higher: dict[str, Any] = {"numerator": before + 1, "denominator": of}
    assert [judge(up, v, {}, earlier) for v in (earlier, higher)] == [Unmet(), Met()]
    assert [judge(down, v, {}, higher) for v in (higher, earlier)] == [Unmet(), Met()]
    assert isinstance(judge(up, higher), Unknown)


@pytest.mark.parametrize(
    ("written", "given_value"),
    [
        ("document_consultation>=7wd", "9d"),
        ("first_release<=5h", "2wd"),
        ("press_conference<=24h", "1d"),
        ("one_visit_items>=100items", "100persons"),
        ("online_rate>=80%", "80"),
        ("online_rate>=80%", "0.8"),
        ("online_rate>=80%", {"numerator": 1, "denominator": 0}),
        ("online_rate>=80%", {"numerator": -1, "denominator": 8}),
        ("leadership_law_study>=4/y", {"numerator": 8, "denominator": 2}),
        ("document_consultation>=7wd", "soon"),
        ("document_consultation>=7wd", True),
        ("document_consultation>=7wd", "1e999999wd"),
        ("document_consultation>=7wd", "9" * 30),
        ("document_consultation>=7wd", None),
    ],
)
def test_what_cannot_be_compared_is_unknown_and_never_converted(written: str, given_value: Any) -> None:
    found = judge(parse(written), given_value)
    assert isinstance(found, Unknown)
    assert found.zh
    assert found.en


def test_a_bare_number_is_in_the_unit_asked_for() -> None:
    assert judge(parse("enterprise_startup_time<=5wd"), "5") == Met()
    assert judge(parse("enterprise_startup_time<=5wd"), 6) == Unmet()
    assert judge(parse("post_evaluation>=1/2y"), 1) == Met()


@pytest.mark.parametrize(
    "written",
    [
        "", "x", "x>=", ">=5d", "x~5d", "x>=5", "x>=0.5", "x=1", "x>=5 d", "x>=05d", "x>=.5d", "x>=5.d", "x>=1e5d",
        "x>=-5d", "x>=5D", "X>=5d", "x>=5d/", "x>=5d/0y", "x>=5d/y/y", "x>=--02-30", "x>=--13-01", "x trend_up 5",
        "xtrend_up", "x>=5,5%", "x>=５d", f"x>={'9' * 30}d",
    ],
)  # fmt: skip
def test_what_is_no_threshold_is_refused_in_both_languages(written: str) -> None:
    with pytest.raises(ThresholdError) as caught:
        parse(written)
    assert caught.value.zh
    assert caught.value.en


def test_zero_needs_no_unit_and_a_number_of_times_needs_its_period() -> None:
    assert parse("disguised_approvals=0") == Threshold("disguised_approvals", "=", Fraction(0))
    assert parse("court_observation>=1/y") == Threshold("court_observation", ">=", Fraction(1), "", "y")


@given(
    st.sampled_from(["<=", ">=", "<", ">", "="]),
    st.decimals(0, 10**6, places=6, allow_nan=False, allow_infinity=False),
    st.sampled_from(["%", "wd", "d", "h", "yuan", "law_clerks"]),
    st.sampled_from(["", "y", "2y", "q", "once", "as_needed", "per_document"]),
)
def test_whatever_is_a_threshold_reads_back_as_the_same(operator: str, number: Any, unit: str, period: str) -> None:
    one = parse(f"some_metric{operator}{number:f}{unit}" + (f"/{period}" if period else ""))
    assert parse(printed(one)) == one
    assert parse(f" some_metric{operator}{number:f}{unit}".strip()).value == one.value


@pytest.mark.parametrize(
    "given_value",
    [
        "1e999999999",
        "1e21",
        "NaN",
        "-Infinity",
        "٣",
        "１００",
        "1_000",
        " 6",
        "6\n",
        ".",
        "",
        "0x1",
        0.5,
        True,
        None,
        [],
    ],
)
def test_what_is_no_decimal_of_our_digits_within_twenty_of_them_is_no_number_of_any_form(given_value: Any) -> None:
    assert exact(given_value) is None
    assert number(given_value) is not None


def test_a_whole_number_that_python_will_not_write_out_is_no_number() -> None:
    assert exact(10**5000) is None


@pytest.mark.parametrize("given_value", ["0", "-0.10", "+1", "89.99", "1E+3", "9" * 20, 7])
def test_a_decimal_is_exact(given_value: Any) -> None:
    assert exact(given_value) == Fraction(str(given_value))
    assert number(given_value) is None
