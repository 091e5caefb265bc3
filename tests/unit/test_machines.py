"""Every machine against its table: each pair of a state and an event, and what must hold of a whole table."""

from __future__ import annotations

from functools import cache

import pytest
import transitions

from service.domain import acts, pause
from service.domain.facts import Ask, Facts, Who
from service.domain.machine import Guard, Machine, Move, Refused, TableError, decide, guard, states
from service.domain.machines import NAMES
from tests.support import tables
from tests.support.domain import facts, person, reference, thing
from tests.support.tables import NEW, SAME, Row
from tests.support.worlds import BUILT, EVERYBODY, asking, machine

# Forms that several events share add these parts to the form that a row names first.
ADDED = {"bulletin": "facts", "metric_values": "values", "reason": "text", "new_date": "date", "due_day": "due_day"}

every_machine = pytest.mark.parametrize(("name", "of"), BUILT, ids=lambda part: part or "-")


@cache
def oracle(name: str, of: str) -> tuple[Row, ...]:
    return tables.oracle(name, of, tables.tracks()[of] if name == "case" else None)


def told(name: str, of: str, state: str, event: str) -> list[Row]:
    return sorted((r for r in oracle(name, of) if (r.source, r.event) == (state, event)), key=lambda r: r.to)


def events_of(name: str, of: str) -> list[str]:
    return list(dict.fromkeys(r.event for r in oracle(name, of)))


def as_row(move: Move, source: str, form: str) -> Row:
    return Row(
        move.event, source, move.to, form, tuple(g.code for g in move.guards), move.who, move.persons,
        move.kind, move.artefacts, move.rules, move.mark, move.zh, move.en,
    )  # fmt: skip


def form_told(move: Move, wanted: str) -> str:
    """The cell of the table if the form of the row is that form, otherwise what the row has instead."""
    first, *others = tables.words(wanted) or ("nothing",)
    parts = {p.name for p in move.form.parts}
    good = move.form.name == first and all(ADDED[o] in parts for o in others)
    return wanted if good else f"{move.form.name}({', '.join(sorted(parts))})"


def seen(name: str, of: str, state: str) -> Facts:
    """A thing in that state and nothing else; of a stage its run, with the stage of the track it runs."""
    if name == "case":
        track = tables.tracks()[of]
        return facts(thing("case", state, track=track.id), scheme=tables.scheme_of(track))
    if name == "stage":
        return facts(thing("stage", state, id="run", key="creation", kind=of))
    return facts(thing(name, state))


def test_the_tables_tell_of_every_machine_that_is_built() -> None:
    assert sorted(tables.names()) == sorted(NAMES)
    assert {r["machine"] for r in tables.table("transitions")} == set(NAMES)
    assert {s.kind for s in reference().track("area").stages} <= set(tables.kinds())


@every_machine
def test_an_event_is_legal_in_a_state_exactly_where_the_table_has_a_row(name: str, of: str) -> None:
    built = machine(name, of)
    assert set(built.known) == set(tables.states_of(oracle(name, of)))
    assert set(built.events) == set(events_of(name, of))
    for state in built.known:
        legal = {r.event for r in oracle(name, of) if r.source == state}
        assert set(built.legal(state)) == legal, f"{name} {of}: {state}"
        for event in events_of(name, of):
            has_rows = bool(built.rows(state, event))
            assert has_rows == (event in legal), f"{name} {of}: {event} in {state}"


@every_machine
def test_a_row_says_what_the_table_says(name: str, of: str) -> None:
    """Target, roles, persons, kind, form, guards in order, rules, mark, artefacts and both titles."""
    built = machine(name, of)
    for state in built.known:
        for event in built.legal(state):
            wanted = told(name, of, state, event)
            moves = sorted(built.rows(state, event), key=lambda m: m.to)
            assert len(moves) == len(wanted), f"{name} {of}: {event} in {state}"
            for move, row in zip(moves, wanted, strict=True):
                assert as_row(move, state, form_told(move, row.form)) == row


@every_machine
def test_an_accepted_row_leads_where_the_table_says(name: str, of: str) -> None:
    built = machine(name, of)
    for state in built.known:
        for event in built.legal(state):
            reached = {built.fire(state, move) for move in built.rows(state, event)}
            assert reached == {state if r.to == SAME else r.to for r in told(name, of, state, event)}


