"""A naming decision: two people decide who of a batch is named, who is not and why (SX-28, QH-07e, INV-11).

When it is issued, every case listed is named or refused by a follow-up, and the batch records the naming.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from service.domain import quotas
from service.domain.effects import Effect, Fire, Put, Send
from service.domain.facts import SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import DOCUMENT, REASON, Fault, Form, Part, pairs, text, texts
from service.domain.machine import Machine, Move, guard, states


def _once(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    """A case is listed once, in this decision and in all that are approved."""
    refused = _refused(_said(facts, ask))
    others = {c for d in _standing(facts) for c in _listed(d.data)}
    again = sorted({c for c in value if value.count(c) > 1 or c in refused or c in others})
    if again:
        return f"重复或已另有决定：{'、'.join(again)}", f"listed twice or decided already: {', '.join(again)}"
    return None


NAMES = Form(
    "named_and_refused",
    (
        Part("named", texts, "拟命名的申报", "cases to be named", optional=True, check=_once),
        Part("refused", pairs, "不予命名的申报及理由", "cases refused, each with its reason", optional=True),
    ),
    ("SX-28", "QH-07e"),
    draft=True,
)
CORRECTION = Form(
    "correction",
    (
        Part(
            "corrections",
            pairs,
            "更正内容（栏目与正确文字）",
            "corrections, each field with its right wording",
        ),
        Part("text", text, "更正理由", "reason"),
    ),
    ("INV-30",),
    keep=False,
)
CLERICAL = ("issuer", "number", "title", "wording", "layout")


def _named(said: Mapping[str, Any]) -> list[str]:
    """The cases to be named; what is no text is left to the form."""
    named = said.get("named")
    return [c for c in named if isinstance(c, str)] if isinstance(named, list | tuple) else []


def _refused(said: Mapping[str, Any]) -> list[str]:
    refused = said.get("refused")
    return list(refused) if isinstance(refused, Mapping) else []


def _listed(said: Mapping[str, Any]) -> list[str]:
    return [*_named(said), *_refused(said)]


def _standing(facts: Facts) -> list[Thing]:
    """The other decisions of the batch that are approved or in force."""
    found = facts.of("naming_decision", parent=facts.thing.parent)
    return [d for d in found if d.id != facts.thing.id and d.state in ("approved", "effective")]


def _said(facts: Facts, ask: Ask) -> dict[str, Any]:
    """The names on record, as the call changes them."""
    return {**facts.thing.data, **ask.form}


def _in_naming(cases: Iterable[Thing], facts: Facts) -> list[Thing]:
    """The cases that stand in their naming stage: every input that the scheme weighs lies behind them."""
    return [
        c
        for c in cases
        if c.track and any(s.key == c.state and s.kind == "naming" for s in facts.scheme.track(c.track).stages)
    ]


@guard("SX-28", "INV-11", needs="cases")
def naming_inputs_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Every input the scheme weighs is final for each case in the decision: it stands in its naming stage."""
    said = _said(facts, ask)
    if not _named(said):
        return unmet("尚未列出拟命名的申报", "no case is listed to be named", ["named"])
    ready = {c.id for c in _in_naming(facts.more["cases"], facts)}
    at = {c.id: c.state for c in facts.more["cases"]}
    early = [f"{c} ({at.get(c, 'none')})" for c in _listed(said) if c not in ready]
    if not early:
        return None
    return unmet(f"{len(early)} 件申报未到命名环节", f"{len(early)} cases have not reached naming", early)


@guard("SX-06", "SX-07", "YL-2n", "GAP-SX-4", "GAP-YL-4", "HY-T01", "INV-11", needs="cases")
def quota_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """The number named stays within the quota of each track; "about" only warns, "max" is never exceeded."""
    over = [(track, j) for track, j in _judged(facts, _said(facts, ask)) if j.how in ("excess", "refused")]
    if not over:
        return None
    zh, en = ("；".join(f"{t}：{getattr(j, tongue)}" for t, j in over) for tongue in ("zh", "en"))
    return unmet(zh, en, [t for t, _ in over])


def _judged(facts: Facts, said: Mapping[str, Any]) -> list[tuple[str, quotas.Judged]]:
    """The number named on each track that this decision names, with what stands already."""
    track_of = {c.id: c.track or "" for c in facts.more["cases"]}
    mine = {track_of[c] for c in _named(said) if c in track_of}
    every = [*_named(said), *(c for d in _standing(facts) for c in _named(d.data))]
    numbers = Counter(track_of[c] for c in every if c in track_of)
    return [(t, quotas.judge(facts.scheme.track(t).quota, numbers[t], whole=True)) for t in sorted(mine)]


