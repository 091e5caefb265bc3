"""A play, and what a changed value alters, as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.simulate import words
from api.cli.simulate.difference import Difference, span
from api.cli.simulate.result import Fate, Owed, Result, Still

NAMED = 3
"""So many applicants are named one by one; of more it is said how many."""
WIDE = 160
SAID = {
    "en": {
        "play": "{} · {} to {}", "assumed": "Assumed", "altered": "Altered", "owed": "What falls due",
        "off": "On days off", "courses": "What takes its course", "fates": "What becomes of each applicant",
        "still": "What stood still", "nothing_still": "Nothing stood still.", "difference": "What it alters",
        "none": "Nothing is altered.", "day": "Day", "what": "What", "of": "Of", "who": "Who", "rules": "By",
        "result": "Result", "why": "Why it is off", "moved": "Moved", "stays": "stays", "from": "from {}", "first": "From",
        "last": "To", "state": "State", "track": "Track", "batch": "Batch", "applicant": "Applicant", "share": "Worth",
        "punctual": "Hands in", "end": "End", "stage": "Stage", "reason": "Why", "late": "Late", "title": "Title since",
        "looked": "Look-backs", "since": "Since", "act": "Nobody did", "done": "done {}", "was_late": "late, done {}",
        "came": "came", "overdue": "late, not done", "open": "still to come", "many": "{} applicants", "wording": "\"{}\"",
        "falls_out": "falls out: {}", "other": "{} -> {}", "late_now": "is late now", "date_moves": "from {} to {}",
        "gone": "falls due no more: {} times ({})", "new": "falls due besides: {} times ({})",
        "provisional": "* no official calendar yet: Monday to Friday", "weekday": "{} {}", "old": "was", "new_value": "now",
        "place": "Place", "no_off": "No date lands on a day off.", "by_rule": "rule for days off: {}",
        "late_count": "late {} times instead of {}", "looks": "look-backs: {}",
    },
    "zh": {
        "play": "{} · {} 至 {}", "assumed": "推演假设", "altered": "改动", "owed": "到期事项", "off": "落在休息日的日期",
        "courses": "批次、名单、公示、决定、回访", "fates": "各申报主体的结果", "still": "停滞事项",
        "nothing_still": "没有停滞事项。", "difference": "改动的影响", "none": "没有影响。", "day": "日期", "what": "事项",
        "of": "对象", "who": "责任方", "rules": "依据", "result": "结果", "why": "休息原因", "moved": "是否顺延",
        "stays": "不顺延", "from": "由 {} 移来", "first": "自", "last": "至", "state": "状态", "track": "赛道",
        "batch": "批次", "applicant": "申报主体", "share": "得分率", "punctual": "办理习惯", "end": "结果", "stage": "阶段",
        "reason": "原因", "late": "逾期次数", "title": "称号", "looked": "回访", "since": "自", "act": "未能办理",
        "done": "{} 办结", "was_late": "逾期，{} 办结", "came": "到期", "overdue": "逾期未办", "open": "尚未到期",
        "many": "{} 个主体", "wording": "“{}”", "falls_out": "落选：{}", "other": "{} → {}", "late_now": "现在会逾期",
        "date_moves": "由 {} 移至 {}", "gone": "不再到期 {} 次（{}）", "new": "新增到期 {} 次（{}）",
        "provisional": "* 尚无官方日历，按周一至周五计", "weekday": "{} 周{}", "old": "原值", "new_value": "新值",
        "place": "位置", "no_off": "没有日期落在休息日。", "by_rule": "遇休息日：{}",
        "late_count": "逾期 {} 次，原为 {} 次", "looks": "回访：{}",
    },
}  # fmt: skip


class Page:
    """Everything in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = SAID[language]

    def result(self, found: Result) -> Group:
        """One play from its assumptions to what stood still."""
        title = Text(
            self.words["play"].format(f"{found.title} ({found.scheme})", found.first, found.last), style="bold"
        )
        return Group(
            title, self._lines("assumed", found.assumed), self._owed(found.owed), self._off(found.owed),
            self._courses(found), self._fates(found.fates), self._still(found.still),
        )  # fmt: skip

    def altered(self, places: Iterable[tuple[str, Any, Any]], years: Iterable[int]) -> Table:
        """What was set otherwise."""
        table = self._table("altered", "place", "old", "new_value")
        for path, old, new in places:
            table.add_row(path, str(old), str(new))
        for year in years:
            table.add_row(f"calendar {year}", "", "*")
        return table

    def difference(self, found: Difference) -> RenderableType:
        """What of it differs: people first, then dates."""
        if found.nothing:
            return Text(f"\n{self.words['difference']}\n{self.words['none']}")
        table = self._table("difference", "who", "what", "result")
        for other in found.fates:
            fate = other.after
            table.add_row(
                f"{fate.applicant} ({fate.batch})", fate.track, "; ".join(self._otherwise(other.before, fate))
            )
        for one in found.late:
            table.add_row(one.who, f"{one.what}: {one.about}", f"{self._day(one.day)} {self.words['late_now']}")
        for moved in found.moved:
            days = self.words["date_moves"].format(self._day(moved.before.day), self._day(moved.after.day))
            table.add_row(moved.after.who, f"{moved.after.what}: {moved.after.about}", days)
        for name, owed in (("gone", found.gone), ("new", found.new)):
            for what, ones in _grouped(owed, lambda o: (o.what, o.about)):
                times = self.words[name].format(len(ones), span([o.day for o in ones]))
                table.add_row(self._people(o.who for o in ones), ": ".join(what), times)
        return Group(table, self._still(found.still)) if found.still else table

    def _otherwise(self, before: Fate, after: Fate) -> Iterator[str]:
        if before.end != after.end:
            states = self.words["other"].format(before.state, after.state)
            yield f"{states}. {after.why} {_cited(after.rules)}".strip()
        elif before.title != after.title:
            yield self.words["other"].format(before.title or "-", after.title or "-")
        elif before.look_backs != after.look_backs:
            yield self.words["looks"].format(
                self.words["other"].format(", ".join(before.look_backs), ", ".join(after.look_backs))
            )
        if before.late != after.late:
            yield self.words["late_count"].format(after.late, before.late)

    # ------------------------------------------------------------------------------------------ the parts of a play

    def _owed(self, owed: Iterable[Owed]) -> RenderableType:
        table = self._table("owed", "day", "what", "of", "who", "result", "rules")
        starred = False
        for _, ones in _grouped(owed, lambda o: (o.day, o.kind, o.about, o.outcome, o.done_on)):
            one = ones[0]
            starred = starred or one.provisional
            about = one.about + (f" {self.words['wording'].format(one.wording)}" if one.wording else "")
            people = self._people(o.who for o in ones)
            table.add_row(
                self._day(one.day, one.provisional), one.what, about, people, self._outcome(one), _cited(one.rules)
            )
        return Group(table, Text(self.words["provisional"])) if starred else table

    def _off(self, owed: Iterable[Owed]) -> RenderableType:
        found = [o for o in owed if o.off]
        if not found:
            return Text(f"\n{self.words['off']}\n{self.words['no_off']}")
        table = self._table("off", "day", "why", "what", "of", "moved", "rules")
        for _, ones in _grouped(found, lambda o: (o.moved_from or o.day, o.day, o.kind, o.about)):
            one = ones[0]
            moved = f"-> {self._day(one.day)}" if one.moved_from else self.words["stays"]
            wording = f" {self.words['wording'].format(one.wording)}" if one.wording else ""
            table.add_row(
                self._day(one.moved_from or one.day), one.off, one.what, one.about + wording, moved, _cited(one.rules)
            )
        return table

    def _courses(self, found: Result) -> Table:
        table = self._table("courses", "first", "last", "what", "state")
        for one in found.courses:
            table.add_row(self._day(one.first), self._day(one.last) if one.last else "", one.name, one.state)
        return table

    def _fates(self, fates: Iterable[Fate]) -> Table:
        table = self._table(
            "fates", "batch", "track", "applicant", "share", "punctual", "end", "reason", "late", "title", "looked"
        )
        for one in fates:
            why = f"{one.why} {_cited(one.rules)}".strip()
            end = f"{one.state} {one.on or ''}".strip() + ("" if one.end in ("named", "closed") else f" ({one.stage})")
            held = f"{one.title} {one.title_since or ''}".strip()
            table.add_row(
                str(one.batch), one.track, one.applicant, one.share, one.punctuality, end, why, str(one.late or ""), held,
                ", ".join(one.look_backs),
            )  # fmt: skip
        return table

    def _still(self, still: Iterable[Still]) -> RenderableType:
        found = list(still)
        if not found:
            return Text(f"\n{self.words['nothing_still']}")
        table = self._table("still", "since", "what", "of", "act", "reason")
        for one in found:
            table.add_row(self._day(one.since), one.thing, one.about, one.act, f"{one.why} {_cited(one.rules)}".strip())
        return table

    # ------------------------------------------------------------------------------------------ small parts

    def _lines(self, name: str, lines: Iterable[str]) -> Text:
        return Text("\n".join([self.words[name], *(f"- {line}" for line in lines)]))

    def _table(self, title: str, *columns: str) -> Table:
        table = Table(title=f"\n{self.words[title]}", title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(self.words[column], overflow="fold", no_wrap=column in ("day", "first", "last", "since"))
        return table

    def _day(self, day: date, provisional: bool = False) -> str:
        weekday = words.WEEKDAYS[self.language == "en"][day.weekday()]
        return self.words["weekday"].format(day, weekday) + ("*" if provisional else "")

    def _people(self, names: Iterable[str]) -> str:
        found = list(dict.fromkeys(names))
        return ", ".join(found) if len(found) <= NAMED else self.words["many"].format(len(found))

    def _outcome(self, one: Owed) -> str:
        name = {"late": "was_late"}.get(one.outcome, one.outcome)
        return self.words[name].format(one.done_on)


def _grouped(owed: Iterable[Owed], key: Any) -> Iterator[tuple[Any, list[Owed]]]:
    """Those alike, in the order of their days."""
    ordered = sorted(owed, key=lambda o: tuple(str(part) for part in key(o)))
    for what, ones in groupby(ordered, key=key):
        yield what, list(ones)


def _cited(rules: Iterable[str]) -> str:
    listed = ", ".join(rules)
    return f"[{listed}]" if listed else ""


def console() -> Console:
    """A terminal as wide as it is; a file as wide as the tables want."""
    found = Console(highlight=False, markup=False)
    return found if found.is_terminal else Console(highlight=False, markup=False, width=WIDE)
