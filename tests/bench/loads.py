"""What is asked of each side: the same kinds of request, by the same client."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, NullPool, create_engine, insert

from api.cli.demo.reference.opening import YEAR, moved_on
from api.security.tokens import Tokens
from service.clock import Clock
from service.records import scheme_versions
from service.records.database import Database
from service.records.migrate import migrate
from service.records.parties import people
from service.records.rows import BODY, EVIDENCE, JURISDICTION, OFFICE, POST, RESPONSIBILITY
from service.schemes import loader
from service.schemes.model import Scheme
from tests.bench.sides import SECRET
from tests.support.domain import mobilized

WHOLE = "region:cn/sn"
PEOPLE = {
    "editor": ("scheme_editor",),
    "chief": ("scheme_approver", "provincial_lbg_office", "system_administrator"),
    "second": ("provincial_lbg_office",),
    "county": ("county_government",),
    "office": ("leading_group_office", "prefecture_lbg_office"),
    "inspector": ("evaluation_committee",),
    "lead": ("third_party_evaluator",),
    "respondent": ("survey_respondent",),
}


class Unexpected(Exception):
    """An answer that the bench did not ask for: nothing measured after it would mean anything."""


async def each(items: Iterable[Any], do: Callable[[Any], Awaitable[Any]], in_flight: int) -> list[float]:
    """Do something with each item, so many at a time. Returns how long each took, in seconds."""
    waiting = iter(items)
    took: list[float] = []

    async def one_after_the_other() -> None:
        for item in waiting:
            began = time.perf_counter()
            await do(item)
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
    return took


def expect(answer: httpx.Response, status: int) -> httpx.Response:
    if answer.status_code != status:
        raise Unexpected(f"{answer.request.method} {answer.url.path}: {answer.status_code} {answer.text[:2000]}")
    return answer


@dataclass
class Ruler:
    """The baseline under load. Its cases have stages without end, so that every step is like the one before."""

    http: httpx.AsyncClient
    stages: int = 1_000_000
    cases: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    async def open(self, _: Any = None) -> str:
        case: str = expect(await self.http.post("/cases", json={"stages": self.stages}), 201).json()["id"]
        self.cases.append(case)
        self.done[case] = 0
        return case

    async def step(self, case: str) -> None:
        body = {"stage": self.done[case] + 1}
        self.done[case] = expect(await self.http.post(f"/cases/{case}/advance", json=body), 200).json()["done"]

    async def refuse(self, case: str) -> None:
        expect(await self.http.post(f"/cases/{case}/advance", json={"stage": 0}), 409)

    async def read(self, case: str) -> None:
        expect(await self.http.get(f"/cases/{case}"), 200)


@dataclass
class Service:
    """The service under load: a published scheme, an open batch, and cases that know their revision."""

    http: httpx.AsyncClient
    scheme: str
    home: Path
    batch: str = ""
    cases: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    counties: itertools.count[int] = field(default_factory=itertools.count)
    commands: int = 0

    def __post_init__(self) -> None:
        tokens = Tokens(SECRET)
        self.bearer = {who: f"Bearer {tokens.issue(who, timedelta(days=1))}" for who in PEOPLE}
        self.record: Engine = create_engine(_database(self.home, "sqlite"), poolclass=NullPool)

    async def call(
        self, who: str, method: str, path: str, body: Any = None, status: int = 200, seen: str | None = None
    ) -> httpx.Response:
        """One request of somebody, with a key of its own; the answer has the status expected."""
        self.commands += method != "GET"
        headers = {"Authorization": self.bearer[who], "Idempotency-Key": f"bench-{next(self.numbers)}"}
        if seen is not None:
            headers["If-Match"] = seen
        answer = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        return expect(answer, status)

    async def create(self, who: str, resource: str, parent: str | None, **form: Any) -> str:
        """A new thing under its parent, or under the scheme; made by the first event that makes such a thing."""
        body = {"parent": parent, "scheme": None if parent else self.scheme, "form": form}
        made = await self.call(who, "POST", f"/{resource}", {k: v for k, v in body.items() if v is not None}, 201)
        self.seen[made.json()["id"]] = made.headers["ETag"]
        return str(made.json()["id"])

    async def act(
        self, who: str, resource: str, thing: str, event: str, form: dict[str, Any] | None = None, status: int = 200
    ) -> httpx.Response:
        """A command on a thing at the revision in which it was last seen."""
        path, seen = f"/{resource}/{thing}/actions/{event}", self.seen[thing]
        answer = await self.call(who, "POST", path, {"form": form or {}}, status, seen)
        self.seen[thing] = answer.headers.get("ETag", seen)
        return answer

    async def look(self, who: str, resource: str, thing: str) -> dict[str, Any]:
        """Read a thing that moved by itself: its next command needs the revision in which it stands now."""
        answer = await self.call(who, "GET", f"/{resource}/{thing}")
        self.seen[thing] = answer.headers["ETag"]
        found: dict[str, Any] = answer.json()
        return found

    async def open_batch(self, opens: str, closes: str) -> None:
        form: dict[str, Any] = {"number": 1, "naming_year": int(opens[:4]), "opens": opens, "closes": closes}
        self.batch = await self.create("chief", "batches", None, **form)
        await self.act("chief", "batches", self.batch, "open_batch")

    # What is measured: each on one case.

    async def open(self, _: Any = None) -> str:
        """A county opens its case and enrols: from now on it is in its first stage."""
        place = f"c{next(self.counties)}"
        case = await self.create("county", "cases", self.batch, track="area", jurisdiction=place)
        await self.act("county", "cases", case, "enroll")
        await asyncio.to_thread(self._on_file, case)
        self.cases.append(case)
        return case

    def _on_file(self, case: str) -> None:
        """What every paper is handed in with, and the bodies formed: written from here, so that no side is charged."""
        values = {"id": f"e-{case}", "chain": case, "name": "a.txt", "media_type": "text/plain", "size": 1,
                  "sha256": "0" * 64, "issuer": "bench", "status": "submitted", "person": "bench",
                  "at": datetime.now(UTC)}  # fmt: skip
        day = date(2024, 2, 22)
        formed = mobilized(loader.shipped_scheme("reference"))
        bodies = [{"id": f"{b.id}-{case}", "of": case, "kind": b.kind, "name": b.name, "groups": [], "from_day": day}
                  for b in formed.bodies]  # fmt: skip
        posts = [{"of": f"{b.id}-{case}", "post": post, "holder": holder, "from_day": day}
                 for b in formed.bodies for post, holders in b.posts.items() for holder in holders]  # fmt: skip
        office = {"id": f"office-{case}", "organization": case, "zh": "法规科", "en": "", "from_day": day}
        posts.append({"of": office["id"], "post": "liaison", "holder": "吴", "from_day": day})
        answers = [{"of": case, "what": what, "office": office["id"], "from_day": day} for what in formed.answers]
        with self.record.begin() as db:
            db.execute(insert(EVIDENCE).values(**values))
            db.execute(insert(BODY), bodies)
            db.execute(insert(OFFICE).values(**office))
            db.execute(insert(POST), posts)
            db.execute(insert(RESPONSIBILITY), answers)

    async def urge(self, case: str) -> None:
        await self.act("office", "cases", case, "urge", {"message": "请于时限前报送创建方案"})

    async def paper(self, case: str, key: str = "work_plan", who: str = "county", **more: Any) -> None:
        form = {"artefact": key, "author": "县司法局", "date": "2024-02-22", "files": [f"e-{case}"], **more}
        await self.act(who, "cases", case, "submit_artefact", form)

    async def minutes(self, case: str) -> None:
        await self.paper(case, "meeting_minutes")

    async def complete(self, case: str) -> None:
        await self.act("county", "cases", case, "complete_stage")

    async def refuse(self, case: str) -> None:
        """The stage is to be completed with its papers missing."""
        await self.act("county", "cases", case, "complete_stage", status=409)

    async def read(self, case: str) -> None:
        await self.call("county", "GET", f"/cases/{case}")


def _database(home: Path, driver: str) -> str:
    return f"{driver}:///{home / 'shifan.db'}"


async def found(
    home: Path, *, counties: int, moves_from: datetime | None = None, programme: Scheme | None = None
) -> str:
    """A new installation: clock, places, people, and the reference scheme (or that) published. Returns its ID.

    On the real clock the dates of the scheme are moved to next year. As they stand they have all passed, and every
    case would be overdue on arrival.
    """
    url = _database(home, "sqlite+aiosqlite")
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    try:
        clock = await Clock.of(database, create_at=moves_from)
        definition = loader.dump(programme or loader.shipped_scheme("reference"))
        if moves_from is None:
            definition = {
                **definition,
                **{part: moved_on(definition[part], this_year() + 1 - YEAR) for part in ("tracks", "batch")},
            }
        scheme = loader.load(definition)
        draft = await scheme_versions.add(database, clock, scheme, "cn/sn", "editor")
        if (
            isinstance(draft, str)
            or await scheme_versions.publish(database, clock, draft["id"], "chief") != "published"
        ):
            raise Unexpected("the scheme was not published")
        async with database.write.begin() as db:
            above = [("cn", "cn", "nation"), ("sn", "cn/sn", "province"), ("p", "cn/sn/p", "prefecture")]
            places = [*above, *((f"c{n}", f"cn/sn/p/c{n}", "county") for n in range(counties))]
            rows = [{"code": c, "path": p, "level": level, "zh": c, "en": c} for c, p, level in places]
            await db.execute(insert(JURISDICTION), rows)
            for person, roles in PEOPLE.items():
                await people.add_person(db, person, person)
                for role in roles:
                    await people.give_role(db, person, role, WHOLE, by="bench", at=datetime.now(UTC))
    finally:
        await database.close()
    return str(draft["id"])


def this_year() -> int:
    return datetime.now(UTC).year
