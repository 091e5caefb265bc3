"""A case: one applicant's way through the ordered stages of a track. While in a stage, its state is the stage's key.

The table is a template: tokens stand for the stages of a track, and `assemble` fills them in. The stage list is
the only path (INV-17); a case moves back only where the track declares it (INV-19).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.domain.cases import case_guards as g
from service.domain.cases.case_forms import ENROLMENT, FINDINGS, OPENING, PAUSE, RESUMPTION, RETURN
from service.domain.cases.stage import new_run
from service.domain.duties import Due, DutyRule, anew, counted, fixed
from service.domain.effects import Effect, Fire, LetGo, Place, Put, Send, StandStill
from service.domain.facts import NEW, SAME, Ask, Duty, Facts
from service.domain.forms import MERGER_DOCUMENT, REASON
from service.domain.guards import naming_not_decided
from service.domain.machine import Guard, Machine, Move, states
from service.domain.titles.title import bars

if TYPE_CHECKING:
    from service.schemes.track import Stage, Track


def _stage_of(facts: Facts) -> Stage:
    return facts.track.stage(facts.thing.state)


def enter_stage(facts: Facts, ask: Ask) -> list[Effect]:
    """A new run of the stage in which the case now stands."""
    case = facts.thing
    return [new_run(case.id, _stage_of(facts), facts.of("stage", parent=case.id))]


def go_back(facts: Facts, ask: Ask) -> list[Effect]:
    """Runs from the target on are superseded; the one left is set aside where the return says so (INV-19)."""
    case, track = facts.thing, facts.track
    run = next(r for r in reversed(facts.of("stage", parent=case.id)) if r.state in ("open", "submitted", "held"))
    left = track.stage(run.data["key"])
    declared = next((r for r in left.returns if r.to == case.state), None)
    resume = bool(declared and declared.resume and ask.event == "return_to_stage")
    origin = {"run": run.id, "key": left.key, "target": case.state} if resume else {}
    effects: list[Effect] = [Put(case.id, {"back_to": case.state, "origin": origin})]
    if resume:
        effects.append(Fire(run.id, ("set_aside_run",)))
    for old in facts.of("stage", parent=case.id):
        behind = track.position(old.data["key"]) >= track.position(case.state)
        if behind and old.state not in ("superseded", "cancelled") and not (resume and old.id == run.id):
            effects.append(Fire(old.id, ("supersede_run",)))
    return [*effects, *enter_stage(facts, ask)]


def take_up_origin(facts: Facts, ask: Ask) -> list[Effect]:
    """The run set aside goes on where it stood."""
    return [Fire(facts.thing.data["origin"]["run"], ("take_up_run",)), Put(facts.thing.id, {"origin": {}})]


def stand_still(facts: Facts, ask: Ask) -> list[Effect]:
    return [Put(facts.thing.id, {"paused_in": facts.stage.key}), StandStill(), *_tell_evaluations("stand_still", facts)]


def go_on(facts: Facts, ask: Ask) -> list[Effect]:
    return [Put(facts.thing.id, {"paused_in": None}), StandStill(going_on=True), *_tell_evaluations("go_on", facts)]


def _tell_evaluations(event: str, facts: Facts) -> list[Effect]:
    """Evaluations and their surveys have clocks of their own (INV-22)."""
    running = [e for e in facts.of("evaluation", parent=facts.thing.id, live=True) if e.state != "final"]
    return [Send("evaluation", event, e.id) for e in running]


def open_fact_finding(facts: Facts, ask: Ask) -> list[Effect]:
    """What an earlier fact-finding confirmed stands until this one has ended."""
    before = facts.thing.data.get("fact_finding", {})
    return [Put(facts.thing.id, {"fact_finding": {**before, "open": True, "on": facts.today.isoformat()}})]


def close_fact_finding(facts: Facts, ask: Ask) -> list[Effect]:
    found = {"open": False, "report": ask.form["report"], "confirmed": ask.form["confirmed"]}
    return [Put(facts.thing.id, {"fact_finding": {**found, "on": facts.today.isoformat()}})]


def close_the_file(facts: Facts, ask: Ask) -> list[Effect]:
    """What was still running for the case ends with it; evaluations of other owners are told."""
    case = facts.thing
    ends: list[Effect] = [
        Fire(r.id, ("cancel_run",), optional=True) for r in facts.of("stage", parent=case.id) if not r.ended
    ]
    ends += [LetGo(item.id) for item in facts.of("rectification_item", parent=case.id, live=True)]
    reason = {"text": f"case {case.state}"}
    if ask.event in LEAVES_THE_LISTS:
        ends += [
            Send("candidate_list", "strike_entry", listed.id, form={"entry": case.id, **reason})
            for listed in facts.of("candidate_list", live=True)
            if case.id in listed.data.get("cases", ())
        ]
    ends += [
        Fire(r.id, ("withdraw_recommendation",), reason, optional=True)
        for r in facts.of("recommendation", parent=case.id, live=True)
        if case.state != "named"
    ]
    ends += [
        Send("evaluation", "terminate_evaluation", e.id, form=reason)
        for e in facts.of("evaluation", parent=case.id, live=True)
        if e.state != "final"
    ]
    return ends


def note_held_title(facts: Facts, ask: Ask) -> list[Effect]:
    """With a ladder of tiers the title that the case would raise is known from its enrolment on (HY-T01)."""
    held = g.held_titles(facts) if len(facts.scheme.ladder(facts.thing.track)) > 1 else []
    return [Put(facts.thing.id, {"raises": held[0].id})] if held else []


def note_titles_of_place(facts: Facts, ask: Ask) -> list[Effect]:
    """The file shows what the place holds already: the county of a project is recommended as an area (QH-08a)."""
    held = [t.id for t in facts.more.get("titles_of_place", ())]
    return [Put(facts.thing.id, {"place_holds": held})] if held else []


def found_title(facts: Facts, ask: Ask) -> list[Effect]:
    """A named case gets its designation, dated from the decision, or raises the one it holds (QH-07e, QH-06a, HY-T01).

    Named outside, it is dated from the result on record; the document behind it goes along.
    """
    case = facts.thing
    in_force = [d for d in facts.of("naming_decision") if d.state == "effective"]  # not one that was rejected before
    decision = next((d for d in in_force if case.id in d.data.get("named", ())), None)
    run = facts.run
    result = run.data["results"][-1] if decision is None and run and run.data.get("results") else {}
    said = decision.data if decision else result
    tier = said.get("tiers", {}).get(case.id) or case.data.get("tier") or facts.scheme.ladder(case.track)[0]
    named_on = said.get("date") or facts.today.isoformat()
    if held := case.data.get("raises"):
        form = {"tier": tier, "date": named_on, "number": said.get("number"), "case": case.id}
        return [Send("designation", "raise_tier", held, form={k: v for k, v in form.items() if v})]
    data = {"named_on": named_on, "tier": tier, "decision_number": said.get("number")}
    if decision is None:
        paper = {name: result[name] for name in ("source", "number", "date", "file") if name in result}
        return [Send("designation", "record_external_designation", parent=case.id, form=paper, data=data)]
    return [Send("designation", "create_designation", parent=case.id, data={**data, "decision": decision.id})]


def window_end(facts: Facts) -> date | None:
    """The last day of the batch's window (SX-05)."""
    closes = facts.batch.data.get("closes") if facts.batch else None
    return date.fromisoformat(closes) if closes else None


