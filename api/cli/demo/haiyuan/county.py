"""What the acts of the story of Haiyuan County hold in their hands: the plan, its tasks and results, the county's title."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.haiyuan.cast import COUNTY, UNIT_OF
from api.cli.demo.scene import ACCEPTED, CREATED, Scene
from api.cli.demo.tell import Said

BASIS = "自治区党委依法治区办"


@dataclass
class County(Scene):
    """The story so far."""

    plan: str = ""
    tasks: dict[int, str] = field(default_factory=dict)
    title: str = ""
    """The title of the county, once it holds one."""
    second_rung: str = ""
    """The case by which the county applies for the rung of 2024."""
    third_rung: str = ""
    year_batch: str = ""
    """The batch of 2025."""
    projects: list[str] = field(default_factory=list)
    claim: str = ""
    """The result of task 1 that answers for the last rung."""
    _papers: dict[tuple[str, str], str] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)

    @property
    def county(self) -> Person:
        """Who acts for the county government."""
        return self.who("county.li")

    @property
    def justice(self) -> Person:
        """Who coordinates and verifies."""
        return self.who("justice.mu")

    def clerk(self, unit: str) -> Person:
        """Who acts for a unit."""
        return self.who(f"{unit}.clerk")

    def reporter(self, number: int) -> Person:
        """Who reports for the unit that answers for a task."""
        return self.clerk(UNIT_OF[number])

    def stands(self, state: str, said: Said) -> Answer:
        """The plan as it stands now, which must be so."""
        return self.tell.done(self.county.get(f"/action-plans/{self.plan}"), said, state)

    def data(self, path: str) -> dict[str, Any]:
        """What a thing says of itself, as the county sees it."""
        said: dict[str, Any] = self.county.get(path).body["data"]
        return said

    def duties(self, path: str) -> dict[str, dict[str, Any]]:
        """What a thing owes, by key."""
        return {d["key"]: d for d in self.county.get(path).body["duties"]}

    def both(self, resource: str, thing: str, event: str, /, **form: Any) -> Answer:
        """An act of two persons of the county government: one proposes, the other decides."""
        self.tell.step(self.county.act(resource, thing, event, **form), status=ACCEPTED)
        return self.who("county.he").act(resource, thing, event, **form)

    # -------------------------------------------------------------------------------------- results of tasks

    def result(self, number: int, metric: str) -> str:
        """The result of a task that the service opened for this year and that answers for a metric."""
        found = self.reporter(number).items("/task-occurrences", case=self.plan, parent=self.tasks[number])
        year = int(self.today[:4])
        mine = [r for r in found if r["data"]["year"] == year and metric in (c.split()[0] for c in r["data"]["covers"])]
        self.tell.holds(
            len(mine) == 1, (f"第 {number} 项任务的年度事项已生成", f"The result of task {number} is open"), mine
        )
        return str(mine[0]["id"])

    def on_demand(self, number: int, *metrics: str) -> str:
        """A result of what happens once, with a document, or as needed."""
        body = {
            "parent": self.tasks[number],
            "event": "open_occurrence",
            "form": {"metrics": list(metrics)} if metrics else {},
        }
        return self.tell.step(self.reporter(number).post("/task-occurrences", body), "open", status=CREATED).id

    def report(self, number: int, result: str, /, **values: Any) -> Answer:
        """The unit reports, with evidence; what was judged before is taken up again first."""
        if result in self._judged:
            again = self.justice.act("task-occurrences", result, "reopen_occurrence", text="重新核报")
            self.tell.step(again, "open")
            self._judged.remove(result)
        said: dict[str, Any] = {"evidence": [self.paper(number)], "statement": "见台账"}
        return self.reporter(number).act(
            "task-occurrences", result, "report_occurrence", **said, **({"values": values} if values else {})
        )

    def judged(self, number: int, result: str, state: str, said: Said, /, **values: Any) -> None:
        """Reported with these values and verified by the justice department: it must come out so."""
        self.tell.step(self.report(number, result, **values), "reported")
        found = self.justice.act("task-occurrences", result, "verify_occurrence")
        self._judged.add(result)
        self.tell.holds(found.state == state, said, f"{found.status} {found.state} {found.body.get('detail', '')}")

    def short(self, result: str, metric: str) -> list[str]:
        """Who of those that must each reach a metric missed it, by name."""
        results = self.data(f"/task-occurrences/{result}")["results"]
        return next(list(r["short"]) for r in results if r["metric"] == metric)

    def paper(self, number: int) -> str:
        """The evidence of a unit for this year, registered on the file of the plan."""
        unit, year = UNIT_OF[number], self.today[:4]
        if (unit, year) not in self._papers:
            sent = self.reporter(number).upload(self.tasks[number], f"{year}年台账.txt", f"{unit} {year}", int(year))
            self._papers[unit, year] = self.tell.step(sent, status=CREATED).id
        return self._papers[unit, year]

    # ----------------------------------------------------------------------------------- applying to the region

    def batch(self, number: int) -> str:
        """The region calls: the batch of a year, open from today."""
        year = int(self.today[:4])
        window = {"number": number, "naming_year": year, "opens": self.today, "closes": f"{year}-12-31"}
        made = self.tell.step(self.county.create("batches", scheme=self.scheme, **window), "planned", status=CREATED)
        self.tell.step(self.county.act("batches", made.id, "open_batch"), "open")
        return made.id

    def case(self, batch: str) -> str:
        """A case of the county that is not enrolled yet."""
        made = self.county.create("cases", batch, track="area", jurisdiction=COUNTY)
        return self.tell.step(made, "draft", status=CREATED).id

    def apply(self, case: str, tier: str) -> Answer:
        """HY-T02: mobilized, the duties listed, and applied for a rung."""
        self.tell.step(self.county.act("cases", case, "enroll", tier=tier), "mobilization")
        declared = {"signer": "马县长", "true": True, "lawful": True, "complete": True}
        done = self._stage(case, "duty_list")
        self.tell.step(done, "application")
        return self._stage(case, "application_form", **declared)

    def _stage(self, case: str, key: str, **declared: Any) -> Answer:
        paper = self.tell.step(self.county.upload(case, f"{key}.txt", key, int(self.today[:4])), status=CREATED)
        form = {"artefact": key, "author": "马", "date": self.today, "files": [paper.id]}
        self.tell.step(self.county.act("cases", case, "submit_artefact", **form))
        return self.county.act("cases", case, "complete_stage", **declared)

    def decides(self, case: str, number: str, *, favourable: bool = True) -> Answer:
        """GAP-HY-3: the region's decision of today goes on record with its number."""
        region = self.who("region.wang")
        letter = self.tell.step(region.upload(case, f"{number}.txt", number, int(self.today[:4])), status=CREATED)
        said = {"source": BASIS, "number": number, "date": self.today, "file": letter.id, "favourable": favourable}
        told = region.signal("cases", case, "record_external_result", **said)
        if not favourable:
            return told
        self.tell.step(told, status=ACCEPTED)
        return self.justice.act("cases", case, "complete_stage")

    def holds_tier(self, tier: str, said: Said) -> Answer:
        """What the follow-up of a recognition makes of the county's title."""
        found = self.eventually(self._title, tier, said=said)
        self.title = found.id
        return found

    def _title(self) -> Answer:
        """The one title of the county as an area; its state here is the rung it stands on."""
        mine = [t for t in self.county.items("/designations") if t["track"] == "area"]
        first: dict[str, Any] = mine[0] if len(mine) == 1 else {"id": "", "data": {}}
        read = {**first, "state": first["data"].get("tier")}
        return Answer(200, read, "GET /designations")
