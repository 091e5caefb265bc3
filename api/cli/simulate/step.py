"""One row of the player's table: what carries a thing on from where it stands, when, on which day, with what form.

The table knows machines and kinds of stages, no programme. Who acts follows from the row of the machine itself: a slot
of it, as the scheme fills that slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from api.cli.simulate.world import World
from service.domain.facts import Thing

Item = Any
"""One of several of a kind to be done in a state: a paper, a measure, an applicant. None where there is one act."""
Form = Callable[[World, Thing, Item], Mapping[str, Any]]
When = Callable[[World, Thing, Item], bool]
On = Callable[[World, Thing, Item], date]
Each = Callable[[World, Thing], Iterable[Item]]
Call = Literal["act", "tell", "make", "make_outside", "score", "form_body", "form_office", "assign", "refer"]
PAPER = "@evidence"
"""In a form, the one piece of evidence of the file."""


def nothing(_: World, __: Thing, ___: Item) -> Mapping[str, Any]:
    """An empty form."""
    return {}


def always(_: World, __: Thing, ___: Item) -> bool:
    return True


def at_once(w: World, _: Thing, __: Item) -> date:
    """As soon as it is possible."""
    return w.today


def once(_: World, __: Thing) -> Iterable[Item]:
    return (None,)


@dataclass(frozen=True, slots=True)
class Step:
    """`states` are those of the machine, with `|` between; `*` is any. `makes` names the machine of what is created.

    `call` says how it is asked for. `slots` stand instead of those of the machine's row. `in_turn`: it shares the places
    of a quota with others, so that they are served one after the other, the best first.
    """

    machine: str
    states: str
    event: str
    form: Form = nothing
    when: When = always
    on: On = at_once
    each: Each = once
    makes: str = ""
    call: Call = "act"
    slots: tuple[str, ...] = ()
    in_turn: bool = False

    @property
    def many(self) -> bool:
        """Whether several items can be served at one look: what is made, or told, moves nothing that the next one sees."""
        return self.call in ("make", "make_outside", "tell")

    def fits(self, thing: Thing) -> bool:
        """Whether the thing stands where this row begins."""
        return self.machine == thing.machine and (self.states == "*" or thing.state in self.states.split("|"))


def said(**parts: Any) -> Form:
    """A form that is always the same."""
    return lambda w, thing, item: parts


def by(*kinds: str) -> On:
    """When the one concerned does what a duty of the thing asks for."""

    def day(w: World, thing: Thing, _: Item) -> date:
        duty = w.duty(thing, *kinds)
        return w.act_on(w.about(thing), duty.due_on if duty else None)

    return day


def text_of(*words: str) -> str:
    """What is written where words are asked for: it says that nobody meant it."""
    return " ".join(("模拟 simulated", *words))


REASON = said(text=text_of("reason"))
