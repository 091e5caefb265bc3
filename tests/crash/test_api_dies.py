"""Kill -9 of the API: before a command was sent, after it was sent and before the answer, under public objections."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from pathlib import Path

import httpx
import pytest

from service.contracts import workflow_id
from tests.crash.aftermath import all_is_well, known, objections, times
from tests.crash.conftest import Line
from tests.crash.lines import drafts, enroll
from tests.crash.processes import Plant, eventually, outcome, until_answered, written
from tests.support.cast import Cast, County, bring, notice

on_both = pytest.mark.parametrize("line", ["sqlite", "postgres"], indirect=True)


async def again(county: County, key: str) -> httpx.Response:
    """The same call with the same key, until it has its answer."""
    return await until_answered(partial(enroll, county, key))


async def test_a_command_that_the_api_never_read_leaves_nothing_and_is_done_when_it_is_asked_again(
    works: Plant, cast: Cast
) -> None:
    county = await cast.draft()
    os.kill(works.api.pid, signal.SIGSTOP)  # the system takes the call, the API does not
    call = enroll(county, "unread")
    await asyncio.sleep(0.1)  # it is on its way; were it not, the API would have died a little earlier
    works.api.kill()
    with pytest.raises(httpx.TransportError):
        await call
    assert await known(works, county.clerk.name, "unread") is None
    assert await times(works, county.case, "enroll") == 0

    await works.api.start_async()
    answer = await again(county, "unread")
    assert (answer.status_code, answer.json()["state"]) == (200, "mobilization")
    assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


async def test_a_command_that_was_sent_is_carried_out_although_nobody_waits_for_it(works: Plant, cast: Cast) -> None:
    county = await cast.draft()
    handle = works.place.client.get_workflow_handle(workflow_id("case", county.case))
    os.kill(works.worker.pid, signal.SIGSTOP)
    try:
        call = enroll(county, "sent")

        async def not_sent() -> str:
            told = (await handle.describe()).raw_description
            return "" if told.HasField("pending_workflow_task") else "no workflow task waits"

        await eventually(not_sent, "the command reaches the engine")
        works.api.kill()
        with pytest.raises(httpx.TransportError):
            await call
    finally:
        os.kill(works.worker.pid, signal.SIGCONT)

    async def not_done() -> str:
        status = await known(works, county.clerk.name, "sent")
        return "" if status == "done" else str(status)

    await eventually(not_done, "it is carried out")
    await works.api.start_async()
    answer = await again(county, "sent")
    assert (answer.status_code, answer.json()["state"]) == (200, "mobilization")
    assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


@on_both
async def test_a_command_that_was_committed_has_its_first_answer_at_the_next_api(
    works: Plant, cast: Cast, tmp_path: Path
) -> None:
    county = await cast.draft()
    await works.worker.stop_async()
    marker = tmp_path / "committed"
    pausing = works.doomed("enroll", marker, then="wait")
    await pausing.start_async()
    try:
        call = enroll(county, "committed")
        await written(marker)
        works.api.kill()
        with pytest.raises(httpx.TransportError):
            await call
        await works.api.start_async()
        first = await again(county, "committed")  # while the worker still stands between commit and answer
        marker.with_suffix(".go").touch()
        assert (first.status_code, first.json()["state"]) == (200, "mobilization")
        assert (await again(county, "committed")).json() == first.json()
    finally:
        await pausing.stop_async()
    await works.another_worker()
    assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


async def test_a_burst_is_answered_when_it_is_asked_again(works: Plant, cast: Cast) -> None:
    counties = await drafts(cast, 30)
    calls = [enroll(c, "burst") for c in counties]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    works.api.kill()
    heard = await asyncio.gather(*calls, return_exceptions=True)
    assert any(isinstance(h, httpx.TransportError) for h in heard), "it died when everything was answered"
    await works.api.start_async()
    for county, before in zip(counties, heard, strict=True):
        answer = await again(county, "burst")
        assert (await outcome(county.clerk, answer))["state"] == "mobilization"
        if isinstance(before, httpx.Response):
            assert answer.json() == before.json()
        assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


async def test_public_objections_are_on_record_once_each_and_keep_the_notice_open(fresh_line: Line) -> None:
    works, cast = fresh_line.works, fresh_line.cast
    county = await cast.enrolled()
    await bring(cast, county, "publicity")
    it = await notice(cast, county)
    anybody = works.place.public()

    def objection(number: int) -> asyncio.Task[httpx.Response]:
        form = {"reasons": f"reason {number}", "identity": f"person {number}", "way_to_answer": "by post"}
        body = {"parent": it, "form": form}
        return asyncio.create_task(anybody.post("/objections", body, key=f"an objection of its own, number {number}"))

    calls = [objection(n) for n in range(20)]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    works.api.kill()
    heard = await asyncio.gather(*calls, return_exceptions=True)
    assert any(isinstance(h, httpx.TransportError) for h in heard), "it died when everything was answered"
    await works.api.start_async()
    filed = set()
    for number in range(20):
        answer = await until_answered(partial(objection, number))
        filed.add(answer.json()["id"])
        assert (await outcome(anybody, answer))["state"] == "filed"
    on_record = await objections(works, it)
    assert on_record == dict.fromkeys(filed, "filed")
    assert [await times(works, o, "file_objection") for o in filed] == [1] * 20

    moved = await works.advance(cast.admin, "2024-03-04")  # the period has ended
    assert moved.status_code == 200, moved.text
    assert (await cast.chief.get(f"/notices/{it}")).json()["state"] == "objections_pending"
    assert await times(works, it, "end_period") == 1
    await all_is_well(works)
