"""What came of a play, as plain values: what fell due, what took its course, what became of whom, what stood still."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Outcome = Literal["done", "late", "came", "overdue", "open"]
"""Done in time, done too late, came by itself on its day, not done and late, and still to come at the end."""


@dataclass(frozen=True, order=True)
class Owed:
    """Something that fell due on a day: by whom, what of what, by which article, and what became of it.

    `off` is why the day is a day off (empty: it is worked), `moved_from` the day off from which the rule moved it.
    """

    day: date
    who: str
    what: str
    about: str
    kind: str
    subject: str
    batch: int
    outcome: Outcome
    done_on: date | None
    rules: tuple[str, ...] = ()
    wording: str = ""
    off: str = ""
    moved_from: date | None = None
    provisional: bool = False

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same in another play."""
        return self.kind, self.about, self.subject, self.batch, self.who


@dataclass(frozen=True, order=True)
class Course:
    """Something that took its course: a batch, a list, a notice, a decision, a round of look-backs, a bulletin."""

    first: date
    kind: str
    name: str
    last: date | None
    state: str


@dataclass(frozen=True, order=True)
class Fate:
    """What became of one applicant in one batch, and of the title since. `why` is the refusal that ended it."""

    batch: int
    track: str
    applicant: str
    subject: str
    share: str
    punctuality: str
    end: str
    state: str
    on: date | None
    stage: str
    why: str = ""
    rules: tuple[str, ...] = ()
    late: int = 0
    title: str = ""
    title_since: date | None = None
    look_backs: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        return self.batch, self.track, self.subject


@dataclass(frozen=True, order=True)
class Still:
    """What stood still at the end: since when, what nobody did, and why not."""

    since: date
    thing: str
    about: str
    act: str
    why: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """One play."""

    scheme: str
    title: str
    first: date
    last: date
    assumed: tuple[str, ...]
    owed: tuple[Owed, ...]
    courses: tuple[Course, ...]
    fates: tuple[Fate, ...]
    still: tuple[Still, ...]

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
