"""A whole installation in one process, thrown away at the end: Temporal, SQLite, worker and API under a movable clock.

It lies in a folder of its own below the temporary files and reads no setting of the environment, so that it never
touches an installation that people use. Whatever ends the play, also Ctrl-C, removes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import secrets
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx

from activities.courier import Courier
from api.app import build_house, create_app
from api.cli.processes import EmbeddedTemporal
from api.context import House
from api.runtime import connect, worker_of
from service.clock import Clock
from service.domain.dates.calendar import ZONE
from service.records import schemes
from service.records.database import Database
from service.records.migrate import migrate
from service.records.parties import people
from service.settings import Settings

PREFIX = "shifan-simulation-"
MORNING = time(9)
ANSWER_WITHIN = 60.0
TOKEN = timedelta(days=1)
LOOK_AGAIN = 0.01


@dataclass(frozen=True)
class Answer:
    """What the API said to one call."""

    status: int
    body: dict[str, Any]
    later: str = ""
    """Where the outcome of what was only taken will stand."""

    @property
    def good(self) -> bool:
        return self.status < httpx.codes.BAD_REQUEST


@dataclass
class Person:
    """An account that speaks to the API. A key is made of what is asked: what it creates has the same ID in two plays."""

    name: str
    http: httpx.AsyncClient
    token: str
    language: str
    asked: Counter[str] = field(default_factory=Counter)

    async def ask(self, method: str, path: str, body: Any = None, revision: int | None = None) -> Answer:
        """One call. `revision`: that of the thing as it was seen."""
        asked = {k: v for k, v in body.items() if k != "scheme"} if isinstance(body, dict) else body  # its ID is chance
        said = hashlib.sha256(json.dumps([method, path, asked], sort_keys=True).encode()).hexdigest()[:40]
        self.asked[said] += 1
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            "Idempotency-Key": f"{said}-{self.asked[said]}",
            **({} if revision is None else {"If-Match": f'"{revision}"'}),
        }
        given = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        found = given.json() if given.content else {}
        later = given.headers.get("Location", "") if given.status_code == httpx.codes.ACCEPTED else ""
        return Answer(given.status_code, found if isinstance(found, dict) else {}, later)

    async def outcome(self, taken: Answer) -> Answer:
        """What became of something that was taken with 202; anything else is its own outcome."""
        if not taken.later.startswith("/api/v1/commands/"):
            return taken
        while True:
            given = await self.http.get(taken.later, headers={"Authorization": f"Bearer {self.token}"})
            if given.status_code != httpx.codes.ACCEPTED:
                found = given.json()
                refused = found.get("outcome") not in ("done", None)
                return Answer(httpx.codes.CONFLICT if refused else given.status_code, found)
            await asyncio.sleep(LOOK_AGAIN)


@dataclass
class Place:
    """The installation while it stands."""

    database: Database
    clock: Clock
    house: House
    http: httpx.AsyncClient
    language: str

    async def person(self, name: str, roles: list[tuple[str, str]], began: datetime) -> Person:
        """An account with roles, each with its scope such as `region:cn/sn`."""
        async with self.database.write.begin() as db:
            await people.add_person(db, name, name)
            for role, scope in dict.fromkeys(roles):
                await people.give_role(db, name, role, scope, by="shifan simulate", at=began)
        return Person(name, self.http, self.house.tokens.issue(name, TOKEN), self.language)

    async def advance(self, day: date) -> None:
        """To nine in the morning of a day; whatever falls due on the way happens."""
        await self.house.travel.advance(morning(day))
        await self.house.travel.settled()

    async def settled(self) -> None:
        """Every follow-up has been carried out."""
        await self.house.travel.settled()


def morning(day: date) -> datetime:
    """Nine o'clock in China."""
    return datetime.combine(day, MORNING, tzinfo=ZONE)


@contextlib.asynccontextmanager
async def throw_away(begins: date, language: str) -> AsyncIterator[Place]:
    """The installation on the morning of a day; gone when the block is left."""
    schemes.forget()
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        async with _engine(home) as address, contextlib.AsyncExitStack() as stack:
            settings = _settings(home, address)
            migrate(settings.url)
            database = Database(settings.url)
            stack.push_async_callback(database.close)
            clock = await Clock.of(database, create_at=morning(begins))
            courier = Courier(await connect(settings, tries=1), moves_by_hand=True)
            house = build_house(settings, database, clock, courier)
            app = create_app(house)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://simulation", timeout=None)  # noqa: S113
            http = await stack.enter_async_context(client)
            await stack.enter_async_context(worker_of(courier.client, database, clock, courier))
            yield Place(database, clock, house, http, language)


def _settings(home: Path, address: str) -> Settings:
    """Nothing of the environment: whatever it names is somebody's real installation."""
    return Settings(
        home=home, database_url="", files_url="", temporal_address=address, temporal_namespace="shifan",
        token_secret=secrets.token_hex(32), answer_within=ANSWER_WITHIN, body_limit=100_000_000,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _engine(home: Path) -> AsyncIterator[str]:
    server = EmbeddedTemporal(home / "temporal.db", log=home / "temporal.log", synchronous="normal")
    try:
        await server.start_async()
        yield server.address
    finally:
        server.kill()  # nothing of it is kept, so nothing need be put in order
