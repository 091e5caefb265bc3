"""A naming decision: two people decide who of a batch is named, who is not and why (SX-28, QH-07e, INV-11).

When it is issued, every case listed is named or refused by a follow-up, and the batch records the naming.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.domain.batches.candidate_list import entries_of
from service.domain.batches.list_forms import repeated
from service.domain.effects import Effect, Fire, Put, Send
from service.domain.facts import SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import DOCUMENT, REASON, Fault, Form, Part, pairs, text, texts
from service.domain.machine import Guard, Machine, Move, guard, states
from service.domain.measures import inputs, quotas


def _once(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    """A case is listed once. What other decisions say of it is asked again by the guards, up to the approval."""
    again = sorted(repeated(value) | set(value) & set(_refused(_said(facts, ask))))
    return (f"重复：{'、'.join(again)}", f"listed twice: {', '.join(again)}") if again else None


def _tiers_of_the_scheme(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    known = [tier.id for tier in facts.scheme.tiers]
    named = set(_named(_said(facts, ask)))
    wrong = sorted(case for case, tier in value.items() if tier not in known or case not in named)
    if wrong:
        listed = ", ".join(wrong)
        return (
            f"层级应为 {'、'.join(known)} 之一，且须为拟命名的申报：{listed}",
            f"not of {', '.join(known)}, or not named: {listed}",
        )
    return None


NAMES = Form(
    "named_and_refused",
    (
        Part("named", texts, "拟命名的申报", "cases to be named", optional=True, check=_once),
        Part("refused", pairs, "不予命名的申报及理由", "cases refused, each with its reason", optional=True),
        Part(
            "tiers",
            pairs,
            "命名层级",
            "tier of each case named",
            optional=True,
            check=_tiers_of_the_scheme,
            rests="/tiers",
        ),
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


@guard("SX-28", "GAP-PDS-1", rests="/tracks")
def a_track_names(facts: Facts, ask: Ask) -> Unmet | None:
    """Some track of the scheme ends in naming: who only takes part is never named (GAP-PDS-1)."""
    if any(track.last.kind == "naming" for track in facts.scheme.tracks):
        return None
    return unmet("本方案不命名", "no track of this scheme ends in naming", [t.id for t in facts.scheme.tracks])


@guard("SX-28", "INV-11", needs="cases files", rests="/naming/inputs")
def naming_inputs_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Each case in the decision stands in its naming stage, and every input the scheme weighs is final for it.

    Of a case that is refused only the first is asked: an input that cannot come any more may be the reason. No case
    is decided twice: of two decisions that list it only the first is approved.
    """
    said = _said(facts, ask)
    if not _named(said):
        return unmet("尚未列出拟命名的申报", "no case is listed to be named", ["named"])
    if elsewhere := _not_in_naming(said, facts):
        return elsewhere
    others = {c for d in _standing(facts) for c in _listed(d.data)}
    if twice := sorted(others.intersection(_listed(said))):
        return unmet(f"已另有决定：{'、'.join(twice)}", f"decided already: {', '.join(twice)}", twice)
    ready = {c.id: c for c in _in_naming(facts.more["cases"], facts)}
    lacking = _inputs_lacking([ready[c] for c in _named(said)], facts)
    if not lacking:
        return None
    listed = ", ".join(lacking)
    return unmet(f"命名依据尚未齐备：{listed}", f"what the naming rests on is not final: {listed}", lacking)


def _not_in_naming(said: Mapping[str, Any], facts: Facts) -> Unmet | None:
    ready = {c.id for c in _in_naming(facts.more["cases"], facts)}
    at = {c.id: c.state for c in facts.more["cases"]}
    elsewhere = [f"{c} ({at.get(c, 'none')})" for c in _listed(said) if c not in ready]
    if not elsewhere:
        return None
    n = len(elsewhere)
    return unmet(f"{n} 件申报不在命名环节", f"{n} cases do not stand in naming", elsewhere)


@guard("SX-28", "INV-11", needs="cases")
def cases_stand_in_naming(facts: Facts, ask: Ask) -> Unmet | None:
    """No case that the decision names or refuses has left its naming stage since the approval.

    Whoever was disqualified meanwhile is not named by a document: the approval is recalled first.
    """
    return _not_in_naming(facts.thing.data, facts)


def _inputs_lacking(cases: Sequence[Thing], facts: Facts) -> list[str]:
    """`case: input` for each one that is not final. A list is an input where the scheme has it for the track."""
    names, scheme = facts.scheme.naming.inputs, facts.scheme
    lists = [
        (name, track, entries_of(facts, purpose, track))
        for name, purpose in inputs.LISTS.items()
        for track in sorted({c.track or "" for c in cases})
        if name in names and scheme.list_rule(purpose, track)
    ]
    return [
        f"{case.id}: {name}"
        for case in cases
        for name in (
            *inputs.lacking(names, facts, case.id),
            *(name for name, track, entries in lists if track == case.track and case.id not in entries),
        )
    ]


def _named_by_us(facts: Facts, ask: Ask) -> Unmet | None:
    by = facts.scheme.naming.by
    if by == "own":
        return None
    return unmet("本方案由上级命名，请登记外部结果", "titles are given outside; record that result instead", [by])


