"""Spans of days: from a first to a last day, or without end. Who held what, and what changes from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

Span = tuple[date, date | None]
Held = Mapping[str, Sequence[Span]]
"""Holder -> the spans for which something is held."""

ONE_DAY = timedelta(days=1)


def before(spans: Iterable[Span], day: date) -> list[Span]:
    """What of these spans lies before a day."""
    return [(a, min(b, day - ONE_DAY) if b else day - ONE_DAY) for a, b in spans if a < day]


def after(spans: Iterable[Span], day: date) -> list[Span]:
    """What of these spans lies on a day or later."""
    return [(max(a, day), b) for a, b in spans if b is None or b >= day]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same days in as few spans as possible, in order."""
    found: list[Span] = []
    for first, last in sorted(spans, key=lambda s: s[0]):
        begins, ends = found[-1] if found else (first, None)
        if found and (ends is None or first <= ends + ONE_DAY):
            found[-1] = (begins, None if ends is None or last is None else max(ends, last))
        else:
            found.append((first, last))
    return found


def set_from(held: Held, named: Iterable[str], day: date) -> dict[str, list[Span]]:
    """From a day on these hold it and nobody else; the days before stay as they were."""
    now = dict.fromkeys(named)
    kept = {holder: before(spans, day) for holder, spans in held.items()}
    return {h: joined([*kept.get(h, []), *([(day, None)] if h in now else [])]) for h in {**kept, **now}}


def passed_on(held: Held, person: str, successor: str, day: date) -> dict[str, list[Span]]:
    """From a day on the one holds what the other held, for as long as it was given."""
    mine, theirs = held.get(person, ()), held.get(successor, ())
    return {
        **{holder: list(spans) for holder, spans in held.items()},
        person: before(mine, day),
        successor: joined([*theirs, *after(mine, day)]),
    }
