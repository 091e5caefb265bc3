"""A title and its file, lived by `perform` and `ring` alone: what is asked, what the alarm does, what then stands."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from service.domain.alarm import ring
from service.domain.desk import Desk
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Ask, Duty, Facts, Thing, Who
from service.domain.perform import Outcome, perform
from service.schemes.model import Scheme
from tests.support.domain import SHANGHAI, facts, reference, thing


def scheme(**parts: Any) -> Scheme:
    """The reference programme with some fields of its parts said otherwise: `scheme(title={...}, look_back={...})`."""
    definition = reference().model_dump(mode="json", by_alias=True)
    for name, said in parts.items():
        definition[name] = {**definition[name], **said} if isinstance(said, dict) else said
    return Scheme.model_validate(definition)


class Title:
    """One title named on a day, at a business time that the test moves; `schedule` is what its alarm reads."""

    def __init__(self, rules: Scheme, named: str = "2024-03-01", **more: Any) -> None:
        self.ids = itertools.count(1)
        self.sends: list[Send] = []
        self.rounds: list[Thing] = []
        case = thing("case", "named", id="case", owner="case")
        decision = thing("naming_decision", "effective", id="decision", parent="batch", named=["case"])
        own = {"parent": "case", "owner": "title", "named_on": named, "decision": "decision"}
        new = thing("designation", "@new", id="title", **{**own, **more})
        self.schedule: dict[str, Any] = {"rounds": self.rounds, "newest": "newest", "first": "title"}
        self.facts = facts(new, case, decision, scheme=rules, now=f"{named}T09:00", schedule=self.schedule)
        self.act("create_designation")

    def act(
        self, event: str, who: Who = THE_SYSTEM, upon: str = "title", second: str | None = None, **form: Any
    ) -> Outcome:
        """What must be accepted; the file then stands as it would after the commit."""
        outcome = self._ask(event, who, upon, second, form)
        assert isinstance(outcome, Outcome), f"{event}: {outcome}"
        if not outcome.proposes:
            self._take(outcome.desk)
        return outcome

    def refused(
        self, event: str, who: Who = THE_SYSTEM, upon: str = "title", second: str | None = None, **form: Any
    ) -> list[str]:
        """The codes of what was unmet; nothing has changed."""
        outcome = self._ask(event, who, upon, second, form)
        assert not isinstance(outcome, Outcome), f"{event} was accepted"
        return [u.code for u in outcome.unmet]

    def on(self, day: str, time: str = "09:00") -> Title:
        """It is that local day; every alarm that was due until then has rung, each at its own instant."""
        to = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)
        while (at := self._rings()) is not None and at <= to:
            self.facts = replace(self.facts, now=max(at, self.facts.now))
            self._take(ring(self.facts, self._fresh))
        self.facts = replace(self.facts, now=to)
        return self

    def visit(self, day: str, state: str = "closed", id: str = "visit", **data: Any) -> None:
        """A look-back of the title that was made on a day, as it stands on file."""
        said = {"designation": "title", "year": int(day[:4]), "recheck": True, "on": {"create_look_back": day}, **data}
        ended = state in ("closed", "cancelled")
        self.put(thing("look_back", state, id=id, owner="round", parent="round", ended=ended, data=said))

    def put(self, *beside: Thing) -> None:
        """Something that stands in the file beside the title."""
        for one in beside:
            number = 1 + max(t.number for t in self.facts.things.values())
            self.facts = replace(self.facts, things={**self.facts.things, one.id: replace(one, number=number)})

    @property
    def title(self) -> Thing:
        return self.facts.things["title"]

    @property
    def state(self) -> str:
        return self.title.state

    def due(self, key: str) -> list[str]:
        """The days of the open duties of that key."""
        return sorted(str(d.due_on) for d in self._open(key))

    def sent(self, event: str) -> list[Send]:
        """What was sent to other owners by that event."""
        return [s for s in self.sends if s.event == event]

    def _open(self, key: str) -> Iterable[Duty]:
        return (d for d in self.facts.duties if d.key.partition(":")[0] == key and d.done_at is None)

    def _rings(self) -> datetime | None:
        return min((d.ring_at for d in self.facts.duties if d.ring_at and not d.done_at), default=None)

    def _ask(self, event: str, who: Who, upon: str, second: str | None, form: dict[str, Any]) -> Any:
        given = replace(self.facts, thing=self.facts.things[upon])
        return perform(given, Ask(event, form, who, second), self._fresh)

    def _fresh(self) -> str:
        return f"id-{next(self.ids)}"

    def _take(self, desk: Desk) -> None:
        self.sends += desk.sends
        things = desk.facts.things
        self.facts = Facts(
            desk.facts.scheme, desk.facts.calendar, desk.facts.now, things["title"], things, desk.facts.duties,
            desk.facts.more,
        )  # fmt: skip


def day_after(day: str, days: int = 1) -> str:
    """A day so many days on."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
