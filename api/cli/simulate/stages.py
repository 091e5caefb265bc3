"""What each kind of stage asks for, and how it ends: papers, ratings, bodies outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.cli.simulate.population import APPLICANTS_OWN, sheet
from api.cli.simulate.step import PAPER, REASON, Item, Step, When, said, text_of
from api.cli.simulate.world import LIVE_RUN, World, data
from service.domain.cases.stage import KINDS
from service.domain.facts import Thing
from service.schemes.track import Artefact

SCORED = "scored"
PROBLEM = "problem"
Check = Callable[[World, Thing], bool]


def in_stage(*kinds: str) -> When:
    """The case stands in a live run of a stage of one of these kinds (any, if none is named)."""

    def when(w: World, case: Thing, _: Item) -> bool:
        run, stage = w.run(case), w.stage(case)
        return run is not None and run.state in LIVE_RUN and stage is not None and (not kinds or stage.kind in kinds)

    return when


@dataclass(frozen=True)
class Paper:
    """A paper that is owed now, by one office where each office owes it, and its date if it has one."""

    artefact: Artefact
    office: str = ""
    due: date | None = None

    @property
    def key(self) -> str:
        return f"{self.artefact.key}:{self.office}"


def papers(w: World, case: Thing) -> list[Paper]:
    """The papers that are owed now: required ones, those with a date, and the next report of every period."""
    run, stage = w.run(case), w.stage(case)
    if run is None or stage is None or run.state not in LIVE_RUN:
        return []
    held = data(run, "artefacts")
    asked = [one for one in stage.artefacts if one.asked_of(case.data.get("level"))]
    owed = [(one, d) for one in asked for d in w.duties.get(run.id, ()) if d.tag.partition(":")[0] == one.key]
    found = [
        Paper(one, due=next((d.due_on for a, d in owed if a is one), None))
        for one in asked
        if not (one.every or one.each_office) and one.key not in held and (one.required or one.due)
    ]
    of_offices = ((one, d) for one, d in owed if d.kind == ONCE and one.each_office)
    found += [Paper(one, d.tag.partition(":")[2], d.due_on) for one, d in of_offices]
    reports = [(one, d) for one, d in owed if d.kind == REPORT and one.every]
    return [*found, *(Paper(one, d.tag.partition(":")[2].rpartition(":")[0], d.due_on) for one, d in reports)]


ONCE, REPORT = "artefact_due", "progress_report_due"


def paper_day(w: World, case: Thing, one: Item) -> date:
    """Early, on the last day or late, by the date of the paper itself; a report of a period once that has begun."""
    by, every = one.artefact.by, one.artefact.every
    day = w.act_on(w.about(case) if by is None or by in APPLICANTS_OWN else None, one.due)
    if one.due is None or not every:
        return day
    return max(day, w.calendar.shift(date.fromordinal(one.due.toordinal() - every + 1), "next"))


def paper(w: World, case: Thing, one: Item) -> Mapping[str, Any]:
    parts = {"parts": dict.fromkeys(one.artefact.parts, text_of())} if one.artefact.parts else {}
    office = {"office": one.office} if one.office else {}
    said_ = {"artefact": one.artefact.key, "author": text_of(), "date": w.today.isoformat(), "files": [PAPER]}
    return {**said_, **parts, **office}


def unscored(w: World, case: Thing, _: Item) -> bool:
    run = w.run(case)
    return (
        w.scheme.scoring.mode != "none"
        and in_stage("self_check")(w, case, None)
        and run is not None
        and (SCORED, run.id) not in w.done
    )


def own_sheet(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    one = w.about(case)
    assert one is not None
    return {"scores": sheet(w.scheme, case.track, one.share)}


def finds_a_problem(w: World, case: Thing, _: Item) -> bool:
    """In its self-check everybody but the best applicant finds one thing to put right."""
    stage, one = w.stage(case), w.about(case)
    mine = [a for a in w.applicants.values() if one and (a.track, a.batch) == (one.track, one.batch)]
    return (
        in_stage("self_check")(w, case, None)
        and stage is not None
        and stage.findings != "none"
        and one is not None
        and one is not max(mine, key=lambda a: a.share)
        and (PROBLEM, case.id, case.state) not in w.done
    )


def open_items(w: World, thing: Thing) -> list[Thing]:
    return [i for i in w.below(thing, "rectification_item") if i.state not in ("closed", "void")]


def _holds(w: World, case: Thing) -> bool:
    """Whether an open finding still holds the stage: of a self-check one that nobody was given, else any."""
    stage = w.stage(case)
    items = open_items(w, case)
    return any(i.state == "raised" for i in items) if stage and stage.kind == "self_check" and (
        stage.findings != "this_stage"
    ) else bool(items)  # fmt: skip


def ready(w: World, case: Thing, _: Item) -> bool:
    """Nothing that the stage asks for is left."""
    run, stage = w.run(case), w.stage(case)
    if run is None or stage is None or run.state not in ("open", "submitted") or _holds(w, case):
        return False
    if any(p.artefact.required for p in papers(w, case)) or unscored(w, case, None):
        return False
    waits = READY.get(stage.kind)
    return (waits is None or waits(w, case)) and _guards_hold(w, case, stage.guards)


def _guards_hold(w: World, case: Thing, guards: Iterable[str]) -> bool:
    return all(EXTRA[name](w, case) for name in guards if name in EXTRA)


def _recommended(w: World, case: Thing) -> bool:
    return any(r.state == "accepted" for r in w.below(case, "recommendation"))


def _evaluated(w: World, case: Thing) -> bool:
    final = {e.data.get("measure") for e in w.below(case, "evaluation") if e.state == "final"}
    return final >= set(w.scheme.evaluation.measures)


def listed(purpose: str) -> Check:
    """The case stands on the approved list of that purpose, or the scheme has none."""

    def check(w: World, case: Thing) -> bool:
        if w.scheme.list_rule(purpose, case.track) is None:
            return True
        return any(
            case.id in x.data.get("entries", ()) and x.state in ("approved", "published", "closed")
            for x in w.of("candidate_list", batch=case.batch, track=case.track)
            if x.data.get("purpose") == purpose
        )

    return check


READY: dict[str, Check] = {
    "preliminary_review": _recommended,
    "evaluation": lambda w, case: _evaluated(w, case) and listed("candidates")(w, case),
    "publicity": lambda w, case: False,  # the end of the notice completes it
    "naming": lambda w, case: False,  # the decision completes it
    "external": lambda w, case: bool((run := w.run(case)) and run.data.get("results")),
}  # fmt: skip
"""What a kind of stage waits for besides its papers."""
EXTRA: dict[str, Check] = {
    "recommendation_accepted": _recommended,
    "evaluations_final": _evaluated,
    "on_candidate_list": listed("candidates"),
    "on_recommended_list": listed("recommendation"),
}


def optional(w: World, case: Thing, _: Item) -> bool:
    """A stage that the track marks as optional is waived."""
    run, stage = w.run(case), w.stage(case)
    return stage is not None and stage.presence == "optional" and run is not None and run.state == "open"


def needs_acceptance(w: World, case: Thing, _: Item) -> bool:
    run, stage = w.run(case), w.stage(case)
    return bool(stage and stage.acceptance and run and run.state == "open" and ready(w, case, None))


def may_end(w: World, case: Thing, _: Item) -> bool:
    run, stage = w.run(case), w.stage(case)
    return ready(w, case, None) and bool(run and stage and (not stage.acceptance or run.state == "submitted"))


def stage_day(w: World, case: Thing, _: Item) -> date:
    """By the date of the stage where the applicant itself ends it; an office does so at once."""
    run, stage = w.run(case), w.stage(case)
    ends = (stage.acceptance,) if stage and stage.acceptance and run and run.state == "submitted" else ()
    if stage is None or not set(ends or KINDS[stage.kind].who) & set(APPLICANTS_OWN):
        return w.today
    duty = w.duty(run, "stage_due")
    return w.act_on(w.about(case), duty.due_on if duty else None)


def ending(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    """What completing a stage asks for, by its kind."""
    stage = w.stage(case)
    assert stage is not None
    asked: dict[str, dict[str, Any]] = {
        "self_check": {"judgement": text_of()} if stage.judgement else {},
        "inspection": {"date": w.today.isoformat(), "team": [text_of()], "written_result": text_of()},
        "application": {"signer": text_of(), "true": True, "lawful": True, "complete": True},
    }
    return asked.get(stage.kind, {})


# ------------------------------------------------------------------------------------------------ decided outside


def no_result(w: World, case: Thing, _: Item) -> bool:
    run = w.run(case)
    stage = w.stage(case)
    if run is None or stage is None or not in_stage("external")(w, case, None) or run.data.get("results"):
        return False
    return not any(p.artefact.required for p in papers(w, case)) and _guards_hold(w, case, stage.guards)


def result(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    """The body outside says yes to whoever reaches the threshold; to everybody where there is none."""
    one = w.about(case)
    good = one is None or w.threshold is None or one.share >= w.threshold
    return {**outside(w), "favourable": good}


def outside(w: World) -> dict[str, Any]:
    """A fact from outside, with its paper."""
    day = w.today.isoformat()
    return {"source": text_of(), "number": f"S-{day}", "date": day, "file": PAPER}


def refused_outside(w: World, case: Thing, _: Item) -> bool:
    run = w.run(case)
    results: list[Mapping[str, Any]] = list(run.data.get("results", ())) if run else []
    track = w.scheme.track(case.track or "")
    return bool(results) and not results[-1].get("favourable") and track.outcome == "named"


def measured_outside(w: World, case: Thing) -> Iterable[str]:
    """The measures that a body outside takes: the stage asks for them and the track has none of its own for it."""
    stage = w.stage(case)
    own = any(s.kind == "evaluation" for s in w.scheme.track(case.track or "").stages) if case.track else True
    if stage is None or own or "evaluations_final" not in stage.guards or not in_stage()(w, case, None):
        return ()
    taken = {e.data.get("measure") for e in w.below(case, "evaluation")}
    return (m for m in w.scheme.evaluation.measures if m not in taken)


FOUND = said(source=text_of(), finding=text_of("finding"), basis=text_of("basis"))

STEPS = (
    Step("case", "*", "rate_indicator", own_sheet, unscored, call="score"),
    Step("case", "*", "record_problems", FOUND, finds_a_problem),
    Step("case", "*", "waive_stage", REASON, optional),
    Step("case", "*", "submit_artefact", paper, on=paper_day, each=papers),
    Step("case", "*", "record_external_evaluation", lambda w, case, measure: {**outside(w), "measure": measure},
         each=measured_outside, makes="evaluation", call="make_outside"),
    Step("case", "*", "record_external_result", result, no_result, call="tell"),
    Step("case", "*", "refuse_externally", when=refused_outside, call="tell"),
    Step("case", "*", "submit_stage", when=needs_acceptance, on=stage_day),
    Step("case", "*", "complete_stage", ending, may_end, stage_day),
)  # fmt: skip
