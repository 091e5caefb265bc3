"""A title whose subject merges: cancelled or passed on, as the scheme or two persons say, and the file stays."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.facts import Facts
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing
from tests.support.title import scheme

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
MERGER = {"document": "国函1号", "change": "并入子洲县", "effective_day": "2024-06-01", "successor": "zizhou"}
ZIZHOU = {"path": "cn/sn/yulin/zizhou", "name": "子洲县", "organizations": ["gov-zizhou"], "holds": {}}


def rules(way: str) -> Scheme:
    return scheme(title={"on_merger": way})


def at(way: str, successors: Any = None, state: str = "active", **own: Any) -> Facts:
    title = thing("designation", state, id="title", owner="title", parent="case", named_on="2024-03-01", **own)
    report = thing("annual_report", "open", id="report", owner="title", parent="title", due_year=2024)
    old = thing("annual_report", "waived", id="old", owner="title", parent="title", due_year=2023, ended=True)
    visit = thing("look_back", "notified", id="visit", owner="round", designation="title")
    over = thing("look_back", "closed", id="over", owner="round", designation="title", ended=True)
    found = {"zizhou": ZIZHOU} if successors is None else successors
    return facts(title, report, old, visit, over, scheme=rules(way), successors=found)


@pytest.mark.req("INV-26")
@pytest.mark.parametrize(
    ("way", "cancels", "passes"),
    [("cancel", True, False), ("transfer", False, True), ("review", True, True)],
)
def test_what_befalls_the_title_is_what_the_scheme_says_and_a_review_admits_both(
    way: str, cancels: bool, passes: bool
) -> None:
    if cancels:
        assert done(at(way), "cancel_for_merger", OFFICE, **MERGER).proposes
        assert done(at(way), "cancel_for_merger", SECOND, second="li", **MERGER).thing.state == "cancelled"
    else:
        assert refused(at(way), "cancel_for_merger", OFFICE, **MERGER) == ["scheme:title.on_merger=cancel/review"]
    if passes:
        assert done(at(way), "transfer_to_successor", OFFICE, **MERGER).proposes
    else:
        assert "scheme:title.on_merger=transfer/review" in refused(at(way), "transfer_to_successor", OFFICE, **MERGER)


@pytest.mark.req("INV-26")
@pytest.mark.req("INV-20")
def test_a_title_that_is_passed_on_belongs_to_the_successor_with_all_that_is_live() -> None:
    outcome = done(at("transfer"), "transfer_to_successor", SECOND, second="li", **MERGER)
    title, things = outcome.thing, outcome.desk.facts.things
    heir = ("zizhou", "gov-zizhou", "cn/sn/yulin/zizhou")
    assert (title.subject, title.organization, title.region, title.state) == (*heir, "active")
    assert (things["report"].subject, things["report"].organization, things["report"].region) == heir
    assert (things["old"].subject, title.chain) == ("jiaxian", "case")
    assert outcome.desk.placed == {"title", "report"}
    assert [p["subject"] for p in title.data["passed_on"]] == ["jiaxian"]
    assert [(s.event, s.thing) for s in outcome.desk.sends] == [("follow_title", "visit")]


@pytest.mark.req("INV-26")
def test_a_project_keeps_its_name_under_its_new_host() -> None:
    outcome = done(at("transfer", subject="jiaxian/窗口"), "transfer_to_successor", SECOND, second="li", **MERGER)
    assert outcome.thing.subject == "zizhou/窗口"


@pytest.mark.req("INV-26")
@pytest.mark.parametrize(
    ("successors", "changed"),
    [
        ({}, {}),  # there is no such place, or it is of another level
        ({"jiaxian": ZIZHOU}, {"successor": "jiaxian"}),
        ({"zizhou": {**ZIZHOU, "holds": {"zizhou": "other"}}}, {}),
        ({"zizhou": ZIZHOU}, {"organization": "gov-of-elsewhere"}),
    ],
)
def test_a_successor_that_does_not_fit_is_refused(successors: Any, changed: dict[str, str]) -> None:
    given = at("transfer", successors)
    assert refused(given, "transfer_to_successor", OFFICE, **{**MERGER, **changed}) == ["successor_fits"]


@pytest.mark.req("INV-26")
def test_a_track_with_named_applicants_passes_to_one_of_them_only() -> None:
    base = rules("transfer")
    track = base.track("area").model_copy(update={"named_applicants": ("佳县",)})
    given = at("transfer")
    named = facts(given.thing, scheme=base.model_copy(update={"tracks": (track,)}), **given.more)
    assert refused(named, "transfer_to_successor", OFFICE, **MERGER) == ["successor_fits"]


@pytest.mark.req("INV-26")
def test_a_transfer_names_its_successor() -> None:
    form = {k: v for k, v in MERGER.items() if k != "successor"}
    assert refused(at("transfer"), "transfer_to_successor", OFFICE, **form) == [
        "merger_document.successor",
        "successor_fits",
    ]
