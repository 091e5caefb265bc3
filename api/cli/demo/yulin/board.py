"""What the acts of the story of Yulin hold in their hands beside the scene: one board for both levels (YL-B6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.scene import ACCEPTED, CREATED, Scene, duty
from api.cli.demo.tell import Said
from api.cli.demo.yulin.cast import CITY, COUNTIES, NAMES, PROJECTS

CHECKED: dict[str, Any] = {"team": ["何", "郑"], "written_result": "符合要求"}
DECLARED: dict[str, Any] = {"signer": "主要负责人", "true": True, "lawful": True, "complete": True}
FOUR = ("measure", "unit", "person", "due")


@dataclass
class Board(Scene):
    """The story so far. A unit is a county, the city, a department or a project, by its code."""

    batch: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    dossiers: dict[str, str] = field(default_factory=dict)
    """The document that each unit uploaded for its papers."""
    items: dict[str, str] = field(default_factory=dict)
    """The open finding on a unit."""
    lists: dict[str, str] = field(default_factory=dict)
    """The list of recommendations of each track."""

    @property
    def desk(self) -> Person:
        return self.who("desk.gao")

    @property
    def group(self) -> Person:
        return self.who("group.ma")

    def clerk(self, unit: str) -> Person:
        """Who acts for a unit: for the city the office of the leading group, for a project whoever brings it."""
        if unit == CITY:
            return self.desk
        host, _ = PROJECTS.get(unit, (unit, ""))
        return self.who(f"{host}.clerk")

    def join(self, track: str, unit: str, **said: Any) -> Answer:
        """The draft of a case of a unit."""
        host, topic = PROJECTS.get(unit, (unit, ""))
        where = host if host in COUNTIES else CITY
        of = {} if host in (*COUNTIES, CITY) else {"organization": host}
        project = {"project": unit} if topic else {}
        form = {"track": track, "jurisdiction": where, **of, **project, **said}
        return self.clerk(unit).create("cases", self.batch, **form)

    def enter(self, track: str, unit: str, first: str, **said: Any) -> Answer:
        """A unit with a case in the first stage of a track."""
        self.cases[unit] = self.tell.step(self.join(track, unit), "draft", status=CREATED).id
        entered = self.clerk(unit).act("cases", self.cases[unit], "enroll", **said)
        return self.tell.step(entered, first)

    def case(self, unit: str) -> Answer:
        """The case of a unit as its official sees it."""
        return self.clerk(unit).get(f"/cases/{self.cases[unit]}")

    def stand(self, units: Iterable[str], state: str, said: Said) -> None:
        """All of these stand in that stage."""
        found = {unit: self.case(unit).state for unit in units}
        self.tell.holds(set(found.values()) == {state}, said, found)

    def due(self, units: Iterable[str], key: str, day: str | None, said: Said, *, overdue: bool = False) -> None:
        """For all of these a duty falls due on that day (None: the date is pending), and is missed or not."""
        self.dues(units, {key: day}, said, overdue=overdue)

    def dues(self, units: Iterable[str], days: Mapping[str, str | None], said: Said, *, overdue: bool = False) -> None:
        """The same of several duties, each with its day."""
        wanted = {key: (day, overdue) for key, day in days.items()}
        found = {}
        for unit in units:
            owed = {key: duty(seen, key) for seen in (self.case(unit),) for key in days}
            found[unit] = {key: (one.get("dueOn"), one.get("overdue")) for key, one in owed.items()}
        self.tell.holds(all(one == wanted for one in found.values()), said, found)

    def expires(self, unit: str, key: str, day: str, said: Said) -> None:
        """A date that nobody moves ends with its day: at 23:59 the unit is not late, at midnight it is."""
        self.until(day, "23:59")
        before = duty(self.case(unit), key)
        self.until((date.fromisoformat(day) + timedelta(days=1)).isoformat(), "00:00")
        after = duty(self.case(unit), key)
        good = [(d.get("dueOn"), d.get("overdue")) for d in (before, after)] == [(day, False), (day, True)]
        self.tell.holds(good, said, (before, after))

    def file(self, unit: str, *keys: str, by: Person | None = None, **parts: Any) -> None:
        """Papers of the present stage go on file, with the document that was uploaded for them."""
        author = by or self.clerk(unit)
        for key in keys:
            form = {"artefact": key, "author": author.name, "date": self.today, "files": [self.dossier(unit)], **parts}
            self.tell.step(author.act("cases", self.cases[unit], "submit_artefact", **form))

    def dossier(self, unit: str) -> str:
        """The document that the papers of a unit show."""
        if unit not in self.dossiers:
            given = self.clerk(unit).upload(
                self.cases[unit], "卷宗.txt", f"{NAMES[unit][0]}创建材料", year=2024, last=2025
            )
            self.dossiers[unit] = self.tell.step(given, status=CREATED).id
        return self.dossiers[unit]

    def report(self, *units: str) -> None:
        """YL-W3a: each responsible unit reports its progress to the office."""
        for unit in units:
            self.file(unit, "progress_report")

    def complete(self, unit: str, by: Person | None = None, /, **form: Any) -> Answer:
        """The present stage of a unit ends, or so it is asked."""
        return (by or self.clerk(unit)).act("cases", self.cases[unit], "complete_stage", **form)

    def find(self, unit: str, event: str, by: Person, finding: Mapping[str, str]) -> str:
        """A finding on a unit, raised or recorded; the item that came of it."""
        before: set[str] = {i["id"] for i in self.desk.items("/rectification-items", parent=self.cases[unit])}
        self.tell.step(by.act("cases", self.cases[unit], event, **finding))
        now: set[str] = {i["id"] for i in self.desk.items("/rectification-items", parent=self.cases[unit])}
        (item,) = now - before
        self.items[unit] = item
        return item

    def assign(self, item: str, by: Person | None = None, /, **four: str) -> None:
        self.tell.step((by or self.desk).act("rectification-items", item, "assign_item", **four), "assigned")

    def put_right(self, unit: str, item: str, said: Said, doer: Person | None = None) -> None:
        """From assigned to closed: whoever works, then another one who verifies and closes out."""
        worker, checker, at = doer or self.clerk(unit), self.who("desk.feng"), "rectification-items"
        self.tell.step(worker.act(at, item, "start_item"), "in_progress")
        form = {"evidence": [self.dossier(unit)], "statement": "已按措施整改到位"}
        self.tell.step(worker.act(at, item, "submit_item", **form), "submitted")
        self.tell.step(checker.act(at, item, "verify_item"), "verified")
        closed = checker.act(at, item, "close_item", date=self.today, verifier=checker.name)
        self.tell.done(closed, said, "closed")

    def issue(self, bulletin: str, said: Said, *, drafted_by_service: bool = False) -> None:
        """Approved by another person than its author, by two where the service wrote it, and issued."""
        if drafted_by_service:
            self.tell.step(self.who("group.qin").act("bulletins", bulletin, "approve_bulletin"), status=ACCEPTED)
        self.tell.step(self.group.act("bulletins", bulletin, "approve_bulletin"), "approved")
        self.tell.done(self.desk.act("bulletins", bulletin, "issue_bulletin"), said, "issued")

    def outside(self, unit: str, steps: Iterable[str], body: Person, number: str) -> None:
        """What a body above found step by step, and that it decided in favour."""
        self.file(unit, *steps, by=self.desk)
        fact = {"source": body.name, "number": number, "date": self.today, "file": self.dossier(unit)}
        told = body.signal("cases", self.cases[unit], "record_external_result", favourable=True, **fact)
        self.tell.step(told, status=ACCEPTED)

    def titles(self, track: str) -> list[tuple[str, str]]:
        """The titles on a track: the place, and the day on which it was named."""
        found = self.desk.items("/designations", batch=self.batch)
        return sorted((one["subject"], one["data"]["named_on"]) for one in found if one["track"] == track)

    def ledger(self, view: str, unit: str) -> list[dict[str, Any]]:
        """The rows of one of the lists of a case."""
        return list(self.desk.get(f"/ledgers/{view}", case=self.cases[unit], limit=200).body["items"])


def names(units: Iterable[str], language: int) -> str:
    """Units in Chinese (0) or English (1)."""
    return ("、", ", ")[language].join(NAMES[unit][language] for unit in units)
