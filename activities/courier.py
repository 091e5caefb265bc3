"""Sending a command to the workflow that owns a thing, whether that workflow runs, ended, or never began."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from service.contracts import (
    ACT,
    FACT,
    ILLEGAL_MOVE,
    LIVE,
    TASK_QUEUE,
    WAKE,
    WORKFLOWS,
    Command,
    Life,
    Owner,
    Result,
    Standing,
    workflow_id,
)

T = TypeVar("T")

RUN_CLOSED = "AcceptedUpdateCompletedWorkflow"
TRIES = 5


class Courier:
    """Speaks to the workflows of one Temporal namespace. Raises RPCError when the engine is out of reach."""

    def __init__(self, client: Client, *, moves_by_hand: bool) -> None:
        self.client = client
        self.moves_by_hand = moves_by_hand

    async def send(self, command: Command) -> Result:
        """Have a command carried out by its owner and return the answer.

        A workflow that is behind its record refuses what the record admits: it is woken and asked again. Each
        sending is an update of its own: under one ID the engine would repeat the first answer of a run, also a
        refusal whose reason is gone. What was answered for good is known by the record alone.
        """
        for attempt in range(TRIES):
            try:
                return await self._update(ACT, command.owner, command, Result, command.creates)
            except WorkflowUpdateFailedError as error:
                kind = error.cause.type if isinstance(error.cause, ApplicationError) else None
                if attempt == TRIES - 1 or kind not in (ILLEGAL_MOVE, RUN_CLOSED):
                    raise
                if kind == ILLEGAL_MOVE:
                    await self.wake(command.owner)
        raise AssertionError("every try either answers or raises")

    async def wake(self, owner: str) -> Standing | None:
        """Have an owner look at its record, serve what is due, and carry out what waits. `owner`: workflow ID."""
        return await self._update(WAKE, owner, None, Standing, False)

    async def believed(self, owner: str) -> int | None:
        """The revision that the running workflow of an owner knows, or None where none runs."""
        handle = self.client.get_workflow_handle(owner)
        try:
            if (await handle.describe()).status != WorkflowExecutionStatus.RUNNING:
                return None
            live: dict[str, Any] = await handle.query(LIVE)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return None
        return int(live["revision"])

    async def tell(self, owner: str, command: Command) -> None:
        """Signal a fact that lies in SQL under the key of the command. Starts the workflow if need be."""
        await self.client.start_workflow(
            WORKFLOWS[_machine(owner)],
            self._life(owner),
            id=owner,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=FACT,
            start_signal_args=[command],
        )

    async def _update(self, name: str, owner: str, arg: Command | None, answer: type[T], starts: bool) -> T:
        args = [] if arg is None else [arg]
        if not starts:
            try:
                handle = self.client.get_workflow_handle(owner)
                found: T = await handle.execute_update(name, args=args, result_type=answer)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
            else:
                return found
        born: T = await self.client.execute_update_with_start_workflow(
            name,
            args=args,
            result_type=answer,
            start_workflow_operation=WithStartWorkflowOperation(
                WORKFLOWS[_machine(owner)],
                self._life(owner),
                id=owner,
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                task_timeout=timedelta(seconds=10),
            ),
        )
        return born

    def _life(self, owner: str) -> Life:
        machine, _, thing = owner.partition(":")
        return Life(thing, machine, self.moves_by_hand)


def _machine(owner: str) -> str:
    return owner.partition(":")[0]


def id_of(owner: Owner) -> str:
    """The workflow ID of an owner."""
    return workflow_id(owner.machine, owner.thing)
