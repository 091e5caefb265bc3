"""What the tests of this folder do on the line: many drafts at once, a command on its way, cases up to naming."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.crash.processes import Plant
from tests.support.cast import Cast, County, bring, notice


async def drafts(cast: Cast, number: int) -> list[County]:
    """So many counties, each with a draft of its case."""
    counties = [await cast.county() for _ in range(number)]
    made = (c.clerk.made("cases", cast.batch, track="area", jurisdiction=c.code) for c in counties)
    cases = await asyncio.gather(*made)
    for case in cases:
        await cast.place.evidence(case)
    return [County(c.code, c.clerk, case) for c, case in zip(counties, cases, strict=True)]


def enroll(county: County, key: str) -> asyncio.Task[httpx.Response]:
    """The command that takes a new draft into mobilization, on its way."""
    path = f"/cases/{county.case}/actions/enroll"
    return asyncio.create_task(county.clerk.post(path, key=key, **{"If-Match": '"1"'}))


async def approved_decision(works: Plant, cast: Cast, number: int) -> tuple[str, list[County]]:
    """So many cases in their naming stage and a decision that names them, approved and not issued."""
    counties = [await cast.enrolled() for _ in range(number)]
    await asyncio.gather(*(bring(cast, c, "publicity") for c in counties))
    for county in counties:
        await notice(cast, county)
    moved = await works.advance(cast.admin, "2024-03-04")  # five working days on, nobody having objected
    assert moved.status_code == 200, moved.text
    for county in counties:
        assert await county.state() == "naming"
    closing = {"text": "all have applied"}
    for one in (cast.chief, cast.deputy):
        await one.must("batches", cast.batch, "close_window_early", **closing)
    it = await cast.chief.made("naming-decisions", cast.batch, named=[c.case for c in counties])
    await cast.chief.must("naming-decisions", it, "propose_decision")
    await cast.deputy.must("naming-decisions", it, "approve_decision")
    return it, counties


DOCUMENT: dict[str, Any] = {"issuer": "the province", "number": "QF-2024-1", "date": "2024-03-04"}
