"""Who holds a post on which day: whatever is said from a day on, the days before keep what was said of them."""

from __future__ import annotations

import asyncio
import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.records.database import Database
from service.records.migrate import migrate
from service.records.parties import bodies

FIRST = date(2024, 3, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]
Said = list[tuple[str, int, tuple[str, ...]]]
numbers = itertools.count()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('posts')}/s.db"
    migrate(url)
    return url


people = st.lists(st.sampled_from("abc"), unique=True, max_size=3).map(tuple)
filled = st.tuples(st.just("set"), st.integers(0, 11), people)
handed = st.tuples(st.just("hand"), st.integers(0, 11), st.permutations("abc").map(lambda p: tuple(p[:2])))


@pytest.mark.req("INV-32")
@given(said=st.lists(filled | handed, max_size=6))
def test_a_post_is_held_on_each_day_by_whom_was_said_last_for_that_day(url: str, said: Said) -> None:
    asyncio.run(_holds(url, f"body-{next(numbers)}", said))


async def _holds(url: str, of: str, said: Said) -> None:
    wanted: dict[date, set[str]] = {day: set() for day in DAYS}
    database = Database(url)
    try:
        async with database.write.begin() as db:
            for how, number, named in said:
                day = DAYS[number]
                if how == "set":
                    await bodies.set_posts(db, of, {"member": named}, day)
                    wanted |= {later: set(named) for later in DAYS if later >= day}
                else:
                    person, successor = named
                    posts = await bodies.posts_of(db, person, [of], day)
                    await bodies.hand_on(db, posts, successor, day)
                    for later in (d for d in DAYS if d >= day and person in wanted[d]):
                        wanted[later] = wanted[later] - {person} | {successor}
            for day in DAYS:
                found = (await bodies.holders(db, [of], day)).get(of, {}).get("member", ())
                assert (sorted(found), len(found)) == (sorted(wanted[day]), len(wanted[day])), (day, said)
    finally:
        await database.close()
