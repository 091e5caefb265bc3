"""Temporary: the processes of the service until `shifan api` and `shifan worker` stand."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime

import uvicorn

from activities.sweeper import Sweeper
from api.app import build_house, create_app
from api.runtime import parts, worker_of
from service.settings import Settings


async def main(part: str) -> None:
    settings = Settings()
    moves = os.environ.get("BENCH_CLOCK")
    async with parts(settings, create_at=datetime.fromisoformat(moves) if moves else None) as here:
        if part == "worker":
            async with worker_of(here.client, here.database, here.clock, here.courier):
                await Sweeper(here.database, here.clock, here.courier, settings.sweep_every).run()
        app = create_app(build_house(settings, here.database, here.clock, here.courier))
        config = uvicorn.Config(app, settings.host, settings.port, log_level="warning", access_log=False)
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    profile = os.environ.get(f"BENCH_PROFILE_{sys.argv[1].upper()}")
    asyncio.run(main(sys.argv[1]))
