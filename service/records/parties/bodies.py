"""Bodies, offices, posts and responsibilities as rows: read as of a day, changed from a day on.

Nothing is overwritten: whoever leaves a post keeps the days before, and the successor begins on the day itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.cases.organization import OWNER, Body, Office, Organization
from service.domain.dates import spans
from service.domain.dates.spans import ONE_DAY, Span
from service.records.rows import BODY, JURISDICTION, MERGED, OFFICE, ORGANIZATION, POST, RESPONSIBILITY


def on(table: Table, day: date) -> ColumnElement[bool]:
    """The rows that hold on a day."""
    return and_(table.c.from_day <= day, or_(table.c.to_day.is_(None), table.c.to_day >= day))


def from_on(table: Table, day: date) -> ColumnElement[bool]:
    """The rows that hold on a day or later."""
    return or_(table.c.to_day.is_(None), table.c.to_day >= day)


def owner_of(of: str, what: str) -> str:
    """Under which name the owner of a responsibility stands among the posts."""
    return f"{of}:{what}"


async def organization(db: AsyncConnection, files: Iterable[str], day: date) -> Organization:
    """All that is organized in these files (a case and its batch) on a day."""
    mine = list(files)
    rows = (await db.execute(select(BODY).where(BODY.c.of.in_(mine), on(BODY, day)).order_by(BODY.c.id))).all()
    posts = await holders(db, [r.id for r in rows], day)
    bodies = [Body(r.id, r.kind, r.name, tuple(r.groups), posts.get(r.id, {})) for r in rows]
    answers: dict[str, list[str]] = {}
    query = select(RESPONSIBILITY).where(RESPONSIBILITY.c.of.in_(mine), on(RESPONSIBILITY, day))
    named = (await db.execute(query.order_by(RESPONSIBILITY.c.what, RESPONSIBILITY.c.office))).all()
    for row in named:
        answers.setdefault(row.what, []).append(row.office)
    owned = await holders(db, {owner_of(r.of, r.what) for r in named}, day)
    owners = {r.what: owned.get(owner_of(r.of, r.what), {}).get(OWNER, ()) for r in named}
    found = await offices(db, OFFICE.c.id.in_({r.office for r in named}), day)
    answered = {what: tuple(dict.fromkeys(o)) for what, o in answers.items()}
    return Organization(tuple(bodies), {o.id: o for o in found}, answered, owners)


async def holders(db: AsyncConnection, of: Iterable[str], day: date) -> dict[str, dict[str, tuple[str, ...]]]:
    """Body, office or responsibility -> post -> who holds it on a day."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    query = select(POST).where(POST.c.of.in_(list(of)), on(POST, day)).order_by(POST.c.of, POST.c.post, POST.c.holder)
    for row in await db.execute(query):
        posts = found.setdefault(row.of, {})
        posts[row.post] = (*posts.get(row.post, ()), row.holder)
    return found


async def offices(db: AsyncConnection, which: ColumnElement[bool], day: date) -> list[Office]:
    """The offices that exist on a day, with their posts."""
    rows = (await db.execute(select(OFFICE).where(which, on(OFFICE, day)).order_by(OFFICE.c.id))).all()
    posts = await holders(db, [r.id for r in rows], day)
    return [Office(r.id, r.organization, r.zh, posts.get(r.id, {})) for r in rows]


async def set_posts(db: AsyncConnection, of: str, posts: Mapping[str, Sequence[str]], day: date) -> None:
    """From a day on these hold the posts named, and nobody else does; the days before stay as they were."""
    for post, named in posts.items():
        mine = and_(POST.c.of == of, POST.c.post == post)
        held = await _spans(db, POST, mine, POST.c.holder)
        found = spans.set_from(held, named, day)
        await _rewrite(db, POST, mine, [{"of": of, "post": post, "holder": h} for h in found], list(found.values()))


async def end_posts(db: AsyncConnection, of: Iterable[str], day: date) -> None:
    """From a day on nobody holds any post there."""
    await _end(db, POST, POST.c.of.in_(list(of)), day)


