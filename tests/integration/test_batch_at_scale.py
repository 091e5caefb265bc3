"""One batch with everybody in it: each is rated, ranked, put on notice, named and gets one title, whatever breaks off."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from temporalio.api.enums.v1 import EventType
from temporalio.testing import ActivityEnvironment

from activities.courier import Courier
from activities.follow_ups import FollowUps
from api.cli.processes import EmbeddedTemporal
from api.gateway import LONG_FORM
from api.runtime import worker_of
from service.contracts import Command, Owner, Result
from service.records.facts import facts_of
from service.records.rows import FOLLOW_UP, LISTED, THING
from tests.support import programme as play
from tests.support.house import Caller, Installation, installation, sandboxed
from tests.support.temporal import connect

MANY = 40
AT_A_TIME = 8
ITEMS = tuple(f"TST-0{n}" for n in range(1, 6))


@dataclass
class Lossy(Courier):
    """A courier whose connection is gone for a while: what it sends is carried out, and the answer is lost."""

    lost: range = range(0)
    sent: dict[str, itertools.count[int]] = field(default_factory=dict)

    @classmethod
    def like(cls, courier: Courier, lost: range) -> Lossy:
        made = cls(lost)
        made.client, made.moves_by_hand = courier.client, courier.moves_by_hand
        return made

    async def send(self, command: Command) -> Result:
        result = await super().send(command)
        if next(self.sent.setdefault(command.event, itertools.count())) in self.lost:
            raise ConnectionError("the answer is lost")
        return result


async def all_of(items: Iterable[Any], do: Callable[[Any], Awaitable[Any]]) -> None:
    """With each item, some at a time."""
    at_a_time = asyncio.Semaphore(AT_A_TIME)

    async def one(item: Any) -> None:
        async with at_a_time:
            await do(item)

    await asyncio.gather(*(one(item) for item in items))


@pytest.fixture
async def place(temporal_server: EmbeddedTemporal, tmp_path: Path) -> AsyncIterator[Installation]:
    client = await connect(temporal_server)
    url = f"sqlite+aiosqlite:///{tmp_path}/s.db"
    async with installation(client, url, tmp_path, working=False) as place:
        yield place


async def rated(at: play.Programme, clerk: Caller, number: int) -> str:
    """A case that has ended its self-check, with as many points as its number says; some have as many as others."""
    case = await clerk.made("cases", at.batch, track="county", jurisdiction=f"n{number}")
    await clerk.must("cases", case, "enroll")
    points = dict.fromkeys(ITEMS, str(number % 20))
    assert (await clerk.put(f"/cases/{case}/scores", {"scores": points})).status_code == 200
    await clerk.must("cases", case, "complete_stage")
    return case


async def begun(place: Installation, many: int) -> tuple[play.Programme, Caller, list[str]]:
    """The programme with so many cases that have been rated, and the clerk of all of them."""
    at = await play.publish(place, "one_big_batch", "provincial_lbg_office", [])
    clerk = await place.person("clerk", ("county_government", play.CITY))
    await at.open_batch("2024-02-22", "2024-06-30")
    for number in range(many):
        await place.jurisdiction(f"n{number}")
    cases: list[str] = []

    async def one(number: int) -> None:
        cases.append(await rated(at, clerk, number))

    await all_of(range(many), one)
    return at, clerk, cases


async def ranked(at: play.Programme, cases: list[str]) -> str:
    listed = await at.office.made("candidate-lists", at.batch, purpose="candidates", track="county")
    await at.office.must("candidate-lists", listed, "rank_list", cases=cases)
    await at.second.must("candidate-lists", listed, "approve_list")
    return listed


async def twice(at: play.Programme) -> None:
    """Somebody else delivers what the batch has to tell, at the same time."""
    deliver = FollowUps(at.place.database, at.place.clock, at.place.house.gateway.courier).deliver
    await asyncio.gather(*(ActivityEnvironment().run(deliver, Owner(at.batch, "batch")) for _ in range(2)))


async def counted(at: play.Programme, machine: str) -> Counter[tuple[str, str]]:
    """Of each file, in each state: how many things of that machine there are."""
    query = select(THING.c.chain, THING.c.state).where(THING.c.machine == machine, THING.c.batch == at.batch)
    async with at.place.database.read.connect() as db:
        return Counter((chain, state) for chain, state in await db.execute(query))


async def test_everybody_of_a_batch_is_named_once_although_the_telling_breaks_off(place: Installation) -> None:
    courier = Lossy.like(place.house.gateway.courier, range(12, 24))
    async with worker_of(place.client, place.database, place.clock, courier, sandboxed()):
        at, _, cases = await begun(place, MANY)
        listed = await ranked(at, cases)
        order = (await at.office.get(f"/candidate-lists/{listed}")).json()["data"]["entries"]
        assert sorted(order) == sorted(cases)

        await at.office.must("candidate-lists", listed, "publish_list")
        await twice(at)
        await place.settled()
        assert await counted(at, "public_notice") == Counter((case, "open") for case in cases)

        await place.until("2024-03-04")
        await place.settled()
        assert await counted(at, "public_notice") == Counter((case, "closed_clear") for case in cases)
        assert await counted(at, "case") == Counter((case, "naming") for case in cases)

        await at.both("batches", at.batch, "close_window_early", text="all have applied")
        decision = await at.office.made("naming-decisions", at.batch, named=cases)
        await at.office.must("naming-decisions", decision, "propose_decision")
        await at.second.must("naming-decisions", decision, "approve_decision")
        await at.office.must("naming-decisions", decision, "issue_decision", **play.DOCUMENT)
        await twice(at)
        await place.settled()
        assert await counted(at, "case") == Counter((case, "named") for case in cases)
        assert await counted(at, "designation") == Counter((case, "active") for case in cases)
        assert (await at.office.get(f"/candidate-lists/{listed}")).json()["state"] == "closed"

        refused = select(func.count()).select_from(FOLLOW_UP).where(FOLLOW_UP.c.outcome != "done")
        async with place.database.read.connect() as db:
            assert (await db.execute(refused)).scalar_one() == 0
        history = await place.client.get_workflow_handle(f"batch:{at.batch}").fetch_history()
        tellings = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]
        assert len(tellings) == 2, "one for the list and one for the decision, however many cases hear of it"


async def test_a_case_reads_of_a_list_only_what_concerns_it(place: Installation) -> None:
    async with place.worker():
        at, clerk, cases = await begun(place, 3)
        listed = await ranked(at, cases)

        async def seen(case: str) -> dict[str, Any]:
            async with place.database.read.connect() as db:
                facts = await facts_of(db, place.clock, case)
            return dict(facts.things[listed].data) if listed in facts.things else {}

        for case in cases:
            assert await seen(case) == {"purpose": "candidates", "cases": [case], "entries": [case]}
        whole = (await at.office.get(f"/candidate-lists/{listed}")).json()["data"]
        assert sorted(whole["entries"]) == sorted(cases)

        gone, *rest = cases
        await clerk.must("cases", gone, "withdraw")
        await place.settled()
        assert await seen(gone) == {}
        assert [(await seen(case))["entries"] for case in rest] == [[case] for case in rest]
        async with place.database.read.connect() as db:
            assert len((await db.execute(select(LISTED.c.file).where(LISTED.c.thing == listed))).all()) == 2


async def test_a_decision_on_thousands_travels_by_its_key(place: Installation) -> None:
    async with place.worker():
        at = await play.publish(place, "one_big_batch", "provincial_lbg_office", [])
        await at.open_batch("2024-02-22", "2024-06-30")
        named = [f"case-{number:027d}" for number in range(3_000)]
        assert len(str(named)) > LONG_FORM
        body = {"parent": at.batch, "form": {"named": named}}
        made = await at.office.post("/naming-decisions", body, key="a draft of thousands")
        again = await at.office.post("/naming-decisions", body, key="a draft of thousands")
        assert (made.status_code, again.status_code) == (201, 201)
        assert made.json() == again.json()
        kept = (await at.office.get(f"/naming-decisions/{made.json()['id']}")).json()
        assert kept["data"]["named"] == named
        wrong = await at.office.act("naming-decisions", kept["id"], "propose_decision", named=named)
        assert wrong.status_code == 409
        assert len(wrong.json()["errors"][0]["missing"]) == len(named)

        history = await place.client.get_workflow_handle(f"batch:{at.batch}").fetch_history()
        assert max(event.ByteSize() for event in history.events) < LONG_FORM
