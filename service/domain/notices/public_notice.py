"""A public notice: open for so many days, then clear, upheld, or waiting for the last ruling.

QH-11c: the notice lasts 5 working days; the day of publication is day zero, the last one counts in full. A scheme
may count in calendar days instead; neither is ever converted into the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.domain.duties import Due, DutyRule, calendar_days, working_days
from service.domain.effects import Effect, Put, Send
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, count, text, texts
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import scores
from service.domain.notices.objection import SETTLED, was_upheld
from service.domain.words import stands_in_words

RUNNING = ("open", "objections_pending")
UNITS = {"working_days": ("个工作日", "working days"), "calendar_days": ("日", "calendar days")}


def _enough_media(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    if len(set(value)) < (least := facts.scheme.publicity.media.least):
        return f"至少 {least} 家媒体", f"at least {least} media"
    return None


def _not_shorter(value: int, facts: Facts, ask: Ask) -> Fault | None:
    if value < (days := facts.scheme.publicity.days):
        zh, en = UNITS[facts.scheme.publicity.unit]
        return f"不得少于 {days} {zh}", f"not less than {days} {en}"
    return None


def _in_unit_of_the_scheme(value: str, facts: Facts, ask: Ask) -> Fault | None:
    of_scheme = facts.scheme.publicity.unit
    return None if value == of_scheme else (f"应为 {of_scheme}", f"must be {of_scheme}")


def _calendar_of_the_scheme(value: str, facts: Facts, ask: Ask) -> Fault | None:
    of_scheme = facts.scheme.calendar.id
    return None if value == of_scheme else (f"应为 {of_scheme}", f"must be {of_scheme}")


def _kinds_do_not_suffice(facts: Facts, given: Mapping[str, Any]) -> bool:
    media = facts.scheme.publicity.media
    return len(media.kinds) < media.least


MEDIA = Part(
    "media", texts, "公示媒体", "media", check=_enough_media, rests="/publicity/media", when=_kinds_do_not_suffice
)
DRAFT = Form("notice_text", (Part("text", text, "公示文稿", "text of the notice", optional=True),), ("SX-27",))
NOTICE = Form(
    "notice",
    (
        Part("scope", text, "公示范围", "scope", optional=True),
        MEDIA,
        Part("length", count, "公示天数", "length", optional=True, check=_not_shorter, rests="/publicity/days"),
        Part("unit", text, "计日单位", "unit", optional=True, check=_in_unit_of_the_scheme, rests="/publicity/unit"),
        Part("calendar", text, "日历", "calendar", optional=True, check=_calendar_of_the_scheme, rests="/calendar/id"),
    ),
    ("SX-27", "GAP-SX-5", "QH-11c"),
)  # fmt: skip


def rests_on(facts: Facts, announced: Thing) -> Thing | None:
    """The final score sheet behind a notice: of a case that of the third party, otherwise the newest."""
    evaluations = facts.of("evaluation", parent=announced.id)
    final = [e for e in evaluations if e.state == "final" and e.data.get("total")]
    of_third_party = [e for e in final if e.data.get("measure") == "third_party"]
    return next(reversed(of_third_party or final), None)


@guard("QH-11b", "SX-26", "INV-09", rests="/scoring/pass")
def notice_precondition_met(facts: Facts, ask: Ask) -> Unmet | None:
    """The result that the scheme asks for before a notice is there: evaluations final, the score reached."""
    announced = facts.parent
    if announced is not None and announced.machine == "look_back":
        return _look_back_reached_its_band(facts, announced)
    if announced is not None and announced.machine == "case":
        return _case_passed(facts, announced)
    return unmet("公示须属于创建案件或回访", "a notice belongs to a case or a look-back", ["parent"])


def _look_back_reached_its_band(facts: Facts, announced: Thing) -> Unmet | None:
    """QH-11b: 90 points or more; 89.99 opens nothing."""
    total = announced.data.get("total")
    edges = [b.at_least for b in facts.scheme.look_back.bands if b.outcome == "notice"]
    reached = scores.band(facts.scheme.look_back.bands, scores.value(total)) if total else None
    if announced.state != "in_notice" or reached is None or reached.outcome != "notice":
        found, (zh, en) = f"{total or '-'} / {min(edges, default='-')}", stands_in_words(facts, announced)
        return unmet(
            f"未达到公示分数：{found}（{zh}）", f"the score for a notice is not reached: {found} ({en})", [found]
        )
    return None


def _case_passed(facts: Facts, announced: Thing) -> Unmet | None:
    if facts.run is None or facts.stage.kind != "publicity":
        return unmet("案件未到公示阶段", "the case is not in its stage of publicity", ["publicity"])
    begun = [e for e in facts.of("evaluation", parent=announced.id) if e.state != "terminated"]
    newest = {e.data.get("measure"): e for e in begun}
    wanted = facts.scheme.evaluation.measures
    if lacking := [m for m in wanted if m not in newest or newest[m].state != "final"]:
        return unmet("评估尚未全部完成", "evaluations are not final yet", lacking)
    scored = newest["third_party"].data.get("total") if "third_party" in wanted else None
    if scored is None or scores.passes(facts.scheme, scores.value(scored)):
        return None
    return unmet(f"第三方评估得分 {scored}，未达标", f"the third-party result {scored} does not pass", [scored])


@guard("SX-27", "INV-09")
def no_other_notice_runs(facts: Facts, ask: Ask) -> Unmet | None:
    """One subject is on notice once at a time: two periods would end differently."""
    running = [n for n in facts.of("public_notice", parent=facts.thing.parent) if n.state in RUNNING]
    others = [n.id for n in running if n.id != facts.thing.id]
    return unmet("已在公示中", "it is on notice already", others) if others else None


def _objections(facts: Facts) -> tuple[list[Thing], list[Thing]]:
    """The objections to this notice that are not settled, and those that were upheld."""
    filed = facts.of("objection", parent=facts.thing.id)
    return [o for o in filed if o.state not in SETTLED], [o for o in filed if was_upheld(o)]


@guard("QH-11d", "GAP-QH-2", choice="notice_end")
def objections_none_upheld(facts: Facts, ask: Ask) -> Unmet | None:
    """Every objection is settled and none is upheld in full or in part."""
    waiting, upheld = _objections(facts)
    if not waiting and not upheld:
        return None
    return unmet("有异议未办结或成立", "objections are open or upheld", [o.id for o in (*waiting, *upheld)])


@guard("GAP-QH-2", choice="notice_end")
def objections_open(facts: Facts, ask: Ask) -> Unmet | None:
    """At least one objection is not settled."""
    waiting, upheld = _objections(facts)
    return None if waiting else unmet("没有未办结的异议", "no objection is open", [o.id for o in upheld])


@guard("GAP-QH-2", choice="notice_end")
def objections_some_upheld(facts: Facts, ask: Ask) -> Unmet | None:
    """Every objection is settled and at least one is upheld in full or in part."""
    waiting, upheld = _objections(facts)
    if upheld and not waiting:
        return None
    return unmet("异议未全部办结或均不成立", "an objection is open, or none is upheld", [o.id for o in waiting])


def fill_in(facts: Facts, ask: Ask) -> list[Effect]:
    """What the caller left open is as the scheme says: scope, media, length, unit and calendar."""
    rules = facts.scheme.publicity
    of_scheme = {"scope": rules.scope.zh, "media": list(rules.media.kinds), "length": rules.days,
                 "unit": rules.unit, "calendar": facts.scheme.calendar.id}  # fmt: skip
    return [Put(facts.thing.id, {**of_scheme, **ask.form})]


def go_on(facts: Facts, ask: Ask) -> list[Effect]:
    """Nobody objected with success: the case goes on, the look-back keeps the title (QH-11d, SX-28)."""
    announced = facts.parent
    if announced is None:
        return []
    event = "confirm_retention" if announced.machine == "look_back" else "complete_stage"
    return [Send(announced.machine, event, thing=announced.id)]


def open_again(facts: Facts, ask: Ask) -> list[Effect]:
    """What was upheld is opened again: the items named are scored anew, fraud goes to the revocation review.

    A case is not moved: a person returns it to the stage concerned, as its track declares (INV-19).
    """
    announced = facts.parent
    if announced is None:
        return []
    _, upheld = _objections(facts)
    looked_back = announced.machine == "look_back"
    if looked_back and any(o.data.get("fraud") for o in upheld):
        return [Send("look_back", "refer_fraud", thing=announced.id)]
    sends: list[Effect] = [Send("look_back", "reopen_scoring", thing=announced.id)] if looked_back else []
    items = sorted({item for o in upheld for item in o.data.get("items") or ()})
    if items and (sheet := rests_on(facts, announced)):
        sends.append(Send("evaluation", "reopen_for_objection", thing=sheet.id, form={"items": items}))
    return sends


def end_of_period(facts: Facts) -> tuple[Due]:
    """The last day: `publicity.days` in the unit of the scheme, or more where the notice says so; today is day zero."""
    rules = facts.scheme.publicity
    days: int = facts.thing.data.get("length", rules.days)
    counted = working_days if rules.unit == "working_days" else calendar_days
    (last,) = counted(lambda facts: days)(facts)
    return (replace(last, unit=rules.unit),)


TABLE = (
    Move(states("@new"), "draft_notice", "draft", ("authority", "publicist"), "拟稿公示", "Draft",
         ("SX-27", "QH-11b"), DRAFT, mark="D", artefacts=("notice_text",)),
    Move(states("draft"), "open_notice", "open", ("authority", "publicist"), "发布公示", "Open",
         ("QH-11b", "QH-11c", "SX-27", "GAP-SX-5", "INV-09"), NOTICE, (notice_precondition_met, no_other_notice_runs), (fill_in,),
         mark="D", artefacts=("public_notice",)),
    Move(states("@new"), "open_notice", "open", ("system",), "随名单公示", "Open with the list", ("SX-26", "SX-27"),
         NOTICE, (notice_precondition_met, no_other_notice_runs), (fill_in,), mark="D", artefacts=("public_notice",)),
    Move(states("draft|open"), "cancel_notice", "cancelled", ("authority", "publicist"), "撤销公示", "Cancel",
         ("INV-20",), REASON, persons=2, artefacts=("cancellation_note",)),
    Move(states("open"), "end_period", "closed_clear", ("timer",), "公示无异议届满", "Ends clear",
         ("QH-11c", "QH-11d"), guards=(objections_none_upheld,), then=(go_on,), kind="timer", mark="D",
         artefacts=("closing_record",)),
    Move(states("open"), "end_period", "objections_pending", ("timer",), "公示届满待核实",
         "Ends with objections open", ("GAP-QH-2",), guards=(objections_open,), kind="timer"),
    Move(states("open"), "end_period", "closed_upheld", ("timer",), "公示届满异议成立",
         "Ends with an upheld objection", ("GAP-QH-2",), guards=(objections_some_upheld,), then=(open_again,),
         kind="timer", artefacts=("closing_record",)),
    Move(states("objections_pending"), "settle_notice", "closed_clear", ("system",), "异议不成立",
         "Settled: none upheld", ("QH-11d", "GAP-QH-2"), guards=(objections_none_upheld,), then=(go_on,),
         artefacts=("closing_record",)),
    Move(states("objections_pending"), "settle_notice", "closed_upheld", ("system",), "异议成立",
         "Settled: some upheld", ("GAP-QH-2",), guards=(objections_some_upheld,), then=(open_again,),
         artefacts=("closing_record",)),
)  # fmt: skip

DUTIES = (
    DutyRule("notice_end", ("open_notice",), (), end_of_period, ("QH-11c", "SX-27", "GAP-SX-5"),
             at_due="end_period", unit="working_days", remind=(-1,), extend_by=("authority",)),
)  # fmt: skip

MACHINE = Machine("public_notice", TABLE, final=("closed_clear", "closed_upheld", "cancelled"), duties=DUTIES)
