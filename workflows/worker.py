"""A worker: every workflow and the activities it is given, on one queue; it drains when it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from service.contracts import TASK_QUEUE
from workflows.action_plan import ActionPlan
from workflows.batch import Batch
from workflows.bulletin import Bulletin
from workflows.case import Case
from workflows.designation import Designation
from workflows.evaluation import Evaluation
from workflows.look_back_round import LookBackRound
from workflows.public_notice import PublicNotice

WORKFLOWS = (ActionPlan, Batch, Bulletin, Case, Designation, Evaluation, LookBackRound, PublicNotice)

STICKY_WITHIN = timedelta(seconds=1)
"""After a worker died, its workflows are asked for elsewhere this soon; the default of 10 s would stall them."""
DRAIN_WITHIN = timedelta(seconds=20)
CACHED = 5_000
"""Open workflows kept in memory, about 100 KB each. One that is not there is replayed for its next command, which costs
about as much as the command itself; a province has thousands of open cases."""


def worker(
    client: Client,
    activities: Sequence[Callable[..., Any]],
    *,
    runner: WorkflowRunner | None = None,
    task_queue: str = TASK_QUEUE,
) -> Worker:
    """A worker that is not running yet. Unsandboxed in production: the tests run the same code sandboxed."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=list(WORKFLOWS),
        activities=activities,
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHED,
        sticky_queue_schedule_to_start_timeout=STICKY_WITHIN,
        graceful_shutdown_timeout=DRAIN_WITHIN,
    )
