"""Playing Haiyuan County's plan over HTTP: its people, the plan as it ships, and results that are reported and verified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from api.cli.processes import EmbeddedTemporal
from tests.support.house import SHANGHAI, Caller, Installation, installation
from tests.support.temporal import connect

ISSUED = datetime(2023, 7, 4, 9, tzinfo=SHANGHAI)
HOME = "cn/nx/zhongwei/haiyuan"
COUNTY = f"region:{HOME}"
DOCUMENT = {"issuer": "海原县人民政府办公室", "number": "海政办发〔2023〕34号", "date": "2023-07-04"}
SERVICES, BUREAU = "政务服务中心", "县综合局"
"""Two units of our own: one answers for task 18 alone, the other for everything else."""
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "editor": (("scheme_editor", COUNTY),),
    "publisher": (("scheme_approver", COUNTY),),
    "county": (("county_government", COUNTY),),
    "second": (("county_government", COUNTY),),
    "justice": (("justice_department", COUNTY),),
    "deputy": (("justice_department", COUNTY),),
    "inspector": (("county_lbg_office", COUNTY),),
    "region": (("regional_lbg_office", "region:cn/nx"),),
    "bureau": (("department", f"organization:{BUREAU}"),),
    "services": (("department", f"organization:{SERVICES}"),),
    "admin": (("system_administrator", COUNTY),),
}


def rate(numerator: int, denominator: int = 1000) -> dict[str, str]:
    """A rate as it is reported."""
    return {"numerator": str(numerator), "denominator": str(denominator)}


@dataclass
class County:
    """One installation with the programme published; `plan` once it is loaded."""

    place: Installation
    people: dict[str, Caller]
    scheme: str
    plan: str = ""
    tasks: dict[int, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Caller:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def shown(self, resource: str, thing: str) -> dict[str, Any]:
        """A thing as the county sees it."""
        found: dict[str, Any] = (await self.county.get(f"/{resource}/{thing}")).json()
        return found

    async def listed(self, resource: str, **filters: Any) -> list[dict[str, Any]]:
        """The things of a resource under these filters."""
        page = (await self.county.get(f"/{resource}", limit=200, **filters)).json()
        assert not page["hasMore"]
        found: list[dict[str, Any]] = page["items"]
        return found

    async def both(self, resource: str, thing: str, event: str, /, **form: Any) -> dict[str, Any]:
        """An act of two persons of the county government."""
        await self.county.must(resource, thing, event, **form)
        return await self.second.must(resource, thing, event, **form)

    async def told(self, who: Caller, resource: str, thing: str, name: str, /, **form: Any) -> str:
        """A fact from outside, and what became of it."""
        sent = await who.post(f"/{resource}/{thing}/signals/{name}", {"form": form})
        assert sent.status_code == 202, sent.text
        while True:
            answer = await who.http.get(sent.headers["Location"], headers=who.headers())
            if answer.status_code != 202:
                return str(answer.json()["outcome"])
            await asyncio.sleep(0.05)

    # ------------------------------------------------------------------------------------------ the plan

    async def loaded(self) -> None:
        """The plan with its tasks, issued by its document."""
        self.plan = await self.justice.made("action-plans", scheme=self.scheme)
        await self.place.evidence(self.plan)
        await self.county.must("action-plans", self.plan, "issue_plan", **DOCUMENT)
        self.tasks = {t["data"]["number"]: t["id"] for t in await self.listed("plan-tasks", case=self.plan)}

    async def assigned(self, *numbers: int) -> None:
        """These tasks have their unit and person."""
        for number in numbers:
            unit = SERVICES if number == 18 else BUREAU
            await self.justice.must("plan-tasks", self.tasks[number], "assign_task", unit=unit, person="马")

    async def running(self) -> None:
        """Loaded, every task assigned, started."""
        await self.loaded()
        await self.assigned(*self.tasks)
        await self.justice.must("action-plans", self.plan, "assign_plan")
        await self.justice.must("action-plans", self.plan, "start_plan")

    async def to_year(self, year: int) -> None:
        """The first minute of a plan year; the year before is appraised as it stands."""
        await self.place.until(f"{year}-01-01", "00:00")
        await self.county.must("action-plans", self.plan, "appraise_year")
        await self.place.settled()

    def unit(self, number: int) -> Caller:
        return self.services if number == 18 else self.bureau

    async def result(self, number: int, metric: str, year: int) -> str:
        """The open result of a task of that year that answers for a metric."""
        found = await self.listed("task-occurrences", case=self.plan, parent=self.tasks[number])
        mine = (
            r["id"]
            for r in found
            if r["data"]["year"] == year and any(c.split()[0] == metric for c in r["data"]["covers"])
        )
        return str(next(mine))

    async def on_demand(self, number: int, *metrics: str) -> str:
        """A result of what happens once, with a document, or as needed."""
        said: dict[str, Any] = {"metrics": list(metrics)} if metrics else {}
        return await self.unit(number).made(
            "task-occurrences", parent=self.tasks[number], event="open_occurrence", **said
        )

    def paper(self, **values: Any) -> dict[str, Any]:
        """The form of a report."""
        said: dict[str, Any] = {"evidence": [f"ev-{self.plan}"], "statement": "见台账"}
        return {**said, "values": values} if values else said

    async def judged(self, number: int, result: str, /, **values: Any) -> str:
        """Reported with these values, verified by the justice department; taken up again if it was judged before."""
        if (await self.shown("task-occurrences", result))["state"] in ("met", "unmet"):
            await self.justice.must("task-occurrences", result, "reopen_occurrence", text="重新核报")
        await self.unit(number).must("task-occurrences", result, "report_occurrence", **self.paper(**values))
        return str((await self.justice.must("task-occurrences", result, "verify_occurrence"))["state"])

    # ------------------------------------------------------------------------------------- applying outside

    async def batch(self, number: int, year: int, opens: str) -> str:
        """The batch of a year, open."""
        window: dict[str, Any] = {"number": number, "naming_year": year, "opens": opens, "closes": f"{year}-12-31"}
        it = await self.county.made("batches", scheme=self.scheme, **window)
        await self.county.must("batches", it, "open_batch")
        return it

    async def draft(self, batch: str) -> str:
        """A case of the county that is not enrolled yet."""
        case = await self.county.made("cases", batch, track="area", jurisdiction="haiyuan")
        await self.place.evidence(case)
        return case

    async def applied(self, case: str, tier: str) -> None:
        """The county has mobilised, listed its duties and applied for a tier."""
        await self.county.must("cases", case, "enroll", tier=tier)
        for key in ("duty_list", "application_form"):
            form = {"artefact": key, "author": "马", "date": "2023-07-04", "files": [f"ev-{case}"]}
            await self.county.must("cases", case, "submit_artefact", **form)
            declared = {"signer": "马", "true": True, "lawful": True, "complete": True} if key != "duty_list" else {}
            await self.county.must("cases", case, "complete_stage", **declared)

    async def decided(self, case: str, number: str, day: str, *, favourable: bool = True) -> None:
        """The decision of the region, recorded with its number, and what follows."""
        said = {"source": "自治区党委依法治区办", "number": number, "date": day, "file": f"ev-{case}"}
        outcome = await self.told(self.region, "cases", case, "record_external_result", **said, favourable=favourable)
        assert outcome == "done"
        if favourable:
            await self.justice.must("cases", case, "complete_stage")
        await self.place.settled()

    async def project(self, batch: str, unit: str) -> str:
        """A project that a department of the county puts forward."""
        await self.admin.did("/organizations", {"id": unit, "zh": unit, "jurisdiction": "haiyuan"})
        clerk = await self.place.person(f"clerk.{unit}", ("department", f"organization:{unit}"))
        said = {"track": "single_item", "jurisdiction": "haiyuan", "organization": unit, "project": f"{unit}项目"}
        case = await clerk.made("cases", batch, **said)
        await clerk.must("cases", case, "enroll")
        await self.place.evidence(case)
        return case

    async def recommendation(self, case: str) -> str:
        """One that attests all three criteria, drafted.

        The justice department belongs to the county that it recommends: a second person of it sends (GAP-SX-2).
        """
        reasons = {"innovative": "全区首创", "leading": "走在前列", "copyable": "已有三县照搬"}
        return await self.justice.made("recommendations", case, criteria=reasons)


@asynccontextmanager
async def haiyuan(temporal: EmbeddedTemporal, home: Path) -> AsyncIterator[County]:
    """The programme as it ships, published on the day on which the plan was issued."""
    client = await connect(temporal)
    async with installation(client, f"sqlite+aiosqlite:///{home}/s.db", home, create_at=ISSUED) as place:
        for code, under, level in (
            ("nx", "cn", "province"),
            ("zhongwei", "cn/nx", "prefecture"),
            ("haiyuan", "cn/nx/zhongwei", "county"),
        ):
            await place.jurisdiction(code, under, level)
        people = {name: await place.person(name, *roles) for name, roles in PEOPLE.items()}
        drafted = await people["editor"].post("/schemes", {"region": HOME, "shipped": "haiyuan"})
        assert drafted.status_code == 201, drafted.text
        scheme = str(drafted.json()["id"])
        published = await people["publisher"].post(f"/schemes/{scheme}/publish")
        assert published.status_code == 200, published.text
        yield County(place, people, scheme)
