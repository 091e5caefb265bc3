"""How a title comes into being beside a decision of ours: named outside, taken over, or a rung higher."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.cases import case_guards
from service.domain.cases.case import found_title
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Ask, Facts, Thing
from service.domain.titles import tiers
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing
from tests.support.title import Title, scheme

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
ORGANIZER = person("sun", "leading_group_office")
DOCUMENT = {"source": "中央依法治国办", "number": "中法办〔2024〕3号", "date": "2024-05-10", "file": "ev-1"}
LADDER: Any = [
    {"id": "standard", "zh": "达标地区", "rank": 1},
    {"id": "demonstration", "zh": "示范地区", "rank": 2},
    {"id": "consolidated", "zh": "巩固示范", "rank": 3},
]


def climbing() -> Scheme:
    return scheme(tiers=LADDER)


def new(given: Scheme | None = None, *company: Thing, history: Any = (), same: str | None = None, **own: Any) -> Facts:
    about = thing("designation", "@new", id="title", owner="title", **{"parent": "case", **own})
    case = thing("case", "named", id="case", owner="case")
    version = {"status": "published", "effective_from": "2024-02-22"}
    more: dict[str, Any] = {"history": list(history), "same_case": same, "version": version}
    return facts(about, case, *company, scheme=given, **more)


@pytest.mark.req("YL-2o")
@pytest.mark.req("HY-T02")
def test_a_title_named_outside_is_dated_from_its_document() -> None:
    outcome = done(new(), "record_external_designation", ORGANIZER, **DOCUMENT)
    said = outcome.thing.data
    assert outcome.thing.state == "active"
    assert (said["named_on"], said["decision_number"], said["tier"]) == ("2024-05-10", DOCUMENT["number"], "title")
    assert [t.data["due_year"] for t in outcome.desk.facts.of("annual_report")] == [2024]


@pytest.mark.req("QH-07e")
def test_a_title_is_on_record_once() -> None:
    assert refused(new(same="other"), "record_external_designation", OFFICE, **DOCUMENT) == ["title_recorded_once"]
    held = thing("designation", "suspended", id="held")
    assert refused(new(history=[held]), "record_external_designation", OFFICE, **DOCUMENT) == ["title_not_held"]
    lost, elsewhere = thing("designation", "revoked", id="lost"), thing("designation", "active", id="e", track="other")
    assert (
        done(new(history=[lost, elsewhere]), "record_external_designation", OFFICE, **DOCUMENT).thing.state == "active"
    )


def of_earlier_times(**said: Any) -> Scheme:
    rule = [
        {"class": "area", "named_by": ["省委依法治省办"], "since": "2019-01-01"},
        {"class": "project", "before": "2019-01-01"},
    ]
    base = scheme(title={"legacy": rule, **said})
    project = base.track("area").model_copy(update={"id": "project", "class_": "project"})
    return base.model_copy(update={"tracks": (*base.tracks, project)})


LEGACY = {"track": "area", "jurisdiction": "jiaxian", "named_by": "省委依法治省办", "named_on": "2019-06-01"}


@pytest.mark.req("QH-02c")
@pytest.mark.req("QH-02d")
@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"named_on": "2019-01-01"}, []),
        ({"named_on": "2018-12-31"}, ["legacy_class_resolved"]),  # managed as a project
        ({"named_by": "省司法厅"}, ["legacy_class_resolved"]),  # no rule covers it
        ({"named_by": None}, ["legacy_title.named_by"]),
        ({"named_on": "2030-01-01"}, ["legacy_title.named_on"]),
    ],
)
def test_a_title_of_earlier_times_has_the_class_that_the_scheme_gives_it(changed: Any, codes: list[str]) -> None:
    given, form = new(of_earlier_times(), parent=None), {**LEGACY, **changed}
    if codes:
        assert refused(given, "import_legacy_title", OFFICE, **form) == codes
    else:
        assert done(given, "import_legacy_title", OFFICE, **form).thing.state == "active"


@pytest.mark.req("QH-02d")
def test_a_unit_named_before_the_office_was_founded_is_managed_as_a_project() -> None:
    given = new(of_earlier_times(), parent=None, track="project")
    form = {**LEGACY, "track": "project", "named_by": "省政府", "named_on": "2016-09-01", "project": "放管服"}
    assert done(given, "import_legacy_title", OFFICE, **form).thing.data["named_on"] == "2016-09-01"


@pytest.mark.req("GAP-QH-7")
def test_a_title_of_earlier_times_owes_reports_and_re_checks_from_now_on() -> None:
    given = new(of_earlier_times(recheck={"every": 2}), parent=None)
    outcome = done(given, "import_legacy_title", OFFICE, **LEGACY)
    assert [t.data["due_year"] for t in outcome.desk.facts.of("annual_report")] == [2024]
    days = {d.key.partition(":")[0]: str(d.due_on) for d in outcome.desk.duties.values()}
    assert (days["recheck_due"], days["round_due"]) == ("2025-06-01", "2025-01-01")


def test_nothing_is_imported_where_the_scheme_has_no_rule_or_is_a_draft() -> None:
    assert refused(new(scheme(), parent=None), "import_legacy_title", OFFICE, **LEGACY) == ["legacy_class_resolved"]
    draft = new(of_earlier_times(), parent=None)
    early = Facts(draft.scheme, draft.calendar, draft.now, draft.thing, draft.things, (),
                  {**draft.more, "version": {"status": "draft", "effective_from": None}})  # fmt: skip
    assert refused(early, "import_legacy_title", OFFICE, **LEGACY) == ["scheme_published"]


@pytest.mark.req("GAP-QH-12")
@pytest.mark.parametrize(
    ("rule", "year", "covers"),
    [("naming_year", 2024, "2024-03-01"), ("full", 2024, "2024-01-01"), ("waive", 2025, "2025-01-01")],
)
def test_what_the_first_report_covers_follows_the_rule_of_the_first_year(rule: str, year: int, covers: str) -> None:
    held = Title(scheme(annual_report={"first_year": rule}))
    (report,) = held.facts.of("annual_report")
    assert (report.data["due_year"], report.data["covers_from"]) == (year, covers)


# ---------------------------------------------------------------------------------------------- tiers


def enrolling(*held: Thing, given: Scheme | None = None, track: str = "area", **data: Any) -> Facts:
    case = thing("case", "draft", id="c2", owner="c2", track=track, **data)
    return facts(case, scheme=given or climbing(), history=list(held), evidence={})


@pytest.mark.req("HY-T01")
@pytest.mark.parametrize(
    ("held", "sought", "ok"),
    [
        (None, "standard", True),
        (None, "demonstration", False),
        ("standard", "standard", False),
        ("standard", "demonstration", True),
        ("standard", "consolidated", False),
        ("demonstration", "consolidated", True),
        ("consolidated", "consolidated", False),
    ],
)
def test_a_tier_is_sought_in_its_turn(held: str | None, sought: str, ok: bool) -> None:
    titles = [thing("designation", "reminded", id="held", tier=held)] if held else []
    found = case_guards.tier_ladder_respected(enrolling(*titles), Ask("enroll", {"tier": sought}))
    assert (found is None) == ok


@pytest.mark.req("HY-T01")
def test_a_tier_that_is_lost_or_held_on_another_track_counts_for_nothing() -> None:
    lost = thing("designation", "expired", id="held", tier="standard")
    other = thing("designation", "active", id="other", tier="standard", track="project")
    for titles in ([lost], [other]):
        assert case_guards.tier_ladder_respected(enrolling(*titles), Ask("enroll", {"tier": "demonstration"}))


@pytest.mark.req("HY-T01")
def test_a_case_says_which_tier_it_seeks_only_where_there_is_a_choice() -> None:
    assert tiers.TIER.asked_for(enrolling(), {})
    assert not tiers.TIER.asked_for(enrolling(given=scheme()), {})
    assert tiers.TIER.check is not None
    assert tiers.TIER.check("gold", enrolling(), Ask("enroll")) is not None


@pytest.mark.req("HY-T01")
def test_each_track_has_the_rungs_that_the_scheme_gives_it() -> None:
    base = climbing()
    area = base.track("area").model_copy(update={"tiers": ("standard", "demonstration")})
    project = area.model_copy(update={"id": "project", "class_": "project", "tiers": ("consolidated",)})
    given = base.model_copy(update={"tracks": (area, project)})
    assert (given.ladder("area"), given.ladder("project")) == (["standard", "demonstration"], ["consolidated"])
    assert given.ladder(None) == ["standard", "demonstration", "consolidated"]
    assert not tiers.TIER.asked_for(enrolling(given=given, track="project"), {}), "there is nothing to choose"
    assert tiers.TIER.check is not None
    assert tiers.TIER.check("consolidated", enrolling(given=given), Ask("enroll")) is not None
    top = thing("designation", "active", id="held", tier="demonstration")
    beyond = case_guards.tier_ladder_respected(enrolling(top, given=given), Ask("enroll", {"tier": "consolidated"}))
    assert beyond is not None, "above the ladder of the track"
    outcome = done(new(given, track="project"), "record_external_designation", ORGANIZER, **DOCUMENT)
    assert outcome.thing.data["tier"] == "consolidated"


@pytest.mark.req("HY-T05")
def test_a_title_owes_no_report_where_reports_are_on_the_plan() -> None:
    outcome = done(new(scheme(annual_report={"of": "plan"})), "record_external_designation", ORGANIZER, **DOCUMENT)
    assert outcome.desk.facts.of("annual_report") == []


@pytest.mark.req("HY-T01")
@pytest.mark.req("HY-T02")
def test_a_title_climbs_one_rung_by_a_decision_and_every_rung_stays_on_record() -> None:
    held = Title(climbing())
    assert held.title.data["tier"] == "standard"
    assert held.refused("raise_tier", tier="consolidated", date="2024-12-20") == ["tier_next_on_ladder"]
    held.act("raise_tier", tier="demonstration", date="2024-12-20", number="9号")
    assert held.refused("raise_tier", tier="demonstration", date="2025-12-20") == ["tier_next_on_ladder"]
    held.act("raise_tier", tier="consolidated", date="2025-12-20")
    assert [t["tier"] for t in held.title.data["tiers"]] == ["standard", "demonstration", "consolidated"]
    assert held.refused("raise_tier", tier="consolidated", date="2026-12-20") == ["tier_next_on_ladder"]


@pytest.mark.req("GAP-HY-1")
@pytest.mark.req("INV-20")
def test_a_tier_lapses_by_two_persons_on_a_recorded_fact() -> None:
    held = Title(climbing()).on("2025-01-10")
    held.act("raise_tier", tier="demonstration", date="2024-12-20")
    assert held.refused("lapse_tier", OFFICE) == ["tier_not_held"]
    fact = {**DOCUMENT, "kind": tiers.LAPSED}
    assert held.refused("record_fact", OFFICE, **fact) == ["external_fact.tier"]
    held.act("record_fact", OFFICE, **{**fact, "date": "2024-12-19"}, tier="demonstration")
    assert held.refused("lapse_tier", OFFICE) == ["tier_not_held"]  # before it was granted
    held.act("record_fact", OFFICE, **{**fact, "date": "2025-01-05"}, tier="demonstration")
    assert held.act("lapse_tier", OFFICE).proposes
    assert held.act("lapse_tier", SECOND, second="li").thing.data["tier"] == "standard"
    assert held.refused("lapse_tier", OFFICE) == ["tier_not_held"]  # the lowest one ends otherwise


@pytest.mark.req("YL-3r")
@pytest.mark.req("HY-T01")
def test_a_case_named_outside_founds_its_title_or_raises_the_one_it_holds() -> None:
    run = thing("stage", "completed", id="run", parent="case", key="review", kind="external",
                results=[{**DOCUMENT, "favourable": True}])  # fmt: skip
    case = thing("case", "named", id="case", owner="case", tier="demonstration")
    assert found_title(facts(case, run, scheme=climbing()), Ask("name_externally")) == [
        Send(
            "designation", "record_external_designation", parent="case", form=DOCUMENT,
            data={"named_on": "2024-05-10", "tier": "demonstration", "decision_number": DOCUMENT["number"]},
        )
    ]  # fmt: skip
    raising = case.with_data(raises="held")
    form = {"tier": "demonstration", "date": "2024-05-10", "number": DOCUMENT["number"], "case": "case"}
    assert found_title(facts(raising, run, scheme=climbing()), Ask("name_externally")) == [
        Send("designation", "raise_tier", "held", form=form)
    ]


def test_what_the_engine_founds_needs_no_form_of_a_person() -> None:
    assert done(new(), "record_external_designation", THE_SYSTEM, **DOCUMENT).thing.state == "active"
    assert refused(new(), "import_legacy_title", ORGANIZER, **LEGACY) == ["role"]
