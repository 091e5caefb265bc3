"""The workbench of one transaction: a move is carried out, its effects follow, and what has changed is kept as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from service.domain import consequences, duties
from service.domain.acts import SUBMITTED
from service.domain.effects import (
    OWN_FILE,
    OWNERS,
    Effect,
    Fire,
    HandOver,
    LetGo,
    MoveDuty,
    New,
    Place,
    Put,
    Send,
    StandStill,
)
from service.domain.facts import NEW, THE_SYSTEM, Ask, Duty, Facts, Thing, Who
from service.domain.machine import Accepted, Machine, Move, Refused, decide
from service.domain.machines import machine_for


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: who did what to which thing, from where to where, on what basis."""

    event: str
    thing: str
    machine: str
    before: str
    after: str
    person: str
    rules: tuple[str, ...]
    result: str = "applied"
    form: Mapping[str, Any] = field(default_factory=dict)
    second: str | None = None


class Refusal(Exception):
    """A follow-up within the owner was refused, so the whole request is."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.kind)
        self.refused = refused


@dataclass
class Desk:
    """The workbench of one transaction: the facts as they become, and what has changed on the way."""

    facts: Facts
    fresh: Callable[[], str]
    things: dict[str, Thing] = field(default_factory=dict)
    duties: dict[str, Duty] = field(default_factory=dict)
    sends: list[Send] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    outside: list[consequences.Outside] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    """What lies elsewhere from now on: its subject, organization, region and natural key are written too."""
    before: dict[str, int] = field(default_factory=dict)
    """The revision that each thing had when the work began; what is not in it is new."""

    def __post_init__(self) -> None:
        self.before = self.before or {t.id: t.revision for t in self.facts.things.values() if t.state != NEW}

    def copy(self) -> Self:
        """As it stands now, to go back to when what comes next is refused half-way."""
        return replace(
            self, things=dict(self.things), duties=dict(self.duties), sends=list(self.sends), entries=list(self.entries),
            outside=list(self.outside), placed=set(self.placed),
        )  # fmt: skip

    def put(self, thing: Thing) -> None:
        self.things[thing.id] = thing
        self.facts = replace(self.facts, things={**self.facts.things, thing.id: thing})

    def put_duty(self, duty: Duty) -> None:
        self.duties[duty.id] = duty
        others = tuple(d for d in self.facts.duties if d.id != duty.id)
        self.facts = replace(self.facts, duties=(*others, duty))

    def thing(self, thing_id: str) -> Thing:
        return self.facts.things[thing_id]

    def entail(self, thing: Thing, *causes: str) -> None:
        """What the scheme attaches, outside the file, to what has just happened to a thing."""
        seen = self.facts.at(thing)
        self.outside += consequences.follow(seen, causes)
        self.sends += consequences.drafts(seen, causes)


def rule_of(machine: Machine, duty: Duty) -> duties.DutyRule:
    """The row of the table of duties that a stored duty came from."""
    return next(r for r in machine.duties if r.key == duty.kind)


def apply(desk: Desk, machine: Machine, thing: Thing, move: Move, ask: Ask) -> None:
    """Carry out a chosen row: state and parts, duties, then every effect. Raises Refusal."""
    after = machine.fire(thing.state, move)
    day = desk.facts.today.isoformat()
    held, parts = _kept(thing, move, ask)
    data = {
        **held,
        **parts,
        "by": {**thing.by, ask.event: ask.who.person},
        "on": {**thing.data.get("on", {}), ask.event: day},
    }
    if after in SUBMITTED and thing.state != after:
        data["taken_up_by"] = None  # nobody has taken up what is only now submitted (INV-30)
    new = replace(
        thing,
        state=after,
        revision=thing.revision + 1,
        ended=after in machine.final,
        data=data,
        opened_at=thing.opened_at or desk.facts.now,
    )
    desk.put(new)
    desk.entries.append(
        Entry(
            ask.event,
            new.id,
            new.machine,
            thing.state,
            after,
            ask.who.person,
            move.rules,
            form=ask.form,
            second=ask.second,
        )
    )
    desk.entail(new, *consequences.causes_of(new.machine, thing.state, ask.event, after))
    _keep_duties(desk, machine, new, ask)
    for then in move.then:
        for effect in then(desk.facts.at(new), ask):
            carry(desk, effect)


def _kept(thing: Thing, move: Move, ask: Ask) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What the thing says of itself, and what the call adds.

    A form that is no draft is given as a whole each time: a part left out now is not taken from last time.
    """
    if not move.form.keep:
        return thing.data, {}
    anew = () if move.form.draft else {p.name for p in move.form.parts}
    return {k: v for k, v in thing.data.items() if k not in anew}, ask.form


def next_period(desk: Desk, rule: duties.DutyRule, duty: Duty) -> None:
    """A duty of every period: once this one is served, or its day has come, that of the next one begins."""
    if rule.again is None:
        return
    seen = desk.facts.at(desk.thing(duty.thing))
    for due in () if seen.thing.ended else rule.again(seen, duty):
        if seen.duty(rule.name(due.tag)) is None:  # a late one that is served at last has its successor already
            desk.put_duty(duties.opened(rule, due, seen, desk.fresh()))


