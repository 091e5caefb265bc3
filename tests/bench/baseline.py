"""The ruler: the smallest FastAPI + Temporal program with one update for each stage, and no record.

A case is a number that grows. No roles, no rules, no revision, no database. `python -m tests.bench.baseline api` and
`... worker` run it with the same options of server, client, worker and HTTP server as the service itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import uvicorn
import uvloop
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from temporalio import workflow
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.runtime import connect
from service.settings import Settings
from workflows.worker import CACHED, DRAIN_WITHIN, STICKY_WITHIN

QUEUE = "baseline"


@dataclass(frozen=True)
class Life:
    stages: int


@workflow.defn(name="BaselineCase")
class Case:
    @workflow.init
    def __init__(self, life: Life) -> None:
        self.life = life
        self.done = 0

    @workflow.run
    async def run(self, life: Life) -> int:
        await workflow.wait_condition(lambda: self.done == self.life.stages and workflow.all_handlers_finished())
        return self.done

    @workflow.update
    async def advance(self, stage: int) -> int:
        self.done += 1
        return self.done

    @advance.validator
    def is_next(self, stage: int) -> None:
        if stage != self.done + 1:
            raise ApplicationError(f"{stage} is not next", type="IllegalMove", non_retryable=True)

    @workflow.query
    def at(self) -> int:
        return self.done


class Opening(BaseModel):
    stages: int


class Step(BaseModel):
    stage: int


def create_app(client: Client) -> FastAPI:
    app = FastAPI()

    @app.post("/cases", status_code=201)
    async def open_case(body: Opening) -> dict[str, str]:
        case = uuid.uuid4().hex
        await client.start_workflow(Case.run, Life(body.stages), id=f"case:{case}", task_queue=QUEUE)
        return {"id": case}

    @app.post("/cases/{case}/advance")
    async def advance(case: str, body: Step) -> dict[str, int]:
        try:
            done = await client.get_workflow_handle(f"case:{case}").execute_update(Case.advance, body.stage)
        except WorkflowUpdateFailedError as error:
            raise HTTPException(409, str(error.cause)) from error
        return {"done": done}

    @app.get("/cases/{case}")
    async def read(case: str) -> dict[str, int]:
        return {"done": await client.get_workflow_handle(f"case:{case}").query(Case.at)}

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    return app


@contextlib.asynccontextmanager
async def _worker(client: Client) -> AsyncIterator[None]:
    async with Worker(
        client, task_queue=QUEUE, workflows=[Case], workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHED, sticky_queue_schedule_to_start_timeout=STICKY_WITHIN,
        graceful_shutdown_timeout=DRAIN_WITHIN,
    ):  # fmt: skip
        yield


async def main(part: str) -> None:
    settings = Settings()
    client = await connect(settings)
    if part == "worker":
        async with _worker(client):
            await asyncio.Event().wait()
    config = uvicorn.Config(
        create_app(client), settings.host, settings.port, http="httptools", ws="none", access_log=False, log_config=None,
        server_header=False,
    )  # fmt: skip
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
