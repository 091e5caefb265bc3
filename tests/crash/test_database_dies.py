"""Kill -9 of PostgreSQL in the middle of a commit: 503 or later the answer, and nothing half-done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.crash.aftermath import all_is_well, known, times
from tests.crash.lines import enroll
from tests.crash.processes import eventually, outcome, plant, until_answered
from tests.support import cast as casting
from tests.support.postgres import Postgres


@pytest.fixture
def cluster() -> Iterator[Postgres]:
    """One of its own: it is killed."""
    found = Postgres()
    try:
        found.start()
        yield found
    finally:
        found.remove()


async def test_a_commit_that_postgresql_died_over_is_made_when_it_is_back(cluster: Postgres, tmp_path: Path) -> None:
    url = cluster.create_database("shifan")
    dsn = url.replace("+psycopg", "")
    async with plant(tmp_path, url) as works:
        cast = await casting.cast(works.place)
        county = await cast.draft()
        with contextlib.closing(psycopg.connect(dsn)) as holder:
            # Whoever appends to this chain has changed the case already, and waits: the middle of the commit.
            holder.execute("SELECT * FROM chain WHERE id = %s FOR UPDATE", (county.case,))
            call = enroll(county, "middle")

            async def not_waiting() -> str:
                waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'shifan'"
                with psycopg.connect(dsn) as watcher:
                    found = watcher.execute(waits).fetchone()
                return "" if found and found[0] else "nobody waits for the lock"

            await eventually(not_waiting, "the commit is half-way")
            await asyncio.to_thread(cluster.kill)
            away = await county.clerk.get(f"/cases/{county.case}")
            assert (away.status_code, away.json()["code"]) == (503, "database_down")
        await asyncio.to_thread(cluster.start)
        heard = await call
        assert heard.status_code in (200, 202, 503), heard.text
        answer = await until_answered(partial(enroll, county, "middle"))
        assert (await outcome(county.clerk, answer))["state"] == "mobilization"
        assert await known(works, county.clerk.name, "middle") == "done"
        assert await times(works, county.case, "enroll") == 1
        await all_is_well(works)
