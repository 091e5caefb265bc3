"""The annual report of a title or plan: scheduled a year ahead, opened by the alarm, late for ever once it was late.

QH-07d: a report on the year's work reaches the office in charge by the end of January of the next year.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from service.domain.choices import listed
from service.domain.duties import Due, DutyRule, anew, fixed, limit
from service.domain.effects import Effect, Fire, New
from service.domain.facts import Ask, Duty, Facts, Unmet, unmet
from service.domain.forms import REASON, Form, Part, count, day, pairs, text
from service.domain.guards import TITLE_ENDED, not_yet_examined
from service.domain.machine import Machine, Move, guard, scheme_sets, states
from service.domain.titles import strikes


def _every_part(value: dict[str, str], facts: Facts, ask: Ask) -> tuple[str, str] | None:
    if lacking := [p.code for p in facts.scheme.annual_report.parts if p.code not in value]:
        return f"缺少 {'、'.join(lacking)}", f"these parts are missing: {', '.join(lacking)}"
    return None


def _published_first(facts: Facts, given: Any) -> bool:
    return facts.scheme.annual_report.publish == "before_acceptance"


REPORT = Form(
    "annual_report",
    (
        Part("year", count, "报告年度", "year reported on"),
        Part(
            "parts",
            pairs,
            "报告内容",
            "parts of the report",
            check=_every_part,
            choices=listed("annual_report.parts"),
            rests="/annual_report/parts",
        ),
        Part("address", text, "公开网址", "address at which it is published", when=_published_first),
    ),
    ("QH-07d", "SX-33", "HY-T05"),
)
PUBLICATION = Form(
    "publication",
    (
        Part("address", text, "公开网址", "address"),
        Part("published_on", day, "公开日期", "day of publication"),
    ),
    ("SX-33", "HY-T05"),
)


@guard("QH-07d", "SX-32", "GAP-QH-12")
def report_covers_year(facts: Facts, ask: Ask) -> Unmet | None:
    """The report covers the year that is due and no other report of that year is in force."""
    due = facts.thing.data["due_year"]
    if ask.form.get("year", due) == due:
        return None
    return unmet(f"应报送 {due} 年度报告", f"the report due is that of {due}", [due])


@guard("SX-33", rests="/annual_report/publish")
def publication_link_if_required(facts: Facts, ask: Ask) -> Unmet | None:
    """The report carries a publication link where the scheme wants it before acceptance."""
    if facts.scheme.annual_report.publish != "before_acceptance" or facts.thing.data.get("address"):
        return None
    return unmet("接收前须先公开", "it must be published before it is accepted", ["address"])


@guard("GAP-QH-12", rests="/annual_report/first_year")
def title_has_ended_or_first_year(facts: Facts, ask: Ask) -> Unmet | None:
    """The title (or the plan) has ended, or the first-year rule of the scheme frees it from this report."""
    title = facts.up("designation") or facts.parent  # or the plan
    if title is None or title.ended or title.state in TITLE_ENDED:
        return None
    first = title.data.get("named_on", "")[:4] == str(facts.thing.data["due_year"])
    if first and facts.scheme.annual_report.first_year == "waive":
        return None
    return unmet("命名或方案仍有效，不得免报", "the title or plan stands; the report is owed", [title.state])


def next_year(facts: Facts, ask: Ask) -> list[Effect]:
    """As soon as one year's report opens, that of the next is scheduled (QH-07d)."""
    year = facts.thing.data["due_year"] + 1
    following = New("annual_report", "schedule_report", facts.thing.parent or "", data={"due_year": year})
    return [following] if owed(facts, year) else []


def owed(facts: Facts, year: int) -> bool:
    """Whether there is a report on that year: of a plan only while it still runs on the day on which it is due."""
    plan = facts.scheme.action_plan if facts.up("action_plan") else None
    return plan is None or date.fromisoformat(f"{year + 1}-{facts.scheme.annual_report.due}") <= plan.window.to