def bar(facts: Facts, ask: Ask) -> list[Effect]:
    """Where the scheme says so, whoever was disqualified or withdrew may not apply again for a while (INV-27)."""
    ending = {"disqualify": "disqualified", "withdraw": "withdrawn"}[ask.event]
    return [Put(facts.thing.id, {"bars": bars(facts, ending)})]


def leave_no_mark(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever leaves before the application was handed in may enter the same batch again (SX-21)."""
    run, track = facts.run, facts.track
    ahead = track.stages[track.position(run.data["key"]) :] if run else track.stages
    own = run is None or any(stage.kind == "application" for stage in ahead)
    return [Place(facts.thing.id, {"natural": None})] if own else []


def window_moved(facts: Facts, duty: Duty) -> list[Due]:
    """A draft lapses with the window as it really ends: the day of an extended one comes in place of the first."""
    last = window_end(facts)
    moved_on = last is not None and duty.due_on is not None and last > duty.due_on
    return [Due(last, tag=last.isoformat())] if moved_on and last and facts.thing.state == "draft" else []


OPENERS = ("applicant", "recommending_office", "organizer")
LEAVES_THE_LISTS = ("decline", "drop_case", "discontinue", "withdraw", "disqualify")
"""The ends by which a case falls out of the lists of its batch. A naming decision uses its list up instead."""


def pause_limit(facts: Facts) -> list[Due]:
    """Each pause has a limit of its own, in calendar days (INV-22)."""
    return [Due(facts.today + timedelta(days=facts.scheme.case.pause.max_days), anew(facts, "pause_limit"))]


def fact_finding_due(facts: Facts) -> list[Due]:
    """Each fact-finding has a period of its own, in working days (INV-15)."""
    return [counted(facts, facts.scheme.case.fact_finding_days, tag=anew(facts, "fact_finding_due"))]


TABLE = (
    Move(states(NEW), "open_case", "draft", OPENERS, "建立申报", "Open a case", ("SX-21", "QH-08d"), OPENING,
         (g.scheme_published, g.batch_open, g.natural_key_free), mark="D"),
    Move(states("draft"), "enroll", "@first", OPENERS, "登记创建", "Enrol",
         ("SX-16", "SX-21", "YL-B1", "YL-B4", "QH-08e", "QH-15a", "HY-T01", "INV-27"), ENROLMENT,
         (g.batch_open, g.applicant_allowed, g.place_holds_title, g.tier_ladder_respected, g.not_barred,
          g.reapplication_allowed, g.organized_at_entry),
         (note_held_title, note_titles_of_place, enter_stage), artefacts=("enrolment_form",), mark="D"),
    Move(states("draft"), "discard_draft", "withdrawn", OPENERS, "放弃草稿", "Discard the draft", ("SX-21",),
         then=(leave_no_mark,)),
    Move(states("draft"), "lapse_draft", "withdrawn", ("timer",), "草稿到期失效", "Draft lapses with the window",
         ("SX-21", "SX-05", "QH-03a"), guards=(g.window_over,), kind="timer"),
    Move(states("@not_last"), "advance", "@next", ("system",), "进入下一阶段", "Advance to the next stage",
         ("INV-01", "INV-17"), guards=(g.run_ended, g.exit_is_next), then=(enter_stage,)),
    Move(states("@has_origin"), "resume_at_origin", "@origin", ("system",), "回到原阶段", "Resume where the case was",
         ("INV-19",), guards=(g.run_ended, g.exit_is_origin), then=(take_up_origin,)),
    Move(states("@returns"), "return_to_stage", "@earlier", ("stage_office", "authority"), "退回前序阶段",
         "Return to an earlier stage", ("INV-19", "GAP-QH-2"), RETURN,
         (g.return_target_declared,), (go_back,), artefacts=("return_note",)),
    Move(states("@not_first"), "recall", "@previous", ("applicant",), "撤回重报", "Recall to the stage before",
         ("SX-21", "INV-19"), guards=(g.recall_allowed, g.run_not_examined), then=(go_back,),
         artefacts=("recall_note",)),
    Move(states("@stage"), "pause", "paused", ("stage_office", "authority"), "中止", "Pause the case", ("INV-22",),
         PAUSE, (g.pause_allowed, naming_not_decided), (stand_still,), artefacts=("pause_order",)),
    Move(states("paused"), "resume", "@paused_in", ("stage_office", "authority"), "恢复", "Resume the case",
         ("INV-22",), RESUMPTION, then=(go_on,), artefacts=("resumption_order",)),
    Move(states("@stage|paused"), "open_fact_finding", SAME, ("authority", "recommending_office", "inspector"),
         "启动核实", "Open fact-finding", ("PDS-D2", "YL-3q", "INV-15"), REASON, (g.none_open_yet,),
         (open_fact_finding,), artefacts=("fact_finding_order",)),
    Move(states("@stage|paused"), "close_fact_finding", SAME, ("authority", "recommending_office", "inspector"),
         "核实结束", "Close fact-finding", ("PDS-D2", "INV-15"), FINDINGS, (g.fact_finding_open,),
         (close_fact_finding,), artefacts=("fact_finding_report",)),
    Move(states("@kind:preliminary_review|@kind:application"), "decline", "declined",
         ("recommending_office", "authority", "organizer"), "不予推荐", "Decline", ("SX-22", "SX-23", "YL-2n", "YL-3p"),
         REASON, (g.no_live_recommendation,), (close_the_file,), artefacts=("decline_notice",), mark="D"),
    Move(states("@kind:evaluation|@kind:publicity|@kind:naming"), "drop_case", "not_named", ("authority",),
         "不予命名", "Drop from the candidates", ("SX-26", "SX-28"), REASON, then=(close_the_file,),
         artefacts=("drop_note",), mark="D"),
    Move(states("@kind:naming"), "name_case", "named", ("system",), "命名", "Name", ("SX-28", "QH-06a", "INV-11"),
         guards=(g.run_ended, g.exit_is_naming), then=(close_the_file, found_title),
         artefacts=("naming_decision",), mark="D"),
    Move(states("@kind:naming"), "refuse_naming", "not_named", ("system",), "决定不命名", "Refuse naming", ("SX-28",),
         guards=(g.naming_refused_with_reason,), then=(close_the_file,), artefacts=("naming_decision",), mark="D"),
    Move(states("@last_external"), "name_externally", "named", ("system",), "上级命名", "Named by an outside body",
         ("YL-2o", "YL-3r", "HY-T02"), guards=(g.run_ended, g.exit_is_external_yes), then=(close_the_file, found_title),
         artefacts=("external_decision",), mark="D"),
    Move(states("@kind:external"), "refuse_externally", "not_named", ("stage_office", "organizer", "authority"),
         "上级未命名", "Refused by an outside body", ("YL-2o", "YL-3r", "HY-T02"),
         guards=(g.external_outcome_negative,), then=(close_the_file,), kind="signal",
         artefacts=("external_decision",)),
    Move(states("@last_closing"), "close_without_naming", "closed", ("system",), "不命名办结", "Close without naming",
         ("GAP-PDS-1", "PDS-S5a", "PDS-D2"), guards=(g.run_ended, g.exit_is_closing, g.no_blocking_fact),
         then=(close_the_file,), artefacts=("closing_report",)),
    Move(states("draft|@stage|paused"), "discontinue", "closed", ("authority", "organizer"), "主体变更终结",
         "Discontinue: subject has ended", ("INV-26",), MERGER_DOCUMENT.also(*REASON.parts), then=(close_the_file,),
         artefacts=("merger_document",)),
    Move(states("@stage|paused"), "withdraw", "withdrawn", ("applicant",), "撤回申报", "Withdraw", ("SX-21", "INV-15"),
         guards=(g.no_fact_finding_open, naming_not_decided), then=(bar, leave_no_mark, close_the_file),
         artefacts=("withdrawal_letter",), mark="D"),
    Move(states("@stage|paused"), "disqualify", "disqualified", ("authority",), "取消资格", "Disqualify",
         ("PDS-D2", "QH-13-2", "YL-3q", "INV-15", "INV-20"), guards=(g.fraud_proved,), then=(bar, close_the_file),
         persons=2, artefacts=("disqualification_decision",), mark="R"),
)  # fmt: skip

DUTIES = (
    DutyRule("draft_lapse", ("open_case",), ("enroll", "discard_draft"), fixed(window_end), ("SX-21",),
             at_due="lapse_draft", remind=(-10, -3, -1), again=window_moved),
    DutyRule("pause_limit", ("pause",), ("resume",), pause_limit, ("INV-22",), unit="calendar_days", remind=(-15, -3)),
    DutyRule("fact_finding_due", ("open_fact_finding",), ("close_fact_finding",),
             fact_finding_due, ("INV-15",), unit="working_days", remind=(-3,)),
)  # fmt: skip

FINAL = ("named", "not_named", "declined", "withdrawn", "disqualified", "closed")


def assemble(track: Track) -> Machine:
    """The case machine of one track: every token replaced by the stages that it stands for."""
    rows = [row for move in TABLE for row in _fill(move, track)]
    final = tuple(s for s in FINAL if any(m.to == s for m in rows))
    return Machine("case", tuple(rows), final, DUTIES)


def _fill(move: Move, track: Track) -> list[Move]:
    keys = [s.key for s in track.stages]
    sources = [s for token in move.source for s in _sources(token, track)]
    if not move.to.startswith("@") or move.to == SAME:
        return [replace(move, source=tuple(sources))] if sources else []
    ends: dict[str, list[str]] = {}
    for source in sources:
        for end in _targets(move.to, source, track, keys):
            ends.setdefault(end, []).append(source)
    computed = move.to in ("@earlier", "@origin", "@paused_in")
    chosen = (_leads_to,) if computed else ()
    return [
        replace(move, source=tuple(s), to=end, guards=(*(c(end) for c in chosen), *move.guards))
        for end, s in ends.items()
    ]


def _leads_to(end: str) -> Guard:
    """Of rows that differ only in a computed target, the one whose target is meant."""

    def check(facts: Facts, ask: Ask) -> Any:
        return g.target_is(end, facts, ask)

    return Guard("target", check, ("INV-19",), choice="target", meaning=f"The target is {end}.")


def _sources(token: str, track: Track) -> list[str]:
    keys = [s.key for s in track.stages]
    last = track.last
    external = last.kind == "external" and track.outcome == "named"
    table = {
        "@stage": keys,
        "@not_last": keys[:-1],
        "@not_first": keys[1:],
        "@returns": [s.key for s in track.stages if s.returns],
        "@has_origin": [r.to for s in track.stages for r in s.returns if r.resume],
        "@last_external": [last.key] if external else [],
        "@last_closing": [last.key] if track.outcome == "closed" else [],
    }
    if token.startswith("@kind:"):
        return [s.key for s in track.stages if s.kind == token.removeprefix("@kind:")]
    return table.get(token, [token])


def _targets(token: str, source: str, track: Track, keys: list[str]) -> list[str]:
    at = keys.index(source) if source in keys else -1
    match token:
        case "@first":
            return keys[:1]
        case "@next":
            return keys[at + 1 : at + 2]
        case "@previous":
            return keys[at - 1 : at]
        case "@earlier":
            return [r.to for r in track.stage(source).returns]
        case "@origin":
            return [s.key for s in track.stages for r in s.returns if r.resume and r.to == source]
        case _:  # @paused_in: whichever stage the case was paused in
            return keys
