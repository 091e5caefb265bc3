"""Papers that each office owes by itself (PDS-M3c, PDS-S2d): whose each is, from when, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.cases.organization import Office, Organization
from service.schemes.track import Artefact
from service.schemes.values import Due
from tests.support.domain import mobilized, reference
from tests.support.walk import COUNTY, PROVINCE, Walk
from tests.unit.test_case_rules import with_stage

WEEKLY = Artefact(key="weekly", every=7, each_office=True)
PLAN = Artefact(key="plan")


def answering(*names: str) -> Organization:
    """The case is organized, and these offices answer for its groups of indicators."""
    offices = {f"o-{name}": Office(f"o-{name}", "gov", name, {"liaison": (f"{name} 联络人",)}) for name in names}
    whole = mobilized(reference())
    return replace(whole, offices=offices, answers=dict.fromkeys(whole.answers, tuple(offices)))


def started(*names: str, papers: tuple[Artefact, ...] = (WEEKLY, PLAN)) -> Walk:
    """A case whose creation began on Monday 4 March, with these offices."""
    walk = Walk(with_stage("creation", artefacts=papers))
    walk.organized(answering(*names))
    walk.enter()
    for key in ("work_plan", "meeting_minutes"):
        walk.paper(key)
    walk.act("complete_stage", COUNTY)
    return walk


def reports(walk: Walk) -> list[tuple[str, str, bool, bool]]:
    """Who owes the report of every period: the day due, whether it is served, whether it is late."""
    found = [d for d in walk.facts.duties if d.key.startswith("progress_report_due:weekly")]
    return sorted((d.person, str(d.due_on), d.done_at is not None, d.overdue) for d in found)


def file(walk: Walk, office: str) -> None:
    walk.paper("weekly", who=COUNTY, office=f"o-{office}")


@pytest.mark.req("PDS-M3c", "PDS-M2b", "GAP-PDS-8")
def test_each_office_owes_its_own_report_and_only_the_slow_one_is_late() -> None:
    walk = started("财务科", "人事科")
    assert reports(walk) == [("人事科", "2024-03-11", False, False), ("财务科", "2024-03-11", False, False)]
    walk.at("2024-03-08T15:00")
    file(walk, "财务科")
    walk.at("2024-03-12T00:00")
    walk.ring()
    assert reports(walk) == [
        ("人事科", "2024-03-11", False, True), ("人事科", "2024-03-18", False, False),
        ("财务科", "2024-03-11", True, False), ("财务科", "2024-03-18", False, False),
    ]  # fmt: skip
    file(walk, "人事科")
    newest = walk.run.data["artefacts"]["weekly"]
    told = [(p["office"], p["period"], p["late"]) for p in (*newest["earlier"], newest)]
    assert told == [("o-财务科", "2024-03-11", False), ("o-人事科", "2024-03-11", True)]


@pytest.mark.req("PDS-M3c")
def test_the_applicant_reports_until_its_offices_are_named_and_they_fall_in_with_the_rhythm() -> None:
    walk = Walk(with_stage("mobilization", artefacts=(WEEKLY,)))
    walk.enter()
    assert reports(walk) == [("", "2024-03-11", False, False)]
    walk.organized(answering("财务科"))
    file(walk, "财务科")
    assert reports(walk) == [("", "2024-03-11", True, False), ("财务科", "2024-03-18", False, False)]
    walk.organized(answering("财务科", "人事科"))
    walk.at("2024-03-19T00:00")
    walk.ring()
    assert reports(walk)[1:] == [
        ("人事科", "2024-03-25", False, False),
        ("财务科", "2024-03-18", False, True), ("财务科", "2024-03-25", False, False),
    ]  # fmt: skip
    walk.organized(answering("人事科"))
    walk.at("2024-03-26T00:00")
    walk.ring()
    later = [(who, day) for who, day, *_ in reports(walk) if day > "2024-03-25"]
    assert later == [("人事科", "2024-04-01")], "an office that answers for nothing any more owes no further report"


@pytest.mark.req("INV-22")
def test_a_pause_moves_the_reports_of_all_offices_alike() -> None:
    walk = started("财务科", "人事科")
    file(walk, "财务科")
    walk.at("2024-03-06T09:00")
    walk.act("pause", PROVINCE, text="防汛救灾", ground="disaster")
    walk.at("2024-03-16T09:00")
    walk.ring()
    walk.act("resume", PROVINCE, statements={"disaster": "汛情已过"})
    file(walk, "人事科")
    assert [(who, day) for who, day, served, _ in reports(walk) if not served] == [
        ("人事科", "2024-03-28"), ("财务科", "2024-03-28"),
    ]  # fmt: skip


@pytest.mark.req("PDS-M3c", "PDS-M2b")
def test_the_paper_says_which_office_reports_and_no_other_paper_does() -> None:
    walk = started("财务科")
    form: dict[str, Any] = {"author": "Wang", "date": "2024-03-04", "files": ["ev-1"]}
    assert walk.refused("submit_artefact", COUNTY, artefact="weekly", **form) == ["from_its_office"]
    assert walk.refused("submit_artefact", COUNTY, artefact="weekly", office="o-x", **form) == ["from_its_office"]
    assert walk.refused("submit_artefact", COUNTY, artefact="plan", office="o-财务科", **form) == ["from_its_office"]
    walk.paper("plan", who=COUNTY)


@pytest.mark.req("PDS-S2d", "PDS-M2b")
def test_a_paper_of_each_office_holds_the_stage_until_the_last_one_has_handed_it_in() -> None:
    report = Artefact(key="report", required=True, each_office=True, due=Due(date=date(2024, 3, 8)))
    walk = started("财务科", "人事科", papers=(report,))
    walk.at("2024-03-07T09:00")
    walk.paper("report", who=COUNTY, office="o-财务科")
    walk.at("2024-03-09T00:00")
    walk.ring()
    owed = {
        d.person: (d.done_at is not None, d.overdue)
        for d in walk.facts.duties
        if d.kind == "artefact_due" and d.tag[:7] == "report:"
    }
    assert owed == {"财务科": (True, False), "人事科": (False, True)}
    (lacking,) = walk.ask("complete_stage", COUNTY).unmet
    assert lacking.missing == ("report: 人事科",)
    walk.paper("report", who=COUNTY, office="o-人事科")
    on_file = walk.run.data["artefacts"]["report"]
    assert [(p["office"], p["late"]) for p in (*on_file["earlier"], on_file)] == [
        ("o-财务科", False),
        ("o-人事科", True),
    ]
    walk.act("complete_stage", COUNTY)
