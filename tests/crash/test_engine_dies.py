"""Kill -9 of the Temporal server: idle, under a burst, and between the commit and the end of the workflow task."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.crash.aftermath import all_is_well, behind, known, overdue_alarms, times
from tests.crash.conftest import Line
from tests.crash.lines import drafts, enroll
from tests.crash.processes import Plant, outcome, until_answered, written
from tests.support.cast import Cast

on_both = pytest.mark.parametrize("line", ["sqlite", "postgres"], indirect=True)


async def test_without_the_engine_nothing_is_half_done_and_its_alarms_ring_when_it_is_back(
    fresh_line: Line,
) -> None:
    works, cast = fresh_line.works, fresh_line.cast
    county, armed = await cast.draft(), await cast.enrolled()
    works.temporal.kill()
    refused = await enroll(county, "away")
    assert (refused.status_code, refused.json()["code"]) == (503, "engine_down")
    assert await times(works, county.case, "enroll") == 0
    assert await county.state() == "draft"  # what is on record can be read

    await works.temporal.start_async()
    answer = await until_answered(partial(enroll, county, "away"))
    assert (answer.status_code, answer.json()["state"]) == (200, "mobilization")
    assert await times(works, county.case, "enroll") == 1
    moved = await works.advance(cast.admin, "2024-04-02")
    assert moved.status_code == 200, moved.text
    shown = (await armed.clerk.get(f"/cases/{armed.case}")).json()
    rung = await overdue_alarms(works, shown["stage"]["id"])
    assert rung == {d["key"]: 1 for d in shown["duties"] if d["overdue"]}
    assert "stage_due" in rung
    await all_is_well(works)


async def test_a_burst_is_answered_by_the_engine_on_the_same_file(works: Plant, cast: Cast) -> None:
    counties = await drafts(cast, 30)
    calls = [enroll(c, "burst") for c in counties]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    works.temporal.kill()
    assert not all(c.done() for c in calls), "it died when everything was done"
    await works.temporal.start_async()
    for county, answer in zip(counties, await asyncio.gather(*calls), strict=True):
        answered = await until_answered(partial(enroll, county, "burst")) if answer.status_code == 503 else answer
        assert (await outcome(county.clerk, answered))["state"] == "mobilization"
        assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


@on_both
async def test_what_was_committed_when_the_engine_died_is_the_answer_once_it_is_back(
    works: Plant, cast: Cast, tmp_path: Path
) -> None:
    county = await cast.draft()
    await works.worker.stop_async()
    marker = tmp_path / "committed"
    pausing = works.doomed("enroll", marker, then="wait")
    await pausing.start_async()
    try:
        call = enroll(county, "window")
        await written(marker)
        works.temporal.kill()
        marker.with_suffix(".go").touch()  # the worker has its result and nobody to tell
        await works.temporal.start_async()
        heard = await call
        assert heard.status_code in (200, 202, 503), heard.text
        first = await until_answered(partial(enroll, county, "window"))
        assert (await outcome(county.clerk, first))["state"] == "mobilization"
    finally:
        await pausing.stop_async()
    await works.another_worker()
    assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


async def test_a_workflow_that_missed_a_commit_catches_up_although_nobody_asks_again(
    works: Plant, cast: Cast, tmp_path: Path
) -> None:
    county = await cast.draft()
    await works.worker.stop_async()
    marker = tmp_path / "committed"
    pausing = works.doomed("enroll", marker, then="wait")
    await pausing.start_async()
    call = enroll(county, "given up")
    await written(marker)
    works.temporal.kill()
    works.api.kill()
    pausing.kill()
    with pytest.raises(httpx.TransportError):
        await call
    await works.temporal.start_async()
    await works.another_worker()  # its sweeper finds what nobody confirmed
    assert await known(works, county.clerk.name, "given up") == "done"
    await all_is_well(works)
    assert await behind(works) == []
    await works.api.start_async()
    first = await until_answered(partial(enroll, county, "given up"))
    assert (first.status_code, first.json()["state"]) == (200, "mobilization")
    assert await times(works, county.case, "enroll") == 1
