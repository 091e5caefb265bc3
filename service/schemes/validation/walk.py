"""The machines of a scheme, really assembled and walked: is every stage reached, and can somebody always go on?

A row of a table can be used where the scheme sets what the row asks for and fills one of its slots. What is true
of the people and the day is not known here, so the walk finds what can never happen, whoever asks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from service.domain import machines
from service.domain.cases import case
from service.domain.facts import NEW, SAME, SYSTEM, TIMER
from service.domain.machine import Move, TableError
from service.schemes.model import Scheme, Stage, Track
from service.schemes.problem import Problem, pointer
from service.schemes.vocabulary import KINDS

SCHEME = "scheme:"
RESPONSIBLE = "INV-32"


def _kinds(scheme: Scheme) -> set[str]:
    return {stage.kind for track in scheme.tracks for stage in track.stages}


def names_somebody(scheme: Scheme) -> bool:
    """Whether any track ends with a title."""
    return any(track.outcome == "named" for track in scheme.tracks)


RUN: tuple[tuple[str, str, Callable[[Scheme], bool]], ...] = (
    ("batch", "closed", lambda s: bool(s.tracks)),
    ("recommendation", "accepted", lambda s: "preliminary_review" in _kinds(s)),
    ("rectification_item", "closed", lambda s: any(x.findings != "none" for t in s.tracks for x in t.stages)),
    ("candidate_list", "closed", lambda s: bool(s.lists)),
    ("evaluation", "final", lambda s: "evaluation" in _kinds(s) or s.look_back.mode != "none"),
    ("survey", "final", lambda s: "evaluation" in _kinds(s) and "satisfaction" in s.evaluation.measures),
    ("public_notice", "closed_clear", lambda s: "publicity" in _kinds(s)),
    ("objection", "answered", lambda s: "publicity" in _kinds(s)),
    ("naming_decision", "effective", lambda s: "naming" in _kinds(s)),
    ("designation", "active", names_somebody),
    ("insignia", "held", lambda s: s.naming.insignia is not None),
    ("annual_report", "accepted", lambda s: s.annual_report.present),
    ("look_back_round", "closed", lambda s: s.look_back.mode != "none"),
    ("look_back", "retained", lambda s: s.look_back.mode != "none"),
    ("reminder", "lifted", lambda s: s.reminder.present),
    ("revocation_case", "final", lambda s: s.revocation.mode == "own"),
    ("action_plan", "ended", lambda s: s.declares("action_plan")),
    ("action_plan_task", "met", lambda s: s.declares("action_plan")),
    ("bulletin", "issued", lambda s: any(not one.received for one in s.bulletins)),
)
"""The machines beside the case, the state in which they have done their work, and which scheme runs them."""


class Step(NamedTuple):
    """One row of a machine of a scheme as it can be used: from a state, by an event, to a state."""

    machine: str
    track: str
    state: str
    event: str
    to: str


def usable(scheme: Scheme, move: Move, track: str | None = None, stage: str | None = None) -> bool:
    """Whether the scheme sets what the row asks for and fills one of its slots."""
    asked = [g.code.removeprefix(SCHEME).partition("=") for g in move.guards if g.code.startswith(SCHEME)]
    if not all(scheme.declares(path, value or None) for path, _, value in asked):
        return False
    return any(slot in (TIMER, SYSTEM) or scheme.concrete_roles(slot, track, stage) for slot in move.who)


def steps(scheme: Scheme) -> Iterator[Step]:
    """Every step that can be taken under a scheme, in its cases and in everything else that it runs.

    A track from which no machine can be assembled has none; `dead_ends` names it.
    """
    for track in scheme.tracks:
        with contextlib.suppress(TableError, KeyError, ValueError):
            yield from [Step("case", track.id, *one) for one in _case(scheme, track)]
    for name, _, runs in RUN:
        if runs(scheme) and name in machines.PLAIN:
            yield from (Step(name, "", *one) for one in _plain(scheme, name))


def _case(scheme: Scheme, track: Track) -> Iterator[tuple[str, str, str]]:
    keys = {one.key for one in track.stages}
    for move in case.assemble(track).table:
        for state in move.source:
            if usable(scheme, move, track.id, state if state in keys else None):
                yield state, move.event, state if move.to == SAME else move.to


def _plain(scheme: Scheme, name: str) -> Iterator[tuple[str, str, str]]:
    for move in machines.PLAIN[name].table:
        if usable(scheme, move) and not move.shared:
            yield from ((state, move.event, state if move.to == SAME else move.to) for state in move.source)


def reached(taken: Iterable[tuple[str, str, str]]) -> set[str]:
    """The states that lie on a way from the beginning."""
    ways: dict[str, set[str]] = {}
    for state, _, to in taken:
        ways.setdefault(state, set()).add(to)
    found, left = {NEW}, [NEW]
    while left:
        new = ways.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def dead_ends(scheme: Scheme) -> Iterator[Problem]:
    """Stages that no case reaches or that nobody can complete, and states that nobody can lead on."""
    for place, track in enumerate(scheme.tracks):
        here = pointer("tracks", place)
        if any(one.kind not in KINDS for one in track.stages):
            continue  # said already, and nothing can be assembled
        try:
            taken = list(_case(scheme, track))
        except (TableError, KeyError, ValueError) as error:
            zh, en = f"无法据此生成流程（{error}）", f"no machine can be assembled from this track: {error}"
            yield Problem(f"{here}/stages", zh, en, "INV-17")
            continue
        yield from _unreached(here, track, reached(taken))
        for number, stage in enumerate(track.stages):
            yield from _uncompleted(scheme, track, stage, f"{here}/stages/{number}")
    for name, goal, runs in RUN:
        if runs(scheme) and name in machines.PLAIN:
            yield from _stuck(scheme, name, goal)


def _unreached(here: str, track: Track, seen: set[str]) -> Iterator[Problem]:
    for number, stage in enumerate(track.stages):
        if stage.key not in seen:
            zh, en = f"没有申报能到达阶段“{stage.key}”", f"no case reaches the stage {stage.key}"
            yield Problem(f"{here}/stages/{number}", zh, en, "INV-17")
    if track.outcome not in seen:
        zh, en = f"没有申报能以“{track.outcome}”结束", f"no case ends in {track.outcome}"
        yield Problem(f"{here}/outcome", zh, en, "INV-17")


def _uncompleted(scheme: Scheme, track: Track, stage: Stage, here: str) -> Iterator[Problem]:
    def filled(slots: Iterable[str]) -> bool:
        return any(slot == SYSTEM or scheme.concrete_roles(slot, track.id, stage.key) for slot in slots)

    ends = next(m for m in machines.stage_machine(stage.kind).table if m.event == "complete_stage")
    needed = [("stage_actor",), (stage.acceptance,)] if stage.acceptance else [ends.who]
    for slots in needed:
        if not filled(slots):
            said = "、".join(slots)
            zh, en = f"无人能完成该阶段：{said} 均无人承担", f"nobody can complete it: fill one of {', '.join(slots)}"
            yield Problem(here, zh, en, RESPONSIBLE)
    for number, artefact in enumerate(stage.artefacts):
        by = ("organizer", artefact.by) if artefact.by else ("organizer", "stage_actor", "contributor")
        if artefact.required and not filled(by):
            zh, en = f"无人能提交必交材料“{artefact.key}”", f"nobody can hand in {artefact.key}, which is required"
            yield Problem(f"{here}/artefacts/{number}", zh, en, "INV-01")


def _stuck(scheme: Scheme, name: str, goal: str) -> Iterator[Problem]:
    """A machine that never does its work: everything in it can only be broken off."""
    table = machines.PLAIN[name].table
    seen = reached(_plain(scheme, name))
    if goal in seen:
        return
    missing = [m for m in table if not seen.isdisjoint(m.source) and m.to != SAME and m.to not in seen]
    slots = list(dict.fromkeys(slot for m in missing for slot in m.who if slot not in (TIMER, SYSTEM)))
    zh = f"{name} 无法到达“{goal}”，须有人承担 {'、'.join(slots)}"
    en = f"{name} never comes to {goal}: fill {', '.join(slots)}"
    yield Problem("/roles", zh, en, RESPONSIBLE)
