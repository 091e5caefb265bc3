"""Who may apply because of a title the place holds, and which title of earlier times stands in the way of which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.facts import Facts, Thing
from service.schemes.award import Legacy
from service.schemes.loader import dump, load, shipped_scheme
from service.schemes.model import Scheme
from service.schemes.validation.validator import problems
from tests.support.domain import done, facts, person, refused, thing

OFFICE = person("zhou", "prefecture_lbg_office", scope="region:cn/sn/yulin")


def given() -> Scheme:
    return shipped_scheme("qinghai")


def enrolling(*held: Thing, level: str = "county", track: str = "project", history: Any = (), **batch: str) -> Facts:
    case = thing("case", "draft", id="case", track=track, level=level, name="佳县")
    window = {"opens": "2024-03-01", "closes": "2024-12-31", **batch}
    around = thing("batch", "open", id="batch", **window)
    return facts(case, around, scheme=given(), bars=[], history=list(history), titles_of_place=list(held))


def title(state: str, track: str, name: str = "held") -> Thing:
    return thing("designation", state, id=name, track=track)


@pytest.mark.req("QH-08e")
@pytest.mark.req("GAP-QH-7")
def test_a_county_recommends_a_project_only_as_a_demonstration_county() -> None:
    assert refused(enrolling(), "enroll", OFFICE) == ["place_holds_title"]
    assert refused(enrolling(title("active", "project")), "enroll", OFFICE) == ["place_holds_title"]
    for state in ("active", "reminded"):
        assert done(enrolling(title(state, "area")), "enroll", OFFICE).thing.state == "recommendation"
    assert done(enrolling(level="prefecture"), "enroll", OFFICE).thing.state == "recommendation"


@pytest.mark.req("QH-08a")
def test_the_file_of_a_county_shows_the_projects_for_which_it_is_upgraded() -> None:
    host = done(enrolling(title("active", "project", "p"), track="area"), "enroll", OFFICE).thing
    assert (host.state, host.data["place_holds"]) == ("recommendation", ["p"])
    assert "place_holds" not in done(enrolling(track="area"), "enroll", OFFICE).thing.data


@pytest.mark.req("QH-02d")
@pytest.mark.req("QH-08a")
def test_a_unit_that_was_named_as_a_project_may_become_an_area_and_is_not_named_twice() -> None:
    old = title("active", "project")
    assert done(enrolling(old, track="area", history=[old]), "enroll", OFFICE).thing.state == "recommendation"
    same = title("active", "area")
    assert refused(enrolling(same, track="area", history=[same]), "enroll", OFFICE) == ["tier_ladder_respected"]
    gone = title("active", "a_track_of_an_earlier_version")
    assert refused(enrolling(track="area", history=[gone]), "enroll", OFFICE) == ["tier_ladder_respected"]


@pytest.mark.req("QH-03a")
def test_a_batch_that_was_opened_beforehand_takes_nobody_before_its_first_day() -> None:
    assert refused(enrolling(track="area", opens="2024-05-21"), "enroll", OFFICE) == ["batch_open"]
    assert done(enrolling(track="area", opens="2024-05-20"), "enroll", OFFICE).thing.state == "recommendation"


@pytest.mark.req("QH-02c")
@pytest.mark.req("QH-02d")
@pytest.mark.parametrize(
    ("body", "day", "named_as", "class_"),
    [
        ("省政府", "2016-09-01", "area", "project"),
        ("省委依法治省办", "2018-12-31", "project", "project"),
        ("省委依法治省办", "2019-01-01", "area", "area"),
        ("省委依法治省办", "2022-06-30", "project", "project"),
        ("省司法厅", "2022-06-30", "area", None),
    ],
)
def test_a_title_of_earlier_times_follows_who_gave_it_when_and_as_what(
    body: str, day: str, named_as: str, class_: str | None
) -> None:
    on = date.fromisoformat(day)
    found = [rule.class_ for rule in given().title.legacy if rule.covers(body, on, named_as)]
    assert (found[0] if found else None) == class_
    anything = Legacy.model_validate({"class": "area"})
    assert anything.covers(body, on, named_as)


@pytest.mark.req("QH-08e")
@pytest.mark.parametrize(
    ("needed", "rule"),
    [
        ({"county": ["comprehensive"]}, "QH-08e"),
        ({"county": []}, "QH-08e"),
        ({"township": ["area"]}, "GAP-QH-7"),
        ({"county": ["area"], "prefecture": ["project"]}, None),
    ],
)
def test_a_title_that_nobody_gives_or_a_level_that_never_applies_is_refused(needed: Any, rule: str | None) -> None:
    definition = dump(given())
    definition["tracks"][1]["title_needed"] = needed
    definition["basis"] = {}
    found = {(p.path, p.rule) for p in problems(load(definition))}
    assert found == ({(f"/tracks/1/title_needed/{next(iter(needed))}", rule)} if rule else set())
