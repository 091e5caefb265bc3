"""What a new version of a scheme alters, by stable pointers, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from service.domain import machines
from service.schemes.loader import dump
from service.schemes.model import Scheme, Text
from service.schemes.problem import pointer
from service.schemes.reading.pointers import find, is_list, members, names, parents, steps_of
from service.schemes.validation.walk import Step, steps
from service.schemes.vocabulary import KINDS

How = Literal["added", "removed", "changed", "reordered", "basis"]


@dataclass(frozen=True, slots=True)
class Change:
    """One place at which two versions differ. `roles` act there, in the old version or in the new one."""

    path: str
    how: How
    title: Text
    old: Any
    new: Any
    track: str = ""
    stage: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that a new version alters: values, and the steps of machines that appear or disappear."""

    changes: tuple[Change, ...]
    appear: tuple[Step, ...]
    disappear: tuple[Step, ...]

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that something of their own alters for."""
        own = (*(one.track for one in self.changes), *(one.track for one in (*self.appear, *self.disappear)))
        return tuple(dict.fromkeys(one for one in own if one))


def difference(old: Scheme, new: Scheme) -> Difference:
    """What `new` alters of `old`. The version itself is no change."""
    before, after = (_told(one) for one in (old, new))
    found = [
        Change(path, how, _title(after, before, path), was, becomes, *_where(path), _roles(old, new, path))
        for path, how, was, becomes in (*_compared("", before, after), *_bases(old, new))
    ]
    ways = [dict.fromkeys(steps(one)) for one in (old, new)]
    appear = tuple(one for one in ways[1] if one not in ways[0])
    return Difference(tuple(found), appear, tuple(one for one in ways[0] if one not in ways[1]))


def _told(scheme: Scheme) -> dict[str, Any]:
    return {name: value for name, value in dump(scheme).items() if name not in ("version", "basis")}


def _compared(path: str, old: Any, new: Any) -> Iterator[tuple[str, How, Any, Any]]:
    if old == new:
        return
    if not (_has_members(old) and _has_members(new)):
        yield path, "changed", old, new
        return
    before, after = dict(members(old)), dict(members(new))
    for step, value in before.items():
        if step not in after:
            yield path + pointer(step), "removed", value, None
    for step, value in after.items():
        if step in before:
            yield from _compared(path + pointer(step), before[step], value)
        else:
            yield path + pointer(step), "added", None, value
    if is_list(old):
        stay = [[one for one in names(a) if one in b] for a, b in ((old, after), (new, before))]
        if stay[0] != stay[1]:
            yield path, "reordered", stay[0], stay[1]


def _has_members(value: Any) -> bool:
    """A part, or a list of parts: such a list is compared member by member, a list of words as a whole."""
    return isinstance(value, Mapping) or (is_list(value) and all(isinstance(one, Mapping) for one in value))


def _bases(old: Scheme, new: Scheme) -> Iterator[tuple[str, How, Any, Any]]:
    for path in dict.fromkeys((*old.basis, *new.basis)):
        was, becomes = (one.basis[path].model_dump() if path in one.basis else None for one in (old, new))
        if was != becomes:
            yield path, "basis", was, becomes


def _title(after: Mapping[str, Any], before: Mapping[str, Any], path: str) -> Text:
    """The place in words: the titles on the way, and the field in the end."""
    whole = after if find(after, path) else before
    words: list[tuple[str, str]] = []
    rest: list[str] = []
    for above in reversed(list(parents(path))):
        found = find(whole, above)
        value = found[1] if found else None
        title = value.get("title") if isinstance(value, Mapping) else None
        if isinstance(title, Mapping) and title.get("zh") and title.get("en"):
            words.append((str(title["zh"]), str(title["en"])))
            rest = []
        else:
            rest.append(steps_of(above)[-1])
    field = [".".join(rest)] if rest else []
    zh, en = (" · ".join([*(one[n] for one in words), *field]) for n in (0, 1))
    return Text(zh=zh or "/", en=en or "/")


def _where(path: str) -> tuple[str, str]:
    """Track and stage of a pointer, as far as it lies in one."""
    match steps_of(path):
        case ["tracks", track, "stages", stage, *_]:
            return track, stage
        case ["tracks", track, *_]:
            return track, ""
        case ["organization", stage, *_]:
            return "", stage
        case _:
            return "", ""


def _roles(old: Scheme, new: Scheme, path: str) -> tuple[str, ...]:
    """The concrete roles that a change concerns."""
    match steps_of(path):
        case ["roles", slot, *_]:
            both = (one.roles.get(slot, ()) for one in (old, new))
        case ["tracks", track, "stages", stage, "actor", slot, *_]:
            both = (_of_stage(one, track, stage, (slot,)) for one in (old, new))
        case ["tracks", track, "stages", stage, *_]:
            both = (_of_stage(one, track, stage, None) for one in (old, new))
        case _:
            both = (() for _ in range(1))
    return tuple(dict.fromkeys(role for roles in both for role in roles))


def _of_stage(scheme: Scheme, track: str, stage: str, slots: tuple[str, ...] | None) -> tuple[str, ...]:
    """Who fills these slots in a stage; without slots whoever completes it."""
    try:
        here = scheme.track(track).stage(stage)
    except KeyError:
        return ()  # this version has no such stage
    if slots is None:
        ends = machines.stage_machine(here.kind).events["complete_stage"] if here.kind in KINDS else ()
        slots = tuple(slot for move in ends for slot in move.who)
    return tuple(role for slot in slots for role in scheme.concrete_roles(slot, track, stage))
