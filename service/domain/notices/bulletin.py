"""A bulletin: drafted by somebody or when it is due, approved by another, issued, and never edited after that.

Whoever it names is named on an entry of the record that concerns just that name (PDS-M3e, YL-W3c). A circular from
outside is only taken on record (GAP-QH-16); where it concerns a title, it becomes a fact of that title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.choices import Choices, listed
from service.domain.duties import DutyRule, working_days
from service.domain.effects import Effect, Put, Send
from service.domain.facts import NEW, SAME, Ask, Facts, Unmet, unmet
from service.domain.forms import EXTERNAL_FACT, REASON, Choice, Fault, Form, Part, day, pairs, text
from service.domain.machine import Machine, Move, guard, states
from service.domain.notices.digest import Work, digest

_MOST_FACTS = 1_000
_SHORTEST_NAME = 2


def _period(value: Any) -> Fault | None:
    good = isinstance(value, dict) and set(value) == {"from", "to"} and not any(day(v) for v in value.values())
    if good and value["from"] <= value["to"]:
        return None
    return "应为起止日期 {from, to}", "must be the first and last day, {from, to}"


def _sentences(value: Any) -> Fault | None:
    """A list of sentences; the English wording may be left out."""

    def sentence(one: Any) -> bool:
        return isinstance(one, dict) and {"text"} <= set(one) <= {"text", "en"} and not any(map(text, one.values()))

    if isinstance(value, list) and 0 < len(value) <= _MOST_FACTS and all(sentence(one) for one in value):
        return None
    return "应为事实列表，每项含 text（可附 en）", "must be a list of facts, each with text (and en)"


def _kind(*, received: bool) -> Callable[[Any, Facts, Ask], Fault | None]:
    def check(value: Any, facts: Facts, ask: Ask) -> Fault | None:
        known = [b.key for b in facts.scheme.bulletins if b.received is received]
        if value in known:
            return None
        return f"应为 {'、'.join(known) or '（方案未规定）'} 之一", f"must be one of {', '.join(known) or '(none)'}"

    return check


def _kinds(*, received: bool) -> Choices:
    """The bulletins of the scheme that are issued, or received, here."""

    def found(facts: Facts) -> list[Choice]:
        keys = {one.key for one in facts.scheme.bulletins if one.received is received}
        return [one for one in listed("bulletins")(facts) if one[0] in keys]

    return found


KIND = Part(
    "kind",
    text,
    "通报类别",
    "kind of bulletin",
    check=_kind(received=False),
    choices=_kinds(received=False),
    rests="/bulletins",
)
PERIOD = Part("period", _period, "期间", "period")
PARTS = (
    PERIOD,
    Part("audience", text, "发送范围", "audience"),
    Part("facts", _sentences, "事实", "facts"),
    Part("basis_for_each_name", pairs, "点名依据（记录编号）", "name to the record it rests on", optional=True),
)
LATER = tuple(replace(part, optional=True) for part in PARTS)  # what only the approval asks for
RULES = ("PDS-M3e", "YL-W3c", "GAP-QH-16", "YL-3j")
DRAFT = Form("bulletin_kind", (KIND, *LATER), RULES, draft=True)
DUE = Form("due_bulletin", (KIND, PERIOD), RULES)
EDIT = Form("bulletin", LATER, RULES, draft=True)
APPROVAL = Form("bulletin_kind", (KIND, *PARTS), RULES, draft=True)
REPLACEMENT = Form(
    "replacement", (Part("replacement", text, "更正后的通报编号", "ID of the later bulletin"),), ("INV-30",)
)
RECEIVED = EXTERNAL_FACT.also(
    Part(
        "kind",
        text,
        "通报类别",
        "kind of bulletin",
        check=_kind(received=True),
        choices=_kinds(received=True),
        rests="/bulletins",
    ),
    Part("text", text, "通报内容", "what it says", optional=True),
    Part("designation", text, "所涉命名对象编号", "ID of the title it concerns", optional=True),
)


def _said(facts: Facts, ask: Ask) -> Mapping[str, Any]:
    """The bulletin as it would stand: the draft with what the call says anew."""
    return {**{p.name: facts.thing.data.get(p.name) for p in PARTS}, **ask.form}


def _named_in(sentence: str, name: str) -> bool:
    """Whether a sentence speaks of somebody; a Latin name only as a word of its own."""
    if len(name) < _SHORTEST_NAME:
        return False
    return re.search(rf"\b{re.escape(name)}\b", sentence) is not None if name.isascii() else name in sentence


@guard("PDS-M3e", "YL-W3c", needs="named")
def named_on_record(facts: Facts, ask: Ask) -> Unmet | None:
    """Whoever the bulletin names is named on an entry of the record that concerns this very name."""
    said, record = _said(facts, ask), facts.more["named"]
    basis: Mapping[str, str] = said.get("basis_for_each_name") or {}
    wrong = [n for n, entry in basis.items() if n not in (record[entry]["names"] if entry in record else ())]
    sentences = [_without(one["text"], basis) for one in said.get("facts") or ()]
    known = {name for entry in record.values() for name in entry["names"]} - set(basis)
    bare = sorted(n for n in known if any(_named_in(s, n) for s in sentences))
    if not wrong and not bare:
        return None
    missing = [*wrong, *bare]
    listed = "、".join(missing)
    return unmet(f"点名须有记录依据：{listed}", f"named without a basis in the record: {', '.join(missing)}", missing)


def _without(sentence: str, names: Iterable[str]) -> str:
    """The sentence without the names that have their basis: one may stand in another, as 佳县 in 佳县司法局."""
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, "…")
    return sentence


@guard("GAP-QH-16", "QH-12-4", needs="titles")
def title_is_known(facts: Facts, ask: Ask) -> Unmet | None:
    """The title that a circular from outside concerns is one of this scheme, if it names one."""
    title = ask.form.get("designation")
    if title is None or any(t.id == title for t in facts.more["titles"]):
        return None
    return unmet(f"本方案没有命名对象 {title}", f"this scheme has no title {title}", [title])


@guard("INV-20", "INV-30", needs="circulars")
def replacement_is_issued(facts: Facts, ask: Ask) -> Unmet | None:
    """What takes its place is another bulletin of this kind from the same source, issued no earlier."""
    named, mine = ask.form.get("replacement"), facts.thing
    if named is None:
        return None  # the form says so
    found = next((t for t in facts.more["circulars"] if t.id == named and t.id != mine.id), None)
    if found is not None and found.state == "issued" and found.data.get("kind") == mine.data.get("kind"):
        of_mine, of_other = mine.on("issue_bulletin"), found.on("issue_bulletin")
        if of_mine and of_other and of_other >= of_mine:
            return None
    return unmet("须先另行印发同类通报，再以其更正", "first issue a later bulletin of this kind, then name it", [named])


def compose(facts: Facts, ask: Ask) -> list[Effect]:
    """The service writes what the record has to tell of the period, so that a clerk edits no empty page."""
    kind, held = facts.scheme.bulletin(facts.thing.data["kind"]), facts.thing.data
    if kind is None:
        return []
    period = held.get("period") or {"from": facts.today.replace(day=1).isoformat(), "to": facts.today.isoformat()}
    told: dict[str, Any] = {"period": period, "audience": kind.audience}
    if "facts" not in held:
        first, last = (date.fromisoformat(period[edge]) for edge in ("from", "to"))
        things, owed = facts.more["work"]
        found = digest(Work(facts.scheme, things, owed, first, last, facts.today), kind)
        told |= {"facts": found.facts, **({"basis_for_each_name": found.basis} if found.basis else {})}
    return [Put(facts.thing.id, {**told, **{name: held[name] for name in told if held.get(name)}})]


def note_concerned(facts: Facts, ask: Ask) -> list[Effect]:
    """Whom the bulletin names stays with it: what its issue entails concerns them (YL-W3c)."""
    record, basis = facts.more["named"], _said(facts, ask).get("basis_for_each_name") or {}
    concerned = [
        {"name": name, **record[entry]["at"].get(name, record[entry]["whole"])} for name, entry in basis.items()
    ]
    return [Put(facts.thing.id, {"concerns": concerned})]


def tell_the_title(facts: Facts, ask: Ask) -> list[Effect]:
    """Criticism from outside is a fact about the title that it concerns (QH-12-4)."""
    above = facts.parent
    title = ask.form.get("designation") or (above.id if above and above.machine == "designation" else None)
    if title is None:
        return []
    fact = {k: ask.form[k] for k in ("source", "number", "date", "file", "text") if k in ask.form}
    return [Send("designation", "record_fact", title, form={**fact, "kind": "criticism"})]


def days_to_issue(facts: Facts) -> int:
    kind = facts.scheme.bulletin(facts.thing.data["kind"])
    return kind.due if kind else 1


OFFICE = ("organizer", "authority")

TABLE = (
    Move(states(NEW), "draft_bulletin", "draft", (*OFFICE, "system"), "拟稿通报", "Draft",
         ("PDS-M3d", "YL-3j", "QH-11d"), DRAFT, then=(compose,), mark="D", reads=("work",)),
    Move(states(NEW), "draft_due_bulletin", "draft", ("timer", "system"), "到期生成通报", "Draft on schedule",
         ("YL-3i", "YL-3j", "GAP-YL-6", "GAP-PDS-8"), DUE, then=(compose,), kind="timer", mark="D", reads=("work",)),
    Move(states(NEW), "receive_bulletin", "received", (*OFFICE, "inspector"), "收到上级通报", "Receive from outside",
         ("QH-12-4", "GAP-QH-16"), RECEIVED, (title_is_known,), (tell_the_title,), kind="signal",
         artefacts=("received_circular",), mark="D"),
    Move(states("draft"), "edit_bulletin", SAME, (*OFFICE, "publicist"), "修改通报稿", "Edit the draft",
         ("PDS-M3d", "YL-3j"), EDIT),
    Move(states("draft"), "approve_bulletin", "approved", ("approver",), "审签", "Approve",
         ("PDS-S4c", "PDS-M3e", "YL-W3c", "INV-20"), APPROVAL, (named_on_record,), (note_concerned,), persons=2),
    Move(states("approved"), "return_bulletin", "draft", ("approver", "publicist"), "退回通报", "Return", ("INV-16",),
         REASON, artefacts=("return_note",)),
    Move(states("approved"), "issue_bulletin", "issued", (*OFFICE, "publicist"), "印发通报", "Issue",
         ("PDS-M3d", "PDS-M3e", "YL-2j", "YL-3j", "YL-W3c", "QH-11d", "QH-12a"), artefacts=("circular",), mark="D"),
    Move(states("draft"), "discard_bulletin", "discarded", OFFICE, "作废通报", "Discard", ("INV-16",), REASON),
    Move(states("issued"), "correct_bulletin", "corrected", OFFICE, "更正通报", "Correct by a later one",
         ("INV-20", "INV-30"), REPLACEMENT, (replacement_is_issued,), persons=2, artefacts=("correction_notice",)),
    Move(states("issued"), "withdraw_bulletin", "withdrawn", OFFICE, "撤回通报", "Withdraw", ("INV-20", "INV-30"), REASON,
         persons=2, artefacts=("withdrawal_note",)),
)  # fmt: skip

DUTIES = (
    DutyRule("bulletin_due", ("draft_due_bulletin",), ("issue_bulletin", "discard_bulletin"),
             working_days(days_to_issue), ("YL-3j", "PDS-M3d"), unit="working_days", remind=(0,)),
)  # fmt: skip

MACHINE = Machine("bulletin", TABLE, final=("received", "discarded", "corrected", "withdrawn"), duties=DUTIES)
