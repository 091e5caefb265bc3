"""One play from beginning to end: an installation, its people, the scheme published, the years, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from api.cli.simulate.batches import beginning, rounds
from api.cli.simulate.gathering import Gathering
from api.cli.simulate.people import Cast
from api.cli.simulate.place import Place, throw_away
from api.cli.simulate.player import Player
from api.cli.simulate.result import Result
from api.cli.simulate.world import World
from service.records.calendars import in_use as calendars
from service.schemes.loader import dump
from service.schemes.model import Scheme


@dataclass(frozen=True)
class Script:
    """What is played: a scheme from one day to another, in one language, by a population round a threshold."""

    scheme: Scheme
    first: date
    last: date
    language: str
    threshold: Fraction | None
    applicants: int | None = None
    calendar: Mapping[int, str] = field(default_factory=dict)


async def play(script: Script, tell: Callable[[date], None] = lambda day: None) -> Result:
    """What came of it by the end of the last day."""
    scheme = script.scheme
    async with throw_away(script.first, script.language) as place:
        cast = Cast(place, scheme, script.first)
        await cast.assemble()
        await _calendars(cast, script)
        start = max(beginning(scheme, script.first), script.first)
        start = min(start, script.last)
        version = await _published(cast)
        world = await _world(place, script, version, start)
        player = Player(world, cast, tell=tell, applicants=script.applicants)
        await player.play()
        return await Gathering(player).result()


async def _world(place: Place, script: Script, version: str, start: date) -> World:
    async with place.database.read.connect() as db:
        calendar = await calendars.of(db, script.scheme.calendar.id)
    start = calendar.shift(start, "next")
    if start > script.first:
        await place.advance(start)
    planned = rounds(script.scheme, calendar, script.first, script.last)
    return World(place, script.scheme, version, script.first, script.last, script.threshold, planned, start, calendar)


async def _published(cast: Cast) -> str:
    """The version in force, drafted by one and published by another."""
    body = {"region": cast.home, "definition": dump(cast.scheme)}
    drafted = await cast.keepers["keeper"].ask("POST", "/schemes", body)
    published = await cast.keepers["approver"].ask("POST", f"/schemes/{drafted.body.get('id')}/publish", {})
    if not (drafted.good and published.good):
        raise RuntimeError(f"the scheme was not published: {drafted.body} {published.body}")
    return str(drafted.body["id"])


async def _calendars(cast: Cast, script: Script) -> None:
    """Years of the calendar that are played otherwise, each imported by one and published by another."""
    for year, table in script.calendar.items():
        notice = {"issuer": "simulated", "number": f"S-{year}", "date": script.first.isoformat()}
        body = {"calendar": script.scheme.calendar.id, "year": year, "notice": notice, "csv": table}
        drafted = await cast.keepers["keeper"].ask("POST", "/calendars", {**body, "region": "cn"})
        published = await cast.keepers["approver"].ask("POST", f"/calendars/{drafted.body.get('id')}/publish", {})
        if not (drafted.good and published.good):
            raise CalendarRefused(year, drafted.body if not drafted.good else published.body)


class CalendarRefused(Exception):
    """A year of the calendar that the service does not take. Says why."""

    def __init__(self, year: int, body: Mapping[str, object]) -> None:
        errors = body.get("errors")
        said = (
            [str(e.get("detail") or e.get("en")) for e in errors if isinstance(e, Mapping)]
            if isinstance(errors, list)
            else []
        )
        super().__init__(f"{year}: {'; '.join(said) or body.get('detail') or body.get('title')}")
