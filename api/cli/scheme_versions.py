"""Stored versions of schemes for the command line, and a page on what one alters of another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rich.console import Group
from rich.table import Table

from service.records import scheme_versions
from service.records.database import Database
from service.schemes import loader
from service.schemes.diff import Change, Difference
from service.schemes.model import Scheme
from service.schemes.validation.walk import Step
from service.settings import Settings

T = TypeVar("T")
LONGEST = 60
WORDS = {
    "en": {
        "none": "Nothing is altered.", "place": "Place", "how": "What", "old": "Old", "new": "New", "for": "For",
        "added": "added", "removed": "removed", "changed": "changed", "reordered": "reordered", "basis": "basis",
        "appear": "Becomes possible", "disappear": "Is possible no more", "machine": "Machine", "event": "Event",
        "way": "From and to", "all": "everybody", "running": "Go on under the old version",
    },
    "zh": {
        "none": "没有变化。", "place": "位置", "how": "变化", "old": "原值", "new": "新值", "for": "影响",
        "added": "新增", "removed": "删除", "changed": "修改", "reordered": "调整次序", "basis": "依据",
        "appear": "新增的办理事项", "disappear": "不再有的办理事项", "machine": "流程", "event": "事项",
        "way": "状态变化", "all": "全部", "running": "继续按原版本办理",
        "batch": "个批次", "case": "件申报", "designation": "个称号", "action_plan": "个行动计划",
    },
}  # fmt: skip


def published(settings: Settings, name: str) -> tuple[Scheme, str] | None:
    """A stored version by ID, key or key@version, with its ID. None where there is none, or no installation."""
    if not settings.database_url and not settings.sqlite_file.exists():
        return None
    found = asyncio.run(_asked(settings, lambda database: scheme_versions.named(database, name)))
    return (loader.load(found["definition"]), found["id"]) if found else None


def running_under(settings: Settings, version: str) -> dict[str, int]:
    """What goes on under a stored version, machine to number."""
    return asyncio.run(_asked(settings, lambda database: scheme_versions.running(database, version)))


async def _asked(settings: Settings, question: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(settings.url)
    try:
        return await question(database)
    finally:
        await database.close()


def difference_page(
    old: Scheme, new: Scheme, found: Difference, running: dict[str, int] | None, language: str
) -> Group | str:
    """What altered, place by place, then what becomes possible and what ends."""
    words = WORDS["zh" if language == "zh" else "en"]
    if not found.changes:
        return words["none"]
    table = Table(title=f"{old.key} {old.version} → {new.key} {new.version}", title_justify="left")
    for column in ("place", "how", "old", "new", "for"):
        table.add_column(words[column])
    for one in found.changes:
        title = one.title.zh if language == "zh" else one.title.en
        table.add_row(f"{title}\n{one.path}", words[one.how], _short(one.old), _short(one.new), _for(one, words))
    parts: list[Any] = [table]
    for name, steps in (("appear", found.appear), ("disappear", found.disappear)):
        if steps:
            parts.append(_steps(words[name], steps, words))
    if running is not None:
        told = ", ".join(f"{number} {words.get(what, what)}" for what, number in sorted(running.items())) or "0"
        parts.append(f"{words['running']}: {told}")
    return Group(*parts)


def told_changes(said: Mapping[str, Any], language: str) -> Iterator[str]:
    """A line for each change that the API tells of."""
    words = WORDS["zh" if language == "zh" else "en"]
    for one in said["changes"]:
        altered = "" if one["how"] in ("added", "removed") else f": {_short(one['old'])} → {_short(one['new'])}"
        yield f"{words[one['how']]} {one['pointer']} {one['title'][language if language == 'zh' else 'en']}{altered}"
    if not said["changes"]:
        yield words["none"]


def _for(one: Change, words: dict[str, str]) -> str:
    return ", ".join(x for x in (one.track, one.stage, *one.roles) if x) or words["all"]


def _short(value: Any) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _steps(title: str, steps: Iterable[Step], words: dict[str, str]) -> Table:
    """One line for each event of a machine, with every way that it leads."""
    table = Table(title=title, title_justify="left")
    for column in ("machine", "event", "way"):
        table.add_column(words[column])
    ways: dict[tuple[str, str], list[str]] = {}
    for one in steps:
        ways.setdefault((f"{one.machine} {one.track}".strip(), one.event), []).append(f"{one.state} → {one.to}")
    for (machine, event), found in ways.items():
        table.add_row(machine, event, "\n".join(found))
    return table
