"""Every machine of the house, by name, with the acts that are the same on all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from service.domain import acts
from service.domain.batches import batch, candidate_list, naming_decision
from service.domain.cases import case, recommendation, rectification_item, stage
from service.domain.evaluations import evaluation, survey
from service.domain.facts import NEW
from service.domain.look_backs import look_back, look_back_round
from service.domain.machine import Machine, Move
from service.domain.notices import bulletin, objection, public_notice
from service.domain.plans import action_plan, action_plan_task, task_occurrence
from service.domain.titles import annual_report, designation, insignia, reminder, revocation_case

if TYPE_CHECKING:
    from service.domain.facts import Facts
    from service.schemes.track import Track

PLAIN: dict[str, Machine] = {
    m.MACHINE.name: acts.added_to(m.MACHINE)
    for m in (
        action_plan, action_plan_task, annual_report, batch, bulletin, candidate_list, designation, evaluation, insignia, look_back, look_back_round, naming_decision,
        objection, public_notice, recommendation, rectification_item, reminder, revocation_case, survey,
        task_occurrence,
    )
}  # fmt: skip
NAMES = (*PLAIN, "case", "stage")


def machine_for(name: str, facts: Facts) -> Machine:
    """The machine of a thing. That of a case follows its track, that of a stage run the kind of its stage.

    A case that is only asked for may name a track that does not exist: its form says so, on any machine.
    """
    if name == "case":
        tracks = {t.id: t for t in facts.scheme.tracks}
        return case_machine(tracks.get(facts.thing.track or "", facts.scheme.tracks[0]))
    if name == "stage":
        return stage_machine(facts.stage.kind)
    return PLAIN[name]


_CASES: dict[int, tuple[Track, Machine]] = {}


def case_machine(track: Track) -> Machine:
    """Assembled once for each track of each published version; a track never changes."""
    found = _CASES.get(id(track))
    if found is None or found[0] is not track:
        work = tuple(dict.fromkeys(m.event for m in stage.TABLE))
        found = _CASES[id(track)] = (track, acts.added_to(case.assemble(track), *stage.DUTIES, work=work))
    return found[1]


@cache
def stage_machine(kind: str) -> Machine:
    return acts.added_to(stage.assemble(kind))


def resolve(facts: Facts, event: str) -> tuple[Machine, Facts]:
    """Which machine answers for an event on a thing. Commands on a case act on its run where they are the run's."""
    machine = machine_for(facts.thing.machine, facts)
    if event in machine.events or facts.thing.machine != "case" or facts.run is None:
        return machine, facts
    run = replace(facts, thing=facts.run)
    return machine_for("stage", run), run


def having(event: str) -> dict[str, tuple[Move, ...]]:
    """The kinds of thing that have an event, each with its rows."""
    found = {name: tuple(row for row in template(name) if row.event == event) for name in (*PLAIN, "case")}
    return {name: rows for name, rows in found.items() if rows}


def template(name: str) -> tuple[Move, ...]:
    """The rows behind a kind of thing, whichever track it follows; a case answers for its stage runs too."""
    if name == "case":
        return (*case.TABLE, *stage.TABLE, *acts.ACTS)
    return PLAIN[name].table if name in PLAIN else ()


def could(name: str, state: str, event: str) -> bool:
    """Whether the memory of a workflow admits an event in a state: all that a validator may look at.

    Of a case it knows the state but not the track, so it tells a draft, a stage and an end apart. The commit
    has the last word.
    """
    if name != "case":
        return event in PLAIN[name].legal(state) if state != NEW else True
    if state == NEW:
        return True
    ended = state in case.FINAL
    if state == "draft":
        return any(event == m.event and "draft" in m.source for m in case.TABLE) or event in acts.NAMES
    return not ended