def _keep_duties(desk: Desk, machine: Machine, thing: Thing, ask: Ask) -> None:
    """Close and open the duties that this event closes and opens; what has ended owes nothing any more."""
    close_duties(desk, machine, thing, ask)
    seen = desk.facts.at(thing)
    for rule in machine.duties:
        if ask.event in rule.opens and not thing.ended:
            for due in rule.due(seen):
                desk.put_duty(duties.opened(rule, due, seen, desk.fresh(), by=ask.event))


def close_duties(desk: Desk, machine: Machine, thing: Thing, ask: Ask) -> None:
    seen = desk.facts.at(thing)
    for duty in [d for d in desk.facts.duties if d.thing == thing.id and d.done_at is None]:
        rule = rule_of(machine, duty)
        tag = rule.closes_tag(seen, ask) if rule.closes_tag else ""
        if thing.ended or (ask.event in rule.closes and (not tag or duty.key == rule.name(tag))):
            desk.put_duty(replace(duty, done_at=desk.facts.now, ring_at=None))
            next_period(desk, rule, duty)


def carry(desk: Desk, effect: Effect, by: Who = THE_SYSTEM) -> None:  # noqa: C901 - one case for each kind of effect
    """One effect within this owner, or a follow-up to another. Raises Refusal."""
    match effect:
        case Fire():
            _fire(desk, effect, by)
        case New():
            _new(desk, effect, by)
        case Put():
            desk.put(desk.thing(effect.thing).with_data(**effect.data))
        case Place():
            desk.put(replace(desk.thing(effect.thing), **effect.at))
            desk.placed.add(effect.thing)
        case Send():
            desk.sends.append(effect)
        case MoveDuty():
            _move_duty(desk, effect)
        case HandOver():
            for duty in [d for d in desk.facts.duties if d.thing == effect.thing and d.done_at is None]:
                desk.put_duty(replace(duty, person=effect.person or effect.unit))
        case LetGo():
            mine = [d for d in desk.facts.duties if d.thing == effect.thing and d.done_at is None]
            for duty in [d for d in mine if effect.key in ("", d.key, d.kind)]:
                desk.put_duty(replace(duty, done_at=desk.facts.now, ring_at=None))
        case StandStill():
            _stand_still(desk, effect)


def _fire(desk: Desk, effect: Fire, by: Who = THE_SYSTEM) -> None:
    thing = desk.thing(effect.thing)
    seen = desk.facts.at(thing)
    machine = machine_for(thing.machine, seen)
    refused: Refused | None = None
    for event in effect.events:
        ask = Ask(event, effect.form, by)
        verdict = decide(machine, seen, ask)
        if isinstance(verdict, Accepted):
            return apply(desk, machine, thing, verdict.move, ask)
        refused = refused if refused and refused.kind == "guard" else verdict
    if refused and not effect.optional:
        raise Refusal(refused)
    return None


def _new(desk: Desk, effect: New, by: Who) -> None:
    parent = desk.thing(effect.parent)
    number = 1 + max(t.number for t in desk.facts.things.values())
    thing = newborn(effect.machine, desk.fresh(), parent, number, effect.data)
    thing = replace(thing, **effect.place)
    desk.facts = replace(desk.facts, things={**desk.facts.things, thing.id: thing})
    _fire(desk, Fire(thing.id, (effect.event,), effect.form), by)
    for event in effect.then:
        _fire(desk, Fire(thing.id, (event,)))


def newborn(machine: str, thing_id: str, parent: Thing | None, number: int, data: Mapping[str, Any]) -> Thing:
    """A thing that does not exist yet, placed where its parent stands; owners serve themselves."""
    thing = Thing(thing_id, machine, NEW, number=number, data=data)
    owner = thing_id if machine in OWNERS or parent is None else parent.owner
    if parent is None:
        return replace(thing, owner=owner, chain=thing_id)
    return replace(
        thing,
        owner=owner,
        parent=parent.id,
        chain=thing_id if machine in OWN_FILE else parent.chain,
        scheme=parent.scheme,
        batch=parent.id if parent.machine == "batch" else parent.batch,
        track=parent.track,
        subject=parent.subject,
        organization=parent.organization,
        region=parent.region,
    )


def _move_duty(desk: Desk, effect: MoveDuty) -> None:
    duty = next(d for d in desk.facts.duties if d.id == effect.duty)
    thing = desk.thing(duty.thing)
    seen = desk.facts.at(thing)
    rule = rule_of(machine_for(thing.machine, seen), duty)
    changed = duties.moved(duty, rule, effect.to, seen, effect.counted)
    desk.put_duty(replace(changed, extensions=duty.extensions + effect.extends))
    if rule.says:
        desk.put(thing.with_data(**{rule.says: effect.to.isoformat()}))


def _stand_still(desk: Desk, effect: StandStill) -> None:
    for duty in [d for d in desk.facts.duties if d.done_at is None]:
        if effect.keys and duty.kind not in effect.keys:
            continue
        thing = desk.thing(duty.thing)
        seen = desk.facts.at(thing)
        rule = rule_of(machine_for(thing.machine, seen), duty)
        if effect.going_on:
            desk.put_duty(duties.going_on(duty, rule, seen))
        elif rule.shifts(seen) and duty.stands_still_since is None:
            desk.put_duty(duties.still(duty, seen))
