"""Kill -9 of the worker: idle with an alarm armed, under a burst, between commit and workflow task, in follow-ups."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.crash.aftermath import all_is_well, designations, overdue_alarms, times
from tests.crash.conftest import Line
from tests.crash.lines import DOCUMENT, approved_decision, drafts, enroll
from tests.crash.processes import Plant, dead, outcome
from tests.support.cast import Cast

on_both = pytest.mark.parametrize("line", ["sqlite", "postgres"], indirect=True)


async def test_an_alarm_that_was_armed_rings_once_after_an_idle_worker_died(fresh_line: Line) -> None:
    works, cast = fresh_line.works, fresh_line.cast
    county = await cast.enrolled()
    works.worker.kill()
    moving = asyncio.create_task(works.advance(cast.admin, "2024-04-02"))
    await works.another_worker()
    assert (await moving).status_code == 200
    shown = (await county.clerk.get(f"/cases/{county.case}")).json()
    rung = await overdue_alarms(works, shown["stage"]["id"])
    assert rung == {d["key"]: 1 for d in shown["duties"] if d["overdue"]}
    assert "stage_due" in rung
    await all_is_well(works)


async def test_a_burst_is_answered_by_the_next_worker(works: Plant, cast: Cast) -> None:
    counties = await drafts(cast, 30)
    calls = [enroll(c, "burst") for c in counties]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    works.worker.kill()
    assert not all(c.done() for c in calls), "it died when everything was done"
    await works.another_worker()
    for county, call in zip(counties, calls, strict=True):
        assert (await outcome(county.clerk, await call))["state"] == "mobilization"
        assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


@on_both
async def test_what_was_committed_before_the_worker_died_is_the_answer_of_the_next(
    works: Plant, cast: Cast, tmp_path: Path
) -> None:
    county = await cast.draft()
    await works.worker.stop_async()
    marker = tmp_path / "committed"
    doomed = works.doomed("enroll", marker)
    await doomed.start_async()
    call = enroll(county, "window")
    await dead(doomed)
    assert doomed.exit_code == -signal.SIGKILL
    assert county.case in marker.read_text(encoding="utf-8")
    assert await county.state() == "mobilization"  # the record is ahead of the workflow
    assert not call.done()

    await works.another_worker()
    first = await call
    assert first.status_code == 200, first.text
    again = await enroll(county, "window")
    assert (again.status_code, again.json()) == (200, first.json())
    assert await times(works, county.case, "enroll") == 1
    await all_is_well(works)


async def test_follow_ups_that_a_worker_died_over_are_delivered_once_each(fresh_line: Line, tmp_path: Path) -> None:
    works, cast = fresh_line.works, fresh_line.cast
    decision, counties = await approved_decision(works, cast, 3)
    await works.worker.stop_async()
    told = works.doomed("complete_stage", tmp_path / "told", at="delivery", nth=2)
    await told.start_async()
    await cast.chief.must("naming-decisions", decision, "issue_decision", **DOCUMENT)
    await dead(told)  # two cases have been told and one of them is not noted, the third was not told

    founded = works.doomed("create_designation", tmp_path / "founded")
    await founded.start_async()
    await dead(founded)  # one title is in the record, and nobody knows
    await works.another_worker()
    await all_is_well(works)
    assert await designations(works) == {c.case: 1 for c in counties}
    for county in counties:
        assert await county.state() == "named"
        assert await times(works, county.case, "name_case") == 1
