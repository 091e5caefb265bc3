"""`shifan api`: the HTTP API."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer
import uvicorn

from api.app import build_house, create_app
from api.cli.engine import where
from api.cli.options import Home, ReadyFile, fail, settings_of
from api.cli.serve import serve
from api.runtime import Parts

app = typer.Typer()
DRAIN_MARGIN = 5
"""Seconds that a stopping API waits beyond the time in which every command is answered."""


@app.command("api")
def command(
    home: Home = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: 8000.", max=65535)] = None,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
    ready_file: ReadyFile = None,
) -> None:
    """Run one API process. 接口进程。

    It waits for the database and for Temporal, and answers what it has taken before it leaves on SIGTERM.
    `/readyz` says whether it can serve, `/openapi.json` describes every call. `shifan up` starts one for you.

    Example: SHIFAN_DATABASE_URL=postgresql+psycopg://... SHIFAN_TEMPORAL_ADDRESS=temporal:7233 shifan api --port 8000

    Next: `shifan worker` on the same settings; `shifan token admin` for a first token.
    """
    settings = settings_of(home, host=host, port=port)
    settings = settings.model_copy(update={"temporal_address": where(settings)})
    serve("api", settings, ready_file, partial(work, door=door(settings.host, settings.port), access_log=access_log))


def door(host: str, port: int) -> socket.socket:
    """The address, taken at once but closed to callers until the API serves."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        fail(f"Port {port} of {host} cannot be used ({error.strerror}): choose another with --port.")
    return taken


class Server(uvicorn.Server):
    """Says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


async def work(
    here: Parts, stop: asyncio.Event, ready: Callable[[], None], *, door: socket.socket, access_log: bool
) -> None:
    """Serve until uvicorn has had its signal; it hands it on to `stop` when it is through."""
    application = create_app(build_house(here.settings, here.database, here.clock, here.courier))
    config = uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=access_log,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # an address that anybody may write into a header limits nobody
        timeout_graceful_shutdown=int(here.settings.answer_within) + DRAIN_MARGIN,
    )
    server = Server(config, ready)
    await server.serve(sockets=[door])
    if not stop.is_set() and not server.started:
        raise RuntimeError("the API did not start")
