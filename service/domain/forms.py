"""The forms: what the caller must give with an event, and the check that it was given.

A part counts as given when the call carries it or, where the form says so, the draft already holds it.
Values arrive as JSON; every part says of which shape it is, so that a wrong type is a clear refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.domain.facts import Ask, Facts, Unmet
from service.domain.measures.thresholds import exact

TEXT_MAX = 10_000
_LIST_MAX = 10_000
"""Entries of a list: every county of the country fits into one batch, one list, one decision."""
YEARS = range(1900, 2200)  # periods are added to a date of duty: what lies at the end of time has no day after it
Fault = tuple[str, str]  # the same sentence in Chinese and in English
Shape = Callable[[Any], Fault | None]
Choice = tuple[str, str, str]  # a code, and what it stands for in Chinese and in English


def storable(value: str) -> bool:
    """No database keeps a NUL or half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def text(value: Any) -> Fault | None:
    if isinstance(value, str) and value.strip() and len(value) <= TEXT_MAX and storable(value):
        return None
    return f"应为 1 至 {TEXT_MAX} 字的文字", f"must be a text of 1 to {TEXT_MAX} characters"


def day(value: Any) -> Fault | None:
    try:
        # 20240520 and week dates do not compare as text
        given = date.fromisoformat(value)
        good = given.isoformat() == value and given.year in YEARS
    except (TypeError, ValueError):
        good = False
    if not good:
        return "应为日期，形如 2024-05-20", "must be a date such as 2024-05-20"
    return None


def number(value: Any) -> Fault | None:
    return None if exact(value) is not None else ("应为十进制数（以文字给出）", "must be a decimal, given as a string")


def count(value: Any) -> Fault | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000
    return None if good else ("应为正整数", "must be a positive whole number")


def yes(value: Any) -> Fault | None:
    return None if value is True else ("须确认为真", "must be confirmed as true")


def flag(value: Any) -> Fault | None:
    return None if isinstance(value, bool) else ("应为 true 或 false", "must be true or false")


def texts(value: Any) -> Fault | None:
    if isinstance(value, list) and 0 < len(value) <= _LIST_MAX and all(text(v) is None for v in value):
        return None
    return "应为非空的文字列表", "must be a list of texts that is not empty"


def evidence_id(value: Any) -> Fault | None:
    """One piece of evidence by its ID. That it is registered in the file is `Form.unregistered`."""
    return text(value)


def evidence_ids(value: Any) -> Fault | None:
    """Pieces of evidence by their IDs."""
    return texts(value)