async def end(db: AsyncConnection, table: Table, row: str, day: date) -> None:
    """A body or office ends: it exists until the day before."""
    await _end(db, table, table.c.id == row, day)
    await end_posts(db, [row], day)


async def _end(db: AsyncConnection, table: Table, which: ColumnElement[bool], day: date) -> None:
    """What began on the day or later never was; what began before ends the day before."""
    await db.execute(delete(table).where(which, table.c.from_day >= day))
    await db.execute(update(table).where(which, from_on(table, day)).values(to_day=day - ONE_DAY))


async def answer(
    db: AsyncConnection, of: str, what: str, named: Sequence[str], owners: Sequence[str], day: date
) -> None:
    """From a day on these offices, and no others, answer for that, and this person owns it."""
    mine = and_(RESPONSIBILITY.c.of == of, RESPONSIBILITY.c.what == what)
    found = spans.set_from(await _spans(db, RESPONSIBILITY, mine, RESPONSIBILITY.c.office), named, day)
    rows = [{"of": of, "what": what, "office": o} for o in found]
    await _rewrite(db, RESPONSIBILITY, mine, rows, list(found.values()))
    await set_posts(db, owner_of(of, what), {OWNER: owners}, day)


async def hand_on(db: AsyncConnection, posts: Sequence[Any], successor: str, day: date) -> None:
    """These posts pass to another person from a day on, for as long as they were given."""
    for of, post, holder in dict.fromkeys((row.of, row.post, row.holder) for row in posts):
        mine = and_(POST.c.of == of, POST.c.post == post)
        found = spans.passed_on(await _spans(db, POST, mine, POST.c.holder), holder, successor, day)
        await _rewrite(db, POST, mine, [{"of": of, "post": post, "holder": h} for h in found], list(found.values()))


async def _spans(
    db: AsyncConnection, table: Table, mine: ColumnElement[bool], holder: ColumnElement[str]
) -> dict[str, list[Span]]:
    """Who holds something, and for which days."""
    held: dict[str, list[Span]] = {}
    query = select(holder.label("who"), table.c.from_day, table.c.to_day).where(mine)
    for row in await db.execute(query):
        held.setdefault(row.who, []).append((row.from_day, row.to_day))
    return held


async def _rewrite(
    db: AsyncConnection, table: Table, mine: ColumnElement[bool], of: list[dict[str, str]], days: list[list[Span]]
) -> None:
    await db.execute(delete(table).where(mine))
    rows = [{**who, "from_day": a, "to_day": b} for who, held in zip(of, days, strict=True) for a, b in held]
    if rows:
        await db.execute(insert(table), rows)


async def posts_of(db: AsyncConnection, person: str, of: Iterable[str], day: date) -> list[Any]:
    """The posts that a person holds on a day or later, among these bodies, offices and responsibilities."""
    query = select(POST).where(POST.c.holder == person, POST.c.of.in_(list(of)), from_on(POST, day))
    return list((await db.execute(query)).all())


async def named_in_file(db: AsyncConnection, of: str, day: date) -> list[str]:
    """Whatever of a file has posts: its bodies, its responsibilities, and the offices that answer in it."""
    bodies = (await db.execute(select(BODY.c.id).where(BODY.c.of == of, from_on(BODY, day)))).scalars()
    query = select(RESPONSIBILITY).where(RESPONSIBILITY.c.of == of, from_on(RESPONSIBILITY, day))
    named = (await db.execute(query)).all()
    return [*bodies, *dict.fromkeys(owner_of(r.of, r.what) for r in named), *dict.fromkeys(r.office for r in named)]


async def place_of(db: AsyncConnection, organization_id: str) -> Any:
    """Where an organization lies and into which it has merged, or is to merge: (id, path, into), or None."""
    query = (
        select(ORGANIZATION.c.id, JURISDICTION.c.path, MERGED.c.into)
        .join(JURISDICTION, JURISDICTION.c.code == ORGANIZATION.c.jurisdiction)
        .outerjoin(MERGED, MERGED.c.organization == ORGANIZATION.c.id)
        .where(ORGANIZATION.c.id == organization_id)
    )
    return (await db.execute(query)).one_or_none()
