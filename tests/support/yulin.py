"""Playing Yulin over HTTP: its offices, its counties and departments, and their way through the stages of a track."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from api.cli.processes import EmbeddedTemporal
from service.records.rows import EVIDENCE, JURISDICTION
from service.schemes.loader import shipped_scheme
from tests.support.house import START, Caller, installation
from tests.support.programme import Programme
from tests.support.temporal import connect

SCHEME = shipped_scheme("yulin")
CITY = "region:cn/sn/yulin"
AREA, PROJECT, NATIONAL, DEPARTMENT = (track.id for track in SCHEME.tracks)
GROUPS = [group.id for group in SCHEME.indicator_system.groups]
MET = {indicator.code: "1" for indicator in SCHEME.indicator_system.indicators}
POSTS = ("head", "lead_unit", "liaison")
STEPS_OF_THE_PROVINCE = ("paper_review", "onsite_verification", "third_party_evaluation", "media_notice")
MEASURES_OF_THE_CENTRE = ("third_party_evaluation", "satisfaction_survey", "onsite_verification", "media_notice")
CODES = {
    "横山区": "hengshan", "府谷县": "fugu", "定边县": "dingbian", "靖边县": "jingbian", "绥德县": "suide",
    "佳县": "jiaxian", "吴堡县": "wubu", "清涧县": "qingjian", "子洲县": "zizhou",
    "榆阳区": "yuyang", "神木市": "shenmu", "米脂县": "mizhi",
}  # fmt: skip
"""The twelve counties; three of them are in every installation of the tests."""
FOR_THE_PROVINCE = ("横山区", "府谷县", "定边县", "靖边县", "绥德县", "佳县", "吴堡县", "清涧县", "子洲县")
FOR_THE_NATION = ("榆阳区", "神木市", "米脂县")
THERE = ("横山区", "佳县", "子洲县")
WRITTEN = {"source": "评估委员会", "finding": "决策未经合法性审查", "basis": "CITY-T3-01"}
INSPECTED: dict[str, Any] = {"date": "2024-07-14", "team": ["Li"], "written_result": "符合要求"}
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "editor": (("scheme_editor", "region:cn"),),
    "publisher": (("scheme_approver", "region:cn"),),
    "admin": (("system_administrator", "region:cn"),),
    "office": (("leading_group", CITY),),
    "second": (("leading_group", CITY),),
    "desk": (("leading_group_office", CITY),),
    "checker": (("leading_group_office", CITY),),
    "committee": (("evaluation_committee", CITY),),
    "team": (("supervision_team", CITY),),
}


@dataclass
class Unit:
    """Whoever takes part, with its official and its case."""

    name: str
    clerk: Caller
    case: str = ""
    organization: str = ""


@dataclass
class Board(Programme):
    """The programme in an installation: `office` is the leading group, `desk` its office."""

    units: dict[str, Unit] = field(default_factory=dict)
    day: str = "2024-02-22"

    async def government(self, name: str) -> Unit:
        """A county government with its official."""
        path = f"cn/sn/yulin/{CODES[name]}"
        if name not in self.units:
            if name not in THERE:
                row = {"code": CODES[name], "path": path, "level": "county", "zh": name, "en": CODES[name]}
                async with self.place.database.write.begin() as db:
                    await db.execute(insert(JURISDICTION).values(**row))
            clerk = await self.place.person(CODES[name], ("county_government", f"region:{path}"))
            self.units[name] = Unit(name, clerk)
        return self.units[name]

    async def department(self, code: str, name: str) -> Unit:
        """A responsible department of the city with its official."""
        await self.admin.did("/organizations", {"id": code, "zh": name, "jurisdiction": "yulin"})
        clerk = await self.place.person(code, ("responsible_department", f"organization:{code}"))
        return Unit(name, clerk, organization=code)

    async def drafted(self, track: str, unit: Unit, **said: str) -> Unit:
        """The same unit with the draft of a case on that track, and a piece of evidence in it."""
        of = {"organization": unit.organization} if unit.organization else {}
        where = {"jurisdiction": CODES.get(unit.name, "yulin"), **of, **said}
        case = await unit.clerk.made("cases", self.batch, track=track, **where)
        await self.place.evidence(case)
        return replace(unit, case=case)

    async def joined(self, track: str, unit: Unit, project: str = "", **said: str) -> Unit:
        """The same unit with a case in the first stage of that track."""
        one = await self.drafted(track, unit, **({"project": project} if project else {}))
        await one.clerk.must("cases", one.case, "enroll", **said)
        return one

    async def city(self) -> Unit:
        """The case of the city itself, led by the office of the leading group."""
        return await self.joined(NATIONAL, Unit("榆林市", self.desk))

    async def form_task_forces(self) -> None:
        """Nine of them, one for each group of the indicators; and a section of the city that answers for them all."""
        for n, group in enumerate(GROUPS):
            await self.desk.did("/bodies", force(self.batch, f"专班{n}", group))
        await self.admin.did("/organizations", {"id": "city", "zh": "榆林市人民政府", "jurisdiction": "yulin"})
        section = {"of": self.batch, "organization": "city", "zh": "法规科", "liaison": ["Wu"]}
        answers = {"offices": [(await self.desk.did("/offices", section))["id"]]}
        given = await self.desk.put("/responsibilities", {"of": self.batch, "assign": dict.fromkeys(GROUPS, answers)})
        assert given.status_code == 200, given.text

    async def organize(self, unit: Unit) -> None:
        """A leading group under the top leader."""
        await unit.clerk.did("/bodies", group_of(unit))
        await unit.clerk.must("cases", unit.case, "complete_stage")

    async def mobilize(self, unit: Unit) -> None:
        """A creation plan and a meeting."""
        await self.hand_in(unit, "creation_plan", "meeting_minutes")
        await unit.clerk.must("cases", unit.case, "complete_stage")

    async def begun(self, *units: Unit) -> None:
        """These stand in full creation."""
        for unit in units:
            await self.organize(unit)
            await self.mobilize(unit)

    async def hand_in(self, unit: Unit, *keys: str, by: Caller | None = None) -> None:
        """Papers of the present stage."""
        for key in keys:
            await (by or unit.clerk).must("cases", unit.case, "submit_artefact", **paper(key, unit))

    async def rate(self, unit: Unit) -> None:
        """Every indicator is rated as met."""
        rated = await unit.clerk.put(f"/cases/{unit.case}/scores", {"scores": MET})
        assert rated.status_code == 200, rated.text

    async def seen(self, unit: Unit) -> dict[str, Any]:
        """The case as its official sees it."""
        found: dict[str, Any] = (await unit.clerk.get(f"/cases/{unit.case}")).json()
        return found

    async def stands(self, unit: Unit) -> str:
        return str((await self.seen(unit))["state"])

    async def dues(self, unit: Unit) -> dict[str, tuple[str | None, bool]]:
        """Duty of the present stage, open or missed -> the day it is due and whether that was missed."""
        return {d["key"]: (d["dueOn"], d["overdue"]) for d in (await self.seen(unit))["duties"]}

    async def items(self, unit: Unit) -> list[str]:
        """The open findings on a case."""
        found = await self.listed("rectification-items", parent=unit.case)
        return [i["id"] for i in found if not i["ended"] and i["state"] != "closed"]

    async def ledger(self, unit: Unit, view: str) -> list[dict[str, Any]]:
        """The rows of one of the lists of a case."""
        return list((await self.desk.get(f"/ledgers/{view}", case=unit.case)).json()["items"])

    async def further_evidence(self, unit: Unit) -> str:
        """One more piece of evidence in the file of a case."""
        it = f"ev-{unit.case}-2"
        row = {"id": it, "chain": unit.case, "name": "b.txt", "media_type": "text/plain", "size": 1, "sha256": "1" * 64,
               "issuer": "tests", "status": "submitted", "person": unit.clerk.name, "at": START}  # fmt: skip
        async with self.place.database.write.begin() as db:
            await db.execute(insert(EVIDENCE).values(**row))
        return it

    async def assign(self, item: str, unit: str, due: str) -> None:
        await self.desk.must("rectification-items", item, "assign_item", measure="m", unit=unit, person="Li", due=due)

    async def put_right(self, unit: Unit, item: str, by: Caller | None = None) -> None:
        """From assigned to closed: whoever works, then another one who verifies."""
        who, at = by or unit.clerk, "rectification-items"
        await who.must(at, item, "start_item")
        await who.must(at, item, "submit_item", evidence=[f"ev-{unit.case}"], statement="done")
        await self.checker.must(at, item, "verify_item")
        await self.checker.must(at, item, "close_item", date=self.day, measure="m", verifier="checker")

    async def until(self, day: str, time: str = "09:00") -> None:
        """Move the clock and let everything that follows happen."""
        await self.place.until(day, time)
        await self.place.settled()
        self.day = day

    async def recommend(self, track: str, chosen: Iterable[Unit]) -> None:
        """An approved list of those whom the office recommends."""
        it = await self.desk.made("candidate-lists", self.batch, purpose="recommendation", track=track)
        cases = [unit.case for unit in chosen]
        form: dict[str, Any] = {"cases": cases, "selected": cases}
        await self.desk.must("candidate-lists", it, "rank_list", **form)
        await self.office.must("candidate-lists", it, "approve_list")

    async def record_result(
        self, unit: Unit, steps: Iterable[str], *, source: str, day: str, good: bool = True
    ) -> None:
        """What the body outside found, step by step, and what it decided."""
        await self.hand_in(unit, *steps, by=self.desk)
        form = {"source": source, "number": "7", "date": day, "file": f"ev-{unit.case}", "favourable": good}
        told = await self.told(self.desk, "cases", unit.case, "record_external_result", **form)
        assert told["outcome"] == "done", told


def force(of: str, name: str, *groups: str, **more: list[str]) -> dict[str, Any]:
    """A task force with one head, one lead unit and one liaison of its own, unless said."""
    return {
        "of": of,
        "kind": "task_force",
        "name": name,
        "groups": groups,
        **{p: [f"{p} {name}"] for p in POSTS},
        **more,
    }


def group_of(unit: Unit, **more: list[str]) -> dict[str, Any]:
    """The leading group of a unit."""
    return {"of": unit.case, "kind": "leading_group", "name": unit.name, "head": [f"head of {unit.name}"], **more}


def paper(key: str, unit: Unit) -> dict[str, Any]:
    """The form of a paper that is handed in."""
    return {"artefact": key, "author": "Wang", "date": "2024-02-22", "files": [f"ev-{unit.case}"]}


def refused(answer: httpx.Response, *codes: str) -> dict[str, Any]:
    """The refusal, if these are among its reasons; `rules` are the IDs of the rules that it names."""
    said: dict[str, Any] = answer.json()
    assert answer.status_code in (409, 422), answer.text
    assert set(codes) <= {e["code"] for e in said["errors"]}, answer.text
    return {**said, "rules": [rule["id"] for rule in said["rules"]]}


async def in_creation(at: Board, *names: str) -> list[Unit]:
    """These counties on the track of the province, in full creation."""
    units = [await at.joined(AREA, await at.government(name)) for name in names]
    await at.begun(*units)
    return units


async def evaluated(at: Board, *units: Unit) -> None:
    """The committee has reported and ends the stage."""
    for unit in units:
        await at.hand_in(unit, "evaluation_report", by=at.committee)
        await at.hand_in(unit, "rectification_report")
        await at.committee.must("cases", unit.case, "complete_stage", **INSPECTED)


@contextlib.asynccontextmanager
async def board(server: EmbeddedTemporal, home: Path) -> AsyncIterator[Board]:
    """The shipped programme, published by two people, and its batch open on the day of the plan."""
    client = await connect(server)
    async with installation(client, f"sqlite+aiosqlite:///{home}/s.db", home) as place:
        callers = {name: await place.person(name, *roles) for name, roles in PEOPLE.items()}
        drafted = await callers["editor"].did("/schemes", {"region": "cn/sn/yulin", "shipped": "yulin"})
        published = await callers["publisher"].post(f"/schemes/{drafted['id']}/publish")
        assert published.status_code == 200, published.text
        at = Board(place, drafted["id"], callers)
        await at.open_batch("2024-02-22", "2024-05-20")
        yield at
