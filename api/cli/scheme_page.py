"""A scheme on one page, for somebody who will have to keep it."""

from __future__ import annotations

from collections import Counter

from rich.console import Group
from rich.table import Table

from service.domain.machines import stage_machine
from service.schemes import loader
from service.schemes.award import LookBack, Title
from service.schemes.basis import MARKS
from service.schemes.measures import Publicity
from service.schemes.model import Due, Scheme, Stage, Text, Track
from service.schemes.vocabulary import KINDS

WORDS = {
    "en": {
        "stage": "Stage", "kind": "Kind", "due": "Due", "who": "Who", "ends": "Completed by", "hands_in": "Must hand in", "part": "In the scheme",
        "roles": "Roles", "says": "It says", "pending": "set later", "none": "not in this scheme",
        "scheme": "Scheme", "issuer": "Issuer", "effective": "In effect from", "indicators": "Indicators",
        "scoring": "Scoring", "publicity": "Publicity", "report": "Annual report", "look_back": "Look-back",
        "reminder": "Reminder", "revocation": "Revocation", "two": "By two persons", "calendar": "Calendar", "basis": "Values rest on",
        "term": "Title", "years": "valid {} y", "for_good": "for good", "recheck": "re-check every {} y",
        "working_days": "{} working days", "calendar_days": "{} calendar days", "in_years": " within {} y", "in_row": " in a row",
    },
    "zh": {
        "stage": "阶段", "kind": "类别", "due": "期限", "who": "承担者", "ends": "完成阶段者", "hands_in": "必交材料", "part": "职责",
        "roles": "角色", "says": "内容", "pending": "待定", "none": "本方案无此项",
        "scheme": "方案", "issuer": "发文机关", "effective": "施行日期", "indicators": "指标",
        "scoring": "计分", "publicity": "公示", "report": "年度报告", "look_back": "回头看",
        "reminder": "通报提醒", "revocation": "撤销命名", "two": "须两人办理", "calendar": "工作日历", "basis": "依据",
        "term": "称号", "years": "有效期 {} 年", "for_good": "长期有效", "recheck": "每 {} 年复查一次",
        "working_days": "{} 个工作日", "calendar_days": "{} 日", "in_years": "（{} 年内）", "in_row": "（连续）",
    },
}  # fmt: skip


def page(scheme: Scheme, language: str) -> Group:
    """What it is, its stages, who does what, how it scores, and the life of its title."""
    words = WORDS["zh" if language == "zh" else "en"]
    parts = [_head(scheme, language, words)]
    parts += [_stages(scheme, track, language, words) for track in scheme.tracks]
    return Group(*parts, _roles(scheme, words))


def _head(scheme: Scheme, language: str, words: dict[str, str]) -> Table:
    kinds = Counter(one.kind for one in scheme.indicator_system.indicators)
    bands = ", ".join(f"≥ {band.at_least}: {band.outcome}" for band in scheme.scoring.pass_)
    report, back, reminder, own = scheme.annual_report, scheme.look_back, scheme.reminder, scheme.revocation
    table = Table(title=_text(scheme.title, language, ""), title_justify="left", show_header=False)
    for name, said in (
        ("scheme", f"{scheme.key} {scheme.version}  sha256:{loader.content_hash(scheme)[:16]}"),
        ("issuer", scheme.source.issuer),
        ("effective", str(scheme.effective_from or words["pending"])),
        ("calendar", scheme.calendar.id),
        ("indicators", ", ".join(f"{n} {kind}" for kind, n in kinds.items()) + f" ({scheme.indicator_system.edition})"),
        ("scoring", f"{scheme.scoring.mode} {scheme.scoring.max or ''}  {bands}"),
        ("publicity", f"{_days(scheme.publicity, words)}  {_text(scheme.publicity.scope, language, '')}"),
        ("term", _term(scheme.title, words)),
        ("report", f"{report.opens} – {report.due}" if report.present else words["none"]),
        ("look_back", _look_back(back, words)),
        ("reminder", words["calendar_days"].format(reminder.rectification_days) if reminder.present else words["none"]),
        ("revocation", ", ".join(ground.code for ground in own.grounds) or own.mode),
        ("two", ", ".join(scheme.two_person) or words["none"]),
        ("basis", _basis(scheme, language)),
    ):
        table.add_row(words[name], said)
    return table


