"""What the player sees: the things that go on, their dates, who each is about, and what was refused and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.cli.simulate import population as people_of
from api.cli.simulate.population import Applicant
from service.domain.facts import Duty, Thing
from service.records.calendars import in_use as calendars
from service.records.rows import DUTY, THING, duty_of, thing_of

if TYPE_CHECKING:
    from api.cli.simulate.batches import Round
    from api.cli.simulate.place import Place
    from service.domain.dates.calendar import Calendar
    from service.schemes.model import Scheme
    from service.schemes.track import Stage

GROUND = "scheme"
"""What batches and plans are made under: it stands for the published version."""
LIVE_RUN = ("open", "submitted", "held")
PAST_RUN = ("superseded", "cancelled", "set_aside")


@dataclass(frozen=True)
class Refusal:
    """An act that somebody tried and the service refused: what is unmet, by which rules, in the words of the answer."""

    thing: str
    event: str
    day: date
    revision: int
    codes: tuple[str, ...]
    rules: tuple[str, ...]
    text: str
    who: str


@dataclass
class World:
    """The record as it was last looked at. Nothing here writes."""

    place: Place
    scheme: Scheme
    version: str
    first: date
    last: date
    threshold: Fraction | None
    rounds: list[Round]
    today: date
    calendar: Calendar
    applicants: dict[tuple[str, str], Applicant] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    duties: dict[str, list[Duty]] = field(default_factory=dict)
    refusals: dict[tuple[str, str, str], Refusal] = field(default_factory=dict)
    done: set[tuple[str, ...]] = field(default_factory=set)
    """What leaves no trace in the state of a thing: that a sheet was scored, bodies were formed."""
    acts: int = 0
    evidence: dict[str, str] = field(default_factory=dict)
    """File to its one piece of evidence."""
    serials: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Batch and kind of insignia to the pieces that have a number, in their order."""
    _below: dict[str, list[Thing]] = field(default_factory=dict)
    _of: dict[str, list[Thing]] = field(default_factory=dict)
    _live: set[str] = field(default_factory=set)
    _places: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ looking

    async def look(self) -> None:
        """Read what has changed since the last look."""
        async with self.place.database.read.connect() as db:
            query = select(THING.c.id, THING.c.revision).where(THING.c.ended.is_(False))
            now = {row.id: row.revision for row in await db.execute(query)}
            known = {one: self.things[one].revision for one in self._live}
            changed = [one for one, revision in now.items() if known.get(one) != revision]
            changed += [one for one in known if one not in now]
            for at in range(0, len(changed), 500):
                rows = await db.execute(select(THING).where(THING.c.id.in_(changed[at : at + 500])))
                self.things.update((row.id, thing_of(row)) for row in rows)
            self._live = set(now)
            self.duties = {}
            for row in await db.execute(select(DUTY).where(DUTY.c.done_at.is_(None))):
                self.duties.setdefault(row.thing, []).append(duty_of(row))
            self.calendar = await calendars.of(db, self.scheme.calendar.id)
        self.things[GROUND] = Thing(GROUND, GROUND, "published", scheme=self.version)
        self._below, self._of = {}, {}
        for thing in sorted(self.things.values(), key=lambda t: (t.number, t.id)):
            self._of.setdefault(thing.machine, []).append(thing)
            if thing.parent:
                self._below.setdefault(thing.parent, []).append(thing)

    def live(self) -> list[Thing]:
        """Everything that has not ended, in a lasting order: as applicants rank, then as it was made."""
        found = [self.things[one] for one in self._live]
        return [self.things[GROUND], *sorted(found, key=self._place)]

    def _place(self, thing: Thing) -> tuple[Any, ...]:
        if (known := self._places.get(thing.id)) is None:
            who = self.about(thing)
            rank = (who.batch, -float(who.share), who.track, who.subject) if who else (0, -2.0, "", "")
            known = (*rank, thing.opened_at, thing.machine, thing.number, thing.data.get("kind", ""), thing.id)
            self._places[thing.id] = known
        return known

    # ------------------------------------------------------------------------------------------ around a thing

    def below(self, thing: Thing, machine: str, *, live: bool = False) -> list[Thing]:
        """What belongs to a thing, oldest first."""
        found = self._below.get(thing.id, [])
        return [t for t in found if t.machine == machine and not (live and t.ended)]

    def children(self, thing: Thing) -> list[Thing]:
        """Everything that belongs to a thing."""
        return self._below.get(thing.id, [])

    def above(self, thing: Thing) -> Thing | None:
        return self.things.get(thing.parent or "")

    def of(self, machine: str, **same: Any) -> list[Thing]:
        """Every thing of a machine with these attributes."""
        return [t for t in self._of.get(machine, ()) if all(getattr(t, k) == v for k, v in same.items())]

    def about(self, thing: Thing) -> Applicant | None:
        """Whose thing it is."""
        return self.applicants.get((thing.track or "", thing.subject))

    def run(self, case: Thing) -> Thing | None:
        """The present run of a case."""
        runs = [r for r in self.below(case, "stage") if r.state not in PAST_RUN and r.data.get("key") == case.state]
        return runs[-1] if runs else None

    def stage(self, case: Thing) -> Stage | None:
        """The stage in which a case stands."""
        track = next((t for t in self.scheme.tracks if t.id == case.track), None)
        return next((s for s in track.stages if s.key == case.state), None) if track else None

    def position(self, case: Thing) -> int:
        """How far a case has come on its track; -1 before its first stage, beyond the last once it has ended."""
        stages = self.scheme.track(case.track or "").stages
        keys = [s.key for s in stages]
        return len(keys) if case.ended else keys.index(case.state) if case.state in keys else -1

    def cases(self, batch: Thing, track: str | None = None) -> list[Thing]:
        """The cases of a batch, the best applicants first."""
        found = [c for c in self.below(batch, "case") if track in (None, c.track)]
        return sorted(found, key=self._place)

    # ------------------------------------------------------------------------------------------ dates

    def duty(self, thing: Thing | None, *kinds: str, tag: str | None = None) -> Duty | None:
        """The open duty of a thing of one of these kinds, the earliest first."""
        mine = self.duties.get(thing.id, ()) if thing else ()
        found = [d for d in mine if d.kind in kinds and tag in (None, d.tag)]
        return min(found, key=lambda d: (d.due_on or date.max, d.key), default=None)

    def act_on(self, who: Applicant | None, due: date | None) -> date:
        """The working day on which somebody does what is due on a day."""
        return people_of.act_on(who, due, self.today, self.calendar)

    def next_date(self, until: date) -> date | None:
        """The first day after today on which something that is owed falls due."""
        days = [d.due_at for of_thing in self.duties.values() for d in of_thing if d.due_at and d.ring_at]
        local = (self.calendar.today(at) for at in days)
        return min((day for day in local if self.today < day <= until), default=None)

    # ------------------------------------------------------------------------------------------ refusals

    def refused(self, thing: Thing | None, event: str, codes: Iterable[str] = ()) -> Refusal | None:
        """The last refusal of an event on a thing, if it was for one of these reasons."""
        if thing is None:
            return None
        found = [r for (one, name, _), r in self.refusals.items() if (one, name) == (thing.id, event)]
        wanted = set(codes)
        return next((r for r in reversed(found) if not wanted or wanted & set(r.codes)), None)


def data(thing: Thing, name: str) -> Mapping[str, Any]:
    """A part of what a thing says that maps names to something."""
    found = thing.data.get(name)
    return found if isinstance(found, Mapping) else {}
