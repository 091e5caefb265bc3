"""The state picture of a machine, as Mermaid text, from the same table that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.facts import NEW, SAME
from service.domain.machine import Machine
from service.domain.machines import PLAIN, case_machine, stage_machine

if TYPE_CHECKING:
    from service.schemes.model import Scheme


def machine_named(scheme: Scheme, name: str, track: str | None) -> Machine:
    """The machine of that name. A case follows a track (the first by default). Raises KeyError."""
    if name == "case":
        return case_machine(scheme.track(track) if track else scheme.tracks[0])
    if name == "stage":
        return stage_machine("creation")
    return PLAIN[name]


def mermaid(scheme: Scheme, name: str, track: str | None = None, language: str = "en") -> str:
    """A `stateDiagram-v2`. Events between two states share an arrow; those that keep the state are left out."""
    machine = machine_named(scheme, name, track)
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in machine.table:
        if move.to == SAME:
            continue
        for source in move.source:
            said = move.zh if language == "zh" else move.event
            arrows.setdefault(("[*]" if source == NEW else source, move.to), []).append(said)
    lines = ["stateDiagram-v2"]
    lines += [f"    {a} --> {b}: {', '.join(dict.fromkeys(events))}" for (a, b), events in arrows.items()]
    lines += [f"    {state} --> [*]" for state in machine.final]
    return "\n".join(lines) + "\n"
