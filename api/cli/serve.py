"""What `shifan api` and `shifan worker` have in common: wait for what they need, serve, drain, end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import structlog
import uvloop

from api.cli import logs
from api.cli.errors import sentence
from api.runtime import Parts, parts
from service.settings import Settings

T = TypeVar("T")
log = structlog.get_logger()

Work = Callable[[Parts, asyncio.Event, Callable[[], None]], Awaitable[None]]
"""Serves until the event is set; calls the function once, when it is ready."""


def serve(name: str, settings: Settings, ready_file: Path | None, work: Work) -> NoReturn:
    """Run one process of the service until SIGTERM or SIGINT, then leave with 0 (1 when it failed)."""
    logs.configure()
    structlog.contextvars.bind_contextvars(process=name)
    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(_serve(settings, ready_file, work))
        code = 0
    except Exception as error:  # whatever it was: told, and the supervisor restarts the process
        said = sentence(error)
        log.critical(said or "failed", exc_info=None if said else error)
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    # The SDK's threads have been seen to abort the interpreter while it tears itself down; nothing is left to do.
    os._exit(code)


async def _serve(settings: Settings, ready_file: Path | None, work: Work) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def ready() -> None:
        log.info("ready", temporal=settings.temporal_address, home=str(settings.home))
        if ready_file is not None:
            ready_file.write_text("ready\n", encoding="utf-8")

    async with contextlib.AsyncExitStack() as stack:
        here = await unless(stop, stack.enter_async_context(parts(settings)))
        if here is not None:
            await work(here, stop, ready)
        log.info("stopped")


async def unless(stop: asyncio.Event, wanted: Awaitable[T]) -> T | None:
    """What is awaited, or None as soon as the process is told to stop."""
    coming = asyncio.ensure_future(wanted)
    told = asyncio.ensure_future(stop.wait())
    await asyncio.wait((coming, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if coming.done():
        return coming.result()
    coming.cancel()
    return None
