"""Reading a ledger: rectification items in the caller's scope, narrowed, in the order of the view, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.cases.ledgers import View, row_of
from service.domain.facts import Thing, Who
from service.records.queries.lists import in_scope
from service.records.rows import THING


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a ledger may be narrowed to."""

    case: str | None = None
    batch: str | None = None
    unit: str | None = None
    person: str | None = None
    state: str | None = None
    subject: str | None = None


_PATHS: dict[str, tuple[str, ...]] = {
    "unit": ("unit",), "person": ("person",), "due": ("due",), "closed_on": ("on", "close_item"),
}  # fmt: skip


def _column(name: str) -> ColumnElement[str]:
    """A column as text; what is empty comes first."""
    if name in _PATHS:
        return func.coalesce(THING.c.data[_PATHS[name]].as_string(), "")
    return cast(THING.c[name], String)


async def page(
    db: AsyncConnection, who: Who, view: View, to: Narrowed, after: Sequence[str] | None, limit: int
) -> tuple[list[dict[str, Any]], list[str] | None]:
    """Rows of a ledger, and where the next page begins (None: there is none)."""
    keys = [*(_column(name) for name in view.order), THING.c.id]
    where: list[ColumnElement[bool]] = [THING.c.machine == "rectification_item", THING.c.state != "void", in_scope(who)]
    if view.only_closed:
        where.append(THING.c.state == "closed")
    plain = {"chain": to.case, "batch": to.batch, "state": to.state, "subject": to.subject}
    where += [THING.c[name] == value for name, value in plain.items() if value is not None]
    said = {"unit": to.unit, "person": to.person}
    where += [_column(name) == value for name, value in said.items() if value is not None]
    if after is not None:
        where.append(tuple_(*keys) > tuple_(*(literal(value) for value in after)))
    query = select(THING, *(key.label(f"key{n}") for n, key in enumerate(keys))).where(*where).order_by(*keys)
    found = (await db.execute(query.limit(limit + 1))).all()
    rows = [row_of(Thing(**{column.name: row._mapping[column.name] for column in THING.c})) for row in found[:limit]]
    last = [str(value) for value in found[limit - 1][-len(keys) :]] if len(found) > limit else None
    return rows, last
