"""What a verdict is made on: the thing, what it relates to, who asks, and what is asked.

Everything here is a value. `service.records.facts` reads it in one go; the domain only looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the scheme is typed with Pydantic; the domain itself stays free of frameworks
    from service.domain.dates.calendar import Calendar, OffDay
    from service.schemes.model import Scheme, Stage, Track

NEW = "@new"
SAME = "@same"
TIMER = "timer"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds, and for what: `region:cn/sn/yulin`, `organization:ID`, `case:ID`, `everywhere`."""

    role: str
    scope: str

    def covers(self, thing: Thing) -> bool:
        """A region covers its subtree; an organization and a case cover what belongs to them."""
        kind, _, value = self.scope.partition(":")
        if kind == "everywhere":
            return True
        if kind == "region":
            return thing.region == value or thing.region.startswith(value + "/")
        if kind == "organization":
            return value == thing.organization
        return kind == "case" and value in (thing.chain, thing.id)


@dataclass(frozen=True, slots=True)
class Who:
    """The person who acts; `timer` and `system` are the service itself and hold no role."""

    person: str
    name: str = ""
    roles: tuple[Held, ...] = ()

    @property
    def is_service(self) -> bool:
        return self.person in (TIMER, SYSTEM)


THE_TIMER = Who(TIMER, "timer")
THE_SYSTEM = Who(SYSTEM, "system")
THE_PUBLIC = Who("public", "public", (Held("member_of_public", "everywhere"),))


@dataclass(frozen=True, slots=True)
class Thing:
    """One row of the record: where a thing stands and what has been said about it.

    `owner` is the thing whose workflow serves it (often itself), `parent` what it belongs to, `chain` the
    file in which its audit entries stand. `data` holds the parts of the forms given so far, by name.
    """

    id: str
    machine: str
    state: str = NEW
    revision: int = 0
    owner: str = ""
    parent: str | None = None
    chain: str = ""
    scheme: str = ""
    batch: str | None = None
    track: str | None = None
    subject: str = ""
    organization: str = ""
    region: str = ""
    natural: str | None = None
    ended: bool = False
    opened_at: datetime | None = None
    number: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> Mapping[str, str]:
        """Who last carried out each event on this thing: event -> person."""
        done: Mapping[str, str] = self.data.get("by", {})
        return done

    def on(self, event: str) -> date | None:
        """The local day on which an event last happened, or None."""
        found = self.data.get("on", {}).get(event)
        return date.fromisoformat(found) if found else None

    def with_data(self, **parts: Any) -> Thing:
        return replace(self, data={**self.data, **parts})


@dataclass(frozen=True, slots=True)
class Duty:
    """A dated duty. `due_on` is a local day (None: the date is pending), `due_at` the instant at its end.

    `ring_at` is the next instant at which the alarm has something to do for it. A date that rests on the official
    calendar keeps how it was counted: `working_days` from the day `counted_from`, off a day off as `off_day` says,
    and `moved_days` calendar days later by an extension or a pause. Of any other date `counted_from` is None.
    """

    id: str
    owner: str
    thing: str
    key: str
    due_on: date | None = None
    first_due_on: date | None = None
    due_at: datetime | None = None
    ring_at: datetime | None = None
    wording: str = ""
    calendar: str = ""
    counted_from: date | None = None
    working_days: int = 0
    off_day: OffDay = "none"
    moved_days: int = 0
    unit: str = ""
    person: str = ""
    extensions: int = 0
    overdue: bool = False
    stands_still_since: date | None = None
    done_at: datetime | None = None

    @property
    def kind(self) -> str:
        """The key of the rule that it comes from, without what tells it apart from others of that key."""
        return self.key.partition(":")[0]

    @property
    def tag(self) -> str:
        """What tells it apart from others of its kind: an artefact, a period, a year; empty where there is one."""
        return self.key.partition(":")[2]


class NotFilledIn(Exception):
    """A guard asked for a form that is not filled in (yet): it cannot be judged."""


class _Blank(Mapping[str, Any]):
    """A form that is not filled in. Whoever looks into it learns just that."""

    def __getitem__(self, name: str) -> Any:
        raise NotFilledIn(name)

    def __iter__(self) -> Iterator[str]:
        raise NotFilledIn

    def __len__(self) -> int:
        raise NotFilledIn


BLANK = _Blank()


