"""What an applicant and the offices say of a case: opening, enrolment, return, pause, fact-finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.cases.case_guards import lost_titles
from service.domain.choices import listed
from service.domain.facts import Ask, Facts
from service.domain.forms import REASON, Fault, Form, Part, flag, pairs, text
from service.domain.titles.tiers import TIER

WHOLE_AREA = ("area", "comprehensive")


def _known_track(value: str, facts: Facts, ask: Ask) -> Fault | None:
    known = [t.id for t in facts.scheme.tracks]
    return None if value in known else (f"应为 {'、'.join(known)}", f"must be one of {', '.join(known)}")


def _applicant_of_the_place(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """Nobody opens a case for a place to which his own organization does not belong."""
    if facts.thing.organization == value:
        return None
    return "没有这个单位，或不属于该行政区划", "there is no such organization, or it belongs elsewhere"


def _known_place(value: str, facts: Facts, ask: Ask) -> Fault | None:
    return None if facts.thing.region else ("没有这个行政区划", "there is no such jurisdiction")


def _not_of_a_whole_area(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """A whole area applies once a batch, and once for its title: it does not become another one by a project's name."""
    classes = {t.id: t.class_ for t in facts.scheme.tracks}
    if classes.get(str(ask.form.get("track"))) in WHOLE_AREA:
        return "本赛道以整个地区申报，不设项目", "a whole area applies in this track, not a project"
    return None


OPENING = Form(
    "opening",
    (
        Part("track", text, "赛道", "track", check=_known_track, choices=listed("tracks"), rests="/tracks"),
        Part("jurisdiction", text, "行政区划代码", "code of the jurisdiction", check=_known_place),
        Part(
            "organization", text, "申报主体", "organization that applies", optional=True, check=_applicant_of_the_place
        ),
        Part(
            "project",
            text,
            "项目名称",
            "name of the project",
            optional=True,
            check=_not_of_a_whole_area,
            rests="/tracks",
        ),
    ),
    ("SX-21", "QH-08d"),
)


def _has_topics(facts: Facts, given: Mapping[str, Any]) -> bool:
    return facts.track.topics is not None


def _known_topic(value: str, facts: Facts, ask: Ask) -> Fault | None:
    """One of the list, or another one where the list is open (GAP-ALL-4)."""
    topics = facts.track.topics
    known = [t.id for t in topics.items] if topics else []
    if topics is None or topics.open or value in known:
        return None
    return f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}"


def _needs_words(facts: Facts, given: Mapping[str, Any]) -> bool:
    """A topic that the list does not explain: one that asks for a text, or one of the applicant's own."""
    topics, chosen = facts.track.topics, given.get("topic")
    if topics is None or chosen is None:
        return False
    listed = next((t for t in topics.items if t.id == chosen), None)
    return listed is None or listed.needs_text


def _lost_a_title(facts: Facts, given: Mapping[str, Any]) -> bool:
    """Whoever lost a title of this scheme applies again under conditions, where the scheme names some (QH-15a)."""
    return bool(facts.scheme.title.reapplication.conditions and lost_titles(facts))


def _listed_conditions(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    known = {c.code for c in facts.scheme.title.reapplication.conditions}
    if unknown := sorted(set(value) - known):
        return f"方案没有这些条件：{'、'.join(unknown)}", f"the scheme has no condition {', '.join(unknown)}"
    return None


ENROLMENT = Form(
    "enrolment",
    (
        Part(
            "topic",
            text,
            "选题",
            "topic",
            when=_has_topics,
            check=_known_topic,
            choices=listed("track.topics"),
            rests="/tracks/{track}/topics",
        ),
        Part("description", text, "说明", "description", when=_needs_words),
        TIER,
        Part(
            "conditions",
            pairs,
            "再次申报的条件（条件与佐证编号）",
            "conditions of applying again, each with the ID of its evidence",
            when=_lost_a_title,
            check=_listed_conditions,
            choices=listed("title.reapplication.conditions"),
            rests="/title/reapplication/conditions",
        ),
    ),
    ("SX-16", "SX-16-8", "YL-2b", "YL-2b-7", "QH-15a", "HY-T01"),
    draft=True,
)


def _reason_codes(facts: Facts, to: Any) -> tuple[str, ...]:
    """The codes among which a return to that stage chooses, as the stage in which the case stands lists them."""
    here = next((s for s in facts.track.stages if s.key == facts.thing.state), None)
    return next((r.reason_codes for r in here.returns if r.to == to), ()) if here else ()


def _codes_are_listed(facts: Facts, given: Mapping[str, Any]) -> bool:
    return bool(_reason_codes(facts, given.get("to")))


def _listed_code(value: str, facts: Facts, ask: Ask) -> Fault | None:
    codes = _reason_codes(facts, ask.form.get("to"))
    return None if value in codes else (f"应为 {'、'.join(codes)} 之一", f"must be one of {', '.join(codes) or '-'}")


RETURN = REASON.also(
    Part("to", text, "退回至", "stage to return to"),
    Part("code", text, "退回原因代码", "code of the reason", when=_codes_are_listed, check=_listed_code),
)
PAUSE = Form("reason", REASON.also(Part("ground", text, "中止情形", "ground")).parts, REASON.rules)


def _on_the_ground(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    ground = facts.thing.data.get("ground")
    if ground is None or ground in value:
        return None
    return f"缺少 {ground} 的说明", f"a statement on {ground} is missing"


RESUMPTION = Form(
    "ground_gone",
    (Part("statements", pairs, "情形消除说明", "statement for each ground", check=_on_the_ground),),
    ("INV-22", "INV-25"),
    keep=False,
)
FINDINGS = Form(
    "fact_finding_report",
    (
        Part("report", text, "核实报告", "report"),
        Part("confirmed", flag, "是否属实", "whether it is confirmed"),
    ),
    ("PDS-D2", "INV-15"),
    keep=False,
)
