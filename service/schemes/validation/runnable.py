"""What fits the schema and yet no machine could run: names nobody knows, dates and numbers beyond every calendar.

Published, such a scheme would break in the middle of a case, where nothing can be corrected any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from service.domain import machines
from service.domain.cases import case, stage_guards
from service.domain.facts import NEW
from service.domain.forms import YEARS
from service.schemes.model import Scheme
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.validation.walk import dead_ends
from service.schemes.values import Part

LARGEST = 100_000
"""Of any whole number: so many days after the last year of a form are still a date."""
STATES_OF_A_CASE = frozenset({"draft", "paused", *case.FINAL})


def runs_into(scheme: Scheme) -> Iterator[Problem]:
    """Every place at which a case of this scheme would break."""
    yield from _beyond(scheme, "")
    yield from dead_ends(scheme)
    yield from _two_person(scheme)
    for place, track in enumerate(scheme.tracks):
        for number, stage in enumerate(track.stages):
            here = pointer("tracks", place, "stages", number)
            if stage.key in STATES_OF_A_CASE:
                zh, en = f"“{stage.key}”是申报自身的状态", f"{stage.key} is a state of every case"
                yield Problem(f"{here}/key", zh, en, "INV-17")
            for at, name in enumerate(stage.guards):
                if name not in stage_guards.EXTRA:
                    yield Problem(f"{here}/guards/{at}", f"不存在条件“{name}”", f"there is no guard {name}", FORM)


def _two_person(scheme: Scheme) -> Iterator[Problem]:
    """Two people confirm a command on what is there: not its making, a plain edit, nor what comes from outside."""
    rows = [row for name in machines.NAMES for row in machines.template(name)]
    for place, event in enumerate(scheme.two_person):
        mine = [row for row in rows if row.event == event]
        if not mine or any(row.kind != "command" or row.plain or NEW in row.source for row in mine):
            zh, en = f"“{event}”不能由两人办理", f"{event} is nothing that two people could confirm"
            yield Problem(pointer("two_person", place), zh, en, "INV-20")


def _beyond(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, Part):
        for name, field in type(value).model_fields.items():
            yield from _beyond(getattr(value, name), path + pointer(field.alias or name))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _beyond(one, path + pointer(name))
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from _beyond(one, path + pointer(place))
    elif isinstance(value, dt.date) and value.year not in YEARS:
        yield Problem(path, "年份超出范围", f"a year from {YEARS[0]} to {YEARS[-1]}", FORM)
    elif isinstance(value, int) and value > LARGEST:
        yield Problem(path, f"不得大于 {LARGEST}", f"not more than {LARGEST}", FORM)
