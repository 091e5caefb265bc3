"""What happens when a part is away: 202 while a worker is, 503 with nothing done while engine or database is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from activities.sweeper import Sweeper
from api.cli.processes import EmbeddedTemporal
from service.records import audit
from service.records.rows import AUDIT, COMMAND, OUTBOX, THING
from tests.conftest import database_url
from tests.support.cast import Cast, cast, paper
from tests.support.house import Installation, installation
from tests.support.postgres import Postgres
from tests.support.problems import problem
from tests.support.temporal import connect, quick_server, serving

BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


async def _until(true: Callable[[], Any], within: float = 60.0) -> None:
    end = time.monotonic() + within
    while not await true():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.1)


async def _counts(place: Installation) -> list[int]:
    async with place.database.read.connect() as db:
        tables = (AUDIT, THING, OUTBOX)
        return [(await db.execute(select(func.count()).select_from(t))).scalar_one() for t in tables]


async def _verifies(place: Installation) -> None:
    async with place.database.read.connect() as db:
        assert [b async for _, _, b in audit.verify(db) if b] == []


@contextlib.asynccontextmanager
async def _idle(kind: str, request: pytest.FixtureRequest, home: Path) -> AsyncIterator[tuple[Installation, Cast]]:
    """An installation whose worker has gone home after everything was set up."""
    async with serving(home) as server:
        client = await connect(server)
        url = database_url(kind, request, home)
        async with installation(client, url, home, working=False, answer_within=1.0) as place:
            place.house.gateway.answer_within = 20.0
            async with place.worker():
                people = await cast(place)
            place.house.gateway.answer_within = 1.0
            yield place, people


@BOTH
async def test_without_a_worker_a_command_is_202_and_done_when_one_returns(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with _idle(kind, request, tmp_path) as (place, people):
        at = await people.county()
        body = {"parent": people.batch, "form": {"track": "area", "jurisdiction": at.code}}
        answer = await at.clerk.post("/cases", body, key="k")
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == "/api/v1/commands/k"
        again = await at.clerk.post("/cases", body, key="k")
        assert (again.status_code, again.json()["command"]) == (202, "k")
        waiting = await at.clerk.get("/commands/k")
        assert (waiting.status_code, waiting.json()["status"]) == (202, "received")
        problem(await at.clerk.get(f"/cases/{answer.json()['id']}"), "not_found")
        problem(await at.clerk.post("/cases", {"parent": people.batch, "form": {}}, key="k"), "other_body")
        async with place.worker():
            await Sweeper(place.database, place.clock, place.house.gateway.courier, 1.0).carry_out(0)
            found = await at.clerk.get("/commands/k")
            assert (found.status_code, found.json()["outcome"]) == (200, "done")
            assert found.json()["state"] == "draft"
            place.house.gateway.answer_within = 20.0
            case = answer.json()["id"]
            assert found.json()["thing"] == case
            repeated = await at.clerk.post("/cases", body, key="k")
            assert (repeated.status_code, repeated.json()["id"]) == (201, case)
            assert len((await at.clerk.get("/cases")).json()["items"]) == 1
            await at.clerk.must("cases", case, "enroll")
        await _verifies(place)


@BOTH
async def test_what_the_engine_still_held_and_what_the_sweeper_sends_again_happen_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with _idle(kind, request, tmp_path) as (place, people):
        place.house.gateway.answer_within = 20.0
        async with place.worker():
            at = await people.enrolled()
        place.house.gateway.answer_within = 0.5
        seen = await at.clerk.etag("cases", at.case)
        path = f"/cases/{at.case}/actions/submit_artefact"
        answers = [
            await at.clerk.post(
                path, {"form": paper("work_plan", at, author=f"a{n}")}, key=f"k{n}", **{"If-Match": seen}
            )
            for n in range(3)
        ]
        assert [a.status_code for a in answers] == [202, 202, 202], [a.text for a in answers]
        sweeper = Sweeper(place.database, place.clock, place.house.gateway.courier, 1.0)
        async with place.worker():
            await asyncio.gather(sweeper.carry_out(0), sweeper.carry_out(0))

            async def all_answered() -> bool:
                found = [await at.clerk.get(f"/commands/k{n}") for n in range(3)]
                return all(f.json()["status"] == "done" for f in found)

            await _until(all_answered)
        outcomes = [(await at.clerk.get(f"/commands/k{n}")).json()["outcome"] for n in range(3)]
        assert sorted(outcomes) == ["done", "stale", "stale"]
        async with place.database.read.connect() as db:
            query = select(AUDIT).where(AUDIT.c.event == "submit_artefact", AUDIT.c.result == "applied")
            assert len((await db.execute(query)).all()) == 1
        await _verifies(place)


@BOTH
async def test_without_the_engine_a_command_is_503_and_nothing_is_done_until_it_is_asked_again(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = quick_server(tmp_path)
    await server.start_async()
    try:
        client = await connect(server)
        async with installation(client, database_url(kind, request, tmp_path), tmp_path) as place:
            people = await cast(place)
            at = await people.draft()
            place.house.gateway.answer_within = 3.0
            before = await _counts(place)
            await asyncio.to_thread(server.kill)
            path, seen = f"/cases/{at.case}/actions/enroll", {"key": "k", "If-Match": '"1"'}
            answer = await at.clerk.post(path, **seen)
            problem(answer, "engine_down", 503)
            assert int(answer.headers["Retry-After"]) > 0
            assert (await place.http.get("/readyz")).status_code == 503
            assert (await at.clerk.get(f"/cases/{at.case}")).json()["state"] == "draft"
            problem(await at.clerk.post(path, {"form": {"topic": "x"}}, **seen), "other_body")
            problem(await at.clerk.act("cases", at.case, "withdraw"), "illegal")  # refused without the engine
            live = await at.clerk.get(f"/cases/{at.case}/workflow")
            problem(live, "engine_down", 503)
            assert (await _counts(place))[1:] == before[1:]
            again = _same_port(server)
            await again.start_async()
            server = again
            place.house.gateway.answer_within = 30.0
            done = await at.clerk.post(path, **seen)
            assert (done.status_code, done.json()["state"]) == (200, "mobilization"), done.text
            repeated = await at.clerk.post(path, **seen)
            assert repeated.json() == done.json()
            await _verifies(place)
    finally:
        await server.stop_async()


def _same_port(server: EmbeddedTemporal) -> EmbeddedTemporal:
    return EmbeddedTemporal(server.db, port=server.port, log=server.log, synchronous="normal")


async def test_without_the_database_everything_is_503_and_nothing_is_half_done(tmp_path: Path) -> None:
    cluster = await asyncio.to_thread(Postgres)
    try:
        await asyncio.to_thread(cluster.start)
        async with serving(tmp_path) as server:
            client = await connect(server)
            async with installation(client, cluster.create_database("away"), tmp_path) as place:
                people = await cast(place)
                at = await people.draft()
                seen = {"key": "k", "If-Match": '"1"'}
                path = f"/cases/{at.case}/actions/enroll"
                await asyncio.to_thread(cluster.kill)
                for _ in range(3):
                    answers = [
                        await at.clerk.post(path, **seen), await at.clerk.get("/cases"), await at.clerk.get("/clock"),
                        await place.public().get("/notices"), await at.clerk.put(f"/cases/{at.case}/scores", {"scores": {"a": "1"}}),
                        await people.admin.post("/clock/advance", {"to": "2024-03-01T00:00:00+08:00"}),
                    ]  # fmt: skip
                    for answer in answers:
                        problem(answer, "database_down", 503)
                        assert int(answer.headers["Retry-After"]) > 0
                assert (await place.http.get("/readyz")).json()["database"] is False
                assert (await place.http.get("/livez")).status_code == 200
                await asyncio.to_thread(cluster.start)
                done = await at.clerk.post(path, **seen)
                assert (done.status_code, done.json()["state"]) == (200, "mobilization"), done.text
                await _verifies(place)
    finally:
        await asyncio.to_thread(cluster.remove)


async def test_a_command_that_was_sent_before_the_database_died_is_202_and_never_a_false_503(tmp_path: Path) -> None:
    cluster = await asyncio.to_thread(Postgres)
    try:
        await asyncio.to_thread(cluster.start)
        async with serving(tmp_path) as server:
            url = cluster.create_database("sent")
            async with installation(await connect(server), url, tmp_path, working=False) as place:
                async with place.worker():
                    at = await (await cast(place)).draft()
                place.house.gateway.answer_within = 5.0
                path = f"/cases/{at.case}/actions/enroll"
                sent = asyncio.create_task(at.clerk.post(path, key="k", **{"If-Match": '"1"'}))
                await asyncio.sleep(1.5)  # the verdict is made, the command is on its way
                await asyncio.to_thread(cluster.kill)
                answer = await sent
                assert (answer.status_code, answer.json()["command"]) == (202, "k"), answer.text
                await asyncio.to_thread(cluster.start)
                place.house.gateway.answer_within = 20.0
                async with place.worker():
                    done = await at.clerk.post(path, key="k", **{"If-Match": '"1"'})
                assert (done.status_code, done.json()["state"]) == (200, "mobilization"), done.text
    finally:
        await asyncio.to_thread(cluster.remove)


async def test_a_database_that_is_killed_under_commands_loses_and_doubles_nothing(tmp_path: Path) -> None:
    cluster = await asyncio.to_thread(Postgres)
    try:
        await asyncio.to_thread(cluster.start)
        async with serving(tmp_path) as server:
            client = await connect(server)
            async with installation(client, cluster.create_database("killed"), tmp_path) as place:
                people = await cast(place)
                counties = [await people.draft() for _ in range(6)]
                sent = [
                    asyncio.create_task(
                        at.clerk.post(f"/cases/{at.case}/actions/enroll", key="k", **{"If-Match": '"1"'})
                    )
                    for at in counties
                ]
                await asyncio.sleep(0.03)
                await asyncio.to_thread(cluster.kill)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(cluster.start)
                answers = await asyncio.gather(*sent)
                assert {a.status_code for a in answers} <= {200, 202, 503}, [a.text for a in answers]
                for at in counties:
                    done = await at.clerk.post(f"/cases/{at.case}/actions/enroll", key="k", **{"If-Match": '"1"'})
                    assert (done.status_code, done.json()["state"]) == (200, "mobilization"), done.text
                async with place.database.read.connect() as db:
                    mine = (
                        select(func.count())
                        .select_from(AUDIT)
                        .where(AUDIT.c.event == "enroll", AUDIT.c.result == "applied")
                    )
                    assert (await db.execute(mine)).scalar_one() == 6
                    kept = select(func.count()).select_from(COMMAND).where(COMMAND.c.key == "k")
                    assert (await db.execute(kept)).scalar_one() == 6
                await _verifies(place)
    finally:
        await asyncio.to_thread(cluster.remove)
