"""The closed lists from which a part of a form is chosen, for whoever fills it in: codes with their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.domain.facts import Facts
from service.domain.forms import Choice

Choices = Callable[[Facts], Iterable[Choice]]
_CODES = ("id", "code", "key", "purpose")
"""By which of these a member of a list of the scheme is known."""


def any_of(*codes: str) -> Choices:
    """Codes that are the same in every scheme."""
    return lambda facts: [(code, code, code.replace("_", " ")) for code in codes]


def listed(*paths: str) -> Choices:
    """The members of lists of the scheme, by their dotted paths; `track.` begins one of the track of the thing.

    A list that is open has no choices: it admits others too.
    """

    def found(facts: Facts) -> list[Choice]:
        members = [_choice(one) for path in paths for one in _members(facts, path)]
        return list(dict.fromkeys(members))

    return found


def _members(facts: Facts, path: str) -> Iterable[Any]:
    there: Any = facts.scheme.setting(path)
    if path.startswith("track."):
        track = next((track for track in facts.scheme.tracks if track.id == facts.thing.track), None)
        there = getattr(track, path.removeprefix("track."), None)
    if getattr(there, "open", False):
        return ()
    for name in ("items", "listed", "required"):  # how a list that may be open calls its members
        there = getattr(there, name, there) if not isinstance(there, Mapping) else there
    return there or ()


def _choice(member: Any) -> Choice:
    """A word of the scheme stands for itself."""
    if isinstance(member, str):
        return member, member, member.replace("_", " ")
    code = str(next(getattr(member, name) for name in _CODES if hasattr(member, name)))
    title = getattr(member, "title", None)
    zh = title.zh if title else getattr(member, "zh", code)
    return code, zh, title.en if title else code.replace("_", " ")
