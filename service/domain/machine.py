"""How everything that has a state moves: the row, the builder, the verdict.

One literal table per kind of thing, one builder over `transitions`, one pure `decide` that answers
`actions`, `dryRun` and the commit alike. Two people who read the same facts get the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import transitions

from service.domain import pause
from service.domain.facts import BLANK, NEW, SAME, SYSTEM, TIMER, Ask, Facts, NotFilledIn, Unmet, Unsound, Who, unmet
from service.domain.forms import NOTHING, Form
from service.domain.words import machine_in_words, stands_in_words, state_in_words

if TYPE_CHECKING:
    from service.domain.duties import DutyRule
    from service.domain.effects import Effect

Predicate = Callable[[Facts, Ask], "Unmet | None"]
Then = Callable[[Facts, Ask], "Iterable[Effect]"]


class TableError(Exception):
    """A table that contradicts itself. Raised while it is built, never while it is used."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a row: a predicate with a code, the rules it keeps, and what must be read for it.

    `needs` names, between blanks, what lies outside the file itself (`ratings`, `places`). Of all guards with the
    same `choice`, exactly one holds: they choose between rows of one event. `rests` are the pointers to the values of
    the scheme that it looks at: a refusal cites the scheme's own document for them (`Facts.own_articles`).
    """

    code: str
    check: Predicate
    rules: tuple[str, ...] = ()
    needs: str = ""
    choice: str = ""
    meaning: str = ""
    rests: str = ""

    def __call__(self, facts: Facts, ask: Ask) -> Unmet | None:
        try:
            found = self.check(facts, ask)
        except NotFilledIn:
            return None  # it looks at the form, and there is none to look at
        if found is None:
            return None
        own = found.own or facts.own_articles(self.rests)
        return replace(found, code=self.code, rules=found.rules or self.rules, own=own)


def guard(*rules: str, needs: str = "", choice: str = "", rests: str = "") -> Callable[[Predicate], Guard]:
    """Make a guard of a predicate: its name is the code, its docstring the meaning."""

    def named(predicate: Predicate) -> Guard:
        return Guard(predicate.__name__, predicate, rules, needs, choice, predicate.__doc__ or "", rests)

    return named


def stands(machine: str, *states: str, rules: tuple[str, ...] = ()) -> Guard:
    """The thing of that machine which belongs to this one stands in one of these states."""
    wanted = "/".join(states)

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        found = facts.up(machine)
        at = found.state if found else "none"
        if at in states:
            return None
        what, asked = machine_in_words(machine), [state_in_words(machine, one) for one in states]
        is_ = stands_in_words(facts, found) if found else state_in_words(machine, at)
        zh = f"{what[0]}须为“{'”或“'.join(one for one, _ in asked)}”，现为“{is_[0]}”"
        return unmet(zh, f"the {what[1]} must be {' or '.join(one for _, one in asked)}; it is {is_[1]}", [at])

    return Guard(f"{machine}={wanted}", check, rules, meaning=f"The {machine} stands in {wanted}.")


def scheme_sets(path: str, value: str | None = None) -> Guard:
    """The scheme sets that field of its definition (neither absent, none nor false)."""

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        if facts.scheme.declares(path, value):
            return None
        return unmet(f"方案未规定 {path}", f"the scheme does not set {path}", [path])

    code = f"scheme:{path}" if value is None else f"scheme:{path}={value}"
    return Guard(code, check, meaning=f"The scheme sets {path}.", rests=f"/{path.replace('.', '/')}")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a table: from where, by which event, to where, on which conditions, by whom, on what basis.

    `source` and `to` are states; `@new` is "does not exist yet", `@same` keeps the state. `who` are slots of
    the scheme. `plain` marks an edit that writes rows of its own and never touches a lifecycle state, `shared`
    an act that is the same on every machine. `reads` names what its effects look at beyond the file.
    """

    source: tuple[str, ...]
    event: str
    to: str
    who: tuple[str, ...]
    zh: str
    en: str
    rules: tuple[str, ...]
    form: Form = NOTHING
    guards: tuple[Guard, ...] = ()
    then: tuple[Then, ...] = ()
    persons: int = 1
    kind: str = "command"
    mark: str = "C"
    artefacts: tuple[str, ...] = ()
    plain: bool = False
    shared: bool = False
    reads: tuple[str, ...] = ()

    @property
    def by_approval(self) -> bool:
        """Of the two people the first drafted or proposed; one call of another one decides."""
        return self.persons == 2 and "approver" in self.who

    @property
    def needs(self) -> frozenset[str]:
        return frozenset((*self.reads, *(n for g in self.conditions for n in g.needs.split())))

    @property
    def conditions(self) -> tuple[Guard, ...]:
        """Its guards, and that the papers which its form names are registered: so it is on every row with papers."""
        if not self.form.names_evidence:
            return self.guards
        rules = ("PDS-V2", "YL-3q", "GAP-ALL-3")
        return (*self.guards, Guard("evidence_is_registered", self.form.unregistered, rules, "evidence"))


