"""Each business year a workflow begins a new run: where it stands is carried over, and nobody's answer is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.support.cast import Cast
from tests.support.double import records
from workflows.owner import LONG_HISTORY

DAY = timedelta(days=1)


async def test_a_new_year_begins_a_new_run_with_the_same_standing() -> None:
    async with records() as record:
        began = await record.now()
        await record.first_due(*(n * DAY for n in (200, 500, 800, 1_100)))
        for turn in range(1, 4):
            await record.env.sleep(300 * DAY)
            await record.quiet()
            assert len(record.rung) == turn
        await record.env.sleep(300 * DAY)
        await record.quiet()
        years = {at.year for at in (began, *record.rung)}
        assert len(years) > 3
        assert len(await record.runs()) == len(years)
        live = await record.handle.query("live")
        assert (live["state"], live["revision"]) == ("planned", 1)
        assert live["history_length"] < 30
        assert (await record.act()).status == "done"


async def test_commands_under_a_roll_over_are_each_answered_and_committed_once() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        record.turns_at = 4
        keys = [f"k{n}" for n in range(10)]
        answers = await asyncio.gather(*(record.act(key) for key in keys))
        assert [a.status for a in answers] == ["done"] * 10
        assert sorted(record.committed[1:]) == keys
        await record.quiet()
        assert len(await record.runs()) == 2
        assert (await record.act("after")).revision == 12


async def test_a_long_history_begins_a_new_run_within_the_year() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        for turn in range(40):  # as many together as an owner of thousands gets, time and again
            await asyncio.gather(*(record.act(f"{turn}-{n}") for n in range(10)))
        assert len(set(record.committed)) == len(record.committed) == 401
        await record.quiet()
        runs = [record.env.client.get_workflow_handle(record.owner, run_id=run) for run in await record.runs()]
        assert len(runs) > 1
        lengths = [len((await run.fetch_history()).events) for run in runs]
        assert max(lengths) < LONG_HISTORY + 100
        assert (await record.act("after")).revision == 402


async def test_a_follow_up_left_by_the_last_answer_of_a_run_is_carried_out() -> None:
    async with records() as record:
        await record.first_due(300 * DAY)
        record.turns_at = 2
        await asyncio.gather(record.act("a", follow_ups=True), record.act("b"), record.courier.wake(record.owner))
        await record.courier.wake(record.owner)
        assert record.delivered >= 1
        assert not record.follow_ups
        assert len(await record.runs()) == 2


async def test_the_same_key_is_answered_alike_after_the_year_has_turned(fresh: Cast) -> None:
    """On the real server and a real database: the engine has forgotten the update, the record has not."""
    at = await fresh.draft()
    handle = fresh.place.client.get_workflow_handle(f"case:{at.case}")
    path, seen = f"/cases/{at.case}/actions/enroll", {"key": "k", "If-Match": '"1"'}
    first = await at.clerk.post(path, **seen)
    created = await handle.describe()
    await fresh.place.until("2025-01-05")
    entries = (await at.clerk.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    await fresh.place.house.gateway.courier.wake(f"case:{at.case}")
    runs = {created.run_id}
    for _ in range(100):
        runs.add((await handle.describe()).run_id)
        if len(runs) > 1:
            break
        await asyncio.sleep(0.1)
    assert len(runs) == 2
    again = await at.clerk.post(path, **seen)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    after = (await at.clerk.get(f"/cases/{at.case}/timeline", limit=200)).json()["items"]
    assert after == entries
    live = (await fresh.chief.get(f"/cases/{at.case}/workflow")).json()
    shown = (await at.clerk.get(f"/cases/{at.case}")).json()
    assert (live["running"], live["state"], live["revision"]) == (True, shown["state"], shown["revision"])
    await at.clerk.must("cases", at.case, "withdraw")