class Unsound(_Blank):
    """A form with parts of the wrong shape. Whoever looks at one of these learns that it is not filled in."""

    def __init__(self, given: Mapping[str, Any], wrong: frozenset[str]) -> None:
        self._given, self._wrong = given, wrong

    def __getitem__(self, name: str) -> Any:
        if name in self._wrong:
            raise NotFilledIn(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to move a thing. `second` is who proposed the same act before, if somebody did.

    `said_at` is when a fact from outside was received, where that lies before the time of the verdict. A part that is null was not given: it is left out at once, so that nobody has to think of it again.
    """

    event: str
    form: Mapping[str, Any] = field(default_factory=dict)
    who: Who = THE_SYSTEM
    second: str | None = None
    duty: str | None = None
    said_at: datetime | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.form, _Blank):
            object.__setattr__(self, "form", {k: v for k, v in self.form.items() if v is not None})


@dataclass(frozen=True, slots=True)
class Facts:
    """The thing acted on and everything a guard may look at, at one business time.

    `more` carries what only some guards need and declare (`needs`): `ratings`, `places`, `history`.
    """

    scheme: Scheme
    calendar: Calendar
    now: datetime
    thing: Thing
    things: Mapping[str, Thing] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day of the business time (Asia/Shanghai)."""
        return self.calendar.today(self.now)

    def at(self, thing: Thing) -> Facts:
        """The same facts, seen from another thing."""
        return replace(self, thing=self.things.get(thing.id, thing))

    def of(self, machine: str, *, parent: str | None = None, live: bool = False) -> list[Thing]:
        """Every related thing of a machine, oldest first; `live` leaves out what has ended."""
        found = (
            t
            for t in self.things.values()
            if t.machine == machine and (parent is None or t.parent == parent) and not (live and t.ended)
        )
        return sorted(found, key=lambda t: t.number)

    def latest(self, machine: str, *, parent: str | None = None) -> Thing | None:
        found = self.of(machine, parent=parent)
        return found[-1] if found else None

    def up(self, machine: str) -> Thing | None:
        """The thing of that machine which this one is, belongs to, or shares the file with (the newest)."""
        at: Thing | None = self.thing
        seen: set[str] = set()
        while at is not None and at.id not in seen:
            if at.machine == machine:
                return at
            seen.add(at.id)
            at = self.things.get(at.parent or "")
        return self.latest(machine)

    @property
    def parent(self) -> Thing | None:
        return self.things.get(self.thing.parent or "")

    @property
    def owner(self) -> Thing | None:
        return self.things.get(self.thing.owner)

    @property
    def case(self) -> Thing | None:
        """The case whose file this is."""
        return self.thing if self.thing.machine == "case" else self.things.get(self.thing.chain)

    @property
    def batch(self) -> Thing | None:
        return self.thing if self.thing.machine == "batch" else self.things.get(self.thing.batch or "")

    @property
    def run(self) -> Thing | None:
        """The present run of the case: the newest of the stage in which the case stands, or stood at its end.

        A case that resumed at its origin has newer runs of earlier stages; they lie behind it (INV-19).
        """
        if self.thing.machine == "stage":
            return self.thing
        case = self.case
        if case is None:
            return None
        runs = self.of("stage", parent=case.id)
        past = ("superseded", "cancelled", "set_aside")
        here = case.data.get("paused_in") if case.state == "paused" else case.state
        present = [r for r in reversed(runs) if r.state not in past]
        return next((r for r in present if r.data.get("key") == here), present[0] if present else None)

    @property
    def track(self) -> Track:
        """The track of the scheme that the case follows."""
        return self.scheme.track(self.thing.track or "")

    @property
    def stage(self) -> Stage:
        """The stage of the track in which the present run stands."""
        run = self.run
        if run is None:
            raise LookupError("the case has no stage yet")
        return self.track.stage(run.data["key"])

    def own_articles(self, rests: str) -> tuple[Own, ...]:
        """What the document of the scheme says of the values at these pointers, divided by blanks.

        `{track}` is that of the thing and `{stage}` that of its present run; without one its pointers say nothing.
        """
        run = self.run if "{stage}" in rests else None
        steps = {"track": self.thing.track or "", "stage": str(run.data.get("key", "")) if run else ""}
        known = [one for one in rests.split() if all(steps[name] or f"{{{name}}}" not in one for name in steps)]
        source = self.scheme.source
        found = (article for one in known for article in self.scheme.own_articles(one.format(**steps)))
        return tuple((article, source.doc_no or source.issuer) for article in dict.fromkeys(found))

    def open_items(self, holding: str) -> list[Thing]:
        """Rectification items that are neither closed nor void and hold what is named (a stage run, an order).

        A finding is about the stage, not about one run of it: raised in a run that a return has superseded, it
        holds the run that took its place until it is closed or withdrawn (INV-18).
        """
        held = self.things.get(holding)
        concerned = {r.id for r in self.runs_like(held)} if held and held.machine == "stage" else {holding}
        return [
            item
            for item in self.of("rectification_item")
            if item.state not in ("closed", "void") and item.data.get("holds") in concerned
        ]

    def runs_like(self, run: Thing) -> list[Thing]:
        """Every run of the same stage of the same case, this one among them."""
        return [r for r in self.of("stage", parent=run.parent) if r.data.get("key") == run.data.get("key")]

    def duty(self, key: str, thing: str | None = None) -> Duty | None:
        """The duty of that key on a thing (this one by default): an open one before a done one."""
        found = [d for d in self.duties if d.key == key and d.thing == (thing or self.thing.id)]
        return min(found, key=lambda d: d.done_at is not None, default=None)


Own = tuple[str, str]
"""An article of the scheme's own document, and that document."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """One reason why something is refused: what must be true, by which rules, and what is missing.

    `rules` are why the service has this condition at all, `own` what the document of the scheme says of the value on
    which it rests there.
    """

    code: str
    zh: str
    en: str
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    at: str = ""  # a JSON pointer into the request, for a part of a form
    own: tuple[Own, ...] = ()


def unmet(zh: str, en: str, missing: Iterable[Any] = ()) -> Unmet:
    """What a guard returns when it does not hold; the guard adds its name and rules."""
    return Unmet("", zh, en, missing=tuple(str(m) for m in missing))