@guard("SX-28", needs="cases")
def refusals_have_reason(facts: Facts, ask: Ask) -> Unmet | None:
    """Each candidate left out has a reason: whoever stands in naming is named or refused."""
    listed = {*_listed(_said(facts, ask)), *(c for d in _standing(facts) for c in _listed(d.data))}
    left_out = [c.id for c in _in_naming(facts.more["cases"], facts) if c.id not in listed]
    if not left_out:
        return None
    n = len(left_out)
    return unmet(f"{n} 件申报未列明命名与否及理由", f"{n} cases are neither named nor refused with a reason", left_out)


@guard("INV-30")
def clerical_only(facts: Facts, ask: Ask) -> Unmet | None:
    """The correction changes spelling, numbering or layout and neither who is named nor at which tier."""
    given = ask.form.get("corrections")
    wrong = sorted(set(given) - set(CLERICAL)) if isinstance(given, Mapping) else []
    if not wrong:
        return None
    zh = f"这些内容不能以更正方式修改：{'、'.join(wrong)}"
    return unmet(zh, f"not to be changed by a correction: {', '.join(wrong)}", wrong)


def warn(facts: Facts, ask: Ask) -> list[Effect]:
    """A number outside "about" is written on the decision for whoever approves it (GAP-SX-4)."""
    found = {t: {"zh": j.zh, "en": j.en} for t, j in _judged(facts, facts.thing.data) if j.how == "warned"}
    return [Put(facts.thing.id, {"quota_warnings": found})]


def tell_the_cases(facts: Facts, ask: Ask) -> list[Effect]:
    """The batch records the naming; each case listed learns what was decided (QH-06a, SX-28)."""
    said, batch = facts.thing.data, facts.parent
    first = batch is not None and batch.state != "named"  # a later decision of the batch finds it named
    return [
        *([Fire(batch.id, ("record_naming",))] if batch and first else []),
        *(Send("case", "complete_stage", thing=c) for c in _named(said)),
        *(Send("case", "refuse_naming", thing=c) for c in _refused(said)),
    ]


def note_correction(facts: Facts, ask: Ask) -> list[Effect]:
    """The document stays as it was issued; the correction stands beside it (INV-30)."""
    noted = {**ask.form, "by": ask.who.person, "on": facts.today.isoformat()}
    return [Put(facts.thing.id, {"corrections": [*facts.thing.data.get("corrections", ()), noted]})]


TABLE = (
    Move(states("@new"), "draft_decision", "drafted", ("authority",), "拟稿命名决定", "Draft", ("SX-28",
         "QH-07e"), NAMES, artefacts=("decision_draft",), mark="D"),
    Move(states("drafted"), "propose_decision", "proposed", ("authority",), "提请审定", "Propose", ("SX-28",
         "SX-06", "SX-07", "INV-11"), NAMES, (naming_inputs_complete, quota_respected, refusals_have_reason),
         (warn,), artefacts=("decision_draft",), mark="D"),
    Move(states("proposed"), "return_decision", "drafted", ("approver",), "退回修改", "Return", ("INV-16",),
         REASON, artefacts=("return_note",)),
    Move(states("proposed"), "approve_decision", "approved", ("approver",), "审定同意", "Approve", ("SX-28",
         "INV-11", "INV-20"), guards=(naming_inputs_complete, quota_respected), persons=2,
         artefacts=("approval_record",)),
    Move(states("proposed"), "reject_decision", "rejected", ("approver",), "审定不同意", "Reject",
         ("INV-20",), REASON, persons=2, artefacts=("rejection_note",)),
    Move(states("approved"), "issue_decision", "effective", ("authority", "publicist"), "印发命名决定",
         "Issue", ("QH-07e", "SX-28", "QH-06a"), DOCUMENT, then=(tell_the_cases,),
         artefacts=("naming_decision",), mark="D"),
    Move(states("approved"), "recall_approval", "drafted", ("approver",), "收回审定", "Recall the approval",
         ("INV-20",), REASON, persons=2),
    Move(states("drafted"), "discard_decision", "discarded", ("authority",), "作废决定稿", "Discard",
         ("INV-16",), REASON),
    Move(states("effective"), "correct_decision", SAME, ("authority",), "更正笔误", "Correct a clerical slip",
         ("INV-20", "INV-30"), CORRECTION, (clerical_only,), (note_correction,), persons=2,
         artefacts=("correction_notice",)),
)  # fmt: skip

MACHINE = Machine("naming_decision", TABLE, final=("rejected", "discarded", "effective"))
