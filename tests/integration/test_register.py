"""The register of what events entail, on both databases: what ends an entry, who comes first, exact sums."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.consequences import Entail, Lapse
from service.domain.facts import Thing, Who
from service.records import consequences
from service.records.consequences import Filters
from service.records.database import Database
from service.records.migrate import migrate
from service.records.rows import CONSEQUENCE, SCHEME, THING, thing_values
from tests.support.domain import facts, person, thing
from tests.support.postgres import Postgres

DAY = date(2025, 11, 11)
FALL = date(2026, 3, 2)
TITLE = thing("designation", "active", id="title")
VISIT = thing("look_back", "closed", id="visit")
ALL = person("chief", "provincial_lbg_office")


@pytest.fixture(params=["sqlite", "postgresql"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """A connection to a database that holds the tables and nothing else."""
    url = f"sqlite+aiosqlite:///{tmp_path}/r.db"
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = await asyncio.to_thread(postgres.create_database, f"r_{uuid.uuid4().hex}")
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    async with database.write.begin() as connection:
        yield connection
    await database.close()


def entry(of: Thing = VISIT, **more: Any) -> Entail:
    base = Entail(
        of,
        f"{of.machine}.x",
        "priority",
        None,
        "designation.revoked",
        ("QH-11e",),
        of.subject,
        "",
        of.region,
        2025,
        DAY,
    )
    return replace(base, **more)


async def kept(db: AsyncConnection, *outside: Entail | Lapse) -> list[Any]:
    await consequences.write(db, facts(TITLE), outside)
    return list(await db.execute(select(CONSEQUENCE).order_by(CONSEQUENCE.c.cause)))


FALLEN = Lapse(TITLE, ("designation.revoked",), FALL)


@pytest.mark.req("GAP-QH-15")
async def test_the_end_of_a_title_ends_what_its_look_back_entailed_and_nothing_of_others(db: AsyncConnection) -> None:
    rows = await kept(
        db,
        entry(cause="a.mine"),
        entry(cause="b.of_another_subject", subject="zizhou"),
        entry(replace(VISIT, track="project"), cause="c.of_another_track"),
        entry(cause="d.that_ends_otherwise", removed_on="designation.expired"),
        entry(cause="e.for_ever", removed_on=None),
        FALLEN,
    )
    assert [(r.cause, r.ended_on) for r in rows if r.ended_on] == [("a.mine", FALL)]
    assert [(r.ended_by, r.revision) for r in rows if r.ended_on] == [("title", 2)]


async def test_an_end_that_comes_later_leaves_the_first_as_it_was(db: AsyncConnection) -> None:
    (row,) = await kept(db, entry(), FALLEN, replace(FALLEN, day=date(2027, 1, 1)))
    assert row.ended_on == FALL


async def test_what_one_thing_entailed_is_not_ended_by_another_of_its_kind(db: AsyncConnection) -> None:
    other = thing("designation", "active", id="other")
    rows = await kept(db, entry(TITLE, cause="a.own"), entry(other, cause="b.others"), FALLEN)
    assert [r.cause for r in rows if r.ended_on] == ["a.own"]


@pytest.mark.req("GAP-QH-15")
async def test_an_entry_of_a_past_year_still_counts_and_says_when_it_ended(db: AsyncConnection) -> None:
    bonus: dict[str, Any] = {"effect": "bonus", "amount": "0.1"}
    await kept(db, entry(**bonus), entry(**bonus, year=2026, from_day=date(2026, 1, 5)), entry(), FALLEN)
    (past,), _ = await consequences.appraisals(db, ALL, Filters(year=2025), None, 10)
    assert (str(past.points), [r.ended_on for r in past.counted], len(past.flags)) == ("0.1", [FALL], 1)
    (now,), _ = await consequences.appraisals(db, ALL, Filters(year=2026), None, 10)
    assert (str(now.points), now.counted, len(now.ended)) == ("0", [], 1)


async def test_the_sum_is_exact_however_large_and_small_its_parts_are(db: AsyncConnection) -> None:
    amounts = (("bonus", "10000000000000000000"), ("bonus", "0.00000000000000000001"), ("deduction", "0.3"))
    await kept(db, *(entry(effect=e, amount=a) for e, a in amounts))
    (one,), _ = await consequences.appraisals(db, ALL, Filters(year=2025), None, 10)
    assert format(one.points, "f") == "9999999999999999999.70000000000000000001"


async def test_the_appraisals_are_paged_by_subject_and_unit(db: AsyncConnection) -> None:
    pairs = [("", "局"), ("a", ""), ("a", "局"), ("b", "")]
    await kept(db, *(entry(subject=s, organization=o) for s, o in reversed(pairs)))
    seen, after, more = [], None, True
    while more:
        found, more = await consequences.appraisals(db, ALL, Filters(year=2025), after, 1)
        after = (found[-1].subject, found[-1].organization)
        seen.append(after)
    assert seen == pairs


async def test_everybody_sees_what_lies_in_his_scope(db: AsyncConnection) -> None:
    await kept(db, entry(), entry(subject="zizhou", region="cn/sn/yulin/zizhou", organization="org"))

    async def seen(who: Who) -> list[str]:
        rows, _ = await consequences.page(db, who, Filters(), None, 10)
        return sorted(r.subject for r in rows)

    assert await seen(person("c", "county_government", scope="region:cn/sn/yulin/jiaxian")) == ["jiaxian"]
    assert await seen(person("o", "applicant", scope="organization:org")) == ["zizhou"]
    assert await seen(person("p", "member_of_public")) == []
    assert await seen(ALL) == ["jiaxian", "zizhou"]


@pytest.mark.req("QH-11e")
async def test_first_come_the_titles_in_force_whose_priority_has_not_ended(db: AsyncConnection) -> None:
    now = datetime(2024, 3, 1, tzinfo=UTC)
    version = {"version": "1.0.0", "region": "cn", "status": "published", "hash": "0", "drafted_by": "li", "at": now}
    for key in ("reference", "foreign"):
        await db.execute(insert(SCHEME).values(id=key, key=key, definition={}, **version))
    ends = {
        "kept": ("active", "area", "reference"),
        "fallen": ("revoked", "area", "reference"),
        "elsewhere": ("active", "project", "reference"),
        "foreign": ("active", "area", "foreign"),
    }
    for name, (state, track, scheme) in ends.items():
        title = thing("designation", state, id=name, subject=name, track=track, scheme=scheme)
        await db.execute(insert(THING).values(**thing_values(replace(title, opened_at=now))))
        await kept(db, entry(replace(VISIT, subject=name, track=track)), entry(effect="bonus"))
    assert set(await consequences.first_choices(db, facts(TITLE))) == {"kept"}
    await kept(db, Lapse(thing("designation", "revoked", id="kept", subject="kept"), ("designation.revoked",), FALL))
    assert await consequences.first_choices(db, facts(TITLE)) == {}
