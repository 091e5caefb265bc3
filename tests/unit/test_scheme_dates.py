"""Dates that a scheme words as its document does: resolved when it is loaded, compared where both are written."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader
from service.schemes.model import Scheme
from service.schemes.reading.dates import wording_problems
from service.schemes.validation.validator import problems


def reference(due: Any = None, **calendar: str) -> Scheme:
    """The programme that ships, with this date for its stage of creation."""
    definition = loader.dump(loader.shipped_scheme("reference"))
    stage = next(s for s in definition["tracks"][0]["stages"] if s["key"] == "creation")
    if due is not None:
        stage["due"] = due
    definition["calendar"] |= calendar
    return loader.load(definition)


def creation(scheme: Scheme) -> Any:
    return scheme.tracks[0].stage("creation").due


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize(("rule", "date"), [("period_end", "2024-05-20"), ("period_start", "2024-05-11")])
def test_a_wording_alone_has_the_date_that_it_means(rule: str, date: str) -> None:
    scheme = reference({"wording": "2024年5月中旬前"}, ten_day_rule=rule)
    assert (creation(scheme).date.isoformat(), creation(scheme).wording) == (date, "2024年5月中旬前")
    assert loader.load(loader.dump(scheme)) == scheme


@pytest.mark.req("GAP-YL-1")
def test_a_date_that_is_another_than_its_wording_says_is_a_problem() -> None:
    scheme = reference({"date": "2024-05-10", "wording": "2024年5月中旬前"})
    (found,) = wording_problems(scheme)
    assert (found.path, found.rule) == ("/tracks/0/stages/1/due/date", "GAP-YL-1")
    assert "2024-05-20" in found.en
    assert found in problems(scheme)


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize(
    "due",
    [
        {"date": "2024-05-20", "wording": "2024年5月中旬前"},
        {"date": "2024-05-20", "wording": "5月20日前"},  # the year is that of the date
        {"date": "2024-06-03", "wording": "待省级通知后一周内"},  # words that we cannot read bind nobody
        {"date": "2024-06-03"},
        {"offset": "20 working_days", "wording": "二十个工作日内"},
        {"pending": True, "wording": "具体时间待定"},
        "pending",
    ],
)
def test_a_date_that_agrees_with_its_wording_or_stands_alone_is_sound(due: Any) -> None:
    assert list(wording_problems(reference(due))) == []


@pytest.mark.req("GAP-YL-1")
@pytest.mark.parametrize("wording", ["具体时间待定", "5月中旬前", "2024年13月底前"])
def test_a_wording_alone_that_names_no_day_is_a_problem(wording: str) -> None:
    scheme = reference({"wording": wording})
    assert [one.path for one in wording_problems(scheme)] == ["/tracks/0/stages/1/due/wording"]


@pytest.mark.parametrize("key", loader.shipped())
def test_every_programme_that_ships_words_its_dates_as_it_dates_them(key: str) -> None:
    assert list(wording_problems(loader.shipped_scheme(key))) == []