def states(text: str) -> tuple[str, ...]:
    """`"open|held"` as a tuple: tables read better so."""
    return tuple(text.split("|"))


@dataclass(slots=True)
class _Step:
    """The model `transitions` moves: a state, and the row that the verdict chose."""

    state: str
    chosen: Move


@dataclass(frozen=True)
class Machine:
    """A table made strict: every state known, every event legal only where a row says so."""

    name: str
    table: tuple[Move, ...]
    final: tuple[str, ...]
    duties: tuple[DutyRule, ...] = ()
    engine: transitions.Machine = field(init=False, repr=False, compare=False)
    events: Mapping[str, tuple[Move, ...]] = field(init=False, repr=False, compare=False)
    known: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        known = dict.fromkeys(s for m in self.table for s in (*m.source, m.to) if s != SAME)
        events: dict[str, list[Move]] = {}
        for move in self.table:
            events.setdefault(move.event, []).append(move)
        object.__setattr__(self, "known", tuple(known))
        object.__setattr__(self, "events", {e: tuple(rows) for e, rows in events.items()})
        object.__setattr__(self, "engine", self._build())
        self._check()

    def _build(self) -> transitions.Machine:
        """No automatic `to_X`, no ordered transitions, no model: the table is all there is."""
        engine = transitions.Machine(
            model=None, states=list(self.known), initial=NEW, auto_transitions=False, send_event=True
        )
        for move in self.table:
            is_chosen = _chooses(move)
            for source in move.source:
                dest = source if move.to == SAME else move.to
                engine.add_transition(move.event, source, dest, conditions=[is_chosen])
        return engine

    def _check(self) -> None:
        if unknown := set(self.final) - set(self.known):
            raise TableError(f"{self.name}: no row leads to the final states {sorted(unknown)}")
        for move in self.table:
            if move.to != SAME and (left := set(move.source) & set(self.final)):
                raise TableError(f"{self.name}: {move.event} leaves the final states {sorted(left)}")
        for event, rows in self.events.items():
            for state in self.known:
                here = [r for r in rows if state in r.source]
                if len(here) > 1 and ("" in (told := {_choice(r) for r in here}) or len(told) > 1):
                    raise TableError(f"{self.name}: {event} in {state} has rows that no choice tells apart")
        way_out = set(self.final) | {s for m in self.table for s in m.source if m.to != SAME}
        if dead := set(self.known) - way_out:
            raise TableError(f"{self.name}: dead ends {sorted(dead)}")

    def legal(self, state: str) -> tuple[str, ...]:
        """The events that some row admits in this state, whoever asks."""
        return tuple(self.engine.get_triggers(state)) if state in self.known else ()

    def rows(self, state: str, event: str) -> tuple[Move, ...]:
        return tuple(m for m in self.events.get(event, ()) if state in m.source)

    def fire(self, state: str, move: Move) -> str:
        """Carry out a chosen row and return the state it leads to; `transitions` has the last word."""
        step = _Step(state, move)
        if not self.engine.events[move.event].trigger(step):
            raise TableError(f"{self.name}: {move.event} was refused in {state} after it had been accepted")
        return step.state


