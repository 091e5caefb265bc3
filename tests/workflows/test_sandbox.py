"""The histories that real runs leave behind are replayed in the sandbox: no workflow decides anything by chance."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from service.contracts import Life
from tests.support.cast import Cast, bring, notice
from tests.support.double import records
from tests.support.house import sandboxed
from workflows.worker import WORKFLOWS


async def _replay(histories: list[WorkflowHistory], runner: WorkflowRunner) -> None:
    replayer = Replayer(workflows=list(WORKFLOWS), workflow_runner=runner)
    for history in histories:
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        assert result.replay_failure is None, (history.workflow_id, result.replay_failure)


async def _histories(cast: Cast) -> list[WorkflowHistory]:
    """Of a batch, a case that went as far as its notice, its evaluations and that notice."""
    at = await cast.enrolled()
    await bring(cast, at, "publicity")
    opened = await notice(cast, at)
    await cast.place.settled()
    evaluations = (await cast.chief.get("/evaluations", parent=at.case)).json()["items"]
    owners = [f"batch:{cast.batch}", f"case:{at.case}", f"public_notice:{opened}"]
    owners += [f"evaluation:{e['id']}" for e in evaluations]
    assert len(owners) == 6
    return [await cast.place.client.get_workflow_handle(owner).fetch_history() for owner in owners]


async def test_every_history_of_a_real_run_replays(cast: Cast) -> None:
    histories = await _histories(cast)
    await _replay(histories, sandboxed())
    await _replay(histories, UnsandboxedWorkflowRunner())


async def test_a_history_with_timers_and_several_runs_replays() -> None:
    async with records() as record:
        await record.first_due(*(timedelta(days=n) for n in (30, 200, 500)))
        for _ in range(3):
            await record.env.sleep(timedelta(days=200))
            await record.quiet()
            await record.act()
        client = record.env.client
        runs = [
            await client.get_workflow_handle(record.owner, run_id=run).fetch_history() for run in await record.runs()
        ]
        assert len(runs) > 1
        await _replay(runs, sandboxed())


@workflow.defn(name="Batch", sandboxed=False)
class Another:
    """A batch as somebody might write it who forgot that runs are open for years."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        self.life = life

    @workflow.run
    async def run(self, life: Life) -> str:
        await workflow.sleep(1)
        return life.thing


async def test_the_replay_finds_a_workflow_that_was_changed(cast: Cast) -> None:
    history = await cast.place.client.get_workflow_handle(f"batch:{cast.batch}").fetch_history()
    result = await Replayer(workflows=[Another]).replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is not None


@pytest.mark.req("INV-16")
async def test_a_command_costs_six_events_and_a_refusal_none(cast: Cast) -> None:
    at = await cast.enrolled()
    handle = cast.place.client.get_workflow_handle(f"case:{at.case}")

    async def events() -> Counter[str]:
        return Counter(EventType.Name(e.event_type) for e in (await handle.fetch_history()).events)

    before = await events()
    form = {"artefact": "work_plan", "author": "W", "date": "2024-02-22", "files": [at.evidence]}
    for _ in range(5):
        await at.clerk.must("cases", at.case, "submit_artefact", **form)
    after = await events()
    added = after - before
    assert sum(added.values()) == 30, added
    assert added["EVENT_TYPE_MARKER_RECORDED"] == 5
    for _ in range(3):
        assert (await at.clerk.act("cases", at.case, "complete_stage")).status_code == 409
    assert await events() == after


async def test_a_history_holds_no_more_of_a_command_than_decides_the_flow(cast: Cast) -> None:
    """A history is not the record: no scores travel through it."""
    at = await cast.enrolled()
    await bring(cast, at, "inspection")
    history = await cast.place.client.get_workflow_handle(f"case:{at.case}").fetch_history()
    held = b"".join(event.SerializeToString() for event in history.events)
    assert b"submit_artefact" in held
    assert b"PDS-I01" not in held
