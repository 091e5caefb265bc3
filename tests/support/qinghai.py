"""Playing Qinghai beside its story: its people, cases of places, titles of earlier times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from service.schemes.loader import shipped_folder
from tests.support import programme as play
from tests.support.house import Caller, installation
from tests.support.temporal import connect, serving

OFFICE = "省委依法治省办"
PEOPLE = [("prefecture", "prefecture_lbg_office", play.CITY)]
PROJECT = dict.fromkeys(("innovative", "leading", "typical"), "as the experts of the province found")


@asynccontextmanager
async def qinghai(home: Path) -> AsyncIterator[play.Programme]:
    """The programme that ships, published, with its people, in an installation and on a server of its own.

    A round of look-backs has its ID from programme and year, so two installations cannot share a server.
    """
    url = f"sqlite+aiosqlite:///{home}/s.db"
    async with serving(home) as server, installation(await connect(server), url, home) as place:
        yield await play.publish(place, str(shipped_folder("qinghai")), "provincial_lbg_office", PEOPLE)


def why(answer: Any) -> set[str]:
    """The rules that a refusal names."""
    assert answer.status_code in (403, 409, 422), answer.text
    return {rule for error in answer.json()["errors"] for rule in error.get("rules", ())}


async def received(who: Caller, sent: Any) -> None:
    """Wait until something from outside, taken with 202, has been carried out."""
    assert sent.status_code == 202, sent.text
    while True:
        answer = await who.http.get(sent.headers["Location"], headers=who.headers())
        if answer.status_code != 202:
            assert answer.json()["outcome"] == "done", answer.text
            return
        await asyncio.sleep(0.05)


async def opened(at: play.Programme, track: str, code: str, project: str = "") -> str:
    """A draft of a case, with evidence in its file."""
    named = {"jurisdiction": code, **({"project": project} if project else {})}
    case = await at.prefecture.made("cases", at.batch, track=track, **named)
    await at.place.evidence(case)
    return case


async def enrolled(at: play.Programme, track: str, code: str, project: str = "") -> str:
    """A case that waits for the recommendation of its prefecture."""
    case = await opened(at, track, code, project)
    await at.prefecture.must("cases", case, "enroll")
    return case


async def taken_over(at: play.Programme, code: str, project: str = "", **changed: str) -> str:
    """A title of earlier times: a county of the office's own naming, or a unit from before there was an office."""
    by = {"named_by": "省政府", "named_on": "2016-09-01"} if project else {"named_by": OFFICE, "named_on": "2022-06-30"}
    what: dict[str, str] = {"track": "project", "project": project} if project else {"track": "area"}
    said = {**what, "jurisdiction": code, **by, **changed}
    title = await at.office.made("designations", event="import_legacy_title", scheme=at.scheme, **said)
    await at.place.evidence(title)
    return title