def _chooses(move: Move) -> Callable[[transitions.EventData], bool]:
    def is_chosen(event: transitions.EventData) -> bool:
        step: Any = event.model
        return step.chosen is move

    return is_chosen


def _choice(move: Move) -> str:
    return next((g.choice for g in move.guards if g.choice), "")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row that applies. `proposes`: a first person asked for an act of two; nothing changes yet."""

    move: Move
    proposes: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not. `kind` is one of `role`, `illegal`, `form`, `guard`, `person`."""

    kind: str
    unmet: tuple[Unmet, ...]
    rules: tuple[str, ...] = ()


Verdict = Accepted | Refused


def decide(machine: Machine, facts: Facts, ask: Ask) -> Verdict:
    """The one verdict. Role and scope first, then the state, then every unmet part and guard at once.

    Pure: the answer depends on nothing but the arguments. `facts.thing` is the thing asked about. With the form
    `BLANK` the verdict is that of a form to come: what looks at the form is left open.
    """
    rows = machine.events.get(ask.event, ())
    rules = tuple(dict.fromkeys(r for row in rows for r in row.rules))
    if not rows:
        return _unknown_event(machine, ask.event)
    permitted = [row for row in rows if may(row, facts, ask.who)]
    if not permitted:
        return Refused("role", (_wrong_role(facts, rows, rules),), rules)
    here = [row for row in permitted if facts.thing.state in row.source]
    from_outside = all(row.kind == "signal" for row in permitted)
    if not from_outside and (resting := pause.refusal(facts, ask)):
        return Refused("illegal", (resting,), rules)
    if not here:
        return Refused("illegal", (_wrong_state(machine, facts, ask.event, rows, rules),), rules)
    row = _choose(here, facts, ask)
    parts = () if ask.form is BLANK else row.form.check(facts, ask)
    found = (*parts, *_unmet(row, facts, _sound(ask, row.form) if parts else ask))
    rules = (*row.form.rules, *row.rules)
    if found:
        return Refused("form" if parts else "guard", tuple(found), tuple(dict.fromkeys(rules)))
    if _takes_two(row, facts, ask) and (same := _same_person(machine, row, facts, ask)):
        return Refused("person", (same,), ("INV-20",))
    return Accepted(row, proposes=_only_first(machine, row, facts, ask))


def may(row: Move, facts: Facts, who: Who) -> bool:
    """Whether this person may ask for this row: a slot of the row, filled by a role held for this thing."""
    return holds(row.who, facts, who)


def holds(slots: Iterable[str], facts: Facts, who: Who) -> bool:
    """Whether this person fills one of these slots, as the scheme and the present stage fill them."""
    if who.is_service:
        return who.person in slots
    roles = _roles_in(slots, facts)
    return any(held.role in roles and held.covers(facts.thing) for held in who.roles)


def _roles_in(slots: Iterable[str], facts: Facts) -> dict[str, None]:
    """The concrete roles that fill these slots for this thing, each once, in the order of the slots."""
    track = facts.thing.track
    run = facts.run if track else None
    key = run.data["key"] if run else None
    people = (slot for slot in slots if slot not in (TIMER, SYSTEM))
    return dict.fromkeys(role for slot in people for role in facts.scheme.concrete_roles(slot, track, key))


def _choose(rows: list[Move], facts: Facts, ask: Ask) -> Move:
    """Of rows that differ in a choice, the one whose choice holds; failing that the first, which says why."""
    for row in rows[:-1]:
        if all(g(facts, ask) is None for g in row.guards if g.choice):
            return row
    last = rows[-1]
    return last if all(g(facts, ask) is None for g in last.guards if g.choice) else rows[0]


def _sound(ask: Ask, form: Form) -> Ask:
    """The request as a guard sees it: what looks at a part of the wrong shape is left open, the form names it."""
    shapes = {p.name: p.shape for p in form.parts}
    wrong = frozenset(n for n, v in ask.form.items() if n in shapes and shapes[n](v))
    return replace(ask, form=Unsound(ask.form, wrong)) if wrong else ask


