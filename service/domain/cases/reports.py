"""Who owes which paper of a stage, and which report of which period a paper serves (PDS-M3c, PDS-S2d, YL-W3a).

The applicant owes it as a whole, or each office that answers for something in its file by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.domain.duties import Due
from service.domain.facts import Ask, Duty, Facts, Unmet, unmet
from service.domain.machine import guard

if TYPE_CHECKING:
    from service.schemes.track import Artefact

PROGRESS = "progress_report_due"
LIVE = ("open", "submitted", "held")
Paper = Mapping[str, Any]
"""A paper as it stands on the file of a run, with the `earlier` ones where each is kept."""


def asked_of_applicant(facts: Facts) -> list[Artefact]:
    """The papers that the stage asks of an applicant of this level."""
    case = facts.case
    return [a for a in facts.stage.artefacts if a.asked_of(case.data.get("level") if case else None)]


def reporting(artefact: Artefact, facts: Facts) -> tuple[str, ...]:
    """The offices of which each hands in the paper by itself; none where the scheme asks it of the applicant as a whole."""
    return tuple(facts.more["organization"].offices) if artefact.each_office else ()


def owing(artefact: Artefact, facts: Facts) -> tuple[str, ...]:
    """Those offices; until the first one is named, and where it is not asked of offices, the applicant itself ("")."""
    return reporting(artefact, facts) or ("",)


def name_of(office: str, facts: Facts) -> str:
    """The name of an office; empty for the applicant as a whole."""
    return str(facts.more["organization"].offices[office].name) if office else ""


def newest(paper: Paper | None) -> dict[str, Paper]:
    """The paper that each office handed in last; under "" that of the applicant as a whole."""
    kept = [] if paper is None else [*paper.get("earlier", ()), paper]
    return {str(one.get("office", "")): one for one in kept}


def missing_of(artefact: Artefact, paper: Paper | None, stands: Callable[[Paper], bool], facts: Facts) -> list[str]:
    """Whose paper is missing or stands no more: offices by name, the applicant as a whole as an empty name."""
    good = {office for office, one in newest(paper).items() if stands(one)}
    return [name_of(office, facts) for office in owing(artefact, facts) if office not in good]


def needs_of_reports(facts: Facts) -> set[str]:
    """What the dates of papers look at besides the file, where some paper is owed by each office."""
    papers = (a for track in facts.scheme.tracks for stage in track.stages for a in stage.artefacts)
    return {"organization"} if any(a.each_office for a in papers) else set()


@guard("PDS-M3c", "PDS-M2b", rests="/tracks/{track}/stages/{stage}/artefacts")
def from_its_office(facts: Facts, ask: Ask) -> Unmet | None:
    """A paper that each office hands in says which of those that answer in the file it comes from; no other paper does."""
    artefact, office = facts.stage.artefact(str(ask.form.get("artefact"))), ask.form.get("office")
    offices = reporting(artefact, facts) if artefact else ()
    if office in offices or (office is None and not offices):
        return None
    if not offices:
        return unmet(
            "该材料不由科室分别报送，请去掉 office", "no single office hands this in: leave office out", [office]
        )
    named = [f"{o} {name_of(o, facts)}" for o in offices]
    zh, en = "请在 office 中写明报送科室", "say in office which office reports"
    return unmet(f"{zh}：{'、'.join(named)}", f"{en}: {', '.join(named)}", named)


def first_reports(facts: Facts) -> list[Due]:
    """The first report of each paper that comes back every so many days (PDS-M3c, YL-W3a, GAP-PDS-8)."""
    return [
        _report(artefact, facts.today, office, facts)
        for artefact in asked_of_applicant(facts)
        if artefact.every
        for office in owing(artefact, facts)
    ]


def next_report(facts: Facts, duty: Duty) -> list[Due]:
    """The report of the next period. The rhythm is that of the stage, later by what a pause has moved it.

    An office that has come to answer for something meanwhile falls in with the rhythm; one that does no more drops out.
    Until the first office is named the applicant itself reports.
    """
    if facts.thing.state not in LIVE:
        return []
    since = date.fromisoformat(period_of(duty)) + timedelta(days=duty.moved_days)
    artefact = expected(duty.tag.partition(":")[0], facts)
    own, open_ = _office_of(duty), {_office_of(d) for d in _reports(facts, artefact.key) if d.done_at is None}
    here = owing(artefact, facts)
    return [_report(artefact, since, office, facts) for office in here if office == own or office not in open_]


def _report(artefact: Artefact, since: date, office: str, facts: Facts) -> Due:
    """The report of an office, or of the applicant as a whole ("")."""
    day_ = since + timedelta(days=artefact.every or 0)
    tag = ":".join(part for part in (artefact.key, office, day_.isoformat()) if part)
    return Due(day_, tag=tag, person=name_of(office, facts))


def expected(key: str, facts: Facts) -> Artefact:
    found = facts.stage.artefact(key)
    assert found is not None  # the guard has seen it
    return found


def _reports(facts: Facts, key: str) -> list[Duty]:
    """The reports of every period so far, the first one first."""
    found = [d for d in facts.duties if d.thing == facts.thing.id and d.key.startswith(f"{PROGRESS}:{key}:")]
    return sorted(found, key=period_of)


def served_by(office: str, facts: Facts, key: str) -> list[Duty]:
    """The reports of an office; while it has none of its own, those of the applicant as a whole."""
    found = _reports(facts, key)
    return [d for d in found if _office_of(d) == office] or [d for d in found if not _office_of(d)]


def period_of(report: Duty) -> str:
    return report.key.rpartition(":")[2]


def _office_of(report: Duty) -> str:
    """Which office owes a report; empty where it is the applicant as a whole."""
    return report.tag.partition(":")[2].rpartition(":")[0]


def tag_of(facts: Facts, ask: Ask) -> str:
    """Which report a paper is: the oldest one owed. A second paper in one period is not the next period's."""
    if ask.event != "submit_artefact":
        return ""
    key = str(ask.form.get("artefact", ""))
    artefact = facts.stage.artefact(key)
    period = timedelta(days=artefact.every or 0) if artefact else timedelta()
    reports = served_by(str(ask.form.get("office", "")), facts, key)
    begun = reports[:1] + [d for d in reports[1:] if d.due_on and d.due_on - period < facts.today]
    owed = [d for d in begun if d.done_at is None]
    return owed[0].tag if owed else key
