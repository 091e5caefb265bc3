"""The whole line of the reference programme as the demonstration tells it, over real HTTP, on each database."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.stories import told


@pytest.mark.req("INV-16")
@pytest.mark.parametrize(("database", "language"), [("sqlite", "zh"), ("postgresql", "en")])
async def test_every_expectation_of_the_demonstration_holds_and_every_chain_verifies(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, language: str
) -> None:
    url = None
    if database == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        url = cluster.create_database(f"shifan_{uuid.uuid4().hex}")
    held, said = await told("reference", tmp_path, url=url, language=language)
    assert held, said
