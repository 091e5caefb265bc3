"""When a bulletin comes round in a stage, and the draft for which the alarm asks then (YL-3i, YL-3j, GAP-YL-6).

Each case of a batch keeps the rhythm by itself, and all of them share one bulletin for each track and round: its ID
is made of these. A case that came later falls in with the rhythm of the others after its first round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.domain.dates.calendar import ten_day_end
from service.domain.duties import Due, DutyRule, off_a_day_off
from service.domain.effects import Effect, Send
from service.domain.facts import Duty, Facts, Thing

if TYPE_CHECKING:
    from service.domain.dates.calendar import OffDay
    from service.schemes.bulletins import Bulletin, Rhythm

LIVE = ("open", "submitted", "held")
ONE_DAY = timedelta(days=1)


def first_rounds(facts: Facts) -> list[Due]:
    """The first round of every bulletin that comes round in this stage, counted from its start."""
    return [_next(one, rhythm, _start(facts), facts.today, facts) for one, rhythm in _coming_round(facts)]


def next_round(facts: Facts, duty: Duty) -> list[Due]:
    """The round after this one, for as long as the stage goes on; a pause skips rounds and moves none."""
    own = _planned(duty)
    shared = _shared(facts, duty)
    base = _round_of(shared) if shared else own
    return [
        _next(one, rhythm, base, duty.due_on or own, facts)
        for one, rhythm in _coming_round(facts)
        if one.key == _kind(duty) and facts.thing.state in LIVE
    ]


def draft(facts: Facts, duty: Duty) -> list[Effect]:
    """A draft for the batch, if no other case has brought it about and this one does not rest."""
    resting = facts.case is not None and facts.case.state == "paused"
    still = any(one.key == _kind(duty) for one, _ in _coming_round(facts))
    if resting or not still or facts.thing.state not in LIVE or _shared(facts, duty):
        return []
    kind, planned, today = _kind(duty), _planned(duty), duty.due_on or _planned(duty)
    before = _circulars(facts, kind, planned)
    since = date.fromisoformat(before[-1].data["period"]["to"]) + ONE_DAY if before else _start(facts)
    period = {"from": min(since, today - ONE_DAY).isoformat(), "to": (today - ONE_DAY).isoformat()}
    thing = facts.thing
    one = hashlib.sha256(f"{thing.batch}:{thing.track}:{kind}:{planned}".encode()).hexdigest()[:32]
    data = {"track": thing.track, "round": planned.isoformat()}
    form = {"kind": kind, "period": period}
    return [Send("bulletin", "draft_due_bulletin", one, thing.batch, form, data)]


def _coming_round(facts: Facts) -> Iterator[tuple[Bulletin, Rhythm]]:
    key = facts.thing.data.get("key")
    for one in facts.scheme.bulletins:
        if one.cadence is not None and key in one.stages:
            yield one, one.cadence


def _next(one: Bulletin, rhythm: Rhythm, base: date, after: date, facts: Facts) -> Due:
    """The first round after a day. Its tag is the planned day, which stays when a later calendar moves the date."""
    to: OffDay = "next" if rhythm.every_days else "previous"
    rounds = (off_a_day_off(facts, day, to, tag=f"{one.key}:{day.isoformat()}") for day in _planned_days(rhythm, base))
    return next(due for due in rounds if due.on is not None and due.on > after)


def _planned_days(rhythm: Rhythm, base: date) -> Iterator[date]:
    """Every so many days after the base; or the end of its month and of each month after it."""
    day = base
    while True:
        if rhythm.every_days:
            day += timedelta(days=rhythm.every_days)
            yield day
        else:
            day = ten_day_end(day.year, day.month, "late")
            yield day
            day += ONE_DAY


def _start(facts: Facts) -> date:
    return facts.thing.on("open_stage") or facts.today


def _kind(duty: Duty) -> str:
    return duty.tag.partition(":")[0]


def _planned(duty: Duty) -> date:
    return date.fromisoformat(duty.tag.partition(":")[2])


def _round_of(circular: Thing) -> date:
    return date.fromisoformat(circular.data["round"])


def _circulars(facts: Facts, kind: str, until: date) -> list[Thing]:
    """What came round already for this batch and track, in order."""
    found = [
        t
        for t in facts.more["circulars"]
        if (t.data.get("kind"), t.data.get("track")) == (kind, facts.thing.track) and t.data.get("round")
    ]
    return sorted((t for t in found if _round_of(t) <= until), key=_round_of)


def _shared(facts: Facts, duty: Duty) -> Thing | None:
    """The bulletin that another case of the batch has brought about for the period that ends here."""
    one = facts.scheme.bulletin(_kind(duty))
    if one is None or one.cadence is None or facts.thing.state not in LIVE:
        return None
    found, planned = _circulars(facts, one.key, _planned(duty)), _planned(duty)
    if not found:
        return None
    last = _round_of(found[-1])
    every = one.cadence.every_days
    same = (last.year, last.month) == (planned.year, planned.month) if every is None else (planned - last).days < every
    return found[-1] if same else None


DUTY = DutyRule(
    "dispatch_due", ("open_stage", "take_up_run"),
    ("complete_stage", "skip_empty_stage", "waive_stage", "supersede_run", "cancel_run", "set_aside_run"),
    first_rounds, ("YL-3i", "GAP-YL-6"), remind=(-1,), at_due="draft_due_bulletin", unit="calendar_days", at_start=True,
    again=next_round, makes=draft, needs="circulars",
)  # fmt: skip