def missed(facts: Facts, duty: Duty) -> list[Effect]:
    """A report that is not there on its day is a failure of the title, where the scheme counts it (INV-24)."""
    title, source = facts.parent, strikes.counts(facts.scheme, "report_missed")
    if title is None or title.machine != "designation" or source is None:
        return []
    told = strikes.strike(title.id, source, facts.thing.id, duty.due_on or facts.today)
    return [Fire(title.id, (told.event,), told.form, optional=True)]


def publication_day(facts: Facts) -> list[Due]:
    """`annual_report.publish_days` calendar days after this acceptance, where the scheme wants it published then."""
    rule = facts.scheme.annual_report
    if rule.publish != "after":
        return []
    return [Due(facts.today + timedelta(days=rule.publish_days), tag=anew(facts, "annual_report_publication_due"))]


def opening_day(facts: Facts) -> date:
    """The day in the year after, on which reporting opens: `annual_report.opens`."""
    return _in_next_year(facts, facts.scheme.annual_report.opens)


def due_day(facts: Facts) -> date:
    """31 January of the next year in Qinghai (QH-07d): `annual_report.due`."""
    return _in_next_year(facts, facts.scheme.annual_report.due)


def _in_next_year(facts: Facts, month_day: str) -> date:
    return date.fromisoformat(f"{facts.thing.data['due_year'] + 1}-{month_day}")


TABLE = (
    Move(states("@new"), "schedule_report", "scheduled", ("system",), "列入年度报告", "Schedule",
         ("QH-07d", "SX-32", "GAP-QH-12"), guards=(scheme_sets("annual_report.present"),), mark="D"),
    Move(states("scheduled"), "open_report", "open", ("timer",), "开始报送", "Open for submission",
         ("QH-07d", "SX-32", "HY-T05"), then=(next_year,), kind="timer", mark="D"),
    Move(states("open"), "submit_report", "submitted", ("designee", "applicant", "organizer"), "报送", "Submit",
         ("QH-07d", "SX-32", "HY-T05"), REPORT, (report_covers_year,), artefacts=("annual_report",), mark="D"),
    Move(states("submitted"), "recall_report", "open", ("designee", "applicant", "organizer"), "撤回报告", "Recall",
         ("INV-30",), guards=(not_yet_examined,)),
    Move(states("submitted"), "return_report", "open", ("authority",), "退回报告", "Return",
         ("SX-33",), REASON, artefacts=("return_note",)),
    Move(states("submitted"), "accept_report", "accepted", ("authority",), "接收", "Accept",
         ("QH-07d", "SX-33"), guards=(publication_link_if_required,), artefacts=("receipt_note",)),
    Move(states("accepted"), "publish_report", "published", ("designee", "publicist", "authority"), "公开", "Publish",
         ("SX-33", "HY-T05", "GAP-SX-6"), PUBLICATION, artefacts=("publication_link",), mark="D"),
    Move(states("accepted|published"), "reopen_report", "open", ("authority",), "重新报送", "Reopen",
         ("INV-30",), REASON, artefacts=("reopening_note",)),
    Move(states("scheduled|open"), "waive_report", "waived", ("authority", "system"), "免报", "Waive",
         ("GAP-QH-12",), guards=(title_has_ended_or_first_year,), artefacts=("waiver_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("annual_report_opening", ("schedule_report",), ("open_report",), fixed(opening_day),
             ("QH-07d", "SX-32"), at_due="open_report", at_start=True),
    DutyRule("annual_report_due", ("open_report", "return_report", "recall_report", "reopen_report"),
             ("submit_report",), fixed(due_day), ("QH-07d", "GAP-SX-6", "GAP-HY-5", "PDS-I84"),
             remind=(-30, -10, -3, -1), extend_by=("authority",),
             extensions=lambda facts: limit(facts.scheme.annual_report.extensions), makes=missed),
    DutyRule("annual_report_publication_due", ("accept_report",), ("publish_report", "reopen_report"),
             publication_day, ("SX-33", "GAP-SX-6"), unit="calendar_days", remind=(-5, -1)),
)  # fmt: skip

MACHINE = Machine("annual_report", TABLE, final=("waived",), duties=DUTIES)
