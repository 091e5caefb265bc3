"""What every act of a story holds in its hands: who acts, the clock, and the scheme."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.people import People
from api.cli.demo.tell import Halted, Said, Teller
from service.domain.dates.calendar import today

CREATED, ACCEPTED, FORBIDDEN, ABSENT, CONFLICT, INCOMPLETE = 201, 202, 403, 404, 409, 422
FOLLOWS_WITHIN = 60.0
POLL = 0.05


@dataclass
class Scene:
    """The story so far."""

    tell: Teller
    people: People
    today: str
    """The business day."""
    definition: dict[str, Any] = field(default_factory=dict)
    scheme: str = ""

    def who(self, person: str) -> Person:
        return self.people[person]

    def until(self, day: str, at: str = "09:00") -> None:
        """Move the clock to a time of a local day; whatever falls due on the way happens."""
        said = (
            f"时间推进到 {day}，途中到期的事项逐一办理",
            f"the clock moves to {day}; what falls due on the way happens",
        )
        with self.tell.waiting(said):
            self.tell.step(self.people.admin.post("/clock/advance", {"to": f"{day}T{at}:00+08:00"}))
        self.today = day

    def publish(self, programme: str, place: str, editor: str = "editor", publisher: str = "publisher") -> None:
        """QH-18a, INV-20: the shipped scheme, drafted for a place by one person and published by another."""
        draft = self.who(editor).post("/schemes", {"region": self.people.cast.path(place), "shipped": programme})
        said = f"导入方案 {programme}（草案）", f"The scheme {programme} is imported as a draft"
        self.tell.done(draft, said, status=CREATED)
        path = f"/schemes/{draft.id}/publish"
        said = "起草人发布自己的方案", "The editor publishes the own draft"
        self.tell.refused(self.who(editor).post(path), said, CONFLICT, "person", "INV-20")
        said = "方案由另一人发布，此后不再更改", "Another person publishes it; it never changes from now on"
        self.tell.done(self.who(publisher).post(path), said, "published")
        self.scheme = draft.id
        self.definition = self.who(publisher).get(f"/schemes/{self.scheme}").body["definition"]

    def eventually(self, read: Callable[[], Answer], *states: str, said: Said) -> Answer:
        """What a workflow does by itself: it must be so within a moment."""
        until = time.monotonic() + FOLLOWS_WITHIN
        with self.tell.waiting(said):
            found = read()
            while found.state not in states and time.monotonic() < until:
                time.sleep(POLL)
                found = read()
        return self.tell.done(found, said, *states)

    def found(self, person: Person, path: str, **params: Any) -> dict[str, Any]:
        """The one thing that a workflow makes by itself, as soon as it is there."""
        until = time.monotonic() + FOLLOWS_WITHIN
        while not (items := person.items(path, **params)) and time.monotonic() < until:
            time.sleep(POLL)
        if len(items) == 1:
            self.tell.held += 1
            return items[0]
        said = f"{path} 应有一项，实有 {len(items)} 项", f"{path}: one is expected, there are {len(items)}"
        self.tell.holds(False, said, params)
        raise Halted(path)

    def indicators(self) -> list[str]:
        """The codes of the indicator system."""
        return [i["code"] for i in self.definition["indicator_system"]["indicators"]]


def duty(answer: Answer, key: str) -> dict[str, Any]:
    """The dated duty of that key on a thing that was read; empty where there is none."""
    owed: list[dict[str, Any]] = answer.body.get("duties", [])
    return next((d for d in owed if d["key"] == key), {})


def local_day(instant: str) -> str:
    """The day in China of an instant."""
    return today(datetime.fromisoformat(instant)).isoformat()
