"""The HTTP application: routes, problems, limits, and the parts it runs on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Depends, FastAPI

from activities.courier import Courier
from api import problems
from api.context import House, known_parameters
from api.envelope import VERSION, Envelope
from api.gateway import Gateway
from api.routes import (
    calendars,
    consequences,
    draws,
    evidence,
    handovers,
    ledgers,
    operation,
    organization,
    schemes,
    scores,
    setup,
    things,
)
from api.security.limits import Limiter
from api.security.tokens import Tokens
from api.time_travel import TimeTravel
from service.clock import Clock
from service.files import Files
from service.records.database import Database
from service.settings import Settings


def build_house(settings: Settings, database: Database, clock: Clock, courier: Courier) -> House:
    """The parts of an API process, put together."""
    return House(
        settings,
        database,
        clock,
        Gateway(database, clock, courier, settings.answer_within),
        TimeTravel(database, clock, courier),
        Tokens.kept_in(settings.home, settings.token_secret),
        Files(settings.files),
        Limiter(settings.objections_per_minute),
    )


class Api(FastAPI):
    """An application that says of every operation how it fails."""

    def openapi(self) -> dict[str, Any]:
        return problems.describe(super().openapi())


def create_app(house: House | None = None) -> FastAPI:
    """The application. Without a house it only describes itself (for the OpenAPI file)."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        confirming = asyncio.create_task(house.gateway.confirm_adopted()) if house else None
        yield
        if confirming:
            confirming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await confirming

    app = Api(
        title="Shifan 示范",
        version=VERSION,
        summary="Runs demonstration-creation programmes for law-based government, exactly as their rules say.",
        lifespan=lifespan,
        docs_url=None,  # these pages load their scripts from elsewhere, and an office may be offline
        redoc_url=None,
        separate_input_output_schemas=False,
        dependencies=[Depends(known_parameters)],
    )
    app.state.house = house
    problems.install(app)
    app.include_router(things.router())
    for module in (
        calendars, consequences, scores, draws, evidence, ledgers, organization, handovers, schemes, setup, operation
    ):  # fmt: skip
        app.include_router(module.routes)
    limits = house.settings if house else Settings()
    app.add_middleware(Envelope, body_limit=limits.body_limit, upload_limit=limits.upload_limit)
    return app