def _days(notice: Publicity, words: dict[str, str]) -> str:
    return words[notice.unit].format(notice.days)


def _term(title: Title, words: dict[str, str]) -> str:
    """How long it lasts, when it is looked at again, and what so many failures lead to."""
    length, every, strikes = title.validity.length, title.recheck.every, title.strikes
    said = [words["years"].format(length) if length else words["for_good"]]
    said += [words["recheck"].format(every)] if every else []
    if strikes:
        when = words["in_row"] if strikes.consecutive else ""
        when += words["in_years"].format(strikes.within_years) if strikes.within_years else ""
        said.append(f"{strikes.limit} × {' + '.join(strikes.counts)}{when}: {strikes.then}")
    return ", ".join(said)


def _look_back(back: LookBack, words: dict[str, str]) -> str:
    if back.mode == "none":
        return words["none"]
    bands = [f"≥ {band.at_least}: {band.outcome}" for band in back.bands]
    ranking = [f"last {back.ranking.bottom_k}: {back.ranking.then}"] if back.ranking else []
    return ", ".join([back.mode, *bands, *ranking])


def _basis(scheme: Scheme, language: str) -> str:
    """How many values rest on the document, on a reading of it, on our choice."""
    marks = Counter(one.mark for one in scheme.basis.values())
    return ", ".join(f"{marks[mark]} {said[language != 'zh']}" for mark, said in MARKS.items() if marks[mark]) or "-"


def _stages(scheme: Scheme, track: Track, language: str, words: dict[str, str]) -> Table:
    table = Table(
        title=f"{_text(track.title, language, track.id)} ({track.id}) → {track.outcome}", title_justify="left"
    )
    for column in ("stage", "kind", "due", "ends", "hands_in"):
        table.add_column(words[column])
    for stage in track.stages:
        who = _ended_by(scheme, track, stage)
        required = [_text(one.title, language, one.key) for one in stage.artefacts if one.required]
        optional = " ?" if stage.can_be_skipped else ""
        due = _due(stage.due, words)
        table.add_row(
            _text(stage.title, language, stage.key) + optional, stage.kind, due, ", ".join(who), "\n".join(required)
        )
    return table


def _ended_by(scheme: Scheme, track: Track, stage: Stage) -> list[str]:
    """Who may complete the stage, from the table that decides it."""
    if stage.kind not in KINDS:
        return []
    slots = [slot for move in stage_machine(stage.kind).events["complete_stage"] for slot in move.who]
    found = [
        scheme.concrete_roles(slot, track.id, stage.key) or ((slot,) if slot == "system" else ()) for slot in slots
    ]
    return list(dict.fromkeys(role for roles in found for role in roles))


def _roles(scheme: Scheme, words: dict[str, str]) -> Table:
    table = Table(title=words["roles"], title_justify="left")
    table.add_column(words["part"])
    table.add_column(words["who"])
    for slot, roles in scheme.roles.items():
        table.add_row(slot, ", ".join(_role(scheme, role, words is WORDS["en"]) for role in roles))
    return table


def _role(scheme: Scheme, role: str, english: bool) -> str:
    """A role with its name, as the scheme or the service has it."""
    zh, en = scheme.role_title(role)
    return f"{role} ({en if english else zh})"


def _due(due: Due, words: dict[str, str]) -> str:
    if due.date:
        return str(due.date) + (f"\n{due.wording}" if due.wording else "")
    return f"+ {words[due.offset.unit].format(due.offset.count)}" if due.offset else words["pending"]


def _text(text: Text | None, language: str, otherwise: str) -> str:
    if text is None:
        return otherwise
    return text.zh if language == "zh" else text.en
