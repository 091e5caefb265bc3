"""How a title comes into being: by a decision of ours, by one from outside, or taken over from earlier times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from service.domain.cases.case_forms import OPENING
from service.domain.effects import Effect, New, Put
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import EXTERNAL_FACT, Form, Part, day, not_future, text
from service.domain.guards import TITLE_ENDED
from service.domain.machine import guard
from service.domain.titles.tiers import TIER, rungs_of
from service.domain.titles.title import named_on

if TYPE_CHECKING:
    from service.schemes.model import Track

FOUNDED = ("create_designation", "record_external_designation", "import_legacy_title")
EXTERNAL = EXTERNAL_FACT.also(replace(TIER, when=None, optional=True))
LEGACY = Form(
    "legacy_title",
    (
        *OPENING.parts,
        Part("named_by", text, "命名机关", "body that named it"),
        Part("named_on", day, "命名日期", "day of the naming", check=not_future),
        Part("number", text, "文号", "document number", optional=True),
        TIER,
    ),
    ("QH-02c", "QH-02d", "GAP-QH-7"),
)


def _track(facts: Facts) -> Track | None:
    return next((t for t in facts.scheme.tracks if t.id == facts.thing.track), None)


@guard("QH-02c", "QH-02d", rests="/title/legacy")
def legacy_class_resolved(facts: Facts, ask: Ask) -> Unmet | None:
    """The imported title has a class by the rule of the scheme on who named it, when and as what."""
    body, named, track = ask.form.get("named_by"), ask.form.get("named_on"), _track(facts)
    if not isinstance(body, str) or day(named) or track is None:
        return None  # the form says so
    rules, named_as = facts.scheme.title.legacy, "project" if ask.form.get("project") else "area"
    found = next((r.class_ for r in rules if r.covers(body, date.fromisoformat(str(named)), named_as)), None)
    if found is None:
        return unmet("方案没有适用于该命名的归类规定", "no rule of the scheme covers this naming", [body, named])
    if found == track.class_:
        return None
    said = f"该命名按 {found} 类管理，请选择相应赛道", f"it is managed as {found}; choose such a track"
    return unmet(*said, [found])


@guard("QH-07e", needs="same_case")
def title_recorded_once(facts: Facts, ask: Ask) -> Unmet | None:
    """The title of this subject on this track is not on record already."""
    other = facts.more["same_case"]
    return unmet("该命名对象已登记", "this title is on record already", [other]) if other else None


@guard("QH-07e", needs="history")
def title_not_held(facts: Facts, ask: Ask) -> Unmet | None:
    """The subject holds no title on this track."""
    held = [
        t.id
        for t in facts.more["history"]
        if t.machine == "designation" and t.track == facts.thing.track and t.state not in TITLE_ENDED
    ]
    return unmet("该主体在本赛道已有命名", "the subject holds a title on this track", held) if held else None


def noted(facts: Facts, ask: Ask) -> list[Effect]:
    """When, by which document and at which tier it was named (QH-07e); the tier is the first unless another is named."""
    title = facts.thing
    named, tier = named_on(title).isoformat(), title.data.get("tier") or rungs_of(facts)[0]
    number = title.data.get("decision_number") or title.data.get("number")
    step = {"tier": tier, "on": named, "number": number}
    said = {"named_on": named, "decision_number": number, "tier": tier, "tier_since": named, "tiers": [step]}
    return [Put(title.id, {**said, "term_from": named})]


def first_report(facts: Facts, ask: Ask) -> list[Effect]:
    """The report on the naming year comes first; where it is waived, that of the next year (GAP-QH-12).

    It covers the year from the naming on, or the full year where the scheme says so. A title of earlier times owes
    reports from the year in which it is taken over.
    """
    rule, named = facts.scheme.annual_report, named_on(facts.thing)
    if not rule.present or rule.of == "plan":
        return []
    year = named.year + (rule.first_year == "waive")
    if ask.event == "import_legacy_title":
        year = max(year, facts.today.year)
    partly = year == named.year and rule.first_year == "naming_year"
    data = {"due_year": year, "covers_from": named.isoformat() if partly else f"{year}-01-01"}
    return [New("annual_report", "schedule_report", facts.thing.id, data=data)]
