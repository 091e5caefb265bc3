"""What the things of a title share: the title, the decision behind it, how it ends, the bars that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain.dates.calendar import years_after
from service.domain.effects import Effect, Fire, Place, Put, Send
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import Fault
from service.domain.machine import Guard
from service.domain.words import machine_in_words, state_in_words

if TYPE_CHECKING:
    from service.schemes.award import BarLength

REMINDER_IN_FORCE = ("issued", "rectifying", "submitted", "verified")
LIVE = ("active", "reminded", "suspended")
LOOK_BACK_RUNNING = ("drawn", "notified", "self_evaluated", "evaluating", "scored", "in_notice", "reminded")
LOOK_BACK_OPEN = (*LOOK_BACK_RUNNING, "in_revocation")


def title_of(facts: Facts) -> Thing:
    """The title to which this thing belongs."""
    title = facts.up("designation")
    if title is None:
        raise LookupError("no title on file")
    return title


def named_on(title: Thing) -> date:
    """The day of the naming; of a title recorded from outside that of the decision."""
    return date.fromisoformat(title.data.get("named_on") or title.data["date"])


def one_of(*codes: str) -> Callable[[Any, Facts, Ask], Fault | None]:
    """The check of a part that must be one of these codes."""
    named = ", ".join(codes)

    def check(value: Any, facts: Facts, ask: Ask) -> Fault | None:
        return None if value in codes else (f"应为 {named} 之一", f"must be one of {named}")

    return check


def its(machine: str, *wanted: str) -> Guard:
    """Among the things of that machine under this title one stands in one of these states."""
    meaning = "/".join(wanted)

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        found = [t.state for t in facts.of(machine, parent=facts.thing.id)]
        if set(found) & set(wanted):
            return None
        at = found or ["none"]
        (zh, en), asked = machine_in_words(machine), [state_in_words(machine, one) for one in wanted]
        stands = [state_in_words(machine, one) for one in at]
        return unmet(
            f"{zh}须为“{'”或“'.join(one for one, _ in asked)}”，现为“{'、'.join(one for one, _ in stands)}”",
            f"the {en} must be {' or '.join(one for _, one in asked)}; it is {', '.join(one for _, one in stands)}",
            at,
        )

    return Guard(f"{machine}={meaning}", check, meaning=f"A {machine} of the title stands in {meaning}.")


def _decision_effective(facts: Facts, ask: Ask) -> Unmet | None:
    title = facts.up("designation")
    named_by = facts.things.get(title.data.get("decision") or "") if title else None
    decision = named_by or facts.up("naming_decision")
    if decision is not None and decision.state == "effective":
        return None
    at = decision.state if decision else "none"
    return unmet(f"命名决定须已生效，现为 {at}", f"the naming decision must be effective; it is {at}", [at])


# The decision that named this title, not the newest of the batch: one on other cases changes nothing here.
DECISION_EFFECTIVE = Guard(
    "naming_decision=effective",
    _decision_effective,
    ("QH-06a", "INV-05"),
    meaning="The naming decision is in force.",
)


def end_of_title(facts: Facts, ask: Ask) -> list[Effect]:
    """A title that ends takes pieces, reports, reminders, reviews and look-backs with it (QH-14b, INV-16)."""
    title = facts.thing
    recalls = [
        Fire(piece.id, ("order_recall",))
        for piece in facts.of("insignia", parent=title.id)
        if piece.state in ("issued", "held")
    ]
    closing = [
        Fire(thing.id, (event,), optional=True)
        for machine, event in (
            ("annual_report", "waive_report"),
            ("reminder", "close_for_title_end"),
            ("revocation_case", "close_for_title_end"),
        )
        for thing in facts.of(machine, parent=title.id, live=True)
    ]
    reviewed = {c.data.get("look_back") for c in facts.of("revocation_case", parent=title.id)}
    visits = [
        Send("look_back", "cancel_look_back", visit.id)
        for visit in facts.of("look_back", live=True)
        if visit.data.get("designation") in (None, title.id) and visit.state in LOOK_BACK_OPEN
        if visit.state in LOOK_BACK_RUNNING or visit.id not in reviewed  # its review can no longer be opened
    ]
    free = [Place(title.id, {"natural": None})] if title.natural else []  # a later title of the subject is another one
    return [*recalls, *closing, *visits, *free]


def bars(facts: Facts, ending: str) -> list[dict[str, Any]]:
    """The bars that the scheme attaches to an ending, from today on (INV-27, GAP-QH-5).

    One record for each one barred: `{"on", "who", "subject", "scheme", "from", "batches", "until", "rules"}`.
    """
    return [
        {
            "on": bar.on,
            "who": who,
            "subject": facts.thing.subject if who == "subject" else facts.thing.organization,
            "scheme": facts.scheme.key,
            "from": facts.today.isoformat(),
            "batches": bar.length.batches,
            "until": _last_day_of(bar.length, facts.today),
            "rules": ["INV-27", "GAP-QH-5"],
        }
        for bar in facts.scheme.title.bars
        if bar.on == ending
        for who in (("subject", "applicant") if bar.subject == "both" else (bar.subject,))
    ]


def ending_bars(ending: str) -> Callable[[Facts, Ask], list[Effect]]:
    """Where the scheme says so, this ending bars from applying again (INV-27)."""

    def recorded(facts: Facts, ask: Ask) -> list[Effect]:
        return [Put(facts.thing.id, {"bars": bars(facts, ending)})]

    return recorded


def _last_day_of(length: BarLength, start: date) -> str | None:
    last = length.until or (years_after(start, length.years) if length.years else None)
    return last.isoformat() if last else None
