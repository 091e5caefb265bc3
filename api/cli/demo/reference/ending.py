"""What is left at the end: the named list, one county's timeline, and the chain, recomputed."""

from __future__ import annotations

from typing import Any

from api.cli.demo.chain import sealed
from api.cli.demo.reference.cast import NAMES, PERSONS
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import local_day
from api.cli.demo.tell import Said
from service.domain.cases import case, stage
from service.domain.machines import PLAIN

# Of a file of some two hundred entries, what its reader asks for first: acts of people and what they led to.
TOLD: dict[str, tuple[str, ...]] = {
    "case": ("enroll", "name_case"),
    "stage": ("complete_stage", "skip_empty_stage", "waive_stage", "raise_findings"),
    "rectification_item": ("close_item", "reopen_item"),
    "recommendation": ("submit_recommendation", "accept_recommendation"),
    "evaluation": ("accept_report",),
    "public_notice": ("open_notice", "end_period", "settle_notice"),
    "objection": ("file_objection", "dismiss_objection"),
    "designation": tuple(PLAIN["designation"].events),
    "insignia": ("confirm_receipt", "order_recall", "confirm_return", "cancel_insignia"),
    "annual_report": ("submit_report", "accept_report", "waive_report"),
    "look_back": ("create_look_back", "submit_self_evaluation", "apply_band", "escalate_look_back", "record_outcome"),
    "reminder": ("issue_reminder", "acknowledge_reminder", "fail_rectification"),
    "revocation_case": tuple(PLAIN["revocation_case"].events),
}
ALARMS: dict[str, Said] = {"overdue": ("逾期", "Overdue")}
RESULTS: dict[str, Said] = {
    "refused": ("拒绝", "refused"), "proposed": ("第一人提出", "proposed"), "alarm": ("标记", "flagged"),
}  # fmt: skip
SERVICE: dict[str, Said] = {"system": ("系统", "service"), "timer": ("时钟", "clock"), "public": ("群众", "public")}


def named_list(at: Line) -> None:
    """What anybody may read, without an account."""
    at.tell.chapter(at.today, ("二十一、结果", "21. What is left"))
    titles = at.people.public.items("/designations")
    rows = [
        [
            at.name(t["subject"]),
            str(t["data"].get("named_on", "")),
            str(t["data"].get("decision_number", "")),
            t["state"],
        ]
        for t in titles
    ]
    columns = (("对象", "subject"), ("命名日期", "named on"), ("决定", "decision"), ("状态", "status"))
    at.tell.table(("命名对象名单（公开）", "The named list (public)"), columns, rows)
    states = sorted(t["state"] for t in titles)
    said = "名单上两个有效、一个被撤销", "Two titles stand, one is revoked"
    at.tell.holds(states == ["active", "active", "revoked"], said, states)


def timeline(at: Line) -> None:
    """The file of the county that lost its title, from its own chain."""
    place = at.drawn
    entries = at.clerk(place).timeline("cases", at.cases[place])
    names = {person: name for person, name, _ in PERSONS} if at.tell.language == "zh" else {}
    names |= {person: at.tell.say(said) for person, said in SERVICE.items()}
    rows, titles, here = [], _stage_titles(at), ""
    for e in entries:
        if _is_told(e):
            on_stage = f" · {titles[here]}" if e["machine"] == "stage" and here in titles else ""
            event, by = at.tell.say(_event(e)) + on_stage, names.get(e["person"], e["person"])
            rows.append([local_day(e["at"]), event, by, _outcome(at, e), " ".join(e.get("rules", ())[:2])])
        here = e["after"] if e.get("machine") == "case" else here
    columns = (("日期", "date"), ("事项", "event"), ("经办", "by"), ("结果", "result"), ("依据", "rules"))
    (zh, en), n = NAMES[place], len(entries)
    title = f"{zh}的时间线（全档 {n} 条，此处为要事）", f"The timeline of {en} (of {n} entries, what matters most)"
    at.tell.table(title, columns, rows)


def _stage_titles(at: Line) -> dict[str, str]:
    """What the scheme calls each stage, in the reader's language."""
    return {s["key"]: s["title"][at.tell.language] for s in at.definition["tracks"][0]["stages"]}


def _is_told(entry: dict[str, Any]) -> bool:
    if entry["event"] in ALARMS or entry["result"] == "refused":
        return True
    return entry["event"] in TOLD.get(entry["machine"], ())


def _event(entry: dict[str, Any]) -> Said:
    """What the table of the machine calls an event."""
    if entry["event"] in ALARMS:
        return ALARMS[entry["event"]]
    machine = entry["machine"]
    rows = {"case": case.TABLE, "stage": stage.TABLE}.get(machine) or PLAIN[machine].table
    named = [m for m in rows if m.event == entry["event"]]
    row = next((m for m in named if m.to == entry["after"]), named[0])
    return row.zh, row.en


def _outcome(at: Line, entry: dict[str, Any]) -> str:
    before, after, result = entry.get("before"), entry.get("after"), entry["result"]
    if result in RESULTS:
        return at.tell.say(RESULTS[result])
    return f"{before} → {after}" if before != after else ""


def chains(at: Line) -> None:
    """INV-16: the chain of each county's file, recomputed from what its clerk reads."""
    for place, file in at.cases.items():
        entries = at.clerk(place).timeline("cases", file)
        (zh, en), n = NAMES[place], len(entries)
        said = f"{zh}审计链 {n} 条，逐条复算无误", f"The chain of {en} holds: {n} entries recomputed"
        at.tell.holds(sealed(file, entries), said, f"{n} entries")
