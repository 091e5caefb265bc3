"""The state picture of a machine, as Mermaid text, from the same table that runs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from service.domain.facts import NEW, SAME
from service.domain.machine import Machine
from service.domain.machines import PLAIN, case_machine, stage_machine

if TYPE_CHECKING:
    from service.schemes.model import Scheme

Arrow = tuple[str, str]
BOX = "STAGES"  # in capitals: no stage has such a key


def machine_named(scheme: Scheme, name: str, track: str | None) -> Machine:
    """The machine of that name. A case follows a track (the first by default). Raises KeyError."""
    if name == "case":
        return case_machine(scheme.track(track) if track else scheme.tracks[0])
    if name == "stage":
        return stage_machine("creation")
    return PLAIN[name]


def mermaid(scheme: Scheme, name: str, track: str | None = None, language: str = "en") -> str:
    """A `stateDiagram-v2`. Events between two states share an arrow; those that keep the state are left out.

    The stages of a case stand in a box: what every one of them admits is one arrow from the box.
    """
    machine = machine_named(scheme, name, track)
    stages = _stages(scheme, track, language) if name == "case" else {}
    said: dict[Arrow, list[str]] = {}
    for event, arrows in _arrows(machine, language).items():
        for arrow in _boxed(arrows, stages):
            said.setdefault(arrow, []).append(event)
    lines = {arrow: f"{arrow[0]} --> {arrow[1]}: {', '.join(events)}" for arrow, events in said.items()}
    inside = [line for arrow, line in lines.items() if set(arrow) <= set(stages)]
    drawn = [
        "stateDiagram-v2",
        *_box(stages, inside, language),
        *(line for line in lines.values() if line not in inside),
        *(f"{state} --> [*]" for state in machine.final),
    ]
    return "\n    ".join(drawn) + "\n"


def _arrows(machine: Machine, language: str) -> dict[str, list[Arrow]]:
    """What each event connects."""
    found: dict[str, list[Arrow]] = {}
    for move in machine.table:
        if move.to != SAME:
            event = move.zh if language == "zh" else move.event
            ends = ("[*]" if source == NEW else source for source in move.source)
            found.setdefault(event, []).extend((source, move.to) for source in ends)
    return found


def _stages(scheme: Scheme, track: str | None, language: str) -> dict[str, str]:
    """The stages of a track with their titles; a quotation mark would end the name in the picture."""
    stages = (scheme.track(track) if track else scheme.tracks[0]).stages
    titles = {s.key: (s.title.zh if language == "zh" else s.title.en) if s.title else s.key for s in stages}
    return {key: title.replace('"', "'") for key, title in titles.items()}


def _boxed(arrows: list[Arrow], stages: Iterable[str]) -> list[Arrow]:
    """The same arrows, where those that leave or reach every stage alike are one that leaves or reaches the box."""
    box = set(stages)
    out = {b for _, b in arrows if box and box <= {a for a, end in arrows if end == b}}
    into = {a for a, _ in arrows if box and box <= {b for start, b in arrows if start == a}}
    drawn = ((BOX if a in box and b in out else a, BOX if b in box and a in into else b) for a, b in arrows)
    return list(dict.fromkeys(drawn))


def _box(stages: dict[str, str], inside: list[str], language: str) -> list[str]:
    if not stages:
        return []
    title = "各阶段" if language == "zh" else "stages of the track"
    named = [f'state "{said}" as {key}' for key, said in stages.items()]
    return [f'state "{title}" as {BOX} {{', *(f"    {line}" for line in [*named, *inside]), "}"]