def _unmet(row: Move, facts: Facts, ask: Ask) -> list[Unmet]:
    found = (g(facts, ask) for g in row.conditions)
    return [replace(u, rules=u.rules or row.rules) for u in found if u]


def _takes_two(row: Move, facts: Facts, ask: Ask) -> bool:
    """Whether the table or the scheme asks for two people; what the service does by itself has no second."""
    return row.persons == 2 or (row.event in facts.scheme.two_person and not ask.who.is_service)


def _prepared(machine: Machine, facts: Facts) -> set[str]:
    """Who drafted, ranked, proposed or sent the thing: people, not the service.

    Neither an approver's row nor a shared act (an urging, a date moved) prepares anything.
    """
    rows = {event: machine.events.get(event, ()) for event in facts.thing.by}
    own = {e for e, found in rows.items() if found and not any(r.shared or "approver" in r.who for r in found)}
    return {person for event, person in facts.thing.by.items() if event in own} - {SYSTEM, TIMER}


def _same_person(machine: Machine, row: Move, facts: Facts, ask: Ask) -> Unmet | None:
    """INV-20: an act of two persons takes two different people; whoever proposed cannot approve."""
    if row.by_approval and ask.who.person in _prepared(machine, facts):
        zh, en = "提请人不能审定，须由另一人决定", "whoever proposed cannot approve"
        return Unmet("two_persons", zh, en, ("INV-20",))
    if ask.second == ask.who.person:
        own = facts.own_articles("/two_person") if ask.event in facts.scheme.two_person else ()
        return Unmet("two_persons", "须由另一人确认", "another person must confirm", ("INV-20",), own=own)
    return None


def _only_first(machine: Machine, row: Move, facts: Facts, ask: Ask) -> bool:
    """Whether this call is only the first half: nobody proposed the act, and no person prepared the thing."""
    prepared = row.by_approval and bool(_prepared(machine, facts))
    return _takes_two(row, facts, ask) and ask.second is None and not prepared


def _unknown_event(machine: Machine, event: str) -> Refused:
    """Whoever asks the wrong kind of thing is told which kind has this act, and on which rules it rests there."""
    from service.domain.machines import having

    (zh, en), elsewhere = machine_in_words(machine.name), having(event)
    zh, en = f"“{zh}”没有 {event} 这一事项", f"a {en} has no {event}"
    if elsewhere:
        row, kinds = next(iter(elsewhere.values()))[0], [machine_in_words(name) for name in elsewhere]
        zh = f"{zh}：“{row.zh}”只对{'、'.join(one for one, _ in kinds)}办理"
        en = f"{en}: “{row.en}” is an act on {', '.join(one for _, one in kinds)}"
    rules = tuple(dict.fromkeys(r for found in elsewhere.values() for row in found for r in row.rules))
    return Refused("illegal", (Unmet("unknown_event", zh, en, rules),), rules)


def _wrong_role(facts: Facts, rows: tuple[Move, ...], rules: tuple[str, ...]) -> Unmet:
    slots = tuple(dict.fromkeys(s for row in rows for s in row.who))
    # A person of the right role, yet of another place, is told the same.
    titles = dict.fromkeys(facts.scheme.role_title(role) for role in _roles_in(slots, facts))
    zh, en = "、".join(zh for zh, _ in titles) or "系统", ", ".join(en for _, en in titles) or "the service"
    said = (
        f"您无权“{rows[0].zh}”，由本辖区的{zh}办理",
        f"you may not {rows[0].en.lower()}; it is for whoever is in charge of this place as: {en}",
    )
    own = facts.own_articles(" ".join(f"/roles/{slot}" for slot in slots))
    return Unmet("role", *said, rules, slots, "/event", own)


def _wrong_state(machine: Machine, facts: Facts, event: str, rows: tuple[Move, ...], rules: tuple[str, ...]) -> Unmet:
    possible = tuple(dict.fromkeys(s for row in rows for s in row.source))
    zh, en = stands_in_words(facts, facts.thing)
    said = f"现处于“{zh}”，不能“{rows[0].zh}”", f"{rows[0].en} is not possible in {en}"
    return Unmet("illegal_in_state", *said, rules, possible)
