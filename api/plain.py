"""Edits of plain records at the API: a key is asked for, and what was refused becomes a problem."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from api.problems import Problem, refused
from service.contracts import Result
from service.records.plain import NotThere

PROPOSED, DONE, CREATED = 202, 200, 201


async def carry_out(key: str | None, edit: Callable[[str], Awaitable[Result]]) -> Result:
    """An edit under its key; what was proposed or done comes back. Raises Problem."""
    if not key:
        raise Problem("key_missing")
    try:
        result = await edit(key)
    except NotThere as error:
        raise Problem("not_found") from error
    if result.status == "refused" and result.refused:
        raise refused(result.refused)
    if result.status == "other_body":
        raise Problem("other_body")
    return result
