"""Evidence: how a piece of it stands, who may do what with it, what rests on it, which results lock it.

A plain record without a machine: its rules are the rows of STEPS, and the list of events that make a result final.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.domain.facts import Thing, Unmet

REGISTERED = ("submitted", "locked")
NO_LONGER_THERE = ("superseded", "cancelled", "void", "discarded", "withdrawn")
"""States of a thing whose papers support nothing any more."""

PROVIDERS = ("stage_actor", "contributor", "designee", "evaluator_member", "evaluator_lead", "organizer")
EXAMINERS = ("stage_office", "verifier", "authority", "inspector", "evaluator_lead")
KEEPERS = (*PROVIDERS, *EXAMINERS, "recommending_office", "approver", "publicist", "external_body")
"""Who puts papers on a file: whoever does the work, and whoever judges or tells of it by documents of its own."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A piece of evidence, as far as rules look at it."""

    id: str
    status: str
    covers_from: date | None = None
    superseded_by: str | None = None
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Papers:
    """The evidence of a file. What is `in` it is registered: a form may name it."""

    items: Mapping[str, Paper] = field(default_factory=dict)

    def __contains__(self, item: object) -> bool:
        paper = self.items.get(str(item))
        return paper is not None and paper.status in REGISTERED

    def stands(self, item: str) -> bool:
        """Whether a paper handed in before still supports something: itself, or through what took its place."""
        seen: set[str] = set()
        while (paper := self.items.get(item)) is not None and item not in seen:
            if paper.superseded_by is None:
                return item in self
            seen.add(item)
            item = paper.superseded_by
        return False

    @property
    def struck(self) -> frozenset[str]:
        """What was found false."""
        return frozenset(p.id for p in self.items.values() if p.struck)


@dataclass(frozen=True, slots=True)
class Step:
    """A row: what somebody does with a piece of evidence, from which status to which, and on what rules."""

    name: str
    source: tuple[str, ...]
    to: str
    who: tuple[str, ...]
    rules: tuple[str, ...]
    zh: str
    en: str
    persons: int = 1


STEPS = {
    s.name: s
    for s in (
        Step("submit", ("draft",), "submitted", PROVIDERS, ("PDS-A5", "PDS-M3b", "PDS-V1", "INV-14"), "提交", "Submit"),
        Step("return", ("submitted",), "draft", EXAMINERS, ("PDS-M3b", "INV-14"), "退回", "Return"),
        Step("supersede", REGISTERED, "superseded", PROVIDERS, ("INV-30",), "以新件替换", "Supersede"),
        Step("withdraw", ("draft", "submitted"), "withdrawn", PROVIDERS, ("INV-30",), "撤回", "Withdraw"),
        Step("strike", REGISTERED, "withdrawn", ("authority", "inspector"),
             ("PDS-D2", "YL-3q", "QH-13-2", "INV-15", "INV-20"), "认定不实并剔除", "Strike out as false", 2),
    )
}  # fmt: skip

FINAL = frozenset(
    {
        ("stage", "complete_stage"),
        ("rectification_item", "close_item"),
        ("recommendation", "accept_recommendation"),
        ("evaluation", "accept_report"),
        ("naming_decision", "issue_decision"),
        ("annual_report", "accept_report"),
        ("look_back", "apply_band"),
        ("reminder", "lift_reminder"),
        ("revocation_case", "decide_revocation"),
        ("task_occurrence", "verify_occurrence"),
        ("objection", "dismiss_objection"),
        ("objection", "uphold_objection"),
        ("objection", "uphold_objection_in_part"),
    }
)
"""The events by which a result becomes final: what it relies on is locked from then on (INV-30).

A fact from outside is final once it is recorded: the file that it names is locked with it.
"""


def lacking(*, content: bool, issuer: str, covers_from: date | None, covers_to: date | None) -> list[Unmet]:
    """What a piece of evidence still needs before it is submitted (PDS-A5, PDS-V1, INV-14)."""
    told = (
        ("content", content, "文件，或网址及读取日期", "a file, or an address and the day it was read"),
        ("issuer", bool(issuer), "出具单位", "its issuer"),
        ("covers_from", covers_from is not None, "所涵盖期间的起始日", "the first day it covers"),
        ("covers_to", covers_to is not None, "所涵盖期间的截止日", "the last day it covers"),
    )
    rules = STEPS["submit"].rules
    found = [
        Unmet(f"evidence.{name}", f"缺少：{zh}", f"missing: {en}", rules, (name,), f"/{name}")
        for name, given, zh, en in told
        if not given
    ]
    if covers_from and covers_to and covers_to < covers_from:
        said = "所涵盖期间的截止日早于起始日", "the last day covered lies before the first"
        found.append(Unmet("evidence.period", *said, rules, ("covers_to",), "/covers_to"))
    return found


def out_of_place(step: Step, status: str) -> list[Unmet]:
    """Why a step cannot be taken from this status."""
    if status in step.source:
        return []
    wanted = "、".join(step.source)
    zh, en = f"现为 {status}，须为 {wanted} 方可{step.zh}", f"{step.en} needs {', '.join(step.source)}; it is {status}"
    return [Unmet("evidence_status", zh, en, step.rules, step.source)]


def named_in(thing: Thing) -> frozenset[str]:
    """Every text that a thing says of itself; the IDs of its papers are among them."""
    return frozenset(texts(thing.data))


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def relied_on(machine: str, event: str, thing: Thing, form: Mapping[str, Any]) -> frozenset[str]:
    """What an event makes final relies on: IDs of evidence, among other texts."""
    named = named_in(thing) if (machine, event) in FINAL else frozenset()
    return named | ({form["file"]} if isinstance(form.get("file"), str) else frozenset())


def resting_on(item: str, things: Iterable[Thing]) -> list[Thing]:
    """What of a file still names a piece of evidence."""
    return [t for t in things if t.state not in NO_LONGER_THERE and item in named_in(t)]


def rested_on(found: Iterable[Thing]) -> list[Unmet]:
    """A piece of evidence cannot be taken away from under what rests on it; it can be superseded."""
    resting = [f"{t.machine} {t.id}" for t in found]
    if not resting:
        return []
    zh, en = "还有材料以其为据，请改用替换", "something on file rests on it; supersede it instead"
    return [Unmet("nothing_rests_on_it", zh, en, ("INV-30",), tuple(resting))]


def proof_of_falsehood(fact_finding: Mapping[str, Any], decision: str) -> list[Unmet]:
    """Evidence is struck out on a closed fact-finding that found material false, or on a decision (INV-15)."""
    if fact_finding.get("confirmed") or decision.strip():
        return []
    zh, en = "须有已结的核实结论或处理决定", "a closed fact-finding or a decision must find it false"
    return [Unmet("found_false", zh, en, STEPS["strike"].rules, ("decision",), "/decision")]


def replacement_faults(item: str, chain: str, replacement: str, other: str | None, status: str) -> list[Unmet]:
    """What takes the place of a piece of evidence is another registered one of the same file."""
    if replacement != item and other == chain and status in REGISTERED:
        return []
    zh, en = (
        "替换件须为本案另一份已提交的佐证",
        "the replacement must be another submitted piece of evidence of this file",
    )
    return [Unmet("replacement", zh, en, ("INV-30",), (replacement,), "/replacement")]
