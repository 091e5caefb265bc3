"""Playing the programme of the bureau of Pingdingshan over HTTP: its people, its case, and its mobilization."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from api.cli.processes import EmbeddedTemporal
from service.schemes.loader import shipped_scheme
from tests.support.house import SHANGHAI, Caller, installation
from tests.support.programme import Programme
from tests.support.temporal import connect

SCHEME = shipped_scheme("pingdingshan")
SYSTEM = SCHEME.indicator_system
CODES = [one.code for one in SYSTEM.indicators]
ITEMS = [one.code for one in SYSTEM.indicators if one.kind == "indicator"]
CITY = "region:cn/hn/pingdingshan"
ROLES = {
    "editor": ("scheme_editor", "region:cn"),
    "publisher": ("scheme_approver", "region:cn"),
    "admin": ("system_administrator", "region:cn"),
    "leader": ("leading_group", CITY),
    "party": ("party_group", CITY),
    "office": ("leading_group_office", CITY),
    "legal": ("policy_legal_office", CITY),
    "bureau": ("participating_department", CITY),
    "section": ("responsible_office", CITY),
    "finance": ("responsible_office", CITY),
    "television": ("media_unit", CITY),
    "city": ("city_lbg_office", CITY),
    "citizen": ("survey_respondent", CITY),
}
NAMED = sorted({o for i in SYSTEM.indicators for o in i.offices} - set(SCHEME.responsibilities.generic_offices))
SPORTS = "群众体育科"  # one of the offices that the plan calls 相关责任科室
EARLY = {"covers_from": "2016-01-01", "covers_to": "2021-04-30"}


@dataclass
class Bureau(Programme):
    """The programme in an installation, with the case of the bureau."""

    case: str = ""
    evidence: str = ""

    async def paper(self, who: Caller, key: str, day: str, **parts: str) -> dict[str, Any]:
        """Hand in a paper of the stage."""
        form = {"artefact": key, "author": "Wang", "date": day, "files": [self.evidence]}
        return await who.must("cases", self.case, "submit_artefact", **form, **({"parts": parts} if parts else {}))

    async def upload(self, name: str = "a.txt", **covers: str) -> str:
        """A file in the evidence of the case."""
        said = {"case": self.case, "issuer": "平顶山市教育体育局", **EARLY, **covers}
        key = {"Idempotency-Key": self.section.key()}
        sent = await self.section.http.post(
            "/api/v1/evidence", data=said, files={"file": (name, name.encode())}, headers=self.section.headers(**key)
        )
        assert (sent.status_code, sent.json()["status"]) == (201, "submitted"), sent.text
        return str(sent.json()["id"])

    async def rate(self, who: Caller | None = None, **said: Any) -> httpx.Response:
        return await (who or self.section).put(f"/cases/{self.case}/scores", said)

    async def shown(self) -> dict[str, Any]:
        """How the indicators stand."""
        found: dict[str, Any] = (await self.office.get(f"/cases/{self.case}/indicators")).json()
        return found

    async def verdict(self, code: str) -> str:
        stands = {one["code"]: one for one in (await self.shown())["items"]}
        return str(stands[code]["assessed"]["self"]["verdict"])


def refusal(answer: httpx.Response) -> dict[str, list[str]]:
    """What a refused command lacks, by the code of what is unmet."""
    assert answer.status_code in (409, 422), answer.text
    return {e["code"]: e.get("missing", []) for e in answer.json()["errors"]}


@contextlib.asynccontextmanager
async def bureau(server: EmbeddedTemporal, home: Path) -> AsyncIterator[Bureau]:
    """The plan is published on its day, the bureau takes part: its case stands in the mobilization."""
    start = datetime(2021, 4, 8, 9, tzinfo=SHANGHAI)
    client = await connect(server)
    async with installation(client, f"sqlite+aiosqlite:///{home}/s.db", home, create_at=start) as place:
        people = {name: await place.person(name, held) for name, held in ROLES.items()}
        await people["admin"].did("/jurisdictions", {"code": "hn", "parent": "cn", "level": "province", "zh": "河南省"})
        below = {"code": "pingdingshan", "parent": "hn", "level": "prefecture", "zh": "平顶山市"}
        await people["admin"].did("/jurisdictions", below)
        department = {"id": "jiaotiju", "zh": "平顶山市教育体育局", "jurisdiction": "pingdingshan"}
        await people["admin"].did("/organizations", department)
        drafted = await people["editor"].did("/schemes", {"region": "cn/hn/pingdingshan", "shipped": "pingdingshan"})
        await people["publisher"].did(f"/schemes/{drafted['id']}/publish", {})
        at = Bureau(place, drafted["id"], people)
        window: dict[str, Any] = {"number": 1, "naming_year": 2021, "opens": "2021-04-08", "closes": "2021-04-20"}
        at.batch = await at.leader.made("batches", scheme=at.scheme, **window)
        await at.leader.must("batches", at.batch, "open_batch")
        of = {"track": "department", "jurisdiction": "pingdingshan", "organization": "jiaotiju"}
        at.case = await at.bureau.made("cases", at.batch, **of)
        await lead(at)
        await at.bureau.must("cases", at.case, "enroll")
        at.evidence = await at.upload()
        yield at


async def lead(at: Bureau) -> None:
    """The leading group, and its office in the policy and legal office."""
    await at.office.did("/bodies", {"of": at.case, "kind": "leading_group", "name": "创建领导小组", "head": ["局长"]})
    seat = {"of": at.case, "kind": "leading_group_office", "name": "领导小组办公室", "head": ["科长"]}
    await at.office.did("/bodies", {**seat, "lead_unit": ["政策法规科"]})


async def offices(at: Bureau) -> dict[str, str]:
    """Every office that the plan names and one that it does not, each with its liaison and the person in charge."""
    found = {}
    for n, name in enumerate([*NAMED, SPORTS]):
        said = {"of": at.case, "organization": "jiaotiju", "zh": name, "liaison": [f"联络人{n}"], "owner": f"专人{n}"}
        found[name] = (await at.office.did("/offices", said))["id"]
    return found


async def assign(at: Bureau, named: dict[str, str], codes: Iterable[str], *, resolved: bool = True) -> dict[str, Any]:
    """The offices of each row as the table has them; where it says 相关科室 the sports office, if that is resolved."""
    given = {}
    for code in codes:
        row = SYSTEM.indicator(code).offices
        listed = [named[o] for o in row if o in named]
        behind = [named[SPORTS]] if len(listed) < len(row) and (resolved or not listed) else []
        given[code] = {"offices": [*listed, *behind]}
    answer = await at.office.put("/responsibilities", {"of": at.case, "assign": given})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mobilized(at: Bureau) -> None:
    """The mobilization from its start to its end on 20 April."""
    await assign(at, await offices(at), CODES)
    await at.paper(at.section, "liaison_list", "2021-04-08")
    await at.paper(at.bureau, "work_plan", "2021-04-08")
    await at.place.until("2021-04-20")
    await at.paper(at.bureau, "meeting_minutes", "2021-04-20")
    await at.paper(at.office, "task_breakdown", "2021-04-20", 承办科室="见分解表", 时间节点="5月底前自查")
    await at.bureau.must("cases", at.case, "complete_stage")
    assert await at.state("cases", at.case) == "self_check"


async def close(at: Bureau, item: str, day: str) -> None:
    """An item is worked on, verified by another office and closed out."""
    await at.section.must("rectification-items", item, "start_item")
    done = {"evidence": [at.evidence], "statement": "已整改到位"}
    await at.section.must("rectification-items", item, "submit_item", **done)
    await at.office.must("rectification-items", item, "verify_item")
    out = {"date": day, "measure": "限期整改", "verifier": "office"}
    await at.office.must("rectification-items", item, "close_item", **out)