@every_machine
def test_nothing_moves_a_thing_but_the_row_that_was_chosen(name: str, of: str) -> None:
    """`transitions` refuses aloud where no row leads on, and knows no trigger that the table does not name."""
    built = machine(name, of)
    assert set(built.engine.events) == set(events_of(name, of))
    for state in built.known:
        for event, moves in built.events.items():
            for move in moves:
                if state in move.source:
                    continue
                refusal = TableError if built.rows(state, event) else transitions.MachineError
                with pytest.raises(refusal):
                    built.fire(state, move)


@pytest.mark.req("INV-17")
@every_machine
def test_what_the_table_does_not_allow_is_refused_with_the_rules_of_the_event(name: str, of: str) -> None:
    built = machine(name, of)
    for state in built.known:
        legal = {r.event for r in oracle(name, of) if r.source == state}
        given = seen(name, of, state)
        for event in events_of(name, of):
            if event in legal:
                continue
            found = decide(built, given, Ask(event, who=asking(built.events[event])))
            assert isinstance(found, Refused), f"{name} {of}: {event} in {state} was accepted"
            wanted = ("illegal", tables.rules_of(oracle(name, of), event))
            assert (found.kind, found.rules) == wanted, f"{name} {of}: {event} in {state}"
            work = not asking(built.events[event]).is_service and built.events[event][0].kind != "signal"
            rests = state == "paused" and work and event not in pause.LET_THROUGH
            assert [u.code for u in found.unmet] == ["paused" if rests else "illegal_in_state"]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_an_event_that_no_table_knows_is_refused_everywhere(name: str) -> None:
    of = {"case": "area", "stage": "creation"}.get(name, "")
    for state in machine(name, of).known:
        for event in ("", "to_closed", "may_open", "trigger", "closed", "Open_Case"):
            found = decide(machine(name, of), seen(name, of, state), Ask(event, who=EVERYBODY))
            assert isinstance(found, Refused)
            assert [u.code for u in found.unmet] == ["unknown_event"]


@pytest.mark.req("QH-08f")
@pytest.mark.req("INV-07")
def test_an_act_of_another_kind_of_thing_is_refused_with_its_rules_there() -> None:
    """Whoever nominates a place without a title asks its case for what only a title has."""
    ask = Ask("nominate_nationally", who=EVERYBODY)
    found = decide(machine("case", "area"), seen("case", "area", "enrolled"), ask)
    assert isinstance(found, Refused)
    (why,) = found.unmet
    assert (found.kind, why.code) == ("illegal", "unknown_event")
    assert {"QH-08f", "INV-07"} <= set(why.rules)
    assert "is an act on designation" in why.en


@every_machine
def test_a_final_state_is_left_by_nothing_and_no_act_applies_there(name: str, of: str) -> None:
    built = machine(name, of)
    assert set(built.final) == set(tables.finals(name)) & set(built.known)
    assert set(tables.finals(name)) - set(built.known) <= (
        {"named", "not_named", "declined"} if name == "case" else set()
    )
    for state in built.final:
        assert all(m.to == SAME for m in built.table if state in m.source)
        assert not set(built.legal(state)) & set(acts.NAMES)


@every_machine
def test_every_state_can_be_reached_and_from_every_state_an_end(name: str, of: str) -> None:
    steps = {(r.source, r.to) for r in oracle(name, of) if r.to != SAME}
    built = machine(name, of)

    def reached(start: set[str], pairs: set[tuple[str, str]]) -> set[str]:
        while more := {b for a, b in pairs if a in start} - start:
            start = start | more
        return start

    assert reached({NEW}, steps) == set(built.known)
    assert reached(set(built.final), {(b, a) for a, b in steps}) == set(built.known)


@pytest.mark.req("INV-20")
@every_machine
def test_a_follow_up_or_the_alarm_is_never_asked_for_by_a_person(name: str, of: str) -> None:
    """A row of `timer` or `system` alone is refused to everybody, even to somebody called so."""
    built = machine(name, of)
    for state in built.known:
        for event in built.legal(state):
            if any(set(m.who) - {"timer", "system"} for m in built.events[event]):
                continue
            for who in (EVERYBODY, Who("li"), person("timers", "timer", "system")):
                found = decide(built, seen(name, of, state), Ask(event, who=who))
                assert isinstance(found, Refused)
                assert found.kind == "role", f"{name} {of}: {event}"