def pairs(value: Any) -> Fault | None:
    """A mapping of names to texts: reasons by case, parts of a report, answers to grounds."""
    if (
        isinstance(value, dict)
        and 0 < len(value) <= _LIST_MAX
        and all(text(k) is None and text(v) is None for k, v in value.items())
    ):
        return None
    return "应为名称与文字的对照表", "must map names to texts"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form. `when` says in which case an optional part is asked for (None: always)."""

    name: str
    shape: Shape
    zh: str
    en: str
    optional: bool = False
    when: Callable[[Facts, Mapping[str, Any]], bool] | None = None
    check: Callable[[Any, Facts, Ask], Fault | None] | None = None
    personal: bool = False  # kept apart; the record and the chain hold only its hash
    rests: str = ""  # pointers to the values of the scheme that `check` and `when` look at
    choices: Callable[[Facts], Iterable[Choice]] | None = None  # the closed list from which it is chosen

    @property
    def hint(self) -> Fault:
        """What is to be given, in Chinese and English: what its shape says to somebody who gives nothing."""
        return self.shape(None) or ("", "")

    def described(self, facts: Facts) -> dict[str, Any]:
        """What somebody who fills the form in must know of this part, the list from which it is chosen among it."""
        (zh, en), optional = self.hint, self.optional or self.when is not None
        said = {"name": self.name, "title": {"zh": self.zh, "en": self.en}, "value": {"zh": zh, "en": en}}
        if self.choices is None:
            return {**said, "optional": optional}
        listed = [{"code": code, "zh": zh_, "en": en_} for code, zh_, en_ in self.choices(facts)]
        return {**said, "optional": optional, "choices": listed}

    def asked_for(self, facts: Facts, given: Mapping[str, Any]) -> bool:
        return self.when(facts, given) if self.when else not self.optional


@dataclass(frozen=True, slots=True)
class Form:
    """The parts an event asks for. `draft`: what the thing already holds counts as given."""

    name: str
    parts: tuple[Part, ...] = ()
    rules: tuple[str, ...] = ()
    draft: bool = False
    keep: bool = True  # the parts become part of what the thing says about itself

    def given(self, facts: Facts, ask: Ask) -> dict[str, Any]:
        held = {p.name: facts.thing.data[p.name] for p in self.parts if p.name in facts.thing.data}
        return {**(held if self.draft else {}), **ask.form}

    def check(self, facts: Facts, ask: Ask) -> tuple[Unmet, ...]:
        """Every part that is missing, unknown, of a wrong shape or not acceptable."""
        given = self.given(facts, ask)
        found: list[Unmet] = []

        def fault(name: str, said: Fault, rests: str = "") -> None:
            own = facts.own_articles(rests)
            found.append(Unmet(f"{self.name}.{name}", *said, self.rules, (name,), f"/form/{name}", own))

        known = {p.name for p in self.parts}
        for name in ask.form:
            if name not in known:
                fault(name, (f"表单没有“{name}”这一项", f"the form has no part {name}"))
        for part in self.parts:
            value = given.get(part.name)
            if value is None:
                if part.asked_for(facts, given):
                    fault(part.name, (f"缺少：{part.zh}", f"missing: {part.en}"), part.rests)
            elif said := part.shape(value) or (part.check(value, facts, ask) if part.check else None):
                fault(part.name, (f"{part.zh}：{said[0]}", f"{part.en}: {said[1]}"), part.rests)
        return tuple(found)

    @property
    def names_evidence(self) -> bool:
        """Whether some part names papers, which must then be registered evidence of the file."""
        return any(p.shape in (evidence_id, evidence_ids) for p in self.parts)

    def unregistered(self, facts: Facts, ask: Ask) -> Unmet | None:
        """The papers named that are not submitted or locked evidence of this file (GAP-ALL-3).

        What the service asks for in consequence of something was tested where it was said.
        """
        if ask.who.is_service or not self.names_evidence:
            return None
        given = [ask.form[p.name] for p in self.parts if p.shape is evidence_id and p.name in ask.form]
        named = [*given, *(e for p in self.parts if p.shape is evidence_ids for e in ask.form.get(p.name, ()))]
        unknown = tuple(dict.fromkeys(e for e in named if e not in facts.more["evidence"]))
        if not unknown:
            return None
        listed = ", ".join(unknown)
        said = f"不是本案已登记的佐证：{listed}", f"no registered evidence of this file: {listed}"
        return Unmet("", *said, missing=unknown)

    def also(self, *parts: Part) -> Form:
        """The same form with further parts of this event."""
        return Form(self.name, (*self.parts, *parts), self.rules, self.draft, self.keep)


NOTHING = Form("nothing")


def not_past(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if date.fromisoformat(value) < facts.today:
        return "不得早于今天", "must not lie in the past"
    return None


def not_future(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if date.fromisoformat(value) > facts.today:
        return "不得晚于今天", "must not lie in the future"
    return None


REASON_MIN = 4


def _long_enough(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    if len(value.strip()) < REASON_MIN:
        return f"至少 {REASON_MIN} 个字", f"at least {REASON_MIN} characters"
    return None


REASON = Form("reason", (Part("text", text, "理由", "reason", check=_long_enough),), ("INV-16",), keep=False)
DOCUMENT = Form(
    "document",
    (
        Part("issuer", text, "发文机关", "issuer"),
        Part("number", text, "文号", "document number"),
        Part("date", day, "发文日期", "date of the document", check=not_future),
    ),
    ("QH-07e", "HY-G1"),
)
EXTERNAL_FACT = Form(
    "external_fact",
    (
        Part("source", text, "来源", "source"),
        Part("number", text, "文号", "document number"),
        Part("date", day, "日期", "date", check=not_future),
        Part("file", evidence_id, "文件（佐证编号）", "file (ID of the evidence)"),
    ),
    ("PDS-S5b", "GAP-ALL-3"),
)


def _from_receipt(facts: Facts, given: Mapping[str, Any]) -> bool:
    return facts.scheme.calendar.day_zero == "receipt"


RECEIVED = Part(
    "received", day, "送达日期", "day of receipt", check=not_future, when=_from_receipt, rests="/calendar/day_zero"
)
"""On which day somebody received what begins a period; asked for where the scheme counts from the receipt."""
SERVED = Form("served", (RECEIVED,), ("QH-11c", "GAP-QH-14"))
DUE_DAY = Form(
    "due_day", (Part("due_day", day, "时限", "day due", check=not_past),), ("GAP-YL-2", "QH-12b", "GAP-QH-9")
)
FOUR_CLEARS = Form(
    "four_clears",
    (
        Part("measure", text, "整改措施", "measure"),
        Part("unit", text, "责任单位", "unit responsible"),
        Part("person", text, "责任人", "person responsible"),
        Part("due", day, "完成时限", "day due", check=not_past),
    ),
    ("YL-3h", "YL-2g", "YL-2i", "YL-3m", "INV-02"),
    draft=True,
)
FINDING = Form(
    "finding",
    (
        Part("source", text, "问题来源", "source"),
        Part("finding", text, "问题", "finding in writing"),
        Part("basis", text, "依据的规则或指标", "rule or indicator"),
    ),
    ("YL-2i", "YL-3m"),
)
EVIDENCE = Form(
    "evidence",
    (
        Part("evidence", evidence_ids, "佐证材料编号", "IDs of submitted evidence"),
        Part("statement", text, "整改情况", "statement"),
    ),
    ("YL-2l", "PDS-V2"),
)
MERGER_DOCUMENT = Form(
    "merger_document",
    (
        Part("document", text, "批准文件", "official document"),
        Part("change", text, "变更情况", "change"),
        Part("effective_day", day, "生效日期", "day of effect"),
        Part("successor", text, "承继主体", "successor", optional=True),
    ),
    ("INV-26",),
)


def grounds(*fields: str) -> Form:
    """At least one ground that the scheme lists, each tied to a fact: `{"grounds": {code: fact}}`."""

    def listed(value: Any, facts: Facts, ask: Ask) -> Fault | None:
        codes = {g.code for f in fields for g in facts.scheme.setting(f) or ()}
        if wrong := sorted(set(value) - codes):
            return f"方案没有这些情形：{'、'.join(wrong)}", f"the scheme has no ground {', '.join(wrong)}"
        return None

    def known(facts: Facts) -> list[Choice]:
        return [(g.code, g.title.zh, g.title.en) for f in fields for g in facts.scheme.setting(f) or ()]

    where = " ".join(f"/{f.replace('.', '/')}" for f in fields)
    ground = Part(
        "grounds", pairs, "情形及事实", "grounds, each with its fact", check=listed, rests=where, choices=known
    )
    return Form("ground", (ground,), ("QH-12a", "QH-13a", "SX-37", "INV-10", "INV-25"), draft=True)
