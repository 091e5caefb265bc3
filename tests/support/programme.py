"""Playing a programme that is nothing but data: publish its folder, open a batch, and take counties through it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.schemes.loader import dump, read_folder
from tests.support.house import Caller, Installation

PROGRAMMES = Path(__file__).parents[1] / "programmes"
PROVINCE, CITY = "region:cn/sn", "region:cn/sn/yulin"


@dataclass
class Programme:
    """One programme in an installation: its people by name, its scheme version and an open batch."""

    place: Installation
    scheme: str
    people: dict[str, Caller]
    batch: str = ""
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __getattr__(self, name: str) -> Caller:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def open_batch(self, opens: str, closes: str, number: int = 1) -> str:
        """A batch that takes applications."""
        window: dict[str, Any] = {"number": number, "naming_year": int(closes[:4]), "opens": opens, "closes": closes}
        self.batch = await self.office.made("batches", scheme=self.scheme, **window)
        await self.office.must("batches", self.batch, "open_batch")
        return self.batch

    async def county(self, under: str = "cn/sn/yulin", role: str = "county_office") -> tuple[str, Caller]:
        """A county that nobody has heard of yet, with an official."""
        code = f"c{next(self.numbers)}-{self.place.house.settings.home.name[-4:]}".lower()
        path = await self.place.jurisdiction(code, under)
        return code, await self.place.person(f"clerk.{code}", (role, f"region:{path}"))

    async def enrolled(self, track: str, code: str, clerk: Caller) -> str:
        """A case of that county in its first stage."""
        case = await clerk.made("cases", self.batch, track=track, jurisdiction=code)
        await self.place.evidence(case)
        await clerk.must("cases", case, "enroll")
        return case

    async def both(self, resource: str, thing: str, event: str, /, **form: Any) -> dict[str, Any]:
        """An act of two persons, asked for by one of the office and confirmed by the other."""
        await self.office.must(resource, thing, event, **form)
        return await self.second.must(resource, thing, event, **form)

    async def told(self, who: Caller, resource: str, thing: str, name: str, /, **form: Any) -> dict[str, Any]:
        """A fact from outside, and what became of it."""
        sent = await who.post(f"/{resource}/{thing}/signals/{name}", {"form": form})
        assert sent.status_code == 202, sent.text
        while True:
            answer = await who.http.get(sent.headers["Location"], headers=who.headers())
            if answer.status_code != 202:
                found: dict[str, Any] = answer.json()
                return found
            await asyncio.sleep(0.05)

    async def state(self, resource: str, thing: str) -> str:
        """Where a thing stands."""
        return str((await self.office.get(f"/{resource}/{thing}")).json()["state"])

    async def listed(self, resource: str, **filters: Any) -> list[dict[str, Any]]:
        """Every thing of a resource that the office sees under these filters."""
        found: list[dict[str, Any]] = (await self.office.get(f"/{resource}", **filters)).json()["items"]
        return found


async def publish(place: Installation, folder: str, office: str, roles: Iterable[tuple[str, str, str]]) -> Programme:
    """The programme in a folder of the tests, published by two people. `roles` are name, role and scope."""
    people: dict[str, list[tuple[str, str]]] = {
        "editor": [("scheme_editor", "region:cn")],
        "publisher": [("scheme_approver", "region:cn")],
        "office": [(office, PROVINCE)],
        "second": [(office, PROVINCE)],
    }
    for name, role, scope in roles:
        people.setdefault(name, []).append((role, scope))
    callers = {name: await place.person(name, *held) for name, held in people.items()}
    definition = dump(read_folder(PROGRAMMES / folder))
    drafted = await callers["editor"].post("/schemes", {"region": "cn/sn", "definition": definition})
    assert drafted.status_code == 201, drafted.text
    published = await callers["publisher"].post(f"/schemes/{drafted.json()['id']}/publish")
    assert published.status_code == 200, published.text
    return Programme(place, drafted.json()["id"], callers)


def paper(key: str, case: str) -> dict[str, Any]:
    """The form of an artefact."""
    return {"artefact": key, "author": "Wang", "date": "2024-02-22", "files": [f"ev-{case}"]}


DECLARED = {"signer": "Zhao", "true": True, "lawful": True, "complete": True}
DOCUMENT = {"issuer": "the province", "number": "S-1", "date": "2024-03-01"}


async def apply(at: Programme, track: str, code: str, clerk: Caller) -> str:
    """A case that has filed its application."""
    case = await at.enrolled(track, code, clerk)
    await clerk.must("cases", case, "submit_artefact", **paper("application_form", case))
    await clerk.must("cases", case, "complete_stage", **DECLARED)
    return case


async def name(at: Programme, cases: list[str], day: str) -> list[dict[str, Any]]:
    """A decision that names these cases, issued on a day; their titles, in the order of the cases."""
    if await at.state("batches", at.batch) == "open":
        await at.both("batches", at.batch, "close_window_early", text="all have applied")
    it = await at.office.made("naming-decisions", at.batch, named=cases)
    await at.office.must("naming-decisions", it, "propose_decision")
    await at.second.must("naming-decisions", it, "approve_decision")
    await at.office.must("naming-decisions", it, "issue_decision", **{**DOCUMENT, "date": day})
    await at.place.settled()
    titles = {t["case"]: t for t in await at.listed("designations", batch=at.batch)}
    return [titles[case] for case in cases]


async def look(at: Programme, look_back: str, points: dict[str, str], day: str) -> None:
    """A look-back of a title, evaluated by a team of three to a final score."""
    commissioned = {"evaluator": "institute", "independent": True}
    await at.office.must("look-backs", look_back, "commission_evaluation", **commissioned)
    await at.place.settled()
    (evaluation,) = [
        e for e in await at.listed("evaluations", parent=look_back) if not e["ended"] and e["state"] == "mandated"
    ]
    it, lead = evaluation["id"], at.lead
    team = [lead.name, "member1", "member2"]
    await lead.must(
        "evaluations", it, "form_team", lead=team[0], members=team[1:], declarations=dict.fromkeys(team, "no tie")
    )
    await lead.must("evaluations", it, "start_fieldwork")
    await lead.must("evaluations", it, "start_scoring")
    scored = await lead.put(f"/evaluations/{it}/scores", {"scores": points})
    assert scored.status_code == 200, scored.text
    await lead.must("evaluations", it, "lock_scores")
    report = dict.fromkeys(("level_found", "trend", "check_of_self_report", "proposals"), f"as seen on {day}")
    await lead.must("evaluations", it, "submit_report", **report)
    await at.office.must("evaluations", it, "accept_report")
    await at.place.settled()