# --------------------------------------------------------------------------------------------- duties


def test_the_tables_of_duties_are_those_on_file() -> None:
    built = {("any" if d.key in acts.DUTIES_OF_ACTS else n, d.key) for n, of in BUILT for d in machine(n, of).duties}
    assert built == {(r["owner"], r["key"]) for r in tables.table("duties")}


@pytest.mark.req("INV-21")
@pytest.mark.parametrize("cells", tables.table("duties"), ids=lambda cells: cells["key"])
def test_a_duty_rings_and_may_be_put_off_as_its_row_says(cells: dict[str, str]) -> None:
    name = "rectification_item" if cells["owner"] == "any" else cells["owner"]
    built = machine(name, {"case": "area", "stage": "creation"}.get(name, ""))
    rule = next(d for d in built.duties if d.key == cells["key"])
    at_due = rule.at_due if rule.at_due in ("overdue", "remind") else f"event:{rule.at_due}"
    own = [e for e in built.events if e not in acts.NAMES]
    assert at_due == cells["at_due"]
    assert rule.unit == cells["unit"]
    assert ";".join(str(days) for days in rule.remind) == cells["reminder_offsets"]
    assert rule.extend_by == tables.words(cells["extend_by"])
    assert rule.rules == tables.words(cells["rule_ids"])
    assert rule.opens == tables.words(cells["opens"])
    assert list(rule.closes) == (own if cells["closes"] == "@every_own_event" else list(tables.words(cells["closes"])))
    assert set(rule.opens) <= set(built.events)
    elsewhere = {e for n, of in BUILT for e in machine(n, of).events} if rule.makes else ()
    assert rule.at_due in (*built.events, *elsewhere, "overdue", "remind")
    # A limit is a field of the scheme; `-` asks for nothing but a reason, and nobody extends what names nobody.
    assert (rule.extensions is not None) == (cells["extend_limit"] not in ("", "-"))
    if cells["shifts_on_pause"] in ("yes", "no"):
        assert rule.shifts(seen(name, "creation" if name == "stage" else "area", "@new")) == (
            cells["shifts_on_pause"] == "yes"
        )


# -------------------------------------------------------------------------------- the strict builder


@guard(choice="side")
def is_left(given: Facts, ask: Ask) -> None:
    """Left."""


@guard(choice="mood")
def is_happy(given: Facts, ask: Ask) -> None:
    """Happy."""


def move(source: str, event: str, to: str, *guards: Guard) -> Move:
    return Move(states(source), event, to, ("authority",), "动作", "Act", ("QH-01",), guards=guards)


CREATE, END = move(NEW, "create", "open"), move("open", "end", "closed")


def test_a_sound_table_builds() -> None:
    both = (move("open", "end", "closed", is_left), move("open", "end", "void", is_left))
    assert Machine("sound", (CREATE, *both), ("closed", "void")).legal("open") == ("end",)


@pytest.mark.parametrize(
    ("wrong", "rows", "final"),
    [
        ("dead ends ['stuck']", (CREATE, END, move("open", "halt", "stuck")), ("closed",)),
        ("dead ends ['open']", (CREATE, move("open", "note", SAME)), ()),
        ("leaves the final states ['closed']", (CREATE, END, move("closed", "reopen", "open")), ("closed",)),
        ("no row leads to the final states ['gone']", (CREATE, END), ("closed", "gone")),
        ("no choice tells apart", (CREATE, END, move("open", "end", "open")), ("closed",)),
        (
            "no choice tells apart",
            (CREATE, move("open", "end", "closed", is_left), move("open", "end", "open")),
            ("closed",),
        ),
        (
            "no choice tells apart",
            (CREATE, move("open", "end", "closed", is_left), move("open", "end", "open", is_happy)),
            ("closed",),
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(wrong: str, rows: tuple[Move, ...], final: tuple[str, ...]) -> None:
    with pytest.raises(TableError) as refusal:
        Machine("broken", rows, final)
    assert wrong in str(refusal.value)
