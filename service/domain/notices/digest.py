"""What the record has to tell about a period, in sentences: the facts of a bulletin that is drafted when it is due.

Pure: cases, runs, findings and open duties in, sentences in both languages out, and for each name in them the entry
of the record on which it is named (PDS-M3e, YL-W3c).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from service.domain.facts import Duty, Thing

if TYPE_CHECKING:
    from service.schemes.bulletins import Bulletin
    from service.schemes.model import Scheme
    from service.schemes.track import Stage
    from service.schemes.values import Text

MOST = 500
"""Sentences: what nobody would read is counted instead."""
RUN = {
    "open": ("进行中", "under way"),
    "submitted": ("待验收", "awaiting acceptance"),
    "held": ("有问题待整改", "held by findings"),
}
NOTHING = {"text": "本期没有需要通报的情况", "en": "nothing to report in this period"}


@dataclass(frozen=True)
class Work:
    """What is looked at: the cases with their runs and findings, and every duty of theirs that is open."""

    scheme: Scheme
    things: tuple[Thing, ...]
    duties: tuple[Duty, ...]
    first: date
    last: date
    today: date

    @property
    def cases(self) -> list[Thing]:
        found = (t for t in self.things if t.machine == "case" and not t.ended and t.state != "draft")
        return sorted(found, key=lambda t: (name_of(t), t.id))

    @property
    def plans(self) -> list[Thing]:
        return [t for t in self.things if t.machine == "action_plan"]

    def of(self, case: Thing, machine: str) -> list[Thing]:
        return sorted((t for t in self.things if t.machine == machine and t.chain == case.id), key=lambda t: t.number)

    def within(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def is_its_own(self, case: Thing) -> bool:
        """Whether a department speaks to its own offices: it names the slow ones among them, and not itself."""
        class_ = self.scheme.track(case.track).class_ if case.track else ""
        return class_ == "department_participation" and self.cases == [case]

    def stage(self, case: Thing, key: str) -> Stage | None:
        stages = self.scheme.track(case.track).stages if case.track else ()
        return next((s for s in stages if s.key == key), None)


@dataclass
class Draft:
    """The sentences so far, and on what each name in them stands."""

    facts: list[dict[str, str]] = field(default_factory=list)
    basis: dict[str, str] = field(default_factory=dict)

    def say(self, zh: str, en: str, **named: str) -> None:
        self.facts.append({"text": zh, "en": en})
        for name, basis in named.items():
            self.basis.setdefault(name, basis)


def name_of(case: Thing) -> str:
    """The name under which a case is spoken of: its place, and its project where it has one."""
    place, project = str(case.data.get("name") or case.subject), case.data.get("project")
    return f"{place}（{project}）" if project else place


def unit_of(thing: Thing) -> str:
    """What the unit that answers for a thing is called: by its name where the reader knows one, else as it was said."""
    return str(thing.data.get("unit_name") or thing.data.get("unit") or "")


def digest(work: Work, kind: Bulletin) -> Draft:
    """The draft of a bulletin: block by block, case by case. Of a file that is closed it has only its name to tell."""
    draft = Draft()
    for block in kind.content:
        for file in work.plans if block == "appraisal" else work.cases:
            BLOCKS[block](work, file, draft)
    left = len(draft.facts) - MOST
    if left > 0:
        draft.facts[MOST:] = [{"text": f"另有 {left} 条从略", "en": f"{left} more are left out"}]
    if not draft.facts:
        _heading(work, kind, draft)
    return draft


def _heading(work: Work, kind: Bulletin, draft: Draft) -> None:
    titles = [t for t in work.things if t.machine == "designation"]  # one of earlier times is a file of its own
    files = [t for t in work.things if t.machine == "case"] or titles
    if len(files) != 1 or work.cases:
        draft.facts.append(dict(NOTHING))
        return
    name = name_of(files[0])
    draft.say(f"{name}：{kind.title.zh}", f"{name}: {kind.title.en}", **{name: files[0].id})


def _standing(work: Work, case: Thing, draft: Draft) -> None:
    paused = case.state == "paused"
    key = str(case.data.get("paused_in")) if paused else case.state
    stage, name = work.stage(case, key), name_of(case)
    if stage is None:
        return
    runs = [r for r in work.of(case, "stage") if r.data.get("key") == key]
    zh, en = ("已中止", "paused") if paused else RUN.get(runs[-1].state if runs else "", ("进行中", "under way"))
    title = _title(stage.title, key)
    draft.say(f"{name}：{title[0]}阶段，{zh}", f"{name}: {title[1]}, {en}", **{name: case.id})


def _items(work: Work, case: Thing, draft: Draft) -> None:
    items = [i for i in work.of(case, "rectification_item") if i.state != "void"]
    if not items:
        return
    late = {d.thing for d in work.duties if d.overdue}
    raised = sum(work.within(i.on("raise_item")) for i in items)
    closed = sum(i.state == "closed" and work.within(i.on("close_item")) for i in items)
    left = [i for i in items if i.state != "closed"]
    overdue, name = sum(i.id in late for i in left), name_of(case)
    draft.say(
        f"{name}：问题 {len(items)} 项，本期新增 {raised} 项、销号 {closed} 项，尚未销号 {len(left)} 项，其中逾期 {overdue} 项",
        f"{name}: {len(items)} findings; {raised} raised and {closed} closed in the period, {len(left)} open, {overdue} late",
        **{name: case.id},
    )


def _overdue(work: Work, case: Thing, draft: Draft) -> None:
    place = "" if work.is_its_own(case) else name_of(case)
    for thing, duty in _owed(work, case):
        if not duty.overdue or duty.due_on is None:
            continue
        office = duty.person if duty.kind in ("progress_report_due", "artefact_due") else ""
        unit, days = unit_of(thing) or office, (work.today - duty.due_on).days
        what, who = _what(work, case, thing, duty), f"{place}{unit}"
        draft.say(
            f"{who or '本部门'}：{what[0]}，应于 {duty.due_on} 前完成，已逾期 {days} 天",
            f"{who or 'the department'}: {what[1]}, due by {duty.due_on}, {days} days late",
            **{name: duty.id for name in (place, unit) if name},
        )


def _open(work: Work, case: Thing, draft: Draft) -> None:
    dated = [(t, d) for t, d in _owed(work, case) if d.due_on is not None and not d.overdue]
    if not dated:
        return
    thing, first = min(dated, key=lambda one: (one[1].due_on or work.today, one[1].key))
    what, name = _what(work, case, thing, first), name_of(case)
    draft.say(
        f"{name}：待办 {len(dated)} 项，最近一项为{what[0]}，{first.due_on} 到期",
        f"{name}: {len(dated)} to do, next {what[1]} by {first.due_on}",
        **{name: case.id},
    )


def _appraisal(work: Work, plan: Thing, draft: Draft) -> None:
    """Which units missed what in the year appraised last; each is named on a task of its own (HY-T03)."""
    sheets = plan.data.get("appraisals") or {}
    if not sheets:
        return
    year = max(sheets, key=int)
    tasks = {t.data.get("number"): t for t in work.of(plan, "action_plan_task")}
    for _, sheet in sorted(sheets[year]["units"].items()):
        missed = [n for n in sheet["unmet"] if n in tasks]
        if missed:
            name, listed = unit_of(tasks[missed[0]]), [str(n) for n in missed]
            draft.say(
                f"{name}：{year} 年度未完成任务 {len(missed)} 项（第 {'、'.join(listed)} 项）",
                f"{name}: {len(missed)} tasks missed in {year} ({', '.join(listed)})",
                **{name: tasks[missed[0]].id},
            )


Block = Callable[[Work, Thing, Draft], None]
BLOCKS: dict[str, Block] = {
    "standing": _standing, "items": _items, "overdue": _overdue, "open": _open, "appraisal": _appraisal,
}  # fmt: skip


def _owed(work: Work, case: Thing) -> Iterator[tuple[Thing, Duty]]:
    """What the case owes, its own rounds of bulletins aside."""
    mine = {t.id: t for t in work.things if t.chain == case.id}
    for duty in sorted(work.duties, key=lambda d: (d.due_on is None, d.due_on, d.key, d.id)):
        if duty.thing in mine and not duty.key.startswith("dispatch_due"):
            yield mine[duty.thing], duty


def _what(work: Work, case: Thing, thing: Thing, duty: Duty) -> tuple[str, str]:
    """What is owed, in the words of the scheme where it has some."""
    key, tag = duty.kind, duty.tag
    stage = work.stage(case, str(thing.data.get("key")))
    if key in ("artefact_due", "progress_report_due") and stage is not None:
        found = stage.artefact(tag.partition(":")[0])
        return _title(found.title if found else None, tag)
    if key == "stage_due" and stage is not None:
        zh, en = _title(stage.title, stage.key)
        return f"{zh}阶段", f"the stage {en}"
    return ("问题整改", "rectification of a finding") if key == "item_due" else (key, key)


def _title(title: Text | None, key: str) -> tuple[str, str]:
    return (title.zh, title.en) if title else (key, key)
