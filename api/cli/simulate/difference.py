"""What a changed value alters: who falls out or is late now, which dates move, what stands still only then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.cli.simulate.result import Fate, Owed, Result, Still

MISSED = ("late", "overdue")


@dataclass(frozen=True)
class OtherFate:
    """An applicant of whom something else becomes."""

    before: Fate
    after: Fate

    @property
    def falls_out(self) -> bool:
        """Named, or through to the end, as it stands; and no more."""
        return self.before.end in ("named", "closed") and self.after.end != self.before.end


@dataclass(frozen=True)
class Moved:
    """A date that moves, of something that is there in both plays."""

    before: Owed
    after: Owed


@dataclass(frozen=True)
class Difference:
    """One play beside the other."""

    fates: tuple[OtherFate, ...]
    late: tuple[Owed, ...]
    """Missed only now."""
    moved: tuple[Moved, ...]
    gone: tuple[Owed, ...]
    new: tuple[Owed, ...]
    still: tuple[Still, ...]

    @property
    def nothing(self) -> bool:
        return not (self.fates or self.late or self.moved or self.gone or self.new or self.still)

    def as_data(self) -> dict[str, Any]:
        """As JSON has it: the sentences of the page in parts."""
        return {
            "fates": [{"subject": f.after.subject, "batch": f.after.batch, "track": f.after.track, "from": f.before.end,
                       "to": f.after.end, "why": f.after.why, "rules": list(f.after.rules), "title_from": f.before.title,
                       "title_to": f.after.title, "falls_out": f.falls_out} for f in self.fates],
            "late": [_told(one) for one in self.late],
            "moved": [{**_told(m.after), "from": m.before.day.isoformat()} for m in self.moved],
            "gone": [_told(one) for one in self.gone],
            "new": [_told(one) for one in self.new],
        }  # fmt: skip


def _told(one: Owed) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "who": one.who, "kind": one.kind, "of": one.about, "subject": one.subject,
            "batch": one.batch}  # fmt: skip


def difference(before: Result, after: Result) -> Difference:
    """What differs. Dates of one kind, of the same thing of the same applicant, are compared in their order."""
    mine, theirs = {f.key: f for f in before.fates}, {f.key: f for f in after.fates}
    fates = [OtherFate(mine[k], theirs[k]) for k in mine if k in theirs and _told_of(mine[k]) != _told_of(theirs[k])]
    pairs = list(_pairs(before.owed, after.owed))
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return Difference(
        tuple(fates),
        tuple(b for a, b in both if b.outcome in MISSED and a.outcome not in MISSED),
        tuple(Moved(a, b) for a, b in both if a.day != b.day),
        tuple(a for a, b in pairs if b is None and a is not None),
        tuple(b for a, b in pairs if a is None and b is not None),
        tuple(s for s in after.still if _of(s) not in {_of(one) for one in before.still}),
    )


def _told_of(fate: Fate) -> tuple[object, ...]:
    return fate.end, fate.title, fate.look_backs, fate.late


def _of(still: Still) -> tuple[str, str, str]:
    return still.thing, still.about, still.act


def _pairs(before: tuple[Owed, ...], after: tuple[Owed, ...]) -> Iterator[tuple[Owed | None, Owed | None]]:
    first, second = _by_key(before), _by_key(after)
    for key in dict.fromkeys([*first, *second]):
        left, right = first.get(key, []), second.get(key, [])
        longest = max(len(left), len(right))
        yield from zip(left + [None] * (longest - len(left)), right + [None] * (longest - len(right)), strict=True)


def _by_key(owed: tuple[Owed, ...]) -> dict[tuple[object, ...], list[Owed | None]]:
    found: dict[tuple[object, ...], list[Owed | None]] = {}
    for one in owed:
        found.setdefault(one.key, []).append(one)
    return found


def span(dates: list[date]) -> str:
    """The first and last of some days."""
    first, last = min(dates), max(dates)
    return first.isoformat() if first == last else f"{first}..{last}"
