"""The plants of this folder: one for each database, which tests share, and fresh ones for who moves the clock."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.crash.processes import Plant, plant
from tests.support import cast as casting
from tests.support.cast import Cast
from tests.support.postgres import Postgres


@dataclass(frozen=True)
class Line:
    """A plant and its people, with a published programme and an open batch."""

    works: Plant
    cast: Cast


@pytest.fixture(scope="session")
async def line_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    async with plant(tmp_path_factory.mktemp("crash")) as works:
        yield Line(works, await casting.cast(works.place))


@pytest.fixture(scope="session")
async def line_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> AsyncIterator[Line]:
    url = postgres.create_database(f"shifan_{uuid.uuid4().hex}")
    async with plant(tmp_path_factory.mktemp("crash"), url) as works:
        yield Line(works, await casting.cast(works.place))


@pytest.fixture
async def fresh_line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    async with plant(tmp_path_factory.mktemp("crash")) as works:
        yield Line(works, await casting.cast(works.place))


@pytest.fixture
def line(request: pytest.FixtureRequest) -> Line:
    """A shared one: open cases of your own and leave its clock alone. Whatever an earlier test killed runs again."""
    database = getattr(request, "param", "sqlite")
    found: Line = request.getfixturevalue(f"line_on_{database}")
    found.works.mended()
    return found


@pytest.fixture
def works(line: Line) -> Plant:
    return line.works


@pytest.fixture
def cast(line: Line) -> Cast:
    return line.cast
