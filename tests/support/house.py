"""A whole installation in one process: real Temporal, real database, worker and API, under a movable clock."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from sqlalchemy import insert
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.courier import Courier
from api.app import build_house, create_app
from api.context import House
from api.runtime import worker_of
from service.clock import Clock
from service.records import schemes
from service.records.database import Database
from service.records.migrate import migrate
from service.records.parties import people
from service.records.rows import EVIDENCE, JURISDICTION
from service.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2024, 2, 22, 9, tzinfo=SHANGHAI)

PLACES = (
    ("cn", None, "nation", "中国", "China"),
    ("sn", "cn", "province", "陕西省", "Shaanxi"),
    ("yulin", "cn/sn", "prefecture", "榆林市", "Yulin"),
    ("jiaxian", "cn/sn/yulin", "county", "佳县", "Jiaxian"),
    ("zizhou", "cn/sn/yulin", "county", "子洲县", "Zizhou"),
    ("hengshan", "cn/sn/yulin", "county", "横山区", "Hengshan"),
)


def sandboxed() -> SandboxedWorkflowRunner:
    """The sandbox of the tests: what is pure passes through, so that machines are built once."""
    passed = SandboxRestrictions.default.with_passthrough_modules(
        "service", "transitions", "workflows.retries", "pydantic"
    )
    return SandboxedWorkflowRunner(restrictions=passed)


@dataclass
class Caller:
    """One person at the API. Every call gets a key of its own; the revision is read first where one is needed."""

    http: httpx.AsyncClient
    token: str | None = None
    name: str = ""
    language: str = "en"
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def headers(self, **more: str) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept-Language": self.language, **bearer, **more}

    def key(self) -> str:
        """A key that nobody used before."""
        return f"{id(self)}-{next(self.numbers)}"

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/api/v1{path}", params=params, headers=self.headers())

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        given = self.headers(**{"Idempotency-Key": headers.pop("key", self.key()), **headers})
        return await self.http.post(f"/api/v1{path}", json=body if body is not None else {}, headers=given)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        given = self.headers(**{"Idempotency-Key": headers.pop("key", self.key()), **headers})
        return await self.http.put(f"/api/v1{path}", json=body, headers=given)

    async def did(self, path: str, body: Any) -> dict[str, Any]:
        """A POST that has to succeed; its answer."""
        answer = await self.post(path, body)
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def create(
        self, resource: str, /, parent: str | None = None, event: str | None = None, **form: Any
    ) -> httpx.Response:
        scheme = form.pop("scheme", None)
        body = {"form": form, "parent": parent, "event": event, "scheme": scheme}
        return await self.post(f"/{resource}", {k: v for k, v in body.items() if v is not None})

    async def etag(self, resource: str, thing: str) -> str:
        """The ETag that the thing has now."""
        seen = await self.get(f"/{resource}/{thing}")
        return str(seen.headers.get("ETag", '"0"'))

    async def act(self, resource: str, thing: str, event: str, /, **form: Any) -> httpx.Response:
        """A command, with the revision that the thing has now."""
        seen = await self.etag(resource, thing)
        return await self.post(f"/{resource}/{thing}/actions/{event}", {"form": form}, **{"If-Match": seen})

    async def must(self, resource: str, thing: str, event: str, /, **form: Any) -> dict[str, Any]:
        """A command that has to succeed (or be proposed); its answer."""
        answer = await self.act(resource, thing, event, **form)
        assert answer.status_code in (200, 202), f"{event}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def made(self, resource: str, /, parent: str | None = None, event: str | None = None, **form: Any) -> str:
        """A creation that has to succeed; the ID of what was made."""
        answer = await self.create(resource, parent, event, **form)
        assert answer.status_code in (201, 202), f"{resource}: {answer.status_code} {answer.text}"
        return str(answer.json()["id"])


@dataclass
class Installation:
    """What a test holds in its hands."""

    database: Database
    clock: Clock
    client: Client
    http: httpx.AsyncClient
    house: House
    app: FastAPI

    def public(self) -> Caller:
        return Caller(self.http)

    async def person(self, name: str, *roles: tuple[str, str]) -> Caller:
        """An account with roles, each with its scope such as `region:cn/sn/yulin`."""
        async with self.database.write.begin() as db:
            await people.add_person(db, name, name)
            for role, scope in roles:
                await people.give_role(db, name, role, scope, by="tests", at=START)
        return Caller(self.http, self.house.tokens.issue(name, timedelta(days=1)), name)

    async def jurisdiction(self, code: str, under: str = "cn/sn/yulin", level: str = "county") -> str:
        """One more jurisdiction; its path."""
        path = f"{under}/{code}"
        values = {"code": code, "path": path, "level": level, "zh": f"{code}县", "en": code}
        async with self.database.write.begin() as db:
            await db.execute(insert(JURISDICTION).values(**values))
        return path

    async def evidence(self, case: str) -> None:
        """One piece of evidence in the file of a case, as if somebody had uploaded it."""
        values = {"id": f"ev-{case}", "chain": case, "name": "a.txt", "media_type": "text/plain", "size": 1,
                  "sha256": "0" * 64, "issuer": "tests", "status": "submitted", "person": "tests", "at": START}  # fmt: skip
        async with self.database.write.begin() as db:
            await db.execute(insert(EVIDENCE).values(**values))

    def worker(self) -> Worker:
        """A worker of this installation, sandboxed and not running yet."""
        return worker_of(self.client, self.database, self.clock, self.house.gateway.courier, sandboxed())

    async def until(self, day: str, time: str = "09:00") -> None:
        """Move the clock to nine in the morning, or another time, of a local day."""
        to = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)
        await self.house.travel.advance(to)

    async def settled(self) -> None:
        """Wait until every follow-up has been carried out."""
        await self.house.travel.settled()


@contextlib.asynccontextmanager
async def installation(
    client: Client,
    url: str,
    home: Path,
    *,
    create_at: datetime | None = START,
    working: bool = True,
    answer_within: float = 20.0,
    **settings: Any,
) -> AsyncIterator[Installation]:
    """A fresh installation on a database, with jurisdictions; its worker, if it works, runs sandboxed.

    `create_at` None gives it the real clock. One at a time for each Temporal server: they share a task queue.
    """
    migrate(url)
    schemes.forget()
    database = Database(url)
    clock = await Clock.of(database, create_at=create_at)
    async with database.write.begin() as db:
        for code, above, level, zh, en in PLACES:
            path = f"{above}/{code}" if above else code
            await db.execute(insert(JURISDICTION).values(code=code, path=path, level=level, zh=zh, en=en))
    secret = "a secret of the tests, long enough"
    house = build_house(
        Settings(
            home=home, answer_within=answer_within, token_secret=secret, **{"objections_per_minute": 10_000, **settings}
        ),
        database,
        clock,
        Courier(client, moves_by_hand=clock.movable),
    )
    app = create_app(house)
    transport = httpx.ASGITransport(app)  # what the service does not catch ends the test with its traceback
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shifan", timeout=60) as http,
        contextlib.AsyncExitStack() as stack,
    ):
        place = Installation(database, clock, client, http, house, app)
        if working:
            await stack.enter_async_context(place.worker())
        yield place
    await database.close()
