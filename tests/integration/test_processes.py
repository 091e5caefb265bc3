"""The Temporal servers and the PostgreSQL cluster are real, and keep their state."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Worker

from api.cli.processes import RETENTION, EmbeddedTemporal, ProcessError, listening
from tests.support.postgres import Postgres
from tests.support.temporal import connect, quick_server, time_skipping

QUEUE = "starter"


@workflow.defn(sandboxed=False)  # the sandbox would import this file again, and all its servers
class Waits:
    """Ends when it is told to, or after nine years."""

    def __init__(self) -> None:
        self.told = False

    @workflow.run
    async def run(self) -> str:
        try:
            await workflow.wait_condition(lambda: self.told, timeout=timedelta(days=9 * 365))
        except TimeoutError:
            return "nine years"
        return "told"

    @workflow.signal
    def tell(self) -> None:
        self.told = True


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedTemporal]:
    embedded = quick_server(tmp_path)
    await embedded.start_async()
    yield embedded
    await embedded.stop_async()


async def test_a_closed_workflow_is_kept_for_years(server: EmbeddedTemporal) -> None:
    client = await connect(server)
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="shifan"))
    assert found.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION
    assert timedelta(days=10 * 365) < RETENTION


@pytest.mark.parametrize("end", [EmbeddedTemporal.stop, EmbeddedTemporal.kill])
async def test_a_workflow_survives_a_restart_on_the_same_file(server: EmbeddedTemporal, end: object) -> None:
    client = await connect(server)
    await client.start_workflow(Waits.run, id="waits", task_queue=QUEUE)
    assert callable(end)
    await asyncio.to_thread(end, server)
    assert not listening(server.port)

    again = quick_server(server.db.parent)
    await again.start_async()
    try:
        client = await connect(again)
        handle = client.get_workflow_handle_for(Waits.run, "waits")
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        await handle.signal(Waits.tell)
        async with Worker(client, task_queue=QUEUE, workflows=[Waits]):
            assert await handle.result() == "told"
        found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="shifan"))
        assert found.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION
    finally:
        await again.stop_async()


async def test_only_one_server_may_use_a_file(server: EmbeddedTemporal) -> None:
    second = EmbeddedTemporal(server.db, log=server.log)
    second.lock_within = 0.1
    with pytest.raises(ProcessError, match="already uses"):
        second.start()
    assert server.running


async def test_the_server_listens_on_one_address_only(server: EmbeddedTemporal) -> None:
    assert listening(server.port)
    with pytest.raises(OSError, match="refused"):  # a server on every address would hear this too
        socket.create_connection(("127.0.0.2", server.port), timeout=2)


if sys.platform == "linux":  # no other kernel tells a child that its parent was killed

    def test_the_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
        code = (
            "import pathlib, sys, time; from tests.support.temporal import quick_server; "
            "server = quick_server(pathlib.Path(sys.argv[1])); server.start(); "
            "print(server.port, flush=True); time.sleep(600)"
        )
        with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            port = int(parent.stdout.readline())
            assert listening(port)
            os.kill(parent.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while listening(port) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not listening(port)


async def test_the_shared_server_runs_a_workflow(temporal_server: EmbeddedTemporal) -> None:
    client = await connect(temporal_server)
    async with Worker(client, task_queue=QUEUE, workflows=[Waits]):
        handle = await client.start_workflow(Waits.run, id="shared", task_queue=QUEUE)
        await handle.signal(Waits.tell)
        assert await handle.result() == "told"


async def test_nine_years_pass_on_the_time_skipping_server() -> None:
    async with (
        time_skipping() as environment,
        Worker(environment.client, task_queue=QUEUE, workflows=[Waits]),
    ):
        assert await environment.client.execute_workflow(Waits.run, id="skip", task_queue=QUEUE) == "nine years"


async def test_a_database_of_the_cluster_answers_through_sqlalchemy(postgres: Postgres) -> None:
    engine = create_async_engine(postgres.create_database("answers"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()
    postgres.drop_database("answers")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres.url("answers").replace("+psycopg", ""))


def test_what_the_cluster_committed_survives_its_kill() -> None:
    cluster = Postgres()
    try:
        cluster.start()
        url = cluster.create_database("kept").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (it int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        cluster.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT it FROM kept").fetchall() == [(1,)]
    finally:
        cluster.remove()


def test_no_test_reaches_beyond_loopback() -> None:
    with pytest.raises(PermissionError, match="only loopback"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
