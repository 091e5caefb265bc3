"""Which Temporal a command speaks to: the one it is told, the one that `shifan up` runs here, or one of its own."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from api.cli.processes import LOOPBACK, EmbeddedTemporal, free_port, listening
from service.settings import Settings

USUAL_PORT = 7233


def temporal_file(settings: Settings) -> Path:
    """Where the embedded server of an installation keeps its state."""
    return settings.home.resolve() / "temporal.db"


def serving(db: Path) -> str | None:
    """The address of the embedded server that runs on this file now, or None.

    The server holds the lock as long as it lives, so an address that was left behind is never believed.
    """
    try:
        with db.with_name(db.name + ".lock").open("r+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read().decode().strip() or None
    except FileNotFoundError:
        return None
    return None


def where(settings: Settings) -> str:
    """The address for a process that does not start a server itself."""
    return settings.temporal_address or serving(temporal_file(settings)) or f"{LOOPBACK}:{USUAL_PORT}"


def usual_or_free(port: int) -> int:
    """The usual port while nobody has it, else any that is free."""
    return free_port() if listening(port) else port


@contextlib.contextmanager
def engine(settings: Settings) -> Iterator[Settings]:
    """Settings with the address of a server that runs: a given or running one, else one for the while."""
    known = settings.temporal_address or serving(temporal_file(settings))
    if known:
        yield settings.model_copy(update={"temporal_address": known})
        return
    own = EmbeddedTemporal(
        temporal_file(settings),
        log=settings.home.resolve() / "logs" / "temporal.log",
        namespace=settings.temporal_namespace,
    )
    own.start()
    try:
        yield settings.model_copy(update={"temporal_address": own.address})
    finally:
        own.stop()
