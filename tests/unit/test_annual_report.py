"""The annual report beyond its due day: published before or after it is accepted, and how late that is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.domain import person
from tests.support.title import Title, scheme

OFFICE = person("li", "provincial_lbg_office")
HOLDER = person("zhao", "designee")


def handed_in(publish: str, **said: str) -> tuple[Title, str]:
    """A report of 2024 that was handed in on the day on which reporting opens."""
    rule = {"publish": publish, "publish_days": 20, "parts": [{"code": "work", "title": {"zh": "工作", "en": "Work"}}]}
    held = Title(scheme(annual_report=rule)).on("2025-01-02")
    report = next(r for r in held.facts.of("annual_report") if r.data["due_year"] == 2024)
    form: dict[str, Any] = {"year": 2024, "parts": {"work": "完成"}, **said}
    held.act("submit_report", HOLDER, upon=report.id, **form)
    return held, report.id


@pytest.mark.req("SX-33")
def test_a_report_published_first_says_where_it_can_be_read() -> None:
    rule = {"publish": "before_acceptance", "parts": []}
    held = Title(scheme(annual_report=rule)).on("2025-01-02")
    report = next(r for r in held.facts.of("annual_report") if r.data["due_year"] == 2024)
    codes = held.refused("submit_report", HOLDER, upon=report.id, year=2024, parts={"work": "完成"})
    assert codes == ["annual_report.address"]
    held, mine = handed_in("before_acceptance", address="https://example.invalid/2024")
    assert held.act("accept_report", OFFICE, upon=mine).desk.facts.things[mine].state == "accepted"
    assert held.due("annual_report_publication_due") == []


@pytest.mark.req("SX-33")
@pytest.mark.req("GAP-SX-6")
def test_a_report_published_after_its_acceptance_has_so_many_days_for_it() -> None:
    held, mine = handed_in("after")
    held.on("2025-01-10").act("accept_report", OFFICE, upon=mine)
    assert held.due("annual_report_publication_due") == ["2025-01-30"]
    held.on("2025-01-30", "23:59")
    assert not any(d.overdue for d in held.facts.duties)
    held.on("2025-01-31", "00:00")
    assert [d.key for d in held.facts.duties if d.overdue] == ["annual_report_publication_due"]
    held.act("publish_report", HOLDER, upon=mine, address="https://example.invalid/2024", published_on="2025-01-31")
    assert held.due("annual_report_publication_due") == []


@pytest.mark.req("SX-33")
def test_a_report_accepted_a_second_time_has_its_days_anew() -> None:
    held, mine = handed_in("after")
    held.on("2025-01-10").act("accept_report", OFFICE, upon=mine)
    held.act("reopen_report", OFFICE, upon=mine, text="数据有误")
    assert held.due("annual_report_publication_due") == []
    held.on("2025-03-01").act("submit_report", HOLDER, upon=mine, year=2024, parts={"work": "更正"})
    held.act("accept_report", OFFICE, upon=mine)
    assert held.due("annual_report_publication_due") == ["2025-03-21"]


@pytest.mark.req("SX-33")
def test_where_nothing_is_published_nothing_falls_due() -> None:
    held, mine = handed_in("no")
    held.act("accept_report", OFFICE, upon=mine)
    assert held.due("annual_report_publication_due") == []
