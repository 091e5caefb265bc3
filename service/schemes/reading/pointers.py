"""Pointers that stay when a list is reordered: its members go by their own names, not by their places.

`/tracks/area/stages/self_check/due` is such a pointer; `/tracks/0/stages/2/due` leads to the same place today.
A name is never a bare number, so both can be told apart and both are understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from service.schemes.problem import pointer

NAMED_BY = ("id", "key", "code", "number", "to", "purpose", "on", "at_least", "kind", "name")
"""The fields by which a member of a list is known, the first that it has."""
OWN_NAMES = frozenset({"id", "key", "code"})


def steps_of(path: str) -> list[str]:
    """The steps of a JSON pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def names(items: Sequence[Any]) -> list[str]:
    """The names of the members of a list, each once; where two would be alike the second is `name#2`."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for place, item in enumerate(items):
        name = _name(item, place)
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def _name(item: Any, place: int) -> str:
    if isinstance(item, Mapping):
        field = next((one for one in NAMED_BY if _plain(item.get(one))), None)
        if field is None:
            return f"item_{place + 1}"
        name = _plain(item[field])
        if field == "on" and (effect := _plain(item.get("effect"))):
            name = f"{name}_{effect}"
        return f"{field}_{name}" if name[0].isdigit() else name
    name = _plain(item)
    return f"item_{place + 1}" if not name or name[0].isdigit() or name[0] == "-" else name


def _plain(value: Any) -> str:
    """A scalar as text; 90.0, 90 and "90" are one number."""
    if value is None or isinstance(value, (Mapping, bool)) or (isinstance(value, Sequence) and not _is_text(value)):
        return ""
    text = str(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return format(number.normalize(), "f") if number.is_finite() and abs(number.adjusted()) < len(text) + 1 else text


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_list(value: Any) -> bool:
    """Whether a value is a list of a definition, as YAML, JSON or a tuple has it."""
    return isinstance(value, (list, tuple))


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """What a part or a list consists of: stable step and value."""
    if isinstance(value, Mapping):
        yield from ((str(key), one) for key, one in value.items())
    elif is_list(value):
        yield from zip(names(value), value, strict=True)


def find(definition: Any, path: str) -> tuple[str, Any] | None:
    """The stable pointer and the value that a pointer of either kind leads to; None where it leads nowhere."""
    here, walked = definition, ""
    for step in steps_of(path):
        found = dict(members(here))
        by_place = is_list(here) and step.isdigit() and int(step) < len(here)
        name = names(here)[int(step)] if by_place else step
        if name not in found:
            return None
        here, walked = found[name], walked + pointer(name)
    return walked, here


def parents(path: str) -> Iterator[str]:
    """The pointer itself and every pointer above it, nearest first; the whole definition is not among them."""
    while path:
        yield path
        path = path.rpartition("/")[0]
