"""One table of a definition that is there already, replaced by a file: its rows, their marks, and their groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.schemes.basis import Basis
from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.indicator_table import with_indicators
from service.schemes.reading.obligation_table import obligations_in
from service.schemes.reading.plan_table import with_tasks
from service.schemes.reading.pointers import find
from service.schemes.reading.table import CSV, XLSX

ROWS = {
    "indicators": "/indicator_system/indicators",
    "tasks": "/action_plan/tasks/rows",
    "obligations": "/obligations",
}
"""The tables of a scheme, and where their rows stand in the definition."""


@dataclass(frozen=True)
class Replaced:
    """A definition with the rows of a file, and what is needed to say where in the file something stands."""

    definition: dict[str, Any]
    files: dict[str, bytes]
    refs: dict[str, str]


def _named(file: str, content: bytes, sheet: str) -> tuple[str, dict[str, bytes]]:
    """The ref of an uploaded table, and the upload. Its kind is that of its name. Raises SchemeInvalid."""
    suffix = next((one for one in (CSV, XLSX) if file.lower().endswith(one)), "")
    if not suffix:
        zh, en = "表格应为 .csv 或 .xlsx（不含宏）", "a table is a .csv or an .xlsx without macros"
        raise SchemeInvalid(Problem(file, zh, en, FORM))
    given = re.sub(r"[#:/\\]", "_", file[: -len(suffix)]) + suffix
    return (f"{given}#{sheet}" if sheet and suffix == XLSX else given), {given: content}


def replaced(definition: Mapping[str, Any], table: str, file: str, content: bytes, sheet: str = "") -> Replaced:
    """The definition in which the rows of `table` are those of a file, and nothing else is another. Raises SchemeInvalid.

    Groups keep their titles where the table has none, or the same one; a group that no row needs any more goes.
    """
    ref, files = _named(file, content, sheet)
    rows = ROWS[table]
    kept = {at: one for at, one in definition.get("basis", {}).items() if not at.startswith(f"{rows}/")}
    basis: dict[str, Basis] = {}
    part, _, _ = rows.removeprefix("/").partition("/")
    whole = _READ[table](definition, ref, files, basis)
    after = {**definition, part: whole}
    stay = {at: one for at, one in kept.items() if not at.startswith(_GROUPS) or find(after, at)}
    return Replaced(
        {**after, "basis": {**stay, **{at: one.model_dump() for at, one in basis.items()}}}, files, {rows: ref}
    )


_GROUPS = "/indicator_system/groups/"


def _indicators(
    definition: Mapping[str, Any], ref: str, files: Mapping[str, bytes], basis: dict[str, Basis]
) -> dict[str, Any]:
    before = definition["indicator_system"]
    bare = {name: value for name, value in before.items() if name not in ("indicators", "groups")}
    read = with_indicators({**bare, "ref": ref}, files, definition.get("scoring"), basis)
    return {**read, "ref": before["ref"], "groups": _groups(before.get("groups", []), read.get("groups", []))}


def _groups(before: list[dict[str, Any]], read: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups that the table names and those above them, in the order of the draft, new ones last."""
    drafted = {one["id"]: one for one in before}
    needed: dict[str, dict[str, Any]] = {}
    for one in read:
        known = drafted.get(one["id"], {})
        zh, en = one["title"]["zh"], one["title"]["en"]
        untold = zh in (one["id"], known.get("title", {}).get("zh")) and en in (one["id"], zh)
        title = known["title"] if known and untold else one["title"]
        needed[one["id"]] = {**one, "title": title, "parent": one["parent"] or known.get("parent")}
    left = list(needed.values())
    while left:
        above = left.pop()["parent"]
        if above in drafted and above not in needed:
            needed[above] = drafted[above]
            left.append(needed[above])
    order = [one for one in drafted if one in needed]
    return [needed[one] for one in dict.fromkeys([*order, *needed])]


def _tasks(
    definition: Mapping[str, Any], ref: str, files: Mapping[str, bytes], basis: dict[str, Basis]
) -> dict[str, Any]:
    before = definition.get("action_plan")
    if not before:
        zh, en = "该方案没有行动计划，没有任务表", "this scheme has no action plan, and so no table of tasks"
        raise SchemeInvalid(Problem("/action_plan", zh, en, FORM))
    bare = {name: value for name, value in before["tasks"].items() if name != "rows"}
    read = with_tasks({**before, "tasks": {**bare, "ref": ref}}, files, basis)
    return {**read, "tasks": {**read["tasks"], "ref": before["tasks"]["ref"]}}


def _obligations(
    _: Mapping[str, Any], ref: str, files: Mapping[str, bytes], basis: dict[str, Basis]
) -> list[dict[str, Any]] | None:
    return obligations_in(files, basis, ref)


_READ = {"indicators": _indicators, "tasks": _tasks, "obligations": _obligations}
