"""A worker process: every workflow and activity on one queue, the sweeper beside them, drained on SIGTERM."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from activities.commit import Commits
from activities.courier import Courier
from activities.follow_ups import FollowUps
from service.clock import Clock
from service.contracts import TASK_QUEUE
from service.records.commit import Commit
from service.records.database import Database
from workflows.batch import Batch
from workflows.case import Case
from workflows.designation import Designation
from workflows.evaluation import Evaluation
from workflows.look_back_round import LookBackRound
from workflows.public_notice import PublicNotice

WORKFLOWS = (Batch, Case, Designation, Evaluation, LookBackRound, PublicNotice)

STICKY_WITHIN = timedelta(seconds=1)
"""After a worker died, its workflows are asked for elsewhere this soon; the default of 10 s would stall them."""
DRAIN_WITHIN = timedelta(seconds=20)
CACHED = 1_000


def worker(
    client: Client,
    database: Database,
    clock: Clock,
    *,
    runner: WorkflowRunner | None = None,
    task_queue: str = TASK_QUEUE,
) -> Worker:
    """A worker that is not running yet. Unsandboxed in production: the tests run the same code sandboxed."""
    commits = Commits(Commit(database, clock))
    follow_ups = FollowUps(database, clock, Courier(client, moves_by_hand=clock.movable))
    return Worker(
        client,
        task_queue=task_queue,
        workflows=list(WORKFLOWS),
        activities=[commits.commit, commits.ring, commits.read_standing, follow_ups.deliver],
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHED,
        sticky_queue_schedule_to_start_timeout=STICKY_WITHIN,
        graceful_shutdown_timeout=DRAIN_WITHIN,
    )
