"""What an event entails outside the file: bonus, priority, commendation, criticism; and what ends it again.

A scheme says `on` what and `removed_on` what: `machine.event`, `machine.state` or `overdue.duty`. An entry keeps
what was said when it was made. GAP-QH-15: what removes it ends it from that day; entries of past years stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from service.domain.effects import Send
from service.domain.plans import appraisal

if TYPE_CHECKING:
    from service.domain.facts import Facts, Thing
    from service.schemes.award import Consequence

OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Entail:
    """An entry that something happened to entail, for one subject or unit. `amount` is an exact text."""

    thing: Thing
    cause: str
    effect: str
    amount: str | None
    removed_on: str | None
    rules: tuple[str, ...]
    subject: str
    organization: str
    region: str
    year: int
    from_day: date


@dataclass(frozen=True, slots=True)
class Lapse:
    """From this day on nothing is in force that was to end on one of these causes."""

    thing: Thing
    causes: tuple[str, ...]
    day: date


Outside = Entail | Lapse


def causes_of(machine: str, before: str, event: str, after: str) -> tuple[str, ...]:
    """The names under which a scheme may speak of what happened."""
    reached = (f"{machine}.{after}",) if after != before else ()
    return (f"{machine}.{event}", *reached)


def follow(facts: Facts, causes: tuple[str, ...]) -> Iterator[Outside]:
    """What the scheme attaches to something that has just happened to the thing."""
    thing = facts.thing
    for one in facts.scheme.consequences:
        if one.on in causes and _applies(one, facts):
            year, whom = _appraised(one, facts) if one.units else (facts.today.year, _whom(thing))
            for subject, organization, region in whom:
                yield Entail(
                    thing, one.on, one.effect, None if one.amount is None else format(one.amount, "f"), one.removed_on,
                    one.rules, subject, organization, region, year, facts.today,
                )  # fmt: skip
    ending = tuple(dict.fromkeys(c.removed_on for c in facts.scheme.consequences if c.removed_on in causes))
    if ending:
        yield Lapse(thing, tuple(c for c in ending if c), facts.today)


def drafts(facts: Facts, causes: tuple[str, ...]) -> Iterator[Send]:
    """The bulletins that the scheme wants drafted whenever this happens; people edit, approve and issue them."""
    for kind in facts.scheme.bulletins:
        if kind.on in causes:
            yield Send("bulletin", "draft_bulletin", parent=facts.thing.id, form={"kind": kind.key})


def _applies(one: Consequence, facts: Facts) -> bool:
    if one.kind is not None and facts.thing.data.get("kind") != one.kind:
        return False
    classes = {t.class_ for t in facts.scheme.tracks if t.id == facts.thing.track}
    if one.classes and not classes.intersection(one.classes):
        return False
    group, _, key = one.on.partition(".")
    if group != OVERDUE:
        return True
    missed = sum(d.overdue for d in facts.duties if d.kind == key)
    return missed >= one.times


def _appraised(one: Consequence, facts: Facts) -> tuple[int, list[tuple[str, str, str]]]:
    """The year that is appraised, and the units that met all it asked of them or missed some (HY-T03).

    From whom the year asked nothing, nothing follows. The entry belongs to that year, whenever it was appraised.
    """
    plan, year = facts.thing, facts.thing.data["year"]
    units = {name: s for name, s in appraisal.sheet(facts, year).items() if s["met"] or s["unmet"]}
    told = [name for name, s in sorted(units.items()) if bool(s["unmet"]) == (one.units == "unmet")]
    return year, [("", name, plan.region) for name in told]


def _whom(thing: Thing) -> Iterator[tuple[str, str, str]]:
    """Whom it concerns: those whom the thing names, else the subject and the unit that answers for the thing.

    What concerns nobody entails nothing.
    """
    own = {
        "subject": thing.subject,
        "organization": thing.data.get("unit") or thing.organization,
        "region": thing.region,
    }
    for one in thing.data.get("concerns") or (own,):
        if one["subject"] or one["organization"]:
            yield one["subject"], one["organization"], one["region"]