named_by_us = Guard("scheme:naming.by=own", _named_by_us, ("YL-2o", "YL-3r"), meaning="The scheme names itself.")


@guard("HY-T01", "SX-28", needs="cases", rests="/tiers")
def tiers_complete(facts: Facts, ask: Ask) -> Unmet | None:
    """Where its track has several tiers, each case named has one: that of the decision, else the one it seeks."""
    said = _said(facts, ask)
    known = {c.id for c in facts.more["cases"] if c.data.get("tier")} | set(said.get("tiers") or {})
    climbs = {c.id: len(facts.scheme.ladder(c.track)) > 1 for c in facts.more["cases"]}
    bare = [c for c in _named(said) if c not in known and climbs.get(c, len(facts.scheme.tiers) > 1)]
    return unmet("未写明命名层级", "the tier is missing", bare) if bare else None


@guard("SX-06", "SX-07", "YL-2n", "GAP-SX-4", "GAP-YL-4", "HY-T01", "INV-11", needs="cases", rests="/lists")
def quota_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """The number named stays within the quota of each track; "about" only warns, "max" is never exceeded."""
    over = quotas.beyond(_judged(facts, _said(facts, ask)), "excess", "refused")
    return unmet(*quotas.said(over), list(over)) if over else None


def _judged(facts: Facts, said: Mapping[str, Any]) -> dict[str, quotas.Judged]:
    """The number named on each track that this decision names, in each stratum, with what stands already.

    Whoever has reached naming could have been named: a stratum of theirs with too few is told as well.
    """
    cases = {c.id: c for c in facts.more["cases"]}
    every = [cases[c] for c in (*_named(said), *(n for d in _standing(facts) for n in _named(d.data))) if c in cases]
    under = facts.batch.region if facts.batch else facts.thing.region
    found: dict[str, quotas.Judged] = {}
    for track in sorted({cases[c].track or "" for c in _named(said) if c in cases}):
        counted = [c for c in every if c.track == track]
        eligible = [c for c in _in_naming(cases.values(), facts) if c.track == track]
        quota = facts.scheme.track(track).quota
        judged = quotas.judge_each(quota, counted, eligible, under, whole=True)
        found |= {f"{track} {stratum}".strip(): j for stratum, j in judged.items()}
    return found


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
    warned = quotas.beyond(_judged(facts, facts.thing.data), "warned")
    return [Put(facts.thing.id, {"quota_warnings": {t: {"zh": j.zh, "en": j.en} for t, j in warned.items()}})]


def tell_the_cases(facts: Facts, ask: Ask) -> list[Effect]:
    """The batch records the naming; each case listed learns what was decided (QH-06a, SX-28)."""
    said, batch = facts.thing.data, facts.parent
    first = batch is not None and batch.state != "named"  # a later decision of the batch finds it named
    lists = facts.of("candidate_list", parent=facts.thing.parent, live=True)
    return [
        *([Fire(batch.id, ("record_naming",))] if batch and first else []),
        *(Fire(listed.id, ("close_list",), optional=True) for listed in lists),
        *(Send("case", "complete_stage", thing=c) for c in _named(said)),
        *(Send("case", "refuse_naming", thing=c) for c in _refused(said)),
    ]


def note_correction(facts: Facts, ask: Ask) -> list[Effect]:
    """The document stays as it was issued; the correction stands beside it (INV-30)."""
    noted = {**ask.form, "by": ask.who.person, "on": facts.today.isoformat()}
    return [Put(facts.thing.id, {"corrections": [*facts.thing.data.get("corrections", ()), noted]})]


TABLE = (
    Move(states("@new"), "draft_decision", "drafted", ("authority",), "拟稿命名决定", "Draft", ("SX-28",
         "QH-07e"), NAMES, (named_by_us, a_track_names), artefacts=("decision_draft",), mark="D"),
    Move(states("drafted"), "propose_decision", "proposed", ("authority",), "提请审定", "Propose", ("SX-28",
         "SX-06", "SX-07", "INV-11"), NAMES, (naming_inputs_complete, quota_respected, refusals_have_reason, tiers_complete),
         (warn,), artefacts=("decision_draft",), mark="D"),
    Move(states("proposed"), "return_decision", "drafted", ("approver",), "退回修改", "Return", ("INV-16",),
         REASON, artefacts=("return_note",)),
    Move(states("proposed"), "approve_decision", "approved", ("approver",), "审定同意", "Approve", ("SX-28",
         "INV-11", "INV-20"), guards=(naming_inputs_complete, quota_respected), persons=2,
         artefacts=("approval_record",)),
    Move(states("proposed"), "reject_decision", "rejected", ("approver",), "审定不同意", "Reject",
         ("INV-20",), REASON, persons=2, artefacts=("rejection_note",)),
    Move(states("approved"), "issue_decision", "effective", ("authority", "publicist"), "印发命名决定",
         "Issue", ("QH-07e", "SX-28", "QH-06a"), DOCUMENT, (cases_stand_in_naming,), (tell_the_cases,),
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
