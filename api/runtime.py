"""Putting the processes together: what a worker and an API process are made of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker, WorkflowRunner

from activities.assembly import every_activity
from activities.courier import Courier
from activities.payloads import DATA_CONVERTER
from service.clock import Clock
from service.records.database import Database
from service.records.migrate import migrate
from service.settings import Settings
from workflows.worker import worker

log = structlog.get_logger()
TRY_EVERY = 1.0
TELL_EVERY = 10
"""How many tries lie between two lines of the log."""


class OutOfReach(Exception):
    """Temporal or its namespace is not there. Says where it was looked for and what to do."""


@dataclass(frozen=True)
class Parts:
    """What every process needs of an installation."""

    settings: Settings
    database: Database
    clock: Clock
    client: Client
    courier: Courier


async def connect(settings: Settings, tries: int | None = None) -> Client:
    """A client of the engine and its namespace; waits for them to come up, for ever or so many seconds.

    Raises OutOfReach after that, and at once when the server is there but has no such namespace.
    """
    address, namespace = settings.temporal_address, settings.temporal_namespace
    tried = 0
    while True:
        try:
            client = await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
        except (RPCError, RuntimeError) as error:
            if isinstance(error, RPCError) and error.status == RPCStatusCode.NOT_FOUND:
                raise OutOfReach(_no_namespace(address, namespace)) from error
            if tried % TELL_EVERY == 0:
                log.warning("waiting for Temporal", address=address, error=str(error))
        else:
            return client
        tried += 1
        if tried == tries:
            raise OutOfReach(f"Temporal does not answer at {address}.")
        await asyncio.sleep(TRY_EVERY)


async def migrated(settings: Settings) -> None:
    """The database at the newest revision; waits for it to come up."""
    tried = 0
    while True:
        try:
            await asyncio.to_thread(migrate, settings.url)
        except OperationalError as error:
            if tried % TELL_EVERY == 0:
                log.warning("waiting for the database", error=str(error.orig).strip())
        else:
            return
        tried += 1
        await asyncio.sleep(TRY_EVERY)


@contextlib.asynccontextmanager
async def parts(settings: Settings, *, create_at: datetime | None = None) -> AsyncIterator[Parts]:
    """Migrated database, clock and client. A new installation gets a movable clock from `create_at` on."""
    await migrated(settings)
    database = Database(settings.url)
    try:
        clock = await Clock.of(database, create_at=create_at)
        client = await connect(settings)
        yield Parts(settings, database, clock, client, Courier(client, moves_by_hand=clock.movable))
    finally:
        await database.close()


def _no_namespace(address: str, namespace: str) -> str:
    return (
        f"Temporal at {address} has no namespace {namespace}. Create it with: "
        f"temporal operator namespace create --address {address} --retention 87840h {namespace}"
    )


def worker_of(
    client: Client, database: Database, clock: Clock, courier: Courier, runner: WorkflowRunner | None = None
) -> Worker:
    """A worker of this installation, not running yet. `runner`: unsandboxed unless the tests say otherwise."""
    return worker(client, every_activity(database, clock, courier), runner=runner)
