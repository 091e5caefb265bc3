"""What the acts of the story hold in their hands: the case of the bureau, its offices, and its weekly and monthly round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.pingdingshan.cast import OFFICES
from api.cli.demo.scene import CREATED, Scene, duty
from api.cli.demo.tell import Said

REPORT, ROUND = "progress_report_due", "dispatch_due"


@dataclass
class Bureau(Scene):
    """The story so far."""

    batch: str = ""
    case: str = ""
    proof: str = ""
    """A document of the years 2016 to 2021 that the papers show."""
    offices: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    """The item of the problem list by its indicator."""
    slow: str = ""
    """The office that hands in no progress."""

    @property
    def office(self) -> Person:
        """The leading group's office."""
        return self.who("office")

    def liaison(self, office: str) -> Person:
        return self.who(OFFICES[office][0])

    def read(self) -> Answer:
        """The case as the leading group's office sees it."""
        return self.office.get(f"/cases/{self.case}")

    def owed(self, key: str, day: str, said: Said, *, late: bool = False) -> None:
        """The case owes this by that day, and it is late or not."""
        found = duty(self.read(), key)
        self.tell.holds((found.get("dueOn"), found.get("overdue")) == (day, late), said, found)

    def paper(self, who: str, key: str, **parts: str) -> Answer:
        """A paper of the present stage goes on file."""
        return self._paper(self.who(who), key, {"parts": parts} if parts else {})

    def _paper(self, who: Person, key: str, more: Mapping[str, Any]) -> Answer:
        form = {"artefact": key, "author": who.name, "date": self.today, "files": [self.proof], **more}
        return who.act("cases", self.case, "submit_artefact", **form)

    def paper_of(self, office: str, key: str, **parts: str) -> Answer:
        """A paper that each office hands in by its liaison."""
        more = {"office": self.offices[office], **({"parts": parts} if parts else {})}
        return self._paper(self.liaison(office), key, more)

    def progress(self, office: str) -> Answer:
        """PDS-M3c: what an office has done in the week."""
        return self.paper_of(office, "progress_report", 进展="按计划推进")

    def rate(self, **said: Any) -> Answer:
        """PDS-S2b: the responsible offices rate items, by points or by what was measured."""
        return self.who("section").put(f"/cases/{self.case}/scores", said)

    def indicators_now(self) -> dict[str, Any]:
        """How the indicators stand."""
        return dict(self.office.get(f"/cases/{self.case}/indicators").body)

    def verdict(self, code: str) -> str:
        """How an item stands by the bureau's own rating."""
        stands = {one["code"]: one for one in self.indicators_now()["items"]}
        return str(stands[code]["assessed"]["self"]["verdict"])

    def upload(self, name: str, first: int, last: int = 2021) -> str:
        """A document about the work of these years."""
        given = self.who("section").upload(self.case, name, name, first, last)
        return self.tell.step(given, status=CREATED).id

    def through(self, day: str, at: str = "09:00") -> None:
        """Time goes on; on the way the offices report every week and the office circulates their progress (PDS-M3c, M3d)."""
        while (coming := self._next_round()) and coming <= day:
            if coming > self.today:
                self.until(coming)
            self._hold_round()
        if (day, at) != (self.today, "09:00"):
            self.until(day, at)

    def _rounds(self) -> list[dict[str, Any]]:
        """The reports and circulars that are to come; the office that is slow goes on being so."""
        owed = [d for d in self.read().body["duties"] if d["key"].startswith((REPORT, ROUND)) and not d["overdue"]]
        return [d for d in owed if d["responsible"] != self.slow or d["key"].startswith(ROUND)]

    def _next_round(self) -> str | None:
        return min((str(d["dueOn"]) for d in self._rounds()), default=None)

    def _hold_round(self) -> None:
        for owed in (d for d in self._rounds() if d["dueOn"] == self.today):
            if owed["key"].startswith(REPORT) and owed["responsible"]:
                self.tell.step(self.progress(owed["responsible"]))
        for draft in self.office.items("/bulletins", parent=self.batch, state="draft"):
            told = [*draft["data"]["facts"], {"text": "请各科室按周报送进展"}]
            self.tell.step(self.office.act("bulletins", draft["id"], "edit_bulletin", facts=told), "draft")
            self.issue(draft["id"])

    def issue(self, bulletin: str, **said: Any) -> Answer:
        """INV-20: a circular is approved by the leading group and issued by its office."""
        self.tell.step(self.who("leader").act("bulletins", bulletin, "approve_bulletin", **said), "approved")
        return self.tell.step(self.office.act("bulletins", bulletin, "issue_bulletin"), "issued")
