"""A plaque or a certificate, one row a piece: made on a decision, kept with care, handed back (QH-06a..f).

Forbidden use is refused and logged; misuse that happened is a fact for a case and blocks nothing by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.domain.choices import any_of, listed
from service.domain.duties import Due, DutyRule, anew, counted, last_day
from service.domain.effects import Effect, Fire, Put
from service.domain.facts import NEW, SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import EXTERNAL_FACT, REASON, Fault, Form, Part, count, text
from service.domain.guards import title_has_ended
from service.domain.machine import Machine, Move, guard, stands, states
from service.domain.titles.title import DECISION_EFFECTIVE, one_of, title_of
from service.domain.titles.validity import grace_ends

# What no scheme can permit, and the rule that forbids it.
FORBIDDEN = {"copying": "QH-06d", "lending": "QH-06e"}
MISUSE = ("copying", "lending", "unrelated")


def _known_kind(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    rule = facts.scheme.naming.insignia
    kinds = rule.kinds if rule else ()
    return None if value in kinds else (f"应为 {'、'.join(kinds)} 之一", f"must be one of {', '.join(kinds)}")


KIND = Part("kind", text, "种类", "kind of piece")
ORDER = Form(
    "insignia_order",
    (replace(KIND, check=_known_kind, choices=listed("naming.insignia.kinds"), rests="/naming/insignia"),),
    ("QH-06a", "QH-06b"),
)
SERIAL = Form("serial", (Part("number", count, "本批编号", "number within the batch"),), ("QH-06b",))
USE = Form(
    "use",
    (Part("use", text, "使用方式", "kind of use"), Part("purpose", text, "使用事由", "purpose")),
    ("QH-06d", "QH-06e", "QH-06f"),
    keep=False,
)
EXTERNAL_PIECE = EXTERNAL_FACT.also(KIND, Part("serial", text, "编号", "serial number", optional=True))
INCIDENT = replace(
    EXTERNAL_FACT.also(
        Part(
            "misuse", text, "违规类别", "kind of misuse", optional=True, check=one_of(*MISUSE), choices=any_of(*MISUSE)
        ),
        Part("text", text, "情况说明", "what happened", optional=True),
    ),
    keep=False,
)


@guard("QH-06b", "INV-05", rests="/naming/insignia")
def issuer_authorized(facts: Facts, ask: Ask) -> Unmet | None:
    """The issuer is the one that the scheme allows to make and hand out insignia."""
    rule = facts.scheme.naming.insignia
    if rule is None:
        return unmet("方案不制发牌匾证书", "the scheme issues no insignia", ["naming.insignia"])
    if any(held.role == rule.issuer and held.covers(facts.thing) for held in ask.who.roles):
        return None
    return unmet(f"只能由 {rule.issuer} 制发", f"only {rule.issuer} makes and issues them", [rule.issuer])


def serial_of(facts: Facts, number: int) -> str:
    """The serial number by the pattern of the scheme, with the kind, the batch and the number within it."""
    rule = facts.scheme.naming.insignia
    if rule is None:
        raise LookupError("the scheme issues no insignia")
    named = facts.batch.data.get("number", "") if facts.batch else ""
    return rule.serial_pattern.format(kind=facts.thing.data["kind"], batch=named, number=number)


@guard("QH-06b", needs="serials")
def serial_unique(facts: Facts, ask: Ask) -> Unmet | None:
    """The serial number is new for the issuer."""
    number = ask.form.get("number")
    if not isinstance(number, int) or count(number) is not None:
        return None
    serial = serial_of(facts, number)
    if serial not in facts.more["serials"]:
        return None
    return unmet(f"编号 {serial} 已使用", f"the serial number {serial} is taken", [serial])


@guard("QH-06d", "QH-06e", "QH-06f", "INV-06", rests="/naming/insignia")
def use_permitted(facts: Facts, ask: Ask) -> Unmet | None:
    """The use asked for serves the advance of the rule of law and is neither lending nor copying."""
    use = str(ask.form.get("use", ""))
    if use in FORBIDDEN:
        said = unmet("牌匾、证书不得伪造或出借", "a piece may be neither copied nor lent", [use])
        return replace(said, rules=(FORBIDDEN[use], "INV-06"))
    title, pause = title_of(facts), facts.scheme.title.suspension
    if title.data.get("suspended_since") and pause and "no_insignia_use" in pause.effects:
        since = title.data["suspended_since"]
        said = unmet(f"称号自 {since} 起暂停，暂不得使用", f"the title is suspended since {since}: no use", [since])
        return replace(said, rules=("INV-25", "INV-06"))
    rule = facts.scheme.naming.insignia
    if rule is not None and use in rule.permitted_use:
        return None
    said = unmet("不得用于与推进法治无关的事项", "no use that does not serve the rule of law", [use])
    return replace(said, rules=("QH-06f", "INV-06"))


@guard("GAP-QH-11")
def recall_due_passed(facts: Facts, ask: Ask) -> Unmet | None:
    """The day for handing the insignia back is past."""
    due = last_day(facts, "insignia_return_due")
    if due is not None and due < facts.today:
        return None
    return unmet(f"交回期限 {due} 未过", f"the day for handing it back, {due}, is not past", [due])


def number_it(facts: Facts, ask: Ask) -> list[Effect]:
    """The piece carries its serial number from its production on (QH-06b)."""
    return [Put(facts.thing.id, {"serial": serial_of(facts, ask.form["number"])})]


def note_use(facts: Facts, ask: Ask) -> list[Effect]:
    """Every permitted use is on file."""
    use = {**ask.form, "on": facts.today.isoformat(), "by": ask.who.person}
    return [Put(facts.thing.id, {"uses": [*facts.thing.data.get("uses", ()), use]})]


def note_incident(facts: Facts, ask: Ask) -> list[Effect]:
    """A misuse joins those on file; it blocks nothing by itself (INV-06)."""
    incident = {**ask.form, "recorded_on": facts.today.isoformat(), "by": ask.who.person}
    return [Put(facts.thing.id, {"incidents": [*facts.thing.data.get("incidents", ()), incident]})]


def _final_cases(facts: Facts) -> list[str]:
    """The revocation cases that wait for nothing but the pieces; before that a review may hand them back."""
    cases = facts.of("revocation_case", parent=title_of(facts).id)
    return [c.id for c in cases if c.state == "final"]


def cancel_if_final(facts: Facts, ask: Ask) -> list[Effect]:
    """A piece handed in after the review period, or the days of grace, is cancelled at once (QH-14b)."""
    title = title_of(facts)
    ran_out = title.state == "expired" and not _in_grace(facts, title)
    return [Fire(facts.thing.id, ("cancel_insignia",))] if _final_cases(facts) or ran_out else []


def settles_the_case(facts: Facts, ask: Ask) -> list[Effect]:
    """With the last piece the case can be settled; the life of a title that ran out ends with it (INV-23)."""
    title = title_of(facts)
    out = facts.of("insignia", parent=title.id, live=True)
    over = title.state == "expired" and not out and not _in_grace(facts, title)
    ends = [Put(title.id, {"closed": True})] if over else []
    return [*(Fire(case, ("settle_case",), optional=True) for case in _final_cases(facts)), *ends]


def _in_grace(facts: Facts, title: Thing) -> bool:
    last = grace_ends(facts, title)
    return last is not None and facts.today <= last


def return_day(facts: Facts) -> list[Due]:
    """`naming.insignia.recover_days` working days after this recall (GAP-QH-11); 15 where it is silent."""
    rule = facts.scheme.naming.insignia
    return [counted(facts, rule.recover_days if rule else 15, tag=anew(facts, "insignia_return_due"))]


TITLE_ACTIVE = stands("designation", "active")

TABLE = (
    Move(states(NEW), "order_insignia", "ordered", ("authority",), "订制牌匾证书", "Order",
         ("QH-06a", "QH-06b", "INV-05"), ORDER, (DECISION_EFFECTIVE, issuer_authorized),
         artefacts=("production_order",), mark="D"),
    Move(states(NEW), "record_external_insignia", "held", ("authority", "designee", "organizer"),
         "登记上级牌匾", "Record an outside piece", ("GAP-ALL-3",), EXTERNAL_PIECE, kind="signal",
         artefacts=("receipt",)),
    Move(states("ordered"), "produce_insignia", "produced", ("authority",), "制作", "Produce", ("QH-06b",),
         SERIAL, (serial_unique,), (number_it,), artefacts=("serial_record",), mark="D"),
    Move(states("produced"), "issue_insignia", "issued", ("authority",), "颁发", "Issue",
         ("QH-06a", "QH-06b", "INV-05"), guards=(DECISION_EFFECTIVE, TITLE_ACTIVE),
         artefacts=("handover_note",), mark="D"),
    Move(states("issued"), "confirm_receipt", "held", ("designee",), "签收", "Confirm receipt", ("QH-06c",),
         artefacts=("receipt",), mark="D"),
    Move(states("held"), "request_use", SAME, ("designee",), "申请使用", "Ask to use",
         ("QH-06d", "QH-06e", "QH-06f", "INV-06"), USE, (use_permitted,), (note_use,), mark="D"),
    Move(states("issued|held"), "record_incident", SAME, ("authority", "inspector"), "登记违规使用",
         "Record an incident", ("QH-06d", "QH-06e", "QH-06f", "QH-13-1", "INV-06"), INCIDENT,
         then=(note_incident,), kind="signal", artefacts=("incident_note",), mark="D"),
    Move(states("held"), "report_loss", "lost", ("designee",), "报失", "Report loss", ("QH-06c",),
         artefacts=("loss_report",)),
    Move(states("lost"), "report_found", "held", ("designee",), "寻回", "Report found", ("QH-06c",)),
    Move(states("lost"), "replace_insignia", "replaced", ("authority",), "补发", "Replace",
         ("QH-06b", "INV-20"), persons=2, artefacts=("replacement_note",)),
    Move(states("lost"), "write_off", "cancelled", ("authority", "system"), "遗失注销", "Write off",
         ("GAP-QH-11",), guards=(title_has_ended,), then=(settles_the_case,),
         artefacts=("invalidity_notice",)),
    Move(states("issued|held"), "order_recall", "recall_ordered", ("authority", "system"), "责令交回",
         "Order the return", ("QH-14b", "SX-31"), guards=(title_has_ended,), artefacts=("recall_order",),
         mark="D"),
    Move(states("recall_ordered"), "confirm_return", "recovered", ("authority",), "收回",
         "Confirm the return", ("QH-14b",), then=(cancel_if_final,), artefacts=("return_receipt",), mark="D"),
    Move(states("recall_ordered"), "declare_invalid", "cancelled", ("authority",), "公告作废",
         "Declare invalid", ("GAP-QH-11",), guards=(recall_due_passed,), then=(settles_the_case,),
         artefacts=("invalidity_notice",)),
    Move(states("recall_ordered"), "cancel_recall", "held", ("system", "authority"), "取消收回",
         "Cancel the recall", ("GAP-QH-14",), guards=(TITLE_ACTIVE,)),
    Move(states("recovered"), "return_to_designee", "held", ("authority",), "发还", "Hand back",
         ("GAP-QH-14",), guards=(TITLE_ACTIVE,), artefacts=("handover_note",)),
    Move(states("recovered"), "cancel_insignia", "cancelled", ("authority", "system"), "注销", "Cancel",
         ("QH-14b",), guards=(title_has_ended,), then=(settles_the_case,), artefacts=("cancellation_note",),
         mark="D"),
    Move(states("ordered|produced"), "abandon_order", "cancelled", ("authority",), "取消订制",
         "Abandon the order", ("INV-16",), REASON, then=(settles_the_case,)),
)  # fmt: skip

DUTIES = (
    DutyRule("insignia_return_due", ("order_recall",), ("confirm_return", "declare_invalid", "cancel_recall"),
             return_day, ("QH-14b", "GAP-QH-11"), unit="working_days", remind=(-5, -1)),
)  # fmt: skip

MACHINE = Machine("insignia", TABLE, final=("replaced", "cancelled"), duties=DUTIES)
