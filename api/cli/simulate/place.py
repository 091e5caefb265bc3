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
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from activities.courier import Courier
from api import views
from api.app import build_house, create_app
from api.asking import Request
from api.cli.processes import EmbeddedTemporal
from api.context import House
from api.problems import Problem
from api.runtime import connect, worker_of
from service.clock import Clock
from service.domain.dates.calendar import ZONE
from service.domain.facts import Held, Who
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

    @property
    def good(self) -> bool:
        return self.status < httpx.codes.BAD_REQUEST


@dataclass
class Person:
    """An account. A key is made of what is asked: what it creates has the same ID in two plays.

    Commands go straight to the gateway, as the routes call it: a play has thousands of them. All else is HTTP.
    """

    who: Who
    token: str
    place: Place
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        return self.who.person

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One call over HTTP."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.place.language,
            "Idempotency-Key": self._key(method, path, body),
        }
        given = await self.place.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        found = given.json() if given.content else {}
        return Answer(given.status_code, found if isinstance(found, dict) else {})

    async def command(self, request: Request) -> Answer:
        """A command, a creation or a fact from outside, and what became of it."""
        said = [request.machine, request.thing, request.parent, request.event, request.form]
        keyed = replace(request, who=self.who, key=self._key(*said))
        try:
            reply = await self.place.house.gateway.act(keyed)
        except Problem as problem:
            return Answer(problem.status, problem.body(self.place.language))
        taken = Answer(reply.status, views.reply_view(reply))
        return await self._outcome(reply.more["command"]) if "command" in reply.more else taken

    def _key(self, *said: Any) -> str:
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]
        self.asked[digest] += 1
        return f"{digest}-{self.asked[digest]}"

    async def _outcome(self, key: str) -> Answer:
        """What became of something that was only taken."""
        while True:
            given = await self.place.http.get(
                f"/api/v1/commands/{quote(key, safe='')}", headers={"Authorization": f"Bearer {self.token}"}
            )
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
        held = tuple(Held(role, scope) for role, scope in dict.fromkeys(roles))
        return Person(Who(name, name, held), self.house.tokens.issue(name, TOKEN), self)

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
            database = Database(settings.url, lasting=False)
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
