"""What a list or a naming decision says of one case: all of it that the file of that case ever looks at.

A list of thousands is read as a whole by whoever works on the list. For each of its cases, at each of their commands,
that would make a batch dearer with the square of its cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.facts import Thing

OF_EACH: dict[str, tuple[str, ...]] = {
    "candidate_list": ("cases", "entries"),
    "naming_decision": ("named", "refused", "tiers"),
}
"""The parts in which cases are listed, by the kind of thing that lists them."""
OF_ALL: dict[str, tuple[str, ...]] = {
    "candidate_list": ("purpose",),
    "naming_decision": ("number", "date"),
}
"""The parts that say the same of every case listed."""


def said_of_cases(thing: Thing) -> dict[str, dict[str, Any]]:
    """Case -> the data of the thing as the file of that case sees it: with nobody else in it."""
    of_all = {name: thing.data[name] for name in OF_ALL.get(thing.machine, ()) if name in thing.data}
    found: dict[str, dict[str, Any]] = {}
    for name in OF_EACH.get(thing.machine, ()):
        listed = thing.data.get(name) or ()
        for case in listed:
            mine = {case: listed[case]} if isinstance(listed, Mapping) else [case]
            found.setdefault(case, dict(of_all))[name] = mine
    return found
